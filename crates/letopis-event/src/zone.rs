//! Time zones: a fixed offset or a name of the tz database.

use std::fmt;
use std::str::FromStr;

use chrono::{FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone};

use crate::time::Ambiguity;

/// Where a clock without a stated offset is taken to hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Minutes east of UTC.
    Fixed(i16),
    /// A zone of the tz database, with its clock changes.
    Named(chrono_tz::Tz),
}

/// The version of the tz database that every named zone was read from.
pub const TZDATA_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// A text that names no zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone: expected a tz database name (Asia/Almaty), UTC, or an offset (+05:00)")]
pub struct ParseZoneError(pub String);

/// A local clock reading placed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The instant, in microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// Offset from UTC in force, in minutes.
    pub offset_min: i16,
    /// Whether the reading exists once, twice, or not at all in this zone.
    pub ambiguity: Ambiguity,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self::Fixed(0);

    /// Places a local clock reading. One that exists twice is taken as the earlier instant; one that the clock
    /// change leaps over is read with the offset in force before the change. Both are marked.
    #[inline]
    pub fn place(self, local: NaiveDateTime) -> Placed {
        match self {
            Self::Fixed(minutes) => Placed {
                micros: local.and_utc().timestamp_micros() - i64::from(minutes) * 60_000_000,
                offset_min: minutes,
                ambiguity: Ambiguity::None,
            },
            Self::Named(zone) => place_named(zone, local),
        }
    }

    /// Offset from UTC at an instant, in minutes.
    pub fn offset_min_at(self, micros: i64) -> i16 {
        match self {
            Self::Fixed(minutes) => minutes,
            Self::Named(zone) => match chrono::DateTime::from_timestamp_micros(micros) {
                Some(utc) => minutes_of(zone.offset_from_utc_datetime(&utc.naive_utc()).fix()),
                None => 0,
            },
        }
    }

    /// The local clock at an instant.
    pub fn local(self, micros: i64) -> Option<NaiveDateTime> {
        let utc = chrono::DateTime::from_timestamp_micros(micros)?.naive_utc();
        utc.checked_add_signed(chrono::TimeDelta::minutes(i64::from(self.offset_min_at(micros))))
    }

    /// The day of an instant by the local clock; beyond the calendar of that clock, the one in UTC.
    pub fn local_day(self, micros: i64) -> NaiveDate {
        let utc = || chrono::DateTime::from_timestamp_micros(micros).map(|at| at.date_naive());
        let local = self.local(micros).map(|local| local.date());
        local.or_else(utc).unwrap_or_default()
    }
}

fn place_named(zone: chrono_tz::Tz, local: NaiveDateTime) -> Placed {
    let placed = |offset: FixedOffset, ambiguity| Placed {
        micros: local.and_utc().timestamp_micros() - i64::from(offset.local_minus_utc()) * 1_000_000,
        offset_min: minutes_of(offset),
        ambiguity,
    };
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => placed(offset.fix(), Ambiguity::None),
        LocalResult::Ambiguous(first, second) => {
            let (first, second) = (first.fix(), second.fix());
            let earlier = if first.local_minus_utc() >= second.local_minus_utc() {
                first
            } else {
                second
            };
            placed(earlier, Ambiguity::Twice)
        }
        LocalResult::None => {
            // The offset in force a day before is the one before the change: no zone changes twice a day.
            let before = local - chrono::TimeDelta::days(1);
            let offset = zone
                .offset_from_local_datetime(&before)
                .earliest()
                .map(|o| o.fix());
            placed(
                offset.unwrap_or_else(|| FixedOffset::east_opt(0).expect("zero is an offset")),
                Ambiguity::Never,
            )
        }
    }
}

/// Whole minutes of an offset. Offsets with seconds (before 1972) are cut towards zero for display only.
fn minutes_of(offset: FixedOffset) -> i16 {
    (offset.local_minus_utc() / 60) as i16
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(0) => f.write_str("UTC"),
            Self::Fixed(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            Self::Named(zone) => f.write_str(zone.name()),
        }
    }
}

impl FromStr for Zone {
    type Err = ParseZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseZoneError(text.chars().take(60).collect());
        if matches!(text, "UTC" | "Z" | "z" | "GMT" | "Etc/UTC") {
            return Ok(Self::UTC);
        }
        let (sign, rest) = match text.as_bytes().first() {
            Some(b'+') if text.is_ascii() => (1, &text[1..]),
            Some(b'-') if text.is_ascii() => (-1, &text[1..]),
            _ => return text.parse().map(Self::Named).map_err(|_| refuse()),
        };
        let digits = match rest.len() {
            5 if rest.as_bytes()[2] == b':' => format!("{}{}", &rest[..2], &rest[3..]),
            4 => rest.to_owned(),
            2 => format!("{rest}00"),
            _ => return Err(refuse()),
        };
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        let number: i16 = digits.parse().map_err(|_| refuse())?;
        let (hours, rest_minutes) = (number / 100, number % 100);
        if rest_minutes >= 60 {
            return Err(refuse());
        }
        let minutes = hours * 60 + rest_minutes;
        // The widest offset any zone ever had is 15:13:42 (Alaska before 1867); beyond 15 h it is a mistake.
        if minutes > 15 * 60 {
            Err(refuse())
        } else {
            Ok(Self::Fixed(sign * minutes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    /// Offsets as `TZ=Europe/Ljubljana date -d … +%s` of GNU coreutils gives them.
    #[test]
    fn clock_changes_are_marked() {
        let zone: Zone = "Europe/Ljubljana".parse().unwrap();
        let twice = zone.place(at("2025-10-26 02:30:00"));
        assert_eq!(
            (twice.micros, twice.ambiguity),
            (1_761_438_600_000_000, Ambiguity::Twice)
        );
        let never = zone.place(at("2026-03-29 02:30:00"));
        assert_eq!(
            (never.micros, never.ambiguity),
            (1_774_747_800_000_000, Ambiguity::Never)
        );
        let plain = zone.place(at("2026-03-29 03:30:00"));
        assert_eq!((plain.offset_min, plain.ambiguity), (120, Ambiguity::None));
    }

    #[test]
    fn almaty_is_plus_five_since_march_2024() {
        let zone: Zone = "Asia/Almaty".parse().unwrap();
        assert_eq!(zone.place(at("2024-02-29 23:00:00")).offset_min, 360);
        assert_eq!(zone.place(at("2025-12-31 23:40:00")).offset_min, 300);
    }

    #[test]
    fn zones_print_as_they_are_read() {
        for text in ["UTC", "+05:00", "-03:30", "Asia/Almaty", "Europe/Helsinki"] {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
        }
        for text in ["+5", "5", "Almaty", "+25:00", "+05:60", "+0:500", ""] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
