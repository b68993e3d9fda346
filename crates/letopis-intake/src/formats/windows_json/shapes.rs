//! Which key of which shape is which field.

use letopis_event::{EventBuf, Text, TimeReading};

use super::positions::Properties;
use crate::formats::scan::Cut as _;
use crate::formats::windows::{Field, Interpreter, SystemFields, set_time, utc_time};
use crate::timetext;

/// How near a time in the record is to the event. A lower one is taken where both are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The event's own time, in UTC by definition of the field.
    Created,
    /// Sysmon's own clock, in UTC by definition.
    Sysmon,
    /// The event's own time as the shipper wrote it, with or without its zone.
    Own,
    /// What the shipper stamped: the event's time for some, the arrival for others.
    Shipped,
    /// The arrival.
    Received,
}

/// The best time of a record.
#[derive(Debug, Default)]
pub(super) struct Times {
    best: Option<(Rank, TimeReading)>,
    text: String,
}

impl Times {
    pub(super) fn clear(&mut self) {
        self.best = None;
        self.text.clear();
    }

    /// Offers a time. One that states its zone is taken before one that does not, if both are the event's own.
    pub(super) fn set(&mut self, rank: Rank, text: &str) {
        let Some(reading) = read(rank, text) else { return };
        let weight = |rank: Rank, reading: &TimeReading| {
            let stated = !matches!(reading, TimeReading::Clock { offset_min: None, .. });
            if stated && rank == Rank::Own {
                Rank::Created
            } else {
                rank
            }
        };
        let new = weight(rank, &reading);
        if self
            .best
            .as_ref()
            .is_none_or(|(old, kept)| new < weight(*old, kept))
        {
            self.best = Some((rank, reading));
            self.text.clear();
            self.text.push_str(text);
        }
    }

    /// Puts the best time into the event; for Sysmon its own clock may be it.
    pub(super) fn settle(&mut self, fields: &SystemFields, event: &mut EventBuf) {
        if !fields.get(Field::Time).is_empty() {
            // A tree has the record's own time; the interpreter takes it.
            return;
        }
        if fields.get(Field::Provider).has("Sysmon") {
            let own = event.find_attr("UtcTime").unwrap_or_default();
            let reading = utc_time(own);
            if let Some(reading) = reading {
                let worse = self.best.as_ref().is_none_or(|(rank, kept)| {
                    *rank > Rank::Sysmon && matches!(kept, TimeReading::Clock { offset_min: None, .. })
                        || *rank >= Rank::Shipped
                });
                if worse {
                    self.best = Some((Rank::Sysmon, reading));
                    self.text.clear();
                    self.text.push_str(own);
                }
            }
        }
        if let Some((_, reading)) = self.best {
            set_time(event, &self.text, Some(reading));
        }
    }
}

/// ISO 8601, or the milliseconds since 1970 that .NET writes as `/Date(1767208323000)/`.
fn read(rank: Rank, text: &str) -> Option<TimeReading> {
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|t| t.strip_suffix(")/")) {
        // An offset behind the number says how to print it, not when it was.
        let digits = inner.split(['+', '-']).find(|part| !part.is_empty())?;
        let millis: i128 = digits.parse::<i64>().ok()?.into();
        let millis = if inner.starts_with('-') { -millis } else { millis };
        return Some(TimeReading::Instant {
            nanos: millis * 1_000_000,
        });
    }
    match rank {
        Rank::Created | Rank::Sysmon => utc_time(text),
        _ => timetext::any(text).map(|(reading, _)| reading),
    }
}

/// Winlogbeat: `winlog.…`, nested or dotted; before version 7 the same names at the top.
pub(super) fn beats(
    interpreter: &mut Interpreter,
    times: &mut Times,
    event: &mut EventBuf,
    path: &str,
    value: &str,
) {
    let path = path.strip_prefix("_source.").unwrap_or(path);
    let inner = path.strip_prefix("winlog.").unwrap_or(path);
    if let Some(name) = inner
        .strip_prefix("event_data.")
        .or_else(|| inner.strip_prefix("user_data."))
    {
        if name != "xml_name" {
            event.attr(name, value);
        }
        return;
    }
    if value.is_empty() {
        return;
    }
    let fields = &mut interpreter.fields;
    let own = inner.len() < path.len();
    let field = match inner {
        "provider_name" | "source_name" | "event.provider" => Some(Field::Provider),
        "provider_guid" => Some(Field::ProviderGuid),
        "event_id" | "event.code" | "event_identifier" => Some(Field::EventId),
        "channel" | "log_name" => Some(Field::Channel),
        "computer_name" => Some(Field::Computer),
        "record_id" | "record_number" => Some(Field::RecordId),
        "task" => Some(Field::Task),
        "opcode" => Some(Field::Opcode),
        "version" => Some(Field::Version),
        "activity_id" => Some(Field::ActivityId),
        "related_activity_id" => Some(Field::RelatedActivityId),
        "process.pid" if own => Some(Field::ProcessId),
        "process.thread.id" if own => Some(Field::ThreadId),
        "process_id" => Some(Field::ProcessId),
        "thread_id" => Some(Field::ThreadId),
        "user.identifier" => Some(Field::UserId),
        "message" | "event.message" => Some(Field::Message),
        _ => None,
    };
    if let Some(field) = field {
        return fields.set_if_absent(field, value);
    }
    match inner {
        "keywords" => return fields.append(Field::KeywordNames, value),
        "level" | "log.level" => return fields.set_if_absent(Field::Level, level_number(value)),
        "time_created" => times.set(Rank::Created, value),
        "@timestamp" => times.set(Rank::Shipped, value),
        "event.created" | "event.ingested" => times.set(Rank::Received, value),
        "host.name" | "host.hostname" | "beat.hostname" => event.set_if_absent(Text::Host, value),
        _ => {}
    }
    event.attr(path, value);
}

