//! Times as applications write them, and layouts whose pieces stand in an order of their own.

use letopis_event::{Civil, TimeReading};

use super::head::Line;
use super::level::{level_of, of_letter};
use crate::formats::scan::Cut as _;
use crate::formats::scan::{split, word};
use crate::near;
use crate::timetext;

/// A time at the beginning of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time<'a> {
    pub(super) reading: TimeReading,
    pub(super) text: &'a str,
    /// What follows it.
    pub(super) rest: &'a str,
    /// A level inside the brackets of the time.
    pub(super) level: Option<(&'a str, i8)>,
    /// A process or thread inside the brackets of the time.
    pub(super) thread: &'a str,
}

/// Reads a time with or without brackets; `year_first` says how a date of three two-digit numbers is meant.
pub(super) fn time(line: &str, year_first: bool) -> Option<Time<'_>> {
    let open = line.as_bytes().first()?;
    let bracketed = *open == b'[' || *open == b'(';
    let start = if bracketed { line.get(1..)? } else { line };
    let (reading, taken) = reading(start, year_first)?;
    let mut time = Time {
        reading,
        text: start.get(..taken)?,
        rest: start.get(taken..)?,
        level: None,
        thread: "",
    };
    if bracketed {
        // Celery: `[2026-01-01 00:12:03,123: INFO/MainProcess] text`.
        let (inner, rest) = split(time.rest, if *open == b'[' { "]" } else { ")" })?;
        let (fraction, inner) = fraction_before_colon(inner);
        if let (Some(millis), TimeReading::Clock { civil, .. }) = (fraction, &mut time.reading) {
            civil.nanos = millis * 1_000_000;
            time.text = start.get(..taken + 4)?;
        }
        if let Some(inner) = inner.strip_prefix(": ") {
            let (text, thread) = inner.cut(b'/').unwrap_or((inner, ""));
            time.level = Some((text, level_of(text)?));
            time.thread = thread;
        } else if !inner.trimmed().is_empty() {
            // A time among other words is no head: `[2026-01-01 00:00:00 UTC+5 …]`.
            let zone = inner.trimmed();
            (zone.len() <= 6 && zone.bytes().all(|b| b.is_ascii_alphabetic())).then_some(())?;
            time.text = start.get(..taken + inner.len())?;
        }
        time.rest = rest;
    } else {
        time.rest = time
            .rest
            .strip_prefix(',')
            .filter(|r| r.starts_with(' '))
            .unwrap_or(time.rest);
        if !time.rest.is_empty() && !time.rest.starts_with([' ', '\t', '|', '[', ':', ';']) {
            return None;
        }
    }
    Some(time)
}

/// `,123: …`: milliseconds that a colon follows, which in other logs begin the next column.
fn fraction_before_colon(text: &str) -> (Option<u32>, &str) {
    let digits = text.strip_prefix(',').and_then(|t| t.get(..3));
    match (digits.and_then(|d| d.parse().ok()), text.get(4..)) {
        (Some(millis), Some(rest)) if rest.starts_with(": ") => (Some(millis), rest),
        _ => (None, text),
    }
}

fn reading(text: &str, year_first: bool) -> timetext::Taken {
    let bytes = text.as_bytes();
    match near::digits(bytes.get(..9).unwrap_or(bytes)) {
        0 => timetext::any(text).or_else(|| weekday_without_year(text)),
        2 if year_first => short_year_first(text),
        2 => month_and_day(text).or_else(|| timetext::any(text)),
        6 => packed_date(text),
        8 => timetext::compact(text).or_else(|| unpadded(text)),
        1 | 4 => timetext::any(text),
        _ => None,
    }
}

/// `Thu Nov 14 20:14:37.123`: a weekday, and no year behind the clock.
fn weekday_without_year(text: &str) -> timetext::Taken {
    let (day, rest) = word(text);
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    if !weekdays.contains(&day) {
        return None;
    }
    let (reading, taken) = timetext::bsd_syslog(rest)?;
    Some((reading, text.len() - rest.len() + taken))
}

/// `20260131-22:16:0:119`: no part of the clock is padded, the last are milliseconds.
fn unpadded(text: &str) -> timetext::Taken {
    let (year, month, day) = (two(text, 0)?, two(text, 4)?, two(text, 6)?);
    let year = u16::from(year) * 100 + u16::from(two(text, 2)?);
    let clock = text.get(8..)?.strip_prefix('-')?;
    let end = clock
        .bytes()
        .position(|b| !b.is_ascii_digit() && b != b':')
        .unwrap_or(clock.len());
    let mut parts = [0u32; 4];
    let mut pieces = clock.get(..end)?.pieces(b':');
    for part in &mut parts {
        *part = pieces.next()?.parse().ok()?;
    }
    let [hour, minute, second, millis] = parts;
    if pieces.next().is_some() || hour > 23 || minute > 59 || second > 59 || millis > 999 {
        return None;
    }
    let civil = Civil {
        year: Some(i32::from(year)),
        month,
        day,
        hour: hour as u8,
        minute: minute as u8,
        second: second as u8,
        nanos: millis * 1_000_000,
    };
    civil.in_year(i32::from(year))?;
    Some((
        TimeReading::Clock {
            civil,
            offset_min: None,
        },
        9 + end,
    ))
}

