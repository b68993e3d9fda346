//! The rhythm of a source from its own history: a proposal, which only a person puts in force.
//!
//! Of all rhythms the strictest is proposed that the source kept nearly always: gaps are what rhythms are there to find,
//! so a few days that fall short must not make the proposal milder.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days as Span, NaiveDate};

use crate::calendar::Calendar;
use crate::days::{Days, Tally};
use crate::rhythm::{Quiet, Rhythm};

/// Records of a day by the hour of the local clock.
pub type Hours = [u64; 24];

/// Fewest days of history from which anything is proposed.
pub const LEAST_DAYS: u32 = 14;

/// Of a hundred days or hours on which records are expected, so many may be without.
const EXCEPTIONS: usize = 5;

/// More quiet hours than these make no hourly source: what runs at night, or once a day, is daily.
const QUIET_MOST: u8 = 16;

/// What a source's history shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// First day that was looked at: whole days only.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Days that have records.
    pub held: u32,
    /// The rhythm that is proposed.
    pub rhythm: Rhythm,
    /// Days that fall short of it.
    pub short: u32,
}

/// Looks at the last `window` whole days of a source: its first and last day of records are left out, since they may be
/// parts. Nothing is proposed from fewer than [`LEAST_DAYS`].
pub fn learn(history: &BTreeMap<NaiveDate, Hours>, calendar: &Calendar, window: u32) -> Option<Learned> {
    let first = history.keys().next()?.succ_opt()?;
    let to = history.keys().next_back()?.pred_opt()?;
    let from = to
        .checked_sub_days(Span::new(u64::from(window.max(1)) - 1))?
        .max(first);
    let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).collect();
    if u32::try_from(days.len()).ok()? < LEAST_DAYS {
        return None;
    }
    let view = View {
        history,
        calendar,
        days,
    };
    let rhythm = view.strictest();
    Some(Learned {
        from,
        to,
        held: count(view.days.iter().filter(|day| view.records(**day) > 0)),
        short: view.short(rhythm),
        rhythm,
    })
}

fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}

struct View<'a> {
    history: &'a BTreeMap<NaiveDate, Hours>,
    calendar: &'a Calendar,
    days: Vec<NaiveDate>,
}

impl View<'_> {
    fn records(&self, day: NaiveDate) -> u64 {
        self.history.get(&day).map_or(0, |hours| hours.iter().sum())
    }

    fn held(&self) -> impl Iterator<Item = &Hours> {
        self.days.iter().filter_map(|day| self.history.get(day))
    }

    fn strictest(&self) -> Rhythm {
        if let Some(least) = least_of(self.days.iter().map(|day| self.records(*day))) {
            let daily = match half(least) {
                0 | 1 => Rhythm::Daily,
                number => Rhythm::PerDay(number),
            };
            return self.hourly().unwrap_or(daily);
        }
        let worked = self.days.iter().filter(|day| self.calendar.is_worked(**day));
        if least_of(worked.map(|day| self.records(*day))).is_some() {
            return Rhythm::WorkingDays;
        }
        let few = |rhythm: &Rhythm| {
            let short = self.short(*rhythm) as usize;
            // A rhythm that had no time to be broken is not shown by that.
            let patience = rhythm.patience().unwrap_or_default();
            short * 100 <= EXCEPTIONS * self.days.len() && self.days.len() >= 2 * patience
        };
        let mild = [Rhythm::Weekly, Rhythm::Monthly];
        mild.into_iter().find(few).unwrap_or(Rhythm::Irregular)
    }

    /// Hourly, where all hours but the quiet ones have records nearly always.
    fn hourly(&self) -> Option<Rhythm> {
        let quiet = self.quiet();
        if quiet.hours() > QUIET_MOST {
            return None;
        }
        let loud = (0..24).filter(|hour| !quiet.is_quiet(*hour));
        let cells = loud.flat_map(|hour| self.held().map(move |hours| hours[usize::from(hour)]));
        let least = least_of(cells)?;
        // An hour here and there on many days is no gap but what the source is like.
        let broken = self.held().filter(|hours| has_silent(hours, quiet)).count();
        if broken * 100 > EXCEPTIONS * self.held().count() {
            return None;
        }
        Some(match half(least) {
            0 | 1 => Rhythm::Hourly(quiet),
            number => Rhythm::PerHour(number, quiet),
        })
    }

    /// The longest run of hours, over midnight too, that are nearly always without records.
    fn quiet(&self) -> Quiet {
        let held = self.held().count();
        let is_quiet = |hour: u8| {
            let loud = self.held().filter(|hours| hours[usize::from(hour)] > 0).count();
            loud * 100 <= EXCEPTIONS * held
        };
        let run = |from: u8| (from..from + 24).take_while(|hour| is_quiet(hour % 24)).count();
        let longest = (0..24_u8).max_by_key(|from| (run(*from), 24 - *from));
        let longest = longest.map(|from| (from, run(from)));
        match longest {
            Some((from, hours @ 1..=23)) => Quiet::new(from, u8::try_from(hours).unwrap_or_default()),
            _ => Quiet::NONE,
        }
    }

    /// Days that fall short of a rhythm, by the same judgement as in coverage.
    fn short(&self, rhythm: Rhythm) -> u32 {
        let (Some(from), Some(to)) = (self.days.first(), self.days.last()) else {
            return 0;
        };
        let mut held = Days::default();
        for day in &self.days {
            let tally = Tally {
                taken_in: 0,
                records: self.records(*day),
                bytes: 0,
                first: 0,
                last: 0,
            };
            held.add(*day, tally);
        }
        let mut short: BTreeSet<NaiveDate> = held
            .missing(rhythm, self.calendar, *from, *to)
            .into_iter()
            .collect();
        let coverage = crate::Coverage::of(&held, rhythm, self.calendar, *from, *to);
        for thin in coverage.thin {
            short.extend(thin.from.iter_days().take_while(|day| *day <= thin.to));
        }
        if let Some(quiet) = rhythm.hourly() {
            let broken = |day: &&NaiveDate| {
                let hours = self.history.get(*day);
                hours.is_some_and(|hours| has_silent(hours, quiet))
            };
            short.extend(self.days.iter().filter(broken));
        }
        count(short.into_iter())
    }
}

