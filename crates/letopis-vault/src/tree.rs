//! Record trees: where the records of an object begin and end, and the RFC 6962 tree over them (FORMAT.md, "Trees").

use std::sync::Arc;

use letopis_seal::{LeafBatch, ObjectSecret, RecordHasher, Sha256Digest, TreeBuilder, node_hash};

use crate::backend::io_error;
use crate::digest::Blake3;
use crate::durable::NewFile;
use crate::framed::FramedWriter;
use crate::layout::File;
use crate::staging::Staging;
use crate::{Error, Result, StoredObject};

mod block;
mod read;

#[cfg(test)]
mod tests;

use block::{Coding, Columns, WIDE_LEVEL};
pub(crate) use read::Block;
pub use read::TreeReader;

const MAGIC_BYTES: u64 = 16;
const END_MAGIC: &[u8; 16] = b"letopis.tree.end";
const FOOTER_BYTES: u64 = 96;
/// Records in a block of boundaries.
pub(crate) const BLOCK_RECORDS: u64 = 4096;
/// Records that are hashed together.
const BATCH_RECORDS: usize = 256;

/// Place of a record in its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordSpan {
    /// Number of the record, from 0.
    pub index: u64,
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

impl RecordSpan {
    /// The first byte after it.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }
}

/// What a tree file says of itself at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) block_bytes: u64,
    pub(crate) hashes: u64,
    pub(crate) blocks: u64,
    pub(crate) records: u64,
    pub(crate) object_length: u64,
    pub(crate) number: u64,
    pub(crate) root: Sha256Digest,
}

impl Footer {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FOOTER_BYTES as usize);
        let Self {
            block_bytes,
            hashes,
            blocks,
            records,
            object_length,
            number,
            root,
        } = self;
        for field in [block_bytes, hashes, blocks, records, object_length, number] {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(&root.0);
        bytes.extend_from_slice(END_MAGIC);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (fields, rest) = bytes.split_at_checked(48)?;
        let (root, magic) = rest.split_first_chunk::<32>()?;
        if magic != END_MAGIC {
            return None;
        }
        let (fields, _) = fields.as_chunks::<8>();
        let [block_bytes, hashes, blocks, records, object_length, number] =
            <[[u8; 8]; 6]>::try_from(fields).ok()?.map(u64::from_le_bytes);
        Some(Self {
            block_bytes,
            hashes,
            blocks,
            records,
            object_length,
            number,
            root: Sha256Digest(*root),
        })
    }
}

/// Hashes records in order and keeps what a tree file keeps of them; writing and checking share it.
#[derive(Debug)]
pub(crate) struct TreeHasher {
    hasher: RecordHasher,
    builder: TreeBuilder,
    /// The records of the run at hand.
    batch: LeafBatch,
    /// Level of the nodes that are kept: 8, one for 256 records, or 9.
    level: u8,
    /// The first half of a node of level 9.
    half: Option<Sha256Digest>,
    runs: Vec<Sha256Digest>,
}

/// What a tree came to.
#[derive(Debug)]
pub(crate) struct HashedTree {
    pub(crate) root: Sha256Digest,
    /// Hashes of the complete runs of records.
    pub(crate) runs: Vec<Sha256Digest>,
}

impl TreeHasher {
    pub(crate) fn new(secret: &ObjectSecret, sha256: &Sha256Digest, level: u8) -> Self {
        Self {
            hasher: RecordHasher::new(secret, sha256),
            builder: TreeBuilder::new(),
            batch: LeafBatch::new(),
            level,
            half: None,
            runs: Vec::new(),
        }
    }

    pub(crate) fn commitment(&self) -> Sha256Digest {
        self.hasher.commitment().0
    }

    pub(crate) fn record(&mut self, offset: u64, bytes: &[u8]) {
        self.batch.push(&self.hasher, offset, bytes);
        self.end_of_run();
    }

    /// Holds the place of a record whose bytes cannot be read: its run and the root come out wrong, the runs of all
    /// other records do not.
    pub(crate) fn unreadable(&mut self) {
        self.batch.push_leaf(Sha256Digest::ZERO);
        self.end_of_run();
    }

    fn end_of_run(&mut self) {
        if self.batch.len() == BATCH_RECORDS {
            let run = self.batch.leaves(&self.hasher).try_into().ok();
            let node = run.and_then(|run| self.builder.append_run(run));
            self.batch.clear();
            let kept = match (node, self.half.take()) {
                (Some(left), None) if self.level == WIDE_LEVEL => {
                    self.half = Some(left);
                    None
                }
                (Some(right), Some(left)) => Some(node_hash(&left, &right)),
                (node, _) => node,
            };
            self.runs.extend(kept);
        }
    }

    /// Records taken so far.
    pub(crate) fn records(&self) -> u64 {
        self.builder.size().0 + self.batch.len() as u64
    }

