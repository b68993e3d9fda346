//! The writing half: stage bytes from many threads, then commit them in one ledger append.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use letopis_seal::certificate::KeyCertificate;
use letopis_seal::entry::field;
use letopis_seal::{EntryKind, KeyId, KeyRole, Sha256Digest, SigningKey, VerifyingKey};
use serde_json::{Value, json};

use crate::backend::{Backend, Lock, io_error, read_if_there};
use crate::config::{Config, FORMAT_VERSION};
use crate::copy::refuse_copy;
use crate::digest::{Blake3, hex, random};
use crate::durable;
use crate::entry::NewEntry;
use crate::finding::Notice;
use crate::framed::Compressors;
use crate::layout::{Directory, File};
use crate::ledger::{self, Ledger};
use crate::object::{ObjectInfo, ObjectReader, ObjectWriter, StoredObject};
use crate::record::{Plain, append_lock, record};
use crate::segment::SegmentWriter;
use crate::staging::Staging;
use crate::tree::TreeWriter;
use crate::vault::{Checkpoint, Vault};
use crate::{Error, Keys, Micros, Result};

mod commit;
mod recover;

pub(crate) use recover::{CREATION_LINES, finish_deletions, refuse_used_place};

/// What a commit gave.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Sequence number of the first entry of the commit.
    pub first: u64,
    /// Entries in the ledger now.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Sha256Digest,
    /// The signed checkpoint.
    pub text: String,
}

impl Receipt {
    fn of(first: u64, ledger: &Ledger) -> Self {
        let Checkpoint { size, root, text } = Checkpoint::of(ledger);
        Self {
            first,
            size,
            root,
            text,
        }
    }
}

/// An archive opened for writing. One at a time, over all processes; every method takes `&self` and is safe from
/// several threads at once.
pub struct VaultWriter {
    staging: Arc<Staging>,
    keys: Keys,
    state: Mutex<State>,
    recovered: Vec<Notice>,
    _lock: Box<dyn Lock>,
}

struct State {
    ledger: Arc<Ledger>,
    config: Config,
    /// A commit failed somewhere: what is on the medium is known only after opening again.
    poisoned: bool,
}

impl std::fmt::Debug for VaultWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VaultWriter({})", self.backend().place())
    }
}

impl VaultWriter {
    /// Makes an archive in a new or empty place. `config.id` is filled. `about` is kept in the document of the
    /// `create` entry (operator, machine, program). Both keys must be at hand.
    pub fn create(
        backend: Arc<dyn Backend>,
        mut config: Config,
        keys: Keys,
        about: Option<Value>,
        now: Micros,
    ) -> Result<Self> {
        let custodian = keys
            .of_role(KeyRole::Custodian)
            .ok_or(Error::NoKey(KeyRole::Custodian))?;
        let journal = keys
            .of_role(KeyRole::Journal)
            .ok_or(Error::NoKey(KeyRole::Journal))?;
        recover::refuse_used_place(&backend)?;
        config.format = FORMAT_VERSION;
        config.id = hex(&random::<16>()?);
        let text = config.to_text()?;
        // A text that would not read back must not be committed.
        Config::parse(&text, &backend.place())?;
        durable::make_directories(backend.as_ref(), Directory::ARCHIVE)?;
        let lock = writer_lock(backend.as_ref())?;
        recover::clear_unfinished(&backend)?;
        for key in [custodian, journal] {
            write_public_key(&backend, key.verifying_key())?;
        }
        let origin = config.origin();
        let mut ledger = Ledger::empty(&origin);
        let plan = |first: u64| {
            let document =
                json!({ "toml": text, "about": about.unwrap_or(Value::Object(Default::default())) });
            let create = Plain::new(EntryKind::Create, Some(document))
                .with("archive", config.id.as_str())
                .with("format", FORMAT_VERSION);
            let holder = json!({ "holder": config.custodian });
            let one = certificate(
                &origin,
                KeyRole::Custodian,
                custodian.verifying_key(),
                first + 1,
                &[custodian],
            )?;
            let two = certificate(
                &origin,
                KeyRole::Journal,
                journal.verifying_key(),
                first + 2,
                &[custodian],
            )?;
            Ok(vec![
                create,
                Plain::new(EntryKind::Key, Some(holder)).with(field::CERTIFICATE, one),
                Plain::new(EntryKind::Key, None).with(field::CERTIFICATE, two),
            ])
        };
        record(
            &backend,
            &Compressors::new(),
            &mut ledger,
            now,
            |_| Ok(custodian),
            plan,
        )?;
        durable::replace(&backend, &File::Config, text.as_bytes())?;
        let state = State {
            ledger: Arc::new(ledger),
            config,
            poisoned: false,
        };
        let staging = Staging::new(&backend, Arc::default());
        Ok(Self {
            staging,
            keys: keys.clone(),
            state: Mutex::new(state),
            recovered: Vec::new(),
            _lock: lock,
        })
    }

