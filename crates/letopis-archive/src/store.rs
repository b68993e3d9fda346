//! From a file to objects: what it is, whether it is here already, and its bytes in the vault.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use letopis_intake::container::{self, Limits, Member};
use letopis_intake::{IntakeError, ParseOptions, detect, is_circular};
use letopis_vault::{StoredObject, VaultWriter};

use crate::error::ArchiveError;
use crate::known::{Known, KnownFile, family};
use crate::manifest::{FileRecord, FileStatus, ObjectRecord, member_damage, member_steps};
use crate::name::Name;
use crate::walk::{Found, Skip};

mod digests;
mod spool;

use digests::Digests;
use spool::{MemberOutcome, VaultSpool};

/// Bytes looked at to tell what a file is.
const HEAD_BYTES: usize = 64 << 10;
/// Bytes moved at a time.
const BLOCK_BYTES: usize = 1 << 20;

/// A file whose bytes are in the vault, before anyone claims them.
pub(crate) struct Stored {
    /// What is known so far.
    pub record: FileRecord,
    /// The container itself, where the file is one that was not here before.
    pub container: Option<StoredObject>,
    /// Objects that may have to be read, with their position in `record.objects`.
    pub objects: Vec<Pending>,
}

/// An object that may have to be read.
pub(crate) struct Pending {
    /// Position in the file's `objects`.
    pub position: usize,
    /// Its bytes.
    pub stored: StoredObject,
    /// When the file or its container says it was modified.
    pub modified: Option<i64>,
    /// The file that it continues.
    pub continues: Option<Box<KnownFile>>,
}

