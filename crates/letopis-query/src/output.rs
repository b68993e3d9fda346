//! Writers for rows, to any `Write`.

use std::io::Write;
use std::str::FromStr;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::error::QueryError;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Aligned columns for a terminal.
    Table,
    /// RFC 4180 with a header line, safe to open in a spreadsheet.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A Parquet file.
    Parquet,
}

impl FromStr for OutputFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        todo!()
    }
}

/// Writes batches of one schema; `finish` must be called.
pub struct RowWriter<W: Write + Send> {
    out: W,
}

impl<W: Write + Send> RowWriter<W> {
    /// Begins.
    pub fn new(format: OutputFormat, schema: SchemaRef, out: W) -> Result<Self, QueryError> {
        todo!()
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        todo!()
    }

    /// Ends, and gives back the rows written and the output.
    pub fn finish(self) -> Result<(u64, W), QueryError> {
        todo!()
    }
}
