//! Signing keys: files outside the archive, one key a file, in the text form of letopis-seal, perhaps under a passphrase.

use std::fmt;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use letopis_seal::{KeyName, KeyRole, SigningKey, VerifyingKey};

use crate::digest::random;
use crate::{Error, Result};

pub mod file;
mod locked;

pub use locked::Passphrase;

const ROLES: [KeyRole; 2] = [KeyRole::Custodian, KeyRole::Journal];

/// The signing keys at hand, each with the role it was made for. What a key may sign is not decided here: the
/// archive's ledger certifies it.
#[derive(Clone, Default)]
pub struct Keys {
    keys: Vec<(KeyRole, Arc<SigningKey>)>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|(_, key)| key.verifying_key()))
            .finish()
    }
}

/// Asked for the passphrase of a locked key file; `None` where there is none to be had.
pub type AskPassphrase<'a> = &'a mut dyn FnMut(&Path) -> Option<Passphrase>;

impl Keys {
    /// Reads `custodian.key` and `journal.key` in `directory`, making those that are absent (directory 0700, files
    /// 0600). A file that others may read is refused by name.
    pub fn load_or_create(directory: &Path) -> Result<Self> {
        Self::load_or_create_with(directory, &mut |_| None)
    }

    /// The same, asking for passphrases.
    pub fn load_or_create_with(directory: &Path, ask: AskPassphrase<'_>) -> Result<Self> {
        let make = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        make.map_err(|error| crate::backend::io_error(directory.display(), "create", error))?;
        for role in ROLES {
            let there = |path: &Path| match path.try_exists() {
                Ok(there) => Ok(there),
                Err(error) => Err(crate::backend::io_error(path.display(), "look for", error)),
            };
            // After a rotation that was cut short only the next key may stand there.
            if !there(&directory.join(file_name(role)))? && !there(&next_key_file(directory, role))? {
                file::write(&directory.join(file_name(role)), &fresh(role, None)?, None, false)?;
            }
        }
        Self::load_with(directory, ask)
    }

    /// Reads the key files that are not locked, as [`load_with`](Self::load_with).
    pub fn load(directory: &Path) -> Result<Self> {
        Self::load_with(directory, &mut |_| None)
    }

    /// Reads those of the two key files that exist, and `ROLE.next.key` of a rotation that was cut short: which of the
    /// two may sign, the archive's ledger says. A locked file whose passphrase is not to be had is passed over, as if
    /// the key were not at hand; a wrong passphrase is an error.
    pub fn load_with(directory: &Path, ask: AskPassphrase<'_>) -> Result<Self> {
        let mut keys = Self::default();
        for role in ROLES {
            for path in [directory.join(file_name(role)), next_key_file(directory, role)] {
                if path.try_exists().unwrap_or(true)
                    && let Some(key) = file::read(&path, ask)?
                {
                    keys.keys.push((role, Arc::new(key)));
                }
            }
        }
        Ok(keys)
    }

    /// One key in a role.
    pub fn of(role: KeyRole, key: SigningKey) -> Self {
        Self {
            keys: vec![(role, Arc::new(key))],
        }
    }

    /// Fresh keys that are in no file, for tests and throw-away archives.
    pub fn generate() -> Result<Self> {
        let mut keys = Self::default();
        for role in ROLES {
            keys.keys.push((role, Arc::new(fresh(role, None)?)));
        }
        Ok(keys)
    }

    /// These keys and others.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.keys.extend(others.keys);
        self
    }

    /// Only the keys of one role.
    #[must_use]
    pub fn only(&self, role: KeyRole) -> Self {
        Self {
            keys: self.keys.iter().filter(|(of, _)| *of == role).cloned().collect(),
        }
    }

    /// Whether a key of that role is at hand.
    pub fn has(&self, role: KeyRole) -> bool {
        self.of_role(role).is_some()
    }

    /// The public halves, with the roles they were made for.
    pub fn public(&self) -> impl Iterator<Item = (KeyRole, &VerifyingKey)> {
        self.keys.iter().map(|(role, key)| (*role, key.verifying_key()))
    }

    pub(crate) fn of_role(&self, role: KeyRole) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(of, _)| *of == role)
            .map(|(_, key)| &**key)
    }

    /// The first of `wanted` whose secret is at hand.
    pub(crate) fn matching(&self, wanted: &[VerifyingKey]) -> Option<&SigningKey> {
        let find = |wanted: &VerifyingKey| self.keys.iter().find(|(_, key)| key.verifying_key() == wanted);
        wanted.iter().find_map(find).map(|(_, key)| &**key)
    }
}

fn file_name(role: KeyRole) -> String {
    format!("{role}.key")
}

/// Where the key that comes next lies while a key is handed over.
pub fn next_key_file(directory: &Path, role: KeyRole) -> PathBuf {
    directory.join(format!("{role}.next.key"))
}

/// A fresh key, in no file. Its name is `letopis-ROLE` unless another is given.
pub fn fresh(role: KeyRole, name: Option<&str>) -> Result<SigningKey> {
    let name = name.map_or_else(|| format!("letopis-{role}"), str::to_owned);
    let name = KeyName::new(&name).map_err(|error| Error::Refused(error.to_string()))?;
    Ok(SigningKey::from_seed(name, &random()?))
}

/// Eight random bytes: the nonce of a request for a time stamp.
pub fn nonce() -> Result<[u8; 8]> {
    random()
}

/// Puts `ROLE.next.key` in the place of `ROLE.key`, which stays as `ROLE-KEYID.key`. May be done again after a crash.
pub fn finish_rotation(directory: &Path, role: KeyRole, old: &VerifyingKey) -> Result<()> {
    let (current, next) = (directory.join(file_name(role)), next_key_file(directory, role));
    let kept = directory.join(format!("{role}-{}.key", old.id()));
    let failed = |error| crate::backend::io_error(current.display(), "replace", error);
    if current.try_exists().map_err(failed)? && !kept.try_exists().map_err(failed)? {
        fs::hard_link(&current, &kept).map_err(failed)?;
        file::sync_directory(&current)?;
    }
    if next.try_exists().map_err(failed)? {
        fs::rename(&next, &current).map_err(failed)?;
    }
    file::sync_directory(&current)
}
