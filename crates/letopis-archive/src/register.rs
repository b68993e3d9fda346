//! The source register as the ledger holds it: the newest `source` entry is in force.

use letopis_vault::{EntryKind, Vault};
use serde::Deserialize;

use crate::error::{ArchiveError, Result};
use crate::sources::{Register, Source};

#[derive(Deserialize)]
struct Document {
    sources: Vec<Source>,
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
    let document: Document = serde_json::from_value(document).map_err(|e| ArchiveError::Document {
        seq,
        problem: e.to_string(),
    })?;
    Ok(Register::from_sources(document.sources)?)
}
