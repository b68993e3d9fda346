//! Segments as Parquet sees them: footers kept, bytes read where they are asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::error::Result as EngineResult;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};

use crate::error::QueryError;
use crate::store::{SegmentBytes, SegmentInfo, SegmentStore};

/// Footers kept at a time. One takes some tens of kilobytes for each row group.
const MOST_FOOTERS: usize = 512;

/// The store with the footers it has given.
pub(crate) struct Segments {
    store: Arc<dyn SegmentStore>,
    footers: Mutex<BTreeMap<usize, Arc<ParquetMetaData>>>,
}

impl fmt::Debug for Segments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} segments", self.list().len())
    }
}

impl Segments {
    pub(crate) fn new(store: Arc<dyn SegmentStore>) -> Self {
        Self {
            store,
            footers: Mutex::new(BTreeMap::new()),
        }
    }

    pub(crate) fn list(&self) -> &[SegmentInfo] {
        self.store.segments()
    }

    pub(crate) fn open(&self, position: usize) -> Result<SegmentChunks, QueryError> {
        let Some(info) = self.list().get(position) else {
            return Err(QueryError::Statement(format!("there is no segment {position}")));
        };
        let bytes = self
            .store
            .open(&info.id)
            .map_err(|source| segment_error(&info.id, source))?;
        Ok(SegmentChunks {
            id: info.id.as_str().into(),
            bytes,
        })
    }

    /// The footer and page index of a segment.
    pub(crate) fn footer(&self, position: usize) -> Result<Arc<ParquetMetaData>, QueryError> {
        if let Ok(footers) = self.footers.lock()
            && let Some(footer) = footers.get(&position)
        {
            return Ok(Arc::clone(footer));
        }
        let chunks = self.open(position)?;
        let footer = read_footer(&chunks).map_err(|e| segment_error(&chunks.id, e))?;
        self.keep(position, &footer);
        Ok(footer)
    }

    fn keep(&self, position: usize, footer: &Arc<ParquetMetaData>) {
        // A lock that a panic poisoned only means that nothing is kept.
        if let Ok(mut footers) = self.footers.lock() {
            if footers.len() >= MOST_FOOTERS {
                footers.pop_first();
            }
            footers.insert(position, Arc::clone(footer));
        }
    }
}

fn segment_error(id: &str, source: impl Into<crate::error::BoxError>) -> QueryError {
    QueryError::Segment {
        segment: id.to_owned(),
        source: source.into(),
    }
}

fn read_footer(chunks: &SegmentChunks) -> ParquetResult<Arc<ParquetMetaData>> {
    let footer = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Optional)
        .parse_and_finish(chunks)?;
    Ok(Arc::new(footer))
}

/// The bytes of one segment; errors name it.
#[derive(Clone)]
pub(crate) struct SegmentChunks {
    id: Arc<str>,
    bytes: Arc<dyn SegmentBytes>,
}

impl SegmentChunks {
    fn read(&self, range: Range<u64>) -> ParquetResult<Bytes> {
        let wanted = range.end.saturating_sub(range.start);
        let bytes = self
            .bytes
            .read(range.clone())
            .map_err(|source| ParquetError::External(Box::new(segment_error(&self.id, source))))?;
        if bytes.len() as u64 != wanted {
            let found = format!(
                "expected {wanted} bytes at {}, found {}",
                range.start,
                bytes.len()
            );
            return Err(ParquetError::External(Box::new(segment_error(&self.id, found))));
        }
        Ok(bytes)
    }
}

impl Length for SegmentChunks {
    fn len(&self) -> u64 {
        self.bytes.size()
    }
}

impl ChunkReader for SegmentChunks {
    type T = SegmentCursor;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(SegmentCursor {
            chunks: self.clone(),
            position: start,
            ahead: Bytes::new(),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.read(start..start.saturating_add(length as u64))
    }
}

/// Reads on from a position, 64 KiB ahead.
pub(crate) struct SegmentCursor {
    chunks: SegmentChunks,
    position: u64,
    ahead: Bytes,
}

impl Read for SegmentCursor {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        const AHEAD: u64 = 64 * 1024;
        if self.ahead.is_empty() {
            let end = self.chunks.len().min(self.position.saturating_add(AHEAD));
            if self.position >= end {
                return Ok(0);
            }
            self.ahead = self.chunks.read(self.position..end).map_err(io::Error::other)?;
            self.position = end;
        }
        let count = out.len().min(self.ahead.len());
        out[..count].copy_from_slice(&self.ahead.split_to(count));
        Ok(count)
    }
}

/// Position of a segment in the store's list, carried by the engine's file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentPosition(pub(crate) usize);

/// Opens segments for the engine's Parquet scan.
#[derive(Debug)]
pub(crate) struct SegmentReaders(pub(crate) Arc<Segments>);

impl ParquetFileReaderFactory for SegmentReaders {
    fn create_reader(
        &self,
        _partition: usize,
        file: PartitionedFile,
        _hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> EngineResult<Box<dyn AsyncFileReader + Send>> {
        let Some(SegmentPosition(position)) = file.extension::<SegmentPosition>().copied() else {
            return datafusion::common::internal_err!("a file of the event table names no segment");
        };
        let chunks = self.0.open(position).map_err(QueryError::into_engine)?;
        Ok(Box::new(SegmentScan {
            segments: Arc::clone(&self.0),
            position,
            chunks,
        }))
    }
}

/// Reads of a scan. They are short and local, so that they run where they are asked for.
struct SegmentScan {
    segments: Arc<Segments>,
    position: usize,
    chunks: SegmentChunks,
}

impl AsyncFileReader for SegmentScan {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        let bytes = self.chunks.read(range);
        async move { bytes }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        let footer = self
            .segments
            .footer(self.position)
            .map_err(|e| ParquetError::External(Box::new(e)));
        async move { footer }.boxed()
    }
}
