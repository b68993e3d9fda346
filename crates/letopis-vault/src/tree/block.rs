//! How a block of 4096 records says where they lie (FORMAT.md, "Trees").
//!
//! Columns are what is written. The frames around them are compressed, and a byte a record that has the entropy of
//! the lengths alone compresses to that: measured on generated logs, 0.71 bytes a record instead of 0.99.

use super::RecordSpan;

/// Level of the nodes that are kept since `letopis.tree.003`: one for 512 records.
pub(super) const WIDE_LEVEL: u8 = 9;

/// How a tree's file is written; its first bytes say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Gap and length a record, as archives had them before there were columns.
    Pairs,
    /// All gaps, then the low bytes of all lengths, then what is above them.
    Columns,
    /// The same columns, and one hash for 512 records instead of one for 256.
    Wide,
}

impl Coding {
    /// What a tree with such blocks begins with.
    pub(super) const fn magic(self) -> &'static [u8; 16] {
        match self {
            Self::Pairs => b"letopis.tree.001",
            Self::Columns => b"letopis.tree.002",
            Self::Wide => b"letopis.tree.003",
        }
    }

    /// Level of the nodes that are kept.
    pub(super) const fn level(self) -> u8 {
        match self {
            Self::Pairs | Self::Columns => 8,
            Self::Wide => WIDE_LEVEL,
        }
    }

    /// The coding that `magic` names.
    pub(super) fn of(magic: &[u8]) -> Option<Self> {
        [Self::Pairs, Self::Columns, Self::Wide]
            .into_iter()
            .find(|coding| coding.magic() == magic)
    }
}

/// A block in columns while it is filled.
#[derive(Debug, Default)]
pub(super) struct Columns {
    gaps: Vec<u8>,
    low: Vec<u8>,
    high: Vec<u8>,
}

impl Columns {
    /// Takes a record of `length` bytes that begins `gap` bytes after the end of the one before.
    pub(super) fn push(&mut self, gap: u64, length: u64) {
        push_varint(gap, &mut self.gaps);
        self.low.push(length as u8);
        push_varint(length >> 8, &mut self.high);
    }

    /// The columns in their order.
    pub(super) fn parts(&self) -> [&[u8]; 3] {
        [&self.gaps, &self.low, &self.high]
    }

    /// Bytes of all columns.
    pub(super) fn bytes(&self) -> u64 {
        self.parts().iter().map(|part| part.len() as u64).sum()
    }

    pub(super) fn clear(&mut self) {
        self.gaps.clear();
        self.low.clear();
        self.high.clear();
    }
}

/// What stands around a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// Number of its first record.
    pub(super) first: u64,
    /// How many it has.
    pub(super) count: u64,
    /// End of the record before it.
    pub(super) base: u64,
    /// No record ends after this.
    pub(super) limit: u64,
    /// Whether the last one ends exactly there.
    pub(super) exact: bool,
}

/// Reads a block; `None` where it does not fit what stands around it.
pub(super) fn spans(coding: Coding, bytes: &[u8], around: Around) -> Option<Vec<RecordSpan>> {
    // Gaps stand where offsets will.
    let mut block = match coding {
        Coding::Pairs => pairs(bytes, around.count)?,
        Coding::Columns | Coding::Wide => columns(bytes, around.count)?,
    };
    let mut end = around.base;
    for (index, span) in (around.first..).zip(&mut block) {
        span.index = index;
        span.offset = end.checked_add(span.offset)?;
        end = span.offset.checked_add(span.length)?;
        if end > around.limit || span.length == 0 {
            return None;
        }
    }
    (!around.exact || end == around.limit).then_some(block)
}

fn pairs(mut bytes: &[u8], count: u64) -> Option<Vec<RecordSpan>> {
    let mut block = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let (offset, rest) = read_varint(bytes)?;
        let (length, rest) = read_varint(rest)?;
        block.push(RecordSpan {
            index: 0,
            offset,
            length,
        });
        bytes = rest;
    }
    bytes.is_empty().then_some(block)
}

fn columns(mut bytes: &[u8], count: u64) -> Option<Vec<RecordSpan>> {
    let mut block = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let (offset, rest) = read_varint(bytes)?;
        block.push(RecordSpan {
            index: 0,
            offset,
            length: 0,
        });
        bytes = rest;
    }
    let (low, mut bytes) = bytes.split_at_checked(block.len())?;
    for (span, low) in block.iter_mut().zip(low) {
        let (high, rest) = read_varint(bytes)?;
        span.length = high.checked_mul(256)? | u64::from(*low);
        bytes = rest;
    }
    bytes.is_empty().then_some(block)
}

