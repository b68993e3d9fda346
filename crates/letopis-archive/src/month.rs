//! Calendar months in UTC: the second half of what segments are cut by.

use chrono::{DateTime, Datelike as _, NaiveDate};

/// A calendar month in UTC, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Month {
    /// Months since January of year 0.
    Dated(i32),
    /// Records that have no time, or one that cannot be (before 1990, or later than a day after the intake).
    Undated,
}

impl Month {
    /// The month that prints so.
    pub fn parse(text: &str) -> Option<Self> {
        if text == UNDATED {
            return Some(Self::Undated);
        }
        let (year, month) = text.split_once('-')?;
        let (year, month) = (year.parse::<i32>().ok()?, month.parse::<i32>().ok()?);
        (1..=12)
            .contains(&month)
            .then(|| Self::Dated(year * 12 + month - 1))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dated(months) => write!(f, "{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1),
            Self::Undated => f.write_str(UNDATED),
        }
    }
}

const UNDATED: &str = "undated";
/// 1990-01-01T00:00:00Z.
const EARLIEST: i64 = 631_152_000_000_000;
const DAY: i64 = 86_400_000_000;

/// Finds the month of one record after the other; records of one month come in runs.
#[derive(Debug)]
pub struct MonthClock {
    latest: i64,
    current: Month,
    /// Instants of the current month, in microseconds.
    bounds: std::ops::Range<i64>,
}

impl MonthClock {
    /// A clock for records taken in at `ingested`, microseconds since 1970 UTC.
    pub fn new(ingested: i64) -> Self {
        Self {
            latest: ingested.saturating_add(DAY),
            current: Month::Undated,
            bounds: 0..0,
        }
    }

    /// The month of a record with that time, else that of the record before it.
    pub fn month_of(&mut self, time: Option<i64>) -> Month {
        let Some(time) = time else { return self.current };
        if self.bounds.contains(&time) {
            return self.current;
        }
        if time < EARLIEST || time > self.latest {
            // Not kept as the month of the next record: a single wild time must not drag others along.
            return Month::Undated;
        }
        let Some(day) = DateTime::from_timestamp_micros(time).map(|t| t.date_naive()) else {
            return Month::Undated;
        };
        let months = day.year() * 12 + day.month0() as i32;
        self.bounds = start_of(months)..start_of(months + 1);
        self.current = Month::Dated(months);
        self.current
    }
}

fn start_of(months: i32) -> i64 {
    NaiveDate::from_ymd_opt(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1).map_or(0, |d| {
        d.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_reads_back() {
        for month in [
            Month::Undated,
            Month::Dated(2026 * 12),
            Month::Dated(1999 * 12 + 11),
        ] {
            assert_eq!(Month::parse(&month.to_string()), Some(month));
        }
        for text in ["", "2026", "2026-13", "2026-00", "x-01"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_record_without_time_follows_the_one_before() {
        let mut clock = MonthClock::new(1_775_000_000_000_000);
        assert_eq!(clock.month_of(None), Month::Undated);
        // 2025-12-31T23:59:59.999999Z and one microsecond later.
        assert_eq!(clock.month_of(Some(1_767_225_599_999_999)).to_string(), "2025-12");
        assert_eq!(clock.month_of(Some(1_767_225_600_000_000)).to_string(), "2026-01");
        assert_eq!(clock.month_of(None).to_string(), "2026-01");
        assert_eq!(clock.month_of(Some(0)), Month::Undated);
        assert_eq!(clock.month_of(Some(1_800_000_000_000_000)), Month::Undated);
        assert_eq!(clock.month_of(None).to_string(), "2026-01");
    }
}
