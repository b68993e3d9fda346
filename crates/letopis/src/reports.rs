//! From outcomes to pages, and pages to files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use letopis_archive::vault::Vault;
use letopis_archive::{Acquisition, IngestOutcome};
use letopis_event::Zone;
use letopis_event::time::{format_rfc3339, rfc3339};
use letopis_event::zone::TZDATA_VERSION;
use letopis_reconstruct::incidents::Register;
use letopis_reconstruct::rhythm::Proposal;
use letopis_reconstruct::stats::QuarterStatistics;
use letopis_reconstruct::{
    AccessReport, Compliance, CoverageReport, CoverageRequest, Reading, RetentionProof, RetentionRequest,
    Reviews, Sufficiency, Timeline, TimelineRequest,
};
use letopis_report::{Catalogue, Cell, Head, Language, Message, Page, Section, csv, html, xlsx};

use crate::context::{Context, PROGRAM, machine, person};
use crate::error::{CommandError, Kind};

mod access;
mod checkpoint;
mod comply;
mod coverage;
mod incidents;
mod intake;
mod removal;
mod retention;
mod reviews;
mod rhythms;
mod statistics;
mod sufficiency;
mod timeline;

pub use comply::{because, counted, verdict};
pub use sufficiency::share;

/// An instant on the clock of a zone, with its offset, and `~` where it is assumed or inferred.
pub fn local(time: Option<i64>, zone: Zone, basis: &str) -> String {
    let Some(time) = time else {
        return "(not placed in time)".to_owned();
    };
    let mut text = if basis == "stated" {
        String::new()
    } else {
        "~".to_owned()
    };
    format_rfc3339(time, zone.offset_min_at(time), &mut text);
    text
}

/// The same as a cell of a page.
fn moment(time: Option<i64>, zone: Zone, basis: &str) -> Cell {
    match time {
        Some(_) => Cell::Time(local(time, zone, basis)),
        None => Cell::Message(Message::id("no-time")),
    }
}

fn utc(time: i64) -> Cell {
    Cell::Time(rfc3339(time))
}

