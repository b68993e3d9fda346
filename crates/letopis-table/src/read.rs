//! Segments back to rows.

use std::borrow::Cow;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::arrow_reader::RowSelection;
use parquet::file::reader::ChunkReader;

use crate::error::TableError;

/// An opened segment: its footer is read and its schema checked.
pub struct SegmentReader<R: ChunkReader + 'static> {
    input: R,
}

impl<R: ChunkReader + Clone + 'static> SegmentReader<R> {
    /// Opens a segment (`bytes::Bytes` and `std::fs::File` are chunk readers) and checks that it is one of
    /// [`crate::TABLE_VERSION`].
    pub fn open(input: R) -> Result<Self, TableError> {
        todo!()
    }

    /// Rows of the segment.
    pub fn rows(&self) -> u64 {
        todo!()
    }

    /// Reads batches of the named columns, in table order whatever the order of the names (all where `columns`
    /// is `None`), of the selected rows (all where `rows` is `None`).
    pub fn batches(
        &self,
        columns: Option<&[&str]>,
        rows: Option<RowSelection>,
    ) -> Result<Batches, TableError> {
        todo!()
    }

    /// As [`Self::batches`] for the rows in these ranges (ascending, counted from 0).
    pub fn ranges(
        &self,
        columns: Option<&[&str]>,
        ranges: impl Iterator<Item = std::ops::Range<u64>>,
    ) -> Result<Batches, TableError> {
        todo!()
    }
}

/// Batches being read; ends after the first error.
pub struct Batches {}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        todo!()
    }
}

/// One row of a batch, with its values by column name. Columns that were not projected have no value.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl<'a> RowView<'a> {
    /// The row at that place of the batch; `None` beyond its end.
    pub fn new(batch: &'a RecordBatch, row: usize) -> Option<Self> {
        (row < batch.num_rows()).then_some(Self { batch, row })
    }

    /// Every row of a batch.
    pub fn all(batch: &'a RecordBatch) -> impl Iterator<Item = RowView<'a>> {
        (0..batch.num_rows()).map(move |row| RowView { batch, row })
    }

    /// A text column's value.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        todo!()
    }

    /// An integer column's value.
    pub fn number(&self, column: &str) -> Option<i64> {
        todo!()
    }

    /// A timestamp column's value, microseconds since 1970 UTC.
    pub fn time(&self, column: &str) -> Option<i64> {
        todo!()
    }

    /// The attribute of that name.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        todo!()
    }

    /// The attributes, in the order of the record.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        std::iter::empty()
    }

    /// A column of any scalar type as text: numbers in decimal, times as RFC 3339 in UTC.
    pub fn display(&self, column: &str) -> Option<Cow<'a, str>> {
        todo!()
    }

    /// The columns present in the batch.
    pub fn schema(&self) -> SchemaRef {
        self.batch.schema()
    }
}
