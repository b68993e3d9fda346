//! Access records: an intent that is durable before anything is read, and how the reading ended.

use std::sync::{Arc, Mutex, PoisonError};

use letopis_seal::certificate::KeyCertificate;
use letopis_seal::entry::{Entry as Line, field};
use letopis_seal::{EntryKind, KeyRole, Sha256Digest};
use serde_json::{Value, json};

use crate::backend::{Backend, read_if_there};
use crate::digest::{hex, random};
use crate::durable;
use crate::framed::Compressors;
use crate::layout::{Directory, File};
use crate::ledger::{self, Ledger};
use crate::record::{Plain, record};
use crate::vault::{Checkpoint, Vault};
use crate::{Error, Keys, Micros, Result};

/// On what basis a reader acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The account of the operating system vouches for the person.
    OsAccount,
    /// The person signs with a key.
    Signed,
}

impl Basis {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OsAccount => "os-account",
            Self::Signed => "signed",
        }
    }
}

/// Someone is about to read.
#[derive(Clone, Debug)]
pub struct AccessIntent {
    /// On what basis.
    pub basis: Basis,
    /// Person, host, command, exact query, purpose, case: the detail document.
    pub detail: Value,
}

/// How a reading ended.
#[derive(Clone, Debug)]
pub struct AccessResult {
    /// Rows given out.
    pub rows: u64,
    /// Digest of the rows as given out, where one was computed; kept in the detail document.
    pub rows_sha256: Option<Sha256Digest>,
    /// `complete`, `interrupted` or `error`.
    pub ended: String,
}

impl AccessIntent {
    fn plain(&self) -> Plain {
        Plain::new(EntryKind::AccessIntent, Some(self.detail.clone())).with("basis", self.basis.as_str())
    }
}

impl AccessResult {
    fn plain(&self, intent: u64) -> Plain {
        let document = self
            .rows_sha256
            .map(|digest| json!({ "rows_sha256": digest.to_hex() }));
        Plain::new(EntryKind::AccessResult, document)
            .with("intent", intent)
            .with("rows", self.rows)
            .with("ended", self.ended.as_str())
    }
}

/// Proof that the intent is durable; ends with [`Vault::finish_access`] or [`ExternalJournal::finish_access`].
#[derive(Debug)]
#[must_use = "an access that is begun must be finished"]
pub struct AccessToken {
    /// Sequence number of the intent in its ledger or journal.
    pub seq: u64,
}

impl Vault {
    /// Writes an access intent into the archive's ledger; durable when this returns. An archive that cannot take it
    /// gives [`Error::CannotRecord`].
    pub fn begin_access(&self, intent: &AccessIntent, keys: &Keys, now: Micros) -> Result<AccessToken> {
        self.append_record(intent.plain(), keys, now)
            .map(|seq| AccessToken { seq })
    }

    /// Writes how the reading ended.
    pub fn finish_access(
        &self,
        token: AccessToken,
        result: &AccessResult,
        keys: &Keys,
        now: Micros,
    ) -> Result<()> {
        self.append_record(result.plain(token.seq), keys, now).map(drop)
    }

    /// Appends a `verify` entry (`verify --record`), signed with the journal or the custodian key. `findings` is how
    /// many there were.
    pub fn record_verification(
        &self,
        findings: u64,
        detail: Value,
        keys: &Keys,
        now: Micros,
    ) -> Result<Checkpoint> {
        self.append_record(
            Plain::new(EntryKind::Verify, Some(detail)).with("findings", findings),
            keys,
            now,
        )?;
        let latest = self.latest().lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Checkpoint::of(&latest))
    }

    fn append_record(&self, plain: Plain, keys: &Keys, now: Micros) -> Result<u64> {
        let mut latest = self.latest().lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = ledger::own(&mut latest);
        let signer = |ledger: &Ledger| ledger.signer(keys, true);
        let written = record(self.backend(), &Compressors::new(), ledger, now, signer, |_| {
            Ok(vec![plain])
        });
        match written {
            Ok((seq, _)) => Ok(seq),
            Err(
                error
                @ (Error::Io { .. } | Error::Damaged { .. } | Error::Locked { .. } | Error::Busy { .. }),
            ) => Err(Error::CannotRecord {
                place: self.place(),
                reason: error.to_string(),
            }),
            Err(error) => Err(error),
        }
    }
}

/// An access journal outside an archive that cannot take records (read-only, full, damaged).
///
/// It is a ledger of its own with the same files as an archive's; its first line names the archive and the head at
/// which it was read.
#[derive(Debug)]
pub struct ExternalJournal {
    backend: Arc<dyn Backend>,
    ledger: Mutex<Ledger>,
}

