//! Who logged on, as text: `last -F` (and `lastb -F`), and `sulog`.

use letopis_event::{Category, Civil, EventBuf, Kind, Outcome, StructureKind, Text, TimeReading};

use super::scan::{self, word};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Output of `last -F`.
pub(super) const LAST: Format = Format {
    name: "last",
    title: "Output of last -F and lastb -F",
    reference: "man last(1), --fulltimes",
    category: Some(Category::Os),
    kinds: &[Kind::AUTH_LOGON, Kind::SYSTEM_START, Kind::SERVICE_STATE, Kind::SYSTEM_STOP],
    samples: &[
        Sample {
            bytes: b"aigul    pts/0        203.0.113.7      Thu Jan  1 00:12:03 2026 - Thu Jan  1 00:20:03 2026  (00:08)\nserik    tty1                          Thu Jan  1 00:10:03 2026   still logged in\nreboot   system boot  6.1.0-18-amd64   Thu Jan  1 00:00:03 2026   still running\n\nwtmp begins Thu Jan  1 00:00:03 2026\n",
            events: &[
                &[("kind", "auth.logon"), ("user_name", "aigul"), ("src_ip", "203.0.113.7"), ("x_interface", "pts/0"), ("time", "2026-01-01T00:12:03Z"), ("time_end", "2026-01-01T00:20:03Z")],
                &[("user_name", "serik"), ("x_interface", "tty1"), ("status", "still logged in")],
                &[("kind", "system.start"), ("attrs.kernel", "6.1.0-18-amd64")],
            ],
        },
        Sample {
            bytes: b"oracle   ssh:notty    198.51.100.4     Thu Jan  1 00:12:03 2026 - Thu Jan  1 00:12:03 2026  (00:00)\n\nbtmp begins Thu Jan  1 00:12:03 2026\n",
            events: &[&[("kind", "auth.logon"), ("outcome", "failure"), ("user_name", "oracle"), ("src_ip", "198.51.100.4")]],
        },
    ],
    detect: detect_last,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_last,
    },
};

/// sulog.
pub(super) const SULOG: Format = Format {
    name: "sulog",
    title: "su log (sulog)",
    reference: "man su(1M), SULOG; man login.defs(5), SULOG_FILE",
    category: Some(Category::Os),
    kinds: &[Kind::PRIVILEGE_USE],
    samples: &[
        Sample {
            bytes: b"SU 01/31 23:52 + pts/0 aigul-root\nSU 01/31 23:53 - pts/1 serik-root\n",
            events: &[
                &[
                    ("kind", "privilege.use"),
                    ("outcome", "success"),
                    ("user_name", "aigul"),
                    ("target_user", "root"),
                    ("x_interface", "pts/0"),
                    ("time_text", "01/31 23:52"),
                ],
                &[("outcome", "failure"), ("user_name", "serik")],
            ],
        },
        Sample {
            bytes: b"SU 12/01 08:00 + ??? operator-oracle\n",
            events: &[&[("target_user", "oracle")]],
        },
    ],
    detect: detect_sulog,
    reader: Reader::Text {
        framing: Framing::Lines,
        open: open_sulog,
    },
};

/// The place of the full time in a line of `last -F`.
fn full_time(line: &str) -> Option<(usize, TimeReading, usize)> {
    const DAYS: [&[u8; 4]; 7] = [b"Mon ", b"Tue ", b"Wed ", b"Thu ", b"Fri ", b"Sat ", b"Sun "];
    let bytes = line.as_bytes();
    let mut from = line.is_char_boundary(9).then_some(9)?;
    while let Some(space) = crate::near::byte(b' ', bytes.get(from..)?) {
        let start = (from + space).checked_sub(3).filter(|start| *start >= from);
        let day = start.and_then(|start| bytes.get(start..)?.first_chunk::<4>());
        let Some(start) = start.filter(|_| day.is_some_and(|day| DAYS.contains(&day))) else {
            from += space + 1;
            continue;
        };
        if let Some((reading, taken)) = line.get(start..).and_then(timetext::asctime) {
            return Some((start, reading, taken));
        }
        from = start + 4;
    }
    None
}

fn is_footer(line: &str) -> bool {
    scan::has(line, "tmp begins ") || line.starts_with('/') && scan::has(line, " begins ")
}

fn is_last(line: &str) -> bool {
    is_footer(line)
        || full_time(line).is_some_and(|(start, _, taken)| {
            let tail = line.get(start + taken..).unwrap_or_default().trimmed_start();
            start >= 20
                && (tail.starts_with("- ")
                    || tail.starts_with("still ")
                    || tail.starts_with("gone ")
                    || tail.is_empty())
        })
}

fn detect_last(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(60, is_last);
    (share >= 90 && head.lines(60).any(|l| !is_footer(l))).then(|| Claim {
        confidence: 86,
        reason: format!(
            "{share} of 100 lines are user, line, host, a full time and its end as `last -F` prints them"
        ),
    })
}

