//! Parts of a statement that stand in it more than once are worked out once: the engine puts a `WITH` in wherever it is
//! named, and would read the events each time.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::compute::cast;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as EngineResult;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SubqueryAlias};
use datafusion::physical_plan::execute_stream;
use futures::StreamExt as _;

/// The plan with each such part as a table of its rows. A part whose rows take more than `most_bytes` stays as it is.
pub(crate) async fn worked_out_once(
    plan: LogicalPlan,
    state: &SessionState,
    most_bytes: usize,
) -> EngineResult<LogicalPlan> {
    let mut tables: Vec<(LogicalPlan, LogicalPlan)> = Vec::new();
    for part in parts(&plan)? {
        if let Some(batches) = rows(&part, state, most_bytes).await? {
            let table = MemTable::try_new(Arc::new(part.schema().as_arrow().clone()), vec![batches])?;
            let scan = LogicalPlanBuilder::scan("rows", provider_as_source(Arc::new(table)), None)?;
            tables.push((part, scan.build()?));
        }
    }
    if tables.is_empty() {
        return Ok(plan);
    }
    let replaced = plan.transform_down(|node| {
        let LogicalPlan::SubqueryAlias(alias) = &node else {
            return Ok(Transformed::no(node));
        };
        match tables.iter().find(|(part, _)| *part == *alias.input) {
            Some((_, table)) => {
                let named = SubqueryAlias::try_new(Arc::new(table.clone()), alias.alias.clone())?;
                Ok(Transformed::yes(LogicalPlan::SubqueryAlias(named)))
            }
            None => Ok(Transformed::no(node)),
        }
    })?;
    Ok(replaced.data)
}

/// What stands under a name more than once, reads the events and makes groups of them: few rows of many. Of parts within
/// one another the innermost.
fn parts(plan: &LogicalPlan) -> EngineResult<Vec<LogicalPlan>> {
    let mut times: HashMap<&LogicalPlan, usize> = HashMap::new();
    let mut order: Vec<&LogicalPlan> = Vec::new();
    plan.apply(|node| {
        if let LogicalPlan::SubqueryAlias(alias) = node
            && is_worth(&alias.input)?
        {
            let input: &LogicalPlan = &alias.input;
            let known = times.entry(input).or_default();
            *known += 1;
            if *known == 1 {
                order.push(input);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    order.retain(|part| times.get(part).is_some_and(|times| *times > 1));
    let mut innermost = Vec::new();
    for part in &order {
        let holds_another = part.exists(|node| {
            let LogicalPlan::SubqueryAlias(alias) = node else {
                return Ok(false);
            };
            Ok(order.contains(&alias.input.as_ref()))
        })?;
        if !holds_another {
            innermost.push((*part).clone());
        }
    }
    Ok(innermost)
}

fn is_worth(part: &LogicalPlan) -> EngineResult<bool> {
    let groups = part.exists(|node| {
        Ok(matches!(
            node,
            LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_)
        ))
    })?;
    let reads = part.exists(|node| {
        Ok(matches!(node, LogicalPlan::TableScan(scan) if scan.table_name.table() == "events"))
    })?;
    Ok(groups && reads)
}

/// The rows of a part, as its plan types them; `None` where they take more bytes.
async fn rows(
    part: &LogicalPlan,
    state: &SessionState,
    most_bytes: usize,
) -> EngineResult<Option<Vec<RecordBatch>>> {
    let schema = Arc::new(part.schema().as_arrow().clone());
    let physical = state.create_physical_plan(part).await?;
    let mut stream = execute_stream(physical, state.task_ctx())?;
    let (mut batches, mut bytes) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        bytes += batch.get_array_memory_size();
        if bytes > most_bytes {
            return Ok(None);
        }
        // What is planned as a text may be made as a dictionary of texts.
        let columns = batch.columns().iter().zip(schema.fields());
        let columns = columns.map(|(column, field)| cast(column, field.data_type()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    Ok(Some(batches))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use arrow::util::pretty::pretty_format_batches;
    use datafusion::prelude::{SessionConfig, SessionContext};

    const NAMED_OFTEN: &str = "
        WITH days AS (SELECT source, day, count(*) AS n FROM events GROUP BY source, day),
          bounds AS (SELECT min(day) AS first, max(day) AS last FROM days),
          alone AS (SELECT source, max(n) AS most FROM events AS e JOIN (VALUES (7)) AS v(n) ON true GROUP BY source)
        SELECT a.source, a.day, a.n, b.n AS before, (SELECT first FROM bounds) AS first, bounds.last, alone.most
        FROM days AS a
        LEFT JOIN days AS b ON a.source = b.source AND b.day = a.day - 1
        CROSS JOIN bounds
        LEFT JOIN alone ON alone.source = a.source
        WHERE a.n > 1
        ORDER BY a.source, a.day";

    fn context() -> SessionContext {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3));
        let sources: Vec<String> = (0..5000).map(|n| format!("s{}", n % 7)).collect();
        let days: Vec<Option<i64>> = (0..5000).map(|n| (n % 11 > 0).then_some(n * n % 31)).collect();
        let columns: [(&str, ArrayRef); 2] = [
            ("source", Arc::new(StringArray::from(sources))),
            ("day", Arc::new(Int64Array::from(days))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
        context.register_table("events", Arc::new(table)).unwrap();
        context
    }

    fn scans(plan: &LogicalPlan) -> usize {
        let mut scans = 0;
        plan.apply_with_subqueries(|node| {
            scans +=
                usize::from(matches!(node, LogicalPlan::TableScan(s) if s.table_name.table() == "events"));
            Ok(TreeNodeRecursion::Continue)
        })
        .unwrap();
        scans
    }

    async fn answer(context: &SessionContext, plan: LogicalPlan) -> String {
        let rows = context.execute_logical_plan(plan).await.unwrap();
        let batches = rows.collect().await.unwrap();
        pretty_format_batches(&batches).unwrap().to_string()
    }

    #[tokio::test]
    async fn what_is_named_often_is_read_once() {
        let context = context();
        let state = context.state();
        let plan = state.create_logical_plan(NAMED_OFTEN).await.unwrap();
        assert_eq!(scans(&plan), 5);
        let once = worked_out_once(plan.clone(), &state, 1 << 20).await.unwrap();
        // The one that is named once, and the one inside an expression, which is left alone.
        assert_eq!(scans(&once), 2);
        let expected = answer(&context, plan).await;
        assert!(expected.lines().count() > 100, "{expected}");
        assert_eq!(answer(&context, once).await, expected);
    }

    #[tokio::test]
    async fn parts_with_too_many_rows_stay_where_they_are() {
        let context = context();
        let state = context.state();
        let plan = state.create_logical_plan(NAMED_OFTEN).await.unwrap();
        assert_eq!(worked_out_once(plan.clone(), &state, 100).await.unwrap(), plan);
        let plain = "SELECT source, count(*) FROM events GROUP BY source ORDER BY source";
        let plan = state.create_logical_plan(plain).await.unwrap();
        assert_eq!(
            worked_out_once(plan.clone(), &state, 1 << 20).await.unwrap(),
            plan
        );
    }
}
