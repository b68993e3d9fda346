//! Text objects: pieces are decoded, read by the format, placed in time and handed on.

use letopis_event::{
    Civil, EventBuf, Kind, LineNumber, Origin, Span, StructureKind, Text, TimeBasis, TimeReading,
};

use super::state::State;
use super::{Account, Piece, Pieces, Walk};
use crate::detect::Detection;
use crate::encoding::{self, Decoded, Encoding};
use crate::error::IntakeError;
use crate::format::{Context, Framing, Head, ReadSeek, Record, RecordReader, Verdict};
use crate::framing::{LineEnds, Memory};
use crate::near;
use crate::options::ParseOptions;
use crate::resolve::years::{YearCounter, Years};
use crate::timetext;

type Open = fn(&Context<'_>) -> Box<dyn RecordReader>;

pub(super) fn parse(
    input: &mut dyn ReadSeek,
    length: u64,
    detection: &Detection,
    options: &ParseOptions,
    framing: Framing,
    open: Open,
    account: &mut Account<'_>,
) -> Result<(), IntakeError> {
    let earlier = options.state.as_deref().map(State::parse).transpose()?;
    let encoding = earlier
        .as_ref()
        .and_then(|s| Encoding::parse(&s.encoding))
        .filter(|_| options.encoding.is_none())
        .unwrap_or(detection.encoding);
    let bytes = crate::detect::read_head(input, length)?;
    let bom = usize::from(detection.bom);
    let text = crate::detect::head_text(bytes.get(bom..).unwrap_or_default(), encoding);
    let head = Head {
        bytes: &bytes,
        text: &text,
        complete: bytes.len() as u64 == length,
        name: "",
    };
    let reader_state = earlier.as_ref().and_then(|s| s.reader.as_deref());
    let context = Context {
        head: &head,
        state: reader_state,
        options,
        user: detection.user.as_ref(),
    };
    let start = options.start.min(length);
    let mut from = start;
    if start == 0 && bom > 0 {
        account.structure(u64::from(detection.bom), StructureKind::Header)?;
        from = u64::from(detection.bom);
    }
    let walk = Walk {
        framing,
        encoding,
        forced: options.encoding.is_some(),
        max_record: options.max_record,
        memory: earlier.as_ref().map_or_else(Memory::default, State::memory),
        ends: earlier.as_ref().map(State::ends),
        user: detection.user.as_deref(),
    };
    let pieces = Pieces::open(input, from, length, &walk)?;
    let mut run = Run {
        pieces,
        walk,
        format: detection.name(),
        reader: open(&context),
        open,
        context: &context,
        account,
        event: EventBuf::default(),
        scratch: String::new(),
        line: earlier.as_ref().map_or(0, |s| s.lines),
        years: Inferred::Unknown,
        last_yearless: earlier.as_ref().and_then(State::last_civil),
        fallback_settled: false,
        other_encodings: Vec::new(),
        utf8_records: false,
        complete: from,
        state: None,
    };
    run.all()?;
    run.finish(length);
    Ok(())
}

/// The years of clocks that state none.
enum Inferred {
    /// No such clock was met.
    Unknown,
    /// Found by looking through the object.
    Known(Years),
    /// There is nothing to infer them from.
    Nothing,
}

struct Run<'a, 'i, 's> {
    pieces: Pieces<'i>,
    walk: Walk<'a>,
    format: &'a str,
    reader: Box<dyn RecordReader>,
    open: Open,
    context: &'a Context<'a>,
    account: &'a mut Account<'s>,
    event: EventBuf,
    scratch: String,
    /// Line ends passed.
    line: u64,
    years: Inferred,
    last_yearless: Option<(i32, Civil)>,
    fallback_settled: bool,
    /// Encodings other than UTF-8 that records had, in the order in which they came.
    other_encodings: Vec<Encoding>,
    utf8_records: bool,
    /// First byte after the last complete record.
    complete: u64,
    /// The state there, where records that are not complete follow.
    state: Option<State>,
}

/// How far the reading of a record came.
enum Reading {
    /// It was handed on.
    Done,
    /// It states no year, and none was inferred yet; whether its time stands at its beginning.
    NeedsYear { at_start: bool },
}