/// LEB128.
fn push_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads one LEB128 number, shortest form only, and what follows it.
fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    if let [only @ ..=0x7f, rest @ ..] = bytes {
        return Some(((*only).into(), rest));
    }
    let mut number = 0u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        let part = u64::from(byte & 0x7f);
        if place == 9 && part > 1 {
            return None;
        }
        number |= part << (7 * place);
        if byte & 0x80 == 0 {
            let shortest = place == 0 || part > 0;
            return shortest.then_some((number, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_have_one_spelling() {
        for number in [0, 1, 127, 128, 300, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            push_varint(number, &mut bytes);
            assert_eq!(read_varint(&bytes), Some((number, &[][..])));
            assert_eq!(read_varint(&bytes[..bytes.len() - 1]), None);
        }
        for bad in [
            &[0x80, 0x00][..],
            &[0xff; 11],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
        ] {
            assert_eq!(read_varint(bad), None, "{bad:?}");
        }
    }

    /// Three records: 2 bytes at 11, 300 at 20, 70,000 at 320; the block follows 10 bytes.
    const SPANS: [(u64, u64); 3] = [(11, 2), (20, 300), (320, 70_000)];
    const AROUND: Around = Around {
        first: 4096,
        count: 3,
        base: 10,
        limit: 70_320,
        exact: true,
    };
    /// Written by hand from FORMAT.md.
    const PAIRS: &[u8] = &[1, 2, 7, 0xac, 0x02, 0, 0xf0, 0xa2, 0x04];
    const IN_COLUMNS: &[u8] = &[1, 7, 0, 2, 0x2c, 0x70, 0, 1, 0x91, 0x02];

    fn read(coding: Coding, bytes: &[u8], around: Around) -> Option<Vec<(u64, u64)>> {
        let block = spans(coding, bytes, around)?;
        assert!(
            block
                .iter()
                .map(|span| span.index)
                .eq(around.first..around.first + 3)
        );
        Some(block.iter().map(|span| (span.offset, span.length)).collect())
    }

    #[test]
    fn blocks_of_both_kinds_read_as_the_format_says() {
        assert_eq!(read(Coding::Pairs, PAIRS, AROUND).unwrap(), SPANS);
        assert_eq!(read(Coding::Columns, IN_COLUMNS, AROUND).unwrap(), SPANS);
        let (mut columns, mut end) = (Columns::default(), AROUND.base);
        for (offset, length) in SPANS {
            columns.push(offset - end, length);
            end = offset + length;
        }
        assert_eq!(columns.parts().concat(), IN_COLUMNS);
        assert_eq!(columns.bytes(), IN_COLUMNS.len() as u64);
        for coding in [Coding::Pairs, Coding::Columns, Coding::Wide] {
            assert_eq!(Coding::of(coding.magic()), Some(coding));
        }
        assert_eq!(Coding::of(b"letopis.tree.004"), None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (coding, bytes) in [(Coding::Pairs, PAIRS), (Coding::Columns, IN_COLUMNS)] {
            for cut in 0..bytes.len() {
                assert_eq!(
                    read(coding, &bytes[..cut], AROUND),
                    None,
                    "{coding:?} cut at {cut}"
                );
            }
            assert_eq!(read(coding, &[bytes, &[0]].concat(), AROUND), None);
            let around = |limit, exact| Around {
                limit,
                exact,
                ..AROUND
            };
            assert_eq!(read(coding, bytes, around(70_319, false)), None);
            assert_eq!(read(coding, bytes, around(70_321, true)), None);
            assert!(read(coding, bytes, around(70_321, false)).is_some());
            assert_eq!(
                read(
                    coding,
                    bytes,
                    Around {
                        base: u64::MAX,
                        ..AROUND
                    }
                ),
                None
            );
        }
        // A record without bytes, and a length beyond all numbers.
        let one = Around {
            count: 1,
            exact: false,
            ..AROUND
        };
        assert_eq!(spans(Coding::Columns, &[0, 0, 0], one), None);
        let mut large = vec![0, 0];
        push_varint(u64::MAX, &mut large);
        assert_eq!(spans(Coding::Columns, &large, one), None);
    }
}
