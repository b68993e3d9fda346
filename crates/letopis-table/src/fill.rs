//! Columns while rows come in. A column that a row says nothing of costs nothing then: its nulls follow as one run
//! before its next value, or at the end. Most columns of a log are empty in most rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, PrimitiveBuilder, StringBuilder, new_null_array};
use arrow::datatypes::DataType;

/// A column of texts.
pub(crate) struct Texts {
    builder: StringBuilder,
    /// Rows that stand in the builder.
    rows: usize,
    /// Rows and bytes that the last batch took: room for the next one is made at once, not by doubling.
    expected: (usize, usize),
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            builder: StringBuilder::with_capacity(0, 0),
            rows: 0,
            expected: (0, 0),
        }
    }

    /// The value of row `row`; rows ascend.
    pub(crate) fn put(&mut self, row: usize, value: &str) {
        if self.rows == 0 {
            let (rows, bytes) = self.expected;
            self.builder = StringBuilder::with_capacity(rows, bytes + bytes / 8);
        }
        if row > self.rows {
            self.builder.append_nulls(row - self.rows);
        }
        self.builder.append_value(value);
        self.rows = row + 1;
    }

    /// The column of so many rows; begins anew.
    pub(crate) fn finish(&mut self, rows: usize) -> ArrayRef {
        let filled = std::mem::take(&mut self.rows);
        if filled == 0 {
            return new_null_array(&DataType::Utf8, rows);
        }
        self.expected = (rows, self.builder.values_slice().len());
        self.builder.append_nulls(rows.saturating_sub(filled));
        Arc::new(self.builder.finish())
    }
}

/// A column of numbers or instants.
pub(crate) struct Numbers<T: ArrowPrimitiveType> {
    builder: PrimitiveBuilder<T>,
    kind: DataType,
    rows: usize,
    /// Rows of the last batch.
    expected: usize,
}

impl<T: ArrowPrimitiveType> Numbers<T> {
    /// Of this type, which is one that `T` stores.
    pub(crate) fn new(kind: DataType) -> Self {
        Self {
            builder: PrimitiveBuilder::with_capacity(0).with_data_type(kind.clone()),
            kind,
            rows: 0,
            expected: 0,
        }
    }

    /// The value of row `row`; rows ascend.
    pub(crate) fn put(&mut self, row: usize, value: T::Native) {
        if self.rows == 0 {
            self.builder = PrimitiveBuilder::with_capacity(self.expected).with_data_type(self.kind.clone());
        }
        if row > self.rows {
            self.builder.append_nulls(row - self.rows);
        }
        self.builder.append_value(value);
        self.rows = row + 1;
    }

    /// The column of so many rows; begins anew.
    pub(crate) fn finish(&mut self, rows: usize) -> ArrayRef {
        let filled = std::mem::take(&mut self.rows);
        if filled == 0 {
            return new_null_array(&self.kind, rows);
        }
        self.expected = rows;
        self.builder.append_nulls(rows.saturating_sub(filled));
        Arc::new(self.builder.finish())
    }
}
