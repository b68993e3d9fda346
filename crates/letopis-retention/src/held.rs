//! Whether the floor of retention was met on a day, by what the archive itself held on that day.
//!
//! On a day D every day of the months before it must have been held: taken in by the end of D, and still here now. What
//! was taken in later may have been kept elsewhere until then, which an archive cannot show; so the answer is *not
//! shown* then, and *not met* only where a record was expected and none ever came.

use chrono::{Datelike as _, Months, NaiveDate};
use serde::Serialize;

use crate::calendar::Calendar;
use crate::days::Days;
use crate::rhythm::Rhythm;
use crate::stretch::{Stretch, gather};

/// What a source is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Calendar months that must be held.
    pub months: u32,
    /// How often the source writes.
    pub rhythm: Rhythm,
    /// Since when it writes, where a person declared it; else its first record counts as its beginning, and less than
    /// the floor is then not shown instead of met.
    pub since: Option<NaiveDate>,
    /// Until when it wrote, where a person declared that it was retired.
    pub until: Option<NaiveDate>,
    /// Days at the end that need not have been taken in yet: the rhythm of the intake.
    pub intake_days: u32,
}

/// The answer for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that was expected was held.
    Met,
    /// The archive alone cannot show it.
    NotShown,
    /// Something that was expected never came.
    NotMet,
}

/// Why a floor is not met or not shown, or what must be known beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// Days on which a record was expected and none is held.
    Missing {
        /// Which.
        stretches: Vec<Stretch>,
    },
    /// Days that are held now and were not yet held then.
    TakenInLater {
        /// Which.
        stretches: Vec<Stretch>,
    },
    /// Days that were held and removed by record before they might be.
    Removed {
        /// Which.
        stretches: Vec<Stretch>,
    },
    /// Days of which some records came later: what was held then is a part.
    InPart {
        /// Which.
        stretches: Vec<Stretch>,
    },
    /// Nothing was taken in for longer than the rhythm of the intake allows.
    Behind {
        /// Last day of which something was held, where there was any.
        #[serde(serialize_with = "crate::stretch::day_or_none")]
        last: Option<NaiveDate>,
        /// Days since; without any, since the source began or the months began.
        days: u32,
    },
    /// The source begins inside the months, and nobody declared since when it writes.
    Begins {
        /// Its first record.
        #[serde(serialize_with = "crate::stretch::day")]
        first: NaiveDate,
    },
    /// Nothing says how often the source writes: whether records are missing cannot be known.
    NoRhythm,
    /// Nothing is held of the source at all.
    Nothing,
}

impl Reason {
    /// The reason in a word: the value of `reason` in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Removed { .. } => "removed",
            Self::TakenInLater { .. } => "taken-in-later",
            Self::InPart { .. } => "in-part",
            Self::Behind { .. } => "behind",
            Self::Begins { .. } => "begins",
            Self::NoRhythm => "no-rhythm",
            Self::Nothing => "nothing",
        }
    }

    fn verdict(&self) -> Verdict {
        match self {
            Self::Missing { .. } | Self::Removed { .. } | Self::Nothing => Verdict::NotMet,
            Self::TakenInLater { .. } | Self::Behind { .. } | Self::Begins { .. } | Self::NoRhythm => {
                Verdict::NotShown
            }
            Self::InPart { .. } => Verdict::Met,
        }
    }
}

/// How a source stands on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The day.
    #[serde(serialize_with = "crate::stretch::day")]
    pub day: NaiveDate,
    /// First day that had to be held.
    #[serde(serialize_with = "crate::stretch::day")]
    pub from: NaiveDate,
    /// The answer.
    pub verdict: Verdict,
    /// Why, the heaviest first.
    pub reasons: Vec<Reason>,
}

/// Days in a row with the same answer for the same reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First day.
    #[serde(serialize_with = "crate::stretch::day")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(serialize_with = "crate::stretch::day")]
    pub to: NaiveDate,
    /// The answer.
    pub verdict: Verdict,
    /// Codes of the reasons.
    pub reasons: Vec<&'static str>,
}

