//! The quarter's log records, and the quarter's before, by what the law asks to tell apart.

use chrono::{NaiveDate, Weekday};
use letopis_event::Zone;
use letopis_event::zone::TZDATA_VERSION;
use polars::prelude::*;

use crate::quarter::Quarter;
use crate::rows::{Coded, Rows};

/// Records of a quarter by one value, beside the quarter before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The value: a category, kind, outcome, source, or ISO week as `2026-W01`.
    pub value: String,
    /// Log records in the quarter.
    pub records: u64,
    /// Log records in the quarter before.
    pub previous: u64,
}

/// Records of one quarter by every distinction at once: what the SQL twin is compared by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Category, or an empty text.
    pub category: String,
    /// Kind.
    pub kind: String,
    /// Outcome.
    pub outcome: String,
    /// Source.
    pub source: String,
    /// ISO week in the zone, `2026-W01`.
    pub week: String,
    /// Log records.
    pub records: u64,
}

/// A day of the quarter on which a source wrote nothing, between its first and its last record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SilentDay {
    /// Source.
    pub source: String,
    /// Day in the zone.
    pub day: NaiveDate,
}

/// The statistics of one quarter.
#[derive(Clone, Debug)]
pub struct QuarterStatistics {
    /// The quarter.
    pub quarter: Quarter,
    /// The zone that it is cut in.
    pub zone: String,
    /// Version of the tz database.
    pub tzdata: &'static str,
    /// Log records in the quarter and in the one before: every row.
    pub records: (u64, u64),
    /// The same without the continuation rows of events that several records make up (kind `part`).
    pub heads: (u64, u64),
    /// Rows of kind `unparsed`.
    pub unparsed: (u64, u64),
    /// Rows whose time is not stated and lies within a day of a bound of the quarter: they may belong elsewhere.
    pub near_bounds: u64,
    /// Rows without a time, whatever their quarter.
    pub not_placed: u64,
    /// Rows that repeat a record of another source (same host, time, program and text): counted above as well.
    pub copies: (u64, u64),
    /// By category.
    pub by_category: Vec<Line>,
    /// By kind.
    pub by_kind: Vec<Line>,
    /// By outcome.
    pub by_outcome: Vec<Line>,
    /// By source.
    pub by_source: Vec<Line>,
    /// By ISO week of the quarter; `previous` is 0 there.
    pub by_week: Vec<Line>,
    /// Failed logons by source.
    pub failed_logons: Vec<Line>,
    /// Use of privileges by source.
    pub privileged_use: Vec<Line>,
    /// Changes of accounts, groups, rights, settings and logging by kind.
    pub changes: Vec<Line>,
    /// Days without a record.
    pub silent_days: Vec<SilentDay>,
    /// Heads by every distinction at once, this quarter only.
    pub cells: Vec<Cell>,
}

/// A statistic that could not be computed: the columns do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// A column is longer or shorter than the others.
    #[error("column {column} has {found} rows, expected {expected}")]
    Length {
        /// Column.
        column: &'static str,
        /// Rows of `time`.
        expected: usize,
        /// Rows of the column.
        found: usize,
    },
    /// Polars refused.
    #[error("statistics: {0}")]
    Engine(#[from] PolarsError),
}

/// Kinds that are logons or attempts to log on.
pub const LOGON_KINDS: &[&str] = &["auth.logon", "auth.logon_network", "remote.access"];
/// Kinds that are use of privileges (KZ195-A4-1.9, A4-4.1).
pub const PRIVILEGE_KINDS: &[&str] = &["privilege.use", "privilege.assign"];
/// Beginnings of kinds that are changes of accounts, rights, settings and logging.
pub const CHANGE_PREFIXES: &[&str] = &[
    "account.",
    "group.",
    "config.",
    "config_file.",
    "protection.",
    "log.clear",
    "log.policy_change",
    "db.grant",
    "db.revoke",
    "time.change",
];

