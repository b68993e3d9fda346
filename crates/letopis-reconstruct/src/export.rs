//! Every event as a line of JSON.

use std::io::Write;

use letopis_table::SegmentReader;
use letopis_vault::SegmentPart;

use crate::error::Result;
use crate::reading::Reading;

/// Writes every row of the archive, segment by segment in row order, as [`crate::EventLines`] does. Gives the number of rows.
///
/// # Errors
/// When a segment or an original cannot be read, or `out` not be written.
pub fn export_events(reading: &mut Reading, out: &mut dyn Write) -> Result<u64> {
    let vault = reading.vault().clone();
    let mut lines = reading.lines();
    let mut buffer = Vec::with_capacity(1 << 20);
    let mut rows = 0;
    for segment in vault.segments()? {
        let bytes = vault
            .segment_file(&segment.id, SegmentPart::Parquet)?
            .read_all()?;
        for batch in SegmentReader::open(bytes::Bytes::from(bytes))?.batches(None, None)? {
            let batch = batch?;
            buffer.clear();
            lines.batch(&batch, &mut buffer)?;
            out.write_all(&buffer)?;
            reading.give(batch.num_rows() as u64, &buffer);
            rows += batch.num_rows() as u64;
        }
    }
    out.flush()?;
    Ok(rows)
}
