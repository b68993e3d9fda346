//! Reading a stored tree: any record by number or by place, from one block.

use std::sync::{Arc, Mutex, PoisonError};

use letopis_seal::Sha256Digest;

use super::block::{Around, Coding, spans};
use super::{BLOCK_RECORDS, FOOTER_BYTES, Footer, MAGIC_BYTES, RecordSpan};
use crate::backend::Backend;
use crate::digest::Blake3;
use crate::framed::Framed;
use crate::layout::File;
use crate::{Error, Result};

/// A block of boundaries, decoded.
pub(crate) type Block = Arc<Vec<RecordSpan>>;

/// Reads a stored tree; safe from many threads at once.
#[derive(Debug)]
pub struct TreeReader {
    framed: Framed,
    footer: Footer,
    coding: Coding,
    /// For each block: its place among the blocks, and the end of the last record before it.
    index: Vec<(u64, u64)>,
    kept: Mutex<Option<(u64, Block)>>,
}

impl TreeReader {
    pub(crate) fn open(backend: &dyn Backend, object: Blake3, number: u32) -> Result<Self> {
        let framed = Framed::open(backend, &File::Tree(object, number), None)?;
        let path = framed.path().path();
        let damaged = |expected: &str, found: String| Error::Damaged {
            path: path.clone(),
            offset: None,
            expected: expected.to_owned(),
            found,
        };
        let length = framed.length();
        let mut bytes = Vec::new();
        let Some(footer_at) = length.checked_sub(FOOTER_BYTES).filter(|at| *at >= MAGIC_BYTES) else {
            return Err(damaged("a tree of at least 112 bytes", format!("{length} bytes")));
        };
        framed.read_range(0, MAGIC_BYTES, &mut bytes)?;
        let coding = Coding::of(&bytes).ok_or_else(|| {
            let found = String::from_utf8_lossy(&bytes).into_owned();
            damaged("a tree of version 001, 002 or 003", found)
        })?;
        framed.read_range(footer_at, FOOTER_BYTES, &mut bytes)?;
        let footer = Footer::parse(&bytes).ok_or_else(|| damaged("a footer", "other bytes".to_owned()))?;
        let sizes = || {
            let hashes = footer.hashes.checked_mul(32)?;
            let index = footer.blocks.checked_mul(16)?;
            let fixed = MAGIC_BYTES + FOOTER_BYTES;
            footer
                .block_bytes
                .checked_add(hashes)?
                .checked_add(index)?
                .checked_add(fixed)
        };
        let fits = footer.hashes == footer.records >> coding.level()
            && footer.blocks == footer.records.div_ceil(BLOCK_RECORDS)
            && footer.number == u64::from(number)
            && sizes() == Some(length);
        if !fits {
            return Err(damaged("a footer that fits the file", format!("{footer:?}")));
        }
        framed.read_range(footer_at - footer.blocks * 16, footer.blocks * 16, &mut bytes)?;
        let (pairs, _) = bytes.as_chunks::<8>();
        let index: Vec<(u64, u64)> = pairs
            .chunks_exact(2)
            .filter_map(|pair| match pair {
                [position, base] => Some((u64::from_le_bytes(*position), u64::from_le_bytes(*base))),
                _ => None,
            })
            .collect();
        let ascends = index.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1);
        let begins = index.first().is_none_or(|first| *first == (0, 0));
        if !ascends || !begins || index.last().is_some_and(|last| last.0 >= footer.block_bytes) {
            return Err(damaged("an ascending index", "another".to_owned()));
        }
        Ok(Self {
            framed,
            footer,
            coding,
            index,
            kept: Mutex::new(None),
        })
    }

    /// Number of records.
    pub fn records(&self) -> u64 {
        self.footer.records
    }

    /// Root as the file states it.
    pub fn root(&self) -> Sha256Digest {
        self.footer.root
    }

    pub(crate) fn object_length(&self) -> u64 {
        self.footer.object_length
    }

    /// Level of the nodes whose hashes it keeps.
    pub(crate) fn run_level(&self) -> u8 {
        self.coding.level()
    }

    /// Records under one stored hash.
    pub(crate) fn run_records(&self) -> u64 {
        1 << self.coding.level()
    }

    /// Hashes of the complete runs of records.
    pub(crate) fn runs(&self) -> Result<Vec<Sha256Digest>> {
        let mut bytes = Vec::new();
        let at = MAGIC_BYTES + self.footer.block_bytes;
        self.framed.read_range(at, self.footer.hashes * 32, &mut bytes)?;
        Ok(bytes
            .as_chunks::<32>()
            .0
            .iter()
            .map(|hash| Sha256Digest(*hash))
            .collect())
    }

    /// The records of one block of 4096.
    pub(crate) fn block(&self, number: u64) -> Result<Block> {
        if let Some((have, block)) = &*self.kept.lock().unwrap_or_else(PoisonError::into_inner)
            && *have == number
        {
            return Ok(Arc::clone(block));
        }
        let block = Arc::new(self.decode_block(number)?);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, Arc::clone(&block)));
        Ok(block)
    }

    fn decode_block(&self, number: u64) -> Result<Vec<RecordSpan>> {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(&(position, base)) = self.index.get(place) else {
            return Err(Error::Refused(format!(
                "{}: block {number} of {}",
                self.framed.path(),
                self.index.len()
            )));
        };
        let next = self.index.get(place + 1);
        let stop = next.map_or(self.footer.block_bytes, |next| next.0);
        let limit = next.map_or(self.footer.object_length, |next| next.1);
        let mut bytes = Vec::new();
        self.framed
            .read_range(MAGIC_BYTES + position, stop - position, &mut bytes)?;
        let first = number * BLOCK_RECORDS;
        let count = (self.footer.records - first).min(BLOCK_RECORDS);
        let around = Around {
            first,
            count,
            base,
            limit,
            exact: next.is_some(),
        };
        let block = spans(self.coding, &bytes, around);
        block.ok_or_else(|| Error::Damaged {
            path: self.framed.path().path(),
            offset: None,
            expected: format!(
                "block {number} with {count} records between bytes {base} and {limit} of the object"
            ),
            found: "other bytes".to_owned(),
        })
    }

    /// The record that holds the byte at `offset`, or `None` where no record lies.
    pub fn find(&self, offset: u64) -> Result<Option<RecordSpan>> {
        let place = self.index.partition_point(|(_, base)| *base <= offset);
        let Some(place) = place.checked_sub(1) else {
            return Ok(None);
        };
        let block = self.block(place as u64)?;
        let after = block.partition_point(|span| span.offset <= offset);
        let found = after.checked_sub(1).and_then(|place| block.get(place));
        Ok(found.copied().filter(|span| offset < span.end()))
    }

    /// The record with that number.
    pub fn get(&self, index: u64) -> Result<Option<RecordSpan>> {
        if index >= self.footer.records {
            return Ok(None);
        }
        let block = self.block(index / BLOCK_RECORDS)?;
        Ok(block.get((index % BLOCK_RECORDS) as usize).copied())
    }

    /// Calls `each` for every record from number `first` on, until it says `false`.
    pub fn for_each(&self, first: u64, each: &mut dyn FnMut(RecordSpan) -> bool) -> Result<()> {
        let mut at = first;
        while at < self.footer.records {
            let block = self.block(at / BLOCK_RECORDS)?;
            for span in block.get((at % BLOCK_RECORDS) as usize..).unwrap_or_default() {
                if !each(*span) {
                    return Ok(());
                }
            }
            at = (at / BLOCK_RECORDS + 1) * BLOCK_RECORDS;
        }
        Ok(())
    }

    /// The first and the last record that have bytes in `first..end`; `None` where there is none.
    pub(crate) fn between(&self, first: u64, end: u64) -> Result<Option<(RecordSpan, RecordSpan)>> {
        let place = self.index.partition_point(|(_, base)| *base <= first);
        let mut found: Option<(RecordSpan, RecordSpan)> = None;
        self.for_each(place.saturating_sub(1) as u64 * BLOCK_RECORDS, &mut |span| {
            if span.offset < end && span.end() > first {
                found = Some((found.map_or(span, |(from, _)| from), span));
            }
            span.offset < end
        })?;
        Ok(found)
    }

    /// The records of one run, the last of which may be shorter.
    pub(crate) fn run(&self, number: u64) -> Result<Vec<RecordSpan>> {
        let records = self.run_records();
        let mut spans = Vec::with_capacity(records as usize);
        self.for_each(number * records, &mut |span| {
            spans.push(span);
            (spans.len() as u64) < records
        })?;
        Ok(spans)
    }
}
