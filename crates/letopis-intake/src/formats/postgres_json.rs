//! PostgreSQL's jsonlog (since version 15): one JSON object a record, with the columns of csvlog as names.

use letopis_event::{Category, EventBuf, Number, Outcome, Text};

use super::json_walk::{Leaf, Scratch, walk};
use super::postgres_csv::{self as server, Entry, Fields};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// PostgreSQL jsonlog.
pub(super) const FORMAT: Format = Format {
    name: "postgres-json",
    title: "PostgreSQL jsonlog, with pgAudit",
    reference: "PostgreSQL manual, Using JSON-Format Log Output; pgAudit README, Format",
    category: Some(Category::Dbms),
    kinds: server::KINDS,
    samples: &[
        Sample {
            bytes: b"{\"timestamp\":\"2026-01-01 00:12:03.512 +05\",\"user\":\"aigul\",\"dbname\":\"registry\",\"pid\":4101,\"remote_host\":\"10.20.0.15\",\"remote_port\":51514,\"session_id\":\"69556a43.1005\",\"line_num\":3,\"ps\":\"SELECT\",\"session_start\":\"2026-01-01 00:11:47 +05\",\"error_severity\":\"ERROR\",\"state_code\":\"42501\",\"message\":\"permission denied for table citizens\",\"statement\":\"select iin from citizens\",\"application_name\":\"psql\",\"backend_type\":\"client backend\",\"query_id\":0}\n",
            events: &[&[
                ("kind", "db.select"), ("outcome", "failure"), ("status", "denied"), ("user_name", "aigul"),
                ("src_ip", "10.20.0.15"), ("src_port", "51514"), ("pid", "4101"), ("code", "42501"),
                ("target", "citizens"), ("session", "69556a43.1005"), ("attrs.database_name", "registry"),
                ("time", "2026-01-01T00:12:03.512+05:00"), ("level", "4"),
            ]],
        },
        Sample {
            bytes: b"{\"timestamp\":\"2026-01-01 00:12:05.001 UTC\",\"pid\":900,\"session_id\":\"69556000.384\",\"line_num\":7,\"session_start\":\"2026-01-01 00:00:00 UTC\",\"error_severity\":\"LOG\",\"message\":\"received fast shutdown request\",\"backend_type\":\"postmaster\",\"query_id\":0}\n",
            events: &[&[("kind", "service.stop"), ("level", "6"), ("attrs.backend_type", "postmaster")]],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Json,
        open,
    },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    let records = crate::framing::cut(Framing::Json, head.text, 10);
    let own = records
        .iter()
        .filter(|r| r.has("\"error_severity\":") && r.has("\"timestamp\":") && r.has("\"session_id\":"))
        .count();
    (own > 0 && own * 2 >= records.len()).then(|| Claim {
        confidence: 95,
        reason: format!(
            "{own} of the first {} JSON objects have the server's timestamp, session_id and error_severity",
            records.len()
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(JsonLog::default())
}

#[derive(Debug, Default)]
struct JsonLog {
    scratch: Scratch,
    audit: Fields,
    time: String,
    message: String,
    state: String,
    detail: String,
    query: String,
    host: String,
}

impl RecordReader for JsonLog {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Self {
            scratch,
            audit,
            time,
            message,
            state,
            detail,
            query,
            host,
        } = self;
        for kept in [&mut *time, message, state, detail, query, host] {
            kept.clear();
        }
        let walked = walk(record.text.trimmed(), scratch, &mut |name, leaf| {
            let (Leaf::Text(value) | Leaf::Plain(value)) = leaf else {
                return;
            };
            match name {
                "timestamp" => time.push_str(value),
                "message" => message.push_str(value),
                "state_code" => state.push_str(value),
                "detail" => detail.push_str(value),
                "statement" => query.push_str(value),
                "remote_host" => host.push_str(value),
                _ => other(name, value, event),
            }
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        let Some((reading, zone)) = server::time(time) else {
            return Verdict::Unparsed("the field timestamp is missing or no time");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        if let Some(zone) = zone {
            event.attr("log_time_zone", zone);
        }
        event.set(Text::Service, "postgresql");
        event.set(Text::Process, "postgres");
        event.set(Text::Message, message);
        event.set(Text::Code, state);
        event.set(Text::XQuery, query);
        if !detail.is_empty() {
            event.attr("detail", detail);
        }
        if event.outcome == Outcome::Failure {
            event.set(Text::XReason, message);
        }
        server::client(host, event);
        let entry = Entry {
            message,
            state,
            detail,
            query,
        };
        server::read_message(&entry, audit, event);
        Verdict::Event
    }
}

/// Fields that nothing else depends on.
fn other(name: &str, value: &str, event: &mut EventBuf) {
    match name {
        "remote_port" => event.set_number_text(Number::SrcPort, value),
        "pid" => event.set_number_text(Number::Pid, value),
        "user" => event.set(Text::UserName, value),
        "session_id" => event.set(Text::Session, value),
        "line_num" => event.set(Text::XRecordId, value),
        "ps" => event.set(Text::Action, value),
        "dbname" => event.attr("database_name", value),
        "error_severity" => {
            event.level = server::level_of(value);
            if server::is_error(value) {
                event.outcome = Outcome::Failure;
            }
            event.attr(name, value);
        }
        _ => event.attr(name, value),
    }
}
