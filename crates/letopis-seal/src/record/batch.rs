//! The leaves of many records made together.

use super::RecordHasher;
use crate::block::lanes::{LANES, Lanes};
use crate::block::many::{Rest, finish_all, mac_numbers};
use crate::hash::Sha256Digest;

/// Longer records are hashed at once and by themselves: one of them would leave all other lanes waiting.
const BYTES_TOGETHER: usize = 4096;
/// Blocks that wait at most: half a MiB.
const BLOCKS_WAITING: usize = 8192;

/// Makes the leaves of records that come one after the other, many at a time where the processor can; the leaves are
/// those of [`RecordHasher::leaf`], in the order in which the records came.
///
/// ```
/// use letopis_seal::{LeafBatch, ObjectSecret, RecordHasher, sha256};
///
/// let hasher = RecordHasher::new(&ObjectSecret([7; 32]), &sha256(b"one\ntwo\n"));
/// let mut batch = LeafBatch::new();
/// batch.push(&hasher, 0, b"one");
/// batch.push(&hasher, 4, b"two");
/// assert_eq!(batch.leaves(&hasher), [hasher.leaf(0, b"one"), hasher.leaf(4, b"two")]);
/// ```
#[derive(Debug)]
pub struct LeafBatch {
    lanes: Option<Lanes>,
    leaves: Vec<Sha256Digest>,
    /// The blocks of each record that waits, with its padding; its salt is not in them yet.
    blocks: Vec<[u8; 64]>,
    waiting: Vec<Rest>,
    offsets: Vec<u64>,
}

impl Default for LeafBatch {
    fn default() -> Self {
        Self::new()
    }
}

impl LeafBatch {
    /// An empty one.
    pub fn new() -> Self {
        Self::with(Lanes::detect())
    }

    fn with(lanes: Option<Lanes>) -> Self {
        Self {
            lanes,
            leaves: Vec::new(),
            blocks: Vec::new(),
            waiting: Vec::new(),
            offsets: Vec::new(),
        }
    }

    /// Records and leaves taken since it was emptied.
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether nothing was taken since it was emptied.
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Takes the record `raw` at `offset` (bytes from the start of the object). All records of a batch are of the
    /// object of one `hasher`.
    pub fn push(&mut self, hasher: &RecordHasher, offset: u64, raw: &[u8]) {
        if self.lanes.is_none() || raw.len() > BYTES_TOGETHER {
            self.leaves.push(hasher.leaf(offset, raw));
            return;
        }
        let end = 32 + raw.len();
        let (first, count) = (self.blocks.len(), (end + 9).div_ceil(64));
        if first + count > BLOCKS_WAITING {
            self.hash(hasher);
            return self.push(hasher, offset, raw);
        }
        self.blocks.resize(first + count, [0; 64]);
        let own = self
            .blocks
            .get_mut(first..)
            .unwrap_or_default()
            .as_flattened_mut();
        let bits = (64 + end as u64) * 8;
        let pieces: [(usize, &[u8]); 5] = [
            (0, &offset.to_be_bytes()),
            (8, &(raw.len() as u64).to_be_bytes()),
            (32, raw),
            (end, &[0x80]),
            (count * 64 - 8, &bits.to_be_bytes()),
        ];
        for (at, bytes) in pieces {
            if let Some(place) = own.get_mut(at..at + bytes.len()) {
                place.copy_from_slice(bytes);
            }
        }
        self.waiting.push(Rest {
            first,
            blocks: count,
            name: self.leaves.len(),
        });
        self.offsets.push(offset);
        self.leaves.push(Sha256Digest::ZERO);
    }

    /// Takes a leaf that is known already, or that stands for a record that cannot be read.
    pub fn push_leaf(&mut self, leaf: Sha256Digest) {
        self.leaves.push(leaf);
    }

    /// The leaves of everything taken since it was emptied.
    pub fn leaves(&mut self, hasher: &RecordHasher) -> &[Sha256Digest] {
        self.hash(hasher);
        &self.leaves
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.leaves.clear();
        self.blocks.clear();
        self.waiting.clear();
        self.offsets.clear();
    }

    /// Hashes the records that wait.
    fn hash(&mut self, hasher: &RecordHasher) {
        let Some(lanes) = self.lanes else { return };
        for (offsets, waiting) in self.offsets.chunks(LANES).zip(self.waiting.chunks(LANES)) {
            let mut numbers = [0; LANES];
            numbers
                .iter_mut()
                .zip(offsets)
                .for_each(|(place, offset)| *place = *offset);
            let salts = mac_numbers(lanes, &hasher.mac.inner, &hasher.mac.outer, &numbers);
            for (rest, salt) in waiting.iter().zip(&salts) {
                let place = self
                    .blocks
                    .get_mut(rest.first)
                    .and_then(|block| block.get_mut(16..32));
                if let Some(place) = place {
                    place.copy_from_slice(salt);
                }
            }
        }
        self.waiting.sort_unstable_by_key(|rest| rest.blocks);
        let leaves = &mut self.leaves;
        finish_all(
            lanes,
            &hasher.prefix,
            &self.blocks,
            &self.waiting,
            |name, leaf| {
                if let Some(place) = leaves.get_mut(name) {
                    *place = leaf;
                }
            },
        );
        self.blocks.clear();
        self.waiting.clear();
        self.offsets.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::ObjectSecret;

    fn hasher() -> RecordHasher {
        RecordHasher::new(&ObjectSecret([3; 32]), &crate::sha256(b"an object"))
    }

    /// Records of these lengths, `None` a leaf that is known, through both ways of hashing.
    fn check(lengths: &[Option<usize>]) {
        let hasher = hasher();
        let bytes: Vec<u8> = (0..20_000u32).map(|n| (n * 17 % 249) as u8).collect();
        let known = crate::sha256(b"known");
        let expected: Vec<_> = (0u64..)
            .zip(lengths)
            .map(|(n, length)| length.map_or(known, |length| hasher.leaf(n * 7919, &bytes[..length])))
            .collect();
        for lanes in [Lanes::detect(), None] {
            let mut batch = LeafBatch::with(lanes);
            // A second time, in the memory of the first.
            for _ in 0..2 {
                assert!(batch.is_empty());
                for (n, length) in (0u64..).zip(lengths) {
                    match length {
                        Some(length) => batch.push(&hasher, n * 7919, &bytes[..*length]),
                        None => batch.push_leaf(known),
                    }
                }
                assert_eq!(batch.len(), lengths.len());
                assert_eq!(batch.leaves(&hasher), expected);
                batch.clear();
            }
        }
    }

    #[test]
    fn every_short_length_and_some_long_ones() {
        check(&(1..600).map(Some).collect::<Vec<_>>());
        check(&[Some(4096), Some(4097), Some(1), None, Some(20_000), Some(3)]);
        check(&[None; 20]);
        // More than waits at a time.
        check(&[Some(4000); 300]);
    }

    #[test]
    fn going_on_after_looking() {
        let hasher = hasher();
        let mut batch = LeafBatch::new();
        batch.push(&hasher, 0, b"one");
        assert_eq!(batch.leaves(&hasher), [hasher.leaf(0, b"one")]);
        batch.push(&hasher, 9, b"two");
        assert_eq!(
            batch.leaves(&hasher),
            [hasher.leaf(0, b"one"), hasher.leaf(9, b"two")]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_mixture(lengths in prop::collection::vec(prop::option::weighted(0.9, 1usize..700), 0..80)) {
            check(&lengths);
        }
    }
}
