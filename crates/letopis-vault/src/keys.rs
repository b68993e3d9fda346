//! Signing keys: files outside the archive.

use std::fmt;
use std::path::Path;

use crate::Result;

/// What a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRole {
    /// Everything: ingest, removal, rotation.
    Custodian,
    /// Only heads that append access and verify entries.
    Journal,
}

impl KeyRole {
    /// The word in ledger and key files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custodian => "custodian",
            Self::Journal => "journal",
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The signing keys at hand.
pub struct Keys {}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads `custodian.key` and `journal.key` in `directory`, making those that are absent (directory 0700, files
    /// 0600). A file that others may read is refused by name.
    pub fn load_or_create(directory: &Path) -> Result<Self> {
        let _ = directory;
        todo!()
    }

    /// Reads those of the two key files that exist.
    pub fn load(directory: &Path) -> Result<Self> {
        let _ = directory;
        todo!()
    }

    /// Reads one key file, which says its role.
    pub fn load_file(path: &Path) -> Result<Self> {
        let _ = path;
        todo!()
    }

    /// Fresh keys that are in no file, for tests and throw-away archives.
    pub fn generate() -> Result<Self> {
        todo!()
    }

    /// Whether a key of that role is at hand.
    pub fn has(&self, role: KeyRole) -> bool {
        let _ = role;
        todo!()
    }
}
