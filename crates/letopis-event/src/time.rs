//! Time as evidence: what a record says of its time, and how the instant was derived from it.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

/// How the instant of an event is known (design §5). Everything but [`TimeBasis::Stated`] prints with `~`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimeBasis {
    /// The record states date, time and offset (or an epoch).
    Stated,
    /// Date and time are stated, the zone is taken from the source, the archive or a flag.
    ZoneAssumed,
    /// The offset is stated, the year is inferred from the order of the file.
    YearInferred,
    /// Neither year nor zone is stated.
    ZoneAndYearAssumed,
    /// The record has no time of its own: the one of the record before it stands in.
    Carried,
    /// Not placed in time.
    #[default]
    None,
}

impl TimeBasis {
    /// The word in the `time_basis` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::ZoneAssumed => "zone-assumed",
            Self::YearInferred => "year-inferred",
            Self::ZoneAndYearAssumed => "zone-and-year-assumed",
            Self::Carried => "carried",
            Self::None => "none",
        }
    }

    /// Whether a printed time carries `~`.
    pub fn is_doubtful(self) -> bool {
        !matches!(self, Self::Stated)
    }
}

/// Whether a local clock reading exists once, twice (clock set back) or never (clock set forward).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ambiguity {
    /// It exists once.
    #[default]
    None,
    /// It exists twice; the earlier instant was taken.
    Twice,
    /// It does not exist; the offset before the change was taken.
    Never,
}

/// A wall-clock reading as a record gives it, before zone and year are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year, where stated.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60: a leap second is placed at the start of the next minute, and its text kept.
    pub second: u8,
    /// Below the second.
    pub nanos: u32,
}

impl Civil {
    /// The reading as date and time in `year`; `None` where no such day or time exists.
    pub fn in_year(&self, year: i32) -> Option<NaiveDateTime> {
        let date = NaiveDate::from_ymd_opt(year, u32::from(self.month), u32::from(self.day))?;
        let leap = self.second == 60;
        let second = if leap { 59 } else { u32::from(self.second) };
        let time =
            NaiveTime::from_hms_nano_opt(u32::from(self.hour), u32::from(self.minute), second, self.nanos)?;
        let local = date.and_time(time);
        if leap {
            local.checked_add_signed(chrono::TimeDelta::seconds(1))
        } else {
            Some(local)
        }
    }
}

impl Civil {
    /// Whether some year has such a day and time; `year` is not looked at.
    #[inline]
    pub fn is_possible(&self) -> bool {
        const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let month = usize::from(self.month).checked_sub(1);
        let days = month.and_then(|month| DAYS.get(month));
        days.is_some_and(|days| (1..=*days).contains(&self.day))
            && self.hour <= 23
            && self.minute <= 59
            && self.second <= 60
            && self.nanos <= 999_999_999
    }

    /// The reading in `year` (1 to 9999) as microseconds since 1970-01-01T00:00:00 on a clock without changes: the same
    /// as [`Self::in_year`] by arithmetic alone. `None` where no such day or time exists, and for other years.
    #[inline]
    pub fn micros_in_year(&self, year: i32) -> Option<i64> {
        // Days of the year before the first of March, April …: a year that begins in March ends with its leap day.
        const BEFORE: [u32; 12] = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];
        let year = u32::try_from(year)
            .ok()
            .filter(|year| (1..=9999).contains(year))?;
        let month = usize::from(self.month).checked_sub(1)?;
        let is_leap = || year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if !self.is_possible() || month == 1 && self.day == 29 && !is_leap() {
            return None;
        }
        let years = year - u32::from(month < 2);
        let leap_days = years / 4 - years / 100 + years / 400;
        let days = years * 365 + leap_days + BEFORE.get(month)? + u32::from(self.day);
        // 719_469 days lie between the day before the first of March of the year 0 and 1970.
        let days = i64::from(days) - 719_469;
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        Some((days * 86_400 + seconds) * 1_000_000 + i64::from(self.nanos / 1000))
    }
}

/// What a record says of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeReading {
    /// An instant: an epoch, a FILETIME, or a clock that the format defines as UTC. Nanoseconds since 1970.
    Instant {
        /// Nanoseconds since 1970-01-01T00:00:00Z.
        nanos: i128,
    },
    /// A wall clock, with or without an offset from UTC (minutes east) and with or without a year.
    Clock {
        /// The reading.
        civil: Civil,
        /// Stated offset from UTC in minutes, where there is one.
        offset_min: Option<i16>,
    },
}

/// When an event happened and how that is known: the time columns of the event table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventTime {
    /// Microseconds since 1970-01-01T00:00:00Z; `None` when not placed in time.
    pub micros: Option<i64>,
    /// Nanoseconds below the microsecond, 0 to 999.
    pub nanos: Option<i16>,
    /// The offset the local clock had, stated or assumed, in minutes.
    pub offset_min: Option<i16>,
    /// How the instant is known.
    pub basis: TimeBasis,
    /// Whether the reading exists once in its zone.
    pub ambiguity: Ambiguity,
}

/// `micros` as RFC 3339 in UTC: `2026-01-01T00:12:03Z`.
pub fn rfc3339(micros: i64) -> String {
    let mut text = String::with_capacity(32);
    format_rfc3339(micros, 0, &mut text);
    text
}

