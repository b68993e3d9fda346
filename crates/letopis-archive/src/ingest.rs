//! Taking logs in: walk, store, claim, read, encode, commit.
//!
//! Workers store and read files; what they read goes to the coordinator file by file, in the order of the walk,
//! so that two runs over the same input fill the same segments with the same rows; lanes encode. A commit closes
//! all segments, so that whatever a crash leaves is either wholly in the ledger or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam_channel::Sender;
use letopis_event::{SinkError, Zone};
use letopis_intake::container::Limits;
use letopis_intake::{Encoding, Mapping, ParseOptions, UserFormat};
use letopis_vault::{Receipt, StagedTree, StoredObject, VaultWriter};

use crate::claims::Claims;
use crate::derive::{Derivation, Derived, derive};
use crate::descriptions::{Descriptions, Reading, digest};
use crate::error::{ArchiveError, Result};
use crate::hashes::HashList;
use crate::known::Known;
use crate::lanes::Lanes;
use crate::manifest::{Acquisition, FileRecord, FileStatus, ParsedRecord};
use crate::name::Name;
use crate::repeats::Repeats;
use crate::sink::{Builders, Chunk};
use crate::sources::Register;
use crate::store::{Pending, Stored, Storing};
use crate::walk::{Found, walk};

mod books;
mod channels;

use books::Books;
use channels::Channels;

/// What to take in and how.
#[derive(Debug)]
pub struct IngestOptions {
    /// Files and folders.
    pub inputs: Vec<PathBuf>,
    /// Where the archive lies, to keep it and the input apart; none for an archive in memory.
    pub archive: Option<PathBuf>,
    /// Who, what, with what.
    pub acquisition: Acquisition,
    /// Format for all files.
    pub format: Option<String>,
    /// Encoding for all files.
    pub encoding: Option<String>,
    /// Zone for all clocks that state none.
    pub zone: Option<Zone>,
    /// Year of the first record of each file that states none.
    pub year: Option<i32>,
    /// Source of all records.
    pub source: Option<String>,
    /// A register that replaces the one in the archive.
    pub register: Option<Register>,
    /// Digests made at seizure.
    pub hashes: Option<HashList>,
    /// Field mapping for the generic formats.
    pub mapping: Option<Mapping>,
    /// Formats that a person described: they take part in detection.
    pub user_formats: Vec<Arc<UserFormat>>,
    /// Longest record in bytes.
    pub max_record: usize,
    /// Bounds for containers.
    pub limits: Limits,
    /// Whether files of no known format are stored.
    pub keep_unknown: bool,
    /// Worker threads; 0 takes the number of processors.
    pub threads: usize,
    /// When the intake began, microseconds since 1970 UTC.
    pub now: i64,
}

impl Default for IngestOptions {
    fn default() -> Self {
        Self {
            inputs: Vec::new(),
            archive: None,
            acquisition: Acquisition::default(),
            format: None,
            encoding: None,
            zone: None,
            year: None,
            source: None,
            register: None,
            hashes: None,
            mapping: None,
            user_formats: Vec::new(),
            max_record: letopis_intake::options::MAX_RECORD_DEFAULT,
            limits: Limits::default(),
            keep_unknown: false,
            threads: 0,
            now: 0,
        }
    }
}

/// Told how far an intake is. Called from several threads.
pub trait IngestProgress: Sync {
    /// The walk found so many files and bytes.
    fn found(&self, files: usize, bytes: u64);
    /// Bytes of input went through.
    fn bytes(&self, number: u64);
    /// A file is done.
    fn file(&self, record: &FileRecord);
}

impl IngestProgress for () {
    fn found(&self, _files: usize, _bytes: u64) {}
    fn bytes(&self, _number: u64) {}
    fn file(&self, _record: &FileRecord) {}
}

/// What an intake did.
#[derive(Debug)]
pub struct IngestOutcome {
    /// Every file, in the order of the walk.
    pub files: Vec<FileRecord>,
    /// Segments made.
    pub segments: u64,
    /// Rows written to them.
    pub rows: u64,
    /// Rows of unterminated records that gave way to the whole ones.
    pub superseded: u64,
    /// State of the ledger after the last commit.
    pub receipt: Receipt,
}

