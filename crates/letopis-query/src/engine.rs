//! One engine over one archive: reads statements, refuses what is not a reading, streams rows.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::datasource::ViewTable;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::{Expr, LogicalPlan, Sort, SortExpr};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use futures::{FutureExt as _, StreamExt as _};
use letopis_event::Zone;
use object_store::memory::InMemory;

use crate::companions::CompanionStore;
use crate::distinct::counts_as_sums;
use crate::error::QueryError;
use crate::events::{EventTable, STORE_URL};
use crate::groups::by_the_cheapest;
use crate::lookup::Lookup;
use crate::named::BoundQuery;
use crate::once::worked_out_once;
use crate::original::OriginalText;
use crate::search::TextSearch;
use crate::segments::Segments;
use crate::store::SegmentStore;
use crate::tables;
use crate::{companions, functions, statement};

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
    /// Threads of one query. The rows of an answer and their order do not depend on it.
    pub threads: usize,
}

/// The share of a query's memory that parts which are worked out once may take, each.
const PART_OF_MEMORY: usize = 16;

/// Answers SQL. Cheap to clone; needs a tokio runtime around its futures, and never blocks on one.
#[derive(Clone)]
pub struct Engine {
    /// For statements that end in a sort.
    many: SessionContext,
    /// For the others: one thread, so that rows come in the order of segments every time.
    one: SessionContext,
    now: i64,
    memory_bytes: usize,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "engine with {} bytes", self.memory_bytes)
    }
}

impl Engine {
    /// An engine over these segments, originals, search and companions.
    pub fn new(
        store: Arc<dyn SegmentStore>,
        originals: Arc<dyn OriginalText>,
        search: Arc<dyn TextSearch>,
        companions: Arc<dyn CompanionStore>,
        options: EngineOptions,
    ) -> Result<Self, QueryError> {
        let own = |e| QueryError::from_engine(e, options.memory_bytes);
        let runtime = runtime(&options).map_err(own)?;
        let segments = Arc::new(Segments::new(store));
        let lookup = Arc::new(Lookup::new(
            Arc::clone(&segments),
            Arc::clone(&originals),
            Arc::clone(&search),
        ));
        let catalogue = tables::segments(segments.list()).map_err(own)?;
        let events = EventTable::new(segments, originals, search);
        let mut providers: Vec<(&str, Arc<dyn TableProvider>)> =
            vec![("events", Arc::new(events)), ("segments", Arc::new(catalogue))];
        providers.extend(companions::tables(&companions).map_err(own)?);
        let context = |threads: usize| {
            let context = SessionContext::new_with_config_rt(config(threads), Arc::clone(&runtime));
            for (name, provider) in &providers {
                context.register_table(*name, Arc::clone(provider)).map_err(own)?;
            }
            for function in functions::all(&lookup, options.zone) {
                context.register_udf(function);
            }
            Ok::<_, QueryError>(context)
        };
        let (many, one) = (context(options.threads.max(1))?, context(1)?);
        let coverage = coverage(&many, options.zone).map_err(own)?;
        for context in [&many, &one] {
            context
                .register_table("coverage", Arc::clone(&coverage))
                .map_err(own)?;
        }
        Ok(Self {
            many,
            one,
            now: options.now,
            memory_bytes: options.memory_bytes,
        })
    }

    /// Runs one statement that reads. Anything that would change something is refused by name before it runs.
    pub async fn sql(&self, text: &str) -> Result<QueryStream, QueryError> {
        self.answer(without_parameters(text)?, false).await
    }

    /// The same on all threads, whose rows come in any order, and of which a limit keeps any: for those who order them
    /// themselves.
    pub async fn sql_in_any_order(&self, text: &str) -> Result<QueryStream, QueryError> {
        self.answer(without_parameters(text)?, true).await
    }

    /// Runs a named query with its parameters bound.
    pub async fn run(&self, query: &BoundQuery) -> Result<QueryStream, QueryError> {
        let mut statement = statement::read(&query.sql)?;
        statement::put_values(&mut statement, &query.values)?;
        self.answer(statement, false).await
    }

