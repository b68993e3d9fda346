use chrono::{Datelike as _, NaiveDateTime, TimeDelta, Timelike as _};
use proptest::prelude::*;

use super::*;
use crate::timetext;
use letopis_event::TimeReading;

fn civil(text: &str) -> Civil {
    match timetext::bsd_syslog(text) {
        Some((TimeReading::Clock { civil, .. }, _)) => civil,
        other => panic!("{text}: {other:?}"),
    }
}

/// Years of the readings, when the file came in on the given day.
fn years(readings: &[&str], came_in: &str) -> Vec<i32> {
    let mut counter = YearCounter::default();
    for (at, text) in readings.iter().enumerate() {
        counter.count(at as u64, &civil(&format!("{text} 10:00:00")));
    }
    let day = chrono::NaiveDate::parse_from_str(came_in, "%Y-%m-%d").unwrap();
    let micros = day.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp_micros();
    let mut years = counter.settle(None, Some(micros), Zone::UTC).unwrap();
    (0..readings.len()).map(|at| years.at(at as u64)).collect()
}

#[test]
fn a_year_ends() {
    assert_eq!(
        years(&["Dec 30", "Dec 31", "Jan  1", "Jan  2"], "2026-01-03"),
        [2025, 2025, 2026, 2026]
    );
    assert_eq!(years(&["Dec 30", "Dec 31"], "2026-01-03"), [2025, 2025]);
    assert_eq!(
        years(&["Nov  3", "Feb  1", "Oct 30", "Jan  9"], "2026-02-03"),
        [2024, 2025, 2025, 2026]
    );
}

#[test]
fn late_records_across_the_new_year() {
    assert_eq!(
        years(
            &["Dec 31", "Jan  1", "Dec 31", "Jan  1", "Dec 31", "Jan  2"],
            "2026-01-03"
        ),
        [2025, 2026, 2025, 2026, 2025, 2026]
    );
}

#[test]
fn a_clock_that_starts_wrongly_and_comes_back() {
    assert_eq!(
        years(
            &["May  3", "May  4", "Jan  1", "Jan  1", "May  4", "May  5"],
            "2026-06-01"
        ),
        [2026; 6]
    );
    assert_eq!(
        years(&["May  2", "May  3", "Dec 24", "May  4"], "2026-06-01"),
        [2026; 4]
    );
}

#[test]
fn the_29th_of_february_needs_a_leap_year() {
    assert_eq!(
        years(&["Feb 28", "Feb 29", "Mar  1"], "2026-06-01"),
        [2024, 2024, 2024]
    );
    assert_eq!(
        years(&["Feb 29", "Mar  1", "Jan  5"], "2026-06-01"),
        [2024, 2024, 2025]
    );
}

#[test]
fn a_slow_log_is_no_excursion() {
    let slow = ["Oct  1", "Jan  9", "Apr  2", "Jul  3", "Oct  2", "Jan  8"];
    assert_eq!(years(&slow, "2026-01-09"), [2024, 2025, 2025, 2025, 2025, 2026]);
}

#[test]
fn rotated_files_put_together_the_newest_first() {
    let day = |text: &str| {
        let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        day.and_hms_opt(0, 0, 0).unwrap()
    };
    // Files of a week and of a month, over the new year.
    for starts in [
        ["2026-01-04", "2025-12-28", "2025-12-21"],
        ["2026-01-01", "2025-12-01", "2025-11-01"],
    ] {
        let file = |start: &str| {
            let start = day(start);
            (0..28).map(move |step| start + TimeDelta::hours(6 * step))
        };
        let moments: Vec<_> = starts.iter().flat_map(|start| file(start)).collect();
        assert_eq!(inferred(&moments, 3600), truth(&moments), "{starts:?}");
    }
}

