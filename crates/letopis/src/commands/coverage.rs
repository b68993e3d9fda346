//! `letopis coverage`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use letopis_reconstruct::kept::{Calendar, Stretch};
use letopis_reconstruct::{CoverageReport, CoverageRequest, SourceCoverage, coverage};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;
use crate::ui::table;

/// Which days of each source have records, and which lack those that its rhythm lets expect.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Only this source.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// First day (YYYY-MM-DD); else the first of each source.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Last day; else the last of which any source has records.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
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

/// How coverage is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for each source.
    Table,
    /// A line for each source and day that has records.
    Csv,
}

/// Reads a calendar, where one is given.
///
/// # Errors
/// When it cannot be read.
pub fn calendar(path: Option<&PathBuf>) -> Result<Calendar, CommandError> {
    let Some(path) = path else {
        return Ok(Calendar::default());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
    Calendar::parse(&text).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

/// Looks, writes the report where one is wanted, and prints. Missing days make the verdict negative.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && from > to
    {
        return Err(CommandError::usage(format!("--from {from} is after --to {to}")));
    }
    let request = CoverageRequest {
        source: arguments.source.clone(),
        from: arguments.from,
        to: arguments.to,
        calendar: calendar(arguments.calendar.as_ref())?,
    };
    let mut reading = context.reading(None, true)?;
    let report = coverage(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    if let Some(folder) = &arguments.report {
        let page = reports::coverage(context, &reading, &report, &request);
        reports::write(context, folder, "coverage", &arguments.lang, &page)?;
    }
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    match arguments.format {
        Format::Csv if !context.ui.json => context.ui.out(&by_day(&report))?,
        _ => context.ui.outcome(&report, || describe(&report))?,
    }
    let missing = report
        .sources
        .iter()
        .filter_map(|s| s.coverage.as_ref())
        .any(|c| !c.missing.is_empty());
    Ok(if missing { Verdict::Negative } else { Verdict::Done })
}

fn by_day(report: &CoverageReport) -> String {
    let mut text = String::from("source,day,records\r\n");
    for source in &report.sources {
        for (day, records) in &source.days {
            text.push_str(&format!(
                "{},{day},{records}\r\n",
                reports::csv_cell(&source.source)
            ));
        }
    }
    text
}

/// A stretch in words.
pub fn stretch(stretch: &Stretch) -> String {
    if stretch.from == stretch.to {
        stretch.from.to_string()
    } else {
        format!("{} to {} ({} days)", stretch.from, stretch.to, stretch.days)
    }
}

/// The first few of some stretches.
pub fn stretches(list: &[Stretch]) -> String {
    const MOST: usize = 4;
    let mut words: Vec<String> = list.iter().take(MOST).map(stretch).collect();
    if list.len() > MOST {
        words.push(format!("and {} more", list.len() - MOST));
    }
    words.join(", ")
}

/// One sign for each week up to the last day: full, in part, or empty; nothing where the source had not begun.
fn weeks(source: &SourceCoverage) -> String {
    const WEEKS_MOST: i64 = 53;
    let Some(coverage) = &source.coverage else {
        return String::new();
    };
    let mut held = [0u32; WEEKS_MOST as usize];
    let week_of = |day: NaiveDate| usize::try_from((coverage.to - day).num_days() / 7).ok();
    for (day, _) in &source.days {
        if let Some(count) = week_of(*day).and_then(|week| held.get_mut(week)) {
            *count += 1;
        }
    }
    let begun = ((coverage.to - coverage.from).num_days() / 7 + 1).min(WEEKS_MOST);
    let sign = |days: &u32| match days {
        0 => '·',
        1..=2 => '░',
        3..=4 => '▒',
        5..=6 => '▓',
        _ => '█',
    };
    held.iter()
        .take(usize::try_from(begun).unwrap_or(0))
        .rev()
        .map(sign)
        .collect()
}

fn describe(report: &CoverageReport) -> String {
    let rows = report.sources.iter().map(|source| {
        let rhythm = source
            .rhythm
            .clone()
            .unwrap_or_else(|| "daily (assumed)".to_owned());
        let Some(c) = &source.coverage else {
            let mut row = vec![source.source.clone(), rhythm];
            row.extend(["—", "—", "0", "0", "—", "nothing is held"].map(str::to_owned));
            row.push(String::new());
            return row;
        };
        vec![
            source.source.clone(),
            rhythm,
            c.from.to_string(),
            c.to.to_string(),
            c.records.to_string(),
            c.held_days.to_string(),
            if c.expected_days == 0 {
                "—".to_owned()
            } else {
                c.expected_days.to_string()
            },
            if c.missing.is_empty() {
                "none".to_owned()
            } else {
                stretches(&c.missing)
            },
            weeks(source),
        ]
    });
    let mut text = table(
        &[
            "source",
            "rhythm",
            "from",
            "to",
            "records",
            "days held",
            "days expected",
            "missing",
            "weeks",
        ],
        rows,
    );
    text.push_str(&format!(
        "\nDays are cut in {}. A sign for each week: █ every day has records, ▓ ▒ ░ fewer, · none.\n",
        report.zone
    ));
    let not_placed: u64 = report.sources.iter().map(|s| s.not_placed).sum();
    if not_placed > 0 {
        text.push_str(&format!(
            "{not_placed} records have no believable time and stand on no day.\n"
        ));
    }
    if !report.listed {
        text.push_str(
            "There is no source list: whether sources are left out altogether cannot be seen here.\n",
        );
    }
    text
}
