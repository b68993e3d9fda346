//! The tables of objects and segments, from ledger lines and their detail documents.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use letopis_seal::entry::field;
use letopis_seal::{EntryKind, Sha256Digest};
use serde_json::Value;

use super::{Vault, numbers, texts};
use crate::digest::{Blake3, ShortId};
use crate::entry::Entry;
use crate::layout::File;
use crate::object::{ObjectInfo, TreeInfo};
use crate::objects::ObjectTable;
use crate::segment::{PartDigest, SegmentInfo};
use crate::{Error, Result};

/// Live objects with their trees.
pub(super) fn objects(vault: &Vault) -> Result<ObjectTable> {
    let mut table = ObjectTable::default();
    let gone = deleted_objects(vault)?;
    let mut entries = Vec::new();
    for entry in vault.entries(Some(EntryKind::Object)) {
        let entry = entry?;
        // Its document is destroyed with it, or about to be.
        if !gone.contains(&entry.seq) {
            entries.push(entry);
        }
    }
    for object in side_by_side(&entries, |entry| {
        object_info(entry, vault.detail(entry.seq)?.as_ref())
    })? {
        table.add(object);
    }
    for entry in vault.entries(Some(EntryKind::Reframe)) {
        follow(&mut table, &entry?);
    }
    Ok(table)
}

/// Numbers of the `object` entries that `delete` entries name.
fn deleted_objects(vault: &Vault) -> Result<BTreeSet<u64>> {
    let mut gone = BTreeSet::new();
    for entry in vault.entries(Some(EntryKind::Delete)) {
        gone.extend(numbers(&entry?, "objects"));
    }
    Ok(gone)
}

/// Takes a further entry that concerns objects already in the table: a further tree, or their removal.
pub(crate) fn follow(table: &mut ObjectTable, entry: &Entry) {
    match entry.kind {
        EntryKind::Reframe => {
            let object = entry.number("object").and_then(|seq| table.by_seq_mut(seq));
            if let (Some(object), Some(tree)) = (object, tree_info(entry)) {
                object.trees.push(tree);
            }
        }
        EntryKind::Delete => table.remove(&numbers(entry, "objects").collect::<Vec<_>>()),
        _ => {}
    }
}

fn unfit(seq: u64, what: &str) -> Error {
    Error::Damaged {
        path: File::Entries.path(),
        offset: None,
        expected: format!("{what} in entry {seq} and its document"),
        found: "something else".to_owned(),
    }
}

/// What an `object` entry and its document say.
pub(crate) fn object_info(entry: &Entry, document: Option<&Value>) -> Result<ObjectInfo> {
    let read = || {
        let document = document?;
        Some(ObjectInfo {
            blake3: Blake3::from_hex(document.get("blake3")?.as_str()?)?,
            sha256: Sha256Digest::from_hex(document.get("sha256")?.as_str()?)?,
            length: document
                .get("length")?
                .as_u64()
                .filter(|length| entry.number("length") == Some(*length))?,
            seq: entry.seq,
            trees: tree_info(entry).into_iter().collect(),
            about: document.get("about").cloned(),
        })
    };
    read().ok_or_else(|| unfit(entry.seq, "digests and length of an object"))
}

/// The tree that an `object` or `reframe` entry brings.
pub(crate) fn tree_info(entry: &Entry) -> Option<TreeInfo> {
    let number = match entry.kind {
        EntryKind::Reframe => u32::try_from(entry.number("tree")?).ok()?,
        _ => 1,
    };
    Some(TreeInfo {
        number,
        records: entry.number(field::RECORDS)?,
        root: Sha256Digest::from_hex(entry.text(field::ROOT)?)?,
        commitment: Sha256Digest::from_hex(entry.text(field::COMMITMENT)?)?,
        seq: entry.seq,
    })
}

/// Ids of retired segments, each with the number of the line that retired it.
pub(crate) fn retired(vault: &Vault) -> Result<BTreeMap<String, u64>> {
    let mut retired = BTreeMap::new();
    for kind in [EntryKind::Rebuild, EntryKind::Delete] {
        for entry in vault.entries(Some(kind)) {
            let entry = entry?;
            retired.extend(texts(&entry, "retired").map(|id| (id, entry.seq)));
        }
    }
    Ok(retired)
}

/// Live segments. Documents of retired ones are not looked at: a removal destroys them.
pub(super) fn segments(vault: &Vault) -> Result<Vec<SegmentInfo>> {
    let retired = retired(vault)?;
    let mut entries = Vec::new();
    for entry in vault.entries(Some(EntryKind::Segment)) {
        let entry = entry?;
        if !entry.text("segment").is_some_and(|id| retired.contains_key(id)) {
            entries.push(entry);
        }
    }
    side_by_side(&entries, |entry| {
        segment_info(entry, vault.detail(entry.seq)?.as_ref())
    })
}

/// Entries for which a thread of their own pays.
const A_THREAD: usize = 64;

/// What `read` makes of each entry, in their order, by several threads where there are many: most of the time goes into
/// opening the files of documents.
fn side_by_side<T: Send>(entries: &[Entry], read: impl Fn(&Entry) -> Result<T> + Sync) -> Result<Vec<T>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(entries.len() / A_THREAD).max(1);
    let share = entries.len().div_ceil(threads).max(1);
    let read = |entries: &[Entry]| entries.iter().map(&read).collect::<Result<Vec<T>>>();
    if threads == 1 {
        return read(entries);
    }
    thread::scope(|scope| {
        let shares: Vec<_> = entries
            .chunks(share)
            .map(|entries| scope.spawn(|| read(entries)))
            .collect();
        let mut all = Vec::with_capacity(entries.len());
        for share in shares {
            all.extend(share.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(all)
    })
}

/// What a `segment` entry and its document say.
pub(crate) fn segment_info(entry: &Entry, document: Option<&Value>) -> Result<SegmentInfo> {
    let read = || {
        let document = document?;
        let part = |name: &str| serde_json::from_value::<PartDigest>(document.get(name)?.clone()).ok();
        let (parquet, index) = (part("parquet")?, part("index"));
        let id = entry.text("segment")?;
        Some(SegmentInfo {
            id: id.to_owned(),
            rows: entry.number("rows")?,
            parquet_bytes: parquet.bytes,
            index_bytes: index.as_ref().map(|index| index.bytes),
            seq: entry.seq,
            about: document.get("about").cloned(),
            short: ShortId::from_hex(id)?,
            parquet,
            index,
        })
    };
    read().ok_or_else(|| unfit(entry.seq, "id, rows and digests of a segment"))
}
