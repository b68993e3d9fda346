//! What stands after a column's colon: a value, a pattern, a range, a network, a span of time.

use std::net::IpAddr;

use letopis_event::column::{self, ColumnType};
use letopis_event::filter::ColumnTest;
use letopis_event::{Civil, Zone};

/// Reads an unquoted value.
pub(super) fn read(name: &str, word: &str, zone: Zone) -> Result<ColumnTest, String> {
    if word.chars().all(|c| c == '*') {
        return Ok(ColumnTest::Present);
    }
    let kind = column::find(name).map(|c| c.kind);
    if kind == Some(ColumnType::TimestampMicros) {
        return time_range(word, zone);
    }
    if let Some(range) = number_range(word) {
        return range;
    }
    let is_number = matches!(
        kind,
        Some(ColumnType::Int8 | ColumnType::Int16 | ColumnType::Int32 | ColumnType::Int64)
    );
    if is_number {
        let value: i64 = word
            .parse()
            .map_err(|_| format!("`{name}` holds whole numbers, `{word}` is none"))?;
        return Ok(ColumnTest::NumberRange {
            from: Some(value),
            to: Some(value),
        });
    }
    let may_be_address = name.ends_with("_ip") || name.starts_with("attrs.");
    if let Some((address, prefix)) = word.split_once('/')
        && may_be_address
        && let Ok(address) = address.parse::<IpAddr>()
    {
        return network(address, prefix);
    }
    if word.contains('*') {
        return Ok(ColumnTest::Wildcard(word.to_owned()));
    }
    Ok(ColumnTest::Equals(word.to_owned()))
}

fn network(address: IpAddr, prefix: &str) -> Result<ColumnTest, String> {
    let most = if address.is_ipv4() { 32 } else { 128 };
    match prefix.parse::<u8>() {
        Ok(prefix) if prefix <= most => Ok(ColumnTest::InNetwork { address, prefix }),
        _ => Err(format!(
            "`/{prefix}` is no prefix length: expected a number up to {most}"
        )),
    }
}

