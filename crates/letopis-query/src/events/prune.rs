//! Leaves segments closed in which no row can satisfy a condition.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use arrow::datatypes::{DataType, Field, SchemaRef, TimeUnit};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use letopis_event::filter::ColumnTest;
use letopis_event::{EventId, Filter};

use super::holds_text;
use crate::lookup::may_hold;
use crate::store::SegmentInfo;

/// For each segment whether it may hold rows that satisfy the predicate.
pub(super) fn keep(
    list: &[SegmentInfo],
    predicate: &Arc<dyn PhysicalExpr>,
    schema: &SchemaRef,
) -> EngineResult<Vec<bool>> {
    // A predicate that can not be judged from statistics keeps every segment.
    let pruning = PruningPredicateBuilder::new()
        .with_file_schema(Arc::clone(schema))
        .build(Arc::clone(predicate));
    let Some(pruning) = pruning else {
        return Ok(vec![true; list.len()]);
    };
    pruning.prune(&Catalogue { list, schema })
}

/// Conditions on columns that every row satisfies which satisfies the filter, where statistics can judge them: what a
/// search says of time leaves segments, row groups and pages closed as what SQL says of it does.
pub(super) fn bounds(filter: &Filter, schema: &SchemaRef) -> Vec<Expr> {
    match filter {
        Filter::All(parts) => parts.iter().flat_map(|part| bounds(part, schema)).collect(),
        Filter::Any(parts) if parts.len() == 1 => {
            parts.iter().flat_map(|part| bounds(part, schema)).collect()
        }
        Filter::Column {
            column,
            test: ColumnTest::TimeRange { from, to },
        } => {
            let Ok(DataType::Timestamp(TimeUnit::Microsecond, zone)) =
                schema.field_with_name(column).map(Field::data_type)
            else {
                return Vec::new();
            };
            let instant = |micros: i64| lit(ScalarValue::TimestampMicrosecond(Some(micros), zone.clone()));
            let from = from.map(|from| col(column.as_str()).gt_eq(instant(from)));
            let to = to.map(|to| col(column.as_str()).lt(instant(to)));
            from.into_iter().chain(to).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the values that a segment is known to hold let any row of it satisfy the filter.
pub(super) fn may_satisfy(info: &SegmentInfo, filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| may_satisfy(info, part)),
        Filter::Any(parts) => parts.iter().any(|part| may_satisfy(info, part)),
        // Equal is what folding makes equal: among ASCII the other case, and a letter beyond it may fold into it.
        Filter::Column {
            column,
            test: ColumnTest::Equals(value),
        } if value.is_ascii() => info.values.get(column).is_none_or(|known| {
            known
                .iter()
                .any(|known| !known.is_ascii() || known.eq_ignore_ascii_case(value))
        }),
        _ => true,
    }
}

/// What is known of the segments, as the engine asks for it.
struct Catalogue<'a> {
    list: &'a [SegmentInfo],
    schema: &'a SchemaRef,
}

impl Catalogue<'_> {
    /// One value for each segment, in the type of the column.
    fn column(&self, name: &str, of: impl Fn(&SegmentInfo) -> Option<ScalarValue>) -> Option<ArrayRef> {
        let kind = self.schema.field_with_name(name).ok()?.data_type();
        let unknown = ScalarValue::try_from(kind).ok()?;
        let values = self.list.iter().map(|info| match of(info) {
            Some(value) => value.cast_to(kind).unwrap_or_else(|_| unknown.clone()),
            None => unknown.clone(),
        });
        ScalarValue::iter_to_array(values).ok()
    }

    fn bound(&self, column: &Column, last: bool) -> Option<ArrayRef> {
        let name = column.name.as_str();
        if name == "time" {
            return self.column(name, |info| {
                let (least, most) = info.time?;
                let micros = if last { most } else { least };
                Some(ScalarValue::TimestampMicrosecond(
                    Some(micros),
                    Some("UTC".into()),
                ))
            });
        }
        let kind = self.schema.field_with_name(name).ok()?.data_type();
        if !holds_text(kind) {
            return None;
        }
        self.column(name, |info| {
            let values = info.values.get(name)?;
            let value = if last { values.last() } else { values.first() };
            value.map(|value| ScalarValue::from(value.as_str()))
        })
    }
}

impl PruningStatistics for Catalogue<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, false)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, true)
    }

    fn num_containers(&self) -> usize {
        self.list.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        if column.name != "time" {
            return None;
        }
        let counts = self
            .list
            .iter()
            .map(|info| match (info.time, info.rows_without_time) {
                (None, _) => Some(info.rows),
                (Some(_), known) => known,
            });
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(
            self.list.iter().map(|i| Some(i.rows)).collect::<UInt64Array>(),
        ))
    }

    #[allow(clippy::mutable_key_type, clippy::iter_over_hash_type)] // As the trait says; only membership leaves here.
    fn contained(&self, column: &Column, values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        let name = column.name.as_str();
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            texts.push(value.try_as_str()??);
        }
        let answers = self.list.iter().map(|info| {
            if name == "event_id" {
                let held = texts.iter().filter_map(|t| t.parse::<EventId>().ok());
                // A text that is no citation stands in no row.
                return (!held.into_iter().any(|id| may_hold(info, &id))).then_some(false);
            }
            let known = info.values.get(name)?;
            let any = texts.iter().any(|t| known.contains(*t));
            // Never `true`: rows without a value are not in the set.
            if any { None } else { Some(false) }
        });
        Some(answers.collect())
    }
}
