//! `time_form(text)`: how a time is written, without the time.

use std::sync::Arc;

use arrow::array::{Array, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{answer, arrays, expect_text, text_array};

/// `9` for each run of digits, `a` for each run of the letters A to Z, one space for several; what stands behind the clock
/// (`9:9:9`: a fraction, a zone) differs from record to record and is cut off. `2026-03-10T09:05:35.97Z` gives
/// `9-9-9a9:9:9`. No value gives no value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TimeForm {
    signature: Signature,
}

impl TimeForm {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for TimeForm {
    fn name(&self) -> &str {
        "time_form"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("time_form", 0, kinds)?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let texts = text_array(&arrays[0])?;
        let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 12);
        let mut form = String::new();
        for text in &texts {
            match text {
                Some(text) => {
                    form.clear();
                    form_of(text, &mut form);
                    out.append_value(&form);
                }
                None => out.append_null(),
            }
        }
        answer(Arc::new(out.finish()), constant)
    }
}

/// Appends the form of a text to an empty one.
pub(super) fn form_of(text: &str, form: &mut String) {
    let mut last = None;
    for sign in text.chars() {
        let sign = match sign {
            '0'..='9' => '9',
            'A'..='Z' | 'a'..='z' => 'a',
            other => other,
        };
        if last == Some(sign) && matches!(sign, '9' | 'a' | ' ') {
            continue;
        }
        last = Some(sign);
        form.push(sign);
        if sign == '9' && form.ends_with("9:9:9") {
            return;
        }
    }
}
