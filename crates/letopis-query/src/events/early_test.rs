//! The exact part of a search as an expression that the Parquet reader evaluates before it decodes any other column.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;

use crate::condition::{Condition, RecordTexts};
use crate::original::OriginalText;

/// Whether a row satisfies a search. A row that cannot be tested passes: the test above it (`TestRows`) then ends the query
/// with an error that says what is wrong, which the reader of Parquet would make a text of.
pub(super) struct EarlyTest {
    condition: Arc<Condition>,
    originals: Arc<dyn OriginalText>,
    /// Names of the columns below, as the test asks for them.
    names: Arc<[String]>,
    columns: Vec<Arc<dyn PhysicalExpr>>,
    /// Readers that no thread uses now: each keeps the last frame it unpacked.
    spare: Arc<Mutex<Vec<RecordTexts>>>,
}

impl EarlyTest {
    pub(super) fn new(
        condition: Arc<Condition>,
        originals: Arc<dyn OriginalText>,
        names: Vec<String>,
        columns: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Self {
        Self {
            condition,
            originals,
            names: names.into(),
            columns,
            spare: Arc::default(),
        }
    }

    fn test(&self, arrays: Vec<ArrayRef>, rows: usize) -> BooleanArray {
        let field = |(name, array): (&String, &ArrayRef)| Field::new(name, array.data_type().clone(), true);
        let fields: Vec<Field> = self.names.iter().zip(&arrays).map(field).collect();
        let spare = self.spare.lock().ok().and_then(|mut spare| spare.pop());
        let mut texts = spare.unwrap_or_else(|| RecordTexts::new(Arc::clone(&self.originals)));
        let tested = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .ok()
            .and_then(|batch| self.condition.test_early(&batch, &mut texts).ok());
        if let Ok(mut spare) = self.spare.lock() {
            spare.push(texts);
        }
        tested.unwrap_or_else(|| BooleanArray::from(vec![true; rows]))
    }
}

impl PhysicalExpr for EarlyTest {
    fn data_type(&self, _: &Schema) -> EngineResult<DataType> {
        Ok(DataType::Boolean)
    }

    fn nullable(&self, _: &Schema) -> EngineResult<bool> {
        Ok(false)
    }

    fn evaluate(&self, batch: &RecordBatch) -> EngineResult<ColumnarValue> {
        let rows = batch.num_rows();
        let arrays = self
            .columns
            .iter()
            .map(|column| column.evaluate(batch)?.into_array(rows));
        let arrays = arrays.collect::<EngineResult<Vec<_>>>()?;
        Ok(ColumnarValue::Array(Arc::new(self.test(arrays, rows))))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.columns.iter().collect()
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> EngineResult<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Self {
            condition: Arc::clone(&self.condition),
            originals: Arc::clone(&self.originals),
            names: Arc::clone(&self.names),
            columns: children,
            spare: Arc::clone(&self.spare),
        }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for EarlyTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.condition)
    }
}

impl fmt::Debug for EarlyTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EarlyTest: {:?}", self.condition)
    }
}

impl PartialEq for EarlyTest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.condition, &other.condition) && self.columns == other.columns
    }
}

impl Eq for EarlyTest {}

impl Hash for EarlyTest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.condition).hash(state);
        self.columns.hash(state);
    }
}
