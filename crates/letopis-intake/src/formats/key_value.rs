//! `key=value` pairs: what many devices and programs write (logfmt, firewalls, appliances).

mod stormshield;

use letopis_event::{EventBuf, Text, TimeReading};

use super::application;
use super::fields::{Fields, Mapper};
use super::plain_text::leading_time;
use super::scan;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};

/// Lines of `key=value` pairs.
pub(super) const FORMAT: Format = Format {
    name: "key-value",
    title: "key=value pairs (logfmt and the like)",
    reference: "none: pairs parted by blanks or commas, values in quotes where they hold blanks",
    category: None,
    kinds: super::json_known::KINDS,
    samples: &[
        Sample {
            bytes: b"time=2026-01-01T00:12:03Z level=warn user=aigul src_ip=10.1.2.3 msg=\"wrong \\\"old\\\" password\" attempt=3\ntime=2026-01-01T00:12:04Z level=info user=serik msg=ok\n",
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03Z"), ("level", "4"), ("user_name", "aigul"), ("src_ip", "10.1.2.3"),
                    ("message", "wrong \"old\" password"), ("attrs.attempt", "3"),
                ],
                &[("user_name", "serik"), ("message", "ok")],
            ],
        },
        Sample {
            bytes: b"t=2026-01-01T00:12:03+0500 lvl=eror msg=\"Invalid username or password\" logger=context userId=0 uname=serik error=\"user not found\" remote_addr=203.0.113.9\nt=2026-01-01T00:12:04+0500 lvl=info msg=\"Request Completed\" logger=context method=GET status=302 remote_addr=203.0.113.9\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "serik"), ("src_ip", "203.0.113.9"), ("level", "3"), ("x_reason", "user not found")],
                &[("kind", "http.request"), ("status", "302")],
            ],
        },
        Sample {
            bytes: b"date=2026-01-01 time=00:12:03 devname=FW1 srcip=10.1.2.3 dstip=198.51.100.7 action=deny\ndate=2026-01-01 time=00:12:05 devname=FW1 srcip=10.1.2.4 dstip=198.51.100.7 action=accept\n",
            events: &[
                &[("time", "2026-01-01T00:12:03Z"), ("time_text", "2026-01-01 00:12:03"), ("dst_ip", "198.51.100.7"), ("action", "deny"), ("outcome", "failure")],
                &[("outcome", "success")],
            ],
        },
        Sample {
            bytes: b"id=firewall time=2026-01-01 00:12:03 fw=\"SN210A\" tz=+0500 startime=2026-01-01 00:12:03 user=\"aigul\" src=203.0.113.9 domain=\"akimat.example\" error=4 msg=\"Authentication request invalid\" logtype=\"auth\"\nid=firewall time=\"2026-01-01 00:12:05\" fw=\"SN210A\" tz=+0500 startime=\"2026-01-01 00:12:05\" error=0 user=\"admin\" address=10.1.2.3 sessionid=5 msg=\"CONFIG NETWORK INTERFACE\" logtype=\"server\"\nid=firewall time=\"2026-01-01 00:12:07\" fw=\"SN210A\" tz=+0500 startime=\"2026-01-01 00:12:07\" ipproto=tcp src=10.1.2.3 srcport=50122 dst=198.51.100.7 dstport=443 action=block logtype=\"filter\"\nid=firewall time=\"2026-01-01 00:12:09\" fw=\"SN210A\" tz=+0500 startime=\"2026-01-01 00:12:09\" user=\"serik\" src=203.0.113.9 msg=\"User authenticated in ASQ\" logtype=\"xvpn\"\n",
            events: &[
                &[
                    ("time", "2026-01-01T00:12:03+05:00"), ("host", "SN210A"), ("kind", "auth.logon"), ("outcome", "failure"),
                    ("user_name", "aigul"), ("src_ip", "203.0.113.9"),
                ],
                &[("outcome", "success"), ("src_ip", "10.1.2.3"), ("user_name", "admin"), ("session", "5")],
                &[("kind", "firewall.block"), ("outcome", "failure"), ("status", "denied"), ("dst_port", "443")],
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "serik")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// Calls `each` for every pair; how many there are and how many bytes of the line they are.
fn pairs(line: &str, scratch: &mut String, each: &mut dyn FnMut(&str, &str)) -> (usize, usize) {
    let bytes = line.as_bytes();
    let (mut at, mut count, mut covered) = (0, 0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| crate::near::byte(b'=', rest)) {
        let equals = at + found;
        let is_name =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'/') || *b >= 0x80;
        let name_length = bytes[at..equals].iter().rev().take_while(|b| is_name(b)).count();
        let start = equals - name_length;
        let value_at = equals + 1;
        let Some(name) = line.get(start..equals).filter(|n| !n.is_empty()) else {
            at = value_at;
            continue;
        };
        let quote = bytes.get(value_at).copied().filter(|b| matches!(b, b'"' | b'\''));
        let end = match quote.and_then(|q| quoted(line, value_at + 1, q, scratch)) {
            Some(end) => {
                each(name, scratch);
                end
            }
            None => {
                let rest = &bytes[value_at..];
                let length = crate::near::byte3(b' ', b'\t', b';', rest).unwrap_or(rest.len());
                let length = with_clock(rest, length);
                let value = line.get(value_at..value_at + length).unwrap_or_default();
                each(name, value.strip_suffix(',').unwrap_or(value));
                value_at + length
            }
        };
        count += 1;
        covered += end - start;
        at = end;
    }
    (count, covered)
}

