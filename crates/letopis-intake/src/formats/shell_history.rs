//! Shell history with times: bash (`#epoch` before each command, with `HISTTIMEFORMAT` set), zsh (`: epoch:elapsed;command`
//! with `EXTENDED_HISTORY`), fish (`- cmd: …`, `when: …`).
//!
//! A command may go on over several lines. Commands that stand before the first time have none. A history without any
//! time is plain text.

use letopis_event::{Category, EventBuf, Kind, Number, Text};

use super::{log_access, scan};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Shell history.
pub(super) const FORMAT: Format = Format {
    name: "shell-history",
    title: "Shell history with times (bash, zsh, fish)",
    reference: "GNU Bash manual, Bash History Facilities; zsh manual, EXTENDED_HISTORY; fish documentation, history",
    category: Some(Category::Os),
    kinds: &[
        Kind::PROCESS_START,
        Kind::LOG_VIEW,
        Kind::LOG_EXPORT,
        Kind::LOG_CLEAR,
        Kind::LOG_ROTATE,
        Kind::LOG_POLICY_CHANGE,
        Kind::PROTECTION_DISABLE,
        Kind::OTHER,
    ],
    samples: &[
        Sample {
            bytes: b"#1767208323\nless /var/log/auth.log\n#1767208330\ntar czf /mnt/usb/a.tgz \\\n  /srv/registry\n",
            events: &[
                &[("time", "2025-12-31T19:12:03Z"), ("kind", "log.view"), ("target", "/var/log/auth.log"), ("x_command_line", "less /var/log/auth.log")],
                &[("kind", "process.start"), ("x_command_line", "tar czf /mnt/usb/a.tgz \\\n  /srv/registry"), ("process", "tar")],
            ],
        },
        Sample {
            bytes: b": 1767208323:0;history -c\n: 1767208330:12;sudo make install\n",
            events: &[
                &[("kind", "log.clear"), ("time", "2025-12-31T19:12:03Z")],
                &[("x_command_line", "sudo make install"), ("x_duration_us", "12000000"), ("process", "sudo")],
            ],
        },
        Sample {
            bytes: b"- cmd: rm /var/log/wtmp\n  when: 1767208323\n- cmd: ls -l\n  when: 1767208324\n  paths:\n    - /srv\n",
            events: &[
                &[("kind", "log.clear"), ("time", "2025-12-31T19:12:03Z"), ("target", "/var/log/wtmp")],
                &[("x_command_line", "ls -l"), ("time", "2025-12-31T19:12:04Z")],
            ],
        },
    ],
    detect,
    reader: Reader::Text {
        framing: Framing::StartLine(is_start),
        open,
    },
};

/// `#` and the seconds since 1970 alone on the line.
fn bash(line: &str) -> Option<&str> {
    line.strip_prefix('#')
        .map(str::trim_end)
        .filter(|t| matches!(t.len(), 9 | 10) && t.bytes().all(|b| b.is_ascii_digit()))
}

/// `: epoch:elapsed;command`: the three.
fn zsh(line: &str) -> Option<(&str, &str, &str)> {
    let (head, command) = line.strip_prefix(": ")?.cut(b';')?;
    let (epoch, elapsed) = head.cut(b':')?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (digits(epoch) && matches!(epoch.len(), 9 | 10) && digits(elapsed)).then_some((epoch, elapsed, command))
}

fn is_start(line: &str) -> bool {
    bash(line).is_some() || zsh(line).is_some() || line.starts_with("- cmd: ")
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let lines = || head.lines(200);
    let own = lines().filter(|l| bash(l).is_some() || zsh(l).is_some()).count();
    let fish = lines().filter(|l| l.starts_with("  when: ")).count();
    let commands = lines().filter(|l| l.starts_with("- cmd: ")).count();
    let all = lines().count();
    // One time at least for every six lines: a list of numbers in comments is something else.
    let times = if commands > 0 && fish > 0 {
        fish.min(commands)
    } else {
        own
    };
    (times > 0 && times * 6 >= all && all >= 2).then(|| Claim {
        confidence: 88,
        reason: format!(
            "{times} of the first {all} lines give the time of a command as a shell's history does"
        ),
    })
}

fn open(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Commands)
}

struct Commands;

impl RecordReader for Commands {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let (first, rest) = record.text.cut(b'\n').unwrap_or((record.text, ""));
        let first = first.less_end(b'\r');
        let (epoch, command) = if let Some(epoch) = bash(first) {
            (epoch, rest)
        } else if let Some((epoch, elapsed, _)) = zsh(first) {
            if let Ok(seconds) = elapsed.parse::<i64>() {
                event.set_number(Number::XDurationUs, seconds.saturating_mul(1_000_000));
            }
            (epoch, record.text.cut(b';').map_or("", |(_, c)| c))
        } else if let Some(command) = first.strip_prefix("- cmd: ") {
            (fish(rest, event), command)
        } else {
            ("", record.text)
        };
        event.reading = timetext::epoch(epoch).map(|(reading, _)| reading);
        event.set(Text::TimeText, epoch);
        let command = command.trimmed_end();
        if command.is_empty() {
            event.set(Text::Message, first);
            return Verdict::Event;
        }
        event.set(Text::XCommandLine, command);
        event.set(Text::Message, command);
        event.set(Text::Process, program(command));
        event.kind = if epoch.is_empty() {
            Kind::OTHER
        } else {
            Kind::PROCESS_START
        };
        log_access::apply(command, event);
        Verdict::Event
    }
}

/// The lines below `- cmd:`: the time, and the paths that the command named.
fn fish<'a>(rest: &'a str, event: &mut EventBuf) -> &'a str {
    let mut epoch = "";
    for line in scan::lines(rest).map(str::trimmed) {
        if let Some(when) = line.strip_prefix("when: ") {
            epoch = when;
        } else if let Some(path) = line.strip_prefix("- ") {
            event.attr("path", path);
        }
    }
    epoch
}

/// The first word, without the variables set for it alone.
fn program(command: &str) -> &str {
    scan::words(command)
        .find(|w| !w.cut(b'=').is_some_and(|(n, _)| !n.is_empty() && !n.holds(b'/')))
        .unwrap_or_default()
}
