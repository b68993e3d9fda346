//! Days of the scenario: work, weekend, holiday; and when in a day things happen.

use chrono::{Datelike as _, NaiveDate, Weekday};

use crate::clock::{DAY, HOUR, MINUTE, SCENARIO_FROM, SCENARIO_TO, SECOND};
use crate::rng::Stream;

/// What kind of day it is in Kazakhstan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayKind {
    Work,
    Weekend,
    Holiday,
}

/// One local day (UTC+5 without clock changes in the whole scenario).
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) kind: DayKind,
    /// Local midnight, microseconds since 1970 UTC.
    pub(super) start: i64,
}

/// Days off by law between October 2025 and April 2026, with those moved from a weekend (month, day).
const HOLIDAYS: &[(u32, u32)] = &[
    (10, 27),
    (12, 16),
    (1, 1),
    (1, 2),
    (1, 7),
    (3, 9),
    (3, 23),
    (3, 24),
    (3, 25),
];

/// Weights of the hours of an office day.
pub(super) const OFFICE: [u32; 24] = [
    0, 0, 0, 0, 0, 0, 0, 1, 9, 16, 15, 14, 10, 5, 13, 15, 14, 11, 6, 2, 1, 1, 0, 0,
];
/// Weights of what citizens do.
pub(super) const PUBLIC: [u32; 24] = [
    3, 2, 1, 1, 1, 1, 2, 4, 8, 11, 12, 12, 10, 9, 11, 11, 10, 9, 8, 8, 9, 9, 7, 5,
];
/// The same in every hour.
pub(super) const ROUND: [u32; 24] = [1; 24];

/// All days.
pub(super) fn days() -> Vec<Day> {
    let mut date = NaiveDate::from_ymd_opt(2025, 10, 1).unwrap_or_default();
    let mut start = SCENARIO_FROM;
    let mut out = Vec::with_capacity(212);
    while start < SCENARIO_TO {
        let kind = if HOLIDAYS.contains(&(date.month(), date.day())) {
            DayKind::Holiday
        } else if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            DayKind::Weekend
        } else {
            DayKind::Work
        };
        out.push(Day { date, kind, start });
        date = date.succ_opt().unwrap_or(date);
        start += DAY;
    }
    out
}

impl Day {
    /// The instant of a local time of day.
    pub(super) fn at(&self, hour: i64, minute: i64, second: i64) -> i64 {
        self.start + hour * HOUR + minute * MINUTE + second * SECOND
    }

    /// A random instant, by the weights of the hours.
    pub(super) fn moment(&self, r: &mut Stream, hours: &[u32; 24]) -> i64 {
        let total: u32 = hours.iter().sum();
        let mut left = r.below(u64::from(total)) as u32;
        let mut hour = 0;
        for (index, weight) in hours.iter().enumerate() {
            if left < *weight {
                hour = index as i64;
                break;
            }
            left -= weight;
        }
        self.start + hour * HOUR + r.below(HOUR as u64) as i64
    }

    /// How many things happen: about `work` on working days and `idle` on others, times the scale.
    pub(super) fn amount(&self, r: &mut Stream, scale: u32, work: u64, idle: u64) -> u64 {
        let base = if self.kind == DayKind::Work { work } else { idle } * u64::from(scale);
        base * 7 / 10 + r.below(base * 6 / 10 + 1)
    }
}