impl IngestOutcome {
    /// Records that this run added.
    pub fn records(&self) -> u64 {
        self.files.iter().map(FileRecord::records).sum()
    }

    /// Unparsed records that this run added.
    pub fn unparsed(&self) -> u64 {
        self.files.iter().map(FileRecord::unparsed).sum()
    }

    /// Whether the system kept us from reading something.
    pub fn is_incomplete(&self) -> bool {
        self.files
            .iter()
            .any(|f| f.skip.as_ref().is_some_and(crate::walk::Skip::is_failure))
    }

    /// Whether a file was refused, changed or damaged (`--strict`).
    pub fn is_blemished(&self) -> bool {
        let bad =
            |f: &FileRecord| matches!(f.status, FileStatus::Refused | FileStatus::Changed) || f.is_damaged();
        self.files.iter().any(bad)
    }
}

/// Takes the inputs into the archive.
///
/// # Errors
/// When an input is not there, archive and input lie inside each other, an option makes no sense, or the archive
/// cannot be written. What was committed before stays; taking the same input again goes on from there.
pub fn ingest(
    vault: &VaultWriter,
    options: IngestOptions,
    progress: &dyn IngestProgress,
) -> Result<IngestOutcome> {
    let inputs = find(&options)?;
    let mut run = Run::prepare(vault, options, inputs)?;
    let total = run
        .inputs
        .iter()
        .flat_map(|i| &i.found)
        .map(|f| f.facts.size)
        .sum();
    progress.found(run.inputs.iter().map(|i| i.found.len()).sum(), total);
    let register = run.commit_register()?;
    run.take_in(&register, progress)
}

struct Input {
    /// Its own name, for sources that are folders.
    name: String,
    found: Vec<Found>,
}

fn find(options: &IngestOptions) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for path in &options.inputs {
        let wrap = |error| ArchiveError::Input {
            path: path.clone(),
            error,
        };
        if let Some(archive) = &options.archive {
            keep_apart(path, archive)?;
        }
        let found = walk(path).map_err(wrap)?;
        let absolute = path.canonicalize().map_err(wrap)?;
        let name = absolute
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        inputs.push(Input { name, found });
    }
    Ok(inputs)
}

/// Refuses an input and an archive that lie inside each other, also where the archive is not there yet: nothing may
/// be made inside what is handed over.
///
/// # Errors
/// [`ArchiveError::Nested`] names both.
pub fn keep_apart(input: &Path, archive: &Path) -> Result<()> {
    let (Ok(input), Some(archive)) = (input.canonicalize(), resolve(archive)) else {
        return Ok(());
    };
    if input.starts_with(&archive) {
        return Err(ArchiveError::Nested {
            inner: input,
            outer: archive,
        });
    }
    if archive.starts_with(&input) {
        return Err(ArchiveError::Nested {
            inner: archive,
            outer: input,
        });
    }
    Ok(())
}

/// The path without links, as far as it is there.
fn resolve(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let there = absolute
        .ancestors()
        .find_map(|a| Some((a, a.canonicalize().ok()?)))?;
    let rest = absolute.strip_prefix(there.0).ok()?;
    Some(if rest.as_os_str().is_empty() {
        there.1
    } else {
        there.1.join(rest)
    })
}

struct Run<'v> {
    vault: &'v VaultWriter,
    options: IngestOptions,
    inputs: Vec<Input>,
    known: Known,
    parse: ParseOptions,
    /// What the user says of formats and fields for this intake.
    reading: Reading,
    /// That, and what was said at earlier ones.
    descriptions: Descriptions,
    archive_zone: Option<Zone>,
    id: String,
}

/// What a worker sends about one file.
enum News {
    Rows(Chunk),
    Done(Box<Finished>),
    /// The worker met an error, which it returns itself.
    Failed,
}

/// A file that is stored and read.
struct Finished {
    record: FileRecord,
    container: Option<StoredObject>,
    objects: Vec<(StoredObject, Option<StagedTree>)>,
}

