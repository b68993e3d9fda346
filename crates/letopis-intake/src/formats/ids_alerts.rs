//! Alerts of Snort and Suricata as text: `alert_fast` (one line) and `alert_full` (a block of lines).
//!
//! `01/28-22:26:22.123456  [**] [1:2001219:20] text [**] [Classification: …] [Priority: 2] {TCP} 10.0.0.5:4022 -> …`.
//! Snort writes no year unless it is told to (`-y`); Suricata always does. Neither writes a zone.

use letopis_event::{Category, Civil, EventBuf, Kind, Number, Outcome, Text, TimeReading};

use super::scan::{self, between, split};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// One line an alert.
pub(super) const FAST: Format = Format {
    name: "ids-alert-fast",
    title: "Snort and Suricata alerts, one line each (alert_fast, fast.log)",
    reference: "Snort Users Manual 2.6.1 Alert Fast; Snort 3 alert_fast; Suricata User Guide: fast.log",
    category: Some(Category::Protection),
    kinds: &[Kind::IDS_ALERT],
    samples: FAST_SAMPLES,
    detect: detect_fast,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_fast,
    },
};

/// A block of lines an alert.
pub(super) const FULL: Format = Format {
    name: "ids-alert-full",
    title: "Snort alerts, a block of lines each (alert_full)",
    reference: "Snort Users Manual 2.6.2 Alert Full",
    category: Some(Category::Protection),
    kinds: &[Kind::IDS_ALERT],
    samples: FULL_SAMPLES,
    detect: detect_full,
    reader: Reader::Text {
        framing: Framing::Paragraphs,
        open: open_full,
    },
};

const FAST_SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"01/01/2026-00:12:03.123456  [**] [1:2001219:20] ET SCAN Potential SSH Scan [**] [Classification: Attempted Information Leak] [Priority: 2] {TCP} 203.0.113.9:40022 -> 10.1.0.8:22\n\
01/01/2026-00:12:04.000001  [Drop] [**] [1:2000419:7] ET POLICY download [**] [Classification: (null)] [Priority: 3] {UDP} 2001:db8::7:5060 -> 2001:db8::8:5060\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03.123456Z"),
                ("time_basis", "zone-assumed"),
                ("kind", "ids.alert"),
                ("code", "2001219"),
                ("x_rule", "ET SCAN Potential SSH Scan"),
                ("attrs.classification", "Attempted Information Leak"),
                ("level", "4"),
                ("protocol", "TCP"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "40022"),
                ("dst_ip", "10.1.0.8"),
                ("dst_port", "22"),
            ],
            &[("action", "Drop"), ("outcome", "failure"), ("src_ip", "2001:db8::7"), ("src_port", "5060")],
        ],
    },
    Sample {
        bytes: b"12/31-23:59:59.5 [**] [116:408:1] \"(ipv4) IPv4 packet from 'current net'\" [**] [Priority: 3] {ICMP} 0.0.0.0 -> 224.0.0.22\n",
        events: &[&[
            ("time_basis", "zone-and-year-assumed"),
            ("x_rule", "(ipv4) IPv4 packet from 'current net'"),
            ("dst_ip", "224.0.0.22"),
            ("attrs.generator", "116"),
        ]],
    },
];

