//! `/var/log/apt/history.log` (fields of one run, ended by a blank line) and `term.log` (what the run printed).

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text, TimeReading};

use super::KINDS;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::log_access;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// apt's history.
pub(in crate::formats) const HISTORY: Format = Format {
    name: "apt-history",
    title: "apt history log",
    reference: "apt, apt-pkg/deb/dpkgpm.cc (history.log)",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"\nStart-Date: 2026-01-01  00:12:03\nCommandline: apt-get install tcpdump\nRequested-By: aigul (1000)\nInstall: tcpdump:amd64 (4.99.3-1), libpcap0.8:amd64 (1.10.3-1, automatic)\nEnd-Date: 2026-01-01  00:12:09\n\nStart-Date: 2026-01-02  00:00:00\nCommandline: apt-get purge auditd\nPurge: auditd:amd64 (1:3.0.9-1)\nError: Sub-process /usr/bin/dpkg returned an error code (1)\nEnd-Date: 2026-01-02  00:00:04\n",
            events: &[
                &[
                    ("kind", "software.install"), ("user_name", "aigul"), ("outcome", "success"),
                    ("x_command_line", "apt-get install tcpdump"), ("target", "tcpdump:amd64 (4.99.3-1), libpcap0.8:amd64 (1.10.3-1, automatic)"),
                    ("time", "2026-01-01T00:12:03Z"), ("time_end", "2026-01-01T00:12:09Z"), ("action", "Install"),
                ],
                &[("kind", "software.remove"), ("outcome", "failure"), ("x_reason", "Sub-process /usr/bin/dpkg returned an error code (1)")],
            ],
        },
        Sample {
            bytes: b"Start-Date: 2026-01-01  00:12:03\nUpgrade: bash:amd64 (5.2-1, 5.2-2)\nEnd-Date: 2026-01-01  00:12:04\n",
            events: &[&[("kind", "software.install"), ("action", "Upgrade")]],
        },
    ],
    detect: detect_history,
    reader: Reader::Text {
        framing: Framing::StartLine(is_history_start),
        open: open_history,
    },
};

/// What apt's runs printed.
pub(in crate::formats) const TERM: Format = Format {
    name: "apt-term",
    title: "apt terminal log",
    reference: "apt, apt-pkg/deb/dpkgpm.cc (term.log)",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"Log started: 2026-01-01  00:12:03\nSelecting previously unselected package tcpdump.\nSetting up tcpdump (4.99.3-1) ...\nLog ended: 2026-01-01  00:12:09\n",
            events: &[&[
                ("time", "2026-01-01T00:12:03Z"), ("time_end", "2026-01-01T00:12:09Z"),
                ("message", "Selecting previously unselected package tcpdump.\nSetting up tcpdump (4.99.3-1) ..."),
            ]],
        },
        Sample {
            bytes: b"\nLog started: 2026-01-01  00:12:03\nRemoving auditd (1:3.0.9-1) ...\nLog ended: 2026-01-01  00:12:04\n\nLog started: 2026-01-02  00:12:03\nLog ended: 2026-01-02  00:12:04\n",
            events: &[&[("message", "Removing auditd (1:3.0.9-1) ...")], &[("time", "2026-01-02T00:12:03Z")]],
        },
    ],
    detect: detect_term,
    reader: Reader::Text {
        framing: Framing::StartLine(is_term_start),
        open: open_term,
    },
};

fn is_history_start(line: &str) -> bool {
    line.starts_with("Start-Date: ")
}

fn is_term_start(line: &str) -> bool {
    line.starts_with("Log started: ")
}

fn detect_history(head: &Head<'_>) -> Option<Claim> {
    let first = head.lines(1).next()?;
    let known = is_history_start(first) && head.text.has("\nEnd-Date: ");
    known.then(|| Claim {
        confidence: 96,
        reason: "begins with `Start-Date:` and has `End-Date:`".to_owned(),
    })
}

