//! The general query log: `TIME  ID COMMAND  argument`; older versions leave out a time that is that of the line
//! before.

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text, TimeBasis};

use super::error::refused;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{self, split, word};

/// MySQL and MariaDB general query log.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "mysql-general",
    title: "MySQL and MariaDB general query log",
    reference: "MySQL manual, The General Query Log; MariaDB documentation, General Query Log",
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
        bytes: b"/usr/sbin/mysqld, Version: 8.0.39 (MySQL Community Server). started with:\nTcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\nTime                 Id Command    Argument\n\
2026-01-01T00:12:03.123456Z\t   14 Connect\taigul@192.0.2.7 on registry using TCP/IP\n\
2026-01-01T00:12:03.223456Z\t   14 Query\tselect iin\nfrom citizens\n\
2026-01-01T00:12:04.123456Z\t   15 Connect\tAccess denied for user 'root'@'192.0.2.8' (using password: YES)\n\
2026-01-01T00:12:05.123456Z\t   14 Quit\t\n",
        events: &[
            &[
                ("kind", "network.connect"),
                ("user_name", "aigul"),
                ("src_ip", "192.0.2.7"),
                ("session", "14"),
                ("attrs.database", "registry"),
                ("protocol", "TCP/IP"),
            ],
            &[("kind", "db.select"), ("target", "citizens"), ("x_query", "select iin\nfrom citizens")],
            &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "root"), ("src_ip", "192.0.2.8")],
            &[("kind", "auth.logoff"), ("action", "Quit")],
        ],
    },
    Sample {
        bytes: b"260101  0:12:03\t   14 Connect\troot@localhost on \n\t\t   14 Query\tdrop table old_audit\n260101  0:12:05\t   14 Query\tset global general_log = 0\n",
        events: &[
            &[("user_name", "root"), ("time", "2026-01-01T00:12:03Z")],
            &[("kind", "db.drop"), ("target", "old_audit"), ("time_basis", "carried")],
            &[("kind", "log.policy_change"), ("target", "general_log")],
        ],
    },
];

/// Commands of the client protocol as the server names them (sql/sql_parse.cc, `command_name`).
const COMMANDS: &[&str] = &[
    "Connect",
    "Quit",
    "Query",
    "Prepare",
    "Execute",
    "Init DB",
    "Field List",
    "Change user",
    "Statistics",
    "Ping",
    "Kill",
    "Refresh",
    "Shutdown",
    "Close stmt",
    "Reset stmt",
    "Binlog Dump GTID",
    "Binlog Dump",
    "Delayed insert",
    "Debug",
    "Create DB",
    "Drop DB",
    "Processlist",
    "Sleep",
    "Time",
    "Fetch",
    "Daemon",
    "Register Slave",
    "Register Replica",
    "Set option",
    "Long Data",
    "Reset Connection",
    "Table Dump",
    "Connect Out",
    "Error",
    "Bulk_execute",
    "clone",
];

struct Line<'a> {
    time: Option<(letopis_event::TimeReading, &'a str)>,
    session: &'a str,
    command: &'static str,
    argument: &'a str,
}

fn line(text: &str) -> Option<Line<'_>> {
    let (time, rest) = match super::time(text) {
        Some((reading, taken)) => (Some((reading, text.get(..taken)?)), text.get(taken..)?),
        None => (None, text.strip_prefix("\t\t")?),
    };
    let rest = rest.less_start_of(b" \t");
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let session = rest.get(..digits).filter(|d| !d.is_empty())?;
    let rest = rest.get(digits..)?.strip_prefix([' ', '\t'])?.less_start(b' ');
    let command = COMMANDS.iter().find(|c| rest.starts_with(**c))?;
    let argument = rest.get(command.len()..)?;
    if !argument.is_empty() && !argument.starts_with(['\t', ' ', '\n', '\r']) {
        return None;
    }
    let argument = argument
        .strip_prefix('\t')
        .unwrap_or_else(|| argument.less_start(b' '));
    Some(Line {
        time,
        session,
        command,
        argument,
    })
}

/// Whether a line begins a record of this log.
pub(super) fn is_line(text: &str) -> bool {
    line(text).is_some()
}

fn is_header(text: &str) -> bool {
    text.has(", Version: ") && text.has("started with:")
        || text.starts_with("Tcp port: ")
        || text.starts_with("Time ") && text.has(" Command ")
}

fn is_start(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'\t') => is_line(text),
        Some(b'T' | b'/' | b'm' | b'C') => is_header(text),
        _ => false,
    }
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut own = 0;
    for (at, text) in head.lines(40).enumerate() {
        let known = is_line(text);
        own += usize::from(known);
        if at == 0 && !known && !is_header(text) {
            return None;
        }
    }
    (own > 0).then(|| Claim {
        confidence: 86,
        reason: format!(
            "{own} of the first lines are a time, a connection's number and a command of the client protocol"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Queries)
}

struct Queries;

impl RecordReader for Queries {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if is_header(record.text) && line(record.text).is_none() {
            return Verdict::Structure(StructureKind::Header);
        }
        read(record.text, event)
    }
}

/// Reads one record.
pub(super) fn read(text: &str, event: &mut EventBuf) -> Verdict {
    let Some(found) = line(text) else {
        return Verdict::Unparsed("the line is no time, connection and command of the general query log");
    };
    match found.time {
        Some((reading, text)) => {
            event.reading = Some(reading);
            event.set(Text::TimeText, text);
        }
        None => event.time.basis = TimeBasis::Carried,
    }
    let argument = found.argument.trimmed_end();
    event.set(Text::Session, found.session);
    event.set(Text::Action, found.command);
    event.set(Text::Service, "mysql");
    event.set(Text::Process, "mysqld");
    event.set(
        Text::Message,
        if argument.is_empty() {
            found.command
        } else {
            argument
        },
    );
    match found.command {
        "Query" | "Execute" | "Bulk_execute" => super::statement(argument, event),
        "Prepare" => {
            event.set(Text::XQuery, argument);
            event.kind = Kind::DB_OTHER;
        }
        "Connect" | "Change user" => connect(argument, event),
        "Quit" => event.kind = Kind::AUTH_LOGOFF,
        "Shutdown" => event.kind = Kind::SERVICE_STOP,
        "Create DB" | "Drop DB" => {
            event.kind = if found.command.starts_with('C') {
                Kind::DB_CREATE
            } else {
                Kind::DB_DROP
            };
            event.set(Text::Target, argument);
        }
        _ => event.kind = Kind::DB_OTHER,
    }
    Verdict::Event
}

/// `user@host on database using TCP/IP`: asked for, not yet let in; `Access denied …` says that it was refused.
fn connect(argument: &str, event: &mut EventBuf) {
    if let Some((_, rest)) = split(argument, "Access denied for user '") {
        refused(rest, event);
        return;
    }
    event.kind = Kind::NETWORK_CONNECT;
    event.outcome = Outcome::Unknown;
    let (account, rest) = split(argument, " on ").unwrap_or((argument.trim_end_matches(" on"), ""));
    let (user, host) = account.cut_last(b'@').unwrap_or((account, ""));
    event.set(Text::UserName, user);
    scan::set_source(event, host);
    let (database, rest) = split(rest, " using ").map_or((rest, ""), |(d, p)| (d, p));
    if !database.trimmed().is_empty() && !database.starts_with("using ") {
        event.attr("database", database.trimmed());
    }
    event.set(Text::Protocol, word(rest).0);
}
