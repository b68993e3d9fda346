//! Words of which most texts hold none: one pass for all of them, where a search for each costs as much as the pass.

use std::sync::OnceLock;

use aho_corasick::packed::Searcher;

use super::find;

/// Some words that are looked for together, made once for the program.
pub(crate) struct AnyOf {
    words: &'static [&'static str],
    /// `None` inside where the processor lacks the instructions: then each is looked for.
    searcher: OnceLock<Option<Searcher>>,
}

impl AnyOf {
    /// Of two words that begin at one place the earlier is found.
    pub(crate) const fn new(words: &'static [&'static str]) -> Self {
        Self {
            words,
            searcher: OnceLock::new(),
        }
    }

    /// Where one of the words stands first, and which.
    pub(crate) fn find(&self, text: &str) -> Option<(usize, &'static str)> {
        match self.searcher.get_or_init(|| Searcher::new(self.words)) {
            Some(searcher) => {
                let found = searcher.find(text)?;
                Some((found.start(), self.words.get(found.pattern().as_usize())?))
            }
            None => {
                let each = self.words.iter();
                each.filter_map(|word| Some((find(text, word)?, *word)))
                    .min_by_key(|(at, _)| *at)
            }
        }
    }

    /// The text before and after the word that stands first, and that word.
    pub(crate) fn split<'a>(&self, text: &'a str) -> Option<(&'a str, &'static str, &'a str)> {
        let (at, word) = self.find(text)?;
        Some((text.get(..at)?, word, text.get(at + word.len()..)?))
    }

    /// Whether any of the words stands in the text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.find(text).is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static WORDS: AnyOf = AnyOf::new(&["ab", "b: é", "abc", ": ", "é é"]);

    proptest! {
        /// What the standard library finds for each word.
        #[test]
        fn the_first_of_the_words_is_found(text in "[abc: é]{0,70}") {
            let each = WORDS.words.iter().enumerate();
            let expected = each
                .filter_map(|(nth, word)| Some((text.find(word)?, nth, *word)))
                .min()
                .map(|(at, _, word)| (at, word));
            prop_assert_eq!(WORDS.find(&text), expected);
            let without = AnyOf { words: WORDS.words, searcher: OnceLock::from(None) };
            prop_assert_eq!(without.find(&text), expected);
        }
    }
}
