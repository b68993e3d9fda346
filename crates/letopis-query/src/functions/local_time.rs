//! `local_time(time[, zone])`: an instant as a person there reads it, with its offset: `2026-01-01T00:12:03+05:00`.

use std::sync::Arc;

use arrow::array::{Array, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use letopis_event::Zone;
use letopis_event::time::format_rfc3339;

use super::{Offsets, ZoneArgument, answer, arrays, expect_text, expect_time, time_array};

/// Without a zone, or where it has no value, that of the archive.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LocalTime {
    signature: Signature,
    zone: String,
}

impl LocalTime {
    pub(super) fn new(zone: Zone) -> Self {
        Self {
            signature: Signature::one_of(
                vec![TypeSignature::Any(1), TypeSignature::Any(2)],
                Volatility::Immutable,
            ),
            zone: zone.to_string(),
        }
    }
}

impl ScalarUDFImpl for LocalTime {
    fn name(&self) -> &str {
        "local_time"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_time("local_time", kinds)?;
        if kinds.len() > 1 {
            expect_text("local_time", 1, kinds)?;
        }
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let times = time_array(&arrays[0])?;
        let default = self.zone.parse().unwrap_or(Zone::UTC);
        let mut zones = ZoneArgument::new(&arrays, default)?;
        let mut offsets = Offsets::new(default);
        let mut out = StringBuilder::with_capacity(times.len(), times.len() * 25);
        let mut text = String::with_capacity(40);
        for row in 0..times.len() {
            if times.is_null(row) {
                out.append_null();
                continue;
            }
            let micros = times.value(row);
            text.clear();
            format_rfc3339(micros, offsets.at(zones.at(row)?, micros), &mut text);
            out.append_value(&text);
        }
        answer(Arc::new(out.finish()), constant)
    }
}
