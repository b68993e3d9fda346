use std::sync::Arc;

use letopis_event::{
    COLUMNS, Category, EventBuf, EventId, Kind, LineNumber, Number, ObjectDigest, Origin, Span, Text,
};
use proptest::prelude::*;

use super::*;

/// One row as plain data: what goes in and what must come out.
#[derive(Clone, Debug)]
struct Plain {
    offset: u64,
    time: Option<i64>,
    texts: Vec<(Text, String)>,
    numbers: Vec<(Number, i64)>,
    attrs: Vec<(String, String)>,
    kind: Kind,
}

const DIGEST: ObjectDigest = ObjectDigest([0xab; 32]);

fn context() -> RowContext<'static> {
    RowContext {
        object: &DIGEST,
        source: "dc01",
        ingested: 1_767_208_323_000_000,
        format_category: Some(Category::Os),
        source_category: Some(Category::Protection),
    }
}

fn append(builder: &mut BatchBuilder, plain: &Plain) {
    let mut event = EventBuf::default();
    event.kind = plain.kind;
    event.time.micros = plain.time;
    for (column, value) in &plain.texts {
        event.set(*column, value);
    }
    for (column, value) in &plain.numbers {
        event.set_number(*column, *value);
    }
    for (name, value) in &plain.attrs {
        event.attr(name, value);
    }
    let origin = Origin {
        span: Span {
            offset: plain.offset,
            length: 7,
        },
        line: Some(LineNumber(plain.offset + 1)),
        bytes: b"a record",
        text: "a record",
        encoding: "utf-8",
        lossy: false,
        format: "syslog",
    };
    builder.append(&context(), &origin, &event).unwrap();
}

fn write(rows: &[Plain], batch_rows: usize) -> (SegmentSummary, Vec<u8>) {
    let mut builder = BatchBuilder::new();
    let mut writer = SegmentWriter::new(Vec::new()).unwrap();
    for row in rows {
        append(&mut builder, row);
        if builder.len() == batch_rows {
            writer.write(&builder.finish().unwrap()).unwrap();
        }
    }
    writer.write(&builder.finish().unwrap()).unwrap();
    writer.finish().unwrap()
}

fn open(bytes: &[u8]) -> SegmentReader<SegmentBytes> {
    SegmentReader::open(SegmentBytes(Arc::from(bytes))).unwrap()
}

fn check(view: &RowView<'_>, plain: &Plain) {
    let id = EventId::new(&DIGEST, plain.offset).to_string();
    assert_eq!(view.text("event_id"), Some(id.as_str()));
    assert_eq!(view.time("time"), plain.time);
    assert_eq!(view.time("ingested"), Some(context().ingested));
    assert_eq!(view.text("source"), Some("dc01"));
    assert_eq!(view.text("category"), Some("os"));
    assert_eq!(view.text("object"), Some(DIGEST.to_string().as_str()));
    assert_eq!(view.number("byte_offset"), Some(plain.offset as i64));
    assert_eq!(view.number("line"), Some(plain.offset as i64 + 1));
    assert_eq!(view.text("kind"), Some(plain.kind.as_str()));
    for column in Text::ALL {
        let expected = plain
            .texts
            .iter()
            .rev()
            .find(|(c, v)| c == column && !v.is_empty());
        assert_eq!(
            view.text(column.column()),
            expected.map(|(_, v)| v.as_str()),
            "{column:?}"
        );
    }
    for column in Number::ALL {
        let expected = plain
            .numbers
            .iter()
            .rev()
            .find(|(c, _)| c == column)
            .map(|(_, n)| *n);
        let is_port = matches!(column, Number::SrcPort | Number::DstPort);
        let fits = expected.filter(|n| !is_port || i32::try_from(*n).is_ok());
        assert_eq!(view.number(column.column()), fits, "{column:?}");
    }
}

fn text() -> impl Strategy<Value = Text> {
    (0..Text::ALL.len()).prop_map(|n| Text::ALL[n])
}

