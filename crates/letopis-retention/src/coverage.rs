//! Day by day: what a source wrote, and on which days it was to write and did not.

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::Calendar;
use crate::days::Days;
use crate::rhythm::Rhythm;
use crate::stretch::{Stretch, gather};

/// What is held of a source between two days, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// First day that was looked at.
    #[serde(serialize_with = "crate::stretch::day")]
    pub from: NaiveDate,
    /// Last day that was looked at.
    #[serde(serialize_with = "crate::stretch::day")]
    pub to: NaiveDate,
    /// Records with a time in these days.
    pub records: u64,
    /// Their bytes in the originals.
    pub bytes: u64,
    /// Time of the first record, microseconds since 1970 UTC.
    pub first: Option<i64>,
    /// Time of the last record.
    pub last: Option<i64>,
    /// Days that have records.
    pub held_days: u32,
    /// Days on which a record was expected; of weekly and monthly sources none is.
    pub expected_days: u32,
    /// Days that are missing: in stretches, joined over days on which nothing was expected.
    pub missing: Vec<Stretch>,
    /// Days with fewer records than the rhythm says, in stretches.
    pub thin: Vec<Stretch>,
    /// Records whose time is before the moment at which they were taken in by more than this, in days: half of all
    /// records were taken in later than this after they were written.
    pub median_lateness_days: Option<i64>,
}

impl Coverage {
    /// Looks at the days from `from` to `to`.
    pub fn of(days: &Days, rhythm: Rhythm, calendar: &Calendar, from: NaiveDate, to: NaiveDate) -> Self {
        let within = || days.iter().filter(|(day, _)| (from..=to).contains(day));
        let tallies = || within().flat_map(|(_, tallies)| tallies);
        let expects = |day: NaiveDate| rhythm.expects(day, calendar);
        let least = rhythm.least_a_day();
        let thin = within()
            .filter(|(day, tallies)| expects(*day) && tallies.iter().map(|t| t.records).sum::<u64>() < least)
            .map(|(day, _)| day);
        Self {
            from,
            to,
            records: tallies().map(|t| t.records).sum(),
            bytes: tallies().map(|t| t.bytes).sum(),
            first: tallies().map(|t| t.first).min(),
            last: tallies().map(|t| t.last).max(),
            held_days: u32::try_from(within().count()).unwrap_or(u32::MAX),
            expected_days: from
                .iter_days()
                .take_while(|day| *day <= to)
                .filter(|day| expects(*day))
                .count() as u32,
            missing: days.missing_stretches(rhythm, calendar, from, to),
            thin: gather(thin, |_| false),
            median_lateness_days: median_lateness(days, from, to),
        }
    }

    /// Days in all stretches that are missing.
    pub fn missing_days(&self) -> u32 {
        self.missing.iter().map(|stretch| stretch.days).sum()
    }
}

/// Whole days between the last record of a day and its intake, in the middle of all records.
fn median_lateness(days: &Days, from: NaiveDate, to: NaiveDate) -> Option<i64> {
    const DAY: i64 = 86_400_000_000;
    let mut late: Vec<(i64, u64)> = days
        .iter()
        .filter(|(day, _)| (from..=to).contains(day))
        .flat_map(|(_, tallies)| tallies)
        .map(|t| (t.taken_in.saturating_sub(t.last).div_euclid(DAY), t.records))
        .collect();
    late.sort_unstable();
    let half = late.iter().map(|(_, records)| records).sum::<u64>().div_ceil(2);
    let mut counted = 0;
    late.into_iter()
        .find(|(_, records)| {
            counted += records;
            counted >= half
        })
        .map(|(lateness, _)| lateness)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::days::Tally;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(list: &[(&str, u64)]) -> Days {
        let mut days = Days::default();
        for (text, records) in list {
            let at = day(text)
                .and_hms_opt(12, 0, 0)
                .unwrap()
                .and_utc()
                .timestamp_micros();
            days.add(
                day(text),
                Tally {
                    taken_in: at + 3 * 86_400_000_000,
                    records: *records,
                    bytes: records * 100,
                    first: at,
                    last: at,
                },
            );
        }
        days
    }

    fn shown(stretches: &[Stretch]) -> Vec<String> {
        stretches
            .iter()
            .map(|s| format!("{} {} {}", s.from, s.to, s.days))
            .collect()
    }

    #[test]
    fn a_weekend_without_work_is_not_missing_and_joins_what_is() {
        // Monday 2 March to Friday 13 March; the second Thursday to the next Monday are missing.
        let held = days(&[
            ("2026-03-02", 5),
            ("2026-03-03", 5),
            ("2026-03-04", 5),
            ("2026-03-10", 5),
            ("2026-03-11", 1),
            ("2026-03-12", 5),
            ("2026-03-13", 5),
        ]);
        let (from, to) = (day("2026-03-02"), day("2026-03-13"));
        let calendar = Calendar::default();
        let workdays = Coverage::of(&held, Rhythm::WorkingDays, &calendar, from, to);
        assert_eq!(
            (
                workdays.held_days,
                workdays.expected_days,
                workdays.missing_days()
            ),
            (7, 10, 3)
        );
        assert_eq!(shown(&workdays.missing), ["2026-03-05 2026-03-09 3"]);
        let daily = Coverage::of(&held, Rhythm::PerDay(5), &calendar, from, to);
        assert_eq!(shown(&daily.missing), ["2026-03-05 2026-03-09 5"]);
        assert_eq!(shown(&daily.thin), ["2026-03-11 2026-03-11 1"]);
        let holiday = Calendar::parse("2026-03-09,off").unwrap();
        let with = Coverage::of(&held, Rhythm::WorkingDays, &holiday, from, to);
        assert_eq!(shown(&with.missing), ["2026-03-05 2026-03-06 2"]);
        assert_eq!(
            (with.records, with.bytes, with.median_lateness_days),
            (31, 3100, Some(3))
        );
    }

    #[test]
    fn weekly_and_monthly_sources_miss_whole_runs_only() {
        let held = days(&[
            ("2026-03-01", 1),
            ("2026-03-07", 1),
            ("2026-03-15", 1),
            ("2026-03-22", 1),
        ]);
        let missing = |rhythm| {
            let coverage = Coverage::of(
                &held,
                rhythm,
                &Calendar::default(),
                day("2026-03-01"),
                day("2026-04-30"),
            );
            shown(&coverage.missing)
        };
        assert_eq!(
            missing(Rhythm::Weekly),
            ["2026-03-08 2026-03-14 7", "2026-03-23 2026-04-30 39"]
        );
        assert_eq!(missing(Rhythm::Monthly), ["2026-03-23 2026-04-30 39"]);
        assert_eq!(missing(Rhythm::Irregular), [""; 0]);
    }
}
