//! strongSwan's own log file (charon's `filelog`): `TIME NN[SUB] text`. The messages are those that syslog carries.

use letopis_event::{Category, EventBuf, Number, Text};

use super::scan::split;
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// charon's own log.
pub(super) const FORMAT: Format = Format {
    name: "strongswan",
    title: "strongSwan log file (charon)",
    reference: "strongSwan documentation, Logger Configuration, filelog",
    category: Some(Category::Network),
    kinds: syslog::AUDIT_KINDS,
    samples: &[
        Sample {
            bytes: b"Jan  1 00:12:03 12[IKE] <staff|3> IKE_SA staff[3] established between 10.0.0.1[gw.example]...203.0.113.5[aigul]\nJan  1 00:12:04 13[NET] received packet: from 203.0.113.5[500] to 10.0.0.1[500] (76 bytes)\n",
            events: &[
                &[("kind", "auth.logon"), ("outcome", "success"), ("user_name", "aigul"), ("src_ip", "203.0.113.5"), ("attrs.thread", "12"), ("attrs.subsystem", "IKE")],
                &[("process", "charon")],
            ],
        },
        Sample {
            bytes: b"2026-01-01 00:12:03 07[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0)\n2026-01-01 00:12:09 09[IKE] authentication of 'serik' with EAP failed\n",
            events: &[
                &[("attrs.subsystem", "DMN")],
                &[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "serik")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// `TIME NN[SUB] text`
fn charon(line: &str) -> Option<(letopis_event::TimeReading, &str, &str, &str, &str)> {
    let (reading, taken) = timetext::bsd_syslog(line).or_else(|| timetext::iso8601(line))?;
    let rest = line.get(taken..)?.strip_prefix(' ')?;
    let (thread, inner) = rest.cut(b'[')?;
    let (subsystem, _) = split(inner, "] ")?;
    let fits = matches!(thread.len(), 2 | 3)
        && thread.bytes().all(|b| b.is_ascii_digit())
        && matches!(
            subsystem,
            "APP"
                | "ASN"
                | "CFG"
                | "CHD"
                | "DMN"
                | "ENC"
                | "ESP"
                | "IKE"
                | "IMC"
                | "IMV"
                | "JOB"
                | "KNL"
                | "LIB"
                | "MGR"
                | "NET"
                | "PTS"
                | "TLS"
                | "TNC"
        );
    fits.then_some((reading, line.get(..taken)?, thread, subsystem, rest))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| charon(line).is_some());
    (share >= 80).then(|| Claim {
        confidence: 84 + share / 10,
        reason: format!("{share} of 100 lines are a time, a thread and one of charon's subsystems"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Charon)
}

struct Charon;

impl RecordReader for Charon {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, thread, subsystem, text)) = charon(record.text) else {
            return Verdict::Unparsed("the line is no time, thread and subsystem of charon");
        };
        syslog::read_message("charon", text, event);
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Process, "charon");
        event.attr("thread", thread);
        event.attr("subsystem", subsystem);
        if event.number(Number::SrcPort).is_none()
            && let Some((address, port)) =
                super::scan::between(text, "packet: from ", " to ").and_then(|p| p.cut(b'['))
        {
            super::scan::set_source(event, address);
            super::scan::set_port(event, Number::SrcPort, port.less_end(b']'));
        }
        Verdict::Event
    }
}
