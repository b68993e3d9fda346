//! The read view of an archive: a snapshot that never waits.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    AccessIntent, AccessResult, AccessToken, Backend, Config, Entry, EntryKind, Keys, Micros, ObjectInfo,
    ObjectReader, RecordSpan, Result, SegmentFile, SegmentInfo, SegmentPart, Sha256, TreeReader,
};

/// A signed size and root of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Sha256,
    /// The C2SP signed note, as handed out.
    pub text: String,
}

/// Where a citation leads.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The object.
    pub object: ObjectInfo,
    /// The record that holds the cited byte, in the newest tree.
    pub record: RecordSpan,
    /// Number of that tree.
    pub tree: u32,
    /// Said when the citation now lies inside a longer record.
    pub notice: Option<String>,
}

/// An archive opened for reading: a snapshot at one head. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vault {}

impl Vault {
    /// Opens an archive. Reads configuration, head and ledger; a damaged ledger still opens as far as it can be
    /// read, and [`Vault::damage`] says so.
    pub fn open(backend: Arc<dyn Backend>) -> Result<Self> {
        let _ = backend;
        todo!()
    }

    /// The newest state of the same archive.
    pub fn refresh(&self) -> Result<Self> {
        todo!()
    }

    /// Where the archive is, for messages.
    pub fn place(&self) -> String {
        todo!()
    }

    /// The configuration that the ledger states.
    pub fn config(&self) -> &Config {
        todo!()
    }

    /// What is wrong with the ledger, if it did not check out when it was opened.
    pub fn damage(&self) -> Option<&str> {
        todo!()
    }

    /// The head.
    pub fn checkpoint(&self) -> &Checkpoint {
        todo!()
    }

    /// Number of entries in this snapshot.
    pub fn size(&self) -> u64 {
        todo!()
    }

    /// One entry.
    pub fn entry(&self, seq: u64) -> Result<Entry> {
        let _ = seq;
        todo!()
    }

    /// Entries in order; of one kind when given.
    pub fn entries(&self, kind: Option<EntryKind>) -> Box<dyn Iterator<Item = Result<Entry>> + '_> {
        let _ = kind;
        todo!()
    }

    /// The detail document of an entry: `None` when the entry has none or it was destroyed by a recorded `delete`.
    pub fn detail(&self, seq: u64) -> Result<Option<Value>> {
        let _ = seq;
        todo!()
    }

    /// Every object, in ledger order.
    pub fn objects(&self) -> Result<&[ObjectInfo]> {
        todo!()
    }

    /// The object with that SHA-256.
    pub fn object_by_sha256(&self, sha256: &Sha256) -> Result<Option<&ObjectInfo>> {
        let _ = sha256;
        todo!()
    }

    /// Objects whose SHA-256 begins with these ten bytes (a citation's first half): mostly one.
    pub fn objects_by_prefix(&self, prefix: &[u8; 10]) -> Result<Vec<&ObjectInfo>> {
        let _ = prefix;
        todo!()
    }

    /// Reads an object.
    pub fn object_reader(&self, object: &ObjectInfo) -> Result<ObjectReader> {
        let _ = object;
        todo!()
    }

    /// Reads a record tree of an object.
    pub fn tree(&self, object: &ObjectInfo, number: u32) -> Result<TreeReader> {
        let _ = (object, number);
        todo!()
    }

    /// Live segments, in ledger order.
    pub fn segments(&self) -> Result<&[SegmentInfo]> {
        todo!()
    }

    /// One file of a segment.
    pub fn segment_file(&self, id: &str, part: SegmentPart) -> Result<SegmentFile> {
        let _ = (id, part);
        todo!()
    }

    /// The catalogue that [`crate::VaultWriter::write_catalogue`] left, when it is there and whole.
    pub fn catalogue(&self) -> Result<Option<Vec<u8>>> {
        todo!()
    }

    /// Where a citation (first ten bytes of the object's SHA-256, byte offset) leads.
    pub fn resolve(&self, object: &[u8; 10], offset: u64) -> Result<Option<Resolved>> {
        let _ = (object, offset);
        todo!()
    }

    /// The proof text of the cited record (design §4). `with_file_digest` adds the SHA-256 of the whole object.
    pub fn prove(&self, object: &[u8; 10], offset: u64, with_file_digest: bool) -> Result<String> {
        let _ = (object, offset, with_file_digest);
        todo!()
    }

    /// Writes an access intent into the archive's ledger; durable when this returns. An archive that cannot take it
    /// gives [`crate::Error::CannotRecord`].
    pub fn begin_access(&self, intent: &AccessIntent, keys: &Keys, now: Micros) -> Result<AccessToken> {
        let _ = (intent, keys, now);
        todo!()
    }

    /// Writes how the reading ended.
    pub fn finish_access(
        &self,
        token: AccessToken,
        result: &AccessResult,
        keys: &Keys,
        now: Micros,
    ) -> Result<()> {
        let _ = (token, result, keys, now);
        todo!()
    }

    /// Appends a `verify` entry (`verify --record`), signed with the journal or the custodian key.
    pub fn record_verification(&self, detail: Value, keys: &Keys, now: Micros) -> Result<Checkpoint> {
        let _ = (detail, keys, now);
        todo!()
    }
}
