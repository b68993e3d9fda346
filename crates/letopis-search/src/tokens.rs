//! Cutting text into tokens: runs of letters and digits, folded so that look-alikes are one.
//!
//! Whoever changes what a token is changes [`TOKEN_VERSION`]: an index made by other rules could miss a record.

use crate::fold::{FOLD_VERSION, token_char};

/// Version of the rules by which tokens are made, with the Unicode version that says what is a letter.
pub(crate) fn rules_version() -> [u32; 3] {
    let (major, minor, update) = char::UNICODE_VERSION;
    let unicode = u32::from(major) << 16 | u32::from(minor) << 8 | u32::from(update);
    [TOKEN_VERSION, FOLD_VERSION, unicode]
}

/// Version of the rules below.
const TOKEN_VERSION: u32 = 1;

/// Longest token kept whole, in bytes of UTF-8; of a longer one the head up to here stands for all of it.
pub(crate) const MOST_BYTES: usize = 255;
/// Fewest characters of an identifier.
const IDENTIFIER_CHARS: u32 = 5;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Folded UTF-8, at most [`MOST_BYTES`].
    pub(crate) bytes: &'a [u8],
    /// At least five characters, one of them a digit: uuids, hashes, serials, session ids.
    pub(crate) is_identifier: bool,
    /// Only the head of a longer token.
    pub(crate) is_cut: bool,
}

/// What an ASCII byte is in a token: 0 nothing, else its folded letter, with the high bit for a digit.
const ASCII: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        if b.is_ascii_digit() {
            table[byte] = b | 0x80;
        } else if b.is_ascii_alphabetic() {
            table[byte] = b.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Cuts texts into tokens; keeps its buffer from text to text.
#[derive(Clone, Debug)]
pub(crate) struct Tokenizer {
    /// The token at hand, folded.
    token: [u8; MOST_BYTES],
    length: usize,
    chars: u32,
    has_digit: bool,
    is_cut: bool,
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self {
            token: [0; MOST_BYTES],
            length: 0,
            chars: 0,
            has_digit: false,
            is_cut: false,
        }
    }
}

impl Tokenizer {
    /// Hands every token of the text to `take`, in order.
    pub(crate) fn each(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        self.begin();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if *byte < 0x80 {
                at += self.ascii(bytes.get(at..).unwrap_or_default());
                // Only a letter beyond ASCII goes on with the token.
                if bytes.get(at).is_none_or(|byte| *byte < 0x80) {
                    self.end(&mut take);
                    at += 1;
                }
                continue;
            }
            let Some(c) = text.get(at..).and_then(|tail| tail.chars().next()) else {
                break;
            };
            at += c.len_utf8();
            match token_char(c) {
                None => self.end(&mut take),
                Some(folded) => self.push(folded),
            }
        }
        self.end(&mut take);
    }

    fn begin(&mut self) {
        self.length = 0;
        self.chars = 0;
        self.has_digit = false;
        self.is_cut = false;
    }

    /// Takes the ASCII letters and digits that `rest` begins with; how many they are.
    fn ascii(&mut self, rest: &[u8]) -> usize {
        let (mut taken, mut classes) = (0, 0);
        let room = if self.is_cut { 0 } else { MOST_BYTES - self.length };
        let places = self.token.get_mut(self.length..self.length + room);
        for (byte, place) in rest.iter().zip(places.unwrap_or_default()) {
            let class = class_of(*byte);
            if class == 0 {
                break;
            }
            classes |= class;
            *place = class & 0x7f;
            taken += 1;
        }
        self.length += taken;
        if taken == room {
            // No room is left: the rest of the token is counted only.
            for byte in rest.get(taken..).unwrap_or_default() {
                let class = class_of(*byte);
                if class == 0 {
                    break;
                }
                classes |= class;
                taken += 1;
                self.is_cut = true;
            }
        }
        self.has_digit |= classes & 0x80 != 0;
        self.chars += taken as u32;
        taken
    }

    fn push(&mut self, folded: char) {
        self.chars += 1;
        self.has_digit |= folded.is_numeric();
        let mut bytes = [0; 4];
        let bytes = folded.encode_utf8(&mut bytes).as_bytes();
        let place = self.token.get_mut(self.length..self.length + bytes.len());
        match place.filter(|_| !self.is_cut) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            None => self.is_cut = true,
        }
    }

    fn end(&mut self, take: &mut impl FnMut(Token<'_>)) {
        if self.chars > 0 {
            take(Token {
                bytes: self.token.get(..self.length).unwrap_or_default(),
                is_identifier: self.has_digit && self.chars >= IDENTIFIER_CHARS,
                is_cut: self.is_cut,
            });
            self.begin();
        }
    }
}

