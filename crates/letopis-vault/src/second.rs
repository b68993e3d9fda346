//! Second copies: the whole archive once more, at another place, brought up to date again and again.
//!
//! A second copy holds what the archive holds at one of its heads, byte for byte, and a mark (`second.json`), without
//! which nothing is ever written there and with which nothing is written but by [`VaultWriter::sync_copy`]: it is never a
//! fork. What is moved is only what is missing; what came is read again and checked by the ledger before it counts; what
//! the archive removed by record is removed there as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use letopis_seal::EntryKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::backend::{Backend, io_error, read, read_if_there};
use crate::copy::{copy_file, named};
use crate::digest::{hex, random};
use crate::durable;
use crate::finding::Finding;
use crate::layout::{Directory, File};
use crate::record::Plain;
use crate::vault::Vault;
use crate::verify::{Progress, VerifyOptions, look, verify};
use crate::writer::{Receipt, VaultWriter, refuse_used_place};
use crate::{Error, Micros, Result};

/// What `second.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// Version of this file; 1.
    version: u32,
    /// Id of the copy: 32 hex digits.
    second: String,
    /// Id of the archive.
    archive: String,
}

/// A second copy as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecondCopy {
    /// Its id.
    pub id: String,
    /// Its name; unique among those in use.
    pub name: String,
    /// Where it lies.
    pub place: String,
    /// The country it lies in, as declared (ISO 3166-1, two letters).
    pub country: Option<String>,
    /// Ledger position of its registration.
    pub seq: u64,
    /// When it was registered, microseconds since 1970 UTC.
    pub registered: Micros,
    /// When it was last brought up to date and found whole.
    pub synced: Option<Micros>,
    /// Ledger entries that it holds since then.
    pub size: u64,
    /// When all of it was last checked.
    pub verified: Option<Micros>,
    /// How the last sync or check ended: `complete`, `whole` or `damaged`.
    pub ended: Option<String>,
    /// When it was given up.
    pub retired: Option<Micros>,
}

impl SecondCopy {
    /// Whether it counts: it was brought up to date once, and nothing wrong was found since.
    pub fn is_good(&self) -> bool {
        self.retired.is_none() && self.synced.is_some() && self.ended.as_deref() != Some("damaged")
    }
}

/// What bringing a copy up to date came to.
#[derive(Clone, Debug)]
pub struct Synced {
    /// Files that were moved.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were removed, since the archive has them no more.
    pub removed: u64,
    /// Ledger entries that the copy holds now.
    pub size: u64,
    /// What is wrong with what came; such files are taken away again, and the next sync moves them once more.
    pub findings: Vec<Finding>,
    /// The commit that says so.
    pub receipt: Receipt,
}

/// Says by name that nothing but a sync may write where a second copy lies.
pub(crate) fn refuse_second_copy(backend: &dyn Backend) -> Result<()> {
    let stat = backend.stat(&File::SecondCopy.path());
    match stat.map_err(|error| io_error(File::SecondCopy, "look for", error))? {
        None => Ok(()),
        Some(_) => Err(Error::Refused(format!(
            "{}: this is a second copy: only `letopis copy sync` writes to it, and whoever reads it keeps the record elsewhere \
             (--journal DIR)",
            backend.place()
        ))),
    }
}

impl Vault {
    /// Every second copy that was registered, in order; those given up too.
    ///
    /// # Errors
    /// When the ledger or a document cannot be read.
    pub fn second_copies(&self) -> Result<Vec<SecondCopy>> {
        let mut copies: Vec<SecondCopy> = Vec::new();
        for entry in self.entries(Some(EntryKind::Copy)) {
            let entry = entry?;
            let Some(id) = entry.text("second") else { continue };
            let Some(copy) = copies.iter_mut().find(|copy| copy.id == id) else {
                let document = self.detail(entry.seq)?.unwrap_or_default();
                let said = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
                copies.push(SecondCopy {
                    id: id.to_owned(),
                    name: said("name").unwrap_or_else(|| id.to_owned()),
                    place: said("place").unwrap_or_default(),
                    country: said("country"),
                    seq: entry.seq,
                    registered: entry.time,
                    synced: None,
                    size: 0,
                    verified: None,
                    ended: None,
                    retired: None,
                });
                continue;
            };
            let ended = entry.text("ended").map(str::to_owned);
            match ended.as_deref() {
                Some("complete") => {
                    copy.synced = Some(entry.time);
                    copy.size = entry.number("size").unwrap_or_default();
                }
                Some("whole") => copy.verified = Some(entry.time),
                Some("retired") => {
                    copy.retired = Some(entry.time);
                    continue;
                }
                _ => {}
            }
            copy.ended = ended;
        }
        Ok(copies)
    }

