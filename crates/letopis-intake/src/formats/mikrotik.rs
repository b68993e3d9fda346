//! MikroTik RouterOS: `topics text`, with the router's own time, a syslog head, or none:
//! `jan/01/2026 00:12:03 system,info,account user admin logged in from 10.1.2.3 via winbox`.
//!
//! Before version 7.10 files have the month first (`jan/01/2026`) and leave the date of today out (`00:12:03`): such a
//! record takes the day of the record before it, if one stated it.

use letopis_event::{Category, EventBuf, Kind, Number, Outcome, Text, TimeReading};

use super::scan::{self, after, between, has, split, word};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// RouterOS.
pub(super) const FORMAT: Format = Format {
    name: "mikrotik",
    title: "MikroTik RouterOS log",
    reference: "MikroTik RouterOS documentation: Log",
    category: Some(Category::Network),
    kinds: KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// The kinds of RouterOS messages.
pub(super) const KINDS: &[Kind] = &[
    Kind::AUTH_LOGOFF,
    Kind::AUTH_LOGON,
    Kind::ACCOUNT_CREATE,
    Kind::ACCOUNT_DELETE,
    Kind::ACCOUNT_MODIFY,
    Kind::CONFIG_CHANGE,
    Kind::LINK_DOWN,
    Kind::LINK_UP,
    Kind::NETWORK_FLOW,
    Kind::OTHER,
    Kind::SYSTEM_START,
    Kind::SYSTEM_STOP,
    Kind::TIME_CHANGE,
];

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"jan/01/2026 00:12:03 system,info,account user admin logged in from 10.1.2.3 via winbox\n\
jan/01/2026 00:12:04 system,error,critical login failure for user root from 203.0.113.9 via ssh\n\
jan/01/2026 00:12:05 firewall,info drop input: in:ether1 out:(unknown 0), src-mac 00:50:56:00:00:01, proto TCP (SYN), 203.0.113.9:4022->10.1.0.1:22, len 60\n\
00:12:06 interface,info ether2 link down\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "admin"),
                ("src_ip", "10.1.2.3"),
                ("protocol", "winbox"),
                ("provider", "system,info,account"),
                ("level", "6"),
            ],
            &[("outcome", "failure"), ("user_name", "root"), ("src_ip", "203.0.113.9"), ("level", "2")],
            &[
                ("kind", "network.flow"),
                ("x_rule", "drop input"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "4022"),
                ("dst_ip", "10.1.0.1"),
                ("dst_port", "22"),
                ("protocol", "TCP"),
                ("x_interface", "ether1"),
                ("x_bytes", "60"),
            ],
            &[("kind", "link.down"), ("x_interface", "ether2"), ("time", "2026-01-01T00:12:06Z"), ("time_text", "00:12:06")],
        ],
    },
    Sample {
        bytes: b"Jan  1 00:12:03 gw1 system,info,account user aigul logged out from 10.1.2.3 via ssh\n\
2026-01-01 00:12:04 system,info user serik added by aigul\n\
2026-01-01 00:12:05 dhcp,info dhcp1 assigned 10.1.2.9 for 00:50:56:00:00:09 WS-9\n",
        events: &[
            &[("host", "gw1"), ("kind", "auth.logoff"), ("user_name", "aigul")],
            &[("kind", "account.create"), ("target_user", "serik"), ("user_name", "aigul")],
            &[("src_ip", "10.1.2.9"), ("attrs.mac", "00:50:56:00:00:09"), ("action", "assigned")],
        ],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| find_topics(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!("{share} of 100 lines hold topics of RouterOS like system,info,account"),
    })
}

/// Whether a word is a topic of RouterOS that other programs do not write in a list.
fn is_topic(word: &str) -> bool {
    matches!(
        word.as_bytes(),
        b"system"
            | b"firewall"
            | b"dhcp"
            | b"interface"
            | b"wireless"
            | b"ppp"
            | b"pppoe"
            | b"l2tp"
            | b"pptp"
            | b"sstp"
            | b"ovpn"
            | b"ipsec"
            | b"script"
            | b"dns"
            | b"hotspot"
            | b"account"
            | b"route"
            | b"bgp"
            | b"ospf"
            | b"snmp"
            | b"web-proxy"
            | b"backup"
            | b"caps"
            | b"certificate"
            | b"radius"
            | b"ssh"
            | b"upnp"
            | b"wireguard"
            | b"container"
            | b"netwatch"
            | b"manager"
            | b"store"
            | b"queue"
            | b"e-mail"
            | b"bridge"
    )
}

