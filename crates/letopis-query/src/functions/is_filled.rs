//! `is_filled(text)`: whether a text holds anything but spaces.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, StringArray};
use arrow::datatypes::{DataType, Int32Type};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{answer, arrays, expect_text, text_array};

/// The same as `trim(text) <> ''`, but looks at each value of a dictionary once and copies none. No value gives no value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct IsFilled {
    signature: Signature,
}

impl IsFilled {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for IsFilled {
    fn name(&self) -> &str {
        "is_filled"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("is_filled", 0, kinds)?;
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        answer(Arc::new(filled(&arrays[0])?), constant)
    }
}

/// For each row, whether its text holds anything but spaces.
pub(super) fn filled(texts: &ArrayRef) -> EngineResult<BooleanArray> {
    if let Some(rows) = texts.as_dictionary_opt::<Int32Type>() {
        let values = of_texts(&text_array(rows.values())?);
        let mut out = BooleanBuilder::with_capacity(rows.len());
        for key in rows.keys() {
            let value = key.and_then(|key| usize::try_from(key).ok());
            let value = value.filter(|at| *at < values.len() && values.is_valid(*at));
            out.append_option(value.map(|at| values.value(at)));
        }
        return Ok(out.finish());
    }
    Ok(of_texts(&text_array(texts)?))
}

fn of_texts(texts: &StringArray) -> BooleanArray {
    texts
        .iter()
        .map(|text| text.map(|text| text.bytes().any(|byte| byte != b' ')))
        .collect()
}
