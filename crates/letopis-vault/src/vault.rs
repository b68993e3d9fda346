//! The read view of an archive: a snapshot that never waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use letopis_seal::entry::field;
use letopis_seal::record::CommitmentNonce;
use letopis_seal::{EntryKind, ObjectSecret, Sha256Digest};
use serde_json::Value;

use crate::backend::{Backend, Lock, read};
use crate::config::{Config, origin_of};
use crate::digest::{Blake3, ShortId};
use crate::documents::{Details, Secrets};
use crate::entry::Entry;
use crate::framed::FrameCache;
use crate::layout::File;
use crate::ledger::{self, Ledger};
use crate::object::{ObjectInfo, ObjectReader, TreeInfo};
use crate::objects::ObjectTable;
use crate::readers;
use crate::segment::{SegmentFile, SegmentInfo, SegmentPart};
use crate::tree::{RecordSpan, TreeReader};
use crate::{Error, Result};

mod tables;

pub(crate) use tables::{follow, object_info, retired, segment_info, tree_info};

/// Bytes of documents kept by one view.
const DOCUMENTS_KEPT: usize = 16 << 20;

/// A signed size and root of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Sha256Digest,
    /// The C2SP signed note, as handed out.
    pub text: String,
}

impl Checkpoint {
    /// The head of a ledger; of size 0 and without text where it is unreadable.
    pub(crate) fn of(ledger: &Ledger) -> Self {
        match ledger.head() {
            Some(head) => Self {
                size: head.checkpoint().size().0,
                root: head.checkpoint().root(),
                text: head.to_text(),
            },
            None => Self {
                size: 0,
                root: letopis_seal::empty_root(),
                text: String::new(),
            },
        }
    }
}

/// Where a citation leads.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The object.
    pub object: ObjectInfo,
    /// The record that holds the cited byte, in the newest tree.
    pub record: RecordSpan,
    /// Number of that tree.
    pub tree: u32,
    /// Said when the citation now lies inside a longer record.
    pub notice: Option<String>,
}

/// Decoded frames of objects that an opened archive keeps: 32 MiB.
const FRAMES_KEPT: usize = 64;

/// Documents that were read, by batch: objects and segments of one commit stand in one.
#[derive(Default)]
struct KeptDetails {
    batches: BTreeMap<ShortId, Arc<Details>>,
    bytes: usize,
}

impl KeptDetails {
    fn keep(&mut self, id: ShortId, details: &Arc<Details>) {
        if self.bytes >= DOCUMENTS_KEPT {
            *self = Self::default();
        }
        if self.batches.insert(id, Arc::clone(details)).is_none() {
            self.bytes += details.bytes();
        }
    }
}

/// An archive opened for reading: a snapshot at one head. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Arc<dyn Backend>,
    config: Config,
    ledger: Arc<Ledger>,
    damage: Option<String>,
    checkpoint: Checkpoint,
    objects: OnceLock<Arc<ObjectTable>>,
    segments: OnceLock<Vec<SegmentInfo>>,
    destroyed: OnceLock<BTreeSet<u64>>,
    details: Mutex<KeptDetails>,
    /// Of all objects; what tests a record and what prints it want the same frame.
    frames: Arc<FrameCache>,
    /// The ledger as this process saw it last, for access records.
    pub(crate) latest: Mutex<Arc<Ledger>>,
    /// Keeps the files that the head names from being swept.
    share: Option<Arc<dyn Lock>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({}, {} entries)", self.place(), self.size())
    }
}

impl Vault {
    /// Opens an archive. Reads configuration, head and ledger; a damaged ledger still opens as far as it can be
    /// read, and [`Vault::damage`] says so.
    ///
    /// While it lives, the files that its head names stay, but for those that are removed by record.
    pub fn open(backend: Arc<dyn Backend>) -> Result<Self> {
        let share = readers::share(backend.as_ref());
        Self::load(backend, share.map(Arc::from))
    }

    /// The same for a writer, which keeps others from writing and sweeps itself.
    pub(crate) fn open_to_write(backend: Arc<dyn Backend>) -> Result<Self> {
        Self::load(backend, None)
    }

