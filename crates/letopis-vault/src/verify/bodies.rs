//! Objects, trees and segments: every byte, by as many threads as the machine has.
//!
//! The digests of an object and its trees are separate tasks, so that one large object keeps two processors busy.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use letopis_seal::{ObjectSecret, Sha256Digest};
use sha2::Digest;

use super::{Check, Progress, finding_of};
use crate::backend::{Backend, io_error};
use crate::digest::Blake3;
use crate::finding::{Checked, Finding, FindingKind};
use crate::framed::{FRAME_BYTES, Framed, check};
use crate::layout::File;
use crate::object::{ObjectInfo, TreeInfo};
use crate::segment::{PartDigest, SegmentInfo};
use crate::tree::{RecordSpan, TreeHasher, TreeReader};
use crate::{Error, Result};

const REPAIR_OBJECT: &str = "put it back from a copy of the archive or from the original file";
const REPAIR_SEGMENT: &str = "run `letopis rebuild`";

/// One thing to check.
enum Task<'a> {
    Object(&'a ObjectInfo),
    Tree(&'a ObjectInfo, &'a TreeInfo, Option<ObjectSecret>),
    Segment(&'a SegmentInfo),
}

impl Task<'_> {
    fn bytes(&self) -> u64 {
        match self {
            Self::Object(object) | Self::Tree(object, ..) => object.length,
            Self::Segment(segment) => segment.parquet_bytes + segment.index_bytes.unwrap_or(0),
        }
    }
}

/// What the threads share.
struct Shared<'a> {
    backend: &'a dyn Backend,
    progress: &'a dyn Progress,
    total: u64,
    done: AtomicU64,
    next: AtomicUsize,
    outcome: Mutex<(Vec<Finding>, Checked)>,
}

impl Shared<'_> {
    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.progress.bytes(done, self.total);
    }

    fn finish(&self, findings: Vec<Finding>, count: impl FnOnce(&mut Checked)) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.0.extend(findings);
        count(&mut outcome.1);
    }
}

impl Check {
    pub(super) fn bodies(&mut self, threads: usize, progress: &dyn Progress) {
        let mut tasks = Vec::new();
        for object in self.objects.all() {
            tasks.push(Task::Object(object));
            let trees = object.trees.iter();
            tasks.extend(trees.map(|tree| Task::Tree(object, tree, self.secret_of(tree.seq))));
        }
        tasks.extend(self.segments.iter().map(Task::Segment));
        // The longest first, so that no thread is left alone with one at the end.
        tasks.sort_by_key(|task| std::cmp::Reverse(task.bytes()));
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, |threads| threads.get()),
            threads => threads,
        };
        let shared = Shared {
            backend: self.backend.as_ref(),
            progress,
            total: tasks.iter().map(Task::bytes).sum(),
            done: AtomicU64::new(0),
            next: AtomicUsize::new(0),
            outcome: Mutex::default(),
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.min(tasks.len()) {
                scope.spawn(|| {
                    while let Some(task) = tasks.get(shared.next.fetch_add(1, Ordering::Relaxed)) {
                        run(&shared, task);
                    }
                });
            }
        });
        let (findings, counted) = shared
            .outcome
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let checked = &mut self.report.checked;
        checked.objects += counted.objects;
        checked.segments += counted.segments;
        checked.records += counted.records;
        checked.bytes += counted.bytes;
        self.report.findings.extend(findings);
    }
}

fn run(shared: &Shared<'_>, task: &Task<'_>) {
    match task {
        Task::Object(object) => {
            let findings = check_object(shared, object);
            shared.finish(findings, |checked| {
                checked.objects += 1;
                checked.bytes += object.length;
            });
        }
        Task::Tree(object, info, secret) => {
            let (findings, records) = check_tree(shared, object, info, secret.as_ref());
            shared.finish(findings, |checked| checked.records += records);
        }
        Task::Segment(segment) => {
            let findings = check_segment(shared, segment);
            let bytes = task.bytes();
            shared.finish(findings, |checked| {
                checked.segments += 1;
                checked.bytes += bytes;
            });
        }
    }
}

