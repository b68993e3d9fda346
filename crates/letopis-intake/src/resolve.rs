//! Placing readings in time: zone, year, and how each is known.
//!
//! A stated offset wins; else the zone that the caller chose. The year of clocks without one is found by
//! [`years`] from the order of the whole object.

pub(crate) mod years;

use letopis_event::time::Ambiguity;
use letopis_event::zone::Placed;
use letopis_event::{Civil, EventTime, TimeBasis, TimeReading, Zone};

/// Places a reading. `year` is the inferred year for a clock that states none; without it such a clock has no place.
pub fn place(reading: &TimeReading, zone: Zone, year: Option<i32>) -> EventTime {
    match reading {
        TimeReading::Instant { nanos } => instant(*nanos),
        TimeReading::Clock { civil, offset_min } => clock(civil, *offset_min, zone, year),
    }
}

fn instant(nanos: i128) -> EventTime {
    // Division of 128 bits is a call; nearly every time fits into 64.
    let (micros, rest) = match i64::try_from(nanos) {
        Ok(nanos) => (nanos.div_euclid(1000), nanos.rem_euclid(1000) as u32),
        Err(_) => match i64::try_from(nanos.div_euclid(1000)) {
            Ok(micros) => (micros, nanos.rem_euclid(1000) as u32),
            Err(_) => return EventTime::default(),
        },
    };
    EventTime {
        micros: Some(micros),
        nanos: below(rest),
        offset_min: Some(0),
        basis: TimeBasis::Stated,
        ambiguity: Ambiguity::None,
    }
}

fn below(nanos: u32) -> Option<i16> {
    let rest = (nanos % 1000) as i16;
    (rest != 0).then_some(rest)
}

fn clock(civil: &Civil, offset_min: Option<i16>, zone: Zone, year: Option<i32>) -> EventTime {
    let zone = offset_min.map_or(zone, Zone::Fixed);
    let Some(placed) = civil.year.or(year).and_then(|year| placed(civil, year, zone)) else {
        return EventTime::default();
    };
    let basis = match (civil.year.is_some(), offset_min.is_some()) {
        (true, true) => TimeBasis::Stated,
        (true, false) => TimeBasis::ZoneAssumed,
        (false, true) => TimeBasis::YearInferred,
        (false, false) => TimeBasis::ZoneAndYearAssumed,
    };
    EventTime {
        micros: Some(placed.micros),
        nanos: below(civil.nanos),
        offset_min: Some(placed.offset_min),
        basis,
        ambiguity: placed.ambiguity,
    }
}

/// A clock in its zone; `None` where no such day or time exists.
fn placed(civil: &Civil, year: i32, zone: Zone) -> Option<Placed> {
    match zone {
        // Without clock changes the calendar is arithmetic.
        Zone::Fixed(offset_min) if (1..=9999).contains(&year) => Some(Placed {
            micros: civil.micros_in_year(year)? - i64::from(offset_min) * 60_000_000,
            offset_min,
            ambiguity: Ambiguity::None,
        }),
        _ => civil.in_year(year).map(|local| zone.place(local)),
    }
}