    fn load(backend: Arc<dyn Backend>, share: Option<Arc<dyn Lock>>) -> Result<Self> {
        let config = read_config(&backend)?;
        let ledger = Ledger::load(backend.as_ref(), &config.origin())?;
        let damage = ledger.problems().first().map(|problem| {
            format!(
                "{}: expected {}, found {}",
                problem.place, problem.expected, problem.found
            )
        });
        let mut vault = Self::of(backend, config, Arc::new(ledger), damage, OnceLock::new(), share);
        vault.prefer_ledger_config();
        Ok(vault)
    }

    pub(crate) fn of(
        backend: Arc<dyn Backend>,
        config: Config,
        ledger: Arc<Ledger>,
        damage: Option<String>,
        objects: OnceLock<Arc<ObjectTable>>,
        share: Option<Arc<dyn Lock>>,
    ) -> Self {
        let inner = Inner {
            backend,
            config,
            checkpoint: Checkpoint::of(&ledger),
            latest: Mutex::new(Arc::clone(&ledger)),
            ledger,
            damage,
            objects,
            segments: OnceLock::new(),
            destroyed: OnceLock::new(),
            details: Mutex::default(),
            frames: Arc::new(FrameCache::new(FRAMES_KEPT)),
            share,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// What counts is the configuration in the ledger; the file is a copy, which a crash may have left one behind.
    fn prefer_ledger_config(&mut self) {
        let stated = self.stated_config_text().ok().flatten();
        let stated = stated.and_then(|text| Config::parse(&text, &self.place()).ok());
        match (stated, Arc::get_mut(&mut self.inner)) {
            (Some(config), Some(inner)) => inner.config = config,
            (None, Some(inner)) if inner.damage.is_none() => {
                let reason = "the configuration in the ledger is unreadable; letopis.toml is taken as it is";
                inner.damage = Some(reason.to_owned());
            }
            _ => {}
        }
    }

    /// The text of the configuration that the newest `create` or `config` entry commits to.
    pub(crate) fn stated_config_text(&self) -> Result<Option<String>> {
        let ledger = &self.inner.ledger;
        let last = ledger.of_kind(EntryKind::Config).last();
        let Some(seq) = last.or_else(|| ledger.of_kind(EntryKind::Create).next()) else {
            return Ok(None);
        };
        let document = self.detail(seq)?;
        Ok(document.and_then(|document| Some(document.get("toml")?.as_str()?.to_owned())))
    }

    /// The newest state of the same archive.
    pub fn refresh(&self) -> Result<Self> {
        match self.followed() {
            Some(newest) => Ok(newest),
            None => Self::open(Arc::clone(&self.inner.backend)),
        }
    }

    /// The same from what was read already and the lines since; none where more than lines may have changed.
    fn followed(&self) -> Option<Self> {
        let Inner { config, ledger, .. } = self.inner.as_ref();
        if self.inner.damage.is_some() || self.inner.share.is_none() {
            return None;
        }
        let mut latest = self.inner.latest.lock().unwrap_or_else(PoisonError::into_inner);
        ledger::own(&mut latest)
            .catch_up(self.inner.backend.as_ref())
            .ok()?;
        let stated = |ledger: &Ledger| ledger.of_kind(EntryKind::Config).last();
        if stated(&latest) != stated(ledger) {
            return None;
        }
        Some(Self::of(
            Arc::clone(&self.inner.backend),
            config.clone(),
            Arc::clone(&latest),
            None,
            OnceLock::new(),
            self.inner.share.clone(),
        ))
    }

    /// Where the archive is, for messages.
    pub fn place(&self) -> String {
        self.inner.backend.place()
    }

    /// What holds the archive.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.inner.backend
    }

    /// The configuration that the ledger states.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// What is wrong with ledger or configuration, if they did not check out when they were opened.
    pub fn damage(&self) -> Option<&str> {
        self.inner.damage.as_deref()
    }

    /// The head.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.inner.checkpoint
    }

    /// Number of entries in this snapshot.
    pub fn size(&self) -> u64 {
        self.inner.ledger.size()
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.inner.ledger
    }

    pub(crate) fn latest(&self) -> &Mutex<Arc<Ledger>> {
        &self.inner.latest
    }

    /// One entry.
    pub fn entry(&self, seq: u64) -> Result<Entry> {
        self.inner.ledger.entry(seq).map(Entry::from)
    }

    /// The bytes of one line of the ledger as they stand, without the line end; none beyond the head.
    pub fn line(&self, seq: u64) -> Option<&[u8]> {
        self.inner.ledger.line(seq)
    }

