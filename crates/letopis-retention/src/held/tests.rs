use chrono::Days as Span;
use proptest::prelude::*;

use super::*;
use crate::days::{Gone, Tally};

const DAY: i64 = 86_400_000_000;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn micros(day: NaiveDate) -> i64 {
    day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros()
}

fn local(micros: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp_micros(micros)
        .unwrap()
        .date_naive()
}

fn held(days: &mut Days, on: NaiveDate, taken_in: NaiveDate) {
    days.add(
        on,
        Tally {
            taken_in: micros(taken_in),
            records: 10,
            bytes: 1000,
            first: micros(on),
            last: micros(on) + DAY - 1,
        },
    );
}

fn daily(months: u32) -> Obligation {
    Obligation {
        months,
        rhythm: Rhythm::Daily,
        since: None,
        until: None,
        intake_days: 1,
    }
}

/// Every day of 2025 and 2026 up to `to`, taken in the day after.
fn two_years(to: &str) -> Days {
    let mut days = Days::default();
    for on in day("2025-01-01").iter_days().take_while(|d| *d <= day(to)) {
        held(&mut days, on, on + Span::new(1));
    }
    days
}

fn judge(days: &Days, obligation: &Obligation, at: &str) -> Held {
    Held::judge(days, obligation, &Calendar::default(), day(at), &local)
}

#[test]
fn what_was_taken_in_day_by_day_was_held_on_every_day() {
    let answer = judge(&two_years("2026-10-31"), &daily(6), "2026-11-01");
    assert_eq!(
        (answer.today.verdict, answer.today.reasons.len()),
        (Verdict::Met, 0)
    );
    assert_eq!(answer.today.from, day("2026-05-01"));
    let [period] = answer.past.as_slice() else {
        panic!("{:?}", answer.past)
    };
    assert_eq!(
        (period.from, period.to, period.verdict),
        (day("2025-11-01"), day("2026-10-31"), Verdict::Met)
    );
}

#[test]
fn a_missing_day_breaks_the_floor_for_six_months_and_no_longer() {
    let whole = two_years("2026-10-31");
    let mut days = Days::default();
    for (on, tallies) in whole.iter().filter(|(on, _)| *on != day("2026-02-10")) {
        tallies.iter().for_each(|t| days.add(on, *t));
    }
    let answer = judge(&days, &daily(6), "2026-11-01");
    assert_eq!(answer.today.verdict, Verdict::Met);
    assert_eq!(answer.missing.len(), 1);
    let bad: Vec<_> = answer
        .past
        .iter()
        .filter(|p| p.verdict == Verdict::NotMet)
        .collect();
    let [bad] = bad.as_slice() else { panic!("{bad:?}") };
    // The day itself is not due before its end; on 10 August the six months begin with it for the last time.
    assert_eq!((bad.from, bad.to), (day("2026-02-11"), day("2026-08-10")));
    assert_eq!(bad.reasons, ["missing"]);
}

#[test]
fn what_came_at_once_was_not_shown_before_it_came() {
    let mut days = Days::default();
    for on in day("2025-01-01")
        .iter_days()
        .take_while(|d| *d <= day("2026-10-31"))
    {
        held(&mut days, on, day("2026-11-01"));
    }
    let answer = judge(&days, &daily(6), "2026-11-01");
    assert_eq!(answer.today.verdict, Verdict::Met);
    assert_eq!(answer.past.len(), 1);
    assert_eq!(
        (answer.past[0].verdict, answer.past[0].reasons.as_slice()),
        (Verdict::NotShown, &["behind"][..])
    );
}

