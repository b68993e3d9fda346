//! Microsoft Network Policy Server (and IAS before it): database-compatible comma separated lines, and one XML `<Event>`
//! a line (DTS compliant).

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text};

use super::place::{Place, put};
use super::quoted::{cut, unquoted};
use super::scan::split;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

const KINDS: &[Kind] = &[
    Kind::AUTH_LOGON,
    Kind::OTHER,
    Kind::SESSION_CLOSE,
    Kind::SESSION_OPEN,
];

/// Comma separated.
pub(super) const CSV: Format = Format {
    name: "nps",
    title: "Network Policy Server / IAS log (database compatible)",
    reference: "Microsoft: Interpret NPS Database Format Log Files",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: CSV_SAMPLES,
    detect: detect_csv,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_csv,
    },
};

/// XML, one event a line.
pub(super) const XML: Format = Format {
    name: "nps-xml",
    title: "Network Policy Server log (DTS compliant XML)",
    reference: "Microsoft: NPS accounting, DTS compliant log file format",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: XML_SAMPLES,
    detect: detect_xml,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_xml,
    },
};

const CSV_SAMPLES: &[Sample] = &[
    Sample {
    bytes: b"\"NPS1\",\"IAS\",01/31/2026,00:12:03,1,\"aigul@akimat.example\",\"AKIMAT\\aigul\",\"10.1.0.2\",\"00-50-56-00-00-01\",,,\"ap1\",\"10.1.0.2\",7,,\"10.1.0.2\",\"ap1\",,,19,,,2,11,\"Wireless\",0,\"311 1 x\"\n\
\"NPS1\",\"IAS\",01/31/2026,00:12:04,3,,\"AKIMAT\\serik\",,,,,,,,,\"10.1.0.2\",\"ap1\",,,,,,,11,\"Wireless\",16,\"311 1 y\"\n\
\"NPS1\",\"RAS\",01/31/2026,00:12:05,2,,\"AKIMAT\\aigul\",,,,,,,,,,,,,,,1,2,11,\"VPN, all\",0,\"311 1 x\",,,,\"Microsoft: Secured password (EAP-MSCHAP v2)\"\n",
    events: &[
        &[
            ("time", "2026-01-31T00:12:03Z"),
            ("time_text", "01/31/2026 00:12:03"),
            ("host", "NPS1"),
            ("service", "IAS"),
            ("user_name", "AKIMAT\\aigul"),
            ("attrs.User-Name", "aigul@akimat.example"),
            ("src_ip", "10.1.0.2"),
            ("action", "Access-Request"),
            ("x_rule", "Wireless"),
            ("kind", "other"),
            ("session", "311 1 x"),
            ("attrs.Calling-Station-ID", "00-50-56-00-00-01"),
        ],
        &[("kind", "auth.logon"), ("outcome", "failure"), ("x_reason", "16"), ("user_name", "AKIMAT\\serik")],
        &[("kind", "auth.logon"), ("outcome", "success"), ("x_rule", "VPN, all"), ("action", "Access-Accept")],
    ],
},
    Sample {
        bytes: b"\"NPS1\",\"IAS\",01/31/2026,00:15:00,4,\"aigul\",,,,,\"10.1.2.3\",,\"10.1.0.2\",7,,\"10.1.0.2\",\"ap1\",,,,,,,,,,\"311 1 x\",,,,,2,0,100,2000,\"00000007\",1,180\n",
        events: &[&[
            ("kind", "session.close"),
            ("action", "Accounting-Request"),
            ("user_name", "aigul"),
            ("x_bytes", "2000"),
            ("x_duration_us", "180000000"),
            ("attrs.Acct-Session-Id", "00000007"),
        ]],
    },
];

