//! Cisco ASA, FTD, FWSM and PIX firewalls: `%ASA-6-302013: Built outbound TCP connection …`.
//!
//! The number says what happened ("Cisco Secure Firewall ASA Series Syslog Messages"), the text who and where. A
//! number without a reader of its own keeps code, level and text, and whatever `from … to …` it shows.

mod connections;
mod endpoint;
#[cfg(test)]
mod tests;
mod users;

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use super::scan::{self, between, has};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::near;

/// Cisco ASA and its kin.
pub(crate) const FORMAT: Format = Format {
    name: "cisco-asa",
    title: "Cisco ASA, FTD, FWSM and PIX syslog",
    reference: "Cisco Secure Firewall ASA Series Syslog Messages; Firepower Threat Defense Syslog Messages",
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
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_LOCK,
    Kind::ACCOUNT_MODIFY,
    Kind::ACCOUNT_UNLOCK,
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::CONFIG_CHANGE,
    Kind::FIREWALL_ALLOW,
    Kind::FIREWALL_BLOCK,
    Kind::FIREWALL_DEVICE_EVENT,
    Kind::IDS_ALERT,
    Kind::LINK_DOWN,
    Kind::LINK_UP,
    Kind::LOG_CLEAR,
    Kind::LOG_FAILURE,
    Kind::LOG_VIEW,
    Kind::MALWARE_DETECT,
    Kind::NETWORK_DISCONNECT,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
    Kind::PRIVILEGE_USE,
    Kind::SYSTEM_START,
    Kind::SYSTEM_STOP,
    Kind::TRAFFIC_IN,
    Kind::TRAFFIC_OUT,
];

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"Jan 01 2026 00:12:03: %ASA-6-302013: Built inbound TCP connection 77 for outside:203.0.113.5/4022 (203.0.113.5/4022) to dmz:10.1.0.8/443 (198.51.100.8/443)\n\
<164>Jan 01 2026 00:12:04 UTC: %ASA-4-106023: Deny tcp src outside:203.0.113.5/4023 dst dmz:10.1.0.8/22 by access-group \"outside_in\" [0x0, 0x0]\n\
Jan  1 00:12:05 fw1 : %ASA-6-605004: Login denied from 203.0.113.5/4024 to outside:198.51.100.1/ssh for user \"admin\"\n",
    events: &[
        &[
            ("kind", "traffic.in"),
            ("outcome", "success"),
            ("level", "6"),
            ("code", "302013"),
            ("src_ip", "203.0.113.5"),
            ("src_port", "4022"),
            ("dst_ip", "10.1.0.8"),
            ("dst_port", "443"),
            ("protocol", "TCP"),
        ],
        &[
            ("kind", "firewall.block"),
            ("outcome", "failure"),
            ("status", "denied"),
            ("x_rule", "outside_in"),
            ("dst_port", "22"),
            ("x_interface", "outside"),
        ],
        &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "admin"), ("host", "fw1"), ("protocol", "ssh")],
    ],
}];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| tag_at(line).is_some());
    (share >= 50).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines hold a message number like %ASA-6-302013"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Asa)
}

struct Asa;

impl RecordReader for Asa {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let verdict = syslog::read_line(record.text, event);
        if verdict == Verdict::Event {
            return verdict;
        }
        // Some collectors cut the head off.
        match tag_at(record.text).and_then(|at| record.text.get(at..)) {
            Some(message) => {
                event.set(Text::Message, message);
                read_message(message, event);
                Verdict::Event
            }
            None => Verdict::Unparsed("no message number like %ASA-6-302013 in the line"),
        }
    }
}

/// The message's own head.
struct Tag<'a> {
    product: &'a str,
    level: i8,
    code: u32,
    /// The six digits of the code.
    digits: &'a str,
    text: &'a str,
}

/// `%ASA-6-302013: text`, also with a class (`%ASA-session-6-302013`).
fn tag_of(message: &str) -> Option<Tag<'_>> {
    // The whole line behind a mark is not looked through: a line may be full of marks.
    const HEAD_MAX: usize = 64;
    let rest = message.strip_prefix('%')?;
    let bytes = rest.as_bytes();
    let end = near::byte(b':', bytes.get(..HEAD_MAX).unwrap_or(bytes))?;
    let (head, text) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (head, code) = head.cut_last(b'-')?;
    let (product, level) = head.cut_last(b'-')?;
    let level: i8 = level.parse().ok()?;
    let product = product.pieces(b'-').next().unwrap_or(product);
    let named = matches!(product, "ASA" | "FTD" | "PIX" | "FWSM" | "NGIPS");
    let numbered = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    if !named || !numbered {
        return None;
    }
    Some(Tag {
        product,
        level,
        code: code.parse().ok()?,
        digits: code,
        text: text.trimmed_start(),
    })
}

