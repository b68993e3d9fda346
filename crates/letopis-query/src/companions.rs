//! The tables beside `events`, read when a statement first names one: most questions ask for none of them, and an
//! archive of many readings has many documents.

use std::fmt;
use std::sync::{Arc, OnceLock};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::MemTable;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use crate::error::{BoxError, QueryError};
use crate::tables::{self, AccessRow, LedgerRow, NoteRow, ObjectRow, SourceRow};

/// Where the rows of the tables beside `events` come from. Each is asked for once at most, when a statement names its
/// table.
pub trait CompanionStore: fmt::Debug + Send + Sync {
    /// Rows of table `sources`.
    ///
    /// # Errors
    /// When they cannot be read: a table is complete or the question fails.
    fn sources(&self) -> Result<Vec<SourceRow>, BoxError>;

    /// Rows of table `objects`.
    ///
    /// # Errors
    /// As for `sources`.
    fn objects(&self) -> Result<Vec<ObjectRow>, BoxError>;

    /// Rows of table `ledger`.
    ///
    /// # Errors
    /// As for `sources`.
    fn ledger(&self) -> Result<Vec<LedgerRow>, BoxError>;

    /// Rows of table `access`.
    ///
    /// # Errors
    /// As for `sources`.
    fn access(&self) -> Result<Vec<AccessRow>, BoxError>;

    /// Rows of table `notes`.
    ///
    /// # Errors
    /// As for `sources`.
    fn notes(&self) -> Result<Vec<NoteRow>, BoxError>;

    /// Rows of table `settings`: names and values.
    ///
    /// # Errors
    /// As for `sources`.
    fn settings(&self) -> Result<Vec<(String, String)>, BoxError>;
}

/// A table that is read when it is first scanned.
struct Late {
    name: &'static str,
    schema: SchemaRef,
    store: Arc<dyn CompanionStore>,
    read: Read,
    table: OnceLock<MemTable>,
}

type Read = fn(&dyn CompanionStore) -> Result<EngineResult<MemTable>, BoxError>;

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table {}", self.name)
    }
}

impl Late {
    fn new(name: &'static str, store: &Arc<dyn CompanionStore>, empty: &MemTable, read: Read) -> Arc<Self> {
        Arc::new(Self {
            name,
            schema: empty.schema(),
            store: Arc::clone(store),
            read,
            table: OnceLock::new(),
        })
    }

    fn table(&self) -> EngineResult<&MemTable> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let read = (self.read)(self.store.as_ref());
        let table = read.map_err(|source| {
            let error = QueryError::Companion {
                table: self.name,
                source,
            };
            error.into_engine()
        })??;
        // Two scans at once read the same twice; either is right.
        Ok(self.table.get_or_init(|| table))
    }
}

#[async_trait]
impl TableProvider for Late {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        self.table()?.scan(state, projection, filters, limit).await
    }
}

/// The tables by name.
pub(crate) fn tables(
    store: &Arc<dyn CompanionStore>,
) -> EngineResult<Vec<(&'static str, Arc<dyn TableProvider>)>> {
    let sources = Late::new("sources", store, &tables::sources(&[])?, |s| {
        Ok(tables::sources(&s.sources()?))
    });
    let objects = Late::new("objects", store, &tables::objects(&[])?, |s| {
        Ok(tables::objects(&s.objects()?))
    });
    let ledger = Late::new("ledger", store, &tables::ledger(&[])?, |s| {
        Ok(tables::ledger(&s.ledger()?))
    });
    let access = Late::new("access", store, &tables::access(&[])?, |s| {
        Ok(tables::access(&s.access()?))
    });
    let notes = Late::new("notes", store, &tables::notes(&[])?, |s| {
        Ok(tables::notes(&s.notes()?))
    });
    let settings = Late::new("settings", store, &tables::settings(&[])?, |s| {
        Ok(tables::settings(&s.settings()?))
    });
    Ok(vec![
        ("notes", notes),
        ("settings", settings),
        ("sources", sources),
        ("objects", objects),
        ("ledger", ledger),
        ("access", access),
    ])
}
