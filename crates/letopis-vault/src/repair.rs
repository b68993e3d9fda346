//! Fetching what is damaged from a second copy of the same archive.
//!
//! Nothing of the copy is believed: every file that it gives is first laid beside the damaged one and checked in its
//! place by the ordinary check, against this archive's own ledger. Only what comes out whole is given its name.
//!
//! ```text
//! ledger   the copy's lines against this archive's signed head, or its head against this archive's lines
//! details  documents and secrets against the commitments in the ledger; public keys; what crashes left
//! bodies   objects and segments against the digests in those documents, trees against the roots in the ledger
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;

use letopis_seal::{EntryKind, TreeSize};
use serde::Serialize;
use serde_json::{Value, json};

use crate::backend::{Backend, Lock, io_error, read_if_there};
use crate::durable::{self, NewFile};
use crate::finding::Finding;
use crate::framed::Compressors;
use crate::layout::{Directory, File};
use crate::ledger::Ledger;
use crate::record::{Plain, append_lock, record};
use crate::vault::{Checkpoint, Vault, read_config};
use crate::verify::{CheckedBody, Progress, VerifyOptions, look};
use crate::writer::{finish_deletions, writer_lock};
use crate::{Error, Keys, Micros, Result, Verification};

mod overlay;

use overlay::Overlay;

/// A file that was fetched, proven and put in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Path inside the archive.
    #[serde(rename = "where")]
    pub place: String,
    /// What was wrong with it.
    pub kind: String,
    /// Bytes of the file.
    pub bytes: u64,
}

/// A file that the copy could not give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotRepaired {
    /// Path inside the archive.
    #[serde(rename = "where")]
    pub place: String,
    /// Why what the copy has was refused.
    pub reason: String,
}

/// What a repair did.
#[derive(Clone, Debug, Serialize)]
pub struct Repair {
    /// Files put in place.
    pub repaired: Vec<Repaired>,
    /// Files that the copy has not, or has damaged too.
    pub refused: Vec<NotRepaired>,
    /// What is still wrong.
    pub remaining: Vec<Finding>,
    /// Size of the ledger after the repair was recorded; none where nothing was put in place.
    pub size: Option<u64>,
}

/// Puts right what the check finds wrong, from `copy`, a second copy of the same archive, which is only read. The
/// custodian's key signs the ledger entry that records it; where nothing was put in place there is none. `about` is
/// kept in its document.
///
/// # Errors
/// When the copy is of another archive or of another history of this one, when another process writes to the
/// archive, or when it cannot be written.
pub fn repair(
    backend: &Arc<dyn Backend>,
    copy: &Arc<dyn Backend>,
    keys: &Keys,
    about: Option<Value>,
    now: Micros,
    progress: &dyn Progress,
) -> Result<Repair> {
    let mut work = Work::begin(backend, copy, keys, progress)?;
    work.ledger()?;
    let mut report = work.check()?;
    let documents = files(&report, |file| {
        matches!(
            file,
            File::Details(_) | File::Secrets(_) | File::Key(_) | File::Torn(..)
        )
    });
    if !documents.is_empty() && work.fetch(&report.findings, &documents, &BTreeSet::new())? {
        // Objects whose documents were unreadable were not looked at.
        report = work.check()?;
    }
    let bodies = files(&report, |file| {
        matches!(
            file,
            File::Object(_) | File::Tree(..) | File::Parquet(_) | File::Index(_)
        )
    });
    if !bodies.is_empty() {
        work.fetch(&report.findings, &bodies, &bodies)?;
    }
    work.finish(report, about, now)
}

/// The damaged files of some kinds.
fn files(report: &Verification, wanted: impl Fn(&File) -> bool) -> BTreeSet<File> {
    let places = report
        .findings
        .iter()
        .filter_map(|finding| File::parse(&finding.place));
    places.filter(wanted).collect()
}

struct Work<'a> {
    backend: &'a Arc<dyn Backend>,
    copy: &'a Arc<dyn Backend>,
    keys: &'a Keys,
    progress: &'a dyn Progress,
    origin: String,
    /// The copy's ledger as far as it can be read.
    theirs: Ledger,
    repaired: Vec<Repaired>,
    refused: BTreeMap<File, String>,
    _lock: Box<dyn Lock>,
}

impl<'a> Work<'a> {
    fn begin(
        backend: &'a Arc<dyn Backend>,
        copy: &'a Arc<dyn Backend>,
        keys: &'a Keys,
        progress: &'a dyn Progress,
    ) -> Result<Self> {
        let (ours, theirs) = (read_config(backend)?, read_config(copy)?);
        if ours.id != theirs.id {
            return Err(Error::Refused(format!(
                "{}: archive {}, no copy of {} (archive {})",
                copy.place(),
                theirs.id,
                backend.place(),
                ours.id
            )));
        }
        let origin = ours.origin();
        let theirs = Ledger::load(copy.as_ref(), &origin)?;
        durable::make_missing(backend.as_ref(), Directory::ARCHIVE)?;
        let lock = writer_lock(backend.as_ref())?;
        Ok(Self {
            backend,
            copy,
            keys,
            progress,
            origin,
            theirs,
            repaired: Vec::new(),
            refused: BTreeMap::new(),
            _lock: lock,
        })
    }

