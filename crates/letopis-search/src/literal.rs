//! Finding fixed characters in a text by folded equality.

use aho_corasick::{AhoCorasick, Input, MatchKind};

use crate::error::SearchError;
use crate::fold::Equality;
use crate::screen::Needles;

/// Most spellings of the window that is looked for first; the packed searcher is at its best up to 32.
const MOST_SPELLINGS: usize = 32;
/// Longest window in characters.
const WINDOW: usize = 4;

/// Where a match must end at a character that is no letter or digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Before the first character.
    pub(crate) left: bool,
    /// After the last.
    pub(crate) right: bool,
}

/// Looks for one literal.
///
/// A few characters of it (the window) are looked for in all their spellings with a vectorised searcher; the
/// rest is compared where the window stands. Nothing is allocated per text.
#[derive(Clone, Debug)]
pub(crate) struct LiteralFinder {
    folded: Vec<char>,
    equality: Equality,
    bounds: Bounds,
    /// Characters before the window.
    before: usize,
    /// Spellings of the window; none for an empty literal.
    spellings: Vec<String>,
    window: Option<AhoCorasick>,
}

impl LiteralFinder {
    /// Prepares a literal. A bound holds only at an end whose own character is a letter or digit: `.evtx` is in
    /// `Security.evtx`, `evtx` is not in `evtxs`.
    pub(crate) fn new(literal: &str, equality: Equality, bounds: Bounds) -> Result<Self, SearchError> {
        let folded: Vec<char> = literal.chars().map(|c| equality.of(c)).collect();
        let bounds = Bounds {
            left: bounds.left && folded.first().is_some_and(|c| c.is_alphanumeric()),
            right: bounds.right && folded.last().is_some_and(|c| c.is_alphanumeric()),
        };
        let (before, spellings) = best_window(&folded, equality);
        let window = if spellings.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(&spellings)
                .map_err(|error| SearchError::Terms(error.to_string()))?;
            Some(built)
        };
        Ok(Self {
            folded,
            equality,
            bounds,
            before,
            spellings,
            window,
        })
    }

    /// Byte strings of which one stands wherever the literal does; `None` for the empty one.
    pub(crate) fn needles(&self) -> Option<Needles> {
        let needles = self.spellings.iter().map(|s| s.clone().into_bytes());
        Some(needles.collect()).filter(|needles: &Needles| !needles.is_empty())
    }

    /// Whether the literal stands in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let Some(window) = &self.window else {
            return true;
        };
        let mut from = 0;
        while let Some(found) = window.find(Input::new(text).range(from..)) {
            if self.stands_at(text, found.start()) {
                return true;
            }
            // Overlapping windows count: go on one byte later. The spellings are whole characters, so a search
            // from the middle of one finds nothing wrong.
            from = found.start() + 1;
        }
        false
    }

    /// Whether the literal stands where its window was found.
    fn stands_at(&self, text: &str, window: usize) -> bool {
        let Some((head, tail)) = text.split_at_checked(window) else {
            return false;
        };
        let mut before = head.chars();
        for expected in self.folded[..self.before].iter().rev() {
            if before.next_back().map(|c| self.equality.of(c)) != Some(*expected) {
                return false;
            }
        }
        if self.bounds.left && before.next_back().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let mut after = tail.chars();
        for expected in &self.folded[self.before..] {
            if after.next().map(|c| self.equality.of(c)) != Some(*expected) {
                return false;
            }
        }
        !(self.bounds.right && after.next().is_some_and(char::is_alphanumeric))
    }
}

/// How often a character stands in logs, roughly: the rarer, the better it narrows.
fn commonness(c: char) -> u32 {
    match c {
        ' ' | 'e' | '0' | '1' | 't' | 'a' | 'o' => 5,
        'i' | 'n' | 's' | 'r' | '2' | '.' | ':' | '-' | '=' => 4,
        '3'..='9' | 'c' | 'd' | 'l' | 'u' | 'm' | 'p' => 3,
        'b' | 'f' | 'g' | 'h' | 'k' | 'v' | 'w' | 'x' | 'y' | '/' | '_' => 2,
        _ => 1,
    }
}

/// The characters before the best window, and its spellings; none for an empty literal.
fn best_window(folded: &[char], equality: Equality) -> (usize, Vec<String>) {
    let spellings: Vec<Vec<char>> = folded.iter().map(|c| equality.spellings(*c)).collect();
    let mut best: Option<(u32, usize, usize)> = None;
    for start in 0..folded.len() {
        let mut product = 1;
        for (length, options) in spellings[start..].iter().take(WINDOW).enumerate() {
            product *= options.len();
            if product > MOST_SPELLINGS && length > 0 {
                break;
            }
            let window = &folded[start..=start + length];
            // Each character more, and each rarer one, makes false hits fewer.
            let worth: u32 = window.iter().map(|c| 8 - commonness(*c)).sum();
            if best.is_none_or(|(most, ..)| worth > most) {
                best = Some((worth, start, length + 1));
            }
        }
    }
    let Some((_, start, length)) = best else {
        return (0, Vec::new());
    };
    let mut all = vec![String::new()];
    for options in &spellings[start..start + length] {
        all = all
            .iter()
            .flat_map(|head| options.iter().map(move |c| format!("{head}{c}")))
            .collect();
    }
    (start, all)
}
