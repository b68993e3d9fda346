//! `letopis retention`

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use letopis_reconstruct::kept::held::Reason;
use letopis_reconstruct::kept::{Standing, Verdict as Answer};
use letopis_reconstruct::{RetentionProof, RetentionRequest, SourceHeld, retention_proof};

use crate::commands::coverage::{calendar, stretches};
use crate::context::{Context, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::table;

mod class;
mod plan;

/// Whether logs were kept as long as they must be.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Shows for every source what is held, whether the floor is met, and whether it was on each day of the year before.
    Prove(ProveArguments),
    /// Retention classes: for how many months, on what ground.
    Class(class::Arguments),
    /// Shows what may be removed today, and what keeps the rest.
    Plan(plan::PlanArguments),
    /// Removes for good what a plan names.
    Apply(plan::ApplyArguments),
}

/// What is to be proven.
#[derive(Clone, Debug, Args)]
pub struct ProveArguments {
    /// Only this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Calendar months that must be held; never fewer than the archive and the source list say.
    #[arg(long, value_name = "N")]
    months: Option<u32>,
    /// The day asked for (YYYY-MM-DD); else today.
    #[arg(long, value_name = "DAY")]
    at: Option<NaiveDate>,
    /// How many days may pass until logs are taken in: so many at the end need not be held yet.
    #[arg(long, value_name = "N", default_value_t = 31)]
    intake_days: u32,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Writes the answer here as a text that the custodian signs; `letopis verify --statement FILE` looks into it later.
    #[arg(long, value_name = "FILE")]
    sign: Option<PathBuf>,
    /// Writes the report (HTML, CSV, XLSX) into this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
}

/// Proves, or keeps the policy.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Prove(arguments) => prove(context, arguments),
        Action::Class(arguments) => class::run(context, arguments),
        Action::Plan(arguments) => plan::plan(context, arguments),
        Action::Apply(arguments) => plan::apply(context, arguments),
    }
}

/// Proves. The verdict is negative where the floor of any source is not met, or not shown.
fn prove(context: &Context, arguments: &ProveArguments) -> CommandResult {
    let request = RetentionRequest {
        source: arguments.source.clone(),
        months: arguments.months,
        at: arguments.at,
        intake_days: arguments.intake_days,
        calendar: calendar(arguments.calendar.as_ref())?,
    };
    let mut reading = context.reading(None, true)?;
    let proof = retention_proof(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    if let Some(folder) = &arguments.report {
        let page = reports::retention(context, &reading, &proof, &request);
        reports::write(context, folder, "retention", &arguments.lang, &page)?;
    }
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    if let Some(path) = &arguments.sign {
        sign(context, path, &proof)?;
    }
    context.ui.outcome(&proof, || describe(&proof))?;
    Ok(match proof.verdict {
        Answer::Met => Verdict::Done,
        Answer::NotShown | Answer::NotMet => Verdict::Negative,
    })
}

/// Writes the proof as a signed statement.
fn sign(context: &Context, path: &Path, proof: &RetentionProof) -> Result<(), CommandError> {
    let mut lines = vec![
        format!(
            "as of {} in {}: floor of retention {}",
            proof.at,
            proof.zone,
            answer(proof.verdict)
        ),
        format!(
            "judged by {} ledger entries with the root {}",
            proof.checkpoint.0, proof.checkpoint.1
        ),
    ];
    for source in &proof.sources {
        let day = |day: Option<NaiveDate>| day.map_or_else(|| "nothing".to_owned(), |day| day.to_string());
        let why = reasons(&source.held.today);
        lines.push(format!(
            "source {}: {}; held {} to {}; {} months asked for{}{}; year before: {}",
            source.source,
            answer(source.held.today.verdict),
            day(source.held.first),
            day(source.held.last),
            source.months,
            if why.is_empty() { "" } else { "; " },
            why,
            past(source)
        ));
    }
    let made = letopis_event::time::rfc3339(context.now);
    let keys = context.keys_to_sign()?;
    let text = context.vault()?.sign_statement("retention", &made, &lines, &keys);
    let text = text.map_err(|e| vault_error(&e))?;
    std::fs::write(path, text).map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
    context.ui.note(&format!("wrote {}", path.display()));
    Ok(())
}

fn answer(verdict: Answer) -> &'static str {
    match verdict {
        Answer::Met => "met",
        Answer::NotShown => "not shown",
        Answer::NotMet => "NOT MET",
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Missing { stretches: days } => format!("no records of {}", stretches(days)),
        Reason::Removed { stretches: days } => {
            format!("removed by record before its time: {}", stretches(days))
        }
        Reason::TakenInLater { stretches: days } => format!("taken in only later: {}", stretches(days)),
        Reason::InPart { stretches: days } => format!("some records came later: {}", stretches(days)),
        Reason::Behind { last, days } => match last {
            Some(last) => format!("nothing held of the {days} days after {last}"),
            None => format!("nothing held of {days} days"),
        },
        Reason::Begins { first } => format!("begins on {first}, and no beginning is declared"),
        Reason::NoRhythm => "irregular: what is missing cannot be known".to_owned(),
        Reason::Nothing => "nothing is held".to_owned(),
    }
}

fn reasons(standing: &Standing) -> String {
    standing.reasons.iter().map(reason).collect::<Vec<_>>().join("; ")
}

/// The days of the year before on which the answer was not `met`, in words.
fn past(source: &SourceHeld) -> String {
    let past = &source.held.past;
    let other = past.iter().filter(|p| p.verdict != Answer::Met);
    let words: Vec<String> = other
        .map(|p| {
            format!(
                "{} {} to {} ({})",
                answer(p.verdict),
                p.from,
                p.to,
                p.reasons.join(", ")
            )
        })
        .collect();
    match (words.is_empty(), past.is_empty()) {
        (true, true) => "—".to_owned(),
        (true, false) => "met on every day".to_owned(),
        _ => words.join("; "),
    }
}

fn describe(proof: &RetentionProof) -> String {
    let rows = proof.sources.iter().map(|source| {
        let day = |day: Option<NaiveDate>| day.map_or_else(|| "—".to_owned(), |day| day.to_string());
        vec![
            source.source.clone(),
            day(source.held.first),
            day(source.held.last),
            source.months.to_string(),
            answer(source.held.today.verdict).to_owned(),
            reasons(&source.held.today),
            past(source),
        ]
    });
    let mut text = table(
        &[
            "source",
            "first day",
            "last day",
            "months",
            "floor",
            "why",
            "year before",
        ],
        rows,
    );
    text.push_str(&format!(
        "\nAs of {} in {}: {}. Ledger of {} entries, root {}.\n",
        proof.at,
        proof.zone,
        answer(proof.verdict),
        proof.checkpoint.0,
        proof.checkpoint.1
    ));
    for anchor in &proof.anchors {
        text.push_str(&format!(
            "Anchor: {} over {} entries, handed in {}, {} ({})\n",
            anchor.kind,
            anchor.size,
            anchor.since,
            anchor.by.join(", "),
            anchor.verdict
        ));
    }
    if proof.anchors.is_empty() {
        text.push_str(
            "No one else has signed a state of this archive: when records were taken in rests on its custodian's word.\n",
        );
    }
    if !proof.listed {
        text.push_str(
            "There is no source list: whether sources are left out altogether cannot be seen here.\n",
        );
    }
    text.push_str(
        "Met says that no expected day is without records, not that no record of a day was left out.\n",
    );
    text
}
