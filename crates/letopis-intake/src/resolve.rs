//! Placing readings in time: zone, year, and how each is known.
//!
//! A stated offset wins; else the zone that the caller chose. The year of clocks without one is found by
//! [`years`] from the order of the whole object.

pub(crate) mod years;

use letopis_event::time::Ambiguity;
use letopis_event::{Civil, EventTime, TimeBasis, TimeReading, Zone};

/// Places a reading. `year` is the inferred year for a clock that states none; without it such a clock has no place.
pub fn place(reading: &TimeReading, zone: Zone, year: Option<i32>) -> EventTime {
    match reading {
        TimeReading::Instant { nanos } => instant(*nanos),
        TimeReading::Clock { civil, offset_min } => clock(civil, *offset_min, zone, year),
    }
}

fn instant(nanos: i128) -> EventTime {
    let Ok(micros) = i64::try_from(nanos.div_euclid(1000)) else {
        return EventTime::default();
    };
    EventTime {
        micros: Some(micros),
        nanos: below(nanos.rem_euclid(1000) as u32),
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
    let Some(local) = civil.year.or(year).and_then(|year| civil.in_year(year)) else {
        return EventTime::default();
    };
    let placed = offset_min.map_or(zone, Zone::Fixed).place(local);
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
}