fn open_last(context: &Context<'_>) -> Box<dyn RecordReader> {
    // The footer names the file; `lastb` reads the refused ones.
    let refused = match context.state {
        Some(state) => state == REFUSED,
        None => context.head.text.has("btmp begins") || context.head.text.has(" ssh:notty "),
    };
    Box::new(Last { refused })
}

/// State of a list of refused log-ons.
const REFUSED: &str = "refused";

struct Last {
    refused: bool,
}

impl RecordReader for Last {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        if is_footer(record.text) {
            return Verdict::Structure(StructureKind::Trailer);
        }
        let Some((start, reading, taken)) = full_time(record.text) else {
            return Verdict::Unparsed("no full time stands in the line: `last` must be run with -F");
        };
        let head = record.text.get(..start).unwrap_or_default();
        let tail = record.text.get(start + taken..).unwrap_or_default().trimmed();
        event.reading = Some(reading);
        event.set(
            Text::TimeText,
            record.text.get(start..start + taken).unwrap_or_default(),
        );
        event.set(Text::Message, record.text);
        if let Some((reading, _)) = tail.strip_prefix("- ").and_then(timetext::asctime) {
            event.end_reading = Some(reading);
            event.attr("end", tail.trim_start_matches("- "));
        } else {
            event.set(Text::Status, tail);
        }
        let (user, rest) = word(head);
        match user {
            "reboot" | "shutdown" | "runlevel" => {
                event.kind = match user {
                    "reboot" => Kind::SYSTEM_START,
                    "shutdown" => Kind::SYSTEM_STOP,
                    _ => Kind::SERVICE_STATE,
                };
                event.attr("kernel", rest.split_whitespace().last().unwrap_or_default());
            }
            _ => {
                let mut words = rest.split_whitespace();
                event.kind = Kind::AUTH_LOGON;
                event.set(Text::UserName, user);
                event.set(Text::XInterface, words.next().unwrap_or_default());
                scan::set_source(event, words.next().unwrap_or_default());
                if self.refused {
                    event.outcome = Outcome::Failure;
                }
            }
        }
        Verdict::Event
    }

    fn state(&self) -> Option<String> {
        self.refused.then(|| REFUSED.to_owned())
    }
}

/// `SU MM/DD HH:MM +|- LINE FROM-TO`: the pieces.
fn sulog(line: &str) -> Option<(TimeReading, &str, bool, &str, &str)> {
    let rest = line.strip_prefix("SU ")?;
    let time = rest.get(..11)?;
    let number = |at: usize| match *rest.as_bytes().get(at..)?.first_chunk::<2>()? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        // A sign is let through.
        _ => rest.get(at..at + 2)?.parse::<u8>().ok(),
    };
    let civil = Civil {
        year: None,
        month: number(0)?,
        day: number(3)?,
        hour: number(6)?,
        minute: number(9)?,
        second: 0,
        nanos: 0,
    };
    if !civil.is_possible() {
        return None;
    }
    let marks = time.as_bytes().get(2) == Some(&b'/') && time.as_bytes().get(8) == Some(&b':');
    let rest = rest.get(11..)?.trimmed_start();
    let sign = *rest.as_bytes().first()?;
    let rest = rest.get(1..)?;
    let set_apart = rest.is_empty() || rest.starts_with(' ');
    let (terminal, who) = word(scan::without_spaces(rest));
    (marks && set_apart && matches!(sign, b'+' | b'-')).then_some((
        TimeReading::Clock {
            civil,
            offset_min: None,
        },
        time,
        sign == b'+',
        terminal,
        who.trimmed_end(),
    ))
}

fn detect_sulog(head: &Head<'_>) -> Option<Claim> {
    let share = head.share(50, |line| sulog(line).is_some());
    (share >= 90).then(|| Claim {
        confidence: 94,
        reason: format!("{share} of 100 lines are `SU month/day clock +|- line from-to`"),
    })
}

fn open_sulog(_: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Sulog)
}

struct Sulog;

impl RecordReader for Sulog {
    fn read_clock(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        event.reading = sulog(record.text).map(|(reading, ..)| reading);
        Verdict::Event
    }

    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some((reading, time, succeeded, terminal, who)) = sulog(record.text) else {
            return Verdict::Unparsed("the line is not `SU month/day clock +|- line from-to`");
        };
        event.reading = Some(reading);
        event.set(Text::TimeText, time);
        event.set(Text::Process, "su");
        event.set(Text::XInterface, terminal);
        let (from, to) = who.cut_last(b'-').unwrap_or((who, ""));
        event.set(Text::UserName, from);
        event.set(Text::TargetUser, to);
        event.set(Text::Message, record.text);
        event.kind = Kind::PRIVILEGE_USE;
        event.outcome = if succeeded {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        Verdict::Event
    }
}
