//! Errors: why the vault could not look or could not write. A verdict about evidence is a [`crate::Finding`].

use std::path::PathBuf;

/// Result of a vault operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the vault could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("{path}: could not {action}: {source}")]
    Io {
        /// The file, inside the archive or outside.
        path: String,
        /// What was tried, as a verb.
        action: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No archive here.
    #[error("{0}: no letopis archive here (letopis.toml not found)")]
    NotAnArchive(String),
    /// There is an archive here already.
    #[error("{0}: holds an archive already")]
    Exists(String),
    /// There is something else here: an archive is made in a new or empty directory.
    #[error("{0}: not empty; an archive is made in a new or empty directory")]
    NotEmpty(String),
    /// An archive of a format that this program does not know.
    #[error("{place}: archive format version {found}, this program knows version {known}")]
    UnknownVersion {
        /// The archive.
        place: String,
        /// Version read.
        found: i64,
        /// Version known.
        known: i64,
    },
    /// Stored bytes are not what the format or the ledger says. `letopis verify` names all of it.
    #[error("{path}: damaged{}: expected {expected}, found {found}", at(.offset))]
    Damaged {
        /// The file inside the archive.
        path: String,
        /// Where in it, in bytes, when known.
        offset: Option<u64>,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// Another process writes to the archive.
    #[error("{place}: another process is writing to this archive")]
    Locked {
        /// The archive.
        place: String,
    },
    /// Another process holds the lock of appends far longer than an append takes.
    #[error(
        "{place}: another process has held ledger/append.lock for {seconds} s: it hangs or is stopped, and the lock ends with it"
    )]
    Busy {
        /// The archive.
        place: String,
        /// How long this process waited.
        seconds: u64,
    },
    /// The signing key is not the one that the ledger certifies.
    #[error("the key `{found}` may not sign here as {role}; the ledger certifies {expected}")]
    WrongKey {
        /// Role that is needed.
        role: crate::KeyRole,
        /// Names of the certified keys.
        expected: String,
        /// Name of the key at hand.
        found: String,
    },
    /// A key that is needed was not given.
    #[error("the {0} key is needed for this and was not given")]
    NoKey(crate::KeyRole),
    /// A ledger line or a signature could not be made: the caller's entry does not fit the format.
    #[error("entry refused: {0}")]
    Entry(String),
    /// A key file that is unreadable or readable by others.
    #[error("{path}: {reason}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The archive cannot take the access record; the caller may offer an external journal.
    #[error("{place}: the access record cannot be written here: {reason}")]
    CannotRecord {
        /// The archive.
        place: String,
        /// Why.
        reason: String,
    },
    /// Nothing of that name.
    #[error("{what} not found: {name}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The caller asked for something that the format forbids.
    #[error("refused: {0}")]
    Refused(String),
    /// An earlier write failed; the archive must be opened again, which repairs the unfinished tail.
    #[error("an earlier write to {place} failed; open the archive again")]
    Poisoned {
        /// The archive.
        place: String,
    },
}

fn at(offset: &Option<u64>) -> String {
    offset.map_or_else(String::new, |o| format!(" at byte {o}"))
}

impl Error {
    /// Whether the operating system said that there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }
}
