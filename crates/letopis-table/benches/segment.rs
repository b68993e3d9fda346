//! How fast events become rows, rows a segment, and a segment rows again, on one core:
//! `cargo bench --workspace --bench segment`.
#![allow(clippy::print_stdout, reason = "a program that measures and prints")]

#[path = "../../../benches/measure.rs"]
mod measure;

use std::hint::black_box;

use arrow::record_batch::RecordBatch;
use letopis_event::{Category, EventBuf, Kind, LineNumber, Number, ObjectDigest, Origin, Span, Text};
use letopis_table::{BATCH_ROWS, BatchBuilder, RowContext, SegmentBytes, SegmentReader, SegmentWriter};

/// Batches of one segment.
const BATCHES: usize = 12;

/// Bits that do not repeat.
fn mixed(n: u64) -> u64 {
    let x = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Fills in a logon as sshd writes it, or a request as a web server does.
fn fill(event: &mut EventBuf, n: u64) {
    let bits = mixed(n);
    event.clear();
    event.time.micros = Some(1_767_208_323_000_000 + n as i64 * 950_000);
    event.set_fmt(
        Text::SrcIp,
        format_args!(
            "{}.{}.{}.{}",
            10 + bits % 90,
            bits >> 8 & 255,
            bits >> 16 & 255,
            bits >> 24 & 255
        ),
    );
    if bits >> 63 == 0 {
        event.kind = Kind::AUTH_LOGON;
        event.set(
            Text::UserName,
            ["a.nurlanova", "b.akhmetov", "root", "www-data"][(bits >> 32 & 3) as usize],
        );
        event.set(Text::Host, "srv-web");
        event.set(Text::Process, "sshd");
        event.set_number(Number::Pid, (n % 40_000) as i64);
        event.set_fmt(
            Text::Message,
            format_args!("Failed password from port {}", bits % 60_000),
        );
    } else {
        event.kind = Kind::HTTP_REQUEST;
        event.set_fmt(Text::Target, format_args!("/api/v1/queue?id={bits:x}"));
        event.set(Text::Status, "200");
        event.attr_fmt("bytes", format_args!("{}", bits % 9000));
        event.attr(
            "agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        );
    }
}

fn append(builder: &mut BatchBuilder, event: &mut EventBuf, n: u64) {
    const DIGEST: ObjectDigest = ObjectDigest([0xab; 32]);
    fill(event, n);
    let context = RowContext {
        object: &DIGEST,
        source: "srv-web",
        ingested: 1_780_272_000_000_000,
        format_category: Some(Category::Os),
        source_category: None,
    };
    let origin = Origin {
        span: Span {
            offset: n * 150,
            length: 149,
        },
        line: Some(LineNumber(n + 1)),
        bytes: b"",
        text: "",
        encoding: "utf-8",
        lossy: false,
        format: "syslog-rfc3164",
    };
    builder.append(&context, &origin, event).expect("a row");
}

fn batch(builder: &mut BatchBuilder, event: &mut EventBuf, number: usize) -> RecordBatch {
    let from = (number * BATCH_ROWS) as u64;
    (from..from + BATCH_ROWS as u64).for_each(|n| append(builder, event, n));
    builder.finish().expect("a batch")
}

fn read(reader: &SegmentReader<SegmentBytes>, columns: Option<&[&str]>) -> usize {
    let batches = reader.batches(columns, None).expect("a segment");
    batches.map(|batch| batch.expect("a batch").num_rows()).sum()
}

fn main() {
    let (mut builder, mut event) = (BatchBuilder::new(), EventBuf::default());
    let thousands = BATCH_ROWS as f64 / 1e3;
    measure::report("events to rows", thousands, "k/s", || {
        black_box(batch(&mut builder, &mut event, 0));
    });
    let batches: Vec<RecordBatch> = (0..BATCHES).map(|n| batch(&mut builder, &mut event, n)).collect();
    let write = || {
        let mut writer = SegmentWriter::new(Vec::new()).expect("a segment");
        batches
            .iter()
            .for_each(|batch| writer.write(batch).expect("rows"));
        writer.finish().expect("its bytes").1
    };
    let rows = thousands * BATCHES as f64;
    measure::report("rows to a segment", rows, "k/s", || {
        black_box(write());
    });
    let bytes = write();
    println!(
        "{:<52} {:>12.3} bytes",
        "segment, bytes a row",
        bytes.len() as f64 / (rows * 1e3)
    );
    let reader = SegmentReader::open(SegmentBytes(bytes.into())).expect("what was written opens");
    for (name, columns) in [
        ("all columns", None),
        ("time and kind", Some(&["time", "kind"][..])),
        ("addresses", Some(&["src_ip"][..])),
        ("attributes", Some(&["attrs"][..])),
    ] {
        assert_eq!(read(&reader, columns), BATCHES * BATCH_ROWS, "{name}");
        measure::report(&format!("segment read: {name}"), rows, "k/s", || {
            black_box(read(&reader, columns));
        });
    }
}
