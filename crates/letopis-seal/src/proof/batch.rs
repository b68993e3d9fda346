//! The proof of many records, and of ledger lines with the documents they commit to, as one text: what the paths of
//! several records share stands there once.
//!
//! ```text
//! letopis proof of records, version 1
//!
//! object                           one for each record tree, ascending by ledger line
//! commitment HEX                   as in the proof of one record (crate::proof), and so on
//! records NUMBER
//! sha256 HEX                       these two only when the file's digest is to be shown
//! nonce HEX
//! line {"commitment":…}            the ledger line that binds commitment, records and root, verbatim
//! hash BASE64                      hashes of the record tree that its records leave open, from left to right
//!
//! record                           the records of the object before them, ascending; without `path`
//! offset …
//!
//! document                         as many as needed, ascending: a ledger line with what it commits to
//! line {…}
//! nonce HEX                        these two only when the document is to be shown
//! text |DOCUMENT                   one line of JSON, escaped as the text of a record is
//!
//! ledger
//! hash BASE64                      hashes of the ledger's tree that all these lines leave open
//!
//! custodian
//! certificate
//! later head                       these as in the proof of one record
//!
//! checkpoint
//! |SIGNED NOTE, line by line
//! ```
//!
//! How hashes are used: go down a tree of N leaves as RFC 6962 cuts it (left part: the largest power of two below N).
//! A part without any of the proven leaves takes the next hash; a part that is one proven leaf is that leaf's hash;
//! any other is SHA-256(0x01 ‖ left ‖ right). No hash may be left over. The root must be the one stated.
//!
//! Where an object stands in the text, a custodian key must have signed the checkpoint. Without one, a journal key
//! does too, for lines of the kinds it may bring in: `access-intent`, `access-result`, `verify`.

use std::fmt;

use super::{
    CheckedHead, KeySource, LaterHead, NotShown, OpenedDigest, ProofError, ProvenPlace, ProvenRecord,
    TrustedKeys,
};
use crate::certificate::{KeyRole, SignedCertificate};
use crate::checkpoint::SignedCheckpoint;
use crate::entry::{EntryKind, EntryTime};
use crate::hash::Sha256Digest;
use crate::key::VerifyingKey;
use crate::record::{CommitmentNonce, ObjectCommitment};
use crate::tree::TreeSize;

mod check;
mod parse;
mod text;

#[cfg(test)]
pub(super) mod tests;

/// The first line of the text.
pub const FIRST_LINE: &str = "letopis proof of records, version 1";

/// Records of one tree, with what proves them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenObject {
    /// The object's commitment.
    pub commitment: ObjectCommitment,
    /// Leaves of the record tree.
    pub records: TreeSize,
    /// The file's digest, when it is to be shown.
    pub opened: Option<OpenedDigest>,
    /// The ledger line that binds the tree, without line end.
    pub line: String,
    /// What the records leave open of the tree, from left to right.
    pub hashes: Vec<Sha256Digest>,
    /// The records, ascending; their own `path` is empty.
    pub proven: Vec<ProvenRecord>,
}

/// A ledger line, with the document it commits to if that is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenLine {
    /// The line, without line end.
    pub line: String,
    /// The nonce and the document whose SHA-256(nonce ‖ document) the line states as `detail`.
    pub document: Option<(CommitmentNonce, String)>,
}

/// The proof of many records. Built by whoever has the archive, checked by whoever has only the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchProof {
    /// Trees with their records, ascending by ledger line.
    pub objects: Vec<ProvenObject>,
    /// Ledger lines, ascending.
    pub lines: Vec<ProvenLine>,
    /// What all the lines leave open of the ledger's tree, from left to right.
    pub hashes: Vec<Sha256Digest>,
    /// The archive's first custodian key.
    pub custodian: VerifyingKey,
    /// What certifies further keys, each after the one that signs it.
    pub certificates: Vec<SignedCertificate>,
    /// A later head.
    pub later: Option<LaterHead>,
    /// The ledger that all the lines stand in.
    pub checkpoint: SignedCheckpoint,
}

/// One tree of a checked proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedObject {
    /// Number of the ledger line.
    pub line_seq: u64,
    /// When the line was written, by the clock of the machine that wrote it.
    pub line_time: EntryTime,
    /// The object's commitment.
    pub commitment: ObjectCommitment,
    /// Leaves of the record tree.
    pub records: TreeSize,
    /// SHA-256 of the whole file, when the proof opens it.
    pub file_sha256: Option<Sha256Digest>,
    /// Places of the proven records, ascending.
    pub places: Vec<ProvenPlace>,
}

/// One ledger line of a checked proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedLine {
    /// Its number.
    pub seq: u64,
    /// Its kind.
    pub kind: EntryKind,
    /// When it was written, by the clock of the machine that wrote it.
    pub time: EntryTime,
    /// The document it commits to, when the proof shows it.
    pub document: Option<String>,
}

/// What a proof of many records shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchChecked {
    /// The archive: origin of the checkpoint.
    pub archive: String,
    /// Trees with their records.
    pub objects: Vec<CheckedObject>,
    /// Ledger lines.
    pub lines: Vec<CheckedLine>,
    /// Ledger lines under the checkpoint.
    pub checkpoint_size: TreeSize,
    /// Root of the checkpoint.
    pub checkpoint_root: Sha256Digest,
    /// Keys that signed the checkpoint, with their roles.
    pub signed_by: Vec<(KeyRole, VerifyingKey)>,
    /// Where the trust in them comes from.
    pub key_source: KeySource,
    /// The first custodian key as the proof states it.
    pub first_custodian: VerifyingKey,
    /// The later head, if the proof has one.
    pub later: Option<CheckedHead>,
}

impl BatchChecked {
    /// Records that are shown.
    pub fn records(&self) -> usize {
        self.objects.iter().map(|object| object.places.len()).sum()
    }

    /// What is not shown, in a fixed order.
    pub fn not_shown(&self) -> Vec<NotShown> {
        let mut list = NotShown::always(self.key_source);
        if self.objects.iter().any(|object| object.file_sha256.is_none()) {
            list.push(NotShown::WhichFile);
        }
        list
    }
}

impl BatchProof {
    /// Reads a proof. Checks the form only; see [`check`](Self::check).
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        parse::batch(text)
    }

    /// Computes everything again and says what is shown, by which key, and what is not. `trusted` as for
    /// [`crate::Proof::check`]. No input makes this panic.
    pub fn check(&self, trusted: Option<&TrustedKeys>) -> Result<BatchChecked, ProofError> {
        check::batch(self, trusted)
    }
}

/// The text.
impl fmt::Display for BatchProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::batch(self))
    }
}
