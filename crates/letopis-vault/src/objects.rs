//! The table of objects that the ledger names, with what their detail documents say.

use std::collections::{BTreeMap, HashMap};

use letopis_seal::Sha256Digest;

use crate::digest::Blake3;
use crate::object::ObjectInfo;

/// Live objects in ledger order, found by either digest.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectTable {
    list: Vec<ObjectInfo>,
    by_name: HashMap<Blake3, usize>,
    by_sha256: BTreeMap<Sha256Digest, usize>,
    by_seq: BTreeMap<u64, usize>,
}

impl ObjectTable {
    pub(crate) fn all(&self) -> &[ObjectInfo] {
        &self.list
    }

    pub(crate) fn by_name(&self, name: &Blake3) -> Option<&ObjectInfo> {
        self.list.get(*self.by_name.get(name)?)
    }

    pub(crate) fn by_sha256(&self, sha256: &Sha256Digest) -> Option<&ObjectInfo> {
        self.list.get(*self.by_sha256.get(sha256)?)
    }

    pub(crate) fn by_seq(&self, seq: u64) -> Option<&ObjectInfo> {
        self.list.get(*self.by_seq.get(&seq)?)
    }

    pub(crate) fn by_seq_mut(&mut self, seq: u64) -> Option<&mut ObjectInfo> {
        self.list.get_mut(*self.by_seq.get(&seq)?)
    }

    /// Objects whose SHA-256 begins with `prefix`.
    pub(crate) fn by_prefix(&self, prefix: [u8; 10]) -> impl Iterator<Item = &ObjectInfo> {
        let mut from = [0; 32];
        for (place, byte) in from.iter_mut().zip(prefix) {
            *place = byte;
        }
        self.by_sha256
            .range(Sha256Digest(from)..)
            .take_while(move |(sha256, _)| sha256.0.starts_with(&prefix))
            .filter_map(|(_, place)| self.list.get(*place))
    }

    pub(crate) fn add(&mut self, object: ObjectInfo) {
        let place = self.list.len();
        self.by_name.insert(object.blake3, place);
        self.by_sha256.insert(object.sha256, place);
        self.by_seq.insert(object.seq, place);
        self.list.push(object);
    }

    /// Takes out the objects of these `object` entries.
    pub(crate) fn remove(&mut self, gone: &[u64]) {
        if gone.is_empty() {
            return;
        }
        let kept = std::mem::take(self).list;
        kept.into_iter()
            .filter(|object| !gone.contains(&object.seq))
            .for_each(|object| self.add(object));
    }
}
