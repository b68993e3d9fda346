//! The compression function of SHA-256 over sixteen messages at once, in the registers of AVX-512.
//!
//! One message is a chain: each round waits for the one before. Sixteen messages are sixteen chains that do not wait
//! for each other, and one instruction works on all of them. Measured on one processor with SHA instructions, these
//! take 58 ns a block for one message and 45 for two interleaved; sixteen messages take 22 ns a block here.
//!
//! This is the only module of the workspace that has `unsafe` code (`tests/tidy.rs`): loads and stores of whole
//! arrays, and the step into code that the processor must understand. [`Lanes`] can only be had where it does.

#![allow(
    unsafe_code,
    reason = "vector instructions; each use says why it is sound, and the tests compare with the `sha2` crate"
)]

/// Messages that are hashed at once.
pub(crate) const LANES: usize = 16;

/// One word of each message.
pub(crate) type Row = [u32; LANES];

/// The states of all messages, word by word.
pub(crate) type States = [Row; 8];

/// One block of each message, word by word.
pub(crate) type Words = [Row; 16];

/// Shows that this processor has what the code here needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes(imp::Found);

impl Lanes {
    /// Asks the processor (the answer is kept); `None` where one message at a time is the best there is.
    pub(crate) fn detect() -> Option<Self> {
        imp::detect().map(Self)
    }

    /// Runs the compression function over one block of each message.
    pub(crate) fn compress(self, states: &mut States, blocks: &[&[u8; 64]; LANES]) {
        imp::compress(self.0, states, blocks);
    }

