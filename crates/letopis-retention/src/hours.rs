//! Silence inside a day: hours in which a source that writes every hour wrote nothing, but for its quiet ones.

use std::collections::BTreeMap;

use crate::rhythm::Quiet;

const HOUR: i64 = 3_600_000_000;

/// First and last time of the records of each hour that has any, microseconds since 1970 UTC. An hour is one of the
/// source's own clock, counted from when that clock showed 1970: one that a clock change repeats is one hour, one that it
/// leaps over is none.
pub type Held = BTreeMap<i64, (i64, i64)>;

/// Hours in a row without a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// How many of them were to have one.
    pub hours: u32,
    /// Time of the last record before.
    pub from: i64,
    /// Time of the first record after.
    pub to: i64,
}

/// The silences between the first and the last record of a source. What lies before and after is judged by days: logs are
/// handed over in files, and the hours that are not here yet are no silence.
///
/// `hour_of` gives the hour of an instant as [`Held`] counts them, `is_expected` whether anything is asked of that instant
/// at all.
pub fn silences(
    held: &Held,
    quiet: Quiet,
    hour_of: &dyn Fn(i64) -> i64,
    is_expected: &dyn Fn(i64) -> bool,
) -> Vec<Silence> {
    let mut found = Vec::new();
    // Bounds of what was last: where a clock goes back, later hours may hold earlier records.
    let after = held.iter().skip(1);
    for ((hour, (_, from)), (next, (to, _))) in held.iter().zip(after) {
        if *next == hour + 1 {
            continue;
        }
        let mut hours = 0;
        let mut last = *hour;
        let mut at = *from;
        loop {
            at = at.saturating_add(HOUR);
            let between = hour_of(at);
            if between >= *next || at >= *to {
                break;
            }
            let of_day = u8::try_from(between.rem_euclid(24)).unwrap_or_default();
            if between > last && !quiet.is_quiet(of_day) && is_expected(at) {
                hours += 1;
            }
            last = last.max(between);
        }
        if hours > 0 {
            found.push(Silence {
                hours,
                from: *from,
                to: *to,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours since 1970 on a clock in UTC; records at the full hour and half an hour later.
    fn held(hours: impl IntoIterator<Item = i64>) -> Held {
        let of = |hour: i64| (hour, (hour * HOUR, hour * HOUR + HOUR / 2));
        hours.into_iter().map(of).collect()
    }

    fn in_utc(held: &Held, quiet: Quiet) -> Vec<(u32, i64, i64)> {
        let found = silences(held, quiet, &|at| at.div_euclid(HOUR), &|_| true);
        let in_halves = |at: i64| at / (HOUR / 2);
        found
            .into_iter()
            .map(|s| (s.hours, in_halves(s.from), in_halves(s.to)))
            .collect()
    }

    #[test]
    fn hours_without_a_record_are_counted_between_records() {
        assert_eq!(in_utc(&held(5..40), Quiet::NONE), []);
        let gaps = held((5..40).filter(|hour| *hour != 9 && !(20..30).contains(hour)));
        assert_eq!(in_utc(&gaps, Quiet::NONE), [(1, 17, 20), (10, 39, 60)]);
        assert_eq!(in_utc(&held([]), Quiet::NONE), []);
        assert_eq!(in_utc(&held([7]), Quiet::NONE), []);
    }

    #[test]
    fn quiet_hours_are_no_silence_but_do_not_end_one() {
        let quiet = Quiet::new(22, 8);
        let worked = |hour: &i64| (6..22).contains(&hour.rem_euclid(24));
        assert_eq!(in_utc(&held((0..240).filter(worked)), quiet), []);
        // From 20 on one day to 8 on the next: two hours before the night and two after it.
        let gap = held((0..240).filter(worked).filter(|hour| !(44..56).contains(hour)));
        assert_eq!(in_utc(&gap, quiet), [(4, 87, 112)]);
    }

    /// On 29 March 2026 the clocks of Ljubljana leapt from 2 to 3, on 25 October 2026 they went back from 3 to 2.
    #[test]
    fn clock_changes_make_no_silence() {
        let spring = 1_774_746_000_000_000;
        let autumn = 1_792_890_000_000_000;
        let hour_of = |at: i64| {
            let summer = (spring..autumn).contains(&at);
            at.div_euclid(HOUR) + if summer { 2 } else { 1 }
        };
        for change in [spring, autumn] {
            let mut every: Held = BTreeMap::new();
            for at in (change - 30 * HOUR..change + 30 * HOUR).step_by(HOUR as usize) {
                let of = every.entry(hour_of(at)).or_insert((at, at));
                of.1 = at;
            }
            // What was written in the hour that came twice may all be read as of its first coming.
            let count = every.len();
            assert!(count == 60 || count == 59, "{count}");
            assert_eq!(silences(&every, Quiet::NONE, &hour_of, &|_| true), []);
            let taken = every
                .range(hour_of(change + 5 * HOUR)..)
                .next()
                .map(|(hour, _)| *hour);
            every.remove(&taken.unwrap());
            let found = silences(&every, Quiet::NONE, &hour_of, &|_| true);
            let bounds = (change + 4 * HOUR, change + 6 * HOUR);
            let is = found
                .iter()
                .map(|s| (s.hours, (s.from, s.to)))
                .collect::<Vec<_>>();
            assert_eq!(is, [(1, bounds)]);
        }
    }

    #[test]
    fn what_is_not_asked_for_is_not_missed() {
        let gap = held((0..48).filter(|hour| !(10..20).contains(hour)));
        let hour_of = |at: i64| at.div_euclid(HOUR);
        let found = silences(&gap, Quiet::NONE, &hour_of, &|at| hour_of(at) >= 15);
        assert_eq!(found[0].hours, 5);
        assert_eq!(silences(&gap, Quiet::NONE, &hour_of, &|at| hour_of(at) < 10), []);
    }
}