/// `micros` as RFC 3339 with the given offset, to the microsecond only where there is one: `2026-01-01T00:12:03+05:00`.
pub fn format_rfc3339(micros: i64, offset_min: i16, out: &mut String) {
    use std::fmt::Write as _;
    let shifted = micros.saturating_add(i64::from(offset_min) * 60_000_000);
    let Some(local) = chrono::DateTime::from_timestamp_micros(shifted) else {
        // Beyond the calendar: the number itself is the only honest text.
        let _ = write!(out, "{micros}us");
        return;
    };
    match u32::try_from(local.year()) {
        Ok(year @ 0..=9999) => {
            put_two(year / 100, out);
            put_two(year % 100, out);
            for (sign, two) in [
                ('-', local.month()),
                ('-', local.day()),
                ('T', local.hour()),
                (':', local.minute()),
                (':', local.second()),
            ] {
                out.push(sign);
                put_two(two, out);
            }
        }
        // More digits and a sign.
        _ => {
            let _ = write!(out, "{}", local.format("%Y-%m-%dT%H:%M:%S"));
        }
    }
    let below = micros.rem_euclid(1_000_000) as u32;
    if below != 0 {
        out.push('.');
        put_two(below / 10_000, out);
        put_two(below / 100 % 100, out);
        put_two(below % 100, out);
        out.truncate(out.trim_end_matches('0').len());
    }
    if offset_min == 0 {
        out.push('Z');
    } else {
        let minutes = u32::from(offset_min.unsigned_abs());
        out.push(if offset_min < 0 { '-' } else { '+' });
        put_two(minutes / 60, out);
        out.push(':');
        put_two(minutes % 60, out);
    }
}

/// Two decimal digits of a number below 100; more of a greater one (an offset of days).
fn put_two(number: u32, out: &mut String) {
    if number > 99 {
        out.push_str(&number.to_string());
        return;
    }
    let digit = |digit: u32| char::from(b'0' + digit as u8);
    out.push(digit(number / 10));
    out.push(digit(number % 10));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_second_is_the_start_of_the_next_minute() {
        let civil = Civil {
            year: None,
            month: 12,
            day: 31,
            hour: 23,
            minute: 59,
            second: 60,
            nanos: 0,
        };
        assert_eq!(civil.in_year(2016).unwrap().to_string(), "2017-01-01 00:00:00");
    }

    #[test]
    fn instants_are_written_as_chrono_writes_them() {
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // From the year -2900 to 6800, with and without parts of a second.
            let micros = (state >> 5) as i64 % 153_000_000_000_000_000;
            let micros = match state % 4 {
                0 => micros - micros % 1_000_000,
                1 => -micros,
                2 => micros - micros % 1000,
                _ => micros,
            };
            let minutes = [0, 300, -210, 1, -1, 840][(state >> 7) as usize % 6];
            let zone = chrono::FixedOffset::east_opt(i32::from(minutes) * 60).unwrap();
            let time = chrono::DateTime::from_timestamp_micros(micros)
                .unwrap()
                .with_timezone(&zone);
            let (whole, below) = (
                time.format("%Y-%m-%dT%H:%M:%S"),
                format!("{:06}", time.timestamp_subsec_micros()),
            );
            let below = below.trim_end_matches('0');
            let point = if below.is_empty() { "" } else { "." };
            let offset = if minutes == 0 {
                "Z".to_owned()
            } else {
                time.format("%:z").to_string()
            };
            let mut text = "before ".to_owned();
            format_rfc3339(micros, minutes, &mut text);
            assert_eq!(text, format!("before {whole}{point}{below}{offset}"));
        }
    }

    /// Compared with chrono's calendar, for every day of four hundred years and what lies beside them.
    #[test]
    fn arithmetic_agrees_with_the_calendar() {
        let clocks = [
            (0, 0, 0, 0),
            (23, 59, 59, 999_999_999),
            (12, 59, 60, 5_000),
            (24, 0, 0, 0),
            (1, 60, 0, 0),
        ];
        for year in (1..30).chain(1600..2010).chain(9990..=9999) {
            for month in 0..=13 {
                for day in 0..=32 {
                    let (hour, minute, second, nanos) = clocks[(usize::from(month) + usize::from(day)) % 5];
                    let civil = Civil {
                        year: None,
                        month,
                        day,
                        hour,
                        minute,
                        second,
                        nanos,
                    };
                    let expected = civil
                        .in_year(year)
                        .map(|local| local.and_utc().timestamp_micros());
                    assert_eq!(civil.micros_in_year(year), expected, "{year} {civil:?}");
                }
            }
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        let civil = Civil {
            year: None,
            month: 2,
            day: 29,
            hour: 0,
            minute: 0,
            second: 0,
            nanos: 0,
        };
        assert!(civil.in_year(2024).is_some());
        assert!(civil.in_year(2025).is_none());
    }

    /// Compared with chrono's own printer.
    #[test]
    fn times_print_with_their_offset() {
        let mut text = String::new();
        format_rfc3339(1_767_208_323_000_000, 300, &mut text);
        assert_eq!(text, "2026-01-01T00:12:03+05:00");
        text.clear();
        format_rfc3339(-1_500_000, 0, &mut text);
        assert_eq!(text, "1969-12-31T23:59:58.5Z");
    }
}
