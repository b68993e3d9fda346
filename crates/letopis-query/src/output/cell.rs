//! One value of a batch, whatever its type, as something that can be written.

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, FixedSizeBinaryArray, LargeBinaryArray, MapArray, StructArray,
};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use letopis_event::time::format_rfc3339;

/// A value as it is written.
pub(super) enum Cell<'a> {
    /// No value.
    None,
    /// Text that may come from a log.
    Text(&'a str),
    /// Text that we made: times, dates, hex.
    Made(String),
    /// A number or a truth value, in a form that JSON takes as it is.
    Plain(String),
    /// Several values.
    List(ArrayRef),
    /// Names and values: the entries of one map.
    Map(StructArray),
    /// Named fields of one row.
    Struct(&'a StructArray, usize),
}

/// The value at a row.
pub(super) fn cell(array: &dyn Array, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::None;
    }
    match array.data_type() {
        DataType::Null => Cell::None,
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = dictionary.values().as_ref();
            // A dictionary key is checked by Arrow to lie within its values.
            let keys = dictionary.keys();
            match key(keys, row).filter(|key| *key < values.len()) {
                Some(key) => cell(values, key),
                None => Cell::None,
            }
        }
        DataType::Boolean => Cell::Plain(array.as_boolean().value(row).to_string()),
        DataType::Timestamp(unit, zone) => time(array, row, *unit, zone.is_some()),
        DataType::List(_) => Cell::List(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Cell::List(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => Cell::List(array.as_fixed_size_list().value(row)),
        DataType::Map(..) => match array.as_any().downcast_ref::<MapArray>() {
            Some(map) => Cell::Map(map.value(row)),
            None => Cell::None,
        },
        DataType::Struct(_) => Cell::Struct(array.as_struct(), row),
        kind if kind.is_integer() => Cell::Plain(display(array, row)),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => float(display(array, row)),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => Cell::Plain(display(array, row)),
        DataType::Binary => hex(array.as_any().downcast_ref::<BinaryArray>().map(|a| a.value(row))),
        DataType::LargeBinary => hex(array
            .as_any()
            .downcast_ref::<LargeBinaryArray>()
            .map(|a| a.value(row))),
        DataType::FixedSizeBinary(_) => hex(array
            .as_any()
            .downcast_ref::<FixedSizeBinaryArray>()
            .map(|a| a.value(row))),
        _ => Cell::Made(display(array, row)),
    }
}

/// Whether a column of this type is aligned to the right.
pub(super) fn is_number(kind: &DataType) -> bool {
    kind.is_numeric()
}

fn key(keys: &dyn Array, row: usize) -> Option<usize> {
    use arrow::datatypes::{
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    };
    macro_rules! at {
        ($kind:ty) => {
            usize::try_from(keys.as_primitive::<$kind>().value(row)).ok()
        };
    }
    match keys.data_type() {
        DataType::Int8 => at!(Int8Type),
        DataType::Int16 => at!(Int16Type),
        DataType::Int32 => at!(Int32Type),
        DataType::Int64 => at!(Int64Type),
        DataType::UInt8 => at!(UInt8Type),
        DataType::UInt16 => at!(UInt16Type),
        DataType::UInt32 => at!(UInt32Type),
        DataType::UInt64 => at!(UInt64Type),
        _ => None,
    }
}

fn display(array: &dyn Array, row: usize) -> String {
    let options = FormatOptions::default();
    match ArrayFormatter::try_new(array, &options) {
        Ok(formatter) => formatter.value(row).to_string(),
        // A type that Arrow can not print: say so instead of showing nothing.
        Err(error) => format!("<{error}>"),
    }
}

/// JSON has no words for what is not finite.
fn float(text: String) -> Cell<'static> {
    let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
    if finite {
        Cell::Plain(text)
    } else {
        Cell::Made(text)
    }
}

fn hex(bytes: Option<&[u8]>) -> Cell<'static> {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes.unwrap_or_default() {
        // Writing into a String can not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Cell::Made(text)
}

fn time(array: &dyn Array, row: usize, unit: TimeUnit, zoned: bool) -> Cell<'static> {
    use arrow::datatypes::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    };
    let micros = match unit {
        TimeUnit::Second => array
            .as_primitive::<TimestampSecondType>()
            .value(row)
            .checked_mul(1_000_000),
        TimeUnit::Millisecond => array
            .as_primitive::<TimestampMillisecondType>()
            .value(row)
            .checked_mul(1_000),
        TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>().value(row);
            (nanos % 1_000 == 0).then_some(nanos.div_euclid(1_000))
        }
    };
    let Some(micros) = micros else {
        return Cell::Made(display(array, row));
    };
    let mut text = String::with_capacity(27);
    format_rfc3339(micros, 0, &mut text);
    if !zoned && text.ends_with('Z') {
        text.pop();
    }
    Cell::Made(text)
}

/// Characters that steer a terminal or the direction of writing, or are not seen: they never reach an output as they are.
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
