//! yum, dnf and zypper: `yum.log` (`Jan 01 00:12:03 Installed: name`), `dnf.rpm.log` (`TIME SUBDEBUG Installed: name`),
//! zypper's history (`TIME|install|name|version|…`), pacman (`[TIME] [ALPM] installed name (version)`).

use letopis_event::{Category, EventBuf, Kind, Outcome, StructureKind, Text, TimeReading};

use super::KINDS;
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{split, word};
use crate::timetext;

/// Logs of yum, dnf, zypper and pacman.
pub(in crate::formats) const FORMAT: Format = Format {
    name: "rpm-packages",
    title: "Package logs of yum, dnf, zypper and pacman",
    reference: "man yum(8), dnf.conf(5) logdir, zypper history (libzypp), pacman.log (man pacman.conf)",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: &[
        Sample {
            bytes: b"Jan 01 00:12:03 Installed: tcpdump-4.99.3-1.x86_64\nJan 01 00:12:09 Erased: audit-3.0.9-1.x86_64\n",
            events: &[
                &[("kind", "software.install"), ("outcome", "success"), ("target", "tcpdump-4.99.3-1.x86_64")],
                &[("kind", "software.remove"), ("action", "Erased")],
            ],
        },
        Sample {
            bytes: b"2026-01-01T00:12:03+0500 SUBDEBUG Installed: tcpdump-14:4.99.3-1.x86_64\n2026-01-01T00:12:04+0500 INFO --- logging initialized ---\n2026-01-01T00:12:05+0500 SUBDEBUG Upgraded: bash-5.2-2.x86_64\n",
            events: &[
                &[("kind", "software.install"), ("time", "2026-01-01T00:12:03+05:00")],
                &[("kind", "other"), ("message", "--- logging initialized ---")],
                &[("kind", "software.remove"), ("status", "replaced")],
            ],
        },
        Sample {
            bytes: b"# 2026-01-01 00:12:03 tcpdump-4.99.3 installed ok\n2026-01-01 00:12:03|install|tcpdump|4.99.3-1|x86_64|root@host1|repo-main|0a1b|\n2026-01-01 00:13:03|remove |audit|3.0.9-1|x86_64|root@host1|\n",
            events: &[
                &[("kind", "software.install"), ("target", "tcpdump"), ("x_new_value", "4.99.3-1"), ("user_name", "root"), ("host", "host1")],
                &[("kind", "software.remove"), ("target", "audit")],
            ],
        },
        Sample {
            bytes: b"[2026-01-01T00:12:03+0500] [PACMAN] Running 'pacman -S tcpdump'\n[2026-01-01T00:12:09+0500] [ALPM] installed tcpdump (4.99.3-1)\n[2026-01-01T00:12:10+0500] [ALPM] upgraded bash (5.2-1 -> 5.2-2)\n",
            events: &[
                &[("kind", "process.start"), ("x_command_line", "pacman -S tcpdump")],
                &[("kind", "software.install"), ("target", "tcpdump"), ("outcome", "success")],
                &[("kind", "software.install"), ("x_old_value", "5.2-1"), ("x_new_value", "5.2-2")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

/// What a line is.
enum Line<'a> {
    /// yum and dnf: action and package, or any text.
    Rpm {
        time: &'a str,
        reading: TimeReading,
        level: &'a str,
        text: &'a str,
    },
    /// zypper: fields parted by bars.
    Bars {
        time: &'a str,
        reading: TimeReading,
        rest: &'a str,
    },
    /// pacman: the part that logs, and its text.
    Pacman {
        time: &'a str,
        reading: TimeReading,
        part: &'a str,
        text: &'a str,
    },
}

const DONE: &[&str] = &[
    "Installed",
    "Updated",
    "Upgraded",
    "Upgrade",
    "Erased",
    "Erase",
    "Removed",
    "Obsoleted",
    "Downgraded",
    "Downgrade",
    "Reinstalled",
    "Reinstall",
    "Dep-Installed",
    "Cleanup",
    "Failed",
];

fn line(text: &str) -> Option<Line<'_>> {
    if let Some(inner) = text.strip_prefix('[') {
        let (time, rest) = split(inner, "] [")?;
        let (reading, taken) = timetext::iso8601(time)?;
        let (part, text) = split(rest, "] ")?;
        let known = part.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
            && (part.starts_with("ALPM") || part.starts_with("PACMAN"));
        return (known && taken == time.len()).then_some(Line::Pacman {
            time,
            reading,
            part,
            text,
        });
    }
    let (reading, taken) = timetext::iso8601(text).or_else(|| timetext::bsd_syslog(text))?;
    let (time, rest) = (text.get(..taken)?, text.get(taken..)?);
    if let Some(rest) = rest.strip_prefix('|') {
        return Some(Line::Bars { time, reading, rest });
    }
    let rest = rest.strip_prefix(' ')?;
    let (first, after) = word(rest);
    let levels = [
        "SUBDEBUG", "DDEBUG", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "TRACE",
    ];
    let (level, body) = if levels.contains(&first) {
        (first, after)
    } else {
        ("", rest)
    };
    let done = body.cut_at(": ").is_some_and(|(a, _)| DONE.contains(&a));
    (done || !level.is_empty()).then_some(Line::Rpm {
        time,
        reading,
        level,
        text: body,
    })
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let (mut all, mut own, mut sure) = (0, 0, 0);
    for text in head.lines(60).filter(|l| !l.starts_with('#')) {
        all += 1;
        let found = line(text);
        own += usize::from(found.is_some());
        sure += usize::from(match found {
            Some(Line::Rpm { text, .. }) => text.cut_at(": ").is_some_and(|(a, _)| DONE.contains(&a)),
            Some(Line::Bars { rest, .. }) => rest.pieces(b'|').next().is_some_and(|a| {
                matches!(
                    a.trimmed(),
                    "install" | "remove" | "command" | "radd" | "rremove" | "patch"
                )
            }),
            Some(Line::Pacman { .. }) => true,
            None => false,
        });
    }
    (sure > 0 && own * 10 >= all * 9 && sure * 10 >= all).then(|| Claim {
        confidence: 87,
        reason: format!("{own} of the first {all} lines are a time and what a package manager writes, {sure} of them name a package's change"),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines)
}

struct Lines;

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if record.text.starts_with('#') {
            return Verdict::Structure(StructureKind::Header);
        }
        match line(record.text) {
            Some(Line::Rpm {
                time,
                reading,
                level,
                text,
            }) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, time);
                if !level.is_empty() {
                    event.attr("level", level);
                    event.level = crate::formats::application::level_of(level).or(Some(7));
                }
                rpm(text, event);
            }
            Some(Line::Bars { time, reading, rest }) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, time);
                bars(rest, event);
            }
            Some(Line::Pacman {
                time,
                reading,
                part,
                text,
            }) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, time);
                event.set(Text::Process, "pacman");
                event.attr("part", part);
                pacman(text, event);
            }
            None => return Verdict::Unparsed("the line is no time and action of a package manager"),
        }
        Verdict::Event
    }
}