/// The level of a severity among the topics.
fn severity(topic: &str) -> Option<i8> {
    Some(match topic.as_bytes() {
        b"critical" => 2,
        b"error" => 3,
        b"warning" => 4,
        b"info" => 6,
        b"debug" => 7,
        _ => return None,
    })
}

/// `system,info,account text`
pub(super) fn topics(text: &str) -> Option<(&str, &str)> {
    let (list, rest) = word(text);
    // One topic alone is none: most words are passed over by this.
    let (first, others) = list.cut(b',')?;
    let known = is_topic(first) && scan::pieces(others, b',').any(|topic| severity(topic).is_some());
    (known
        && list
            .bytes()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b',' | b'-')))
    .then_some((list, rest))
}

/// Where the topics begin: at the start or behind at most five words of time and host.
fn find_topics(line: &str) -> Option<usize> {
    let mut at = 0;
    for _ in 0..6 {
        let rest = line.get(at..)?;
        if topics(rest).is_some() {
            return Some(at);
        }
        let next = crate::near::byte(b' ', rest.as_bytes())?;
        at += next + rest.get(next..)?.bytes().take_while(|b| *b == b' ').count();
    }
    None
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines {
        day: context.state.and_then(date).map(|(reading, _)| reading),
        day_text: context.state.unwrap_or_default().to_owned(),
    })
}

struct Lines {
    /// The last day that a record stated, for records with a clock only.
    day: Option<TimeReading>,
    day_text: String,
}

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let Some(at) = find_topics(line) else {
            return syslog::read_line(line, event);
        };
        self.head(line.get(..at).unwrap_or_default(), event);
        let body = line.get(at..).unwrap_or_default();
        event.set(Text::Message, body);
        read_message(body, event);
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        self.day.is_some().then(|| self.day_text.clone())
    }
}

impl Lines {
    fn head(&mut self, head: &str, event: &mut EventBuf) {
        let text = head.trimmed();
        if text.is_empty() {
            return;
        }
        if let Some((reading, length)) = date(text) {
            event.reading = Some(reading);
            event.set(Text::TimeText, text.get(..length).unwrap_or_default());
            self.day = Some(reading);
            text.get(..length)
                .unwrap_or_default()
                .clone_into(&mut self.day_text);
            return;
        }
        let clock = text.len() == 8 && text.bytes().filter(|b| *b == b':').count() == 2;
        if clock {
            event.set(Text::TimeText, text);
            event.reading = self.day.and_then(|day| timetext::clock_on_day_of(text, &day));
            return;
        }
        syslog::read_prefix(text, event);
    }
}

/// `jan/01/2026 00:12:03` or `2026-01-01 00:12:03`
fn date(text: &str) -> Option<(TimeReading, usize)> {
    if let Some(found) = timetext::iso8601(text) {
        return Some(found);
    }
    let (month, taken) = timetext::month_name(text)?;
    let rest = text.get(taken..)?.strip_prefix('/')?;
    let (day, rest) = (rest.get(..2)?, rest.get(2..)?.strip_prefix('/')?);
    let (year, rest) = (rest.get(..4)?, rest.get(4..)?.strip_prefix(' ')?);
    let clock = rest.get(..8)?;
    let number = |t: &str| {
        t.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| t.parse::<u32>().ok())?
    };
    let day_reading = timetext::day(number(year)?, u32::from(month), number(day)?)?;
    Some((
        timetext::clock_on_day_of(clock, &day_reading)?,
        taken + 1 + 2 + 1 + 4 + 1 + 8,
    ))
}

/// Reads a message that begins with topics; `false` where it does not.
pub(super) fn read_message(body: &str, event: &mut EventBuf) -> bool {
    let Some((list, text)) = topics(body) else {
        return false;
    };
    event.set(Text::Provider, list);
    event.set(Text::Service, "routeros");
    event.category = Some(Category::Network);
    let worst = scan::pieces(list, b',').filter_map(severity).min();
    event.level = worst.or(event.level);
    let is = |topic: &str| scan::pieces(list, b',').any(|t| t == topic);
    if is("firewall") {
        packet(text, event);
    } else if is("dhcp") {
        lease(text, event);
    } else if is("interface") && (has(text, " link up") || has(text, " link down")) {
        event.set(Text::XInterface, word(text).0);
        event.kind = if has(text, " link up") {
            Kind::LINK_UP
        } else {
            Kind::LINK_DOWN
        };
    } else if has(text, "log")
        && (has(text, "login failure for user ") || has(text, "logged in") || has(text, "logged out"))
    {
        session(text, event);
    } else if is("system") {
        administration(text, event);
    }
    true
}

