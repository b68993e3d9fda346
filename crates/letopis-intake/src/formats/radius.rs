//! FreeRADIUS: the server log (`Thu Jan  1 00:12:03 2026 : Auth: (5) Login OK: [aigul] (from client ap1 port 0 cli …)`)
//! and the detail files of requests (a time and a paragraph of attributes).
//!
//! The server log may hold passwords behind the user's name: they stay in the record's own text and fill no column.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::place::{Place, put};
use super::scan::{self, between, split, word};
use super::{fields, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::OTHER,
    Kind::SERVICE_START,
    Kind::SERVICE_STOP,
    Kind::SESSION_CLOSE,
    Kind::SESSION_OPEN,
];

/// The server log.
pub(super) const LOG: Format = Format {
    name: "freeradius",
    title: "FreeRADIUS server log (radius.log)",
    reference: "FreeRADIUS documentation: radiusd.conf, log",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: LOG_SAMPLES,
    detect: detect_log,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_log,
    },
};

/// Detail files.
pub(super) const DETAIL: Format = Format {
    name: "freeradius-detail",
    title: "FreeRADIUS detail file (requests and accounting)",
    reference: "FreeRADIUS documentation: rlm_detail; RFC 2865, RFC 2866",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: DETAIL_SAMPLES,
    detect: detect_detail,
    reader: Reader::Text {
        framing: Framing::Paragraphs,
        open: open_detail,
    },
};

const LOG_SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"Thu Jan  1 00:12:03 2026 : Auth: (5) Login OK: [aigul/<via Auth-Type = eap>] (from client ap1 port 7 cli 00-50-56-00-00-01 via TLS tunnel)\n\
Thu Jan  1 00:12:04 2026 : Auth: (6) Login incorrect (pap: Cleartext password does not match): [serik/secret] (from client vpn1 port 0 cli 203.0.113.9)\n\
Thu Jan  1 00:12:05 2026 : Info: Ready to process requests\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("time_basis", "zone-assumed"),
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "aigul"),
                ("attrs.client", "ap1"),
                ("attrs.calling_station", "00-50-56-00-00-01"),
                ("session", "5"),
            ],
            &[
                ("outcome", "failure"),
                ("user_name", "serik"),
                ("src_ip", "203.0.113.9"),
                ("x_reason", "pap: Cleartext password does not match"),
            ],
            &[("kind", "service.start"), ("level", "6")],
        ],
    },
    Sample {
        bytes: b"Thu Jan  1 00:12:03 2026 : Error: Ignoring request to auth address * port 1812 from unknown client 203.0.113.9 port 4022 proto udp\n",
        events: &[&[("level", "3"), ("src_ip", "203.0.113.9"), ("src_port", "4022")]],
    },
];

const DETAIL_SAMPLES: &[Sample] = &[
    Sample {
    bytes: b"Thu Jan  1 00:12:03 2026\n\tAcct-Session-Id = \"00000007\"\n\tAcct-Status-Type = Start\n\tUser-Name = \"aigul\"\n\tNAS-IP-Address = 10.1.0.2\n\tNAS-Port = 7\n\tFramed-IP-Address = 10.1.2.3\n\tCalling-Station-Id = \"00-50-56-00-00-01\"\n\tTimestamp = 1767208323\n\n\
Thu Jan  1 00:13:03 2026\n\tPacket-Type = Access-Request\n\tUser-Name = \"serik\"\n\tNAS-Identifier = \"vpn1\"\n\tNAS-IP-Address = 10.1.0.3\n\n",
    events: &[
        &[
            ("time", "2025-12-31T19:12:03Z"),
            ("time_basis", "stated"),
            ("kind", "session.open"),
            ("user_name", "aigul"),
            ("session", "00000007"),
            ("src_ip", "10.1.2.3"),
            ("host_ip", "10.1.0.2"),
            ("attrs.NAS-Port", "7"),
        ],
        &[("time", "2026-01-01T00:13:03Z"), ("host", "vpn1"), ("user_name", "serik"), ("action", "Access-Request"), ("kind", "other")],
    ],
},
    Sample {
        bytes: b"Thu Jan  1 00:20:00 2026\n\tPacket-Type = Access-Reject\n\tUser-Name = \"serik\"\n\tReply-Message = \"no such account\"\n\nFri Jan  2 00:20:00 2026\n\tUser-Name = \"aigul\"\n\tAcct-Status-Type = Stop\n\tAcct-Session-Time = 60\n\n",
        events: &[
            &[
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "serik"),
                ("x_reason", "no such account"),
            ],
            &[("kind", "session.close"), ("x_duration_us", "60000000")],
        ],
    },
];

fn detect_log(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| class_of(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 88 + share / 10,
        reason: format!(
            "{share} of 100 lines are a time, ` : ` and Auth, Info, Error or another class of FreeRADIUS"
        ),
    })
}

/// Time, class and text of `Thu Jan  1 00:12:03 2026 : Auth: text`.
fn class_of(line: &str) -> Option<(&str, &str, &str)> {
    let (time, rest) = split(line, " : ")?;
    let (class, text) = split(rest, ": ")?;
    let known = matches!(
        class,
        "Auth" | "Info" | "Error" | "Warning" | "Debug" | "Proxy" | "Acct" | "WARNING" | "ERROR"
    );
    (known && time.len() < 30).then_some((time, class, text))
}

fn detect_detail(head: &Head<'_>) -> Option<Claim> {
    let mut lines = head.lines(40);
    let timed = lines
        .next()
        .is_some_and(|l| timetext::asctime(l).is_some_and(|(_, taken)| taken == l.trimmed_end().len()));
    let (mut all, mut own) = (0, 0);
    for line in lines {
        all += 1;
        own += usize::from(line.starts_with('\t') && line.has(" = ") || timetext::asctime(line).is_some());
    }
    (timed && all > 1 && own * 10 >= all * 9).then(|| Claim {
        confidence: 90,
        reason: "a time alone on its line, then indented Attribute = value lines".to_owned(),
    })
}