/// Whether a day has an hour without a record that is no quiet one.
fn has_silent(hours: &Hours, quiet: Quiet) -> bool {
    (0..24_u8)
        .zip(hours)
        .any(|(hour, records)| *records == 0 && !quiet.is_quiet(hour))
}

/// The least of these counts when the exceptions are left out; nothing where that is none, or there is nothing to count.
fn least_of(counts: impl Iterator<Item = u64>) -> Option<u64> {
    let mut counts: Vec<u64> = counts.collect();
    counts.sort_unstable();
    counts
        .get(counts.len() * EXCEPTIONS / 100)
        .copied()
        .filter(|least| *least > 0)
}

/// Half of what was always there is what is asked: traffic that shrinks is no gap. In a number that a person can read.
fn half(least: u64) -> u64 {
    let number = least / 2;
    let mut unit = 1;
    while number / unit >= 100 {
        unit *= 10;
    }
    number / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A history as somebody would say it: so many records in these hours of each day from 1 January 2026 on (a
    /// Thursday), on days that `writes` lets through.
    fn history(
        days: u64,
        hours: std::ops::Range<usize>,
        records: u64,
        writes: impl Fn(u64, NaiveDate) -> bool,
    ) -> BTreeMap<NaiveDate, Hours> {
        let all = (0..days).map(|at| (at, day("2026-01-01") + Span::new(at)));
        let of = |_| {
            let mut of = [0; 24];
            of[hours.clone()].fill(records);
            of
        };
        all.filter(|(at, on)| writes(*at, *on))
            .map(|(at, on)| (on, of(at)))
            .collect()
    }

    #[track_caller]
    fn check(history: &BTreeMap<NaiveDate, Hours>, expected: &str, short: u32) {
        let learned = learn(history, &Calendar::default(), 90).unwrap();
        assert_eq!(
            (learned.rhythm.to_string().as_str(), learned.short),
            (expected, short)
        );
        // What is proposed can be written into the register and read again.
        assert_eq!(Rhythm::parse(expected), Ok(learned.rhythm));
    }

    #[test]
    fn what_a_source_always_did_is_proposed() {
        check(&history(40, 0..24, 1, |_, _| true), "hourly", 0);
        check(&history(40, 0..24, 84, |_, _| true), "42/hour", 0);
        check(&history(40, 0..24, 9_999, |_, _| true), "4900/hour", 0);
        check(&history(40, 6..22, 10, |_, _| true), "5/hour quiet 22-6", 0);
        check(&history(40, 10..11, 1, |_, _| true), "daily", 0);
        check(&history(40, 10..18, 1, |_, _| true), "hourly quiet 18-10", 0);
        // Every other hour is no hourly source.
        let mut odd = history(40, 0..24, 6, |_, _| true);
        for hours in odd.values_mut() {
            (0..12).for_each(|at| hours[2 * at] = 0);
        }
        check(&odd, "36/day", 0);
    }

    #[test]
    fn a_few_gaps_make_it_no_milder_and_many_do() {
        // Three silent days of a hundred; the last ninety of them count.
        let three = history(102, 0..24, 20, |at, _| !(50..53).contains(&at));
        check(&three, "10/hour", 3);
        let ten = history(102, 0..24, 20, |at, _| at % 10 != 5);
        let learned = learn(&ten, &Calendar::default(), 90).unwrap();
        assert_eq!(learned.rhythm, Rhythm::Weekly);
        assert_eq!((learned.from, learned.to), (day("2026-01-12"), day("2026-04-11")));
        assert_eq!(learned.held, 81);
    }

    /// Judged by its hours, as coverage judges it: an hour now and then on many days makes no hourly source, one outage
    /// does not make it another.
    #[test]
    fn silent_hours_count_as_days_that_fall_short() {
        let mut now_and_then = history(40, 0..24, 10, |_, _| true);
        for (at, hours) in now_and_then.values_mut().enumerate() {
            if at % 2 == 0 {
                hours[at % 24] = 0;
            }
        }
        check(&now_and_then, "110/day", 0);
        let mut outage = history(40, 0..24, 10, |_, _| true);
        let day = outage.get_mut(&day("2026-01-20")).unwrap();
        day[9..15].fill(0);
        check(&outage, "5/hour", 1);
    }

    #[test]
    fn days_of_rest_weeks_and_months_are_told_apart() {
        let worked = |_: u64, on: NaiveDate| Calendar::default().is_worked(on);
        check(&history(60, 9..10, 1, worked), "working-days", 0);
        check(&history(100, 9..10, 1, |at, _| at % 7 == 0), "weekly", 0);
        check(&history(120, 9..10, 1, |at, _| at % 28 == 0), "monthly", 0);
        check(
            &history(200, 9..10, 1, |at, _| at == 0 || at == 110 || at == 199),
            "irregular",
            0,
        );
        // Too little says nothing.
        assert_eq!(
            learn(&history(15, 0..24, 5, |_, _| true), &Calendar::default(), 90),
            None
        );
        assert!(learn(&history(16, 0..24, 5, |_, _| true), &Calendar::default(), 90).is_some());
        assert_eq!(learn(&BTreeMap::new(), &Calendar::default(), 90), None);
    }
}
