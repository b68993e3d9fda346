//! Checking a proof: everything is computed again, nothing in the text is believed.

use std::fmt;

use super::keyring::{Keyring, key_label};
use super::{LaterHead, OpenedDigest, Proof, ProofError, ProvenRecord};
use crate::certificate::KeyRole;
use crate::checkpoint::SignedCheckpoint;
use crate::entry::{Entry, EntryKind, EntryTime, field};
use crate::hash::{Sha256Digest, leaf_hash};
use crate::key::VerifyingKey;
use crate::record::{ObjectCommitment, record_leaf};
use crate::tree::{
    ConsistencyProof, InclusionProof, LeafIndex, TreeSize, verify_consistency, verify_inclusion,
};

/// Custodian keys that the checker knows from elsewhere: minutes, a published page, a business card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedKeys(pub Vec<VerifyingKey>);

/// Where the trust in the signature comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// One of the keys that the checker brought.
    Trusted,
    /// The proof itself: the key must still be compared with a published one.
    ProofItself,
}

impl KeySource {
    pub(super) fn of(trusted: Option<&TrustedKeys>) -> Self {
        trusted.map_or(Self::ProofItself, |_| Self::Trusted)
    }
}

/// Where a proven record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvenPlace {
    /// First byte in the file.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// Number in the record tree, from 0.
    pub index: LeafIndex,
}

/// The later head of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedHead {
    /// Ledger lines.
    pub size: TreeSize,
    /// Root over them.
    pub root: Sha256Digest,
    /// Who signed it.
    pub signed_by: Vec<(KeyRole, VerifyingKey)>,
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The archive: origin of the checkpoint.
    pub archive: String,
    /// Place of the record.
    pub record: ProvenPlace,
    /// Places of the records of context.
    pub context: Vec<ProvenPlace>,
    /// Records in the tree.
    pub records: TreeSize,
    /// The object's commitment.
    pub commitment: ObjectCommitment,
    /// SHA-256 of the whole file, when the proof opens it.
    pub file_sha256: Option<Sha256Digest>,
    /// Whether a rendering stands in the text, which is not checked.
    pub has_rendering: bool,
    /// Number of the ledger line.
    pub line_seq: u64,
    /// Kind of the ledger line.
    pub line_kind: EntryKind,
    /// When the line was written, by the clock of the machine that wrote it.
    pub line_time: EntryTime,
    /// Ledger lines under the checkpoint.
    pub checkpoint_size: TreeSize,
    /// Root of the checkpoint.
    pub checkpoint_root: Sha256Digest,
    /// Custodian keys that signed the checkpoint.
    pub signed_by: Vec<VerifyingKey>,
    /// Where the trust in them comes from.
    pub key_source: KeySource,
    /// The first custodian key as the proof states it.
    pub first_custodian: VerifyingKey,
    /// The later head, if the proof has one.
    pub later: Option<CheckedHead>,
}

/// What no proof of this kind shows, to be said with every result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotShown {
    /// Whether what the record says is true.
    Truth,
    /// Whether the file was unaltered before it was taken in.
    BeforeIntake,
    /// Whether everything was handed over.
    Completeness,
    /// Who holds the key.
    KeyHolder,
    /// When, beyond the word of the signer: no outside time is in the proof.
    OutsideTime,
    /// The key was taken from the proof itself.
    KeyFromProof,
    /// The rendering is not derived from the bytes here.
    Rendering,
    /// Which file it is: the digest is not opened.
    WhichFile,
}

impl NotShown {
    /// What no proof at all shows, in a fixed order.
    pub(super) fn always(key_source: KeySource) -> Vec<Self> {
        let from_proof = (key_source == KeySource::ProofItself).then_some(Self::KeyFromProof);
        let others = [
            Self::Truth,
            Self::BeforeIntake,
            Self::Completeness,
            Self::KeyHolder,
            Self::OutsideTime,
        ];
        from_proof.into_iter().chain(others).collect()
    }

