//! One row of a batch, with its values by column name.

use std::borrow::Cow;

use arrow::array::{
    AnyDictionaryArray, Array, ArrayRef, AsArray, LargeStringArray, MapArray, StringArray, StringViewArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Int8Type, Int16Type, Int32Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType,
    UInt16Type,
};
use arrow::record_batch::RecordBatch;
use letopis_event::time::format_rfc3339;

/// One row of a batch, with its values by column name. Columns that were not projected have no value.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

/// A column of a batch, looked up once for all its rows, whatever Arrow holds it as. One that was not projected has no
/// value in any row.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'a> {
    /// Where a row has a value; all have where there is nothing.
    nulls: Option<&'a NullBuffer>,
    values: Values<'a>,
}

/// The values of a column by its type. A number of a row is below the length of the array here.
#[derive(Clone, Copy, Debug)]
enum Values<'a> {
    /// No such column, or of a type that the event table has not.
    None,
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Dictionary16(&'a [u16], &'a StringArray),
    Dictionary32(&'a [i32], &'a StringArray),
    /// A dictionary of another shape: the engine makes them of its own texts.
    Dictionary(&'a dyn AnyDictionaryArray),
    Int8(&'a [i8]),
    Int16(&'a [i16]),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    Time(&'a [i64]),
    Map(&'a MapArray),
}

impl<'a> ColumnView<'a> {
    /// The column of that name.
    pub fn new(batch: &'a RecordBatch, name: &str) -> Self {
        batch.column_by_name(name).map_or(
            Self {
                nulls: None,
                values: Values::None,
            },
            Self::of,
        )
    }

    fn of(array: &'a ArrayRef) -> Self {
        let values = match array.data_type() {
            DataType::Utf8 => array.as_string_opt().map(Values::Text),
            DataType::LargeUtf8 => array.as_string_opt().map(Values::LargeText),
            DataType::Utf8View => array.as_string_view_opt().map(Values::TextView),
            DataType::Dictionary(..) => dictionary(array),
            DataType::Int8 => array
                .as_primitive_opt::<Int8Type>()
                .map(|a| Values::Int8(a.values())),
            DataType::Int16 => array
                .as_primitive_opt::<Int16Type>()
                .map(|a| Values::Int16(a.values())),
            DataType::Int32 => array
                .as_primitive_opt::<Int32Type>()
                .map(|a| Values::Int32(a.values())),
            DataType::Int64 => array
                .as_primitive_opt::<Int64Type>()
                .map(|a| Values::Int64(a.values())),
            DataType::Timestamp(TimeUnit::Microsecond, _) => array
                .as_primitive_opt::<TimestampMicrosecondType>()
                .map(|a| Values::Time(a.values())),
            DataType::Map(..) => array.as_map_opt().map(Values::Map),
            _ => None,
        };
        Self {
            nulls: array.nulls(),
            values: values.unwrap_or(Values::None),
        }
    }

    fn has(&self, row: usize) -> bool {
        self.nulls
            .is_none_or(|nulls| row < nulls.len() && nulls.is_valid(row))
    }

    /// The text in that row: plain, as views, or in a dictionary.
    pub fn text(&self, row: usize) -> Option<&'a str> {
        if !self.has(row) {
            return None;
        }
        match self.values {
            Values::Text(array) => (row < array.len()).then(|| array.value(row)),
            Values::LargeText(array) => (row < array.len()).then(|| array.value(row)),
            Values::TextView(array) => (row < array.len()).then(|| array.value(row)),
            Values::Dictionary16(keys, texts) => text_of(texts, usize::from(*keys.get(row)?)),
            Values::Dictionary32(keys, texts) => text_of(texts, usize::try_from(*keys.get(row)?).ok()?),
            Values::Dictionary(array) => {
                let key = *array.normalized_keys().get(row)?;
                Self::of(array.values()).text(key)
            }
            _ => None,
        }
    }

    /// The integer in that row.
    pub fn number(&self, row: usize) -> Option<i64> {
        if !self.has(row) {
            return None;
        }
        match self.values {
            Values::Int8(values) => values.get(row).map(|value| i64::from(*value)),
            Values::Int16(values) => values.get(row).map(|value| i64::from(*value)),
            Values::Int32(values) => values.get(row).map(|value| i64::from(*value)),
            Values::Int64(values) => values.get(row).copied(),
            _ => None,
        }
    }

    /// The instant in that row, microseconds since 1970 UTC.
    pub fn time(&self, row: usize) -> Option<i64> {
        match self.values {
            Values::Time(values) if self.has(row) => values.get(row).copied(),
            _ => None,
        }
    }

    /// Names and values in that row of a map, in their order.
    pub fn pairs(&self, row: usize) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let map = match self.values {
            Values::Map(map) if self.has(row) => Some(map),
            _ => None,
        };
        let pairs = map.map(|map| {
            let place = |at: usize| map.value_offsets().get(at).map_or(0, |offset| *offset as usize);
            let (names, values) = (Self::of(map.keys()), Self::of(map.values()));
            (place(row)..place(row + 1))
                .filter_map(move |entry| Some((names.text(entry)?, values.text(entry).unwrap_or_default())))
        });
        pairs.into_iter().flatten()
    }
}

