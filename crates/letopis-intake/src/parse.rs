//! The driver: frames, decodes, reads and places every record of one object, and accounts for every byte.

mod binary;
mod pieces;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod window;

use letopis_event::{EventBuf, EventSink, Kind, Origin, Span, StructureKind, Zone};

use crate::detect::Detection;
use crate::error::IntakeError;
use crate::format::{ReadSeek, Reader};
use crate::options::ParseOptions;
use crate::resolve;

pub(crate) use pieces::{Piece, Pieces, Walk};

/// What was read: the figures of a file's reconciliation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParseSummary {
    /// Records that reached the sink as events, unparsed ones included.
    pub records: u64,
    /// Records of kind `unparsed`.
    pub unparsed: u64,
    /// The first unparsed records: offset and reason, at most five.
    pub unparsed_examples: Vec<(u64, String)>,
    /// Bytes in events, without the unparsed ones.
    pub event_bytes: u64,
    /// Bytes in unparsed records.
    pub unparsed_bytes: u64,
    /// Bytes of structure, one entry a kind, in the order in which the kinds first came.
    pub structure_bytes: Vec<(StructureKind, u64)>,
    /// Earliest instant, microseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Latest instant, microseconds since 1970 UTC.
    pub last_time: Option<i64>,
    /// Records that have no place in time.
    pub not_placed: u64,
    /// Records longer than the bound, cut into several.
    pub cut: u64,
    /// Lines of text read.
    pub lines: u64,
    /// First byte after the last complete record: where a grown file is read on. Equal to the length where the
    /// last record is complete.
    pub complete_end: u64,
    /// What a later part of the same file, beginning at `complete_end`, needs: give it back as
    /// [`ParseOptions::state`].
    pub state: Option<String>,
    /// Things a person should know (inferred year, excursions of the clock, mixed encodings), one sentence each.
    pub notes: Vec<String>,
}

impl ParseSummary {
    /// Bytes of structure in all.
    pub fn structure_total(&self) -> u64 {
        self.structure_bytes.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Every byte accounted for: events, unparsed and structure.
    pub fn total_bytes(&self) -> u64 {
        self.event_bytes + self.unparsed_bytes + self.structure_total()
    }
}

/// Examples of unparsed records that are kept.
const EXAMPLES_MAX: usize = 5;

/// Reads `input` (`length` bytes) from `options.start` on and hands every byte to `sink` exactly once, in order:
/// as an event, as an event of kind `unparsed`, or as structure.
///
/// # Errors
/// When the input cannot be read, ends early, or the sink refuses. Nothing in the bytes themselves is an error.
pub fn parse(
    input: &mut dyn ReadSeek,
    length: u64,
    detection: &Detection,
    options: &ParseOptions,
    sink: &mut dyn EventSink,
) -> Result<ParseSummary, IntakeError> {
    let mut account = Account::new(sink, options.zone, options.start.min(length));
    match detection.format.reader {
        Reader::Binary { read } => binary::parse(input, length, detection, options, read, &mut account)?,
        Reader::Text { framing, open } => {
            let framing = detection.user.as_ref().map_or(framing, |user| user.framing());
            text::parse(input, length, detection, options, framing, open, &mut account)?;
        }
    }
    account.flush()?;
    assert_eq!(account.position, length, "every byte reaches the sink");
    Ok(account.summary)
}

/// The only way to the sink: keeps the order of bytes and the figures.
struct Account<'s> {
    sink: &'s mut dyn EventSink,
    summary: ParseSummary,
    zone: Zone,
    /// First byte that has not been accounted for.
    position: u64,
    /// Structure that was seen and not yet handed on: neighbours of one kind go together.
    pending: Option<(Span, StructureKind)>,
    /// The place in time of the last record that had one.
    last: letopis_event::EventTime,
}

impl<'s> Account<'s> {
    fn new(sink: &'s mut dyn EventSink, zone: Zone, start: u64) -> Self {
        Self {
            sink,
            summary: ParseSummary::default(),
            zone,
            position: start,
            pending: None,
            last: letopis_event::EventTime::default(),
        }
    }

    /// Structure at the current position.
    fn structure(&mut self, length: u64, kind: StructureKind) -> Result<(), IntakeError> {
        if length == 0 {
            return Ok(());
        }
        let kinds = &mut self.summary.structure_bytes;
        match kinds.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, bytes)) => *bytes += length,
            None => kinds.push((kind, length)),
        }
        let offset = self.position;
        self.position += length;
        match &mut self.pending {
            Some((span, pending)) if *pending == kind => span.length += length,
            _ => {
                self.flush()?;
                self.pending = Some((Span { offset, length }, kind));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), IntakeError> {
        if let Some((span, kind)) = self.pending.take() {
            self.sink.structure(span, kind)?;
        }
        Ok(())
    }

    /// An event whose time is settled; its span begins at the current position.
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), IntakeError> {
        self.flush()?;
        let length = origin.span.length;
        let summary = &mut self.summary;
        summary.records += 1;
        if event.kind == Kind::UNPARSED {
            summary.unparsed += 1;
            summary.unparsed_bytes += length;
            if summary.unparsed_examples.len() < EXAMPLES_MAX {
                let reason = event.get(letopis_event::Text::XReason).unwrap_or_default();
                summary
                    .unparsed_examples
                    .push((origin.span.offset, reason.to_owned()));
            }
        } else {
            summary.event_bytes += length;
        }
        match event.time.micros {
            Some(micros) => {
                summary.first_time = Some(summary.first_time.map_or(micros, |f| f.min(micros)));
                summary.last_time = Some(summary.last_time.map_or(micros, |l| l.max(micros)));
                self.last = event.time;
            }
            None => summary.not_placed += 1,
        }
        self.position += length;
        self.sink.event(origin, event)?;
        Ok(())
    }

    /// Places what the event says of its time.
    fn settle(&self, event: &mut EventBuf, year: Option<i32>) {
        if let Some(reading) = event.reading {
            event.time = resolve::place(&reading, self.zone, year);
            if let Some(note) = resolve::note(&event.time, &reading) {
                event.attr("time_note", note);
            }
        } else if event.time.basis == letopis_event::TimeBasis::Carried {
            event.time = letopis_event::EventTime {
                basis: letopis_event::TimeBasis::Carried,
                ..self.last
            };
            if event.time.micros.is_none() {
                event.time = letopis_event::EventTime::default();
            }
        }
        if let Some(reading) = event.end_reading {
            event.time_end = resolve::place(&reading, self.zone, year).micros;
        }
    }
}
