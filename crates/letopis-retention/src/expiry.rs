//! When a term of calendar months has run out.

use chrono::{Months, NaiveDate};

/// The first day on which logs that count from `counted` need not be kept any more; nothing where no calendar reaches
/// that far.
///
/// Both ways of counting months must agree: the day `months` after `counted` is over (of 31 August six months reach to
/// the last of February), and of the day asked `months` reach back to no day before or at `counted` (of 30 August six
/// months reach back to 28 February, so logs of 28 February are still asked for then). So what a proof of retention
/// asks for is never removed.
pub fn removable_from(counted: NaiveDate, months: u32) -> Option<NaiveDate> {
    let months = Months::new(months);
    let mut day = counted.checked_add_months(months)?.succ_opt()?;
    while counted >= day.checked_sub_months(months)? {
        day = day.succ_opt()?;
    }
    Some(day)
}

/// From which instant (microseconds since 1970 UTC) a record counts: the later of its time and its intake. A time that
/// lies after the intake is none, so that is the intake, whatever the record says; only a class that counts from event
/// times takes the time that a record states itself, where there is one and it is not after the intake.
pub fn counted_from(stated: Option<i64>, taken_in: i64, from_event_times: bool) -> i64 {
    match stated {
        Some(time) if from_event_times && time <= taken_in => time,
        _ => taken_in,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        let check = |counted: &str, months, expected: &str| {
            assert_eq!(
                removable_from(day(counted), months),
                Some(day(expected)),
                "{counted} + {months}"
            );
        };
        check("2025-08-31", 6, "2026-03-01");
        check("2027-08-31", 6, "2028-03-01"); // to 29 February 2028
        check("2025-08-27", 6, "2026-02-28");
        check("2025-08-28", 6, "2026-03-01");
        check("2026-01-15", 6, "2026-07-16");
        // Counted forwards 29 August would do; counted backwards from there 28 February is still asked for.
        check("2026-02-28", 6, "2026-09-01");
        check("2028-02-29", 12, "2029-03-01");
        check("2026-03-31", 1, "2026-05-01");
        check("2026-04-30", 1, "2026-06-01");
        assert_eq!(removable_from(NaiveDate::MAX, 6), None);
    }

    #[test]
    fn a_time_counts_only_where_it_may() {
        assert_eq!(counted_from(Some(5), 9, false), 9);
        assert_eq!(counted_from(Some(5), 9, true), 5);
        assert_eq!(counted_from(Some(10), 9, true), 9, "after the intake");
        assert_eq!(counted_from(None, 9, true), 9);
    }

    proptest! {
        /// In plain words: a day may go when no floor asked for on that day or later reaches it. A proof on day D asks
        /// for every day from D minus the months on, so walk D from the counted day on until it is asked for no more.
        #[test]
        fn nothing_goes_that_a_proof_would_ask_for(offset in 0_u64..40_000, months in 1_u32..70) {
            let counted = day("1990-01-01") + chrono::Days::new(offset);
            let asked = |at: NaiveDate| at - Months::new(months) <= counted;
            let reached = |at: NaiveDate| counted + Months::new(months) >= at;
            let slow = counted.iter_days().find(|at| !asked(*at) && !reached(*at)).unwrap();
            prop_assert_eq!(removable_from(counted, months), Some(slow));
            // Once it may go, it is never asked for again.
            prop_assert!(slow.iter_days().take(70).all(|at| !asked(at) && !reached(at)));
        }
    }
}
