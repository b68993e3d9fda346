//! Windows events, however they were handed over: the fields of `System` and the named data of one event become
//! columns, a kind, an outcome and a sentence.
//!
//! A reader (EVTX, XML, JSON) fills [`SystemFields`], adds the named data as attributes under their original names
//! and calls [`Interpreter::finish`]. What an event id means stands in one table per family: see [`rules`].
//!
//! Conventions, the same for every family:
//! - `user_name` is who acted: the subject, or for logons the account that logged on;
//! - names stand without their domain, programs without their folder; the full ones stay in the attributes;
//! - `pid` belongs to `process`; where the data names no program it is the process that wrote the record;
//! - `-`, an empty text and a zero port mean that the record has none, and leave the column empty;
//! - the outcome is what the audit keywords or the event's own meaning state, else unknown;
//! - a rendered message of the record wins; where it has none the sentence is ours, and `message_by` says so.

mod accounts;
mod certificates;
mod control;
mod database;
mod defender;
pub(crate) mod dump;
mod group_policy;
mod iis;
mod ipsec;
mod logon;
mod objects;
mod platform;
mod policy;
mod powershell;
mod remote;
mod rules;
mod services;
mod status;
mod sysmon;
mod system;
mod system_fields;
mod tasks;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod upkeep;
mod values;

use crate::timetext;
use letopis_event::{EventBuf, Kind, Number, Outcome, Text, TimeReading};

pub(crate) use system_fields::{Field, SystemFields, rendered_name};

use rules::Family;
use values::{address, program, quantity, take};

/// Audit keyword bits: the record states success or failure (winmeta.xml, `WINEVENT_KEYWORD_AUDIT_SUCCESS`).
const AUDIT_FAILURE: u64 = 0x0010_0000_0000_0000;
const AUDIT_SUCCESS: u64 = 0x0020_0000_0000_0000;

/// Turns the fields of Windows events into columns, one event after another.
#[derive(Debug, Default)]
pub(crate) struct Interpreter {
    /// The fields of `System` of the event being read.
    pub(crate) fields: SystemFields,
    scratch: String,
}

/// Every kind that the families make.
pub(crate) const KINDS: &[Kind] = rules::KINDS;

impl Interpreter {
    /// Makes ready for the next event.
    pub(crate) fn begin(&mut self) {
        self.fields.clear();
    }

    /// Takes the text of an element of `System`, or of one of its attributes. What has no field becomes an
    /// attribute of the event under both names together (`ExecutionSessionID`).
    pub(crate) fn system(&mut self, event: &mut EventBuf, element: &str, attribute: &str, value: &str) {
        if value.is_empty() || attribute.starts_with("xmlns") {
            return;
        }
        match system_fields::field_of(element, attribute) {
            Some(field) => self.fields.set(field, value),
            None => {
                self.scratch.clear();
                self.scratch.push_str(element);
                self.scratch.push_str(attribute);
                event.attr(&self.scratch, value);
            }
        }
    }

    /// Fills the columns of `event`, whose attributes already hold the named data in their order.
    pub(crate) fn finish(&mut self, event: &mut EventBuf) {
        self.columns(event);
        if event.get(Text::TimeText).is_none() {
            let text = self.fields.get(Field::Time);
            set_time(event, text, utc_time(text));
        }
        let provider = self.fields.get(Field::Provider);
        let family = Family::of(provider, self.fields.get(Field::Channel));
        let code = self.fields.get(Field::EventId).parse::<u32>().unwrap_or(u32::MAX);
        event.outcome = outcome_of(&self.fields);
        let rule = rules::find(family, provider, code);
        if let Some(rule) = rule {
            event.kind = rule.kind;
            if event.outcome == Outcome::Unknown {
                event.outcome = rule.outcome;
            }
            for (name, column) in rule.columns {
                take(event, name, *column);
            }
            if let Some(more) = rule.more {
                more(event, &mut self.scratch);
            }
        }
        self.common(event, family);
        self.add_rest(event);
        if event.get(Text::Message).is_none() {
            let template = rule.map_or("", |r| r.message);
            text::describe(template, event, &mut self.scratch);
            event.attr(text::MADE_BY, text::LETOPIS);
        }
    }

