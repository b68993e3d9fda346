//! Times as text: parsers of the layouts that logs use.
//!
//! Each reads from the start of a text and gives the reading and the number of bytes it took; nothing allocates.
//! Impossible values are refused. Zone and year are settled later, in [`crate::resolve`].

mod cursor;
mod months;
#[cfg(test)]
mod tests;
mod usual;

use letopis_event::{Civil, TimeReading};

use crate::formats::scan::Cut as _;
use crate::near;

use cursor::{Clock, Cursor, Day, days_in_month};

/// The reading and the bytes it took, or `None` where the text does not begin with such a time.
pub type Taken = Option<(TimeReading, usize)>;

/// ISO 8601 / RFC 3339: `2026-01-01T00:12:03.5+05:00`; `T` or spaces, comma or dot before the fraction (to ns),
/// `Z`, `±hh:mm`, `±hhmm`, `±hh`, ` UTC` or nothing. Also `2026-01-01-00.12.03.000000+300` as DB2 writes it (offset
/// in minutes) and a clock without seconds.
pub fn iso8601(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    let day = match usual::year_first(text.as_bytes(), b'-') {
        Some(day) => {
            c.at = 10;
            day
        }
        None => {
            let year = c.digits(4)?;
            c.eat(b'-')?;
            let month = c.digits(2)?;
            c.eat(b'-')?;
            Day::new(year, month, c.digits(2)?)?
        }
    };
    if c.eat(b'-').is_some() {
        let clock = c.clock(b'.', true)?;
        let offset = offset_in_minutes(&mut c);
        return Some((day.at(clock, offset), c.at));
    }
    if c.eat_any(b"Tt_").is_none() {
        c.spaces(2)?;
    }
    let clock = c.clock(b':', false)?;
    let offset = c.offset();
    Some((day.at(clock, offset), c.at))
}

/// `+300`: minutes, as DB2's diagnostic log has it.
fn offset_in_minutes(c: &mut Cursor<'_>) -> Option<i16> {
    let mut probe = *c;
    let sign = probe.eat_any(b"+-")?;
    if probe.digit_run() != 3 {
        return None;
    }
    let minutes = probe.digits(3)? as i16;
    *c = probe;
    Some(if sign == b'-' { -minutes } else { minutes })
}

/// BSD syslog (RFC 3164): `Jan  1 00:12:03`, also with a year before or after the clock (`Jan  1 2026 00:12:03`,
/// `Jan 1, 2026 12:12:03 AM`), a fraction, an offset that touches the clock, or a zone name before a colon.
pub fn bsd_syslog(text: &str) -> Taken {
    if let Some(taken) = usual_bsd_syslog(text.as_bytes()) {
        return taken;
    }
    let (month, taken) = months::at_start(text)?;
    let mut c = Cursor::new(text);
    c.at = taken;
    c.spaces(2)?;
    let day = c.one_or_two()?;
    let comma = c.eat(b',').is_some();
    c.spaces(2)?;
    let mut year = None;
    if c.digit_run() == 4 {
        year = Some(c.year(false)?);
        let _ = c.eat(b',');
        c.spaces(2)?;
    } else if comma {
        return None;
    }
    if year.is_none() {
        return bsd_clock(month, day, c);
    }
    let clock = c.clock(b':', true)?;
    let clock = c.half_day(clock)?;
    let offset = touching_offset(&mut c);
    with_optional_year(year, month, day, clock, offset, c.at)
}

/// The same for `Mmm dd HH:MM:SS` at the start of bytes of any encoding in which ASCII means itself; `None` where it is
/// not of this shape, and the general way must be taken.
pub(crate) fn usual_bsd_syslog(bytes: &[u8]) -> Option<Taken> {
    let (month, day, c) = usual::month_day(Cursor::of_bytes(bytes))?;
    Some(bsd_clock(month, day, c))
}

/// What follows month and day.
fn bsd_clock(month: u8, day: u32, mut c: Cursor<'_>) -> Taken {
    let clock = c.clock(b':', true)?;
    let mut year = None;
    if let Some(after) = year_after(&c) {
        (year, c) = (Some(after.0), after.1);
    }
    let offset = touching_offset(&mut c);
    with_optional_year(year, month, day, clock, offset, c.at)
}

