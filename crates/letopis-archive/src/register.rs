//! The source register as the ledger holds it: the newest `source` entry is in force.

use letopis_vault::{EntryKind, NewEntry, Vault, VaultWriter};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{ArchiveError, Result};
use crate::sources::{Register, Source};

#[derive(Deserialize)]
struct Document {
    sources: Vec<Source>,
}

fn read(seq: u64, document: Value) -> Result<Document> {
    serde_json::from_value(document).map_err(|e| ArchiveError::Document {
        seq,
        problem: e.to_string(),
    })
}

/// The register in force; an empty one where none was ever given.
///
/// # Errors
/// When the newest one cannot be read.
pub fn in_force(vault: &Vault) -> Result<Register> {
    let mut newest = None;
    for entry in vault.entries(Some(EntryKind::Source)) {
        newest = Some(entry?.seq);
    }
    let Some(seq) = newest else {
        return Ok(Register::default());
    };
    let Some(document) = vault.detail(seq)? else {
        return Ok(Register::default());
    };
    let document = read(seq, document)?;
    Ok(Register::from_sources(document.sources)?)
}

/// Puts a register in force by a ledger entry, where it differs from the one in force; whether it did. `about` says who
/// did it, with which program and command.
///
/// # Errors
/// When the register in force cannot be read or the entry cannot be written.
pub fn put_in_force(
    writer: &VaultWriter,
    register: &Register,
    about: Option<Value>,
    now: i64,
) -> Result<bool> {
    let sources: Vec<&Source> = register.sources().collect();
    if in_force(&writer.vault())?.sources().eq(sources.iter().copied()) {
        return Ok(false);
    }
    let mut fields = Map::new();
    fields.insert("sources".to_owned(), Value::from(sources.len() as u64));
    let mut detail = json!({ "sources": sources });
    if let (Some(about), Value::Object(detail)) = (about, &mut detail) {
        detail.insert("about".to_owned(), about);
    }
    writer.commit(vec![NewEntry::new(EntryKind::Source, fields, Some(detail))], now)?;
    Ok(true)
}

/// One state of the register: the ledger entry that brought it.
#[derive(Clone, Debug)]
pub struct State {
    /// Ledger position.
    pub seq: u64,
    /// When it came into force, microseconds since 1970 UTC.
    pub time: i64,
    /// Who brought it, where that was recorded.
    pub operator: Option<String>,
    /// The sources, in their order.
    pub sources: Vec<Source>,
}

/// All states of the register, oldest first.
///
/// # Errors
/// When one cannot be read.
pub fn history(vault: &Vault) -> Result<Vec<State>> {
    let mut states = Vec::new();
    for entry in vault.entries(Some(EntryKind::Source)) {
        let entry = entry?;
        let Some(document) = vault.detail(entry.seq)? else {
            continue;
        };
        let operator = document
            .get("about")
            .and_then(|about| about.get("operator"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let document = read(entry.seq, document)?;
        states.push(State {
            seq: entry.seq,
            time: entry.time,
            operator,
            sources: document.sources,
        });
    }
    Ok(states)
}
