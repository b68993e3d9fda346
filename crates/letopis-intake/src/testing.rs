//! One door for tests: bytes in, rows out, with the account of every byte checked on the way.

use std::io::Cursor;
use std::time::{Duration, Instant};

use letopis_event::{EventBuf, EventSink, EventTime, Number, Origin, SinkError, Span, StructureKind, Text};

use crate::{Detection, ParseOptions, ParseSummary, detect, parse};

/// One event as a test sees it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) span: Span,
    pub(crate) line: Option<u64>,
    pub(crate) text: String,
    pub(crate) encoding: String,
    pub(crate) lossy: bool,
    event: EventBuf,
}

impl Row {
    /// The value of a column of the event table, or of `attrs.NAME`.
    pub(crate) fn get(&self, column: &str) -> Option<String> {
        let event = &self.event;
        if let Some(name) = column.strip_prefix("attrs.") {
            return event.find_attr(name).map(str::to_owned);
        }
        if let Some(text) = Text::from_column(column) {
            return event.get(text).map(str::to_owned);
        }
        if let Some(number) = Number::ALL.iter().find(|n| n.column() == column) {
            return event.number(*number).map(|n| n.to_string());
        }
        match column {
            "kind" => Some(event.kind.as_str().to_owned()),
            "outcome" => Some(event.outcome.as_str().to_owned()),
            "level" => event.level.map(|l| l.to_string()),
            "category" => event.category.map(|c| c.as_str().to_owned()),
            "time_basis" => Some(event.time.basis.as_str().to_owned()),
            "time_offset_min" => event.time.offset_min.map(|o| o.to_string()),
            "time_ns" => event.time.nanos.map(|n| n.to_string()),
            "time" => show(event.time),
            "time_end" => show(EventTime {
                micros: event.time_end,
                offset_min: event.time.offset_min,
                ..EventTime::default()
            }),
            "encoding" => Some(self.encoding.clone()),
            "line" => self.line.map(|l| l.to_string()),
            other => panic!("no column is called {other}"),
        }
    }

    /// The attributes, in the order they were added.
    pub(crate) fn attrs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.event.attrs()
    }

    pub(crate) fn micros(&self) -> Option<i64> {
        self.event.time.micros
    }
}

fn show(time: EventTime) -> Option<String> {
    let mut out = String::new();
    letopis_event::time::format_rfc3339(time.micros?, time.offset_min.unwrap_or(0), &mut out);
    Some(out)
}

/// Keeps everything and refuses gaps, overlaps and bytes that are not the record's.
#[derive(Debug)]
pub(crate) struct Collector<'b> {
    pub(crate) bytes: &'b [u8],
    pub(crate) position: u64,
    pub(crate) rows: Vec<Row>,
    pub(crate) structure: Vec<(Span, StructureKind)>,
}

impl<'b> Collector<'b> {
    pub(crate) fn new(bytes: &'b [u8], start: u64) -> Self {
        Self {
            bytes,
            position: start,
            rows: Vec::new(),
            structure: Vec::new(),
        }
    }

    fn take(&mut self, span: Span) {
        assert_eq!(span.offset, self.position, "a gap or an overlap");
        assert!(span.length > 0, "an empty span at {}", span.offset);
        self.position = span.end();
        assert!(self.position <= self.bytes.len() as u64);
    }
}

impl EventSink for Collector<'_> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.take(origin.span);
        let span = origin.span.offset as usize..origin.span.end() as usize;
        assert_eq!(&self.bytes[span], origin.bytes);
        self.rows.push(Row {
            span: origin.span,
            line: origin.line.map(|l| l.0),
            text: origin.text.to_owned(),
            encoding: origin.encoding.to_owned(),
            lossy: origin.lossy,
            event: event.clone(),
        });
        Ok(())
    }

    fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError> {
        self.take(span);
        self.structure.push((span, kind));
        Ok(())
    }
}

/// What came out of some bytes.
pub(crate) struct Read {
    pub(crate) rows: Vec<Row>,
    pub(crate) structure: Vec<(Span, StructureKind)>,
    pub(crate) summary: ParseSummary,
    pub(crate) detection: Detection,
}

/// Options as a file that came in on 1 June 2026 has them.
pub(crate) fn options() -> ParseOptions {
    ParseOptions {
        received: Some(1_780_272_000_000_000),
        ..ParseOptions::default()
    }
}

/// Detects and reads; every byte must come out once.
pub(crate) fn read(bytes: &[u8], options: &ParseOptions) -> Read {
    let detection = detect(&mut Cursor::new(bytes), "", options).unwrap();
    let mut sink = Collector::new(bytes, options.start);
    let length = bytes.len() as u64;
    let summary = parse(&mut Cursor::new(bytes), length, &detection, options, &mut sink).unwrap();
    assert_eq!(sink.position, length, "bytes are missing at the end");
    assert_eq!(summary.total_bytes(), length - options.start);
    assert_eq!(summary.records, sink.rows.len() as u64);
    Read {
        rows: sink.rows,
        structure: sink.structure,
        summary,
        detection,
    }
}

/// The same with a format forced.
pub(crate) fn read_as(bytes: &[u8], format: &str) -> Read {
    read(
        bytes,
        &ParseOptions {
            format: Some(format.to_owned()),
            ..options()
        },
    )
}

/// Time since it was made: what the processor gave this thread where the system tells, else what the clock shows. A busy
/// machine must not make an input look slow.
pub(crate) struct Stopwatch {
    began: Instant,
    spent: Option<Duration>,
}

impl Stopwatch {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            spent: processor_time(),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match (self.spent, processor_time()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.began.elapsed(),
        }
    }
}

fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}
