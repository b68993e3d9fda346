//! An instant on the clock of a zone. `local_time(time[, zone])` as a person there reads it, with its offset:
//! `2026-01-01T00:12:03+05:00`. `local_clock(time[, zone])` as a timestamp without zone, for cutting days, weeks and
//! months. `local_day(time[, zone])` as the date there.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Builder, StringBuilder, TimestampMicrosecondArray, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use letopis_event::Zone;
use letopis_event::time::format_rfc3339;

use super::{Offsets, ZoneArgument, answer, expect_text, expect_time, time_array};

/// How the instant is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Text with the offset.
    Time,
    /// Wall clock.
    Clock,
    /// Date.
    Day,
}

/// Without a zone, or where it has no value, that of the archive.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Local {
    form: Form,
    signature: Signature,
    zone: String,
}

impl Local {
    pub(super) fn new(form: Form, zone: Zone) -> Self {
        Self {
            form,
            signature: Signature::one_of(
                vec![TypeSignature::Any(1), TypeSignature::Any(2)],
                Volatility::Immutable,
            ),
            zone: zone.to_string(),
        }
    }
}

impl ScalarUDFImpl for Local {
    fn name(&self) -> &str {
        match self.form {
            Form::Time => "local_time",
            Form::Clock => "local_clock",
            Form::Day => "local_day",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_time(self.name(), kinds)?;
        if kinds.len() > 1 {
            expect_text(self.name(), 1, kinds)?;
        }
        Ok(match self.form {
            Form::Time => DataType::Utf8,
            Form::Clock => DataType::Timestamp(TimeUnit::Microsecond, None),
            Form::Day => DataType::Date32,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let default = self.zone.parse().unwrap_or(Zone::UTC);
        let zones = ZoneArgument::new(&args, default)?;
        let constant = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let times = time_array(&args.args[0].to_array(rows)?)?;
        let rows = Rows {
            times,
            zones,
            offsets: Offsets::new(default),
        };
        let values = match self.form {
            Form::Time => rows.texts()?,
            Form::Clock => rows.clocks()?,
            Form::Day => rows.days()?,
        };
        answer(values, constant)
    }
}

/// Instants with the zone of each.
struct Rows {
    times: TimestampMicrosecondArray,
    zones: ZoneArgument,
    offsets: Offsets,
}

impl Rows {
    /// Instant of a row and its offset in minutes; none where there is no instant.
    fn at(&mut self, row: usize) -> EngineResult<Option<(i64, i16)>> {
        if self.times.is_null(row) {
            return Ok(None);
        }
        let micros = self.times.value(row);
        let zone = self.zones.at(row)?;
        Ok(Some((micros, self.offsets.at(zone, micros))))
    }

    fn texts(mut self) -> EngineResult<ArrayRef> {
        let mut out = StringBuilder::with_capacity(self.times.len(), self.times.len() * 25);
        let mut text = String::with_capacity(40);
        for row in 0..self.times.len() {
            match self.at(row)? {
                Some((micros, offset)) => {
                    text.clear();
                    format_rfc3339(micros, offset, &mut text);
                    out.append_value(&text);
                }
                None => out.append_null(),
            }
        }
        Ok(Arc::new(out.finish()))
    }

    fn clocks(mut self) -> EngineResult<ArrayRef> {
        let mut out = TimestampMicrosecondBuilder::with_capacity(self.times.len());
        for row in 0..self.times.len() {
            out.append_option(self.clock(row)?);
        }
        Ok(Arc::new(out.finish()))
    }

    /// The wall clock of a row, microseconds since it showed 1 January 1970.
    fn clock(&mut self, row: usize) -> EngineResult<Option<i64>> {
        let at = self.at(row)?;
        Ok(at.map(|(micros, offset)| micros.saturating_add(i64::from(offset) * 60_000_000)))
    }

    fn days(mut self) -> EngineResult<ArrayRef> {
        const DAY: i64 = 86_400_000_000;
        let mut out = Date32Builder::with_capacity(self.times.len());
        for row in 0..self.times.len() {
            let clock = self.clock(row)?;
            // Every microsecond of 64 bits lies in a day of 32.
            out.append_option(clock.and_then(|clock| i32::try_from(clock.div_euclid(DAY)).ok()));
        }
        Ok(Arc::new(out.finish()))
    }
}
