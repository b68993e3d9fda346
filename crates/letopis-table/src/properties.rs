//! The one set of writer properties: what each column costs, and how small its pages are.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::schema::types::ColumnPath;

use crate::error::TableError;
use crate::schema::{TABLE_VERSION, VERSION_KEY};

/// Rows of a row group.
pub(crate) const GROUP_ROWS: usize = 131_072;
/// Rows of a page of a column whose values are long: what reading a few rows costs.
const FINE_ROWS: usize = 1_024;
/// Rows of a page of a column that compresses to little: more pages would cost more than they hold.
const COARSE_ROWS: usize = 16_384;

/// Columns whose values are long and mostly distinct; all others have coarse pages.
pub(crate) const FINE: &[&str] = &[
    "event_id",
    "message",
    "attrs",
    "x_command_line",
    "x_query",
    "x_user_agent",
];

/// Properties of the columns in [`FINE`], and of all others.
pub(crate) struct Properties {
    pub(crate) fine: Arc<WriterProperties>,
    pub(crate) coarse: Arc<WriterProperties>,
}

pub(crate) fn properties() -> Result<Properties, TableError> {
    Ok(Properties {
        fine: Arc::new(builder(FINE_ROWS)?.build()),
        coarse: Arc::new(builder(COARSE_ROWS)?.build()),
    })
}

fn builder(page_rows: usize) -> Result<WriterPropertiesBuilder, TableError> {
    let version = KeyValue::new(VERSION_KEY.to_owned(), TABLE_VERSION.to_owned());
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("letopis version 1".to_owned())
        .set_key_value_metadata(Some(vec![version]))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(FINE_ROWS)
        .set_data_page_size_limit(1 << 20)
        .set_dictionary_page_size_limit(1 << 20)
        .set_column_index_truncate_length(Some(32))
        .set_statistics_truncate_length(Some(64));
    for (column, encoding) in ENCODINGS {
        let path = ColumnPath::from(*column);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, *encoding);
    }
    for column in CHUNK_STATISTICS {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(*column), EnabledStatistics::Chunk);
    }
    Ok(builder)
}

/// Columns that a dictionary does not pay for, with what does (measured, see the README).
const ENCODINGS: &[(&str, Encoding)] = &[
    ("event_id", Encoding::DELTA_BYTE_ARRAY),
    ("time", Encoding::DELTA_BINARY_PACKED),
    ("time_text", Encoding::DELTA_BYTE_ARRAY),
    ("byte_offset", Encoding::DELTA_BINARY_PACKED),
    ("byte_length", Encoding::DELTA_BINARY_PACKED),
    ("line", Encoding::DELTA_BINARY_PACKED),
    ("message", Encoding::PLAIN),
];

/// Columns in which the least and greatest text of a page rule nothing out.
const CHUNK_STATISTICS: &[&str] = &[
    "message",
    "time_text",
    "x_command_line",
    "x_query",
    "x_user_agent",
];
