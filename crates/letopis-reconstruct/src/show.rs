//! One record and its neighbours, with everything that says where it comes from.

use letopis_event::{EventId, ObjectDigest};
use letopis_query::arrow::record_batch::RecordBatch;
use letopis_table::RowView;
use letopis_vault::{RecordSpan, Resolved};

use crate::companions::why_without_row;
use crate::error::{ReconstructError, Result};
use crate::originals::decode;
use crate::reading::Reading;
use crate::removed::not_here;
use crate::search::literal;

/// A record as it is shown.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Shown {
    /// The citation.
    pub event_id: String,
    /// SHA-256 of the object.
    pub object: String,
    /// Paths that the object came by.
    pub paths: Vec<String>,
    /// Number of the record in its object, from 0.
    pub record: u64,
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// First line, for text.
    pub line: Option<i64>,
    /// The record's text.
    pub raw: String,
    /// Columns with a value, in table order.
    pub columns: Vec<(String, String)>,
    /// Attributes.
    pub attrs: Vec<(String, String)>,
    /// Said when the citation now lies inside a longer record.
    pub notice: Option<String>,
    /// Records before, oldest first: citation and text.
    pub before: Vec<(String, String)>,
    /// Records after.
    pub after: Vec<(String, String)>,
}

/// Shows the cited record with `context` neighbours on each side.
///
/// # Errors
/// When nothing is cited by that id, or the original cannot be read.
pub fn show(reading: &mut Reading, id: EventId, context: u64) -> Result<Shown> {
    let resolved = reading.vault().resolve(&id.object, id.offset)?;
    let resolved = resolved.ok_or_else(|| not_here(reading.vault(), "record", id.to_string()))?;
    let object = ObjectDigest(resolved.object.sha256.0);
    let cited = EventId::new(&object, resolved.record.offset);
    let batches = row_of(reading, &cited)?;
    let row = batches.first().and_then(|b| RowView::new(b, 0));
    let encoding = row
        .as_ref()
        .and_then(|r| r.text("encoding"))
        .unwrap_or("utf-8")
        .to_owned();
    let (before, after) = neighbours(reading, &resolved, &object, &encoding, context)?;
    let raw = match (&row, encoding.as_str()) {
        (Some(row), "binary") => {
            let mut text = String::new();
            row.rendered_text(&mut text);
            text
        }
        _ => text_of(reading, &resolved, resolved.record, &encoding)?,
    };
    let notice = match (&row, &resolved.notice) {
        (None, None) => why_without_row(reading.vault(), &object.to_string(), resolved.record.offset)?,
        (_, notice) => notice.clone(),
    };
    let mut shown = Shown {
        event_id: cited.to_string(),
        object: object.to_string(),
        paths: paths(reading, &object)?,
        record: resolved.record.index,
        offset: resolved.record.offset,
        length: resolved.record.length,
        line: row.as_ref().and_then(|r| r.number("line")),
        raw,
        columns: Vec::new(),
        attrs: Vec::new(),
        notice,
        before,
        after,
    };
    if let Some(row) = &row {
        for field in row.schema().fields().iter().filter(|f| f.name() != "attrs") {
            if let Some(value) = row.display(field.name()) {
                shown.columns.push((field.name().clone(), value.into_owned()));
            }
        }
        shown.attrs = row.attrs().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    }
    reading.give(
        1 + shown.before.len() as u64 + shown.after.len() as u64,
        shown.raw.as_bytes(),
    );
    Ok(shown)
}

fn row_of(reading: &Reading, id: &EventId) -> Result<Vec<RecordBatch>> {
    let sql = format!(
        "SELECT * FROM events WHERE event_id = {}",
        literal(&id.to_string())
    );
    Ok(reading.run(async { reading.engine().sql(&sql).await?.collect().await })?)
}

fn paths(reading: &Reading, object: &ObjectDigest) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT DISTINCT path FROM objects WHERE object = {} AND path IS NOT NULL ORDER BY path",
        literal(&object.to_string())
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let mut paths = Vec::new();
    for batch in &batches {
        paths.extend(RowView::all(batch).filter_map(|r| r.text("path").map(str::to_owned)));
    }
    Ok(paths)
}

type Lines = Vec<(String, String)>;

fn neighbours(
    reading: &Reading,
    resolved: &Resolved,
    object: &ObjectDigest,
    encoding: &str,
    context: u64,
) -> Result<(Lines, Lines)> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    if context == 0 {
        return Ok((before, after));
    }
    let tree = reading.vault().tree(&resolved.object, resolved.tree)?;
    let first = resolved.record.index.saturating_sub(context);
    let last = resolved
        .record
        .index
        .saturating_add(context)
        .min(tree.records().saturating_sub(1));
    for index in first..=last {
        let Some(span) = tree.get(index)? else { break };
        let line = || -> Result<(String, String)> {
            let text = match encoding {
                "binary" => binary_text(reading, object, span)?,
                _ => text_of(reading, resolved, span, encoding)?,
            };
            Ok((EventId::new(object, span.offset).to_string(), text))
        };
        match index.cmp(&resolved.record.index) {
            std::cmp::Ordering::Less => before.push(line()?),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => after.push(line()?),
        }
    }
    Ok((before, after))
}

fn binary_text(reading: &Reading, object: &ObjectDigest, span: RecordSpan) -> Result<String> {
    let batches = row_of(reading, &EventId::new(object, span.offset))?;
    let message = batches
        .first()
        .and_then(|b| RowView::new(b, 0))
        .and_then(|r| r.text("message"));
    Ok(message.unwrap_or("(no message)").to_owned())
}

fn text_of(reading: &Reading, resolved: &Resolved, span: RecordSpan, encoding: &str) -> Result<String> {
    let mut reader = reading.vault().object_reader(&resolved.object)?;
    let bytes = reader.range(span.offset, span.length)?;
    let mut text = String::new();
    // A neighbour may be encoded otherwise in a mixed file: valid UTF-8 is read as what it is.
    match std::str::from_utf8(bytes) {
        Ok(utf8) if !encoding.starts_with("utf-16") => text.push_str(utf8),
        _ => {
            decode(encoding, bytes, &mut text).map_err(ReconstructError::Parameter)?;
        }
    }
    Ok(text)
}
