//! Why an intake, a check or a rebuild could not go on.

use std::path::PathBuf;

/// Result of an archive operation.
pub type Result<T> = std::result::Result<T, ArchiveError>;

/// Why the joiner could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The vault could not look or write.
    #[error(transparent)]
    Vault(#[from] letopis_vault::Error),
    /// Rows could not be encoded or decoded.
    #[error(transparent)]
    Table(#[from] letopis_table::TableError),
    /// An index could not be built.
    #[error(transparent)]
    Search(#[from] letopis_search::SearchError),
    /// An option or an object could not be read.
    #[error("{place}: {error}")]
    Intake {
        /// File and member.
        place: String,
        /// What went wrong.
        #[source]
        error: letopis_intake::IntakeError,
    },
    /// The description by which an object was read is not in the archive.
    #[error(
        "the description (SHA-256 {sha256}) by which records of the format `{format}` were read is in no manifest of this archive: they cannot be read again"
    )]
    NoDescription {
        /// The format's name.
        format: String,
        /// SHA-256 of the missing text, hex.
        sha256: String,
    },
    /// The source register cannot be used.
    #[error(transparent)]
    Sources(#[from] crate::sources::SourceError),
    /// A hold cannot be made or released.
    #[error(transparent)]
    Hold(#[from] crate::holds::HoldError),
    /// A plan of removal cannot be applied.
    #[error(transparent)]
    Plan(#[from] crate::removal::PlanError),
    /// An input path is not there.
    #[error("{path}: {error}")]
    Input {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The archive lies inside the input, or the input inside the archive.
    #[error("{inner} lies inside {outer}: an archive and what it takes in must lie apart")]
    Nested {
        /// The one inside.
        inner: PathBuf,
        /// The one outside.
        outer: PathBuf,
    },
    /// A segment could not be written.
    #[error("segment of {partition}: {error}")]
    Segment {
        /// Source and month.
        partition: String,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// A document in the archive is none that this version writes.
    #[error("ledger entry {seq}: its document cannot be read: {problem}")]
    Document {
        /// Sequence number of the entry.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
    /// A row names an object that is not in the archive.
    #[error("object {0} is named by a row and not in the archive: letopis verify")]
    NoObject(String),
    /// Rows could not be selected.
    #[error("rows of a segment: {0}")]
    Rows(#[from] arrow::error::ArrowError),
    /// Segments were joined, and what came out is not what went in.
    #[error(
        "segments with {expected} rows were joined, and {found} rows came out; nothing was committed: letopis verify"
    )]
    Joined {
        /// Rows that went in, as the ledger says.
        expected: u64,
        /// Rows that came out.
        found: u64,
    },
    /// A list of digests cannot be read.
    #[error(
        "{path}: line {line}: expected `DIGEST  PATH` with a SHA-256 or BLAKE3 of 64 hex digits, found `{found}`"
    )]
    Hashes {
        /// The list.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// Another thread met the error that is reported.
    #[error("stopped by an earlier error")]
    Stopped,
}