    /// Entries in order; of one kind when given.
    pub fn entries(&self, kind: Option<EntryKind>) -> Box<dyn Iterator<Item = Result<Entry>> + '_> {
        match kind {
            Some(kind) => Box::new(self.inner.ledger.of_kind(kind).map(|seq| self.entry(seq))),
            None => Box::new((0..self.size()).map(|seq| self.entry(seq))),
        }
    }

    /// The detail document of an entry: `None` when the entry has none or it was destroyed by a recorded `delete`.
    pub fn detail(&self, seq: u64) -> Result<Option<Value>> {
        let Some((batch, commitment, document)) = self.document(seq)? else {
            return Ok(None);
        };
        let value = serde_json::from_str(&document);
        value.map(Some).map_err(|error| Error::Damaged {
            path: File::Details(batch).path(),
            offset: None,
            expected: format!("the document {commitment} of entry {seq} as JSON"),
            found: error.to_string(),
        })
    }

    /// The detail document of an entry as it was committed to, with the nonce that opens the commitment.
    pub(crate) fn opened_detail(&self, seq: u64) -> Result<Option<(CommitmentNonce, String)>> {
        let Some((batch, commitment, document)) = self.document(seq)? else {
            return Ok(None);
        };
        let secrets = Secrets::read(self.inner.backend.as_ref(), batch)?;
        let nonce = secrets.nonce(&commitment).ok_or_else(|| Error::NotFound {
            what: "nonce of the document of entry",
            name: seq.to_string(),
        })?;
        Ok(Some((CommitmentNonce(*nonce), document)))
    }

    /// Batch, commitment and text of the detail document of an entry.
    fn document(&self, seq: u64) -> Result<Option<(ShortId, Sha256Digest, String)>> {
        let entry = self.inner.ledger.entry(seq)?;
        let Some(commitment) = entry.detail else {
            return Ok(None);
        };
        let batch = self.inner.ledger.commit_of(seq).and_then(|commit| commit.batch);
        let batch = batch.ok_or_else(|| Error::Damaged {
            path: File::Entries.path(),
            offset: None,
            expected: format!("the batch of the documents of entry {seq}"),
            found: "none".to_owned(),
        })?;
        let details = self.batch(batch)?;
        let Some(document) = details.get(&commitment) else {
            return match self.is_destroyed(seq)? {
                true => Ok(None),
                false => Err(Error::Damaged {
                    path: File::Details(batch).path(),
                    offset: None,
                    expected: format!("the document {commitment} of entry {seq}"),
                    found: "no such document".to_owned(),
                }),
            };
        };
        let document = std::str::from_utf8(document).map_err(|error| Error::Damaged {
            path: File::Details(batch).path(),
            offset: None,
            expected: format!("the document {commitment} of entry {seq} as UTF-8"),
            found: error.to_string(),
        })?;
        Ok(Some((batch, commitment, document.to_owned())))
    }

    /// Whether a `delete` entry names the document of `seq`, or the object that it is about.
    fn is_destroyed(&self, seq: u64) -> Result<bool> {
        if let Some(destroyed) = self.inner.destroyed.get() {
            return Ok(destroyed.contains(&seq));
        }
        let mut destroyed = BTreeSet::new();
        for deletion in self.entries(Some(EntryKind::Delete)) {
            let deletion = deletion?;
            destroyed.extend(numbers(&deletion, "objects").chain(numbers(&deletion, "details")));
        }
        for reframe in self.entries(Some(EntryKind::Reframe)) {
            let reframe = reframe?;
            if reframe
                .number("object")
                .is_some_and(|object| destroyed.contains(&object))
            {
                destroyed.insert(reframe.seq);
            }
        }
        Ok(self.inner.destroyed.get_or_init(|| destroyed).contains(&seq))
    }

    fn batch(&self, id: ShortId) -> Result<Arc<Details>> {
        let kept = || self.inner.details.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(details) = kept().batches.get(&id) {
            return Ok(Arc::clone(details));
        }
        let details = Arc::new(Details::read(self.inner.backend.as_ref(), id)?);
        kept().keep(id, &details);
        Ok(details)
    }

    /// The secret of a tree, from the line that brought it.
    pub(crate) fn secret(&self, seq: u64) -> Result<ObjectSecret> {
        let entry = self.inner.ledger.entry(seq)?;
        let missing = || Error::NotFound {
            what: "secret of entry",
            name: seq.to_string(),
        };
        let commitment = entry.digest(field::COMMITMENT).map_err(|_| missing())?;
        let batch = self
            .inner
            .ledger
            .commit_of(seq)
            .and_then(|commit| commit.batch)
            .ok_or_else(missing)?;
        Secrets::read(self.inner.backend.as_ref(), batch)?
            .object(&commitment)
            .ok_or_else(missing)
    }

    pub(crate) fn object_table(&self) -> Result<&Arc<ObjectTable>> {
        if let Some(table) = self.inner.objects.get() {
            return Ok(table);
        }
        let table = Arc::new(tables::objects(self)?);
        Ok(self.inner.objects.get_or_init(|| table))
    }

    /// Every object, in ledger order.
    pub fn objects(&self) -> Result<&[ObjectInfo]> {
        Ok(self.object_table()?.all())
    }

    /// The object with that SHA-256.
    pub fn object_by_sha256(&self, sha256: &Sha256Digest) -> Result<Option<&ObjectInfo>> {
        Ok(self.object_table()?.by_sha256(sha256))
    }

    /// The object with that BLAKE3.
    pub fn object_by_blake3(&self, blake3: &Blake3) -> Result<Option<&ObjectInfo>> {
        Ok(self.object_table()?.by_name(blake3))
    }

    /// The object that an `object` entry brought.
    pub fn object_by_seq(&self, seq: u64) -> Result<Option<&ObjectInfo>> {
        Ok(self.object_table()?.by_seq(seq))
    }

    /// Objects whose SHA-256 begins with these ten bytes (a citation's first half): mostly one.
    pub fn objects_by_prefix(&self, prefix: &[u8; 10]) -> Result<Vec<&ObjectInfo>> {
        Ok(self.object_table()?.by_prefix(*prefix).collect())
    }

    /// Reads an object.
    pub fn object_reader(&self, object: &ObjectInfo) -> Result<ObjectReader> {
        let Inner { backend, frames, .. } = self.inner.as_ref();
        ObjectReader::open(backend.as_ref(), object.blake3, object.length, frames)
    }

    /// Reads a record tree of an object.
    pub fn tree(&self, object: &ObjectInfo, number: u32) -> Result<TreeReader> {
        let tree = TreeReader::open(self.inner.backend.as_ref(), object.blake3, number)?;
        let stated = object.trees.iter().find(|tree| tree.number == number);
        match stated {
            Some(TreeInfo { root, records, .. }) if tree.root() != *root || tree.records() != *records => {
                Err(Error::Damaged {
                    path: File::Tree(object.blake3, number).path(),
                    offset: None,
                    expected: format!("{records} records with the root {root}, as the ledger says"),
                    found: format!("{} records with the root {}", tree.records(), tree.root()),
                })
            }
            _ => Ok(tree),
        }
    }

    /// Live segments, in ledger order.
    pub fn segments(&self) -> Result<&[SegmentInfo]> {
        if let Some(segments) = self.inner.segments.get() {
            return Ok(segments);
        }
        let segments = tables::segments(self)?;
        Ok(self.inner.segments.get_or_init(|| segments))
    }

    /// One file of a segment.
    pub fn segment_file(&self, id: &str, part: SegmentPart) -> Result<SegmentFile> {
        let short = ShortId::from_hex(id);
        let short = short.ok_or_else(|| Error::NotFound {
            what: "segment",
            name: id.to_owned(),
        })?;
        SegmentFile::open(self.inner.backend.as_ref(), part.file(short))
    }

    /// All bytes of a live segment's Parquet file, as the ledger's document has them: for who makes other files of it.
    pub fn segment_bytes(&self, segment: &SegmentInfo) -> Result<Vec<u8>> {
        let bytes = self.segment_file(&segment.id, SegmentPart::Parquet)?.read_all()?;
        let found = Blake3::of(&bytes).to_string();
        if found == segment.parquet.blake3 {
            return Ok(bytes);
        }
        Err(Error::Damaged {
            path: File::Parquet(segment.short).path(),
            offset: None,
            expected: format!(
                "{} bytes with BLAKE3 {}",
                segment.parquet.bytes, segment.parquet.blake3
            ),
            found: format!("{} bytes with BLAKE3 {found}", bytes.len()),
        })
    }

    /// The catalogue that [`crate::VaultWriter::write_catalogue`] left; `None` when it is absent. One that does not
    /// fit its checksum is an error.
    pub fn catalogue(&self) -> Result<Option<Vec<u8>>> {
        let bytes = crate::backend::read_if_there(self.inner.backend.as_ref(), &File::Catalogue)?;
        bytes.map(open_catalogue).transpose()
    }

    /// Where a citation (first ten bytes of the object's SHA-256, byte offset) leads; `None` where no record lies.
    pub fn resolve(&self, object: &[u8; 10], offset: u64) -> Result<Option<Resolved>> {
        for candidate in self.objects_by_prefix(object)? {
            let Some(info) = candidate.tree() else { continue };
            let found = self.tree(candidate, info.number)?.find(offset)?;
            if let Some(record) = found {
                let notice = (record.offset != offset).then(|| {
                    format!(
                        "the cited byte {offset} lies inside the record at {} now",
                        record.offset
                    )
                });
                return Ok(Some(Resolved {
                    object: candidate.clone(),
                    record,
                    tree: info.number,
                    notice,
                }));
            }
        }
        Ok(None)
    }
}