    async fn answer(&self, statement: Statement, any_order: bool) -> Result<QueryStream, QueryError> {
        let own = |e| QueryError::from_engine(e, self.memory_bytes);
        let plan = self
            .state(&self.one)
            .statement_to_plan(statement.clone())
            .await
            .map_err(own)?;
        statement::refuse_changes(&plan)?;
        let context = if any_order || ends_in_sort(&plan) || is_a_count(&plan) {
            &self.many
        } else {
            &self.one
        };
        let state = self.state(context);
        let plan = by_the_cheapest(plan)
            .and_then(counts_as_sums)
            .and_then(settle_ties)
            .map_err(own)?;
        let plan = worked_out_once(plan, &state, self.memory_bytes / PART_OF_MEMORY)
            .await
            .map_err(own)?;
        let physical = state.create_physical_plan(&plan).await.map_err(own)?;
        let rows = datafusion::physical_plan::execute_stream(physical, state.task_ctx()).map_err(own)?;
        Ok(QueryStream {
            rows: Some(rows),
            schema: Arc::new(plan.schema().as_arrow().clone()),
            memory_bytes: self.memory_bytes,
        })
    }

    /// A state whose present is the one that was given.
    fn state(&self, context: &SessionContext) -> datafusion::execution::SessionState {
        let mut state = context.state();
        state.execution_props_mut().query_execution_start_time =
            chrono::DateTime::from_timestamp_micros(self.now);
        state
    }
}

/// Which times of events are believed, as a condition: from 1990 on, and at most a day after the record was taken in. Said
/// in microseconds: an interval is added by the calendar, row by row, which takes longer than all the counting.
pub const BELIEVED: &str = "time >= TIMESTAMP '1990-01-01T00:00:00Z' \
                            AND CAST(time AS BIGINT) <= CAST(ingested AS BIGINT) + 86400000000";

/// The view `coverage`: what each source wrote on each day. It is made when a statement names it.
fn coverage(context: &SessionContext, zone: Zone) -> datafusion::error::Result<Arc<dyn TableProvider>> {
    let sql = format!(
        "SELECT source, local_day(time, '{zone}') AS day, count(*) AS records, \
         sum(byte_length) AS bytes, min(time) AS first_time, max(time) AS last_time, \
         min(ingested) AS first_taken_in, max(ingested) AS last_taken_in FROM events \
         WHERE {BELIEVED} GROUP BY source, local_day(time, '{zone}')"
    );
    // Every table is at hand, so planning never waits.
    let planned = context.state().create_logical_plan(&sql).now_or_never();
    let planned = planned.unwrap_or_else(|| datafusion::common::internal_err!("the view waits for a table"));
    Ok(Arc::new(ViewTable::new(planned?, Some(sql))))
}

fn runtime(options: &EngineOptions) -> datafusion::error::Result<Arc<RuntimeEnv>> {
    let spill = match &options.spill {
        Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
        None => DiskManagerMode::Disabled,
    };
    // A fair pool holds back a share for every operator that could spill, so that a small question with many of them
    // fails while most of the memory is free. That is the price of spilling; without a folder for it nothing is won.
    let pool: Arc<dyn MemoryPool> = match &options.spill {
        Some(_) => Arc::new(FairSpillPool::new(options.memory_bytes)),
        None => Arc::new(GreedyMemoryPool::new(options.memory_bytes)),
    };
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(spill))
        .build()?;
    let url = url_of_store()?;
    runtime.register_object_store(url.as_ref(), Arc::new(InMemory::new()));
    Ok(Arc::new(runtime))
}

fn without_parameters(text: &str) -> Result<Statement, QueryError> {
    let mut statement = statement::read(text)?;
    // A parameter without a value is named here, not by the engine while it runs.
    statement::put_values(&mut statement, &BTreeMap::new())?;
    Ok(statement)
}

fn url_of_store() -> datafusion::error::Result<datafusion::execution::object_store::ObjectStoreUrl> {
    datafusion::execution::object_store::ObjectStoreUrl::parse(STORE_URL)
}

