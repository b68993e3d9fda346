use std::sync::Arc;

use arrow::array::builder::{MapBuilder, StringBuilder};
use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;

use super::{OutputFormat, RowWriter};

fn batch() -> RecordBatch {
    let mut attrs = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    attrs.keys().append_value("k\"");
    attrs.values().append_value("v\u{1b}");
    attrs.append(true).unwrap();
    attrs.append(true).unwrap();
    attrs.append(false).unwrap();
    let kinds: DictionaryArray<Int32Type> =
        vec![Some("auth.logon"), None, Some("part")].into_iter().collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "message",
            Arc::new(StringArray::from(vec![
                Some("=1+1"),
                Some("\u{1b}]0;owned\u{7}\r\nДанные, \"x\"\u{202e}"),
                Some("-"),
            ])),
        ),
        ("kind", Arc::new(kinds)),
        (
            "time",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(1_767_208_323_500_000), None, Some(-1)])
                    .with_timezone("UTC"),
            ),
        ),
        (
            "clock",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None, Some(1)])),
        ),
        (
            "n",
            Arc::new(Int64Array::from(vec![Some(-5), None, Some(i64::MAX)])),
        ),
        ("f", Arc::new(Float64Array::from(vec![0.5, f64::NAN, 2.0]))),
        (
            "yes",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        ("attrs", Arc::new(attrs.finish())),
        (
            "empty",
            Arc::new(StringArray::from(vec![Some(""), None, Some("'a")])),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap()
}

fn written(format: OutputFormat) -> Vec<u8> {
    let batch = batch();
    let mut writer = RowWriter::new(format, batch.schema(), Vec::new()).unwrap();
    writer.write(&batch.slice(0, 2)).unwrap();
    writer.write(&batch.slice(2, 1)).unwrap();
    let (rows, bytes) = writer.finish().unwrap();
    assert_eq!(rows, 3);
    bytes
}

fn text(format: OutputFormat) -> String {
    String::from_utf8(written(format)).unwrap()
}

#[test]
fn tables_show_what_would_steer_a_terminal() {
    let table = text(OutputFormat::Table);
    assert!(!table.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{table}");
    insta::assert_snapshot!(table);
}

#[test]
fn csv_is_safe_in_a_spreadsheet() {
    insta::assert_snapshot!(text(OutputFormat::Csv).replace('\r', "␍").replace('\u{1b}', "␛"));
}

#[test]
fn json_lines_keep_every_key() {
    insta::assert_snapshot!(text(OutputFormat::Ndjson));
}

/// Read back by another implementation.
#[test]
fn json_is_json() {
    let array: serde_json::Value = serde_json::from_slice(&written(OutputFormat::Json)).unwrap();
    let lines: Vec<serde_json::Value> = text(OutputFormat::Ndjson)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(array.as_array().unwrap(), &lines);
    assert_eq!(
        lines[1]["message"],
        "\u{1b}]0;owned\u{7}\r\nДанные, \"x\"\u{202e}"
    );
    assert_eq!(lines[0]["attrs"]["k\""], "v\u{1b}");
    assert_eq!(lines[2]["n"], i64::MAX);
    assert_eq!(lines[1]["f"], "NaN");
}

#[test]
fn parquet_gives_the_same_rows_back() {
    let bytes = bytes::Bytes::from(written(OutputFormat::Parquet));
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(bytes, 10).unwrap();
    let read: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let read = arrow::compute::concat_batches(&read[0].schema(), &read).unwrap();
    assert_eq!(
        format!("{:?}", read.column(0)),
        format!("{:?}", batch().column(0))
    );
    assert_eq!(read.num_rows(), 3);
}

#[test]
fn nothing_is_written_as_nothing() {
    let schema = batch().schema();
    for (format, expected) in [
        (OutputFormat::Json, "[]\n"),
        (OutputFormat::Ndjson, ""),
        (
            OutputFormat::Csv,
            "message,kind,time,clock,n,f,yes,attrs,empty\r\n",
        ),
    ] {
        let writer = RowWriter::new(format, Arc::clone(&schema), Vec::new()).unwrap();
        assert_eq!(String::from_utf8(writer.finish().unwrap().1).unwrap(), expected);
    }
}

/// A long answer keeps every cell whole, also those wider than the columns that were measured.
#[test]
fn tables_cut_nothing() {
    let long = "ж".repeat(500);
    let values: Vec<String> = (0..3_000)
        .map(|n| if n == 2_500 { long.clone() } else { n.to_string() })
        .collect();
    let column: ArrayRef = Arc::new(StringArray::from(values));
    let batch = RecordBatch::try_from_iter([("a", column)]).unwrap();
    let mut writer = RowWriter::new(OutputFormat::Table, batch.schema(), Vec::new()).unwrap();
    writer.write(&batch).unwrap();
    let text = String::from_utf8(writer.finish().unwrap().1).unwrap();
    assert_eq!(text.lines().count(), 3_002);
    assert!(text.contains(&long));
}
