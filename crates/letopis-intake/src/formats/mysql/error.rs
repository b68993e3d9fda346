//! The error log: `TIME [THREAD] [LEVEL] [CODE] [SUBSYSTEM] text`; who was refused stands here too.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text, TimeBasis};

use super::general;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, between, has, split, split_last, word};
use crate::formats::syslog;

/// MySQL and MariaDB error log.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "mysql-error",
    title: "MySQL and MariaDB error log",
    reference: "MySQL manual, The Error Log, Error Log Format; MariaDB documentation, Error Log",
    category: Some(Category::Dbms),
    kinds: super::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"2026-01-01T00:12:03.123456Z 8 [Note] [MY-010926] [Server] Access denied for user 'root'@'192.0.2.7' (using password: NO)\n\
2026-01-01T00:12:04.000001Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.39'\n\
2026-01-01T00:12:05.000001Z 0 [ERROR] [MY-012592] [InnoDB] Operating system error number 28\n",
        events: &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "root"),
                ("src_ip", "192.0.2.7"),
                ("code", "MY-010926"),
                ("session", "8"),
                ("time", "2026-01-01T00:12:03.123456Z"),
                ("level", "5"),
            ],
            &[("kind", "service.start"), ("outcome", "success"), ("level", "6")],
            &[("kind", "error.report"), ("level", "3"), ("attrs.subsystem", "InnoDB")],
        ],
    },
    Sample {
        bytes: b"260101  0:12:03 [Warning] Access denied for user 'app'@'web1.example' (using password: YES)\n\
260101  0:12:09 [Note] InnoDB: page cleaner took 4000ms\n  settings might not be optimal\n\
2026-01-01  8:25:38 139845235329792 [Warning] Aborted connection 77 to db: 'registry' user: 'app' host: '192.0.2.9' (Got timeout reading communication packets)\n",
        events: &[
            &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "app"), ("attrs.src_host", "web1.example"), ("time", "2026-01-01T00:12:03Z")],
            &[("message", "InnoDB: page cleaner took 4000ms\n  settings might not be optimal")],
            &[("kind", "network.disconnect"), ("outcome", "failure"), ("user_name", "app"), ("src_ip", "192.0.2.9"), ("target", "registry"), ("time", "2026-01-01T08:25:38Z")],
        ],
    },
];

/// The pieces of a line.
struct Line<'a> {
    time: (letopis_event::TimeReading, &'a str),
    thread: &'a str,
    level: &'a str,
    text: &'a str,
}

fn line(text: &str) -> Option<Line<'_>> {
    let (reading, taken) = super::time(text)?;
    let rest = text.get(taken..)?.less_start(b' ');
    let (number, after) = word(rest);
    let (thread, rest) = if number
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'x' || b.is_ascii_hexdigit())
    {
        (number, after)
    } else {
        ("", rest)
    };
    let (level, rest) = match rest.strip_prefix('[') {
        Some(inner) => {
            let (level, rest) = split(inner, "]")?;
            level_of(level)?;
            (level, rest)
        }
        None if rest.starts_with("mysqld_safe ")
            || rest.starts_with("mysqld: ")
            || rest.starts_with("InnoDB: ") =>
        {
            ("", rest)
        }
        None => return None,
    };
    Some(Line {
        time: (reading, text.get(..taken)?),
        thread,
        level,
        text: rest.less_start(b' '),
    })
}

fn level_of(name: &str) -> Option<i8> {
    Some(match name {
        "ERROR" => 3,
        "Warning" | "WARNING" => 4,
        "Note" => 5,
        "System" | "Info" => 6,
        _ => return None,
    })
}

fn is_start(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'0'..=b'9') => super::time(text).is_some(),
        Some(b'A'..=b'Z') => syslog_line(text),
        _ => false,
    }
}

