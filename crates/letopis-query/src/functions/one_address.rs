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
            let text = texts.value(row);
            if is_one_ipv4(text.as_bytes()) {
                out.append_value(text);
                continue;
            }
            spelling.clear();
            match address(text) {
                // Writing into a String cannot fail.
                Some(address) => drop(write!(spelling, "{address}")),
                None => spelling.push_str(text),
            }
            out.append_value(&spelling);
        }
        answer(Arc::new(out.finish()), constant)
    }
}

/// Whether this is an IPv4 address as it is written: four numbers up to 255 without leading zeros. Nearly all are.
fn is_one_ipv4(text: &[u8]) -> bool {
    let mut parts = 0;
    let each = |part: &[u8]| {
        parts += 1;
        matches!(
            part,
            [b'0'..=b'9']
                | [b'1'..=b'9', b'0'..=b'9']
                | [b'1', b'0'..=b'9', b'0'..=b'9']
                | [b'2', b'0'..=b'4', b'0'..=b'9']
                | [b'2', b'5', b'0'..=b'5']
        )
    };
    text.len() <= 15 && text.split(|byte| *byte == b'.').all(each) && parts == 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn what_is_passed_through_is_what_would_be_written() {
        let numbers = [
            "", "0", "9", "10", "99", "100", "199", "249", "255", "256", "260", "300", "01", "1000", "a",
        ];
        let mut passed = 0;
        for a in numbers {
            for b in numbers {
                for text in [
                    format!("{a}.{b}.0.1"),
                    format!("1.2.{a}.{b}"),
                    format!("{a}.{b}.3"),
                    format!("{a}.1.2.{b}.4"),
                ] {
                    let written = text.parse::<Ipv4Addr>().map(|address| address.to_string());
                    assert_eq!(
                        is_one_ipv4(text.as_bytes()),
                        written.as_ref() == Ok(&text),
                        "{text}"
                    );
                    passed += usize::from(written.is_ok());
                }
            }
        }
        assert!(passed > 100, "{passed}");
    }
}
