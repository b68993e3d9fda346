//! IBM QRadar Log Event Extended Format: `LEEF:1.0|vendor|product|version|id|` and attributes parted by tabs;
//! `LEEF:2.0|vendor|product|version|id|delimiter|` with a delimiter of its own.

use letopis_event::{EventBuf, Kind, Number, Text};

use super::event_name;
use super::place::{Place, put};
use super::{fields, scan, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// LEEF.
pub(super) const FORMAT: Format = Format {
    name: "leef",
    title: "Log Event Extended Format (LEEF)",
    reference: "IBM Security QRadar Log Event Extended Format (LEEF), versions 1.0 and 2.0",
    category: None,
    kinds: event_name::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"Jan  1 00:12:04 gate1 LEEF:1.0|Shield|Edge|2.1|LoginFailed|devTime=Jan 01 2026 00:12:03\tdevTimeFormat=MMM dd yyyy HH:mm:ss\tsrc=203.0.113.9\tdst=10.1.0.8\tsrcPort=4022\tdstPort=443\tproto=TCP\tusrName=aigul\tsev=7\tcat=Login failed\tpolicy=default rule\n",
        events: &[&[
            ("time", "2026-01-01T00:12:03Z"),
            ("time_basis", "zone-assumed"),
            ("host", "gate1"),
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "aigul"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "4022"),
            ("dst_ip", "10.1.0.8"),
            ("protocol", "TCP"),
            ("level", "3"),
            ("code", "LoginFailed"),
            ("x_rule", "default rule"),
            ("service", "Edge"),
        ]],
    },
    Sample {
        bytes: b"LEEF:2.0|Wall|Filter|7|Packet|^|devTime=1767208323000^src=10.1.2.3^dst=198.51.100.7^action=blocked^url=http://a.example/?x=1\n\
LEEF:2.0|Wall|Filter|7|Packet|x7C|src=10.1.2.4|action=allowed|srcBytes=10|dstBytes=5\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03Z"),
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("target", "http://a.example/?x=1"),
            ],
            &[("src_ip", "10.1.2.4"), ("kind", "firewall.allow"), ("x_bytes", "15")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| head_of(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 88 + share / 10,
        reason: format!("{share} of 100 lines hold LEEF:1.0| or LEEF:2.0| and its head"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let Some(head) = head_of(line) else {
            return Verdict::Unparsed("no LEEF: with the parts of its head stands in the line");
        };
        syslog::read_relay(line.get(..head.at).unwrap_or_default(), event);
        fill(&head, event);
        Verdict::Event
    }
}

/// Reads a message that holds `LEEF:`; the head of its line has been read.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    match head_of(message) {
        Some(head) => {
            event.unset(Text::Message);
            fill(&head, event);
            true
        }
        None => false,
    }
}

/// The head, taken apart.
struct LeefHead<'a> {
    at: usize,
    vendor: &'a str,
    product: &'a str,
    version: &'a str,
    id: &'a str,
    /// What parts the attributes; `None`: not said.
    delimiter: Option<char>,
    attributes: &'a str,
}

fn head_of(line: &str) -> Option<LeefHead<'_>> {
    let at = crate::formats::scan::find(line, "LEEF:")?;
    let mut parts = line.get(at + 5..)?.splitn(6, '|');
    let leef = parts.next()?;
    let (vendor, product, version, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let mut attributes = parts.next()?;
    let mut delimiter = None;
    if leef.trimmed().starts_with('2')
        && let Some((written, rest)) = attributes.cut(b'|')
        && !written.holds(b'=')
    {
        delimiter = character(written);
        attributes = rest;
    }
    let numbered = leef.trimmed().bytes().next().is_some_and(|b| b.is_ascii_digit());
    numbered.then_some(LeefHead {
        at,
        vendor,
        product,
        version,
        id,
        delimiter,
        attributes,
    })
}

/// `^`, `x5E` or `0x5E`.
fn character(written: &str) -> Option<char> {
    let hex = written.strip_prefix("0x").or_else(|| written.strip_prefix('x'));
    match hex.filter(|h| !h.is_empty()) {
        Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
        None => written.chars().next(),
    }
}

fn fill(head: &LeefHead<'_>, event: &mut EventBuf) {
    event.set(Text::Provider, head.vendor);
    event.set(Text::Service, head.product);
    if !head.version.is_empty() {
        event.attr("device_version", head.version);
    }
    event.set(Text::Code, head.id);
    let tab = if scan::has(head.attributes, "\t") {
        '\t'
    } else {
        '^'
    };
    let mut dated = false;
    for pair in head.attributes.split(head.delimiter.unwrap_or(tab)) {
        let Some((key, value)) = pair.cut(b'=') else {
            if !pair.trimmed().is_empty() {
                event.attr("extra", pair);
            }
            continue;
        };
        let (key, value) = (key.trimmed(), value.trimmed_end());
        if key == "devTime" && !dated {
            dated = time(value, event);
            if dated {
                continue;
            }
        }
        if key == "sev" {
            event.level = super::cef::level(value).or(event.level);
        }
        put(place(key), key, value, event);
    }
    finish(head.id, event);
}

fn time(value: &str, event: &mut EventBuf) -> bool {
    let Some(reading) = fields::time(value, false) else {
        return false;
    };
    if let Some(relayed) = event.get(Text::TimeText).map(str::to_owned) {
        event.attr("syslog_time", &relayed);
    }
    event.reading = Some(reading);
    event.set(Text::TimeText, value);
    true
}

fn place(key: &str) -> Place {
    match key {
        "src" | "identSrc" => Place::Source,
        "dst" => Place::Destination,
        "srcPort" => Place::Number(Number::SrcPort),
        "dstPort" => Place::Number(Number::DstPort),
        "totalBytes" => Place::Number(Number::XBytes),
        "proto" => Place::Text(Text::Protocol),
        "usrName" | "accountName" => Place::Text(Text::UserName),
        "resource" | "url" | "fileName" | "filePath" => Place::Text(Text::Target),
        "policy" => Place::Text(Text::XRule),
        "action" => Place::Text(Text::Action),
        "msg" | "message" => Place::Text(Text::Message),
        "reason" => Place::Text(Text::XReason),
        "identHostName" | "devName" => Place::Text(Text::Host),
        "calAction" | "status" | "result" | "outcome" => Place::Text(Text::Status),
        "userAgent" => Place::Text(Text::XUserAgent),
        "method" => Place::Text(Text::XMethod),
        _ => Place::Attr,
    }
}

fn finish(id: &str, event: &mut EventBuf) {
    let bytes = |key: &str| event.find_attr(key).and_then(|v| v.parse::<i64>().ok());
    if let (Some(sent), Some(received)) = (bytes("srcBytes"), bytes("dstBytes")) {
        event.set_number(Number::XBytes, sent.saturating_add(received));
    }
    if let Some(said) = event.get(Text::Status).and_then(fields::outcome) {
        event.outcome = said;
    }
    let verb = event.get(Text::Action).unwrap_or_default().to_owned();
    let category = event.find_attr("cat").unwrap_or_default().to_owned();
    event_name::settle(&category, &verb, event);
    if event.kind == Kind::OTHER {
        event_name::settle(id, &verb, event);
    }
    if event.get(Text::Message).is_none() {
        event.set(Text::Message, if category.is_empty() { id } else { &category });
    }
}