/// ` 2026` after the clock, where nothing says that it is a name.
fn year_after<'a>(c: &Cursor<'a>) -> Option<(u32, Cursor<'a>)> {
    if !c.peek_at(1)?.is_ascii_digit() {
        return None;
    }
    let mut probe = *c;
    probe.spaces(1)?;
    if probe.digit_run() != 4 {
        return None;
    }
    let year = probe.digits(4)?;
    let ends = matches!(probe.peek(), None | Some(b' ' | b':' | b',' | b']'));
    (ends && (1970..=2100).contains(&year)).then_some((year, probe))
}

/// An offset that no host name could be: it touches the clock, or a colon follows the zone's name (Cisco IOS).
fn touching_offset(c: &mut Cursor<'_>) -> Option<i16> {
    let mut probe = *c;
    let blank = probe.peek() == Some(b' ');
    let offset = probe.offset()?;
    if blank && probe.peek() != Some(b':') {
        return None;
    }
    *c = probe;
    Some(offset)
}

fn with_optional_year(
    year: Option<u32>,
    month: u8,
    day: u32,
    clock: Clock,
    offset_min: Option<i16>,
    taken: usize,
) -> Taken {
    if let Some(year) = year {
        return Some((
            Day::new(year, u32::from(month), day)?.at(clock, offset_min),
            taken,
        ));
    }
    if day == 0 || day > days_in_month(None, u32::from(month)) {
        return None;
    }
    let civil = Civil {
        year: None,
        month,
        day: day as u8,
        hour: clock.hour,
        minute: clock.minute,
        second: clock.second,
        nanos: clock.nanos,
    };
    Some((TimeReading::Clock { civil, offset_min }, taken))
}

/// Common log format: `10/Oct/2000:13:55:36 -0700`; HAProxy writes it without an offset and with milliseconds.
pub fn common_log(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    let day = match usual::common_log_day(text.as_bytes()) {
        Some(day) => {
            c.at = 12;
            day
        }
        None => {
            let day = c.digits(2)?;
            c.eat(b'/')?;
            let (month, taken) = months::at_start(c.rest(text))?;
            c.at += taken;
            c.eat(b'/')?;
            let day = Day::new(c.digits(4)?, u32::from(month), day)?;
            c.eat(b':')?;
            day
        }
    };
    let clock = c.clock(b':', true)?;
    let offset = c.offset();
    Some((day.at(clock, offset), c.at))
}

/// `asctime` as Apache's error log writes it: `Wed Oct 11 14:32:52.123456 2000`; `date` puts a zone before the year.
pub fn asctime(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    c.at = weekday(text)?;
    let (month, taken) = months::at_start(c.rest(text))?;
    c.at += taken;
    c.spaces(2)?;
    let day = c.one_or_two()?;
    c.spaces(2)?;
    let clock = c.clock(b':', true)?;
    let offset = c.offset();
    c.spaces(2)?;
    if c.digit_run() != 4 {
        return None;
    }
    let day = Day::new(c.digits(4)?, u32::from(month), day)?;
    Some((day.at(clock, offset), c.at))
}

/// Bytes of a weekday's name and the comma and blanks after it.
fn weekday(text: &str) -> Option<usize> {
    // `Wed Oct …`, as nearly all of them are.
    if let [a, b, c, b' ', next, ..] = text.as_bytes()
        && usual::on()
        && [a, b, c].iter().all(|letter| letter.is_ascii_alphabetic())
        && !matches!(next, b' ' | b'\t')
    {
        return Some(4);
    }
    let letters = text.bytes().take(25).take_while(u8::is_ascii_alphabetic).count();
    let word = match text.as_bytes().get(letters) {
        Some(byte) if !byte.is_ascii() => text.find(|c: char| !c.is_alphabetic()),
        byte => byte.map(|_| letters),
    };
    let word = word.filter(|n| (2..=24).contains(n))?;
    let mut c = Cursor::new(text);
    c.at = word;
    let _ = c.eat_any(b",.");
    c.spaces(2)?;
    Some(c.at)
}

/// Day first: `31.12.2025 23:59:59`, with `.`, `/` or `-`; a two-digit year only with `.` or `/`.
pub fn day_first(text: &str) -> Taken {
    let (first, second, year, c) = three_numbers(text)?;
    finish_date(Day::new(year, second, first)?, c)
}

