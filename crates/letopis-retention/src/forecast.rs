//! How fast an archive grows, when its disk is full, and what the floor of retention will need (RU-PRIK 4.13).

use chrono::{Days as Later, NaiveDate};
use serde::Serialize;

use crate::days::Days;

/// Days of which growth is taken; a younger source is judged by what there is.
pub const WINDOW_DAYS: u64 = 90;
/// Days of a month, for volumes: 365.25 / 12, in hundredths.
const MONTH_DAY_HUNDREDTHS: u128 = 3044;

/// What a source adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// Days that were looked at; 0 where the source has written nothing lately.
    pub days: u64,
    /// Records in them.
    pub records: u64,
    /// Their bytes in the originals.
    pub bytes: u64,
}

impl Growth {
    /// The last [`WINDOW_DAYS`] days up to and with `last`, or those since the source's first record.
    pub fn of(days: &Days, last: NaiveDate) -> Self {
        let Some((first, _)) = days.bounds() else {
            return Self::default();
        };
        let begin = last
            .checked_sub_days(Later::new(WINDOW_DAYS - 1))
            .unwrap_or(last)
            .max(first);
        let length = (last - begin).num_days() + 1;
        let within = || {
            days.iter()
                .filter(|(day, _)| (begin..=last).contains(day))
                .flat_map(|(_, tallies)| tallies)
        };
        let records = within().map(|tally| tally.records).sum();
        Self {
            days: if records == 0 {
                0
            } else {
                u64::try_from(length).unwrap_or_default()
            },
            records,
            bytes: within().map(|tally| tally.bytes).sum(),
        }
    }

    /// Bytes of originals a day, rounded up.
    pub fn bytes_a_day(&self) -> u64 {
        match self.days {
            0 => 0,
            days => self.bytes.div_ceil(days),
        }
    }
}

/// What an archive holds and what is left of its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Bytes of originals that it holds.
    pub originals: u64,
    /// Bytes of all its files.
    pub stored: u64,
    /// Bytes that its file system has left for it.
    pub free: u64,
}

impl Volume {
    /// What so many bytes of originals will take, by what those held take.
    pub fn stored_of(&self, originals: u64) -> u64 {
        let stored = u128::from(originals) * u128::from(self.stored);
        u64::try_from(stored.div_ceil(u128::from(self.originals.max(1)))).unwrap_or(u64::MAX)
    }

    /// After how many days nothing is left, at so many bytes of originals a day; `None` where nothing is added.
    pub fn days_left(&self, originals_a_day: u64) -> Option<u64> {
        match self.stored_of(originals_a_day) {
            0 => None,
            a_day => Some(self.free / a_day),
        }
    }

    /// Bytes of files that so many months of a source will take.
    pub fn needed(&self, growth: &Growth, months: u32) -> u64 {
        let days = u128::from(months) * MONTH_DAY_HUNDREDTHS;
        let originals = (u128::from(growth.bytes_a_day()) * days).div_ceil(100);
        self.stored_of(u64::try_from(originals).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::days::Tally;

    fn held(from: NaiveDate, bytes: &[u64]) -> Days {
        let mut days = Days::default();
        for (day, bytes) in from.iter_days().zip(bytes) {
            let records = u64::from(*bytes > 0);
            days.add(
                day,
                Tally {
                    taken_in: 0,
                    records,
                    bytes: *bytes,
                    first: 0,
                    last: 0,
                },
            );
        }
        days
    }

    proptest! {
        /// Against a disk that is filled day by day.
        #[test]
        fn the_disk_is_full_when_a_day_no_longer_fits(
            free in 0u64..2_000_000, a_day in 1u64..50_000, originals in 1u64..1_000_000, stored in 1u64..400_000,
        ) {
            let volume = Volume { originals, stored, free };
            let (mut left, mut days) = (free, 0);
            while left >= volume.stored_of(a_day) {
                left -= volume.stored_of(a_day);
                days += 1;
            }
            prop_assert_eq!(volume.days_left(a_day), Some(days));
        }

        /// Against a sum over the days of the window.
        #[test]
        fn growth_is_that_of_the_window(bytes in proptest::collection::vec(0u64..5_000, 1..200)) {
            let from: NaiveDate = "2025-11-01".parse().unwrap();
            let last = from + Later::new(bytes.len() as u64 - 1);
            let begun = bytes.iter().position(|n| *n > 0).unwrap_or(bytes.len());
            let begin = begun.max(bytes.len().saturating_sub(90));
            let window = &bytes[begin.min(bytes.len())..];
            let growth = Growth::of(&held(from, &bytes), last);
            prop_assert_eq!(growth.bytes, window.iter().sum::<u64>());
            let expected = if growth.bytes == 0 { 0 } else { window.len() as u64 };
            prop_assert_eq!(growth.days, expected);
        }
    }

    #[test]
    fn half_a_year_is_half_of_365_and_a_quarter_days() {
        let volume = Volume {
            originals: 10,
            stored: 1,
            free: 0,
        };
        let growth = Growth {
            days: 10,
            records: 1,
            bytes: 10_000,
        };
        assert_eq!(volume.needed(&growth, 6), 18_264);
        assert_eq!(volume.days_left(0), None);
    }
}
