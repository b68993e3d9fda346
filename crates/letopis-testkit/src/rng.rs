//! Random numbers that are the same on every platform and in every release.
//!
//! ChaCha8 under a seed and a label. Ranges, weights and letters are made here from whole numbers only: the
//! distributions of random-number crates may change between versions, floating point between machines.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of random numbers: one for each thing that is generated, so that adding to one changes no other.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of that label under a seed.
    pub fn new(seed: u64, label: &str) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        // FNV-1a, 64 bits: only has to differ between the labels of one program.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        key[8..16].copy_from_slice(&hash.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Below `limit`; 0 where the limit is 0. Multiply and shift: the bias is below 2⁻³² for the ranges of logs.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) + 1) as i64
    }

    /// An index into something of that length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// True in `share` of a thousand cases.
    pub fn permille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// One of several.
    ///
    /// # Panics
    /// Where there is nothing to choose from.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// One of several, by weight.
    ///
    /// # Panics
    /// Where there is nothing to choose from.
    pub fn weighted<'a, T>(&mut self, from: &'a [(u32, T)]) -> &'a T {
        let total = from.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (weight, item) in from {
            if left < u64::from(*weight) {
                return item;
            }
            left -= u64::from(*weight);
        }
        &from[from.len() - 1].1
    }

    /// A length with a long tail, as sizes of replies and transfers have: `low` times a random power of two
    /// below 2^`doublings`, plus a part of it.
    pub fn long_tailed(&mut self, low: u64, doublings: u64) -> u64 {
        let base = low << self.below(doublings + 1);
        base + self.below(base + 1)
    }

    /// That many lower-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut out = String::with_capacity(digits);
        while out.len() < digits {
            let bits = self.bits();
            for shift in (0..16).take(digits - out.len()) {
                out.push(char::from(
                    b"0123456789abcdef"[(bits >> (shift * 4)) as usize & 15],
                ));
            }
        }
        out
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let h = self.hex(32);
        format!(
            "{}-{}-4{}-a{}-{}",
            &h[..8],
            &h[8..12],
            &h[13..16],
            &h[17..20],
            &h[20..]
        )
    }

    /// Fills a buffer.
    pub fn fill(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    /// The key stream of ChaCha8 is a fact; these figures hold for every later release of this crate.
    #[test]
    fn streams_are_the_same_for_ever_and_apart() {
        let mut one = Stream::new(1, "a");
        let first: Vec<u64> = (0..3).map(|_| one.bits()).collect();
        let mut again = Stream::new(1, "a");
        assert_eq!(first, (0..3).map(|_| again.bits()).collect::<Vec<_>>());
        assert_ne!(first[0], Stream::new(1, "b").bits());
        assert_ne!(first[0], Stream::new(2, "a").bits());
        for _ in 0..10_000 {
            let n = one.between(-3, 4);
            assert!((-3..=4).contains(&n));
        }
        assert_eq!(one.uuid().len(), 36);
        assert_eq!(one.hex(7).len(), 7);
    }
}