/// Two digits at a place.
fn two(text: &str, at: usize) -> Option<u8> {
    let bytes = text.as_bytes().get(at..at + 2)?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| (bytes[0] - b'0') * 10 + (bytes[1] - b'0'))
}

/// `HH:MM:SS` with a fraction, at the start: the day's parts and the bytes taken.
fn clock(text: &str) -> Option<(u8, u8, u8, u32, usize)> {
    let mark = |at: usize| text.as_bytes().get(at) == Some(&b':');
    let (hour, minute, second) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
    if !mark(2) || !mark(5) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut nanos = 0u32;
    let mut taken = 8;
    if matches!(text.as_bytes().get(8), Some(b'.' | b',')) {
        let digits = text.bytes().skip(9).take_while(u8::is_ascii_digit).count();
        if (1..=9).contains(&digits) {
            let value: u32 = text.get(9..9 + digits)?.parse().ok()?;
            nanos = value * 10u32.pow(9 - digits as u32);
            taken = 9 + digits;
        }
    }
    Some((hour, minute, second, nanos, taken))
}

/// `01-31 23:52:07.123` (logcat, `MM-DD`) and `[01.31 23:52:07]`: a month and a day, no year.
fn month_and_day(text: &str) -> timetext::Taken {
    let mark = *text.as_bytes().get(2)?;
    if !matches!(mark, b'-' | b'.') || text.as_bytes().get(5) != Some(&b' ') {
        return None;
    }
    let (month, day) = (two(text, 0)?, two(text, 3)?);
    let (hour, minute, second, nanos, taken) = clock(text.get(6..)?)?;
    let civil = Civil {
        year: None,
        month,
        day,
        hour,
        minute,
        second,
        nanos,
    };
    if !civil.is_possible() {
        return None;
    }
    Some((
        TimeReading::Clock {
            civil,
            offset_min: None,
        },
        6 + taken,
    ))
}

/// `26/01/31 23:52:07`: log4j's `yy/MM/dd HH:mm:ss`.
fn short_year_first(text: &str) -> timetext::Taken {
    let mark = |at: usize| text.as_bytes().get(at) == Some(&b'/');
    if !mark(2) || !mark(5) || text.as_bytes().get(8) != Some(&b' ') {
        return timetext::any(text);
    }
    let (hour, minute, second, nanos, taken) = clock(text.get(9..)?)?;
    dated(
        two(text, 0)?,
        two(text, 3)?,
        two(text, 6)?,
        (hour, minute, second, nanos),
        9 + taken,
    )
}

/// `081109 203615` and `081109 20:36:15`: log4j's `yyMMdd HHmmss`, MySQL before 5.7.
fn packed_date(text: &str) -> timetext::Taken {
    let rest = text.get(6..)?.strip_prefix(' ')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (clock, taken) = if digits == 6 {
        ((two(rest, 0)?, two(rest, 2)?, two(rest, 4)?, 0), 13)
    } else {
        let (hour, minute, second, nanos, taken) = clock(rest)?;
        ((hour, minute, second, nanos), 7 + taken)
    };
    if clock.0 > 23 || clock.1 > 59 || clock.2 > 60 {
        return None;
    }
    dated(two(text, 0)?, two(text, 2)?, two(text, 4)?, clock, taken)
}

/// POSIX: years from 69 on are of the last century.
fn dated(year: u8, month: u8, day: u8, clock: (u8, u8, u8, u32), taken: usize) -> timetext::Taken {
    let year = i32::from(year) + if year >= 69 { 1900 } else { 2000 };
    let (hour, minute, second, nanos) = clock;
    let civil = Civil {
        year: Some(year),
        month,
        day,
        hour,
        minute,
        second,
        nanos,
    };
    civil.in_year(year)?;
    Some((
        TimeReading::Clock {
            civil,
            offset_min: None,
        },
        taken,
    ))
}

/// Whether dates of three two-digit numbers begin with the year: the number that changes is the day. Where none does,
/// log4j's template for such dates (`yy/MM/dd HH:mm:ss`) is what writes them.
pub(super) fn two_digit_year_first(head: &str) -> bool {
    let mut seen: Option<[u8; 3]> = None;
    let mut changes = [false; 3];
    let mut possible = true;
    for line in head.lines().take(2000) {
        let shaped = line.as_bytes().get(2) == Some(&b'/')
            && line.as_bytes().get(5) == Some(&b'/')
            && line.as_bytes().get(8) == Some(&b' ');
        let (true, Some(a), Some(b), Some(c)) = (shaped, two(line, 0), two(line, 3), two(line, 6)) else {
            continue;
        };
        possible &= (1..=12).contains(&b) && (1..=31).contains(&c);
        let parts = [a, b, c];
        if let Some(first) = seen {
            for (change, (old, new)) in changes.iter_mut().zip(first.iter().zip(parts)) {
                *change |= *old != new;
            }
        }
        seen.get_or_insert(parts);
    }
    seen.is_some() && possible && (!changes[0] || changes[2])
}

