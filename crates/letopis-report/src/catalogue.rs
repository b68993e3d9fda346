//! The message catalogue: Fluent files, one a language, embedded.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::hyphens::hyphenated;
use crate::page::{Argument, Message};

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Finnish.
    Fi,
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// Slovene.
    Sl,
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
    pub const ALL: &'static [Self] = &[Self::En, Self::Fi, Self::Kk, Self::Ru, Self::Sl];

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fi => "fi",
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::Sl => "sl",
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
            Self::Fi => include_str!("../messages/fi.ftl"),
            Self::Kk => include_str!("../messages/kk.ftl"),
            Self::Ru => include_str!("../messages/ru.ftl"),
            Self::Sl => include_str!("../messages/sl.ftl"),
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

    /// A message as text that may be broken between syllables (soft hyphens), for narrow columns. Values, from logs or
    /// from anywhere else, stay as they are: only a text that has none in it gets hyphens.
    pub(crate) fn breakable(&self, message: &Message) -> String {
        let whole = self.text(message);
        match message {
            Message::Id(_, arguments) if arguments.is_empty() => hyphenated(self.language, &whole),
            Message::Code(_, code) if *code != whole => hyphenated(self.language, &whole),
            _ => whole,
        }
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
mod tests;
