//! Checking a proof: everything is computed again, nothing in the text is believed.

use std::fmt;

use super::error::SignerError;
use super::{LaterHead, Proof, ProofError, ProvenRecord};
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
        let mut list = Vec::new();
        if self.key_source == KeySource::ProofItself {
            list.push(NotShown::KeyFromProof);
        }
        list.extend([
            NotShown::Truth,
            NotShown::BeforeIntake,
            NotShown::Completeness,
            NotShown::KeyHolder,
        ]);
        list.push(NotShown::OutsideTime);
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
    in_order(&record, &context)?;
    let file_sha256 = opened(proof)?;
    let keys = Keyring::of(proof, trusted)?;
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
        key_source: if trusted.is_some() {
            KeySource::Trusted
        } else {
            KeySource::ProofItself
        },
        first_custodian: proof.custodian.clone(),
        later,
    })
}

/// The ledger line: of the right kind, about this object, and in the ledger that the checkpoint signs.
fn ledger_line(proof: &Proof) -> Result<Entry, ProofError> {
    let entry = Entry::parse(proof.line.as_bytes())?;
    if !matches!(entry.kind, EntryKind::Object | EntryKind::Reframe) {
        return Err(ProofError::LineKind { found: entry.kind });
    }
    let differ = |name, line: String, expected: String| match line == expected {
        true => Ok(()),
        false => Err(ProofError::LineField { name, line, expected }),
    };
    let commitment = entry.digest(field::COMMITMENT)?;
    differ(
        field::COMMITMENT,
        commitment.to_hex(),
        proof.commitment.0.to_hex(),
    )?;
    differ(
        field::RECORDS,
        entry.count(field::RECORDS)?.to_string(),
        proof.records.to_string(),
    )?;
    differ("seq", entry.seq.to_string(), proof.ledger.index.to_string())?;
    let leaf = leaf_hash(proof.line.as_bytes());
    let root = proof.ledger.checkpoint.checkpoint().root();
    verify_inclusion(&proof.ledger.inclusion(), &leaf, &root).map_err(ProofError::Inclusion)?;
    Ok(entry)
}

fn place_in_tree(
    proof: &Proof,
    root: &Sha256Digest,
    number: usize,
    record: &ProvenRecord,
) -> Result<ProvenPlace, ProofError> {
    let (offset, length) = (record.offset, record.raw.len() as u64);
    if offset.checked_add(length).is_none() {
        return Err(ProofError::Place {
            number,
            offset,
            length,
        });
    }
    let leaf = record_leaf(&proof.commitment, offset, &record.salt, &record.raw);
    let inclusion = InclusionProof {
        index: record.index,
        size: proof.records,
        path: record.path.clone(),
    };
    verify_inclusion(&inclusion, &leaf, root).map_err(|error| ProofError::Record { number, error })?;
    Ok(ProvenPlace {
        offset,
        length,
        index: record.index,
    })
}

/// Leaves stand in byte order; two that do not were not made by an intake.
fn in_order(record: &ProvenPlace, context: &[ProvenPlace]) -> Result<(), ProofError> {
    let mut places: Vec<&ProvenPlace> = std::iter::once(record).chain(context).collect();
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

fn opened(proof: &Proof) -> Result<Option<Sha256Digest>, ProofError> {
    let Some(opened) = &proof.opened else {
        return Ok(None);
    };
    let found = ObjectCommitment::new(&opened.nonce, &opened.sha256);
    if found != proof.commitment {
        return Err(ProofError::Digest {
            expected: proof.commitment.0,
            found: found.0,
        });
    }
    Ok(Some(opened.sha256))
}

/// The custodian keys that signed the checkpoint under the record. A journal key may not bring in records, so one
/// that signs alone says nothing about them.
fn custodians_of(head: &SignedCheckpoint, keys: &Keyring) -> Result<Vec<VerifyingKey>, ProofError> {
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

fn key_label(key: &VerifyingKey) -> String {
    format!("{}+{}", key.name(), key.id())
}

fn later_head(head: &SignedCheckpoint, later: &LaterHead, keys: &Keyring) -> Result<CheckedHead, ProofError> {
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

/// A key that is vouched for: its role, and the ledger line that brings it.
struct Vouched {
    role: KeyRole,
    key: VerifyingKey,
    since: Option<u64>,
}

/// Keys that are trusted, or certified by those that are.
struct Keyring(Vec<Vouched>);

impl Keyring {
    /// Checks the chain of certificates from the proof's own custodian key, then keeps what the trusted keys lead to.
    fn of(proof: &Proof, trusted: Option<&TrustedKeys>) -> Result<Self, ProofError> {
        let own = vec![proof.custodian.clone()];
        let strict = Self::grow(proof, &own, true)?;
        match trusted {
            Some(keys) => Self::grow(proof, &keys.0, false),
            None => Ok(strict),
        }
    }

    fn grow(proof: &Proof, roots: &[VerifyingKey], strict: bool) -> Result<Self, ProofError> {
        let origin = proof.ledger.checkpoint.checkpoint().origin();
        let root = |key: &VerifyingKey| Vouched {
            role: KeyRole::Custodian,
            key: key.clone(),
            since: None,
        };
        let mut ring = Self(roots.iter().map(root).collect());
        for (place, signed) in proof.certificates.iter().enumerate() {
            let (number, certificate) = (place + 1, signed.certificate());
            if certificate.archive != origin {
                let (expected, found) = (origin.to_owned(), certificate.archive.clone());
                return Err(ProofError::ForeignCertificate {
                    number,
                    expected,
                    found,
                });
            }
            match signed.verify(ring.custodians()) {
                Ok(_) => {}
                Err(error) if strict => return Err(ProofError::Certificate { number, error }),
                Err(_) => continue,
            }
            let (role, key, since) = (certificate.role, certificate.key.clone(), Some(certificate.since));
            ring.0.push(Vouched { role, key, since });
        }
        Ok(ring)
    }

    fn custodians(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.0
            .iter()
            .filter(|vouched| vouched.role == KeyRole::Custodian)
            .map(|vouched| &vouched.key)
    }

    /// Who of the ring signed, in which role. A wrong signature of any of them refuses the head, and so does one by
    /// a key that the ledger of that size cannot know yet.
    fn signers(&self, head: &SignedCheckpoint) -> Result<Vec<(KeyRole, VerifyingKey)>, SignerError> {
        let size = head.checkpoint().size().0;
        let signed = head.verify(self.0.iter().map(|vouched| &vouched.key))?;
        let mut signers = Vec::new();
        for key in signed {
            let of_key = || self.0.iter().filter(|vouched| vouched.key == *key);
            let known = |vouched: &&Vouched| vouched.since.is_none_or(|since| size > since);
            // The higher role counts where a key has both.
            match of_key().filter(known).map(|vouched| vouched.role).min() {
                Some(role) => signers.push((role, key.clone())),
                None => {
                    let since = of_key()
                        .filter_map(|vouched| vouched.since)
                        .min()
                        .unwrap_or_default();
                    return Err(SignerError::TooNew {
                        key: key_label(key),
                        size,
                        since,
                    });
                }
            }
        }
        Ok(signers)
    }
}
