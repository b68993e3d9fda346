//! Days in a row.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

/// Days in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stretch {
    /// First day.
    #[serde(serialize_with = "crate::stretch::day")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(serialize_with = "crate::stretch::day")]
    pub to: NaiveDate,
    /// How many of them are meant: of missing days, those on which a record was expected.
    pub days: u32,
}

/// A day as text, `YYYY-MM-DD`.
pub(crate) fn day<S: Serializer>(day: &NaiveDate, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(day)
}

/// The same, or nothing.
pub(crate) fn day_or_none<S: Serializer>(day: &Option<NaiveDate>, out: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => out.collect_str(day),
        None => out.serialize_none(),
    }
}

/// Puts days (ascending) together into stretches. Two belong together where `bridges` says so of every day between
/// them.
pub(crate) fn gather(
    days: impl IntoIterator<Item = NaiveDate>,
    bridges: impl Fn(NaiveDate) -> bool,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for day in days {
        if let Some(last) = stretches.last_mut()
            && last.to.iter_days().skip(1).take_while(|d| *d < day).all(&bridges)
        {
            last.to = day;
            last.days += 1;
            continue;
        }
        stretches.push(Stretch {
            from: day,
            to: day,
            days: 1,
        });
    }
    stretches
}