    /// The columns that every event has, whatever it is about.
    fn columns(&self, event: &mut EventBuf) {
        let fields = &self.fields;
        for (field, column) in [
            (Field::Provider, Text::Provider),
            (Field::EventId, Text::Code),
            (Field::Channel, Text::Service),
            (Field::Computer, Text::Host),
            (Field::RecordId, Text::XRecordId),
            (Field::Message, Text::Message),
        ] {
            event.set(column, fields.get(field));
        }
        event.level = level_of(fields.get(Field::Level));
    }

    /// What any event of a family may carry under the same name, where its rule has not filled the column.
    fn common(&mut self, event: &mut EventBuf, family: Family) {
        let scratch = &mut self.scratch;
        if event.get(Text::Process).is_none() {
            let (path, pid) = match family {
                Family::Sysmon => ("Image", "ProcessId"),
                _ => ("ProcessName", "ProcessId"),
            };
            if program(event, scratch, path, Text::Process) {
                quantity(event, pid, Number::Pid);
            }
        }
        if family == Family::Security {
            objects::accesses(event, scratch);
        }
        take(event, "SubjectUserName", Text::UserName);
        take(event, "SubjectLogonId", Text::Session);
        address(event, scratch, "IpAddress", Text::SrcIp);
        values::port(event, "IpPort", Number::SrcPort);
        if family == Family::Sysmon {
            values::account(event, scratch, "User", Text::UserName);
        }
        if event.number(Number::Pid).is_none()
            && event.get(Text::Process).is_none()
            && let Some(pid) = values::number(self.fields.get(Field::ProcessId))
        {
            event.set_number(Number::Pid, pid);
        }
    }

    /// What of `System` has no column, as attributes behind the data, so that a data field of the same name
    /// comes first.
    fn add_rest(&self, event: &mut EventBuf) {
        for (field, name) in system_fields::AS_ATTRIBUTES {
            let value = self.fields.get(*field);
            if !value.is_empty() {
                event.attr(name, value);
            }
        }
    }
}

/// Sets the time of the record: the text as written, and what it says.
pub(crate) fn set_time(event: &mut EventBuf, text: &str, reading: Option<TimeReading>) {
    event.set(Text::TimeText, text);
    event.reading = reading;
}

/// A time that the event schema defines as UTC (`SystemTime`), whether or not the writer says so.
pub(crate) fn utc_time(text: &str) -> Option<TimeReading> {
    let (reading, _) = timetext::iso8601(text)?;
    Some(match reading {
        TimeReading::Clock {
            civil,
            offset_min: None,
        } => TimeReading::Clock {
            civil,
            offset_min: Some(0),
        },
        other => other,
    })
}

/// Windows levels 1 to 5 on the syslog scale; 0 (log always) is informational.
fn level_of(text: &str) -> Option<i8> {
    match text {
        "1" => Some(2),
        "2" => Some(3),
        "3" => Some(4),
        "0" | "4" => Some(6),
        "5" => Some(7),
        _ => None,
    }
}

/// What the audit keywords state: a bit mask in hex or decimal, or the words of a renderer.
fn outcome_of(fields: &SystemFields) -> Outcome {
    let mask = values::mask(fields.get(Field::Keywords));
    match mask {
        Some(mask) if mask & AUDIT_FAILURE != 0 => return Outcome::Failure,
        Some(mask) if mask & AUDIT_SUCCESS != 0 => return Outcome::Success,
        _ => {}
    }
    for words in [fields.get(Field::KeywordNames), fields.get(Field::Keywords)] {
        // English, Russian and Kazakh renderings of the two audit keywords.
        if ["Audit Failure", "AUDIT_FAILURE", "Аудит отказа", "Сбой аудита"]
            .iter()
            .any(|w| words.contains(w))
        {
            return Outcome::Failure;
        }
        if ["Audit Success", "AUDIT_SUCCESS", "Аудит успеха"]
            .iter()
            .any(|w| words.contains(w))
        {
            return Outcome::Success;
        }
    }
    Outcome::Unknown
}
