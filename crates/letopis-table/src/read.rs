//! Segments back to rows.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};

use crate::error::TableError;
use crate::schema::{TABLE_VERSION, VERSION_KEY, schema};

/// A segment whose bytes are all in memory.
#[derive(Clone, Debug)]
pub struct SegmentBytes(pub Arc<[u8]>);

impl SegmentBytes {
    fn tail(&self, start: u64) -> Result<usize, ParquetError> {
        usize::try_from(start)
            .ok()
            .filter(|start| *start <= self.0.len())
            .ok_or_else(|| ParquetError::EOF(format!("byte {start} of a segment of {} bytes", self.0.len())))
    }
}

impl Length for SegmentBytes {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

/// Reads on from a place in shared bytes.
#[derive(Debug)]
pub struct Tail {
    bytes: Arc<[u8]>,
    at: usize,
}

impl io::Read for Tail {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut left = self.bytes.get(self.at..).unwrap_or_default();
        let count = io::Read::read(&mut left, into)?;
        self.at += count;
        Ok(count)
    }
}

/// Lets a slice of shared bytes be one buffer without copying them.
struct Slice {
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

impl ChunkReader for SegmentBytes {
    type T = Tail;

    fn get_read(&self, start: u64) -> Result<Tail, ParquetError> {
        Ok(Tail {
            bytes: Arc::clone(&self.0),
            at: self.tail(start)?,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes, ParquetError> {
        let start = self.tail(start)?;
        let end = start.checked_add(length).filter(|end| *end <= self.0.len());
        let Some(end) = end else {
            return Err(ParquetError::EOF(format!(
                "{length} bytes from byte {start} of a segment of {} bytes",
                self.0.len()
            )));
        };
        Ok(bytes::Bytes::from_owner(Slice {
            bytes: Arc::clone(&self.0),
            range: start..end,
        }))
    }
}

/// An opened segment: its footer is read and its schema checked.
pub struct SegmentReader<R: ChunkReader + 'static> {
    input: R,
    metadata: ArrowReaderMetadata,
}

impl<R: ChunkReader + Clone + 'static> SegmentReader<R> {
    /// Opens a segment ([`SegmentBytes`] is a chunk reader; so is any that clones cheaply) and checks that it is
    /// one of [`TABLE_VERSION`] with every column of the table.
    pub fn open(input: R) -> Result<Self, TableError> {
        let options = ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = guarded(|| Ok(ArrowReaderMetadata::load(&input, options)?))?;
        let found = metadata
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == VERSION_KEY))
            .and_then(|pair| pair.value.clone());
        if found.as_deref() != Some(TABLE_VERSION) {
            return Err(TableError::Version {
                found: found.unwrap_or_else(|| "none (no segment)".to_owned()),
                expected: TABLE_VERSION,
            });
        }
        check_schema(metadata.schema())?;
        Ok(Self { input, metadata })
    }

    /// Rows of the segment.
    pub fn rows(&self) -> u64 {
        self.metadata
            .metadata()
            .row_groups()
            .iter()
            .map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
            .sum()
    }

    /// What Parquet's footer says: row groups, statistics, page places.
    pub fn parquet_metadata(&self) -> &Arc<ParquetMetaData> {
        self.metadata.metadata()
    }

    /// Reads batches of the named columns, in table order whatever the order of the names (all where `columns`
    /// is `None`), of the selected rows (all where `rows` is `None`).
    pub fn batches(
        &self,
        columns: Option<&[&str]>,
        rows: Option<RowSelection>,
    ) -> Result<Batches, TableError> {
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.input.clone(), self.metadata.clone())
                .with_batch_size(crate::BATCH_ROWS);
        if let Some(columns) = columns {
            let mut roots = Vec::with_capacity(columns.len());
            for name in columns {
                let place = schema().index_of(name);
                roots.push(place.map_err(|_| TableError::UnknownColumn((*name).to_owned()))?);
            }
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
            builder = builder.with_projection(mask);
        }
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        Ok(Batches {
            inner: Some(guarded(|| Ok(builder.build()?))?),
        })
    }

    /// As [`Self::batches`] for the rows in these ranges (ascending, counted from 0). Rows beyond the end are
    /// passed over.
    pub fn ranges(
        &self,
        columns: Option<&[&str]>,
        ranges: impl Iterator<Item = Range<u64>>,
    ) -> Result<Batches, TableError> {
        let total = usize::try_from(self.rows()).unwrap_or(usize::MAX);
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX).min(total);
        let mut from = 0;
        let mut kept = Vec::new();
        for range in ranges {
            // A range that goes back is cut to what is new, so that no row comes twice.
            let (start, end) = (place(range.start).max(from), place(range.end));
            if start < end {
                kept.push(start..end);
                from = end;
            }
        }
        self.batches(
            columns,
            Some(RowSelection::from_consecutive_ranges(kept.into_iter(), total)),
        )
    }
}

impl<R: ChunkReader + 'static> fmt::Debug for SegmentReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentReader").finish_non_exhaustive()
    }
}

fn check_schema(found: &SchemaRef) -> Result<(), TableError> {
    let table = schema();
    for (place, expected) in table.fields().iter().enumerate() {
        let own = found.fields().get(place);
        if own.is_none_or(|f| f.name() != expected.name() || f.data_type() != expected.data_type()) {
            return Err(TableError::Column {
                column: expected.name().clone(),
                expected: expected.data_type().to_string(),
                found: own.map_or_else(
                    || "nothing".to_owned(),
                    |f| format!("{} {}", f.name(), f.data_type()),
                ),
            });
        }
    }
    Ok(())
}

/// Parquet's reader panics on some damaged pages. For us that is damage like any other, and no reason to end.
fn guarded<T>(read: impl FnOnce() -> Result<T, TableError>) -> Result<T, TableError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let reason = "a page cannot be read: expected values as its header states them".to_owned();
        Err(TableError::Parquet(ParquetError::General(reason)))
    })
}

/// Batches being read; ends after the first error.
pub struct Batches {
    inner: Option<ParquetRecordBatchReader>,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let inner = self.inner.as_mut()?;
        let next = guarded(|| Ok(inner.next().transpose()?)).transpose()?;
        if next.is_err() {
            self.inner = None;
        }
        Some(next)
    }
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}