/// What is held of a source, and how it stood on every day of the year before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// First day that has a record.
    #[serde(serialize_with = "crate::stretch::day_or_none")]
    pub first: Option<NaiveDate>,
    /// Last day that has a record.
    #[serde(serialize_with = "crate::stretch::day_or_none")]
    pub last: Option<NaiveDate>,
    /// Days between them on which a record was expected and none is held.
    pub missing: Vec<Stretch>,
    /// The day asked for.
    pub today: Standing,
    /// The year before it. Days before the source began stand in none.
    pub past: Vec<Period>,
}

/// One day as it bears on the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was expected and nothing is held.
    Free,
    /// A record was expected and none is held.
    Missing,
    /// Held: the days (from the common era) on which the first and the last of its records were taken in, and on which
    /// the last of them was removed, where none is here any more.
    Held {
        first: i32,
        whole: i32,
        gone: Option<i32>,
    },
}

impl State {
    /// Whether a record was here at the end of a day.
    fn is_here(self, now: i32) -> bool {
        matches!(self, Self::Held { first, gone, .. } if first <= now && gone.is_none_or(|gone| gone > now))
    }
}

/// The states of all days since the source began: how long nothing was held may reach back beyond the months asked for.
struct Line {
    /// First day of the source.
    begin: NaiveDate,
    states: Vec<State>,
    /// Whether `begin` was declared.
    declared: bool,
    /// Index after the last day that was declared.
    stop: usize,
    /// Index after the last day that has a record.
    known: usize,
}

impl Held {
    /// Judges a source on the day `at` and on each day of the year before. `local_day` tells on which day an instant
    /// (microseconds since 1970 UTC) falls, in the zone that `days` are cut in.
    pub fn judge(
        days: &Days,
        obligation: &Obligation,
        calendar: &Calendar,
        at: NaiveDate,
        local_day: &dyn Fn(i64) -> NaiveDate,
    ) -> Self {
        let (first, last) = days.bounds().unzip();
        let Some((first_day, line)) = Line::of(days, obligation, calendar, at, local_day) else {
            return Self {
                first,
                last,
                missing: Vec::new(),
                today: Standing {
                    day: at,
                    from: months_before(at, obligation.months),
                    verdict: Verdict::NotMet,
                    reasons: vec![Reason::Nothing],
                },
                past: Vec::new(),
            };
        };
        let until = last.unwrap_or(first_day).min(at);
        let year_before = months_before(at, 12);
        let past = year_before
            .iter_days()
            .take_while(|day| *day < at)
            .filter(|day| *day > first_day);
        Self {
            first,
            last,
            missing: days.missing_stretches(obligation.rhythm, calendar, first_day, until),
            today: line.standing(at, obligation),
            past: periods(past.map(|day| line.standing(day, obligation))),
        }
    }
}

/// The first day of the months before `day`. Calendar months: of 31 August six months reach back to the last of
/// February.
fn months_before(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(months))
        .unwrap_or(NaiveDate::MIN)
}

fn periods(standings: impl Iterator<Item = Standing>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for standing in standings {
        let reasons: Vec<&'static str> = standing.reasons.iter().map(Reason::code).collect();
        match periods.last_mut() {
            Some(last) if last.verdict == standing.verdict && last.reasons == reasons => {
                last.to = standing.day
            }
            _ => periods.push(Period {
                from: standing.day,
                to: standing.day,
                verdict: standing.verdict,
                reasons,
            }),
        }
    }
    periods
}