const DAY_MICROS: i64 = 86_400_000_000;
const THIS: u32 = 1;
const BEFORE: u32 = 0;

/// Counts the log records of `quarter`, cut in `zone`.
///
/// # Errors
/// When the columns are not of one length.
pub fn quarterly(rows: &Rows, quarter: Quarter, zone: Zone) -> Result<QuarterStatistics, StatsError> {
    check_lengths(rows)?;
    let (start, end) = quarter.bounds(zone);
    let (before, _) = quarter.previous().bounds(zone);
    let frame = frame(rows, zone, before, start, end)?;
    let near = |t: i64| (t - start).abs() < DAY_MICROS || (t - end).abs() < DAY_MICROS;
    let heads = frame.filter(&mask(&frame, "kind", |k| rows.kind.value(k) != "part")?)?;
    let unparsed = frame.filter(&mask(&frame, "kind", |k| rows.kind.value(k) == "unparsed")?)?;
    let of_kind = |keep: &dyn Fn(&str) -> bool| -> Result<DataFrame, StatsError> {
        Ok(heads.filter(&mask(&heads, "kind", |k| keep(rows.kind.value(k)))?)?)
    };
    let logons = of_kind(&|kind| LOGON_KINDS.contains(&kind))?;
    let failed = logons.filter(&mask(&logons, "outcome", |o| rows.outcome.value(o) == "failure")?)?;
    let privileged = of_kind(&|kind| PRIVILEGE_KINDS.contains(&kind))?;
    let changes = of_kind(&|kind| CHANGE_PREFIXES.iter().any(|p| kind.starts_with(p)))?;
    Ok(QuarterStatistics {
        quarter,
        zone: zone.to_string(),
        tzdata: TZDATA_VERSION,
        records: totals(&frame)?,
        heads: totals(&heads)?,
        unparsed: totals(&unparsed)?,
        near_bounds: rows
            .time
            .iter()
            .zip(&rows.stated)
            .filter(|(time, stated)| !**stated && time.is_some_and(near))
            .count() as u64,
        not_placed: rows.time.iter().filter(|t| t.is_none()).count() as u64,
        copies: copies(&frame)?,
        by_category: lines(&frame, "category", &rows.category)?,
        by_kind: lines(&frame, "kind", &rows.kind)?,
        by_outcome: lines(&frame, "outcome", &rows.outcome)?,
        by_source: lines(&frame, "source", &rows.source)?,
        by_week: weeks(&frame)?,
        failed_logons: lines(&failed, "source", &rows.source)?,
        privileged_use: lines(&privileged, "source", &rows.source)?,
        changes: lines(&changes, "kind", &rows.kind)?,
        silent_days: silent_days(&frame, &rows.source)?,
        cells: cells(&heads, rows)?,
    })
}

fn check_lengths(rows: &Rows) -> Result<(), StatsError> {
    let expected = rows.len();
    let columns = [
        ("stated", rows.stated.len()),
        ("source", rows.source.codes.len()),
        ("category", rows.category.codes.len()),
        ("kind", rows.kind.codes.len()),
        ("outcome", rows.outcome.codes.len()),
        ("content", rows.content.len()),
    ];
    match columns.into_iter().find(|(_, found)| *found != expected) {
        Some((column, found)) => Err(StatsError::Length {
            column,
            expected,
            found,
        }),
        None => Ok(()),
    }
}

