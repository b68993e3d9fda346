//! The writing half: stage bytes from many threads, then commit them in one ledger append.

use std::sync::Arc;

use crate::{
    Backend, Blake3, Config, Keys, Micros, NewEntry, Notice, ObjectInfo, ObjectReader, ObjectWriter, Result,
    SegmentWriter, Sha256, StoredObject, TreeWriter, Vault,
};

/// What a commit gave.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Sequence number of the first entry of the commit.
    pub first: u64,
    /// Entries in the ledger now.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Sha256,
    /// The signed checkpoint.
    pub text: String,
}

/// An archive opened for writing. One at a time, over all processes; every method takes `&self` and is safe from
/// several threads at once.
#[derive(Debug)]
pub struct VaultWriter {}

impl VaultWriter {
    /// Makes an archive in a new or empty place. `config.id` is filled. `about` is the detail of the `create` entry
    /// (operator, machine, program).
    pub fn create(
        backend: Arc<dyn Backend>,
        config: Config,
        keys: Keys,
        about: Option<serde_json::Value>,
        now: Micros,
    ) -> Result<Self> {
        let _ = (backend, config, keys, about, now);
        todo!()
    }

    /// Opens an archive for writing: takes the writer lock, finishes or sets aside what a crash left, sweeps files
    /// that no line names. A wrong key is refused by name before anything is written.
    pub fn open(backend: Arc<dyn Backend>, keys: Keys, now: Micros) -> Result<Self> {
        let _ = (backend, keys, now);
        todo!()
    }

    /// What opening had to put right.
    pub fn recovered(&self) -> &[Notice] {
        todo!()
    }

    /// The state after the last commit.
    pub fn vault(&self) -> Vault {
        todo!()
    }

    /// The keys it signs with (for access records by the same process).
    pub fn keys(&self) -> &Keys {
        todo!()
    }

    /// The committed object of that name.
    pub fn known(&self, blake3: &Blake3) -> Option<ObjectInfo> {
        let _ = blake3;
        todo!()
    }

    /// Begins an object.
    pub fn object_writer(&self) -> Result<ObjectWriter> {
        todo!()
    }

    /// Reads an object that is stored, committed or not.
    pub fn object_reader(&self, object: &StoredObject) -> Result<ObjectReader> {
        let _ = object;
        todo!()
    }

    /// Begins the record tree of a stored object: number 1, or the next one when the ledger names trees already.
    pub fn tree_writer(&self, object: &StoredObject) -> Result<TreeWriter> {
        let _ = object;
        todo!()
    }

    /// Begins a segment.
    pub fn segment_writer(&self) -> Result<SegmentWriter> {
        todo!()
    }

    /// Appends entries as one unit: after a crash either all of them are in the ledger or none. Everything they name
    /// is durable first.
    pub fn commit(&self, entries: Vec<NewEntry>, now: Micros) -> Result<Receipt> {
        let _ = (entries, now);
        todo!()
    }

    /// Changes the configuration by a `config` entry, then replaces `letopis.toml`.
    pub fn set_config(
        &self,
        config: Config,
        about: Option<serde_json::Value>,
        now: Micros,
    ) -> Result<Receipt> {
        let _ = (config, about, now);
        todo!()
    }

    /// Replaces the catalogue (derived; opaque to the vault).
    pub fn write_catalogue(&self, bytes: &[u8]) -> Result<()> {
        let _ = bytes;
        todo!()
    }
}
