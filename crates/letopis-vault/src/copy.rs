//! Working copies: the whole archive handed to a named person, with a journal of its own that comes home.
//!
//! A working copy is the archive's files at one head, which stays the parent's: nothing is ever appended to its ledger,
//! so it is a branch and no fork. Who reads it is recorded in the journal inside it, by a key that the archive certified
//! for this copy. `copy.json` says that it is one; every way of writing looks for it (FORMAT.md, "Working copies").

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use letopis_seal::entry::field;
use letopis_seal::{EntryKind, KeyRole, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::backend::{Backend, io_error, read, read_if_there};
use crate::digest::{hex, random};
use crate::durable::{self, NewFile};
use crate::layout::{Directory, File};
use crate::record::Plain;
use crate::second::refuse_second_copy;
use crate::vault::Vault;
use crate::verify::{VerifyOptions, verify};
use crate::writer::{Receipt, VaultWriter, journal_certificate, write_public_key};
use crate::{Error, ExternalJournal, Keys, Micros, Result};

/// Bytes copied at a time.
const PIECE_BYTES: usize = 1 << 20;

/// What `copy.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingCopy {
    /// Version of this file; 1.
    pub version: u32,
    /// Id of the copy, and of its journal: 32 hex digits.
    pub copy: String,
    /// Id of the archive that it was made of.
    pub archive: String,
    /// Ledger entries it was made at.
    pub size: u64,
    /// Root over them, hex.
    pub root: String,
    /// Whom it was handed to.
    #[serde(rename = "for")]
    pub holder: String,
    /// When it was made, microseconds since 1970 UTC, by the clock of the machine.
    pub made: Micros,
}

/// A copy that was made.
#[derive(Clone, Debug)]
pub struct HandedOut {
    /// What its `copy.json` says.
    pub copy: WorkingCopy,
    /// Files in it, without the journal.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The commit that says that it was finished.
    pub receipt: Receipt,
}

/// A copy as the ledger of its parent knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyRecord {
    /// Its id.
    pub copy: String,
    /// Ledger position of the handing out.
    pub seq: u64,
    /// When it was announced, microseconds since 1970 UTC.
    pub time: Micros,
    /// Whom it was handed to; none where the document was destroyed.
    #[serde(rename = "for")]
    pub holder: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// For which case.
    pub case: Option<String>,
    /// `complete`; `error`: what was written is no archive; `unknown`, or none where the making was cut short: part of it,
    /// or all, may be out.
    pub ended: Option<String>,
    /// When its journal was entered last; none while it is outstanding.
    pub adopted: Option<Micros>,
    /// Readings in the journal that was entered.
    pub readings: u64,
    /// Id of the key that may sign its journal.
    #[serde(skip)]
    pub(crate) key: Option<String>,
}

impl CopyRecord {
    /// Whether something is out there whose journal has not come home.
    pub fn is_outstanding(&self) -> bool {
        self.adopted.is_none() && self.ended.as_deref() != Some("error")
    }
}

/// Says by name that nothing may be written where a working copy or a second copy lies.
pub(crate) fn refuse_copy(backend: &dyn Backend) -> Result<()> {
    let stat = backend.stat(&File::WorkingCopy.path());
    match stat.map_err(|error| io_error(File::WorkingCopy, "look for", error))? {
        None => refuse_second_copy(backend),
        Some(_) => Err(Error::Refused(format!(
            "{}: this is a working copy: nothing is written to it, and its readings are recorded in the journal inside it",
            backend.place()
        ))),
    }
}

impl VaultWriter {
    /// Makes a working copy of the archive at `to`, an empty place, with its journal at `journal` inside it, and hands it
    /// to `holder`. `keys` holds the fresh journal key of the copy, which this certifies. That it is handed out is on
    /// record before its first byte is written, and how that ended afterwards. `about` (purpose, case, operator, place)
    /// goes into the document.
    ///
    /// # Errors
    /// When the place is in use, the key is not fresh, a file cannot be read or written, or the copy is not whole: the
    /// check of all of it finds something. What was written is then no archive, and is left to the caller to remove.
    pub fn hand_out(
        &self,
        (to, journal): (&Arc<dyn Backend>, &Arc<dyn Backend>),
        holder: &str,
        keys: &Keys,
        about: Value,
        now: Micros,
    ) -> Result<HandedOut> {
        crate::writer::refuse_used_place(to)?;
        let key = keys
            .of_role(KeyRole::Journal)
            .ok_or(Error::NoKey(KeyRole::Journal))?;
        let id = hex(&random::<16>()?);
        self.announce(&id, holder, key.verifying_key(), about, now)?;
        let made = self.fill((to, journal), &id, holder, keys, now);
        let ended = match made.is_ok() {
            true => "complete",
            // Without it there is no archive; where it cannot be taken away, one may be out.
            false if take_back(to).is_ok() => "error",
            false => "unknown",
        };
        let plan = |_| {
            let line = Plain::new(EntryKind::Copy, None);
            Ok(vec![line.with("copy", id.as_str()).with("ended", ended)])
        };
        let closed = self.append(now, plan);
        let (copy, files, bytes) = made?;
        let receipt = closed?;
        Ok(HandedOut {
            copy,
            files,
            bytes,
            receipt,
        })
    }

