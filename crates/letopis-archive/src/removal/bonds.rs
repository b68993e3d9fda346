//! What binds objects to each other: containers, the parts of a growing file, copies that hold the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use letopis_vault::{EntryKind, Sha256, Vault};
use serde_json::Value;

use crate::error::Result;
use crate::known::{family, manifests};
use crate::manifest::{FileRecord, Manifest, ObjectRecord};
use crate::store::without_compression;

/// What the manifests say of the objects that are here.
#[derive(Debug, Default)]
pub(crate) struct Bonds {
    /// Objects without which an object may not go.
    pub stays_with: BTreeMap<u64, BTreeSet<u64>>,
    /// By the SHA-256 (hex) of a whole file: the objects that hold its bytes.
    pub whole: BTreeMap<String, BTreeSet<u64>>,
    /// Path and format of each object, as they came first.
    pub names: BTreeMap<u64, (String, Option<String>)>,
    /// The latest intake that brought an object anew, microseconds since 1970 UTC.
    pub taken_in: BTreeMap<u64, i64>,
    /// Containers that hold members which are objects.
    pub containers: BTreeSet<u64>,
    /// Objects that another archive handed over.
    pub imported: BTreeSet<u64>,
    /// Files that may be continued, by rotation family: where the next part begins, and their objects.
    files: BTreeMap<Vec<u8>, Vec<(u64, BTreeSet<u64>)>>,
}

impl Bonds {
    /// Reads the manifests of an archive.
    pub fn of(vault: &Vault) -> Result<Self> {
        let mut bonds = Self::default();
        let origins = origins(vault)?;
        for manifest in manifests(vault)? {
            for file in &manifest.files {
                bonds.file(vault, &manifest, file, &origins)?;
            }
        }
        Ok(bonds)
    }

    fn bind(&mut self, stays: u64, with: u64) {
        if stays != with {
            self.stays_with.entry(stays).or_default().insert(with);
        }
    }

    fn file(
        &mut self,
        vault: &Vault,
        manifest: &Manifest,
        file: &FileRecord,
        origins: &BTreeSet<String>,
    ) -> Result<()> {
        let whole = live(vault, file.sha256.as_deref())?;
        // What this file brought; what was here already counts from when it came first.
        let mut brought = BTreeSet::new();
        for object in &file.objects {
            let Some(entry) = live(vault, object.sha256.as_deref())? else {
                continue;
            };
            if !object.known {
                brought.insert(entry);
            }
            let format = object.parsed.as_ref().map(|parsed| parsed.format.clone());
            self.name(entry, object.name.display(), format);
        }
        if let Some(container) = whole.filter(|_| file.container.is_some()) {
            self.name(container, file.path.display(), file.container.clone());
            self.container(vault, file, container)?;
            brought.insert(container);
        } else if file.container.is_none() {
            for object in &file.objects {
                self.part(vault, file, object)?;
            }
        }
        let from = manifest.acquisition.received_from.as_ref();
        let is_imported = from.is_some_and(|from| origins.contains(from));
        for entry in &brought {
            let taken_in = self.taken_in.entry(*entry).or_insert(manifest.started);
            *taken_in = (*taken_in).max(manifest.started);
            if is_imported {
                self.imported.insert(*entry);
            }
        }
        Ok(())
    }

    fn name(&mut self, entry: u64, path: String, format: Option<String>) {
        self.names.entry(entry).or_insert((path, format));
    }

    /// A container stays until everything in it may go, and everything in it stays with the container: its bytes are
    /// there too.
    fn container(&mut self, vault: &Vault, file: &FileRecord, container: u64) -> Result<()> {
        let plain = without_compression(&file.path.0).unwrap_or(&file.path.0);
        for object in &file.objects {
            let mut held: BTreeSet<u64> = live(vault, object.sha256.as_deref())?.into_iter().collect();
            let digest = object.sha256.as_ref();
            held.extend(
                digest
                    .and_then(|sha256| self.whole.get(sha256))
                    .into_iter()
                    .flatten(),
            );
            if object.file_offset > 0 {
                held.extend(self.earlier(plain, object.file_offset));
            }
            for entry in held {
                self.bind(entry, container);
                self.bind(container, entry);
                self.containers.insert(container);
            }
        }
        Ok(())
    }

    /// The objects of files that may end where a part begins.
    fn earlier(&self, path: &[u8], offset: u64) -> BTreeSet<u64> {
        let files = self.files.get(&family(path)).into_iter().flatten();
        let ending = files.filter(|(resume_at, _)| *resume_at == offset);
        ending.flat_map(|(_, objects)| objects).copied().collect()
    }

    /// A later part stays with the earlier ones, whose unterminated end it took over; an earlier copy of a circular log
    /// stays with a later one, which holds its bytes and has no rows for them.
    fn part(&mut self, vault: &Vault, file: &FileRecord, object: &ObjectRecord) -> Result<()> {
        let Some(entry) = live(vault, object.sha256.as_deref())? else {
            return Ok(());
        };
        let mut all = BTreeSet::from([entry]);
        if object.file_offset > 0 {
            all.extend(self.earlier(&file.path.0, object.file_offset));
        }
        if let Some(end) = &object.supersedes {
            all.extend(live(vault, Some(&end.object))?);
        }
        for earlier in all.iter().copied().collect::<Vec<_>>() {
            self.bind(entry, earlier);
        }
        for copy in &object.repeats {
            if let Some(copy) = live(vault, Some(copy))? {
                self.bind(copy, entry);
            }
        }
        if let Some(parsed) = &object.parsed {
            let resume_at = object.file_offset + parsed.complete_end;
            let files = self.files.entry(family(&file.path.0)).or_default();
            files.push((resume_at, all.clone()));
        }
        if let Some(sha256) = &file.sha256 {
            self.whole.entry(sha256.clone()).or_default().extend(all);
        }
        Ok(())
    }
}

/// The ledger entry of the object with that SHA-256, hex, where it is here.
pub(crate) fn live(vault: &Vault, sha256: Option<&str>) -> Result<Option<u64>> {
    let Some(sha256) = sha256.and_then(Sha256::from_hex) else {
        return Ok(None);
    };
    Ok(vault.object_by_sha256(&sha256)?.map(|object| object.seq))
}

/// The archives whose bundles were taken in, as the notes about them say.
fn origins(vault: &Vault) -> Result<BTreeSet<String>> {
    let mut origins = BTreeSet::new();
    for note in vault.entries(Some(EntryKind::Note)) {
        let document = vault.detail(note?.seq)?.unwrap_or_default();
        let archive = document.get("import").and_then(|import| import.get("archive"));
        // As the intake of a bundle says whom it was received from.
        origins.extend(
            archive
                .and_then(Value::as_str)
                .map(|archive| format!("bundle of {archive}")),
        );
    }
    Ok(origins)
}
