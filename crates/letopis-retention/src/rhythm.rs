//! How often a source is expected to write.

use chrono::NaiveDate;

use crate::calendar::Calendar;

/// How often a source is expected to write.
///
/// Words: `hourly`, `daily`, `working-days` (or `workdays`), `weekly`, `monthly`, `irregular`; or at least so many
/// records, `10/hour`, `2000/day`. A source without a rhythm is expected daily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rhythm {
    /// A record in every hour.
    Hourly,
    /// A record on every day.
    #[default]
    Daily,
    /// A record on every working day.
    WorkingDays,
    /// A record in every seven days.
    Weekly,
    /// A record in every calendar month.
    Monthly,
    /// Nothing is expected.
    Irregular,
    /// At least so many records in every hour.
    PerHour(u64),
    /// At least so many records on every day.
    PerDay(u64),
}

/// A rhythm that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rhythm `{0}`; expected hourly, daily, working-days, weekly, monthly, irregular, N/hour or N/day")]
pub struct RhythmError(pub String);

impl Rhythm {
    /// Reads a rhythm; an empty text is [`Rhythm::Daily`].
    ///
    /// # Errors
    /// Names what was found and what is expected.
    pub fn parse(text: &str) -> Result<Self, RhythmError> {
        let word = text.trim();
        let number = |digits: &str| digits.trim().parse::<u64>().ok().filter(|n| *n > 0);
        Ok(match word {
            "" | "daily" => Self::Daily,
            "hourly" => Self::Hourly,
            "working-days" | "workdays" => Self::WorkingDays,
            "weekly" => Self::Weekly,
            "monthly" => Self::Monthly,
            "irregular" => Self::Irregular,
            _ => {
                let rate = word.split_once('/').and_then(|(count, per)| match per.trim() {
                    "hour" => number(count).map(Self::PerHour),
                    "day" => number(count).map(Self::PerDay),
                    _ => None,
                });
                rate.ok_or_else(|| RhythmError(word.to_owned()))?
            }
        })
    }

    /// Whether a record is expected on that very day. Weekly and monthly sources are not expected on any one day: see
    /// [`Rhythm::patience`].
    pub fn expects(self, day: NaiveDate, calendar: &Calendar) -> bool {
        match self {
            Self::Hourly | Self::Daily | Self::PerHour(_) | Self::PerDay(_) => true,
            Self::WorkingDays => calendar.is_worked(day),
            Self::Weekly | Self::Monthly | Self::Irregular => false,
        }
    }

    /// How many days in a row without a record are too many, for a source that is not expected on any one day.
    pub fn patience(self) -> Option<usize> {
        match self {
            Self::Weekly => Some(7),
            Self::Monthly => Some(31),
            _ => None,
        }
    }

    /// Whether anything at all is expected of the source.
    pub fn is_any(self) -> bool {
        self != Self::Irregular
    }

    /// Fewest records of a day on which the source is expected; 1 where no number is given.
    pub fn least_a_day(self) -> u64 {
        match self {
            Self::PerHour(number) => number.saturating_mul(24),
            Self::PerDay(number) => number,
            Self::Hourly => 24,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_rates_are_read_and_others_refused() {
        for (text, expected) in [
            ("", Rhythm::Daily),
            ("workdays", Rhythm::WorkingDays),
            ("10/hour", Rhythm::PerHour(10)),
            ("2000/day", Rhythm::PerDay(2000)),
        ] {
            assert_eq!(Rhythm::parse(text), Ok(expected));
        }
        for text in ["often", "0/day", "5/week", "-1/hour"] {
            assert_eq!(Rhythm::parse(text), Err(RhythmError(text.to_owned())));
        }
    }
}
