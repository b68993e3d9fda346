//! A regulation as data: its clauses, their titles in the languages of the law, and what is asked of a log.

use std::collections::BTreeMap;

use letopis_event::{Category, Kind, Outcome};
use serde::Deserialize;

use crate::matching::Column;

/// One regulation, or what a user asks in its form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Short name: `KZ195-A4`.
    pub id: String,
    /// What it is called.
    pub title: Titles,
    /// Which records tell on what a log was written; clauses name these.
    #[serde(default)]
    pub platform: BTreeMap<String, Platform>,
    /// Its clauses in their order.
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
}

/// A text in the languages that the regulation, or a translation of it, gives.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// Kazakh.
    pub kk: Option<String>,
    /// Russian.
    pub ru: Option<String>,
    /// English: our digest, always there.
    pub en: String,
}

impl Titles {
    /// The text in a language (`kk`, `ru`, `en`), else in English; with the language that it is in.
    pub fn in_language(&self, code: &str) -> (&str, &'static str) {
        match (code, &self.kk, &self.ru) {
            ("kk", Some(text), _) => (text, "kk"),
            ("ru", _, Some(text)) => (text, "ru"),
            _ => (&self.en, "en"),
        }
    }
}

/// What logs of one kind of system look like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// In words.
    pub name: String,
    /// The platform that excludes it: a log that shows only the rival is none of this one.
    pub rival: Option<String>,
    /// Names of formats begin with one of these.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Providers begin with one of these.
    #[serde(default)]
    pub providers: Vec<String>,
    /// Kinds, or families of kinds, that only such systems record.
    #[serde(default)]
    pub kinds: Vec<String>,
}

/// How a clause is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Each part of each check was seen in a record.
    Kinds,
    /// Each record has a value in one of the columns of each check.
    Fields,
    /// A log of each name was handed over.
    Sources,
    /// The log is text.
    Text,
    /// Fields are parted by one separator, and enclosed where they hold it.
    Separators,
    /// Every byte is UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// No file holds records of two formats.
    OneFormat,
    /// Nothing that a log shows can answer it.
    Beyond,
}

/// One clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id: `KZ195-A4-2`.
    pub id: String,
    /// What it says.
    pub title: Titles,
    /// The category of source that it binds; all where it names none.
    pub category: Option<String>,
    /// How it is judged.
    pub rule: Rule,
    /// The platform that it binds; all where it names none.
    pub platform: Option<String>,
    /// What was taken how, where the text leaves it open.
    #[serde(default)]
    pub note: String,
    /// Whether it binds records by something that no log tells (that an object is protected), so that records which
    /// lack a field do not prove a breach as long as others have it.
    #[serde(default)]
    pub presumed: bool,
    /// What it lists.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
}

/// One item of a clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its id, or that of the clause.
    pub id: String,
    /// What it says.
    pub title: Titles,
    /// How it is judged, where not as its clause.
    pub rule: Option<Rule>,
    /// What was taken how.
    #[serde(default)]
    pub note: String,
    /// Events to be seen.
    #[serde(default)]
    pub parts: Vec<Condition>,
    /// Columns of which a record fills one.
    #[serde(default)]
    pub columns: Vec<String>,
    /// How the time is written.
    pub form: Option<Form>,
    /// Records that are asked; all where nothing is said.
    pub of: Option<Condition>,
    /// Whether the clause asks it only where it can be done.
    #[serde(default)]
    pub optional: bool,
    /// Logs to be handed over.
    #[serde(default)]
    pub sources: Vec<SourceLog>,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `DD:MM:YYYY HH:MM:SS` (KZ195 appendix 4).
    Kz195,
}

/// Which records are meant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// In words, where it is an event to be seen.
    #[serde(default)]
    pub name: String,
    /// Kinds: a code, a family (`object.*`), or `*`.
    pub kinds: Vec<String>,
    /// Kinds that are not meant.
    #[serde(default)]
    pub except: Vec<String>,
    /// `success` or `failure`.
    pub outcome: Option<String>,
    /// Columns that have a value.
    #[serde(default)]
    pub with: Vec<String>,
    /// Of these kinds, those that need none of `with`: their name says it already.
    #[serde(default)]
    pub sure: Vec<String>,
    /// Windows event ids.
    #[serde(default)]
    pub codes: Vec<u32>,
    /// Channels or providers that the ids are of.
    #[serde(default)]
    pub channels: Vec<String>,
    /// What is worked out from the record and those before it.
    pub derived: Option<Derived>,
}

/// What no single field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Derived {
    /// An account that came to a host from another address before.
    SeveralAddresses,
    /// Traffic from outside to inside.
    Inbound,
    /// Traffic from inside to outside.
    Outbound,
}