    /// The second copy in use that has this name.
    ///
    /// # Errors
    /// When there is none, or the ledger cannot be read.
    pub fn second_copy(&self, name: &str) -> Result<SecondCopy> {
        let found = self.second_copies()?.into_iter();
        let mut found = found.filter(|copy| copy.retired.is_none() && copy.name == name);
        found.next().ok_or_else(|| Error::NotFound {
            what: "second copy",
            name: name.to_owned(),
        })
    }

    /// Bytes of all files that belong to this archive.
    ///
    /// # Errors
    /// When the ledger or a directory cannot be read.
    pub fn stored_bytes(&self) -> Result<u64> {
        let mut total = self.ledger().length();
        for file in named(self)? {
            let stat = self.backend().stat(&file.path());
            let stat = stat.map_err(|error| io_error(file, "look for", error))?;
            total += stat.map_or(0, |stat| stat.length);
        }
        Ok(total)
    }

    /// What is wrong with a second copy: every byte is checked, and that its history is this archive's.
    ///
    /// # Errors
    /// When there is no copy of this archive at `to`.
    pub fn check_copy(
        &self,
        copy: &SecondCopy,
        to: &Arc<dyn Backend>,
        progress: &dyn Progress,
    ) -> Result<Vec<Finding>> {
        self.is_marked(copy, to)?;
        let report = verify(to, &VerifyOptions::default(), progress)?;
        // Damaged lines are findings of the check; lines that read and are others are another history.
        if report
            .findings
            .iter()
            .all(|finding| finding.place != File::Entries.path())
        {
            self.one_history(to)?;
        }
        Ok(report.findings)
    }

    /// Refuses a place that is not this copy.
    fn is_marked(&self, copy: &SecondCopy, to: &Arc<dyn Backend>) -> Result<()> {
        let Some(bytes) = read_if_there(to.as_ref(), &File::SecondCopy)? else {
            return Err(Error::Refused(format!(
                "{}: expected the second copy {}, found no {}",
                to.place(),
                copy.name,
                File::SecondCopy
            )));
        };
        let mark: Mark = serde_json::from_slice(&bytes).map_err(|error| Error::Damaged {
            path: File::SecondCopy.path(),
            offset: None,
            expected: "what a second copy says of itself".to_owned(),
            found: error.to_string(),
        })?;
        if (mark.second.as_str(), mark.archive.as_str()) == (copy.id.as_str(), self.config().id.as_str()) {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{}: expected the second copy {} ({}) of archive {}, found copy {} of archive {}",
            to.place(),
            copy.name,
            copy.id,
            self.config().id,
            mark.second,
            mark.archive
        )))
    }

    /// Refuses a copy whose ledger is not the beginning of this one.
    fn one_history(&self, to: &Arc<dyn Backend>) -> Result<()> {
        let theirs = read_if_there(to.as_ref(), &File::Entries)?.unwrap_or_default();
        let ours = lines(self);
        let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
        if same == theirs.len() {
            return Ok(());
        }
        let line = ours
            .get(..same)
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let found = match same == ours.len() {
            true => {
                format!("it goes on after entry {line}, where this archive ends: one of the two was set back")
            }
            false => format!("entry {line} is another"),
        };
        Err(Error::Refused(format!(
            "{}: expected the beginning of this archive's ledger, found that {found}; compare both with held checkpoints \
             (letopis verify --anchor FILE)",
            to.place()
        )))
    }
}