/// A line that a syslog daemon wrote.
fn syslog_line(text: &str) -> bool {
    crate::timetext::bsd_syslog(text).is_some() && (has(text, " mysqld") || has(text, " mariadbd"))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let own = head.share(60, |l| line(l).is_some());
    let mut all = 0;
    let mut known = 0;
    for text in head.lines(60).filter(|l| is_start(l)) {
        all += 1;
        known += usize::from(line(text).is_some() || syslog_line(text) || general::is_line(text));
    }
    (own >= 30 && known * 10 >= all * 8).then(|| Claim {
        confidence: 84,
        reason: format!("{own} of 100 lines are a time, a thread and [Note], [Warning], [System] or [ERROR] as the server writes them"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Errors)
}

struct Errors;

impl RecordReader for Errors {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(found) = line(record.text) else {
            return other(record.text, event);
        };
        event.reading = Some(found.time.0);
        event.set(Text::TimeText, found.time.1);
        event.level = level_of(found.level);
        if !found.level.is_empty() {
            event.attr("level", found.level);
        }
        event.set(Text::Session, found.thread);
        event.set(Text::Service, "mysql");
        event.set(Text::Process, "mysqld");
        let mut text = found.text;
        // Since 8.0: [MY-010926] [Server]
        if let Some((code, rest)) = text.strip_prefix("[MY-").and_then(|t| split(t, "] ")) {
            event.set_fmt(Text::Code, format_args!("MY-{code}"));
            text = rest;
            if let Some((subsystem, rest)) = text.strip_prefix('[').and_then(|t| split(t, "] ")) {
                event.attr("subsystem", subsystem);
                text = rest;
            }
        }
        event.set(Text::Message, text.trimmed_end());
        meaning(text, event);
        Verdict::Event
    }
}

/// Lines of a syslog daemon or of the general log between the others, and what the server prints without a time.
fn other(text: &str, event: &mut EventBuf) -> Verdict {
    if general::is_line(text) {
        return general::read(text, event);
    }
    if is_start(text) {
        let verdict = syslog::read_line(text, event);
        if verdict != Verdict::Event {
            return verdict;
        }
        let inner = event.get(Text::Message).unwrap_or_default().to_owned();
        meaning(&inner, event);
        return Verdict::Event;
    }
    event.time.basis = TimeBasis::Carried;
    event.set(Text::Message, text);
    Verdict::Event
}

fn meaning(text: &str, event: &mut EventBuf) {
    if let Some((_, rest)) = split(text, "Access denied for user '") {
        refused(rest, event);
    } else if let Some(rest) = text.strip_prefix("Aborted connection ") {
        event.kind = Kind::NETWORK_DISCONNECT;
        event.outcome = Outcome::Failure;
        event.set(Text::Session, word(rest).0);
        event.set(
            Text::Target,
            between(rest, " db: '", "'")
                .filter(|d| *d != "unconnected")
                .unwrap_or_default(),
        );
        event.set(
            Text::UserName,
            between(rest, " user: '", "'")
                .filter(|u| *u != "unauthenticated")
                .unwrap_or_default(),
        );
        scan::set_source(event, between(rest, " host: '", "'").unwrap_or_default());
        event.set(
            Text::XReason,
            split_last(rest, "(").map_or("", |(_, r)| r.less_end(b')')),
        );
    } else if let Some(host) = between(text, "Host '", "' is not allowed to connect")
        .or_else(|| between(text, "Host '", "' is blocked"))
    {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = Outcome::Failure;
        event.set(Text::Status, "denied");
        scan::set_source(event, host);
    } else if has(text, "ready for connections") {
        event.kind = Kind::SERVICE_START;
        event.outcome = Outcome::Success;
    } else if has(text, "hutdown complete") || text.starts_with("mysqld_safe mysqld from pid file") {
        event.kind = Kind::SERVICE_STOP;
        event.outcome = Outcome::Success;
    } else if has(text, "ormal shutdown") || has(text, "Received SHUTDOWN from user") {
        event.kind = Kind::SERVICE_STOP;
        event.set(Text::UserName, after_user(text));
    } else if has(text, "starting as process")
        || has(text, "Starting mysqld daemon")
        || has(text, "Starting mariadbd daemon")
    {
        event.kind = Kind::SERVICE_START;
    } else if has(text, "No space left on device")
        || has(text, "Out of memory")
        || has(text, "Too many connections")
    {
        event.kind = Kind::RESOURCE_EXHAUSTED;
    } else if event.level == Some(3) {
        event.kind = Kind::ERROR_REPORT;
    }
}

/// `Received SHUTDOWN from user NAME.`
fn after_user(text: &str) -> &str {
    scan::after(text, "from user ").map_or("", |u| u.less_end(b'.'))
}

/// `USER'@'HOST' (using password: YES)`: the name is the client's word, so the host is behind the last mark.
pub(super) fn refused(rest: &str, event: &mut EventBuf) {
    let (user, host) = split_last(rest, "'@'").unwrap_or((rest, ""));
    event.kind = Kind::AUTH_LOGON;
    event.outcome = Outcome::Failure;
    event.set(Text::UserName, user);
    scan::set_source(event, split(host, "'").map_or(host, |(h, _)| h));
    if let Some(used) = between(host, "(using password: ", ")") {
        event.attr("using_password", used);
    }
    event.set(Text::XReason, "access denied");
}
