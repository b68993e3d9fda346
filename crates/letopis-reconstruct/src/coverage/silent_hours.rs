//! Hours without a record, of the sources that are expected in every hour.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use letopis_event::Zone;
use letopis_query::BELIEVED;
use letopis_retention::hours::{self, Held};
use letopis_retention::{Observation, Sign};
use letopis_table::RowView;

use super::Known;
use crate::error::Result;
use crate::reading::Reading;
use crate::search::literal;

/// Sources that are counted in one statement: each may have thousands of hours.
const SOURCES_MOST: usize = 64;

/// A quarter of an hour: every zone is whole quarters from UTC.
const QUARTER: i64 = 900_000_000;

/// A source with the days that are looked at.
pub(super) struct Judged<'k> {
    pub source: &'k str,
    pub known: &'k Known,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// Hours without a record, but for quiet ones, from the last record before to the first after. An hour is one of the source's
/// own clock, where the source list says on which it writes.
pub(super) fn silences(reading: &Reading, judged: &[Judged<'_>]) -> Result<Vec<Observation>> {
    let hourly: Vec<&Judged<'_>> = judged
        .iter()
        .filter(|one| one.known.rhythm.hourly().is_some())
        .collect();
    let mut found = Vec::new();
    for some in hourly.chunks(SOURCES_MOST) {
        let counted = counted(reading, some)?;
        for one in some {
            let quarters = counted.get(one.source);
            found.extend(
                quarters
                    .into_iter()
                    .flat_map(|quarters| of_one(reading, one, quarters)),
            );
        }
    }
    Ok(found)
}

/// First and last time of the records of each quarter of an hour since 1970 UTC.
type Quarters = BTreeMap<i64, (i64, i64)>;

fn counted(reading: &Reading, some: &[&Judged<'_>]) -> Result<BTreeMap<String, Quarters>> {
    let names: Vec<String> = some.iter().map(|one| literal(one.source)).collect();
    let sql = format!(
        "SELECT source, quarter, min(time) AS first_time, max(time) AS last_time FROM (SELECT source, time, \
         CAST(time AS BIGINT) / {QUARTER} AS quarter FROM events WHERE source IN ({}) AND {BELIEVED}) AS placed \
         GROUP BY source, quarter ORDER BY source, quarter",
        names.join(", ")
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let mut counted: BTreeMap<String, Quarters> = BTreeMap::new();
    for row in batches.iter().flat_map(RowView::all) {
        if let (Some(source), Some(quarter), Some(first), Some(last)) = (
            row.text("source"),
            row.number("quarter"),
            row.time("first_time"),
            row.time("last_time"),
        ) {
            // A name is put down once.
            if !counted.contains_key(source) {
                counted.insert(source.to_owned(), Quarters::new());
            }
            if let Some(own) = counted.get_mut(source) {
                own.insert(quarter, (first, last));
            }
        }
    }
    Ok(counted)
}

fn of_one(reading: &Reading, one: &Judged<'_>, quarters: &Quarters) -> Vec<Observation> {
    let Some(quiet) = one.known.rhythm.hourly() else {
        return Vec::new();
    };
    let own = one.known.row.zone.as_deref();
    let clock = own
        .and_then(|zone| zone.parse::<Zone>().ok())
        .unwrap_or(reading.zone());
    let hour_of = |at: i64| (at + i64::from(clock.offset_min_at(at)) * 60_000_000).div_euclid(4 * QUARTER);
    let mut held = Held::new();
    for (first, last) in quarters.values() {
        let hour = held.entry(hour_of(*first)).or_insert((*first, *last));
        *hour = (hour.0.min(*first), hour.1.max(*last));
    }
    let removed: BTreeSet<NaiveDate> = one.known.days.removed().map(|(day, _)| day).collect();
    let zone = reading.zone();
    let is_expected = |at: i64| {
        let day = zone.local_day(at);
        (one.from..=one.to).contains(&day) && !removed.contains(&day)
    };
    let silences = hours::silences(&held, quiet, &hour_of, &is_expected).into_iter();
    silences
        .map(|silence| Observation {
            source: one.source.to_owned(),
            from: Some(silence.from),
            to: Some(silence.to),
            sign: Sign::SilentHours { hours: silence.hours },
        })
        .collect()
}