/// The length of a value where a clock follows a date without quotes (`time=2026-01-01 00:12:03`): both are the value.
fn with_clock(rest: &[u8], length: usize) -> usize {
    let shape = |from: usize, shape: &[u8]| {
        rest.get(from..from + shape.len()).is_some_and(|bytes| {
            bytes.iter().zip(shape).all(|(byte, sign)| match sign {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
        })
    };
    let dated = length == 10 && shape(0, b"0000-00-00 00:00:00");
    if dated && matches!(rest.get(19), None | Some(b' ' | b'\t' | b',' | b';')) {
        19
    } else {
        length
    }
}

/// A quoted value after its quote, with `\"` undone; where the line goes on.
fn quoted(line: &str, from: usize, mark: u8, out: &mut String) -> Option<usize> {
    let bytes = line.as_bytes();
    out.clear();
    let mut at = from;
    loop {
        let found = at + crate::near::byte2(mark, b'\\', bytes.get(at..)?)?;
        out.push_str(line.get(at..found)?);
        if bytes[found] == mark {
            return Some(found + 1);
        }
        match bytes.get(found + 1) {
            Some(b) if *b == mark || *b == b'\\' => {
                out.push(char::from(*b));
                at = found + 2;
            }
            _ => {
                out.push('\\');
                at = found + 1;
            }
        }
    }
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let mut scratch = String::new();
    let (mut all, mut good) = (0, 0);
    for line in head.lines(30) {
        let (count, covered) = pairs(line, &mut scratch, &mut |_, _| {});
        all += 1;
        good += usize::from(count >= 3 && covered * 10 >= line.len() * 6);
    }
    (all > 0 && good * 100 >= all * 80).then(|| Claim {
        confidence: 30,
        reason: format!("{good} of the first {all} lines are mostly key=value pairs"),
    })
}

pub(super) fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Pairs {
        mapper: Mapper::new(context.options.mapping.as_ref()),
        fields: Fields::default(),
        scratch: String::new(),
    })
}

struct Pairs {
    mapper: Mapper,
    fields: Fields,
    scratch: String,
}

impl RecordReader for Pairs {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.fields.clear();
        let (fields, mapper) = (&mut self.fields, &mut self.mapper);
        let mut dated = false;
        let (count, _) = pairs(record.text, &mut self.scratch, &mut |name, value| {
            dated |= name == "date";
            // Beside a date, `time` is a clock.
            let matched = match name {
                "time" if dated => Some((super::fields::Target::Clock, 1)),
                _ => mapper.find(name),
            };
            fields.push(name, value, matched);
        });
        if count == 0 {
            return Verdict::Unparsed("no key=value pair stands in the line");
        }
        self.fields.fill(event, self.mapper.month_first);
        if event.reading.is_none() {
            leading_time(record.text, event);
        }
        if let Some(zone) = self.fields.find("tz").or_else(|| self.fields.find("timezone")) {
            set_zone(zone, event);
        }
        if !self.mapper.is_chosen() && stormshield::is(&self.fields) {
            stormshield::settle(&self.fields, event);
        }
        if !self.mapper.is_chosen() {
            application::read_fields(event);
        }
        if event.outcome == letopis_event::Outcome::Unknown {
            event.outcome = event
                .get(Text::Action)
                .and_then(super::fields::outcome)
                .unwrap_or_default();
        }
        self.mapper.fill_fixed(event);
        event.set_if_absent(Text::Message, record.text);
        Verdict::Event
    }
}

/// A field that states the zone of the clock beside it: `tz=+0200`.
pub(super) fn set_zone(zone: &str, event: &mut EventBuf) {
    let Some(TimeReading::Clock {
        offset_min: offset @ None,
        ..
    }) = &mut event.reading
    else {
        return;
    };
    *offset = scan::offset(zone);
}
