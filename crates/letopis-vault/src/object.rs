//! Objects: unchanging runs of bytes in independent zstd frames.

use std::io::{self, Read, Seek, Write};

use crate::{Blake3, Result, Sha256};

/// Whether the archive had these bytes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// Stored now; no ledger line names it yet.
    New,
    /// Staged earlier in this run by this writer, and in no ledger line yet.
    Staged,
    /// Named by the ledger line with this sequence number.
    Known(u64),
}

/// An object whose bytes are in the archive.
#[derive(Clone, Debug)]
pub struct StoredObject {
    /// Name.
    pub blake3: Blake3,
    /// What `sha256sum` prints of the bytes.
    pub sha256: Sha256,
    /// Number of bytes.
    pub length: u64,
    /// Whether the archive had them before.
    pub novelty: Novelty,
}

impl StoredObject {
    /// Whether these bytes were not in the archive before.
    pub fn is_new(&self) -> bool {
        self.novelty == Novelty::New
    }
}

/// Takes the bytes of one object; hashes and compresses while they stream (both cores for large ones).
#[derive(Debug)]
pub struct ObjectWriter {}

impl ObjectWriter {
    /// Ends the object. Bytes that the archive has already are recognised and not stored twice.
    pub fn finish(self) -> Result<StoredObject> {
        todo!()
    }
}

impl Write for ObjectWriter {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        todo!()
    }
    fn flush(&mut self) -> io::Result<()> {
        todo!()
    }
}

/// An object that the ledger names.
#[derive(Clone, Debug)]
pub struct ObjectInfo {
    /// Name.
    pub blake3: Blake3,
    /// What `sha256sum` prints of the bytes.
    pub sha256: Sha256,
    /// Number of bytes.
    pub length: u64,
    /// Sequence number of its `object` entry.
    pub seq: u64,
    /// Records of its newest tree; 0 when it has none.
    pub records: u64,
    /// Numbers of its trees, ascending; empty when it has none.
    pub trees: Vec<u32>,
    /// What the caller kept about it.
    pub about: Option<serde_json::Value>,
}

/// Reads one object from any place; decodes only the frames it needs. Cheap to clone; clones share nothing that waits.
#[derive(Clone, Debug)]
pub struct ObjectReader {}

impl ObjectReader {
    /// Number of bytes.
    pub fn length(&self) -> u64 {
        todo!()
    }

    /// Puts exactly `length` bytes from `offset` into `out` (cleared first). Safe from many threads at once.
    pub fn read_range(&self, offset: u64, length: u64, out: &mut Vec<u8>) -> Result<()> {
        let _ = (offset, length, out);
        todo!()
    }
}

impl Read for ObjectReader {
    fn read(&mut self, _out: &mut [u8]) -> io::Result<usize> {
        todo!()
    }
}

impl Seek for ObjectReader {
    fn seek(&mut self, _to: io::SeekFrom) -> io::Result<u64> {
        todo!()
    }
}
