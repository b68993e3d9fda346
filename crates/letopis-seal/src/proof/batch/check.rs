//! Checking a proof of many records: everything is computed again.

use super::{BatchChecked, BatchProof, CheckedLine, CheckedObject, ProvenLine, ProvenObject};
use crate::certificate::KeyRole;
use crate::entry::{Entry, detail_commitment, field};
use crate::hash::leaf_hash;
use crate::key::VerifyingKey;
use crate::proof::check::{custodians_of, in_order, later_head, opened, place_of, tree_line};
use crate::proof::keyring::Keyring;
use crate::proof::{KeySource, ProofError, TrustedKeys};
use crate::record::record_leaf;
use crate::tree::{LeafIndex, verify_shared_inclusion};

pub(super) fn batch(proof: &BatchProof, trusted: Option<&TrustedKeys>) -> Result<BatchChecked, ProofError> {
    if proof.objects.is_empty() && proof.lines.is_empty() {
        return Err(ProofError::Nothing);
    }
    let mut leaves = Vec::new();
    let mut objects = Vec::new();
    let mut number = 0;
    for object in &proof.objects {
        let checked = records_of(object, &mut number)?;
        leaves.push((LeafIndex(checked.line_seq), leaf_hash(object.line.as_bytes())));
        objects.push(checked);
    }
    let mut lines = Vec::new();
    for line in &proof.lines {
        let checked = document_of(line)?;
        leaves.push((LeafIndex(checked.seq), leaf_hash(line.line.as_bytes())));
        lines.push(checked);
    }
    // Objects and documents ascend each for themselves; a line that is in both is one leaf.
    ascending(objects.iter().map(|object| object.line_seq))?;
    ascending(lines.iter().map(|line| line.seq))?;
    leaves.sort_unstable_by_key(|(index, _)| *index);
    leaves.dedup();
    let head = &proof.checkpoint;
    let state = head.checkpoint();
    verify_shared_inclusion(state.size(), &leaves, &proof.hashes, &state.root())
        .map_err(ProofError::Inclusion)?;
    let keys = Keyring::of(&proof.custodian, &proof.certificates, state.origin(), trusted)?;
    let signed_by = signers(proof, &keys, &lines)?;
    let later = proof
        .later
        .as_ref()
        .map(|later| later_head(head, later, &keys))
        .transpose()?;
    Ok(BatchChecked {
        archive: state.origin().to_owned(),
        objects,
        lines,
        checkpoint_size: state.size(),
        checkpoint_root: state.root(),
        signed_by,
        key_source: KeySource::of(trusted),
        first_custodian: proof.custodian.clone(),
        later,
    })
}

/// Shows that the records stand in the tree that the ledger line states. `number` counts records through the text.
fn records_of(object: &ProvenObject, number: &mut usize) -> Result<CheckedObject, ProofError> {
    let entry = tree_line(&object.line, &object.commitment, object.records)?;
    let root = entry.digest(field::ROOT)?;
    let first = *number;
    let mut places = Vec::with_capacity(object.proven.len());
    let mut leaves = Vec::with_capacity(object.proven.len());
    for record in &object.proven {
        places.push(place_of(*number, record)?);
        let leaf = record_leaf(&object.commitment, record.offset, &record.salt, &record.raw);
        leaves.push((record.index, leaf));
        *number += 1;
    }
    verify_shared_inclusion(object.records, &leaves, &object.hashes, &root)
        .map_err(|error| ProofError::Record { number: first, error })?;
    in_order(&places)?;
    Ok(CheckedObject {
        line_seq: entry.seq,
        line_time: entry.time,
        commitment: object.commitment,
        records: object.records,
        file_sha256: opened(&object.commitment, object.opened.as_ref())?,
        places,
    })
}

fn document_of(proven: &ProvenLine) -> Result<CheckedLine, ProofError> {
    let entry = Entry::parse(proven.line.as_bytes())?;
    if let Some((nonce, document)) = &proven.document {
        let found = detail_commitment(&nonce.0, document.as_bytes());
        if entry.detail != Some(found) {
            let (seq, expected) = (entry.seq, entry.detail);
            return Err(ProofError::Document { seq, expected, found });
        }
    }
    Ok(CheckedLine {
        seq: entry.seq,
        kind: entry.kind,
        time: entry.time,
        document: proven.document.as_ref().map(|(_, document)| document.clone()),
    })
}

fn ascending(numbers: impl Iterator<Item = u64>) -> Result<(), ProofError> {
    let mut before = None;
    for seq in numbers {
        if let Some(before) = before.filter(|before| *before >= seq) {
            return Err(ProofError::LineOrder { before, seq });
        }
        before = Some(seq);
    }
    Ok(())
}

/// Who vouches: a custodian; for lines that a journal key may bring in, and nothing else, a journal key too.
fn signers(
    proof: &BatchProof,
    keys: &Keyring,
    lines: &[CheckedLine],
) -> Result<Vec<(KeyRole, VerifyingKey)>, ProofError> {
    let journal_may = proof.objects.is_empty() && lines.iter().all(|line| line.kind.journal_may_sign());
    if journal_may {
        return keys.signers(&proof.checkpoint).map_err(ProofError::Signer);
    }
    let custodians = custodians_of(&proof.checkpoint, keys)?;
    Ok(custodians
        .into_iter()
        .map(|key| (KeyRole::Custodian, key))
        .collect())
}
