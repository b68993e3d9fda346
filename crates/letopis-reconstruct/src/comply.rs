//! Clause by clause: what a regulation asks of an archive of logs, and what this archive shows.
//!
//! A profile ([`Law`]) names checks; each check here is one statement of SQL, or one command of this program, whose exact
//! words stand in the answer, so that anyone can count again. No clause is answered by a text.

mod checks;
mod condition;
mod conform;
pub mod drift;
mod failures;
mod figures;
mod judged;
pub mod reviews;
pub mod sufficiency;

pub use drift::{Drift, drift};
pub use figures::How;
pub use reviews::{Reviews, SourceReviews, reviews};
pub use sufficiency::{Sufficiency, SufficiencyRequest, sufficiency};

use std::collections::BTreeMap;

use letopis_case::Verdict;
use letopis_case::law::{Check, CheckName, Document, Figure, Law, Ruling, Texts, together};
use letopis_retention::Calendar;
use serde::Serialize;

use crate::error::Result;
use crate::reading::Reading;
use checks::Bounds;
use figures::Counted;

/// Most names of what lacks that an answer holds.
const LACKING_MOST: usize = 5;

/// What is asked, beside the profile.
#[derive(Clone, Debug, Default)]
pub struct ComplyRequest {
    /// Which days are worked.
    pub calendar: Calendar,
    /// The calendar as it is named on the command line, so that printed commands name it too.
    pub calendar_name: Option<String>,
    /// Days that may pass until logs are taken in.
    pub intake_days: u32,
    /// Whether other accounts of the machine may look into the archive's folder; nothing where that is not known.
    pub open_to_others: Option<bool>,
    /// What the file system of the archive has left, in bytes; nothing where that is not known.
    pub free: Option<u64>,
}

/// The answer of one check.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The check and its parameters.
    #[serde(flatten)]
    pub check: Check,
    /// The answer.
    pub verdict: Verdict,
    /// What was counted.
    pub figure: Figure,
    /// How much of what lacks is tolerated.
    #[serde(skip_serializing_if = "is_zero")]
    pub tolerated: u64,
    /// How anyone counts again: the figure is the sum of all.
    pub how: Vec<How>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The answer to a clause.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseAnswer {
    /// Its id.
    pub id: String,
    /// Further clauses that ask the same.
    pub also: Vec<String>,
    /// What it asks.
    #[serde(serialize_with = "english")]
    pub title: Texts,
    /// The answer: the worst of its checks.
    pub verdict: Verdict,
    /// Its checks.
    pub checks: Vec<Answer>,
    /// Where no tool can see it: documents that would show it.
    pub documents: Vec<Document>,
}

fn english<S: serde::Serializer>(texts: &Texts, out: S) -> std::result::Result<S::Ok, S::Error> {
    out.serialize_str(&texts.en)
}

/// The answers to a regulation.
#[derive(Clone, Debug, Serialize)]
pub struct Compliance {
    /// Name of the profile.
    pub profile: String,
    /// What it is called.
    #[serde(serialize_with = "english")]
    pub title: Texts,
    /// Clauses by answer: met, not met, not shown, not for a tool.
    pub met: usize,
    /// Clauses that are broken.
    pub not_met: usize,
    /// Clauses that nothing here shows.
    pub not_shown: usize,
    /// Clauses that no tool can see.
    pub not_for_a_tool: usize,
    /// The clauses in the order of the profile.
    pub clauses: Vec<ClauseAnswer>,
}

