//! `kind_title(kind)`: what a kind of event is called, in English.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use letopis_event::Kind;

use super::{answer, arrays, expect_text, text_array};

/// No value for a code that is not registered.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct KindTitle {
    signature: Signature,
}

impl KindTitle {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for KindTitle {
    fn name(&self) -> &str {
        "kind_title"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("kind_title", 0, kinds)?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let codes = text_array(&arrays[0])?;
        let titles: StringArray = codes
            .iter()
            .map(|code| code.and_then(Kind::parse).map(|kind| kind.info().title))
            .collect();
        answer(Arc::new(titles) as ArrayRef, constant)
    }
}
