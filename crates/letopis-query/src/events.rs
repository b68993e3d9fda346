//! The event table over segments: which are opened, which of their rows are read, and who tests them.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, Statistics, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result as EngineResult;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use letopis_event::Filter;
use parquet::arrow::arrow_reader::RowSelection;

use crate::condition::{BINARY, Condition};
use crate::error::QueryError;
use crate::functions::matches;
use crate::original::OriginalText;
use crate::search::TextSearch;
use crate::segments::{SegmentPosition, SegmentReaders, Segments};
use crate::store::SegmentInfo;
use early_test::EarlyTest;

mod early_test;
mod parts;
mod prune;
mod test_rows;

#[cfg(test)]
pub(crate) use parts::LEAST_PART;

/// The object store that the engine is told of; every byte comes from the segment store instead.
pub(crate) const STORE_URL: &str = "letopis://segments";

/// The table `events`.
#[derive(Debug)]
pub(crate) struct EventTable {
    segments: Arc<Segments>,
    originals: Arc<dyn OriginalText>,
    search: Arc<dyn TextSearch>,
    schema: SchemaRef,
}

impl EventTable {
    pub(crate) fn new(
        segments: Arc<Segments>,
        originals: Arc<dyn OriginalText>,
        search: Arc<dyn TextSearch>,
    ) -> Self {
        Self {
            segments,
            originals,
            search,
            schema: letopis_table::dictionary_schema(),
        }
    }

    /// The search that a condition asks for, where it consists of nothing but `matches(event_id, '…')`, `AND`, `OR`, `NOT`.
    fn search_of(&self, expr: &Expr) -> EngineResult<Option<(Filter, String)>> {
        match expr {
            Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == matches::NAME => {
                let [Expr::Column(column), Expr::Literal(query, _)] = args.as_slice() else {
                    return Ok(None);
                };
                let (true, Some(Some(query))) = (column.name == "event_id", query.try_as_str()) else {
                    return Ok(None);
                };
                let filter = self.search.parse(query).map_err(|source| {
                    let query = query.to_owned();
                    QueryError::Search { query, source }.into_engine()
                })?;
                Ok(Some((filter, format!("'{query}'"))))
            }
            Expr::Not(inner) => Ok(self
                .search_of(inner)?
                .map(|(filter, query)| (Filter::Not(Box::new(filter)), format!("NOT {query}")))),
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                let word = match op {
                    Operator::And => "AND",
                    Operator::Or => "OR",
                    _ => return Ok(None),
                };
                let (Some(left), Some(right)) = (self.search_of(left)?, self.search_of(right)?) else {
                    return Ok(None);
                };
                let query = format!("({} {word} {})", left.1, right.1);
                let parts = vec![left.0, right.0];
                let filter = if word == "AND" {
                    Filter::All(parts)
                } else {
                    Filter::Any(parts)
                };
                Ok(Some((filter, query)))
            }
            _ => Ok(None),
        }
    }

    /// Every search among the conditions as one, and the conditions that are none.
    fn split<'a>(&self, filters: &'a [Expr]) -> EngineResult<(Option<Condition>, Vec<&'a Expr>)> {
        let (mut searches, mut rest) = (Vec::new(), Vec::new());
        for filter in filters {
            match self.search_of(filter)? {
                Some(search) => searches.push(search),
                None => rest.push(filter),
            }
        }
        if searches.is_empty() {
            return Ok((None, rest));
        }
        let (filters, queries): (Vec<_>, Vec<_>) = searches.into_iter().unzip();
        let filter = match <[Filter; 1]>::try_from(filters) {
            Ok([one]) => one,
            Err(many) => Filter::All(many),
        };
        let condition =
            Condition::new(&*self.search, filter, queries.join(" AND ")).map_err(QueryError::into_engine)?;
        Ok((Some(condition), rest))
    }

    /// The segments that can hold rows, each with the rows that are candidates.
    fn files(
        &self,
        condition: Option<&Condition>,
        predicate: Option<&Arc<dyn PhysicalExpr>>,
    ) -> EngineResult<Vec<(usize, PartitionedFile)>> {
        let list = self.segments.list();
        let keep = match predicate {
            Some(predicate) => prune::keep(list, predicate, &self.schema)?,
            None => vec![true; list.len()],
        };
        let mut positions = Vec::new();
        for (position, info) in list.iter().enumerate() {
            let may_satisfy = condition.is_none_or(|condition| prune::may_satisfy(info, &condition.filter));
            if may_satisfy && keep.get(position).copied().unwrap_or(true) {
                positions.push(position);
            }
        }
        let candidates = match condition {
            Some(condition) => self.candidates(&positions, condition)?,
            None => positions.iter().map(|_| None).collect(),
        };
        let mut files = Vec::new();
        for (position, candidates) in positions.into_iter().zip(candidates) {
            if candidates
                .as_ref()
                .is_some_and(|selection| !selection.selects_any())
            {
                continue;
            }
            let Some(info) = list.get(position) else { continue };
            let mut file = PartitionedFile::new(position.to_string(), info.bytes)
                .with_arrow_schema(Arc::clone(&self.schema))
                .with_extension(SegmentPosition(position));
            if let Some(selection) = candidates {
                file = file.with_extension(ParquetRowSelection::new(selection));
            }
            files.push((position, file));
        }
        Ok(files)
    }

    /// What the indexes of these segments leave, asked by several threads.
    fn candidates(
        &self,
        positions: &[usize],
        condition: &Condition,
    ) -> EngineResult<Vec<Option<RowSelection>>> {
        let list = self.segments.list();
        let next = AtomicUsize::new(0);
        let ask = || {
            let mut found = Vec::new();
            while let Some(at) = positions.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Some(info) = list.get(*at) {
                    found.push((*at, candidates(&*self.search, info, condition)?));
                }
            }
            Ok::<_, QueryError>(found)
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let found = thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(positions.len()))
                .map(|_| scope.spawn(ask))
                .collect();
            let mut found = ask()?;
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(found)
        });
        let mut found = found.map_err(QueryError::into_engine)?;
        found.sort_unstable_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, selection)| selection).collect())
    }

    /// Whether a segment may hold records whose text is rendered from columns. The footer tells when the catalogue does not.
    fn may_be_binary(&self, position: usize) -> EngineResult<bool> {
        if let Some(encodings) = self
            .segments
            .list()
            .get(position)
            .and_then(|i| i.values.get("encoding"))
        {
            return Ok(encodings.contains(BINARY));
        }
        let footer = self.segments.footer(position).map_err(QueryError::into_engine)?;
        let columns = footer.file_metadata().schema_descr().columns();
        let Some(at) = columns.iter().position(|c| c.path().string() == "encoding") else {
            return Ok(true);
        };
        Ok(footer.row_groups().iter().any(|group| {
            let range = group
                .column(at)
                .statistics()
                .and_then(|s| Some((s.min_bytes_opt()?, s.max_bytes_opt()?)));
            range.is_none_or(|(least, most)| least <= BINARY.as_bytes() && BINARY.as_bytes() <= most)
        }))
    }
}

