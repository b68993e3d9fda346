//! What a plan of removal asks of the events: how each object's records count, and which objects a hold is about.

use std::collections::BTreeSet;

use letopis_event::EventId;
use letopis_retention::{Figures, Selection};
use letopis_table::RowView;

use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::{check, instant, literal};

/// The figures of every object that has rows.
///
/// # Errors
/// When the records cannot be read.
pub fn figures(reading: &mut Reading) -> Result<Vec<Figures>> {
    let sql = "SELECT object, source, count(*) AS records, max(ingested) AS taken_in, \
               max(CASE WHEN time_basis = 'stated' AND time >= TIMESTAMP '1990-01-01T00:00:00Z' \
               AND time <= ingested THEN time ELSE ingested END) AS by_event_times \
               FROM events GROUP BY object, source ORDER BY object, source";
    let batches = reading.run(async { reading.engine().sql(sql).await?.collect().await })?;
    let mut figures = Vec::new();
    for row in batches.iter().flat_map(RowView::all) {
        let (Some(taken_in), Some(by_event_times)) = (row.time("taken_in"), row.time("by_event_times"))
        else {
            return Err(ReconstructError::Parameter(
                "rows without the time of their intake: letopis rebuild".to_owned(),
            ));
        };
        let text = |column| row.text(column).unwrap_or_default().to_owned();
        figures.push(Figures {
            object: text("object"),
            source: text("source"),
            records: row
                .number("records")
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or_default(),
            taken_in,
            by_event_times,
        });
    }
    reading.give(figures.len() as u64, format!("{figures:?}").as_bytes());
    Ok(figures)
}

/// SHA-256, hex, of the objects that a selection is about. Records without a time fall under every stretch of time that
/// did not begin after their intake: when they were written is not known.
///
/// # Errors
/// When a citation is none, the search text is none, or the records cannot be read.
pub fn selected(reading: &mut Reading, selection: &Selection) -> Result<BTreeSet<String>> {
    let mut objects = cited(reading, &selection.records)?;
    if let Some(query) = &selection.query {
        check(reading, query)?;
    }
    if selection.is_by_rule() {
        let sql = format!("SELECT DISTINCT object FROM events WHERE {}", rule(selection));
        let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
        let rows = batches.iter().flat_map(RowView::all);
        objects.extend(rows.filter_map(|row| row.text("object").map(str::to_owned)));
    }
    reading.give(objects.len() as u64, format!("{objects:?}").as_bytes());
    Ok(objects)
}

fn rule(selection: &Selection) -> String {
    let mut says = Vec::new();
    if let Some(source) = &selection.source {
        says.push(format!("source = {}", literal(source)));
    }
    if let Some(from) = selection.from.map(instant) {
        says.push(format!(
            "(time >= {from} OR (time IS NULL AND ingested >= {from}))"
        ));
    }
    if let Some(to) = selection.to.map(instant) {
        says.push(format!("(time < {to} OR time IS NULL)"));
    }
    if let Some(query) = &selection.query {
        says.push(format!("matches(event_id, {})", literal(query)));
    }
    says.join(" AND ")
}

fn cited(reading: &Reading, records: &[String]) -> Result<BTreeSet<String>> {
    let mut objects = BTreeSet::new();
    for text in records {
        let id: EventId = text
            .parse()
            .map_err(|e| ReconstructError::Parameter(format!("`{text}`: {e}")))?;
        let resolved = reading.vault().resolve(&id.object, id.offset)?;
        let resolved = resolved.ok_or_else(|| ReconstructError::NotFound {
            what: "record",
            name: text.clone(),
        })?;
        objects.insert(resolved.object.sha256.to_string());
    }
    Ok(objects)
}
