//! Reads one chunk: renders its records in their order and accounts for every byte between them.

use std::fmt::Write as _;
use std::sync::Arc;

use evtx::err::EvtxError;
use evtx::{EvtxChunk, EvtxChunkData, EvtxChunkHeader, EvtxRecord, ParserSettings};
use letopis_event::{EventBuf, EventSink, Kind, Origin, SinkError, Span, StructureKind, Text, TimeReading};

use super::frame::{self, CHUNK_HEADER, RECORD_HEADER, SIZE_COPY};
use super::{CHUNK, CHUNK_SIGNATURE, NAME};
use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::format::Context;
use crate::formats::json_walk::{Scratch, walk_values};
use crate::formats::windows::{Field, Interpreter, dump};
use crate::timetext;

/// Reads chunks, one after another.
pub(super) struct ChunkReader<'s> {
    sink: &'s mut dyn EventSink,
    settings: Arc<ParserSettings>,
    interpreter: Interpreter,
    pending: dump::Pending,
    event: EventBuf,
    /// The buffer of what could not be read: reported between the rendering of a record and its turn.
    damage: EventBuf,
    scratch: Scratch,
    text: String,
    /// What went wrong in the chunk being read: id of the record and why.
    failures: Vec<(u64, String)>,
}

/// What is known of the chunk being read.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Its first byte in the object.
    base: u64,
    /// Bytes of it that are there.
    length: usize,
    /// Where its records in use end.
    live_end: usize,
    /// What is wrong with its check sums.
    note: Option<&'static str>,
}

impl<'s> ChunkReader<'s> {
    pub(super) fn new(context: &Context<'_>, sink: &'s mut dyn EventSink) -> Self {
        let mut settings = ParserSettings::new().indent(false).recover_records(true);
        if let Some(Encoding::Legacy(encoding)) = context.options.encoding {
            settings = settings.ansi_codec(encoding);
        }
        Self {
            sink,
            settings: Arc::new(settings),
            interpreter: Interpreter::default(),
            pending: dump::Pending::default(),
            event: EventBuf::default(),
            damage: EventBuf::default(),
            scratch: Scratch::default(),
            text: String::new(),
            failures: Vec::new(),
        }
    }

    /// Reads one chunk of `length` bytes (the rest of `data`, up to 64 KiB, is zero) and gives the buffer back.
    pub(super) fn chunk(
        &mut self,
        base: u64,
        mut data: Vec<u8>,
        length: usize,
    ) -> Result<Vec<u8>, IntakeError> {
        self.failures.clear();
        let present = data.get(..length).unwrap_or_default();
        if present.iter().all(|b| *b == 0) {
            self.structure(
                Span {
                    offset: base,
                    length: length as u64,
                },
                StructureKind::Padding,
            )?;
            return Ok(data);
        }
        let whole_header = length >= CHUNK_HEADER && data.starts_with(CHUNK_SIGNATURE);
        if whole_header {
            self.structure(
                Span {
                    offset: base,
                    length: CHUNK_HEADER as u64,
                },
                StructureKind::Header,
            )?;
        } else if frame::next_frame(present, 0).is_none() {
            let reason = "the signature of the chunk is missing: expected `ElfChnk`, and no record was found";
            self.unparsed(base, present, None, reason)?;
            return Ok(data);
        } else {
            let head = present.get(..CHUNK_HEADER.min(length)).unwrap_or_default();
            self.unparsed(
                base,
                head,
                None,
                "the signature of the chunk is missing: expected `ElfChnk`",
            )?;
            replace_header(&mut data, length);
        }
        data.resize(CHUNK, 0);
        let mut chunk_data = match EvtxChunkHeader::from_bytes(&data) {
            Ok(header) => EvtxChunkData {
                header,
                data,
                number: None,
            },
            Err(error) => {
                let place = Place {
                    base,
                    length,
                    live_end: length,
                    note: None,
                };
                self.failures.push((u64::MAX, causes(&error)));
                self.gap(&data, CHUNK_HEADER, length, place)?;
                return Ok(data);
            }
        };
        let place = self.place(&mut chunk_data, base, length, whole_header);
        if self.rendered_all(&mut chunk_data, place)? {
            return Ok(chunk_data.data);
        }
        // The tables of names are damaged: without them names are read where the records point.
        let mut chunk_data = without_tables(chunk_data);
        if !self.rendered_all(&mut chunk_data, place)? {
            self.gap(&chunk_data.data, CHUNK_HEADER.min(length), length, place)?;
        }
        Ok(chunk_data.data)
    }

