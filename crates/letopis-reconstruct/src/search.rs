//! Searching records: the count, the rows, the plan.

use letopis_event::time::rfc3339;
use letopis_event::{EventId, Filter};
use letopis_query::QueryStream;
use letopis_table::RowView;

use crate::error::{ReconstructError, Result};
use crate::reading::Reading;

/// A search.
#[derive(Clone, Debug, Default)]
pub struct SearchRequest {
    /// The query, in the search language.
    pub query: String,
    /// Most rows that are given out; none for all.
    pub limit: Option<u64>,
}

/// An instant, microseconds since 1970 UTC, as an SQL literal.
pub(crate) fn instant(micros: i64) -> String {
    format!("TIMESTAMP '{}'", rfc3339(micros))
}

/// A text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Number of records that match.
///
/// # Errors
/// When the query is none, or the archive cannot be read: a count is complete or it is an error.
pub fn count(reading: &mut Reading, query: &str) -> Result<u64> {
    check(reading, query)?;
    let sql = format!(
        "SELECT count(*) AS n FROM events WHERE matches(event_id, {})",
        literal(query)
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let number = batches
        .first()
        .and_then(|b| RowView::new(b, 0))
        .and_then(|r| r.number("n"));
    let number = number.and_then(|n| u64::try_from(n).ok()).unwrap_or_default();
    reading.give(1, number.to_string().as_bytes());
    Ok(number)
}

/// The citations of all records that match, in the order of time.
///
/// # Errors
/// When the query is none, or the archive cannot be read: the list is complete or it is an error.
pub fn cited_by(reading: &mut Reading, query: &str) -> Result<Vec<EventId>> {
    check(reading, query)?;
    let sql = format!(
        "SELECT event_id FROM events WHERE matches(event_id, {}) ORDER BY time NULLS LAST, object, byte_offset",
        literal(query)
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let rows = batches.iter().flat_map(RowView::all);
    let ids = rows.filter_map(|row| row.text("event_id").map(str::parse::<EventId>));
    ids.map(|id| id.map_err(|error| ReconstructError::Parameter(error.to_string())))
        .collect()
}

/// The matching rows with all columns, in the order of time; records without a time come last, in file order.
///
/// # Errors
/// When the query is none.
pub fn rows(reading: &Reading, request: &SearchRequest) -> Result<QueryStream> {
    check(reading, &request.query)?;
    let mut sql = format!(
        "SELECT * FROM events WHERE matches(event_id, {}) ORDER BY time NULLS LAST, object, byte_offset",
        literal(&request.query)
    );
    if let Some(limit) = request.limit {
        sql.push_str(&format!(" LIMIT {limit}"));
    }
    Ok(reading.run(reading.engine().sql(&sql))?)
}

/// Refuses a query that is none with the search room's own message, which names the character.
pub(crate) fn check(reading: &Reading, query: &str) -> Result<Filter> {
    Ok(letopis_search::parse(query, reading.zone())?)
}

/// How the index narrows a search, over all segments together: for people who ask why it is slow.
///
/// # Errors
/// When the query is none or an index cannot be read.
pub fn plan(reading: &Reading, query: &str) -> Result<Vec<String>> {
    let filter = check(reading, query)?;
    let mut steps: Vec<(String, u64, u64)> = Vec::new();
    let (mut candidates, mut rows) = (0, 0);
    for segment in reading.segments.list() {
        rows += segment.rows;
        let narrowed = reading.search.narrow(&segment.id, &filter).map_err(|source| {
            letopis_query::QueryError::Segment {
                segment: segment.id.clone(),
                source,
            }
        })?;
        let Some(found) = narrowed else {
            candidates += segment.rows;
            continue;
        };
        candidates += found.blocks.row_count();
        for line in found.plan {
            let (step, blocks, of) = step(&line);
            match steps.iter_mut().find(|(known, _, _)| known == step) {
                Some(known) => {
                    known.1 += blocks;
                    known.2 += of;
                }
                None => steps.push((step.to_owned(), blocks, of)),
            }
        }
    }
    let mut lines: Vec<String> = steps
        .into_iter()
        .filter(|(step, _, _)| !step.is_empty())
        .map(|(step, blocks, of)| {
            if of == 0 {
                step
            } else {
                format!("{step} may stand in {blocks} of {of} blocks")
            }
        })
        .collect();
    lines.push(format!("{candidates} of {rows} rows are read and tested"));
    Ok(lines)
}

/// A line of a segment's plan as what it says and its two numbers, so that segments can be added up. The line that
/// closes a segment's plan becomes empty: its sum is given in rows.
fn step(line: &str) -> (&str, u64, u64) {
    let numbers = |text: &str| {
        let (blocks, of) = text.trim_end_matches(" blocks").split_once(" of ")?;
        Some((blocks.parse().ok()?, of.parse().ok()?))
    };
    if line.ends_with(" blocks to read") {
        return ("", 0, 0);
    }
    match line
        .split_once(" may stand in ")
        .and_then(|(step, rest)| numbers(rest).map(|n| (step, n)))
    {
        Some((step, (blocks, of))) => (step, blocks, of),
        None => (line, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_of_segments_add_up() {
        assert_eq!(
            step("`b` (word) may stand in 4 of 7 blocks"),
            ("`b` (word)", 4, 7)
        );
        assert_eq!(step("3 of 9 blocks to read"), ("", 0, 0));
        assert_eq!(
            step("a regular expression does not narrow"),
            ("a regular expression does not narrow", 0, 0)
        );
    }
}
