//! Reads records as a description says.

use std::sync::Arc;

use letopis_event::{EventBuf, Outcome, StructureKind, Text};
use regex::CaptureLocations;

use super::time::{Place, TimeFields};
use super::{Shape, UserFormat, rules};
use crate::format::{Context, Record, RecordReader, Verdict};
use crate::formats::delimited::layout::split;
use crate::formats::fields::{self, Fields};
use crate::formats::scan::Cut as _;

/// Reads nothing: a description that is not there.
struct Missing;

impl RecordReader for Missing {
    fn read(&mut self, _: &Record<'_>, _: &mut EventBuf) -> Verdict {
        Verdict::Unparsed("the user's format is not there")
    }
}

pub(super) fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    match context.user {
        Some(format) => Box::new(UserReader::new(Arc::clone(format))),
        None => Box::new(Missing),
    }
}

/// The values of a record's fields in reusable memory.
#[derive(Debug, Default)]
struct Values {
    arena: String,
    ranges: Vec<(usize, usize)>,
}

impl Values {
    fn clear(&mut self, fields: usize) {
        self.arena.clear();
        self.ranges.clear();
        self.ranges.resize(fields, (0, 0));
    }

    fn set(&mut self, field: usize, value: &str) {
        if let Some(range) = self.ranges.get_mut(field) {
            let start = self.arena.len();
            self.arena.push_str(value);
            *range = (start, self.arena.len());
        }
    }

    fn get(&self, field: usize) -> &str {
        let (start, end) = self.ranges.get(field).copied().unwrap_or_default();
        self.arena.get(start..end).unwrap_or_default()
    }
}

/// The state of reading one object.
pub(super) struct UserReader {
    format: Arc<UserFormat>,
    locations: Vec<CaptureLocations>,
    values: Values,
    fields: Fields,
    scratch: String,
}

/// What a record is.
enum Taken {
    Fields,
    Structure(StructureKind),
    Unparsed(&'static str),
}

impl UserReader {
    pub(super) fn new(format: Arc<UserFormat>) -> Self {
        let locations = match &format.shape {
            Shape::Patterns(patterns) => patterns.iter().map(|(p, _)| p.capture_locations()).collect(),
            Shape::Columns { .. } => Vec::new(),
        };
        Self {
            format,
            locations,
            values: Values::default(),
            fields: Fields::default(),
            scratch: String::new(),
        }
    }

    /// Whether a record can be read whole, time included; `None` for what is no record.
    pub(super) fn can_read(&mut self, text: &str) -> Option<bool> {
        match self.take_apart(text) {
            Taken::Structure(_) => None,
            Taken::Unparsed(_) => Some(false),
            Taken::Fields => {
                let format = Arc::clone(&self.format);
                Some(format.time.as_ref().is_none_or(|time| {
                    join_time(time, &self.values, &mut self.scratch);
                    time.read(&self.scratch).is_some()
                }))
            }
        }
    }

    fn take_apart(&mut self, text: &str) -> Taken {
        let format = &*self.format;
        if format
            .comment
            .as_ref()
            .is_some_and(|mark| text.starts_with(mark.as_str()))
        {
            return Taken::Structure(StructureKind::Header);
        }
        let values = &mut self.values;
        values.clear(format.uses.len());
        match &format.shape {
            Shape::Patterns(patterns) => {
                for ((pattern, fields), locations) in patterns.iter().zip(&mut self.locations) {
                    if pattern.captures_read(locations, text).is_none() {
                        continue;
                    }
                    for (group, field) in fields.iter().enumerate() {
                        if let (Some(field), Some((start, end))) = (field, locations.get(group)) {
                            values.set(*field, text.get(start..end).unwrap_or_default());
                        }
                    }
                    return Taken::Fields;
                }
                Taken::Unparsed("no pattern of the user's format matches")
            }
            Shape::Columns {
                separator,
                quote,
                header,
            } => {
                let mut names = true;
                let count = split(text, *separator, *quote, &mut self.scratch, &mut |at, value| {
                    let name = format.uses.get(at).map(|u| u.name.as_str());
                    let found = value.trimmed().trim_start_matches(['\u{feff}', '#']).trimmed();
                    names &= name.is_some_and(|n| n.eq_ignore_ascii_case(found));
                    values.set(at, value);
                });
                if *header && names && count == format.uses.len() {
                    return Taken::Structure(StructureKind::Header);
                }
                if count == format.uses.len() {
                    Taken::Fields
                } else {
                    Taken::Unparsed("another number of fields than the user's format has columns")
                }
            }
        }
    }

    fn fill_times(&mut self, event: &mut EventBuf) {
        let format = &*self.format;
        if let Some(time) = &format.time {
            join_time(time, &self.values, &mut self.scratch);
            event.set(Text::TimeText, &self.scratch);
            event.reading = time.read(&self.scratch);
        }
        if let Some(time) = &format.time_end {
            join_time(time, &self.values, &mut self.scratch);
            event.end_reading = time.read(&self.scratch);
        }
    }
}

/// The text of a time: one field, or a date and a clock with a blank between.
fn join_time(time: &TimeFields, values: &Values, out: &mut String) {
    out.clear();
    match time.place {
        Place::One(field) => out.push_str(values.get(field).trimmed()),
        Place::DateAndClock(date, clock) => {
            out.push_str(values.get(date).trimmed());
            out.push(' ');
            out.push_str(values.get(clock).trimmed());
        }
    }
}

impl RecordReader for UserReader {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        match self.take_apart(record.text) {
            Taken::Structure(kind) => return Verdict::Structure(kind),
            Taken::Unparsed(reason) => return Verdict::Unparsed(reason),
            Taken::Fields => {}
        }
        self.fill_times(event);
        let format = &*self.format;
        self.fields.clear();
        for (at, used) in format.uses.iter().enumerate().filter(|(_, used)| !used.timed) {
            let value = self.values.get(at);
            // A group that took no part in the match is no field of this record.
            let absent = self.values.ranges.get(at).is_none_or(|range| *range == (0, 0));
            if !(absent && value.is_empty()) {
                self.fields.push(&used.name, value, used.target.map(|t| (t, 0)));
            }
        }
        let time = event.reading;
        self.fields.fill(event, false);
        event.reading = time.or(event.reading);
        for (target, value) in &format.fixed {
            fields::fill_target(event, *target, value, false);
        }
        let values = &self.values;
        rules::apply(&format.rules, record.text, &|field| values.get(field), event);
        if event.outcome == Outcome::Unknown
            && let Some(found) = event.get(Text::Status).and_then(fields::outcome)
        {
            event.outcome = found;
        }
        event.set_if_absent(Text::Message, record.text);
        Verdict::Event
    }
}
