//! `letopis check`

use std::path::PathBuf;

use clap::Args;
use letopis_archive::vault::{EntryKind, NewEntry};
use letopis_event::Zone;
use letopis_reconstruct::health::{self, HealthRequest, Trouble, health};
use letopis_reconstruct::moment;
use serde_json::{Map, json};

use crate::commands::copy::second::asked_countries;
use crate::commands::coverage::{calendar, describe_sign};
use crate::commands::forecast::free;
use crate::commands::init::{Countries, countries};
use crate::context::{Context, reconstruct_error, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports::local;
use crate::ui::bytes;

/// Units for systemd, with places to fill.
const UNITS: [(&str, &str); 4] = [
    (
        "letopis-check.service",
        include_str!("../../units/letopis-check.service"),
    ),
    (
        "letopis-check.timer",
        include_str!("../../units/letopis-check.timer"),
    ),
    (
        "letopis-ingest.service",
        include_str!("../../units/letopis-ingest.service"),
    ),
    (
        "letopis-ingest.timer",
        include_str!("../../units/letopis-ingest.timer"),
    ),
];

/// What somebody must look at today, a line each: fit for cron or a timer. Nothing is printed where nothing is wrong.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Days that may pass until logs are taken in, and until a second copy has them.
    #[arg(long, value_name = "DAYS", default_value_t = 2)]
    late: u32,
    /// Days that the disk must last.
    #[arg(long, value_name = "DAYS", default_value_t = health::SPACE_DAYS)]
    space: u32,
    /// Gaps that ended longer ago are told no more.
    #[arg(long, value_name = "DAYS", default_value_t = health::GAP_DAYS)]
    gaps: u32,
    /// A second copy must have been checked within so many days.
    #[arg(long, value_name = "DAYS", default_value_t = health::COPY_DAYS)]
    copies: u32,
    /// Countries in which second copies may lie, with commas (EU for any member state); else as the archive is set.
    #[arg(long, value_name = "CC,…", value_parser = countries)]
    countries: Option<Countries>,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Writes what was found into the ledger: what was expected and did not come stands there from then on.
    #[arg(long)]
    record: bool,
    /// Writes units for systemd (a service and a timer for this check, and for a daily intake) into this folder, and does
    /// nothing else.
    #[arg(long, value_name = "DIR")]
    units: Option<PathBuf>,
}

/// Looks, and prints a line for each trouble. Any makes the verdict negative.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if let Some(folder) = &arguments.units {
        return units(context, folder);
    }
    let request = HealthRequest {
        late_days: arguments.late,
        space_days: arguments.space,
        gap_days: arguments.gaps,
        copy_days: arguments.copies,
        calendar: calendar(arguments.calendar.as_ref())?,
        free: free(context)?,
        countries: asked_countries(context, arguments.countries.as_ref())?,
    };
    let mut reading = context.reading(None, true)?;
    let troubles = health(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    let zone = reading.zone();
    if arguments.record {
        let about = context.about_machine();
        let document = json!({ "check": troubles, "about": about });
        let fields = Map::from_iter([("troubles".to_owned(), json!(troubles.len()))]);
        let entry = NewEntry::new(EntryKind::Note, fields, Some(document));
        let written = context.writer()?.commit(vec![entry], context.now);
        written.map_err(|e| vault_error(&e))?;
    }
    let outcome = json!({ "ok": troubles.is_empty(), "troubles": troubles });
    context.ui.outcome(&outcome, || {
        let lines: Vec<String> = troubles.iter().map(|trouble| describe(trouble, zone)).collect();
        lines.join("\n")
    })?;
    Ok(match troubles.is_empty() {
        true => Verdict::Done,
        false => Verdict::Negative,
    })
}

fn describe(trouble: &Trouble, zone: Zone) -> String {
    let text = match trouble {
        Trouble::Silent { source, last, days } => format!(
            "silent: {source}: nothing since {}, {days} days on which records were to be expected",
            last.as_deref().unwrap_or("its beginning")
        ),
        Trouble::NoIntake { last } => match last {
            Some(last) => {
                let since = local(moment::parse(last), zone, "stated");
                format!("no-intake: nothing was taken in since {since}")
            }
            None => "no-intake: nothing was ever taken in".to_owned(),
        },
        Trouble::IntakeFailed { path, reason } => format!("intake-failed: {path}: {reason}"),
        Trouble::Space {
            days_left,
            free,
            needed,
        } => format!(
            "space: {} are free, {}; the months that must be held take {}",
            bytes(*free),
            days_left.map_or_else(
                || "and nothing is added".to_owned(),
                |days| format!("for {days} days")
            ),
            bytes(*needed)
        ),
        Trouble::Gap(finding) => {
            let signs: Vec<String> = finding.signs.iter().map(describe_sign).collect();
            format!("gap: {}: {}", finding.source, signs.join("; "))
        }
        Trouble::Copy { name, state } => format!("copy: {name}: {state}"),
        Trouble::ReadingWithoutEnd { seq, person } => format!(
            "reading-without-end: entry {seq} by {}",
            person.as_deref().unwrap_or("somebody who is not named")
        ),
    };
    crate::ui::printable(&text)
}

/// Writes the units with the program, the archive and the keys of this call in them.
fn units(context: &Context, folder: &PathBuf) -> CommandResult {
    let failed =
        |path: &PathBuf, e: std::io::Error| CommandError::environment(format!("{}: {e}", path.display()));
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let absolute = |path: PathBuf| std::path::absolute(&path).map_err(|e| failed(&path, e));
    let program = std::env::current_exe().map_err(|e| failed(folder, e))?;
    let archive = absolute(context.archive_path())?;
    let keys = absolute(context.key_folder()?)?;
    for (name, text) in UNITS {
        let text = text
            .replace("{program}", &program.display().to_string())
            .replace("{archive}", &archive.display().to_string())
            .replace("{keys}", &keys.display().to_string());
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| failed(&path, e))?;
        context.ui.note(&format!("wrote {}", path.display()));
    }
    context
        .ui
        .note("set the folder of the logs in letopis-ingest.service before it is used");
    Ok(Verdict::Done)
}
