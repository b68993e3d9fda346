//! Identifiers by block: a bit-sliced signature file.
//!
//! Each block has a Bloom filter of its identifiers; the filters of blocks with about as many identifiers are of
//! one size and stand side by side, so that one hash position of all of them is one short row of bits. A lookup
//! reads [`POSITIONS`] rows per size class and takes what stands in all of them.

use crate::blocks::BlockSet;
use crate::bytes::{Cursor, damaged};
use crate::error::SearchError;

/// Bits spent per identifier of a block. A false candidate costs a frame of the original, half a mebibyte, to decode: at
/// 10 bits they were six of seven candidates of a rare word in 1 GiB of logs, at 16 bits one of three, and the word was
/// found in two thirds of the time, for 1 % of the logs' bytes more.
const BITS_PER_TOKEN: usize = 16;
/// Hash positions per identifier. More would be fewer false candidates still at 16 bits (about 1 in 1,400 now), but this
/// number is part of the index format.
const POSITIONS: u32 = 7;

/// Collects the identifiers of blocks.
#[derive(Debug, Default)]
pub(crate) struct SignatureBuilder {
    /// Hashes of all blocks, one after the other.
    hashes: Vec<u64>,
    /// Where each block ends in them.
    ends: Vec<usize>,
}

impl SignatureBuilder {
    /// Ends a block with these identifiers, each once.
    pub(crate) fn block(&mut self, hashes: &[u64]) {
        self.hashes.extend_from_slice(hashes);
        self.ends.push(self.hashes.len());
    }

    /// Writes the signatures.
    pub(crate) fn finish(&self, out: &mut Vec<u8>) {
        let block = |n: usize| {
            let start = if n == 0 { 0 } else { self.ends[n - 1] };
            &self.hashes[start..self.ends[n]]
        };
        let mut order: Vec<usize> = (0..self.ends.len()).filter(|n| !block(*n).is_empty()).collect();
        order.sort_by_key(|n| (block(*n).len(), *n));
        let mut classes: Vec<&[usize]> = Vec::new();
        let mut rest = order.as_slice();
        while let Some(first) = rest.first() {
            // A quarter more identifiers than the smallest of the class, so that nobody's filter is much too large.
            let most = block(*first).len() * 5 / 4 + 4;
            let (class, more) = rest.split_at(rest.partition_point(|n| block(*n).len() <= most));
            classes.push(class);
            rest = more;
        }
        out.extend_from_slice(&(classes.len() as u32).to_le_bytes());
        for class in classes {
            let most = class.last().map_or(0, |n| block(*n).len());
            let mut columns = class.to_vec();
            columns.sort_unstable();
            let height = (most * BITS_PER_TOKEN).max(64);
            let mut bits = vec![0_u8; (height * columns.len()).div_ceil(8)];
            for (column, n) in columns.iter().enumerate() {
                for hash in block(*n) {
                    for row in positions(*hash, height) {
                        let bit = row * columns.len() + column;
                        bits[bit / 8] |= 1 << (bit % 8);
                    }
                }
            }
            out.extend_from_slice(&(height as u32).to_le_bytes());
            out.extend_from_slice(&(columns.len() as u32).to_le_bytes());
            for n in &columns {
                out.extend_from_slice(&(*n as u32).to_le_bytes());
            }
            out.extend_from_slice(&bits);
        }
    }
}

/// The rows of an identifier in filters of that height.
fn positions(hash: u64, height: usize) -> impl Iterator<Item = usize> {
    let (first, step) = (hash as u32, (hash >> 32) as u32 | 1);
    (0..POSITIONS).map(move |i| {
        let spread = first.wrapping_add(i.wrapping_mul(step)).wrapping_add(i * i * i);
        ((u64::from(spread) * height as u64) >> 32) as usize
    })
}

/// Opened signatures: where the classes stand in the section's bytes.
#[derive(Clone, Debug)]
pub(crate) struct Signatures {
    classes: Vec<Class>,
}

#[derive(Clone, Debug)]
struct Class {
    height: usize,
    columns: Vec<u32>,
    /// Offset of the bits in the section.
    bits: usize,
}