impl Line {
    /// The states up to the day before `at`, and the first day of the source; nothing where it has neither a record nor
    /// a declared beginning before `at`.
    fn of(
        days: &Days,
        obligation: &Obligation,
        calendar: &Calendar,
        at: NaiveDate,
        local_day: &dyn Fn(i64) -> NaiveDate,
    ) -> Option<(NaiveDate, Self)> {
        let seen = days.ever().map(|(first, _)| first);
        let source = match (obligation.since, seen) {
            (Some(since), Some(seen)) => since.min(seen),
            (since, seen) => since.or(seen)?,
        };
        if source >= at || seen.is_none() {
            return None;
        }
        let end = at.pred_opt()?;
        let mut states = vec![State::Free; source.iter_days().take_while(|day| *day <= end).count()];
        let index = |day: NaiveDate| usize::try_from((day - source).num_days()).ok();
        let stop = obligation.until.and_then(|until| index(until.succ_opt()?));
        for day in days.missing(obligation.rhythm, calendar, source, end) {
            if let Some(state) = index(day).and_then(|at| states.get_mut(at)) {
                *state = State::Missing;
            }
        }
        let number = |micros: i64| local_day(micros).num_days_from_ce();
        let removed = days.removed().map(|(day, gone)| {
            let last = gone.iter().map(|gone| number(gone.removed)).max();
            (day, gone.iter().map(|gone| gone.tally).collect::<Vec<_>>(), last)
        });
        let held = days.iter().map(|(day, tallies)| (day, tallies.to_vec(), None));
        for (day, tallies, gone) in removed.chain(held) {
            let taken_in = tallies.iter().map(|t| number(t.taken_in));
            let (Some(mut first), Some(mut whole)) = (taken_in.clone().min(), taken_in.max()) else {
                continue;
            };
            if let Some(state) = index(day).and_then(|at| states.get_mut(at)) {
                // Of this day something was removed, and something is still here.
                if let State::Held {
                    first: earlier,
                    whole: later,
                    ..
                } = *state
                {
                    (first, whole) = (first.min(earlier), whole.max(later));
                }
                *state = State::Held { first, whole, gone };
            }
        }
        // What is known now counts, also where the question is how it stood on an earlier day.
        let last = days.ever().and_then(|(_, last)| index(last));
        let known = last.map_or(0, |at| (at + 1).min(states.len()));
        let line = Self {
            begin: source,
            declared: obligation.since.is_some(),
            stop: stop.unwrap_or(states.len()).max(known),
            known,
            states,
        };
        Some((source, line))
    }

    fn day(&self, index: usize) -> NaiveDate {
        self.begin + chrono::Days::new(index as u64)
    }

    /// Days of a window that are missing, that were removed, that came later, and of which a part came later.
    fn wanting(&self, window: std::ops::Range<usize>, held_to: usize, now: i32) -> [Vec<NaiveDate>; 4] {
        let [mut missing, mut removed, mut later, mut part] = [const { Vec::new() }; 4];
        for at in window {
            match self.states[at] {
                State::Free => {}
                // After the last record that there is: not silent, as far as we know, but not taken in.
                State::Missing if at >= self.known => {}
                State::Missing => missing.push(self.day(at)),
                State::Held { gone: Some(gone), .. } if gone <= now => removed.push(self.day(at)),
                State::Held { first, .. } if first > now => {
                    if at < held_to {
                        later.push(self.day(at));
                    }
                }
                State::Held { whole, .. } if whole > now => part.push(self.day(at)),
                State::Held { .. } => {}
            }
        }
        [missing, removed, later, part]
    }

    /// How the source stood at the end of `day`.
    fn standing(&self, day: NaiveDate, obligation: &Obligation) -> Standing {
        let floor = months_before(day, obligation.months);
        let index = |day: NaiveDate| usize::try_from((day - self.begin).num_days()).unwrap_or(0);
        let (from, to) = (index(floor), index(day).min(self.stop));
        let now = day.num_days_from_ce();
        let last = (0..to).rev().find(|at| self.states[*at].is_here(now));
        let held_to = last.map_or(from, |at| at + 1);
        let [missing, removed, later, part] = self.wanting(from..to, held_to, now);
        let behind = (to - held_to.min(to)) as u32;
        let together = |days: Vec<NaiveDate>| gather(days, |_| false);
        let mut reasons = Vec::new();
        if !missing.is_empty() {
            reasons.push(Reason::Missing {
                stretches: together(missing),
            });
        }
        if !removed.is_empty() {
            reasons.push(Reason::Removed {
                stretches: together(removed),
            });
        }
        if behind > obligation.intake_days {
            reasons.push(Reason::Behind {
                last: last.map(|at| self.day(at)),
                days: behind,
            });
        }
        if !later.is_empty() {
            reasons.push(Reason::TakenInLater {
                stretches: together(later),
            });
        }
        if !self.declared && self.begin > floor && from == 0 {
            reasons.push(Reason::Begins { first: self.begin });
        }
        if !obligation.rhythm.is_any() {
            reasons.push(Reason::NoRhythm);
        }
        if !part.is_empty() {
            reasons.push(Reason::InPart {
                stretches: together(part),
            });
        }
        Standing {
            day,
            from: floor,
            verdict: reasons.iter().map(Reason::verdict).max().unwrap_or(Verdict::Met),
            reasons,
        }
    }
}

#[cfg(test)]
mod tests;