impl EventTable {
    /// What reads the files. Without a search above it the engine hands its conditions to the scan by itself.
    fn source(
        &self,
        state: &dyn Session,
        condition: Option<&Arc<Condition>>,
        predicate: Option<Arc<dyn PhysicalExpr>>,
        wanted: &[usize],
        binary: bool,
    ) -> EngineResult<ParquetSource> {
        let source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(state.table_options().parquet.clone())
            .with_pushdown_filters(true)
            .with_enable_page_index(true)
            .with_parquet_file_reader_factory(Arc::new(SegmentReaders(Arc::clone(&self.segments))));
        let Some(condition) = condition else {
            return Ok(source);
        };
        let tests = predicate
            .into_iter()
            .chain(self.early_test(condition, wanted, binary)?);
        Ok(match datafusion::physical_expr::conjunction_opt(tests) {
            Some(tests) => source.with_predicate(tests),
            None => source,
        })
    }

    /// The search as a test inside the Parquet reader, where it spares something: other columns are then decoded only for
    /// the rows that pass. The rows are tested once more above it, so that nothing rests on the reader taking the test over.
    fn early_test(
        &self,
        condition: &Arc<Condition>,
        wanted: &[usize],
        binary: bool,
    ) -> EngineResult<Option<Arc<dyn PhysicalExpr>>> {
        let names: Vec<String> = condition
            .columns(binary)
            .into_iter()
            .filter(|name| self.schema.index_of(name).is_ok())
            .collect();
        let spared = wanted.iter().any(|column| {
            self.schema
                .fields()
                .get(*column)
                .is_some_and(|f| !names.contains(f.name()))
        });
        let is_flat = |name: &String| {
            let field = self.schema.field_with_name(name);
            field.is_ok_and(|field| !field.data_type().is_nested())
        };
        if !spared || names.is_empty() || !names.iter().all(is_flat) {
            return Ok(None);
        }
        let columns = names.iter().map(|name| col(name, &self.schema));
        let columns = columns.collect::<EngineResult<Vec<_>>>()?;
        let test = EarlyTest::new(Arc::clone(condition), Arc::clone(&self.originals), names, columns);
        Ok(Some(Arc::new(test)))
    }
}

