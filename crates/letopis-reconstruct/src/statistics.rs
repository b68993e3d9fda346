//! The quarter's statistics: rows by SQL, figures by Polars.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use letopis_stats::{Quarter, QuarterStatistics, Rows, quarterly};
use letopis_table::RowView;

use crate::error::Result;
use crate::reading::Reading;

/// Computes the statistics of a quarter, cut in the zone of the reading.
///
/// # Errors
/// When the rows cannot be read.
pub fn quarter_statistics(reading: &mut Reading, quarter: Quarter) -> Result<QuarterStatistics> {
    let rows = rows(reading)?;
    let statistics = quarterly(&rows, quarter, reading.zone())?;
    reading.give(rows.len() as u64, format!("{statistics:?}").as_bytes());
    Ok(statistics)
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
