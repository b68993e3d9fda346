//! How often a source is expected to write.

use std::fmt;

use chrono::NaiveDate;

use crate::calendar::Calendar;

/// How often a source is expected to write.
///
/// Words: `hourly`, `daily`, `working-days` (or `workdays`), `weekly`, `monthly`, `irregular`; or at least so many
/// records, `10/hour`, `2000/day`. What is said by the hour may name hours in which nothing is expected, by the local clock:
/// `hourly quiet 22-6`, `10/hour quiet 22-6`. A source without a rhythm is expected daily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rhythm {
    /// A record in every hour, but for the quiet ones.
    Hourly(Quiet),
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
    /// At least so many records in every hour, but for the quiet ones.
    PerHour(u64, Quiet),
    /// At least so many records on every day.
    PerDay(u64),
}

/// Hours of the day in which nothing is expected, over midnight too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// The first hour, 0 to 23.
    from: u8,
    /// How many, 0 to 23.
    hours: u8,
}

impl Quiet {
    /// No hour.
    pub const NONE: Self = Self { from: 0, hours: 0 };

    /// So many hours from one on; 24 and more would be all, and are none.
    pub fn new(from: u8, hours: u8) -> Self {
        match hours {
            1..=23 if from < 24 => Self { from, hours },
            _ => Self::NONE,
        }
    }

    /// How many hours.
    pub fn hours(self) -> u8 {
        self.hours
    }

    /// Whether an hour is among them.
    pub fn is_quiet(self, hour: u8) -> bool {
        (hour + 24 - self.from) % 24 < self.hours
    }

    /// Reads `22-6`: from the first hour until the second begins.
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let hour = |digits: &str| digits.trim().parse::<u8>().ok().filter(|hour| *hour < 24);
        let (from, to) = (hour(from)?, hour(to)?);
        (from != to).then(|| Self::new(from, (to + 24 - from) % 24))
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hours {
            0 => Ok(()),
            hours => write!(f, " quiet {}-{}", self.from, (self.from + hours) % 24),
        }
    }
}

/// A rhythm that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no rhythm `{0}`; expected hourly, daily, working-days, weekly, monthly, irregular, N/hour or N/day; after hourly and \
     N/hour the hours of rest may stand, as in `hourly quiet 22-6`"
)]
pub struct RhythmError(pub String);

impl Rhythm {
    /// Reads a rhythm; an empty text is [`Rhythm::Daily`].
    ///
    /// # Errors
    /// Names what was found and what is expected.
    pub fn parse(text: &str) -> Result<Self, RhythmError> {
        let whole = text.trim();
        let error = || RhythmError(whole.to_owned());
        let (word, quiet) = match whole.split_once(" quiet ") {
            Some((word, hours)) => (word.trim(), Some(Quiet::parse(hours).ok_or_else(error)?)),
            None => (whole, None),
        };
        let hours = quiet.unwrap_or_default();
        let number = |digits: &str| digits.trim().parse::<u64>().ok().filter(|n| *n > 0);
        let rhythm = match word {
            "" | "daily" => Self::Daily,
            "hourly" => Self::Hourly(hours),
            "working-days" | "workdays" => Self::WorkingDays,
            "weekly" => Self::Weekly,
            "monthly" => Self::Monthly,
            "irregular" => Self::Irregular,
            _ => {
                let rate = word.split_once('/').and_then(|(count, per)| match per.trim() {
                    "hour" => number(count).map(|number| Self::PerHour(number, hours)),
                    "day" => number(count).map(Self::PerDay),
                    _ => None,
                });
                rate.ok_or_else(error)?
            }
        };
        match (quiet, rhythm) {
            (None, _) | (Some(_), Self::Hourly(_) | Self::PerHour(..)) => Ok(rhythm),
            (Some(_), _) => Err(error()),
        }
    }

    /// Whether a record is expected on that very day. Weekly and monthly sources are not expected on any one day: see
    /// [`Rhythm::patience`].
    pub fn expects(self, day: NaiveDate, calendar: &Calendar) -> bool {
        match self {
            Self::Hourly(_) | Self::Daily | Self::PerHour(..) | Self::PerDay(_) => true,
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

    /// The quiet hours of a source that is expected in every other hour; nothing for the others.
    pub fn hourly(self) -> Option<Quiet> {
        match self {
            Self::Hourly(quiet) | Self::PerHour(_, quiet) => Some(quiet),
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
            Self::PerHour(number, quiet) => number.saturating_mul(u64::from(24 - quiet.hours())),
            Self::PerDay(number) => number,
            Self::Hourly(quiet) => u64::from(24 - quiet.hours()),
            _ => 1,
        }
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hourly(quiet) => write!(f, "hourly{quiet}"),
            Self::Daily => f.write_str("daily"),
            Self::WorkingDays => f.write_str("working-days"),
            Self::Weekly => f.write_str("weekly"),
            Self::Monthly => f.write_str("monthly"),
            Self::Irregular => f.write_str("irregular"),
            Self::PerHour(number, quiet) => write!(f, "{number}/hour{quiet}"),
            Self::PerDay(number) => write!(f, "{number}/day"),
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
            ("10/hour", Rhythm::PerHour(10, Quiet::NONE)),
            ("hourly quiet 22-6", Rhythm::Hourly(Quiet { from: 22, hours: 8 })),
            (
                "10/hour quiet 0-7",
                Rhythm::PerHour(10, Quiet { from: 0, hours: 7 }),
            ),
            ("2000/day", Rhythm::PerDay(2000)),
        ] {
            assert_eq!(Rhythm::parse(text), Ok(expected));
        }
        for text in [
            "often",
            "0/day",
            "5/week",
            "-1/hour",
            "daily quiet 22-6",
            "hourly quiet 22-24",
            "hourly quiet 6-6",
            "hourly quiet",
            "hourly quiet night",
        ] {
            assert_eq!(Rhythm::parse(text), Err(RhythmError(text.to_owned())));
        }
    }

    #[test]
    fn quiet_hours_ask_for_nothing() {
        let asked = |text: &str| Rhythm::parse(text).unwrap().least_a_day();
        assert_eq!((asked("hourly"), asked("hourly quiet 22-6")), (24, 16));
        assert_eq!(asked("10/hour quiet 20-8"), 120);
        let Ok(Rhythm::Hourly(quiet)) = Rhythm::parse("hourly quiet 22-6") else {
            panic!("no rhythm by the hour");
        };
        let loud: Vec<u8> = (0..24).filter(|hour| !quiet.is_quiet(*hour)).collect();
        assert_eq!(loud, (6..22).collect::<Vec<u8>>());
    }
}
