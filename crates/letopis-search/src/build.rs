//! Making the index of one segment.
//!
//! ```text
//! 0    8  magic "letopis\x01" (the last byte is the format version)
//! 8   12  rules: token rules, folding tables, Unicode version (u32 each, as all numbers little-endian)
//! 20   4  rows of a block
//! 24   8  rows
//! 32   8  length of the words
//! 40   8  length of the signatures
//! 48   8  length of the list of blocks with tokens of more than 255 bytes
//! 56      words, signatures, list (u32 each)
//! −32     BLAKE3 of all before
//! ```

use crate::BLOCK_ROWS;
use crate::error::SearchError;
use crate::signature::SignatureBuilder;
use crate::tokens::{self, Tokenizer};
use crate::words::WordsBuilder;

/// What every index begins with.
pub(crate) const MAGIC: [u8; 8] = *b"letopis\x01";
/// Bytes before the first section.
pub(crate) const HEADER: usize = 56;
/// Bytes of the digest at the end.
pub(crate) const DIGEST: usize = 32;

/// Builds the index of one segment from its records in row order.
#[derive(Debug)]
pub struct IndexBuilder {
    tokenizer: Tokenizer,
    words: WordsBuilder,
    signatures: SignatureBuilder,
    block: Block,
    rows: u64,
    rows_in_block: u32,
    blocks: u32,
    long: Vec<u32>,
}

impl IndexBuilder {
    /// An empty index.
    pub fn new() -> Result<Self, SearchError> {
        Ok(Self {
            tokenizer: Tokenizer::default(),
            words: WordsBuilder::new()?,
            signatures: SignatureBuilder::default(),
            block: Block::default(),
            rows: 0,
            rows_in_block: 0,
            blocks: 0,
            long: Vec::new(),
        })
    }

    /// Adds the searched text of the next row ([`letopis_event::Origin::text`]).
    pub fn add(&mut self, text: &str) -> Result<(), SearchError> {
        let block = &mut self.block;
        self.tokenizer.each(text, |token| block.add(token));
        self.rows += 1;
        self.rows_in_block += 1;
        if self.rows_in_block == BLOCK_ROWS {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), SearchError> {
        if self.block.has_long {
            self.long.push(self.blocks);
        }
        self.blocks = self
            .blocks
            .checked_add(1)
            .filter(|blocks| *blocks < i32::MAX as u32)
            .ok_or(SearchError::TooManyRows(self.rows))?;
        self.words.block(self.block.words.as_text())?;
        self.signatures.block(&self.block.identifiers.hashes);
        self.block.clear();
        self.rows_in_block = 0;
        Ok(())
    }

    /// Rows added.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the index and gives the bytes of its one file.
    pub fn finish(mut self) -> Result<Vec<u8>, SearchError> {
        if self.rows_in_block > 0 {
            self.end_block()?;
        }
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        for rule in tokens::rules_version() {
            out.extend_from_slice(&rule.to_le_bytes());
        }
        out.extend_from_slice(&BLOCK_ROWS.to_le_bytes());
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&[0; 24]);
        if self.blocks > 0 {
            self.words.finish(&mut out)?;
        }
        let words = out.len();
        self.signatures.finish(&mut out);
        let signatures = out.len();
        for block in &self.long {
            out.extend_from_slice(&block.to_le_bytes());
        }
        let lengths = [words - HEADER, signatures - words, out.len() - signatures];
        for (place, length) in lengths.into_iter().enumerate() {
            let at = 32 + place * 8;
            out[at..at + 8].copy_from_slice(&(length as u64).to_le_bytes());
        }
        let digest = blake3::hash(&out);
        out.extend_from_slice(digest.as_bytes());
        Ok(out)
    }
}

/// The distinct tokens of the block being filled.
#[derive(Debug, Default)]
struct Block {
    words: WordSet,
    identifiers: HashSet64,
    has_long: bool,
}

impl Block {
    fn add(&mut self, token: tokens::Token<'_>) {
        let hash = tokens::hash(token.bytes);
        if token.is_identifier {
            self.identifiers.add(hash);
        } else {
            self.words.add(hash, token.bytes);
        }
        self.has_long |= token.is_cut;
    }

    fn clear(&mut self) {
        self.words.clear();
        self.identifiers.clear();
        self.has_long = false;
    }
}

/// Slots that a set begins with.
const FIRST_SLOTS: usize = 4096;

/// Distinct words, one a line in `text`; the memory stays from block to block.
#[derive(Debug, Default)]
struct WordSet {
    text: Vec<u8>,
    /// Upper half of the hash and where the word starts in `text`, plus one; 0 is free.
    slots: Vec<(u32, u32)>,
    used: Vec<u32>,
}

