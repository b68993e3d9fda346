//! Values of fields: times in any layout, severities, results.

use letopis_event::{EventBuf, Kind, Number, Outcome, Text, TimeReading};

use super::{Target, words};
use crate::formats::scan;
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Fills `target`; whether the value found its place (otherwise it becomes an attribute).
pub(in crate::formats) fn fill(event: &mut EventBuf, target: Target, value: &str, month_first: bool) -> bool {
    match target {
        Target::Time => match time(value, month_first) {
            Some(reading) => {
                event.reading = Some(reading);
                event.set(Text::TimeText, value);
                true
            }
            None => false,
        },
        Target::TimeEnd => {
            event.end_reading = time(value, month_first);
            // The text is kept beside: the column holds the instant only.
            false
        }
        // Put together by `fill_date` when all fields are known.
        Target::Date | Target::Clock => true,
        Target::Level => {
            event.level = level(value);
            event.level.is_some() && !value.bytes().all(|b| b.is_ascii_digit())
        }
        Target::Outcome => match outcome(value) {
            Some(found) => {
                event.outcome = found;
                event.set_if_absent(Text::Status, value);
                true
            }
            None => false,
        },
        Target::Kind => match Kind::parse(value) {
            Some(kind) => {
                event.kind = kind;
                true
            }
            None => false,
        },
        Target::Text(column @ (Text::UserName | Text::TargetUser)) => {
            scan::set_account(event, column, value);
            true
        }
        Target::Text(column @ (Text::SrcIp | Text::DstIp | Text::HostIp)) => address(event, column, value),
        Target::Text(column) => {
            event.set(column, value);
            if column == Text::Status && event.outcome == Outcome::Unknown {
                event.outcome = outcome(value).unwrap_or_default();
            }
            true
        }
        Target::Number(column) => {
            // What is no number is kept as an attribute under the column's name.
            // Tables that were turned into JSON write whole numbers as `443.0`.
            event.set_number_text(column, value.strip_suffix(".0").unwrap_or(value));
            true
        }
    }
}

/// An address, also with its port (`10.0.0.5:4022`, `[2001:db8::1]:4022`) or its prefix length; a name or a list is
/// kept under its own name: the address columns hold addresses only.
fn address(event: &mut EventBuf, column: Text, value: &str) -> bool {
    let bare = value.trimmed().less_start(b'[').less_end(b']');
    if scan::is_ip(bare) {
        event.set(column, bare);
        return true;
    }
    let port_column = match column {
        Text::SrcIp => Some(Number::SrcPort),
        Text::DstIp => Some(Number::DstPort),
        _ => None,
    };
    if let Some((address, port)) = scan::address_port(value.trimmed(), b':').filter(|(a, _)| scan::is_ip(a))
        && let Some(port_column) = port_column
    {
        event.set(column, address);
        if event.number(port_column).is_none() {
            event.set_number_text(port_column, port);
        }
        return true;
    }
    // `10.0.0.5:4022:X0`: firewalls put the interface behind; the whole stays beside.
    if let Some((address, rest)) = value.cut(b':')
        && let Some((port, _)) = rest.cut(b':')
        && address.parse::<std::net::Ipv4Addr>().is_ok()
        && let Some(port_column) = port_column
        && port.parse::<u16>().is_ok()
    {
        event.set(column, address);
        if event.number(port_column).is_none() && port != "0" {
            event.set_number_text(port_column, port);
        }
    }
    false
}

/// Fills the time from a date and, where there is one, a clock.
pub(super) fn fill_date(event: &mut EventBuf, date: &str, clock: Option<&str>, month_first: bool) {
    match clock {
        Some(clock) => {
            event.set_joined(Text::TimeText, &[date, " ", clock]);
            event.reading = timetext::date_and_clock(date, clock, month_first);
        }
        None => {
            event.set(Text::TimeText, date);
            event.reading = time(date, month_first).or_else(|| timetext::date_alone(date, month_first));
        }
    }
}

/// A value that must be a time as a whole: any layout, an epoch, or a .NET date.
pub(in crate::formats) fn time(value: &str, month_first: bool) -> Option<TimeReading> {
    let value = value.trimmed();
    let value = value
        .strip_prefix('[')
        .and_then(|v| v.strip_suffix(']'))
        .unwrap_or(value);
    if let Some(net) = value.strip_prefix("/Date(").and_then(|v| v.strip_suffix(")/")) {
        return timetext::epoch(net).map(|(reading, _)| reading);
    }
    let month_first_reading = || {
        if month_first {
            timetext::month_first(value)
        } else {
            None
        }
    };
    let (reading, taken) = month_first_reading()
        .or_else(|| timetext::epoch(value))
        .or_else(|| timetext::any(value))?;
    (taken == value.len()).then_some(reading)
}

/// A severity as a word, or as a number of the syslog scale (0 to 7) or of pino's and bunyan's (10 to 60).
pub(in crate::formats) fn level(value: &str) -> Option<i8> {
    if let Ok(number) = value.parse::<u32>() {
        return match number {
            0..=7 => Some(number as i8),
            10 | 20 => Some(7),
            30 => Some(6),
            40 => Some(4),
            50 => Some(3),
            60 => Some(2),
            _ => None,
        };
    }
    if let Some((level, _)) = words::LEVELS.iter().find(|(_, words)| is_one_of(value, words)) {
        return Some(*level);
    }
    if value.is_ascii() {
        return None;
    }
    let lower = value.to_lowercase();
    words::OTHER_LEVELS
        .iter()
        .find(|(_, words)| words.contains(&lower.as_str()))
        .map(|(level, _)| *level)
}

/// A result as a word in English, Russian, Kazakh, Slovene, Finnish or German.
pub(in crate::formats) fn outcome(value: &str) -> Option<Outcome> {
    if is_one_of(value, words::SUCCESS) {
        return Some(Outcome::Success);
    }
    if is_one_of(value, words::FAILURE) {
        return Some(Outcome::Failure);
    }
    if value.is_ascii() {
        return None;
    }
    let lower = value.to_lowercase();
    if words::OTHER_SUCCESS.contains(&lower.as_str()) {
        Some(Outcome::Success)
    } else if words::OTHER_FAILURE.contains(&lower.as_str()) {
        Some(Outcome::Failure)
    } else {
        None
    }
}

#[inline(always)]
fn is_one_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| scan::same(word, value))
}
