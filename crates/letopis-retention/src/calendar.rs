//! Working days: Monday to Friday, but for the days that a calendar names.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

/// Which days are worked. Holidays and moved working days are law that changes each year: they are loaded, never
/// known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    named: BTreeMap<NaiveDate, bool>,
}

/// A calendar that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A line is not `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[error("calendar: line {line}: `{found}`; expected YYYY-MM-DD,off or YYYY-MM-DD,work")]
    Line {
        /// Line of the file, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A day is named twice with two meanings.
    #[error("calendar: line {line}: {day} is named before with the other meaning")]
    Contradiction {
        /// Line of the file, from 1.
        line: usize,
        /// The day.
        day: NaiveDate,
    },
}

impl Calendar {
    /// Reads lines of `YYYY-MM-DD,off` (a holiday) or `YYYY-MM-DD,work` (a weekend day that is worked). Empty lines,
    /// lines from `#` on and a header line `day,…` are passed over.
    ///
    /// # Errors
    /// Names the line.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut named = BTreeMap::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let content = line.split('#').next().unwrap_or_default().trim();
            if content.is_empty() || (named.is_empty() && content.starts_with("day,")) {
                continue;
            }
            let parsed = content.split_once(',').and_then(|(day, word)| {
                let worked = match word.split(',').next()?.trim() {
                    "off" => false,
                    "work" => true,
                    _ => return None,
                };
                Some((day.trim().parse::<NaiveDate>().ok()?, worked))
            });
            let Some((day, worked)) = parsed else {
                return Err(CalendarError::Line {
                    line: number,
                    found: content.to_owned(),
                });
            };
            if named.insert(day, worked).is_some_and(|before| before != worked) {
                return Err(CalendarError::Contradiction { line: number, day });
            }
        }
        Ok(Self { named })
    }

    /// Whether the day is worked.
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        let weekday = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.named.get(&day).copied().unwrap_or(weekday)
    }

    /// Years of which the calendar names a day: of any other year holidays are not known.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        let mut last = None;
        self.named
            .keys()
            .map(Datelike::year)
            .filter(move |year| last.replace(*year) != Some(*year))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_and_moved_days_come_from_the_file() {
        let calendar =
            Calendar::parse("day,what\n2026-03-09,off # moved from the 8th\n2026-03-07,work\n\n").unwrap();
        assert!(!calendar.is_worked(day("2026-03-09")) && calendar.is_worked(day("2026-03-07")));
        assert!(calendar.is_worked(day("2026-03-10")) && !calendar.is_worked(day("2026-03-08")));
        assert_eq!(calendar.years().collect::<Vec<_>>(), [2026]);
    }

    #[test]
    fn bad_lines_are_named() {
        let error = |text: &str| Calendar::parse(text).unwrap_err().to_string();
        assert_eq!(
            error("2026-01-01,off\n2026-02-30,off\n"),
            "calendar: line 2: `2026-02-30,off`; expected YYYY-MM-DD,off or YYYY-MM-DD,work"
        );
        assert_eq!(
            error("2026-01-01,off\n2026-01-01,work\n"),
            "calendar: line 2: 2026-01-01 is named before with the other meaning"
        );
    }
}