/// Answers every clause of a profile.
///
/// # Errors
/// When a figure cannot be counted: an answer rests on its figure or is not given.
pub fn comply(reading: &mut Reading, law: &Law, request: &ComplyRequest) -> Result<Compliance> {
    let bounds = Bounds::of(reading);
    let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
    let mut clauses = Vec::new();
    for clause in &law.clauses {
        let mut answers = Vec::new();
        for check in &clause.checks {
            let check = check.get_ref();
            let key = serde_json::to_string(check).unwrap_or_default();
            if !counted.contains_key(&key) {
                let figure = count(reading, check, &bounds, request)?;
                counted.insert(key.clone(), figure);
            }
            answers.extend(counted.get(&key).map(|figure| answer(check, figure)));
        }
        let verdict = match clause.documents.is_empty() {
            false => Verdict::NotForATool,
            true => match together(answers.iter().map(|answer| answer.verdict)) {
                // There was nothing to judge: that shows nothing.
                Verdict::DoesNotApply => Verdict::NotShown,
                verdict => verdict,
            },
        };
        clauses.push(ClauseAnswer {
            id: clause.id.get_ref().clone(),
            also: clause.also.iter().map(|id| id.get_ref().clone()).collect(),
            title: clause.title.clone(),
            verdict,
            checks: answers,
            documents: clause.documents.clone(),
        });
    }
    let number = |verdict| clauses.iter().filter(|clause| clause.verdict == verdict).count();
    let outcome = Compliance {
        profile: law.id.clone(),
        title: law.title.clone(),
        met: number(Verdict::Met),
        not_met: number(Verdict::NotMet),
        not_shown: number(Verdict::NotShown),
        not_for_a_tool: number(Verdict::NotForATool),
        clauses,
    };
    reading.give(outcome.clauses.len() as u64, format!("{outcome:?}").as_bytes());
    Ok(outcome)
}

fn count(reading: &mut Reading, check: &Check, bounds: &Bounds, request: &ComplyRequest) -> Result<Counted> {
    if let Some(sql) = checks::statement(check, bounds) {
        return figures::run(reading, sql);
    }
    match (&check.clause, check.check) {
        (Some(clause), CheckName::Conform) => conform::count(reading, clause),
        _ => judged::count(reading, check, request),
    }
}

fn answer(check: &Check, counted: &Counted) -> Answer {
    let Counted {
        figure, tolerated, ..
    } = counted;
    let within = figure.asked > 0 && figure.asked - figure.held.min(figure.asked) <= *tolerated;
    let verdict = if counted.elsewhere {
        Verdict::DoesNotApply
    } else if within {
        Verdict::Met
    } else {
        ruling(check.check).of(figure)
    };
    let mut figure = figure.clone();
    figure.lacking.truncate(LACKING_MOST);
    Answer {
        check: check.clone(),
        verdict,
        figure,
        tolerated: *tolerated,
        how: counted.how.clone(),
    }
}

/// How the figure of each check is read. What an archive does not hold may stand elsewhere, so most of what lacks is not
/// shown; only what is written down wrongly, or is known to be missing, breaks a clause.
fn ruling(check: CheckName) -> Ruling {
    match check {
        CheckName::CopiesHome
        | CheckName::CopiesPlaced
        | CheckName::FailuresReviewed
        | CheckName::LongerWithBasis
        | CheckName::Removals => Ruling::IfAny,
        CheckName::Coverage
        | CheckName::Closed
        | CheckName::Conform
        | CheckName::Custodian
        | CheckName::Findings
        | CheckName::Floor
        | CheckName::FloorPast
        | CheckName::Health
        | CheckName::Holds
        | CheckName::Incidents
        | CheckName::NotInFuture
        | CheckName::Notices
        | CheckName::Originals
        | CheckName::Register
        | CheckName::RegisterComplete
        | CheckName::Reviews
        | CheckName::SettingMonths
        | CheckName::SettingPurpose
        | CheckName::Storage
        | CheckName::Territory
        | CheckName::TimeKept
        | CheckName::Attributed
        | CheckName::AccessIdentified
        | CheckName::AccessPurpose
        | CheckName::Verified => Ruling::Breaks,
        CheckName::AccessClosed
        | CheckName::Anchored
        | CheckName::Categories
        | CheckName::HealthRecorded
        | CheckName::Intake
        | CheckName::IntakeRecent
        | CheckName::Kinds
        | CheckName::Parsed
        | CheckName::Policy
        | CheckName::PolicyKinds
        | CheckName::Reviewed
        | CheckName::TimeSources => Ruling::NotShown,
    }
}
