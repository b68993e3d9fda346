//! Check Point firewalls through Log Exporter: a syslog head and `[key:"value"; key:"value"; …]` (syslog format), or
//! pairs `key="value" key="value"` (generic format).

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::event_name;
use super::fortinet::protocol;
use super::place::{Place, put, second_host};
use super::{fields, scan, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// Check Point.
pub(super) const FORMAT: Format = Format {
    name: "check-point",
    title: "Check Point logs (Log Exporter, syslog and generic formats)",
    reference: "Check Point sk122323: Log Exporter; Description of Fields in Check Point Logs (sk144192)",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::CONFIG_CHANGE,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::FIREWALL_DEVICE_EVENT,
    Kind::HTTP_REQUEST,
    Kind::IDS_ALERT,
    Kind::MALWARE_DETECT,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
];

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"<134>1 2026-01-01T00:12:04Z mgmt1 CheckPoint 12345 - [action:\"Drop\"; flags:\"400644\"; ifdir:\"inbound\"; ifname:\"eth1\"; logid:\"0\"; loguid:\"{0x1,0x2}\"; origin:\"10.1.0.1\"; originsicname:\"CN=gw1,O=mgmt1\"; sequencenum:\"7\"; time:\"1767208323\"; version:\"5\"; dst:\"10.1.0.8\"; product:\"VPN-1 & FireWall-1\"; proto:\"6\"; rule_name:\"Cleanup \\\"all\\\"\"; s_port:\"40022\"; service:\"22\"; src:\"203.0.113.9\"]\n\
<134>1 2026-01-01T00:12:06Z mgmt1 CheckPoint 12345 - [action:\"Failed Log In\"; origin:\"10.1.0.1\"; time:\"1767208325\"; product:\"Mobile Access\"; src:\"203.0.113.9\"; user:\"serik\"; reason:\"Wrong password\"]\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03Z"),
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("action", "Drop"),
                ("host", "mgmt1"),
                ("host_ip", "10.1.0.1"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "40022"),
                ("dst_ip", "10.1.0.8"),
                ("dst_port", "22"),
                ("protocol", "tcp"),
                ("x_rule", "Cleanup \"all\""),
                ("x_interface", "eth1"),
                ("provider", "VPN-1 & FireWall-1"),
            ],
            &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "serik"), ("x_reason", "Wrong password")],
        ],
    },
    Sample {
        bytes: b"time=1767208323|hostname=gw1|product=Anti-Virus|action=Prevent|ifdir=inbound|loguid={0x1,0x2}|origin=10.1.0.1|src=10.1.2.3|dst=198.51.100.7|protection_name=EICAR|resource=http://a.example/e.com\n",
        events: &[&[
            ("kind", "malware.detect"),
            ("outcome", "failure"),
            ("host", "gw1"),
            ("x_rule", "EICAR"),
            ("target", "http://a.example/e.com"),
        ]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, is_own);
    (share >= 50).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines hold loguid, origin and product as Log Exporter writes them"),
    })
}

fn is_own(line: &str) -> bool {
    let mark = |name: &str| scan::has(line, name);
    let written = mark("[action:\"") || mark("CheckPoint ") || mark("loguid=") || mark("loguid:\"");
    written && (mark("origin:\"") || mark("origin=")) && (mark("product:\"") || mark("product="))
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines(String::new()))
}

struct Lines(String);

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        if !is_own(line) {
            return Verdict::Unparsed("no loguid, origin and product of Check Point's Log Exporter");
        }
        let start = first_pair(line);
        syslog::read_relay(line.get(..start).unwrap_or_default().less_end_of(b"[ -"), event);
        fill(line.get(start..).unwrap_or_default(), &mut self.0, event);
        event.set_if_absent(Text::Message, line);
        Verdict::Event
    }
}

/// Where the first `key:"` or `key=` begins.
fn first_pair(line: &str) -> usize {
    let colon = crate::formats::scan::find(line, ":\"");
    let equals = crate::near::byte(b'=', line.as_bytes());
    let mark = match (colon, equals) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b).unwrap_or(0),
    };
    line.get(..mark)
        .unwrap_or_default()
        .rfind([' ', '[', '>', '|'])
        .map_or(0, |at| at + 1)
}

fn fill(text: &str, scratch: &mut String, event: &mut EventBuf) {
    let relay = event.get(Text::Host).map(str::to_owned);
    let relayed = event.get(Text::TimeText).map(str::to_owned);
    event.unset(Text::Host);
    // A bar is looked for only where one follows: a line may have as many fields as it has bytes.
    let behind_bars = text.last_place_of(b'|').map_or(usize::MAX, |at| text.len() - at);
    let mut rest = text;
    while let Some((name, value, after)) = pair(rest, behind_bars) {
        rest = after;
        let value = unescaped(value, scratch);
        match name {
            "time" => {
                if let Some(reading) = fields::time(value, false) {
                    event.reading = Some(reading);
                    event.set(Text::TimeText, value);
                    continue;
                }
                event.attr(name, value);
            }
            "proto" => event.set(Text::Protocol, protocol(value)),
            _ => put(place(name), name, value, event),
        }
    }
    second_host(relay.as_deref(), event);
    if let Some(relayed) = relayed.filter(|r| event.get(Text::TimeText) != Some(r)) {
        event.attr("syslog_time", &relayed);
    }
    settle(event);
}

