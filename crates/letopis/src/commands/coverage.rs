//! `letopis coverage`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, ValueEnum};
use letopis_reconstruct::coverage::CoverageFinding;
use letopis_reconstruct::kept::{Calendar, Rhythm, Sign, Stretch};
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
    /// Counts the hours of these days too (give --from and --to).
    #[arg(long, requires_all = ["from", "to"])]
    hours: bool,
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

/// Looks, writes the report where one is wanted, and prints. Missing days and other findings make the verdict negative.
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
        hours: arguments.hours,
    };
    let mut reading = context.reading(None, true)?;
    let report = coverage(&mut reading, &request).map_err(|e| reconstruct_error(&e))?;
    if let Some(folder) = &arguments.report {
        let page = reports::coverage(context, &reading, &report, &request);
        reports::write(context, folder, "coverage", &arguments.lang, &page)?;
    }
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    for year in years_unknown(&report, &request.calendar) {
        context.ui.note(&format!(
            "Note: the calendar names no day of {year}: Monday to Friday count as worked there"
        ));
    }
    match arguments.format {
        Format::Csv if !context.ui.json => context.ui.out(&by_day(&report))?,
        _ => context.ui.outcome(&report, || describe(&report))?,
    }
    let missing = report
        .sources
        .iter()
        .filter_map(|s| s.coverage.as_ref())
        .any(|c| !c.missing.is_empty());
    Ok(match missing || !report.findings.is_empty() {
        true => Verdict::Negative,
        false => Verdict::Done,
    })
}

/// Years in which a source is expected on working days, and of which the calendar knows no holiday.
fn years_unknown(report: &CoverageReport, calendar: &Calendar) -> BTreeSet<i32> {
    let is_worked = |source: &&SourceCoverage| {
        let rhythm = source.rhythm.as_deref().map(Rhythm::parse);
        matches!(rhythm, Some(Ok(Rhythm::WorkingDays)))
    };
    let judged = report
        .sources
        .iter()
        .filter(is_worked)
        .filter_map(|s| s.coverage.as_ref());
    let mut years: BTreeSet<i32> = judged.flat_map(|c| c.from.year()..=c.to.year()).collect();
    years.retain(|year| calendar.years().all(|known| known != *year));
    years
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

/// A line for each source and day, a sign for each hour.
fn hours(report: &CoverageReport) -> String {
    let mut days: BTreeMap<(&str, &str), [u64; 24]> = BTreeMap::new();
    for hour in &report.hours {
        if let Some((day, clock)) = hour.hour.split_once('T')
            && let Some(count) = clock.parse::<usize>().ok().filter(|clock| *clock < 24)
        {
            days.entry((&hour.source, day)).or_insert([0; 24])[count] = hour.records;
        }
    }
    if days.is_empty() {
        return String::new();
    }
    let sign = |records: &u64| match records {
        0 => '·',
        1..=9 => '░',
        10..=99 => '▒',
        100..=999 => '▓',
        _ => '█',
    };
    let rows = days.iter().map(|((source, day), hours)| {
        let records: u64 = hours.iter().sum();
        vec![
            (*source).to_owned(),
            (*day).to_owned(),
            records.to_string(),
            hours.iter().map(sign).collect(),
        ]
    });
    let lines = table(&["source", "day", "records", "hours 0 to 23"], rows);
    format!("\n{lines}\nA sign for each hour: · none, ░ up to 9 records, ▒ 99, ▓ 999, █ more.\n")
}

/// A finding, and below it what points to it.
fn describe_finding(finding: &CoverageFinding) -> String {
    let bound = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "…".to_owned());
    let when = match (&finding.from, &finding.to) {
        (None, None) => String::new(),
        (from, to) if from == to => format!(" at {}", bound(from)),
        (from, to) => format!(" from {} to {}", bound(from), bound(to)),
    };
    let mut text = format!("\nFINDING {}{when}\n", finding.source);
    for sign in &finding.signs {
        text.push_str(&format!("  {}\n", describe_sign(sign)));
    }
    text
}

/// A sign in words.
pub fn describe_sign(sign: &Sign) -> String {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "(nothing)".to_owned());
    match sign {
        Sign::LeftOut {
            name: file,
            after,
            before,
        } => {
            format!(
                "not handed over: {file} (between {} and {})",
                name(after),
                name(before)
            )
        }
        Sign::BetweenFiles { files, after, before } => format!(
            "no records between {} and {} of {files}, far longer than usual",
            name(after),
            name(before)
        ),
        Sign::Silence { days } => format!("days without an expected record: {days}"),
        Sign::SilentHours { hours } => format!("hours without an expected record: {hours}"),
        Sign::Numbers {
            counter,
            missing,
            first,
            last,
            before_event,
            after_event,
        } => format!(
            "numbers {first} to {last} of {counter} are missing ({missing} records, between {before_event} and {after_event})"
        ),
        Sign::Cleared {
            kind,
            target,
            user,
            event_id,
        } => format!(
            "{kind}: {} by {} ({event_id})",
            name(target),
            user.as_deref().unwrap_or("an account that is not named")
        ),
        Sign::Clock {
            others,
            connections,
            behind_s,
            is_odd,
        } => format!(
            "clock {} s {} {} ({connections} connections recorded by both{})",
            behind_s.abs(),
            if *behind_s < 0 { "ahead of" } else { "behind" },
            others.join(", "),
            if *is_odd {
                ""
            } else {
                "; which of the two is wrong cannot be seen"
            }
        ),
        Sign::Altered { path, sha256 } => {
            format!("{path} came again with other bytes (SHA-256 {sha256})")
        }
    }
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
    text.push_str(&hours(report));
    for finding in &report.findings {
        text.push_str(&describe_finding(finding));
    }
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
