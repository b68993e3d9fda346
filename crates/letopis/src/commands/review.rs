//! `letopis review`

use clap::{Args, Subcommand};
use letopis_archive::notes;
use letopis_reconstruct::case::Note;
use letopis_reconstruct::case::incident::Step;
use letopis_reconstruct::case::note::Review;
use letopis_reconstruct::notes::Recorded;
use letopis_reconstruct::{Reviews, reviews};
use serde_json::json;

use crate::commands::coverage::stretches;
use crate::context::{Context, archive_error, person, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports::{self, Out};
use crate::ui::table;

/// Reviews of the logs: who went through which days of which source, and what nobody went through.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Puts a review on record.
    Record(RecordArguments),
    /// Lists the reviews, and the days of each source that nobody went through; overdue ones make the verdict negative.
    List(ListArguments),
}

#[derive(Clone, Debug, Args)]
struct RecordArguments {
    /// The source; all where none is named.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// The days that were gone through: FIRST..LAST (YYYY-MM-DD), or one day.
    #[arg(long, value_name = "DAYS")]
    period: String,
    /// Who did it; else the account at the keyboard.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// What came out.
    #[arg(long, value_name = "TEXT")]
    result: String,
    /// What was reviewed: log, sufficiency or regulation.
    #[arg(long, value_name = "SUBJECT", default_value = "log")]
    subject: String,
}

#[derive(Clone, Debug, Args)]
struct ListArguments {
    /// Days after which logs must have been reviewed, for sources for which no policy sets it.
    #[arg(long, value_name = "N")]
    every: Option<u32>,
    #[command(flatten)]
    out: Out,
}

/// Records or lists.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Record(record) => {
            let (from, to) = record
                .period
                .split_once("..")
                .unwrap_or((record.period.as_str(), record.period.as_str()));
            let review = Review {
                subject: record.subject.clone(),
                source: record.source.clone(),
                from: from.trim().to_owned(),
                to: to.trim().to_owned(),
                by: record.by.clone().unwrap_or_else(person),
                result: record.result.clone(),
            };
            put_on_record(context, Note::Review(review))
        }
        Action::List(list) => self::list(context, list),
    }
}

/// Checks a note, puts it on record and says so.
///
/// # Errors
/// When it makes no sense, names a source that there is not, or cannot be written.
pub fn put_on_record(context: &Context, note: Note) -> CommandResult {
    note.check().map_err(CommandError::usage)?;
    let named: Vec<&String> = match &note {
        Note::Policy(policy) => policy.source.iter().collect(),
        Note::Notice(notice) => vec![&notice.source],
        Note::Review(review) => review.source.iter().collect(),
        Note::Incident(incident) => match &incident.step {
            Step::Detected { sources, .. } => sources.iter().collect(),
            _ => Vec::new(),
        },
    };
    let writer = context.writer()?;
    for source in named {
        known_source(&writer.vault(), source)?;
    }
    let about = context.about();
    let seq = notes::put_on_record(&writer, &note, about, context.now).map_err(|e| archive_error(&e))?;
    let outcome = json!({ "entry": seq, "topic": note.topic() });
    context.ui.outcome(&outcome, || {
        format!("{} on record as ledger entry {seq}", note.topic())
    })?;
    Ok(Verdict::Done)
}

/// Refuses a source that neither the register nor any record names: a slip would be on record for ever.
fn known_source(vault: &letopis_archive::vault::Vault, source: &str) -> Result<(), CommandError> {
    let register = letopis_archive::register::in_force(vault).map_err(|e| archive_error(&e))?;
    let in_register = register.sources().any(|known| known.id == source);
    let segments = vault.segments().map_err(|e| crate::context::vault_error(&e))?;
    let in_records = segments.iter().any(|segment| {
        let names = segment
            .about
            .iter()
            .filter_map(|about| about.get("sources")?.as_array());
        names.flatten().any(|name| name.as_str() == Some(source))
    });
    if in_register || in_records {
        return Ok(());
    }
    Err(CommandError::usage(format!(
        "no source `{source}`, neither in the register nor in records"
    ))
    .hint("letopis source list"))
}

/// What was put on record under a topic.
///
/// # Errors
/// When the ledger cannot be read.
pub fn recorded(context: &Context, topic: &str) -> Result<Vec<Recorded>, CommandError> {
    let all = letopis_reconstruct::notes::notes(&context.vault()?).map_err(|e| reconstruct_error(&e))?;
    Ok(all
        .into_iter()
        .filter(|entry| entry.note.topic() == topic)
        .collect())
}

fn list(context: &Context, arguments: &ListArguments) -> CommandResult {
    reports::language(&arguments.out.lang)?;
    if arguments.every == Some(0) {
        return Err(CommandError::usage("--every 0: expected 1 or more"));
    }
    let mut reading = context.reading(None, true)?;
    let found = reviews(&mut reading, arguments.every).map_err(|e| reconstruct_error(&e))?;
    let page = reports::reviews(context, &reading, &found);
    reports::write_keeping(context, &arguments.out, &page)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&found, || describe(&found))?;
    Ok(
        match found.sources.iter().any(|source| !source.overdue.is_empty()) {
            true => Verdict::Negative,
            false => Verdict::Done,
        },
    )
}

fn describe(found: &Reviews) -> String {
    let sources = found.sources.iter().map(|source| {
        vec![
            source.source.clone(),
            source
                .period_days
                .map_or_else(|| "not set".to_owned(), |days| format!("{days} days")),
            source.reviewed_to.clone().unwrap_or_default(),
            stretches(&source.unreviewed),
            stretches(&source.overdue),
        ]
    });
    let done = found.reviews.iter().filter_map(|recorded| {
        let Note::Review(review) = &recorded.note else {
            return None;
        };
        Some(vec![
            recorded.seq.to_string(),
            review.subject.clone(),
            review.source.clone().unwrap_or_else(|| "all".to_owned()),
            format!("{} to {}", review.from, review.to),
            review.by.clone(),
            review.result.clone(),
        ])
    });
    format!(
        "{}\n\n{}",
        table(
            &["source", "period", "reviewed to", "not reviewed", "overdue"],
            sources
        ),
        table(
            &["ledger entry", "subject", "source", "days", "by", "result"],
            done
        )
    )
}
