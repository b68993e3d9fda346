//! One engine over one archive: reads statements, refuses what is not a reading, streams rows.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use letopis_event::Zone;

use crate::error::QueryError;
use crate::named::BoundQuery;
use crate::original::OriginalText;
use crate::search::TextSearch;
use crate::store::SegmentStore;
use crate::tables::Companions;

/// What an engine may use and takes as given.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Bytes that a query may hold for sorting, grouping and joining.
    pub memory_bytes: usize,
    /// Folder for what does not fit. Log content lies there while the query runs, so none is used unless named.
    pub spill: Option<PathBuf>,
    /// Zone of the archive: of `local_time(ts)` without a zone, and of times in parameters without an offset.
    pub zone: Zone,
    /// The present, microseconds since 1970 UTC: `now()` and the default of parameters of that name.
    pub now: i64,
    /// Threads of one query. Results do not depend on it.
    pub threads: usize,
}

/// Answers SQL. Cheap to clone; needs a tokio runtime around its futures, and never blocks on one.
#[derive(Clone)]
pub struct Engine {}

impl Engine {
    /// An engine over these segments, originals, search and companions.
    pub fn new(
        store: Arc<dyn SegmentStore>,
        originals: Arc<dyn OriginalText>,
        search: Arc<dyn TextSearch>,
        companions: Companions,
        options: EngineOptions,
    ) -> Result<Self, QueryError> {
        todo!()
    }

    /// Runs one statement that reads. Anything that would change something is refused by name before it runs.
    pub async fn sql(&self, statement: &str) -> Result<QueryStream, QueryError> {
        todo!()
    }

    /// Runs a named query with its parameters bound.
    pub async fn run(&self, query: &BoundQuery) -> Result<QueryStream, QueryError> {
        todo!()
    }
}

/// Rows of an answer, as they are made. Ends after the first error.
pub struct QueryStream {}

impl QueryStream {
    /// Columns of the answer.
    pub fn schema(&self) -> SchemaRef {
        todo!()
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, QueryError>> {
        todo!()
    }

    /// All rows at once, for answers known to be small.
    pub async fn collect(self) -> Result<Vec<RecordBatch>, QueryError> {
        todo!()
    }
}