const FULL_SAMPLES: &[Sample] = &[
    Sample {
    bytes: b"[**] [1:1390:8] INDICATOR-SHELLCODE x86 inc ebx NOOP [**]\n[Classification: Executable code was detected] [Priority: 1] \n01/01-00:12:03.123456 203.0.113.9:80 -> 10.1.2.3:50133\nTCP TTL:64 TOS:0x0 ID:1 IpLen:20 DgmLen:1500\n[Xref => http://www.example/rule/1390]\n\n\
[**] [1:384:5] PROTOCOL-ICMP PING [**]\n[Priority: 3]\n01/01-00:12:04.000000 10.1.2.3 -> 10.1.0.8\nICMP TTL:128 TOS:0x0 ID:2 IpLen:20 DgmLen:60\nType:8  Code:0  ID:1   Seq:1  ECHO\n\n",
    events: &[
        &[
            ("kind", "ids.alert"),
            ("code", "1390"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "80"),
            ("dst_port", "50133"),
            ("protocol", "TCP"),
            ("level", "3"),
            ("attrs.xref", "http://www.example/rule/1390"),
        ],
        &[("protocol", "ICMP"), ("dst_ip", "10.1.0.8"), ("x_rule", "PROTOCOL-ICMP PING")],
    ],
},
    Sample {
        bytes: b"[**] [116:408:1] \"(ipv4) from 'current net'\" [**]\n[Classification: Misc activity] [Priority: 2]\n01/31/26-23:59:59.999999 2001:db8:0:0:0:0:0:7:4022 -> 2001:db8::8:53\nUDP TTL:64 TOS:0x0 ID:1 IpLen:40 DgmLen:60\n",
        events: &[&[
            ("time", "2026-01-31T23:59:59.999999Z"),
            ("time_basis", "zone-assumed"),
            ("protocol", "UDP"),
            ("attrs.classification", "Misc activity"),
            ("x_rule", "(ipv4) from 'current net'"),
        ]],
    },
];

fn detect_fast(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| stamp(line).is_some() && scan::has(line, "[**] ["));
    (share >= 50).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines are a month/day-time and [**] [generator:rule:revision]"),
    })
}

fn detect_full(head: &Head<'_>) -> Option<Claim> {
    let mut lines = head.lines(400);
    let first = lines.next()?;
    let begins = first.starts_with("[**] [") && first.trimmed_end().ends_with("[**]");
    let stamped = lines.take(3).any(|line| stamp(line).is_some());
    (begins && stamped).then(|| Claim {
        confidence: 94,
        reason: "blocks begin with [**] [generator:rule:revision] text [**] and hold a month/day-time"
            .to_owned(),
    })
}

fn open_fast(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Fast)
}

fn open_full(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Full)
}

struct Fast;

impl RecordReader for Fast {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if read_fast(record.text, event) {
            Verdict::Event
        } else {
            Verdict::Unparsed("no month/day-time and [**] [generator:rule:revision] stand in the line")
        }
    }
}

/// Reads an alert on one line, with its time or (through syslog) without.
pub(super) fn read_fast(line: &str, event: &mut EventBuf) -> bool {
    let rest = match stamp(line) {
        Some((reading, length)) => {
            event.reading = Some(reading);
            event.set(Text::TimeText, line.get(..length).unwrap_or_default());
            line.get(length..).unwrap_or_default().trimmed_start()
        }
        None => line,
    };
    let Some((before, rest)) = split(rest, "[**] ") else {
        return false;
    };
    // Suricata as an intrusion prevention system: `[Drop]`, `[wDrop]` (would have dropped).
    if let Some(verdict) = between(before, "[", "]") {
        event.set(Text::Action, verdict);
        if verdict == "Drop" {
            event.outcome = Outcome::Failure;
            event.set(Text::Status, "denied");
        }
    }
    let Some((rule, rest)) = split(rest, " [**]") else {
        return false;
    };
    if !rule_of(rule, event) {
        return false;
    }
    brackets(rest, event);
    if let Some((protocol, ends)) = split(rest, "{").and_then(|(_, r)| split(r, "} ")) {
        event.set(Text::Protocol, protocol);
        set_ends(ends, event);
    }
    event.set(Text::Message, line);
    true
}

