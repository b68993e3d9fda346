//! MariaDB's audit plugin (`server_audit`), file output: comma-separated, the object in single quotes.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// MariaDB audit plugin.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "mariadb-audit",
    title: "MariaDB audit plugin (server_audit)",
    reference: "MariaDB documentation, MariaDB Audit Plugin, Log Format",
    category: Some(Category::Dbms),
    kinds: super::KINDS,
    samples: &[
        Sample {
            bytes: b"20260101 00:12:03,db1,aigul,192.0.2.7,14,0,CONNECT,registry,,0\n\
20260101 00:12:04,db1,aigul,192.0.2.7,14,101,QUERY,registry,'select \\'a\\', iin from citizens',0\n\
20260101 00:12:05,db1,aigul,192.0.2.7,14,102,QUERY,registry,'delete from audit_log',1142\n\
20260101 00:12:06,db1,root,192.0.2.8,15,0,FAILED_CONNECT,,,1045\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("session", "14"), ("host", "db1"), ("time", "2026-01-01T00:12:03Z")],
                &[("kind", "db.select"), ("outcome", "success"), ("x_query", "select 'a', iin from citizens"), ("target", "citizens"), ("attrs.database", "registry")],
                &[("kind", "db.delete"), ("outcome", "failure"), ("code", "1142"), ("attrs.component", "logging")],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("code", "1045")],
            ],
        },
        Sample {
            bytes: b"20260101 00:12:03,db1,aigul,web1.example,14,101,READ,registry,citizens,\n20260101 00:12:04,db1,aigul,web1.example,14,0,DISCONNECT,registry,,0\n",
            events: &[
                &[("kind", "db.select"), ("target", "citizens"), ("attrs.src_host", "web1.example"), ("outcome", "unknown")],
                &[("kind", "auth.logoff"), ("outcome", "success")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// Operations of the plugin.
const OPERATIONS: &[&str] = &[
    "CONNECT",
    "DISCONNECT",
    "FAILED_CONNECT",
    "CHANGEUSER",
    "QUERY",
    "READ",
    "WRITE",
    "CREATE",
    "ALTER",
    "RENAME",
    "DROP",
    "PROXY_CONNECT",
    "QUERY_DDL",
    "QUERY_DML",
    "QUERY_DML_NO_SELECT",
    "QUERY_DCL",
    "TABLE",
];

/// The nine fields before the object, and the object with the result.
fn fields(text: &str) -> Option<([&str; 8], &str)> {
    let mut parts = [""; 8];
    let mut rest = text;
    for part in &mut parts {
        (*part, rest) = scan::cut(rest, b',')?;
    }
    let timed = timetext::compact(parts[0]).is_some_and(|(_, taken)| taken == parts[0].len());
    (timed && OPERATIONS.contains(&parts[6])).then_some((parts, rest))
}

fn is_start(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit) && fields(text).is_some()
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, is_start);
    (share >= 50).then(|| Claim {
        confidence: 94,
        reason: format!("{share} of 100 lines are time, server, user, host, connection, query and an operation of the audit plugin"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Audit { query: String::new() })
}

struct Audit {
    query: String,
}

impl RecordReader for Audit {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((parts, rest)) = fields(record.text) else {
            return Verdict::Unparsed("not the ten fields of the audit plugin");
        };
        let [
            time,
            server,
            user,
            host,
            connection,
            query_id,
            operation,
            database,
        ] = parts;
        event.reading = timetext::compact(time).map(|(reading, _)| reading);
        event.set(Text::TimeText, time);
        event.set(Text::Host, server);
        event.set(Text::UserName, user);
        scan::set_source(event, host);
        event.set(Text::Session, connection);
        event.set(Text::Action, operation);
        event.set(Text::Service, "mysql");
        if query_id != "0" {
            event.set(Text::XRecordId, query_id);
        }
        if !database.is_empty() {
            event.attr("database", database);
        }
        // Newer versions add a port or other fields behind the result.
        let (object, result) = match rest.strip_prefix('\'') {
            Some(quoted) => unquoted(quoted, &mut self.query),
            None => {
                let (object, result) = scan::cut(rest, b',').unwrap_or((rest, ""));
                self.query.clear();
                self.query.push_str(object);
                (self.query.as_str(), result)
            }
        };
        let code = result.pieces(b',').next().unwrap_or_default().trimmed();
        event.set(Text::Code, code);
        event.outcome = match code {
            "0" => Outcome::Success,
            "" => Outcome::Unknown,
            _ => Outcome::Failure,
        };
        meaning(operation, object, event);
        Verdict::Event
    }
}

/// The inside of single quotes with backslash escapes undone, and what follows the comma behind them.
fn unquoted<'a>(text: &'a str, out: &'a mut String) -> (&'a str, &'a str) {
    out.clear();
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\\', b'\'', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let quote = rest.as_bytes().get(at) == Some(&b'\'');
        rest = rest.get(at + 1..).unwrap_or_default();
        if quote {
            return (out, rest.strip_prefix(',').unwrap_or(rest));
        }
        let mut chars = rest.chars();
        out.push(match chars.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(other) => other,
            None => '\\',
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    (out, "")
}

fn meaning(operation: &str, object: &str, event: &mut EventBuf) {
    event.set(Text::Message, if object.is_empty() { operation } else { object });
    let kind = match operation {
        "CONNECT" | "FAILED_CONNECT" | "PROXY_CONNECT" | "CHANGEUSER" => Kind::AUTH_LOGON,
        "DISCONNECT" => Kind::AUTH_LOGOFF,
        "READ" => Kind::DB_SELECT,
        // A write to a table: which of insert, update and delete is not said.
        "WRITE" => Kind::DB_OTHER,
        "CREATE" => Kind::DB_CREATE,
        "ALTER" => Kind::DB_ALTER,
        "RENAME" => Kind::DB_RENAME,
        "DROP" => Kind::DB_DROP,
        "TABLE" => Kind::DB_OTHER,
        _ => {
            super::statement(object, event);
            return;
        }
    };
    event.kind = kind;
    event.set(Text::Target, object);
}
