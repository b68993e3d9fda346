//! What proves that nothing was changed: hashes, trees, ledger lines, signatures and proofs, over bytes.
//!
//! Deliberately absent: files, clocks, randomness (callers hand in bytes and times), events and formats of logs,
//! and any decision about whom to trust. Start with [`record`] (the leaf of one log record) and [`tree`]; then
//! [`entry`] (a line of the ledger), [`checkpoint`] (its signed size and root), [`proof`] (all of it as one text
//! that an outsider can check) and [`anchor`] (a head against a checkpoint that someone kept); [`cosignature`] and
//! [`witness`] are for the other people who sign the same checkpoint.

mod block;
mod decimal;

pub mod anchor;
pub mod certificate;
pub mod checkpoint;
pub mod cosignature;
pub mod entry;
pub mod hash;
pub mod key;
pub mod note;
pub mod proof;
pub mod record;
pub mod tile;
pub mod tlog_proof;
pub mod transcript;
pub mod tree;
pub mod witness;

pub use anchor::{AnchorEvidence, AnchorVerdict};
pub use certificate::{KeyCertificate, KeyRole};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use cosignature::CosignerKey;
pub use entry::{Entry, EntryKind, EntryTime, LedgerCursor, Value};
pub use hash::{Sha256Digest, empty_root, leaf_hash, node_hash, sha256};
pub use key::{KeyId, KeyName, SigningKey, VerifyingKey};
pub use note::{NoteSignature, SignedNote};
pub use proof::{BatchProof, Proof, ProofError};
pub use record::{
    CommitmentNonce, LeafBatch, ObjectCommitment, ObjectSecret, RecordHasher, Salt, record_leaf,
};
pub use tile::Tile;
pub use tlog_proof::TlogProof;
pub use tree::{
    ConsistencyProof, HashReader, InclusionProof, LeafIndex, MemoryTree, NodeId, TiledTree, TreeBuilder,
    TreeSize, consistency_proof, inclusion_proof, shared_inclusion_proof, verify_consistency,
    verify_inclusion, verify_shared_inclusion,
};