    /// A name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::BeforeIntake => "before-intake",
            Self::Completeness => "completeness",
            Self::KeyHolder => "key-holder",
            Self::OutsideTime => "outside-time",
            Self::KeyFromProof => "key-from-proof",
            Self::Rendering => "rendering",
            Self::WhichFile => "which-file",
        }
    }
}

impl fmt::Display for NotShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truth => "that what the record says is true",
            Self::BeforeIntake => "that the file was unaltered before it was taken in",
            Self::Completeness => "that nothing was left out of what was handed over",
            Self::KeyHolder => "who holds the key",
            Self::OutsideTime => "when it was signed, other than by the signer's own clock",
            Self::KeyFromProof => "that the key is the archive's: it is taken from the proof itself; compare it with a published one",
            Self::Rendering => "that the rendering follows from the bytes",
            Self::WhichFile => "which file it was: its digest is not part of this proof",
        })
    }
}

impl Checked {
    /// What is not shown, in a fixed order.
    pub fn not_shown(&self) -> Vec<NotShown> {
        let mut list = NotShown::always(self.key_source);
        if self.has_rendering {
            list.push(NotShown::Rendering);
        }
        if self.file_sha256.is_none() {
            list.push(NotShown::WhichFile);
        }
        list
    }
}

pub(super) fn proof(proof: &Proof, trusted: Option<&TrustedKeys>) -> Result<Checked, ProofError> {
    let head = &proof.ledger.checkpoint;
    let entry = ledger_line(proof)?;
    let root = entry.digest(field::ROOT)?;
    let record = place_in_tree(proof, &root, 0, &proof.record)?;
    let mut context = Vec::new();
    for (place, other) in proof.context.iter().enumerate() {
        context.push(place_in_tree(proof, &root, place + 1, other)?);
    }
    in_order(std::iter::once(&record).chain(&context))?;
    let file_sha256 = opened(&proof.commitment, proof.opened.as_ref())?;
    let keys = Keyring::of(
        &proof.custodian,
        &proof.certificates,
        head.checkpoint().origin(),
        trusted,
    )?;
    let signed_by = custodians_of(head, &keys)?;
    let later = proof
        .later
        .as_ref()
        .map(|later| later_head(head, later, &keys))
        .transpose()?;
    Ok(Checked {
        archive: head.checkpoint().origin().to_owned(),
        record,
        context,
        records: proof.records,
        commitment: proof.commitment,
        file_sha256,
        has_rendering: proof.rendering.is_some(),
        line_seq: entry.seq,
        line_kind: entry.kind,
        line_time: entry.time,
        checkpoint_size: head.checkpoint().size(),
        checkpoint_root: head.checkpoint().root(),
        signed_by,
        key_source: KeySource::of(trusted),
        first_custodian: proof.custodian.clone(),
        later,
    })
}

/// The ledger line: of the right kind, about this object, and in the ledger that the checkpoint signs.
fn ledger_line(proof: &Proof) -> Result<Entry, ProofError> {
    let entry = tree_line(&proof.line, &proof.commitment, proof.records)?;
    differ("seq", entry.seq.to_string(), proof.ledger.index.to_string())?;
    let leaf = leaf_hash(proof.line.as_bytes());
    let root = proof.ledger.checkpoint.checkpoint().root();
    verify_inclusion(&proof.ledger.inclusion(), &leaf, &root).map_err(ProofError::Inclusion)?;
    Ok(entry)
}

/// A ledger line that binds a record tree, and is about this one.
pub(super) fn tree_line(
    line: &str,
    commitment: &ObjectCommitment,
    records: TreeSize,
) -> Result<Entry, ProofError> {
    let entry = Entry::parse(line.as_bytes())?;
    if !matches!(entry.kind, EntryKind::Object | EntryKind::Reframe) {
        return Err(ProofError::LineKind { found: entry.kind });
    }
    let stated = entry.digest(field::COMMITMENT)?;
    differ(field::COMMITMENT, stated.to_hex(), commitment.0.to_hex())?;
    let stated = entry.count(field::RECORDS)?;
    differ(field::RECORDS, stated.to_string(), records.to_string())?;
    Ok(entry)
}

fn differ(name: &'static str, line: String, expected: String) -> Result<(), ProofError> {
    match line == expected {
        true => Ok(()),
        false => Err(ProofError::LineField { name, line, expected }),
    }
}

