//! PostgreSQL's csvlog, with the records of pgAudit in it.
//!
//! The columns are those of the manual (chapter "Error Reporting and Logging", "Using CSV-Format Log Output"): 22 in
//! version 8.4, 23 since 9.0, 24 since 13, 26 since 14. A record may hold line ends inside quotes.
//!
//! The outcome of a statement is known where the record says it: an error, or a duration, which is written after
//! the statement ended. A statement that is logged when it begins has none.

mod fields;
mod messages;
mod samples;
mod zone;

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Verdict};
use crate::formats::scan::Cut as _;
pub(super) use fields::Fields;
pub(super) use messages::{Entry, KINDS, read as read_message};
pub(super) use zone::{offset_of, time};

/// PostgreSQL csvlog.
pub(crate) const FORMAT: Format = Format {
    name: "postgres-csv",
    title: "PostgreSQL csvlog, with pgAudit",
    reference: "PostgreSQL manual, Using CSV-Format Log Output; pgAudit README, Format",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Quoted(b'"'),
        open,
    },
};

/// Fewest and most columns of a version.
const COLUMNS: std::ops::RangeInclusive<usize> = 22..=26;

/// Columns by position.
mod column {
    pub(super) const LOG_TIME: usize = 0;
    pub(super) const USER: usize = 1;
    pub(super) const DATABASE: usize = 2;
    pub(super) const PID: usize = 3;
    pub(super) const FROM: usize = 4;
    pub(super) const SESSION: usize = 5;
    pub(super) const SESSION_LINE: usize = 6;
    pub(super) const COMMAND: usize = 7;
    pub(super) const SEVERITY: usize = 11;
    pub(super) const STATE: usize = 12;
    pub(super) const MESSAGE: usize = 13;
    pub(super) const DETAIL: usize = 14;
    pub(super) const QUERY: usize = 19;
}

/// The columns that are kept as attributes only, under the manual's names.
const AS_ATTRIBUTES: &[(usize, &str)] = &[
    (column::DATABASE, "database_name"),
    (8, "session_start_time"),
    (9, "virtual_transaction_id"),
    (10, "transaction_id"),
    (column::SEVERITY, "error_severity"),
    (column::DETAIL, "detail"),
    (15, "hint"),
    (16, "internal_query"),
    (17, "internal_query_pos"),
    (18, "context"),
    (20, "query_pos"),
    (21, "location"),
    (22, "application_name"),
    (23, "backend_type"),
    (24, "leader_pid"),
    (25, "query_id"),
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut fields = Fields::default();
    let mut seen = 0;
    let mut rest = head.text;
    while seen < 5 && !rest.is_empty() {
        let Some(taken) = fields.read_record(rest) else {
            break;
        };
        rest = rest.get(taken..).unwrap_or_default();
        if fields.count() == 1 && fields.get(0).trimmed().is_empty() {
            continue;
        }
        if !is_own(&fields) {
            return None;
        }
        seen += 1;
    }
    (seen > 0).then(|| Claim {
        confidence: 97,
        reason: format!(
            "{seen} records of {} columns with a time, a session id and a severity where csvlog has them",
            fields.count()
        ),
    })
}

fn is_own(fields: &Fields) -> bool {
    let session = fields.get(column::SESSION);
    let hex = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
    COLUMNS.contains(&fields.count())
        && session.cut(b'.').is_some_and(|(a, b)| hex(a) && hex(b))
        && crate::timetext::iso8601(fields.get(column::LOG_TIME)).is_some()
        && fields.get(column::PID).bytes().all(|b| b.is_ascii_digit())
}

fn open(_context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(CsvLog::default())
}

#[derive(Debug, Default)]
struct CsvLog {
    fields: Fields,
    audit: Fields,
}

