//! Small commits made wholly under the append lock: the first one, access records, keys.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use letopis_seal::entry::Value as LineValue;
use letopis_seal::{EntryKind, SigningKey};
use serde_json::Value;

use crate::backend::{Backend, Lock, io_error};
use crate::copy::refuse_copy;
use crate::documents::Batch;
use crate::durable;
use crate::finding::Notice;
use crate::framed::Compressors;
use crate::layout::{Directory, File};
use crate::ledger::{Draft, Ledger};
use crate::{Error, Micros, Result};

/// A line with its document, nothing staged behind it.
pub(crate) struct Plain {
    pub(crate) kind: EntryKind,
    pub(crate) fields: BTreeMap<String, LineValue>,
    pub(crate) document: Option<Value>,
}

impl Plain {
    pub(crate) fn new(kind: EntryKind, document: Option<Value>) -> Self {
        Self {
            kind,
            fields: BTreeMap::new(),
            document,
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<LineValue>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }
}

/// How long an append waits for another one, which takes milliseconds: who holds the lock longer is stopped or hangs.
const APPEND_WAIT: Duration = Duration::from_secs(60);
/// Longest pause between two looks at the lock.
const PAUSE_MAX: Duration = Duration::from_millis(20);

/// Takes the append lock, waiting for whoever holds it, but not for ever.
pub(crate) fn append_lock(backend: &dyn Backend) -> Result<Box<dyn Lock>> {
    refuse_copy(backend)?;
    let (mut waited, mut pause) = (Duration::ZERO, Duration::from_millis(1));
    loop {
        let lock = backend
            .lock(&File::AppendLock, false)
            .map_err(|error| io_error(File::AppendLock, "lock", error))?;
        if let Some(lock) = lock {
            return Ok(lock);
        }
        if waited >= APPEND_WAIT {
            return Err(Error::Busy {
                place: backend.place(),
                seconds: waited.as_secs(),
            });
        }
        std::thread::sleep(pause);
        waited += pause;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Appends lines that `plan` makes for the place they will have; `signer` is asked before anything is written.
/// Gives the number of the first line, and what had to be put right before.
pub(crate) fn record<'k>(
    backend: &Arc<dyn Backend>,
    compressors: &Arc<Compressors>,
    ledger: &mut Ledger,
    now: Micros,
    signer: impl FnOnce(&Ledger) -> Result<&'k SigningKey>,
    plan: impl FnOnce(u64) -> Result<Vec<Plain>>,
) -> Result<(u64, Vec<Notice>)> {
    let _lock = append_lock(backend.as_ref())?;
    ledger.refuse_if_damaged()?;
    durable::make_missing(backend.as_ref(), &[Directory::Torn, Directory::Temporary])?;
    let mut notices = Vec::new();
    if ledger.size() > 0 {
        ledger.catch_up(backend.as_ref())?;
    }
    let signer = signer(ledger)?;
    if ledger.size() > 0 {
        notices = ledger.settle(backend)?;
    }
    let first = ledger.size();
    let mut batch = Batch::new();
    let mut drafts = Vec::new();
    for Plain {
        kind,
        fields,
        document,
    } in plan(first)?
    {
        let detail = document
            .map(|document| batch.add_document(&document))
            .transpose()?;
        drafts.push(Draft { kind, fields, detail });
    }
    let batch = batch.place(backend, compressors)?;
    if let Some(batch) = batch {
        durable::barrier(backend.as_ref(), &[File::Details(batch), File::Secrets(batch)])?;
    }
    ledger.append(backend, drafts, batch, now, signer)?;
    Ok((first, notices))
}
