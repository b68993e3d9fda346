//! Announced changes of logs, and the changes that records show.

use std::path::PathBuf;

use clap::Args;
use letopis_reconstruct::case::Note;
use letopis_reconstruct::case::note::Notice;
use letopis_reconstruct::comply::drift::{Change, Shape};
use letopis_reconstruct::drift;

use crate::commands::coverage::calendar;
use crate::commands::review::{put_on_record, recorded};
use crate::context::{Context, person, reconstruct_error};
use crate::error::{CommandResult, Verdict};
use crate::ui::table;

/// A change that was announced.
#[derive(Clone, Debug, Args)]
pub struct NoticeArguments {
    /// Id of the source.
    id: String,
    /// The day on which the notice was given (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    given: String,
    /// The day of the change.
    #[arg(long, value_name = "DAY")]
    change: String,
    /// What changes: formats and their description, or where they stand.
    #[arg(long, value_name = "TEXT")]
    what: String,
    /// Who gave it; else the account at the keyboard.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// How changes are judged.
#[derive(Clone, Debug, Args)]
pub struct ChangesArguments {
    /// Working days before a change by which it must have been announced.
    #[arg(long, value_name = "N", default_value_t = 5)]
    days: u32,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
}

/// Puts a notice on record.
pub fn put(context: &Context, arguments: &NoticeArguments) -> CommandResult {
    let notice = Notice {
        source: arguments.id.clone(),
        given: arguments.given.clone(),
        change: arguments.change.clone(),
        what: arguments.what.clone(),
        by: arguments.by.clone().unwrap_or_else(person),
    };
    put_on_record(context, Note::Notice(notice))
}

/// Lists the notices.
pub fn list(context: &Context) -> CommandResult {
    let entries = recorded(context, "notice")?;
    context
        .ui
        .outcome(&serde_json::json!({ "entries": entries }), || {
            let rows = entries.iter().filter_map(|entry| {
                let Note::Notice(notice) = &entry.note else {
                    return None;
                };
                Some(vec![
                    entry.seq.to_string(),
                    notice.source.clone(),
                    notice.given.clone(),
                    notice.change.clone(),
                    notice.what.clone(),
                    notice.by.clone(),
                ])
            });
            table(&["ledger entry", "source", "given", "change", "what", "by"], rows)
        })?;
    Ok(Verdict::Done)
}

/// Lists the changes that records show.
pub fn changes(context: &Context, arguments: &ChangesArguments) -> CommandResult {
    let calendar = calendar(arguments.calendar.as_ref())?;
    let mut reading = context.reading(None, true)?;
    let found = drift(&mut reading, &calendar, arguments.days).map_err(|e| reconstruct_error(&e))?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    for year in &found.years_without_calendar {
        context.ui.note(&format!(
            "Note: the calendar names no day of {year}: Monday to Friday count as worked there"
        ));
    }
    context.ui.outcome(&found, || {
        let row = |change: &Change| {
            vec![
                change.source.clone(),
                change.day.clone(),
                difference(&change.before, &change.since),
                change
                    .announced
                    .clone()
                    .unwrap_or_else(|| "not announced".to_owned()),
                if change.in_time { "in time" } else { "NOT IN TIME" }.to_owned(),
                change.example.clone(),
            ]
        };
        table(
            &["source", "since", "what changed", "announced", "notice", "record"],
            found.changes.iter().map(row),
        )
    })?;
    Ok(match found.changes.iter().all(|change| change.in_time) {
        true => Verdict::Done,
        false => Verdict::Negative,
    })
}

fn difference(before: &Shape, since: &Shape) -> String {
    let pairs = [
        ("format", &before.format, &since.format),
        ("encoding", &before.encoding, &since.encoding),
        ("time", &before.time_form, &since.time_form),
        ("fields", &before.fields, &since.fields),
    ];
    let changed = pairs.iter().filter(|(_, before, since)| before != since);
    changed
        .map(|(name, before, since)| format!("{name}: `{before}` to `{since}`"))
        .collect::<Vec<_>>()
        .join("; ")
}
