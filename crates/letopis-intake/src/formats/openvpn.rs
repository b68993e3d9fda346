//! OpenVPN's own log: `2026-01-01 00:12:03 aigul/203.0.113.9:4022 text`; versions before 2.5 write
//! `Thu Jan  1 00:12:03 2026`, both with `us=…` at high verbosity.

use letopis_event::{Category, EventBuf, Number, Text, TimeReading};

use super::scan::{self, split, word};
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::timetext;

/// OpenVPN's own log.
pub(super) const FORMAT: Format = Format {
    name: "openvpn",
    title: "OpenVPN log",
    reference: "openvpn(8): --log, --log-append, --verb; src/openvpn/error.c",
    category: Some(Category::Application),
    kinds: syslog::AUDIT_KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

const SAMPLES: &[Sample] = &[Sample {
    bytes: b"2026-01-01 00:12:03 203.0.113.9:4022 TLS: Initial packet from [AF_INET]203.0.113.9:4022, sid=1a2b3c4d 5e6f7a8b\n\
2026-01-01 00:12:04 203.0.113.9:4022 [aigul] Peer Connection Initiated with [AF_INET]203.0.113.9:4022\n\
2026-01-01 00:12:05 us=250000 203.0.113.9:4030 TLS Auth Error: Auth Username/Password verification failed for peer\n",
    events: &[
        &[("src_ip", "203.0.113.9"), ("src_port", "4022"), ("service", "openvpn")],
        &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "aigul")],
        &[("kind", "auth.logon"), ("outcome", "failure"), ("time", "2026-01-01T00:12:05.25Z")],
    ],
}];

/// What only this program writes.
const MARKS: &[&str] = &[
    "[AF_INET",
    "TLS: ",
    "VERIFY ",
    "MULTI: ",
    "MULTI_",
    "peer info: IV_",
    "SENT CONTROL [",
    "PUSH: Received control message",
    "Control Channel: ",
    "Data Channel",
    "TUN/TAP device ",
    "Initialization Sequence Completed",
    "ifconfig_pool_",
    "IFCONFIG POOL ",
    "OpenVPN ",
    "SIGUSR1[",
    "SIGTERM[",
    "net_route_v",
    "net_addr_v",
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let timed = head.share(50, |line| start_of(line).is_some());
    if timed < 80 {
        return None;
    }
    let share = head.share(50, |line| {
        start_of(line).is_some_and(|s| MARKS.iter().any(|m| scan::has(s.text, m)))
    });
    (share >= 40).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{timed} of 100 lines begin with a time, {share} have words of OpenVPN"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Start<'a> {
    reading: TimeReading,
    time_text: &'a str,
    text: &'a str,
}

fn start_of(line: &str) -> Option<Start<'_>> {
    let digit = line.as_bytes().first()?.is_ascii_digit();
    let (reading, length) = if digit {
        timetext::iso8601(line)?
    } else {
        timetext::asctime(line)?
    };
    Some(Start {
        reading,
        time_text: line.get(..length)?,
        text: line.get(length..)?.strip_prefix(' ')?,
    })
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(start) = start_of(record.text) else {
            return Verdict::Unparsed("the line begins with no time");
        };
        let mut text = start.text;
        event.reading = Some(start.reading);
        event.set(Text::TimeText, start.time_text);
        if let Some((micros, rest)) = text.strip_prefix("us=").and_then(|t| split(t, " ")) {
            text = rest;
            finer(micros, event);
        }
        event.set(Text::Process, "openvpn");
        event.set(Text::Message, text);
        syslog::read_vpn("openvpn", text, event);
        if event.number(Number::SrcPort).is_none() && event.get(Text::UserName).is_none() {
            // `SENT CONTROL [aigul]: 'PUSH_REPLY,…' (status=1)`
            if let Some(rest) = text.strip_prefix("SENT CONTROL [") {
                event.set(
                    Text::UserName,
                    split(rest, "]").map_or(word(rest).0, |(name, _)| name),
                );
            }
        }
        Verdict::Event
    }
}

/// `us=250000`: the microseconds of the second that the time names.
fn finer(micros: &str, event: &mut EventBuf) {
    let Some(micros) = micros.parse::<u32>().ok().filter(|m| *m < 1_000_000) else {
        return event.attr("us", micros);
    };
    if let Some(TimeReading::Clock { civil, .. }) = &mut event.reading {
        civil.nanos = micros * 1000;
    }
}
