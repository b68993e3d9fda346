//! Short words of a grammar in a line: looking for the rarest byte of the word costs less than preparing a searcher
//! for every line anew.

use memchr::{memmem, memrchr};

use crate::near;

/// Longer words are given to a searcher that is never slower than a straight line; to prepare it costs thousands of
/// instructions.
const WORD_MAX: usize = 160;

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
///
/// Inlined, so that it is found out at compile time for the words that stand in the source.
#[inline(always)]
fn rarest(word: &[u8]) -> Option<(usize, u8)> {
    let mut byte = *word.first()?;
    let (mut place, mut lowest) = (0, OFTEN[byte as usize]);
    let mut at = 1;
    while at < LOOKED_AT && at < word.len() {
        let often = OFTEN[word[at] as usize];
        if often < lowest {
            (place, byte, lowest) = (at, word[at], often);
        }
        at += 1;
    }
    Some((place, byte))
}

/// Where `word` stands first in `text`.
#[inline]
pub(crate) fn find(text: &str, word: &str) -> Option<usize> {
    // Decided at compile time for the words that stand in the source.
    if let [byte] = word.as_bytes() {
        return near::byte(*byte, text.as_bytes());
    }
    match rarest(word.as_bytes()) {
        Some(rare) => first(text.as_bytes(), word.as_bytes(), rare),
        None => Some(0),
    }
}

/// The same among bytes.
#[inline]
pub(crate) fn find_bytes(text: &[u8], word: &[u8]) -> Option<usize> {
    match rarest(word) {
        Some(rare) => first(text, word, rare),
        None => Some(0),
    }
}

/// Where `word` stands last in `text`.
#[inline]
pub(crate) fn rfind(text: &str, word: &str) -> Option<usize> {
    match rarest(word.as_bytes()) {
        Some(rare) => last(text.as_bytes(), word.as_bytes(), rare),
        None => Some(text.len()),
    }
}

fn first(text: &[u8], word: &[u8], (place, byte): (usize, u8)) -> Option<usize> {
    if word.len() > WORD_MAX {
        return memmem::find(text, word);
    }
    let last = text.len().checked_sub(word.len())?;
    let mut from = 0;
    while let Some(found) = near::rare(byte, text.get(from + place..=last + place)?) {
        let start = from + found;
        if text.get(start..start + word.len()) == Some(word) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

fn last(text: &[u8], word: &[u8], (place, byte): (usize, u8)) -> Option<usize> {
    if word.len() > WORD_MAX {
        return memmem::rfind(text, word);
    }
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
        fn words_are_found_where_they_stand(text in "[ab: é]{0,60}", word in "[ab: é]{0,4}", long in "[ab]{38,44}|[ab]{156,164}") {
            prop_assert_eq!(find(&text, &word), text.find(&word));
            prop_assert_eq!(rfind(&text, &word), text.rfind(&word));
            let around = format!("{text}{long}{text}");
            prop_assert_eq!(find(&around, &long), around.find(&long));
            prop_assert_eq!(rfind(&around, &long), around.rfind(&long));
        }
    }
}
