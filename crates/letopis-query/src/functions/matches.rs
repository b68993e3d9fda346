//! `matches(event_id, query)`: whether the event satisfies a search.
//!
//! In a condition on `events` the table itself takes it over (see `events`): the index narrows, the rows that are left are tested
//! exactly where they are read. Anywhere else this function looks each event up by its citation.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{answer, arrays, expect_text, text_array};
use crate::lookup::Lookup;

/// Name of the function.
pub(crate) const NAME: &str = "matches";

/// No value for a citation of no record of this archive.
#[derive(Debug)]
pub(super) struct Matches {
    signature: Signature,
    lookup: Arc<Lookup>,
}

impl Matches {
    pub(super) fn new(lookup: Arc<Lookup>) -> Self {
        Self {
            signature: Signature::any(2, Volatility::Stable),
            lookup,
        }
    }
}

super::same_when_same_lookup!(Matches);

impl ScalarUDFImpl for Matches {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text(NAME, 0, kinds)?;
        expect_text(NAME, 1, kinds)?;
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let (ids, queries) = (text_array(&arrays[0])?, text_array(&arrays[1])?);
        let mut found = vec![None; ids.len()];
        // Almost always there is one query; runs of equal ones are asked together.
        let mut start = 0;
        while start < ids.len() {
            let query = queries.is_valid(start).then(|| queries.value(start));
            let mut end = start + 1;
            while end < ids.len() && queries.is_valid(end).then(|| queries.value(end)) == query {
                end += 1;
            }
            if let Some(query) = query {
                let wanted: Vec<Option<&str>> = (start..end)
                    .map(|r| ids.is_valid(r).then(|| ids.value(r)))
                    .collect();
                let answers = self.lookup.matches(&wanted, query)?;
                found[start..end].copy_from_slice(&answers);
            }
            start = end;
        }
        answer(Arc::new(BooleanArray::from(found)), constant)
    }
}