/// Frames, checksum and both digests of one object.
fn check_object(shared: &Shared<'_>, object: &ObjectInfo) -> Vec<Finding> {
    let file = File::Object(object.blake3);
    let damaged = |expected: String, found: String| {
        Finding::new(FindingKind::ObjectDamaged, file, expected, found, REPAIR_OBJECT)
    };
    let (mut blake3, mut sha256) = (blake3::Hasher::new(), sha2::Sha256::new());
    let checked = check(shared.backend, &file, &mut |frame| {
        let content = frame.unwrap_or_default();
        blake3.update(content);
        sha256.update(content);
        shared.advance(content.len() as u64);
        Ok(())
    });
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) if error.is_missing() => {
            return vec![finding_of(FindingKind::ObjectMissing, &error, REPAIR_OBJECT)];
        }
        Err(error) => return vec![finding_of(FindingKind::ObjectDamaged, &error, REPAIR_OBJECT)],
    };
    let mut findings = Vec::new();
    for bad in &checked.bad {
        let end = bad.first + bad.length;
        let expected = format!("frame {} with content bytes {} to {end}", bad.number, bad.first);
        findings.push(damaged(expected, bad.reason.clone()).at(bad.first, Some(bad.length)));
    }
    if !findings.is_empty() {
        return findings;
    }
    let digests = (
        Blake3(*blake3.finalize().as_bytes()),
        Sha256Digest(sha256.finalize().into()),
    );
    if digests.0 != object.blake3 {
        findings.push(damaged(
            format!("content with the BLAKE3 {}", object.blake3),
            digests.0.to_string(),
        ));
    } else if digests.1 != object.sha256 {
        findings.push(damaged(
            format!("content with the SHA-256 {}", object.sha256),
            digests.1.to_string(),
        ));
    } else if !checked.checksum {
        let found = "other bytes; the content is whole".to_owned();
        findings.push(damaged(
            "frames that fit the checksum of the file".to_owned(),
            found,
        ));
    }
    findings
}

/// One tree: its file, what it says of itself, and its root made again from the bytes of the object. Gives the
/// records whose leaves were made again.
fn check_tree(
    shared: &Shared<'_>,
    object: &ObjectInfo,
    info: &TreeInfo,
    secret: Option<&ObjectSecret>,
) -> (Vec<Finding>, u64) {
    let of = |kind, error: &Error| (vec![finding_of(kind, error, REPAIR_OBJECT)], 0);
    let tree = match open_tree(shared, object, info) {
        Ok(tree) => tree,
        Err(error) if error.is_missing() => return of(FindingKind::TreeMissing, &error),
        Err(error) => return of(FindingKind::TreeDamaged, &error),
    };
    // A secret that cannot be read is a finding of its own; without it no leaf can be made again.
    let Some(secret) = secret else {
        return (Vec::new(), 0);
    };
    let mut hasher = TreeHasher::new(secret, &object.sha256);
    if hasher.commitment() != info.commitment {
        let expected = format!(
            "a secret that opens the commitment {} of entry {}",
            info.commitment, info.seq
        );
        let file = File::Tree(object.blake3, info.number);
        let finding = Finding::new(
            FindingKind::Secret,
            file,
            expected,
            "another secret",
            REPAIR_OBJECT,
        );
        return (vec![finding], 0);
    }
    match rehash(shared, object, &tree, &mut hasher).and_then(|()| compare(object, info, &tree, &hasher)) {
        Ok(()) => (Vec::new(), hasher.records()),
        // Unreadable content is the object's own finding.
        Err(error) if concerns(&error, &File::Object(object.blake3)) => (Vec::new(), 0),
        Err(error) => of(FindingKind::TreeDamaged, &error),
    }
}

fn concerns(error: &Error, file: &File) -> bool {
    matches!(error, Error::Damaged { path, .. } | Error::Io { path, .. } if *path == file.path())
}

fn tree_damaged(object: &ObjectInfo, info: &TreeInfo, expected: String, found: String) -> Error {
    Error::Damaged {
        path: File::Tree(object.blake3, info.number).path(),
        offset: None,
        expected,
        found,
    }
}

