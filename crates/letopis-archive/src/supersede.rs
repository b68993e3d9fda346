//! Rows that give way: when a file grows, the rows of its unterminated end are taken out of the segments that hold
//! them, in the same commit that brings the whole record; when objects are removed, theirs are.
//!
//! Segments are derived, so they are written anew without those rows; the objects, their trees and every citation
//! stay as they are.

use std::collections::BTreeMap;

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use letopis_intake::{Encoding, IntakeError};
use letopis_table::{RowView, SegmentReader};
use letopis_vault::{NewEntry, ObjectReader, SegmentInfo, SegmentPart, Sha256, Vault, VaultWriter};
use serde_json::{Value, json};

use crate::error::{ArchiveError, Result};
use crate::lanes::OpenSegment;
use crate::manifest::OpenEnd;

/// Ids of segments that one ledger line can name: a line has at most 16 KiB (FORMAT.md).
const RETIRED_MOST: usize = 500;

/// What a commit needs to say so that rows give way.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// Entries for segments that stand in for others, and for those that are retired.
    pub entries: Vec<NewEntry>,
    /// Rows that gave way.
    pub rows: u64,
}

/// Entries that retire segments.
pub(crate) fn retire(ids: &[String], about: &Value) -> Vec<NewEntry> {
    let mut parts: Vec<_> = ids.chunks(RETIRED_MOST).collect();
    if parts.is_empty() {
        parts.push(&[]);
    }
    parts
        .into_iter()
        .map(|part| NewEntry::rebuild(part, Some(about.clone())))
        .collect()
}

/// Segments whose rows were taken out.
#[derive(Debug, Default)]
pub(crate) struct TakenOut {
    /// Entries of the segments that stand in for others.
    pub entries: Vec<NewEntry>,
    /// Segments that go.
    pub retired: Vec<String>,
    /// Rows that were taken out.
    pub rows: u64,
}

/// Writes the segments that hold rows of these ends anew without them.
///
/// # Errors
/// When a segment or an original cannot be read, or the archive cannot be written.
pub(crate) fn give_way(vault: &VaultWriter, ends: &[OpenEnd]) -> Result<Replaced> {
    let mut from: BTreeMap<&str, u64> = BTreeMap::new();
    for end in ends {
        let first = from.entry(end.object.as_str()).or_insert(end.from);
        *first = (*first).min(end.from);
    }
    let taken = take_out(vault, &from, &mut |_, _| ())?;
    let mut replaced = Replaced {
        entries: taken.entries,
        rows: taken.rows,
    };
    if !taken.retired.is_empty() {
        let about = json!({ "why": "rows gave way to records that are now complete", "rows": replaced.rows });
        replaced.entries.extend(retire(&taken.retired, &about));
    }
    Ok(replaced)
}

/// Writes the segments that hold rows of objects (SHA-256, hex) at or after these bytes anew without them. `each` is told
/// of every batch that loses rows, and which of its rows stay.
///
/// # Errors
/// As [`give_way`].
pub(crate) fn take_out(
    vault: &VaultWriter,
    from: &BTreeMap<&str, u64>,
    each: &mut dyn FnMut(&RecordBatch, &BooleanArray),
) -> Result<TakenOut> {
    let mut taken = TakenOut::default();
    if from.is_empty() {
        return Ok(taken);
    }
    let view = vault.vault();
    let mut texts = Texts::new(&view);
    for segment in view.segments()?.iter().filter(|s| may_hold(s, from)) {
        let batches = rows_of(&view, segment)?;
        let stays: Vec<BooleanArray> = batches.iter().map(|b| stays(b, from)).collect();
        let gone: usize = stays.iter().map(BooleanArray::false_count).sum();
        if gone == 0 {
            continue;
        }
        taken.rows += gone as u64;
        taken.retired.push(segment.id.clone());
        for (batch, stays) in batches.iter().zip(&stays) {
            each(batch, stays);
        }
        if (gone as u64) < segment.rows {
            let mut open = OpenSegment::new(vault)?;
            for (batch, stays) in batches.iter().zip(&stays) {
                let kept = filter_record_batch(batch, stays)?;
                let read = texts.of(&kept)?;
                open.write_rows(&kept, read.iter().map(String::as_str))?;
            }
            let months = segment
                .about
                .as_ref()
                .map_or(Value::Null, |a| a["months"].clone());
            taken.entries.push(open.store(&segment.id, months)?.0);
        }
    }
    Ok(taken)
}

/// Whether the segment's document lets it hold rows of one of the objects; it says nothing where they were many.
fn may_hold(segment: &SegmentInfo, from: &BTreeMap<&str, u64>) -> bool {
    let objects = segment.about.as_ref().and_then(|a| a.get("objects")?.as_array());
    objects.is_none_or(|objects| {
        objects
            .iter()
            .filter_map(Value::as_str)
            .any(|object| from.contains_key(object))
    })
}

fn rows_of(view: &Vault, segment: &SegmentInfo) -> Result<Vec<RecordBatch>> {
    let file = view.segment_file(&segment.id, SegmentPart::Parquet)?;
    let reader = SegmentReader::open(bytes::Bytes::from(file.read_all()?))?;
    Ok(reader
        .batches(None, None)?
        .collect::<std::result::Result<_, _>>()?)
}

fn stays(batch: &RecordBatch, from: &BTreeMap<&str, u64>) -> BooleanArray {
    let stays = |row: RowView<'_>| {
        let first = row.text("object").and_then(|object| from.get(object));
        let offset = row.number("byte_offset").and_then(|n| u64::try_from(n).ok());
        !matches!((first, offset), (Some(first), Some(offset)) if offset >= *first)
    };
    RowView::all(batch).map(|row| Some(stays(row))).collect()
}

/// The searched texts of rows, from their originals.
struct Texts<'v> {
    vault: &'v Vault,
    open: Option<(String, ObjectReader)>,
    bytes: Vec<u8>,
}

impl<'v> Texts<'v> {
    fn new(vault: &'v Vault) -> Self {
        Self {
            vault,
            open: None,
            bytes: Vec::new(),
        }
    }

    fn of(&mut self, batch: &RecordBatch) -> Result<Vec<String>> {
        RowView::all(batch).map(|row| self.text(&row)).collect()
    }

    fn text(&mut self, row: &RowView<'_>) -> Result<String> {
        let mut text = String::new();
        let encoding = row.text("encoding").unwrap_or_default();
        if encoding == "binary" {
            row.rendered_text(&mut text);
            return Ok(text);
        }
        let object = row.text("object").unwrap_or_default();
        let wrap = |error| ArchiveError::Intake {
            place: format!("object {object}"),
            error,
        };
        let encoding = Encoding::parse(encoding)
            .ok_or_else(|| wrap(IntakeError::UnknownEncoding(encoding.to_owned())))?;
        if self.open.as_ref().is_none_or(|(open, _)| open != object) {
            let info = match Sha256::from_hex(object) {
                Some(sha256) => self.vault.object_by_sha256(&sha256)?,
                None => None,
            };
            let info = info.ok_or_else(|| ArchiveError::NoObject(object.to_owned()))?;
            self.open = Some((object.to_owned(), self.vault.object_reader(info)?));
        }
        let number = |name| row.number(name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        if let Some((_, reader)) = &self.open {
            reader.read_range(number("byte_offset"), number("byte_length"), &mut self.bytes)?;
        }
        encoding.decode_into(&self.bytes, &mut text);
        Ok(text)
    }
}