    /// Opens an archive for writing: takes the writer lock, finishes or sets aside what a crash left, sweeps files
    /// that no line names. A wrong key is refused by name before anything is written.
    pub fn open(backend: Arc<dyn Backend>, keys: Keys, now: Micros) -> Result<Self> {
        let _ = now;
        let vault = Vault::open_to_write(Arc::clone(&backend))?;
        refuse_copy(backend.as_ref())?;
        vault.ledger().refuse_if_damaged()?;
        vault.ledger().signer(&keys, false)?;
        let lock = writer_lock(backend.as_ref())?;
        let (vault, recovered) = {
            let _append = append_lock(backend.as_ref())?;
            recover::recover(&backend, vault, &keys)?
        };
        // What was taken in just now may have handed the archive over to another key.
        vault.ledger().signer(&keys, false)?;
        let objects = Arc::clone(vault.object_table()?);
        let state = State {
            ledger: Arc::clone(vault.ledger()),
            config: vault.config().clone(),
            poisoned: false,
        };
        let staging = Staging::new(&backend, objects);
        Ok(Self {
            staging,
            keys,
            state: Mutex::new(state),
            recovered,
            _lock: lock,
        })
    }

    /// What opening had to put right.
    pub fn recovered(&self) -> &[Notice] {
        &self.recovered
    }

    /// The state after the last commit.
    pub fn vault(&self) -> Vault {
        let state = self.state();
        let objects = OnceLock::from(Arc::clone(&self.staging.shelf().known));
        Vault::of(
            Arc::clone(self.backend()),
            state.config.clone(),
            Arc::clone(&state.ledger),
            None,
            objects,
            None,
        )
    }

    /// The keys it signs with (for access records by the same process).
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What holds the archive.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        self.staging.backend()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The committed object of that name.
    pub fn known(&self, blake3: &Blake3) -> Option<ObjectInfo> {
        self.staging.shelf().known.by_name(blake3).cloned()
    }

    /// Begins an object.
    pub fn object_writer(&self) -> Result<ObjectWriter> {
        ObjectWriter::new(&self.staging)
    }

    /// Reads an object that is stored, committed or not.
    pub fn object_reader(&self, object: &StoredObject) -> Result<ObjectReader> {
        ObjectReader::open(
            self.backend().as_ref(),
            object.blake3,
            object.length,
            &Arc::default(),
        )
    }

    /// Begins the record tree of a stored object: number 1, or the next one when the ledger names trees already.
    pub fn tree_writer(&self, object: &StoredObject) -> Result<TreeWriter> {
        let (number, secret) = self.staging.next_tree(object)?;
        TreeWriter::new(&self.staging, object, number, secret)
    }

    /// Begins a segment.
    pub fn segment_writer(&self) -> Result<SegmentWriter> {
        SegmentWriter::new(&self.staging)
    }

    /// Appends entries as one unit: after a crash either all of them are in the ledger or none. Everything they name
    /// is durable first. After an error other than a refusal the archive must be opened again.
    pub fn commit(&self, entries: Vec<NewEntry>, now: Micros) -> Result<Receipt> {
        commit::commit(self, entries, now)
    }

    /// Changes the configuration by a `config` entry, then replaces `letopis.toml`. The id stays.
    pub fn set_config(&self, mut config: Config, about: Option<Value>, now: Micros) -> Result<Receipt> {
        config.format = FORMAT_VERSION;
        config.id.clone_from(&self.state().config.id);
        let text = config.to_text()?;
        Config::parse(&text, &self.backend().place())?;
        let document = json!({ "toml": text, "about": about.unwrap_or(Value::Object(Default::default())) });
        let receipt = self.append(now, |_| Ok(vec![Plain::new(EntryKind::Config, Some(document))]))?;
        self.state().config = config;
        durable::replace(self.backend(), &File::Config, text.as_bytes())?;
        Ok(receipt)
    }

    /// Certifies a further journal key, such as another analyst's, by a `key` entry.
    pub fn certify_journal_key(&self, journal: &Keys, about: Option<Value>, now: Micros) -> Result<Receipt> {
        let key = journal
            .of_role(KeyRole::Journal)
            .ok_or(Error::NoKey(KeyRole::Journal))?;
        self.certify_journal(key.verifying_key(), about, now)
    }

    /// The same from the public half: the secret stays with its holder.
    pub fn certify_journal(
        &self,
        journal: &VerifyingKey,
        about: Option<Value>,
        now: Micros,
    ) -> Result<Receipt> {
        self.replace_journal_keys(Some(journal), None, about, now)
    }

    /// Ends a journal key: what it signs from now on counts for nothing.
    pub fn retire_journal_key(&self, key: KeyId, about: Option<Value>, now: Micros) -> Result<Receipt> {
        self.replace_journal_keys(None, Some(key), about, now)
    }

