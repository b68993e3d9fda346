//! Windows DHCP server's audit log: `10,01/01/26,00:12:03,Assign,10.1.2.3,WS-17.akimat.example,005056000001,,…`.

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text};

use super::quoted::cut;
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// DHCP audit log.
pub(super) const FORMAT: Format = Format {
    name: "windows-dhcp",
    title: "Windows DHCP server audit log (DhcpSrvLog)",
    reference: "Microsoft: Analyze DHCP Server Log Files; the list of event ids at the head of the file",
    category: Some(Category::Network),
    kinds: &[
        Kind::DEVIATION_REPORT,
        Kind::LOG_FAILURE,
        Kind::OTHER,
        Kind::RESOURCE_EXHAUSTED,
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

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"\t\tMicrosoft DHCP Service Activity Log\r\n\r\n\r\nEvent ID  Meaning\r\n00\tThe log was started.\r\n10\tA new IP address was leased to a client.\r\n50+\tCodes above 50 are used for Rogue Server Detection information.\r\n\r\n\
ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, CorrelationID,Dhcid.\r\n\
00,01/01/26,00:00:00,Started,,,,,0,6,,,\r\n\
10,01/01/26,00:12:03,Assign,10.1.2.3,WS-17.akimat.example,005056000001,,1234567,0,,,\r\n\
15,01/01/26,00:12:05,NACK,10.9.9.9,,005056000002,,0,6,,,\r\n",
        events: &[
            &[("kind", "service.start"), ("code", "00"), ("action", "Started")],
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("time_text", "01/01/26 00:12:03"),
                ("src_ip", "10.1.2.3"),
                ("attrs.client_name", "WS-17.akimat.example"),
                ("attrs.mac", "005056000001"),
                ("code", "10"),
                ("service", "dhcp"),
                ("message", "A new IP address was leased to a client."),
            ],
            &[("outcome", "failure"), ("status", "denied"), ("code", "15")],
        ],
    },
    Sample {
        bytes: b"ID,Date,Time,Description,IP Address,Host Name,MAC Address\r\n14,02/28/2026,23:59:59,Scope full,10.1.0.0,,\r\n",
        events: &[&[("kind", "resource.exhausted"), ("time", "2026-02-28T23:59:59Z")]],
    },
];

/// The meanings that the file itself lists, in its own words.
const MEANINGS: &[(&str, &str)] = &[
    ("00", "The log was started."),
    ("01", "The log was stopped."),
    ("02", "The log was temporarily paused due to low disk space."),
    ("10", "A new IP address was leased to a client."),
    ("11", "A lease was renewed by a client."),
    ("12", "A lease was released by a client."),
    ("13", "An IP address was found to be in use on the network."),
    (
        "14",
        "A lease request could not be satisfied because the scope's address pool was exhausted.",
    ),
    ("15", "A lease was denied."),
    ("16", "A lease was deleted."),
    (
        "17",
        "A lease was expired and DNS records for an expired lease have not been deleted.",
    ),
    ("18", "A lease was expired and DNS records were deleted."),
    ("20", "A BOOTP address was leased to a client."),
    ("24", "IP address cleanup operation has begun."),
    ("25", "IP address cleanup statistics."),
    ("30", "DNS update request to the named DNS server."),
    ("31", "DNS update failed."),
    ("32", "DNS update successful."),
    ("33", "Packet dropped due to NAP policy."),
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let titled = head.lines(3).any(|l| l.has("Microsoft DHCP"));
    let named = head
        .lines(80)
        .any(|l| l.starts_with("ID,Date,Time,Description,IP Address"));
    (titled || named).then(|| Claim {
        confidence: 95,
        reason: "the head is that of a Microsoft DHCP Service Activity Log".to_owned(),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

/// What stands behind the MAC address.
const TAIL: &[&str] = &[
    "transaction_id",
    "q_result",
    "probation_time",
    "correlation_id",
    "dhcid",
    "vendor_class_hex",
    "vendor_class_ascii",
    "user_class_hex",
    "user_class_ascii",
    "relay_agent_information",
    "dns_reg_error",
];

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let (id, rest) = cut(line, b',');
        let numbered = (1..=5).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        let Some(rest) = rest.filter(|_| numbered) else {
            // The list of ids, its title and the names of the columns.
            return Verdict::Structure(StructureKind::Header);
        };
        let (date, rest) = cut(rest, b',');
        let (clock, rest) = cut(rest.unwrap_or_default(), b',');
        let Some(reading) = timetext::date_and_clock(date, clock, true) else {
            return Verdict::Unparsed("no month/day/year and clock stand behind the event id");
        };
        event.reading = Some(reading);
        event.set_joined(Text::TimeText, &[date, " ", clock]);
        let (description, rest) = cut(rest.unwrap_or_default(), b',');
        let (address, rest) = cut(rest.unwrap_or_default(), b',');
        let (name, rest) = cut(rest.unwrap_or_default(), b',');
        let (mac, rest) = cut(rest.unwrap_or_default(), b',');
        let (user, rest) = cut(rest.unwrap_or_default(), b',');
        event.set(Text::Service, "dhcp");
        event.set(Text::Protocol, "dhcp");
        event.set(Text::Code, id);
        event.set(Text::Action, description);
        scan::set_source(event, address);
        event.set(Text::UserName, user);
        for (label, value) in [("client_name", name), ("mac", mac)] {
            if !value.is_empty() {
                event.attr(label, value);
            }
        }
        let mut left = rest;
        let mut names = TAIL.iter();
        while let Some(text) = left {
            let (value, after) = cut(text, b',');
            left = after;
            let name = names.next().copied().unwrap_or("extra");
            if !value.is_empty() {
                event.attr(name, value);
            }
        }
        settle(id, event);
        Verdict::Event
    }
}

fn settle(id: &str, event: &mut EventBuf) {
    if let Some((_, meaning)) = MEANINGS.iter().find(|(code, _)| *code == id) {
        event.set(Text::Message, meaning);
    } else {
        event.copy(Text::Action, Text::Message);
    }
    match id {
        "00" => event.kind = Kind::SERVICE_START,
        "01" => event.kind = Kind::SERVICE_STOP,
        "02" => event.kind = Kind::LOG_FAILURE,
        "13" => event.kind = Kind::DEVIATION_REPORT,
        "14" | "22" => {
            event.kind = Kind::RESOURCE_EXHAUSTED;
            event.outcome = Outcome::Failure;
        }
        "15" | "33" => {
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        "31" | "34" | "35" => event.outcome = Outcome::Failure,
        "10" | "11" | "12" | "20" | "32" => event.outcome = Outcome::Success,
        _ => {}
    }
}