fn place_in_tree(
    proof: &Proof,
    root: &Sha256Digest,
    number: usize,
    record: &ProvenRecord,
) -> Result<ProvenPlace, ProofError> {
    let place = place_of(number, record)?;
    let leaf = record_leaf(&proof.commitment, record.offset, &record.salt, &record.raw);
    let inclusion = InclusionProof {
        index: record.index,
        size: proof.records,
        path: record.path.clone(),
    };
    verify_inclusion(&inclusion, &leaf, root).map_err(|error| ProofError::Record { number, error })?;
    Ok(place)
}

/// Where a record says it lies, if a file can have that place.
pub(super) fn place_of(number: usize, record: &ProvenRecord) -> Result<ProvenPlace, ProofError> {
    let (offset, length) = (record.offset, record.raw.len() as u64);
    match offset.checked_add(length) {
        Some(_) => Ok(ProvenPlace {
            offset,
            length,
            index: record.index,
        }),
        None => Err(ProofError::Place {
            number,
            offset,
            length,
        }),
    }
}

/// Leaves stand in byte order; two that do not were not made by an intake.
pub(super) fn in_order<'a>(places: impl IntoIterator<Item = &'a ProvenPlace>) -> Result<(), ProofError> {
    let mut places: Vec<&ProvenPlace> = places.into_iter().collect();
    places.sort_by_key(|place| place.index);
    for pair in places.windows(2) {
        let [earlier, later] = pair else { continue };
        let end = earlier.offset + earlier.length;
        if earlier.index != later.index && later.offset < end {
            let (expected, found) = (end, later.offset);
            return Err(ProofError::Order {
                earlier: earlier.index.0,
                later: later.index.0,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// The file's digest, where the proof shows it and it is the one committed to.
pub(super) fn opened(
    commitment: &ObjectCommitment,
    opened: Option<&OpenedDigest>,
) -> Result<Option<Sha256Digest>, ProofError> {
    let Some(opened) = opened else {
        return Ok(None);
    };
    let found = ObjectCommitment::new(&opened.nonce, &opened.sha256);
    if found != *commitment {
        return Err(ProofError::Digest {
            expected: commitment.0,
            found: found.0,
        });
    }
    Ok(Some(opened.sha256))
}

/// The custodian keys that signed the checkpoint under the record. A journal key may not bring in records, so one
/// that signs alone says nothing about them.
pub(super) fn custodians_of(
    head: &SignedCheckpoint,
    keys: &Keyring,
) -> Result<Vec<VerifyingKey>, ProofError> {
    let signers = keys.signers(head).map_err(ProofError::Signer)?;
    let journal = signers
        .iter()
        .find(|(role, _)| *role == KeyRole::Journal)
        .map(|(_, key)| key_label(key));
    let custodians = signers
        .into_iter()
        .filter(|(role, _)| *role == KeyRole::Custodian);
    let custodians: Vec<VerifyingKey> = custodians.map(|(_, key)| key).collect();
    match journal {
        Some(key) if custodians.is_empty() => Err(ProofError::JournalOnly { key }),
        _ => Ok(custodians),
    }
}

pub(super) fn later_head(
    head: &SignedCheckpoint,
    later: &LaterHead,
    keys: &Keyring,
) -> Result<CheckedHead, ProofError> {
    let (old, new) = (head.checkpoint(), later.checkpoint.checkpoint());
    if old.origin() != new.origin() {
        let (expected, found) = (old.origin().to_owned(), new.origin().to_owned());
        return Err(ProofError::LaterOrigin { expected, found });
    }
    let path = later.consistency.clone();
    let consistency = ConsistencyProof {
        old: old.size(),
        new: new.size(),
        path,
    };
    verify_consistency(&consistency, &old.root(), &new.root()).map_err(ProofError::LaterConsistency)?;
    let signed_by = keys.signers(&later.checkpoint).map_err(ProofError::LaterSigner)?;
    Ok(CheckedHead {
        size: new.size(),
        root: new.root(),
        signed_by,
    })
}
