//! Event logs of the large clusters at Livermore and Sandia, as the operators publish them.
//!
//! Every line has an alert label (`-` where the operators saw none), the epoch, the date and the node before the record
//! itself: that of Blue Gene's RAS database (time with microseconds, location, type, facility, severity, text) or a
//! syslog line.

use letopis_event::{Category, EventBuf, Kind, Text};

use super::scan::word;
use super::syslog;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Logs of large clusters.
pub(super) const FORMAT: Format = Format {
    name: "cluster-ras",
    title: "Cluster event log with alert labels (Blue Gene RAS, syslog of clusters)",
    reference: "Oliner and Stearley, What Supercomputers Say, DSN 2007",
    category: Some(Category::Os),
    kinds: syslog::AUDIT_KINDS,
    samples: &[Sample {
        bytes: b"- 1767208323 2026.01.01 R02-M1-N0-C:J12-U11 2026-01-01-00.12.03.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO parity error corrected\n\
KERNTERM 1767208329 2026.01.01 R23-M0 2026-01-01-00.12.09.000001 R23-M0 RAS APP FATAL no such process\n\
- 1767208330 2026.01.01 dn7 Jan 1 00:12:10 dn7/dn7 crond(pam_unix)[2915]: session closed for user root\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03Z"),
                ("host", "R02-M1-N0-C:J12-U11"),
                ("process", "KERNEL"),
                ("level", "6"),
                ("message", "parity error corrected"),
                ("attrs.local_time", "2026-01-01-00.12.03.675872"),
            ],
            &[("level", "2"), ("kind", "error.report"), ("attrs.alert", "KERNTERM")],
            &[("process", "crond(pam_unix)"), ("pid", "2915"), ("host", "dn7"), ("time_basis", "stated")],
        ],
    }],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

struct Start<'a> {
    alert: &'a str,
    epoch: &'a str,
    node: &'a str,
    rest: &'a str,
}

fn start(line: &str) -> Option<Start<'_>> {
    let (alert, rest) = word(line);
    let (epoch, rest) = word(rest);
    let (date, rest) = word(rest);
    let (node, rest) = word(rest);
    let dated = timetext::date_alone(date, false).is_some() && date.as_bytes().get(4) == Some(&b'.');
    let digits = epoch.len() >= 9 && epoch.bytes().all(|b| b.is_ascii_digit());
    (digits && dated && !node.is_empty()).then_some(Start {
        alert,
        epoch,
        node,
        rest,
    })
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| start(line).is_some());
    (share >= 80).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines begin with an alert label, an epoch, a date and a node"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(start) = start(record.text) else {
            return Verdict::Unparsed("the line does not begin with a label, an epoch, a date and a node");
        };
        if !ras(&start, event) {
            // What the machine wrote; where it is no syslog line, the text stands for itself.
            if syslog::read_line(start.rest, event) != Verdict::Event {
                event.set(Text::Message, start.rest);
            }
            if let Some(local) = event.get(Text::TimeText).map(str::to_owned) {
                event.attr("local_time", &local);
            }
        }
        event.reading = timetext::epoch(start.epoch).map(|(reading, _)| reading);
        event.set(Text::TimeText, start.epoch);
        event.set(Text::Host, start.node);
        if start.alert != "-" {
            event.attr("alert", start.alert);
        }
        Verdict::Event
    }
}

/// `TIME LOCATION TYPE FACILITY SEVERITY text`.
fn ras(start: &Start<'_>, event: &mut EventBuf) -> bool {
    let (time, rest) = word(start.rest);
    if timetext::iso8601(time).is_none_or(|(_, taken)| taken != time.len()) {
        return false;
    }
    let (_, rest) = word(rest);
    let (sort, rest) = word(rest);
    let (facility, rest) = word(rest);
    let (severity, message) = word(rest);
    let Some(level) = super::application::level_of(severity) else {
        return false;
    };
    event.attr("local_time", time);
    event.attr("type", sort);
    event.attr("level", severity);
    event.set(Text::Process, facility);
    event.level = Some(level);
    event.set(Text::Message, message.trimmed_end());
    if level <= 3 {
        event.kind = Kind::ERROR_REPORT;
    }
    true
}
