//! The proof of one record: a text that shows, to someone without the archive, that these bytes stood at this place
//! of a file when its custodian signed. Nothing of the neighbouring records is in it.
//!
//! ```text
//! letopis proof of one record, version 1
//!
//! record
//! offset NUMBER                    first byte of the record in its file
//! length NUMBER                    bytes
//! leaf NUMBER                      number of the record in the record tree, from 0
//! salt HEX                         16 bytes
//! text |TEXT                       the bytes as text, once for each of its lines; see below
//! raw BASE64                       the bytes, 57 a line; no line for an empty record
//! path BASE64                      hashes of the record tree, from the leaf's sibling to a child of the root
//!
//! context                          as many as needed: other records of the same tree, in the same form (what a
//! offset …                         binary record refers to)
//!
//! rendering, not proven by itself  if any: how a program read the record; the checker passes it over
//! |TEXT
//!
//! object
//! commitment HEX
//! records NUMBER                   leaves of the record tree
//! sha256 HEX                       these two only when the file's digest is to be shown
//! nonce HEX
//!
//! ledger line                      the line that binds commitment, records and root, verbatim
//! {"commitment":…}
//!
//! custodian                        the archive's first custodian key
//! NAME+KEYID+BASE64
//!
//! certificate                      as many as needed: later custodian keys, journal keys, in order (crate::certificate)
//! |SIGNED NOTE, line by line
//!
//! later head                       if any: a later state of the same ledger
//! consistency BASE64               hashes that connect the checkpoint below with it
//! |SIGNED CHECKPOINT, line by line
//!
//! c2sp.org/tlog-proof@v1           the ledger line in the ledger, to the end of the text (crate::tlog_proof)
//! index NUMBER
//! …
//! ```
//!
//! One empty line parts the sections; the text is UTF-8 and every line ends in a newline. `text` lines stand there
//! when the bytes are UTF-8 and at most 4,096: cut after every newline, with `\\`, `\n`, `\t`, `\r` and `\u{HEX}`
//! for a backslash, control and formatting characters. They are made from the bytes and must be equal to them.
//! The tlog-proof has no `extra` line. Signature lines of unknown keys (cosigners) are kept and say nothing here.
//! One proof has one text: whatever parses prints back byte for byte.
//!
//! To check by hand: (1) the leaf of [`crate::record`] from commitment, offset, length, salt and bytes; (2) with leaf
//! number and path up to a root, which the ledger line must state as `root`, beside `records` and `commitment`;
//! (3) SHA-256(0x00 ‖ ledger line) with the tlog-proof up to the checkpoint's root; (4) the checkpoint's signature
//! by the custodian key, or by a custodian key that certificates lead to. A journal key does not do: it may not
//! bring in records, so its signature says nothing about one.

use crate::certificate::SignedCertificate;
use crate::checkpoint::SignedCheckpoint;
use crate::hash::Sha256Digest;
use crate::key::VerifyingKey;
use crate::record::{CommitmentNonce, ObjectCommitment, Salt};
use crate::tlog_proof::TlogProof;
use crate::tree::{LeafIndex, TreeSize};

pub mod batch;
mod check;
mod error;
mod keyring;
mod lines;
mod parse;
mod text;

#[cfg(test)]
mod python_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use batch::{BatchChecked, BatchProof};
pub use check::{Checked, CheckedHead, KeySource, NotShown, ProvenPlace, TrustedKeys};
pub use error::{ProofError, SignerError};
pub use text::escape as printable;

/// A longer text is refused unread.
pub const PROOF_BYTES_MAX: usize = 64 << 20;
/// The text of the checker that needs nothing but Python's standard library: it goes with every proof that is handed
/// to somebody who does not have letopis.
pub const PYTHON_CHECKER: &str = include_str!("../check_proof.py");
/// Records of context, and certificates, beyond which a text is refused.
pub const PARTS_MAX: usize = 256;

/// One record with what proves it in its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRecord {
    /// First byte of the record in the object.
    pub offset: u64,
    /// The bytes.
    pub raw: Vec<u8>,
    /// Its salt.
    pub salt: Salt,
    /// Its number in the record tree.
    pub index: LeafIndex,
    /// From the leaf's sibling to a child of the root.
    pub path: Vec<Sha256Digest>,
}

/// What opens the object's commitment: shown only when the file's digest is asked for, since a digest lets anyone
/// confirm a guess about the rest of a small file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedDigest {
    /// SHA-256 of the object: what `sha256sum` prints for the file.
    pub sha256: Sha256Digest,
    /// The nonce of the commitment.
    pub nonce: CommitmentNonce,
}

/// A later state of the same ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterHead {
    /// From the checkpoint of the proof to this one (RFC 6962 §2.1.2).
    pub consistency: Vec<Sha256Digest>,
    /// The later checkpoint. A journal key may have signed it.
    pub checkpoint: SignedCheckpoint,
}

/// The proof of one record. Built by whoever has the archive, checked by whoever has only the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The record.
    pub record: ProvenRecord,
    /// Other records of the same tree that it refers to.
    pub context: Vec<ProvenRecord>,
    /// How a program read the record; proven by nothing. Lines parted by `\n`.
    pub rendering: Option<String>,
    /// The object's commitment.
    pub commitment: ObjectCommitment,
    /// Leaves of the record tree.
    pub records: TreeSize,
    /// The file's digest, when it is to be shown.
    pub opened: Option<OpenedDigest>,
    /// The ledger line that binds the tree, without line end.
    pub line: String,
    /// The archive's first custodian key.
    pub custodian: VerifyingKey,
    /// What certifies further keys, each after the one that signs it.
    pub certificates: Vec<SignedCertificate>,
    /// A later head.
    pub later: Option<LaterHead>,
    /// The ledger line in the ledger. Its checkpoint is signed by a custodian key.
    pub ledger: TlogProof,
}

impl Proof {
    /// Reads a proof. Checks the form only; see [`check`](Self::check).
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        parse::proof(text)
    }

    /// The text.
    pub fn to_text(&self) -> String {
        text::proof(self)
    }

    /// Computes everything again and says what is shown, by which key, and what is not.
    ///
    /// Without `trusted` keys the custodian key of the text itself is used; the result says so, since a forger
    /// would have put theirs there. No input makes this panic.
    pub fn check(&self, trusted: Option<&TrustedKeys>) -> Result<Checked, ProofError> {
        check::proof(self, trusted)
    }
}