/// The ledger's lines under its head.
fn lines(vault: &Vault) -> &[u8] {
    let ledger = vault.ledger();
    let end = ledger.end_of(ledger.size()).unwrap_or_default();
    ledger.bytes().get(..end).unwrap_or_default()
}

impl VaultWriter {
    /// Registers a second copy. Its first byte is written by the first sync.
    ///
    /// # Errors
    /// When a copy in use has the name, or the place is in use.
    pub fn register_copy(
        &self,
        name: &str,
        to: &Arc<dyn Backend>,
        country: Option<&str>,
        about: Value,
        now: Micros,
    ) -> Result<Receipt> {
        if self.vault().second_copy(name).is_ok() {
            return Err(Error::Refused(format!(
                "a second copy with the name {name:?} is registered already"
            )));
        }
        refuse_used_place(to)?;
        let id = hex(&random::<16>()?);
        let document = json!({ "name": name, "place": to.place(), "country": country, "about": about });
        let line = Plain::new(EntryKind::Copy, Some(document)).with("second", id);
        self.append(now, |_| Ok(vec![line]))
    }

    /// Puts on record how a check of a copy ended, or that it was given up (`whole`, `damaged`, `retired`).
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn record_copy(&self, copy: &SecondCopy, ended: &str, about: Value, now: Micros) -> Result<Receipt> {
        let line = Plain::new(EntryKind::Copy, Some(json!({ "about": about })))
            .with("second", copy.id.as_str())
            .with("ended", ended);
        self.append(now, |_| Ok(vec![line]))
    }

    /// Brings a second copy up to this archive's head: moves what is missing, checks what came, removes what the archive
    /// has no more. Stopped at any moment, it goes on where it was; until its last step the copy is what it was before.
    ///
    /// # Errors
    /// When the place is not this copy, its history is another, or a file cannot be read or written.
    pub fn sync_copy(
        &self,
        copy: &SecondCopy,
        to: &Arc<dyn Backend>,
        about: Value,
        now: Micros,
        progress: &dyn Progress,
    ) -> Result<Synced> {
        let vault = self.vault();
        self.begin_copy(&vault, copy, to)?;
        let wanted = named(&vault)?;
        let (moved, bytes) = self.move_missing(&wanted, to, progress)?;
        // Files before the lines that name them, and the head last.
        durable::replace(to, &File::Entries, lines(&vault))?;
        durable::replace(to, &File::Config, vault.config().to_text()?.as_bytes())?;
        durable::replace(to, &File::Head, vault.checkpoint().text.as_bytes())?;
        let removed = self.follow_removals(&wanted, to)?;
        if let Some(catalogue) = read_if_there(self.backend().as_ref(), &File::Catalogue)? {
            durable::replace(to, &File::Catalogue, &catalogue)?;
        }
        let (report, _) = look(to, &VerifyOptions::default(), Some(&moved), progress)?;
        let mut findings = report.findings;
        findings.retain(|finding| {
            File::parse(&finding.place).is_none_or(|file| moved.contains(&file) || !is_body(&file))
        });
        for finding in &findings {
            if let Some(file) = File::parse(&finding.place).filter(|file| moved.contains(file)) {
                durable::remove(to.as_ref(), &file)?;
            }
        }
        let ended = match findings.is_empty() {
            true => "complete",
            false => "damaged",
        };
        let size = vault.size();
        let document = json!({ "files": moved.len(), "bytes": bytes, "removed": removed, "about": about });
        let line = Plain::new(EntryKind::Copy, Some(document))
            .with("second", copy.id.as_str())
            .with("ended", ended)
            .with("size", size);
        let receipt = self.append(now, |_| Ok(vec![line]))?;
        Ok(Synced {
            files: moved.len() as u64,
            bytes,
            removed,
            size,
            findings,
            receipt,
        })
    }