impl<'v> Run<'v> {
    fn prepare(vault: &'v VaultWriter, options: IngestOptions, inputs: Vec<Input>) -> Result<Self> {
        let view = vault.vault();
        let encoding = match &options.encoding {
            None => None,
            Some(name) => Some(Encoding::parse(name).ok_or_else(|| ArchiveError::Intake {
                place: "--encoding".to_owned(),
                error: letopis_intake::IntakeError::UnknownEncoding(name.clone()),
            })?),
        };
        if let Some(name) = options
            .format
            .as_ref()
            .filter(|n| letopis_intake::format_named(n).is_none())
            .filter(|n| options.user_formats.iter().all(|user| user.name() != n.as_str()))
        {
            return Err(ArchiveError::Intake {
                place: "--format".to_owned(),
                error: letopis_intake::IntakeError::UnknownFormat(name.clone()),
            });
        }
        let parse = ParseOptions {
            format: options.format.clone(),
            encoding,
            year: options.year,
            received: Some(options.now),
            max_record: options.max_record,
            mapping: options.mapping.clone(),
            user_formats: options.user_formats.clone(),
            ..ParseOptions::default()
        };
        let known = Known::read(&view)?;
        let reading = Reading {
            user_formats: options.user_formats.clone(),
            mapping: options.mapping.clone(),
        };
        let mut descriptions = known.descriptions.clone();
        descriptions.add(&reading);
        let zone = &view.config().time_zone;
        // UTC is the configuration's way of saying that nobody chose a zone.
        let archive_zone = zone.parse().ok().filter(|z| *z != Zone::UTC);
        Ok(Self {
            vault,
            known,
            reading,
            descriptions,
            id: format!("{:016x}-{:x}", options.now, view.size()),
            options,
            inputs,
            parse,
            archive_zone,
        })
    }

    /// The register in force: the one given, committed first, else the one in the archive.
    fn commit_register(&mut self) -> Result<Register> {
        let Some(register) = self.options.register.take() else {
            return crate::register::in_force(&self.vault.vault());
        };
        crate::register::put_in_force(self.vault, &register, None, self.options.now)?;
        Ok(register)
    }

    fn files(&self) -> impl Iterator<Item = (&Input, &Found)> {
        self.inputs
            .iter()
            .flat_map(|i| i.found.iter().map(move |f| (i, f)))
    }

    fn take_in(&self, register: &Register, progress: &dyn IngestProgress) -> Result<IngestOutcome> {
        let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let workers = if self.options.threads == 0 {
            processors
        } else {
            self.options.threads
        };
        let files: Vec<(&Input, &Found)> = self.files().collect();
        let (channels, claims, next) = (Channels::default(), Claims::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            let lanes = Lanes::start(scope, self.vault, (workers / 2).max(1));
            let mut threads = Vec::new();
            for _ in 0..workers.min(files.len().max(1)) {
                let (files, channels, claims, next) = (&files, &channels, &claims, &next);
                threads
                    .push(scope.spawn(move || self.work(files, channels, claims, next, register, progress)));
            }
            let coordinated = self.coordinate(files.len(), &channels, &lanes, progress);
            // Whoever still works finds its channel closed or its turn cancelled.
            channels.close();
            claims.stop();
            let mut failure = None;
            for thread in threads {
                if let Err(error) = thread.join().unwrap_or(Err(ArchiveError::Stopped))
                    && !matches!(error, ArchiveError::Stopped)
                {
                    failure.get_or_insert(error);
                }
            }
            let ended = lanes.end();
            match (failure, coordinated) {
                (Some(error), _) => Err(error),
                (None, Err(ArchiveError::Stopped)) => Err(ended.err().unwrap_or(ArchiveError::Stopped)),
                (None, coordinated) => coordinated,
            }
        })
    }

    fn work(
        &self,
        files: &[(&Input, &Found)],
        channels: &Channels,
        claims: &Claims,
        next: &AtomicUsize,
        register: &Register,
        progress: &dyn IngestProgress,
    ) -> Result<()> {
        let mut builders = Builders::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((input, found)) = files.get(number) else {
                return Ok(());
            };
            let sender = &channels.sender(number);
            let job = Job {
                run: self,
                input,
                found,
                sender,
                register,
            };
            if let Err(error) = job.run(number, claims, &mut builders, progress) {
                claims.stop();
                // The coordinator waits for this file: an empty channel would hold it for ever, so it is told.
                let _ = sender.send(News::Failed);
                next.store(files.len(), Ordering::Relaxed);
                return Err(error);
            }
        }
    }

    fn coordinate(
        &self,
        files: usize,
        channels: &Channels,
        lanes: &Lanes<'_>,
        progress: &dyn IngestProgress,
    ) -> Result<IngestOutcome> {
        let mut books = Books::new(self);
        for number in 0..files {
            let receiver = channels.receiver(number);
            loop {
                match receiver.recv().map_err(|_| ArchiveError::Stopped)? {
                    News::Rows(chunk) => lanes.rows(chunk)?,
                    News::Done(finished) => {
                        progress.file(&finished.record);
                        books.enter(*finished);
                        break;
                    }
                    News::Failed => return Err(ArchiveError::Stopped),
                }
            }
            if books.is_due() {
                books.commit(lanes, false)?;
            }
        }
        books.commit(lanes, true)?;
        books.close()
    }
}