impl Signatures {
    /// Reads the section of an index over `blocks` blocks.
    pub(crate) fn open(section: &[u8], blocks: usize) -> Result<Self, SearchError> {
        let mut cursor = Cursor::new(section);
        let count = cursor.count(8, "signature classes")?;
        let mut classes = Vec::with_capacity(count);
        for _ in 0..count {
            let height = cursor.u32("signature height")? as usize;
            let width = cursor.count(4, "signature columns")?;
            let mut columns = Vec::with_capacity(width);
            for _ in 0..width {
                let block = cursor.u32("block number")?;
                if block as usize >= blocks {
                    return Err(damaged(
                        cursor.at(),
                        format!("a block below {blocks}"),
                        block.to_string(),
                    ));
                }
                columns.push(block);
            }
            let bits = cursor.at();
            let length = height.checked_mul(width).map(|bits| bits.div_ceil(8));
            let length =
                length.ok_or_else(|| damaged(bits, "a signature size", format!("{height} × {width}")))?;
            cursor.take(length, "signature bits")?;
            classes.push(Class {
                height,
                columns,
                bits,
            });
        }
        Ok(Self { classes })
    }

    /// Adds the blocks in which an identifier of that hash may stand.
    pub(crate) fn find(&self, section: &[u8], hash: u64, found: &mut BlockSet) {
        let mut row = Vec::new();
        for class in &self.classes {
            let bits = section.get(class.bits..).unwrap_or_default();
            row.clear();
            row.resize(class.columns.len().div_ceil(64), u64::MAX);
            for position in positions(hash, class.height) {
                intersect_row(&mut row, bits, position * class.columns.len());
            }
            for (column, block) in class.columns.iter().enumerate() {
                if row[column / 64] >> (column % 64) & 1 == 1 {
                    found.add(*block as usize);
                }
            }
        }
    }
}

/// `row &= bits[first ..]`, 64 bits at a time from any bit on. Bits beyond the row's end are of no account.
fn intersect_row(row: &mut [u64], bits: &[u8], first: usize) {
    for (word, slot) in row.iter_mut().enumerate() {
        let bit = first + word * 64;
        let mut nine = [0_u8; 16];
        let bytes = bits.get(bit / 8..).unwrap_or_default();
        let length = bytes.len().min(9);
        nine[..length].copy_from_slice(&bytes[..length]);
        *slot &= (u128::from_le_bytes(nine) >> (bit % 8)) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 300 blocks of very different size: every identifier is found in its block, few others are.
    #[test]
    fn nothing_is_missed_and_little_is_false() {
        let size = |block: usize| (block * block) % 700;
        let hash = |block: usize, n: usize| crate::tokens::hash(format!("{block}/{n}").as_bytes());
        let mut builder = SignatureBuilder::default();
        for block in 0..300 {
            let hashes: Vec<u64> = (0..size(block)).map(|n| hash(block, n)).collect();
            builder.block(&hashes);
        }
        let mut section = Vec::new();
        builder.finish(&mut section);
        let signatures = Signatures::open(&section, 300).unwrap();
        let mut others = 0;
        let mut asked = 0;
        for block in 0..300 {
            for n in (0..size(block)).step_by(17) {
                let mut found = BlockSet::none(300 * u64::from(crate::BLOCK_ROWS));
                signatures.find(&section, hash(block, n), &mut found);
                assert!(found.holds(block), "{block} {n}");
                others += found.len() - 1;
                asked += 1;
            }
        }
        // 1 in 1,400 by theory; classes are up to a quarter roomier for most of their blocks.
        assert!(
            others * 1_400 < asked * 300 * 2,
            "{others} false of {asked} × 300"
        );
    }

    #[test]
    fn damage_is_refused() {
        let mut builder = SignatureBuilder::default();
        builder.block(&[1, 2, 3]);
        let mut section = Vec::new();
        builder.finish(&mut section);
        for length in 0..section.len() {
            assert!(Signatures::open(&section[..length], 1).is_err(), "{length}");
        }
        assert!(Signatures::open(&section, 0).is_err());
        assert!(Signatures::open(&[0xff; 64], 1).is_err());
    }
}
