//! What earlier intakes took in, read from the manifests: for telling known, grown, rotated and changed files.

use std::collections::{BTreeMap, HashSet};

use letopis_vault::{EntryKind, Vault};

use crate::descriptions::Descriptions;
use crate::error::{ArchiveError, Result};
use crate::manifest::{FileRecord, FileStatus, Manifest, ObjectRecord, OpenEnd, ParsedRecord};

/// A plain file of an earlier intake, as far as growth is concerned.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    /// Path below its input.
    pub path: Vec<u8>,
    /// Bytes it had.
    pub bytes: u64,
    /// SHA-256, hex, of all of them from `from` on.
    pub sha256: String,
    /// Where the bytes begin that can be compared: 0, or where what is left begins when the parts before were removed.
    pub from: u64,
    /// Where the next part begins in the file.
    pub resume_at: u64,
    /// How it was read, with the state it left.
    pub parsed: ParsedRecord,
    /// What stands after its last complete record, where there is something.
    pub open_end: Option<OpenEnd>,
}

/// Everything known before a run.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// SHA-256 of whole files and of objects, hex.
    digests: HashSet<String>,
    /// Plain files by their rotation family, oldest first.
    families: BTreeMap<Vec<u8>, Vec<KnownFile>>,
    /// By which they were read.
    pub descriptions: Descriptions,
}

impl Known {
    /// Reads the manifests of an archive.
    pub fn read(vault: &Vault) -> Result<Self> {
        let mut known = Self::default();
        for object in vault.objects()? {
            known.digests.insert(object.sha256.to_string());
        }
        let manifests = manifests(vault)?;
        known.descriptions = Descriptions::of_manifests(&manifests);
        for manifest in &manifests {
            for file in &manifest.files {
                known.add(file);
            }
        }
        Ok(known)
    }

    fn add(&mut self, file: &FileRecord) {
        if let Some(sha256) = file
            .sha256
            .as_ref()
            .filter(|_| file.status != FileStatus::Refused)
        {
            self.digests.insert(sha256.clone());
        }
        if file.container.is_some() {
            return;
        }
        let Some((object, parsed)) = last_part(file) else {
            return;
        };
        let (from, sha256) = match (&file.sha256, &object.sha256) {
            (Some(whole), _) => (0, whole),
            (None, Some(part)) => (object.file_offset, part),
            (None, None) => return,
        };
        let known = KnownFile {
            path: file.path.0.clone(),
            bytes: file.bytes,
            sha256: sha256.clone(),
            from,
            resume_at: object.file_offset + parsed.complete_end,
            parsed: parsed.clone(),
            open_end: open_end(object, parsed),
        };
        self.families.entry(family(&file.path.0)).or_default().push(known);
    }

    /// Whether a whole file or an object with this SHA-256 is here.
    pub fn has(&self, sha256: &str) -> bool {
        self.digests.contains(sha256)
    }

    /// Earlier files of the same rotation family, longest first.
    pub fn relatives(&self, path: &[u8]) -> Vec<&KnownFile> {
        let mut relatives: Vec<_> = self.families.get(&family(path)).into_iter().flatten().collect();
        relatives.sort_by_key(|r| std::cmp::Reverse(r.bytes));
        relatives
    }
}

fn open_end(object: &ObjectRecord, parsed: &ParsedRecord) -> Option<OpenEnd> {
    let object_sha256 = object.sha256.clone()?;
    (parsed.complete_end < object.length).then_some(OpenEnd {
        object: object_sha256,
        from: parsed.complete_end,
    })
}

fn last_part(file: &FileRecord) -> Option<(&ObjectRecord, &ParsedRecord)> {
    file.objects
        .last()
        .and_then(|o| o.parsed.as_ref().map(|p| (o, p)))
}

/// The manifests of all intakes, in their order. One that a removal wrote anew stands where the first one stood.
///
/// # Errors
/// When one cannot be read; one that was destroyed by a recorded `delete` is passed over.
pub fn manifests(vault: &Vault) -> Result<Vec<Manifest>> {
    let mut places: BTreeMap<u64, u64> = BTreeMap::new();
    let mut manifests = BTreeMap::new();
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        let entry = entry?;
        let seq = entry.seq;
        let replaced = entry.number("replaces").and_then(|seq| places.get(&seq).copied());
        let place = replaced.unwrap_or(seq);
        places.insert(seq, place);
        if let Some(document) = vault.detail(seq)? {
            let manifest: Manifest =
                serde_json::from_value(document).map_err(|e| ArchiveError::Document {
                    seq,
                    problem: e.to_string(),
                })?;
            manifests.insert(place, manifest);
        }
    }
    Ok(manifests.into_values().collect())
}

/// What a file and its rotated copies share: the path without a rotation number or date
/// (`auth.log.1`, `auth.log-20260101`, `auth.log.2026-01-01`).
pub(crate) fn family(path: &[u8]) -> Vec<u8> {
    let cut = path.iter().rposition(|b| *b == b'/').map_or(0, |p| p + 1);
    let (folder, name) = path.split_at(cut);
    // Windows calls a full log `Archive-Security-2026-01-05-10-00-00-000.evtx`.
    let log = name.len().checked_sub(EVTX.len()).map(|at| name.split_at(at));
    if let Some((stem, ending)) = log
        && ending.eq_ignore_ascii_case(EVTX)
    {
        let stem = without_rotation(stem.strip_prefix(b"Archive-").unwrap_or(stem));
        return [folder, stem, EVTX].concat();
    }
    [folder, without_rotation(name)].concat()
}

const EVTX: &[u8] = b".evtx";

/// A name without the numbers and dates that rotation puts after it.
fn without_rotation(mut name: &[u8]) -> &[u8] {
    while let Some(position) = name.iter().rposition(|b| *b == b'.' || *b == b'-' || *b == b'_') {
        let ending = &name[position + 1..];
        let is_rotation = position > 0 && !ending.is_empty() && ending.iter().all(|b| b.is_ascii_digit());
        if !is_rotation {
            break;
        }
        name = &name[..position];
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_copies_are_of_one_family() {
        let check = |path: &str, expected: &str| {
            assert_eq!(
                String::from_utf8(family(path.as_bytes())).unwrap(),
                expected,
                "{path}"
            );
        };
        check("var/auth.log", "var/auth.log");
        check("var/auth.log.1", "var/auth.log");
        check("var/auth.log-20260101", "var/auth.log");
        check("var/auth.log.2026-01-31", "var/auth.log");
        check("web1/access.log", "web1/access.log");
        check("logs/Security.evtx", "logs/Security.evtx");
        check(
            "logs/Archive-Security-2026-01-05-10-00-00-000.evtx",
            "logs/Security.evtx",
        );
        check("x/1", "x/1");
        check(".1", ".1");
    }
}
