//! Reads the files given and prints each event as one JSON object a line, with the column names of the event table
//! plus `raw`: the reader alone, without an archive.
//!
//! `cargo run --release --example events -- FILE …`; a folder is walked; `--tz ZONE` before the files gives the zone of
//! clocks that state none.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    clippy::print_stdout
)] // An example is a program.

use std::error::Error;
use std::io::{self, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use letopis_event::time::format_rfc3339;
use letopis_event::{EventBuf, EventSink, Number, Origin, SinkError, Span, StructureKind, Text};
use letopis_intake::{ParseOptions, detect, parse};
use serde_json::{Map, Value};

fn main() -> Result<(), Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let mut options = ParseOptions {
        received: i64::try_from(now.as_micros()).ok(),
        ..ParseOptions::default()
    };
    let mut paths = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--tz" {
            options.zone = words.next().ok_or("--tz needs a zone")?.parse()?;
        } else {
            collect(Path::new(&word), &mut paths)?;
        }
    }
    let mut out = Printer(BufWriter::new(io::stdout().lock()));
    for path in &paths {
        let bytes = std::fs::read(path)?;
        let detection = detect(&mut Cursor::new(&bytes), "", &options)?;
        let summary = parse(
            &mut Cursor::new(&bytes),
            bytes.len() as u64,
            &detection,
            &options,
            &mut out,
        )?;
        eprintln!(
            "{}: {} ({}), {} records, {} unparsed",
            path.display(),
            detection.format.name,
            detection.reason,
            summary.records,
            summary.unparsed
        );
    }
    out.0.flush()?;
    Ok(())
}

fn collect(path: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        into.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<_> = path.read_dir()?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    entries.iter().try_for_each(|entry| collect(&entry.path(), into))
}

struct Printer<W: Write>(BufWriter<W>);

impl<W: Write> EventSink for Printer<W> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
        if let Some(micros) = event.time.micros {
            let mut time = String::new();
            format_rfc3339(micros, 0, &mut time);
            put("time", time.into());
        }
        put("time_basis", event.time.basis.as_str().into());
        put("kind", event.kind.as_str().into());
        put("outcome", event.outcome.as_str().into());
        put("level", event.level.into());
        for text in Text::ALL {
            if let Some(value) = event.get(*text) {
                put(text.column(), value.into());
            }
        }
        for number in Number::ALL {
            if let Some(value) = event.number(*number) {
                put(number.column(), value.into());
            }
        }
        let attrs: Map<String, Value> = event.attrs().map(|(k, v)| (k.to_owned(), v.into())).collect();
        put("attrs", attrs.into());
        put("format", origin.format.into());
        put("raw", origin.text.into());
        serde_json::to_writer(&mut self.0, &row).map_err(|e| SinkError(Box::new(e)))?;
        self.0.write_all(b"\n").map_err(|e| SinkError(Box::new(e)))
    }

    fn structure(&mut self, _: Span, _: StructureKind) -> Result<(), SinkError> {
        Ok(())
    }
}