/// Reads an alert that came through syslog: `[1:2001219:20] text [Classification: …] [Priority: 2] {TCP} a -> b`.
pub(super) fn read_message(message: &str, event: &mut EventBuf) -> bool {
    if read_fast(message, event) {
        return true;
    }
    let Some((ids, rest)) = split(message, "] ").filter(|(ids, _)| ids.starts_with('[')) else {
        return false;
    };
    let end = [" [Classification: ", " [Priority: ", " {"]
        .iter()
        .filter_map(|mark| crate::formats::scan::find(rest, mark))
        .min()
        .unwrap_or(rest.len());
    let rule = message.get(..ids.len() + 2 + end).unwrap_or(message);
    if !rule_of(rule, event) {
        return false;
    }
    let rest = rest.get(end..).unwrap_or_default();
    brackets(rest, event);
    if let Some((protocol, ends)) = split(rest, "{").and_then(|(_, r)| split(r, "} ")) {
        event.set(Text::Protocol, protocol);
        set_ends(ends, event);
    }
    true
}

struct Full;

impl RecordReader for Full {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let mut lines = scan::lines(record.text).map(str::trimmed_end);
        let first = lines.next().unwrap_or_default();
        let rule = first.strip_prefix("[**] ").and_then(|r| r.strip_suffix(" [**]"));
        if !rule.is_some_and(|rule| rule_of(rule, event)) {
            return Verdict::Unparsed("the block does not begin with [**] [generator:rule:revision]");
        }
        let mut stamped = false;
        for line in lines {
            if !stamped && let Some((reading, length)) = stamp(line) {
                stamped = true;
                event.reading = Some(reading);
                event.set(Text::TimeText, line.get(..length).unwrap_or_default());
                set_ends(line.get(length..).unwrap_or_default().trimmed_start(), event);
            } else if line.starts_with('[') {
                brackets(line, event);
            } else if let Some((protocol, _)) = split(line, " TTL:") {
                event.set(Text::Protocol, protocol);
            }
        }
        event.set(Text::Message, record.text);
        Verdict::Event
    }
}

/// `[1:2001219:20] text`, the text in quotes or not.
fn rule_of(text: &str, event: &mut EventBuf) -> bool {
    let Some((ids, name)) = text.strip_prefix('[').and_then(|t| t.cut(b']')) else {
        return false;
    };
    let Some((generator, rest)) = ids.cut(b':') else {
        return false;
    };
    let (rule, revision) = match rest.cut(b':') {
        Some((rule, revision)) => (rule, Some(revision)),
        None => (rest, None),
    };
    if generator.is_empty() || !ids.bytes().all(|b| b.is_ascii_digit() || b == b':') {
        return false;
    }
    event.kind = Kind::IDS_ALERT;
    event.attr("generator", generator);
    event.set(Text::Code, rule);
    if let Some(revision) = revision {
        event.attr("revision", revision);
    }
    let name = name.trimmed();
    let plain = name
        .strip_prefix('"')
        .and_then(|n| n.strip_suffix('"'))
        .unwrap_or(name);
    event.set(Text::XRule, plain);
    true
}

/// `[Classification: …] [Priority: 2] [AppID: …] [Xref => …]`
fn brackets(text: &str, event: &mut EventBuf) {
    let mut rest = text;
    while let Some((_, after)) = rest.cut(b'[') {
        let Some((inside, next)) = after.cut(b']') else {
            return;
        };
        rest = next;
        if let Some((name, value)) = inside.cut_at(": ").or_else(|| inside.cut_at(" => ")) {
            match name {
                "Classification" => event.attr("classification", value),
                "Priority" => {
                    event.attr("priority", value);
                    event.level = match value {
                        "1" => Some(3),
                        "2" => Some(4),
                        "3" => Some(6),
                        "4" => Some(7),
                        _ => None,
                    };
                }
                "Xref" => event.attr("xref", value),
                _ => event.attr(name, value),
            }
        }
    }
}

/// `10.0.0.5:4022 -> 10.0.0.9:22`, without ports for ICMP.
fn set_ends(text: &str, event: &mut EventBuf) {
    let Some((source, destination)) = split(text, " -> ") else {
        return;
    };
    let has_ports = !event.get(Text::Protocol).is_some_and(|p| p.has("ICMP"));
    let (address, port) = end(source.trimmed(), has_ports);
    scan::set_source(event, address);
    scan::set_port(event, Number::SrcPort, port);
    let (address, port) = end(scan::word(destination).0, has_ports);
    scan::set_destination(event, address);
    scan::set_port(event, Number::DstPort, port);
}