    /// The same over blocks that are words already.
    pub(crate) fn compress_words(self, states: &mut States, words: &Words) {
        imp::compress_words(self.0, states, words);
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod imp {
    use super::{LANES, States, Words};

    /// Nobody has one.
    #[derive(Clone, Copy, Debug)]
    pub(super) enum Found {}

    pub(super) fn detect() -> Option<Found> {
        None
    }

    pub(super) fn compress(found: Found, _: &mut States, _: &[&[u8; 64]; LANES]) {
        match found {}
    }

    pub(super) fn compress_words(found: Found, _: &mut States, _: &Words) {
        match found {}
    }
}

#[cfg(target_arch = "x86_64")]
mod imp {
    use core::arch::x86_64::{
        __m512i, _mm_set_epi64x, _mm512_add_epi32, _mm512_broadcast_i32x4, _mm512_loadu_si512,
        _mm512_ror_epi32, _mm512_set1_epi32, _mm512_shuffle_epi8, _mm512_shuffle_i32x4, _mm512_srli_epi32,
        _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
        _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
    };

    use super::{LANES, Row, States, Words};

    /// Made by [`detect`] only.
    #[derive(Clone, Copy, Debug)]
    pub(super) struct Found(());

    pub(super) fn detect() -> Option<Found> {
        let has = std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512bw");
        has.then_some(Found(()))
    }

    pub(super) fn compress(_: Found, states: &mut States, blocks: &[&[u8; 64]; LANES]) {
        // SAFETY: `Found` is made only after the processor said that it has both features.
        unsafe { compress_blocks(states, blocks) }
    }

    pub(super) fn compress_words(_: Found, states: &mut States, words: &Words) {
        // SAFETY: as above.
        unsafe { compress_rows(states, words) }
    }

    /// FIPS 180-4 §4.2.2.
    #[rustfmt::skip]
    const K: [u32; 64] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ];

    /// Three-input truth tables: a ⊕ b ⊕ c, "choose" and "majority" (FIPS 180-4 §4.1.2).
    const XOR: i32 = 0x96;
    const CHOOSE: i32 = 0xca;
    const MAJORITY: i32 = 0xe8;

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn load(row: &Row) -> __m512i {
        // SAFETY: the reference is to 64 readable bytes; the load asks for no alignment.
        unsafe { _mm512_loadu_si512(row.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn load_block(block: &[u8; 64]) -> __m512i {
        // SAFETY: the reference is to 64 readable bytes; the load asks for no alignment.
        unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn store(row: &mut Row, value: __m512i) {
        // SAFETY: the reference is to 64 writable bytes; the store asks for no alignment.
        unsafe { _mm512_storeu_si512(row.as_mut_ptr().cast(), value) }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    fn compress_rows(states: &mut States, words: &Words) {
        let [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, wa, wb, wc, wd, we, wf] = words;
        let words = [
            load(w0),
            load(w1),
            load(w2),
            load(w3),
            load(w4),
            load(w5),
            load(w6),
            load(w7),
            load(w8),
            load(w9),
            load(wa),
            load(wb),
            load(wc),
            load(wd),
            load(we),
            load(wf),
        ];
        rounds(states, words);
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    fn compress_blocks(states: &mut States, blocks: &[&[u8; 64]; LANES]) {
        // Words are big-endian in a message.
        let swap = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203));
        let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf] = blocks;
        let first = four_columns(
            load_block(b0),
            load_block(b1),
            load_block(b2),
            load_block(b3),
            swap,
        );
        let second = four_columns(
            load_block(b4),
            load_block(b5),
            load_block(b6),
            load_block(b7),
            swap,
        );
        let third = four_columns(
            load_block(b8),
            load_block(b9),
            load_block(ba),
            load_block(bb),
            swap,
        );
        let fourth = four_columns(
            load_block(bc),
            load_block(bd),
            load_block(be),
            load_block(bf),
            swap,
        );
        let [
            [c0, c4, c8, cc],
            [c1, c5, c9, cd],
            [c2, c6, ca, ce],
            [c3, c7, cb, cf],
        ] = [
            four_words(first[0], second[0], third[0], fourth[0]),
            four_words(first[1], second[1], third[1], fourth[1]),
            four_words(first[2], second[2], third[2], fourth[2]),
            four_words(first[3], second[3], third[3], fourth[3]),
        ];
        rounds(
            states,
            [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf],
        );
    }

    /// Of four blocks: in the `n`-th quarter of the `k`-th result, word 4·n + k of each of them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn four_columns(a: __m512i, b: __m512i, c: __m512i, d: __m512i, swap: __m512i) -> [__m512i; 4] {
        let (a, b) = (_mm512_shuffle_epi8(a, swap), _mm512_shuffle_epi8(b, swap));
        let (c, d) = (_mm512_shuffle_epi8(c, swap), _mm512_shuffle_epi8(d, swap));
        let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        [
            _mm512_unpacklo_epi64(ab_low, cd_low),
            _mm512_unpackhi_epi64(ab_low, cd_low),
            _mm512_unpacklo_epi64(ab_high, cd_high),
            _mm512_unpackhi_epi64(ab_high, cd_high),
        ]
    }

    /// Of the `k`-th results of four times four blocks: words k, k + 4, k + 8 and k + 12 of all sixteen.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn four_words(a: __m512i, b: __m512i, c: __m512i, d: __m512i) -> [__m512i; 4] {
        let (ab_even, cd_even) = (
            _mm512_shuffle_i32x4::<0x88>(a, b),
            _mm512_shuffle_i32x4::<0x88>(c, d),
        );
        let (ab_odd, cd_odd) = (
            _mm512_shuffle_i32x4::<0xdd>(a, b),
            _mm512_shuffle_i32x4::<0xdd>(c, d),
        );
        [
            _mm512_shuffle_i32x4::<0x88>(ab_even, cd_even),
            _mm512_shuffle_i32x4::<0x88>(ab_odd, cd_odd),
            _mm512_shuffle_i32x4::<0xdd>(ab_even, cd_even),
            _mm512_shuffle_i32x4::<0xdd>(ab_odd, cd_odd),
        ]
    }

    /// FIPS 180-4 §6.2.2, with the sixteen words of the schedule that are needed at a time.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn rounds(states: &mut States, mut w: [__m512i; 16]) {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = &*states;
        let before = [
            load(s0),
            load(s1),
            load(s2),
            load(s3),
            load(s4),
            load(s5),
            load(s6),
            load(s7),
        ];
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = before;
        macro_rules! round {
            ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $word:expr, $constant:expr) => {
                let (six, eleven) = (_mm512_ror_epi32::<6>($e), _mm512_ror_epi32::<11>($e));
                let sum = _mm512_ternarylogic_epi32::<XOR>(six, eleven, _mm512_ror_epi32::<25>($e));
                let choice = _mm512_ternarylogic_epi32::<CHOOSE>($e, $f, $g);
                let input = _mm512_add_epi32($word, _mm512_set1_epi32($constant as i32));
                let one = _mm512_add_epi32(_mm512_add_epi32($h, input), _mm512_add_epi32(sum, choice));
                let (two, thirteen) = (_mm512_ror_epi32::<2>($a), _mm512_ror_epi32::<13>($a));
                let sum = _mm512_ternarylogic_epi32::<XOR>(two, thirteen, _mm512_ror_epi32::<22>($a));
                let majority = _mm512_ternarylogic_epi32::<MAJORITY>($a, $b, $c);
                $d = _mm512_add_epi32($d, one);
                $h = _mm512_add_epi32(one, _mm512_add_epi32(sum, majority));
            };
        }
        macro_rules! eight_rounds {
            ($k:expr, $at:literal) => {
                round!(a b c d e f g h, w[$at], $k[$at]);
                round!(h a b c d e f g, w[$at + 1], $k[$at + 1]);
                round!(g h a b c d e f, w[$at + 2], $k[$at + 2]);
                round!(f g h a b c d e, w[$at + 3], $k[$at + 3]);
                round!(e f g h a b c d, w[$at + 4], $k[$at + 4]);
                round!(d e f g h a b c, w[$at + 5], $k[$at + 5]);
                round!(c d e f g h a b, w[$at + 6], $k[$at + 6]);
                round!(b c d e f g h a, w[$at + 7], $k[$at + 7]);
            };
        }
        macro_rules! next_words {
            ($($at:literal)*) => { $(
                let (near, far) = (w[($at + 1) % 16], w[($at + 14) % 16]);
                let (x, y) = (_mm512_ror_epi32::<7>(near), _mm512_ror_epi32::<18>(near));
                let small = _mm512_ternarylogic_epi32::<XOR>(x, y, _mm512_srli_epi32::<3>(near));
                let (x, y) = (_mm512_ror_epi32::<17>(far), _mm512_ror_epi32::<19>(far));
                let large = _mm512_ternarylogic_epi32::<XOR>(x, y, _mm512_srli_epi32::<10>(far));
                let middle = _mm512_add_epi32(w[($at + 9) % 16], large);
                w[$at] = _mm512_add_epi32(_mm512_add_epi32(w[$at], small), middle);
            )* };
        }
        let (constants, _) = K.as_chunks::<16>();
        for (turn, k) in constants.iter().enumerate() {
            if turn > 0 {
                next_words!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
            }
            eight_rounds!(k, 0);
            eight_rounds!(k, 8);
        }
        let after = [a, b, c, d, e, f, g, h];
        for ((row, before), after) in states.iter_mut().zip(before).zip(after) {
            store(row, _mm512_add_epi32(before, after));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{IV, State, compress};

    /// Any blocks and states, from a counter.
    fn numbers(seed: u32) -> impl FnMut() -> u32 {
        let mut at = seed;
        move || {
            at = at
                .wrapping_mul(0x9e37_79b1)
                .wrapping_add(0x7f4a_7c15)
                .rotate_left(11);
            at
        }
    }

    #[test]
    fn every_lane_agrees_with_the_compression_function_of_the_sha2_crate() {
        let Some(lanes) = Lanes::detect() else {
            println!("skipped: this processor hashes one message at a time");
            return;
        };
        for seed in 0..200 {
            let mut next = numbers(seed);
            let mut states: [State; LANES] = std::array::from_fn(|_| std::array::from_fn(|_| next()));
            let blocks: [[u8; 64]; LANES] = std::array::from_fn(|_| std::array::from_fn(|_| next() as u8));
            let mut rows: States = std::array::from_fn(|word| std::array::from_fn(|lane| states[lane][word]));
            let mut again = rows;
            let words: Words = std::array::from_fn(|word| {
                std::array::from_fn(|lane| {
                    u32::from_be_bytes(*blocks[lane][4 * word..].first_chunk::<4>().unwrap())
                })
            });
            lanes.compress(&mut rows, &blocks.each_ref());
            lanes.compress_words(&mut again, &words);
            for (lane, (state, block)) in states.iter_mut().zip(blocks).enumerate() {
                compress(state, &[block]);
                let found: State = std::array::from_fn(|word| rows[word][lane]);
                assert_eq!(found, *state, "lane {lane} of {seed}");
            }
            assert_eq!(rows, again);
        }
    }

    #[test]
    fn the_published_example_of_one_block() {
        let Some(lanes) = Lanes::detect() else {
            println!("skipped: this processor hashes one message at a time");
            return;
        };
        // FIPS 180-4, example "abc".
        let mut block = [0u8; 64];
        block[..4].copy_from_slice(b"abc\x80");
        block[63] = 24;
        let mut states: States = std::array::from_fn(|word| [IV[word]; LANES]);
        lanes.compress(&mut states, &[&block; LANES]);
        let expected: State = [
            0xba78_16bf,
            0x8f01_cfea,
            0x4141_40de,
            0x5dae_2223,
            0xb003_61a3,
            0x9617_7a9c,
            0xb410_ff61,
            0xf200_15ad,
        ];
        for (word, lanes) in states.iter().enumerate() {
            assert!(lanes.iter().all(|found| *found == expected[word]), "word {word}");
        }
    }
}
