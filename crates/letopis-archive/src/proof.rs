//! Checking the proof of a record without any archive.

use letopis_seal::key::VerifyingKey;
use letopis_seal::proof::{Proof, TrustedKeys};
use serde::Serialize;

/// What a proof shows, in words and figures.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Always true: a proof that does not hold is an error.
    pub ok: bool,
    /// The archive: origin of the checkpoint.
    pub archive: String,
    /// The record's bytes as text, with U+FFFD where they are none.
    pub record: String,
    /// First byte in the file.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// Number in the record tree, from 0.
    pub index: u64,
    /// Records in the tree.
    pub records: u64,
    /// SHA-256 of the whole file, where the proof opens it.
    pub file_sha256: Option<String>,
    /// The ledger entry that binds the tree.
    pub line_seq: u64,
    /// Entries under the checkpoint.
    pub checkpoint_size: u64,
    /// Root of the checkpoint, hex.
    pub checkpoint_root: String,
    /// Keys that signed it.
    pub signed_by: Vec<String>,
    /// What is not shown.
    pub not_shown: Vec<String>,
}

/// Reads a proof text and recomputes everything in it. `trusted` holds custodian keys known from elsewhere, one a
/// line; without it the key in the proof is used, and the result says so.
///
/// # Errors
/// Names what does not hold.
pub fn check_proof(text: &str, trusted: Option<&str>) -> Result<Shown, String> {
    let trusted = trusted.map(keys).transpose()?;
    let proof = Proof::parse(text).map_err(|e| e.to_string())?;
    let checked = proof.check(trusted.as_ref()).map_err(|e| e.to_string())?;
    Ok(Shown {
        ok: true,
        archive: checked.archive.clone(),
        record: String::from_utf8_lossy(&proof.record.raw).into_owned(),
        offset: checked.record.offset,
        length: checked.record.length,
        index: checked.record.index.0,
        records: checked.records.0,
        file_sha256: checked.file_sha256.map(|d| d.to_string()),
        line_seq: checked.line_seq,
        checkpoint_size: checked.checkpoint_size.0,
        checkpoint_root: checked.checkpoint_root.to_string(),
        signed_by: checked.signed_by.iter().map(ToString::to_string).collect(),
        not_shown: checked.not_shown().iter().map(ToString::to_string).collect(),
    })
}

fn keys(text: &str) -> Result<TrustedKeys, String> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let keys: Result<Vec<VerifyingKey>, String> = lines
        .map(|l| VerifyingKey::parse(l).map_err(|e| format!("trusted key `{l}`: {e}")))
        .collect();
    keys.map(TrustedKeys)
}
