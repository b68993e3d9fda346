//! MongoDB's log: JSON since 4.4 (`{"t":{"$date":…},"s":"I","c":"ACCESS","id":…,"ctx":…,"msg":…,"attr":{…}}`), text
//! before (`TIME I ACCESS [conn1] text`, without level and component before 3.0).

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::json_walk::{Leaf, Scratch, walk};
use super::scan::{self, between, has, split, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::NETWORK_CONNECT,
    Kind::NETWORK_DISCONNECT,
    Kind::SERVICE_START,
    Kind::SERVICE_STOP,
    Kind::DB_SELECT,
    Kind::DB_INSERT,
    Kind::DB_UPDATE,
    Kind::DB_DELETE,
    Kind::DB_CREATE,
    Kind::DB_DROP,
    Kind::DB_OTHER,
    Kind::ERROR_REPORT,
    Kind::OTHER,
];

/// MongoDB, structured.
pub(super) const JSON: Format = Format {
    name: "mongodb-json",
    title: "MongoDB log (JSON, 4.4 and later)",
    reference: "MongoDB manual, Log Messages, Structured Logging",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"{\"t\":{\"$date\":\"2026-01-01T00:12:03.903+05:00\"},\"s\":\"I\",  \"c\":\"ACCESS\",   \"id\":20249,   \"ctx\":\"conn14\",\"msg\":\"Authentication failed\",\"attr\":{\"mechanism\":\"SCRAM-SHA-256\",\"principalName\":\"root\",\"authenticationDatabase\":\"admin\",\"remote\":\"192.0.2.7:40711\",\"error\":\"AuthenticationFailed: storedKey mismatch\"}}\n\
{\"t\":{\"$date\":\"2026-01-01T00:12:04.000+05:00\"},\"s\":\"I\",  \"c\":\"NETWORK\",  \"id\":22943,   \"ctx\":\"listener\",\"msg\":\"Connection accepted\",\"attr\":{\"remote\":\"[2001:db8::7]:40712\",\"connectionId\":15}}\n",
            events: &[
                &[
                    ("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("src_ip", "192.0.2.7"), ("src_port", "40711"),
                    ("time", "2026-01-01T00:12:03.903+05:00"), ("level", "6"), ("code", "20249"), ("session", "conn14"), ("process", "ACCESS"),
                    ("x_reason", "AuthenticationFailed: storedKey mismatch"),
                ],
                &[("kind", "network.connect"), ("src_ip", "2001:db8::7"), ("src_port", "40712")],
            ],
        },
        Sample {
            bytes: b"{\"t\":{\"$date\":\"2026-01-01T00:12:03.903+05:00\"},\"s\":\"I\",  \"c\":\"COMMAND\",  \"id\":51803,   \"ctx\":\"conn14\",\"msg\":\"Slow query\",\"attr\":{\"type\":\"command\",\"ns\":\"registry.citizens\",\"command\":{\"find\":\"citizens\",\"filter\":{}},\"durationMillis\":250}}\n",
            events: &[&[("kind", "db.select"), ("target", "registry.citizens"), ("x_duration_us", "250000")]],
        },
    ],
    detect: detect_json,
    reader: Reader::Text {
        framing: Framing::Json,
        open: open_json,
    },
};

/// MongoDB, text.
pub(super) const TEXT: Format = Format {
    name: "mongodb-text",
    title: "MongoDB log (text, before 4.4)",
    reference: "MongoDB manual 4.2, Log Messages",
    category: Some(Category::Dbms),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"2026-01-01T00:12:03.110+0500 I ACCESS   [conn14] SCRAM-SHA-1 authentication failed for root on admin from client 192.0.2.7:53276 ; UserNotFound: Could not find user root@admin\n\
2026-01-01T00:12:03.111+0500 I NETWORK  [conn14] end connection 192.0.2.7:53276 (0 connections now open)\n\
2026-01-01T00:12:04.000+0500 E STORAGE  [initandlisten] no space is left\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("src_ip", "192.0.2.7"), ("src_port", "53276"), ("session", "conn14")],
                &[("kind", "network.disconnect"), ("src_ip", "192.0.2.7"), ("process", "NETWORK")],
                &[("kind", "error.report"), ("level", "3")],
            ],
        },
        Sample {
            bytes: b"2026-01-01T00:12:03.110+0100 [conn1] Failed to authenticate root@admin with mechanism MONGODB-CR: AuthenticationFailed key mismatch\n2026-01-01T00:12:03.111+0100 [initandlisten] connection accepted from 192.0.2.7:58774 #2261 (1 connection now open)\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("x_reason", "AuthenticationFailed key mismatch")],
                &[("kind", "network.connect"), ("src_port", "58774")],
            ],
        },
    ],
    detect: detect_text,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open: open_text,
    },
};

