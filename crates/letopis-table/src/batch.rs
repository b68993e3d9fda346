//! Events to rows: one reused set of Arrow builders.

use arrow::record_batch::RecordBatch;
use letopis_event::{Category, EventBuf, ObjectDigest, Origin};

use crate::error::TableError;

/// What the rows of one file share.
#[derive(Clone, Copy, Debug)]
pub struct RowContext<'a> {
    /// SHA-256 of the object the records lie in.
    pub object: &'a ObjectDigest,
    /// The source the records are attributed to.
    pub source: &'a str,
    /// When they were taken in, microseconds since 1970 UTC.
    pub ingested: i64,
    /// Category of the format, where the format alone tells.
    pub format_category: Option<Category>,
    /// Category of the source, where its register tells. The event's own goes first, then the format's, then this.
    pub source_category: Option<Category>,
}

/// Collects rows in reused Arrow builders; nothing is allocated per row once they are warm.
pub struct BatchBuilder {}

impl BatchBuilder {
    /// An empty builder with room for [`crate::BATCH_ROWS`] rows.
    pub fn new() -> Self {
        todo!()
    }

    /// Adds one row. On an error no row was added.
    pub fn append(
        &mut self,
        context: &RowContext<'_>,
        origin: &Origin<'_>,
        event: &EventBuf,
    ) -> Result<(), TableError> {
        todo!()
    }

    /// Rows held.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether no row is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of text held.
    pub fn bytes(&self) -> usize {
        todo!()
    }

    /// Whether the batch should be closed: [`crate::BATCH_ROWS`] or [`crate::BATCH_BYTES`] reached.
    pub fn is_full(&self) -> bool {
        self.len() >= crate::BATCH_ROWS || self.bytes() >= crate::BATCH_BYTES
    }

    /// Hands the rows over as a batch of [`crate::schema()`] and starts anew.
    pub fn finish(&mut self) -> Result<RecordBatch, TableError> {
        todo!()
    }
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}
