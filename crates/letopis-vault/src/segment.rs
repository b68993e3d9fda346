//! Segments: opaque derived files, bound to the ledger by digests in their detail documents.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::backend::{Backend, ReadAt, io_error};
use crate::digest::ShortId;
use crate::durable::NewFile;
use crate::layout::File;
use crate::staging::Staging;
use crate::{Error, Result};

/// Which file of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentPart {
    /// `<id>.parquet`
    Parquet,
    /// `<id>.index`
    Index,
}

impl SegmentPart {
    pub(crate) fn file(self, id: ShortId) -> File {
        match self {
            Self::Parquet => File::Parquet(id),
            Self::Index => File::Index(id),
        }
    }
}

/// Digest and size of one file, as its detail document states them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartDigest {
    pub(crate) blake3: String,
    pub(crate) bytes: u64,
}

/// Takes one segment. Bytes go to temporary files until [`SegmentWriter::finish`].
#[derive(Debug)]
pub struct SegmentWriter {
    staging: Arc<Staging>,
    id: ShortId,
    name: String,
    parquet: Option<Part>,
    index: Option<Part>,
}

#[derive(Debug)]
struct Part {
    file: NewFile,
    digest: blake3::Hasher,
}

impl SegmentWriter {
    pub(crate) fn new(staging: &Arc<Staging>) -> Result<Self> {
        let id = ShortId::random()?;
        Ok(Self {
            staging: Arc::clone(staging),
            id,
            name: id.to_string(),
            parquet: None,
            index: None,
        })
    }

    /// The random id that the files will bear (16 hex digits).
    pub fn id(&self) -> &str {
        &self.name
    }

    /// The writer of one of the two files (`Write + Send`), made at the first call; later calls go on with it.
    pub fn part(&mut self, part: SegmentPart) -> Result<SegmentSink<'_>> {
        let slot = match part {
            SegmentPart::Parquet => &mut self.parquet,
            SegmentPart::Index => &mut self.index,
        };
        let part = match slot {
            Some(part) => part,
            None => {
                let file = NewFile::create(self.staging.backend())?;
                slot.insert(Part {
                    file,
                    digest: blake3::Hasher::new(),
                })
            }
        };
        Ok(SegmentSink { part })
    }

    /// Ends the segment with its number of rows. The Parquet file must have been written.
    pub fn finish(self, rows: u64) -> Result<StagedSegment> {
        let Self {
            id,
            name,
            parquet,
            index,
            ..
        } = self;
        let Some(parquet) = parquet else {
            return Err(Error::Refused(format!("segment {name} has no Parquet file")));
        };
        let place = |part: Part, file: File| {
            let digest = PartDigest {
                blake3: part.digest.finalize().to_string(),
                bytes: part.file.written(),
            };
            part.file.into_place(&file).map(|()| digest)
        };
        let parquet = place(parquet, File::Parquet(id))?;
        let index = index.map(|index| place(index, File::Index(id))).transpose()?;
        let (parquet_bytes, index_bytes) = (parquet.bytes, index.as_ref().map(|index| index.bytes));
        Ok(StagedSegment {
            id: name,
            rows,
            parquet_bytes,
            index_bytes,
            short: id,
            parquet,
            index,
        })
    }
}

/// One file of a segment while it is written.
#[derive(Debug)]
pub struct SegmentSink<'a> {
    part: &'a mut Part,
}

impl Write for SegmentSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.part.file.write(bytes)?;
        self.part.digest.update(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
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
    pub(crate) short: ShortId,
    pub(crate) parquet: PartDigest,
    pub(crate) index: Option<PartDigest>,
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
    pub(crate) short: ShortId,
    pub(crate) parquet: PartDigest,
    pub(crate) index: Option<PartDigest>,
}

/// A segment file to read.
pub struct SegmentFile {
    file: Box<dyn ReadAt>,
    path: File,
    disk: Option<PathBuf>,
}

impl std::fmt::Debug for SegmentFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SegmentFile({})", self.path)
    }
}

impl SegmentFile {
    pub(crate) fn open(backend: &dyn Backend, path: File) -> Result<Self> {
        let file = backend
            .open(&path)
            .map_err(|error| io_error(path, "open", error))?;
        Ok(Self {
            file,
            path,
            disk: backend.disk_path(&path),
        })
    }

    /// Number of bytes.
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// The file on disk, where the archive is a directory.
    pub fn path(&self) -> Option<PathBuf> {
        self.disk.clone()
    }

    /// Fills `out` from `offset` on.
    pub fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.file
            .read_exact_at(offset, out)
            .map_err(|error| io_error(self.path, "read", error))
    }

    /// All of it.
    pub fn read_all(&self) -> Result<Vec<u8>> {
        let length = usize::try_from(self.length());
        let mut bytes =
            vec![0; length.map_err(|_| io_error(self.path, "read", io::ErrorKind::FileTooLarge.into()))?];
        self.read_exact_at(0, &mut bytes)?;
        Ok(bytes)
    }
}