    pub(crate) fn finish(mut self) -> HashedTree {
        for leaf in self.batch.leaves(&self.hasher) {
            self.builder.append(*leaf);
        }
        HashedTree {
            root: self.builder.root(),
            runs: self.runs,
        }
    }
}

/// Takes the records of one object in ascending order; [`TreeWriter::record`] is the hot path.
#[derive(Debug)]
pub struct TreeWriter {
    staging: Arc<Staging>,
    framed: FramedWriter<NewFile>,
    object: StoredObject,
    number: u32,
    secret: ObjectSecret,
    tree: TreeHasher,
    block: Columns,
    index: Vec<u8>,
    block_bytes: u64,
    end: u64,
}

impl TreeWriter {
    pub(crate) fn new(
        staging: &Arc<Staging>,
        object: &StoredObject,
        number: u32,
        secret: ObjectSecret,
    ) -> Result<Self> {
        let path = File::Tree(object.blake3, number);
        let mut framed = FramedWriter::new(NewFile::create(staging.backend())?, staging.compressors());
        framed
            .push(Coding::Wide.magic())
            .map_err(|error| io_error(path, "write", error))?;
        Ok(Self {
            staging: Arc::clone(staging),
            framed,
            object: object.clone(),
            number,
            tree: TreeHasher::new(&secret, &object.sha256, Coding::Wide.level()),
            secret,
            block: Columns::default(),
            index: Vec::new(),
            block_bytes: 0,
            end: 0,
        })
    }

    /// Takes the record at `offset` of the object. Records ascend, do not overlap, have at least one byte and lie
    /// inside the object; what lies between them is structure.
    pub fn record(&mut self, offset: u64, bytes: &[u8]) -> Result<()> {
        let length = bytes.len() as u64;
        let end = offset
            .checked_add(length)
            .filter(|end| *end <= self.object.length);
        let Some(end) = end.filter(|_| offset >= self.end && length > 0) else {
            return Err(self.misplaced(offset, length));
        };
        if self.tree.records().is_multiple_of(BLOCK_RECORDS) {
            self.begin_block()?;
        }
        self.block.push(offset - self.end, length);
        self.tree.record(offset, bytes);
        self.end = end;
        Ok(())
    }

    #[cold]
    fn misplaced(&self, offset: u64, length: u64) -> Error {
        Error::Refused(format!(
            "record {} at {offset} with {length} bytes: expected at least 1 byte between {} and {} of object {}",
            self.tree.records(),
            self.end,
            self.object.length,
            self.object.blake3,
        ))
    }

    fn begin_block(&mut self) -> Result<()> {
        self.write_block()?;
        self.index.extend_from_slice(&self.block_bytes.to_le_bytes());
        self.index.extend_from_slice(&self.end.to_le_bytes());
        Ok(())
    }

    fn write_block(&mut self) -> Result<()> {
        let path = self.path();
        for part in self.block.parts() {
            self.framed
                .push(part)
                .map_err(|error| io_error(path, "write", error))?;
        }
        self.block_bytes += self.block.bytes();
        self.block.clear();
        Ok(())
    }

    fn path(&self) -> File {
        File::Tree(self.object.blake3, self.number)
    }

    /// Records taken so far.
    pub fn records(&self) -> u64 {
        self.tree.records()
    }

    /// Ends the tree and stages its file. A tree without records is allowed.
    pub fn finish(mut self) -> Result<StagedTree> {
        self.write_block()?;
        let path = self.path();
        let (records, commitment) = (self.tree.records(), self.tree.commitment());
        let HashedTree { root, runs } = self.tree.finish();
        let footer = Footer {
            block_bytes: self.block_bytes,
            hashes: runs.len() as u64,
            blocks: (self.index.len() / 16) as u64,
            records,
            object_length: self.object.length,
            number: self.number.into(),
            root,
        };
        let mut framed = self.framed;
        let mut push = |bytes: &[u8]| framed.push(bytes).map_err(|error| io_error(path, "write", error));
        for run in &runs {
            push(&run.0)?;
        }
        push(&self.index)?;
        push(&footer.to_bytes())?;
        let tree = StagedTree {
            root: footer.root,
            records: footer.records,
            number: self.number,
            object: self.object.blake3,
            commitment,
            secret: self.secret,
        };
        let file = framed.finish().map_err(|error| io_error(path, "write", error))?;
        self.staging.place_tree(&tree, file)?;
        Ok(tree)
    }
}

/// A tree whose file is in the archive, not yet named by the ledger.
#[derive(Clone, Debug)]
pub struct StagedTree {
    /// Root of the record tree.
    pub root: Sha256Digest,
    /// Number of records.
    pub records: u64,
    /// 1 for the tree made at ingest, 2 and up for later framings.
    pub number: u32,
    pub(crate) object: Blake3,
    pub(crate) commitment: Sha256Digest,
    pub(crate) secret: ObjectSecret,
}
