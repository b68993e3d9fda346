//! Why an answer could not be given.

/// Result of a reconstruction.
pub type Result<T> = std::result::Result<T, ReconstructError>;

/// Why an archive could not be read or a question not be answered. An answer is complete or it is this.
#[derive(Debug, thiserror::Error)]
pub enum ReconstructError {
    /// The vault could not look or record.
    #[error(transparent)]
    Vault(#[from] letopis_vault::Error),
    /// The query could not be run.
    #[error(transparent)]
    Query(#[from] letopis_query::QueryError),
    /// A named query is missing or was called wrongly.
    #[error(transparent)]
    Named(#[from] letopis_query::named::NamedError),
    /// The search text is none.
    #[error(transparent)]
    Search(#[from] letopis_search::QueryError),
    /// An index or a pattern could not be used.
    #[error(transparent)]
    Index(#[from] letopis_search::SearchError),
    /// A segment could not be read.
    #[error(transparent)]
    Table(#[from] letopis_table::TableError),
    /// The statistics could not be computed.
    #[error(transparent)]
    Stats(#[from] letopis_stats::StatsError),
    /// Nothing of that name.
    #[error("{what} not found: {name}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Nothing of that name is here, and things were removed by record.
    #[error(
        "{what} {name} is not in the archive. Records were removed by record: {removals}. Whether it was one of them can no longer be told here: what could confirm it was destroyed with it"
    )]
    NotHere {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// The removals, in words.
        removals: String,
    },
    /// A parameter makes no sense.
    #[error("{0}")]
    Parameter(String),
    /// The archive wants a purpose for every reading.
    #[error("this archive requires a purpose for every reading: say --purpose TEXT")]
    PurposeMissing,
    /// A document in the archive cannot be read.
    #[error("ledger entry {seq}: its document cannot be read: {problem}")]
    Document {
        /// Sequence number of the entry.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
    /// The answer could not be written out, or the runtime could not start.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
