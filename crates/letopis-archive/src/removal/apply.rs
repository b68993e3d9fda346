//! What is done when a plan is applied: one commit, then the bytes go.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::BooleanArray;
use arrow::record_batch::RecordBatch;
use letopis_event::Zone;
use letopis_table::RowView;
use letopis_vault::{EntryKind, NewEntry, Receipt, Vault, VaultWriter};
use serde_json::{Map, Value, json};

use super::plan::zone_of;
use super::redact::redact;
use crate::error::{ArchiveError, Result};
use crate::supersede::take_out;

/// Numbers of one kind in one ledger line, so that it stays under 16 KiB (FORMAT.md).
const NAMED_MOST: usize = 300;
/// 1 January 1990, microseconds since 1970 UTC: an earlier time is not believed.
const BELIEVED_FROM: i64 = 631_152_000_000_000;
/// How far after its intake a time is still believed.
const BELIEVED_AHEAD: i64 = 86_400_000_000;

/// Who removes what, and why.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Ledger entries of the objects.
    pub objects: &'a BTreeSet<u64>,
    /// Who ordered it.
    pub authority: &'a str,
    /// What is kept about it besides: plan, operator, program.
    pub about: Value,
    /// The present, microseconds since 1970 UTC.
    pub now: i64,
}

/// What a removal did.
#[derive(Clone, Debug)]
pub struct Removed {
    /// Ledger entry that records it, the first where there are several.
    pub entry: u64,
    /// Objects.
    pub objects: u64,
    /// Rows that were in tables.
    pub records: u64,
    /// Bytes of the originals.
    pub bytes: u64,
    /// Segments that went, or were written anew without the removed rows.
    pub segments: u64,
    /// Detail documents that were destroyed, besides those of the objects.
    pub documents: u64,
    /// State of the ledger afterwards.
    pub receipt: Receipt,
}

/// Records of a source and day, as one intake brought them: what a proof of retention needs to know afterwards.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    records: u64,
    bytes: u64,
    first: i64,
    last: i64,
}

/// By source, day (none: not placed in time) and intake.
type Tallies = BTreeMap<(String, Option<String>, i64), Tally>;

/// Removes objects with their rows, names and secrets. Everything is one commit; what it names is destroyed after it,
/// by this writer or, after a crash, by the next.
///
/// # Errors
/// When one of the objects is not here, a segment or document cannot be read, or the archive cannot be written.
pub fn remove(writer: &VaultWriter, order: &Order<'_>) -> Result<Removed> {
    let view = writer.vault();
    let mut digests = BTreeMap::new();
    let mut bytes = 0;
    for seq in order.objects {
        let object = view.object_by_seq(*seq)?;
        let object = object.ok_or_else(|| ArchiveError::NoObject(format!("of entry {seq}")))?;
        bytes += object.length;
        digests.insert(object.sha256.to_string(), 0);
    }
    let from: BTreeMap<&str, u64> = digests
        .iter()
        .map(|(digest, from)| (digest.as_str(), *from))
        .collect();
    let zone = zone_of(&view);
    let mut tallies = Tallies::new();
    let taken = take_out(writer, &from, &mut |batch, stays| {
        tally(&mut tallies, batch, stays, zone);
    })?;
    let redacted = redact(&view, order.objects)?;
    let mut forgotten = redacted.forgotten;
    forgotten.extend(documents_of_segments(&view, &taken.retired, &from)?);
    let (records, segments, documents) = (taken.rows, taken.retired.len() as u64, forgotten.len() as u64);
    let mut entries = taken.entries;
    entries.extend(redacted.entries);
    let before = entries.len() as u64;
    let said = json!({
        "authority": order.authority,
        "removed": { "objects": order.objects.len(), "bytes": bytes, "records": records },
        "days": days(&tallies),
        "zone": zone.to_string(),
        "about": order.about,
    });
    entries.extend(deletions(order, &forgotten, &taken.retired, &said));
    let receipt = writer.commit(entries, order.now)?;
    Ok(Removed {
        entry: receipt.first + before,
        objects: order.objects.len() as u64,
        records,
        bytes,
        segments,
        documents,
        receipt,
    })
}

