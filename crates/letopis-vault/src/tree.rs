//! Record trees: where the records of an object begin and end, and the RFC 6962 tree over them.

use crate::{Result, Sha256};

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

/// Takes the records of one object in ascending order; [`TreeWriter::record`] is the hot path and allocates nothing.
#[derive(Debug)]
pub struct TreeWriter {}

impl TreeWriter {
    /// Takes the record at `offset` of the object. Records ascend, do not overlap and lie inside the object; gaps
    /// are structure.
    pub fn record(&mut self, offset: u64, bytes: &[u8]) -> Result<()> {
        let _ = (offset, bytes);
        todo!()
    }

    /// Ends the tree and stages its file. A tree without records is allowed.
    pub fn finish(self) -> Result<StagedTree> {
        todo!()
    }
}

/// A tree whose file is in the archive, not yet named by the ledger.
#[derive(Clone, Debug)]
pub struct StagedTree {
    /// Root of the record tree.
    pub root: Sha256,
    /// Number of records.
    pub records: u64,
    /// 1 for the tree made at ingest, 2 and up for later framings.
    pub number: u32,
}

/// Reads a stored tree.
#[derive(Debug)]
pub struct TreeReader {}

impl TreeReader {
    /// Number of records.
    pub fn records(&self) -> u64 {
        todo!()
    }

    /// Root as the file states it.
    pub fn root(&self) -> Sha256 {
        todo!()
    }

    /// The record that holds the byte at `offset`, or `None` where no record lies.
    pub fn find(&self, offset: u64) -> Result<Option<RecordSpan>> {
        let _ = offset;
        todo!()
    }

    /// The record with that number.
    pub fn get(&self, index: u64) -> Result<Option<RecordSpan>> {
        let _ = index;
        todo!()
    }

    /// Calls `each` for every record from number `first` on, until it says `false`.
    pub fn for_each(&self, first: u64, each: &mut dyn FnMut(RecordSpan) -> bool) -> Result<()> {
        let _ = (first, each);
        todo!()
    }
}
