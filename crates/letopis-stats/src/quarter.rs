//! Calendar quarters in a time zone.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime};
use letopis_event::Zone;

/// A calendar quarter, cut in the archive's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    /// Year.
    pub year: i32,
    /// 1 to 4.
    pub number: u8,
}

/// A text that names no quarter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no quarter: expected a year and Q1 to Q4, as 2026Q1")]
pub struct ParseQuarterError(pub String);

impl Quarter {
    /// The quarter before.
    pub fn previous(self) -> Self {
        if self.number == 1 {
            Self {
                year: self.year - 1,
                number: 4,
            }
        } else {
            Self {
                number: self.number - 1,
                ..self
            }
        }
    }

    /// The quarter after.
    pub fn next(self) -> Self {
        if self.number == 4 {
            Self {
                year: self.year + 1,
                number: 1,
            }
        } else {
            Self {
                number: self.number + 1,
                ..self
            }
        }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        let month = u32::from(self.number - 1) * 3 + 1;
        NaiveDate::from_ymd_opt(self.year, month, 1).unwrap_or_default()
    }

    /// First instant, and first instant after it, in microseconds since 1970 UTC.
    pub fn bounds(self, zone: Zone) -> (i64, i64) {
        let start = |q: Self| zone.place(q.first_day().and_time(NaiveTime::MIN)).micros;
        (start(self), start(self.next()))
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = ParseQuarterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseQuarterError(text.chars().take(40).collect());
        let (year, number) = text.split_once(['Q', 'q']).ok_or_else(refuse)?;
        let year = year.trim_end_matches('-');
        let year: i32 = year.parse().map_err(|_| refuse())?;
        match number.parse::<u8>() {
            Ok(number @ 1..=4) if (1900..=9999).contains(&year) => Ok(Self { year, number }),
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_cut_in_the_zone() {
        let quarter: Quarter = "2026Q1".parse().unwrap();
        let zone: Zone = "Asia/Almaty".parse().unwrap();
        // 2025-12-31T19:00:00Z and 2026-03-31T19:00:00Z, by GNU date.
        assert_eq!(
            quarter.bounds(zone),
            (1_767_207_600_000_000, 1_774_983_600_000_000)
        );
        assert_eq!(quarter.previous().to_string(), "2025Q4");
        assert_eq!(quarter.previous().next(), quarter);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["2026", "2026Q5", "Q1", "2026Q0", "20260Q1", "2026Q1x"] {
            assert!(text.parse::<Quarter>().is_err(), "{text}");
        }
    }
}
