//! What can go wrong with an index or a filter.

/// An index could not be made or read, or a filter cannot be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The bytes are no index, or were changed.
    #[error("index damaged at byte {offset}: expected {expected}, found {found}")]
    Damaged {
        /// Where in the file.
        offset: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The index was made by other rules (format version, Unicode version): delete it and build it anew.
    #[error("index made with {found}, this program uses {expected}: rebuild it")]
    Stale {
        /// Rules of this program.
        expected: String,
        /// Rules of the file.
        found: String,
    },
    /// The term index failed.
    #[error("term index: {0}")]
    Terms(String),
    /// A regular expression is not one, or is too large.
    #[error("regular expression `{pattern}`: {reason}")]
    Regex {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A column that the event table does not have.
    #[error("the event table has no column `{0}`")]
    UnknownColumn(String),
    /// More rows than an index can count.
    #[error("{0} rows are too many for one index")]
    TooManyRows(u64),
}
