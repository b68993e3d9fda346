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
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokenizer {
    token: Vec<u8>,
    chars: u32,
    has_digit: bool,
    is_cut: bool,
}

impl Tokenizer {
    /// Hands every token of the text to `take`, in order.
    pub(crate) fn each(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        self.begin();
        let mut rest = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = rest.first() {
            if let Some(class) = ASCII.get(usize::from(*byte)) {
                rest = &rest[1..];
                at += 1;
                if *class == 0 {
                    self.end(&mut take);
                } else {
                    self.chars += 1;
                    self.has_digit |= class & 0x80 != 0;
                    if self.token.len() < MOST_BYTES && !self.is_cut {
                        self.token.push(class & 0x7f);
                    } else {
                        self.is_cut = true;
                    }
                }
                continue;
            }
            let Some(c) = text.get(at..).and_then(|tail| tail.chars().next()) else {
                break;
            };
            at += c.len_utf8();
            rest = text.as_bytes().get(at..).unwrap_or_default();
            match token_char(c) {
                None => self.end(&mut take),
                Some(folded) => self.push(folded),
            }
        }
        self.end(&mut take);
    }

    fn begin(&mut self) {
        self.token.clear();
        self.chars = 0;
        self.has_digit = false;
        self.is_cut = false;
    }

    fn push(&mut self, folded: char) {
        self.chars += 1;
        self.has_digit |= folded.is_numeric();
        if self.token.len() + folded.len_utf8() <= MOST_BYTES && !self.is_cut {
            self.token
                .extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            self.is_cut = true;
        }
    }

    fn end(&mut self, take: &mut impl FnMut(Token<'_>)) {
        if self.chars > 0 {
            take(Token {
                bytes: &self.token,
                is_identifier: self.has_digit && self.chars >= IDENTIFIER_CHARS,
                is_cut: self.is_cut,
            });
            self.begin();
        }
    }
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
    let mut word = [0; 8];
    let tail = chunks.remainder();
    word[..tail.len()].copy_from_slice(tail);
    let last = mix(state, u64::from_le_bytes(word));
    mix(last, B)
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

    /// Files hold positions made of it: a fixed point, so that a change shows.
    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(hash(b""), hash(b""));
        assert_ne!(hash(b"a"), hash(b"a\0"));
        assert_ne!(hash(b"12345678"), hash(b"12345679"));
    }
}