/// The rows of both quarters with their period, local day and ISO week.
fn frame(rows: &Rows, zone: Zone, before: i64, start: i64, end: i64) -> Result<DataFrame, StatsError> {
    let kept: Vec<usize> = (0..rows.len())
        .filter(|i| rows.time[*i].is_some_and(|t| (before..end).contains(&t)))
        .collect();
    let time = |i: usize| rows.time[i].unwrap_or_default();
    let codes = |column: &Coded| kept.iter().map(|i| column.codes[*i]).collect::<Vec<u32>>();
    // Polars cuts days and weeks itself, from the local clock as a zoneless datetime.
    let local: Vec<i64> = kept
        .iter()
        .map(|i| time(*i) + i64::from(zone.offset_min_at(time(*i))) * 60_000_000)
        .collect();
    let local = Series::new("local".into(), local).cast(&DataType::Datetime(TimeUnit::Microseconds, None))?;
    let week: Vec<i32> = local
        .iso_year()?
        .iter()
        .zip(local.week()?.iter())
        .map(|(year, week)| year.unwrap_or_default() * 100 + i32::from(week.unwrap_or_default()))
        .collect();
    let day = local.cast(&DataType::Date)?.cast(&DataType::Int32)?;
    let period: Vec<u32> = kept
        .iter()
        .map(|i| if time(*i) >= start { THIS } else { BEFORE })
        .collect();
    // The same bits with a sign: groups are told apart as i64 below, and a number beyond its range would be none.
    let content: Vec<i64> = kept.iter().map(|i| rows.content[*i] as i64).collect();
    Ok(DataFrame::new_infer_height(vec![
        Column::new("period".into(), period),
        Column::new("week".into(), week),
        day.with_name("day".into()).into_column(),
        Column::new("source".into(), codes(&rows.source)),
        Column::new("category".into(), codes(&rows.category)),
        Column::new("kind".into(), codes(&rows.kind)),
        Column::new("outcome".into(), codes(&rows.outcome)),
        Column::new("content".into(), content),
        Column::new("one".into(), vec![1_i64; kept.len()]),
    ])?)
}

fn codes_of<'a>(frame: &'a DataFrame, column: &str) -> Result<&'a UInt32Chunked, StatsError> {
    Ok(frame.column(column)?.as_materialized_series().u32()?)
}

fn mask(frame: &DataFrame, column: &str, keep: impl Fn(u32) -> bool) -> Result<BooleanChunked, StatsError> {
    Ok(codes_of(frame, column)?
        .iter()
        .map(|code| code.is_some_and(&keep))
        .collect())
}

/// Number of rows by the named columns; each group as its codes (numbers widened) and its count.
#[allow(deprecated)] // The eager group-by is all that is needed; the lazy engine doubles the build.
fn counts(frame: &DataFrame, keys: &[&str]) -> Result<Vec<(Vec<i64>, u64)>, StatsError> {
    if frame.height() == 0 {
        return Ok(Vec::new());
    }
    let grouped = frame.group_by(keys.iter().copied())?.select(["one"]).sum()?;
    let mut columns = Vec::with_capacity(keys.len());
    for key in keys {
        columns.push(
            grouped
                .column(key)?
                .as_materialized_series()
                .cast(&DataType::Int64)?,
        );
    }
    let sums = grouped
        .column("one_sum")?
        .as_materialized_series()
        .cast(&DataType::Int64)?;
    let sums = sums.i64()?;
    let mut groups = Vec::with_capacity(grouped.height());
    for row in 0..grouped.height() {
        let mut key = Vec::with_capacity(columns.len());
        for column in &columns {
            key.push(column.i64()?.get(row).unwrap_or(-1));
        }
        groups.push((key, sums.get(row).unwrap_or_default() as u64));
    }
    groups.sort();
    Ok(groups)
}

fn totals(frame: &DataFrame) -> Result<(u64, u64), StatsError> {
    let groups = counts(frame, &["period"])?;
    let of = |period: u32| {
        groups
            .iter()
            .find(|(k, _)| k[0] == i64::from(period))
            .map_or(0, |(_, n)| *n)
    };
    Ok((of(THIS), of(BEFORE)))
}