fn rpm(text: &str, event: &mut EventBuf) {
    event.set(Text::Message, text);
    let Some((action, package)) = split(text, ": ").filter(|(a, _)| DONE.contains(a)) else {
        return;
    };
    event.set(Text::Action, action);
    event.set(Text::Target, package.trimmed_end());
    (event.kind, event.outcome) = match action {
        "Installed" | "Dep-Installed" | "Updated" | "Upgrade" | "Downgrade" | "Reinstall" => {
            (Kind::SOFTWARE_INSTALL, Outcome::Success)
        }
        "Erased" | "Erase" | "Removed" => (Kind::SOFTWARE_REMOVE, Outcome::Success),
        // dnf names the package that an upgrade put away.
        "Upgraded" | "Downgraded" | "Reinstalled" | "Obsoleted" | "Cleanup" => {
            event.set(Text::Status, "replaced");
            (Kind::SOFTWARE_REMOVE, Outcome::Success)
        }
        _ => (Kind::OTHER, Outcome::Failure),
    };
}

fn bars(rest: &str, event: &mut EventBuf) {
    event.set(Text::Process, "zypper");
    event.set(Text::Message, rest);
    let mut fields = rest.pieces(b'|');
    let mut next = || fields.next().unwrap_or_default().trimmed();
    let action = next();
    event.set(Text::Action, action);
    if action == "command" {
        by(next(), event);
        event.set(Text::XCommandLine, next());
        event.kind = Kind::PROCESS_START;
        return;
    }
    let (name, version) = (next(), next());
    event.set(Text::Target, name);
    event.kind = match action {
        "install" | "patch" => Kind::SOFTWARE_INSTALL,
        "remove" => Kind::SOFTWARE_REMOVE,
        _ => return,
    };
    event.outcome = Outcome::Success;
    let column = if action == "remove" {
        Text::XOldValue
    } else {
        Text::XNewValue
    };
    event.set(column, version);
    event.attr("architecture", next());
    by(next(), event);
    let repository = next();
    if !repository.is_empty() {
        event.attr("repository", repository);
    }
}

/// `root@host1`
fn by(text: &str, event: &mut EventBuf) {
    let (user, host) = text.cut(b'@').unwrap_or((text, ""));
    event.set(Text::UserName, user);
    event.set(Text::Host, host);
}

fn pacman(text: &str, event: &mut EventBuf) {
    event.set(Text::Message, text);
    if let Some(command) = text.strip_prefix("Running '") {
        event.set(Text::XCommandLine, command.less_end(b'\''));
        event.kind = Kind::PROCESS_START;
        return;
    }
    let (action, rest) = word(text);
    let (package, versions) = split(rest, " (").unwrap_or((rest, ""));
    let versions = versions.less_end(b')');
    event.kind = match action {
        "installed" | "upgraded" | "downgraded" | "reinstalled" => Kind::SOFTWARE_INSTALL,
        "removed" => Kind::SOFTWARE_REMOVE,
        _ => {
            if text.starts_with("error:") || text.starts_with("warning:") {
                event.kind = Kind::ERROR_REPORT;
            }
            return;
        }
    };
    event.outcome = Outcome::Success;
    event.set(Text::Action, action);
    event.set(Text::Target, package);
    match split(versions, " -> ") {
        Some((old, new)) => {
            event.set(Text::XOldValue, old);
            event.set(Text::XNewValue, new);
        }
        None if action == "removed" => event.set(Text::XOldValue, versions),
        None => event.set(Text::XNewValue, versions),
    }
}
