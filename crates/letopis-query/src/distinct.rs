//! `count(*)` beside `count(DISTINCT x)`: planned so that each group does not hold a set of its own.
//!
//! The engine turns `count(DISTINCT x) GROUP BY g` into two groupings, by `g, x` and then by `g`, but only where sums and
//! bounds stand beside it. A count is a sum of ones; said so, it no longer stands in the way. A million addresses with the
//! number of users of each took more than 2 GiB before.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::error::Result as EngineResult;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection, lit, when};

/// Says counts as sums wherever that spares a set for each group.
pub(crate) fn counts_as_sums(plan: LogicalPlan) -> EngineResult<LogicalPlan> {
    each_aggregate(plan, rewritten)
}

/// Puts what `rewritten` makes of each grouping in its place.
pub(crate) fn each_aggregate(
    plan: LogicalPlan,
    rewritten: impl Fn(&Aggregate) -> EngineResult<Option<LogicalPlan>>,
) -> EngineResult<LogicalPlan> {
    let plan = plan.transform_up(|plan| {
        let LogicalPlan::Aggregate(aggregate) = &plan else {
            return Ok(Transformed::no(plan));
        };
        match rewritten(aggregate)? {
            Some(rewritten) => Ok(Transformed::yes(rewritten)),
            None => Ok(Transformed::no(plan)),
        }
    })?;
    Ok(plan.data)
}

/// The same columns under the same names, or nothing where it would not help.
fn rewritten(aggregate: &Aggregate) -> EngineResult<Option<LogicalPlan>> {
    // Without groups there may be no row, whose sum is no number; and then there is but one set.
    let is_set = matches!(aggregate.group_expr.as_slice(), [Expr::GroupingSet(_)]);
    if aggregate.group_expr.is_empty() || is_set {
        return Ok(None);
    }
    let mut distinct = None;
    let mut functions = Vec::with_capacity(aggregate.aggr_expr.len());
    for expression in &aggregate.aggr_expr {
        let Some(function) = function_of(expression) else {
            return Ok(None);
        };
        let params = &function.params;
        if params.filter.is_some() || !params.order_by.is_empty() {
            return Ok(None);
        }
        functions.push(
            match (params.distinct, function.func.name(), params.args.as_slice()) {
                (true, "count", args) if distinct.is_none_or(|known| known == args) => {
                    distinct = Some(args);
                    Expr::AggregateFunction(function.clone())
                }
                (false, "sum" | "min" | "max", _) => Expr::AggregateFunction(function.clone()),
                (false, "count", [Expr::Literal(value, _)]) if !value.is_null() => sum(lit(1_i64)),
                (false, "count", [argument]) => {
                    sum(when(argument.clone().is_not_null(), lit(1_i64)).otherwise(lit(0_i64))?)
                }
                _ => return Ok(None),
            },
        );
    }
    if distinct.is_none() {
        return Ok(None);
    }
    // Two counts of the same would be one sum twice: left as they are.
    let Ok(sums) = Aggregate::try_new(
        Arc::clone(&aggregate.input),
        aggregate.group_expr.clone(),
        functions,
    ) else {
        return Ok(None);
    };
    let columns = sums.schema.iter().zip(aggregate.schema.iter());
    let named = columns.map(|((table, field), (own_table, own))| {
        Expr::Column(Column::new(table.cloned(), field.name()))
            .alias_qualified(own_table.cloned(), own.name())
    });
    let named: Vec<Expr> = named.collect();
    let projection = Projection::try_new(named, Arc::new(LogicalPlan::Aggregate(sums)))?;
    Ok(Some(LogicalPlan::Projection(projection)))
}

fn function_of(expression: &Expr) -> Option<&AggregateFunction> {
    match expression {
        Expr::Alias(alias) => function_of(&alias.expr),
        Expr::AggregateFunction(function) => Some(function),
        _ => None,
    }
}
