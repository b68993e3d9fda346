//! The quarter's statistics: rows by SQL, figures by Polars.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::NaiveDate;
use letopis_retention::{Calendar, Rhythm};
use letopis_stats::{Quarter, QuarterStatistics, Rows, quarterly};
use letopis_table::RowView;

use crate::error::Result;
use crate::reading::Reading;

/// Computes the statistics of a quarter, cut in the zone of the reading. Silent days are those on which the source was to
/// write by the rhythm of the source list.
///
/// # Errors
/// When the rows cannot be read.
pub fn quarter_statistics(reading: &mut Reading, quarter: Quarter) -> Result<QuarterStatistics> {
    let rows = rows(reading)?;
    let mut statistics = quarterly(&rows, quarter, reading.zone())?;
    let rhythms = rhythms(reading)?;
    statistics
        .silent_days
        .retain(|d| is_expected(rhythms.get(&d.source).map(String::as_str), d.day));
    reading.give(rows.len() as u64, format!("{statistics:?}").as_bytes());
    Ok(statistics)
}

/// Whether a source of that rhythm is to write on that day; holidays are not known here.
fn is_expected(rhythm: Option<&str>, day: NaiveDate) -> bool {
    let rhythm = Rhythm::parse(rhythm.unwrap_or_default()).unwrap_or_default();
    rhythm.expects(day, &Calendar::default())
}

/// The rhythms that the source list gives.
fn rhythms(reading: &Reading) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT source, rhythm FROM sources WHERE rhythm IS NOT NULL";
    let batches = reading.run(async { reading.engine().sql(sql).await?.collect().await })?;
    let pair = |row: RowView<'_>| Some((row.text("source")?.to_owned(), row.text("rhythm")?.to_owned()));
    Ok(batches.iter().flat_map(RowView::all).filter_map(pair).collect())
}

/// Every row of the archive, as far as the statistics count it.
fn rows(reading: &Reading) -> Result<Rows> {
    let sql = "SELECT time, time_basis, source, category, kind, outcome, host, process, message FROM events";
    let mut stream = reading.run(reading.engine().sql(sql))?;
    let mut rows = Rows::default();
    while let Some(batch) = reading.run(stream.next()) {
        for row in RowView::all(&batch?) {
            rows.time.push(row.time("time"));
            rows.stated.push(row.text("time_basis") == Some("stated"));
            rows.source.push(row.text("source").unwrap_or_default());
            rows.category.push(row.text("category").unwrap_or_default());
            rows.kind.push(row.text("kind").unwrap_or_default());
            rows.outcome.push(row.text("outcome").unwrap_or_default());
            let mut content = DefaultHasher::new();
            for column in ["host", "process", "message"] {
                row.text(column).hash(&mut content);
            }
            row.time("time").hash(&mut content);
            rows.content.push(content.finish());
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_missed_by_the_rhythm_of_its_source() {
        let (friday, saturday) = ("2026-03-06".parse().unwrap(), "2026-03-07".parse().unwrap());
        assert!(is_expected(Some("workdays"), friday) && !is_expected(Some("workdays"), saturday));
        assert!(is_expected(Some("daily"), saturday) && is_expected(None, saturday));
        assert!(!is_expected(Some("irregular"), friday));
    }
}
