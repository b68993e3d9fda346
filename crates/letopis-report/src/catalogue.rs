//! The message catalogue: Fluent files, one a language, embedded.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::page::{Argument, Message};

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}

/// A language that there are no texts in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no texts in `{code}`; expected one of: {}", known.join(", "))]
pub struct UnknownLanguage {
    /// What was asked for.
    pub code: String,
    /// Codes that there are texts in.
    pub known: Vec<&'static str>,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::En, Self::Ru];

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language of that code.
    ///
    /// # Errors
    /// When there is no catalogue for it.
    pub fn parse(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL
            .iter()
            .copied()
            .find(|l| l.code() == code)
            .ok_or_else(|| UnknownLanguage {
                code: code.to_owned(),
                known: Self::ALL.iter().map(|language| language.code()).collect(),
            })
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../messages/en.ftl"),
            Self::Ru => include_str!("../messages/ru.ftl"),
        }
    }
}

/// The texts of one language.
pub struct Catalogue {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// The catalogue of a language.
    pub fn new(language: Language) -> Self {
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![id]);
        // Isolation marks around arguments would stand in CSV cells and in copied text.
        bundle.set_use_isolating(false);
        // The files are part of the program; a test reads every one of them whole.
        let resource =
            FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// Its language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message as text. One that is missing shows its id: better than a hole on a page that someone signs.
    pub fn text(&self, message: &Message) -> String {
        match message {
            Message::Plain(text) => text.clone(),
            Message::List(list) => {
                let texts: Vec<String> = list.iter().map(|m| self.text(m)).collect();
                texts.join(", ")
            }
            Message::Code(family, code) => {
                let id = format!("{family}-{}", code.replace(['.', '_'], "-"));
                match self.bundle.get_message(&id).and_then(|m| m.value()) {
                    Some(pattern) => self
                        .bundle
                        .format_pattern(pattern, None, &mut Vec::new())
                        .into_owned(),
                    None => code.clone(),
                }
            }
            Message::Id(id, arguments) => {
                let Some(pattern) = self.bundle.get_message(id).and_then(|m| m.value()) else {
                    return format!("[{id}]");
                };
                let mut values = FluentArgs::new();
                for (name, value) in arguments {
                    values.set(
                        *name,
                        match value {
                            Argument::Text(text) => FluentValue::from(text.clone()),
                            Argument::Number(number) => FluentValue::from(*number),
                            Argument::Message(message) => FluentValue::from(self.text(message)),
                        },
                    );
                }
                self.bundle
                    .format_pattern(pattern, Some(&values), &mut Vec::new())
                    .into_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(language: Language) -> BTreeSet<&'static str> {
        let lines = language.source().lines();
        lines
            .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|l| l.split_once(" =").map(|(id, _)| id))
            .collect()
    }

    #[test]
    fn every_language_says_everything_and_nothing_is_broken() {
        for language in Language::ALL {
            assert!(
                FluentResource::try_new(language.source().to_owned()).is_ok(),
                "{}",
                language.code()
            );
            assert_eq!(ids(*language), ids(Language::En), "{}", language.code());
        }
    }

    /// Plural forms as the grammar of the language has them, not as English has them.
    #[test]
    fn russian_counts_in_three_forms() {
        let catalogue = Catalogue::new(Language::Ru);
        let say = |n| catalogue.text(&Message::id("count-records").number("n", n));
        assert_eq!(
            [say(1), say(3), say(11), say(21)],
            ["1 запись", "3 записи", "11 записей", "21 запись"]
        );
    }

    #[test]
    fn every_kind_has_words_in_every_language() {
        for language in Language::ALL {
            let ids = ids(*language);
            for kind in letopis_event::kind::KINDS {
                let id = format!("kind-{}", kind.code.replace(['.', '_'], "-"));
                assert!(ids.contains(id.as_str()), "{}: {id}", language.code());
            }
        }
        let say = |code: &str| Catalogue::new(Language::Ru).text(&Message::code("kind", code));
        assert_eq!(say("log.clear"), "Журнал очищен");
        assert_eq!(say("no.such_kind"), "no.such_kind");
    }

    #[test]
    fn a_missing_text_shows_its_id() {
        let catalogue = Catalogue::new(Language::En);
        assert_eq!(catalogue.text(&Message::id("no-such-text")), "[no-such-text]");
    }
}
