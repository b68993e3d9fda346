//! From the text of a file to a format.

use std::sync::Arc;

use letopis_event::Category;
use regex::Regex;

use super::keys::Keys;
use super::rules::Rule;
use super::samples::UserSample;
use super::time::TimeFields;
use super::{Shape, Use, UserFormat, UserFormatError};
use crate::format::Framing;
use crate::formats;
use crate::formats::fields::Target;
use crate::formats::scan::Cut as _;

type Result<T> = std::result::Result<T, UserFormatError>;

/// Patterns, columns and rules that a description may have.
const MOST: usize = 1000;
/// Confidence where the file names none: above generic readers and a syslog header alone.
const CONFIDENCE: i64 = 85;

impl UserFormat {
    /// Reads a description; `file` names it in errors. Its samples are read too, and must give what they promise.
    ///
    /// # Errors
    /// The first thing that cannot be understood or does not hold, with key, expectation and finding.
    pub fn parse(file: &str, text: &str) -> Result<Arc<Self>> {
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| UserFormatError {
            file: file.to_owned(),
            key: place(text, &e),
            expected: "TOML".to_owned(),
            found: e.message().to_owned(),
        })?;
        let root = Keys::root(file, &table);
        let format = Arc::new(load(&root, text)?);
        format.check_samples(file)?;
        Ok(format)
    }
}

fn place(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else {
        return "the file".to_owned();
    };
    let before = text.get(..span.start).unwrap_or_default();
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("line {}, column {column}", before.matches('\n').count() + 1)
}

/// The keys of a description.
const KEYS: &[&str] = &[
    "name",
    "title",
    "reference",
    "category",
    "confidence",
    "record",
    "time",
    "time_end",
    "fields",
    "fixed",
    "kind",
    "sample",
];

/// The keys of its `record` table.
const RECORD_KEYS: &[&str] = &[
    "framing",
    "start",
    "comment",
    "pattern",
    "patterns",
    "separator",
    "quote",
    "columns",
    "header",
];

fn category(root: &Keys<'_>) -> Result<Option<Category>> {
    let Some(word) = root.text("category")? else {
        return Ok(None);
    };
    let known = Category::parse(word).ok_or_else(|| {
        let expected = "os, dbms, network, application or protection";
        root.error("category", expected, format!("`{word}`"))
    })?;
    Ok(Some(known))
}

fn load(root: &Keys<'_>, text: &str) -> Result<UserFormat> {
    root.only(KEYS)?;
    let name = name(root)?;
    let category = category(root)?;
    let record = root
        .table("record")?
        .ok_or_else(|| root.error("record", "a table that says how records are written", "nothing"))?;
    record.only(RECORD_KEYS)?;
    let (shape, names) = shape(&record)?;
    let fields: Vec<&str> = names.iter().map(String::as_str).collect();
    let times = |key: &str| -> Result<Option<TimeFields>> {
        root.table(key)?
            .map(|keys| TimeFields::load(&keys, &fields))
            .transpose()
    };
    let (time, time_end) = (times("time")?, times("time_end")?);
    // The column of the end holds an instant only: its text stays an attribute.
    let timed = |at: usize| time.as_ref().is_some_and(|t| t.uses(at));
    let targets = targets(root, &fields)?;
    let uses = names
        .iter()
        .zip(targets)
        .enumerate()
        .map(|(at, (name, target))| Use {
            name: name.clone(),
            target,
            timed: timed(at),
        })
        .collect();
    let rules = root
        .tables("kind")?
        .iter()
        .map(|keys| Rule::load(keys, &fields))
        .collect::<Result<_>>()?;
    let samples: Vec<_> = root
        .tables("sample")?
        .iter()
        .map(UserSample::load)
        .collect::<Result<_>>()?;
    if samples.is_empty() {
        return Err(root.error("sample", "at least one sample with its events", "nothing"));
    }
    let (framing, start) = framing(&record, &shape)?;
    Ok(UserFormat {
        name,
        title: root.needed("title", "what a person calls the format")?.to_owned(),
        reference: root
            .text("reference")?
            .unwrap_or("described by a user")
            .to_owned(),
        category,
        confidence: root.number("confidence", 50, 99)?.unwrap_or(CONFIDENCE) as u8,
        text: text.to_owned(),
        framing,
        start,
        comment: record
            .text("comment")?
            .filter(|c| !c.is_empty())
            .map(str::to_owned),
        shape,
        time,
        time_end,
        uses,
        fixed: fixed(root)?,
        rules,
        samples,
    })
}

fn name(root: &Keys<'_>) -> Result<String> {
    let expected = "a name of lower-case letters, digits and hyphens";
    let name = root.needed("name", expected)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.len() > 60 || !name.chars().all(plain) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(root.error("name", expected, format!("`{name}`")));
    }
    if formats::find(name).is_some() || name == super::FORMAT.name {
        return Err(root.error("name", "a name that no built-in format has", format!("`{name}`")));
    }
    Ok(name.to_owned())
}

/// A pattern of that key.
pub(super) fn pattern(keys: &Keys<'_>, key: &str) -> Result<Regex> {
    let text = keys.needed(key, "a regular expression")?;
    compile(keys, key, text)
}

fn compile(keys: &Keys<'_>, key: &str, text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|e| {
        let problem = match &e {
            regex::Error::Syntax(text) => text.lines().last().unwrap_or_default().trimmed().to_owned(),
            other => other.to_string(),
        };
        keys.error(key, "a regular expression", format!("`{text}`: {problem}"))
    })
}