impl Run<'_, '_, '_> {
    fn all(&mut self) -> Result<(), IntakeError> {
        loop {
            match self.pieces.next()? {
                Piece::End => return Ok(()),
                Piece::Structure { length, kind } => {
                    self.line += self.line_ends(0, length);
                    self.account.structure(length as u64, kind)?;
                    self.pieces.window.advance(length);
                    if self.state.is_none() {
                        self.complete = self.account.position;
                    }
                }
                Piece::Record {
                    length,
                    after,
                    closed,
                    cut,
                    lines,
                } => {
                    self.state = (!closed).then(|| self.state_here());
                    self.record(length, cut)?;
                    self.line += lines.unwrap_or_else(|| self.line_ends(0, length + after));
                    self.account.structure(after as u64, StructureKind::Separator)?;
                    self.pieces.window.advance(length + after);
                    if closed {
                        self.complete = self.account.position;
                    }
                }
            }
        }
    }

    /// Line ends in a range of bytes from the current place on.
    fn line_ends(&self, from: usize, to: usize) -> u64 {
        let unit = self.pieces.encoding.unit();
        let units = self.pieces.window.units();
        count_lines(
            units.get(from / unit..to / unit).unwrap_or_default(),
            self.pieces.ends,
        )
    }

    fn record(&mut self, length: usize, cut: Option<(u64, bool)>) -> Result<(), IntakeError> {
        match self.read(length, cut)? {
            Reading::Done => Ok(()),
            Reading::NeedsYear { at_start } => {
                self.infer_years(at_start)?;
                let year = self.year(self.pieces.window.offset());
                self.account.settle(&mut self.event, year);
                let bytes = self.pieces.window.raw().get(..length).unwrap_or_default();
                let decoded = self.pieces.window.decoded(
                    0..length,
                    self.pieces.encoding,
                    self.walk.forced,
                    &mut self.scratch,
                );
                let origin = origin(&self.pieces, self.line, bytes, &decoded, self.format);
                self.account.event(&origin, &self.event)
            }
        }
    }

    fn read(&mut self, length: usize, cut: Option<(u64, bool)>) -> Result<Reading, IntakeError> {
        self.event.clear();
        let forced = self.walk.forced;
        let bytes = self.pieces.window.raw().get(..length).unwrap_or_default();
        let window = &self.pieces.window;
        let mut decoded = window.decoded(0..length, self.pieces.encoding, forced, &mut self.scratch);
        let unsettled = self.pieces.encoding == Encoding::Utf8 && !forced && !self.fallback_settled;
        if decoded.lossy && unsettled && !encoding::is_damaged_utf8(bytes) {
            // The beginning was plain ASCII or UTF-8: what follows says what the rest is.
            self.fallback_settled = true;
            let ahead = self.pieces.window.raw();
            let sample = ahead.get(..ahead.len().min(1 << 20)).unwrap_or_default();
            self.pieces.encoding = encoding::guess_fallback(sample).0;
            decoded = encoding::decode(bytes, self.pieces.encoding, forced, &mut self.scratch);
        }
        match decoded.encoding {
            Encoding::Utf8 => {
                let is_ascii = || window.is_ascii() || near::is_ascii(decoded.text.as_bytes());
                self.utf8_records = self.utf8_records || !is_ascii();
            }
            other if self.other_encodings.contains(&other) => {}
            other => self.other_encodings.push(other),
        }
        let origin = origin(&self.pieces, self.line, bytes, &decoded, self.format);
        let record = Record {
            text: decoded.text,
            bytes,
            offset: origin.span.offset,
            line: LineNumber(self.line + 1),
        };
        if let Some(kind) = read_record(&mut *self.reader, &record, cut, &mut self.event) {
            self.account.structure(length as u64, kind)?;
            return Ok(Reading::Done);
        }
        self.account.summary.cut += u64::from(matches!(cut, Some((_, true))));
        if let Some(host) = &self.context.options.host {
            self.event.set_if_absent(Text::Host, host);
        }
        let yearless = yearless(&self.event);
        let mut year = None;
        if let Some(civil) = yearless {
            match &mut self.years {
                Inferred::Unknown => {
                    let at_start = leading_yearless(decoded.text) == Some(civil);
                    return Ok(Reading::NeedsYear { at_start });
                }
                Inferred::Known(years) => {
                    let found = years.at(origin.span.offset);
                    self.last_yearless = Some((found, civil));
                    year = Some(found);
                }
                Inferred::Nothing => {}
            }
        }
        self.account.settle(&mut self.event, year);
        self.account.event(&origin, &self.event)?;
        Ok(Reading::Done)
    }

    /// The year of the record at `offset`, and remembers it for a later part.
    fn year(&mut self, offset: u64) -> Option<i32> {
        let civil = yearless(&self.event)?;
        let Inferred::Known(years) = &mut self.years else {
            return None;
        };
        let year = years.at(offset);
        self.last_yearless = Some((year, civil));
        Some(year)
    }

    /// Looks through the rest of the object for the order of its clocks.
    fn infer_years(&mut self, at_start: bool) -> Result<(), IntakeError> {
        let options = self.context.options;
        let (first, mut counter) = match self.last_yearless {
            Some((year, civil)) => (Some(year), YearCounter::after(civil)),
            None => (options.year, YearCounter::default()),
        };
        let walk = Walk {
            encoding: self.pieces.encoding,
            memory: self.pieces.memory,
            ends: Some(self.pieces.ends),
            ..self.walk
        };
        let mut reader = (!at_start).then(|| (self.open)(self.context));
        let offset = self.pieces.window.offset();
        self.pieces.window.with_input(|input, length| {
            let mut pieces = Pieces::open(input, offset, length, &walk)?;
            count_years(&mut pieces, walk.forced, reader.as_deref_mut(), &mut counter)
        })?;
        let notes = &mut self.account.summary.notes;
        self.years = match counter.settle(first, options.latest(), options.zone) {
            Some(years) => {
                notes.push(years.note.clone());
                Inferred::Known(years)
            }
            None => {
                notes.push(
                    "the records state no year and nothing bounds it: give --year; they are not placed in time"
                        .to_owned(),
                );
                Inferred::Nothing
            }
        };
        Ok(())
    }

    fn state_here(&self) -> State {
        let mut state = State::new(
            self.pieces.encoding,
            self.pieces.ends,
            self.pieces.memory,
            self.line,
        );
        if let Some((year, civil)) = &self.last_yearless {
            state.set_last_year(*year, civil);
        }
        state.reader = self.reader.state();
        state
    }

    fn finish(self, length: u64) {
        let state = self.state.clone().unwrap_or_else(|| self.state_here());
        let summary = &mut self.account.summary;
        summary.lines = self.line;
        summary.complete_end = self.complete.min(length);
        summary.state = Some(state.write());
        let utf8 = self.utf8_records.then_some("UTF-8");
        let others = self.other_encodings.iter().map(|e| e.name());
        let names: Vec<&str> = utf8.into_iter().chain(others).collect();
        let wide = self.pieces.encoding.unit() == 2;
        if names.len() > 1 && !wide {
            let mixed = names.join(" and records in ");
            summary.notes.push(format!("records in {mixed} are mixed"));
        }
    }
}