fn plain() -> impl Strategy<Value = Plain> {
    (
        any::<Option<i64>>(),
        prop::collection::vec((text(), ".{0,12}"), 0..6),
        prop::collection::vec(
            ((0..Number::ALL.len()).prop_map(|n| Number::ALL[n]), any::<i64>()),
            0..4,
        ),
        prop::collection::vec(("[a-c]", ".{0,8}"), 0..20),
    )
        .prop_map(|(time, texts, numbers, attrs)| Plain {
            offset: 0,
            time,
            texts,
            numbers,
            attrs,
            kind: Kind::OTHER,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn rows_come_back_as_they_went_in(mut rows in prop::collection::vec(plain(), 1..40), batch in 1..20_usize) {
        for (place, row) in rows.iter_mut().enumerate() {
            row.offset = place as u64 * 1000;
        }
        let (summary, bytes) = write(&rows, batch);
        prop_assert_eq!(summary.rows, rows.len() as u64);
        prop_assert_eq!(summary.bytes, bytes.len() as u64);
        prop_assert_eq!(summary.first_time, rows.iter().filter_map(|r| r.time).min());
        prop_assert_eq!(summary.last_time, rows.iter().filter_map(|r| r.time).max());
        prop_assert_eq!(&write(&rows, batch).1, &bytes, "the same rows give the same bytes");
        let batches: Vec<_> = open(&bytes).batches(None, None).unwrap().map(Result::unwrap).collect();
        let views: Vec<_> = batches.iter().flat_map(RowView::all).collect();
        prop_assert_eq!(views.len(), rows.len());
        for (view, row) in views.iter().zip(&rows) {
            check(view, row);
            let values: Vec<&str> = view.attrs().map(|(_, v)| v).take(row.attrs.len()).collect();
            let expected: Vec<&str> = row.attrs.iter().map(|(_, v)| v.as_str()).collect();
            prop_assert_eq!(values, expected);
        }
    }
}

fn simple(offset: u64) -> Plain {
    Plain {
        offset,
        time: Some(1_767_208_323_000_000 + offset as i64 * 1_000_000),
        texts: vec![
            (Text::Host, "srv1".to_owned()),
            (
                Text::Message,
                format!(
                    "Failed password for u{} from 10.0.0.{}",
                    offset % 50,
                    offset % 200
                ),
            ),
        ],
        numbers: vec![(Number::Pid, offset as i64 % 3000)],
        attrs: vec![("facility".to_owned(), "auth".to_owned())],
        kind: if offset % 10 == 9 {
            Kind::UNPARSED
        } else {
            Kind::AUTH_LOGON
        },
    }
}

#[test]
fn selected_rows_of_selected_columns_over_row_groups() {
    let rows: Vec<Plain> = (0..150_000).map(simple).collect();
    let (summary, bytes) = write(&rows, BATCH_ROWS);
    assert_eq!(
        (summary.rows, summary.unparsed, summary.without_time),
        (150_000, 15_000, 0)
    );
    assert_eq!(
        summary.kinds.values.iter().collect::<Vec<_>>(),
        ["auth.logon", "unparsed"]
    );
    assert!(summary.hosts.may_hold("srv1") && !summary.hosts.may_hold("srv2"));
    let reader = open(&bytes);
    assert_eq!(reader.rows(), 150_000);
    let ranges = [3..5, 4..6, 131_070..131_074, 149_999..200_000];
    let batches = reader
        .ranges(Some(&["message", "byte_offset"]), ranges.into_iter())
        .unwrap();
    let batches: Vec<_> = batches.map(Result::unwrap).collect();
    let views = batches.iter().flat_map(RowView::all);
    let offsets: Vec<i64> = views.filter_map(|view| view.number("byte_offset")).collect();
    assert_eq!(offsets, [3, 4, 5, 131_070, 131_071, 131_072, 131_073, 149_999]);
    assert!(batches.iter().all(|batch| batch.num_columns() == 2));
    assert!(matches!(
        reader.batches(Some(&["user"]), None),
        Err(TableError::UnknownColumn(_))
    ));
}

#[test]
fn repeated_names_are_told_apart() {
    let check = |names: &[&str], expected: &[&str]| {
        let mut row = simple(0);
        row.attrs = names
            .iter()
            .map(|name| ((*name).to_owned(), String::new()))
            .collect();
        let mut builder = BatchBuilder::new();
        append(&mut builder, &row);
        let batch = builder.finish().unwrap();
        let keys: Vec<&str> = RowView::new(&batch, 0).unwrap().attrs().map(|(k, _)| k).collect();
        assert_eq!(keys, expected);
    };
    check(&["a", "b"], &["a", "b"]);
    check(&["a", "a", "b", "a"], &["a", "a#2", "b", "a#3"]);
    check(&["a", "a#2", "a"], &["a", "a#2", "a#3"]);
    check(&["a", "a", "a#2"], &["a", "a#3", "a#2"]);
    check(&["a#2", "a#2"], &["a#2", "a#2#2"]);
    let many: Vec<String> = (0..40).map(|n| format!("k{}", n % 39)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut expected = many.clone();
    expected[39] = "k0#2";
    check(&many, &expected);
}

#[test]
fn a_port_that_does_not_fit_is_an_attribute() {
    let mut row = simple(0);
    row.numbers = vec![(Number::SrcPort, 1 << 40), (Number::DstPort, 22)];
    let mut builder = BatchBuilder::new();
    append(&mut builder, &row);
    let batch = builder.finish().unwrap();
    let view = RowView::new(&batch, 0).unwrap();
    assert_eq!(
        (view.number("src_port"), view.number("dst_port")),
        (None, Some(22))
    );
    assert_eq!(view.attr("src_port"), Some("1099511627776"));
}

#[test]
fn an_offset_beyond_the_column_is_refused_and_adds_nothing() {
    let mut builder = BatchBuilder::new();
    let origin = Origin {
        span: Span {
            offset: u64::MAX,
            length: 1,
        },
        line: None,
        bytes: b"",
        text: "",
        encoding: "utf-8",
        lossy: false,
        format: "syslog",
    };
    let refused = builder.append(&context(), &origin, &EventBuf::default());
    assert!(matches!(refused, Err(TableError::OutOfRange { .. })));
    assert_eq!(builder.finish().unwrap().num_rows(), 0);
}

/// What other readers see: physical and logical types as Parquet itself states them.
#[test]
fn the_file_states_plain_types() {
    let (_, bytes) = write(&[simple(0)], 1);
    let reader = open(&bytes);
    let text = {
        let mut out = Vec::new();
        let metadata = reader.parquet_metadata();
        parquet::schema::printer::print_schema(&mut out, metadata.file_metadata().schema());
        let keys: Vec<&str> = metadata
            .file_metadata()
            .key_value_metadata()
            .unwrap()
            .iter()
            .map(|pair| pair.key.as_str())
            .collect();
        assert_eq!(keys, [VERSION_KEY], "no Arrow schema is embedded");
        String::from_utf8(out).unwrap()
    };
    for line in [
        "REQUIRED BYTE_ARRAY event_id (STRING);",
        "OPTIONAL INT64 time (TIMESTAMP(MICROS,true));",
        "OPTIONAL INT32 level (INTEGER(8,true));",
        "REQUIRED group attrs (MAP) {",
        "REPEATED group key_value {",
        "REQUIRED BYTE_ARRAY key (STRING);",
        "OPTIONAL BYTE_ARRAY value (STRING);",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(schema().fields().len(), COLUMNS.len());
}

#[test]
fn damaged_segments_do_not_panic() {
    let rows: Vec<Plain> = (0..300).map(simple).collect();
    let (_, bytes) = write(&rows, 100);
    let try_all = |bytes: Vec<u8>| {
        if let Ok(reader) = SegmentReader::open(SegmentBytes(Arc::from(bytes)))
            && let Ok(batches) = reader.batches(None, None)
        {
            for batch in batches.flatten() {
                RowView::all(&batch).for_each(|view| {
                    let _ = (view.text("message"), view.attrs().count());
                });
            }
        }
    };
    for length in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
        assert!(
            SegmentReader::open(SegmentBytes(Arc::from(&bytes[..length]))).is_err(),
            "{length}"
        );
    }
    for place in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        try_all(damaged);
    }
}