/// The level of the event schema for the word of a renderer; another word stays as it is.
fn level_number(word: &str) -> &str {
    let is = |known: &[&str]| known.iter().any(|k| k.eq_ignore_ascii_case(word));
    if is(&["critical", "Критический"]) {
        "1"
    } else if is(&["error", "Ошибка"]) {
        "2"
    } else if is(&["warning", "Предупреждение"]) {
        "3"
    } else if is(&["information", "info", "informational", "Сведения"]) {
        "4"
    } else if is(&["verbose", "debug", "Подробно"]) {
        "5"
    } else {
        word
    }
}

/// PowerShell: the properties of an `EventLogRecord`.
pub(super) fn objects(
    interpreter: &mut Interpreter,
    times: &mut Times,
    properties: &mut Properties,
    event: &mut EventBuf,
    path: &str,
    value: &str,
) {
    if path == "Properties.Value" || path == "Properties" {
        return properties.add(value);
    }
    if value.is_empty() {
        return;
    }
    let fields = &mut interpreter.fields;
    let field = match path {
        "ProviderName" => Field::Provider,
        "ProviderId" => Field::ProviderGuid,
        "Id" => Field::EventId,
        "Qualifiers" => Field::Qualifiers,
        "Version" => Field::Version,
        "Level" => Field::Level,
        "Task" => Field::Task,
        "Opcode" => Field::Opcode,
        "Keywords" => Field::Keywords,
        "RecordId" => Field::RecordId,
        "ActivityId" => Field::ActivityId,
        "RelatedActivityId" => Field::RelatedActivityId,
        "ProcessId" => Field::ProcessId,
        "ThreadId" => Field::ThreadId,
        "LogName" => Field::Channel,
        "MachineName" => Field::Computer,
        "UserId.Value" | "UserId" => Field::UserId,
        "Message" => Field::Message,
        "KeywordsDisplayNames" => return fields.append(Field::KeywordNames, value),
        "TimeCreated" | "TimeCreated.value" => return times.set(Rank::Own, value),
        _ => return event.attr(path, value),
    };
    fields.set_if_absent(field, value);
}

/// NXLog and others: one level, the data beside the system fields.
pub(super) fn flat(
    interpreter: &mut Interpreter,
    times: &mut Times,
    event: &mut EventBuf,
    path: &str,
    value: &str,
) {
    let fields = &mut interpreter.fields;
    let field = match path {
        "EventID" | "EventId" => Some(Field::EventId),
        "Channel" => Some(Field::Channel),
        "SourceName" | "ProviderName" | "Provider" | "Provider_Name" => Some(Field::Provider),
        "Hostname" | "Computer" | "ComputerName" | "MachineName" => Some(Field::Computer),
        "EventRecordID" | "RecordNumber" | "RecordId" | "EventRecordId" => Some(Field::RecordId),
        "Level" | "LevelValue" => Some(Field::Level),
        "Version" => Some(Field::Version),
        "Task" | "TaskValue" => Some(Field::Task),
        "OpcodeValue" => Some(Field::Opcode),
        "Keywords" => Some(Field::Keywords),
        "ProviderGuid" | "ProviderId" | "Guid" => Some(Field::ProviderGuid),
        "ExecutionProcessID" | "ProcessID" => Some(Field::ProcessId),
        "ExecutionThreadID" | "ThreadID" => Some(Field::ThreadId),
        "UserID" => Some(Field::UserId),
        "ActivityID" => Some(Field::ActivityId),
        "RelatedActivityID" => Some(Field::RelatedActivityId),
        "Message" | "message" | "RenderedDescription" => Some(Field::Message),
        _ => None,
    };
    if let Some(field) = field {
        if field == Field::Level {
            return fields.set_if_absent(field, level_number(value));
        }
        return fields.set_if_absent(field, value);
    }
    match path {
        "EventType" if value.starts_with("AUDIT_") => fields.append(Field::KeywordNames, value),
        "Severity" => fields.set_if_absent(Field::Level, level_number(value)),
        "SystemTime" => times.set(Rank::Created, value),
        "TimeCreated" | "EventTime" | "TimeGenerated" => times.set(Rank::Own, value),
        "@timestamp" => times.set(Rank::Shipped, value),
        "EventReceivedTime" => times.set(Rank::Received, value),
        _ => {}
    }
    event.attr(path, value);
}
