//! `letopis access`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use letopis_archive::vault::{Backend, DirectoryBackend};
use letopis_event::Zone;
use letopis_reconstruct::access::{Hours, What};
use letopis_reconstruct::kept::Calendar;
use letopis_reconstruct::{AccessReport, AccessRequest, access_report};
use serde_json::json;

use crate::commands::copy::{JOURNAL, MARK};
use crate::commands::coverage::calendar;
use crate::context::{Context, machine, person, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::table;

/// Which stretch, and where the report goes; or a journal to enter.
#[derive(Clone, Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// First instant (RFC 3339, or a local date or time in the archive's zone).
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First instant that is no longer in.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Only this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Hours in which people work, local: FIRST-LAST, the last one excluded. Readings outside are named.
    #[arg(long, value_name = "HOURS", default_value = "8-19")]
    hours: String,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Writes the report (HTML, CSV, XLSX) into this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Enters a journal that was kept outside: while the archive could not take the record (`--journal DIR`), or in a
    /// working copy.
    Adopt {
        /// The journal, or the working copy that it is in.
        #[arg(value_name = "DIR")]
        journal: PathBuf,
    },
}

/// Working hours as typed: `8-19`.
fn hours(text: &str, calendar: Calendar) -> Result<Hours, CommandError> {
    let parsed = text.split_once('-').and_then(|(from, to)| {
        let (from, to) = (from.trim().parse::<u32>().ok()?, to.trim().parse::<u32>().ok()?);
        (from < to && to <= 24).then_some((from, to))
    });
    let (from, to) = parsed.ok_or_else(|| {
        CommandError::usage(format!(
            "--hours: `{text}`; expected FIRST-LAST, as 8-19, within 0-24"
        ))
    })?;
    Ok(Hours { from, to, calendar })
}

/// Makes the report, and writes it where that is wanted.
fn reconstruct(context: &Context, arguments: &Arguments) -> Result<(AccessReport, Zone), CommandError> {
    let wrap = |e| reconstruct_error(&e);
    let mut parameters = BTreeMap::new();
    for (name, value) in [
        ("from", &arguments.from),
        ("to", &arguments.to),
        ("source", &arguments.source),
    ] {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), value.clone());
        }
    }
    let hours = hours(&arguments.hours, calendar(arguments.calendar.as_ref())?)?;
    let mut reading = context.reading(None, true)?;
    let report = access_report(
        &mut reading,
        &AccessRequest {
            parameters: parameters.clone(),
            hours,
        },
    )
    .map_err(wrap)?;
    if let Some(folder) = &arguments.report {
        let page = reports::access(context, &reading, &report, &parameters);
        reports::write(context, folder, "access", &arguments.lang, &page)?;
    }
    let zone = reading.zone();
    reading.end("complete").map_err(wrap)?;
    Ok((report, zone))
}

/// Reports both senses of access to the logs.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if let Some(Action::Adopt { journal }) = &arguments.action {
        return adopt(context, journal);
    }
    let (report, zone) = reconstruct(context, arguments)?;
    context.ui.outcome(&report, || describe(&report, zone))?;
    Ok(Verdict::Done)
}

fn adopt(context: &Context, journal: &Path) -> CommandResult {
    let inside = journal.join(JOURNAL);
    let journal = match journal.join(MARK).is_file() {
        true => inside.as_path(),
        false => journal,
    };
    if !journal.join("ledger").is_dir() {
        return Err(CommandError::usage(format!(
            "{}: no access journal there",
            journal.display()
        )));
    }
    let backend: Arc<dyn Backend> = DirectoryBackend::new(journal);
    let about = json!({ "operator": person(), "machine": machine(), "place": journal.display().to_string() });
    let adopted = context
        .writer()?
        .adopt_journal(&backend, Some(about), context.now);
    let adopted = adopted.map_err(|e| vault_error(&e))?;
    let outcome = json!({
        "journal": adopted.journal, "readings": adopted.readings, "new_entries": adopted.new_lines,
        "entry": adopted.receipt.as_ref().map(|receipt| receipt.first),
    });
    context.ui.outcome(&outcome, || match &adopted.receipt {
        Some(receipt) => format!(
            "journal {} entered as ledger entry {}: {} readings, {} entries that are new",
            adopted.journal, receipt.first, adopted.readings, adopted.new_lines
        ),
        None => format!(
            "journal {} is entered already, with all its entries",
            adopted.journal
        ),
    })?;
    Ok(Verdict::Done)
}

