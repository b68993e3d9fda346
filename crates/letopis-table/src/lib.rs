//! Events as rows: the event table in Arrow, and Parquet segments of it.
//!
//! One fixed schema and one set of writer properties per format version, so that any Parquet reader takes all
//! segments of an archive as one table, and the same rows give the same bytes.
//! Deliberately absent: where segments lie, which rows belong together, indexes, SQL, files and clocks.
//! Start with [`BatchBuilder`] (events to rows), [`SegmentWriter`] (rows to a segment) and [`SegmentReader`].

mod attrs;
mod batch;
mod error;
mod fill;
mod properties;
mod read;
mod row;
mod schema;
mod segment;
mod summary;

pub use batch::{BatchBuilder, RowContext};
pub use error::TableError;
pub use read::{Batches, SegmentBytes, SegmentReader};
pub use row::{ColumnView, RowView};
pub use schema::{TABLE_VERSION, VERSION_KEY, dictionary_schema, schema};
pub use segment::SegmentWriter;
pub use summary::{MOST_VALUES, SegmentSummary, ValueSet};

/// Rows at which a caller closes a batch (design §5).
pub const BATCH_ROWS: usize = 8_192;
/// Bytes of text at which a caller closes a batch.
pub const BATCH_BYTES: usize = 32 << 20;

#[cfg(test)]
mod tests;
