//! Audit records of MySQL Enterprise, Percona Server and `audit_log_filter`, as JSON and as XML (old style with
//! attributes, new style with elements). All name the same things.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::json_walk::{Leaf, Scratch, walk};
use crate::formats::scan;
use crate::formats::scan::Cut as _;
use crate::formats::xml_leaves::{leaves, unescaped};
use crate::timetext;

/// Audit records as JSON.
pub(in crate::formats) const JSON: Format = Format {
    name: "mysql-audit-json",
    title: "MySQL and Percona audit log (JSON)",
    reference: "MySQL manual, Audit Log File Formats, JSON; Percona Server documentation, Audit Log Plugin",
    category: Some(Category::Dbms),
    kinds: super::KINDS,
    samples: &[
        Sample {
            bytes: b"[\n{\"timestamp\":\"2026-01-01 00:12:03\",\"id\":0,\"class\":\"connection\",\"event\":\"connect\",\"connection_id\":14,\"account\":{\"user\":\"aigul\",\"host\":\"%\"},\"login\":{\"user\":\"aigul\",\"os\":\"\",\"ip\":\"192.0.2.7\",\"proxy\":\"\"},\"connection_data\":{\"connection_type\":\"ssl\",\"status\":0,\"db\":\"registry\"}},\n\
{\"timestamp\":\"2026-01-01 00:12:04\",\"id\":1,\"class\":\"general\",\"event\":\"status\",\"connection_id\":14,\"account\":{\"user\":\"aigul\",\"host\":\"%\"},\"login\":{\"user\":\"aigul\",\"os\":\"\",\"ip\":\"192.0.2.7\",\"proxy\":\"\"},\"general_data\":{\"command\":\"Query\",\"sql_command\":\"drop_table\",\"query\":\"drop table old\",\"status\":1051}}\n]\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("session", "14"), ("attrs.db", "registry")],
                &[("kind", "db.drop"), ("outcome", "failure"), ("code", "1051"), ("target", "old")],
            ],
        },
        Sample {
            bytes: b"{\"audit_record\":{\"name\":\"Query\",\"record\":\"5_2026-01-01T00:00:00\",\"timestamp\":\"2026-01-01T00:12:03 UTC\",\"command_class\":\"select\",\"connection_id\":\"14\",\"status\":0,\"sqltext\":\"select 1 from t\",\"user\":\"aigul[aigul] @ web1 [192.0.2.7]\",\"host\":\"web1\",\"os_user\":\"\",\"ip\":\"192.0.2.7\",\"db\":\"registry\"}}\n",
            events: &[&[("kind", "db.select"), ("outcome", "success"), ("user_name", "aigul"), ("src_ip", "192.0.2.7"), ("time", "2026-01-01T00:12:03Z"), ("time_basis", "stated")]],
        },
    ],
    detect: detect_json,
    reader: Reader::Text {
        framing: Framing::Json,
        open: open_json,
    },
};

/// Audit records as XML.
pub(in crate::formats) const XML: Format = Format {
    name: "mysql-audit-xml",
    title: "MySQL and Percona audit log (XML)",
    reference: "MySQL manual, Audit Log File Formats, New-Style and Old-Style XML",
    category: Some(Category::Dbms),
    kinds: super::KINDS,
    samples: &[
        Sample {
            bytes: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AUDIT>\n <AUDIT_RECORD>\n  <TIMESTAMP>2026-01-01T00:12:03 UTC</TIMESTAMP>\n  <RECORD_ID>7_2026-01-01T00:00:00</RECORD_ID>\n  <NAME>Query</NAME>\n  <CONNECTION_ID>14</CONNECTION_ID>\n  <STATUS>0</STATUS>\n  <USER>aigul[aigul] @ localhost [127.0.0.1]</USER>\n  <HOST>localhost</HOST>\n  <IP>127.0.0.1</IP>\n  <COMMAND_CLASS>delete</COMMAND_CLASS>\n  <SQLTEXT>delete from t where a &lt; 3</SQLTEXT>\n </AUDIT_RECORD>\n</AUDIT>\n",
            events: &[&[("kind", "db.delete"), ("outcome", "success"), ("user_name", "aigul"), ("src_ip", "127.0.0.1"), ("x_query", "delete from t where a < 3"), ("session", "14")]],
        },
        Sample {
            bytes: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AUDIT>\n<AUDIT_RECORD\n  NAME=\"Connect\"\n  RECORD=\"2_2026-01-01T00:00:00\"\n  TIMESTAMP=\"2026-01-01T00:12:03Z\"\n  CONNECTION_ID=\"15\"\n  STATUS=\"1045\"\n  USER=\"root\"\n  PRIV_USER=\"\"\n  OS_LOGIN=\"\"\n  PROXY_USER=\"\"\n  HOST=\"\"\n  IP=\"192.0.2.8\"\n  DB=\"\"\n/>\n</AUDIT>\n",
            events: &[&[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("src_ip", "192.0.2.8"), ("code", "1045")]],
        },
    ],
    detect: detect_xml,
    reader: Reader::Text {
        framing: Framing::XmlElement("AUDIT_RECORD"),
        open: open_xml,
    },
};

fn detect_json(head: &Head<'_>) -> Option<Claim> {
    let records = crate::framing::cut(Framing::Json, head.text, 10);
    let own = records
        .iter()
        .filter(|r| {
            r.has("\"audit_record\":")
                || r.has("\"connection_id\":") && r.has("\"class\":") && r.has("\"timestamp\":")
        })
        .count();
    (own > 0 && own * 2 >= records.len()).then(|| Claim {
        confidence: 94,
        reason: format!(
            "{own} of the first {} JSON objects are audit records of the server",
            records.len()
        ),
    })
}

