//! Writers for rows, to any `Write`.
//!
//! | format | no value | times | text from logs |
//! |---|---|---|---|
//! | table | `-` (a text that is `-` stands in quotes) | RFC 3339 | control and direction characters shown as `\x1b`, `\u{202e}` |
//! | csv | empty (an empty text is `""`) | RFC 3339 | `'` before a text that begins with `=`, `+`, `-`, `@`, `'`, tab or line end |
//! | json, ndjson | `null`, the key is always there | RFC 3339 | control and direction characters as `\u001b` |
//! | parquet | null | microseconds | as it is |
//!
//! A timestamp without zone (a wall clock) is written without an offset. Nothing is ever cut off.

use std::io::Write;
use std::str::FromStr;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::error::QueryError;

mod cell;
mod csv;
mod json;
mod table;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Aligned columns for a terminal. Widths come from the first thousand rows; a wider cell later pushes its row out of line.
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

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Table, Self::Csv, Self::Json, Self::Ndjson, Self::Parquet];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

impl FromStr for OutputFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        // JSON lines go by two names.
        let word = if word == "jsonl" { "ndjson" } else { word };
        Self::ALL.into_iter().find(|f| f.as_str() == word).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|f| f.as_str()).collect();
            format!(
                "`{word}` is no output format: expected one of {}",
                known.join(", ")
            )
        })
    }
}

/// Writes batches of one schema; `finish` must be called.
pub struct RowWriter<W: Write + Send> {
    kind: Kind<W>,
    rows: u64,
}

enum Kind<W: Write + Send> {
    Table(table::TableWriter<W>),
    Csv(csv::CsvWriter<W>),
    Json(json::JsonWriter<W>),
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> RowWriter<W> {
    /// Begins.
    pub fn new(format: OutputFormat, schema: SchemaRef, out: W) -> Result<Self, QueryError> {
        let kind = match format {
            OutputFormat::Table => Kind::Table(table::TableWriter::new(&schema, out)),
            OutputFormat::Csv => Kind::Csv(csv::CsvWriter::new(&schema, out)?),
            OutputFormat::Json => Kind::Json(json::JsonWriter::array(&schema, out)?),
            OutputFormat::Ndjson => Kind::Json(json::JsonWriter::lines(&schema, out)),
            OutputFormat::Parquet => {
                let level = ZstdLevel::try_new(3).map_err(parquet_error)?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .build();
                let writer = ArrowWriter::try_new(out, schema, Some(properties)).map_err(parquet_error)?;
                Kind::Parquet(Box::new(writer))
            }
        };
        Ok(Self { kind, rows: 0 })
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.rows += batch.num_rows() as u64;
        match &mut self.kind {
            Kind::Table(writer) => writer.write(batch)?,
            Kind::Csv(writer) => writer.write(batch)?,
            Kind::Json(writer) => writer.write(batch)?,
            Kind::Parquet(writer) => writer.write(batch).map_err(parquet_error)?,
        }
        Ok(())
    }

    /// Ends, and gives back the rows written and the output.
    pub fn finish(self) -> Result<(u64, W), QueryError> {
        let out = match self.kind {
            Kind::Table(writer) => writer.finish()?,
            Kind::Csv(writer) => writer.finish()?,
            Kind::Json(writer) => writer.finish()?,
            Kind::Parquet(writer) => writer.into_inner().map_err(parquet_error)?,
        };
        Ok((self.rows, out))
    }
}

impl<W: Write + Send> std::fmt::Debug for RowWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "writer after {} rows", self.rows)
    }
}

fn parquet_error(error: ParquetError) -> QueryError {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(own) => QueryError::Output(*own),
            Err(source) => QueryError::Output(std::io::Error::other(source)),
        },
        other => QueryError::Output(std::io::Error::other(other)),
    }
}

#[cfg(test)]
mod tests;
