//! Reviews of logs: which days of each source nobody went through, and for how long.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days as Span, NaiveDate};
use letopis_case::Note;
use letopis_case::note::{Policy, Review};
use letopis_retention::Stretch;
use serde::Serialize;

use crate::coverage::known;
use crate::error::Result;
use crate::notes::{Recorded, notes, policies};
use crate::reading::Reading;

/// How the reviews of a source stand.
#[derive(Clone, Debug, Serialize)]
pub struct SourceReviews {
    /// The source.
    pub source: String,
    /// Days after which logs must have been reviewed, by the policy in force or as asked; nothing where nobody set it.
    pub period_days: Option<u32>,
    /// Days on which the source wrote and which nobody went through.
    pub unreviewed: Vec<Stretch>,
    /// Of them, days that lie back longer than the period.
    pub overdue: Vec<Stretch>,
    /// Last day that was gone through.
    pub reviewed_to: Option<String>,
}

/// All sources, and what was put on record.
#[derive(Clone, Debug, Serialize)]
pub struct Reviews {
    /// Today, in the zone of the archive.
    pub today: String,
    /// The sources, by name.
    pub sources: Vec<SourceReviews>,
    /// The reviews, in the order of the ledger.
    pub reviews: Vec<Recorded>,
}

impl SourceReviews {
    /// Whether nothing is overdue, as far as a period was set.
    pub fn is_in_time(&self) -> Option<bool> {
        self.period_days.map(|_| self.overdue.is_empty())
    }
}

/// Looks at every source. `every` is the period for sources for which no policy sets one.
///
/// # Errors
/// When records or notes cannot be read.
pub fn reviews(reading: &mut Reading, every: Option<u32>) -> Result<Reviews> {
    let all = notes(reading.vault())?;
    let today = reading.zone().local_day(reading.now());
    let policies: Vec<&Policy> = policies(&all).collect();
    let done: Vec<&Review> = all
        .iter()
        .filter_map(|recorded| match &recorded.note {
            Note::Review(review) if review.subject == "log" => Some(review),
            _ => None,
        })
        .collect();
    let mut sources = Vec::new();
    for (source, known) in known(reading, None)?.iter() {
        let category = known.row.category.as_deref();
        let policy = Policy::in_force(policies.iter().copied(), source, category, &today.to_string());
        let period_days = policy.and_then(|policy| policy.review_days).or(every);
        let written: BTreeSet<NaiveDate> = known
            .days
            .iter()
            .map(|(day, _)| day)
            .filter(|day| *day < today)
            .collect();
        let own: Vec<(NaiveDate, NaiveDate)> = done
            .iter()
            .filter(|review| review.source.as_ref().is_none_or(|named| named == source))
            .filter_map(|review| Some((review.from.parse().ok()?, review.to.parse().ok()?)))
            .collect();
        let open: Vec<NaiveDate> = written
            .iter()
            .copied()
            .filter(|day| !own.iter().any(|(from, to)| from <= day && day <= to))
            .collect();
        let limit = period_days.and_then(|days| today.checked_sub_days(Span::new(u64::from(days))));
        let late = open
            .iter()
            .copied()
            .filter(|day| limit.is_some_and(|limit| *day < limit));
        sources.push(SourceReviews {
            overdue: runs(late, &written),
            unreviewed: runs(open.iter().copied(), &written),
            reviewed_to: own.iter().map(|(_, to)| *to).max().map(|day| day.to_string()),
            source: source.clone(),
            period_days,
        });
    }
    let outcome = Reviews {
        today: today.to_string(),
        sources,
        reviews: all
            .iter()
            .filter(|recorded| matches!(recorded.note, Note::Review(_)))
            .cloned()
            .collect(),
    };
    reading.give(outcome.sources.len() as u64, format!("{outcome:?}").as_bytes());
    Ok(outcome)
}

/// Days in stretches; two belong together where the source wrote on no day between them.
fn runs(days: impl Iterator<Item = NaiveDate>, written: &BTreeSet<NaiveDate>) -> Vec<Stretch> {
    let mut runs: Vec<Stretch> = Vec::new();
    let next: BTreeMap<NaiveDate, NaiveDate> = written
        .iter()
        .copied()
        .zip(written.iter().copied().skip(1))
        .collect();
    for day in days {
        match runs.last_mut() {
            Some(last) if next.get(&last.to) == Some(&day) => {
                last.to = day;
                last.days += 1;
            }
            _ => runs.push(Stretch {
                from: day,
                to: day,
                days: 1,
            }),
        }
    }
    runs
}
