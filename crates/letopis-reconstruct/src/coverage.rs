//! Day by day, what each source wrote: counted by SQL, judged by the rhythm of the source list.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use letopis_event::Zone;
use letopis_event::time::rfc3339;
use letopis_query::{BELIEVED, SourceRow};
use letopis_retention::{Calendar, Coverage, Days, Gap, Observation, Rhythm, Sign, Tally};
use letopis_table::RowView;
use serde::Serialize;

use crate::companions;
use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::removed::removed_days;
use crate::search::literal;

mod clocks;
mod signs;
mod silent_hours;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct CoverageRequest {
    /// Only this source.
    pub source: Option<String>,
    /// First day; else the first of each source: declared, or that of its first record.
    pub from: Option<NaiveDate>,
    /// Last day; else the one declared as the source's last, or the last of which any source has records: what was
    /// written later was not handed over.
    pub to: Option<NaiveDate>,
    /// Which days are worked.
    pub calendar: Calendar,
    /// Whether the hours of these days are counted too.
    pub hours: bool,
}

/// Something that is missing or wrong, with all that points to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageFinding {
    /// The source.
    pub source: String,
    /// Begin, RFC 3339 in UTC; nothing where it is open.
    pub from: Option<String>,
    /// End; nothing where it is open.
    pub to: Option<String>,
    /// What points to it; the first names it.
    pub signs: Vec<Sign>,
}

/// Records of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// The source.
    pub source: String,
    /// Begin of the hour, on the clock of the report's zone: `2026-03-10T14`.
    pub hour: String,
    /// Records.
    pub records: u64,
}

/// What a source wrote.
#[derive(Clone, Debug, Serialize)]
pub struct SourceCoverage {
    /// The source.
    pub source: String,
    /// Its category, where the source list gives one.
    pub category: Option<String>,
    /// Whether it stands in the source list.
    pub declared: bool,
    /// How often it is expected to write, as the source list says; nothing where it says nothing, which is read as daily.
    pub rhythm: Option<String>,
    /// Records without a believable time: they stand on no day.
    pub not_placed: u64,
    /// What is held; nothing where no record has a time.
    pub coverage: Option<Coverage>,
    /// Records of each day that has any.
    #[serde(skip)]
    pub days: Vec<(NaiveDate, u64)>,
}

/// All sources.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageReport {
    /// Zone in which days are cut.
    pub zone: String,
    /// Whether there is a source list: without one nobody said which sources there should be.
    pub listed: bool,
    /// The sources, by name.
    pub sources: Vec<SourceCoverage>,
    /// What is missing or wrong, in the order of time.
    pub findings: Vec<CoverageFinding>,
    /// Hours that have records, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hour>,
}

/// What is known of a source, put together for judging.
#[derive(Debug)]
pub(crate) struct Known {
    /// What the source list says.
    pub row: SourceRow,
    /// Its rhythm; what cannot be read is daily.
    pub rhythm: Rhythm,
    /// Its records by day.
    pub days: Days,
    /// Records without a believable time.
    pub not_placed: u64,
}

impl Known {
    fn new(row: SourceRow) -> Self {
        Self {
            rhythm: Rhythm::parse(row.rhythm.as_deref().unwrap_or_default()).unwrap_or_default(),
            row,
            days: Days::default(),
            not_placed: 0,
        }
    }

    pub fn since(&self) -> Option<NaiveDate> {
        self.row.since.as_deref()?.parse().ok()
    }

    pub fn until(&self) -> Option<NaiveDate> {
        self.row.until.as_deref()?.parse().ok()
    }
}

/// What was counted of an archive, once for all who ask in one reading: what a reading sees does not change.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    known: OnceLock<Arc<BTreeMap<String, Known>>>,
    signs: OnceLock<Arc<Vec<Observation>>>,
}

/// The sources of the archive with their records by day, in the zone of the reading. A time before 1990 or more than a
/// day after the record was taken in is not believed, as in the query `months_held_by_source`.
pub(crate) fn known(reading: &Reading, source: Option<&str>) -> Result<Arc<BTreeMap<String, Known>>> {
    if source.is_some() {
        return count(reading, source).map(Arc::new);
    }
    if let Some(known) = reading.kept.known.get() {
        return Ok(Arc::clone(known));
    }
    let counted = Arc::new(count(reading, None)?);
    Ok(Arc::clone(reading.kept.known.get_or_init(|| counted)))
}