#[test]
fn a_young_source_is_not_shown_unless_its_beginning_is_declared() {
    let mut days = Days::default();
    for on in day("2026-09-01")
        .iter_days()
        .take_while(|d| *d <= day("2026-10-31"))
    {
        held(&mut days, on, on + Span::new(1));
    }
    let young = judge(&days, &daily(6), "2026-11-01");
    assert_eq!(young.today.verdict, Verdict::NotShown);
    assert_eq!(
        young.today.reasons,
        [Reason::Begins {
            first: day("2026-09-01")
        }]
    );
    let declared = |since: &str| Obligation {
        since: Some(day(since)),
        ..daily(6)
    };
    assert_eq!(
        judge(&days, &declared("2026-09-01"), "2026-11-01").today.verdict,
        Verdict::Met
    );
    let missing = judge(&days, &declared("2026-08-30"), "2026-11-01").today;
    assert_eq!(missing.verdict, Verdict::NotMet);
    let [Reason::Missing { stretches }] = missing.reasons.as_slice() else {
        panic!("{missing:?}")
    };
    assert_eq!(
        (stretches[0].from, stretches[0].to),
        (day("2026-08-30"), day("2026-08-31"))
    );
}

#[test]
fn a_source_that_was_retired_is_held_to_nothing_after_that() {
    let days = two_years("2026-06-30");
    let behind = judge(&days, &daily(6), "2026-11-01");
    assert_eq!(behind.today.verdict, Verdict::NotShown);
    assert_eq!(
        behind.today.reasons,
        [Reason::Behind {
            last: Some(day("2026-06-30")),
            days: 123
        }]
    );
    let retired = Obligation {
        until: Some(day("2026-06-30")),
        ..daily(6)
    };
    assert_eq!(judge(&days, &retired, "2026-11-01").today.verdict, Verdict::Met);
    assert_eq!(
        judge(&Days::default(), &retired, "2026-11-01").today.reasons,
        [Reason::Nothing]
    );
}

/// What was held last may lie before all the months of the year: it is behind all the same.
#[test]
fn nothing_held_is_counted_from_the_last_day_that_was() {
    let mut days = Days::default();
    for on in day("2025-03-01")
        .iter_days()
        .take_while(|d| *d <= day("2026-08-31"))
    {
        let late = on > day("2025-07-20");
        held(
            &mut days,
            on,
            if late {
                day("2026-09-01")
            } else {
                on + Span::new(1)
            },
        );
    }
    let monthly = Obligation {
        intake_days: 31,
        ..daily(1)
    };
    let past = judge(&days, &monthly, "2026-09-01").past;
    assert_eq!(
        (past[0].verdict, past[0].reasons.as_slice()),
        (Verdict::NotShown, &["behind"][..])
    );
}

#[test]
fn six_months_are_calendar_months() {
    assert_eq!(months_before(day("2026-08-31"), 6), day("2026-02-28"));
    assert_eq!(months_before(day("2028-08-30"), 6), day("2028-02-29"));
}

