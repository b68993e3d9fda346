//! Events to rows: one reused set of Arrow builders.

use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType};
use arrow::datatypes::{
    DataType, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use letopis_event::{
    COLUMNS, Category, Column, ColumnType, EventBuf, EventId, Number, ObjectDigest, Origin, Text, column,
};

use crate::attrs::AttrsBuilder;
use crate::error::TableError;
use crate::fill::{Numbers, Texts};
use crate::schema::schema;

/// What the rows of one file share.
#[derive(Clone, Copy, Debug)]
pub struct RowContext<'a> {
    /// SHA-256 of the object the records lie in.
    pub object: &'a ObjectDigest,
    /// The source the records are attributed to.
    pub source: &'a str,
    /// When they were taken in, microseconds since 1970 UTC.
    pub ingested: i64,
    /// Category of the format, where the format alone tells.
    pub format_category: Option<Category>,
    /// Category of the source, where its register tells. The event's own goes first, then the format's, then this.
    pub source_category: Option<Category>,
}

/// Most text a batch may hold: Arrow counts it with 32-bit offsets, per column.
const MOST_BYTES: usize = 1 << 30;

/// Collects rows in reused Arrow builders; nothing is allocated per row once they are warm.
pub struct BatchBuilder {
    columns: Vec<Filling>,
    rows: usize,
    bytes: usize,
    /// The citation being written.
    id: String,
    /// The object's digest in hex, kept while rows come from one object.
    object: Option<(ObjectDigest, String)>,
}

/// A column being filled and what fills it.
enum Filling {
    EventId(Texts),
    Time(Numbers<TimestampMicrosecondType>),
    TimeNs(Numbers<Int16Type>),
    TimeOffset(Numbers<Int16Type>),
    TimeBasis(Texts),
    TimeEnd(Numbers<TimestampMicrosecondType>),
    Ingested(Numbers<TimestampMicrosecondType>),
    Source(Texts),
    Category(Texts),
    Format(Texts),
    Encoding(Texts),
    Kind(Texts),
    Outcome(Texts),
    Level(Numbers<Int8Type>),
    Text(Text, Texts),
    Wide(Number, Numbers<Int64Type>),
    Narrow(Number, Numbers<Int32Type>),
    Attrs(Box<AttrsBuilder>),
    Object(Texts),
    ByteOffset(Numbers<Int64Type>),
    ByteLength(Numbers<Int64Type>),
    Line(Numbers<Int64Type>),
}

impl Filling {
    /// `None` for a column that nothing fills: a mistake in the table, found by a test.
    fn of(known: &Column) -> Option<Self> {
        let time = || Numbers::new(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        let wide = || Numbers::new(DataType::Int64);
        let short = || Numbers::new(DataType::Int16);
        if let Some(which) = column::text_of(known) {
            return Some(Self::Text(which, Texts::new()));
        }
        if let Some(which) = column::number_of(known) {
            return match known.kind {
                ColumnType::Int64 => Some(Self::Wide(which, wide())),
                ColumnType::Int32 => Some(Self::Narrow(which, Numbers::new(DataType::Int32))),
                _ => None,
            };
        }
        Some(match known.name {
            "event_id" => Self::EventId(Texts::new()),
            "time" => Self::Time(time()),
            "time_ns" => Self::TimeNs(short()),
            "time_offset_min" => Self::TimeOffset(short()),
            "time_basis" => Self::TimeBasis(Texts::new()),
            "time_end" => Self::TimeEnd(time()),
            "ingested" => Self::Ingested(time()),
            "source" => Self::Source(Texts::new()),
            "category" => Self::Category(Texts::new()),
            "format" => Self::Format(Texts::new()),
            "encoding" => Self::Encoding(Texts::new()),
            "kind" => Self::Kind(Texts::new()),
            "outcome" => Self::Outcome(Texts::new()),
            "level" => Self::Level(Numbers::new(DataType::Int8)),
            "attrs" => Self::Attrs(Box::default()),
            "object" => Self::Object(Texts::new()),
            "byte_offset" => Self::ByteOffset(wide()),
            "byte_length" => Self::ByteLength(wide()),
            "line" => Self::Line(wide()),
            _ => return None,
        })
    }

    /// The column of so many rows.
    fn finish(&mut self, rows: usize) -> ArrayRef {
        match self {
            Self::EventId(b)
            | Self::TimeBasis(b)
            | Self::Source(b)
            | Self::Category(b)
            | Self::Format(b)
            | Self::Encoding(b)
            | Self::Kind(b)
            | Self::Outcome(b)
            | Self::Text(_, b)
            | Self::Object(b) => b.finish(rows),
            Self::Time(b) | Self::TimeEnd(b) | Self::Ingested(b) => b.finish(rows),
            Self::TimeNs(b) | Self::TimeOffset(b) => b.finish(rows),
            Self::Level(b) => b.finish(rows),
            Self::Narrow(_, b) => b.finish(rows),
            Self::Wide(_, b) | Self::ByteOffset(b) | Self::ByteLength(b) | Self::Line(b) => b.finish(rows),
            Self::Attrs(b) => Arc::new(b.finish()),
        }
    }
}

/// Numbers of a row that are checked before anything is added.
struct Placed {
    offset: i64,
    length: i64,
    line: Option<i64>,
}

impl Placed {
    fn new(origin: &Origin<'_>) -> Result<Self, TableError> {
        let fit = |column: &'static str, value: u64| {
            i64::try_from(value).map_err(|_| TableError::OutOfRange {
                column,
                value: i128::from(value),
                expected: "a number below 2^63",
            })
        };
        Ok(Self {
            offset: fit("byte_offset", origin.span.offset)?,
            length: fit("byte_length", origin.span.length)?,
            line: origin.line.map(|line| fit("line", line.0)).transpose()?,
        })
    }
}