impl RecordReader for CsvLog {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if self.fields.read_record(record.text).is_none() {
            return Verdict::Unparsed("a quote is not closed");
        }
        let fields = &self.fields;
        if !COLUMNS.contains(&fields.count()) {
            return Verdict::Unparsed("not 22 to 26 columns as csvlog has");
        }
        let Some((reading, zone)) = time(fields.get(column::LOG_TIME)) else {
            return Verdict::Unparsed("the first column is no time");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, fields.get(column::LOG_TIME));
        if let Some(zone) = zone {
            event.attr("log_time_zone", zone);
        }
        columns(fields, event);
        let entry = Entry {
            message: fields.get(column::MESSAGE),
            state: fields.get(column::STATE),
            detail: fields.get(column::DETAIL),
            query: fields.get(column::QUERY),
        };
        messages::read(&entry, &mut self.audit, event);
        Verdict::Event
    }
}

fn columns(fields: &Fields, event: &mut EventBuf) {
    for (at, column) in [
        (column::USER, Text::UserName),
        (column::SESSION, Text::Session),
        (column::SESSION_LINE, Text::XRecordId),
        (column::COMMAND, Text::Action),
        (column::STATE, Text::Code),
        (column::MESSAGE, Text::Message),
        (column::QUERY, Text::XQuery),
    ] {
        event.set(column, fields.get(at));
    }
    event.set(Text::Service, "postgresql");
    event.set(Text::Process, "postgres");
    if !fields.get(column::PID).is_empty() {
        event.set_number_text(Number::Pid, fields.get(column::PID));
    }
    client(fields.get(column::FROM), event);
    let severity = fields.get(column::SEVERITY);
    event.level = level_of(severity);
    for (at, name) in AS_ATTRIBUTES {
        let value = fields.get(*at);
        if !value.is_empty() {
            event.attr(name, value);
        }
    }
    if is_error(severity) {
        event.outcome = Outcome::Failure;
        event.set(Text::XReason, fields.get(column::MESSAGE));
    }
}

/// `address:port`, a name with a port, or `[local]` for a socket on the machine itself.
pub(super) fn client(from: &str, event: &mut EventBuf) {
    if from.is_empty() || from == "[local]" {
        if !from.is_empty() {
            event.attr("connection_from", from);
        }
        return;
    }
    let (host, port) = from
        .cut_last(b':')
        .filter(|(_, p)| p.parse::<u16>().is_ok())
        .unwrap_or((from, ""));
    if host.parse::<std::net::IpAddr>().is_ok() {
        event.set(Text::SrcIp, host);
    } else {
        event.attr("src_host", host);
    }
    if !port.is_empty() {
        event.set_number_text(Number::SrcPort, port);
    }
}

/// The syslog level that the server itself uses for each severity (manual, table "Message Severity Levels"); the
/// words also in Russian, as `lc_messages` makes them.
pub(super) fn level_of(severity: &str) -> Option<i8> {
    Some(match severity {
        "PANIC" | "ПАНИКА" => 2,
        "FATAL" | "ВАЖНО" => 3,
        "ERROR" | "ОШИБКА" => 4,
        "WARNING" | "ПРЕДУПРЕЖДЕНИЕ" | "NOTICE" | "ЗАМЕЧАНИЕ" => 5,
        "LOG" | "СООБЩЕНИЕ" | "INFO" | "ИНФОРМАЦИЯ" => 6,
        _ if severity.starts_with("DEBUG") || severity.starts_with("ОТЛАДКА") => 7,
        _ => return None,
    })
}

pub(super) fn is_error(severity: &str) -> bool {
    matches!(
        severity,
        "PANIC" | "ПАНИКА" | "FATAL" | "ВАЖНО" | "ERROR" | "ОШИБКА"
    )
}

/// The kind that a statement has, with its target; a table that is a log by its name is marked.
pub(super) fn statement(sql: &str, event: &mut EventBuf) -> Kind {
    let Some(found) = super::sql::statement(sql) else {
        return Kind::DB_OTHER;
    };
    if let Some(target) = found.target {
        event.set_if_absent(Text::Target, target);
    }
    found.kind
}
