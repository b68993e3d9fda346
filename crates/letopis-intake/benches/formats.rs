//! How fast each format is read on one thread: `cargo bench -p letopis-intake --bench formats`.
//!
//! The records of each format's longest sample are repeated to some MiB (`LETOPIS_BENCH_MIB`, 8 unless said) and read as
//! that format.
//! Words after `--` choose instead: names of formats, and paths, whose files are read each as what it is detected to
//! be; the records of a short one are repeated likewise. Prints MB/s and events/s of processor time (of the clock where
//! the system tells no other), the best of three rounds. Nothing is asserted: what is slow on a busy machine says nothing.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::print_stdout)] // A bench is a program.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Instant;

use letopis_event::{EventBuf, EventSink, Origin, SinkError, Span, StructureKind};
use letopis_intake::{FORMATS, ParseOptions, Reader, detect, parse};

/// Files beyond this are read up to here.
const FILE_BYTES_MAX: usize = 64 << 20;
const ROUNDS: usize = 3;

/// Looks at what comes and keeps nothing.
#[derive(Default)]
struct Figures {
    events: u64,
    text: u64,
}

impl EventSink for Figures {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.events += 1;
        self.text += (event.text_bytes() + origin.text.len()) as u64;
        Ok(())
    }

    fn structure(&mut self, _: Span, _: StructureKind) -> Result<(), SinkError> {
        Ok(())
    }
}

/// What the processor gave this thread so far; counted in ticks of some milliseconds.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos: u64 = text.split(' ').next()?.parse().ok()?;
    Some(nanos as f64 / 1e9)
}

/// Reads `bytes` three times and prints the best.
fn measure(name: &str, bytes: &[u8], options: &ParseOptions) {
    let mut best = f64::INFINITY;
    let (mut events, mut unparsed, mut format) = (0, 0, String::new());
    for _ in 0..ROUNDS {
        let mut figures = Figures::default();
        let (began, spent) = (Instant::now(), processor_seconds());
        let detection = detect(&mut Cursor::new(bytes), "", options).expect("bytes in memory can be read");
        let length = bytes.len() as u64;
        let summary = parse(&mut Cursor::new(bytes), length, &detection, options, &mut figures)
            .expect("bytes in memory can be read");
        let seconds = match (spent, processor_seconds()) {
            (Some(before), Some(now)) if now > before => now - before,
            _ => began.elapsed().as_secs_f64(),
        };
        best = best.min(seconds);
        (events, unparsed) = (figures.events, summary.unparsed);
        detection.name().clone_into(&mut format);
    }
    println!(
        "{name:<40} {:>8.1} MB {:>8.1} MB/s {:>12.0} events/s {unparsed:>9} unparsed  {format}",
        bytes.len() as f64 / 1e6,
        bytes.len() as f64 / 1e6 / best,
        events as f64 / best
    );
}

/// Where the records of a sample lie.
#[derive(Default)]
struct Places(Vec<Span>);

impl EventSink for Places {
    fn event(&mut self, origin: &Origin<'_>, _: &EventBuf) -> Result<(), SinkError> {
        self.0.push(origin.span);
        Ok(())
    }

    fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError> {
        if kind == StructureKind::Separator && !self.0.is_empty() {
            self.0.push(span);
        }
        Ok(())
    }
}

/// The longest sample of a format as a long file: what stands before its first record once, its records again and
/// again. Other headers between them are left out.
fn repeated(samples: &[&[u8]], bytes: usize, options: &ParseOptions) -> Vec<u8> {
    let longest = samples
        .iter()
        .copied()
        .max_by_key(|s| s.len())
        .unwrap_or_default();
    let mut sample = longest.to_vec();
    if longest.last() != Some(&b'\n') {
        sample.push(b'\n');
    }
    let mut places = Places::default();
    let mut input = Cursor::new(&sample);
    let detection = detect(&mut input, "", options).expect("bytes in memory can be read");
    let length = sample.len() as u64;
    parse(&mut input, length, &detection, options, &mut places).expect("bytes in memory can be read");
    let of = |span: &Span| &sample[span.offset as usize..span.end() as usize];
    let records: Vec<u8> = places.0.iter().flat_map(|span| of(span).to_vec()).collect();
    let begin = places.0.first().map_or(0, |span| span.offset as usize);
    let mut out = Vec::with_capacity(bytes + sample.len());
    out.extend_from_slice(&sample[..begin]);
    while out.len() < bytes && !records.is_empty() {
        out.extend_from_slice(&records);
    }
    out
}

fn files(path: &Path, into: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut inside: Vec<PathBuf> = path
            .read_dir()
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        inside.sort();
        inside.iter().for_each(|path| files(path, into));
    } else {
        into.push(path.to_owned());
    }
}

fn main() {
    let mib: usize = std::env::var("LETOPIS_BENCH_MIB")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(8);
    let options = ParseOptions {
        received: Some(1_780_272_000_000_000),
        ..ParseOptions::default()
    };
    // Cargo itself gives `--bench`.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let is_text = |reader: &Reader| matches!(reader, Reader::Text { .. });
    for format in FORMATS.iter().filter(|f| is_text(&f.reader)) {
        if words.is_empty() || words.iter().any(|word| word == format.name) {
            let samples: Vec<&[u8]> = format.samples.iter().map(|s| s.bytes).collect();
            let forced = ParseOptions {
                format: Some(format.name.to_owned()),
                ..options.clone()
            };
            measure(format.name, &repeated(&samples, mib << 20, &forced), &forced);
        }
    }
    let mut paths = Vec::new();
    words
        .iter()
        .filter(|word| FORMATS.iter().all(|format| format.name != *word))
        .for_each(|word| files(Path::new(word), &mut paths));
    for path in paths {
        match std::fs::read(&path) {
            Ok(mut bytes) => {
                bytes.truncate(FILE_BYTES_MAX);
                if bytes.len() < mib << 20 {
                    bytes = repeated(&[&bytes], mib << 20, &options);
                }
                measure(&path.display().to_string(), &bytes, &options);
            }
            Err(error) => println!("{}: {error}", path.display()),
        }
    }
}