/// Month first: `12/31/2025 11:59:59 PM`.
pub fn month_first(text: &str) -> Taken {
    let (first, second, year, c) = three_numbers(text)?;
    finish_date(Day::new(year, first, second)?, c)
}

fn three_numbers(text: &str) -> Option<(u32, u32, u32, Cursor<'_>)> {
    let mut c = Cursor::new(text);
    if let Some(mark) = c.peek_at(2).filter(|b| b"./-".contains(b))
        && let Some((first, second, year)) = usual::year_last(text.as_bytes(), mark)
    {
        c.at = 10;
        return Some((first, second, year, c));
    }
    let first = c.one_or_two()?;
    let mark = c.eat_any(b"./-")?;
    let second = c.one_or_two()?;
    c.eat(mark)?;
    let year = c.year(mark != b'-')?;
    Some((first, second, year, c))
}

/// The clock after a date in numbers.
fn finish_date(day: Day, mut c: Cursor<'_>) -> Taken {
    let comma = c.eat(b',').is_some();
    if c.spaces(2).is_none() && (comma || c.eat_any(b"T-_").is_none()) {
        return None;
    }
    let clock = c.clock(b':', false)?;
    let clock = c.half_day(clock)?;
    let offset = c.offset();
    Some((day.at(clock, offset), c.at))
}

/// KZ195-A4: `31:12:2025 23:59:59`; between date and time a blank, `T`, `-` or `_`, since the text names none.
pub fn kz195(text: &str) -> Taken {
    let (day, taken) = kz195_date(text)?;
    let mut c = Cursor::new(text);
    c.at = taken;
    if c.spaces(3).is_none() {
        c.eat_any(b"T-_")?;
    }
    let clock = c.clock(b':', true)?;
    let offset = c.offset();
    Some((day.at(clock, offset), c.at))
}

fn kz195_date(text: &str) -> Option<(Day, usize)> {
    let mut c = Cursor::new(text);
    let day = c.one_or_two()?;
    c.eat(b':')?;
    let month = c.one_or_two()?;
    c.eat(b':')?;
    if c.digit_run() != 4 {
        return None;
    }
    let day = Day::new(c.digits(4)?, month, day)?;
    Some((day, c.at))
}

/// Year first with slashes or dots: `2026/01/01 00:12:03` (nginx error log, Go, Palo Alto).
pub fn year_first(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    let day = year_first_date(&mut c, b"/.")?;
    finish_date(day, c)
}

fn year_first_date(c: &mut Cursor<'_>, marks: &[u8]) -> Option<Day> {
    if let Some(mark) = c.peek_at(4).filter(|b| marks.contains(b))
        && let Some(day) = usual::year_first(c.here(), mark)
        && !c.peek_at(10).is_some_and(|b| b.is_ascii_digit())
    {
        c.at += 10;
        return Some(day);
    }
    let year = c.digits(4)?;
    let mark = c.eat_any(marks)?;
    let month = c.one_or_two()?;
    c.eat(mark)?;
    Day::new(year, month, c.one_or_two()?)
}

