//! Rows to a Parquet segment.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;

use crate::error::TableError;
use crate::properties::{GROUP_ROWS, WAYS, codings_of, pages_of, properties};
use crate::schema::schema;
use crate::summary::{SegmentSummary, check};

/// Writes one segment. The same rows in the same batches give the same bytes within one program version.
///
/// Holds one row group, encoded and compressed, in memory.
pub struct SegmentWriter<W: Write + Send> {
    out: SerializedFileWriter<Counting<W>>,
    /// Makes column writers, one factory for each of [`WAYS`].
    ways: Vec<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
    group: Vec<ArrowColumnWriter>,
    group_rows: usize,
    groups: usize,
    summary: SegmentSummary,
}

impl<W: Write + Send> SegmentWriter<W> {
    /// Begins a segment on `out`.
    pub fn new(out: W) -> Result<Self, TableError> {
        let schema = schema();
        let parquet = ArrowSchemaConverter::new()
            .schema_root("events")
            .convert(&schema)?;
        let root = parquet.root_schema_ptr();
        let mut ways = Vec::with_capacity(WAYS.len());
        for way in WAYS {
            // Page size and level are properties of a file, not of a column: writers to nowhere lend theirs.
            let nowhere =
                SerializedFileWriter::new(io::sink(), Arc::clone(&root), properties(&parquet, way)?)?;
            ways.push(ArrowRowGroupWriterFactory::new(&nowhere, Arc::clone(&schema)));
        }
        let out = Counting { inner: out, bytes: 0 };
        Ok(Self {
            out: SerializedFileWriter::new(out, root, properties(&parquet, WAYS[0])?)?,
            ways,
            schema,
            group: Vec::new(),
            group_rows: 0,
            groups: 0,
            summary: SegmentSummary::default(),
        })
    }

    /// Adds the rows of a batch made by [`crate::BatchBuilder`] (or any batch of [`crate::schema()`]).
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        check(batch)?;
        self.summary.add(batch)?;
        let mut start = 0;
        while start < batch.num_rows() {
            if self.group.is_empty() {
                self.group = self.column_writers(&batch.slice(start, batch.num_rows() - start))?;
            }
            let length = (batch.num_rows() - start).min(GROUP_ROWS - self.group_rows);
            self.write_group(&batch.slice(start, length))?;
            start += length;
            if self.group_rows == GROUP_ROWS {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// A writer for each leaf, of the way that suits this first batch of a row group.
    fn column_writers(&self, batch: &RecordBatch) -> Result<Vec<ArrowColumnWriter>, TableError> {
        let mut chosen = Vec::with_capacity(self.schema.fields().len() + 1);
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            let pages = pages_of(field.name());
            chosen.extend(
                codings_of(field.name(), column)
                    .into_iter()
                    .map(|coding| (pages, coding)),
            );
        }
        let mut writers: Vec<Option<ArrowColumnWriter>> = chosen.iter().map(|_| None).collect();
        for (way, factory) in WAYS.iter().zip(&self.ways) {
            let made = factory.create_column_writers(self.groups)?;
            for ((slot, wanted), writer) in writers.iter_mut().zip(&chosen).zip(made) {
                if wanted == way {
                    *slot = Some(writer);
                }
            }
        }
        Ok(writers.into_iter().flatten().collect())
    }

    fn write_group(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        let mut writers = self.group.iter_mut();
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column)? {
                if let Some(writer) = writers.next() {
                    writer.write(&leaf)?;
                }
            }
        }
        self.group_rows += batch.num_rows();
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), TableError> {
        let mut group = self.out.next_row_group()?;
        for writer in self.group.drain(..) {
            writer.close()?.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.groups += 1;
        self.group_rows = 0;
        Ok(())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.summary.rows
    }

    /// Bytes that the segment takes so far, encoded and estimated: for closing it at a size.
    pub fn bytes(&self) -> u64 {
        let open: usize = self
            .group
            .iter()
            .map(ArrowColumnWriter::get_estimated_total_bytes)
            .sum();
        self.out.bytes_written() as u64 + open as u64
    }

    /// Bytes that the open row group holds in memory; closed ones went to the output.
    pub fn held(&self) -> u64 {
        let held: usize = self.group.iter().map(ArrowColumnWriter::memory_size).sum();
        held as u64
    }

    /// Ends the segment and gives back what it holds and the output, flushed but not synced.
    pub fn finish(mut self) -> Result<(SegmentSummary, W), TableError> {
        if self.group_rows > 0 {
            self.end_group()?;
        }
        let mut out = self.out.into_inner()?;
        out.inner.flush().map_err(ParquetError::from)?;
        self.summary.bytes = out.bytes;
        Ok((self.summary, out.inner))
    }
}

impl<W: Write + Send> fmt::Debug for SegmentWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentWriter")
            .field("rows", &self.summary.rows)
            .finish_non_exhaustive()
    }
}

/// Counts what is written, the footer included.
struct Counting<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
