//! lighttpd's error log: `2026-01-01 00:12:03: (mod_auth.c.525) text`, by syslog without the time.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text, TimeReading};

use super::scan::{self, has, split, split_last, word};
use super::web_lines::WebLines;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, RecordReader, Sample};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// lighttpd's error log.
pub(super) const FORMAT: Format = Format {
    name: "lighttpd-error",
    title: "lighttpd error log",
    reference: "lighttpd, server.errorlog; src/log.c, mod_auth.c",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::CONFIG_CHANGE,
        Kind::ERROR_REPORT,
        Kind::HTTP_REQUEST,
        Kind::OTHER,
        Kind::SERVICE_START,
        Kind::SERVICE_STOP,
    ],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"2026-01-01 00:12:03: (mod_auth.c.525) password doesn't match for /adm username: aigul, IP: 203.0.113.9\n\
2026-01-01 00:13:00: (server.c.1521) server started (lighttpd/1.4.73)\n",
    events: &[
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "aigul"),
            ("target", "/adm"),
            ("src_ip", "203.0.113.9"),
            ("provider", "mod_auth"),
        ],
        &[("kind", "service.start"), ("time_text", "2026-01-01 00:13:00")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start_of(line).is_some());
    (share >= 50).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines are time: (file.c.line) text"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(WebLines {
        own: read_line,
        expected: "the line has no time: (file.c.line)",
    })
}

/// The time and what follows its colon, where a place in the source does.
fn start_of(line: &str) -> Option<(TimeReading, &str, &str)> {
    let (reading, length) = timetext::iso8601(line)?;
    let rest = line.get(length..)?.strip_prefix(": ")?;
    place(rest)?;
    Some((reading, line.get(..length)?, rest))
}

/// `(mod_auth.c.525) text`: the file without its ending, and the text. Some versions lose the opening bracket.
fn place(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = split(text.strip_prefix('(').unwrap_or(text), ") ")?;
    let (file, line) = split(inside, ".c.")?;
    let numbered = !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit());
    (numbered && !file.holds(b' ')).then_some((file, rest))
}

fn read_line(line: &str, event: &mut EventBuf) -> bool {
    let Some((reading, time_text, rest)) = start_of(line) else {
        return false;
    };
    event.reading = Some(reading);
    event.set(Text::TimeText, time_text);
    event.set(Text::Process, "lighttpd");
    event.set(Text::Message, rest);
    read_message(rest, event)
}

/// Reads what stands behind the time, or came by syslog.
pub(super) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    let Some((file, text)) = place(message) else {
        return false;
    };
    event.set(Text::Service, "lighttpd");
    event.set(Text::Provider, file);
    // The client's words stand before the address, the server's own after them.
    let (what, address) = split_last(text, "IP: ").unwrap_or((text, ""));
    scan::set_source(event, word(address).0);
    let what = what.less_end_of(b" ,");
    if has(what, "auth failed") || has(what, "password doesn't match") || has(what, "get_password failed") {
        credentials(what, event);
    } else if what.starts_with("server started") {
        event.kind = Kind::SERVICE_START;
    } else if what.starts_with("server stopped") || what.starts_with("graceful shutdown") {
        event.kind = Kind::SERVICE_STOP;
    } else if has(what, "failed") || has(what, "error") {
        event.kind = Kind::ERROR_REPORT;
    }
    true
}

/// `password doesn't match for /adm username: aigul`, `digest: auth failed for  aigul : wrong password`
fn credentials(what: &str, event: &mut EventBuf) {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = Outcome::Failure;
    let (what, named) = split_last(what, " username: ").unwrap_or((what, ""));
    event.set(Text::UserName, named);
    if let Some((reason, target)) = split(what, " for /") {
        event.set(Text::XReason, reason);
        event.set_fmt(Text::Target, format_args!("/{target}"));
    } else if let Some((_, rest)) = split(what, "auth failed for ") {
        let (user, reason) = split_last(rest, ": ").unwrap_or((rest, ""));
        event.set(Text::UserName, user.trimmed());
        event.set(Text::XReason, reason);
    } else {
        event.set(
            Text::XReason,
            split_last(what, ": ").map_or(what, |(_, reason)| reason),
        );
    }
}