/// The `delete` entries: as many as the length of a line asks for, the first with all that is said.
fn deletions(order: &Order<'_>, forgotten: &[u64], retired: &[String], said: &Value) -> Vec<NewEntry> {
    let objects: Vec<u64> = order.objects.iter().copied().collect();
    let lines = [objects.len(), forgotten.len(), retired.len()]
        .map(|count| count.div_ceil(NAMED_MOST))
        .into_iter()
        .max()
        .unwrap_or_default();
    let mut entries = Vec::new();
    for line in 0..lines.max(1) {
        fn part<T>(all: &[T], line: usize) -> &[T] {
            all.chunks(NAMED_MOST).nth(line).unwrap_or_default()
        }
        let about = match line {
            0 => said.clone(),
            _ => json!({ "authority": order.authority, "continues": line }),
        };
        entries.push(NewEntry::delete(
            part(&objects, line),
            part(forgotten, line),
            part(retired, line),
            Some(about),
        ));
    }
    entries
}

/// Entries of segments whose documents name a removed object: those that go now, and those that were retired earlier.
fn documents_of_segments(view: &Vault, retired: &[String], gone: &BTreeMap<&str, u64>) -> Result<Vec<u64>> {
    let live: BTreeSet<&str> = view
        .segments()?
        .iter()
        .map(|segment| segment.id.as_str())
        .collect();
    let going: BTreeSet<&str> = retired.iter().map(String::as_str).collect();
    let mut documents = Vec::new();
    for entry in view.entries(Some(EntryKind::Segment)) {
        let entry = entry?;
        let id = entry.text("segment").unwrap_or_default();
        if live.contains(id) && !going.contains(id) {
            continue;
        }
        let Some(document) = view.detail(entry.seq)? else {
            continue;
        };
        let named = document
            .get("about")
            .and_then(|about| about.get("objects")?.as_array());
        // One that names none held too many to name.
        let speaks = named.is_none_or(|named| {
            let mut named = named.iter().filter_map(Value::as_str);
            named.any(|object| gone.contains_key(object))
        });
        if speaks || going.contains(id) {
            documents.push(entry.seq);
        }
    }
    Ok(documents)
}

fn tally(tallies: &mut Tallies, batch: &RecordBatch, stays: &BooleanArray, zone: Zone) {
    for (row, stays) in RowView::all(batch).zip(stays.iter()) {
        if stays == Some(true) {
            continue;
        }
        let taken_in = row.time("ingested").unwrap_or_default();
        let believed = BELIEVED_FROM..=taken_in.saturating_add(BELIEVED_AHEAD);
        let time = row.time("time").filter(|time| believed.contains(time));
        let day = time.map(|time| zone.local_day(time).to_string());
        let source = row.text("source").unwrap_or_default().to_owned();
        let length = row.number("byte_length").and_then(|n| u64::try_from(n).ok());
        let (first, last) = (time.unwrap_or_default(), time.unwrap_or_default());
        let tally = tallies.entry((source, day, taken_in)).or_insert(Tally {
            first,
            last,
            ..Tally::default()
        });
        tally.records += 1;
        tally.bytes += length.unwrap_or_default();
        tally.first = tally.first.min(first);
        tally.last = tally.last.max(last);
    }
}

fn days(tallies: &Tallies) -> Value {
    let rows = tallies.iter().map(|((source, day, taken_in), tally)| {
        let mut row = Map::from_iter([
            ("source".to_owned(), json!(source)),
            ("taken_in".to_owned(), json!(taken_in)),
            ("records".to_owned(), json!(tally.records)),
            ("bytes".to_owned(), json!(tally.bytes)),
        ]);
        if let Some(day) = day {
            row.insert("day".to_owned(), json!(day));
            row.insert("first".to_owned(), json!(tally.first));
            row.insert("last".to_owned(), json!(tally.last));
        }
        Value::Object(row)
    });
    rows.collect()
}
