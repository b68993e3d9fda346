//! `raw(event_id)`: the record as written, decoded; for binary formats the rendered fields.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{answer, arrays, expect_text, text_array};
use crate::lookup::Lookup;

/// No value for a citation of no record of this archive; an original that can not be read ends the query.
#[derive(Debug)]
pub(super) struct Raw {
    signature: Signature,
    lookup: Arc<Lookup>,
}

impl Raw {
    pub(super) fn new(lookup: Arc<Lookup>) -> Self {
        Self {
            signature: Signature::any(1, Volatility::Stable),
            lookup,
        }
    }
}

super::same_when_same_lookup!(Raw);

impl ScalarUDFImpl for Raw {
    fn name(&self) -> &str {
        "raw"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("raw", 0, kinds)?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let ids = text_array(&arrays[0])?;
        let wanted: Vec<Option<&str>> = ids.iter().collect();
        let texts = StringArray::from(self.lookup.texts(&wanted)?);
        answer(Arc::new(texts) as ArrayRef, constant)
    }
}
