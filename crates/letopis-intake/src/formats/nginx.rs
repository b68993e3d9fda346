//! nginx's error log: `2026/01/01 00:12:03 [error] 31#31: *46 text, client: …, server: …, request: "…"`.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, has, split, split_last, word};
use super::web_access;
use super::web_lines::{self, WebLines};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, RecordReader, Sample};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// nginx error log.
pub(crate) const FORMAT: Format = Format {
    name: "nginx-error",
    title: "nginx error log",
    reference: "nginx core module, error_log; src/core/ngx_log.c",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::ERROR_REPORT,
        Kind::OTHER,
        Kind::RESOURCE_ACTION,
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
    bytes: b"2026/01/01 00:12:03 [error] 77#77: *5 user \"admin\": password mismatch, client: 203.0.113.9, server: portal.example, request: \"GET /adm HTTP/1.1\", host: \"portal.example\"\n\
2026/01/01 00:12:04 [notice] 1#1: signal process started\n",
    events: &[
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "admin"),
            ("src_ip", "203.0.113.9"),
            ("level", "3"),
            ("pid", "77"),
            ("x_method", "GET"),
            ("target", "/adm"),
        ],
        &[("level", "5"), ("message", "signal process started")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start_of(line).is_some_and(|s| s.reading.is_some()));
    (share >= 50).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines are year/month/day time, [level], process#thread:"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(WebLines {
        own: read_line,
        expected: "the line has no year/month/day time, [level] and process#thread:",
    })
}

struct Start<'a> {
    reading: Option<letopis_event::TimeReading>,
    time_text: &'a str,
    level: &'a str,
    pid: &'a str,
    text: &'a str,
}

/// The head; the time may be missing where syslog carried the line.
fn start_of(line: &str) -> Option<Start<'_>> {
    let (reading, time_text, rest) = match timetext::year_first(line) {
        Some((reading, length)) => (
            Some(reading),
            line.get(..length)?,
            line.get(length..)?.less_start(b' '),
        ),
        None => (None, "", line),
    };
    let (level, rest) = split(rest.strip_prefix('[')?, "] ")?;
    if !level.bytes().all(|b| b.is_ascii_lowercase()) || level.len() > 8 {
        return None;
    }
    let (process, text) = split(rest, ": ")?;
    let (pid, thread) = process.cut(b'#')?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (digits(pid) && digits(thread)).then_some(Start {
        reading,
        time_text,
        level,
        pid,
        text,
    })
}

/// Reads one line; `false` where it is none of nginx's.
pub(crate) fn read_line(line: &str, event: &mut EventBuf) -> bool {
    let Some(start) = start_of(line) else { return false };
    if start.reading.is_some() {
        event.reading = start.reading;
        event.set(Text::TimeText, start.time_text);
    }
    event.level = web_lines::level(start.level);
    event.set_number_text(Number::Pid, start.pid);
    event.set(Text::Service, "nginx");
    event.set(Text::Process, "nginx");
    let mut text = start.text;
    if let Some(rest) = text.strip_prefix('*')
        && let Some((connection, rest)) = rest.cut(b' ')
    {
        event.set(Text::Session, connection);
        text = rest;
    }
    event.set(Text::Message, text);
    let (what, context) = context_of(text);
    fill_context(context, event);
    meaning(what, event);
    true
}

/// The text and, behind the first `, client: ` that nginx itself can have written, the context.
///
/// User name, request and referrer are the client's words. A context is taken where everything behind it reads
/// as nginx writes it, to the end of the line: one faked inside a user name breaks off in the middle.
fn context_of(text: &str) -> (&str, &str) {
    let mut from = 0;
    let mut last = None;
    while let Some((head, tail)) = text.get(from..).and_then(|t| split(t, ", client: ")) {
        let at = from + head.len();
        last = Some((at, tail));
        if is_context(tail) {
            break;
        }
        from = at + 10;
    }
    match last {
        Some((at, tail)) => (text.get(..at).unwrap_or(text), tail),
        None => (text, ""),
    }
}

/// `ADDRESS[, server: NAME[, request: "…"[, … "…"]]]` to the end.
fn is_context(tail: &str) -> bool {
    let (address, rest) = split(tail, ", server: ").unwrap_or((tail, ""));
    if !scan::is_ip(address) && !address.starts_with("unix:") {
        return false;
    }
    let Some((_, mut rest)) = split(rest, ", ") else {
        return true;
    };
    loop {
        let Some((name, value)) = split(rest, ": \"") else {
            return false;
        };
        if !matches!(name, "request" | "upstream" | "host" | "referrer" | "subrequest") {
            return false;
        }
        if name == "referrer" {
            return value.ends_with('"');
        }
        match split(value, "\", ") {
            Some((_, more)) => rest = more,
            None => return value.place_of(b'"') == Some(value.len().saturating_sub(1)),
        }
    }
}

