//! The year of clocks that state none, from the order of the whole object.
//!
//! Readings are counted through: a step back by more than a week begins a new year. What looks like one and is none:
//! small steps back (several hosts, buffers), also across the new year, and excursions: a clock that started wrongly
//! (1 January after a power loss) and came back. The last reading is then put into the latest year that does not
//! lie after the file came in, and a 29 February into a leap year.

use letopis_event::{Civil, Zone};

/// Days that a reading may lie before the one before it within the same year.
const BACK_DAYS: i32 = 7;
/// Days forward that are an ordinary pause; also how near the old time an excursion comes back.
const FORWARD_DAYS: i32 = 30;
/// An excursion has at most this many records.
const EXCURSION_RECORDS: u32 = 500;
/// And lasts at most this long by its own clock.
const EXCURSION_DAYS: i32 = 3;
/// Changes of year that are kept; more mean that there is no order to infer from.
const MARKS_MAX: usize = 1 << 18;
/// Clocks may run ahead of the one that received the file, and zones differ.
const AHEAD_MICROS: i64 = 86_400_000_000;

/// A day of a leap year, and the clock, as one ordered number of seconds.
fn ordinal(civil: &Civil) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];
    let month = usize::from(civil.month.clamp(1, 12)) - 1;
    let days = BEFORE[month] + i64::from(civil.day);
    days * 86_400 + i64::from(civil.hour) * 3600 + i64::from(civil.minute) * 60 + i64::from(civil.second)
}

const YEAR_SECONDS: i64 = 366 * 86_400;

fn days(seconds: i64) -> i32 {
    seconds.div_euclid(86_400) as i32
}

/// From this offset on, records lie in this year (counted from the first record's).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    offset: u64,
    index: i32,
}

/// Where the clock was before it jumped.
#[derive(Clone, Copy, Debug)]
struct Jump {
    reference: i64,
    first: i64,
    records: u32,
    marks: usize,
    index: i32,
    high: Civil,
}

/// Counts through the readings of an object.
#[derive(Debug, Default)]
pub(crate) struct YearCounter {
    marks: Vec<Mark>,
    reference: Option<i64>,
    high: Option<Civil>,
    index: i32,
    jump: Option<Jump>,
    /// Years (counted) that have a 29 February.
    leap: Vec<i32>,
    /// The reading before followed closely on the one before it: only a log that is written often shows an excursion.
    dense: bool,
    /// Excursions of the clock.
    excursions: u32,
    overflow: bool,
}

impl YearCounter {
    /// A counter that goes on after an earlier part, whose last reading this was.
    pub(crate) fn after(last: Civil) -> Self {
        Self {
            reference: Some(ordinal(&last)),
            high: Some(last),
            ..Self::default()
        }
    }

    /// Counts the next reading.
    pub(crate) fn count(&mut self, offset: u64, civil: &Civil) {
        let now = ordinal(civil);
        let Some(reference) = self.reference else {
            self.accept(now, civil);
            self.mark(offset, 0, civil);
            return;
        };
        if self.comes_back(now) {
            self.accept(now, civil);
            self.mark(offset, self.index, civil);
            return;
        }
        let step = now - reference;
        if step > YEAR_SECONDS - i64::from(BACK_DAYS) * 86_400 {
            // A late record of the old year.
            self.mark(offset, self.index - 1, civil);
            return;
        }
        let back = days(step) < -BACK_DAYS;
        let was_dense = std::mem::replace(&mut self.dense, days(step.abs()) <= EXCURSION_DAYS);
        let around = days(step + YEAR_SECONDS) <= 2 * FORWARD_DAYS;
        if was_dense && ((back && !around) || days(step) > FORWARD_DAYS) {
            self.remember(now);
        }
        if back {
            self.index += 1;
            self.reference = None;
        }
        if self.reference.is_none_or(|r| now > r) {
            self.accept(now, civil);
        }
        self.mark(offset, self.index, civil);
    }

    fn accept(&mut self, now: i64, civil: &Civil) {
        self.reference = Some(now);
        self.high = Some(*civil);
    }

