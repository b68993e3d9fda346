//! One row of a batch, with its values by column name.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Int8Type, Int16Type, Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType, UInt16Type,
};
use arrow::record_batch::RecordBatch;
use letopis_event::time::format_rfc3339;

/// One row of a batch, with its values by column name. Columns that were not projected have no value.
#[derive(Clone, Copy, Debug)]
pub struct RowView<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

/// A column of a batch, looked up once for all its rows. One that was not projected has no value in any row.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'a>(Option<&'a ArrayRef>);

impl<'a> ColumnView<'a> {
    /// The column of that name.
    pub fn new(batch: &'a RecordBatch, name: &str) -> Self {
        Self(batch.column_by_name(name))
    }

    /// The text in that row, however Arrow holds it: plain, as views, or in a dictionary.
    pub fn text(&self, row: usize) -> Option<&'a str> {
        text_at(self.0?, row)
    }

    /// The integer in that row.
    pub fn number(&self, row: usize) -> Option<i64> {
        number_at(self.0?, row)
    }
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

    /// The column, where it is there and has a value in this row.
    fn column(&self, name: &str) -> Option<&'a ArrayRef> {
        self.batch
            .column_by_name(name)
            .filter(|column| !column.is_null(self.row))
    }

    /// A text column's value, however Arrow holds it: plain, as views, or in a dictionary.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        ColumnView::new(self.batch, column).text(self.row)
    }

    /// An integer column's value.
    pub fn number(&self, column: &str) -> Option<i64> {
        ColumnView::new(self.batch, column).number(self.row)
    }

    /// A timestamp column's value, microseconds since 1970 UTC.
    pub fn time(&self, column: &str) -> Option<i64> {
        let column = self.column(column)?;
        Some(
            column
                .as_primitive_opt::<TimestampMicrosecondType>()?
                .value(self.row),
        )
    }

    /// The attribute of that name.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.attrs().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The attributes, in the order of the record.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let map = self.column("attrs").and_then(|column| column.as_map_opt());
        let row = self.row;
        let range = map.map_or(0..0, |map| {
            let place = |at: usize| map.value_offsets().get(at).map_or(0, |offset| *offset as usize);
            place(row)..place(row + 1)
        });
        range.filter_map(move |entry| {
            let map = map?;
            Some((
                text_at(map.keys(), entry)?,
                text_at(map.values(), entry).unwrap_or_default(),
            ))
        })
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

fn number_at(column: &ArrayRef, row: usize) -> Option<i64> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int8 => i64::from(column.as_primitive_opt::<Int8Type>()?.value(row)),
        DataType::Int16 => i64::from(column.as_primitive_opt::<Int16Type>()?.value(row)),
        DataType::Int32 => i64::from(column.as_primitive_opt::<Int32Type>()?.value(row)),
        DataType::Int64 => column.as_primitive_opt::<Int64Type>()?.value(row),
        _ => return None,
    })
}

fn text_at(column: &ArrayRef, row: usize) -> Option<&str> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string_opt::<i32>()?.value(row)),
        DataType::LargeUtf8 => Some(column.as_string_opt::<i64>()?.value(row)),
        DataType::Utf8View => Some(column.as_string_view_opt()?.value(row)),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary_opt()?;
            let key = match dictionary.keys().data_type() {
                DataType::Int32 => column.as_dictionary_opt::<Int32Type>()?.key(row)?,
                DataType::UInt16 => column.as_dictionary_opt::<UInt16Type>()?.key(row)?,
                _ => *dictionary.normalized_keys().get(row)?,
            };
            text_at(dictionary.values(), key)
        }
        _ => None,
    }
}