/// Rows that the index leaves as candidates, checked before the engine relies on their order.
fn candidates(
    search: &dyn TextSearch,
    info: &SegmentInfo,
    condition: &Condition,
) -> Result<Option<RowSelection>, QueryError> {
    let refuse = |source: crate::error::BoxError| QueryError::Segment {
        segment: info.id.clone(),
        source,
    };
    let Some(ranges) = search.candidates(&info.id, &condition.filter).map_err(refuse)? else {
        return Ok(None);
    };
    let rows = usize::try_from(info.rows).map_err(|e| refuse(Box::new(e)))?;
    let mut checked = Vec::with_capacity(ranges.len());
    let mut end = 0;
    for range in ranges {
        if range.start < end || range.end < range.start || range.end > info.rows {
            let found = format!("its index names the rows {range:?} after row {end} of {rows}");
            return Err(refuse(found.into()));
        }
        end = range.end;
        checked.push(range.start as usize..range.end as usize);
    }
    Ok(Some(RowSelection::from_consecutive_ranges(
        checked.into_iter(),
        rows,
    )))
}

#[async_trait]
impl TableProvider for EventTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> EngineResult<Vec<TableProviderFilterPushDown>> {
        let mut answers = Vec::with_capacity(filters.len());
        for filter in filters {
            answers.push(match self.search_of(filter)? {
                Some(_) => TableProviderFilterPushDown::Exact,
                None => TableProviderFilterPushDown::Inexact,
            });
        }
        Ok(answers)
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let (condition, rest) = self.split(filters)?;
        let bounds = condition
            .as_ref()
            .map(|condition| prune::bounds(&condition.filter, &self.schema));
        let tests = rest.into_iter().cloned().chain(bounds.into_iter().flatten());
        let predicate = match conjunction(tests) {
            Some(expr) => {
                let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
                Some(state.create_physical_expr(expr, &schema)?)
            }
            None => None,
        };
        let files = self.files(condition.as_ref(), predicate.as_ref())?;
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(
                &self.schema,
                projection,
            )?)));
        }
        let mut binary = false;
        if condition.as_ref().is_some_and(Condition::needs_text) {
            for (position, _) in &files {
                binary = binary || self.may_be_binary(*position)?;
            }
        }
        let wanted: Vec<usize> = match projection {
            Some(projection) => projection.clone(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let mut read = wanted.clone();
        for column in condition.iter().flat_map(|c| c.columns(binary)) {
            // A column that the table does not have has no value in any row; the matcher sees it missing.
            if let Ok(position) = self.schema.index_of(&column)
                && !read.contains(&position)
            {
                read.push(position);
            }
        }
        let rows: u64 = files
            .iter()
            .filter_map(|(position, _)| self.segments.list().get(*position))
            .map(|info| info.rows)
            .sum();
        let files = files.into_iter().map(|(_, file)| file).collect();
        let condition = condition.map(Arc::new);
        let source = self.source(state, condition.as_ref(), predicate, &wanted, binary)?;
        let statistics = Statistics {
            // The catalogue is derived: good for planning, not for answering a count.
            num_rows: Precision::Inexact(usize::try_from(rows).unwrap_or(usize::MAX)),
            ..Statistics::new_unknown(&self.schema)
        };
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::parse(STORE_URL)?, Arc::new(source))
            .with_file_groups(parts::groups(files, state.config().target_partitions()))
            .with_projection_indices(Some(read))?
            .with_statistics(statistics)
            .with_limit(limit.filter(|_| condition.is_none()))
            .build();
        let scan: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(config);
        Ok(match condition {
            Some(condition) => Arc::new(test_rows::TestRows::new(
                scan,
                condition,
                Arc::clone(&self.originals),
                wanted.len(),
            )?),
            None => scan,
        })
    }
}

/// The first columns of a schema.
fn first(schema: &Schema, columns: usize) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .take(columns)
        .map(|f| f.as_ref().clone())
        .collect();
    Arc::new(Schema::new(fields))
}

/// Whether a column holds text, plain or in a dictionary.
fn holds_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => true,
        DataType::Dictionary(_, values) => holds_text(values),
        _ => false,
    }
}