fn detect_json(head: &Head<'_>) -> Option<Claim> {
    let records = crate::framing::cut(Framing::Json, head.text, 10);
    let own = records
        .iter()
        .filter(|r| r.starts_with("{\"t\":{\"$date\":") && r.has("\"ctx\":") && r.has("\"msg\":"))
        .count();
    (own > 0 && own * 2 >= records.len()).then(|| Claim {
        confidence: 96,
        reason: format!(
            "{own} of the first {} JSON objects begin with t.$date and have ctx and msg",
            records.len()
        ),
    })
}

/// Level of a letter: `D1` to `D5` are all debug.
fn level_of(letter: &str) -> Option<i8> {
    Some(match letter.as_bytes() {
        [b'F'] => 2,
        [b'E'] => 3,
        [b'W'] => 4,
        [b'I' | b'L'] => 6,
        [b'D'] | [b'D', b'1'..=b'5'] => 7,
        _ => return None,
    })
}

/// Components of the manual.
const COMPONENTS: &[&str] = &[
    "ACCESS", "COMMAND", "CONTROL", "ELECTION", "FTDC", "GEO", "INDEX", "INITSYNC", "JOURNAL", "NETWORK",
    "QUERY", "RECOVERY", "REPL", "REPL_HB", "ROLLBACK", "SHARDING", "STORAGE", "TXN", "WRITE", "ASIO",
    "CONNPOOL", "TRACKING", "SH_REFR", "-",
];

struct Line<'a> {
    time: (letopis_event::TimeReading, &'a str),
    level: &'a str,
    component: &'a str,
    context: &'a str,
    text: &'a str,
}

fn line(text: &str) -> Option<Line<'_>> {
    let (reading, taken) = timetext::iso8601(text).or_else(|| timetext::asctime(text))?;
    let rest = text.get(taken..)?.less_start(b' ');
    let (level, after) = word(rest);
    let (level, component, rest) = if level_of(level).is_some() {
        let (component, rest) = word(after);
        if !COMPONENTS.contains(&component) {
            return None;
        }
        (level, component, rest)
    } else {
        ("", "", rest)
    };
    let (context, message) = split(rest.strip_prefix('[')?, "] ")?;
    // Before 3.0 only the thread tells the server from others.
    let known = context.starts_with("conn")
        || context.starts_with("initandlisten")
        || context.has("Thread")
        || context.starts_with("rs")
        || context.starts_with("repl")
        || context == "mongosMain"
        || context.starts_with("TTL")
        || context.starts_with("main");
    (!component.is_empty() || known).then_some(Line {
        time: (reading, text.get(..taken)?),
        level,
        component,
        context,
        text: message.less_start(b' '),
    })
}

fn is_start(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && line(text).is_some()
}

fn detect_text(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |l| line(l).is_some());
    (share >= 70).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!(
            "{share} of 100 lines are a time, the server's level and component, and a thread such as [conn1]"
        ),
    })
}

fn open_json(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Json::default())
}

fn open_text(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

#[derive(Default)]
struct Json {
    scratch: Scratch,
    verb: String,
    message: String,
}

impl RecordReader for Json {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.verb.clear();
        self.message.clear();
        let (verb, message) = (&mut self.verb, &mut self.message);
        let walked = walk(record.text.trimmed(), &mut self.scratch, &mut |name, leaf| {
            let (Leaf::Text(value) | Leaf::Plain(value)) = leaf else {
                return;
            };
            match name {
                "t.$date" => {
                    event.reading = timetext::iso8601(value).map(|(reading, _)| reading);
                    event.set(Text::TimeText, value);
                }
                "s" => {
                    event.level = level_of(value);
                    event.attr("level", value);
                }
                "c" => event.set(Text::Process, value),
                "id" => event.set(Text::Code, value),
                "ctx" => event.set(Text::Session, value),
                "msg" => message.push_str(value),
                "attr.remote" | "attr.client" => peer(value, event),
                "attr.principalName" | "attr.user" => {
                    event.set(Text::UserName, value.pieces(b'@').next().unwrap_or(value))
                }
                "attr.error" => event.set(Text::XReason, value),
                "attr.ns" => event.set(Text::Target, value),
                "attr.appName" => event.attr("appName", value),
                "attr.durationMillis" => {
                    if let Ok(millis) = value.parse::<i64>() {
                        event.set_number(Number::XDurationUs, millis.saturating_mul(1000));
                    }
                }
                _ => {
                    let short = name.strip_prefix("attr.").unwrap_or(name);
                    if verb.is_empty()
                        && let Some(first) = short.strip_prefix("command.")
                    {
                        verb.push_str(first);
                    }
                    event.attr(short, value);
                }
            }
        });
        if let Err(reason) = walked {
            return Verdict::Unparsed(reason);
        }
        if event.reading.is_none() {
            return Verdict::Unparsed("t.$date is missing or no time");
        }
        event.set(Text::Service, "mongodb");
        event.set(Text::Message, &self.message);
        meaning(&self.message, &self.verb, event);
        Verdict::Event
    }
}

