//! What can go wrong with a question.

use datafusion::error::DataFusionError;

/// An error of a room that the caller brings in: segment store, originals, search.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// We could not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement would change something.
    #[error("letopis reads archives and never changes them through SQL: {what} is refused")]
    NotReadOnly {
        /// The kind of statement.
        what: String,
    },
    /// The statement is not SQL, names something that does not exist, or fits no type.
    #[error("the query can not be understood: {0}")]
    Statement(String),
    /// The condition inside `matches(event_id, '…')` is not one.
    #[error("the search `{query}` can not be understood: {source}")]
    Search {
        /// The search as given.
        query: String,
        /// What is wrong with it.
        source: BoxError,
    },
    /// An original record could not be read. The query ends here: rows are never left out silently.
    #[error("the original record at byte {offset} of object {object} can not be read: {source}")]
    Original {
        /// SHA-256 of the object.
        object: String,
        /// Offset of the record.
        offset: u64,
        /// Why.
        source: BoxError,
    },
    /// A segment could not be read.
    #[error("segment {segment} can not be read: {source}")]
    Segment {
        /// The segment's id.
        segment: String,
        /// Why.
        source: BoxError,
    },
    /// A table beside the events could not be read.
    #[error("the table `{table}` can not be read: {source}")]
    Companion {
        /// Its name.
        table: &'static str,
        /// Why.
        source: BoxError,
    },
    /// The query needs more memory than it was given.
    #[error("the query needs more memory than its limit of {limit_bytes} bytes: {message}")]
    Memory {
        /// The limit.
        limit_bytes: usize,
        /// What asked for more.
        message: String,
    },
    /// A named query is missing, or its text or a parameter is wrong.
    #[error(transparent)]
    Named(#[from] crate::named::NamedError),
    /// The rows could not be written out.
    #[error("the result can not be written: {0}")]
    Output(#[from] std::io::Error),
    /// Anything else that the engine reports.
    #[error("the query failed: {0}")]
    Engine(DataFusionError),
}

impl QueryError {
    /// Wraps the error for its way through the engine.
    pub(crate) fn into_engine(self) -> DataFusionError {
        DataFusionError::External(Box::new(self))
    }

    /// Finds our own error in what the engine reports, else says what the engine says.
    pub(crate) fn from_engine(error: DataFusionError, memory_bytes: usize) -> Self {
        let error = match error {
            DataFusionError::External(source) => match source.downcast::<Self>() {
                Ok(own) => return *own,
                Err(source) => DataFusionError::External(source),
            },
            other => other,
        };
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(found) = cause {
            if let Some(own) = found.downcast_ref::<Self>() {
                return own.again();
            }
            cause = found.source();
        }
        match error.find_root() {
            DataFusionError::ResourcesExhausted(message) => Self::Memory {
                limit_bytes: memory_bytes,
                message: message.clone(),
            },
            DataFusionError::Plan(message) | DataFusionError::Configuration(message) => {
                Self::Statement(message.clone())
            }
            DataFusionError::SQL(syntax, _) => Self::Statement(syntax.to_string()),
            DataFusionError::SchemaError(schema, _) => Self::Statement(schema.to_string()),
            DataFusionError::NotImplemented(message) => {
                Self::Statement(format!("the engine does not know this: {message}"))
            }
            _ => Self::Engine(error),
        }
    }

    /// The same error anew, for one that the engine only lends.
    fn again(&self) -> Self {
        match self {
            Self::NotReadOnly { what } => Self::NotReadOnly { what: what.clone() },
            Self::Search { query, source } => Self::Search {
                query: query.clone(),
                source: source.to_string().into(),
            },
            Self::Original {
                object,
                offset,
                source,
            } => Self::Original {
                object: object.clone(),
                offset: *offset,
                source: source.to_string().into(),
            },
            Self::Segment { segment, source } => Self::Segment {
                segment: segment.clone(),
                source: source.to_string().into(),
            },
            Self::Companion { table, source } => Self::Companion {
                table,
                source: source.to_string().into(),
            },
            other => Self::Statement(other.to_string()),
        }
    }
}