/// What stands in the table for a byte; beyond ASCII nothing.
fn class_of(byte: u8) -> u8 {
    ASCII.get(usize::from(byte)).copied().unwrap_or(0)
}

/// 64 bits of a token: 128-bit multiplications of eight bytes each, folded. Stands in index files.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const A: u64 = 0x9e37_79b9_7f4a_7c15;
    const B: u64 = 0xd6e8_feb8_6659_fd93;
    let mix = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(A);
        (product >> 64) as u64 ^ product as u64
    };
    let mut state = B ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = mix(state, u64::from_le_bytes(word)).wrapping_add(B);
    }
    let last = mix(state, short(chunks.remainder()));
    mix(last, B)
}

/// At most seven bytes as a little-endian number. Pieces overlap where they must: no loop, no call.
fn short(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(head), Some(tail), _) => {
            u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << ((length - 4) * 8)
        }
        (_, _, [first, .., last]) => {
            let middle = bytes.get(length / 2).copied().unwrap_or(*last);
            u64::from(*first) | u64::from(middle) << (length / 2 * 8) | u64::from(*last) << ((length - 1) * 8)
        }
        (_, _, [only]) => u64::from(*only),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &str) -> Vec<(String, bool, bool)> {
        let mut all = Vec::new();
        Tokenizer::default().each(text, |token| {
            let bytes = String::from_utf8(token.bytes.to_vec()).unwrap();
            all.push((bytes, token.is_identifier, token.is_cut));
        });
        all
    }

    /// The definition, with the standard library's splitting.
    fn slow(text: &str) -> Vec<(String, bool, bool)> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|run| !run.is_empty())
            .map(|run| {
                let folded: String = run.chars().map(crate::fold::skeleton).collect();
                let is_identifier = folded.chars().count() >= 5 && folded.chars().any(char::is_numeric);
                let mut cut = folded.len().min(MOST_BYTES);
                while !folded.is_char_boundary(cut) {
                    cut -= 1;
                }
                (folded[..cut].to_owned(), is_identifier, cut < folded.len())
            })
            .collect()
    }

    #[test]
    fn long_tokens_keep_their_head() {
        for length in [254, 255, 256, 1000] {
            for letter in ["a", "1", "ж", "字"] {
                let text = format!("x {} y", letter.repeat(length));
                assert_eq!(tokens(&text), slow(&text), "{letter} {length}");
                let text = format!("a{} y", letter.repeat(length));
                assert_eq!(tokens(&text), slow(&text), "a{letter} {length}");
            }
        }
    }

    proptest! {
        #[test]
        fn tokens_are_as_defined(text in ".{0,60}") {
            prop_assert_eq!(tokens(&text), slow(&text));
        }

        #[test]
        fn tokens_of_logs_are_as_defined(text in "[a-cA-C0-2жІ .:_-]{0,60}") {
            prop_assert_eq!(tokens(&text), slow(&text));
        }
    }

    /// Files hold positions made of it: the definition, worked out in another language for every length of a tail.
    #[test]
    fn the_hash_is_frozen() {
        let expected: [u64; 19] = [
            0xb98b_148f_3731_bb98,
            0x8475_c558_714e_4a04,
            0x1478_e4de_23a8_48a8,
            0x5064_0f44_7694_28bc,
            0xdefe_d3a4_e14d_da66,
            0xb441_c8ee_8e3e_f2e0,
            0x684b_be3c_fd9d_f4af,
            0x457e_096a_654d_c265,
            0x3403_c0d0_df60_ceae,
            0x4c0d_041d_3baf_a9cc,
            0x3d72_585e_1038_f168,
            0xc969_efd5_bae5_da4d,
            0x2f42_d989_a1c1_d4dd,
            0xa257_3a11_a348_ed99,
            0xf171_a974_5198_6eed,
            0x22c6_df69_8c9b_b822,
            0x11b8_8ca5_8083_f95a,
            0xac04_939e_fe64_f243,
            0x3cb7_4bbb_c895_bccd,
        ];
        let text = b"letopis: the token";
        for (length, expected) in expected.into_iter().enumerate() {
            assert_eq!(hash(&text[..length]), expected, "{length} bytes");
        }
        assert_ne!(hash(b"a"), hash(b"a\0"));
        assert_ne!(hash(b"12345678"), hash(b"12345679"));
    }
}