/// What storing needs to know.
pub(crate) struct Storing<'a> {
    pub vault: &'a VaultWriter,
    pub known: &'a Known,
    /// Everything the walk found, for telling a rotated file from a changed one.
    pub walk: &'a [Found],
    pub options: &'a ParseOptions,
    pub limits: Limits,
    pub keep_unknown: bool,
    /// Told how many bytes went through.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Storing<'_> {
    /// Puts one file into the vault. Failing to read the file is told in its record; an error is the vault's.
    pub fn store(&self, found: &Found) -> Result<Stored, ArchiveError> {
        let mut stored = Stored {
            record: blank(found),
            container: None,
            objects: Vec::new(),
        };
        if let Some(skip) = &found.skip {
            refuse(&mut stored.record, skip.clone());
            return Ok(stored);
        }
        match self.store_file(found, &mut stored) {
            Ok(()) => Ok(stored),
            Err(Failure::Input(error)) => {
                let skip = Skip::Unreadable {
                    error: error.to_string(),
                };
                stored.container = None;
                stored.objects.clear();
                stored.record.objects.clear();
                refuse(&mut stored.record, skip);
                Ok(stored)
            }
            Err(Failure::Archive(error)) => Err(error),
        }
    }

    fn store_file(&self, found: &Found, stored: &mut Stored) -> Result<(), Failure> {
        let mut file = File::open(&found.path).map_err(Failure::Input)?;
        let metadata = file.metadata().map_err(Failure::Input)?;
        stored.record.facts = crate::walk::facts(&metadata);
        let size = metadata.len();
        let mut head = Vec::new();
        (&file)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(Failure::Input)?;
        file.rewind().map_err(Failure::Input)?;
        if self.options.format.is_none() && container::recognise(&head).is_some() {
            self.store_container(found, file, size, stored)?;
        } else {
            self.store_plain(found, file, size, stored)?;
        }
        let now = std::fs::metadata(&found.path).map_or(size, |m| m.len());
        if now > size && stored.record.reason.is_none() {
            stored.record.reason = Some(format!(
                "grew while it was read: {size} bytes taken, {now} bytes now"
            ));
        }
        Ok(())
    }

    fn store_plain(
        &self,
        found: &Found,
        mut file: File,
        size: u64,
        stored: &mut Stored,
    ) -> Result<(), Failure> {
        let record = &mut stored.record;
        record.bytes = size;
        let relatives = self.known.relatives(&found.relative.0);
        if size == 0 || relatives.iter().any(|r| r.bytes <= size) {
            let digests = Digests::of(&mut file, size, &relatives, self.progress)?;
            record.sha256 = Some(digests.sha256.clone());
            record.blake3 = Some(digests.blake3.clone());
            if size == 0 {
                if self.known.has(&digests.sha256) {
                    record.status = FileStatus::Known;
                }
                record.reason = Some("empty file".to_owned());
                return Ok(());
            }
            if self.known.has(&digests.sha256) {
                known_already(record);
                return Ok(());
            }
            if relatives
                .iter()
                .any(|r| r.bytes == size && digests.begins_with(r))
            {
                known_already(record);
                return Ok(());
            }
            if let Some(earlier) = relatives.iter().find(|r| digests.begins_with(r)) {
                return self.store_growth(found, file, size, earlier, stored);
            }
            file.rewind().map_err(Failure::Input)?;
        }
        let format = self.format_of(&mut file, found.relative.file_name(), record)?;
        if format.is_none() && !self.keep_unknown {
            let digests = Digests::of(&mut file, size, &[], self.progress)?;
            record.sha256 = Some(digests.sha256);
            record.blake3 = Some(digests.blake3);
            if record.sha256.as_deref().is_some_and(|d| self.known.has(d)) {
                known_already(record);
            }
            return Ok(());
        }
        let object = self.copy(&mut file, size, self.progress)?;
        record.sha256 = Some(object.sha256.to_string());
        record.blake3 = Some(object.blake3.to_string());
        let copies = match format {
            Some(format) if is_circular(format) => copies_of(format, &relatives),
            _ => Vec::new(),
        };
        if !copies.is_empty() {
            // Which records it shares with them is told when it is read.
        } else if let Some(earlier) = self.contradicted(found, &relatives) {
            record.status = FileStatus::Changed;
            record.reason = Some(format!(
                "the same path gave other bytes before: {} bytes with SHA-256 {}",
                earlier.bytes, earlier.sha256
            ));
        }
        push_object(
            stored,
            found.relative.clone(),
            object,
            0,
            found.facts.modified,
            None,
        );
        if let Some(object) = stored.record.objects.last_mut() {
            object.repeats = copies;
        }
        Ok(())
    }

    /// The earlier file of the same path whose bytes are neither here any more nor in a rotated copy beside it.
    fn contradicted<'r>(&self, found: &Found, relatives: &[&'r KnownFile]) -> Option<&'r KnownFile> {
        let earlier = relatives.iter().find(|r| r.path == found.relative.0)?;
        let group = family(&found.relative.0);
        let rotated = self.walk.iter().filter(|other| {
            other.skip.is_none()
                && other.relative != found.relative
                && other.facts.size >= earlier.bytes
                && family(&other.relative.0) == group
        });
        for other in rotated {
            let begins = File::open(&other.path)
                .and_then(|mut f| {
                    f.seek(SeekFrom::Start(earlier.from))?;
                    Digests::of_run(&mut f, earlier.bytes.saturating_sub(earlier.from))
                })
                .is_ok_and(|sha256| sha256 == earlier.sha256);
            if begins {
                return None;
            }
        }
        Some(earlier)
    }

    fn store_growth(
        &self,
        found: &Found,
        mut file: File,
        size: u64,
        earlier: &KnownFile,
        stored: &mut Stored,
    ) -> Result<(), Failure> {
        file.seek(SeekFrom::Start(earlier.resume_at))
            .map_err(Failure::Input)?;
        let object = self.copy(&mut file, size - earlier.resume_at, self.progress)?;
        stored.record.status = FileStatus::Grown;
        stored.record.reason = Some(continues(earlier));
        let continues = Some(Box::new(earlier.clone()));
        push_object(
            stored,
            found.relative.clone(),
            object,
            earlier.resume_at,
            found.facts.modified,
            continues,
        );
        Ok(())
    }

    /// The name of the format; where nobody knows it, the record is told why.
    fn format_of(
        &self,
        file: &mut File,
        name: &[u8],
        record: &mut FileRecord,
    ) -> Result<Option<&'static str>, Failure> {
        let detection = match detect(file, &String::from_utf8_lossy(name), self.options) {
            Ok(detection) => detection,
            Err(IntakeError::Read { source, .. }) => return Err(Failure::Input(source)),
            Err(error) => {
                let place = record.path.display();
                return Err(Failure::Archive(ArchiveError::Intake { place, error }));
            }
        };
        file.rewind().map_err(Failure::Input)?;
        if detection.is_unknown() {
            record.status = FileStatus::Refused;
            let kept = if self.keep_unknown {
                "stored, not read"
            } else {
                "recorded by name, size and digests, not stored"
            };
            record.reason = Some(format!("no known format ({}): {kept}", detection.reason));
        }
        Ok((!detection.is_unknown()).then_some(detection.format.name))
    }

    fn copy(
        &self,
        from: &mut impl Read,
        length: u64,
        progress: &dyn Fn(u64),
    ) -> Result<StoredObject, Failure> {
        let mut writer = self.vault.object_writer().map_err(vault)?;
        let mut block = vec![0; BLOCK_BYTES.min(length.max(1) as usize)];
        let mut left = length;
        while left > 0 {
            let most = (block.len() as u64).min(left) as usize;
            let read = from.read(&mut block[..most]).map_err(Failure::Input)?;
            if read == 0 {
                let text = format!("ends {left} bytes early: it was cut while it was read");
                return Err(Failure::Input(io::Error::new(io::ErrorKind::UnexpectedEof, text)));
            }
            writer.write_all(&block[..read]).map_err(|e| {
                Failure::Archive(ArchiveError::Segment {
                    partition: "object".to_owned(),
                    error: e,
                })
            })?;
            progress(read as u64);
            left -= read as u64;
        }
        writer.finish().map_err(vault)
    }

    fn store_container(
        &self,
        found: &Found,
        mut file: File,
        size: u64,
        stored: &mut Stored,
    ) -> Result<(), Failure> {
        let whole = self.copy(&mut file, size, self.progress)?;
        let record = &mut stored.record;
        record.bytes = size;
        record.sha256 = Some(whole.sha256.to_string());
        record.blake3 = Some(whole.blake3.to_string());
        if self.known.has(&whole.sha256.to_string()) {
            known_already(record);
            return Ok(());
        }
        let mut input = self.vault.object_reader(&whole).map_err(vault)?;
        let mut spool = VaultSpool::new(self.vault, self.options, self.keep_unknown);
        let expanded = container::expand(&mut input, found.relative.file_name(), &mut spool, &self.limits);
        let expansion = match (expanded, spool.error.take()) {
            (_, Some(error)) => return Err(Failure::Archive(error)),
            (Err(error), None) => {
                let place = record.path.display();
                return Err(Failure::Archive(ArchiveError::Intake { place, error }));
            }
            (Ok(expansion), None) => expansion,
        };
        let steps: Vec<&str> = expansion
            .members
            .first()
            .map(|m| m.info.steps.iter().map(|s| s.decoder.as_str()).collect())
            .unwrap_or_default();
        record.container = Some(if steps.is_empty() {
            "container".to_owned()
        } else {
            steps.join(" > ")
        });
        record.damage = expansion.damage.iter().map(Into::into).collect();
        stored.container = Some(whole);
        for (member, outcome) in expansion.members.iter().zip(spool.done) {
            add_member(stored, found, member, outcome);
        }
        self.continue_member(found, stored)
    }

    /// A compressed copy that begins with a file that is here continues it, as a rotated copy in plain would: what comes
    /// after its last complete record becomes the object.
    fn continue_member(&self, found: &Found, stored: &mut Stored) -> Result<(), Failure> {
        let ([record], [pending]) = (&mut stored.record.objects[..], &mut stored.objects[..]) else {
            return Ok(());
        };
        let Some(plain) = without_compression(&found.relative.0) else {
            return Ok(());
        };
        let mut relatives = self.known.relatives(plain);
        relatives.retain(|r| r.bytes < record.length);
        if relatives.is_empty() {
            return Ok(());
        }
        let mut member = self.vault.object_reader(&pending.stored).map_err(vault)?;
        let digests = Digests::of(&mut member, record.length, &relatives, &|_| {})?;
        let Some(earlier) = relatives.iter().find(|r| digests.begins_with(r)) else {
            return Ok(());
        };
        let rest = record.length - earlier.resume_at;
        member
            .seek(SeekFrom::Start(earlier.resume_at))
            .map_err(Failure::Input)?;
        let object = self.copy(&mut member, rest, &|_| {})?;
        let (damage, steps) = (record.damage.take(), std::mem::take(&mut record.steps));
        *record = ObjectRecord {
            damage,
            supersedes: earlier.open_end.clone(),
            ..object_record(record.name.clone(), steps, &object, earlier.resume_at)
        };
        pending.stored = object;
        pending.continues = Some(Box::new((*earlier).clone()));
        stored.record.status = FileStatus::Grown;
        stored.record.reason = Some(continues(earlier));
        Ok(())
    }
}

