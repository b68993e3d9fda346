//! What the query room asks of a search: reading its language, narrowing by an index, testing one row exactly.

use std::ops::Range;

use letopis_event::Filter;
use letopis_table::RowView;

use crate::error::BoxError;

/// The search language and the index behind it.
pub trait TextSearch: Send + Sync + std::fmt::Debug {
    /// Reads a query. The error is shown to the person who wrote it.
    fn parse(&self, query: &str) -> Result<Filter, BoxError>;

    /// Rows of a segment that may satisfy the filter, counted from 0, ascending and apart; every row outside them is
    /// certain not to. `None`: the index can not say, all rows are candidates.
    fn candidates(&self, segment: &str, filter: &Filter) -> Result<Option<Vec<Range<u64>>>, BoxError>;

    /// The exact test. What it says is what counts.
    fn matcher(&self, filter: &Filter) -> Result<Box<dyn RowMatcher>, BoxError>;
}

/// A filter ready to test rows, one after the other, from several threads.
pub trait RowMatcher: Send + Sync {
    /// Whether the filter asks for the record's text at all; where not, originals are not read.
    fn needs_text(&self) -> bool;

    /// The columns (or `attrs` for attributes) that the filter asks for.
    fn columns(&self) -> Vec<String>;

    /// What tells from the bytes of many records which of them can not satisfy the filter; `None` where nothing does.
    fn screen(&self) -> Option<Box<dyn ByteScreen>>;

    /// Whether the row satisfies the filter. `text` is the record as written: decoded text, or for binary formats the
    /// rendered fields (`EventBuf::rendered_text`); empty unless [`Self::needs_text`]. `row` holds at least
    /// [`Self::columns`]. An error ends the query.
    fn matches(&self, text: &str, row: RowView<'_>) -> Result<bool, BoxError>;
}

/// Looks through originals for what every record must hold that satisfies a filter.
pub trait ByteScreen: Send + Sync {
    /// Puts the places in `bytes` (UTF-8, whole or damaged) at the end of `places`, ascending: a record in which none
    /// begins does not satisfy the filter. `false` where there are more than `most`; then they mean nothing.
    fn places(&self, bytes: &[u8], most: usize, places: &mut Vec<u32>) -> bool;
}