/// `192.0.2.7:40711`, `[2001:db8::7]:40712`
fn peer(text: &str, event: &mut EventBuf) {
    match scan::address_port(text, b':') {
        Some((address, port)) => {
            scan::set_source(event, address);
            scan::set_port(event, Number::SrcPort, port);
        }
        None => scan::set_source(event, text),
    }
}

fn meaning(message: &str, verb: &str, event: &mut EventBuf) {
    let starts = |heads: &[&str]| heads.iter().any(|h| message.starts_with(h));
    if starts(&[
        "Authentication failed",
        "Checking authorization failed",
        "Failed to authenticate",
    ]) {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
    } else if starts(&["Authentication succeeded", "Successfully authenticated"]) {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Success;
    } else if starts(&["Connection accepted"]) {
        event.kind = Kind::NETWORK_CONNECT;
    } else if starts(&[
        "Connection ended",
        "Interrupted operation as its client disconnected",
    ]) {
        event.kind = Kind::NETWORK_DISCONNECT;
    } else if starts(&["Waiting for connections", "MongoDB starting"]) {
        event.kind = Kind::SERVICE_START;
    } else if starts(&["Shutting down", "Now exiting", "dbexit"]) {
        event.kind = Kind::SERVICE_STOP;
    } else if starts(&["Slow query"]) {
        event.kind = match verb {
            "find" | "aggregate" | "count" | "distinct" | "getMore" => Kind::DB_SELECT,
            "insert" => Kind::DB_INSERT,
            "update" | "findAndModify" => Kind::DB_UPDATE,
            "delete" => Kind::DB_DELETE,
            "create" | "createIndexes" => Kind::DB_CREATE,
            "drop" | "dropDatabase" | "dropIndexes" => Kind::DB_DROP,
            _ => Kind::DB_OTHER,
        };
        event.set(Text::Action, verb);
    } else if event.level.is_some_and(|l| l <= 3) {
        event.kind = Kind::ERROR_REPORT;
    }
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(found) = line(record.text) else {
            return Verdict::Unparsed("the line is no time, level, component and thread of the server");
        };
        event.reading = Some(found.time.0);
        event.set(Text::TimeText, found.time.1);
        event.level = level_of(found.level);
        if !found.level.is_empty() {
            event.attr("level", found.level);
        }
        event.set(Text::Process, found.component);
        event.set(Text::Session, found.context);
        event.set(Text::Service, "mongodb");
        let text = found.text.trimmed_end();
        event.set(Text::Message, text);
        text_meaning(text, event);
        Verdict::Event
    }
}

fn text_meaning(text: &str, event: &mut EventBuf) {
    if let Some((_, rest)) =
        split(text, "uthentication failed for ").or_else(|| split(text, "Failed to authenticate "))
    {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
        event.set(
            Text::UserName,
            word(rest).0.pieces(b'@').next().unwrap_or_default(),
        );
        if let Some(client) = scan::after(rest, "from client ") {
            peer(client, event);
        }
        let reason = split(rest, " ; ")
            .or_else(|| split(rest, ": "))
            .map_or("", |(_, r)| r);
        event.set(Text::XReason, reason);
    } else if let Some(rest) = text.strip_prefix("Successfully authenticated as principal ") {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Success;
        event.set(Text::UserName, word(rest).0);
        if let Some(client) = scan::after(rest, "from client ") {
            peer(client, event);
        }
    } else if let Some(rest) = text.strip_prefix("connection accepted from ") {
        event.kind = Kind::NETWORK_CONNECT;
        peer(word(rest).0, event);
    } else if let Some(rest) = text.strip_prefix("end connection ") {
        event.kind = Kind::NETWORK_DISCONNECT;
        peer(word(rest).0, event);
    } else if has(text, "waiting for connections on port") {
        event.kind = Kind::SERVICE_START;
    } else if text.starts_with("dbexit") || text.starts_with("shutting down") {
        event.kind = Kind::SERVICE_STOP;
    } else if let Some(rest) = text.strip_prefix("authenticate db: ") {
        event.kind = Kind::AUTH_LOGON;
        event.set(
            Text::UserName,
            between(rest, "user: \"", "\"").unwrap_or_default(),
        );
    } else if event.level.is_some_and(|l| l <= 3) {
        event.kind = Kind::ERROR_REPORT;
    }
}
