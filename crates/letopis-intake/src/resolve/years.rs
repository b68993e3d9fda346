//! The year of clocks that state none, from the order of the whole object.
//!
//! Readings are counted through: a step back by more than a week begins a new year. What looks like one and is none:
//! small steps back (several hosts, buffers), also across the new year; steps back of some weeks in a log that is
//! written often (rotated files put together, the newest first); and excursions: a clock that started wrongly
//! (1 January after a power loss) and came back. The latest reading is then put into the latest year that does not
//! lie after the file came in, and a 29 February into a leap year.
//!
//! What cannot be known from the order: a pause of about a year and more. The readings before it are then placed as
//! late as the order allows.

use letopis_event::{Civil, Zone};

/// Days that a reading may lie before the one before it within the same year.
const BACK_DAYS: i32 = 7;
/// Days forward that are an ordinary pause; also how near the old time an excursion comes back.
const FORWARD_DAYS: i32 = 30;
/// Days that a log that is written often may step back where files were put together: two months of rotation and
/// some. A true pause of nearly a year is much rarer than `cat auth.log*`.
const JOINED_DAYS: i32 = 70;
/// An excursion has at most this many records.
const EXCURSION_RECORDS: u32 = 500;
/// And lasts at most this long by its own clock.
const EXCURSION_DAYS: i32 = 3;
const EXCURSION_SECONDS: i64 = EXCURSION_DAYS as i64 * 86_400;
/// So many readings that follow closely one on the other show that a log is written often.
const OFTEN: u32 = 10;
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

/// Whether a reading lies some weeks before the latest one, within the year or over the new year, and not more than
/// that before the one before it.
fn is_joined(step: i64, local: i64) -> bool {
    let joined = i64::from(JOINED_DAYS) * 86_400;
    if days(step) < -BACK_DAYS {
        return local >= -joined && local < YEAR_SECONDS - joined;
    }
    step > YEAR_SECONDS - joined && (local > YEAR_SECONDS - joined || local <= EXCURSION_SECONDS)
}

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
    high: High,
}

/// The latest reading.
#[derive(Clone, Copy, Debug)]
struct High {
    index: i32,
    ordinal: i64,
    civil: Civil,
}

/// Counts through the readings of an object.
#[derive(Debug, Default)]
pub(crate) struct YearCounter {
    marks: Vec<Mark>,
    reference: Option<i64>,
    /// The reading before, and how many followed closely on the one before them.
    before: Option<i64>,
    close: u32,
    high: Option<High>,
    index: i32,
    jump: Option<Jump>,
    /// Years (counted) that have a 29 February.
    leap: Vec<i32>,
    /// The reading before followed closely on the one before it: only a log that is written often shows an excursion.
    dense: bool,
    /// Excursions of the clock.
    excursions: u32,
    /// Steps back that are taken for files put together.
    joined: u32,
    overflow: bool,
}

impl YearCounter {
    /// A counter that goes on after an earlier part, whose last reading this was.
    pub(crate) fn after(last: Civil) -> Self {
        Self {
            reference: Some(ordinal(&last)),
            high: Some(High {
                index: 0,
                ordinal: ordinal(&last),
                civil: last,
            }),
            ..Self::default()
        }
    }

    /// Counts the next reading.
    pub(crate) fn count(&mut self, offset: u64, civil: &Civil) {
        let now = ordinal(civil);
        let before = self.before.replace(now).unwrap_or(now);
        let often = self.close >= OFTEN;
        // Over the new year too.
        let distance = (now - before).abs();
        if distance.min(YEAR_SECONDS - distance) <= EXCURSION_SECONDS {
            self.close = self.close.saturating_add(1);
        } else {
            self.close /= 2;
        }
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
        if often && is_joined(step, now - before) {
            // Over the new year the step goes back into the year before.
            self.index -= i32::from(!back);
            self.joined += u32::from((now - before).abs() > EXCURSION_SECONDS);
            self.jump = None;
            self.accept(now, civil);
            self.mark(offset, self.index, civil);
            return;
        }
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
        let (index, high) = (self.index, self.high);
        if high.is_none_or(|h| (index, now) >= (h.index, h.ordinal)) {
            self.high = Some(High {
                index,
                ordinal: now,
                civil: *civil,
            });
        }
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
            None => self.anchored(&high, latest?, zone)? - high.index,
        };
        let indexes = || self.marks.iter().map(|m| m.index);
        let mut note = format!(
            "years are inferred from the order of the records: {} to {}",
            base + indexes().min().unwrap_or(0),
            base + indexes().max().unwrap_or(0)
        );
        if self.joined > 0 {
            note.push_str(&format!(
                "; the records step back by weeks {} times, as in files put together, and stay in their year",
                self.joined
            ));
        }
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
    fn anchored(&self, high: &High, latest: i64, zone: Zone) -> Option<i32> {
        use chrono::Datelike as _;
        let bound = latest.saturating_add(AHEAD_MICROS);
        let newest = zone.local(bound)?.year();
        let civil = high.civil;
        let fits = |year: &i32| {
            // A 29 February that the year does not have is judged by the 28th.
            let day = civil
                .in_year(*year)
                .or_else(|| Civil { day: 28, ..civil }.in_year(*year));
            day.is_some_and(|d| zone.place(d).micros <= bound)
        };
        let years = (newest - 400..=newest).rev();
        let latest_year = years.clone().find(fits)?;
        // Eight years cover every distance between leap years but the one around a century.
        let with_leaps = years
            .filter(|y| (latest_year - 8..=latest_year).contains(y))
            .find(|y| self.leaps_fit(y - high.index));
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
mod tests;
