//! What was removed by record, and what a removal needs to know beforehand.

use letopis_seal::{EntryKind, Sha256Digest};
use serde_json::Value;

use crate::Result;
use crate::backend::io_error;
use crate::layout::File;
use crate::object::ObjectInfo;
use crate::vault::{Vault, numbers, texts};

/// One `delete` entry.
#[derive(Clone, Debug)]
pub struct Removal {
    /// Its ledger position.
    pub seq: u64,
    /// When, as the writer's clock said, microseconds since 1970 UTC.
    pub time: crate::Micros,
    /// Ledger positions of the objects that were destroyed.
    pub objects: Vec<u64>,
    /// Ledger positions of the entries whose documents were destroyed.
    pub details: Vec<u64>,
    /// Segments that were retired.
    pub retired: u64,
    /// What the one who removed said; none where that was destroyed in its turn.
    pub document: Option<Value>,
}

impl Vault {
    /// Every removal, in ledger order.
    ///
    /// # Errors
    /// When the ledger or a document cannot be read.
    pub fn removals(&self) -> Result<Vec<Removal>> {
        let entries = self.entries(Some(EntryKind::Delete));
        let removals = entries.map(|entry| {
            let entry = entry?;
            Ok(Removal {
                seq: entry.seq,
                time: entry.time,
                objects: numbers(&entry, "objects").collect(),
                details: numbers(&entry, "details").collect(),
                retired: texts(&entry, "retired").count() as u64,
                document: self.detail(entry.seq)?,
            })
        });
        removals.collect()
    }

    /// The root of the ledger when it had `size` entries; none beyond what is here.
    pub fn root_at(&self, size: u64) -> Option<Sha256Digest> {
        self.ledger().root_at(size)
    }

    /// Bytes that an object and its trees take on the medium.
    ///
    /// # Errors
    /// When the medium cannot be looked at.
    pub fn object_bytes_stored(&self, object: &ObjectInfo) -> Result<u64> {
        let trees = object
            .trees
            .iter()
            .map(|tree| File::Tree(object.blake3, tree.number));
        let mut bytes = 0;
        for file in std::iter::once(File::Object(object.blake3)).chain(trees) {
            let stat = self.backend().stat(&file.path());
            let stat = stat.map_err(|error| io_error(file, "look for", error))?;
            bytes += stat.map_or(0, |stat| stat.length);
        }
        Ok(bytes)
    }
}
