//! What stands in the README of a bundle: a text of its own and whole, since its reader is whoever the bundle goes to.

use crate::UnknownLanguage;

/// Codes (BCP 47) and texts.
const TEXTS: &[(&str, &str)] = &[
    ("en", include_str!("../messages/bundle/en.txt")),
    ("fi", include_str!("../messages/bundle/fi.txt")),
    ("kk", include_str!("../messages/bundle/kk.txt")),
    ("ru", include_str!("../messages/bundle/ru.txt")),
    ("sl", include_str!("../messages/bundle/sl.txt")),
];

/// The README of a bundle in the language of that code.
///
/// # Errors
/// When there is none in it.
pub fn bundle_readme(code: &str) -> Result<&'static str, UnknownLanguage> {
    let text = TEXTS.iter().find(|(language, _)| *language == code);
    text.map(|(_, text)| *text).ok_or_else(|| UnknownLanguage {
        code: code.to_owned(),
        known: TEXTS.iter().map(|(language, _)| *language).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of files and commands to type: the same in every language, in the same order.
    fn literals(text: &str) -> Vec<&str> {
        let words = text.split([' ', '\n', ',', ':', ';', '»', '«', '”', '"']);
        let literal = |word: &&str| {
            let known = [
                "sha256sum",
                "python3",
                "--validate",
                "shown",
                "raw",
                "letopis",
                "(BagIt)",
                "(bag)",
            ];
            let file = word.contains('/') || (word.contains('.') && word.trim_end_matches('.').contains('.'));
            known.contains(word) || file || word.starts_with("SHA-") || word.starts_with("RFC")
        };
        words
            .filter(literal)
            .map(|word| word.trim_end_matches('.'))
            .collect()
    }

    #[test]
    fn every_language_names_the_same_files_and_commands() {
        let english = bundle_readme("en").unwrap();
        for (code, text) in TEXTS {
            for word in literals(english) {
                assert!(text.contains(word), "{code}: {word}");
            }
            let commands = |text: &'static str| -> Vec<&'static str> {
                text.lines()
                    .map(str::trim)
                    .filter(|line| line.contains("manifest-") || line.contains(".py data"))
                    .collect()
            };
            assert_eq!(commands(text), commands(english), "{code}");
            assert_eq!(commands(text).len(), 3, "{code}");
            let paragraphs = |text: &str| text.split("\n\n").count();
            assert_eq!(paragraphs(text), paragraphs(english), "{code}");
            assert!(
                text.ends_with(".\n") && text.lines().all(|line| line.chars().count() <= 120),
                "{code}"
            );
        }
    }

    #[test]
    fn no_word_mixes_alphabets() {
        for (code, text) in TEXTS {
            let found = crate::alphabet::strange_words(code, text);
            assert!(found.is_empty(), "{code}: {found:?}");
        }
    }

    #[test]
    fn another_language_is_refused_with_those_that_there_are() {
        let error = bundle_readme("de").unwrap_err();
        assert!(
            error.to_string().ends_with("expected one of: en, fi, kk, ru, sl"),
            "{error}"
        );
    }
}
