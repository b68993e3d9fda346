//! The samples of a description: what must come out of them, and whether it does.

use std::io::Cursor;
use std::sync::Arc;

use letopis_event::{EventBuf, EventSink, EventTime, Number, Origin, SinkError, Span, StructureKind, Text};

use super::keys::Keys;
use super::{UserFormat, UserFormatError};
use crate::formats::FORMATS;
use crate::{ParseOptions, detect, parse};

/// One `[[sample]]`.
#[derive(Debug)]
pub(super) struct UserSample {
    text: String,
    /// Year of the first record, for clocks that state none.
    year: Option<i32>,
    /// For each record: column or `attrs.NAME`, and its value.
    events: Vec<Vec<(String, String)>>,
}

impl UserSample {
    pub(super) fn load(keys: &Keys<'_>) -> Result<Self, UserFormatError> {
        keys.only(&["text", "year", "events"])?;
        let text = keys.needed("text", "records as they stand in a file")?.to_owned();
        let year = keys.number("year", 1970, 2100)?.map(|year| year as i32);
        let mut events = Vec::new();
        for event in keys.tables("events")? {
            let mut columns = Vec::new();
            for (column, value) in event.pairs()? {
                if !is_column(column) {
                    let expected = "a column of the event table, or attrs.NAME";
                    return Err(event.error(column, expected, "a name of no column"));
                }
                columns.push((column.to_owned(), value.to_owned()));
            }
            events.push(columns);
        }
        if events.is_empty() {
            return Err(keys.error(
                "events",
                "what must come out of each record, at least of one",
                "nothing",
            ));
        }
        Ok(Self { text, year, events })
    }
}

const OTHER_COLUMNS: &[&str] = &[
    "kind",
    "outcome",
    "level",
    "category",
    "time",
    "time_basis",
    "time_end",
];

fn is_column(name: &str) -> bool {
    name.strip_prefix("attrs.").is_some_and(|n| !n.is_empty())
        || Text::from_column(name).is_some()
        || Number::ALL.iter().any(|n| n.column() == name)
        || OTHER_COLUMNS.contains(&name)
}

/// The value of a column as the table would show it.
fn value_of(event: &EventBuf, column: &str) -> Option<String> {
    if let Some(name) = column.strip_prefix("attrs.") {
        return event.find_attr(name).map(str::to_owned);
    }
    if let Some(text) = Text::from_column(column) {
        return event.get(text).map(str::to_owned);
    }
    if let Some(number) = Number::ALL.iter().find(|n| n.column() == column) {
        return event.number(*number).map(|n| n.to_string());
    }
    let shown = |micros: Option<i64>, time: EventTime| {
        let mut out = String::new();
        letopis_event::time::format_rfc3339(micros?, time.offset_min.unwrap_or(0), &mut out);
        Some(out)
    };
    match column {
        "kind" => Some(event.kind.as_str().to_owned()),
        "outcome" => Some(event.outcome.as_str().to_owned()),
        "level" => event.level.map(|l| l.to_string()),
        "category" => event.category.map(|c| c.as_str().to_owned()),
        "time_basis" => Some(event.time.basis.as_str().to_owned()),
        "time" => shown(event.time.micros, event.time),
        "time_end" => shown(event.time_end, event.time),
        _ => None,
    }
}

/// Keeps the values that a sample asks for.
struct Asked<'s> {
    sample: &'s UserSample,
    found: Vec<Vec<Option<String>>>,
}

impl EventSink for Asked<'_> {
    fn event(&mut self, _: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        let asked = self.sample.events.get(self.found.len());
        let values = asked
            .into_iter()
            .flatten()
            .map(|(column, _)| value_of(event, column));
        self.found.push(values.collect());
        Ok(())
    }

    fn structure(&mut self, _: Span, _: StructureKind) -> Result<(), SinkError> {
        Ok(())
    }
}

impl UserFormat {
    /// Reads the samples; the first thing that is not as it should be.
    pub(super) fn check_samples(self: &Arc<Self>, file: &str) -> Result<(), UserFormatError> {
        for (number, sample) in self.samples.iter().enumerate() {
            let error = |key: &str, expected: String, found: String| UserFormatError {
                file: file.to_owned(),
                key: format!("sample[{}]{key}", number + 1),
                expected,
                found,
            };
            let options = ParseOptions {
                user_formats: vec![Arc::clone(self)],
                year: sample.year,
                ..ParseOptions::default()
            };
            let bytes = sample.text.as_bytes();
            let failed =
                |e: crate::IntakeError| error("", "a text that can be read".to_owned(), e.to_string());
            let detection = detect(&mut Cursor::new(bytes), "", &options).map_err(failed)?;
            if detection.user.is_none() {
                let expected = format!("a text that this format claims with {} %", self.confidence);
                let found = format!(
                    "the claim of {} with {} % ({}); a higher confidence or a stricter pattern decides",
                    detection.name(),
                    detection.confidence,
                    detection.reason
                );
                return Err(error(".text", expected, found));
            }
            let mut asked = Asked {
                sample,
                found: Vec::new(),
            };
            let length = bytes.len() as u64;
            let summary =
                parse(&mut Cursor::new(bytes), length, &detection, &options, &mut asked).map_err(failed)?;
            if asked.found.len() != sample.events.len() {
                let found = format!(
                    "{} records, {} of them unparsed",
                    asked.found.len(),
                    summary.unparsed
                );
                return Err(error(
                    ".events",
                    format!("{} records", sample.events.len()),
                    found,
                ));
            }
            compare(&asked, &error)?;
        }
        Ok(())
    }

    /// Names of built-in formats whose own samples this format would claim: a pattern that is too wide.
    pub fn overlaps(self: &Arc<Self>) -> Vec<&'static str> {
        let options = ParseOptions {
            user_formats: vec![Arc::clone(self)],
            ..ParseOptions::default()
        };
        let claims = |bytes: &[u8]| {
            crate::detect::detect_head(bytes, true, "", &options).is_ok_and(|found| found.user.is_some())
        };
        FORMATS
            .iter()
            .filter(|format| format.samples.iter().any(|sample| claims(sample.bytes)))
            .map(|format| format.name)
            .collect()
    }
}

fn compare(
    asked: &Asked<'_>,
    error: &dyn Fn(&str, String, String) -> UserFormatError,
) -> Result<(), UserFormatError> {
    for (at, (expected, found)) in asked.sample.events.iter().zip(&asked.found).enumerate() {
        for ((column, value), found) in expected.iter().zip(found) {
            if found.as_deref() != Some(value.as_str()) {
                let key = format!(".events[{}].{column}", at + 1);
                let found = found.as_ref().map_or("nothing".to_owned(), |f| format!("`{f}`"));
                return Err(error(&key, format!("`{value}`"), found));
            }
        }
    }
    Ok(())
}
