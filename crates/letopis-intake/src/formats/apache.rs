//! Apache's error log, before and since version 2.4:
//! `[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 7:tid 9] [client 10.0.0.5:4022] AH00123: text`.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::scan::{self, between, has, split, split_last, word};
use super::web_lines::{self, WebLines};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, RecordReader, Sample};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Apache error log.
pub(crate) const FORMAT: Format = Format {
    name: "apache-error",
    title: "Apache HTTP Server error log",
    reference: "Apache HTTP Server 2.4, core, ErrorLogFormat; Log Files",
    category: Some(Category::Application),
    kinds: &[
        Kind::AUTH_LOGON,
        Kind::CONFIG_CHANGE,
        Kind::ERROR_REPORT,
        Kind::IDS_ALERT,
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
    bytes: b"[Thu Jan 01 00:12:03.250000 2026] [auth_basic:error] [pid 77:tid 1401] [client 203.0.113.9:4022] AH01617: user admin: authentication failure for \"/adm\": Password Mismatch\n\
[Thu Jan 01 00:12:04 2026] [error] [client 2001:db8::7] client denied by server configuration: /srv/www/private\n",
    events: &[
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "admin"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "4022"),
            ("code", "AH01617"),
            ("level", "3"),
            ("attrs.level", "error"),
            ("pid", "77"),
            ("target", "/adm"),
        ],
        &[("kind", "resource.action"), ("status", "denied"), ("src_ip", "2001:db8::7"), ("target", "/srv/www/private")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| {
        line.strip_prefix('[').is_some_and(|rest| {
            timetext::asctime(rest)
                .is_some_and(|(_, length)| rest.get(length..).is_some_and(|r| r.starts_with("] [")))
        })
    });
    (share >= 50).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines begin with [weekday month day time year] and [level]"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(WebLines {
        own: read_line,
        expected: "the line has neither [weekday month day time year] nor [level]",
    })
}

/// Reads one line; `false` where it is none of Apache's.
pub(crate) fn read_line(line: &str, event: &mut EventBuf) -> bool {
    let mut rest = line;
    let mut timed = false;
    if let Some(inner) = line.strip_prefix('[')
        && let Some((reading, length)) = timetext::asctime(inner)
        && let Some(after) = inner.get(length..).and_then(|r| r.strip_prefix(']'))
    {
        event.reading = Some(reading);
        event.set(Text::TimeText, inner.get(..length).unwrap_or_default());
        rest = after.trimmed_start();
        timed = true;
    }
    let Some(after) = level(rest, event) else {
        if timed {
            event.set(Text::Message, rest);
            event.set(Text::Service, "apache");
        }
        return timed;
    };
    rest = after;
    event.set(Text::Service, "apache");
    event.set(Text::Process, "httpd");
    rest = process(rest, event);
    rest = client(rest, event);
    // `(70014)End of file found: [client …] AH02006: …`
    if event.get(Text::SrcIp).is_none()
        && rest.starts_with('(')
        && let Some((cause, after)) = split(rest, ": [client ")
    {
        event.set(Text::XReason, cause);
        rest = client(after_mark(rest, after), event);
    }
    let text = rest;
    event.set(Text::Message, text);
    let text = match text.cut_at(": ") {
        Some((code, after)) if is_code(code) => {
            event.set(Text::Code, code);
            after
        }
        _ => text,
    };
    let text = match split_last(text, ", referer: ") {
        Some((before, referrer)) => {
            event.set(Text::XReferrer, referrer);
            before
        }
        None => text,
    };
    meaning(text, event);
    true
}

/// The text from `[client ` on, when `after` is what follows that mark.
fn after_mark<'a>(whole: &'a str, after: &str) -> &'a str {
    whole
        .get(whole.len() - after.len() - "[client ".len()..)
        .unwrap_or_default()
}

fn is_code(text: &str) -> bool {
    text.len() == 7 && text.starts_with("AH") && text.bytes().skip(2).all(|b| b.is_ascii_digit())
}

/// `[level]` or `[module:level]`: what follows, or `None` where there is none.
fn level<'a>(text: &'a str, event: &mut EventBuf) -> Option<&'a str> {
    let (inside, rest) = split(text.strip_prefix('[')?, "]")?;
    let (module, name) = inside.cut_last(b':').unwrap_or(("", inside));
    event.level = Some(web_lines::level(name)?);
    // The scale has one step for `trace1` to `trace8`.
    event.attr("level", name);
    event.set(Text::Provider, module);
    Some(rest.trimmed_start())
}

/// `[pid 7:tid 9]`
fn process<'a>(text: &'a str, event: &mut EventBuf) -> &'a str {
    let Some((inside, rest)) = text.strip_prefix("[pid ").and_then(|t| split(t, "]")) else {
        return text;
    };
    let (pid, thread) = split(inside, ":tid ").unwrap_or((inside, ""));
    event.set_number_text(Number::Pid, pid);
    if !thread.is_empty() {
        event.attr("tid", thread);
    }
    rest.trimmed_start()
}

/// `[client 10.0.0.5:4022]`, `[client [2001:db8::1]:4022]`, `[client 2001:db8::1]`, `[remote …]`
fn client<'a>(text: &'a str, event: &mut EventBuf) -> &'a str {
    let Some(rest) = text
        .strip_prefix("[client ")
        .or_else(|| text.strip_prefix("[remote "))
    else {
        return text;
    };
    let Some((inside, rest)) = split(rest, "] ").or_else(|| rest.strip_suffix(']').map(|i| (i, ""))) else {
        return text;
    };
    if scan::is_ip(inside) {
        event.set(Text::SrcIp, inside);
    } else if let Some((address, port)) = scan::address_port(inside, b':') {
        scan::set_source(event, address);
        scan::set_port(event, Number::SrcPort, port);
    } else {
        scan::set_source(event, inside);
    }
    rest
}

