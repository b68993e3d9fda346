//! Why a proof is refused.

use crate::certificate::CertificateError;
use crate::checkpoint::CheckpointError;
use crate::entry::{EntryError, EntryKind};
use crate::hash::Sha256Digest;
use crate::key::KeyError;
use crate::tlog_proof::TlogProofError;
use crate::tree::TreeError;

use super::PROOF_BYTES_MAX;

/// Why a proof is refused: what was looked at, what was expected, what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The text is longer than [`PROOF_BYTES_MAX`].
    #[error("proof: {found} bytes, expected at most {PROOF_BYTES_MAX}")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// A line of the text is not what must stand there.
    #[error("proof, line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Line number from 1.
        line: usize,
        /// What must stand there.
        expected: &'static str,
        /// What stands there, at most 80 characters of it.
        found: String,
    },
    /// The custodian key is malformed.
    #[error("proof, line {line}: {error}")]
    Key {
        /// Line number from 1.
        line: usize,
        /// What is wrong.
        error: KeyError,
    },
    /// A certificate is malformed, or not signed by a custodian that those before it lead to.
    #[error("proof, certificate {number}: {error}")]
    Certificate {
        /// Which of them, from 1.
        number: usize,
        /// What is wrong.
        error: CertificateError,
    },
    /// A certificate is for another archive.
    #[error(
        "proof, certificate {number}: for the archive {found:?}, expected {expected:?} as the checkpoint says"
    )]
    ForeignCertificate {
        /// Which of them, from 1.
        number: usize,
        /// The checkpoint's origin.
        expected: String,
        /// The certificate's archive.
        found: String,
    },
    /// The tlog-proof at the end is malformed; its lines are counted from its own first line.
    #[error("proof, at the end: {0}")]
    Ledger(#[from] TlogProofError),
    /// The later head is malformed.
    #[error("proof, later head: {0}")]
    LaterHead(CheckpointError),
    /// Offset and length go beyond what a file can have.
    #[error("proof, record {number}: offset {offset} and length {length} do not fit into 64 bits")]
    Place {
        /// Which record: 0 the record itself, from 1 its context.
        number: usize,
        /// Offset.
        offset: u64,
        /// Length.
        length: u64,
    },
    /// The record's bytes, place or salt are not those that the tree was made over.
    #[error("proof, record {number}: not in the record tree that the ledger line states: {error}")]
    Record {
        /// Which record: 0 the record itself, from 1 its context.
        number: usize,
        /// What the tree says.
        error: TreeError,
    },
    /// Two records of one tree contradict each other about their order.
    #[error("proof: leaf {later} begins at byte {found}, expected {expected} or more, after leaf {earlier}")]
    Order {
        /// Leaf number of the earlier record.
        earlier: u64,
        /// Leaf number of the later record.
        later: u64,
        /// End of the earlier record.
        expected: u64,
        /// Start of the later record.
        found: u64,
    },
    /// The digest that was opened is not the one committed to.
    #[error("proof: file digest and nonce give the commitment {found}, expected {expected}")]
    Digest {
        /// The commitment of the object.
        expected: Sha256Digest,
        /// What digest and nonce give.
        found: Sha256Digest,
    },
    /// The ledger line is malformed or lacks a field.
    #[error("proof: {0}")]
    Entry(#[from] EntryError),
    /// The ledger line is of a kind that binds no record tree.
    #[error("proof: the ledger line is of kind {found}, expected object or reframe")]
    LineKind {
        /// Its kind.
        found: EntryKind,
    },
    /// The ledger line states another commitment or number of records, or stands at another place than it says.
    #[error("proof: the ledger line has {name} {line}, expected {expected}")]
    LineField {
        /// The field's name.
        name: &'static str,
        /// What the line says.
        line: String,
        /// What the rest of the proof says.
        expected: String,
    },
    /// A proof of many records has none, and no ledger line.
    #[error("proof: it proves nothing; expected at least one object or document")]
    Nothing,
    /// Ledger lines of a proof of many records do not ascend.
    #[error("proof: ledger line {seq} stands after line {before}, expected ascending numbers")]
    LineOrder {
        /// The line before.
        before: u64,
        /// The line.
        seq: u64,
    },
    /// The document is not the one that the ledger line commits to.
    #[error(
        "proof: document of ledger line {seq}: nonce and text give the commitment {found}, expected {}",
        .expected.map_or_else(|| "none: the line has no document".to_owned(), |digest| digest.to_hex())
    )]
    Document {
        /// Number of the line.
        seq: u64,
        /// What the line states.
        expected: Option<Sha256Digest>,
        /// What nonce and text give.
        found: Sha256Digest,
    },
    /// The checkpoint of a proof of many records is malformed.
    #[error("proof, checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// The ledger line is not in the ledger that the checkpoint signs.
    #[error("proof: the ledger line is not in the ledger of the checkpoint: {0}")]
    Inclusion(TreeError),
    /// The checkpoint is changed, or not signed by a custodian key that is trusted.
    #[error("proof: not vouched for by a custodian key that is trusted: {0}")]
    Signer(SignerError),
    /// Only a journal key signed the checkpoint.
    #[error(
        "proof: the checkpoint is signed by the journal key {key} only, expected a custodian key: a journal key \
         may not bring in records (prove against the newest head that the custodian signed)"
    )]
    JournalOnly {
        /// Name and id of the key.
        key: String,
    },
    /// The later head is changed, or not signed by a key that is trusted or certified.
    #[error("proof: the later head is not vouched for: {0}")]
    LaterSigner(SignerError),
    /// The later head does not go on from the checkpoint.
    #[error("proof: the later head does not go on from the checkpoint: {0}")]
    LaterConsistency(TreeError),
    /// The later head is of another archive.
    #[error("proof: the later head is of {found:?}, expected {expected:?}")]
    LaterOrigin {
        /// The checkpoint's origin.
        expected: String,
        /// The later head's origin.
        found: String,
    },
}

/// Why the signatures under a head were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// A signature is wrong, or none is of a known key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The key that signed is not yet in the ledger at that size.
    #[error("key {key} signs a ledger of {size} lines, expected more than {since} as its certificate says")]
    TooNew {
        /// Name and id of the key.
        key: String,
        /// Ledger lines of the checkpoint.
        size: u64,
        /// The line that brings the key.
        since: u64,
    },
}