/// Layouts whose level comes before the time or that have no blank between their pieces.
pub(super) fn of_its_own(line: &str) -> Option<Line<'_>> {
    let bytes = line.as_bytes();
    let second = *bytes.get(1)?;
    match second {
        b',' if line.get(2..4) == Some(" [") => ruby(line),
        b'/' => logcat_brief(line),
        b'0' | b'1' => glog(line),
        _ => None,
    }
}

/// Ruby's Logger: `W, [2026-01-01T00:12:03.123456 #77]  WARN -- program: text`.
fn ruby(line: &str) -> Option<Line<'_>> {
    let (inner, rest) = split(line.get(4..)?, "]")?;
    let (stamp, pid) = split(inner, " #")?;
    let (reading, taken) = timetext::iso8601(stamp)?;
    let (level_text, rest) = split(rest.less_start(b' '), " -- ")?;
    let (logger, message) = rest
        .strip_prefix(": ")
        .map_or_else(|| split(rest, ": ").unwrap_or(("", rest)), |m| ("", m));
    // A tag with blanks is part of the text.
    let (logger, message) = if logger.holds(b' ') {
        ("", rest)
    } else {
        (logger, message)
    };
    Some(Line {
        reading: Some(reading),
        time_text: stamp.get(..taken)?,
        level: level_of(level_text).or((level_text == "ANY").then_some(5)),
        level_text,
        logger,
        pid,
        message: message.trimmed_end(),
        ..Line::default()
    })
}

/// glog and klog: `E0131 23:52:07.123456   77 file.go:42] text`.
fn glog(line: &str) -> Option<Line<'_>> {
    let level =
        of_letter(*line.as_bytes().first()?).filter(|_| line.starts_with(['I', 'W', 'E', 'F', 'D']))?;
    let stamp = line.get(1..)?;
    let (month, day) = (two(stamp, 0)?, two(stamp, 2)?);
    let (hour, minute, second, nanos, taken) = clock(stamp.get(4..)?.strip_prefix(' ')?)?;
    let civil = Civil {
        year: None,
        month,
        day,
        hour,
        minute,
        second,
        nanos,
    };
    if !civil.is_possible() {
        return None;
    }
    let (pieces, message) = split(stamp.get(5 + taken..)?, "] ")?;
    let (pid, place) = word(pieces.less_start(b' '));
    place.holds(b':').then_some(Line {
        reading: Some(TimeReading::Clock {
            civil,
            offset_min: None,
        }),
        time_text: stamp.get(..5 + taken)?,
        level: Some(level),
        level_text: line.get(..1)?,
        pid,
        place,
        message: message.trimmed_end(),
        ..Line::default()
    })
}

/// logcat without a time: `I/Tag ( 1234): text`.
fn logcat_brief(line: &str) -> Option<Line<'_>> {
    let level = of_letter(*line.as_bytes().first()?)?;
    let (logger, pid, message) = tag_and_process(line.get(2..)?)?;
    Some(Line {
        level: Some(level),
        level_text: line.get(..1)?,
        logger,
        pid,
        message,
        ..Line::default()
    })
}

/// logcat behind the time: `  1234  1240 D Tag : text` (threadtime; a user id may stand before the process) or
/// `I/Tag ( 1234): text` (time). Fills the line; `false` where it is none.
pub(super) fn logcat<'a>(rest: &'a str, out: &mut Line<'a>) -> bool {
    let text = rest.less_start(b' ');
    if text.as_bytes().get(1) == Some(&b'/') {
        let Some(found) = logcat_brief(text) else {
            return false;
        };
        let (reading, time_text) = (out.reading, out.time_text);
        *out = Line {
            reading,
            time_text,
            ..found
        };
        return true;
    }
    let mut numbers = ["", "", ""];
    let mut rest = text;
    for number in &mut numbers {
        let (token, after) = word(rest);
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        (*number, rest) = (token, after);
    }
    let (pid, thread) = match numbers {
        [_, "", ""] | ["", ..] => return false,
        [pid, thread, ""] => (pid, thread),
        [_, pid, thread] => (pid, thread),
    };
    let (letter, after) = word(rest);
    let (Some(level), 1) = (letter.bytes().next().and_then(of_letter), letter.len()) else {
        return false;
    };
    let Some((tag, message)) = split(after, ": ").filter(|(t, _)| t.len() <= 80) else {
        return false;
    };
    out.level = Some(level);
    (out.level_text, out.logger, out.pid, out.thread, out.message) =
        (letter, tag.trimmed_end(), pid, thread, message);
    true
}

/// `Tag ( 1234): text` of logcat's layouts `brief` and `time`; with a thread behind the process in some.
fn tag_and_process(text: &str) -> Option<(&str, &str, &str)> {
    let (head, message) = split(text, "): ")?;
    let (tag, process) = head.cut_last(b'(')?;
    let pid = process.pieces(b':').next().unwrap_or(process).trimmed();
    let digits = !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit());
    (digits && tag.len() <= 80).then(|| (tag.trimmed_end(), pid, message))
}