/// Compact: `20260101T001203`, `20260101001203.0Z`, `20260101 00:12:03`, `20260101-00:12:03:606`, with fraction and
/// offset.
pub fn compact(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    let day = match usual::packed(text.as_bytes()) {
        Some(day) => {
            c.at = 8;
            day
        }
        None => Day::new(c.digits(4)?, c.digits(2)?, c.digits(2)?)?,
    };
    // Without a separator the year must be one that logs have, or any long number would do.
    let joined = c.peek().is_some_and(|b| b.is_ascii_digit());
    if joined && !(1970..=2100).contains(&day.year) {
        return None;
    }
    if !joined && c.eat_any(b"T-_").is_none() {
        c.spaces(1)?;
    }
    let mut clock = Clock::default();
    if c.digit_run() == 6 {
        let (hour, minute, second) = (c.digits(2)?, c.digits(2)?, c.digits(2)?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        clock.hour = hour as u8;
        clock.minute = minute as u8;
        clock.second = second as u8;
        clock.nanos = c.fraction().unwrap_or(0);
    } else if joined {
        return None;
    } else {
        clock = c.clock(b':', true)?;
        let mut millis = c;
        if clock.nanos == 0 && millis.eat(b':').is_some() && (1..=3).contains(&millis.digit_run()) {
            let count = millis.digit_run();
            clock.nanos = millis.digits(count)? * 1_000_000;
            c = millis;
        }
    }
    let offset = c.offset();
    (!c.in_word()).then_some((day.at(clock, offset), c.at))
}

/// Day, name of the month, year: `01 Jan 2026 00:12:03`, `Thu, 01 Jan 2026 00:12:03 +0500` (RFC 5322),
/// `01-Jan-2026 00:12:03.123` (BIND), `01-JAN-26 12.12.03.000000 AM` (Oracle), `1 января 2026 г. 00:12:03`,
/// `1. januar 2026 ob 00:12:03`, `1. tammikuuta 2026 klo 0.12.03`, `2026 ж. 1 қаңтар 00:12:03`.
pub fn day_month_name(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    if !c.peek().is_some_and(|b| b.is_ascii_digit()) {
        c.at = weekday(text)?;
    }
    let mut year = None;
    if c.digit_run() == 4 {
        year = Some(c.digits(4)?);
        c.spaces(1)?;
        year_word(text, &mut c);
    }
    let day = c.one_or_two()?;
    let _ = c.eat(b'.');
    c.eat_any(b" -/")?;
    let (month, taken) = months::at_start(c.rest(text))?;
    c.at += taken;
    if year.is_none() {
        c.eat_any(b" -/")?;
        year = Some(c.year(true)?);
    }
    let day = Day::new(year?, u32::from(month), day)?;
    let _ = c.eat_any(b",:");
    let _ = c.spaces(2);
    year_word(text, &mut c);
    let clock = match c.clock(b':', false) {
        Some(clock) => clock,
        None => c.clock(b'.', true)?,
    };
    let clock = c.half_day(clock)?;
    let offset = c.offset();
    Some((day.at(clock, offset), c.at))
}

/// Words between date and clock: `г.`, `ж.`, `жылғы`, `ob`, `klo`, `um`, `at`, `в`.
fn year_word(text: &str, c: &mut Cursor<'_>) {
    // None of the words begins so.
    if c.peek().is_none_or(|b| b.is_ascii_digit()) {
        return;
    }
    for word in ["г.", "года", "жылғы", "ж.", "ob", "klo", "um", "at", "в"] {
        let rest = c.rest(text);
        if let Some(after) = rest.strip_prefix(word)
            && after.starts_with([' ', ','])
        {
            c.at += word.len();
            let _ = c.eat(b',');
            let _ = c.spaces(2);
        }
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by the number of digits (9 or 10, 12 or
/// 13, 15 or 16, 18 or 19); a fraction is allowed after seconds and milliseconds.
pub fn epoch(text: &str) -> Taken {
    let mut c = Cursor::new(text);
    let count = c.digit_run();
    let unit: u64 = match count {
        9 | 10 => 1_000_000_000,
        12 | 13 => 1_000_000,
        15 | 16 => 1_000,
        18 | 19 => 1,
        _ => return None,
    };
    // Nineteen digits fit.
    let digits = text.get(..count)?.bytes().map(|digit| u64::from(digit - b'0'));
    let whole = digits.fold(0u64, |number, digit| number.wrapping_mul(10).wrapping_add(digit));
    c.at = count;
    // As many digits as there are nanoseconds in all of these units: below 10^19.
    let mut nanos = i128::from(whole * unit);
    if unit >= 1_000_000
        && c.peek() == Some(b'.')
        && let Some(fraction) = c.fraction()
    {
        nanos += i128::from(u64::from(fraction) * unit / 1_000_000_000);
    }
    (!c.in_word()).then_some((TimeReading::Instant { nanos }, c.at))
}

/// A Windows FILETIME: 100-nanosecond steps since 1601-01-01 UTC. Zero and what lies beyond year 9999 are no time.
pub fn filetime(ticks: u64) -> Option<TimeReading> {
    // Seconds from 1601 to 1970: 369 years with 89 leap days.
    const BEFORE_1970: i128 = 11_644_473_600 * 10_000_000;
    const YEAR_10000: i128 = 2_650_467_744_000_000_000;
    let ticks = i128::from(ticks);
    (0 < ticks && ticks < YEAR_10000).then_some(TimeReading::Instant {
        nanos: (ticks - BEFORE_1970) * 100,
    })
}

/// Any of the layouts above, tried from the most specific on. Day comes before month unless only the other way
/// gives a date. Epochs are not among them: a bare number is a time only where a field's name says so.
pub fn any(text: &str) -> Taken {
    let bytes = text.as_bytes();
    match near::digits(bytes.get(..5).unwrap_or(bytes)) {
        0 => {
            let first = text.chars().next()?;
            // The names of a weekday and a month, the marks and blanks between: most texts are sentences without a number.
            let beginning = bytes.get(..64).unwrap_or(bytes);
            if !first.is_alphabetic() || !near::has_digit(beginning) {
                return None;
            }
            bsd_syslog(text)
                .or_else(|| asctime(text))
                .or_else(|| day_month_name(text))
        }
        1 | 2 => day_first(text)
            .or_else(|| common_log(text))
            .or_else(|| kz195(text))
            .or_else(|| month_first(text))
            .or_else(|| day_month_name(text)),
        4 => iso8601(text)
            .or_else(|| year_first(text))
            .or_else(|| day_month_name(text)),
        _ => compact(text),
    }
}

/// The beginning of a day, where the calendar has it.
pub fn day(year: u32, month: u32, day: u32) -> Option<TimeReading> {
    Some(Day::new(year, month, day)?.at(Clock::default(), None))
}

/// A date alone, in any order of numbers, for columns that keep date and time apart: `31:12:2025`, `2025-12-31`,
/// `31.12.2025`, `12/31/2025` with `month_first`, `20251231`. The whole text must be the date.
pub fn date_alone(text: &str, month_first: bool) -> Option<TimeReading> {
    let day = date_of(text.trim(), month_first)?;
    Some(day.at(Clock::default(), None))
}

fn date_of(text: &str, month_first: bool) -> Option<Day> {
    let mut c = Cursor::new(text);
    let day = if c.digit_run() == 8 {
        Day::new(c.digits(4)?, c.digits(2)?, c.digits(2)?)?
    } else if c.digit_run() == 4 {
        year_first_date(&mut c, b"-/.:")?
    } else if let Some((day, taken)) = kz195_date(text) {
        c.at = taken;
        day
    } else {
        let (first, second, year, rest) = three_numbers(text)?;
        c = rest;
        if month_first {
            Day::new(year, first, second)?
        } else {
            Day::new(year, second, first).or_else(|| Day::new(year, first, second))?
        }
    };
    (c.at == text.len()).then_some(day)
}

/// A date and a clock from two columns.
pub fn date_and_clock(date: &str, clock: &str, month_first: bool) -> Option<TimeReading> {
    let day = date_of(date.trimmed(), month_first)?;
    let clock = clock.trimmed();
    let mut c = Cursor::new(clock);
    let time = match c.digit_run() {
        6 => {
            let (hour, minute, second) = (c.digits(2)?, c.digits(2)?, c.digits(2)?);
            if hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            Clock {
                hour: hour as u8,
                minute: minute as u8,
                second: second as u8,
                nanos: c.fraction().unwrap_or(0),
            }
        }
        _ => c.clock(b':', false)?,
    };
    let time = c.half_day(time)?;
    let offset = c.offset();
    (c.at == clock.len()).then(|| day.at(time, offset))
}

/// A clock alone (`23:59:59`, with fraction, AM/PM and offset) on the day of another reading; the whole text must be
/// the clock.
pub fn clock_on_day_of(clock: &str, day: &TimeReading) -> Option<TimeReading> {
    let clock = clock.trimmed();
    let mut c = Cursor::new(clock);
    let time = c.clock(b':', false)?;
    let time = c.half_day(time)?;
    let stated = c.offset();
    if c.at != clock.len() {
        return None;
    }
    let TimeReading::Clock { civil, offset_min } = day else {
        return None;
    };
    Some(TimeReading::Clock {
        civil: Civil {
            hour: time.hour,
            minute: time.minute,
            second: time.second,
            nanos: time.nanos,
            ..*civil
        },
        offset_min: stated.or(*offset_min),
    })
}

/// A month's name or abbreviation in English, Russian, Kazakh, Slovene, Finnish or German at the start of the
/// text: its number and the bytes it took.
pub fn month_name(text: &str) -> Option<(u8, usize)> {
    months::at_start(text)
}