    fn check(&self) -> Result<Verification> {
        look(self.backend, &VerifyOptions::default(), None, self.progress).map(|(report, _)| report)
    }

    /// Puts back the ledger where it is damaged, and refuses a copy whose history is not this archive's.
    fn ledger(&mut self) -> Result<()> {
        let _append = append_lock(self.backend.as_ref())?;
        let ours = Ledger::load(self.backend.as_ref(), &self.origin)?;
        if ours.problems().is_empty() {
            ours.signer(self.keys, false)?;
            return self.one_history(&ours);
        }
        let Some((file, bytes)) = self.stated(&ours) else {
            let problem = ours.problems().first();
            return Err(Error::Refused(format!(
                "{}: {} is damaged, and what {} has does not continue what is left of it: compare both with held checkpoints (letopis verify --anchor FILE)",
                self.backend.place(),
                problem.map_or("the ledger", |problem| problem.place.as_str()),
                self.copy.place()
            )));
        };
        let staged = self.stage_bytes(&bytes)?;
        let overlay = Overlay::over(self.backend, [(file, staged.temporary())]);
        let restored = Ledger::load(&overlay, &self.origin)?;
        if let Some(problem) = restored.problems().first() {
            return Err(Error::Refused(format!(
                "{}: with what {} has, expected {}, found {}",
                problem.place,
                self.copy.place(),
                problem.expected,
                problem.found
            )));
        }
        restored.signer(self.keys, false)?;
        if file == File::Entries {
            self.keep_damaged(&ours)?;
        }
        let length = bytes.len() as u64;
        staged.replace(&file)?;
        let kind = ours
            .problems()
            .first()
            .map_or("ledger-line", |problem| problem.kind.as_str());
        self.put(file, kind, length);
        Ok(())
    }

    /// What the copy can give for a damaged ledger: lines that the head of this archive covers exactly, or the head
    /// over the lines of this archive.
    fn stated(&self, ours: &Ledger) -> Option<(File, Vec<u8>)> {
        if let Some(head) = ours.head() {
            let size = head.checkpoint().size();
            let mut tree = self.theirs.tree();
            let root = letopis_seal::tree::root_at(&mut tree, size).ok()?;
            let end = self.theirs.end_of(size.0)?;
            return (root == head.checkpoint().root())
                .then(|| Some((File::Entries, self.theirs.bytes().get(..end)?.to_vec())))?;
        }
        let head = self.theirs.head_at(ours.size())?;
        (head.checkpoint().root() == ours.tree().root()).then(|| (File::Head, head.to_text().into_bytes()))
    }

    /// The damaged lines are evidence too: they go to `torn/` as they stand.
    fn keep_damaged(&self, ours: &Ledger) -> Result<()> {
        let Some(bytes) = read_if_there(self.backend.as_ref(), &File::Entries)? else {
            return Ok(());
        };
        let whole = ours.first_difference(&self.theirs);
        let torn = File::Torn(whole, letopis_seal::sha256(&bytes));
        durable::replace(self.backend, &torn, &bytes)
    }

