//! How columns are written: one set of rules, applied to what each row group holds.
//!
//! A log of one product fills a column with a few values over and over, another with ever new ones, so the
//! encoding of a column is chosen for each row group by its first batch. The same rows in the same batches make
//! the same choices.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use foldhash::fast::RandomState;
use parquet::basic::{Compression, Encoding, Type, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use crate::error::TableError;
use crate::schema::{TABLE_VERSION, VERSION_KEY};

/// Rows of a row group.
pub(crate) const GROUP_ROWS: usize = 131_072;
/// Rows that are encoded at once: pages end at multiples of it.
const BATCH_ROWS: usize = 1_024;

/// How large the pages of a column are, and how hard they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Small pages at a high level, for long values: what reading a few rows costs, and what a file weighs.
    Fine,
    /// Large pages at a low level, for short values: more pages would cost more than they hold.
    Coarse,
}

/// How values are encoded before they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Each value once, then numbers; falls back to plain where a dictionary outgrows 1 MiB.
    Dictionary,
    /// As they are.
    Plain,
    /// By what they share with the value before.
    Delta,
}

/// Every way to write a column.
pub(crate) const WAYS: [(Pages, Coding); 6] = [
    (Pages::Fine, Coding::Dictionary),
    (Pages::Fine, Coding::Plain),
    (Pages::Fine, Coding::Delta),
    (Pages::Coarse, Coding::Dictionary),
    (Pages::Coarse, Coding::Plain),
    (Pages::Coarse, Coding::Delta),
];

/// Columns whose values are long and mostly distinct.
const FINE: &[&str] = &["event_id", "message", "attrs", "x_command_line", "x_query"];

/// Columns in which the least and greatest value of a page rule nothing out.
const CHUNK_STATISTICS: &[&str] = &[
    "message",
    "time_text",
    "x_command_line",
    "x_query",
    "x_user_agent",
];

/// The pages of a column.
pub(crate) fn pages_of(column: &str) -> Pages {
    if FINE.contains(&column) {
        Pages::Fine
    } else {
        Pages::Coarse
    }
}

/// Writer properties of one way, for every column of the schema.
pub(crate) fn properties(
    schema: &SchemaDescriptor,
    (pages, coding): (Pages, Coding),
) -> Result<Arc<WriterProperties>, TableError> {
    let (rows, level) = match pages {
        Pages::Fine => (4_096, 6),
        Pages::Coarse => (16_384, 1),
    };
    let version = KeyValue::new(VERSION_KEY.to_owned(), TABLE_VERSION.to_owned());
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("letopis version 1".to_owned())
        .set_key_value_metadata(Some(vec![version]))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(level)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_data_page_row_count_limit(rows)
        .set_write_batch_size(BATCH_ROWS)
        .set_data_page_size_limit(1 << 20)
        .set_dictionary_page_size_limit(1 << 20)
        .set_dictionary_enabled(coding == Coding::Dictionary)
        .set_column_index_truncate_length(Some(32))
        .set_statistics_truncate_length(Some(64));
    if coding == Coding::Delta {
        for leaf in schema.columns() {
            let encoding = match leaf.physical_type() {
                Type::INT32 | Type::INT64 => Encoding::DELTA_BINARY_PACKED,
                _ => Encoding::DELTA_BYTE_ARRAY,
            };
            builder = builder.set_column_encoding(leaf.path().clone(), encoding);
        }
    }
    for column in CHUNK_STATISTICS {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(*column), EnabledStatistics::Chunk);
    }
    Ok(Arc::new(builder.build()))
}

/// The coding of each leaf under a column, by the values of a first batch.
pub(crate) fn codings_of(name: &str, column: &ArrayRef) -> Vec<Coding> {
    match column.as_map_opt() {
        Some(map) => vec![coding_of(map.keys()), coding_of(map.values())],
        // Measured: instants and their texts go up little by little, which no other coding sees.
        None if name == "time_text" || matches!(column.data_type(), DataType::Timestamp(..)) => {
            vec![Coding::Delta]
        }
        None => vec![coding_of(column)],
    }
}

fn coding_of(column: &ArrayRef) -> Coding {
    let filled = column.len() - column.null_count();
    // Above this share of distinct values a dictionary costs more than it saves (README, measured).
    let is_repeating = |distinct: usize, percent: usize| distinct * 100 <= filled * percent;
    match column.data_type() {
        _ if filled == 0 => Coding::Dictionary,
        DataType::Utf8 => {
            let Some(texts) = column.as_string_opt::<i32>() else {
                return Coding::Dictionary;
            };
            let distinct: HashSet<&str, RandomState> = texts.iter().flatten().collect();
            if is_repeating(distinct.len(), 35) {
                return Coding::Dictionary;
            }
            let (mut before, mut shared, mut total) = ("", 0, 0);
            for text in texts.iter().flatten() {
                let same = text.bytes().zip(before.bytes()).take_while(|(a, b)| a == b);
                shared += same.count();
                total += text.len();
                before = text;
            }
            if shared * 100 > total * 45 {
                Coding::Delta
            } else {
                Coding::Plain
            }
        }
        DataType::Int32 => number_coding(
            column.as_primitive_opt::<Int32Type>().map(|c| distinct(c.iter())),
            filled,
        ),
        DataType::Int64 => number_coding(
            column.as_primitive_opt::<Int64Type>().map(|c| distinct(c.iter())),
            filled,
        ),
        _ => Coding::Dictionary,
    }
}

fn distinct<T: std::hash::Hash + Eq>(values: impl Iterator<Item = Option<T>>) -> usize {
    values.flatten().collect::<HashSet<T, RandomState>>().len()
}

fn number_coding(distinct: Option<usize>, filled: usize) -> Coding {
    match distinct {
        Some(distinct) if distinct * 2 > filled => Coding::Delta,
        _ => Coding::Dictionary,
    }
}
