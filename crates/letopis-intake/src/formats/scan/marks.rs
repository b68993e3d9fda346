//! Methods of texts that look for marks known beforehand.

use memchr::memrchr;

use super::Pieces;
use crate::formats::scan;
use crate::near;

/// What `str` finds by searchers that are made for patterns of every sort, by those for marks that are known: the same is
/// found with a third to half of the instructions. The byte is one ASCII character.
pub(crate) trait Cut {
    /// As `split_once` with a character.
    fn cut(&self, mark: u8) -> Option<(&str, &str)>;
    /// As `rsplit_once` with a character.
    fn cut_last(&self, mark: u8) -> Option<(&str, &str)>;
    /// As `split_once` with a text.
    fn cut_at(&self, mark: &str) -> Option<(&str, &str)>;
    /// As `rsplit_once` with a text.
    fn cut_last_at(&self, mark: &str) -> Option<(&str, &str)>;
    /// As `contains` with a character.
    fn holds(&self, mark: u8) -> bool;
    /// As `contains` with a text.
    fn has(&self, word: &str) -> bool;
    /// As `find` with a text.
    fn place(&self, word: &str) -> Option<usize>;
    /// As `find` with a character.
    fn place_of(&self, mark: u8) -> Option<usize>;
    /// As `split` with a character.
    fn pieces(&self, mark: u8) -> Pieces<'_>;
    /// As `trim`.
    fn trimmed(&self) -> &str;
    /// As `trim_start`.
    fn trimmed_start(&self) -> &str;
    /// As `trim_end`.
    fn trimmed_end(&self) -> &str;
    /// As `trim_start_matches` with a character.
    fn less_start(&self, mark: u8) -> &str;
    /// As `trim_end_matches` with a character.
    fn less_end(&self, mark: u8) -> &str;
    /// As `trim_start_matches` with several characters.
    fn less_start_of(&self, marks: &[u8]) -> &str;
    /// As `trim_end_matches` with several characters.
    fn less_end_of(&self, marks: &[u8]) -> &str;
    /// As `trim_matches` with several characters.
    fn less_both(&self, marks: &[u8]) -> &str;
    /// As `contains` with several characters.
    fn holds_any(&self, marks: &[u8]) -> bool;
    /// As `rfind` with a character.
    fn last_place_of(&self, mark: u8) -> Option<usize>;
}

/// What Unicode calls white space of ASCII.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[inline(never)]
fn without_start(text: &str) -> &str {
    let blanks = text.bytes().take_while(|b| is_blank(*b)).count();
    let rest = text.get(blanks..).unwrap_or_default();
    match rest.as_bytes().first() {
        Some(0x80..) => rest.trim_start(),
        _ => rest,
    }
}

#[inline(never)]
fn without_end(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|b| is_blank(*b)).count();
    let rest = text.get(..text.len() - blanks).unwrap_or_default();
    match rest.as_bytes().last() {
        Some(0x80..) => rest.trim_end(),
        _ => rest,
    }
}

impl Cut for str {
    fn cut(&self, mark: u8) -> Option<(&str, &str)> {
        scan::cut(self, mark)
    }

    fn cut_last(&self, mark: u8) -> Option<(&str, &str)> {
        let at = memrchr(mark, self.as_bytes())?;
        Some((self.get(..at)?, self.get(at + 1..)?))
    }

    #[inline]
    fn cut_at(&self, mark: &str) -> Option<(&str, &str)> {
        scan::split(self, mark)
    }

    #[inline]
    fn cut_last_at(&self, mark: &str) -> Option<(&str, &str)> {
        scan::split_last(self, mark)
    }

    fn holds(&self, mark: u8) -> bool {
        near::byte(mark, self.as_bytes()).is_some()
    }

    #[inline]
    fn has(&self, word: &str) -> bool {
        scan::has(self, word)
    }

    #[inline]
    fn place(&self, word: &str) -> Option<usize> {
        scan::find(self, word)
    }

