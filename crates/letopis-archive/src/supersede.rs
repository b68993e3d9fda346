//! Rows that give way: when a file grows, the rows of its unterminated end are taken out of the segments that hold
//! them, in the same commit that brings the whole record; when objects are removed, theirs are.
//!
//! Segments are derived, so they are written anew without those rows; the objects, their trees and every citation
//! stay as they are.

use std::collections::BTreeMap;

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use letopis_table::{ColumnView, SegmentReader};
use letopis_vault::{NewEntry, SegmentInfo, Vault, VaultWriter};
use serde_json::{Value, json};

use crate::error::Result;
use crate::lanes::{OPEN_END, OpenSegment};
use crate::manifest::OpenEnd;
use crate::texts::TextReader;

/// Ids of segments that one ledger line can name: a line has at most 16 KiB (FORMAT.md).
const RETIRED_MOST: usize = 500;
/// What says where the bytes of a row stand.
const PLACE: [&str; 2] = ["object", "byte_offset"];

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
    let mut texts = TextReader::new(&view);
    for segment in view.segments()?.iter().filter(|s| may_hold(s, from)) {
        let reader = open_checked(&view, segment)?;
        let mut gone = 0;
        for batch in reader.batches(Some(&PLACE), None)? {
            gone += stays(&batch?, from).false_count() as u64;
        }
        if gone == 0 {
            continue;
        }
        taken.rows += gone;
        taken.retired.push(segment.id.clone());
        let mut rest = (gone < segment.rows)
            .then(|| OpenSegment::new(vault))
            .transpose()?;
        for batch in reader.batches(None, None)? {
            let batch = batch?;
            let stays = stays(&batch, from);
            each(&batch, &stays);
            if let Some(rest) = &mut rest {
                let kept = filter_record_batch(&batch, &stays)?;
                rest.write_rows(&kept, texts.of(&kept)?.iter())?;
            }
        }
        if let Some(rest) = rest {
            let about = segment.about.as_ref();
            let months = about.map_or(Value::Null, |a| a["months"].clone());
            let (entry, _) = rest.store(&segment.id, months, is_open_end(segment))?;
            taken.entries.push(entry);
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

/// Opens a segment that is what the ledger says: damage must not pass into those that are made of it.
pub(crate) fn open_checked(view: &Vault, segment: &SegmentInfo) -> Result<SegmentReader<Bytes>> {
    let bytes = Bytes::from(view.segment_bytes(segment)?);
    Ok(SegmentReader::open(bytes)?)
}

/// Whether the rows of a segment stand at the open ends of files.
pub(crate) fn is_open_end(segment: &SegmentInfo) -> bool {
    let about = segment.about.as_ref();
    about.is_some_and(|about| about[OPEN_END] == Value::Bool(true))
}

fn stays(batch: &RecordBatch, from: &BTreeMap<&str, u64>) -> BooleanArray {
    let [objects, offsets] = PLACE.map(|name| ColumnView::new(batch, name));
    let stays = |row| {
        let first = objects.text(row).and_then(|object| from.get(object));
        let offset = offsets.number(row).and_then(|n| u64::try_from(n).ok());
        !matches!((first, offset), (Some(first), Some(offset)) if offset >= *first)
    };
    (0..batch.num_rows()).map(|row| Some(stays(row))).collect()
}