fn detect_term(head: &Head<'_>) -> Option<Claim> {
    is_term_start(head.lines(1).next()?).then(|| Claim {
        confidence: 90,
        reason: "begins with `Log started:`".to_owned(),
    })
}

fn open_history(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(History)
}

fn open_term(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Term)
}

/// Date and clock with two blanks between them.
fn time(text: &str) -> Option<TimeReading> {
    timetext::iso8601(text.trimmed()).map(|(reading, _)| reading)
}

struct History;

impl RecordReader for History {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if !is_history_start(record.text) {
            return Verdict::Unparsed("the run does not begin with `Start-Date:`");
        }
        event.set(Text::Process, "apt");
        let mut failed = false;
        let mut ended = false;
        for line in record.text.lines() {
            let Some((name, value)) = line.cut_at(": ") else {
                if !line.trimmed().is_empty() {
                    event.attr("line", line);
                }
                continue;
            };
            let value = value.trimmed_end();
            match name {
                "Start-Date" => {
                    event.reading = time(value);
                    event.set(Text::TimeText, value);
                }
                "End-Date" => {
                    event.end_reading = time(value);
                    ended = true;
                    event.attr(name, value);
                }
                "Commandline" => event.set(Text::XCommandLine, value),
                "Requested-By" => {
                    event.set(Text::UserName, value.split(" (").next().unwrap_or(value));
                    event.attr(name, value);
                }
                "Error" => {
                    failed = true;
                    event.set(Text::XReason, value);
                }
                _ => action(name, value, event),
            }
        }
        event.outcome = match (failed, ended) {
            (true, _) => Outcome::Failure,
            (_, true) => Outcome::Success,
            _ => Outcome::Unknown,
        };
        let (what, packages) = (
            event.get(Text::Action).unwrap_or("run"),
            event.get(Text::Target).unwrap_or_default(),
        );
        let message = format!("{what}: {packages}");
        event.set(Text::Message, &message);
        if let Some(command) = event.get(Text::XCommandLine).map(str::to_owned) {
            let kind = event.kind;
            let target = event.get(Text::Target).map(str::to_owned);
            log_access::apply(&command, event);
            // Packages are what was acted on, whatever their names.
            if kind != Kind::OTHER {
                event.kind = kind;
                event.set(Text::Target, &target.unwrap_or_default());
            }
        }
        Verdict::Event
    }
}

/// `Install`, `Upgrade`, `Downgrade`, `Reinstall`, `Remove`, `Purge` with their packages. One run may have several: the
/// first gives the kind, unless a later one removes.
fn action(name: &str, value: &str, event: &mut EventBuf) {
    let kind = match name {
        "Install" | "Upgrade" | "Downgrade" | "Reinstall" => Kind::SOFTWARE_INSTALL,
        "Remove" | "Purge" => Kind::SOFTWARE_REMOVE,
        _ => {
            event.attr(name, value);
            return;
        }
    };
    if event.kind == Kind::OTHER {
        event.kind = kind;
        event.set(Text::Action, name);
        event.set(Text::Target, value);
    }
    event.attr(name, value);
}

struct Term;

impl RecordReader for Term {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(rest) = record.text.strip_prefix("Log started: ") else {
            return if record.text.trimmed().is_empty() {
                Verdict::Structure(StructureKind::Separator)
            } else {
                Verdict::Unparsed("the run does not begin with `Log started:`")
            };
        };
        let (start, body) = rest.cut(b'\n').unwrap_or((rest, ""));
        event.reading = time(start);
        event.set(Text::TimeText, start.trimmed());
        event.set(Text::Process, "apt");
        let (body, end) = body.cut_last_at("Log ended: ").unwrap_or((body, ""));
        event.end_reading = time(end);
        if !end.is_empty() {
            event.attr("Log ended", end.trimmed());
        }
        event.set(Text::Message, body.trimmed_end());
        Verdict::Event
    }
}
