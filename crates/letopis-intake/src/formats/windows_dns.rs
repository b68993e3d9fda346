//! Windows DNS server's debug log: `1/1/2026 12:12:03 AM 0E70 PACKET  000001… UDP Rcv 10.1.2.3 b0c8   Q [0001   D   NOERROR] A      (4)mail(6)akimat(0)`.
//!
//! The date is in the layout of the server's region; with slashes the month is taken to come first unless it cannot.

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text, TimeReading};

use super::scan::{self, split, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// DNS debug log.
pub(super) const FORMAT: Format = Format {
    name: "windows-dns-debug",
    title: "Windows DNS server debug log",
    reference: "Microsoft: DNS Logging and Diagnostics; the key printed at the head of the file",
    category: Some(Category::Network),
    kinds: &[Kind::DNS_QUERY, Kind::OTHER],
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"DNS Server log file creation at 1/1/2026 12:00:00 AM\r\nLog file wrap at 1/1/2026 12:00:00 AM\r\n\r\nMessage logging key (for packets - other items use a subset of these fields):\r\n\tField #  Information         Values\r\n\t-------  -----------         ------\r\n\t   1     Date\r\n\r\n\
1/1/2026 12:12:03 AM 0E70 PACKET  000001D5C0A1B2C0 UDP Rcv 10.1.2.3        b0c8   Q [0001   D   NOERROR] A      (4)mail(6)akimat(7)example(0)\r\n\
1/1/2026 12:12:03 AM 0E70 PACKET  000001D5C0A1B2C0 UDP Snd 10.1.2.3        b0c8 R Q [8385 A DR NXDOMAIN] AAAA   (3)www(7)example(0)\r\n\
1/1/2026 12:12:04 AM 0E70 EVENT   The DNS server has started.\r\n",
        events: &[
            &[
                ("time", "2026-01-01T00:12:03Z"),
                ("kind", "dns.query"),
                ("src_ip", "10.1.2.3"),
                ("target", "mail.akimat.example"),
                ("protocol", "UDP"),
                ("action", "Rcv"),
                ("attrs.type", "A"),
                ("attrs.xid", "b0c8"),
                ("status", "NOERROR"),
            ],
            &[
                ("dst_ip", "10.1.2.3"),
                ("attrs.answer", "yes"),
                ("status", "NXDOMAIN"),
                ("outcome", "failure"),
                ("target", "www.example"),
            ],
            &[("kind", "other"), ("message", "The DNS server has started.")],
        ],
    },
    Sample {
        bytes: b"31.01.2026 00:12:03 0E70 PACKET  000001D5C0A1B2C0 TCP Rcv 2001:db8::7 0001   Q [0001   D   NOERROR] SOA    (6)akimat(0)\r\n",
        events: &[&[("time", "2026-01-31T00:12:03Z"), ("src_ip", "2001:db8::7"), ("attrs.type", "SOA")]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let titled = head
        .lines(3)
        .any(|l| l.starts_with("DNS Server log file creation at"));
    let share = head.share(80, |line| {
        stamp(line).is_some_and(|(_, _, rest)| context_of(rest).is_some())
    });
    (titled || share >= 40).then(|| Claim {
        confidence: 88 + share / 10,
        reason: if titled {
            "the head says that it is a DNS server's log file".to_owned()
        } else {
            format!("{share} of 100 lines are time, thread and PACKET, EVENT or another context")
        },
    })
}

fn stamp(line: &str) -> Option<(TimeReading, &str, &str)> {
    if !line.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (reading, length) = timetext::month_first(line)
        .filter(|_| line.get(..12).is_some_and(|d| d.holds(b'/')))
        .or_else(|| timetext::day_first(line))
        .or_else(|| timetext::iso8601(line))
        .or_else(|| timetext::year_first(line))?;
    Some((reading, line.get(..length)?, line.get(length..)?.trimmed_start()))
}

/// `0E70 PACKET  `: thread, context, the rest.
fn context_of(rest: &str) -> Option<(&str, &str, &str)> {
    let (thread, rest) = word(rest);
    let (context, rest) = word(rest);
    let hex = (3..=8).contains(&thread.len()) && thread.bytes().all(|b| b.is_ascii_hexdigit());
    let known = matches!(
        context,
        "PACKET"
            | "EVENT"
            | "Note:"
            | "INIT"
            | "DSPOLL"
            | "LOOKUP"
            | "REMOTE"
            | "RECURSE"
            | "ERROR"
            | "TNKEY"
            | "TSIG"
    );
    (hex && known).then_some((thread, context, rest))
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let line = record.text;
        let Some((reading, time, rest)) = stamp(line) else {
            let head = line.starts_with("DNS Server log")
                || line.starts_with("Log file wrap")
                || line.starts_with("Message logging key")
                || line.starts_with('\t');
            return if head {
                Verdict::Structure(StructureKind::Header)
            } else {
                Verdict::Unparsed("the line begins with no time")
            };
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Service, "dns");
        let Some((thread, context, rest)) = context_of(rest) else {
            event.set(Text::Message, rest);
            return Verdict::Event;
        };
        event.attr("thread", thread);
        event.set(Text::Provider, context.less_end(b':'));
        event.set(Text::Message, rest);
        if context == "PACKET" {
            packet(rest, event);
        }
        Verdict::Event
    }
}

/// `000001… UDP Rcv 10.1.2.3 b0c8 R Q [0001 D NOERROR] A (4)mail(0)`
fn packet(text: &str, event: &mut EventBuf) {
    let (_, rest) = word(text);
    let (protocol, rest) = word(rest);
    let (direction, rest) = word(rest);
    let (address, rest) = word(rest);
    let (xid, rest) = word(rest);
    event.kind = Kind::DNS_QUERY;
    event.set(Text::Protocol, protocol);
    event.set(Text::Action, direction);
    event.attr("xid", xid);
    if direction == "Snd" {
        scan::set_destination(event, address);
    } else {
        scan::set_source(event, address);
    }
    let Some((codes, rest)) = split(rest, "[") else {
        return;
    };
    if word(codes).0 == "R" {
        event.attr("answer", "yes");
    }
    let Some((flags, rest)) = split(rest, "]") else {
        return;
    };
    let status = flags.pieces(b' ').next_back().unwrap_or_default();
    event.set(Text::Status, status);
    if word(codes).0 == "R" {
        event.outcome = match status {
            "NOERROR" => Outcome::Success,
            "" => Outcome::Unknown,
            _ => Outcome::Failure,
        };
    }
    let (record, name) = word(rest.trimmed_start());
    event.attr("type", record);
    let mut plain = String::with_capacity(name.len());
    labels(name.trimmed(), &mut plain);
    event.set(Text::Target, &plain);
}

/// `(4)mail(6)akimat(0)` as `mail.akimat`; what is written otherwise stays.
fn labels(written: &str, plain: &mut String) {
    let mut rest = written;
    while let Some(after) = rest.strip_prefix('(') {
        let Some((length, tail)) = after.cut(b')') else {
            break;
        };
        let label = tail.get(..length.parse().unwrap_or(usize::MAX)).unwrap_or(tail);
        if !label.is_empty() {
            if !plain.is_empty() {
                plain.push('.');
            }
            plain.push_str(label);
        }
        rest = tail.get(label.len()..).unwrap_or_default();
    }
    if plain.is_empty() {
        plain.push_str(written);
    }
}
