//! Taking files of another archive over, with where they come from on record.

use letopis_vault::{EntryKind, NewEntry, VaultWriter};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::ingest::{IngestOptions, IngestOutcome, IngestProgress, ingest};

/// Takes the files in, after `provenance` (what the bundle said and proved) was put on record: no record of another
/// archive ever stands here without it. An import that is done again finds its provenance there and adds none.
///
/// # Errors
/// As [`ingest()`]. The provenance may then stand without its files; the same import, done again, brings them.
pub fn import(
    writer: &VaultWriter,
    provenance: Value,
    options: IngestOptions,
    progress: &dyn IngestProgress,
) -> Result<IngestOutcome> {
    if !is_recorded(writer, &provenance)? {
        let note = NewEntry::new(EntryKind::Note, Map::new(), Some(provenance));
        writer.commit(vec![note], options.now)?;
    }
    ingest(writer, options, progress)
}

fn is_recorded(writer: &VaultWriter, provenance: &Value) -> Result<bool> {
    let vault = writer.vault();
    for note in vault.entries(Some(EntryKind::Note)) {
        if vault.detail(note?.seq)?.as_ref() == Some(provenance) {
            return Ok(true);
        }
    }
    Ok(false)
}
