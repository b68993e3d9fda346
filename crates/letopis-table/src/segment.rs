//! Rows to a Parquet segment: one fixed set of writer properties.

use std::io::Write;

use arrow::record_batch::RecordBatch;

use crate::error::TableError;
use crate::summary::SegmentSummary;

/// Writes one segment. The same rows in the same batches give the same bytes within one program version.
pub struct SegmentWriter<W: Write + Send> {
    out: W,
}

impl<W: Write + Send> SegmentWriter<W> {
    /// Begins a segment on `out`.
    pub fn new(out: W) -> Result<Self, TableError> {
        todo!()
    }

    /// Adds the rows of a batch made by [`crate::BatchBuilder`] (or any batch of [`crate::schema()`]).
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        todo!()
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        todo!()
    }

    /// Bytes that the segment takes so far, encoded and estimated: for closing it at a size.
    pub fn bytes(&self) -> u64 {
        todo!()
    }

    /// Ends the segment and gives back what it holds and the output, flushed but not synced.
    pub fn finish(self) -> Result<(SegmentSummary, W), TableError> {
        todo!()
    }
}