/// Whole numbers in a list field of an entry.
pub(crate) fn numbers(entry: &Entry, name: &str) -> impl Iterator<Item = u64> {
    let list = entry
        .fields
        .get(name)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    list.into_iter().filter_map(|value| value.as_u64())
}

/// Texts in a list field of an entry.
pub(crate) fn texts(entry: &Entry, name: &str) -> impl Iterator<Item = String> {
    let list = entry
        .fields
        .get(name)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    list.into_iter()
        .filter_map(|value| value.as_str().map(str::to_owned))
}

/// Reads `letopis.toml`. One that is lost or unreadable is taken from the ledger, so that the archive opens and `verify` can say what happened; an unknown version is refused.
pub(crate) fn read_config(backend: &Arc<dyn Backend>) -> Result<Config> {
    let bytes = match read(backend.as_ref(), &File::Config) {
        // Lost, or the archive was just being made: the ledger knows.
        Err(error) if error.is_missing() => {
            return config_from_ledger(backend).ok_or_else(|| Error::NotAnArchive(backend.place()));
        }
        other => other?,
    };
    let parsed = match std::str::from_utf8(&bytes) {
        Ok(text) => Config::parse(text, &backend.place()),
        Err(error) => Err(Error::Damaged {
            path: File::Config.path(),
            offset: Some(error.valid_up_to() as u64),
            expected: "text in UTF-8".to_owned(),
            found: "other bytes".to_owned(),
        }),
    };
    match parsed {
        // A version that no program knows may be a flipped bit: the ledger decides.
        Err(error @ (Error::Damaged { .. } | Error::UnknownVersion { .. })) => {
            config_from_ledger(backend).ok_or(error)
        }
        other => other,
    }
}