fn count(reading: &Reading, source: Option<&str>) -> Result<BTreeMap<String, Known>> {
    let mut found: BTreeMap<String, Known> = BTreeMap::new();
    for row in companions::sources(reading.vault())? {
        if source.is_none_or(|wanted| wanted == row.source) {
            found.insert(row.source.clone(), Known::new(row));
        }
    }
    let only = source.map_or_else(String::new, |wanted| {
        format!("WHERE source = {}", literal(wanted))
    });
    // In order, so that all processors may count.
    let sql = format!(
        "SELECT source, day, ingested, count(*) AS records, sum(byte_length) AS bytes, min(time) AS first_time, \
         max(time) AS last_time FROM (SELECT source, ingested, byte_length, time, \
         CASE WHEN {BELIEVED} THEN CAST(CAST(local_day(time, {}) AS INT) AS BIGINT) END AS day FROM events {only}) AS placed \
         GROUP BY source, day, ingested ORDER BY source, day, ingested",
        literal(&reading.zone().to_string())
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    for row in batches.iter().flat_map(RowView::all) {
        // A segment of many sources does not name them all.
        let name = row.text("source").unwrap_or_default();
        let known = found.entry(name.to_owned()).or_insert_with(|| unlisted(name));
        let number = |column| {
            row.number(column)
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or_default()
        };
        let day = row.number("day").and_then(|day| {
            let since_1970 = u64::try_from(day).ok()?;
            NaiveDate::default().checked_add_days(chrono::Days::new(since_1970))
        });
        match (
            day,
            row.time("ingested"),
            row.time("first_time"),
            row.time("last_time"),
        ) {
            (Some(day), Some(taken_in), Some(first), Some(last)) => known.days.add(
                day,
                Tally {
                    taken_in,
                    records: number("records"),
                    bytes: number("bytes"),
                    first,
                    last,
                },
            ),
            _ => known.not_placed += number("records"),
        }
    }
    removed_days(reading.vault(), &mut |name, day, gone| {
        if source.is_none_or(|wanted| wanted == name) {
            let known = found.entry(name.to_owned()).or_insert_with(|| unlisted(name));
            known.days.add_removed(day, gone);
        }
    })?;
    if let Some(wanted) = source.filter(|wanted| !found.contains_key(*wanted)) {
        return Err(no_source(wanted));
    }
    Ok(found)
}

fn unlisted(source: &str) -> Known {
    Known::new(SourceRow {
        source: source.to_owned(),
        ..SourceRow::default()
    })
}

fn no_source(name: &str) -> ReconstructError {
    ReconstructError::NotFound {
        what: "source",
        name: name.to_owned(),
    }
}

/// Looks at every source, or at one.
///
/// # Errors
/// When there is no such source or the records cannot be read.
pub fn coverage(reading: &mut Reading, request: &CoverageRequest) -> Result<CoverageReport> {
    let all = known(reading, None)?;
    let zone = reading.zone();
    let horizon = all
        .values()
        .filter_map(|known| known.days.bounds())
        .map(|(_, last)| last)
        .max();
    let wanted = |source: &String| request.source.as_ref().is_none_or(|wanted| wanted == source);
    if let Some(source) = request
        .source
        .as_ref()
        .filter(|source| !all.contains_key(*source))
    {
        return Err(no_source(source));
    }
    let mut seen = signs::files(reading, &all, &request.calendar)?;
    seen.extend(signs_of_records(reading)?.iter().cloned());
    let (mut sources, mut judged) = (Vec::new(), Vec::new());
    let mut listed = false;
    for (source, known) in all.iter().filter(|(source, _)| wanted(source)) {
        listed |= known.row.declared;
        let first = known.days.bounds().map(|(first, _)| first);
        let from = request.from.or(known.since()).or(first);
        let to = request.to.or(known.until()).or(horizon).unwrap_or_default();
        let from = from.filter(|from| first.is_some() && *from <= to);
        let coverage = from.map(|from| Coverage::of(&known.days, known.rhythm, &request.calendar, from, to));
        if let Some(from) = from {
            seen.extend(signs::silences(source, known, &request.calendar, (from, to)));
            judged.push(silent_hours::Judged {
                source,
                known,
                from,
                to,
            });
        }
        let shown = |day: &NaiveDate| from.is_none_or(|from| from <= *day) && *day <= to;
        sources.push(SourceCoverage {
            source: source.clone(),
            category: known.row.category.clone(),
            declared: known.row.declared,
            rhythm: known.row.rhythm.clone(),
            not_placed: known.not_placed,
            coverage,
            days: known
                .days
                .iter()
                .filter(|(day, _)| shown(day))
                .map(|(day, tallies)| (day, tallies.iter().map(|t| t.records).sum()))
                .collect(),
        });
    }
    seen.extend(silent_hours::silences(reading, &judged)?);
    let report = CoverageReport {
        zone: zone.to_string(),
        listed,
        sources,
        findings: findings(seen, request, zone),
        hours: match request.hours {
            true => hours(reading, request)?,
            false => Vec::new(),
        },
    };
    reading.give(report.sources.len() as u64, format!("{report:?}").as_bytes());
    Ok(report)
}

/// Signs that records give by themselves, whatever is asked.
fn signs_of_records(reading: &Reading) -> Result<Arc<Vec<Observation>>> {
    if let Some(signs) = reading.kept.signs.get() {
        return Ok(Arc::clone(signs));
    }
    let mut seen = signs::numbers(reading)?;
    seen.extend(signs::cleared(reading)?);
    seen.extend(clocks::clocks(reading)?);
    let seen = Arc::new(seen);
    Ok(Arc::clone(reading.kept.signs.get_or_init(|| seen)))
}

/// What was seen, put together and cut to what is asked for. What has no place in time belongs to every time.
fn findings(seen: Vec<Observation>, request: &CoverageRequest, zone: Zone) -> Vec<CoverageFinding> {
    let is_asked_for = |gap: &Gap| {
        let source = request.source.as_ref().is_none_or(|wanted| *wanted == gap.source);
        let begins = gap.from.zip(request.to);
        let ends = gap.to.zip(request.from);
        source
            && begins.is_none_or(|(from, to)| zone.local_day(from) <= to)
            && ends.is_none_or(|(to, from)| zone.local_day(to) >= from)
    };
    let gaps = letopis_retention::gap::gather(seen);
    gaps.into_iter()
        .filter(is_asked_for)
        .map(|gap| CoverageFinding {
            source: gap.source,
            from: gap.from.map(rfc3339),
            to: gap.to.map(rfc3339),
            signs: gap.signs,
        })
        .collect()
}

/// Records by hour, of the days asked for.
fn hours(reading: &Reading, request: &CoverageRequest) -> Result<Vec<Hour>> {
    let zone = literal(&reading.zone().to_string());
    let mut conditions = vec![BELIEVED.to_owned()];
    conditions.extend(
        request
            .source
            .as_ref()
            .map(|source| format!("source = {}", literal(source))),
    );
    let clock = format!("local_clock(time, {zone})");
    conditions.extend(
        request
            .from
            .map(|day| format!("{clock} >= TIMESTAMP '{day}T00:00:00'")),
    );
    let after = request.to.and_then(|day| day.succ_opt());
    conditions.extend(after.map(|day| format!("{clock} < TIMESTAMP '{day}T00:00:00'")));
    let sql = format!(
        "SELECT source, to_char(date_trunc('hour', {clock}), '%Y-%m-%dT%H') AS hour, count(*) AS records \
         FROM events WHERE {} GROUP BY 1, 2 ORDER BY 1, 2",
        conditions.join(" AND ")
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let rows = batches.iter().flat_map(RowView::all);
    Ok(rows
        .map(|row| Hour {
            source: row.text("source").unwrap_or_default().to_owned(),
            hour: row.text("hour").unwrap_or_default().to_owned(),
            records: row.number("records").map_or(0, i64::unsigned_abs),
        })
        .collect())
}