fn open_log(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Log)
}

fn open_detail(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Detail)
}

struct Log;

impl RecordReader for Log {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((time, class, text)) = class_of(record.text) else {
            return syslog::read_line(record.text, event);
        };
        event.reading = timetext::asctime(time).map(|(reading, _)| reading);
        event.set(Text::TimeText, time);
        event.set(Text::Provider, class);
        event.level = match class {
            "Error" | "ERROR" => Some(3),
            "Warning" | "WARNING" => Some(4),
            "Debug" => Some(7),
            _ => Some(6),
        };
        event.set(Text::Message, text);
        read_message(text, event);
        Verdict::Event
    }
}

/// Reads one message of radiusd, also as syslog brings it.
pub(super) fn read_message(text: &str, event: &mut EventBuf) -> bool {
    event.set(Text::Service, "radius");
    event.set(Text::Protocol, "radius");
    let mut text = text;
    // `(5) ` numbers the request.
    if let Some((number, rest)) = text.strip_prefix('(').and_then(|t| split(t, ") "))
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        event.set(Text::Session, number);
        text = rest;
    }
    if text.starts_with("Login OK") || text.starts_with("Login incorrect") || text.starts_with("Invalid user")
    {
        event.kind = Kind::AUTH_LOGON;
        event.outcome = if text.starts_with("Login OK") {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        login(text, event);
        return true;
    }
    if text.starts_with("Ready to process requests") {
        event.kind = Kind::SERVICE_START;
    } else if text.starts_with("Exiting normally") || text.starts_with("Signalled to terminate") {
        event.kind = Kind::SERVICE_STOP;
    } else if let Some((_, rest)) = split(text, "from unknown client ") {
        scan::set_source(event, word(rest).0);
        scan::set_port(
            event,
            Number::SrcPort,
            between(rest, "port ", " ").unwrap_or_default(),
        );
        event.outcome = Outcome::Failure;
    } else {
        return false;
    }
    true
}

/// `Login incorrect (reason): [user/password] (from client NAS port 0 cli station)`
fn login(text: &str, event: &mut EventBuf) {
    let Some((head, rest)) = split(text, ": [") else {
        return;
    };
    if let Some(reason) = between(head, "(", ")") {
        event.set(Text::XReason, reason);
    }
    let end = rest
        .place("] (from client")
        .or_else(|| rest.last_place_of(b']'))
        .unwrap_or(rest.len());
    let credentials = rest.get(..end).unwrap_or_default();
    // What stands behind the slash is a password or how it was checked.
    let user = credentials.pieces(b'/').next().unwrap_or(credentials);
    event.set(Text::UserName, user);
    let Some((_, from)) = split(rest, "(from client ") else {
        return;
    };
    let mut words = from.less_end(b')').pieces(b' ');
    event.attr("client", words.next().unwrap_or_default());
    while let Some(word) = words.next() {
        match word {
            "port" => event.attr("nas_port", words.next().unwrap_or_default()),
            "cli" => {
                let station = words.next().unwrap_or_default().less_end(b')');
                event.attr("calling_station", station);
                if scan::is_ip(station) {
                    scan::set_source(event, station);
                }
            }
            _ => {}
        }
    }
}

struct Detail;

impl RecordReader for Detail {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let mut lines = record.text.lines();
        let first = lines.next().unwrap_or_default().trimmed_end();
        let Some((reading, _)) = timetext::asctime(first) else {
            return Verdict::Unparsed("the block does not begin with a time");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, first);
        event.set(Text::Service, "radius");
        for line in lines {
            let Some((name, value)) = line.trimmed().cut_at(" = ") else {
                continue;
            };
            let value = value
                .strip_prefix('"')
                .and_then(|v| v.strip_suffix('"'))
                .unwrap_or(value);
            attribute(name, value, event);
        }
        settle(event);
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

/// What an attribute of RADIUS fills.
pub(super) fn place(name: &str) -> Place {
    match name {
        "User-Name" => Place::Text(Text::UserName),
        "Acct-Session-Id" => Place::Text(Text::Session),
        "NAS-Identifier" => Place::Text(Text::Host),
        "NAS-IP-Address" | "NAS-IPv6-Address" => Place::Text(Text::HostIp),
        "Framed-IP-Address" => Place::Source,
        "Packet-Type" => Place::Text(Text::Action),
        "Acct-Terminate-Cause" | "Reply-Message" | "Module-Failure-Message" => Place::Text(Text::XReason),
        "Acct-Session-Time" => Place::Duration(1_000_000),
        _ => Place::Attr,
    }
}

fn attribute(name: &str, value: &str, event: &mut EventBuf) {
    // The epoch is exact and in UTC; the time above it is on the server's clock.
    if name == "Timestamp"
        && let Some(reading) = fields::time(value, false)
    {
        event.set(Text::TimeText, value);
        event.reading = Some(reading);
        event.attr(name, value);
        return;
    }
    put(place(name), name, value, event);
}

/// Kinds by packet type and accounting status.
fn settle(event: &mut EventBuf) {
    match event.get(Text::Action) {
        Some("Access-Accept") => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success),
        Some("Access-Reject") => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure),
        _ => {}
    }
    match event.find_attr("Acct-Status-Type") {
        Some("Start") => event.kind = Kind::SESSION_OPEN,
        Some("Stop") => event.kind = Kind::SESSION_CLOSE,
        _ => {}
    }
}