/// The configuration as the ledger states it.
fn config_from_ledger(backend: &Arc<dyn Backend>) -> Option<Config> {
    let bytes = read(backend.as_ref(), &File::Entries).ok()?;
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    let line = letopis_seal::Entry::parse(first).ok()?;
    if line.count("format").ok()? != u64::try_from(crate::FORMAT_VERSION).ok()? {
        return None;
    }
    let ledger = Ledger::load(backend.as_ref(), &origin_of(&line)?).ok()?;
    // Without a head this is no archive yet: its making was cut short.
    ledger.head()?;
    let vault = Vault::of(
        Arc::clone(backend),
        Config::new(""),
        Arc::new(ledger),
        None,
        OnceLock::new(),
        None,
    );
    Config::parse(&vault.stated_config_text().ok()??, &backend.place()).ok()
}

/// Takes the checksum off a catalogue.
pub(crate) fn open_catalogue(mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    let damaged = || Error::Damaged {
        path: File::Catalogue.path(),
        offset: None,
        expected: "a catalogue that fits its checksum; run `letopis rebuild`".to_owned(),
        found: "one that does not".to_owned(),
    };
    let cut = bytes.len().checked_sub(32).ok_or_else(damaged)?;
    let stored = bytes.split_off(cut);
    match stored == Blake3::of(&bytes).0 {
        true => Ok(bytes),
        false => Err(damaged()),
    }
}