/// The path without the ending of a compressor that packs one file.
pub(crate) fn without_compression(path: &[u8]) -> Option<&[u8]> {
    const ENDINGS: [&[u8]; 5] = [b".gz", b".zst", b".xz", b".bz2", b".lz4"];
    ENDINGS.iter().find_map(|ending| path.strip_suffix(*ending))
}

fn continues(earlier: &KnownFile) -> String {
    format!(
        "continues {} of {} bytes; read on from byte {}",
        Name(earlier.path.clone()).display(),
        earlier.bytes,
        earlier.resume_at
    )
}

enum Failure {
    /// The input could not be read.
    Input(io::Error),
    /// The archive could not be written or read.
    Archive(ArchiveError),
}

fn vault(error: letopis_vault::Error) -> Failure {
    Failure::Archive(error.into())
}

/// The objects of earlier copies of a circular log.
fn copies_of(format: &str, relatives: &[&KnownFile]) -> Vec<String> {
    let copies = relatives.iter().filter(|r| r.parsed.format == format);
    copies.map(|r| r.sha256.clone()).collect()
}

fn blank(found: &Found) -> FileRecord {
    FileRecord {
        path: found.relative.clone(),
        facts: found.facts.clone(),
        status: FileStatus::New,
        reason: None,
        skip: None,
        sha256: None,
        blake3: None,
        bytes: 0,
        hash_check: None,
        container: None,
        damage: Vec::new(),
        objects: Vec::new(),
    }
}

