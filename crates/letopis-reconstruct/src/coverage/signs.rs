//! What in an archive points to missing records and wrong clocks: silent days, files that rotation should have made,
//! passed numbers, cleared logs, clocks that disagree, altered files.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use letopis_query::{BindDefaults, QueryFolder};
use letopis_retention::{Calendar, Expected, Lack, Lacking, LogFile, Observation, Rhythm, Sign};
use letopis_table::RowView;

use super::Known;
use crate::companions;
use crate::error::Result;
use crate::reading::Reading;

/// What `each` makes of the rows of a built-in query.
fn ask<T>(reading: &Reading, name: &str, each: impl FnMut(RowView<'_>) -> T) -> Result<Vec<T>> {
    let folder = QueryFolder::built_in()?;
    let defaults = BindDefaults {
        zone: reading.zone(),
        now: reading.now(),
    };
    let query = folder.find(name)?.bind(&BTreeMap::new(), &defaults)?;
    let batches = reading.run(async { reading.engine().run(&query).await?.collect().await })?;
    Ok(batches.iter().flat_map(RowView::all).map(each).collect())
}

/// Days without records, from the last record before to the first after.
pub(super) fn silences(
    source: &str,
    known: &Known,
    calendar: &Calendar,
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<Observation> {
    let missing = known.days.missing_stretches(known.rhythm, calendar, from, to);
    let silence = |stretch: letopis_retention::Stretch| {
        let before = known
            .days
            .iter()
            .take_while(|(day, _)| *day < stretch.from)
            .last();
        let after = known.days.iter().find(|(day, _)| *day > stretch.to);
        Observation {
            source: source.to_owned(),
            from: before.and_then(|(_, tallies)| tallies.iter().map(|t| t.last).max()),
            to: after.and_then(|(_, tallies)| tallies.iter().map(|t| t.first).min()),
            sign: Sign::Silence { days: stretch.days },
        }
    };
    missing.into_iter().map(silence).collect()
}

/// Files that rotation should have made, stretches between files, and files that came again with other bytes.
pub(super) fn files(
    reading: &Reading,
    known: &BTreeMap<String, Known>,
    calendar: &Calendar,
) -> Result<Vec<Observation>> {
    let sources = sources_of_objects(reading)?;
    let arrivals = companions::arrivals(reading.vault())?;
    // What was known already was read when it first came.
    let mut times = BTreeMap::new();
    for arrival in arrivals.iter().filter(|arrival| arrival.first.is_some()) {
        times.insert(arrival.object.clone(), (arrival.first, arrival.last));
    }
    let (mut files, mut seen) = (BTreeMap::<&String, Vec<LogFile>>::new(), Vec::new());
    for arrival in arrivals {
        let Some(source) = sources.get(&arrival.object) else {
            continue;
        };
        let (first, last) = times.get(&arrival.object).copied().unwrap_or_default();
        if arrival.status.as_deref() == Some("changed") {
            seen.push(Observation {
                source: source.clone(),
                from: first,
                to: last,
                sign: Sign::Altered {
                    path: arrival.path,
                    sha256: arrival.object,
                },
            });
            continue;
        }
        files.entry(source).or_default().push(LogFile {
            path: arrival.path,
            arrived: arrival.arrived,
            first,
            last,
        });
    }
    let zone = reading.zone();
    for (source, files) in files {
        let expected = Expected {
            rhythm: known
                .get(source)
                .map_or_else(Rhythm::default, |known| known.rhythm),
            calendar,
            local_day: &|micros| zone.local_day(micros),
        };
        let lacking = letopis_retention::rotation::lacking(&files, expected);
        seen.extend(lacking.into_iter().map(|lacking| Observation {
            source: source.clone(),
            from: lacking.from,
            to: lacking.to,
            sign: sign_of(lacking),
        }));
    }
    Ok(seen)
}

fn sign_of(lacking: Lacking) -> Sign {
    let Lacking {
        lack,
        name,
        after,
        before,
        ..
    } = lacking;
    match lack {
        Lack::File => Sign::LeftOut { name, after, before },
        Lack::Records => Sign::BetweenFiles {
            files: name,
            after,
            before,
        },
    }
}

/// The source of most of each object's records, by SHA-256.
fn sources_of_objects(reading: &Reading) -> Result<BTreeMap<String, String>> {
    let batches = reading.run(async {
        let sql =
            "SELECT object, source, count(*) AS n FROM events GROUP BY object, source ORDER BY n, source";
        reading.engine().sql(sql).await?.collect().await
    })?;
    let mut sources = BTreeMap::new();
    for row in batches.iter().flat_map(RowView::all) {
        if let (Some(object), Some(source)) = (row.text("object"), row.text("source")) {
            sources.insert(object.to_owned(), source.to_owned());
        }
    }
    Ok(sources)
}

/// Numbers that are passed over.
pub(super) fn numbers(reading: &Reading) -> Result<Vec<Observation>> {
    ask(reading, "sequence_holes_by_source", |row| {
        let text = |column| row.text(column).unwrap_or_default().to_owned();
        let number = |column| row.number(column).map_or(0, i64::unsigned_abs);
        Observation {
            source: text("source"),
            from: row.time("before_time"),
            to: row.time("after_time"),
            sign: Sign::Numbers {
                counter: text("counter"),
                missing: number("missing"),
                first: number("first_missing"),
                last: number("last_missing"),
                before_event: text("before_event"),
                after_event: text("after_event"),
            },
        }
    })
}

/// Logs that were cleared, overwritten or full.
pub(super) fn cleared(reading: &Reading) -> Result<Vec<Observation>> {
    let seen = ask(reading, "logging_stopped_or_cleared", |row| {
        let text = |column| row.text(column).map(str::to_owned);
        Observation {
            source: text("source").unwrap_or_default(),
            from: row.time("time"),
            to: row.time("time"),
            sign: Sign::Cleared {
                kind: text("kind").unwrap_or_default(),
                target: text("target"),
                user: text("user_name"),
                event_id: text("event_id").unwrap_or_default(),
            },
        }
    })?;
    // Logging that was stopped and begun again left nothing out.
    let lost = ["log.clear", "log.overwrite", "log.full", "log.failure"];
    let is_lost =
        |one: &Observation| matches!(&one.sign, Sign::Cleared { kind, .. } if lost.contains(&kind.as_str()));
    Ok(seen.into_iter().filter(is_lost).collect())
}