fn columns(ids: &[&'static str]) -> Vec<Message> {
    ids.iter().map(|id| Message::id(id)).collect()
}

/// A text as a cell of CSV that no spreadsheet runs.
pub fn csv_cell(text: &str) -> String {
    let table = letopis_report::Table {
        name: "",
        columns: vec![Message::plain(text)],
        rows: Vec::new(),
    };
    csv(&table, &Catalogue::new(Language::En)).trim_end().to_owned()
}

/// Names and values of what was asked.
type Asked = Vec<(Message, Message)>;

fn head(context: &Context, vault: &Vault, zone: Zone, parameters: Asked) -> Head {
    let config = vault.config();
    // The second is exact enough for a page; the ledger has the microsecond.
    let made = context.now.div_euclid(1_000_000) * 1_000_000;
    Head {
        archive_name: config.name.clone(),
        archive_id: config.id.clone(),
        custodian: config.custodian.clone(),
        checkpoint_size: vault.checkpoint().size,
        checkpoint_root: vault.checkpoint().root.to_string(),
        program: PROGRAM.to_owned(),
        command: context.command.clone(),
        made: local(Some(made), zone, "stated"),
        made_by: format!("{} · {}", person(), machine()),
        zone: zone.to_string(),
        tzdata: TZDATA_VERSION.to_owned(),
        parameters,
    }
}

/// The page of a timeline.
pub fn timeline(context: &Context, reading: &Reading, found: &Timeline, request: &TimelineRequest) -> Page {
    let head = head(
        context,
        reading.vault(),
        reading.zone(),
        timeline::parameters(request, reading.zone()),
    );
    timeline::page(head, found, reading.zone())
}

/// The page of the access report.
pub fn access(
    context: &Context,
    reading: &Reading,
    report: &AccessReport,
    parameters: &BTreeMap<String, String>,
) -> Page {
    let name = |name: &String| match name.as_str() {
        "from" => Message::id("ask-from"),
        "to" => Message::id("ask-to"),
        "source" => Message::id("ask-source"),
        other => Message::plain(other),
    };
    let parameters = parameters
        .iter()
        .map(|(n, v)| (name(n), Message::plain(v.clone())))
        .collect();
    access::page(
        head(context, reading.vault(), reading.zone(), parameters),
        report,
        reading.zone(),
    )
}

/// The page of a quarter.
pub fn statistics(context: &Context, reading: &Reading, statistics: &QuarterStatistics) -> Page {
    let parameters = vec![(
        Message::id("ask-quarter"),
        Message::plain(statistics.quarter.to_string()),
    )];
    statistics::page(
        head(context, reading.vault(), reading.zone(), parameters),
        statistics,
    )
}

/// The page of the coverage of sources.
pub fn coverage(
    context: &Context,
    reading: &Reading,
    report: &CoverageReport,
    request: &CoverageRequest,
) -> Page {
    let mut asked = asked_source(request.source.as_ref());
    for (id, day) in [("ask-first-day", request.from), ("ask-last-day", request.to)] {
        asked.extend(day.map(|day| (Message::id(id), Message::plain(day.to_string()))));
    }
    let head = head(context, reading.vault(), reading.zone(), asked);
    coverage::page(head, report, reading.zone())
}

/// The page of a proof of retention.
pub fn retention(
    context: &Context,
    reading: &Reading,
    proof: &RetentionProof,
    request: &RetentionRequest,
) -> Page {
    let mut asked = asked_source(request.source.as_ref());
    asked.push((Message::id("ask-day"), Message::plain(proof.at.clone())));
    asked.push((
        Message::id("ask-intake-days"),
        Message::plain(request.intake_days.to_string()),
    ));
    retention::page(head(context, reading.vault(), reading.zone(), asked), proof)
}

/// The page of a plan of removal.
pub fn removal(context: &Context, reading: &Reading, plan: &letopis_archive::removal::Plan) -> Page {
    let asked = vec![(Message::id("ask-day"), Message::plain(plan.day.clone()))];
    removal::page(head(context, reading.vault(), reading.zone(), asked), plan)
}

fn asked_source(source: Option<&String>) -> Asked {
    let asked = source.map(|source| (Message::id("ask-source"), Message::plain(source.clone())));
    asked.into_iter().collect()
}

/// The page of an intake.
pub fn intake_act(
    context: &Context,
    vault: &Vault,
    outcome: &IngestOutcome,
    acquisition: &Acquisition,
) -> Page {
    let zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    intake::page(head(context, vault, zone, Vec::new()), outcome, acquisition, zone)
}

/// The page of the newest checkpoint.
///
/// # Errors
/// When what the archive keeps under checkpoints cannot be read.
pub fn checkpoint(context: &Context, vault: &Vault) -> letopis_archive::vault::Result<Page> {
    let zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    let attached = vault.attachments(&letopis_archive::vault::Trusted::default())?;
    let head = head(context, vault, zone, Vec::new());
    Ok(checkpoint::page(
        head,
        &vault.checkpoint().text,
        &vault.certified_keys(),
        &attached,
    ))
}

/// The page of the answers to a regulation. Titles of clauses are in `code` where the profile has them.
pub fn comply(context: &Context, reading: &Reading, found: &Compliance, code: &str) -> Page {
    let head = head(context, reading.vault(), reading.zone(), Vec::new());
    comply::page(head, found, code)
}

/// The page of the sufficiency of logs.
pub fn sufficiency(context: &Context, reading: &Reading, found: &Sufficiency, code: &str) -> Page {
    let head = head(context, reading.vault(), reading.zone(), Vec::new());
    sufficiency::page(head, found, reading.zone(), code)
}

/// The page of the reviews of logs.
pub fn reviews(context: &Context, reading: &Reading, found: &Reviews) -> Page {
    let head = head(context, reading.vault(), reading.zone(), Vec::new());
    reviews::page(head, found, reading.zone())
}

/// The page of what the history of sources proposes.
pub fn rhythms(context: &Context, reading: &Reading, proposals: &[Proposal]) -> Page {
    let head = head(context, reading.vault(), reading.zone(), Vec::new());
    rhythms::page(head, proposals)
}

/// The page of the register of incidents.
pub fn incidents(context: &Context, vault: &Vault, found: &[Register]) -> Page {
    let zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    incidents::page(head(context, vault, zone, Vec::new()), found, zone)
}

/// Where a page goes.
#[derive(Clone, Debug, Args)]
pub struct Out {
    /// Writes the page, printable.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Writes the tables as a workbook.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Language of page and answers: en, fi, kk, ru, sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    pub lang: String,
}

/// Writes a page on the keeping of logs where it is wanted.
///
/// # Errors
/// When there is no catalogue for the language, or a file cannot be written.
pub fn write_keeping(context: &Context, out: &Out, page: &Page) -> Result<(), CommandError> {
    let catalogue = Catalogue::new(language(&out.lang)?);
    let put = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes)
            .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
        context.ui.note(&format!("wrote {}", path.display()));
        Ok::<(), CommandError>(())
    };
    if let Some(path) = &out.html {
        put(path, html(page, &catalogue).as_bytes())?;
    }
    if let Some(path) = &out.xlsx {
        let workbook = xlsx(page, &catalogue).map_err(|e| CommandError::from_error(Kind::Environment, &e))?;
        put(path, &workbook)?;
    }
    Ok(())
}