fn detect_xml(head: &Head<'_>) -> Option<Claim> {
    let known =
        head.text.has("<AUDIT_RECORD") && (head.text.has("CONNECTION_ID") || head.text.has("MYSQL_VERSION"));
    known.then(|| Claim {
        confidence: 94,
        reason: "elements AUDIT_RECORD with CONNECTION_ID".to_owned(),
    })
}

fn open_json(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Json::default())
}

fn open_xml(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Xml::default())
}

/// What decides the kind; the rest goes into the event at once.
#[derive(Debug, Default)]
struct Known {
    name: String,
    command: String,
    query: String,
    table: String,
    status: String,
    timed: bool,
}

impl Known {
    fn clear(&mut self) {
        for kept in [
            &mut self.name,
            &mut self.command,
            &mut self.query,
            &mut self.table,
            &mut self.status,
        ] {
            kept.clear();
        }
        self.timed = false;
    }

    /// Takes one field by the last part of its name.
    fn take(&mut self, name: &str, value: &str, event: &mut EventBuf) {
        let last = name.pieces(b'.').next_back().unwrap_or(name);
        let put = |room: &mut String| {
            room.clear();
            room.push_str(value);
        };
        let is = |known: &str| scan::same(last, known);
        if is("timestamp") {
            let (reading, _) = timetext::iso8601(value).unzip();
            event.reading = reading;
            event.set(Text::TimeText, value);
            self.timed = reading.is_some();
        } else if is("name") || is("event") {
            put(&mut self.name);
        } else if is("command_class") || is("sql_command") {
            put(&mut self.command);
        } else if is("sqltext") || is("query") {
            put(&mut self.query);
        } else if is("table") {
            put(&mut self.table);
        } else if is("status") || is("status_code") {
            put(&mut self.status);
        } else if is("connection_id") {
            event.set(Text::Session, value);
        } else if is("user") {
            if value.holds(b'@') {
                super::account(value, event);
            } else if event.get(Text::UserName).is_none() {
                event.set(Text::UserName, value);
            }
        } else if is("ip") {
            scan::set_source(event, value);
        } else if is("id") || is("record") || is("record_id") {
            event.set(Text::XRecordId, value);
        } else if is("pid") {
            event.set_number_text(Number::Pid, value);
        } else if !value.is_empty() {
            event.attr(last, value);
        }
    }

    fn settle(&self, event: &mut EventBuf) {
        event.set(Text::Service, "mysql");
        event.set(Text::Action, &self.name);
        event.set(Text::Code, &self.status);
        event.set(
            Text::Message,
            if self.query.is_empty() {
                &self.name
            } else {
                &self.query
            },
        );
        event.outcome = match self.status.as_str() {
            "0" => Outcome::Success,
            "" => Outcome::Unknown,
            _ => Outcome::Failure,
        };
        let name = self.name.as_str();
        let is = |known: &[&str]| known.iter().any(|k| scan::same(name, k));
        if is(&["connect", "change user", "change_user", "pre_authenticate"]) {
            event.kind = Kind::AUTH_LOGON;
        } else if is(&["quit", "disconnect"]) {
            event.kind = Kind::AUTH_LOGOFF;
        } else if is(&["audit", "startup"]) {
            event.kind = Kind::SERVICE_START;
        } else if is(&["noaudit", "shutdown"]) {
            event.kind = Kind::SERVICE_STOP;
        } else if !self.query.is_empty() {
            super::statement(&self.query, event);
        } else {
            event.kind = Kind::DB_OTHER;
        }
        event.set(Text::Target, &self.table);
        if !self.command.is_empty() {
            event.attr("command_class", &self.command);
        }
    }
}

#[derive(Default)]
struct Json {
    scratch: Scratch,
    known: Known,
}

impl RecordReader for Json {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.known.clear();
        let known = &mut self.known;
        let walked = walk(record.text.trimmed(), &mut self.scratch, &mut |name, leaf| {
            if let Leaf::Text(value) | Leaf::Plain(value) = leaf {
                known.take(name, value, event);
            }
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        if !known.timed {
            return Verdict::Unparsed("the field timestamp is missing or no time");
        }
        known.settle(event);
        Verdict::Event
    }
}

#[derive(Default)]
struct Xml {
    known: Known,
    value: String,
}

impl RecordReader for Xml {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.known.clear();
        let Some(text) = record.text.trimmed_start().strip_prefix("<AUDIT_RECORD") else {
            return Verdict::Unparsed("no element AUDIT_RECORD");
        };
        if text.starts_with('>') {
            let known = &mut self.known;
            leaves(text, &mut self.value, &mut |name, value| {
                known.take(name, value, event)
            });
        } else {
            attributes(text, |name, value| {
                self.known.take(name, unescaped(value, &mut self.value), event);
            });
        }
        if !self.known.timed {
            return Verdict::Unparsed("TIMESTAMP is missing or no time");
        }
        self.known.settle(event);
        Verdict::Event
    }
}

/// `NAME="value"`, one after another.
fn attributes<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) {
    let mut rest = text;
    while let Some((name, after)) = rest.cut_at("=\"") {
        let Some((value, next)) = after.cut(b'"') else {
            return;
        };
        each(name.trimmed(), value);
        rest = next;
    }
}