/// The report of the demo; its figures in short.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context, folder: &Path, lang: &str) -> Result<(), CommandError> {
    let arguments = Arguments {
        report: Some(folder.to_owned()),
        lang: lang.to_owned(),
        hours: "8-19".to_owned(),
        ..Arguments::default()
    };
    let (report, _) = reconstruct(context, &arguments)?;
    context.ui.out(&format!(
        "access to the logs: {} readings of this archive; on the monitored systems {} records of reading logs, {} of \
         changing, stopping or clearing them",
        report.archive.len(),
        report.read.len(),
        report.stopped_or_cleared.len()
    ))?;
    Ok(())
}

fn what(what: &What) -> String {
    match what {
        What::OutsideHours => "outside working hours".to_owned(),
        What::UnusualVolume { rows, usual } => format!("{rows} rows, usually {usual}"),
        What::PurposeMissing => "no purpose".to_owned(),
        What::NoResult => "no result recorded".to_owned(),
    }
}

/// By person, and what is out of the ordinary.
fn officer(report: &AccessReport, zone: Zone) -> String {
    let time = |t: Option<i64>, basis: &str| reports::local(t, zone, basis);
    let mut text = String::from("\n\nBy person\n");
    text.push_str(&table(
        &[
            "person",
            "readings",
            "rows",
            "last",
            "sources named",
            "out of the ordinary",
        ],
        report.officer.persons.iter().map(|p| {
            vec![
                p.person.clone(),
                p.readings.to_string(),
                p.rows.to_string(),
                time(Some(p.last), "stated"),
                p.sources.iter().cloned().collect::<Vec<_>>().join(" "),
                p.anomalies.to_string(),
            ]
        }),
    ));
    text.push_str(&format!(
        "\n\nOut of the ordinary: {}\n",
        report.officer.anomalies.len()
    ));
    text.push_str(&table(
        &["time", "person", "what", "command"],
        report.officer.anomalies.iter().map(|a| {
            vec![
                time(Some(a.time), "stated"),
                a.person.clone(),
                what(&a.what),
                a.command.clone(),
            ]
        }),
    ));
    text
}

/// Working copies that were handed out; nothing where there are none.
fn copies(report: &AccessReport, zone: Zone) -> String {
    let time = |t: Option<i64>, basis: &str| reports::local(t, zone, basis);
    let mut text = String::new();
    if !report.copies.is_empty() {
        text.push_str("\n\nWorking copies that were handed out\n");
        text.push_str(&table(
            &["time", "copy", "for", "purpose", "state"],
            report.copies.iter().map(|copy| {
                vec![
                    time(Some(copy.time), "stated"),
                    copy.copy.clone(),
                    copy.holder.clone().unwrap_or_default(),
                    copy.purpose.clone().unwrap_or_default(),
                    match copy.adopted {
                        Some(_) => format!("journal entered: {} readings", copy.readings),
                        None if copy.is_outstanding() => "journal outstanding".to_owned(),
                        None => "not finished: no archive".to_owned(),
                    },
                ]
            }),
        ));
        text.push('\n');
    }
    text
}

fn describe(report: &AccessReport, zone: Zone) -> String {
    let time = |t: Option<i64>, basis: &str| reports::local(t, zone, basis);
    let mut text = String::from("Who read this archive\n");
    text.push_str(&table(
        &["time", "person", "command", "purpose", "rows", "ended"],
        report.archive.iter().map(|r| {
            vec![
                time(Some(r.time), "stated"),
                r.person.clone(),
                r.command.clone(),
                r.purpose.clone().unwrap_or_default(),
                r.rows.map_or_else(String::new, |n| n.to_string()),
                match &r.ended {
                    Some(ended) => ended.clone(),
                    None if r.own => "this reading".to_owned(),
                    None => "no result recorded".to_owned(),
                },
            ]
        }),
    ));
    text.push_str(&officer(report, zone));
    for (title, list) in [
        ("Reading of logs on the monitored systems", &report.read),
        (
            "Logging changed, stopped or cleared there",
            &report.stopped_or_cleared,
        ),
    ] {
        text.push_str(&format!("\n\n{title}: {} records\n", list.len()));
        text.push_str(&table(
            &["time", "source", "account", "what", "log", "record"],
            list.iter().map(|r| {
                vec![
                    time(r.time, &r.time_basis),
                    r.source.clone(),
                    r.user_name.clone().unwrap_or_default(),
                    r.kind.clone(),
                    r.target.clone().unwrap_or_default(),
                    r.event_id.clone(),
                ]
            }),
        ));
    }
    text.push_str(&copies(report, zone));
    text.push_str(&format!(
        "\nnot shown: {}\n",
        letopis_reconstruct::access::NOT_SHOWN
    ));
    text
}