impl ExternalJournal {
    /// Opens the journal at `backend` or makes it. A journal of another archive is refused, and so is a key that the
    /// archive does not certify, as far as its ledger can be read.
    pub fn open_or_create(
        backend: Arc<dyn Backend>,
        archive: &Vault,
        keys: &Keys,
        now: Micros,
    ) -> Result<Self> {
        let copy = archive.working_copy()?;
        let refuse = |text: &str| Err(Error::Refused(format!("{}: {text}", backend.place())));
        let ledger = match (read_if_there(backend.as_ref(), &File::Head)?, &copy) {
            (Some(_), _) => Self::open(&backend, archive)?,
            (None, None) => Self::create(&backend, archive, keys, &hex(&random::<16>()?), now)?,
            (None, Some(_)) => {
                return refuse("no access journal there, expected the one that this working copy came with");
            }
        };
        if let Some(copy) = copy
            && ledger.entry(0)?.text("journal").ok() != Some(copy.copy.as_str())
        {
            return refuse("another access journal, expected the one that this working copy came with");
        }
        ledger.signer(keys, true)?;
        Ok(Self {
            backend,
            ledger: Mutex::new(ledger),
        })
    }

    /// The ledger of the journal at `backend`, if it is one of this archive and undamaged.
    pub(crate) fn open(backend: &Arc<dyn Backend>, archive: &Vault) -> Result<Ledger> {
        let place = backend.place();
        let bytes = crate::backend::read(backend.as_ref(), &File::Entries)?;
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let refuse = |reason: &str| Error::Refused(format!("{place}: {reason}"));
        let line = Line::parse(first).map_err(|error| refuse(&format!("no access journal: {error}")))?;
        let (journal, of) = match (line.kind, line.text("journal"), line.text("archive")) {
            (EntryKind::Journal, Ok(journal), Ok(of)) => (journal, of),
            _ => return Err(refuse("this is an archive or something else, no access journal")),
        };
        if of != archive.config().id {
            return Err(refuse(&format!(
                "this is the access journal of archive {of}, not of {}",
                archive.config().id
            )));
        }
        let ledger = Ledger::load(backend.as_ref(), &origin(journal))?;
        ledger.refuse_if_damaged()?;
        Ok(ledger)
    }

    /// Makes the journal of a working copy, with the id of the copy.
    pub(crate) fn create_as(
        backend: &Arc<dyn Backend>,
        archive: &Vault,
        keys: &Keys,
        journal: &str,
        now: Micros,
    ) -> Result<()> {
        Self::create(backend, archive, keys, journal, now).map(drop)
    }

    fn create(
        backend: &Arc<dyn Backend>,
        archive: &Vault,
        keys: &Keys,
        journal: &str,
        now: Micros,
    ) -> Result<Ledger> {
        let signer = match archive.ledger().signer(keys, true) {
            // The journal of an archive whose ledger is damaged is better than none.
            Err(_) if archive.damage().is_some() => keys
                .of_role(KeyRole::Journal)
                .or_else(|| keys.of_role(KeyRole::Custodian))
                .ok_or(Error::NoKey(KeyRole::Journal))?,
            other => other?,
        };
        durable::make_directories(backend.as_ref(), Directory::JOURNAL)?;
        durable::remove(backend.as_ref(), &File::Entries)?;
        let mut ledger = Ledger::empty(&origin(journal));
        let head = archive.checkpoint();
        let plan = |_| {
            let key = signer.verifying_key().clone();
            let certificate = KeyCertificate {
                archive: origin(journal),
                role: KeyRole::Custodian,
                key,
                since: 1,
            };
            let certificate = certificate
                .sign(&[signer])
                .map_err(|error| Error::Entry(error.to_string()))?
                .to_text();
            let first = Plain::new(EntryKind::Journal, None)
                .with("journal", journal)
                .with("archive", archive.config().id.as_str())
                .with("size", head.size)
                .with("root", head.root);
            Ok(vec![
                first,
                Plain::new(EntryKind::Key, None).with(field::CERTIFICATE, certificate),
            ])
        };
        record(
            backend,
            &Compressors::new(),
            &mut ledger,
            now,
            |_| Ok(signer),
            plan,
        )?;
        Ok(ledger)
    }

    /// Writes an intent; durable when this returns.
    pub fn begin_access(&self, intent: &AccessIntent, keys: &Keys, now: Micros) -> Result<AccessToken> {
        self.append(intent.plain(), keys, now)
            .map(|seq| AccessToken { seq })
    }

    /// Writes how it ended.
    pub fn finish_access(
        &self,
        token: AccessToken,
        result: &AccessResult,
        keys: &Keys,
        now: Micros,
    ) -> Result<()> {
        self.append(result.plain(token.seq), keys, now).map(drop)
    }

    /// The head of the journal.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::of(&self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn append(&self, plain: Plain, keys: &Keys, now: Micros) -> Result<u64> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let signer = |ledger: &Ledger| ledger.signer(keys, true);
        record(
            &self.backend,
            &Compressors::new(),
            &mut ledger,
            now,
            signer,
            |_| Ok(vec![plain]),
        )
        .map(|(seq, _)| seq)
    }
}

/// Origin of the checkpoints of a journal.
fn origin(journal: &str) -> String {
    format!("letopis.journal/{journal}")
}