    /// Makes sure that the place is the copy's, and that its history is ours.
    fn begin_copy(&self, vault: &Vault, copy: &SecondCopy, to: &Arc<dyn Backend>) -> Result<()> {
        let there = to.stat(&File::SecondCopy.path());
        let there = there.map_err(|error| io_error(File::SecondCopy, "look for", error))?;
        if there.is_none() {
            refuse_used_place(to)?;
            durable::make_directories(to.as_ref(), Directory::ARCHIVE)?;
            let mark = Mark {
                version: 1,
                second: copy.id.clone(),
                archive: vault.config().id.clone(),
            };
            let mark = serde_json::to_vec_pretty(&mark).map_err(|error| Error::Entry(error.to_string()))?;
            return durable::replace(to, &File::SecondCopy, &mark);
        }
        vault.is_marked(copy, to)?;
        durable::make_missing(to.as_ref(), Directory::ARCHIVE)?;
        vault.one_history(to)
    }

    /// Moves the files that are not there, and those of another length. Gives them, and their bytes.
    fn move_missing(
        &self,
        wanted: &BTreeSet<File>,
        to: &Arc<dyn Backend>,
        progress: &dyn Progress,
    ) -> Result<(BTreeSet<File>, u64)> {
        let from = self.backend();
        let length = |backend: &Arc<dyn Backend>, file: &File| -> Result<Option<u64>> {
            let stat = backend.stat(&file.path());
            Ok(stat
                .map_err(|error| io_error(file, "look for", error))?
                .map(|stat| stat.length))
        };
        // What the copy's own head names was on its medium before the head was. Anything else there is from a sync that
        // was cut short: its name may have come through and its bytes not.
        let kept = Vault::open(Arc::clone(to))
            .and_then(|copy| named(&copy))
            .unwrap_or_default();
        let mut missing = Vec::new();
        let mut total = 0;
        for file in wanted {
            let (ours, theirs) = (length(from, file)?, length(to, file)?);
            // Documents are rewritten when some are destroyed; that comes after the line that says so.
            let is_there = kept.contains(file) && theirs.is_some() && (theirs == ours || !is_body(file));
            if !is_there {
                total += ours.unwrap_or_default();
                missing.push((*file, theirs.is_some()));
            }
        }
        let (mut moved, mut bytes) = (BTreeSet::new(), 0);
        for (file, is_other) in missing {
            if is_other {
                durable::remove(to.as_ref(), &file)?;
            }
            bytes += copy_file(from, to, &file)?;
            progress.bytes(bytes, total);
            moved.insert(file);
        }
        let files: Vec<File> = moved.iter().copied().collect();
        durable::barrier(to.as_ref(), &files)?;
        Ok((moved, bytes))
    }

    /// Removes what the archive has no more, and takes over documents and secrets from which it destroyed some. Gives the
    /// number of files that were removed.
    fn follow_removals(&self, wanted: &BTreeSet<File>, to: &Arc<dyn Backend>) -> Result<u64> {
        for file in wanted.iter().filter(|file| !is_body(file)) {
            let ours = read(self.backend().as_ref(), file)?;
            if read_if_there(to.as_ref(), file)?.as_ref() != Some(&ours) {
                durable::replace(to, file, &ours)?;
            }
        }
        let mut removed = 0;
        let mut waiting = vec![
            Directory::Objects,
            Directory::Details,
            Directory::Secrets,
            Directory::Segments,
        ];
        while let Some(directory) = waiting.pop() {
            let names = to.list(directory);
            let names = names.map_err(|error| io_error(directory, "list", error))?;
            let mut changed = false;
            for name in names {
                let path = crate::layout::join(directory, &name);
                if let Some(below) = Directory::parse(&path) {
                    waiting.push(below);
                } else if let Some(file) = File::parse(&path)
                    && file != File::Catalogue
                    && !wanted.contains(&file)
                {
                    durable::remove(to.as_ref(), &file)?;
                    removed += 1;
                    changed = true;
                }
            }
            if changed {
                durable::sync_directory(to.as_ref(), directory)?;
            }
        }
        Ok(removed)
    }
}

/// Files that never change under their name.
fn is_body(file: &File) -> bool {
    matches!(
        file,
        File::Object(_) | File::Tree(..) | File::Parquet(_) | File::Index(_)
    )
}
