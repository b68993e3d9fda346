//! The check of a whole archive. Writes nothing, shows no content, goes on after the first finding.
//!
//! Order: configuration, ledger, signatures, keys, what crashes left, documents and secrets, then (in parallel)
//! objects, trees and segments from first to last byte, at the end files that have no place here, what others put under
//! checkpoints, and what others hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use letopis_seal::EntryKind;

use crate::digest::ShortId;
use crate::documents::Secrets;
use crate::finding::{Finding, FindingKind, Notice};
use crate::layout::File;
use crate::ledger::Ledger;
use crate::objects::ObjectTable;
use crate::readers;
use crate::segment::SegmentInfo;
use crate::vault::read_config;
use crate::{Backend, Result, Trusted, Verification};

mod anchors;
mod attachments;
mod bodies;
mod documents;
mod files;
mod ledger;
mod unread;

pub use bodies::CheckedBody;

/// What someone else holds: a checkpoint, cosigned or not, a time stamp over one, or the text of a printed one.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// File name, for findings.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Anchor {
    /// A file as it came.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

/// What to check beyond the archive itself.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// What others hold.
    pub anchors: Vec<Anchor>,
    /// Whom the one who checks trusts.
    pub trusted: Trusted,
    /// Threads; 0 = as many as the machine has.
    pub threads: usize,
    /// What an earlier, interrupted check of the same archive looked at: bodies that were whole are taken as checked.
    pub done: Vec<CheckedBody>,
}

/// Told how far a long operation is. Called from several threads.
pub trait Progress: Sync {
    /// `done` of `total` bytes are checked.
    fn bytes(&self, done: u64, total: u64);

    /// An object with its trees, or a segment, was checked from the first to the last byte.
    fn body(&self, body: &CheckedBody) {
        let _ = body;
    }
}

impl Progress for () {
    fn bytes(&self, _done: u64, _total: u64) {}
}

/// What the parts of the check share.
struct Check {
    backend: Arc<dyn Backend>,
    ledger: Arc<Ledger>,
    report: Verification,
    secrets: BTreeMap<ShortId, Option<Secrets>>,
    objects: ObjectTable,
    segments: Vec<SegmentInfo>,
    /// Every text that `letopis.toml` had, oldest first.
    configs: Vec<String>,
    /// `object` entries that a `delete` entry names.
    deleted: BTreeSet<u64>,
    /// Entries whose document a `delete` entry names.
    forgotten: BTreeSet<u64>,
    /// Entries whose document cannot be read.
    unread: BTreeSet<u64>,
    /// What was checked from the first to the last byte, now or earlier.
    bodies: Vec<CheckedBody>,
    /// How many of them earlier.
    resumed: u64,
}

/// Checks every byte of an archive. An error means that we could not look at all (no archive, unknown version);
/// everything else is a finding.
pub fn verify(
    backend: &Arc<dyn Backend>,
    options: &VerifyOptions,
    progress: &dyn Progress,
) -> Result<Verification> {
    look(backend, options, None, progress).map(|(report, _)| report)
}

/// The same, with only those objects and segments that have a file in `scope`; also gives what was read of them.
pub(crate) fn look(
    backend: &Arc<dyn Backend>,
    options: &VerifyOptions,
    scope: Option<&BTreeSet<File>>,
    progress: &dyn Progress,
) -> Result<(Verification, Vec<CheckedBody>)> {
    let _share = readers::share(backend.as_ref());
    let config = read_config(backend)?;
    let ledger = Arc::new(Ledger::load(backend.as_ref(), &config.origin())?);
    let mut check = Check::new(backend, ledger);
    check.ledger();
    check.removals();
    check.documents();
    check.config();
    check.keys();
    check.torn();
    check.tables();
    check.bodies(options, scope, progress);
    check.catalogue();
    check.strangers();
    check.others(options);
    Ok(check.finish())
}

/// Checks only the ledger with its signatures, what is attached to it, and what others hold: quick, and enough to tell a
/// rewritten history. Writes nothing.
pub fn verify_anchors(backend: &Arc<dyn Backend>, options: &VerifyOptions) -> Result<Verification> {
    let config = read_config(backend)?;
    let ledger = Arc::new(Ledger::load(backend.as_ref(), &config.origin())?);
    let mut check = Check::new(backend, ledger);
    check.ledger();
    check.removals();
    check.others(options);
    Ok(check.finish().0)
}

impl Check {
    fn new(backend: &Arc<dyn Backend>, ledger: Arc<Ledger>) -> Self {
        let mut report = Verification::default();
        report.checked.entries = ledger.size();
        report.root = ledger
            .head()
            .map(|head| head.checkpoint().root().to_hex())
            .unwrap_or_default();
        Self {
            backend: Arc::clone(backend),
            ledger,
            report,
            secrets: BTreeMap::new(),
            objects: ObjectTable::default(),
            segments: Vec::new(),
            configs: Vec::new(),
            deleted: BTreeSet::new(),
            forgotten: BTreeSet::new(),
            unread: BTreeSet::new(),
            bodies: Vec::new(),
            resumed: 0,
        }
    }

    fn find(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    fn notice(&mut self, kind: &'static str, place: impl std::fmt::Display, text: impl Into<String>) {
        self.report.notices.push(Notice::new(kind, place, text));
    }

    /// Turns an error into a finding about the file it names.
    fn find_error(&mut self, kind: FindingKind, error: &crate::Error, repair: &str) {
        self.report.findings.push(finding_of(kind, error, repair));
    }

    /// Lines of one kind whose text can be read.
    fn of_kind(&self, kind: EntryKind) -> Vec<crate::Entry> {
        let seqs = self.ledger.of_kind(kind);
        seqs.filter_map(|seq| self.ledger.entry(seq).ok())
            .map(crate::Entry::from)
            .collect()
    }

    fn finish(mut self) -> (Verification, Vec<CheckedBody>) {
        if self.resumed > 0 {
            let text = format!(
                "{} objects and segments were checked by an earlier run and not read again",
                self.resumed
            );
            self.notice("resumed", ".", text);
        }
        let key = |finding: &Finding| (finding.kind.grade(), finding.place.clone(), finding.offset);
        self.report.findings.sort_by_key(key);
        self.report.findings.dedup();
        self.report
            .notices
            .sort_by(|a, b| (a.kind, &a.place).cmp(&(b.kind, &b.place)));
        (self.report, self.bodies)
    }
}

/// A finding from an error that was met while looking.
fn finding_of(kind: FindingKind, error: &crate::Error, repair: &str) -> Finding {
    match error {
        crate::Error::Damaged {
            path,
            offset,
            expected,
            found,
        } => {
            let mut finding = Finding::new(kind, path, expected.clone(), found.clone(), repair);
            finding.offset = *offset;
            finding
        }
        crate::Error::Io { path, source, .. } => {
            Finding::new(kind, path, "a readable file", source.to_string(), repair)
        }
        other => Finding::new(kind, ".", "a readable archive", other.to_string(), repair),
    }
}
