//! Segments: opaque derived files, bound to the ledger by digest.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::Result;

/// Which file of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentPart {
    /// `<id>.parquet`
    Parquet,
    /// `<id>.index`
    Index,
}

/// Takes one segment: the Parquet file first, then its index. Bytes go to temporary files until
/// [`SegmentWriter::finish`].
#[derive(Debug)]
pub struct SegmentWriter {}

impl SegmentWriter {
    /// The random id that the files will bear (16 hex digits).
    pub fn id(&self) -> &str {
        todo!()
    }

    /// The writer of one of the two files (`Write + Send`). A part never asked for is not made.
    pub fn part(&mut self, part: SegmentPart) -> Result<SegmentSink<'_>> {
        let _ = part;
        todo!()
    }

    /// Ends the segment with its number of rows.
    pub fn finish(self, rows: u64) -> Result<StagedSegment> {
        let _ = rows;
        todo!()
    }
}

/// One file of a segment while it is written.
#[derive(Debug)]
pub struct SegmentSink<'a> {
    _segment: &'a mut SegmentWriter,
}

impl Write for SegmentSink<'_> {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        todo!()
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A segment whose files are in the archive, not yet named by the ledger.
#[derive(Clone, Debug)]
pub struct StagedSegment {
    /// 16 hex digits.
    pub id: String,
    /// Rows.
    pub rows: u64,
    /// Bytes of the Parquet file.
    pub parquet_bytes: u64,
    /// Bytes of the index file, when there is one.
    pub index_bytes: Option<u64>,
}

/// A live segment that the ledger names.
#[derive(Clone, Debug)]
pub struct SegmentInfo {
    /// 16 hex digits.
    pub id: String,
    /// Rows.
    pub rows: u64,
    /// Bytes of the Parquet file.
    pub parquet_bytes: u64,
    /// Bytes of the index file, when there is one.
    pub index_bytes: Option<u64>,
    /// Sequence number of its `segment` entry.
    pub seq: u64,
    /// What the caller kept about it.
    pub about: Option<serde_json::Value>,
}

/// A segment file to read.
#[derive(Debug)]
pub struct SegmentFile {}

impl SegmentFile {
    /// Number of bytes.
    pub fn length(&self) -> u64 {
        todo!()
    }

    /// The file on disk, where the archive is a directory.
    pub fn path(&self) -> Option<PathBuf> {
        todo!()
    }

    /// Fills `out` from `offset` on.
    pub fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let _ = (offset, out);
        todo!()
    }

    /// All of it.
    pub fn read_all(&self) -> Result<Vec<u8>> {
        todo!()
    }
}