    /// Reads the chunk's records; says whether the renderer took the chunk at all.
    fn rendered_all(&mut self, chunk: &mut EvtxChunkData, place: Place) -> Result<bool, IntakeError> {
        match chunk.parse(Arc::clone(&self.settings)) {
            Ok(mut chunk) => {
                self.failures.clear();
                self.records(&mut chunk, place)?;
                Ok(true)
            }
            Err(error) => {
                self.failures.push((u64::MAX, causes(&error)));
                Ok(false)
            }
        }
    }

    /// Settles where the records in use end, and tells the renderer.
    fn place(&self, chunk: &mut EvtxChunkData, base: u64, length: usize, whole_header: bool) -> Place {
        let mut note = None;
        let free_space = chunk.header.free_space_offset as usize;
        let usable = whole_header && (CHUNK_HEADER..=CHUNK).contains(&free_space);
        if whole_header {
            if !chunk.validate_header_checksum() {
                note = Some("the check sum of the chunk's header differs");
            } else if !chunk.validate_data_checksum() {
                note = Some("the check sum of the chunk's records differs");
            }
        }
        let present = chunk.data.get(..length).unwrap_or_default();
        let live_end = frame::live_end(present, usable.then_some(free_space.min(length)));
        chunk.header.free_space_offset = live_end as u32;
        chunk.header.last_event_record_data_offset = live_end as u32;
        // The renderer stops at the last id it is told of; where the records end is settled above.
        chunk.header.first_event_record_id = 0;
        chunk.header.last_event_record_id = u64::MAX;
        Place {
            base,
            length,
            live_end,
            note,
        }
    }

    fn records(&mut self, chunk: &mut EvtxChunk<'_>, place: Place) -> Result<(), IntakeError> {
        let data = chunk.data;
        let mut cursor = CHUNK_HEADER.min(place.length);
        for item in chunk.iter() {
            let record = match item {
                Ok(record) => record,
                Err(error) => {
                    self.fail(&error);
                    continue;
                }
            };
            let start = (record.binxml_offset as usize).saturating_sub(RECORD_HEADER);
            let end = start + RECORD_HEADER + record.binxml_size as usize + SIZE_COPY;
            // What is no whole record by our framing is not taken from the renderer, which looks at one size only:
            // a record that was half written when the system stopped has zeros for its second half.
            if start < cursor || frame::frame(data, start).is_none_or(|f| f.end != end || end > place.length)
            {
                continue;
            }
            let recovered = start >= place.live_end;
            if recovered && !frame::template_fits(data, start) {
                continue;
            }
            let id = record.event_record_id;
            match self.render(record, recovered) {
                Ok(true) => {}
                Ok(false) => {
                    self.failures
                        .push((id, "the rendered record is no event".to_owned()));
                    continue;
                }
                Err(error) => {
                    self.fail(&error);
                    continue;
                }
            }
            self.gap(data, cursor, start, place)?;
            self.rendered(data, start, end, recovered, place)?;
            cursor = end;
        }
        self.gap(data, cursor, place.length, place)
    }

    /// Renders a record into the event; says whether it is one.
    fn render(&mut self, record: EvtxRecord<'_>, recovered: bool) -> Result<bool, EvtxError> {
        let json = record.into_json_bytes()?.data;
        self.event.clear();
        self.interpreter.begin();
        self.pending.clear();
        let (interpreter, pending, event) = (&mut self.interpreter, &mut self.pending, &mut self.event);
        let Ok(json) = std::str::from_utf8(&json) else {
            return Ok(false);
        };
        let read = walk_values(json, &mut self.scratch, &mut |path, value| {
            if let Some(path) = path.strip_prefix("Event.") {
                dump::leaf(interpreter, pending, event, path, value);
            }
        });
        if read.is_err() || interpreter.fields.get(Field::EventId).is_empty() {
            return Ok(false);
        }
        interpreter.finish(event);
        if recovered {
            event.set(Text::Status, RECOVERED);
        }
        Ok(true)
    }

