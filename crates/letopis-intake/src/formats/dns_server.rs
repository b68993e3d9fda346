//! BIND's own log files: `01-Jan-2026 00:12:03.123 queries: info: client @0x7f… 10.1.2.3#4022 (name): query: name IN A +`.
//!
//! The channel decides whether time, category and severity are printed; the message is read as in syslog.

use letopis_event::{Category, EventBuf, Kind, Text};

use super::fields;
use super::scan::split;
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// BIND log files.
pub(super) const FORMAT: Format = Format {
    name: "bind",
    title: "BIND name server log (queries, security, general)",
    reference: "BIND 9 Administrator Reference Manual: logging, querylog",
    category: Some(Category::Network),
    kinds: &[Kind::DATA_ACCESS, Kind::DNS_QUERY, Kind::OTHER],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"01-Jan-2026 00:12:03.123 queries: info: client @0x7f3c4c00a1b8 10.1.2.3#40022 (mail.akimat.example): query: mail.akimat.example IN A +E(0)K (10.1.0.53)\n\
01-Jan-2026 00:12:04.000 security: info: client @0x7f3c4c00a1b8 203.0.113.9#53 (secret.example): query (cache) 'secret.example/A/IN' denied\n\
01-Jan-2026 00:12:05.000 general: error: zone akimat.example/IN: loading from master file db.akimat failed: file not found\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.123Z"),
                ("time_basis", "zone-assumed"),
                ("kind", "dns.query"),
                ("src_ip", "10.1.2.3"),
                ("src_port", "40022"),
                ("dst_ip", "10.1.0.53"),
                ("target", "mail.akimat.example"),
                ("level", "6"),
                ("provider", "queries"),
                ("attrs.type", "A"),
            ],
            &[("outcome", "failure"), ("status", "denied"), ("target", "secret.example")],
            &[("level", "3"), ("provider", "general"), ("kind", "other")],
        ],
    },
    Sample {
        bytes: b"01-Jan-2026 00:12:03.123 client 10.1.2.3#40022 (akimat.example): zone transfer 'akimat.example/AXFR/IN' denied\n",
        events: &[&[("kind", "data.access"), ("outcome", "failure"), ("target", "akimat.example")]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, is_own);
    (share >= 50).then(|| Claim {
        confidence: 82 + share / 10,
        reason: format!("{share} of 100 lines are a day-month-year time and a message or category of BIND"),
    })
}

fn is_own(line: &str) -> bool {
    let Some((_, rest)) = stamp(line) else {
        // A channel that prints no time.
        return line.has("/IN'") && begins(line);
    };
    begins(rest)
}

/// `client …`, `security: …` or, where the channel prints the severity alone, `error: client …`.
fn begins(text: &str) -> bool {
    if text.starts_with("client ") || category(text).is_some() {
        return true;
    }
    let severity = split(text, ": ").filter(|(word, _)| fields::level(word).is_some());
    severity.is_some_and(|(_, rest)| rest.starts_with("client "))
}

/// `01-Jan-2026 00:12:03.123 `
fn stamp(line: &str) -> Option<(timetext::Taken, &str)> {
    if line.as_bytes().get(2) != Some(&b'-') || line.as_bytes().get(6) != Some(&b'-') {
        return None;
    }
    let taken = timetext::day_month_name(line);
    let (_, length) = taken?;
    Some((taken, line.get(length..)?.trimmed_start()))
}

/// Categories of BIND.
const CATEGORIES: &[&str] = &[
    "queries",
    "security",
    "general",
    "default",
    "client",
    "config",
    "database",
    "dnssec",
    "dnstap",
    "dispatch",
    "delegation-only",
    "edns-disabled",
    "lame-servers",
    "network",
    "notify",
    "nsid",
    "query-errors",
    "rate-limit",
    "resolver",
    "responses",
    "rpz",
    "rpz-passthru",
    "serve-stale",
    "spill",
    "sslkeylog",
    "trust-anchor-telemetry",
    "unmatched",
    "update",
    "update-security",
    "xfer-in",
    "xfer-out",
    "zoneload",
    "cname",
    "update-policy",
];

fn category(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.cut_at(": ")?;
    CATEGORIES.contains(&word).then_some((word, rest))
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let rest = match stamp(line) {
            Some((Some((reading, length)), rest)) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, line.get(..length).unwrap_or_default());
                rest
            }
            _ if is_own(line) => line,
            // The same server may log through syslog into the same file.
            _ => return syslog::read_line(line, event),
        };
        let mut text = rest;
        if let Some((name, after)) = category(text) {
            event.set(Text::Provider, name);
            text = after;
        }
        if let Some((severity, after)) = split(text, ": ")
            && let Some(level) = fields::level(severity.pieces(b' ').next().unwrap_or(severity))
        {
            event.level = Some(level);
            text = after;
        }
        event.set(Text::Process, "named");
        event.set(Text::Message, text);
        syslog::read_dns(text, event);
        Verdict::Event
    }
}
