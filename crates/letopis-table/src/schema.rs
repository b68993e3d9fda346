//! The Arrow and Parquet schema of the event table.

use arrow::datatypes::SchemaRef;

/// Version of the event table; written into every segment as the metadata key `letopis.table`.
pub const TABLE_VERSION: &str = "1";

/// The schema of the event table as segments give it: plain UTF-8 text, signed integers, microsecond UTC
/// timestamps, `attrs` as `key_value/key/value`. No Arrow schema is embedded in the files, so that every reader
/// derives the same plain types from Parquet itself.
pub fn schema() -> SchemaRef {
    todo!()
}

/// The same table with the columns of few values as `Dictionary<Int32, Utf8>`: a reader that passes this to
/// Parquet's Arrow reader keeps the dictionaries of the file instead of unpacking them.
pub fn dictionary_schema() -> SchemaRef {
    todo!()
}
