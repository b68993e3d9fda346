//! Objects: unchanging runs of bytes in framed files.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use letopis_seal::Sha256Digest;
use sha2::Digest;

use crate::backend::{Backend, io_error};
use crate::digest::Blake3;
use crate::durable::NewFile;
use crate::framed::{FRAME_BYTES, FrameCache, Framed, FramedWriter};
use crate::layout::File;
use crate::staging::Staging;
use crate::{Error, Result};

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
    pub sha256: Sha256Digest,
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

/// Takes the bytes of one object; hashes and compresses while they stream (by several threads for long ones).
#[derive(Debug)]
pub struct ObjectWriter {
    staging: Arc<Staging>,
    framed: FramedWriter<NewFile>,
    blake3: blake3::Hasher,
    sha256: sha2::Sha256,
    length: u64,
}

impl ObjectWriter {
    pub(crate) fn new(staging: &Arc<Staging>) -> Result<Self> {
        let file = NewFile::create(staging.backend())?;
        Ok(Self {
            staging: Arc::clone(staging),
            framed: FramedWriter::new(file, staging.compressors()),
            blake3: blake3::Hasher::new(),
            sha256: sha2::Sha256::new(),
            length: 0,
        })
    }

    /// Bytes taken so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Ends the object. Bytes that the archive has already are recognised and not stored twice.
    pub fn finish(self) -> Result<StoredObject> {
        let object = StoredObject {
            blake3: Blake3(*self.blake3.finalize().as_bytes()),
            sha256: Sha256Digest(self.sha256.finalize().into()),
            length: self.length,
            novelty: Novelty::New,
        };
        let path = File::Object(object.blake3);
        let file = self
            .framed
            .finish()
            .map_err(|error| io_error(path, "write", error))?;
        self.staging.place_object(object, file)
    }
}

impl Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.blake3.update(bytes);
        self.sha256.update(bytes);
        self.framed.push(bytes)?;
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A record tree that the ledger names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeInfo {
    /// 1 for the tree made at ingest, 2 and up for later framings.
    pub number: u32,
    /// Number of records.
    pub records: u64,
    /// Root.
    pub root: Sha256Digest,
    /// Commitment to the object under this tree's secret.
    pub commitment: Sha256Digest,
    /// Sequence number of the `object` or `reframe` entry.
    pub seq: u64,
}

/// An object that the ledger names.
#[derive(Clone, Debug)]
pub struct ObjectInfo {
    /// Name.
    pub blake3: Blake3,
    /// What `sha256sum` prints of the bytes.
    pub sha256: Sha256Digest,
    /// Number of bytes.
    pub length: u64,
    /// Sequence number of its `object` entry.
    pub seq: u64,
    /// Its trees by ascending number; empty when it has none.
    pub trees: Vec<TreeInfo>,
    /// What the caller kept about it.
    pub about: Option<serde_json::Value>,
}

impl ObjectInfo {
    /// The newest tree.
    pub fn tree(&self) -> Option<&TreeInfo> {
        self.trees.last()
    }

    /// Records of the newest tree; 0 when it has none.
    pub fn records(&self) -> u64 {
        self.tree().map_or(0, |tree| tree.records)
    }

    /// It as a stored object, as [`ObjectWriter::finish`] would give it for the same bytes.
    pub fn stored(&self) -> StoredObject {
        let Self {
            blake3,
            sha256,
            length,
            seq,
            ..
        } = *self;
        StoredObject {
            blake3,
            sha256,
            length,
            novelty: Novelty::Known(seq),
        }
    }
}

/// Reads one object from any place; decodes only the frames it needs. The frames decoded last are kept for all readers of
/// an opened archive. A clone has its own position.
#[derive(Clone, Debug)]
pub struct ObjectReader {
    framed: Arc<Framed>,
    at: u64,
    frame: Option<(usize, Arc<Vec<u8>>)>,
    /// A range that lies in more than one frame.
    joined: Vec<u8>,
}

impl ObjectReader {
    pub(crate) fn open(
        backend: &dyn Backend,
        name: Blake3,
        length: u64,
        cache: &Arc<FrameCache>,
    ) -> Result<Self> {
        let file = File::Object(name);
        let framed = Framed::open_sharing(backend, &file, Some(length), Arc::clone(cache))?;
        Ok(Self {
            framed: Arc::new(framed),
            at: 0,
            frame: None,
            joined: Vec::new(),
        })
    }

    /// Number of bytes.
    pub fn length(&self) -> u64 {
        self.framed.length()
    }

    /// Puts exactly `length` bytes from `offset` into `out`, which is cleared first. Safe from many threads at once.
    pub fn read_range(&self, offset: u64, length: u64, out: &mut Vec<u8>) -> Result<()> {
        self.framed.read_range(offset, length, out)
    }

    /// Exactly `length` bytes from `offset`, where they were decoded.
    pub fn range(&mut self, offset: u64, length: u64) -> Result<&[u8]> {
        let number = (offset / FRAME_BYTES as u64) as usize;
        let inside = (offset % FRAME_BYTES as u64) as usize;
        let end = offset.checked_add(length).filter(|end| *end <= self.length());
        if end.is_none() || inside as u64 + length > FRAME_BYTES as u64 || length == 0 {
            self.framed.read_range(offset, length, &mut self.joined)?;
            return Ok(&self.joined);
        }
        let content = self.at_frame(number)?;
        Ok(content.get(inside..inside + length as usize).unwrap_or_default())
    }

    /// First byte and number of bytes of the frame that holds the byte at `offset`: what is decoded together.
    pub fn frame_of(&self, offset: u64) -> Result<(u64, u64)> {
        let length = self.length();
        if offset >= length {
            let path = self.framed.path();
            return Err(Error::Refused(format!(
                "{path}: byte {offset} of {length} bytes of content"
            )));
        }
        let first = offset - offset % FRAME_BYTES as u64;
        Ok((first, (length - first).min(FRAME_BYTES as u64)))
    }

    /// The content of one frame, which stays at hand.
    fn at_frame(&mut self, number: usize) -> Result<&[u8]> {
        if self.frame.as_ref().is_none_or(|(have, _)| *have != number) {
            self.frame = Some((number, self.framed.frame(number)?));
        }
        Ok(self.frame.as_ref().map_or(&[][..], |(_, content)| content))
    }
}

impl Read for ObjectReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.at >= self.framed.length() {
            return Ok(0);
        }
        let number = (self.at / FRAME_BYTES as u64) as usize;
        let inside = (self.at % FRAME_BYTES as u64) as usize;
        let content = self.at_frame(number).map_err(io::Error::other)?;
        let part = content.get(inside..).unwrap_or_default();
        let taken = part.len().min(out.len());
        for (place, byte) in out.iter_mut().zip(part) {
            *place = *byte;
        }
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for ObjectReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at =
            at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the first byte"))?;
        Ok(self.at)
    }
}
