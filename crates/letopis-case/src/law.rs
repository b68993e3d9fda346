//! A regulation as it binds an archive of logs as a whole: its clauses, and which named checks answer each.
//!
//! A profile is TOML. What can be checked is a fixed list ([`CheckName`]); a profile only names a check and its
//! parameters, so that no answer is ever a text that somebody wrote into the profile. What no tool can see names the
//! document that would show it.

mod check;
mod document;
mod ruling;
pub mod territory;
#[cfg(test)]
mod tests;

pub use check::{Check, CheckName};
pub use document::Document;
pub use ruling::{Figure, Ruling, together};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// Texts in the languages of the reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English: always there.
    pub en: String,
    /// Finnish.
    #[serde(default)]
    pub fi: String,
    /// Kazakh.
    #[serde(default)]
    pub kk: String,
    /// Russian.
    #[serde(default)]
    pub ru: String,
    /// Slovene.
    #[serde(default)]
    pub sl: String,
}

impl Texts {
    /// The text in a language, else in English; with the code of the language that it is in.
    pub fn in_language(&self, code: &str) -> (&str, &'static str) {
        let (text, code) = match code {
            "fi" => (&self.fi, "fi"),
            "kk" => (&self.kk, "kk"),
            "ru" => (&self.ru, "ru"),
            "sl" => (&self.sl, "sl"),
            _ => (&self.en, "en"),
        };
        if text.is_empty() {
            (&self.en, "en")
        } else {
            (text, code)
        }
    }
}

/// One regulation, or what a user asks in its form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Short name: `si`.
    pub id: String,
    /// What it is called.
    pub title: Texts,
    /// Its clauses in their order.
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
}

/// One clause, or several that the same checks answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id: `SI-4`.
    pub id: Spanned<String>,
    /// Ids of further clauses that ask the same.
    #[serde(default)]
    pub also: Vec<Spanned<String>>,
    /// What it asks, in our own short words.
    pub title: Texts,
    /// What answers it; the worst answer is that of the clause.
    #[serde(default)]
    pub checks: Vec<Spanned<Check>>,
    /// Where no tool can see it: documents that would show it.
    #[serde(default)]
    pub documents: Vec<Document>,
}

/// A profile that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct LawError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong: expected and found.
    pub problem: String,
}

/// Ids that the digest of the regulations knows.
const KNOWN: &str = include_str!("../profiles/law/clauses.txt");

/// Beginnings of ids of the regulations that the digest knows; ids that begin otherwise are the user's own.
const FAMILIES: &[&str] = &["DL-", "FI-", "KZ195-", "KZ199-", "RU-PRIK-", "SI-", "SIG-"];

/// Ids of the clauses that the digest of the regulations knows.
pub fn known_clauses() -> BTreeSet<&'static str> {
    let lines = KNOWN.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

impl Law {
    /// Reads a profile, and checks that all it names exists.
    ///
    /// # Errors
    /// Names the line and what is wrong there; callers put the name of the file before it.
    pub fn parse(text: &str) -> Result<Self, LawError> {
        let fail = |span: Range<usize>, problem: String| LawError {
            line: line_of(text, span.start),
            problem,
        };
        let law: Self = toml::from_str(text)
            .map_err(|e| fail(e.span().unwrap_or_default(), e.message().trim().to_owned()))?;
        let known = known_clauses();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for clause in &law.clauses {
            for id in std::iter::once(&clause.id).chain(&clause.also) {
                let name = id.get_ref().as_str();
                let line = line_of(text, id.span().start);
                if let Some(first) = seen.insert(name, line) {
                    return Err(fail(
                        id.span(),
                        format!("clause `{name}` stands on line {first} already"),
                    ));
                }
                let is_ours = FAMILIES.iter().any(|family| name.starts_with(family));
                if name.is_empty() || (is_ours && !known.contains(name)) {
                    return Err(fail(id.span(), format!("no clause is called `{name}`")));
                }
            }
            if clause.title.en.is_empty() {
                return Err(fail(
                    clause.id.span(),
                    format!("clause `{}`: `title.en` is empty", clause.id.get_ref()),
                ));
            }
            if clause.checks.is_empty() == clause.documents.is_empty() {
                let problem = "expected either `checks`, or `documents` where no tool can see it";
                return Err(fail(
                    clause.id.span(),
                    format!("clause `{}`: {problem}", clause.id.get_ref()),
                ));
            }
            for check in &clause.checks {
                check.get_ref().verify().map_err(|problem| {
                    fail(
                        check.span(),
                        format!("clause `{}`: {problem}", clause.id.get_ref()),
                    )
                })?;
            }
        }
        if law.clauses.is_empty() {
            return Err(fail(0..0, "no `[[clause]]` stands in it".to_owned()));
        }
        Ok(law)
    }
}

/// Line of a byte of a text, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.iter().filter(|b| **b == b'\n').count() + 1
}

/// Profiles that come with the program, by the name that `comply` takes.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("fi", include_str!("../profiles/law/fi.toml")),
    ("kz195", include_str!("../profiles/law/kz195.toml")),
    ("kz199", include_str!("../profiles/law/kz199.toml")),
    ("ru-prik", include_str!("../profiles/law/ru-prik.toml")),
    ("si", include_str!("../profiles/law/si.toml")),
];