/// One file on its way through a worker.
struct Job<'a, 'v> {
    run: &'a Run<'v>,
    input: &'a Input,
    found: &'a Found,
    sender: &'a Sender<News>,
    register: &'a Register,
}

impl Job<'_, '_> {
    fn run(
        &self,
        number: usize,
        claims: &Claims,
        builders: &mut Builders,
        progress: &dyn IngestProgress,
    ) -> Result<()> {
        let run = self.run;
        let storing = Storing {
            vault: run.vault,
            known: &run.known,
            walk: &self.input.found,
            options: &run.parse,
            limits: run.options.limits,
            keep_unknown: run.options.keep_unknown,
            progress: &|bytes| progress.bytes(bytes),
        };
        let stored = storing.store(self.found);
        let Some(mut turn) = claims.turn(number) else {
            return Err(ArchiveError::Stopped);
        };
        let mut stored = stored?;
        let container_is_new = claim_whole(&mut stored, &mut turn);
        let mine: Vec<Pending> = std::mem::take(&mut stored.objects)
            .into_iter()
            .filter(|pending| {
                let sha256 = pending.stored.sha256.to_string();
                let new = !run.known.has(&sha256) && turn.claim(&sha256);
                stored.record.objects[pending.position].known = !new;
                new
            })
            .collect();
        drop(turn);
        self.check_hashes(&mut stored.record);
        settle_status(&mut stored.record, mine.is_empty());
        let mut objects = Vec::with_capacity(mine.len());
        for pending in mine {
            objects.push(self.read(&mut stored.record, pending, builders)?);
        }
        let container = stored.container.filter(|_| container_is_new);
        let finished = Finished {
            record: stored.record,
            container,
            objects,
        };
        self.sender
            .send(News::Done(Box::new(finished)))
            .map_err(|_| ArchiveError::Stopped)
    }

    fn check_hashes(&self, record: &mut FileRecord) {
        if let (Some(list), Some(sha256), Some(blake3)) =
            (&self.run.options.hashes, &record.sha256, &record.blake3)
        {
            record.hash_check = Some(list.check(&record.path, &self.input.name, sha256, blake3));
        }
    }