fn fill_context(context: &str, event: &mut EventBuf) {
    if context.is_empty() {
        return;
    }
    let (address, rest) = split(context, ", server: ").unwrap_or((context, ""));
    scan::set_source(event, address);
    let (server, rest) = split(rest, ", ").unwrap_or((rest, ""));
    if !server.is_empty() {
        event.attr("server", server);
    }
    let value = |name: &str| {
        let (_, tail) = split(rest, name)?;
        Some(split(tail, "\", ").map_or_else(|| tail.less_end(b'"'), |(v, _)| v))
    };
    if let Some(request) = value("request: \"") {
        web_access::set_request(request, event);
    }
    if let Some(upstream) = value("upstream: \"") {
        event.attr("upstream", upstream);
    }
    if let Some(host) = value("host: \"") {
        event.attr("vhost", host);
    }
    if let Some((_, referrer)) = split(rest, "referrer: \"") {
        event.set(Text::XReferrer, referrer.less_end(b'"'));
    }
}

/// What happened.
fn meaning(what: &str, event: &mut EventBuf) {
    let refused = [
        ("user \"", "\": password mismatch"),
        ("user \"", "\" was not found in "),
        ("PAM: user '", "' - not authenticated"),
    ];
    for (open, close) in refused {
        if let Some(rest) = what.strip_prefix(open)
            && let Some((user, reason)) = split_last(rest, close)
        {
            event.kind = Kind::AUTH_LOGON;
            event.outcome = Outcome::Failure;
            event.set(Text::UserName, user);
            let reason = if close.starts_with("\": ") {
                "password mismatch"
            } else if close.starts_with("\" was") {
                "user was not found"
            } else {
                reason.less_start_of(b": ")
            };
            event.set(Text::XReason, reason);
            return;
        }
    }
    if what.starts_with("access forbidden by rule")
        || has(what, "(13: Permission denied)")
        || what.starts_with("directory index of ")
    {
        event.kind = Kind::RESOURCE_ACTION;
        event.outcome = Outcome::Failure;
        event.set(Text::Status, "denied");
    } else if what.starts_with("limiting requests") || what.starts_with("limiting connections") {
        event.kind = Kind::RESOURCE_ACTION;
        event.outcome = Outcome::Failure;
    } else if what.starts_with("start worker processes") || what.starts_with("nginx/") {
        event.kind = Kind::SERVICE_START;
    } else if what == "exit" || has(what, "shutting down") || what.starts_with("exiting") {
        event.kind = Kind::SERVICE_STOP;
    } else if event.level.is_some_and(|l| l <= 3) {
        event.kind = Kind::ERROR_REPORT;
    }
    if has(what, " is not found (") || has(what, "client sent invalid ") {
        event.outcome = Outcome::Failure;
    }
    if let Some((_, reason)) = split(what, " failed (") {
        event.set(Text::XReason, split(reason, ")").map_or(reason, |(r, _)| r));
        event.set(Text::Action, word(what).0.trim_end_matches("()"));
        // What failed towards a server behind says nothing of the client's own part.
        if !has(what, " upstream") {
            event.outcome = Outcome::Failure;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faked_context_is_not_believed() {
        let read = |line: &str| {
            let mut event = EventBuf::default();
            assert!(read_line(line, &mut event));
            (
                event.get(Text::SrcIp).map(str::to_owned),
                event.get(Text::UserName).map(str::to_owned),
            )
        };
        let in_name = "2026/01/01 00:00:00 [error] 1#0: *3 user \"x\": password mismatch, client: 10.9.9.9, server: t, request: \"GET / HTTP/1.1\", host: \"h\"\": was not found in \"/p\", client: 192.0.2.2, server: , request: \"GET / HTTP/1.1\", host: \"h:1\"";
        assert_eq!(read(in_name).0.as_deref(), Some("192.0.2.2"));
        let in_referrer = "2026/01/01 00:00:00 [error] 1#0: *3 user \"bob\" was not found in \"/p\", client: 192.0.2.2, server: s, request: \"GET / HTTP/1.1\", host: \"h\", referrer: \"x, client: 10.9.9.9, server: s, request: \"GET / HTTP/1.1\"\"";
        assert_eq!(
            read(in_referrer),
            (Some("192.0.2.2".to_owned()), Some("bob".to_owned()))
        );
    }
}