    /// Puts on record that a copy is about to be handed out, and certifies its journal key.
    fn announce(
        &self,
        id: &str,
        holder: &str,
        key: &VerifyingKey,
        about: Value,
        now: Micros,
    ) -> Result<Receipt> {
        let vault = self.vault();
        if vault.ledger().authority().all.contains(key) {
            let text = "the journal key of a working copy must be a fresh one; this archive knows this key";
            return Err(Error::Refused(text.to_owned()));
        }
        write_public_key(self.backend(), key)?;
        let origin = vault.config().origin();
        let custodian = vault.ledger().signer(self.keys(), false)?;
        self.append(now, |first| {
            let certificate = journal_certificate(&origin, key, first, custodian)?;
            let document = json!({ "for": holder, "about": about });
            Ok(vec![
                Plain::new(EntryKind::Key, Some(json!({ "holder": holder })))
                    .with(field::CERTIFICATE, certificate),
                Plain::new(EntryKind::Copy, Some(document))
                    .with("copy", id)
                    .with("key", key.id().to_string()),
            ])
        })
    }

    fn fill(
        &self,
        (to, journal): (&Arc<dyn Backend>, &Arc<dyn Backend>),
        id: &str,
        holder: &str,
        keys: &Keys,
        now: Micros,
    ) -> Result<(WorkingCopy, u64, u64)> {
        let vault = self.vault();
        let head = vault.checkpoint();
        let copy = WorkingCopy {
            version: 1,
            copy: id.to_owned(),
            archive: vault.config().id.clone(),
            size: head.size,
            root: head.root.to_hex(),
            holder: holder.to_owned(),
            made: now,
        };
        durable::make_directories(to.as_ref(), Directory::ARCHIVE)?;
        // First the mark: whatever stops this, what lies here is never taken for an archive that may be written to.
        let mark = serde_json::to_vec_pretty(&copy).map_err(|error| Error::Entry(error.to_string()))?;
        durable::replace(to, &File::WorkingCopy, &mark)?;
        let (files, bytes) = self.copy_files(&vault, to)?;
        ExternalJournal::create_as(journal, &vault, keys, id, now)?;
        durable::replace(to, &File::Config, vault.config().to_text()?.as_bytes())?;
        // Last what makes an archive of it, and then the check of every byte.
        durable::replace(to, &File::Head, head.text.as_bytes())?;
        let checked = verify(to, &VerifyOptions::default(), &());
        let fault = match &checked {
            Ok(report) => report.findings.first().map(|finding| {
                (
                    finding.place.clone(),
                    finding.expected.clone(),
                    finding.found.clone(),
                )
            }),
            Err(_) => None,
        };
        checked?;
        match fault {
            None => Ok((copy, files + 1, bytes)),
            Some((path, expected, found)) => Err(Error::Damaged {
                path,
                offset: None,
                expected,
                found,
            }),
        }
    }

    /// Copies everything that the ledger names. Gives the number of files and of their bytes.
    fn copy_files(&self, vault: &Vault, to: &Arc<dyn Backend>) -> Result<(u64, u64)> {
        let from = self.backend();
        let (mut copied, mut bytes) = (Vec::new(), 0);
        for file in named(vault)? {
            bytes += copy_file(from, to, &file)?;
            copied.push(file);
        }
        durable::barrier(to.as_ref(), &copied)?;
        if let Some(catalogue) = read_if_there(from.as_ref(), &File::Catalogue)? {
            durable::replace(to, &File::Catalogue, &catalogue)?;
        }
        let ledger = vault.ledger();
        let lines = ledger.end_of(ledger.size()).unwrap_or_default();
        let lines = ledger.bytes().get(..lines).unwrap_or_default();
        durable::replace(to, &File::Entries, lines)?;
        Ok((copied.len() as u64 + 2, bytes + lines.len() as u64))
    }
}

/// Takes away what makes an archive of a copy: without a head there is none, and what `letopis.toml` says the ledger says
/// as well.
fn take_back(to: &Arc<dyn Backend>) -> Result<()> {
    for file in [File::Head, File::Config] {
        durable::remove(to.as_ref(), &file)?;
        durable::sync_directory(to.as_ref(), file.directory())?;
    }
    Ok(())
}

