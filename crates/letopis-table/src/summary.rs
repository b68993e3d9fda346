//! What a segment holds, for a catalogue that must decide without opening it.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::record_batch::RecordBatch;
use letopis_event::Kind;

use crate::error::TableError;
use crate::schema::schema;

/// Most distinct values a [`ValueSet`] keeps.
pub const MOST_VALUES: usize = 256;

/// The distinct values of a column, as long as they are few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueSet {
    /// The values, ordered. Empty where there were too many.
    pub values: BTreeSet<String>,
    /// Whether more than [`MOST_VALUES`] stood in the segment, so that the set says nothing.
    pub overflown: bool,
}

impl ValueSet {
    /// Whether a row with this value may stand in the segment.
    pub fn may_hold(&self, value: &str) -> bool {
        self.overflown || self.values.contains(value)
    }

    fn add(&mut self, value: &str) {
        if self.overflown || self.values.contains(value) {
            return;
        }
        if self.values.len() == MOST_VALUES {
            self.values.clear();
            self.overflown = true;
        } else {
            self.values.insert(value.to_owned());
        }
    }

    fn add_all(&mut self, column: &ArrayRef) {
        let Some(texts) = column.as_string_opt::<i32>() else {
            return;
        };
        // Rows of one source and month: the value before is mostly the value.
        let mut before = None;
        for value in texts.iter().flatten() {
            if before != Some(value) {
                self.add(value);
                before = Some(value);
            }
        }
    }
}

/// What a segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentSummary {
    /// Rows.
    pub rows: u64,
    /// Bytes of the Parquet file.
    pub bytes: u64,
    /// Earliest `time`, microseconds since 1970 UTC; `None` where no row has one.
    pub first_time: Option<i64>,
    /// Latest `time`.
    pub last_time: Option<i64>,
    /// Rows without `time`.
    pub without_time: u64,
    /// Rows of kind `unparsed`.
    pub unparsed: u64,
    /// Values of `source`.
    pub sources: ValueSet,
    /// Values of `category`.
    pub categories: ValueSet,
    /// Values of `format`.
    pub formats: ValueSet,
    /// Values of `kind`.
    pub kinds: ValueSet,
    /// Values of `host`.
    pub hosts: ValueSet,
    /// Values of `object`: the digests as the table prints them.
    pub objects: ValueSet,
}

impl SegmentSummary {
    /// Takes up the rows of a batch of [`crate::schema()`].
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .ok_or_else(|| TableError::UnknownColumn(name.to_owned()))
        };
        self.rows += batch.num_rows() as u64;
        let time = column("time")?;
        self.without_time += time.null_count() as u64;
        if let Some(times) = time.as_primitive_opt::<TimestampMicrosecondType>() {
            for time in times.iter().flatten() {
                self.first_time = Some(self.first_time.map_or(time, |first| first.min(time)));
                self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
            }
        }
        let kind = column("kind")?;
        let unparsed = Kind::UNPARSED.as_str();
        if let Some(kinds) = kind.as_string_opt::<i32>() {
            self.unparsed += kinds.iter().flatten().filter(|kind| *kind == unparsed).count() as u64;
        }
        self.kinds.add_all(kind);
        self.sources.add_all(column("source")?);
        self.categories.add_all(column("category")?);
        self.formats.add_all(column("format")?);
        self.hosts.add_all(column("host")?);
        self.objects.add_all(column("object")?);
        Ok(())
    }
}

/// Whether a batch has the columns and types of the table.
pub(crate) fn check(batch: &RecordBatch) -> Result<(), TableError> {
    let (own, table) = (batch.schema(), schema());
    for (place, expected) in table.fields().iter().enumerate() {
        let found = own.fields().get(place);
        if found.is_none_or(|f| f.name() != expected.name() || f.data_type() != expected.data_type()) {
            return Err(TableError::Column {
                column: expected.name().clone(),
                expected: expected.data_type().to_string(),
                found: found.map_or_else(
                    || "nothing".to_owned(),
                    |f| format!("{} {}", f.name(), f.data_type()),
                ),
            });
        }
    }
    Ok(())
}
