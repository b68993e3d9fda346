//! Sets of blocks.

use std::ops::Range;

use crate::BLOCK_ROWS;

/// A set of blocks of one segment: runs of [`BLOCK_ROWS`] rows, the last one shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSet {
    rows: u64,
    words: Vec<u64>,
}

impl BlockSet {
    /// No block of a segment of that many rows.
    pub fn none(rows: u64) -> Self {
        Self {
            rows,
            words: vec![0; (block_count(rows)).div_ceil(64)],
        }
    }

    /// Every block of a segment of that many rows.
    pub fn all(rows: u64) -> Self {
        let mut set = Self::none(rows);
        let blocks = block_count(rows);
        set.words.fill(u64::MAX);
        if let Some(last) = set.words.last_mut()
            && !blocks.is_multiple_of(64)
        {
            *last = (1 << (blocks % 64)) - 1;
        }
        set
    }

    /// Blocks of the segment, in the set or not.
    pub fn total(&self) -> usize {
        block_count(self.rows)
    }

    /// Blocks in the set.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no block is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether every block is in it.
    pub fn is_all(&self) -> bool {
        self.len() == self.total()
    }

    /// Rows in the blocks of the set.
    pub fn row_count(&self) -> u64 {
        self.ranges().map(|range| range.end - range.start).sum()
    }

    /// Whether the row's block is in it.
    pub fn holds_row(&self, row: u64) -> bool {
        row < self.rows && usize::try_from(row / u64::from(BLOCK_ROWS)).is_ok_and(|block| self.holds(block))
    }

    /// The rows of its blocks, as ascending ranges that do not touch.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        let total = self.total();
        let mut block = 0;
        std::iter::from_fn(move || {
            let start = (block..total).find(|b| self.holds(*b))?;
            let end = (start..total).find(|b| !self.holds(*b)).unwrap_or(total);
            block = end;
            let row = |block: usize| (block as u64 * u64::from(BLOCK_ROWS)).min(self.rows);
            Some(row(start)..row(end))
        })
    }

    pub(crate) fn holds(&self, block: usize) -> bool {
        self.words
            .get(block / 64)
            .is_some_and(|word| word >> (block % 64) & 1 == 1)
    }

    /// Adds a block; `false` where the segment has no such block.
    pub(crate) fn add(&mut self, block: usize) -> bool {
        if block >= self.total() {
            return false;
        }
        match self.words.get_mut(block / 64) {
            Some(word) => {
                *word |= 1 << (block % 64);
                true
            }
            None => false,
        }
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }
}

/// Blocks of that many rows.
pub(crate) fn block_count(rows: u64) -> usize {
    usize::try_from(rows.div_ceil(u64::from(BLOCK_ROWS))).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_the_blocks_and_nothing_else() {
        for rows in [0, 1, 255, 256, 257, 256 * 64, 256 * 64 + 1, 256 * 130] {
            let all = BlockSet::all(rows);
            assert_eq!(all.row_count(), rows);
            assert!(all.is_all());
            assert_eq!(all.ranges().count(), usize::from(rows > 0));
            assert!(BlockSet::none(rows).is_empty());
        }
        let mut set = BlockSet::none(256 * 70 + 10);
        for block in [0, 2, 3, 63, 64, 70] {
            assert!(set.add(block));
        }
        assert!(!set.add(71));
        let ranges: Vec<_> = set.ranges().collect();
        assert_eq!(
            ranges,
            [0..256, 512..1024, 63 * 256..65 * 256, 70 * 256..70 * 256 + 10]
        );
        assert_eq!(set.len(), 6);
        assert!(set.holds_row(513) && !set.holds_row(256) && !set.holds_row(70 * 256 + 10));
    }
}