/// What a person should know of the reading, for the attribute `time_note`.
pub(crate) fn note(time: &EventTime, reading: &TimeReading) -> Option<&'static str> {
    if let TimeReading::Clock { civil, .. } = reading
        && civil.second == 60
    {
        return Some("leap second: placed at the start of the next minute");
    }
    match time.ambiguity {
        Ambiguity::None => None,
        Ambiguity::Twice => Some("the clock showed this twice (set back): the earlier instant was taken"),
        Ambiguity::Never => {
            Some("the clock never showed this (set forward): read with the offset before the change")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timetext;

    fn placed(text: &str, zone: &str) -> (String, &'static str) {
        let reading = timetext::any(text).unwrap().0;
        let time = place(&reading, zone.parse().unwrap(), Some(2026));
        let mut out = String::new();
        letopis_event::time::format_rfc3339(time.micros.unwrap(), time.offset_min.unwrap(), &mut out);
        (out, time.basis.as_str())
    }

    #[test]
    fn every_instant_says_how_it_is_known() {
        let text = |s: &str| s.to_owned();
        assert_eq!(
            placed("2025-12-31T23:40:00Z", "Asia/Almaty"),
            (text("2025-12-31T23:40:00Z"), "stated")
        );
        assert_eq!(
            placed("2025-12-31 23:40:00", "Asia/Almaty"),
            (text("2025-12-31T23:40:00+05:00"), "zone-assumed")
        );
        assert_eq!(
            placed("Jan  1 00:10:00", "Asia/Almaty"),
            (text("2026-01-01T00:10:00+05:00"), "zone-and-year-assumed")
        );
        assert_eq!(
            placed("Jan  1 00:10:00+02:00", "Asia/Almaty"),
            (text("2026-01-01T00:10:00+02:00"), "year-inferred")
        );
    }

    /// Where in time a local clock can be, by trying every offset that the zone has about then.
    fn candidates(zone: Zone, local: chrono::NaiveDateTime) -> Vec<(i64, i16)> {
        let near = local.and_utc().timestamp_micros();
        let hours = (-40..=40).map(|hour| zone.offset_min_at(near + hour * 3_600_000_000));
        let mut offsets: Vec<i16> = hours.collect();
        offsets.sort_unstable();
        offsets.dedup();
        let at = |offset: i16| (near - i64::from(offset) * 60_000_000, offset);
        let mut found: Vec<_> = offsets.into_iter().map(at).collect();
        found.retain(|(micros, offset)| zone.offset_min_at(*micros) == *offset);
        found.sort_unstable();
        found
    }

    proptest::proptest! {
        /// Local clocks near and far from clock changes, against trying every offset.
        #[test]
        fn clocks_that_exist_twice_or_never(
            zone in proptest::sample::select(vec![
                "Europe/Ljubljana", "Europe/Helsinki", "Asia/Almaty", "Asia/Qyzylorda", "Europe/Moscow",
                "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
            ]),
            minute in 5_000_000u32..28_000_000,
            change in 0usize..4,
        ) {
            let zone: Zone = zone.parse().unwrap();
            // The last Sundays of March and October, the second of March and the first of November, or any minute.
            let day = |minute: u32| chrono::DateTime::from_timestamp(i64::from(minute) * 60, 0).unwrap().naive_utc();
            let any = day(minute);
            let year = chrono::Datelike::year(&any);
            let (month, weekday) = [(3, 5), (10, 5), (3, 2), (11, 1)][change];
            let sunday = (0..weekday).rev().find_map(|w| {
                chrono::NaiveDate::from_weekday_of_month_opt(year, month, chrono::Weekday::Sun, w as u8 + 1)
            });
            let near = sunday.unwrap().and_hms_opt(0, 0, 0).unwrap() + chrono::TimeDelta::minutes(i64::from(minute % 300));
            for local in [any, near] {
                let placed = zone.place(local);
                let found = candidates(zone, local);
                match found.as_slice() {
                    [one] => {
                        proptest::prop_assert_eq!((placed.micros, placed.offset_min), *one);
                        proptest::prop_assert_eq!(placed.ambiguity, Ambiguity::None);
                    }
                    [earlier, ..] => {
                        proptest::prop_assert_eq!((placed.micros, placed.offset_min), *earlier);
                        proptest::prop_assert_eq!(placed.ambiguity, Ambiguity::Twice);
                    }
                    [] => {
                        let before = zone.offset_min_at(placed.micros - 6 * 3_600_000_000);
                        proptest::prop_assert_eq!(placed.offset_min, before);
                        proptest::prop_assert_eq!(placed.ambiguity, Ambiguity::Never);
                    }
                }
            }
        }
    }

    #[test]
    fn a_leap_second_stands_at_the_start_of_the_next_minute() {
        for (text, zone, expected) in [
            ("2016-12-31T23:59:60Z", "UTC", "2017-01-01T00:00:00Z"),
            ("2017-01-01T04:59:60+05:00", "UTC", "2017-01-01T05:00:00+05:00"),
            (
                "2017-01-01 02:59:60",
                "Europe/Moscow",
                "2017-01-01T03:00:00+03:00",
            ),
            ("2016-12-31T23:59:60.75Z", "UTC", "2017-01-01T00:00:00.75Z"),
        ] {
            assert_eq!(placed(text, zone).0, expected);
            let reading = timetext::any(text).unwrap().0;
            let note = note(&EventTime::default(), &reading).unwrap();
            assert!(note.contains("leap second"), "{note}");
        }
    }
}