    /// Hands a rendered record to the sink, with what its header says.
    fn rendered(
        &mut self,
        data: &[u8],
        start: usize,
        end: usize,
        recovered: bool,
        place: Place,
    ) -> Result<(), IntakeError> {
        let bytes = data.get(start..end).unwrap_or_default();
        let id = frame::u64_at(data, start + 8).unwrap_or_default();
        let filetime = frame::u64_at(data, start + 16).unwrap_or_default();
        self.note_header(id, filetime);
        if let Some(note) = place.note.filter(|_| !recovered) {
            self.event.attr("EvtxChunk", note);
        }
        Ok(emit(
            self.sink,
            &mut self.text,
            place.base + start as u64,
            bytes,
            &self.event,
        )?)
    }

    /// The record header's own id and time, where they say something that the event does not.
    fn note_header(&mut self, id: u64, filetime: u64) {
        /// A minute, in FILETIME's steps of 100 ns. The service writes within moments; more than that is a fact.
        const MINUTE: u64 = 600_000_000;
        let event = &mut self.event;
        let same = event.get(Text::XRecordId).and_then(|own| own.parse::<u64>().ok()) == Some(id);
        if !same {
            event.attr_fmt("HeaderRecordID", format_args!("{id}"));
        }
        let Some(written) = timetext::filetime(filetime) else {
            return;
        };
        if event.reading.is_none() {
            event.set_fmt(Text::TimeText, format_args!("FILETIME {filetime}"));
            event.reading = Some(written);
        } else if let (Some(created), true) = (event.reading.and_then(filetime_of), filetime > 0)
            && created.abs_diff(filetime) > MINUTE
        {
            event.attr_fmt("HeaderWrittenFILETIME", format_args!("{filetime}"));
        }
    }

    pub(super) fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError> {
        if span.length == 0 {
            Ok(())
        } else {
            self.sink.structure(span, kind)
        }
    }

    /// Hands over bytes that could not be read, with what a whole record header still tells.
    pub(super) fn unparsed(
        &mut self,
        offset: u64,
        bytes: &[u8],
        frame: Option<frame::Frame>,
        reason: &str,
    ) -> Result<(), IntakeError> {
        let event = &mut self.damage;
        event.clear();
        event.kind = Kind::UNPARSED;
        event.set(Text::XReason, reason);
        if let Some(frame) = frame {
            event.set_fmt(Text::XRecordId, format_args!("{}", frame.id));
            if let Some(written) = timetext::filetime(frame.filetime).filter(|_| frame.filetime > 0) {
                event.set_fmt(Text::TimeText, format_args!("FILETIME {}", frame.filetime));
                event.reading = Some(written);
            }
        }
        Ok(emit(self.sink, &mut self.text, offset, bytes, event)?)
    }

    fn fail(&mut self, error: &EvtxError) {
        let id = match error {
            EvtxError::FailedToParseRecord { record_id, .. } => *record_id,
            _ => u64::MAX,
        };
        self.failures.push((id, causes(error)));
    }

    /// Accounts for the bytes between two rendered records.
    fn gap(&mut self, data: &[u8], from: usize, to: usize, place: Place) -> Result<(), IntakeError> {
        let middle = place.live_end.clamp(from, to.max(from));
        self.damaged(data, from, middle, place)?;
        let Some(free) = data.get(middle..to).filter(|f| !f.is_empty()) else {
            return Ok(());
        };
        let kind = if free.iter().all(|b| *b == 0) {
            StructureKind::Padding
        } else {
            StructureKind::Slack
        };
        let span = Span {
            offset: place.base + middle as u64,
            length: free.len() as u64,
        };
        Ok(self.structure(span, kind)?)
    }

    /// Bytes in the part in use that gave no event: whole records that could not be rendered, and what lies
    /// between records.
    fn damaged(&mut self, data: &[u8], from: usize, to: usize, place: Place) -> Result<(), IntakeError> {
        let mut at = from;
        while let Some(rest) = data.get(at..to).filter(|r| !r.is_empty()) {
            let offset = place.base + at as u64;
            if rest.iter().all(|b| *b == 0) {
                let span = Span {
                    offset,
                    length: rest.len() as u64,
                };
                return Ok(self.structure(span, StructureKind::Padding)?);
            }
            let known = frame::frame(data, at).filter(|f| f.end <= to);
            let end = match known {
                Some(frame) => frame.end,
                None => damaged_end(data, at, to),
            };
            let reason = self.reason(data, at, place, known);
            let bytes = data.get(at..end).unwrap_or_default();
            self.unparsed(offset, bytes, known, &reason)?;
            at = end;
        }
        Ok(())
    }

