//! Manifests without what was removed: no name, no digest and no figure of it stays.

use std::collections::BTreeSet;

use letopis_vault::{EntryKind, NewEntry, Vault};
use serde_json::{Map, Value, json};

use super::bonds::{Bonds, live};
use crate::error::{ArchiveError, Result};
use crate::manifest::{FileRecord, Manifest, ObjectRecord};

/// What a commit says so that manifests forget.
#[derive(Debug, Default)]
pub(super) struct Redacted {
    /// Entries of the manifests that stand in for others.
    pub entries: Vec<NewEntry>,
    /// Entries whose documents go.
    pub forgotten: Vec<u64>,
}

/// What is removed, by what manifests know it by.
struct Gone<'a> {
    vault: &'a Vault,
    objects: &'a BTreeSet<u64>,
    /// SHA-256, hex, of removed objects, and of whole files that hold bytes of them.
    digests: BTreeSet<String>,
}

/// The manifests that speak of removed objects, written anew without them.
pub(super) fn redact(vault: &Vault, objects: &BTreeSet<u64>) -> Result<Redacted> {
    let bonds = Bonds::of(vault)?;
    let mut digests: BTreeSet<String> = bonds
        .whole
        .iter()
        .filter(|(_, parts)| !parts.is_disjoint(objects))
        .map(|(digest, _)| digest.clone())
        .collect();
    let gone = vault
        .objects()?
        .iter()
        .filter(|object| objects.contains(&object.seq));
    digests.extend(gone.map(|object| object.sha256.to_string()));
    let gone = Gone {
        vault,
        objects,
        digests,
    };
    let mut redacted = Redacted::default();
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        let seq = entry?.seq;
        let Some(document) = vault.detail(seq)? else {
            continue;
        };
        let unfit = |e: serde_json::Error| ArchiveError::Document {
            seq,
            problem: e.to_string(),
        };
        let manifest: Manifest = serde_json::from_value(document).map_err(unfit)?;
        let Some(rest) = gone.without(manifest)? else {
            continue;
        };
        redacted.forgotten.push(seq);
        if !rest.files.is_empty() {
            let files = Value::from(rest.files.len() as u64);
            let fields = Map::from_iter([("replaces".to_owned(), json!(seq)), ("files".to_owned(), files)]);
            let detail = serde_json::to_value(&rest).map_err(unfit)?;
            redacted
                .entries
                .push(NewEntry::new(EntryKind::Ingest, fields, Some(detail)));
        }
    }
    Ok(redacted)
}

impl Gone<'_> {
    fn is_gone(&self, sha256: Option<&str>) -> bool {
        sha256.is_some_and(|sha256| self.digests.contains(sha256))
    }

    /// The manifest without what is gone; nothing where it does not speak of it. Without any file of which something is
    /// still here, none stays.
    fn without(&self, mut manifest: Manifest) -> Result<Option<Manifest>> {
        if !manifest.files.iter().any(|file| self.concerns(file)) {
            return Ok(None);
        }
        let mut files = Vec::new();
        let mut is_anything_here = false;
        for file in manifest.files {
            let path = file.path.clone();
            let Some(file) = self.file(file)? else {
                // A file that was given by its own name.
                let inputs = &mut manifest.acquisition.inputs;
                inputs.retain(|input| input.file_name() != path.0);
                continue;
            };
            is_anything_here |= self.is_here(&file)?;
            files.push(file);
        }
        manifest.files = if is_anything_here { files } else { Vec::new() };
        Ok(Some(manifest))
    }

    fn concerns(&self, file: &FileRecord) -> bool {
        let says = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            self.digests.iter().any(|digest| text.contains(digest.as_str()))
        };
        self.is_gone(file.sha256.as_deref())
            || says(&file.reason)
            || says(&file.hash_check)
            || file.objects.iter().any(|object| {
                self.is_gone(object.sha256.as_deref())
                    || object.repeats.iter().any(|copy| self.digests.contains(copy))
                    || object
                        .supersedes
                        .as_ref()
                        .is_some_and(|end| self.digests.contains(&end.object))
            })
    }

    /// Whether something of the file is in the archive: an object, or the bytes that it repeated.
    fn is_here(&self, file: &FileRecord) -> Result<bool> {
        let digests = file.objects.iter().map(|object| object.sha256.as_deref());
        for digest in digests.chain([file.sha256.as_deref()]) {
            if live(self.vault, digest)?.is_some_and(|entry| !self.objects.contains(&entry)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A file without what is gone; nothing where all of it is.
    fn file(&self, mut file: FileRecord) -> Result<Option<FileRecord>> {
        if !self.concerns(&file) {
            return Ok(Some(file));
        }
        let covers = self.is_gone(file.sha256.as_deref())
            || file.objects.iter().any(|o| self.is_gone(o.sha256.as_deref()));
        file.objects
            .retain(|object| !self.is_gone(object.sha256.as_deref()));
        if covers {
            if !self.is_here(&FileRecord {
                sha256: None,
                ..file.clone()
            })? {
                return Ok(None);
            }
            // A digest of all its bytes would confirm a guess of those that went.
            (file.sha256, file.blake3, file.hash_check) = (None, None, None);
        }
        for object in &mut file.objects {
            self.object(object);
        }
        for text in [&mut file.reason, &mut file.hash_check].into_iter().flatten() {
            for digest in &self.digests {
                *text = text.replace(digest.as_str(), "(removed)");
            }
        }
        Ok(Some(file))
    }

    fn object(&self, object: &mut ObjectRecord) {
        object.repeats.retain(|copy| !self.digests.contains(copy));
        object
            .supersedes
            .take_if(|end| self.digests.contains(&end.object));
    }
}