fn shape(record: &Keys<'_>) -> Result<(Shape, Vec<String>)> {
    let by_pattern = record.has("pattern") || record.has("patterns");
    let by_columns = record.has("separator") || record.has("columns");
    match (by_pattern, by_columns) {
        (true, false) => patterns(record),
        (false, true) => columns(record),
        (true, true) => Err(record.error("", "a pattern, or separator and columns", "both")),
        (false, false) => Err(record.error("", "a pattern, or separator and columns", "neither")),
    }
}

fn patterns(record: &Keys<'_>) -> Result<(Shape, Vec<String>)> {
    for key in ["quote", "header"] {
        if record.has(key) {
            return Err(record.error(key, "a key that goes with separator and columns", "a pattern"));
        }
    }
    let (key, texts) = match (record.has("pattern"), record.has("patterns")) {
        (true, true) => return Err(record.error("patterns", "either pattern or patterns", "both")),
        (true, false) => ("pattern", vec![record.needed("pattern", "a regular expression")?]),
        _ => ("patterns", record.texts("patterns")?),
    };
    let mut names: Vec<String> = Vec::new();
    let mut patterns = Vec::new();
    for text in texts.iter().take(MOST) {
        let pattern = compile(record, key, text)?;
        if pattern.is_match("") {
            let found = format!("`{text}`, which matches an empty line");
            return Err(record.error(key, "a pattern that not every line matches", found));
        }
        let mut fields = Vec::new();
        for group in pattern.capture_names() {
            fields.push(group.map(|group| {
                names.iter().position(|n| n == group).unwrap_or_else(|| {
                    names.push(group.to_owned());
                    names.len() - 1
                })
            }));
        }
        if fields.iter().all(Option::is_none) {
            return Err(record.error(key, "named groups: (?<name>…)", format!("`{text}` without any")));
        }
        patterns.push((pattern, fields));
    }
    if texts.len() > MOST || names.len() > MOST {
        return Err(record.error(key, format!("at most {MOST} patterns and fields"), "more"));
    }
    Ok((Shape::Patterns(patterns), names))
}

fn columns(record: &Keys<'_>) -> Result<(Shape, Vec<String>)> {
    let byte = |key: &str| -> Result<Option<u8>> {
        match record.text(key)?.map(str::as_bytes) {
            None => Ok(None),
            Some([byte]) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Ok(Some(*byte)),
            Some(other) => {
                let found = format!("{} bytes", other.len());
                Err(record.error(key, "one ASCII character", found))
            }
        }
    };
    let separator = byte("separator")?.ok_or_else(|| {
        record.error(
            "separator",
            "what stands between the columns, one ASCII character",
            "nothing",
        )
    })?;
    let names: Vec<String> = record.texts("columns")?.into_iter().map(str::to_owned).collect();
    if !(2..=MOST).contains(&names.len()) {
        let found = names.len().to_string();
        return Err(record.error("columns", format!("a list of 2 to {MOST} names"), found));
    }
    for (at, name) in names.iter().enumerate() {
        if name.trimmed().is_empty() || names[..at].contains(name) {
            let found = format!("`{name}` as number {}", at + 1);
            return Err(record.error("columns", "names that are not empty and stand once", found));
        }
    }
    let shape = Shape::Columns {
        separator,
        quote: byte("quote")?,
        header: record.flag("header")?,
    };
    Ok((shape, names))
}

fn framing(record: &Keys<'_>, shape: &Shape) -> Result<(Framing, Option<Regex>)> {
    let word = record.text("framing")?.unwrap_or("lines");
    if word != "start" && record.has("start") {
        return Err(record.error(
            "start",
            "framing = \"start\" beside it",
            format!("framing = \"{word}\""),
        ));
    }
    match (word, shape) {
        ("lines", _) => Ok((Framing::Lines, None)),
        ("start", _) => {
            let start = pattern(record, "start")?;
            if start.is_match("") {
                let expected = "a pattern that not every line matches";
                return Err(record.error("start", expected, "one that matches an empty line"));
            }
            Ok((Framing::StartPattern, Some(start)))
        }
        (
            "quoted",
            Shape::Columns {
                quote: Some(quote), ..
            },
        ) => Ok((Framing::Quoted(*quote), None)),
        ("quoted", _) => Err(record.error("framing", "a quote beside \"quoted\"", "none")),
        (other, _) => Err(record.error("framing", "lines, start or quoted", format!("`{other}`"))),
    }
}

/// What each field fills: as `[fields]` says, else the column of its own name.
fn targets(root: &Keys<'_>, fields: &[&str]) -> Result<Vec<Option<Target>>> {
    let mut targets: Vec<_> = fields.iter().map(|name| Target::of_column(name)).collect();
    if let Some(table) = root.table("fields")? {
        for (field, column) in table.pairs()? {
            let Some(at) = fields.iter().position(|f| *f == field) else {
                let expected = format!("one of the fields {}", fields.join(", "));
                return Err(table.error(field, expected, "a name of none of them"));
            };
            targets[at] = Some(target(&table, field, column)?);
        }
    }
    Ok(targets)
}

fn target(keys: &Keys<'_>, key: &str, column: &str) -> Result<Target> {
    Target::of_column(column).ok_or_else(|| {
        let expected = "time, date, clock, time_end, level, outcome, kind, or a text or number column of the event table";
        keys.error(key, expected, format!("`{column}`"))
    })
}

fn fixed(root: &Keys<'_>) -> Result<Vec<(Target, String)>> {
    let Some(table) = root.table("fixed")? else {
        return Ok(Vec::new());
    };
    let each = |(column, value): (&str, &str)| Ok((target(&table, column, column)?, value.to_owned()));
    table.pairs()?.into_iter().map(each).collect()
}
