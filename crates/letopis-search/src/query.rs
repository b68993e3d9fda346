//! The query language: text to filter and back.

use letopis_event::{Filter, Zone};

/// Reads a query. `zone` is where times without an offset are taken to stand (the archive's zone).
pub fn parse(text: &str, zone: Zone) -> Result<Filter, QueryError> {
    todo!()
}

/// Writes a filter so that [`parse`] reads it back as an equal one.
pub fn print(filter: &Filter) -> String {
    todo!()
}

/// A query that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("query, character {position}: {message}")]
pub struct QueryError {
    /// Counted in characters from 1.
    pub position: usize,
    /// What is wrong and what was expected.
    pub message: String,
}