fn dictionary(array: &ArrayRef) -> Option<Values<'_>> {
    let any = array.as_any_dictionary_opt()?;
    // The keys' own gaps are the column's; a text that is none is looked at where it is read.
    let texts = any.values().as_string_opt::<i32>();
    Some(match (any.keys().data_type(), texts) {
        (DataType::UInt16, Some(texts)) => {
            Values::Dictionary16(any.keys().as_primitive_opt::<UInt16Type>()?.values(), texts)
        }
        (DataType::Int32, Some(texts)) => {
            Values::Dictionary32(any.keys().as_primitive_opt::<Int32Type>()?.values(), texts)
        }
        _ => Values::Dictionary(any),
    })
}

fn text_of(texts: &StringArray, at: usize) -> Option<&str> {
    (at < texts.len() && texts.is_valid(at)).then(|| texts.value(at))
}

impl<'a> RowView<'a> {
    /// The row at that place of the batch; `None` beyond its end.
    pub fn new(batch: &'a RecordBatch, row: usize) -> Option<Self> {
        (row < batch.num_rows()).then_some(Self { batch, row })
    }

    /// Every row of a batch.
    pub fn all(batch: &'a RecordBatch) -> impl Iterator<Item = RowView<'a>> {
        (0..batch.num_rows()).map(move |row| RowView { batch, row })
    }

    /// The batch, and the row's place in it.
    pub fn place(&self) -> (&'a RecordBatch, usize) {
        (self.batch, self.row)
    }

    fn column(&self, name: &str) -> ColumnView<'a> {
        ColumnView::new(self.batch, name)
    }

    /// A text column's value, however Arrow holds it: plain, as views, or in a dictionary.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        self.column(column).text(self.row)
    }

    /// An integer column's value.
    pub fn number(&self, column: &str) -> Option<i64> {
        self.column(column).number(self.row)
    }

    /// A timestamp column's value, microseconds since 1970 UTC.
    pub fn time(&self, column: &str) -> Option<i64> {
        self.column(column).time(self.row)
    }

    /// The attribute of that name.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.attrs().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The attributes, in the order of the record.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.column("attrs").pairs(self.row)
    }

    /// A column of any scalar type as text: numbers in decimal, times as RFC 3339 in UTC.
    pub fn display(&self, column: &str) -> Option<Cow<'a, str>> {
        if let Some(text) = self.text(column) {
            return Some(Cow::Borrowed(text));
        }
        if let Some(number) = self.number(column) {
            return Some(Cow::Owned(number.to_string()));
        }
        let micros = self.time(column)?;
        let mut text = String::with_capacity(27);
        format_rfc3339(micros, 0, &mut text);
        Some(Cow::Owned(text))
    }

    /// Replaces `out` by the searched text of a binary record, as [`letopis_event::EventBuf::rendered_text`] made it at
    /// the intake: every text column and attribute with a value.
    pub fn rendered_text(&self, out: &mut String) {
        out.clear();
        for column in letopis_event::Text::ALL {
            if let Some(value) = self.text(column.column()) {
                out.push_str(value);
                out.push('\n');
            }
        }
        for (name, value) in self.attrs() {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
            out.push('\n');
        }
    }

    /// The columns present in the batch.
    pub fn schema(&self) -> SchemaRef {
        self.batch.schema()
    }
}