/// What happened.
fn meaning(text: &str, event: &mut EventBuf) {
    if credentials(text, event) {
        return;
    }
    if let Some((_, path)) = split(text, "client denied by server configuration: ") {
        event.kind = Kind::RESOURCE_ACTION;
        event.outcome = Outcome::Failure;
        event.set(Text::Status, "denied");
        event.set(Text::Target, path);
        return;
    }
    if has(text, "ModSecurity: ") {
        event.kind = Kind::IDS_ALERT;
        event.set(Text::XRule, between(text, "[id \"", "\"]").unwrap_or_default());
        event.set(Text::Target, between(text, "[uri \"", "\"]").unwrap_or_default());
        event.set(Text::XReason, between(text, "[msg \"", "\"]").unwrap_or_default());
        event.attr(
            "unique_id",
            between(text, "[unique_id \"", "\"]").unwrap_or_default(),
        );
        if has(text, "Access denied with code") {
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        return;
    }
    unanswered(text, event);
    event.kind = if has(text, "resuming normal operations") {
        Kind::SERVICE_START
    } else if has(text, "shutting down") || text.starts_with("caught SIGTERM") {
        Kind::SERVICE_STOP
    } else if has(text, "Graceful restart requested") {
        Kind::CONFIG_CHANGE
    } else if event.level.is_some_and(|l| l <= 3) {
        Kind::ERROR_REPORT
    } else {
        Kind::OTHER
    };
}

/// Requests that got no answer but an error, where the text says so.
fn unanswered(text: &str, event: &mut EventBuf) {
    for mark in [
        "File does not exist: ",
        "script not found or unable to stat: ",
        "Invalid URI in request ",
        "Invalid method in request ",
        "invalid URI path (",
        "request failed: ",
    ] {
        if let Some(rest) = text.strip_prefix(mark) {
            event.outcome = Outcome::Failure;
            if mark == "request failed: " {
                event.set(Text::XReason, rest);
                return;
            }
            event.set(
                Text::Target,
                rest.strip_suffix(')')
                    .filter(|_| mark.ends_with('('))
                    .unwrap_or(rest),
            );
            event.set(Text::XReason, mark.less_end_of(b": ("));
            return;
        }
    }
    // `script '/srv/a.php' not found or unable to stat`, and what CGI and FastCGI servers report of it
    if let Some(rest) = text.strip_prefix("script '")
        && let Some((script, reason)) = split_last(rest, "' ")
    {
        event.set(Text::Target, script);
        event.set(Text::XReason, reason);
        event.outcome = Outcome::Failure;
        return;
    }
    let missing = text.ends_with("script not found or unable to stat") || has(text, "Primary script unknown");
    // The server name of the TLS handshake against that of the request: answered with 400, 403 or 421.
    let misdirected = matches!(event.get(Text::Code), Some("AH02031" | "AH02032" | "AH02033"));
    if missing || misdirected || has(text, "SSL handshake failed") || has(text, "SSL Library Error") {
        event.outcome = Outcome::Failure;
    }
}

/// Refused names and passwords (mod_auth_basic, mod_auth_digest, mod_authz_*).
fn credentials(text: &str, event: &mut EventBuf) -> bool {
    let text = text.strip_prefix("Digest: ").unwrap_or(text);
    if let Some(rest) = text.strip_prefix("user ") {
        let reasons = [
            (": authentication failure for ", "authentication failure"),
            (": authorization failure for ", "authorization failure"),
            (": password mismatch: ", "password mismatch"),
            (" not found: ", "user not found"),
            (" not found", "user not found"),
            (" denied by ", "denied"),
        ];
        for (mark, reason) in reasons {
            let Some((user, tail)) = split_last(rest, mark) else {
                continue;
            };
            refused(reason, event);
            // mod_auth_digest adds the realm: `` user `x' in realm `y' not found: /path``
            let user = split(user, "' in realm `").map_or(user, |(u, _)| u);
            event.set(Text::UserName, user.less_start(b'`').less_end(b'\''));
            let target = tail.less_start(b'"');
            event.set(Text::Target, split(target, "\"").map_or(target, |(t, _)| t));
            if reason == "authorization failure" {
                event.kind = Kind::RESOURCE_ACTION;
                event.set(Text::Status, "denied");
            }
            return true;
        }
        return false;
    }
    if let Some(rest) = text.strip_prefix("Authorization of user ") {
        refused("authorization failure", event);
        event.kind = Kind::RESOURCE_ACTION;
        event.set(Text::Status, "denied");
        if let Some((user, tail)) = split(rest, " to access ") {
            event.set(Text::UserName, user);
            event.set(Text::Target, word(tail).0);
        }
        event.set(Text::XReason, split(rest, "reason: ").map_or("", |(_, r)| r));
        return true;
    }
    let others = [
        "client used wrong authentication scheme",
        "invalid nonce ",
        "realm mismatch",
        "unknown algorithm ",
        "invalid qop ",
    ];
    // A nonce whose hash does not fit is mostly one from before a restart: nobody was refused for who he is.
    if others.iter().any(|o| text.starts_with(o)) && !has(text, "hash is not") {
        refused(text.split([':', '`']).next().unwrap_or(text).trimmed(), event);
        return true;
    }
    false
}

fn refused(reason: &str, event: &mut EventBuf) {
    event.kind = Kind::AUTH_LOGON;
    event.outcome = Outcome::Failure;
    event.set(Text::XReason, reason);
}
