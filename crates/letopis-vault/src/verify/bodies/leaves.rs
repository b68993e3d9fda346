//! The leaves of one tree made again from the frames of its object as they come.

use letopis_seal::{ObjectSecret, Sha256Digest};

use crate::Result;
use crate::framed::Frame;
use crate::object::TreeInfo;
use crate::tree::{Block, HashedTree, RecordSpan, TreeHasher, TreeReader};

/// Takes the frames of an object in order and makes every leaf of one tree.
pub(super) struct Leaves<'a> {
    pub(super) info: &'a TreeInfo,
    tree: TreeReader,
    hasher: TreeHasher,
    /// The block of boundaries at hand, and how many records are done.
    block: Option<Block>,
    done: u64,
    /// The beginning of a record that goes on in the next frame.
    carry: Vec<u8>,
    /// Whether part of the record at hand cannot be read.
    gap: bool,
    /// Runs that have an unreadable record, ascending.
    broken: Vec<u64>,
    unreadable: u64,
    failure: Option<crate::Error>,
}

/// What the leaves came to.
pub(super) struct LeavesEnd {
    /// Records whose bytes were read and hashed.
    pub(super) records: u64,
    /// Whether root and stored hashes came out as sealed.
    pub(super) fits: bool,
    /// The root that came out; wrong where records could not be read.
    pub(super) root: Sha256Digest,
    /// First and last record of the runs that did not come out as stored; `None` where none of them did not.
    pub(super) differ: Option<(RecordSpan, RecordSpan)>,
}

impl<'a> Leaves<'a> {
    pub(super) fn new(
        info: &'a TreeInfo,
        tree: TreeReader,
        secret: &ObjectSecret,
        sha256: &Sha256Digest,
    ) -> Self {
        Self {
            info,
            hasher: TreeHasher::new(secret, sha256, tree.run_level()),
            tree,
            block: None,
            done: 0,
            carry: Vec::new(),
            gap: false,
            broken: Vec::new(),
            unreadable: 0,
            failure: None,
        }
    }

    /// The commitment that the secret opens.
    pub(super) fn commitment(&self) -> Sha256Digest {
        self.hasher.commitment()
    }

    /// The tree whose boundaries it follows.
    pub(super) fn tree(&self) -> &TreeReader {
        &self.tree
    }

    /// Takes the next frame. What is wrong with the tree is kept for the end.
    pub(super) fn frame(&mut self, frame: &Frame) {
        if self.failure.is_none()
            && let Err(error) = self.take(frame)
        {
            self.failure = Some(error);
        }
    }

    fn take(&mut self, frame: &Frame) -> Result<()> {
        let end = frame.first + frame.length;
        while self.done < self.tree.records() {
            let block = match self.block.take() {
                Some(block) => block,
                None => self.tree.block(self.done / crate::tree::BLOCK_RECORDS)?,
            };
            let inside = (self.done % crate::tree::BLOCK_RECORDS) as usize;
            for span in block.get(inside..).unwrap_or_default() {
                if span.offset >= end || !self.record(span, frame, end) {
                    self.block = Some(block);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Takes what the frame has of a record; whether the record is complete.
    fn record(&mut self, span: &RecordSpan, frame: &Frame, end: u64) -> bool {
        let from = span.offset.max(frame.first) - frame.first;
        let to = span.end().min(end).saturating_sub(frame.first);
        let part = match &frame.content {
            Some(content) => content.get(from as usize..to as usize),
            None => None,
        };
        self.gap |= part.is_none();
        let part = part.unwrap_or_default();
        if span.end() > end {
            self.carry.extend_from_slice(part);
            return false;
        }
        if self.gap {
            self.hasher.unreadable();
            self.unreadable += 1;
            let run = self.done / self.tree.run_records();
            if self.broken.last() != Some(&run) {
                self.broken.push(run);
            }
        } else if self.carry.is_empty() {
            self.hasher.record(span.offset, part);
        } else {
            self.carry.extend_from_slice(part);
            self.hasher.record(span.offset, &self.carry);
        }
        self.carry.clear();
        self.gap = false;
        self.done += 1;
        true
    }

    /// Compares what was made again with what is stored and with what the ledger says.
    pub(super) fn end(mut self) -> Result<LeavesEnd> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let HashedTree { root, runs: made } = self.hasher.finish();
        let (stored, records) = (self.tree.runs()?, self.tree.run_records());
        let whole = self.done == self.tree.records();
        let fits = whole && root == self.info.root && stored == made;
        let mut differ: Vec<u64> = (0..stored.len() as u64)
            .filter(|run| stored.get(*run as usize) != made.get(*run as usize))
            .filter(|run| !self.broken.contains(run))
            .collect();
        // Records after the last complete run have no hash of their own: where all others fit, it is one of them.
        let tail = stored.len() as u64;
        if !fits && differ.is_empty() && self.broken.is_empty() && tail * records < self.tree.records() {
            differ.push(tail);
        }
        let last = |run: u64| ((run + 1) * records).min(self.tree.records()) - 1;
        let differ = match (differ.first(), differ.last()) {
            (Some(from), Some(to)) => self.tree.get(from * records)?.zip(self.tree.get(last(*to))?),
            _ => None,
        };
        Ok(LeavesEnd {
            records: self.done - self.unreadable,
            fits,
            root,
            differ,
        })
    }
}
