//! Silence of the sources involved: a missing record is evidence too.

use std::collections::{BTreeMap, BTreeSet};

use letopis_query::{BindDefaults, QueryFolder};
use letopis_table::RowView;
use serde::Serialize;

use crate::error::Result;
use crate::reading::Reading;

/// A stretch without records of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Source.
    pub source: String,
    /// Its begin, microseconds since 1970 UTC.
    pub from: i64,
    /// Its end; none where no record came any more.
    pub to: Option<i64>,
}

const DAY_MICROS: i64 = 86_400_000_000;

/// Gaps of the sources that touch the rows' time, a day on each side, by the definition of the named query
/// `silent_periods_by_source`.
pub(super) fn around(reading: &Reading, sources: &BTreeSet<&str>, first: i64, last: i64) -> Result<Vec<Gap>> {
    let folder = QueryFolder::built_in()?;
    let defaults = BindDefaults {
        zone: reading.zone(),
        now: reading.now(),
    };
    let query = folder
        .find("silent_periods_by_source")?
        .bind(&BTreeMap::new(), &defaults)?;
    let batches = reading.run(async { reading.engine().run(&query).await?.collect().await })?;
    let mut gaps = Vec::new();
    for row in batches.iter().flat_map(RowView::all) {
        let (Some(source), Some(from)) = (row.text("source"), row.time("silent_from")) else {
            continue;
        };
        let to = row.time("silent_to");
        let touches = from <= last + DAY_MICROS && to.is_none_or(|to| to >= first - DAY_MICROS);
        if sources.contains(source) && touches {
            gaps.push(Gap {
                source: source.to_owned(),
                from,
                to,
            });
        }
    }
    gaps.sort_by(|a, b| (a.from, &a.source).cmp(&(b.from, &b.source)));
    Ok(gaps)
}
