//! `local_clock(time[, zone])`: an instant as a wall clock there shows it, as a timestamp without zone, for cutting days,
//! weeks and months.

use std::sync::Arc;

use arrow::array::{Array, TimestampMicrosecondBuilder};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use letopis_event::Zone;

use super::{Offsets, ZoneArgument, answer, arrays, expect_text, expect_time, time_array};

/// Without a zone, or where it has no value, that of the archive.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LocalClock {
    signature: Signature,
    zone: String,
}

impl LocalClock {
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

impl ScalarUDFImpl for LocalClock {
    fn name(&self) -> &str {
        "local_clock"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_time("local_clock", kinds)?;
        if kinds.len() > 1 {
            expect_text("local_clock", 1, kinds)?;
        }
        Ok(DataType::Timestamp(TimeUnit::Microsecond, None))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let times = time_array(&arrays[0])?;
        let default = self.zone.parse().unwrap_or(Zone::UTC);
        let mut zones = ZoneArgument::new(&arrays, default)?;
        let mut offsets = Offsets::new(default);
        let mut out = TimestampMicrosecondBuilder::with_capacity(times.len());
        for row in 0..times.len() {
            if times.is_null(row) {
                out.append_null();
                continue;
            }
            let micros = times.value(row);
            let offset = i64::from(offsets.at(zones.at(row)?, micros)) * 60_000_000;
            out.append_value(micros.saturating_add(offset));
        }
        answer(Arc::new(out.finish()), constant)
    }
}