impl BatchBuilder {
    /// An empty builder with room for [`crate::BATCH_ROWS`] rows.
    pub fn new() -> Self {
        Self {
            columns: COLUMNS.iter().filter_map(Filling::of).collect(),
            rows: 0,
            bytes: 0,
            id: String::with_capacity(40),
            object: None,
        }
    }

    /// Adds one row. On an error no row was added.
    pub fn append(
        &mut self,
        context: &RowContext<'_>,
        origin: &Origin<'_>,
        event: &EventBuf,
    ) -> Result<(), TableError> {
        let placed = Placed::new(origin)?;
        // Text of the row, with room for what is written of the object, the source and the fixed words.
        let bytes = event.text_bytes() + context.source.len() + 256;
        if self.bytes + bytes > MOST_BYTES {
            return Err(TableError::BatchTooLarge {
                bytes: self.bytes + bytes,
                limit: MOST_BYTES,
            });
        }
        if self
            .object
            .as_ref()
            .is_none_or(|(digest, _)| digest != context.object)
        {
            self.object = Some((*context.object, context.object.to_string()));
        }
        let object = self.object.as_ref().map_or("", |(_, hex)| hex);
        self.id.clear();
        EventId::new(context.object, origin.span.offset).write_to(&mut self.id);
        let row = self.rows;
        for column in &mut self.columns {
            match column {
                Filling::EventId(b) => b.put(row, &self.id),
                Filling::Object(b) => b.put(row, object),
                Filling::ByteOffset(b) => b.put(row, placed.offset),
                Filling::ByteLength(b) => b.put(row, placed.length),
                Filling::Line(b) => put(b, row, placed.line),
                Filling::Attrs(b) => b.append(event)?,
                other => other.put_plain(row, context, origin, event),
            }
        }
        self.rows += 1;
        self.bytes += bytes;
        Ok(())
    }

    /// Rows held.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether no row is held.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Bytes of text held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the batch should be closed: [`crate::BATCH_ROWS`] or [`crate::BATCH_BYTES`] reached.
    pub fn is_full(&self) -> bool {
        self.rows >= crate::BATCH_ROWS || self.bytes >= crate::BATCH_BYTES
    }

    /// Hands the rows over as a batch of [`crate::schema()`] and starts anew.
    pub fn finish(&mut self) -> Result<RecordBatch, TableError> {
        let columns = self.columns.iter_mut().map(|c| c.finish(self.rows)).collect();
        self.rows = 0;
        self.bytes = 0;
        Ok(RecordBatch::try_new(schema(), columns)?)
    }
}

impl Filling {
    /// Puts what comes straight from the event, its origin or its context into row `row`.
    fn put_plain(&mut self, row: usize, context: &RowContext<'_>, origin: &Origin<'_>, event: &EventBuf) {
        match self {
            Self::Time(b) => put(b, row, event.time.micros),
            Self::TimeNs(b) => put(b, row, event.time.nanos),
            Self::TimeOffset(b) => put(b, row, event.time.offset_min),
            Self::TimeBasis(b) => b.put(row, event.time.basis.as_str()),
            Self::TimeEnd(b) => put(b, row, event.time_end),
            Self::Ingested(b) => b.put(row, context.ingested),
            Self::Source(b) => b.put(row, context.source),
            Self::Category(b) => {
                let category = event
                    .category
                    .or(context.format_category)
                    .or(context.source_category);
                if let Some(category) = category {
                    b.put(row, category.as_str());
                }
            }
            Self::Format(b) => b.put(row, origin.format),
            Self::Encoding(b) => b.put(row, origin.encoding),
            Self::Kind(b) => b.put(row, event.kind.as_str()),
            Self::Outcome(b) => b.put(row, event.outcome.as_str()),
            Self::Level(b) => put(b, row, event.level),
            Self::Text(which, b) => {
                if let Some(text) = event.get(*which) {
                    b.put(row, text);
                }
            }
            Self::Wide(which, b) => put(b, row, event.number(*which)),
            // One that does not fit stands among the attributes instead (see `attrs`).
            Self::Narrow(which, b) => {
                put(b, row, event.number(*which).and_then(|n| i32::try_from(n).ok()));
            }
            Self::EventId(_)
            | Self::Object(_)
            | Self::ByteOffset(_)
            | Self::ByteLength(_)
            | Self::Line(_)
            | Self::Attrs(_) => {}
        }
    }
}

fn put<T: ArrowPrimitiveType>(column: &mut Numbers<T>, row: usize, value: Option<T::Native>) {
    if let Some(value) = value {
        column.put(row, value);
    }
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for BatchBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchBuilder")
            .field("rows", &self.rows)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_filled() {
        for known in COLUMNS {
            assert!(Filling::of(known).is_some(), "{}", known.name);
        }
    }
}