/// Lets the format read a record; what kind of structure it is instead of an event.
fn read_record(
    reader: &mut dyn RecordReader,
    record: &Record<'_>,
    cut: Option<(u64, bool)>,
    event: &mut EventBuf,
) -> Option<StructureKind> {
    if let Some((_, false)) = cut {
        event.kind = Kind::PART;
        event.time.basis = TimeBasis::Carried;
    } else {
        match reader.read(record, event) {
            Verdict::Event => {}
            Verdict::Structure(kind) if cut.is_none() => return Some(kind),
            Verdict::Structure(_) => {
                unparsed(event, "a header longer than the bound of a record", record.text)
            }
            Verdict::Unparsed(reason) => unparsed(event, reason, record.text),
        }
    }
    if let Some((whole, _)) = cut {
        event.set_fmt(Text::EventGroup, format_args!("cut-{whole:x}"));
        event.set(Text::Status, "cut");
    }
    None
}

fn unparsed(event: &mut EventBuf, reason: &str, text: &str) {
    event.clear();
    event.kind = Kind::UNPARSED;
    event.set(Text::XReason, reason);
    event.set(Text::Message, text);
}

fn origin<'a>(
    pieces: &Pieces<'_>,
    line: u64,
    bytes: &'a [u8],
    decoded: &Decoded<'a>,
    format: &'a str,
) -> Origin<'a> {
    Origin {
        span: Span {
            offset: pieces.window.offset(),
            length: bytes.len() as u64,
        },
        line: Some(LineNumber(line + 1)),
        bytes,
        text: decoded.text,
        encoding: decoded.encoding.name(),
        lossy: decoded.lossy,
        format,
    }
}

/// The clock of an event that states no year.
fn yearless(event: &EventBuf) -> Option<Civil> {
    match &event.reading {
        Some(TimeReading::Clock { civil, .. }) if civil.year.is_none() => Some(*civil),
        _ => None,
    }
}

