//! Reading a proof of many records, strictly and with bounds.

use super::{BatchProof, FIRST_LINE, ProvenLine, ProvenObject};
use crate::checkpoint::SignedCheckpoint;
use crate::hash::hex_array;
use crate::proof::ProofError;
use crate::proof::lines::{self, Lines};
use crate::proof::text;
use crate::record::CommitmentNonce;

/// The length of the text bounds objects, records and hashes; nothing here allocates more than a few times that.
const ANY_NUMBER: usize = usize::MAX;

pub(super) fn batch(text: &str) -> Result<BatchProof, ProofError> {
    let mut lines = lines::begin(text, FIRST_LINE)?;
    let mut objects = Vec::new();
    while lines.section("object")? {
        objects.push(object(&mut lines)?);
    }
    let mut documents = Vec::new();
    while lines.section("document")? {
        documents.push(document(&mut lines)?);
    }
    lines.exactly("ledger")?;
    let hashes = lines::hashes(&mut lines, "hash ", ANY_NUMBER)?;
    lines.exactly("")?;
    let (custodian, certificates) = lines::keys(&mut lines)?;
    let later = lines::later(&mut lines)?;
    lines.exactly("checkpoint")?;
    let note = lines.quoted_to_end()?;
    let proof = BatchProof {
        objects,
        lines: documents,
        hashes,
        custodian,
        certificates,
        later,
        checkpoint: SignedCheckpoint::parse(note.as_bytes()).map_err(ProofError::Checkpoint)?,
    };
    lines::one_spelling(text, &proof.to_string())?;
    Ok(proof)
}

fn object(lines: &mut Lines<'_>) -> Result<ProvenObject, ProofError> {
    let (commitment, records, opened) = lines::tree(lines)?;
    let line = lines.word("line ", "a ledger line", |line| Some(line.to_owned()))?;
    let hashes = lines::hashes(lines, "hash ", ANY_NUMBER)?;
    lines.exactly("")?;
    let mut proven = Vec::new();
    while lines.section("record")? {
        let at = lines.number;
        let record = lines::record(lines)?;
        if !record.path.is_empty() {
            return Err(ProofError::Line {
                line: at,
                expected: "a record without `path`: its tree's hashes stand with the object",
                found: format!("{} path lines", record.path.len()),
            });
        }
        proven.push(record);
    }
    Ok(ProvenObject {
        commitment,
        records,
        opened,
        line,
        hashes,
        proven,
    })
}

fn document(lines: &mut Lines<'_>) -> Result<ProvenLine, ProofError> {
    let line = lines.word("line ", "a ledger line", |line| Some(line.to_owned()))?;
    let document = if lines.peek().starts_with("nonce ") {
        let nonce = lines.word("nonce ", "64 hexadecimal digits", hex_array)?;
        let document = lines.word("text |", "text with control characters escaped", text::unescape)?;
        Some((CommitmentNonce(nonce), document))
    } else {
        None
    };
    lines.exactly("")?;
    Ok(ProvenLine { line, document })
}
