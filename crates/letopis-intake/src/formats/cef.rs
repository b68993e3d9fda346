//! ArcSight Common Event Format: `CEF:0|vendor|product|version|id|name|severity|key=value …`, with a syslog head or
//! without.
//!
//! Every field of the extension is kept: the known ones fill columns, the others are attributes under their own name.

mod keys;

use letopis_event::{EventBuf, Text, TimeReading};

use super::place::put;
use super::{kaspersky, scan, syslog};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;

/// CEF.
pub(super) const FORMAT: Format = Format {
    name: "cef",
    title: "Common Event Format (CEF)",
    reference: "Micro Focus ArcSight Common Event Format, Implementation Standard, version 27",
    category: None,
    kinds: keys::KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: br"<134>Jan  1 00:12:04 gate1 CEF:0|Shield|Edge \| Gate|2.1|100|Login failed|7|rt=Jan 01 2026 00:12:03 UTC src=203.0.113.9 spt=4022 dst=10.1.0.8 dpt=443 suser=aigul proto=TCP msg=bad pass\=word here cs1=a b cs1Label=Policy outcome=Failure in=10 out=20
CEF:0|Shield|Edge Gate|2.1|200|Packet filtered|Low|act=Deny src=203.0.113.9 dst=10.1.0.8 dvchost=gate2 fname=a.exe fileHash=00ff start=1767208323000
",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("time_basis", "stated"),
                ("host", "gate1"),
                ("kind", "auth.logon"),
                ("outcome", "failure"),
                ("user_name", "aigul"),
                ("src_ip", "203.0.113.9"),
                ("src_port", "4022"),
                ("dst_port", "443"),
                ("provider", "Shield"),
                ("service", "Edge | Gate"),
                ("code", "100"),
                ("action", "Login failed"),
                ("level", "3"),
                ("message", "bad pass=word here"),
                ("attrs.cs1", "a b"),
                ("x_bytes", "30"),
                ("attrs.syslog_time", "Jan  1 00:12:04"),
            ],
            &[
                ("kind", "firewall.block"),
                ("outcome", "failure"),
                ("host", "gate2"),
                ("time", "2025-12-31T19:12:03Z"),
                ("level", "5"),
                ("target", "a.exe"),
                ("x_hash", "00ff"),
            ],
        ],
    },
    Sample {
        bytes: b"<14>1 2026-01-01T00:12:03+05:00 fw2 agent 77 - - CEF:1|Wall|Filter||7|Virus found|Very-High|duser=serik sproc=mail.exe spid=42 request=http://a.example/x requestMethod=GET\n",
        events: &[&[
            ("time", "2026-01-01T00:12:03+05:00"),
            ("host", "fw2"),
            ("kind", "malware.detect"),
            ("target_user", "serik"),
            ("process", "mail.exe"),
            ("pid", "42"),
            ("target", "http://a.example/x"),
            ("level", "2"),
        ]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| head_at(line).is_some());
    (share >= 60).then(|| Claim {
        confidence: 85 + share / 10,
        reason: format!("{share} of 100 lines hold CEF:0| and the seven parts of its head"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines::default())
}

#[derive(Default)]
struct Lines(Scratch);

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if read_line(record.text, &mut self.0, event) {
            Verdict::Event
        } else {
            Verdict::Unparsed("no CEF: with the seven parts of its head stands in the line")
        }
    }
}

/// Reusable memory: for values with escapes, for a name in its plain form.
#[derive(Default)]
pub(super) struct Scratch(String, String);

/// The seven parts of the head, and the extension behind them.
struct Parts<'a> {
    head: [&'a str; 7],
    extension: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes apart what follows `CEF:`: `0|vendor|…`.
    fn of(text: &'a str) -> Option<Self> {
        let (mut head, mut extension) = ([""; 7], text);
        for part in &mut head {
            (*part, extension) = head_part(extension)?;
        }
        Some(Self { head, extension })
    }
}

/// Where `CEF:` begins, where all seven parts of the head follow.
fn head_at(line: &str) -> Option<(usize, Parts<'_>)> {
    let at = scan::find(line, "CEF:")?;
    Some((at, Parts::of(line.get(at + 4..)?)?))
}

/// Reads a line with what a syslog relay put before it; `false` (and nothing filled) where it is none.
pub(super) fn read_line(line: &str, scratch: &mut Scratch, event: &mut EventBuf) -> bool {
    let Some((at, parts)) = head_at(line) else {
        return false;
    };
    syslog::read_relay(line.get(..at).unwrap_or_default(), event);
    read_parts(&parts, scratch, event);
    true
}

/// Reads a message that holds `CEF:`; the head of its line has been read.
pub(super) fn read(message: &str, event: &mut EventBuf) -> bool {
    match scan::split(message, "CEF:") {
        Some((_, rest)) => read_body(rest, &mut Scratch::default(), event),
        None => false,
    }
}

