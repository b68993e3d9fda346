//! Short words of a grammar in a line: looking for the rarest byte of the word costs less than preparing a searcher
//! for every line anew.

use memchr::{memchr, memmem, memrchr};

/// Longer words are given to a searcher that is never slower than a straight line.
const WORD_MAX: usize = 40;

/// How often a byte stands in logs, roughly: the higher the oftener.
const OFTEN: [u8; 256] = often();

const fn often() -> [u8; 256] {
    let mut table = [0u8; 256];
    let mut byte = 0usize;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' => 40,
            b'0'..=b'9' => 200,
            b'a'..=b'z' => 100,
            0x80..=0xff => 120,
            _ => 20,
        };
        byte += 1;
    }
    // Letters of English text, the commonest first, and what parts words.
    let common = b" e0tionasr1rlcdu2pm.f:-/=\"g,h'_";
    let mut at = 0;
    while at < common.len() {
        table[common[at] as usize] = 255 - 4 * at as u8;
        at += 1;
    }
    table
}

/// Bytes of a word that are looked at for a rare one.
const LOOKED_AT: usize = 10;

/// Place and value of the byte of a word that is the least common.
fn rarest(word: &[u8]) -> Option<(usize, u8)> {
    let (mut best, mut lowest) = (None, u16::MAX);
    for (at, byte) in word.iter().take(LOOKED_AT).enumerate() {
        let often = u16::from(OFTEN[usize::from(*byte)]);
        if often < lowest {
            (best, lowest) = (Some((at, *byte)), often);
        }
    }
    best
}

/// Where `word` stands first in `text`.
pub(crate) fn find(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    if word.len() > WORD_MAX {
        return memmem::find(text, word);
    }
    let Some((place, byte)) = rarest(word) else {
        return Some(0);
    };
    let last = text.len().checked_sub(word.len())?;
    let mut from = 0;
    while let Some(found) = memchr(byte, text.get(from + place..=last + place)?) {
        let start = from + found;
        if text.get(start..start + word.len()) == Some(word) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

/// Where `word` stands last in `text`.
pub(crate) fn rfind(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    if word.len() > WORD_MAX {
        return memmem::rfind(text, word);
    }
    let Some((place, byte)) = rarest(word) else {
        return Some(text.len());
    };
    let mut ends = text.len().checked_sub(word.len())? + 1;
    while let Some(start) = memrchr(byte, text.get(place..ends + place)?) {
        if text.get(start..start + word.len()) == Some(word) {
            return Some(start);
        }
        ends = start;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The standard library finds the same.
        #[test]
        fn words_are_found_where_they_stand(text in "[ab: é]{0,60}", word in "[ab: é]{0,4}", long in "[ab]{38,44}") {
            prop_assert_eq!(find(&text, &word), text.find(&word));
            prop_assert_eq!(rfind(&text, &word), text.rfind(&word));
            let around = format!("{text}{long}{text}");
            prop_assert_eq!(find(&around, &long), around.find(&long));
            prop_assert_eq!(rfind(&around, &long), around.rfind(&long));
        }
    }
}