const XML_SAMPLES: &[Sample] = &[
    Sample {
    bytes: b"<Event><Timestamp data_type=\"4\">01/31/2026 00:12:03.123</Timestamp><Computer-Name data_type=\"1\">NPS1</Computer-Name><Event-Source data_type=\"1\">IAS</Event-Source><User-Name data_type=\"1\">serik</User-Name><SAM-Account-Name data_type=\"1\">AKIMAT\\serik</SAM-Account-Name><Client-IP-Address data_type=\"3\">10.1.0.2</Client-IP-Address><NAS-Identifier data_type=\"1\">a &amp; b</NAS-Identifier><Packet-Type data_type=\"0\">3</Packet-Type><Reason-Code data_type=\"0\">16</Reason-Code></Event>\n",
    events: &[&[
        ("time", "2026-01-31T00:12:03.123Z"),
        ("host", "NPS1"),
        ("kind", "auth.logon"),
        ("outcome", "failure"),
        ("user_name", "AKIMAT\\serik"),
        ("attrs.NAS-Identifier", "a & b"),
        ("src_ip", "10.1.0.2"),
        ("x_reason", "16"),
    ]],
},
    Sample {
        bytes: b"<Event><Timestamp data_type=\"4\">02/01/2026 00:00:01.000</Timestamp><Computer-Name data_type=\"1\">NPS1</Computer-Name><User-Name data_type=\"1\">aigul</User-Name><Packet-Type data_type=\"0\">2</Packet-Type><NP-Policy-Name data_type=\"1\">Wi-Fi</NP-Policy-Name></Event>\n<Event><Timestamp data_type=\"4\">cut",
        events: &[
            &[
                ("time", "2026-02-01T00:00:01Z"),
                ("outcome", "success"),
                ("user_name", "aigul"),
                ("x_rule", "Wi-Fi"),
            ],
            &[("kind", "unparsed"), ("x_reason", "the <Event> is not closed")],
        ],
    },
];

/// The columns of the database format from the fifth on, in Microsoft's order.
const COLUMNS: &[&str] = &[
    "Packet-Type",
    "User-Name",
    "Fully-Qualified-Distinguished-Name",
    "Called-Station-ID",
    "Calling-Station-ID",
    "Callback-Number",
    "Framed-IP-Address",
    "NAS-Identifier",
    "NAS-IP-Address",
    "NAS-Port",
    "Client-Vendor",
    "Client-IP-Address",
    "Client-Friendly-Name",
    "Event-Timestamp",
    "Port-Limit",
    "NAS-Port-Type",
    "Connect-Info",
    "Framed-Protocol",
    "Service-Type",
    "Authentication-Type",
    "Policy-Name",
    "Reason-Code",
    "Class",
    "Session-Timeout",
    "Idle-Timeout",
    "Termination-Action",
    "EAP-Friendly-Name",
    "Acct-Status-Type",
    "Acct-Delay-Time",
    "Acct-Input-Octets",
    "Acct-Output-Octets",
    "Acct-Session-Id",
    "Acct-Authentic",
    "Acct-Session-Time",
    "Acct-Input-Packets",
    "Acct-Output-Packets",
    "Acct-Terminate-Cause",
    "Acct-Multi-Ssn-ID",
    "Acct-Link-Count",
    "Acct-Interim-Interval",
    "Tunnel-Type",
    "Tunnel-Medium-Type",
    "Tunnel-Client-Endpt",
    "Tunnel-Server-Endpt",
    "Acct-Tunnel-Conn",
    "Tunnel-Pvt-Group-ID",
    "Tunnel-Assignment-ID",
    "Tunnel-Preference",
    "MS-Acct-Auth-Type",
    "MS-Acct-EAP-Type",
    "MS-RAS-Version",
    "MS-RAS-Vendor",
    "MS-CHAP-Error",
    "MS-CHAP-Domain",
    "MS-MPPE-Encryption-Types",
    "MS-MPPE-Encryption-Policy",
    "Proxy-Policy-Name",
    "Provider-Type",
    "Provider-Name",
    "Remote-Server-Address",
    "MS-RAS-Client-Name",
    "MS-RAS-Client-Version",
];

fn detect_csv(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 88 + share / 10,
        reason: format!("{share} of 100 lines begin with a quoted computer, \"IAS\" or \"RAS\", month/day/year and a clock"),
    })
}

/// Computer, service, date, clock and what follows.
fn start(line: &str) -> Option<(&str, &str, &str, &str, &str)> {
    let (computer, rest) = cut(line, b',');
    let (service, rest) = cut(rest?, b',');
    let (date, rest) = cut(rest?, b',');
    let (clock, rest) = cut(rest?, b',');
    let known = line.starts_with('"') && matches!(service, "IAS" | "RAS" | "NPS");
    (known && date.pieces(b'/').count() == 3).then_some((computer, service, date, clock, rest?))
}

fn detect_xml(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(20, |line| line.starts_with("<Event><Timestamp data_type="));
    (share >= 60).then_some(Claim {
        confidence: 95,
        reason: "lines are <Event><Timestamp data_type=\"4\">…".to_owned(),
    })
}

fn open_csv(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Csv(String::new()))
}

fn open_xml(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Xml(String::new()))
}

struct Csv(String);

