//! Reading the originals again and comparing what comes out with the rows in the segments.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use letopis_table::{RowView, SegmentReader};
use letopis_vault::{SegmentPart, Vault};

use crate::error::Result;
use crate::replay::{Replay, plan, replay};
use crate::sink::Builders;
use crate::verify::{Found, Noticed};

/// Rows of one object, whatever their order: their number and the sum of their digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct RowSum {
    rows: u64,
    sum: u128,
}

/// Compares the rows of every object with what reading it again gives.
pub(crate) fn rederive(
    vault: &Vault,
    program: &str,
    progress: &(dyn Fn(u64, u64) + Sync),
    findings: &mut Vec<Found>,
    notices: &mut Vec<Noticed>,
) -> Result<u64> {
    let register = crate::register::in_force(vault)?;
    let items = plan(vault)?;
    let total = items.iter().map(|i| i.object.length).sum();
    let stored = stored_sums(vault)?;
    let mut builders = Builders::default();
    let (mut done, mut rows) = (0, 0);
    for item in &items {
        let name = item.object.sha256.to_string();
        let mut again = RowSum::default();
        replay(vault, item, &register, &mut builders, &mut |chunk| {
            add(&mut again, &chunk.batch);
            Ok(())
        })?;
        let held = stored.get(&name).copied().unwrap_or_default();
        if held != again {
            let first = first_difference(vault, item, &register, &mut builders, &name)?;
            report(item, program, (held, again), &first, findings, notices);
        }
        rows += again.rows;
        done += item.object.length;
        progress(done, total);
    }
    for (object, sum) in &stored {
        if !items.iter().any(|i| i.object.sha256.to_string() == *object) {
            findings.push(Found {
                kind: "rows-without-original".to_owned(),
                place: format!("object {object}"),
                expected: "rows of objects that an intake read".to_owned(),
                found: format!("{} rows of an object that no manifest names", sum.rows),
                repair: "letopis rebuild".to_owned(),
                records: None,
            });
        }
    }
    Ok(rows)
}

fn report(
    item: &Replay,
    program: &str,
    (held, again): (RowSum, RowSum),
    first: &str,
    findings: &mut Vec<Found>,
    notices: &mut Vec<Noticed>,
) {
    let place = format!("{} (object {})", item.path.display(), item.object.sha256);
    if item.program == program {
        findings.push(Found {
            kind: "rows-differ".to_owned(),
            place,
            expected: format!("{} rows as the original gives them", again.rows),
            found: format!("{} rows; the first difference is {first}", held.rows),
            repair: "letopis rebuild".to_owned(),
            records: None,
        });
    } else {
        // Another version may read better; the evidence is untouched.
        notices.push(Noticed {
            kind: "interpretation-changed".to_owned(),
            place,
            text: format!(
                "taken in by {}, read by {program} it gives {} rows instead of {}; the first difference is {first}",
                item.program, again.rows, held.rows
            ),
        });
    }
}

fn stored_sums(vault: &Vault) -> Result<BTreeMap<String, RowSum>> {
    let mut sums = BTreeMap::new();
    each_batch(vault, &mut |batch| {
        for row in RowView::all(batch) {
            let object = row.text("object").unwrap_or_default();
            if !sums.contains_key(object) {
                sums.insert(object.to_owned(), RowSum::default());
            }
            if let Some(sum) = sums.get_mut(object) {
                add_row(sum, &row);
            }
        }
    })?;
    Ok(sums)
}

fn each_batch(vault: &Vault, take: &mut dyn FnMut(&RecordBatch)) -> Result<()> {
    for segment in vault.segments()? {
        let bytes = vault
            .segment_file(&segment.id, SegmentPart::Parquet)?
            .read_all()?;
        let reader = SegmentReader::open(bytes::Bytes::from(bytes))?;
        for batch in reader.batches(None, None)? {
            take(&batch?);
        }
    }
    Ok(())
}

fn add(sum: &mut RowSum, batch: &RecordBatch) {
    for row in RowView::all(batch) {
        add_row(sum, &row);
    }
}

fn add_row(sum: &mut RowSum, row: &RowView<'_>) {
    sum.rows += 1;
    sum.sum = sum.sum.wrapping_add(digest(row));
}

/// A digest of every column but `ingested`.
fn digest(row: &RowView<'_>) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for field in row.schema().fields() {
        let name = field.name().as_str();
        if name == "ingested" || name == "attrs" {
            continue;
        }
        if let Some(value) = row.display(name) {
            feed(&mut hasher, name, &value);
        }
    }
    for (name, value) in row.attrs() {
        feed(&mut hasher, name, value);
    }
    let mut head = [0; 16];
    head.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(head)
}

fn feed(hasher: &mut blake3::Hasher, name: &str, value: &str) {
    hasher.update(&(name.len() as u64).to_le_bytes());
    hasher.update(name.as_bytes());
    hasher.update(&(value.len() as u64).to_le_bytes());
    hasher.update(value.as_bytes());
}

/// The event id of the first row that differs, for people.
fn first_difference(
    vault: &Vault,
    item: &Replay,
    register: &crate::sources::Register,
    builders: &mut Builders,
    object: &str,
) -> Result<String> {
    let mut held: BTreeMap<String, u128> = BTreeMap::new();
    each_batch(vault, &mut |batch| {
        for row in RowView::all(batch).filter(|r| r.text("object") == Some(object)) {
            held.insert(row.text("event_id").unwrap_or_default().to_owned(), digest(&row));
        }
    })?;
    let mut first = None;
    replay(vault, item, register, builders, &mut |chunk| {
        for row in RowView::all(&chunk.batch) {
            let id = row.text("event_id").unwrap_or_default();
            if first.is_none() && held.remove(id) != Some(digest(&row)) {
                first = Some(id.to_owned());
            }
        }
        Ok(())
    })?;
    Ok(first
        .or_else(|| held.into_keys().next())
        .unwrap_or_else(|| "in the number of rows".to_owned()))
}
