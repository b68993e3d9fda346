//! What is held of a source: how many records of each day, and when they were taken in.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::rhythm::Rhythm;
use crate::stretch::{Stretch, gather};

/// Records of one day that one intake brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// When they were taken in, microseconds since 1970 UTC.
    pub taken_in: i64,
    /// How many.
    pub records: u64,
    /// Their bytes in the originals.
    pub bytes: u64,
    /// Time of the first, microseconds since 1970 UTC.
    pub first: i64,
    /// Time of the last.
    pub last: i64,
}

/// The records of a source by the day of their time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    days: BTreeMap<NaiveDate, Vec<Tally>>,
    removed: BTreeMap<NaiveDate, Vec<Gone>>,
}

/// Records of one day that were here and were removed by record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// What had been taken in.
    pub tally: Tally,
    /// When it was removed, microseconds since 1970 UTC.
    pub removed: i64,
}

impl Days {
    /// Adds what one intake brought of a day; in any order.
    pub fn add(&mut self, day: NaiveDate, tally: Tally) {
        if tally.records > 0 {
            self.days.entry(day).or_default().push(tally);
        }
    }

    /// Adds what was held of a day and removed by record; in any order. Such a day is not missing, and is not held any
    /// more either.
    pub fn add_removed(&mut self, day: NaiveDate, gone: Gone) {
        if gone.tally.records > 0 {
            self.removed.entry(day).or_default().push(gone);
        }
    }

    /// The days of which records were removed, ascending.
    pub fn removed(&self) -> impl Iterator<Item = (NaiveDate, &[Gone])> {
        self.removed.iter().map(|(day, gone)| (*day, gone.as_slice()))
    }

    /// The days that have records, ascending, with what each intake brought.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, &[Tally])> {
        self.days.iter().map(|(day, tallies)| (*day, tallies.as_slice()))
    }

    /// What is held of a day.
    pub fn of(&self, day: NaiveDate) -> &[Tally] {
        self.days.get(&day).map_or(&[], Vec::as_slice)
    }

    /// Records of a day.
    pub fn records(&self, day: NaiveDate) -> u64 {
        self.of(day).iter().map(|t| t.records).sum()
    }

    /// First and last day that have records.
    pub fn bounds(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((*self.days.keys().next()?, *self.days.keys().next_back()?))
    }

    /// First and last day of which the archive had records, whether they are still here or not.
    pub fn ever(&self) -> Option<(NaiveDate, NaiveDate)> {
        let all = || self.days.keys().chain(self.removed.keys()).copied();
        Some((all().min()?, all().max()?))
    }

    fn is_empty(&self, day: NaiveDate) -> bool {
        !self.days.contains_key(&day) && !self.removed.contains_key(&day)
    }

    /// The days without a record on which one was expected, ascending, from `from` to `to`, both included. Of weekly and
    /// monthly sources these are all days of a run that is longer than their patience.
    pub fn missing(
        &self,
        rhythm: Rhythm,
        calendar: &Calendar,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<NaiveDate> {
        let empty = |day: &NaiveDate| self.is_empty(*day);
        let all = from.iter_days().take_while(|day| *day <= to);
        let Some(patience) = rhythm.patience() else {
            return all
                .filter(|day| empty(day) && rhythm.expects(*day, calendar))
                .collect();
        };
        let mut missing = Vec::new();
        let mut run = Vec::new();
        for day in all {
            if empty(&day) {
                run.push(day);
                continue;
            }
            if run.len() >= patience {
                missing.append(&mut run);
            }
            run.clear();
        }
        if run.len() >= patience {
            missing.append(&mut run);
        }
        missing
    }

    /// The same in stretches, joined over days on which nothing was expected and nothing is held.
    pub fn missing_stretches(
        &self,
        rhythm: Rhythm,
        calendar: &Calendar,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Stretch> {
        gather(self.missing(rhythm, calendar, from, to), |day| {
            self.is_empty(day) && !rhythm.expects(day, calendar)
        })
    }
}