/// Reads what follows `CEF:`. Some collectors cut the word off.
pub(super) fn read_body(rest: &str, scratch: &mut Scratch, event: &mut EventBuf) -> bool {
    let parts = Parts::of(rest);
    if let Some(parts) = &parts {
        read_parts(parts, scratch, event);
    }
    parts.is_some()
}

fn read_parts(parts: &Parts<'_>, scratch: &mut Scratch, event: &mut EventBuf) {
    let [_, vendor, product, version, id, name, severity] = parts.head;
    // What the relay thought of it is not the device's own word.
    event.unset(Text::Message);
    event.set(Text::Provider, unescaped(vendor, &mut scratch.0));
    event.set(Text::Service, unescaped(product, &mut scratch.0));
    if !version.is_empty() {
        event.attr("device_version", version);
    }
    event.set(Text::Code, unescaped(id, &mut scratch.0));
    event.set(Text::Action, unescaped(name, &mut scratch.0));
    event.attr("severity", severity);
    event.level = level(severity).or(event.level);
    let mut times = Times::default();
    // Most extensions have no escape: one search for all values.
    let escapes = parts.extension.holds(b'\\');
    walk(parts.extension, |key, value| {
        let value = match escapes {
            true => unescaped(value, &mut scratch.0),
            false => value,
        };
        if !times.take(key, value, event) {
            put(keys::place(key), key, value, event);
        }
    });
    times.settle(event);
    keys::labelled(event, &mut scratch.0, &mut scratch.1);
    keys::finish(vendor, name, event);
    if vendor == "KasperskyLab" && product == "SecurityCenter" {
        kaspersky::of_cef(event, &mut scratch.0);
    }
    event.set_if_absent(Text::Message, name);
}

/// The times of an event: when the device noticed it comes first, then its begin, then its end.
#[derive(Default)]
struct Times {
    rank: u8,
    zone: Option<i16>,
}

impl Times {
    /// Whether the field was a time or its zone.
    fn take(&mut self, key: &str, value: &str, event: &mut EventBuf) -> bool {
        let rank = match key.as_bytes() {
            b"rt" | b"deviceReceiptTime" => 4,
            b"start" | b"startTime" => 3,
            b"FTNTFGTeventtime" | b"FortinetFortiGateeventtime" | b"eventtime" => 2,
            b"end" | b"endTime" => 1,
            b"dtz" | b"deviceTimeZone" | b"tz" | b"FTNTFGTtz" => {
                let zone = match value {
                    "UTC" | "GMT" | "Z" => Some(0),
                    _ => scan::offset(value),
                };
                self.zone = self.zone.or(zone);
                return false;
            }
            _ => return false,
        };
        if rank == 1 && self.rank > 0 {
            event.end_reading = time(value);
            return false;
        }
        if rank <= self.rank {
            return false;
        }
        let Some(reading) = time(value) else { return false };
        if self.rank == 0 {
            // The relay's time gives way.
            if let Some(relayed) = event.get(Text::TimeText).map(str::to_owned) {
                event.attr("syslog_time", &relayed);
            }
        } else if let Some(other) = event.get(Text::TimeText).map(str::to_owned) {
            event.attr("other_time", &other);
        }
        self.rank = rank;
        event.reading = Some(reading);
        event.set(Text::TimeText, value);
        true
    }

    fn settle(&self, event: &mut EventBuf) {
        if self.rank > 0
            && let (
                Some(zone),
                Some(TimeReading::Clock {
                    civil,
                    offset_min: None,
                }),
            ) = (self.zone, event.reading)
        {
            event.reading = Some(TimeReading::Clock {
                civil,
                offset_min: Some(zone),
            });
        }
    }
}

/// Milliseconds since 1970, or `MMM dd yyyy HH:mm:ss[.SSS][ zone]`.
fn time(value: &str) -> Option<TimeReading> {
    if let Some(reading) = super::fields::time(value, false) {
        return Some(reading);
    }
    let (clock, zone) = value.cut_last(b' ')?;
    let reading = super::fields::time(clock, false)?;
    match (zone, reading) {
        (
            "UTC" | "GMT" | "Z",
            TimeReading::Clock {
                civil,
                offset_min: None,
            },
        ) => Some(TimeReading::Clock {
            civil,
            offset_min: Some(0),
        }),
        // A zone's name that is not known: the clock alone is what can be read.
        (name, reading) if name.bytes().all(|b| b.is_ascii_alphabetic()) => Some(reading),
        _ => None,
    }
}

/// One part of the head, to the next `|` that is not escaped.
fn head_part(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + crate::near::byte(b'|', bytes.get(from..)?)?;
        if !is_escaped(bytes, at) {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        from = at + 1;
    }
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// CEF counts 0 to 10 upwards; syslog 7 to 0 downwards.
pub(super) fn level(severity: &str) -> Option<i8> {
    Some(match severity {
        "Low" => 5,
        "Medium" => 4,
        "High" => 3,
        "Very-High" => 2,
        _ => match severity.parse::<u8>().ok()? {
            0..=3 => 5,
            4..=6 => 4,
            7..=8 => 3,
            9..=10 => 2,
            _ => return None,
        },
    })
}

/// Bytes of the longest key.
const KEY_MAX: usize = 256;

/// The characters of keys: a look into a table costs a third of the comparisons.
static OF_KEYS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']' | b'/');
        byte += 1;
    }
    table
};

