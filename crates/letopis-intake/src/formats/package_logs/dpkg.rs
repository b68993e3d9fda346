//! `/var/log/dpkg.log` and `alternatives.log`: `TIME ACTION …`.

use letopis_event::{Category, EventBuf, Kind, Outcome, Text};

use super::KINDS;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::formats::scan::word;
use crate::timetext;

/// dpkg's log.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "dpkg",
    title: "dpkg log",
    reference: "man dpkg(1), --log",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"2026-01-01 00:12:03 startup archives unpack\n2026-01-01 00:12:03 install tcpdump:amd64 <none> 4.99.3-1\n2026-01-01 00:12:04 status half-installed tcpdump:amd64 4.99.3-1\n2026-01-01 00:12:09 status installed tcpdump:amd64 4.99.3-1\n",
            events: &[
                &[("kind", "other"), ("action", "startup")],
                &[("kind", "software.install"), ("target", "tcpdump:amd64"), ("x_new_value", "4.99.3-1"), ("outcome", "unknown"), ("time", "2026-01-01T00:12:03Z")],
                &[("kind", "other"), ("status", "half-installed")],
                &[("kind", "software.install"), ("outcome", "success"), ("status", "installed")],
            ],
        },
        Sample {
            bytes: b"2026-01-01 00:12:03 remove auditd:amd64 1:3.0.9-1 <none>\n2026-01-01 00:12:05 conffile /etc/audit/auditd.conf keep\n",
            events: &[
                &[("kind", "software.remove"), ("target", "auditd:amd64"), ("x_old_value", "1:3.0.9-1")],
                &[("kind", "other"), ("target", "/etc/audit/auditd.conf"), ("status", "keep")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// Actions of man dpkg.
const ACTIONS: &[&str] = &[
    "startup",
    "status",
    "install",
    "upgrade",
    "configure",
    "trigproc",
    "disappear",
    "remove",
    "purge",
    "conffile",
];

fn parts(line: &str) -> Option<(letopis_event::TimeReading, &str, &str, &str)> {
    let (reading, taken) = timetext::iso8601(line)?;
    let (action, rest) = word(line.get(taken..)?.less_start(b' '));
    ACTIONS
        .contains(&action)
        .then_some((reading, line.get(..taken)?, action, rest))
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| parts(line).is_some());
    (share >= 80).then(|| Claim {
        confidence: 80 + share / 10,
        reason: format!("{share} of 100 lines are a time and one of dpkg's actions"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, action, rest)) = parts(record.text) else {
            return Verdict::Unparsed("the line is no time and action of dpkg");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Action, action);
        event.set(Text::Process, "dpkg");
        event.set_joined(Text::Message, &[action, " ", rest]);
        let (first, rest) = word(rest);
        match action {
            "status" => {
                let (package, version) = word(rest);
                event.set(Text::Status, first);
                event.set(Text::Target, package);
                event.set(Text::XNewValue, version);
                event.kind = match first {
                    "installed" => Kind::SOFTWARE_INSTALL,
                    "not-installed" => Kind::SOFTWARE_REMOVE,
                    _ => Kind::OTHER,
                };
                if event.kind != Kind::OTHER {
                    event.outcome = Outcome::Success;
                }
            }
            "startup" => event.set(Text::Target, first),
            "conffile" => {
                event.set(Text::Target, first);
                event.set(Text::Status, rest);
                if rest == "install" {
                    event.kind = Kind::CONFIG_FILE_MODIFY;
                }
            }
            _ => {
                let (old, new) = word(rest);
                event.set(Text::Target, first);
                for (column, version) in [(Text::XOldValue, old), (Text::XNewValue, new)] {
                    if version != "<none>" {
                        event.set(column, version);
                    }
                }
                event.kind = match action {
                    "install" | "upgrade" => Kind::SOFTWARE_INSTALL,
                    "remove" | "purge" | "disappear" => Kind::SOFTWARE_REMOVE,
                    _ => Kind::OTHER,
                };
            }
        }
        Verdict::Event
    }
}