    fn place_of(&self, mark: u8) -> Option<usize> {
        near::byte(mark, self.as_bytes())
    }

    #[inline]
    fn pieces(&self, mark: u8) -> Pieces<'_> {
        scan::pieces(self, mark)
    }

    #[inline(always)]
    fn trimmed(&self) -> &str {
        self.trimmed_start().trimmed_end()
    }

    #[inline(always)]
    fn trimmed_start(&self) -> &str {
        match self.as_bytes().first() {
            Some(b'!'..=b'~') | None => self,
            _ => without_start(self),
        }
    }

    #[inline(always)]
    fn trimmed_end(&self) -> &str {
        match self.as_bytes().last() {
            Some(b'!'..=b'~') | None => self,
            _ => without_end(self),
        }
    }

    #[inline]
    fn less_start(&self, mark: u8) -> &str {
        let marks = self.as_bytes().iter().take_while(|b| **b == mark).count();
        self.get(marks..).unwrap_or_default()
    }

    #[inline]
    fn less_end(&self, mark: u8) -> &str {
        let marks = self.as_bytes().iter().rev().take_while(|b| **b == mark).count();
        self.get(..self.len() - marks).unwrap_or_default()
    }

    #[inline]
    fn less_start_of(&self, marks: &[u8]) -> &str {
        let is_mark = |byte: &&u8| marks.iter().any(|mark| mark == *byte);
        let count = self.as_bytes().iter().take_while(is_mark).count();
        self.get(count..).unwrap_or_default()
    }

    #[inline]
    fn less_end_of(&self, marks: &[u8]) -> &str {
        let is_mark = |byte: &&u8| marks.iter().any(|mark| mark == *byte);
        let count = self.as_bytes().iter().rev().take_while(is_mark).count();
        self.get(..self.len() - count).unwrap_or_default()
    }

    #[inline]
    fn less_both(&self, marks: &[u8]) -> &str {
        self.less_start_of(marks).less_end_of(marks)
    }

    #[inline]
    fn holds_any(&self, marks: &[u8]) -> bool {
        self.bytes().any(|byte| marks.contains(&byte))
    }

    fn last_place_of(&self, mark: u8) -> Option<usize> {
        memrchr(mark, self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The standard library finds the same.
        #[test]
        fn marks_are_the_standard_librarys(text in "[ab,\\t\\x0b\\r\\x1f \u{a0}é]{0,20}") {
            prop_assert_eq!(text.cut(b','), text.split_once(','));
            prop_assert_eq!(text.cut_last(b','), text.rsplit_once(','));
            prop_assert_eq!(text.cut_at("a,"), text.split_once("a,"));
            prop_assert_eq!(text.cut_last_at("a,"), text.rsplit_once("a,"));
            prop_assert_eq!(text.trimmed(), text.trim());
            prop_assert_eq!(text.trimmed_start(), text.trim_start());
            prop_assert_eq!(text.trimmed_end(), text.trim_end());
            prop_assert_eq!(text.less_both(b",a"), text.trim_matches([',', 'a']));
            prop_assert_eq!(text.less_start_of(b",a"), text.trim_start_matches([',', 'a']));
            prop_assert_eq!(text.less_end_of(b",a"), text.trim_end_matches([',', 'a']));
            prop_assert_eq!(text.holds_any(b",a"), text.contains([',', 'a']));
            prop_assert_eq!(text.less_start(b','), text.trim_start_matches(','));
            prop_assert_eq!(text.less_end(b','), text.trim_end_matches(','));
            prop_assert_eq!(text.holds(b','), text.contains(','));
            prop_assert_eq!(text.has("a,"), text.contains("a,"));
            prop_assert_eq!(text.place("a,"), text.find("a,"));
            prop_assert_eq!(text.place_of(b','), text.find(','));
            prop_assert_eq!(text.last_place_of(b','), text.rfind(','));
            let expected: Vec<_> = text.split(',').rev().collect();
            prop_assert_eq!(text.pieces(b',').rev().collect::<Vec<_>>(), expected);
        }
    }
}
