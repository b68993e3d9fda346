//! `is_account(name, account)`: whether a recorded name means an account, with or without its domain.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{answer, arrays, expect_text, text_array};

/// True for `aigul`, `DOM\\aigul` and `aigul@dom.kz` when asked for `aigul`, in any case; a name asked for with its domain must
/// be recorded with it. False, not unknown, where no name is recorded.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct IsAccount {
    signature: Signature,
}

impl IsAccount {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(2, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for IsAccount {
    fn name(&self) -> &str {
        "is_account"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("is_account", 0, kinds)?;
        expect_text("is_account", 1, kinds)?;
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let (names, accounts) = (text_array(&arrays[0])?, text_array(&arrays[1])?);
        let mut wanted = String::new();
        let mut wanted_of: Option<&str> = None;
        let mut found = Vec::with_capacity(names.len());
        for row in 0..names.len() {
            if names.is_null(row) || accounts.is_null(row) {
                found.push(false);
                continue;
            }
            let account = accounts.value(row);
            if wanted_of != Some(account) {
                wanted = account.to_lowercase();
                wanted_of = Some(account);
            }
            found.push(means(names.value(row), &wanted));
        }
        answer(Arc::new(BooleanArray::from(found)), constant)
    }
}

/// `wanted` in small letters.
pub(super) fn means(name: &str, wanted: &str) -> bool {
    if wanted.is_empty() {
        return false;
    }
    let name = name.to_lowercase();
    if name == wanted {
        return true;
    }
    let after_domain = name
        .rsplit_once('\\')
        .is_some_and(|(_, account)| account == wanted);
    let before_domain = name.split_once('@').is_some_and(|(account, _)| account == wanted);
    after_domain || before_domain
}
