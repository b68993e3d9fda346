//! Rows to a Parquet segment.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::writer::SerializedFileWriter;

use crate::error::TableError;
use crate::properties::{FINE, GROUP_ROWS, properties};
use crate::schema::schema;
use crate::summary::{SegmentSummary, check};

/// Writes one segment. The same rows in the same batches give the same bytes within one program version.
///
/// Holds one row group, encoded and compressed, in memory.
pub struct SegmentWriter<W: Write + Send> {
    out: SerializedFileWriter<W>,
    fine: ArrowRowGroupWriterFactory,
    coarse: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Which leaves have fine pages.
    is_fine: Vec<bool>,
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
        let is_fine = parquet
            .columns()
            .iter()
            .map(|leaf| {
                leaf.path()
                    .parts()
                    .first()
                    .is_some_and(|name| FINE.contains(&name.as_str()))
            })
            .collect();
        let properties = properties()?;
        let out = SerializedFileWriter::new(out, Arc::clone(&root), properties.fine)?;
        // Page size is a property of a file, not of a column: a second writer to nowhere lends its own.
        let nowhere = SerializedFileWriter::new(io::sink(), root, properties.coarse)?;
        Ok(Self {
            fine: ArrowRowGroupWriterFactory::new(&out, Arc::clone(&schema)),
            coarse: ArrowRowGroupWriterFactory::new(&nowhere, Arc::clone(&schema)),
            out,
            schema,
            is_fine,
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
                self.group = self.column_writers()?;
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

    fn column_writers(&self) -> Result<Vec<ArrowColumnWriter>, TableError> {
        let fine = self.fine.create_column_writers(self.groups)?;
        let coarse = self.coarse.create_column_writers(self.groups)?;
        let chosen = fine.into_iter().zip(coarse).zip(&self.is_fine);
        Ok(chosen
            .map(|((fine, coarse), is_fine)| if *is_fine { fine } else { coarse })
            .collect())
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

    /// Ends the segment and gives back what it holds and the output, flushed but not synced.
    pub fn finish(mut self) -> Result<(SegmentSummary, W), TableError> {
        if self.group_rows > 0 {
            self.end_group()?;
        }
        self.out.finish()?;
        self.summary.bytes = self.out.bytes_written() as u64;
        Ok((self.summary, self.out.into_inner()?))
    }
}

impl<W: Write + Send> fmt::Debug for SegmentWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentWriter")
            .field("rows", &self.summary.rows)
            .finish_non_exhaustive()
    }
}
