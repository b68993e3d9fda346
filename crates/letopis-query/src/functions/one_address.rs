//! `one_address(address)`: an address in the one spelling that all its spellings share.

use std::sync::Arc;

use arrow::array::{Array, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{address, answer, arrays, expect_text, text_array};

/// IPv6 as RFC 5952 writes it, without scope and brackets; IPv4 mapped into IPv6 as the IPv4 address it is. A text that
/// is no address stays as it is; no value gives no value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct OneAddress {
    signature: Signature,
}

impl OneAddress {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for OneAddress {
    fn name(&self) -> &str {
        "one_address"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("one_address", 0, kinds)?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        use std::fmt::Write as _;
        let (arrays, constant) = arrays(&args)?;
        let texts = text_array(&arrays[0])?;
        let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 15);
        let mut spelling = String::new();
        for row in 0..texts.len() {
            if texts.is_null(row) {
                out.append_null();
                continue;
            }
            spelling.clear();
            match address(texts.value(row)) {
                // Writing into a String cannot fail.
                Some(address) => drop(write!(spelling, "{address}")),
                None => spelling.push_str(texts.value(row)),
            }
            out.append_value(&spelling);
        }
        answer(Arc::new(out.finish()), constant)
    }
}