/// The rule in words, day by day and without any table.
fn slowly(days: &Days, obligation: &Obligation, at: NaiveDate) -> Verdict {
    let (first, last) = days.bounds().unwrap();
    let begin = obligation.since.map_or(first, |since| since.min(first));
    let floor = months_before(at, obligation.months);
    let on_record = |d: NaiveDate| days.of(d).iter().any(|t| local(t.taken_in) <= at);
    let window: Vec<NaiveDate> = floor.max(begin).iter_days().take_while(|d| *d < at).collect();
    let mut verdict = Verdict::Met;
    if obligation.since.is_none() && begin > floor {
        verdict = Verdict::NotShown;
    }
    let newest = begin
        .iter_days()
        .take_while(|d| *d < at)
        .filter(|d| on_record(*d))
        .last();
    let since = newest.map_or(floor.max(begin), |d| d + Span::new(1));
    if (at - since).num_days() > i64::from(obligation.intake_days) {
        verdict = verdict.max(Verdict::NotShown);
    }
    for d in &window {
        if days.records(*d) == 0 && *d <= last {
            return Verdict::NotMet;
        }
        if days.records(*d) > 0 && !on_record(*d) && newest.is_some_and(|newest| *d < newest) {
            verdict = verdict.max(Verdict::NotShown);
        }
    }
    verdict
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Random gaps and intakes: every day of the year is judged as the slow rule judges it.
    #[test]
    fn every_day_is_judged_as_by_the_rule_in_words(
        gaps in prop::collection::vec((0u64..600, 1u64..5), 0..4),
        intakes in prop::collection::vec(1u64..60, 1..30),
        months in 1u32..8,
        intake_days in 0u32..40,
        declared in prop::option::of(0u64..40),
    ) {
        let begin = day("2025-03-01");
        let mut days = Days::default();
        let mut taken_in = begin;
        let mut batch = intakes.iter().cycle();
        for offset in 0u64..600 {
            let on = begin + Span::new(offset);
            if on >= taken_in {
                taken_in = taken_in + Span::new(*batch.next().unwrap());
            }
            let is_gap = gaps.iter().any(|(from, length)| (*from..from + length).contains(&offset));
            if !is_gap || offset == 0 {
                held(&mut days, on, taken_in);
            }
        }
        let obligation = Obligation {
            since: declared.map(|back| begin - Span::new(back)),
            intake_days,
            ..daily(months)
        };
        let at = day("2026-09-01");
        let answer = Held::judge(&days, &obligation, &Calendar::default(), at, &local);
        prop_assert_eq!(answer.today.verdict, slowly(&days, &obligation, at));
        let mut judged = 0;
        for period in &answer.past {
            for on in period.from.iter_days().take_while(|d| *d <= period.to) {
                judged += 1;
                prop_assert_eq!(period.verdict, slowly(&days, &obligation, on), "on {}", on);
            }
        }
        prop_assert!(judged >= 364);
    }
}

/// Moves the days before `until` to what was removed on `removed`.
fn removed_before(days: &Days, until: &str, removed: &str) -> Days {
    let mut left = Days::default();
    for (on, tallies) in days.iter() {
        for tally in tallies.iter().copied() {
            match on < day(until) {
                true => left.add_removed(
                    on,
                    Gone {
                        tally,
                        removed: micros(day(removed)),
                    },
                ),
                false => left.add(on, tally),
            }
        }
    }
    left
}

#[test]
fn what_was_removed_in_its_time_was_held_until_then() {
    let days = removed_before(&two_years("2026-10-31"), "2026-03-01", "2026-10-01");
    let answer = judge(&days, &daily(6), "2026-11-01");
    assert_eq!(answer.first, Some(day("2026-03-01")), "what is here");
    assert!(answer.missing.is_empty(), "{:?}", answer.missing);
    assert_eq!(answer.today.verdict, Verdict::Met);
    let [period] = answer.past.as_slice() else {
        panic!("{:?}", answer.past)
    };
    assert_eq!(
        (period.from, period.to, period.verdict),
        (day("2025-11-01"), day("2026-10-31"), Verdict::Met)
    );
}

#[test]
fn what_was_removed_before_its_time_breaks_the_floor_from_then_on() {
    let days = removed_before(&two_years("2026-10-31"), "2026-05-01", "2026-10-01");
    let answer = judge(&days, &daily(6), "2026-10-10");
    assert_eq!(answer.today.verdict, Verdict::NotMet);
    let [Reason::Removed { stretches }] = answer.today.reasons.as_slice() else {
        panic!("{:?}", answer.today.reasons)
    };
    assert_eq!(
        (stretches[0].from, stretches[0].to),
        (day("2026-04-10"), day("2026-04-30"))
    );
    let bad: Vec<_> = answer
        .past
        .iter()
        .filter(|p| p.verdict == Verdict::NotMet)
        .collect();
    let [bad] = bad.as_slice() else { panic!("{bad:?}") };
    assert_eq!((bad.from, bad.to), (day("2026-10-01"), day("2026-10-09")));
    assert_eq!(bad.reasons, ["removed"]);
    // Of the day something is still here: it is held, if only in part.
    let mut part = days.clone();
    for on in day("2026-04-10")
        .iter_days()
        .take_while(|d| *d < day("2026-05-01"))
    {
        held(&mut part, on, on + Span::new(1));
    }
    assert_eq!(judge(&part, &daily(6), "2026-10-10").today.verdict, Verdict::Met);
}
