//! What one writer has put into the archive and the ledger does not name yet.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use letopis_seal::{ObjectSecret, RecordHasher, Sha256Digest};

use crate::backend::Backend;
use crate::digest::{Blake3, random};
use crate::durable::NewFile;
use crate::framed::Compressors;
use crate::layout::File;
use crate::object::{Novelty, StoredObject};
use crate::objects::ObjectTable;
use crate::tree::StagedTree;
use crate::{Error, Result};

/// Shared by a writer and everything it hands out.
#[derive(Debug)]
pub(crate) struct Staging {
    backend: Arc<dyn Backend>,
    compressors: Arc<Compressors>,
    shelf: Mutex<Shelf>,
}

/// Objects by name: staged ones and those the ledger names.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) staged: HashMap<Blake3, Staged>,
    pub(crate) known: Arc<ObjectTable>,
    /// Trees of known objects whose files were placed in this run.
    reframed: HashSet<(Blake3, u32)>,
}

/// An object that no line names yet.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(crate) sha256: Sha256Digest,
    pub(crate) length: u64,
    pub(crate) secret: ObjectSecret,
    has_tree: bool,
}

impl Staged {
    /// The commitment of the object under its secret.
    pub(crate) fn commitment(&self) -> Sha256Digest {
        RecordHasher::new(&self.secret, &self.sha256).commitment().0
    }
}

impl Staging {
    pub(crate) fn new(backend: &Arc<dyn Backend>, known: Arc<ObjectTable>) -> Arc<Self> {
        let shelf = Shelf {
            known,
            ..Shelf::default()
        };
        let backend = Arc::clone(backend);
        Arc::new(Self {
            backend,
            compressors: Compressors::new(),
            shelf: Mutex::new(shelf),
        })
    }

    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    pub(crate) fn compressors(&self) -> &Arc<Compressors> {
        &self.compressors
    }

    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives an object's file its name, unless the archive has these bytes already.
    pub(crate) fn place_object(&self, mut object: StoredObject, file: NewFile) -> Result<StoredObject> {
        let secret = ObjectSecret(random()?);
        let shelf = &mut *self.shelf();
        if let Some(known) = shelf.known.by_name(&object.blake3) {
            object.novelty = Novelty::Known(known.seq);
            return Ok(object);
        }
        match shelf.staged.entry(object.blake3) {
            Entry::Occupied(_) => object.novelty = Novelty::Staged,
            Entry::Vacant(place) => {
                file.into_place(&File::Object(object.blake3))?;
                let StoredObject { sha256, length, .. } = object;
                place.insert(Staged {
                    sha256,
                    length,
                    secret,
                    has_tree: false,
                });
            }
        }
        Ok(object)
    }

    /// Number and secret of the tree that comes next over an object.
    pub(crate) fn next_tree(&self, object: &StoredObject) -> Result<(u32, ObjectSecret)> {
        let shelf = self.shelf();
        if let Some(staged) = shelf.staged.get(&object.blake3) {
            return match staged.has_tree {
                false => Ok((1, staged.secret.clone())),
                true => Err(second_tree(&object.blake3)),
            };
        }
        let known = shelf
            .known
            .by_name(&object.blake3)
            .ok_or_else(|| Error::NotFound {
                what: "object",
                name: object.blake3.to_string(),
            })?;
        let number = known.tree().map_or(1, |tree| tree.number.saturating_add(1));
        match shelf.reframed.contains(&(object.blake3, number)) {
            false => Ok((number, ObjectSecret(random()?))),
            true => Err(second_tree(&object.blake3)),
        }
    }

    /// Gives a tree's file its name; one tree an object and commit, since a second would replace the first.
    pub(crate) fn place_tree(&self, tree: &StagedTree, file: NewFile) -> Result<()> {
        let mut shelf = self.shelf();
        let free = match shelf.staged.get_mut(&tree.object) {
            Some(staged) => !std::mem::replace(&mut staged.has_tree, true),
            None => shelf.reframed.insert((tree.object, tree.number)),
        };
        match free {
            true => file.into_place(&File::Tree(tree.object, tree.number)),
            false => Err(second_tree(&tree.object)),
        }
    }
}

fn second_tree(object: &Blake3) -> Error {
    Error::Refused(format!(
        "object {object} has a record tree already that is not committed yet"
    ))
}