/// Checks every byte of a tree's file, and that it says what the ledger says.
fn open_tree(shared: &Shared<'_>, object: &ObjectInfo, info: &TreeInfo) -> Result<TreeReader> {
    let file = File::Tree(object.blake3, info.number);
    let checked = check(shared.backend, &file, &mut |_| Ok(()))?;
    if !checked.is_whole() {
        let frames = checked
            .bad
            .iter()
            .map(|bad| bad.number.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let found = if frames.is_empty() {
            "others".to_owned()
        } else {
            format!("bad frames: {frames}")
        };
        let expected = "frames that fit the checksum of the file".to_owned();
        return Err(tree_damaged(object, info, expected, found));
    }
    let tree = TreeReader::open(shared.backend, object.blake3, info.number)?;
    let stated = (tree.records(), tree.root(), tree.object_length());
    if stated != (info.records, info.root, object.length) {
        let expected = format!(
            "{} records with the root {}, as the ledger says",
            info.records, info.root
        );
        let found = format!("{} records with the root {}", stated.0, stated.1);
        return Err(tree_damaged(object, info, expected, found));
    }
    Ok(tree)
}

/// Compares what was made again with what is stored.
fn compare(object: &ObjectInfo, info: &TreeInfo, tree: &TreeReader, hasher: &TreeHasher) -> Result<()> {
    if hasher.root() == info.root && tree.runs()? == hasher.runs() {
        return Ok(());
    }
    let expected = format!("records that give the root {}", info.root);
    let found = format!(
        "{}: boundaries, stored hashes or bytes were changed",
        hasher.root()
    );
    Err(tree_damaged(object, info, expected, found))
}

/// Makes every leaf again, reading the object frame by frame.
fn rehash(
    shared: &Shared<'_>,
    object: &ObjectInfo,
    tree: &TreeReader,
    hasher: &mut TreeHasher,
) -> Result<()> {
    let content = Framed::open(shared.backend, &File::Object(object.blake3))?;
    if content.length() != object.length {
        return Err(Error::Damaged {
            path: File::Object(object.blake3).path(),
            offset: None,
            expected: format!("{} bytes", object.length),
            found: content.length().to_string(),
        });
    }
    let (mut leaves, mut failure, mut reported) = (Leaves::new(&content, hasher), None, 0);
    tree.for_each(0, &mut |span| {
        if let Err(error) = leaves.record(span) {
            failure = Some(error);
            return false;
        }
        if span.end() - reported >= FRAME_BYTES as u64 {
            shared.advance(span.end() - reported);
            reported = span.end();
        }
        true
    })?;
    shared.advance(object.length - reported);
    failure.map_or(Ok(()), Err)
}

/// Makes leaves in order; a record that lies in one frame is hashed where it stands.
struct Leaves<'a> {
    content: &'a Framed,
    hasher: &'a mut TreeHasher,
    frame: Option<(usize, Arc<Vec<u8>>)>,
    bytes: Vec<u8>,
}

impl<'a> Leaves<'a> {
    fn new(content: &'a Framed, hasher: &'a mut TreeHasher) -> Self {
        Self {
            content,
            hasher,
            frame: None,
            bytes: Vec::new(),
        }
    }

    fn record(&mut self, span: RecordSpan) -> Result<()> {
        let number = (span.offset / FRAME_BYTES as u64) as usize;
        if self.frame.as_ref().is_none_or(|(have, _)| *have != number) {
            self.frame = Some((number, self.content.frame(number)?));
        }
        let frame = self.frame.as_ref().map_or(&[][..], |(_, frame)| frame);
        let inside = (span.offset % FRAME_BYTES as u64) as usize;
        let end = usize::try_from(span.length)
            .ok()
            .and_then(|length| inside.checked_add(length));
        match end.and_then(|end| frame.get(inside..end)) {
            Some(record) => self.hasher.record(span.offset, record),
            None => {
                self.content
                    .read_range(span.offset, span.length, &mut self.bytes)?;
                self.hasher.record(span.offset, &self.bytes);
            }
        }
        Ok(())
    }
}

/// The files of one segment against the digests in its document.
fn check_segment(shared: &Shared<'_>, segment: &SegmentInfo) -> Vec<Finding> {
    let parts = [
        (File::Parquet(segment.short), Some(&segment.parquet)),
        (File::Index(segment.short), segment.index.as_ref()),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(file, digest)| Some((file, digest?)));
    parts
        .filter_map(|(file, digest)| check_part(shared, file, digest))
        .collect()
}

fn check_part(shared: &Shared<'_>, file: File, digest: &PartDigest) -> Option<Finding> {
    match digest_of(shared, &file) {
        Ok((bytes, blake3)) if bytes == digest.bytes && blake3.to_string() == digest.blake3 => None,
        Ok((bytes, blake3)) => {
            let expected = format!("{} bytes with the BLAKE3 {}", digest.bytes, digest.blake3);
            let found = format!("{bytes} bytes with the BLAKE3 {blake3}");
            Some(Finding::new(
                FindingKind::SegmentDamaged,
                file,
                expected,
                found,
                REPAIR_SEGMENT,
            ))
        }
        Err(error) if error.is_missing() => {
            Some(finding_of(FindingKind::SegmentMissing, &error, REPAIR_SEGMENT))
        }
        Err(error) => Some(finding_of(FindingKind::SegmentDamaged, &error, REPAIR_SEGMENT)),
    }
}

fn digest_of(shared: &Shared<'_>, file: &File) -> Result<(u64, Blake3)> {
    let failed = |error| io_error(file, "read", error);
    let reader = shared.backend.open(file).map_err(failed)?;
    let (mut hasher, mut at) = (blake3::Hasher::new(), 0);
    let mut bytes = vec![0; FRAME_BYTES];
    while at < reader.length() {
        let length = (reader.length() - at).min(FRAME_BYTES as u64) as usize;
        let part = bytes.get_mut(..length).unwrap_or_default();
        reader.read_exact_at(at, part).map_err(failed)?;
        hasher.update(part);
        at += length as u64;
        shared.advance(length as u64);
    }
    Ok((at, Blake3(*hasher.finalize().as_bytes())))
}