    /// Reads one object into rows and its record tree.
    fn read(
        &self,
        record: &mut FileRecord,
        pending: Pending,
        builders: &mut Builders,
    ) -> Result<(StoredObject, Option<StagedTree>)> {
        let run = self.run;
        let object = &mut record.objects[pending.position];
        let mut tree = run.vault.tree_writer(&pending.stored)?;
        let parsed = self.parameters(&object.name, &pending);
        let reading = match &pending.continues {
            Some(_) => run.descriptions.reading(&parsed)?,
            None => run.reading.clone(),
        };
        let derivation = Derivation {
            reader: run.vault.object_reader(&pending.stored)?,
            sha256: pending.stored.sha256,
            length: pending.stored.length,
            reading,
            path: object.name.clone(),
            parsed,
            register: self.register,
            ingested: run.options.now,
            may_grow: record.container.is_none(),
            superseded_from: None,
            repeats: Repeats::of(&run.vault.vault(), &object.repeats)?,
        };
        let mut send = |chunk| {
            self.sender
                .send(News::Rows(chunk))
                .map_err(|_| SinkError(Box::new(ArchiveError::Stopped)))
        };
        match derive(derivation, Some(&mut tree), builders, &mut send)? {
            Derived::Rows(mut parsed) => {
                let staged = tree.finish()?;
                parsed.tree_root = staged.root.to_string();
                settle_copy(&mut record.status, &mut record.reason, &parsed);
                object.parsed = Some(*parsed);
                Ok((pending.stored, Some(staged)))
            }
            Derived::Unknown(reason) => {
                object.reason = Some(format!("no known format ({reason}): stored, not read"));
                Ok((pending.stored, None))
            }
        }
    }

    fn parameters(&self, name: &Name, pending: &Pending) -> ParsedRecord {
        let options = &self.run.options;
        let path = String::from_utf8_lossy(&name.0);
        let (zone, zone_rule) = match (options.zone, self.register.for_path(&path).and_then(|a| a.zone)) {
            (Some(zone), _) => (zone, "flag"),
            (None, Some(zone)) => (zone, "source"),
            (None, None) => match self.run.archive_zone {
                Some(zone) => (zone, "archive"),
                None => (Zone::UTC, "default"),
            },
        };
        let continues = pending.continues.as_deref();
        ParsedRecord {
            // A later part is read as the first one was, whatever its own beginning looks like.
            forced_format: continues
                .map(|k| k.parsed.format.clone())
                .or_else(|| options.format.clone()),
            user_format: continues.and_then(|k| k.parsed.user_format.clone()),
            mapping: match continues {
                Some(known) => known.parsed.mapping.clone(),
                None => options.mapping.as_ref().map(|mapping| digest(&mapping.text)),
            },
            // Its encoding is part of the state: forcing one would end the decision record by record.
            forced_encoding: options.encoding.clone(),
            zone: continues.map_or_else(|| zone.to_string(), |k| k.parsed.zone.clone()),
            zone_rule: continues.map_or_else(|| zone_rule.to_owned(), |k| k.parsed.zone_rule.clone()),
            year: options.year,
            received: options.now,
            modified: pending.modified,
            max_record: options.max_record as u64,
            forced_source: options.source.clone(),
            input_name: self.input.name.clone(),
            state_in: continues.and_then(|k| k.parsed.state_out.clone()),
            ..ParsedRecord::default()
        }
    }
}

/// A later copy of a circular log is growth where all records that both should have are equal, else a finding.
fn settle_copy(status: &mut FileStatus, reason: &mut Option<String>, parsed: &ParsedRecord) {
    if parsed.contradicted > 0 {
        *status = FileStatus::Changed;
        *reason = Some(format!(
            "{} records have the numbers of records of an earlier copy and other bytes: the log was cleared, comes from \
             another machine, or was altered",
            parsed.contradicted
        ));
    } else if parsed.repeated > 0 {
        *status = FileStatus::Grown;
        *reason = Some(format!(
            "a later copy of a circular log: {} of its {} records are in the archive already",
            parsed.repeated, parsed.records
        ));
    }
}

/// Claims the whole file where it is a container; whether it was not claimed before.
fn claim_whole(stored: &mut Stored, turn: &mut crate::claims::Turn<'_>) -> bool {
    match (&stored.container, &stored.record.sha256) {
        (Some(_), Some(sha256)) => turn.claim(sha256),
        _ => false,
    }
}

/// A file that brought nothing new is known, and says so.
fn settle_status(record: &mut FileRecord, nothing_new: bool) {
    if nothing_new && !record.objects.is_empty() && record.objects.iter().all(|o| o.known) {
        record.status = FileStatus::Known;
        record.reason = Some(if record.container.is_some() {
            "every member is in the archive already; the container itself is kept".to_owned()
        } else {
            "all its bytes are in the archive already".to_owned()
        });
    }
}