/// The clock at the beginning of a line, after a syslog priority: what nearly all logs without a year have.
fn leading_yearless(text: &str) -> Option<Civil> {
    let rest = match text.strip_prefix('<').and_then(|t| t.split_once('>')) {
        Some((priority, rest)) if priority.len() <= 3 => rest,
        _ => text,
    };
    match timetext::bsd_syslog(rest) {
        Some((TimeReading::Clock { civil, .. }, _)) if civil.year.is_none() => Some(civil),
        _ => None,
    }
}

/// What [`leading_yearless`] finds, without decoding: `Mmm dd HH:MM:SS` at the start of a line in an encoding in which
/// ASCII means itself. `None` where the line begins otherwise. Files without years are gone through twice, and this
/// halves the price of the first time.
fn usual_yearless(bytes: &[u8], encoding: Encoding) -> Option<Option<Civil>> {
    if encoding.unit() != 1 {
        return None;
    }
    let rest = match bytes {
        [b'<', d, b'>', rest @ ..] if d.is_ascii_digit() => rest,
        [b'<', d, e, b'>', rest @ ..] if d.is_ascii_digit() && e.is_ascii_digit() => rest,
        [b'<', d, e, f, b'>', rest @ ..] if [d, e, f].iter().all(|b| b.is_ascii_digit()) => rest,
        _ => bytes,
    };
    let taken = timetext::usual_bsd_syslog(rest)?;
    Some(match taken {
        Some((TimeReading::Clock { civil, .. }, _)) if civil.year.is_none() => Some(civil),
        _ => None,
    })
}

/// Counts the clocks without a year, as the format's reader gives them, or by the beginning of each record.
fn count_years(
    pieces: &mut Pieces<'_>,
    forced: bool,
    mut reader: Option<&mut (dyn RecordReader + 'static)>,
    counter: &mut YearCounter,
) -> Result<(), IntakeError> {
    let mut scratch = String::new();
    let mut event = EventBuf::default();
    loop {
        match pieces.next()? {
            Piece::End => return Ok(()),
            Piece::Structure { length, .. } => pieces.window.advance(length),
            Piece::Record {
                length, after, cut, ..
            } => {
                let offset = pieces.window.offset();
                let bytes = pieces.window.raw().get(..length).unwrap_or_default();
                let is_part = matches!(cut, Some((_, false)));
                let civil = match &mut reader {
                    _ if is_part => None,
                    None if let Some(civil) = usual_yearless(bytes, pieces.encoding) => civil,
                    None => {
                        let start = 0..bytes.len().min(96);
                        let window = &pieces.window;
                        let decoded = window.decoded(start, pieces.encoding, forced, &mut scratch);
                        leading_yearless(decoded.text)
                    }
                    Some(reader) => {
                        let window = &pieces.window;
                        let decoded = window.decoded(0..length, pieces.encoding, forced, &mut scratch);
                        let record = Record {
                            text: decoded.text,
                            bytes,
                            offset,
                            line: LineNumber(1),
                        };
                        event.clear();
                        let _ = reader.read_clock(&record, &mut event);
                        yearless(&event)
                    }
                };
                if let Some(civil) = civil {
                    counter.count(offset, &civil);
                }
                pieces.window.advance(length + after);
            }
        }
    }
}

/// Line ends among units.
fn count_lines(units: &[u8], ends: LineEnds) -> u64 {
    let feeds = near::count(b'\n', units);
    let count = match ends {
        LineEnds::Feed => feeds,
        LineEnds::Return => {
            let pairs = units.windows(2).filter(|pair| pair == b"\r\n").count();
            feeds + near::count(b'\r', units) - pairs
        }
    };
    count as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is found without decoding is what the decoded line gives, in every sort of encoding.
        #[test]
        fn clocks_without_a_year_are_the_same_undecoded(
            head in "(<[0-9a]{1,4}>)?(Jan|feb|Sept|MAR) [ 0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
            tail in proptest::collection::vec(prop::sample::select(b" \tUTCZ:+-0123456789.,h\xd0\xff".to_vec()), 0..12),
        ) {
            let mut line = head.into_bytes();
            line.extend_from_slice(&tail);
            let encodings = ["utf-8", "windows-1251", "ibm866", "shift_jis", "utf-16le"];
            for encoding in encodings.map(|name| Encoding::parse(name).unwrap()) {
                for forced in [false, true] {
                    let mut scratch = String::new();
                    let decoded = encoding::decode(&line, encoding, forced, &mut scratch);
                    if let Some(civil) = usual_yearless(&line, encoding) {
                        prop_assert_eq!(civil, leading_yearless(decoded.text));
                    }
                }
            }
        }
    }
}
