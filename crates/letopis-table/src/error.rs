//! What can go wrong between events and segments.

/// The table could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A number of the event does not fit its column.
    #[error("column `{column}` cannot hold {value}: expected {expected}")]
    OutOfRange {
        /// The column.
        column: &'static str,
        /// What should have been stored.
        value: i128,
        /// What the column holds.
        expected: &'static str,
    },
    /// A batch grew beyond what Arrow's 32-bit text offsets hold; the caller closes batches long before.
    #[error("a batch of {bytes} bytes of text is too large: expected at most {limit}")]
    BatchTooLarge {
        /// Bytes that would stand in the batch.
        bytes: usize,
        /// Most that fits.
        limit: usize,
    },
    /// The file is no segment of a version this program knows.
    #[error("segment of table version {found}: expected {expected}")]
    Version {
        /// What the file says.
        found: String,
        /// What is known.
        expected: &'static str,
    },
    /// A column of the file is missing or of another type.
    #[error("segment column `{column}`: expected {expected}, found {found}")]
    Column {
        /// The column.
        column: String,
        /// Type by the schema of the version.
        expected: String,
        /// Type in the file.
        found: String,
    },
    /// A column that the event table does not have was asked for.
    #[error("the event table has no column `{0}`")]
    UnknownColumn(String),
    /// Parquet reports damage or an I/O error.
    #[error("segment: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Arrow refuses a batch.
    #[error("batch: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
}