/// Where the message's own head begins in a line.
fn tag_at(line: &str) -> Option<usize> {
    memchr::memchr_iter(b'%', line.as_bytes())
        .find(|at| line.get(*at..).is_some_and(|rest| tag_of(rest).is_some()))
}

/// Reads a message that begins with `%ASA-…`; `false` where it is none.
pub(crate) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    let Some(tag) = tag_of(message) else { return false };
    // Level 8 does not exist, but has been seen: kept as written.
    if (0..=7).contains(&tag.level) {
        event.level = Some(tag.level);
    } else {
        event.attr_fmt("severity", format_args!("{}", tag.level));
    }
    event.category = Some(Category::Network);
    event.set(Text::Code, tag.digits);
    event.set(Text::Provider, tag.product);
    event.set(Text::Service, "cisco-asa");
    event.kind = Kind::FIREWALL_DEVICE_EVENT;
    let text = tag.text.trimmed_end();
    let known = match tag.code {
        430_001..=430_005 => threat_defense(tag.code, text, event),
        302_003..=302_036 | 305_009..=305_012 | 303_002 => connections::built(tag.code, text, event),
        106_000..=106_103
        | 313_000..=313_009
        | 710_001..=710_006
        | 410_001..=410_004
        | 500_003..=500_005
        | 322_001
        | 419_001..=419_003
        | 507_001..=507_003
        | 405_001..=405_002
        | 733_200 => connections::denied(tag.code, text, event),
        _ => device(tag.code, text, event) || users::read(tag.code, text, event),
    };
    if !known {
        connections::any_ends(text, event);
        users::any_user(text, event);
    }
    true
}

/// The device itself: links, failover, starts, logging, threats.
fn device(code: u32, text: &str, event: &mut EventBuf) -> bool {
    match code {
        411_001 | 411_002 => {
            event.kind = if code == 411_001 {
                Kind::LINK_UP
            } else {
                Kind::LINK_DOWN
            };
            let name = between(text, "Interface ", ",")
                .or_else(|| between(text, "interface ", " "))
                .unwrap_or_default();
            event.set(Text::XInterface, name);
        }
        411_003 | 411_004 => event.set(
            Text::XInterface,
            between(text, "interface ", " ").unwrap_or_default(),
        ),
        199_001 => {
            event.kind = Kind::SYSTEM_STOP;
            users::any_user(text, event);
        }
        199_002 | 199_005 => event.kind = Kind::SYSTEM_START,
        414_001..=414_008 | 106_101 => {
            event.kind = Kind::LOG_FAILURE;
            event.outcome = Outcome::Failure;
            connections::any_ends(text, event);
        }
        400_000..=400_051 => {
            event.kind = Kind::IDS_ALERT;
            event.set(Text::XRule, scan::word(text).0);
            connections::any_ends(text, event);
        }
        733_100..=733_105 => {
            event.kind = Kind::IDS_ALERT;
            event.set(
                Text::Target,
                between(text, "[", "]").unwrap_or_default().trimmed(),
            );
            connections::any_ends(text, event);
        }
        338_001..=338_310 => {
            event.kind = Kind::MALWARE_DETECT;
            connections::any_ends(text, event);
        }
        _ => return false,
    }
    true
}

/// Firepower's own numbers: `Name: value, Name: value`.
fn threat_defense(code: u32, text: &str, event: &mut EventBuf) -> bool {
    event.kind = match code {
        430_001 => Kind::IDS_ALERT,
        430_002 | 430_003 => Kind::NETWORK_FLOW,
        430_005 => Kind::MALWARE_DETECT,
        _ => Kind::NETWORK_FLOW,
    };
    for pair in text.split(", ") {
        let Some((name, value)) = pair.cut_at(": ") else {
            continue;
        };
        match name {
            "SrcIP" => scan::set_source(event, value),
            "DstIP" => scan::set_destination(event, value),
            "SrcPort" => scan::set_port(event, letopis_event::Number::SrcPort, value),
            "DstPort" => scan::set_port(event, letopis_event::Number::DstPort, value),
            "Protocol" => event.set(Text::Protocol, value),
            "User" if value != "No Authentication Required" => event.set(Text::UserName, value),
            "AccessControlRuleName" => event.set(Text::XRule, value),
            "AccessControlRuleAction" => event.set(Text::Action, value),
            "IngressInterface" => event.set(Text::XInterface, value),
            "URL" => event.set(Text::Target, value),
            "FileSHA256" => event.set(Text::XHash, value),
            "UserAgent" => event.set(Text::XUserAgent, value),
            _ => event.attr(name, value),
        }
    }
    match event.get(Text::Action) {
        Some(action) if action.starts_with("Block") => {
            event.kind = Kind::FIREWALL_BLOCK;
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
        Some("Allow" | "Trust") if code == 430_002 => {
            event.kind = Kind::FIREWALL_ALLOW;
            event.outcome = Outcome::Success;
        }
        _ => {}
    }
    has(text, ": ")
}
