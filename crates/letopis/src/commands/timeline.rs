//! `letopis timeline`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use letopis_event::Zone;
use letopis_reconstruct::{Timeline, TimelineRequest, moment, timeline};
use letopis_report::Page;

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::printable;

/// Where it starts and how far it goes.
#[derive(Clone, Debug, Default, Args)]
pub struct Arguments {
    /// Starts from the records that this search finds.
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,
    /// Starts from records of this account.
    #[arg(long, value_name = "NAME")]
    user: Vec<String>,
    /// Starts from records of this machine or source.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Starts from records of this address.
    #[arg(long, value_name = "IP")]
    address: Vec<String>,
    /// Starts from this record.
    #[arg(long, value_name = "EVENT_ID")]
    event: Vec<String>,
    /// First instant (RFC 3339, or a local date or time in the archive's zone).
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First instant that is no longer in.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Minutes before and after an anchor in which its traces are followed.
    #[arg(long, value_name = "MINUTES", default_value_t = 30)]
    window: i64,
    /// Steps outwards over shared traces; a step that finds nothing is the last.
    #[arg(long, value_name = "N", default_value_t = 6)]
    steps: u32,
    /// Follows no traces: anchors only.
    #[arg(long)]
    no_grow: bool,
    /// Follows traces too that are seen on more than 5 % of the days.
    #[arg(long)]
    follow_common: bool,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Writes the report (HTML, CSV, XLSX) into this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
}

/// How a timeline is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// CSV.
    Csv,
    /// One JSON object a row.
    Jsonl,
}

/// Reconstructs, and writes the report where one is wanted.
fn reconstruct(context: &Context, arguments: &Arguments) -> Result<(Timeline, Page, Zone), CommandError> {
    let mut reading = context.reading(arguments.search.as_deref(), true)?;
    let request = request(arguments, reading.zone())?;
    let found = timeline(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    let page = reports::timeline(context, &reading, &found, &request);
    if let Some(folder) = &arguments.report {
        reports::write(context, folder, "timeline", &arguments.lang, &page)?;
    }
    let zone = reading.zone();
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    Ok((found, page, zone))
}

/// Reconstructs and prints.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let (found, page, zone) = reconstruct(context, arguments)?;
    match arguments.format {
        _ if context.ui.json => context.ui.outcome(&found, String::new)?,
        Format::Text => context.ui.out(&describe(&found, zone))?,
        Format::Csv => context
            .ui
            .out(&reports::csv_of(&page, "timeline", &arguments.lang)?)?,
        Format::Jsonl => {
            let mut out = io::stdout().lock();
            for row in &found.rows {
                let line =
                    serde_json::to_string(row).map_err(|e| CommandError::environment(e.to_string()))?;
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(Verdict::Done)
}

/// The incident of the samples: what the attacker's address touched in the night of the new year, and what follows.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context, folder: &Path, lang: &str) -> Result<(), CommandError> {
    let arguments = Arguments {
        address: vec!["203.0.113.77".to_owned()],
        from: Some("2025-12-31 23:30".to_owned()),
        to: Some("2026-01-01 03:00".to_owned()),
        window: 30,
        steps: 6,
        report: Some(folder.to_owned()),
        lang: lang.to_owned(),
        ..Arguments::default()
    };
    let found = reconstruct(context, &arguments)?.0;
    let anchors = found.rows.iter().filter(|r| r.anchor).count();
    context.ui.out(&format!(
        "timeline of 203.0.113.77: {} rows, {anchors} of them anchors; {} traces followed, {} seen too often",
        found.rows.len(),
        found.followed.len(),
        found.skipped.len()
    ))?;
    Ok(())
}

/// What was typed as a request.
fn request(arguments: &Arguments, zone: Zone) -> Result<TimelineRequest, CommandError> {
    let time = |name: &str, text: &Option<String>| {
        text.as_ref()
            .map(|t| {
                moment::parse_local(t, zone).ok_or_else(|| {
                    CommandError::usage(format!(
                        "{name}: `{t}` is no time; expected 2026-01-01, 2026-01-01 00:30 or RFC 3339"
                    ))
                })
            })
            .transpose()
    };
    Ok(TimelineRequest {
        search: arguments.search.clone(),
        users: arguments.user.clone(),
        hosts: arguments.host.clone(),
        addresses: arguments.address.clone(),
        events: arguments.event.clone(),
        from: time("--from", &arguments.from)?,
        to: time("--to", &arguments.to)?,
        window: arguments.window.saturating_mul(60_000_000),
        grow: !arguments.no_grow,
        steps: arguments.steps,
        follow_common: arguments.follow_common,
    })
}

/// The timeline as lines for a terminal.
fn describe(found: &Timeline, zone: Zone) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    // Writing into a String cannot fail.
    for row in &found.rows {
        let time = reports::local(Some(row.time), zone, &row.time_basis);
        let mark = if row.anchor { '*' } else { ' ' };
        let who = row
            .user_name
            .as_deref()
            .or(row.target_user.as_deref())
            .unwrap_or("-");
        let message: String = row
            .message
            .as_deref()
            .unwrap_or_default()
            .chars()
            .take(140)
            .collect();
        let _ = writeln!(
            text,
            "{mark} {time:27} {:14} {:22} {:8} {who:14} {}\n    {} — {}",
            printable(&row.source),
            row.kind,
            row.outcome,
            printable(&message.replace('\n', " ")),
            row.event_id,
            printable(&row.why.to_string())
        );
    }
    for gap in &found.gaps {
        let to = gap.to.map_or_else(
            || "the end".to_owned(),
            |t| reports::local(Some(t), zone, "stated"),
        );
        let from = reports::local(Some(gap.from), zone, "stated");
        let _ = writeln!(text, "silence of {}: {from} to {to}", printable(&gap.source));
    }
    for skipped in &found.skipped {
        let _ = writeln!(
            text,
            "not followed: {}, seen on {} of {} days",
            printable(&skipped.entity.to_string()),
            skipped.days,
            skipped.source_days
        );
    }
    let anchors = found.rows.iter().filter(|r| r.anchor).count();
    let _ = writeln!(
        text,
        "{} rows, {anchors} of them anchors; {} matching records have no place in time",
        found.rows.len(),
        found.not_placed
    );
    text
}
