//! The archive on disk: sealed bytes, the ledger that commits to them, and the checks over both.
//!
//! The vault keeps *objects* (unchanging runs of bytes named by BLAKE3), the *trees* over their records, opaque
//! *segments*, *detail documents* with their secrets, and the one *ledger* that is the only commit point. Every byte
//! of the format stands in `FORMAT.md`.
//!
//! Deliberately absent: events, columns, Parquet, search, parsers, clocks. Times are arguments (microseconds since
//! 1970-01-01T00:00:00Z, UTC); what a record means is none of this crate's business.
//!
//! Start at [`VaultWriter`] to fill an archive, at [`Vault`] to read one, at [`verify()`] to check one; the rule that
//! keeps every crash harmless is in [`durable`].

pub mod backend;
pub mod durable;
pub mod keys;
pub mod layout;

mod access;
mod attachment;
mod config;
mod copy;
mod digest;
mod documents;
mod entry;
mod error;
mod finding;
mod framed;
mod journal;
mod ledger;
mod object;
mod objects;
mod prove;
mod readers;
mod record;
mod removal;
mod repair;
mod second;
mod segment;
mod staging;
mod statement;
mod tree;
mod vault;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use access::{AccessIntent, AccessResult, AccessToken, Basis, ExternalJournal};
pub use attachment::{ATTACHMENT_BYTES_MAX, Attached, Attachment, CertifiedKey, Kept, Trusted, token_of};
pub use backend::{Backend, DirectoryBackend, MemoryBackend};
pub use config::{Config, FORMAT_VERSION};
pub use copy::{CopyRecord, HandedOut, WorkingCopy};
pub use digest::{Blake3, ShortId};
pub use entry::{Entry, NewEntry};
pub use error::{Error, Result};
pub use finding::{Checked, Concerned, Finding, FindingKind, Grade, Notice, RemovedByRecord, Verification};
pub use journal::{Adopted, AdoptedEntry, JournalDocument, OpenedDocument};
pub use keys::{Keys, Passphrase};
pub use letopis_pki as pki;
pub use letopis_seal::cosignature::CosignerKey;
pub use letopis_seal::{
    EntryKind, KeyId, KeyRole, Sha256Digest, Sha256Digest as Sha256, SignedCheckpoint, SigningKey,
    VerifyingKey, cosignature, key::listed, witness,
};
pub use object::{Novelty, ObjectInfo, ObjectReader, ObjectWriter, StoredObject, TreeInfo};
pub use prove::ProofOptions;
pub use removal::Removal;
pub use repair::{NotRepaired, Repair, Repaired, repair};
pub use second::{SecondCopy, Synced};
pub use segment::{SegmentFile, SegmentInfo, SegmentPart, SegmentSink, SegmentWriter, StagedSegment};
pub use statement::Statement;
pub use tree::{RecordSpan, StagedTree, TreeReader, TreeWriter};
pub use vault::{Checkpoint, Resolved, Vault};
pub use verify::{Anchor, CheckedBody, Progress, VerifyOptions, verify, verify_anchors};
pub use writer::{Receipt, VaultWriter};

/// Microseconds since 1970-01-01T00:00:00Z, UTC. Always an argument, never read from a clock.
pub type Micros = i64;
