//! Rhythms learned from what is held: a proposal for each source, beside what the source list says.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use letopis_query::BELIEVED;
use letopis_retention::learn::{Hours, Learned, learn};
use letopis_retention::{Calendar, Rhythm};
use letopis_table::RowView;
use serde::Serialize;

use crate::companions;
use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::literal;

/// What a source's history proposes.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The source.
    pub source: String,
    /// Whether it stands in the source list, where alone a rhythm can be written.
    pub declared: bool,
    /// The rhythm that the source list says; nothing is read as daily.
    pub in_force: Option<String>,
    /// The rhythm that is proposed; nothing where there are too few days of history.
    pub proposed: Option<String>,
    /// First day that was looked at.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// Days that have records.
    pub held: u32,
    /// Days that fall short of what is proposed.
    pub short: u32,
    /// Whether the source list says something else.
    pub differs: bool,
}

/// Looks at the last `window` days of every source.
///
/// # Errors
/// When one of the `only` sources is not there, or the records cannot be read.
pub fn rhythms(
    reading: &mut Reading,
    only: &[String],
    calendar: &Calendar,
    window: u32,
) -> Result<Vec<Proposal>> {
    let hours = hours(reading)?;
    let rows = companions::sources(reading.vault())?;
    let is_known = |name: &String| rows.iter().any(|row| row.source == *name);
    if let Some(name) = only.iter().find(|name| !is_known(name)) {
        return Err(ReconstructError::NotFound {
            what: "source",
            name: name.clone(),
        });
    }
    let wanted = rows
        .into_iter()
        .filter(|row| only.is_empty() || only.contains(&row.source));
    let proposals: Vec<Proposal> = wanted
        .map(|row| {
            let learned = hours
                .get(&row.source)
                .and_then(|own| learn(own, calendar, window));
            proposal(row, learned.as_ref())
        })
        .collect();
    reading.give(proposals.len() as u64, format!("{proposals:?}").as_bytes());
    Ok(proposals)
}

fn proposal(row: letopis_query::SourceRow, learned: Option<&Learned>) -> Proposal {
    let in_force = Rhythm::parse(row.rhythm.as_deref().unwrap_or_default()).unwrap_or_default();
    Proposal {
        source: row.source,
        declared: row.declared,
        in_force: row.rhythm,
        proposed: learned.map(|learned| learned.rhythm.to_string()),
        from: learned.map(|learned| learned.from.to_string()),
        to: learned.map(|learned| learned.to.to_string()),
        held: learned.map_or(0, |learned| learned.held),
        short: learned.map_or(0, |learned| learned.short),
        differs: learned.is_some_and(|learned| learned.rhythm != in_force),
    }
}

/// Records of each source by day and hour of the local clock; a time that is not believed counts nowhere.
fn hours(reading: &Reading) -> Result<BTreeMap<String, BTreeMap<NaiveDate, Hours>>> {
    // Hours since the local clock showed 1970.
    let sql = format!(
        "SELECT source, hour, count(*) AS records FROM (SELECT source, CAST(local_clock(time, {}) AS BIGINT) / 3600000000 \
         AS hour FROM events WHERE {BELIEVED}) AS placed GROUP BY source, hour ORDER BY source, hour",
        literal(&reading.zone().to_string())
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let mut found: BTreeMap<String, BTreeMap<NaiveDate, Hours>> = BTreeMap::new();
    for row in batches.iter().flat_map(RowView::all) {
        let number = |column| row.number(column).and_then(|n| u64::try_from(n).ok());
        let (Some(hour), Some(records)) = (number("hour"), number("records")) else {
            continue;
        };
        let day = NaiveDate::default().checked_add_days(chrono::Days::new(hour / 24));
        let source = row.text("source").unwrap_or_default().to_owned();
        let hour = usize::try_from(hour % 24).unwrap_or(usize::MAX);
        if let Some(day) = day
            && let Some(count) = found
                .entry(source)
                .or_default()
                .entry(day)
                .or_default()
                .get_mut(hour)
        {
            *count += records;
        }
    }
    Ok(found)
}
