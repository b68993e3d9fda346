//! `letopis detect`

use std::path::PathBuf;

use clap::Args;
use letopis_archive::{Inspection, inspect, walk};
use letopis_event::time::format_rfc3339;

use crate::commands::read_as::ReadAs;
use crate::context::{Context, archive_error};
use crate::error::{CommandResult, Verdict};

/// What to look at.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    read_as: ReadAs,
    /// Events to show of each file.
    #[arg(long, default_value_t = 3, value_name = "N")]
    events: usize,
}

/// Looks and tells.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let mut options = arguments.read_as.options(context)?;
    let mut inspections = Vec::new();
    let mut verdict = Verdict::Done;
    for path in &arguments.paths {
        for found in walk::walk(path)? {
            if let Some(skip) = &found.skip {
                context
                    .ui
                    .note(&format!("{}: {}", found.path.display(), skip.reason()));
                if skip.is_failure() {
                    verdict = Verdict::Incomplete;
                }
                continue;
            }
            options.modified = found.facts.modified;
            inspections
                .extend(inspect(&found.path, &options, arguments.events).map_err(|e| archive_error(&e))?);
        }
    }
    context
        .ui
        .outcome(&inspections, || inspections.iter().map(describe).collect())?;
    Ok(verdict)
}

fn describe(inspection: &Inspection) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "{}\n  format    {} ({}): {}\n",
        inspection.path, inspection.format, inspection.confidence, inspection.reason
    );
    // Writing into a String cannot fail.
    if let Some(second) = &inspection.runner_up {
        let _ = writeln!(text, "  else      {second}");
    }
    let _ = writeln!(
        text,
        "  encoding  {}: {}",
        inspection.encoding, inspection.encoding_reason
    );
    let _ = writeln!(text, "  records   {}", inspection.framing);
    if let Some(year) = inspection.first_year {
        let _ = writeln!(
            text,
            "  year      {year} (zone of unmarked clocks: {})",
            inspection.zone
        );
    }
    if let Some(damage) = &inspection.damage {
        let _ = writeln!(text, "  damage    {damage}");
    }
    for event in &inspection.events {
        let mut time = String::new();
        match event.time {
            Some(time_us) => format_rfc3339(time_us, event.offset_min.unwrap_or(0), &mut time),
            None => time.push_str("not placed in time"),
        }
        let mark = if event.time_basis == "stated" { ' ' } else { '~' };
        let host = event.host.as_deref().unwrap_or("-");
        let message: String = event.message.chars().take(120).collect();
        let _ = writeln!(
            text,
            "  {mark}{time}  {}  {host}  {}",
            event.kind,
            crate::ui::printable(&message.replace('\n', " "))
        );
    }
    text
}
