//! Patterns: wildcards over the record's text, wildcards over a value, regular expressions.

use std::sync::LazyLock;

use regex_automata::meta;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use crate::error::SearchError;
use crate::fold::{Equality, fold};
use crate::literal::{Bounds, LiteralFinder};
use crate::screen::Needles;

/// Memory that a compiled pattern may take. A longer one is refused: no query may eat the machine.
const MOST_MEMORY: usize = 16 << 20;

/// Characters that are no letters and digits, by the same definition as the tokenizer's.
static SEPARATORS: LazyLock<Hir> = LazyLock::new(|| class_of(|c| !c.is_alphanumeric()));
/// Characters that are no white space.
static VISIBLE: LazyLock<Hir> = LazyLock::new(|| class_of(|c| !c.is_whitespace()));

fn class_of(own: impl Fn(char) -> bool) -> Hir {
    let mut ranges: Vec<ClassUnicodeRange> = Vec::new();
    let mut open: Option<(char, char)> = None;
    for c in '\0'..=char::MAX {
        match (&mut open, own(c)) {
            (Some((_, last)), true) => *last = c,
            (None, true) => open = Some((c, c)),
            (Some((first, last)), false) => {
                ranges.push(ClassUnicodeRange::new(*first, *last));
                open = None;
            }
            (None, false) => {}
        }
    }
    ranges.extend(open.map(|(first, last)| ClassUnicodeRange::new(first, last)));
    Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
}

/// Compiles a regular expression as the query wrote it.
pub(crate) fn regex(pattern: &str) -> Result<meta::Regex, SearchError> {
    meta::Builder::new()
        .configure(limits())
        .build(pattern)
        .map_err(|error| refuse(pattern, &error))
}

fn limits() -> meta::Config {
    meta::Config::new()
        .nfa_size_limit(Some(MOST_MEMORY))
        .hybrid_cache_capacity(4 << 20)
}

fn refuse(pattern: &str, error: &meta::BuildError) -> SearchError {
    let reason = match (error.syntax_error(), error.size_limit()) {
        (Some(syntax), _) => syntax.to_string(),
        (None, Some(limit)) => format!("it takes more than {limit} bytes when compiled"),
        (None, None) => error.to_string(),
    };
    SearchError::Regex {
        pattern: pattern.chars().take(200).collect(),
        reason,
    }
}

/// A wildcard over the record's text: its longest piece is looked for first, then the whole pattern.
#[derive(Clone, Debug)]
pub(crate) struct TextWildcard {
    longest: LiteralFinder,
    whole: meta::Regex,
}

impl TextWildcard {
    /// Prepares `pattern`; every `*` stands for any run of visible characters, none included.
    pub(crate) fn new(pattern: &str) -> Result<Self, SearchError> {
        let pieces: Vec<&str> = pattern.split('*').collect();
        let longest = pieces
            .iter()
            .max_by_key(|p| p.chars().count())
            .copied()
            .unwrap_or_default();
        let free = Bounds {
            left: false,
            right: false,
        };
        let mut parts = Vec::new();
        if pieces
            .first()
            .and_then(|p| p.chars().next())
            .is_some_and(char::is_alphanumeric)
        {
            parts.push(Hir::alternation(vec![Hir::look(Look::Start), SEPARATORS.clone()]));
        }
        for (place, piece) in pieces.iter().enumerate() {
            if place > 0 {
                parts.push(Hir::repetition(Repetition {
                    min: 0,
                    max: None,
                    greedy: false,
                    sub: Box::new(VISIBLE.clone()),
                }));
            }
            parts.extend(piece.chars().map(folded_class));
        }
        if pieces
            .last()
            .and_then(|p| p.chars().next_back())
            .is_some_and(char::is_alphanumeric)
        {
            parts.push(Hir::alternation(vec![Hir::look(Look::End), SEPARATORS.clone()]));
        }
        let whole = meta::Builder::new()
            .configure(limits())
            .build_from_hir(&Hir::concat(parts))
            .map_err(|error| refuse(pattern, &error))?;
        Ok(Self {
            longest: LiteralFinder::new(longest, Equality::Folded, free)?,
            whole,
        })
    }

    /// Byte strings of which one stands wherever the pattern does; `None` where it is nothing but `*`.
    pub(crate) fn needles(&self) -> Option<Needles> {
        self.longest.needles()
    }

    /// Whether the pattern stands in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.longest.is_in(text) && self.whole.is_match(text)
    }
}

/// Every spelling of a character.
fn folded_class(c: char) -> Hir {
    let ranges = Equality::Folded
        .spellings(c)
        .into_iter()
        .map(|c| ClassUnicodeRange::new(c, c));
    Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
}

/// A wildcard over a whole value: `*` stands for any run of characters.
#[derive(Clone, Debug)]
pub(crate) struct ValueWildcard {
    pieces: Vec<Vec<char>>,
}

impl ValueWildcard {
    /// Prepares `pattern`.
    pub(crate) fn new(pattern: &str) -> Self {
        Self {
            pieces: pattern
                .split('*')
                .map(|piece| piece.chars().map(fold).collect())
                .collect(),
        }
    }

    /// Whether the value is of that shape. The first piece is bound to the start, the last to the end, those
    /// between are taken where they first stand: with gaps free in length no later place can do better.
    pub(crate) fn is(&self, value: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return value.is_empty();
        };
        let Some(mut left) = strip_folded(value, first) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return left.is_empty();
        };
        for piece in middle {
            match find_after(left, piece) {
                Some(after) => left = after,
                None => return false,
            }
        }
        ends_folded(left, last)
    }
}

/// What follows `piece` at the start of `text`.
fn strip_folded<'a>(text: &'a str, piece: &[char]) -> Option<&'a str> {
    let mut chars = text.chars();
    for expected in piece {
        if chars.next().map(fold) != Some(*expected) {
            return None;
        }
    }
    Some(chars.as_str())
}

/// What follows the first `piece` in `text`.
fn find_after<'a>(text: &'a str, piece: &[char]) -> Option<&'a str> {
    let mut chars = text.chars();
    loop {
        if let Some(after) = strip_folded(chars.as_str(), piece) {
            return Some(after);
        }
        chars.next()?;
    }
}

fn ends_folded(text: &str, piece: &[char]) -> bool {
    let mut chars = text.chars();
    piece
        .iter()
        .rev()
        .all(|expected| chars.next_back().map(fold) == Some(*expected))
}