/// `>=5`, `>5`, `<=5`, `<5`, `5..9`, `5..`, `..9`; `None` for anything else.
fn number_range(word: &str) -> Option<Result<ColumnTest, String>> {
    if let Some((operator, rest)) = comparison(word) {
        let number = rest
            .parse::<i64>()
            .map_err(|_| format!("a whole number was expected after `{operator}`, found `{rest}`"));
        return Some(
            number
                .and_then(|n| {
                    let too_far = || format!("nothing is beyond {n}");
                    Ok(match operator {
                        ">=" => (Some(n), None),
                        "<=" => (None, Some(n)),
                        ">" => (Some(n.checked_add(1).ok_or_else(too_far)?), None),
                        _ => (None, Some(n.checked_sub(1).ok_or_else(too_far)?)),
                    })
                })
                .map(|(from, to)| ColumnTest::NumberRange { from, to }),
        );
    }
    let (from, to) = word.split_once("..")?;
    let bound = |text: &str| {
        if text.is_empty() {
            Some(None)
        } else {
            text.parse::<i64>().ok().map(Some)
        }
    };
    // `a..b` of a path is no range: only numbers make one.
    let (from, to) = (bound(from)?, bound(to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Some(Err(format!(
            "the range {from}..{to} is empty: its end lies before its start"
        )));
    }
    Some(Ok(ColumnTest::NumberRange { from, to }))
}

fn comparison(word: &str) -> Option<(&'static str, &str)> {
    [">=", "<=", ">", "<"]
        .into_iter()
        .find_map(|operator| word.strip_prefix(operator).map(|rest| (operator, rest)))
}

/// A span of time. Each bound names a period (a month, a day, a minute); a range goes from the start of the
/// first to the end of the second. `..<` ends at the start of the second instead.
fn time_range(word: &str, zone: Zone) -> Result<ColumnTest, String> {
    let (from, to) = if let Some((operator, rest)) = comparison(word) {
        let period = period(rest, zone)?;
        match operator {
            ">=" => (Some(period.start), None),
            ">" => (Some(period.end), None),
            "<=" => (None, Some(period.end)),
            _ => (None, Some(period.start)),
        }
    } else if let Some((from, to)) = word.split_once("..") {
        let start = match from {
            "" => None,
            text => Some(period(text, zone)?.start),
        };
        let end = match (to, to.strip_prefix('<')) {
            ("", _) => None,
            (_, Some(text)) => Some(period(text, zone)?.start),
            (text, None) => Some(period(text, zone)?.end),
        };
        (start, end)
    } else {
        let period = period(word, zone)?;
        (Some(period.start), Some(period.end))
    };
    if let (Some(from), Some(to)) = (from, to)
        && (from > to || (from == to && !word.contains("..<")))
    {
        return Err(format!("`{word}` is empty: its end lies before its start"));
    }
    Ok(ColumnTest::TimeRange { from, to })
}

/// From `start` to before `end`, microseconds since 1970 UTC.
struct Period {
    start: i64,
    end: i64,
}

const EXPECTED: &str = "expected 2026, 2026-03, 2026-03-05, 2026-03-05T10:20, 2026-03-05T10:20:30.5, each with or \
                        without an offset such as +05:00 or Z";

/// Reads a date or time as the period that it names.
fn period(text: &str, zone: Zone) -> Result<Period, String> {
    let refuse = || format!("`{text}` is no time: {EXPECTED}");
    if let Some(micros) = text.strip_prefix('@') {
        let start: i64 = micros.parse().map_err(|_| refuse())?;
        return Ok(Period {
            start,
            end: start.saturating_add(1),
        });
    }
    let (date, clock) = match text.split_once(['T', 't']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = parts
        .next()
        .filter(|y| y.len() == 4)
        .and_then(digits)
        .ok_or_else(refuse)?;
    let two = |part: Option<&str>| match part {
        None => Ok(None),
        Some(part) if part.len() == 2 => digits(part).map(Some).ok_or_else(refuse),
        Some(_) => Err(refuse()),
    };
    let (month, day) = (two(parts.next())?, two(parts.next())?);
    if parts.next().is_some() || (clock.is_some() && day.is_none()) {
        return Err(refuse());
    }
    let place = |year: u32, month: u32, day: u32| {
        let civil = civil(month, day)?;
        Some(zone.place(civil.in_year(i32::try_from(year).ok()?)?).micros)
    };
    let (m, d) = (month.unwrap_or(1), day.unwrap_or(1));
    let start = place(year, m, d).ok_or_else(refuse)?;
    let Some(clock) = clock else {
        let end = match (month, day) {
            (None, _) => place(year + 1, 1, 1),
            (Some(12), None) => place(year + 1, 1, 1),
            (Some(month), None) => place(year, month + 1, 1),
            (Some(month), Some(day)) => place(year, month, day + 1)
                .or_else(|| place(year, month + 1, 1))
                .or_else(|| place(year + 1, 1, 1)),
        };
        return Ok(Period {
            start,
            end: end.ok_or_else(refuse)?,
        });
    };
    let (clock, zone) = split_offset(clock, zone).ok_or_else(refuse)?;
    let (civil, width) = clock_of(clock, m, d).ok_or_else(refuse)?;
    let year = i32::try_from(year).map_err(|_| refuse())?;
    let start = zone.place(civil.in_year(year).ok_or_else(refuse)?).micros;
    Ok(Period {
        start,
        end: start.saturating_add(width),
    })
}

fn civil(month: u32, day: u32) -> Option<Civil> {
    Some(Civil {
        year: None,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
        hour: 0,
        minute: 0,
        second: 0,
        nanos: 0,
    })
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The clock and the zone it is in.
fn split_offset(clock: &str, zone: Zone) -> Option<(&str, Zone)> {
    let Some(at) = clock.find(['Z', 'z', '+', '-']) else {
        return Some((clock, zone));
    };
    let (clock, offset) = clock.split_at(at);
    Some((clock, offset.parse().ok()?))
}

/// `10`, `10:20`, `10:20:30`, `10:20:30.123456`: the reading and its width in microseconds.
fn clock_of(clock: &str, month: u32, day: u32) -> Option<(Civil, i64)> {
    let mut reading = civil(month, day)?;
    let mut parts = clock.splitn(3, ':');
    let two = |part: &str| {
        digits(part)
            .filter(|_| part.len() == 2)
            .and_then(|n| u8::try_from(n).ok())
    };
    reading.hour = two(parts.next()?)?;
    let Some(minute) = parts.next() else {
        return Some((reading, 3_600_000_000));
    };
    reading.minute = two(minute)?;
    let Some(second) = parts.next() else {
        return Some((reading, 60_000_000));
    };
    let (whole, fraction) = match second.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (second, None),
    };
    reading.second = two(whole)?;
    let Some(fraction) = fraction else {
        return Some((reading, 1_000_000));
    };
    let places = u32::try_from(fraction.len()).ok().filter(|n| *n <= 6)?;
    let width = 10_i64.pow(6 - places);
    reading.nanos = digits(fraction)? * 10_u32.pow(6 - places) * 1000;
    Some((reading, width))
}