    fn reason(&self, data: &[u8], at: usize, place: Place, known: Option<frame::Frame>) -> String {
        if let Some(frame) = known {
            let failure = self
                .failures
                .iter()
                .find(|(id, _)| *id == frame.id || *id == u64::MAX);
            let cause = failure.map_or("no cause given", |(_, cause)| cause.as_str());
            return format!("the record cannot be rendered: {cause}");
        }
        match frame::claimed_size(data, at) {
            Some(size) if at + size > place.length => {
                format!(
                    "the record is cut: {} of {size} bytes",
                    place.length.saturating_sub(at)
                )
            }
            Some(size) => {
                let copy = (at + size)
                    .checked_sub(SIZE_COPY)
                    .and_then(|at| frame::u32_at(data, at))
                    .unwrap_or(0);
                format!("the record's sizes differ: {size} before it, {copy} behind it")
            }
            None => "no record begins here: expected the signature 2a 2a 00 00".to_owned(),
        }
    }
}

/// Hands one event to the sink with the text of its fields.
fn emit(
    sink: &mut dyn EventSink,
    text: &mut String,
    offset: u64,
    bytes: &[u8],
    event: &EventBuf,
) -> Result<(), SinkError> {
    text.clear();
    event.rendered_text(text);
    let origin = Origin {
        span: Span {
            offset,
            length: bytes.len() as u64,
        },
        line: None,
        bytes,
        text,
        encoding: "binary",
        lossy: false,
        format: NAME,
    };
    sink.event(&origin, event)
}

/// Where damaged bytes end: at the next whole record, or where a record that claims to begin here would end, if
/// that comes first.
fn damaged_end(data: &[u8], at: usize, to: usize) -> usize {
    let next = frame::next_frame(data.get(..to).unwrap_or_default(), at + 1).unwrap_or(to);
    let claimed = frame::claimed_size(data, at).and_then(|size| at.checked_add(size));
    claimed
        .filter(|end| (at + RECORD_HEADER..next).contains(end))
        .unwrap_or(next)
}

/// Status of an event found in free space.
pub(super) const RECOVERED: &str = "recovered";

/// The whole chain of causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// FILETIME steps of an instant; `None` before 1601.
fn filetime_of(reading: TimeReading) -> Option<u64> {
    const FROM_1601_TO_1970: i128 = 11_644_473_600;
    let nanos = match reading {
        TimeReading::Instant { nanos } => nanos,
        TimeReading::Clock { civil, offset_min } => {
            let local = civil.in_year(civil.year?)?.and_utc();
            let seconds = i128::from(local.timestamp()) - i128::from(offset_min.unwrap_or(0)) * 60;
            seconds * 1_000_000_000 + i128::from(local.timestamp_subsec_nanos())
        }
    };
    u64::try_from(nanos / 100 + FROM_1601_TO_1970 * 10_000_000).ok()
}

/// Puts a header without tables in place of a damaged one, so that the chunk's records can be rendered.
fn replace_header(data: &mut [u8], length: usize) {
    let Some(header) = data.get_mut(..CHUNK_HEADER) else {
        return;
    };
    header.fill(0);
    let mut put = |at: usize, bytes: &[u8]| {
        if let Some(room) = header.get_mut(at..at + bytes.len()) {
            room.copy_from_slice(bytes);
        }
    };
    put(0, CHUNK_SIGNATURE);
    put(40, &128u32.to_le_bytes());
    put(44, &(length as u32).to_le_bytes());
    put(48, &(length as u32).to_le_bytes());
}

/// The same chunk with empty tables of names and templates; the rest of the header stays as it was settled.
pub(super) fn without_tables(mut chunk: EvtxChunkData) -> EvtxChunkData {
    if let Some(tables) = chunk.data.get_mut(128..CHUNK_HEADER) {
        tables.fill(0);
    }
    if let Ok(mut header) = EvtxChunkHeader::from_bytes(&chunk.data) {
        header.free_space_offset = chunk.header.free_space_offset;
        header.last_event_record_data_offset = chunk.header.last_event_record_data_offset;
        header.first_event_record_id = chunk.header.first_event_record_id;
        header.last_event_record_id = chunk.header.last_event_record_id;
        chunk.header = header;
    }
    chunk
}
