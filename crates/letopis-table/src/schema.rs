//! The Arrow and Parquet schema of the event table.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use letopis_event::{COLUMNS, Column, ColumnType};

/// Version of the event table; written into every segment as the metadata key [`VERSION_KEY`].
pub const TABLE_VERSION: &str = "1";

/// Metadata key of a segment that holds [`TABLE_VERSION`].
pub const VERSION_KEY: &str = "letopis.table";

/// Names inside the map, as the Parquet format's `MAP` annotation has them.
pub(crate) const MAP_ENTRY: &str = "key_value";
pub(crate) const MAP_KEY: &str = "key";
pub(crate) const MAP_VALUE: &str = "value";

static PLAIN: LazyLock<SchemaRef> = LazyLock::new(|| build(&DataType::Utf8));
static DICTIONARY: LazyLock<SchemaRef> = LazyLock::new(|| {
    let of_few = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    build(&of_few)
});

/// The schema of the event table as segments give it: plain UTF-8 text, signed integers, microsecond UTC
/// timestamps, `attrs` as `key_value/key/value`. No Arrow schema is embedded in the files, so that every reader
/// derives the same plain types from Parquet itself.
pub fn schema() -> SchemaRef {
    Arc::clone(&PLAIN)
}

/// The same table with the columns of few values as `Dictionary<Int32, Utf8>`: a reader that passes this to
/// Parquet's Arrow reader keeps the dictionaries of the file instead of unpacking them.
pub fn dictionary_schema() -> SchemaRef {
    Arc::clone(&DICTIONARY)
}

fn build(of_few: &DataType) -> SchemaRef {
    let fields: Fields = COLUMNS
        .iter()
        .map(|column| Field::new(column.name, data_type(column, of_few), column.nullable))
        .collect();
    Arc::new(Schema::new(fields))
}

fn data_type(column: &Column, of_few: &DataType) -> DataType {
    match column.kind {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Dictionary => of_few.clone(),
        ColumnType::TimestampMicros => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Int8 => DataType::Int8,
        ColumnType::Int16 => DataType::Int16,
        ColumnType::Int32 => DataType::Int32,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::Map => {
            let pair = Fields::from(vec![
                Field::new(MAP_KEY, DataType::Utf8, false),
                Field::new(MAP_VALUE, DataType::Utf8, true),
            ]);
            DataType::Map(
                Arc::new(Field::new(MAP_ENTRY, DataType::Struct(pair), false)),
                false,
            )
        }
    }
}
