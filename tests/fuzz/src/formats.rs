//! Every format, chosen by the input, through the public door of letopis-intake.
//!
//! ```text
//! 2 bytes   which format: from C000 (hexadecimal) on the detected one, else one of the list
//! 1 byte    bits 0-1 longest record, bit 2 a year is given, bits 3-5 encoding, bits 6-7 where a zone is given
//! 2 bytes   where the file is cut for the reading in two parts
//! the rest  the file
//! ```
//!
//! Whatever comes: nothing panics, events + unparsed + structure = all bytes, once and in order, two readings are equal,
//! and a file that is read in two parts is read whole.

use std::io::Cursor;

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind, Zone};
use letopis_intake::{FORMATS, ParseOptions, ParseSummary, Reader, detect, parse};

use super::choice;

/// Refuses gaps, overlaps, empty spans and bytes that are not the file's; keeps a digest of what came.
struct Sink<'b> {
    bytes: &'b [u8],
    position: u64,
    records: u64,
    digest: blake3::Hasher,
}

impl Sink<'_> {
    fn take(&mut self, span: Span) {
        assert_eq!(span.offset, self.position, "a gap or an overlap");
        assert!(span.length > 0, "an empty span at {}", span.offset);
        self.position = span.end();
        assert!(self.position <= self.bytes.len() as u64, "beyond the end");
    }
}

impl EventSink for Sink<'_> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.take(origin.span);
        let span = origin.span.offset as usize..origin.span.end() as usize;
        assert_eq!(&self.bytes[span], origin.bytes, "other bytes than the record's");
        self.records += 1;
        self.digest.update(origin.text.as_bytes());
        self.digest.update(event.kind.as_str().as_bytes());
        self.digest
            .update(&event.time.micros.unwrap_or(i64::MIN).to_le_bytes());
        for (name, value) in event.attrs() {
            self.digest.update(name.as_bytes());
            self.digest.update(value.as_bytes());
        }
        Ok(())
    }

    fn structure(&mut self, span: Span, _: StructureKind) -> Result<(), SinkError> {
        self.take(span);
        Ok(())
    }
}

struct Outcome {
    summary: ParseSummary,
    digest: blake3::Hash,
    format: &'static str,
    is_text: bool,
}

fn read(bytes: &[u8], options: &ParseOptions) -> Outcome {
    let detection = detect(&mut Cursor::new(bytes), "", options).expect("memory can be read");
    let mut sink = Sink {
        bytes,
        position: 0,
        records: 0,
        digest: blake3::Hasher::new(),
    };
    let length = bytes.len() as u64;
    let summary = parse(&mut Cursor::new(bytes), length, &detection, options, &mut sink).expect("as above");
    assert_eq!(sink.position, length, "bytes are missing at the end");
    assert_eq!(summary.total_bytes(), length, "the account is wrong");
    assert_eq!(summary.records, sink.records, "the number of records is wrong");
    assert!(summary.complete_end <= length, "complete beyond the end");
    Outcome {
        summary,
        digest: sink.digest.finalize(),
        format: detection.format.name,
        is_text: matches!(detection.format.reader, Reader::Text { .. }),
    }
}

/// The format that two bytes stand for: the one whose name gives the highest number with them, so that a new format takes
/// over a few of the choices and leaves all others as they were.
fn format(choice: [u8; 2]) -> Option<&'static str> {
    if choice[0] >= 0xc0 {
        return None;
    }
    let weight = |name: &str| {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let hash = choice
            .into_iter()
            .chain(name.bytes())
            .fold(0xcbf2_9ce4_8422_2325, mix);
        hash ^ (hash >> 29)
    };
    FORMATS
        .iter()
        .map(|format| format.name)
        .max_by_key(|name| weight(name))
}

fn options(head: [u8; 3]) -> ParseOptions {
    const RECEIVED: i64 = 1_780_272_000_000_000;
    let [high, low, flags] = head;
    let encoding = [
        "",
        "utf-8",
        "utf-16le",
        "utf-16be",
        "windows-1251",
        "koi8-r",
        "ibm866",
        "",
    ];
    let options = ParseOptions {
        format: format([high, low]).map(str::to_owned),
        max_record: [16 << 20, 64, 4096, 1 << 16][usize::from(flags & 3)],
        year: (flags & 4 != 0).then_some(2024),
        received: Some(RECEIVED),
        zone: match flags >> 6 {
            0 => Zone::UTC,
            1 => "Asia/Almaty".parse().expect("a zone"),
            2 => "Europe/Ljubljana".parse().expect("a zone"),
            _ => "-12:00".parse().unwrap_or(Zone::UTC),
        },
        ..ParseOptions::default()
    };
    match encoding[usize::from(flags >> 3 & 7)] {
        "" => options,
        name => options.with_encoding_named(name).expect("an encoding"),
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let (head, bytes) = choice::<5>(data);
    let chosen = options([head[0], head[1], head[2]]);
    let whole = read(bytes, &chosen);
    let again = read(bytes, &chosen);
    assert_eq!(whole.summary, again.summary, "two readings differ");
    assert_eq!(whole.digest, again.digest, "two readings differ");
    if !whole.is_text {
        return;
    }
    let forced = ParseOptions {
        format: Some(whole.format.to_owned()),
        ..chosen
    };
    let cut = usize::from(u16::from_be_bytes([head[3], head[4]])).min(bytes.len());
    let first = read(&bytes[..cut], &forced);
    let end = first.summary.complete_end as usize;
    let rest = read(
        &bytes[end..],
        &ParseOptions {
            state: first.summary.state,
            ..forced
        },
    );
    assert_eq!(rest.summary.total_bytes(), (bytes.len() - end) as u64);
}

/// Every sample of every format, detected, forced, and cut in its middle.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for known in FORMATS {
        let forced = (0..=u16::MAX)
            .map(u16::to_be_bytes)
            .find(|pair| format(*pair) == Some(known.name));
        for sample in known.samples {
            let middle = ((sample.bytes.len() / 2) as u16).to_be_bytes();
            for [high, low] in [Some([0xff, 0xff]), forced].into_iter().flatten() {
                seeds.push([&[high, low, 0, middle[0], middle[1]], sample.bytes].concat());
            }
        }
    }
    seeds
}