    /// Certifies a journal key and ends another in one commit.
    pub fn replace_journal_keys(
        &self,
        new: Option<&VerifyingKey>,
        old: Option<KeyId>,
        about: Option<Value>,
        now: Micros,
    ) -> Result<Receipt> {
        let (custodian, certified) = {
            let state = self.state();
            let authority = state.ledger.authority();
            if let Some(old) = old
                && !authority.journals.iter().any(|key| key.id() == old)
            {
                return Err(Error::NotFound {
                    what: "journal key that may sign",
                    name: old.to_string(),
                });
            }
            let known = new.is_some_and(|new| authority.journals.contains(new));
            (state.ledger.signer(&self.keys, false)?, known)
        };
        if certified || (new.is_none() && old.is_none()) {
            return Err(Error::Refused("the key is certified already".to_owned()));
        }
        if let Some(new) = new {
            write_public_key(self.backend(), new)?;
        }
        let origin = self.state().config.origin();
        self.append(now, |first| {
            let mut lines = Vec::new();
            if let Some(new) = new {
                let text = certificate(&origin, KeyRole::Journal, new, first, &[custodian])?;
                lines.push(Plain::new(EntryKind::Key, about.clone()).with(field::CERTIFICATE, text));
            }
            if let Some(old) = old {
                let about = if new.is_some() { None } else { about };
                lines.push(Plain::new(EntryKind::Key, about).with("retires", old.to_string()));
            }
            Ok(lines)
        })
    }

    /// Hands the archive over to a new custodian key, signed by the old one and by itself. This writer signs with
    /// the old key and can commit no more; open the archive again with the new one.
    pub fn rotate_custodian_key(self, new: &Keys, about: Option<Value>, now: Micros) -> Result<Receipt> {
        let old = self.state().ledger.signer(&self.keys, false)?;
        let key = new
            .of_role(KeyRole::Custodian)
            .ok_or(Error::NoKey(KeyRole::Custodian))?;
        write_public_key(self.backend(), key.verifying_key())?;
        let origin = self.state().config.origin();
        self.append(now, |first| {
            let text = certificate(
                &origin,
                KeyRole::Custodian,
                key.verifying_key(),
                first,
                &[old, key],
            )?;
            Ok(vec![
                Plain::new(EntryKind::Key, about).with(field::CERTIFICATE, text),
            ])
        })
    }

    /// Appends small lines with their documents, signed by the custodian.
    pub(crate) fn append(
        &self,
        now: Micros,
        plan: impl FnOnce(u64) -> Result<Vec<Plain>>,
    ) -> Result<Receipt> {
        let mut state = self.state();
        self.refuse_if_poisoned(&state)?;
        let ledger = ledger::own(&mut state.ledger);
        let signer = |ledger: &Ledger| ledger.signer(&self.keys, false);
        match record(
            self.backend(),
            self.staging.compressors(),
            ledger,
            now,
            signer,
            plan,
        ) {
            Ok((first, _)) => Ok(Receipt::of(first, ledger)),
            Err(error) => {
                state.poisoned = true;
                Err(error)
            }
        }
    }

    fn refuse_if_poisoned(&self, state: &State) -> Result<()> {
        match state.poisoned {
            true => Err(Error::Poisoned {
                place: self.backend().place(),
            }),
            false => Ok(()),
        }
    }

    /// Replaces the catalogue (derived; opaque to the vault).
    pub fn write_catalogue(&self, bytes: &[u8]) -> Result<()> {
        let mut content = bytes.to_vec();
        content.extend_from_slice(&Blake3::of(bytes).0);
        durable::replace(self.backend(), &File::Catalogue, &content)
    }
}

/// Takes the lock of writers, or says that another has it.
pub(crate) fn writer_lock(backend: &dyn Backend) -> Result<Box<dyn Lock>> {
    refuse_copy(backend)?;
    let lock = backend
        .lock(&File::WriterLock, false)
        .map_err(|error| io_error(File::WriterLock, "lock", error))?;
    lock.ok_or_else(|| Error::Locked {
        place: backend.place(),
    })
}

fn certificate(
    origin: &str,
    role: KeyRole,
    key: &VerifyingKey,
    since: u64,
    signers: &[&SigningKey],
) -> Result<String> {
    let key = key.clone();
    let certificate = KeyCertificate {
        archive: origin.to_owned(),
        role,
        key,
        since,
    };
    let signed = certificate
        .sign(signers)
        .map_err(|error| Error::Entry(error.to_string()))?;
    Ok(signed.to_text())
}

/// The certificate of a further journal key, for the line `since`.
pub(crate) fn journal_certificate(
    origin: &str,
    key: &VerifyingKey,
    since: u64,
    custodian: &SigningKey,
) -> Result<String> {
    certificate(origin, KeyRole::Journal, key, since, &[custodian])
}

/// Content of the file of a public key.
pub(crate) fn public_key_text(key: &letopis_seal::VerifyingKey) -> String {
    format!("{key}\n")
}

/// Writes the file of a public key where it is not there already.
pub(crate) fn write_public_key(backend: &Arc<dyn Backend>, key: &letopis_seal::VerifyingKey) -> Result<bool> {
    let (file, text) = (File::Key(key.id().0), public_key_text(key));
    if read_if_there(backend.as_ref(), &file)?.is_some_and(|bytes| bytes == text.as_bytes()) {
        return Ok(false);
    }
    durable::replace(backend, &file, text.as_bytes())?;
    Ok(true)
}
