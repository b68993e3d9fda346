//! Searching records: the count, the rows, the plan.

use letopis_event::Filter;
use letopis_query::QueryStream;

use crate::error::Result;
use crate::reading::Reading;

/// A search.
#[derive(Clone, Debug, Default)]
pub struct SearchRequest {
    /// The query, in the search language.
    pub query: String,
    /// Most rows that are given out; none for all.
    pub limit: Option<u64>,
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
        .and_then(|b| letopis_table::RowView::new(b, 0))
        .and_then(|r| r.number("n"));
    let number = number.and_then(|n| u64::try_from(n).ok()).unwrap_or_default();
    reading.give(1, number.to_string().as_bytes());
    Ok(number)
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
fn check(reading: &Reading, query: &str) -> Result<Filter> {
    Ok(letopis_search::parse(query, reading.zone())?)
}

/// How the index narrows a search, segment by segment: for people who ask why it is slow.
///
/// # Errors
/// When the query is none or an index cannot be read.
pub fn plan(reading: &Reading, query: &str) -> Result<Vec<String>> {
    let filter = check(reading, query)?;
    let mut lines = Vec::new();
    let (mut candidates, mut rows) = (0, 0);
    for segment in reading.segments.list() {
        rows += segment.rows;
        match reading
            .search
            .narrow(&segment.id, &filter)
            .map_err(|source| letopis_query::QueryError::Segment { segment: segment.id.clone(), source })?
        {
            None => candidates += segment.rows,
            Some(found) => {
                candidates += found.blocks.row_count();
                for line in found.plan {
                    if !lines.contains(&line) {
                        lines.push(line);
                    }
                }
            }
        }
    }
    lines.push(format!("{candidates} of {rows} rows are read and tested"));
    Ok(lines)
}