    fn one_history(&self, ours: &Ledger) -> Result<()> {
        let size = TreeSize(ours.size().min(self.theirs.size()));
        let (mut a, mut b) = (ours.tree(), self.theirs.tree());
        let roots = letopis_seal::tree::root_at(&mut a, size)
            .ok()
            .zip(letopis_seal::tree::root_at(&mut b, size).ok());
        // A copy whose own ledger is damaged may still have whole objects; they are proven by this archive's ledger.
        if !self.theirs.problems().is_empty() || roots.is_some_and(|(a, b)| a == b) {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{}: another history of this archive: its first {} ledger lines are not those of {} (letopis verify --anchor FILE tells which of the two a held checkpoint belongs to)",
            self.copy.place(),
            size.0,
            self.backend.place()
        )))
    }

    /// Fetches files, checks them in their places, and gives names to those that are whole; whether there were any.
    fn fetch(
        &mut self,
        findings: &[Finding],
        wanted: &BTreeSet<File>,
        scope: &BTreeSet<File>,
    ) -> Result<bool> {
        let mut staged = BTreeMap::new();
        for file in wanted {
            match self.stage(file)? {
                Ok(new) => drop(staged.insert(*file, new)),
                Err(reason) => drop(self.refused.insert(*file, reason)),
            }
        }
        let places = staged.iter().map(|(file, new)| (*file, new.temporary()));
        let overlay: Arc<dyn Backend> = Arc::new(Overlay::over(self.backend, places));
        let (report, bodies) = look(&overlay, &VerifyOptions::default(), Some(scope), &())?;
        let mut placed = Vec::new();
        for (file, new) in staged {
            if let Some(reason) = unproven(&file, &report, &bodies, scope) {
                self.refused.insert(file, reason);
                continue;
            }
            let bytes = new.written();
            new.into_place(&file)?;
            placed.push(file);
            let kind = findings.iter().find(|finding| finding.place == file.path());
            self.put(file, kind.map_or("", |finding| finding.kind.as_str()), bytes);
        }
        durable::barrier(self.backend.as_ref(), &placed)?;
        Ok(!placed.is_empty())
    }

    fn put(&mut self, file: File, kind: &str, bytes: u64) {
        self.repaired.push(Repaired {
            place: file.path(),
            kind: kind.to_owned(),
            bytes,
        });
    }

    /// Copies a file of the copy under a temporary name of this archive, or says why the copy cannot give it.
    fn stage(&self, file: &File) -> Result<std::result::Result<NewFile, String>> {
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(Err("the copy has no such file".to_owned())),
            _ => Ok(Err(format!("the copy's file cannot be read: {error}"))),
        };
        let from = match self.copy.open(file) {
            Ok(from) => from,
            Err(error) => return unreadable(error),
        };
        let mut new = NewFile::create(self.backend)?;
        let mut part = vec![0; 1 << 20];
        let mut at = 0;
        while at < from.length() {
            let length = (from.length() - at).min(part.len() as u64);
            let part = part.get_mut(..length as usize).unwrap_or_default();
            if let Err(error) = from.read_exact_at(at, part) {
                return unreadable(error);
            }
            new.write_all(part)
                .map_err(|error| io_error(file, "write", error))?;
            at += length;
        }
        Ok(Ok(new))
    }

    fn stage_bytes(&self, bytes: &[u8]) -> Result<NewFile> {
        let mut new = NewFile::create(self.backend)?;
        new.write_all(bytes)
            .map_err(|error| io_error(Directory::Temporary, "write", error))?;
        Ok(new)
    }

    /// Records what was done, and destroys again what the copy still had and this archive removed since.
    fn finish(self, report: Verification, about: Option<Value>, now: Micros) -> Result<Repair> {
        let fixed: BTreeSet<&str> = self.repaired.iter().map(|file| file.place.as_str()).collect();
        let remaining = report.findings.into_iter();
        let remaining = remaining.filter(|finding| !fixed.contains(finding.place.as_str()));
        let remaining: Vec<Finding> = remaining.collect();
        let refused: Vec<NotRepaired> = self
            .refused
            .iter()
            .map(|(file, reason)| NotRepaired {
                place: file.path(),
                reason: reason.clone(),
            })
            .collect();
        let mut size = None;
        if !self.repaired.is_empty() {
            let theirs = Checkpoint::of(&self.theirs);
            let document = json!({
                "from": self.copy.place(), "repaired": self.repaired, "refused": refused,
                "copy": { "size": theirs.size, "root": theirs.root.to_hex() },
                "about": about.unwrap_or(Value::Object(Default::default())),
            });
            let count = self.repaired.len() as u64;
            let plan = |_| {
                let plain = Plain::new(EntryKind::Rebuild, Some(document));
                Ok(vec![plain.with("repaired", count)])
            };
            let mut ledger = Ledger::load(self.backend.as_ref(), &self.origin)?;
            let signer = |ledger: &Ledger| ledger.signer(self.keys, false);
            record(self.backend, &Compressors::new(), &mut ledger, now, signer, plan)?;
            size = Some(ledger.size());
        }
        // Where documents are unreadable still, what was removed cannot be told; the next writer does it.
        if let Ok(vault) = Vault::open(Arc::clone(self.backend))
            && vault.objects().is_ok()
        {
            finish_deletions(&vault)?;
        }
        Ok(Repair {
            repaired: self.repaired,
            refused,
            remaining,
            size,
        })
    }
}

/// Why a file that was laid in its place is not accepted there.
fn unproven(
    file: &File,
    report: &Verification,
    bodies: &[CheckedBody],
    scope: &BTreeSet<File>,
) -> Option<String> {
    // Documents and their secrets prove each other.
    let partners = match file {
        File::Details(batch) | File::Secrets(batch) => vec![File::Details(*batch), File::Secrets(*batch)],
        other => vec![*other],
    };
    let places: Vec<String> = partners.iter().map(File::path).collect();
    if let Some(finding) = report
        .findings
        .iter()
        .find(|finding| places.contains(&finding.place))
    {
        return Some(format!(
            "what the copy has is damaged too: {}: expected {}, found {}",
            finding.place, finding.expected, finding.found
        ));
    }
    if !scope.contains(file) {
        return None;
    }
    let body = match file {
        File::Object(name) | File::Tree(name, _) => File::Object(*name),
        File::Parquet(id) | File::Index(id) => File::Parquet(*id),
        _ => return None,
    };
    let Some(body) = bodies.iter().find(|found| found.place == body.path()) else {
        return Some("the document that says what it should be is unreadable".to_owned());
    };
    // A tree is proven by making every leaf again.
    let whole = !matches!(file, File::Tree(..)) || body.is_rehashed();
    (!whole).then(|| "it cannot be proven while its object or its secret is damaged".to_owned())
}
