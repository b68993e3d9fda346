//! Tests rows where they are read: the exact part of a search.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result as EngineResult;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    Boundedness, ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};
use futures::StreamExt as _;

use super::first;
use crate::condition::{Condition, RecordTexts};
use crate::error::QueryError;
use crate::original::OriginalText;

/// Keeps the rows of a scan that satisfy a search, and of these the first columns; the others were read for the test only.
#[derive(Debug)]
pub(super) struct TestRows {
    input: Arc<dyn ExecutionPlan>,
    condition: Arc<Condition>,
    originals: Arc<dyn OriginalText>,
    columns: usize,
    properties: Arc<PlanProperties>,
}

impl TestRows {
    pub(super) fn new(
        input: Arc<dyn ExecutionPlan>,
        condition: Arc<Condition>,
        originals: Arc<dyn OriginalText>,
        columns: usize,
    ) -> EngineResult<Self> {
        let schema = first(&input.schema(), columns);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            input.output_partitioning().clone(),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self {
            input,
            condition,
            originals,
            columns,
            properties: Arc::new(properties),
        })
    }
}

impl DisplayAs for TestRows {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestRows: {:?}", self.condition)
    }
}

impl ExecutionPlan for TestRows {
    fn name(&self) -> &str {
        "TestRows"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        // It does, but its equivalences do not say so; a sort then stays above it, over fewer rows.
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> EngineResult<TreeNodeRecursion>,
    ) -> EngineResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let (Some(input), true) = (children.pop(), children.is_empty()) else {
            return datafusion::common::internal_err!("TestRows has one input");
        };
        Ok(Arc::new(Self::new(
            input,
            Arc::clone(&self.condition),
            Arc::clone(&self.originals),
            self.columns,
        )?))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        self.replace_children(
            children,
            ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute),
        )
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> EngineResult<SendableRecordBatchStream> {
        let rows = self.input.execute(partition, context)?;
        let schema = self.schema();
        let condition = Arc::clone(&self.condition);
        let mut texts = RecordTexts::new(Arc::clone(&self.originals));
        let kept = Arc::clone(&schema);
        let tested = rows.map(move |batch| keep(&batch?, &condition, &mut texts, &kept));
        // A batch in which nothing matched is no answer.
        let tested = tested.filter(|batch| {
            let empty = matches!(batch, Ok(batch) if batch.num_rows() == 0);
            futures::future::ready(!empty)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, tested)))
    }
}

fn keep(
    batch: &RecordBatch,
    condition: &Condition,
    texts: &mut RecordTexts,
    schema: &SchemaRef,
) -> EngineResult<RecordBatch> {
    let test = condition.test(batch, texts).map_err(QueryError::into_engine)?;
    let columns: Vec<usize> = (0..schema.fields().len()).collect();
    let projected = batch.project(&columns)?;
    Ok(filter_record_batch(&projected, &test)?)
}