impl WordSet {
    fn add(&mut self, hash: u64, word: &[u8]) {
        if self.used.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mark = (hash >> 32) as u32;
        let mut slot = hash as usize & mask;
        loop {
            let (found, start) = self.slots[slot];
            if start == 0 {
                break;
            }
            let start = start as usize - 1;
            let end = start + word.len();
            // The line feed after it ends the word: no letter or digit is one.
            if found == mark && self.text.get(start..end) == Some(word) && self.text.get(end) == Some(&b'\n')
            {
                return;
            }
            slot = (slot + 1) & mask;
        }
        // A block of 256 records of at most 16 MiB stays below 4 GiB; beyond it words go in doubled, never lost.
        let start = u32::try_from(self.text.len() + 1).ok();
        self.text.extend_from_slice(word);
        self.text.push(b'\n');
        if let Some(start) = start {
            self.slots[slot] = (mark, start);
            self.used.push(slot as u32);
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(FIRST_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        self.used.clear();
        for (mark, start) in old.into_iter().filter(|(_, start)| *start != 0) {
            let from = start as usize - 1;
            let length = self.text[from..].iter().position(|b| *b == b'\n').unwrap_or(0);
            let hash = tokens::hash(&self.text[from..from + length]);
            let mut slot = hash as usize & (size - 1);
            while self.slots[slot].1 != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = (mark, start);
            self.used.push(slot as u32);
        }
    }

    fn as_text(&self) -> &str {
        // Tokens are folded UTF-8, cut at characters.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.text.clear();
        for slot in self.used.drain(..) {
            self.slots[slot as usize] = (0, 0);
        }
    }
}

/// Distinct hashes in the order they came.
#[derive(Debug, Default)]
struct HashSet64 {
    hashes: Vec<u64>,
    /// Place in `hashes` plus one; 0 is free.
    slots: Vec<u32>,
}

impl HashSet64 {
    fn add(&mut self, hash: u64) {
        if self.hashes.len() * 2 >= self.slots.len() {
            let size = (self.slots.len() * 2).max(FIRST_SLOTS);
            self.slots.clear();
            self.slots.resize(size, 0);
            for place in 0..self.hashes.len() {
                let slot = self.free_slot(self.hashes[place]);
                if let Some(slot) = slot {
                    self.slots[slot] = place as u32 + 1;
                }
            }
        }
        if let Some(slot) = self.free_slot(hash) {
            self.hashes.push(hash);
            self.slots[slot] = self.hashes.len() as u32;
        }
    }

    /// Where the hash would go; `None` where it is.
    fn free_slot(&self, hash: u64) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return Some(slot),
                place if self.hashes[place as usize - 1] == hash => return None,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn clear(&mut self) {
        let mask = self.slots.len().wrapping_sub(1);
        if self.hashes.len() * 4 > self.slots.len() {
            self.slots.fill(0);
        } else {
            for hash in &self.hashes {
                // Every slot of its run: others' are emptied too, and all of them go.
                let mut slot = *hash as usize & mask;
                while self.slots[slot] != 0 {
                    self.slots[slot] = 0;
                    slot = (slot + 1) & mask;
                }
            }
        }
        self.hashes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Against the standard library's sets, over several blocks.
        #[test]
        fn sets_hold_each_once(blocks in prop::collection::vec(prop::collection::vec("[a-c]{1,3}", 0..80), 1..4)) {
            let (mut words, mut hashes) = (WordSet::default(), HashSet64::default());
            for block in blocks {
                for word in &block {
                    words.add(tokens::hash(word.as_bytes()), word.as_bytes());
                    hashes.add(tokens::hash(word.as_bytes()));
                }
                let expected: BTreeSet<&str> = block.iter().map(String::as_str).collect();
                let lines: Vec<&str> = words.as_text().lines().collect();
                prop_assert_eq!(lines.len(), expected.len());
                prop_assert_eq!(hashes.hashes.len(), expected.len());
                prop_assert_eq!(lines.into_iter().collect::<BTreeSet<_>>(), expected);
                words.clear();
                hashes.clear();
            }
        }
    }

    #[test]
    fn sets_grow_and_are_used_again() {
        let (mut words, mut hashes) = (WordSet::default(), HashSet64::default());
        for count in [20_000_u32, 10, 3_000] {
            for _ in 0..2 {
                for n in 0..count {
                    let word = format!("w{n}");
                    words.add(tokens::hash(word.as_bytes()), word.as_bytes());
                    hashes.add(tokens::hash(word.as_bytes()));
                }
            }
            assert_eq!(words.as_text().lines().count(), count as usize);
            assert_eq!(hashes.hashes.len(), count as usize);
            words.clear();
            hashes.clear();
            assert!(words.slots.iter().all(|s| s.1 == 0) && hashes.slots.iter().all(|s| *s == 0));
        }
    }
}