/// An IPv6 address and its port are joined by a colon too: what is an address with all eight groups has none.
fn end(text: &str, has_ports: bool) -> (&str, &str) {
    let full = text.bytes().filter(|b| *b == b':').count() == 7 && !scan::has(text, "::");
    if !has_ports || full {
        return (text, "");
    }
    match scan::address_port(text, b':') {
        Some((address, port)) if scan::is_ip(address) => (address, port),
        _ => (text, ""),
    }
}

/// `01/28-22:26:22.123456`, with a year behind the day (`/2026`, `/26`) or without: the reading and its length.
fn stamp(line: &str) -> Option<(TimeReading, usize)> {
    line.as_bytes().first().filter(|first| first.is_ascii_digit())?;
    let (date, rest) = line
        .get(..line.len().min(40))
        .or(Some(line))
        .and_then(|l| l.cut(b'-'))?;
    let mut parts = date.pieces(b'/');
    let (month, day) = (two(parts.next()?)?, two(parts.next()?)?);
    let year = match parts.next() {
        None => None,
        Some(year) => {
            let number: i32 = year.parse().ok()?;
            match year.len() {
                4 => Some(number),
                // `-y` of Snort: the last two digits of a year of this century.
                2 => Some(2000 + number),
                _ => return None,
            }
        }
    };
    if parts.next().is_some() {
        return None;
    }
    let length = rest
        .bytes()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
        .count();
    let day_text = TimeReading::Clock {
        civil: Civil {
            year: year.or(Some(2000)),
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
        },
        offset_min: None,
    };
    let reading = crate::timetext::clock_on_day_of(rest.get(..length)?, &day_text)?;
    let TimeReading::Clock { civil, offset_min } = reading else {
        return None;
    };
    // Year 2000 is a leap year: it lets every day pass that some year has.
    civil.micros_in_year(year.unwrap_or(2000))?;
    Some((
        TimeReading::Clock {
            civil: Civil { year, ..civil },
            offset_min,
        },
        date.len() + 1 + length,
    ))
}

fn two(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_with_and_without_ports() {
        assert_eq!(
            end("2001:df1:c200:c:0:0:0:35", true),
            ("2001:df1:c200:c:0:0:0:35", "")
        );
        assert_eq!(
            end("2001:df1:c200:c:0:0:0:35:443", true),
            ("2001:df1:c200:c:0:0:0:35", "443")
        );
        assert_eq!(end("10.0.0.1:53", true), ("10.0.0.1", "53"));
        assert_eq!(end("10.0.0.1", true), ("10.0.0.1", ""));
    }

    #[test]
    fn alerts_through_syslog_have_no_marks() {
        let mut event = EventBuf::default();
        let message = "[1:2001219:20] ET SCAN [x] SSH [Classification: Attempted Information Leak] [Priority: 2]: {TCP} 203.0.113.9:4022 -> 10.1.0.8:22";
        assert!(read_message(message, &mut event));
        assert_eq!(event.get(Text::XRule), Some("ET SCAN [x] SSH"));
        assert_eq!(event.number(Number::DstPort), Some(22));
        assert_eq!((event.kind, event.level), (Kind::IDS_ALERT, Some(4)));
        assert!(!read_message(
            "Rule application order: pass",
            &mut EventBuf::default()
        ));
    }

    #[test]
    fn times_that_are_none_are_refused() {
        for line in [
            "",
            "01/32-00:00:00",
            "13/01-00:00:00",
            "1/1-00:00:00",
            "01/01/2026/1-00:00:00",
            "01/01-25:00:00",
            "02/30-01:01:01",
        ] {
            assert!(stamp(line).is_none(), "{line}");
        }
        assert!(stamp("02/29-00:00:00.1 x").is_some());
    }
}
