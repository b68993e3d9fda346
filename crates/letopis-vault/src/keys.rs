//! Signing keys: files outside the archive, one key a file, in the text form of letopis-seal.

use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use letopis_seal::{KeyName, KeyRole, SigningKey, VerifyingKey};

use crate::digest::random;
use crate::{Error, Result};

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

impl Keys {
    /// Reads `custodian.key` and `journal.key` in `directory`, making those that are absent (directory 0700, files
    /// 0600). A file that others may read is refused by name.
    pub fn load_or_create(directory: &Path) -> Result<Self> {
        let make = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        make.map_err(|error| crate::backend::io_error(directory.display(), "create", error))?;
        let mut keys = Self::default();
        for role in ROLES {
            let path = directory.join(file_name(role));
            let key = match path.try_exists() {
                Ok(true) => read_key(&path)?,
                Ok(false) => make_key(&path, role)?,
                Err(error) => return Err(crate::backend::io_error(path.display(), "look for", error)),
            };
            keys.keys.push((role, Arc::new(key)));
        }
        Ok(keys)
    }

    /// Reads those of the two key files that exist.
    pub fn load(directory: &Path) -> Result<Self> {
        let mut keys = Self::default();
        for role in ROLES {
            let path = directory.join(file_name(role));
            if path.try_exists().unwrap_or(true) {
                keys.keys.push((role, Arc::new(read_key(&path)?)));
            }
        }
        Ok(keys)
    }

    /// Reads one key file. A key whose name ends in `journal` is a journal key, any other a custodian's.
    pub fn load_file(path: &Path) -> Result<Self> {
        let key = read_key(path)?;
        let journal = key
            .verifying_key()
            .name()
            .as_str()
            .ends_with(KeyRole::Journal.name());
        let role = if journal {
            KeyRole::Journal
        } else {
            KeyRole::Custodian
        };
        Ok(Self {
            keys: vec![(role, Arc::new(key))],
        })
    }

    /// Fresh keys that are in no file, for tests and throw-away archives.
    pub fn generate() -> Result<Self> {
        let mut keys = Self::default();
        for role in ROLES {
            keys.keys.push((role, Arc::new(fresh(role)?)));
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

fn fresh(role: KeyRole) -> Result<SigningKey> {
    let name = KeyName::new(&format!("letopis-{role}")).map_err(|error| Error::Entry(error.to_string()))?;
    Ok(SigningKey::from_seed(name, &random()?))
}

fn make_key(path: &Path, role: KeyRole) -> Result<SigningKey> {
    let failed = |error| crate::backend::io_error(path.display(), "create", error);
    let key = fresh(role)?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    file.write_all(format!("{}\n", key.to_secret_text()).as_bytes())
        .map_err(failed)?;
    file.sync_all().map_err(failed)?;
    if let Some(directory) = path.parent() {
        // A key that is lost in a crash signs nothing yet: the archive is made after this.
        fs::File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(failed)?;
    }
    Ok(key)
}

fn read_key(path: &Path) -> Result<SigningKey> {
    let refuse = |reason: String| Error::KeyFile {
        path: path.to_owned(),
        reason,
    };
    let failed = |error| crate::backend::io_error(path.display(), "read", error);
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(refuse(format!(
            "other accounts may use this key (mode {:o}); run `chmod 600` on it",
            mode & 0o777
        )));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    SigningKey::parse(text.strip_suffix('\n').unwrap_or(&text)).map_err(|error| refuse(error.to_string()))
}