/// The next `key:"value"` or `key=value` or `key="value"`: name, value, what follows. A bar stands in texts of at least
/// `behind_bars` bytes.
fn pair(text: &str, behind_bars: usize) -> Option<(&str, &str, &str)> {
    let text = text.less_start_of(b" ;|[]");
    let end = text
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')))?;
    let name = text.get(..end).filter(|n| !n.is_empty())?;
    let rest = text.get(end..)?;
    let rest = rest.strip_prefix([':', '='])?;
    let Some(inside) = rest.strip_prefix('"') else {
        let bar = if rest.len() >= behind_bars {
            rest.place_of(b'|')
        } else {
            None
        };
        let stop = bar.or_else(|| rest.place_of(b' ')).unwrap_or(rest.len());
        return Some((name, rest.get(..stop)?, rest.get(stop..)?));
    };
    let bytes = inside.as_bytes();
    let mut from = 0;
    loop {
        let at = from + crate::near::byte2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some((name, inside.get(..at)?, inside.get(at + 1..)?));
        }
        from = at + 2;
    }
}

/// `\"`, `\\`, `\]` and `\=` undone.
fn unescaped<'a>(value: &'a str, scratch: &'a mut String) -> &'a str {
    if !value.holds(b'\\') {
        return value;
    }
    scratch.clear();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = c == '\\' && matches!(chars.peek(), Some('"' | '\\' | ']' | '=' | '|'));
        scratch.push(if escaped { chars.next().unwrap_or(c) } else { c });
    }
    scratch
}

fn place(name: &str) -> Place {
    match name {
        "src" => Place::Source,
        "dst" => Place::Destination,
        "s_port" => Place::Number(Number::SrcPort),
        "service" | "dst_port" => Place::Number(Number::DstPort),
        "bytes" => Place::Number(Number::XBytes),
        "action" => Place::Text(Text::Action),
        "auth_status" | "status" => Place::Text(Text::Status),
        "product" => Place::Text(Text::Provider),
        "origin" => Place::Text(Text::HostIp),
        "hostname" | "origin_host" => Place::Text(Text::Host),
        "user" | "src_user_name" | "administrator" => Place::Text(Text::UserName),
        "rule_name" | "protection_name" | "malware_rule_name" => Place::Text(Text::XRule),
        "ifname" => Place::Text(Text::XInterface),
        "resource" | "file_name" | "objectname" => Place::Text(Text::Target),
        "file_sha256" | "file_md5" | "file_sha1" => Place::Text(Text::XHash),
        "user_agent" => Place::Text(Text::XUserAgent),
        "reason" | "failure_reason" => Place::Text(Text::XReason),
        "loguid" => Place::Text(Text::XRecordId),
        "msg" | "description" => Place::Text(Text::Message),
        _ => Place::Attr,
    }
}

fn settle(event: &mut EventBuf) {
    event.set(Text::Service, "check-point");
    let product = event.get(Text::Provider).unwrap_or_default();
    let action = event.get(Text::Action).unwrap_or_default().to_owned();
    let said = event_name::verdict(&action);
    event.kind = match product {
        "Anti-Virus" | "New Anti Virus" | "Anti-Bot" | "Threat Emulation" | "Threat Extraction"
        | "Anti Malware" => Kind::MALWARE_DETECT,
        "SmartDefense" | "IPS" => Kind::IDS_ALERT,
        "URL Filtering" => Kind::HTTP_REQUEST,
        "System Monitor" => Kind::FIREWALL_DEVICE_EVENT,
        _ => Kind::OTHER,
    };
    match action.as_str() {
        "Log In" => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success),
        "Failed Log In" => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure),
        "Log Out" => event.kind = Kind::AUTH_LOGOFF,
        "Modify Object" | "Create Object" | "Delete Object" | "Install Policy" | "Publish" => {
            event.kind = Kind::CONFIG_CHANGE;
        }
        _ => {}
    }
    if let Some(said) = said {
        event.outcome = said;
        if event.kind == Kind::OTHER {
            event.kind = if said == Outcome::Failure {
                Kind::FIREWALL_BLOCK
            } else {
                Kind::FIREWALL_ALLOW
            };
        }
        if said == Outcome::Failure {
            event.set_if_absent(Text::Status, "denied");
        }
    } else if event.kind == Kind::OTHER && event.get(Text::DstIp).is_some() {
        event.kind = Kind::NETWORK_FLOW;
    }
}