    fn remember(&mut self, now: i64) {
        if self.jump.is_none()
            && let (Some(reference), Some(high)) = (self.reference, self.high)
        {
            self.jump = Some(Jump {
                reference,
                first: now,
                records: 0,
                marks: self.marks.len(),
                index: self.index,
                high,
            });
        }
    }

    /// Whether this reading ends an excursion; what was counted in it is then taken back.
    fn comes_back(&mut self, now: i64) -> bool {
        let Some(jump) = &mut self.jump else {
            return false;
        };
        jump.records += 1;
        let near = (-1..=FORWARD_DAYS).contains(&days(now - jump.reference));
        if near {
            let jump = *jump;
            self.marks.truncate(jump.marks);
            self.leap.retain(|l| *l <= jump.index);
            self.index = jump.index;
            self.high = Some(jump.high);
            self.jump = None;
            self.excursions += 1;
            return true;
        }
        if jump.records > EXCURSION_RECORDS || days((now - jump.first).abs()) > EXCURSION_DAYS {
            self.jump = None;
        }
        false
    }

    fn mark(&mut self, offset: u64, index: i32, civil: &Civil) {
        if self.marks.last().is_none_or(|m| m.index != index) {
            if self.marks.len() >= MARKS_MAX {
                self.overflow = true;
                return;
            }
            self.marks.push(Mark { offset, index });
        }
        if civil.month == 2 && civil.day == 29 && self.leap.last() != Some(&index) {
            self.leap.push(index);
        }
    }

    /// Settles the years: `first` is the year of the first record where it is known, else `latest` (microseconds)
    /// bounds the last one. `None` where there is neither.
    pub(crate) fn settle(self, first: Option<i32>, latest: Option<i64>, zone: Zone) -> Option<Years> {
        let high = self.high?;
        let base = match first {
            Some(year) => year,
            None => self.anchored(&high, latest?, zone)? - self.index,
        };
        let mut note = format!(
            "years are inferred from the order of the records: {} to {}",
            base + self.marks.iter().map(|m| m.index).min().unwrap_or(0),
            base + self.index
        );
        if self.excursions > 0 {
            note.push_str(&format!(
                "; the clock left its course and came back {} times",
                self.excursions
            ));
        }
        if self.overflow {
            note.push_str("; the records are in no order of time, so the years are not reliable");
        }
        if !self.leaps_fit(base) {
            note.push_str("; a 29 February falls into a year that has none");
        }
        Some(Years {
            marks: self.marks,
            base,
            place: 0,
            note,
        })
    }

    fn leaps_fit(&self, base: i32) -> bool {
        self.leap.iter().all(|index| is_leap(base + index))
    }

    /// The latest year of the last record.
    fn anchored(&self, high: &Civil, latest: i64, zone: Zone) -> Option<i32> {
        use chrono::Datelike as _;
        let bound = latest.saturating_add(AHEAD_MICROS);
        let newest = zone.local(bound)?.year();
        let fits = |year: &i32| {
            // A 29 February that the year does not have is judged by the 28th.
            let day = high
                .in_year(*year)
                .or_else(|| Civil { day: 28, ..*high }.in_year(*year));
            day.is_some_and(|d| zone.place(d).micros <= bound)
        };
        let years = (newest - 400..=newest).rev();
        let latest_year = years.clone().find(fits)?;
        // Eight years cover every distance between leap years but the one around a century.
        let with_leaps = years
            .filter(|y| (latest_year - 8..=latest_year).contains(y))
            .find(|y| self.leaps_fit(y - self.index));
        Some(with_leaps.unwrap_or(latest_year))
    }
}

fn is_leap(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// The years of an object's records.
#[derive(Debug)]
pub(crate) struct Years {
    marks: Vec<Mark>,
    base: i32,
    place: usize,
    pub(crate) note: String,
}

impl Years {
    /// The year of the record at `offset`; asked in ascending order.
    pub(crate) fn at(&mut self, offset: u64) -> i32 {
        while self.marks.get(self.place + 1).is_some_and(|m| m.offset <= offset) {
            self.place += 1;
        }
        self.base + self.marks.get(self.place).map_or(0, |m| m.index)
    }
}

#[cfg(test)]
mod tests {
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
}
