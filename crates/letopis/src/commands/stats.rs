//! `letopis stats`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use letopis_reconstruct::quarter_statistics;
use letopis_reconstruct::stats::{Quarter, QuarterStatistics};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::table;

/// Statistics.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Log records of a quarter beside those of the quarter before, cut in the archive's zone.
    Quarter(QuarterArguments),
}

/// Which quarter, and where it goes.
#[derive(Clone, Debug, Args)]
pub struct QuarterArguments {
    /// As 2026Q1.
    #[arg(value_name = "QUARTER")]
    quarter: Quarter,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,
    /// Writes the report (HTML, CSV, XLSX) into this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Language of the report: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
}

/// How statistics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people.
    Table,
    /// One line for each category, kind, outcome, source and week.
    Csv,
}

/// Computes, and writes the report where one is wanted.
fn compute(context: &Context, arguments: &QuarterArguments) -> Result<QuarterStatistics, CommandError> {
    let mut reading = context.reading(Some(&arguments.quarter.to_string()), true)?;
    let statistics =
        quarter_statistics(&mut reading, arguments.quarter).map_err(|e| reconstruct_error(&e))?;
    if let Some(folder) = &arguments.report {
        let page = reports::statistics(context, &reading, &statistics);
        reports::write(
            context,
            folder,
            &format!("quarter-{}", arguments.quarter),
            &arguments.lang,
            &page,
        )?;
    }
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    Ok(statistics)
}

/// Computes and prints.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let Action::Quarter(arguments) = &arguments.action;
    let statistics = compute(context, arguments)?;
    print(context, &statistics, arguments.format)?;
    Ok(Verdict::Done)
}

/// The quarter of the samples' incident; its figures in short.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context, folder: &Path, lang: &str) -> Result<(), CommandError> {
    let arguments = QuarterArguments {
        quarter: Quarter {
            year: 2026,
            number: 1,
        },
        format: Format::Table,
        report: Some(folder.to_owned()),
        lang: lang.to_owned(),
    };
    let s = compute(context, &arguments)?;
    context.ui.out(&format!(
        "quarter {}: {} log records ({} in the quarter before), {} failed logons, {} silent days",
        s.quarter,
        s.records.0,
        s.records.1,
        s.failed_logons.iter().map(|l| l.records).sum::<u64>(),
        s.silent_days.len()
    ))?;
    Ok(())
}

fn print(context: &Context, statistics: &QuarterStatistics, format: Format) -> Result<(), CommandError> {
    if format == Format::Csv && !context.ui.json {
        let mut text = String::from("category,kind,outcome,source,week,records\r\n");
        for c in &statistics.cells {
            let names = [&c.category, &c.kind, &c.outcome, &c.source, &c.week].map(|n| reports::csv_cell(n));
            text.push_str(&format!("{},{}\r\n", names.join(","), c.records));
        }
        return Ok(context.ui.out(&text)?);
    }
    let json = json(statistics);
    Ok(context.ui.outcome(&json, || describe(statistics))?)
}

fn json(s: &QuarterStatistics) -> serde_json::Value {
    let lines = |list: &[letopis_reconstruct::stats::Line]| {
        list.iter()
            .map(|l| serde_json::json!({ "value": l.value, "records": l.records, "previous": l.previous }))
            .collect::<Vec<_>>()
    };
    serde_json::json!({
        "quarter": s.quarter.to_string(), "zone": s.zone, "tzdata": s.tzdata,
        "records": s.records.0, "records_previous": s.records.1,
        "heads": s.heads.0, "heads_previous": s.heads.1,
        "unparsed": s.unparsed.0, "near_bounds": s.near_bounds, "not_placed": s.not_placed, "copies": s.copies.0,
        "by_category": lines(&s.by_category), "by_kind": lines(&s.by_kind), "by_outcome": lines(&s.by_outcome),
        "by_source": lines(&s.by_source), "by_week": lines(&s.by_week), "failed_logons": lines(&s.failed_logons),
        "privileged_use": lines(&s.privileged_use), "changes": lines(&s.changes),
        "silent_days": s.silent_days.iter()
            .map(|d| serde_json::json!({ "source": d.source, "day": d.day.to_string() })).collect::<Vec<_>>(),
    })
}

/// The statistics as tables for a terminal.
fn describe(s: &QuarterStatistics) -> String {
    let mut text = format!(
        "Log records of {} in {} (tzdata {}); IS events and incidents are registered by people, not counted here\n\
         {} records ({} in the quarter before), {} of them heads, {} unparsed, {} copies by a second source,\n\
         {} with an assumed time near the bounds; {} in the whole archive have no place in time\n",
        s.quarter,
        s.zone,
        s.tzdata,
        s.records.0,
        s.records.1,
        s.heads.0,
        s.unparsed.0,
        s.copies.0,
        s.near_bounds,
        s.not_placed
    );
    for (title, lines) in [
        ("category", &s.by_category),
        ("source", &s.by_source),
        ("kind", &s.by_kind),
        ("outcome", &s.by_outcome),
        ("failed logons by source", &s.failed_logons),
        ("use of privileges by source", &s.privileged_use),
        ("changes", &s.changes),
    ] {
        text.push('\n');
        text.push_str(&table(
            &[title, "this quarter", "quarter before"],
            lines.iter().map(|l| {
                let name = if l.value.is_empty() {
                    "(none)".to_owned()
                } else {
                    l.value.clone()
                };
                vec![name, l.records.to_string(), l.previous.to_string()]
            }),
        ));
        text.push('\n');
    }
    let silent: Vec<String> = s
        .silent_days
        .iter()
        .map(|d| format!("{} {}", d.source, d.day))
        .collect();
    text.push_str(&format!(
        "\nsilent days: {}\n",
        if silent.is_empty() {
            "none".to_owned()
        } else {
            silent.join(", ")
        }
    ));
    text
}