fn refuse(record: &mut FileRecord, skip: Skip) {
    record.status = FileStatus::Refused;
    record.reason = Some(skip.reason());
    record.skip = Some(skip);
}

fn known_already(record: &mut FileRecord) {
    record.status = FileStatus::Known;
    record.reason = Some("all its bytes are in the archive already".to_owned());
}

fn push_object(
    stored: &mut Stored,
    name: Name,
    object: StoredObject,
    file_offset: u64,
    modified: Option<i64>,
    continues: Option<Box<KnownFile>>,
) {
    let position = stored.record.objects.len();
    let mut record = object_record(name, Vec::new(), &object, file_offset);
    record.supersedes = continues.as_ref().and_then(|k| k.open_end.clone());
    stored.record.objects.push(record);
    stored.objects.push(Pending {
        position,
        stored: object,
        modified,
        continues,
    });
}

fn object_record(name: Name, steps: Vec<String>, object: &StoredObject, file_offset: u64) -> ObjectRecord {
    ObjectRecord {
        name,
        steps,
        sha256: Some(object.sha256.to_string()),
        blake3: Some(object.blake3.to_string()),
        length: object.length,
        file_offset,
        known: false,
        damage: None,
        parsed: None,
        reason: None,
        supersedes: None,
        repeats: Vec::new(),
    }
}

fn add_member(stored: &mut Stored, found: &Found, member: &Member, outcome: MemberOutcome) {
    let name = Name([&found.relative.0[..], b"/", &member.info.name].concat());
    let steps = member_steps(member);
    let damage = member_damage(member);
    match outcome {
        MemberOutcome::Stored(object) => {
            let mut record = object_record(name, steps, &object, 0);
            record.damage = damage;
            if object.length == 0 {
                record.reason = Some("empty member".to_owned());
                stored.record.objects.push(record);
                return;
            }
            let position = stored.record.objects.len();
            stored.record.objects.push(record);
            let modified = member.info.modified.or(found.facts.modified);
            stored.objects.push(Pending {
                position,
                stored: object,
                modified,
                continues: None,
            });
        }
        MemberOutcome::Unknown {
            sha256,
            blake3,
            length,
            reason,
        } => {
            stored.record.objects.push(ObjectRecord {
                name,
                steps,
                sha256: Some(sha256),
                blake3: Some(blake3),
                length,
                file_offset: 0,
                known: false,
                damage,
                parsed: None,
                reason: Some(format!(
                    "no known format ({reason}): kept inside its container only"
                )),
                supersedes: None,
                repeats: Vec::new(),
            });
        }
    }
}