/// `key=value key=value`: a value ends where the next ` key=` begins, since spaces are allowed in it.
fn walk<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) {
    let bytes = text.as_bytes();
    let mut key: Option<(usize, usize)> = None;
    let mut from = 0;
    while let Some(found) = crate::near::byte(b'=', bytes.get(from..).unwrap_or_default()) {
        let equals = from + found;
        from = equals + 1;
        // The name right before the sign, back to where no name goes on: no farther than the sign before.
        let floor = key.map_or(0, |(_, value)| value);
        let before = bytes.get(floor..equals).unwrap_or_default();
        let of_name = before.iter().rev().take(KEY_MAX + 1);
        let length = of_name.take_while(|b| OF_KEYS[usize::from(**b)]).count();
        let start = equals - length;
        // Right after a value's own `=` stands no new name.
        let set_apart = match before.get(..before.len() - length).and_then(<[u8]>::last) {
            None => key.is_none(),
            Some(last) => matches!(last, b' ' | b'\t'),
        };
        if length == 0 || length > KEY_MAX || !set_apart {
            continue;
        }
        if let Some((from, value)) = key {
            let name = text.get(from..value - 1).unwrap_or_default();
            each(name, text.get(value..start).unwrap_or_default().trimmed_end());
        }
        key = Some((start, equals + 1));
    }
    if let Some((from, value)) = key {
        let name = text.get(from..value - 1).unwrap_or_default();
        each(name, text.get(value..).unwrap_or_default().trimmed_end());
    }
}

fn unescaped<'a>(value: &'a str, buffer: &'a mut String) -> &'a str {
    if crate::near::byte(b'\\', value.as_bytes()).is_none() {
        return value;
    }
    buffer.clear();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            buffer.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => buffer.push('\n'),
            Some('r') => buffer.push('\r'),
            Some(other @ ('=' | '\\' | '|')) => buffer.push(other),
            Some(other) => {
                buffer.push('\\');
                buffer.push(other);
            }
            None => buffer.push('\\'),
        }
    }
    buffer
}

#[cfg(test)]
mod tests {
    use letopis_event::{Kind, Outcome};

    use super::*;
    use crate::timetext;

    fn pairs(text: &str) -> Vec<(&str, &str)> {
        let mut out = Vec::new();
        walk(text, |k, v| out.push((k, v)));
        out
    }

    #[test]
    fn values_hold_blanks_and_escaped_signs() {
        assert_eq!(
            pairs("a=1 2  b= c=x\\=y d.e=http://h/?q=1&r=2 z=last one"),
            [
                ("a", "1 2"),
                ("b", ""),
                ("c", "x\\=y"),
                ("d.e", "http://h/?q=1&r=2"),
                ("z", "last one")
            ]
        );
        assert_eq!(pairs("no pairs here"), []);
        assert_eq!(pairs("=x a=b"), [("a", "b")]);
    }

    #[test]
    fn fortinet_says_how_it_ended_in_fields_of_its_own() {
        let of = |line: &str| {
            let mut event = EventBuf::default();
            assert!(read_line(line, &mut Scratch::default(), &mut event), "{line}");
            event
        };
        for (extension, kind, outcome) in [
            (
                "cat=traffic:forward act=close",
                Kind::NETWORK_FLOW,
                Outcome::Success,
            ),
            (
                "cat=traffic:forward act=start",
                Kind::NETWORK_FLOW,
                Outcome::Unknown,
            ),
            (
                "cat=traffic:forward act=deny",
                Kind::FIREWALL_BLOCK,
                Outcome::Failure,
            ),
            (
                "cat=event:system act=login FTNTFGTstatus=failed",
                Kind::OTHER,
                Outcome::Failure,
            ),
        ] {
            let event = of(&format!("CEF:0|Fortinet|Fortigate|v7|13|{}|3|{extension}", "x"));
            assert_eq!((event.kind, event.outcome), (kind, outcome), "{extension}");
        }
        let event = of("CEF:0|Fortinet|Fortigate|v7|13|x|3|start=Jan 01 2026 00:12:03 tz=+0500 act=login");
        let expected = timetext::iso8601("2026-01-01T00:12:03+05:00").map(|(reading, _)| reading);
        assert_eq!(event.reading, expected);
    }

    #[test]
    fn what_is_no_cef_fills_nothing() {
        let mut event = EventBuf::default();
        for line in [
            "CEF:0|a|b",
            "",
            "CEF:",
            "x CEF:0|a|b|c|d|e",
            "CEF:0|a|b|c|d|e\\|7|",
        ] {
            assert!(!read_line(line, &mut Scratch::default(), &mut event), "{line}");
        }
        assert_eq!((event.kind, event.outcome), (Kind::OTHER, Outcome::Unknown));
        assert_eq!(event.attr_count(), 0);
    }
}