fn lines(frame: &DataFrame, column: &str, names: &Coded) -> Result<Vec<Line>, StatsError> {
    let mut lines: Vec<Line> = Vec::new();
    for (key, number) in counts(frame, &[column, "period"])? {
        let value = names.value(key[0] as u32).to_owned();
        let position = match lines.iter().position(|l| l.value == value) {
            Some(position) => position,
            None => {
                lines.push(Line {
                    value,
                    records: 0,
                    previous: 0,
                });
                lines.len() - 1
            }
        };
        let line = &mut lines[position];
        if key[1] == i64::from(THIS) {
            line.records += number
        } else {
            line.previous += number
        }
    }
    lines.sort_by(|a, b| {
        b.records
            .cmp(&a.records)
            .then(b.previous.cmp(&a.previous))
            .then(a.value.cmp(&b.value))
    });
    Ok(lines)
}

fn week_label(week: i64) -> String {
    format!("{:04}-W{:02}", week / 100, week % 100)
}

fn weeks(frame: &DataFrame) -> Result<Vec<Line>, StatsError> {
    Ok(counts(frame, &["week", "period"])?
        .into_iter()
        .filter(|(key, _)| key[1] == i64::from(THIS))
        .map(|(key, records)| Line {
            value: week_label(key[0]),
            records,
            previous: 0,
        })
        .collect())
}

/// Rows that repeat a record of another source: for each content the number of sources beyond the first.
fn copies(frame: &DataFrame) -> Result<(u64, u64), StatsError> {
    let mut sums = (0, 0);
    let mut last: Option<(i64, i64)> = None;
    // Sorted by period, content and source: a content that comes again does so under another source.
    for (key, _) in counts(frame, &["period", "content", "source"])? {
        let content = (key[0], key[1]);
        if last == Some(content) {
            if key[0] == i64::from(THIS) {
                sums.0 += 1
            } else {
                sums.1 += 1
            }
        }
        last = Some(content);
    }
    Ok(sums)
}

fn silent_days(frame: &DataFrame, sources: &Coded) -> Result<Vec<SilentDay>, StatsError> {
    let this = frame.filter(&mask(frame, "period", |p| p == THIS)?)?;
    let mut silent = Vec::new();
    let mut last: Option<(i64, i64)> = None;
    for (key, _) in counts(&this, &["source", "day"])? {
        let (source, day) = (key[0], key[1]);
        if let Some((_, before)) = last.filter(|(s, _)| *s == source) {
            for missing in before + 1..day {
                let day = NaiveDate::from_num_days_from_ce_opt(missing as i32 + EPOCH_DAY);
                silent.extend(day.map(|day| SilentDay {
                    source: sources.value(source as u32).to_owned(),
                    day,
                }));
            }
        }
        last = Some((source, day));
    }
    silent.sort();
    Ok(silent)
}

/// 1970-01-01 as chrono counts days.
const EPOCH_DAY: i32 = 719_163;

fn cells(frame: &DataFrame, rows: &Rows) -> Result<Vec<Cell>, StatsError> {
    let this = frame.filter(&mask(frame, "period", |p| p == THIS)?)?;
    let mut cells: Vec<Cell> = counts(&this, &["category", "kind", "outcome", "source", "week"])?
        .into_iter()
        .map(|(key, records)| Cell {
            category: rows.category.value(key[0] as u32).to_owned(),
            kind: rows.kind.value(key[1] as u32).to_owned(),
            outcome: rows.outcome.value(key[2] as u32).to_owned(),
            source: rows.source.value(key[3] as u32).to_owned(),
            week: week_label(key[4]),
            records,
        })
        .collect();
    cells.sort();
    Ok(cells)
}

/// The Monday of a week that is called as in [`Line::value`] and [`Cell::week`] (`2026-W01`).
pub fn monday_of(week: &str) -> Option<NaiveDate> {
    let (year, number) = week.split_once("-W")?;
    NaiveDate::from_isoywd_opt(year.parse().ok()?, number.parse().ok()?, Weekday::Mon)
}

#[cfg(test)]
mod tests;