/// `user admin logged in from 10.1.2.3 via winbox`, `aigul logged in, 10.0.0.5 from 203.0.113.9`
fn session(text: &str, event: &mut EventBuf) {
    event.kind = Kind::AUTH_LOGON;
    let user = if has(text, "login failure") {
        event.outcome = Outcome::Failure;
        between(text, "for user ", " from").unwrap_or_default()
    } else {
        if has(text, "logged out") {
            event.kind = Kind::AUTH_LOGOFF;
        } else {
            event.outcome = Outcome::Success;
        }
        let text = text.strip_prefix("user ").unwrap_or(text);
        split(text, " logged").map_or(text, |(user, _)| user)
    };
    event.set(Text::UserName, user);
    scan::set_source(event, after(text, " from ").unwrap_or_default());
    event.set(Text::Protocol, after(text, " via ").unwrap_or_default());
}

/// `rule input: in:ether1 out:(unknown 0), proto TCP (SYN), 203.0.113.9:4022->10.1.0.1:22, len 60`
fn packet(text: &str, event: &mut EventBuf) {
    event.kind = Kind::NETWORK_FLOW;
    if let Some((rule, _)) = split(text, ": ") {
        event.set(Text::XRule, rule);
    }
    event.set(Text::XInterface, between(text, "in:", " ").unwrap_or_default());
    event.set(Text::Protocol, after(text, "proto ").unwrap_or_default());
    event.set_number_text(Number::XBytes, after(text, "len ").unwrap_or("0"));
    if let Some(mac) = after(text, "src-mac ") {
        event.attr("src_mac", mac);
    }
    let Some(ends) = scan::pieces_by(text, |b| matches!(b, b' ' | b',')).find(|w| has(w, "->")) else {
        return;
    };
    let (source, destination) = split(ends, "->").unwrap_or((ends, ""));
    let (address, port) = scan::address_port(source, b':').unwrap_or((source, ""));
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    let (address, port) = scan::address_port(destination, b':').unwrap_or((destination, ""));
    scan::set_destination(event, address);
    scan::set_port(event, Number::DstPort, port);
}

/// `dhcp1 assigned 10.1.2.9 for 00:50:56:00:00:09 WS-9`
fn lease(text: &str, event: &mut EventBuf) {
    let (server, rest) = word(text);
    let (verb, rest) = word(rest);
    if !matches!(verb, "assigned" | "deassigned" | "offering" | "offered") {
        return;
    }
    event.attr("server", server);
    event.set(Text::Action, verb);
    event.set(Text::Protocol, "dhcp");
    scan::set_source(event, word(rest).0);
    if let Some((_, client)) = split(rest, "for ").or_else(|| split(rest, "from ")) {
        let (mac, name) = word(client);
        event.attr("mac", mac);
        if !name.is_empty() {
            event.attr("client_name", name);
        }
    }
}

/// `user serik added by aigul`, `item changed by admin`, `router rebooted`
fn administration(text: &str, event: &mut EventBuf) {
    if text.starts_with("router rebooted") {
        event.kind = Kind::SYSTEM_START;
    } else if has(text, "router going down")
        || text.starts_with("shutting down")
        || text.starts_with("rebooting")
    {
        event.kind = Kind::SYSTEM_STOP;
    } else if has(text, "time") && (has(text, "changed time") || has(text, "time changed")) {
        event.kind = Kind::TIME_CHANGE;
    } else if let Some((what, by)) = split(text, " by ") {
        event.set(Text::UserName, word(by).0);
        let verb = what.pieces(b' ').next_back().unwrap_or_default();
        let user = what.strip_prefix("user ").and_then(|r| r.pieces(b' ').next());
        event.kind = match (user, verb) {
            (Some(_), "added") => Kind::ACCOUNT_CREATE,
            (Some(_), "removed") => Kind::ACCOUNT_DELETE,
            (Some(_), "changed") => Kind::ACCOUNT_MODIFY,
            (_, "added" | "changed" | "removed" | "moved" | "set") => Kind::CONFIG_CHANGE,
            _ => return,
        };
        event.set(Text::TargetUser, user.unwrap_or_default());
        event.set(Text::Action, verb);
        event.outcome = Outcome::Success;
    }
}
