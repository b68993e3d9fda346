//! SQL functions, one a file.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result as EngineResult, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};
use letopis_event::Zone;

use crate::lookup::Lookup;

/// Functions that hold a lookup are equal when they hold the same one.
macro_rules! same_when_same_lookup {
    ($function:ty) => {
        impl PartialEq for $function {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.lookup, &other.lookup)
            }
        }

        impl Eq for $function {}

        impl std::hash::Hash for $function {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                (Arc::as_ptr(&self.lookup) as usize).hash(state);
            }
        }
    };
}
use same_when_same_lookup;

mod in_cidr;
mod is_account;
mod is_filled;
mod kind_title;
mod local;
pub(crate) mod matches;
mod one_address;
mod raw;
mod time_form;

/// Every function of the project.
pub(crate) fn all(lookup: &Arc<Lookup>, zone: Zone) -> Vec<ScalarUDF> {
    vec![
        ScalarUDF::new_from_impl(matches::Matches::new(Arc::clone(lookup))),
        ScalarUDF::new_from_impl(raw::Raw::new(Arc::clone(lookup))),
        ScalarUDF::new_from_impl(in_cidr::InCidr::new()),
        ScalarUDF::new_from_impl(is_account::IsAccount::new()),
        ScalarUDF::new_from_impl(one_address::OneAddress::new()),
        ScalarUDF::new_from_impl(local::Local::new(local::Form::Time, zone)),
        ScalarUDF::new_from_impl(local::Local::new(local::Form::Clock, zone)),
        ScalarUDF::new_from_impl(local::Local::new(local::Form::Day, zone)),
        ScalarUDF::new_from_impl(is_filled::IsFilled::new()),
        ScalarUDF::new_from_impl(time_form::TimeForm::new()),
        ScalarUDF::new_from_impl(kind_title::KindTitle::new()),
    ]
}

/// The arguments as arrays of one length, and whether all of them were constants.
fn arrays(args: &ScalarFunctionArgs) -> EngineResult<(Vec<ArrayRef>, bool)> {
    let constant = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
    let rows = if constant { 1 } else { args.number_rows };
    let arrays = args
        .args
        .iter()
        .map(|a| a.to_array(rows))
        .collect::<EngineResult<Vec<_>>>()?;
    Ok((arrays, constant))
}

/// Hands back a constant for constants, so that the engine can fold it.
fn answer(array: ArrayRef, constant: bool) -> EngineResult<ColumnarValue> {
    if constant {
        let value = datafusion::common::ScalarValue::try_from_array(&array, 0)?;
        Ok(ColumnarValue::Scalar(value))
    } else {
        Ok(ColumnarValue::Array(array))
    }
}

/// Whether values of this type read as text.
fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn expect_text(function: &str, position: usize, kinds: &[DataType]) -> EngineResult<()> {
    match kinds.get(position) {
        Some(kind) if is_text(kind) => Ok(()),
        Some(kind) => exec_err!("{function}: argument {} must be text, found {kind}", position + 1),
        None => exec_err!("{function}: argument {} is missing", position + 1),
    }
}

fn expect_time(function: &str, kinds: &[DataType]) -> EngineResult<()> {
    match kinds.first() {
        Some(DataType::Timestamp(..) | DataType::Date32 | DataType::Null) => Ok(()),
        Some(kind) => exec_err!("{function}: argument 1 must be a timestamp, found {kind}"),
        None => exec_err!("{function}: argument 1 is missing"),
    }
}

fn text_array(array: &ArrayRef) -> EngineResult<StringArray> {
    let text = cast(array, &DataType::Utf8)?;
    match text.as_any().downcast_ref::<StringArray>() {
        Some(text) => Ok(text.clone()),
        None => exec_err!("expected text, found {}", array.data_type()),
    }
}

/// Instants in microseconds since 1970 UTC. A timestamp without a zone is taken as UTC.
fn time_array(array: &ArrayRef) -> EngineResult<TimestampMicrosecondArray> {
    // Cast in two steps: a cast from a zone to none keeps the instant, and none is read as UTC.
    let micros = cast(
        array,
        &DataType::Timestamp(TimeUnit::Microsecond, zone_of(array.data_type())),
    )?;
    match micros.as_any().downcast_ref::<TimestampMicrosecondArray>() {
        Some(micros) => Ok(micros.clone()),
        None => exec_err!("expected a timestamp, found {}", array.data_type()),
    }
}

fn zone_of(kind: &DataType) -> Option<Arc<str>> {
    match kind {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    }
}

/// The zone of a function's optional second argument: mostly one for all rows; else its name changes rarely from row to
/// row, so the last is kept.
struct ZoneArgument {
    names: Option<StringArray>,
    last: Option<(String, Zone)>,
    default: Zone,
}

impl ZoneArgument {
    fn new(args: &ScalarFunctionArgs, default: Zone) -> EngineResult<Self> {
        let one = |zone| Self {
            names: None,
            last: None,
            default: zone,
        };
        Ok(match args.args.get(1) {
            None => one(default),
            Some(ColumnarValue::Scalar(name)) => match text_array(&name.to_array()?)? {
                names if names.is_null(0) => one(default),
                names => one(zone_named(names.value(0))?),
            },
            Some(ColumnarValue::Array(names)) => Self {
                names: Some(text_array(names)?),
                ..one(default)
            },
        })
    }

    fn at(&mut self, row: usize) -> EngineResult<Zone> {
        let name = match &self.names {
            Some(names) if names.is_valid(row) => names.value(row),
            _ => return Ok(self.default),
        };
        if let Some((last, zone)) = &self.last
            && last == name
        {
            return Ok(*zone);
        }
        let zone = zone_named(name)?;
        self.last = Some((name.to_owned(), zone));
        Ok(zone)
    }
}

fn zone_named(name: &str) -> EngineResult<Zone> {
    match name.parse::<Zone>() {
        Ok(zone) => Ok(zone),
        Err(error) => exec_err!("{error}"),
    }
}

/// Offsets of a zone, asked once for each minute: since 1973 every change fell on a whole one.
struct Offsets {
    zone: Zone,
    span: i64,
    minutes: i16,
}

const STEADY_MICROS: i64 = 60 * 1_000_000;

impl Offsets {
    fn new(zone: Zone) -> Self {
        Self {
            zone,
            span: i64::MIN,
            minutes: 0,
        }
    }

    fn at(&mut self, zone: Zone, micros: i64) -> i16 {
        let span = micros.div_euclid(STEADY_MICROS);
        if span != self.span || zone != self.zone {
            self.minutes = zone.offset_min_at(micros);
            self.span = span;
            self.zone = zone;
        }
        self.minutes
    }
}

/// An address as logs write it: with a scope (`fe80::1%eth0`) or brackets left aside, and an IPv4 address mapped
/// into IPv6 taken as the IPv4 address it is.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(text);
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse::<IpAddr>().ok().map(|a| a.to_canonical())
}

#[cfg(test)]
mod tests;
