//! Asking the index of one segment.

use std::ops::Range;
use std::sync::Arc;

use letopis_event::Filter;

use crate::error::SearchError;

/// The opened index of one segment.
pub struct SegmentIndex {}

impl SegmentIndex {
    /// Opens an index and checks all of it against its own checksum, so that damage is an error here and never
    /// a wrong answer later.
    pub fn open(bytes: Arc<[u8]>) -> Result<Self, SearchError> {
        todo!()
    }

    /// Rows of the segment.
    pub fn rows(&self) -> u64 {
        todo!()
    }

    /// The blocks in which a row that satisfies the filter can stand, and how they were found.
    pub fn candidates(&self, filter: &Filter) -> Result<Candidates, SearchError> {
        todo!()
    }
}

/// Where matching rows can stand.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The blocks.
    pub blocks: BlockSet,
    /// One line per test of the filter: how far it narrowed, or why it could not. For people.
    pub plan: Vec<String>,
}

/// A set of blocks of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSet {
    rows: u64,
}

impl BlockSet {
    /// Every block of a segment of that many rows.
    pub fn all(rows: u64) -> Self {
        Self { rows }
    }

    /// Blocks in the set.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether no block is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows in the blocks of the set.
    pub fn row_count(&self) -> u64 {
        todo!()
    }

    /// Whether the row's block is in it.
    pub fn holds_row(&self, row: u64) -> bool {
        todo!()
    }

    /// The rows of its blocks, as ascending ranges that do not touch.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        std::iter::empty()
    }
}