/// Files that belong to this state of the archive.
pub(crate) fn named(vault: &Vault) -> Result<BTreeSet<File>> {
    let ledger = vault.ledger();
    let mut named: BTreeSet<File> = ledger
        .authority()
        .all
        .iter()
        .map(|key| File::Key(key.id().0))
        .collect();
    for batch in ledger.commits().iter().filter_map(|commit| commit.batch) {
        named.extend([File::Details(batch), File::Secrets(batch)]);
    }
    for object in vault.objects()? {
        named.insert(File::Object(object.blake3));
        named.extend(
            object
                .trees
                .iter()
                .map(|tree| File::Tree(object.blake3, tree.number)),
        );
    }
    for segment in vault.segments()? {
        named.insert(File::Parquet(segment.short));
        named.extend(segment.index.iter().map(|_| File::Index(segment.short)));
    }
    Ok(named)
}

pub(crate) fn copy_file(from: &Arc<dyn Backend>, to: &Arc<dyn Backend>, file: &File) -> Result<u64> {
    let source = from.open(file).map_err(|error| io_error(file, "open", error))?;
    let mut out = NewFile::create(to)?;
    let mut piece = vec![0; PIECE_BYTES.min(usize::try_from(source.length()).unwrap_or(PIECE_BYTES))];
    let mut at = 0;
    while at < source.length() {
        let left = usize::try_from(source.length() - at).unwrap_or(usize::MAX);
        let wanted = piece.len().min(left);
        let part = piece.get_mut(..wanted).unwrap_or_default();
        source
            .read_exact_at(at, part)
            .map_err(|error| io_error(file, "read", error))?;
        out.write_all(part)
            .map_err(|error| io_error(file, "write", error))?;
        at += wanted as u64;
    }
    out.into_place(file)?;
    Ok(at)
}

impl Vault {
    /// What the `copy.json` of this place says; `None` where it is no working copy.
    ///
    /// # Errors
    /// When the file cannot be read, or is not of this archive.
    pub fn working_copy(&self) -> Result<Option<WorkingCopy>> {
        let backend = self.backend().as_ref();
        let there = backend.stat(&File::WorkingCopy.path());
        if there
            .map_err(|error| io_error(File::WorkingCopy, "look for", error))?
            .is_none()
        {
            return Ok(None);
        }
        let bytes = read(backend, &File::WorkingCopy)?;
        let damaged = |expected: &str, found: String| Error::Damaged {
            path: File::WorkingCopy.path(),
            offset: None,
            expected: expected.to_owned(),
            found,
        };
        let copy: WorkingCopy = serde_json::from_slice(&bytes)
            .map_err(|error| damaged("what a working copy says of itself", error.to_string()))?;
        match copy.archive == self.config().id {
            true => Ok(Some(copy)),
            false => Err(damaged(&self.config().id, copy.archive)),
        }
    }

    /// Every working copy that was handed out, in order.
    ///
    /// # Errors
    /// When the ledger or a document cannot be read.
    pub fn copies(&self) -> Result<Vec<CopyRecord>> {
        let mut copies: Vec<CopyRecord> = Vec::new();
        for entry in self.entries(Some(EntryKind::Copy)) {
            let entry = entry?;
            let Some(id) = entry.text("copy") else { continue };
            match copies.iter_mut().find(|copy| copy.copy == id) {
                Some(known) => known.ended = entry.text("ended").map(str::to_owned),
                None => {
                    let document = self.detail(entry.seq)?.unwrap_or_default();
                    let said = |place: &Value, name: &str| {
                        place.get(name).and_then(Value::as_str).map(str::to_owned)
                    };
                    let about = document.get("about").cloned().unwrap_or_default();
                    copies.push(CopyRecord {
                        copy: id.to_owned(),
                        seq: entry.seq,
                        time: entry.time,
                        holder: said(&document, "for"),
                        purpose: said(&about, "purpose"),
                        case: said(&about, "case"),
                        ended: None,
                        adopted: None,
                        readings: 0,
                        key: entry.text("key").map(str::to_owned),
                    });
                }
            }
        }
        for entry in self.entries(Some(EntryKind::Journal)) {
            let entry = entry?;
            let id = entry.text("journal");
            if let Some(copy) = copies.iter_mut().find(|copy| Some(copy.copy.as_str()) == id) {
                copy.adopted = Some(entry.time);
            }
        }
        if copies.iter().any(|copy| copy.adopted.is_some()) {
            for adopted in self.adopted_entries()? {
                let copy = copies.iter_mut().find(|copy| copy.copy == adopted.journal);
                if let Some(copy) = copy.filter(|_| adopted.entry.kind == EntryKind::AccessIntent) {
                    copy.readings += 1;
                }
            }
        }
        Ok(copies)
    }
}