/// A pause of more than a year does not show: what comes before it is placed as late as the order allows.
#[test]
fn a_pause_of_more_than_a_year_leaves_the_last_years_right() {
    let truth = [2021, 2021, 2024, 2024, 2025];
    let found = years(&["Mar  1", "Mar  2", "Jun  1", "Jun  2", "Jan  5"], "2025-01-06");
    assert_eq!(found, [2024, 2024, 2024, 2024, 2025]);
    assert!(found.iter().zip(truth).all(|(f, t)| *f >= t));
}

fn micros(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp_micros()
}

/// Years of the moments with their years taken away, when the file came in `late` seconds after the latest.
fn inferred(moments: &[NaiveDateTime], late: i64) -> Vec<i32> {
    let mut counter = YearCounter::default();
    for (at, moment) in moments.iter().enumerate() {
        let civil = Civil {
            year: None,
            month: moment.month() as u8,
            day: moment.day() as u8,
            hour: moment.hour() as u8,
            minute: moment.minute() as u8,
            second: moment.second() as u8,
            nanos: 0,
        };
        counter.count(at as u64, &civil);
    }
    let last = moments.iter().max().unwrap();
    let latest = micros(*last) + late * 1_000_000;
    let mut years = counter.settle(None, Some(latest), Zone::UTC).unwrap();
    (0..moments.len()).map(|at| years.at(at as u64)).collect()
}

fn truth(moments: &[NaiveDateTime]) -> Vec<i32> {
    moments.iter().map(|m| m.year()).collect()
}

fn start() -> impl Strategy<Value = NaiveDateTime> {
    (1_000_000_000i64..1_700_000_000)
        .prop_map(|seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc())
}

/// Moments in order: steps of seconds to days.
fn ordered(start: NaiveDateTime, steps: &[u32]) -> Vec<NaiveDateTime> {
    let mut at = start;
    let step = |seconds: &u32| {
        at += TimeDelta::seconds(i64::from(*seconds));
        at
    };
    steps.iter().map(step).collect()
}

const DAY: u32 = 86_400;

proptest! {
    /// Logs of many years, with pauses of up to half a year.
    #[test]
    fn ordered_records_get_their_years(
        start in start(),
        steps in proptest::collection::vec(prop_oneof![9 => 0..DAY, 3 => 0..20 * DAY, 1 => 0..180 * DAY], 1..200),
        late in 0i64..200 * 86_400,
    ) {
        let moments = ordered(start, &steps);
        prop_assert_eq!(inferred(&moments, late), truth(&moments));
    }

    /// Several hosts in one file: each in its own order, some days behind the others.
    #[test]
    fn hosts_that_lag_behind_get_their_years(
        start in start(),
        steps in proptest::collection::vec(0..2 * DAY, 1..300),
        lags in proptest::collection::vec(0i64..5 * 86_400, 1..5),
        late in 0i64..100 * 86_400,
    ) {
        let mut moments = ordered(start, &steps);
        for (at, moment) in moments.iter_mut().enumerate() {
            *moment -= TimeDelta::seconds(lags[at * 7 % lags.len()]);
        }
        prop_assert_eq!(inferred(&moments, late), truth(&moments));
    }

    /// Rotated files put together in order and the newest first.
    #[test]
    fn files_put_together_get_their_years(
        start in start(),
        steps in proptest::collection::vec(60..DAY / 4, 12..600),
        file_days in 2u32..31,
        late in 0i64..100 * 86_400,
    ) {
        let moments = ordered(start, &steps);
        prop_assert_eq!(inferred(&moments, late), truth(&moments));
        let day = |m: &NaiveDateTime| (micros(*m) - micros(start)) / 86_400_000_000 / i64::from(file_days);
        let mut files: Vec<&[NaiveDateTime]> = moments.chunk_by(|a, b| day(a) == day(b)).collect();
        files.reverse();
        // A few records do not show that the log is written often.
        prop_assume!(files[0].len() > 11);
        let joined = files.concat();
        prop_assert_eq!(inferred(&joined, late), truth(&joined));
    }
}