fn config(threads: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_information_schema(true)
        .with_batch_size(8_192);
    let options = config.options_mut();
    options.execution.time_zone = Some("UTC".to_owned());
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.enable_page_index = true;
    // The table cuts its files itself (`events/parts.rs`). What the engine would cut out of parts without an end is parts
    // without number, until memory is gone.
    options.optimizer.repartition_file_scans = false;
    // Plain text throughout: writers and functions then meet one kind of it.
    options.sql_parser.map_string_types_to_utf8view = false;
    config
}

/// Whether an answer ends in a sort, below projections and limits: then its rows may be made in any order.
fn ends_in_sort(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) => true,
        LogicalPlan::Limit(limit) => ends_in_sort(&limit.input),
        LogicalPlan::Projection(projection) => ends_in_sort(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => ends_in_sort(&alias.input),
        _ => false,
    }
}

/// Whether the answer is one row of counts and bounds over whole tables: the same whatever order rows come in.
fn is_a_count(plan: &LogicalPlan) -> bool {
    use datafusion::common::tree_node::TreeNode as _;
    match plan {
        LogicalPlan::Projection(projection) => is_a_count(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => is_a_count(&alias.input),
        LogicalPlan::Aggregate(aggregate) => {
            // Which rows a limit keeps, and what a window sees, depends on their order.
            let depends =
                |node: &LogicalPlan| Ok(matches!(node, LogicalPlan::Limit(_) | LogicalPlan::Window(_)));
            aggregate.group_expr.is_empty()
                && aggregate.aggr_expr.iter().all(counts)
                && matches!(aggregate.input.exists(depends), Ok(false))
        }
        _ => false,
    }
}

fn counts(expression: &Expr) -> bool {
    match expression {
        Expr::Alias(alias) => counts(&alias.expr),
        Expr::AggregateFunction(function) => ["count", "max", "min"].contains(&function.func.name()),
        _ => false,
    }
}

/// Orders rows that a last sort leaves equal by all their columns, so that the same question gives the same bytes.
fn settle_ties(plan: LogicalPlan) -> datafusion::error::Result<LogicalPlan> {
    use datafusion::common::tree_node::Transformed;
    Ok(match plan {
        LogicalPlan::Sort(sort) => LogicalPlan::Sort(settled(sort)),
        LogicalPlan::Limit(_) | LogicalPlan::Projection(_) | LogicalPlan::SubqueryAlias(_) => {
            use datafusion::common::tree_node::TreeNode as _;
            plan.map_children(|child| settle_ties(child).map(Transformed::yes))?
                .data
        }
        other => other,
    })
}

fn settled(mut sort: Sort) -> Sort {
    let schema = Arc::clone(sort.input.schema());
    for (qualifier, field) in schema.iter() {
        if !can_be_sorted(field.data_type()) {
            continue;
        }
        let column = Expr::from((qualifier, field));
        if !sort.expr.iter().any(|e| e.expr == column) {
            sort.expr.push(SortExpr::new(column, true, false));
        }
    }
    sort
}

fn can_be_sorted(kind: &DataType) -> bool {
    !kind.is_nested() && !matches!(kind, DataType::Null)
}

/// Rows of an answer, as they are made. Ends after the first error.
pub struct QueryStream {
    rows: Option<SendableRecordBatchStream>,
    schema: SchemaRef,
    memory_bytes: usize,
}

impl std::fmt::Debug for QueryStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rows of {:?}", self.schema)
    }
}

impl QueryStream {
    /// Columns of the answer.
    pub fn schema(&self) -> SchemaRef {
        match &self.rows {
            Some(rows) => rows.schema(),
            None => Arc::clone(&self.schema),
        }
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, QueryError>> {
        match self.rows.as_mut()?.next().await {
            Some(Ok(batch)) => Some(Ok(batch)),
            Some(Err(error)) => {
                self.rows = None;
                Some(Err(QueryError::from_engine(error, self.memory_bytes)))
            }
            None => {
                self.rows = None;
                None
            }
        }
    }

    /// All rows at once, for answers known to be small.
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>, QueryError> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(batches)
    }
}
