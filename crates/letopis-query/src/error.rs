//! What can go wrong with a question.

use datafusion::error::DataFusionError;

/// An error of a room that the caller brings in: segment store, originals, search.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// We could not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement would change something.
    #[error("letopis reads archives and never changes them through SQL: {what} is refused")]
    NotReadOnly {
        /// The kind of statement.
        what: String,
    },
    /// The statement is not SQL, names something that does not exist, or fits no type.
    #[error("the query can not be understood: {0}")]
    Statement(String),
    /// The condition inside `matches(event_id, '…')` is not one.
    #[error("the search `{query}` can not be understood: {source}")]
    Search {
        /// The search as given.
        query: String,
        /// What is wrong with it.
        source: BoxError,
    },
    /// An original record could not be read. The query ends here: rows are never left out silently.
    #[error("the original record at byte {offset} of object {object} can not be read: {source}")]
    Original {
        /// SHA-256 of the object.
        object: String,
        /// Offset of the record.
        offset: u64,
        /// Why.
        source: BoxError,
    },
    /// A segment could not be read.
    #[error("segment {segment} can not be read: {source}")]
    Segment {
        /// The segment's id.
        segment: String,
        /// Why.
        source: BoxError,
    },
    /// The query needs more memory than it was given.
    #[error("the query needs more memory than its limit of {limit_bytes} bytes: {message}")]
    Memory {
        /// The limit.
        limit_bytes: usize,
        /// What asked for more.
        message: String,
    },
    /// A named query is missing, or its text or a parameter is wrong.
    #[error(transparent)]
    Named(#[from] crate::named::NamedError),
    /// The rows could not be written out.
    #[error("the result can not be written: {0}")]
    Output(#[from] std::io::Error),
    /// Anything else that the engine reports.
    #[error("the query failed: {0}")]
    Engine(DataFusionError),
}