impl RecordReader for Csv {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((computer, service, date, clock, rest)) = start(record.text) else {
            return Verdict::Unparsed("no quoted computer, \"IAS\" or \"RAS\", month/day/year and clock");
        };
        event.set(Text::Host, computer);
        event.set(Text::Service, service);
        event.set_joined(Text::TimeText, &[date, " ", clock]);
        event.reading = timetext::date_and_clock(date, clock, true);
        let mut names = COLUMNS.iter();
        let mut left = Some(rest);
        let mut packet = "";
        while let Some(text) = left {
            let (value, after) = cut(text, b',');
            left = after;
            let name = names.next().copied().unwrap_or("extra");
            if name == "Packet-Type" {
                packet = value;
            } else if !value.is_empty() {
                field(name, unquoted(value, &mut self.0), event);
            }
        }
        settle(packet, event);
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

struct Xml(String);

impl RecordReader for Xml {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(mut rest) = record.text.trimmed().strip_prefix("<Event>") else {
            return Verdict::Unparsed("the line does not begin with <Event>");
        };
        if !rest.ends_with("</Event>") {
            return Verdict::Unparsed("the <Event> is not closed");
        }
        let mut packet = "";
        while let Some(inside) = rest.strip_prefix('<') {
            let Some((tag, after)) = split(inside, ">") else {
                break;
            };
            let name = tag.pieces(b' ').next().unwrap_or(tag);
            let Some(end) = crate::near::byte(b'<', after.as_bytes()) else {
                break;
            };
            let (value, close) = (
                after.get(..end).unwrap_or_default(),
                after.get(end..).unwrap_or_default(),
            );
            rest = split(close, ">").map_or("", |(_, r)| r);
            match name {
                "/Event" | "" => break,
                "Packet-Type" => packet = value,
                "Timestamp" => {
                    event.set(Text::TimeText, value);
                    event.reading = timetext::month_first(value).map(|(reading, _)| reading);
                }
                _ => field(name, plain(value, &mut self.0), event),
            }
        }
        settle(packet, event);
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

/// The five entities of XML undone.
fn plain<'a>(value: &'a str, scratch: &'a mut String) -> &'a str {
    if !value.holds(b'&') {
        return value;
    }
    scratch.clear();
    let mut rest = value;
    while let Some((before, after)) = rest.cut(b'&') {
        scratch.push_str(before);
        let known = [
            ("amp;", '&'),
            ("lt;", '<'),
            ("gt;", '>'),
            ("quot;", '"'),
            ("apos;", '\''),
        ];
        match known.iter().find(|(name, _)| after.starts_with(name)) {
            Some((name, letter)) => {
                scratch.push(*letter);
                rest = after.get(name.len()..).unwrap_or_default();
            }
            None => {
                scratch.push('&');
                rest = after;
            }
        }
    }
    scratch.push_str(rest);
    scratch
}

fn field(name: &str, value: &str, event: &mut EventBuf) {
    let place = match name {
        "Computer-Name" => Place::Text(Text::Host),
        "Event-Source" => Place::Text(Text::Service),
        // The account that the server found for the name that was given.
        "Fully-Qualified-Distinguished-Name" | "Fully-Qualifed-User-Name" | "SAM-Account-Name" => {
            Place::Text(Text::UserName)
        }
        "Client-IP-Address" => Place::Source,
        "Policy-Name" | "NP-Policy-Name" => Place::Text(Text::XRule),
        "Reason-Code" => Place::Text(Text::XReason),
        "Class" => Place::Text(Text::Session),
        "Acct-Session-Time" => Place::Duration(1_000_000),
        "Acct-Output-Octets" => Place::Number(Number::XBytes),
        _ => Place::Attr,
    };
    put(place, name, value, event);
}

/// RFC 2865 §3: what the packet's number says.
fn settle(packet: &str, event: &mut EventBuf) {
    let name = match packet {
        "1" => "Access-Request",
        "2" => "Access-Accept",
        "3" => "Access-Reject",
        "4" => "Accounting-Request",
        "5" => "Accounting-Response",
        "11" => "Access-Challenge",
        other => other,
    };
    event.set(Text::Action, name);
    event.set(Text::Code, packet);
    event.set(Text::Protocol, "radius");
    if event.get(Text::UserName).is_none() {
        event.copy_attr("User-Name", Text::UserName);
    }
    match name {
        "Access-Accept" => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Success),
        "Access-Reject" => (event.kind, event.outcome) = (Kind::AUTH_LOGON, Outcome::Failure),
        "Accounting-Request" => {
            event.kind = match event.find_attr("Acct-Status-Type") {
                Some("1") => Kind::SESSION_OPEN,
                Some("2") => Kind::SESSION_CLOSE,
                _ => Kind::OTHER,
            };
        }
        _ => {}
    }
}