/// A log by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLog {
    /// In words.
    pub name: String,
    /// File names begin with one of these.
    #[serde(default)]
    pub files: Vec<String>,
    /// Or the format has one of these names.
    #[serde(default)]
    pub formats: Vec<String>,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The text is no such TOML.
    #[error("profile: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A clause asks what there is not.
    #[error("profile {profile}, {clause}: {problem}")]
    Clause {
        /// Its profile.
        profile: String,
        /// Id of the clause or check.
        clause: String,
        /// What is wrong: expected and found.
        problem: String,
    },
}

impl Profile {
    /// Reads a profile and checks that every kind, column, category and platform that it names exists.
    ///
    /// # Errors
    /// Names the clause and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text)?;
        for clause in &profile.clauses {
            let own = std::iter::once((clause.id.as_str(), profile.check_clause(clause)));
            let checks = clause
                .checks
                .iter()
                .map(|c| (c.id.as_str(), check_check(c, c.rule.unwrap_or(clause.rule))));
            for (id, found) in own.chain(checks) {
                found.map_err(|problem| ProfileError::Clause {
                    profile: profile.id.clone(),
                    clause: id.to_owned(),
                    problem,
                })?;
            }
        }
        for platform in profile.platform.values() {
            for kind in &platform.kinds {
                known_kind(kind).map_err(|problem| ProfileError::Clause {
                    profile: profile.id.clone(),
                    clause: platform.name.clone(),
                    problem,
                })?;
            }
        }
        Ok(profile)
    }

    fn check_clause(&self, clause: &Clause) -> Result<(), String> {
        if let Some(word) = &clause.category {
            Category::parse(word).ok_or_else(|| {
                format!("no category `{word}`; expected one of os, dbms, network, application, protection")
            })?;
        }
        let wants_checks = matches!(clause.rule, Rule::Kinds | Rule::Fields | Rule::Sources);
        if wants_checks && clause.checks.is_empty() {
            return Err("its rule needs checks, and there are none".to_owned());
        }
        if clause.rule == Rule::Beyond && clause.note.is_empty() {
            return Err("its rule needs a note that says why".to_owned());
        }
        match &clause.platform {
            Some(name) if !self.platform.contains_key(name) => {
                Err(format!("no platform `{name}` in this profile"))
            }
            _ => Ok(()),
        }
    }
}

/// The profiles that come with the program: KZ195 appendix 4, RU-PRIK 4.4 to 4.11.
///
/// # Errors
/// Never for the ones that were tested; the same check runs for those of users.
pub fn embedded() -> Result<Vec<Profile>, ProfileError> {
    [
        include_str!("../profiles/kz195.toml"),
        include_str!("../profiles/ru-prik.toml"),
    ]
    .into_iter()
    .map(Profile::parse)
    .collect()
}

/// Whether `pattern` names `code`: the code itself, a family (`object.*`), or `*`.
pub(crate) fn kind_matches(pattern: &str, code: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(family) => code.starts_with(family),
        None => pattern == code,
    }
}

fn known_kind(pattern: &str) -> Result<(), String> {
    if Kind::all().any(|k| kind_matches(pattern, k.as_str())) {
        Ok(())
    } else {
        Err(format!("no kind is called `{pattern}`"))
    }
}

fn known_column(name: &str) -> Result<(), String> {
    Column::parse(name)
        .map(|_| ())
        .ok_or_else(|| format!("no column is called `{name}`"))
}

fn check_condition(condition: &Condition) -> Result<(), String> {
    for kind in condition
        .kinds
        .iter()
        .chain(&condition.except)
        .chain(&condition.sure)
    {
        known_kind(kind)?;
    }
    for column in &condition.with {
        known_column(column)?;
    }
    match &condition.outcome {
        Some(word) if word_outcome(word).is_none() => {
            Err(format!("no outcome `{word}`; expected success or failure"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn word_outcome(word: &str) -> Option<Outcome> {
    match word {
        "success" => Some(Outcome::Success),
        "failure" => Some(Outcome::Failure),
        _ => None,
    }
}

fn check_check(check: &Check, rule: Rule) -> Result<(), String> {
    for part in &check.parts {
        check_condition(part)?;
    }
    if let Some(of) = &check.of {
        check_condition(of)?;
    }
    for column in &check.columns {
        known_column(column)?;
    }
    let missing = match rule {
        Rule::Kinds if check.parts.is_empty() => "parts",
        Rule::Fields if check.columns.is_empty() => "columns",
        Rule::Sources if check.sources.is_empty() => "sources",
        Rule::Beyond if check.note.is_empty() => "note",
        Rule::Text | Rule::Separators | Rule::Utf8 | Rule::OneFormat => {
            return Err("its rule judges files, and is that of a clause without checks".to_owned());
        }
        _ => return Ok(()),
    };
    Err(format!("its rule needs `{missing}`, and there are none"))
}
