//! What people put on record about the keeping of logs, as entries of the ledger.

use letopis_case::Note;
use letopis_vault::{EntryKind, NewEntry, VaultWriter};
use serde_json::{Map, Value, json};

use crate::error::Result;

/// Puts a note on record; gives its place in the ledger. The line holds the topic alone: what names people stands in the
/// detail document. `about` says who did it, with which program and command.
///
/// # Errors
/// When the entry cannot be written.
pub fn put_on_record(writer: &VaultWriter, note: &Note, about: Value, now: i64) -> Result<u64> {
    let mut fields = Map::new();
    fields.insert("topic".to_owned(), Value::from(note.topic()));
    let detail = json!({ "note": note, "about": about });
    let entry = NewEntry::new(EntryKind::Note, fields, Some(detail));
    Ok(writer.commit(vec![entry], now)?.first)
}