/// A page as HTML.
///
/// # Errors
/// When there is no catalogue for the language.
pub fn html_of(page: &Page, code: &str) -> Result<String, CommandError> {
    Ok(html(page, &Catalogue::new(language(code)?)))
}

/// The language of that code.
///
/// # Errors
/// When there is no catalogue for it.
pub fn language(code: &str) -> Result<Language, CommandError> {
    Language::parse(code).map_err(|e| CommandError::from_error(Kind::Usage, &e))
}

/// What stands in the README of a bundle.
///
/// # Errors
/// When there is none in that language.
pub fn bundle_readme(code: &str) -> Result<String, CommandError> {
    let text = letopis_report::bundle_readme(code);
    text.map(str::to_owned)
        .map_err(|e| CommandError::from_error(Kind::Usage, &e))
}

/// Writes a page as HTML, its tables as CSV, and all of them as one workbook.
///
/// # Errors
/// When there is no catalogue for the language, or a file cannot be written.
pub fn write(
    context: &Context,
    folder: &Path,
    name: &str,
    code: &str,
    page: &Page,
) -> Result<(), CommandError> {
    let catalogue = Catalogue::new(language(code)?);
    let put = |file: String, bytes: &[u8]| {
        let path = folder.join(file);
        std::fs::write(&path, bytes)
            .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
        context.ui.note(&format!("wrote {}", path.display()));
        Ok::<(), CommandError>(())
    };
    std::fs::create_dir_all(folder)
        .map_err(|e| CommandError::environment(format!("{}: {e}", folder.display())))?;
    put(format!("{name}.{code}.html"), html(page, &catalogue).as_bytes())?;
    for section in &page.sections {
        if let Some(table) = section.table() {
            put(
                format!("{name}-{}.{code}.csv", table.name),
                csv(table, &catalogue).as_bytes(),
            )?;
        }
    }
    let workbook = xlsx(page, &catalogue).map_err(|e| CommandError::from_error(Kind::Environment, &e))?;
    put(format!("{name}.{code}.xlsx"), &workbook)
}

/// One table of a page as CSV.
///
/// # Errors
/// When there is no catalogue for the language.
pub fn csv_of(page: &Page, name: &str, code: &str) -> Result<String, CommandError> {
    let catalogue = Catalogue::new(language(code)?);
    let tables = page.sections.iter().filter_map(Section::table);
    let table = tables.into_iter().find(|t| t.name == name);
    Ok(table.map_or_else(String::new, |t| csv(t, &catalogue)))
}
