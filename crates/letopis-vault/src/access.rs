//! Access records: an intent that is durable before anything is read, and how the reading ended.

use std::sync::Arc;

use serde_json::Value;

use crate::{Backend, Keys, Micros, Result, Sha256, Vault};

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
    pub rows_sha256: Option<Sha256>,
    /// `complete`, `interrupted` or `error`.
    pub ended: String,
}

/// Proof that the intent is durable; ends with [`Vault::finish_access`] or [`ExternalJournal::finish_access`].
#[derive(Debug)]
#[must_use = "an access that is begun must be finished"]
pub struct AccessToken {
    /// Sequence number of the intent in its ledger or journal.
    pub seq: u64,
}

/// An access journal outside an archive that cannot take records (read-only, full, damaged).
#[derive(Debug)]
pub struct ExternalJournal {}

impl ExternalJournal {
    /// Opens the journal at `backend` or makes it; its first line names the archive and its checkpoint. A journal of
    /// another archive is refused.
    pub fn open_or_create(
        backend: Arc<dyn Backend>,
        archive: &Vault,
        keys: &Keys,
        now: Micros,
    ) -> Result<Self> {
        let _ = (backend, archive, keys, now);
        todo!()
    }

    /// Writes an intent; durable when this returns.
    pub fn begin_access(&self, intent: &AccessIntent, keys: &Keys, now: Micros) -> Result<AccessToken> {
        let _ = (intent, keys, now);
        todo!()
    }

    /// Writes how it ended.
    pub fn finish_access(
        &self,
        token: AccessToken,
        result: &AccessResult,
        keys: &Keys,
        now: Micros,
    ) -> Result<()> {
        let _ = (token, result, keys, now);
        todo!()
    }
}
