//! What someone needs to read one record who has only its bytes: where else in its chunk it points, and its rendering.
//!
//! The binary XML of a record is mostly a list of values for a template that stands inside an earlier record of the same
//! chunk, and the names of its elements stand where they were first used (MS-EVEN6 §2.2.12; offsets count from the
//! first byte of the chunk).

use std::collections::BTreeSet;
use std::io::SeekFrom;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};
use letopis_event::Span;

use super::chunk::without_tables;
use super::frame::{CHUNK_HEADER, RECORD_HEADER, SIZE_COPY, frame, u32_at};
use super::{CHUNK, CHUNK_SIGNATURE, FILE_HEADER, fill};
use crate::error::IntakeError;
use crate::format::ReadSeek;
use crate::formats::Companion;

/// Template instances inside values inside template instances: no deeper.
const DEPTH_MAX: usize = 16;
/// Before the body of a template's definition: the next one, its GUID, the size of the body.
const DEFINITION_HEADER: usize = 24;
/// Type of a value that is binary XML itself.
const BINARY_XML: u8 = 0x21;

/// Looks at the record that stands at `record` of an event log file.
pub(crate) fn companion(input: &mut dyn ReadSeek, record: Span) -> Result<Option<Companion>, IntakeError> {
    let mut begin = [0; CHUNK_SIGNATURE.len()];
    input.seek(SeekFrom::Start(0)).map_err(IntakeError::read(0))?;
    fill(input, 0, &mut begin)?;
    let first = if begin == *CHUNK_SIGNATURE {
        0
    } else {
        FILE_HEADER as u64
    };
    let Some(before) = record.offset.checked_sub(first) else {
        return Ok(None);
    };
    let inside = (before % CHUNK as u64) as usize;
    let base = record.offset - inside as u64;
    input
        .seek(SeekFrom::Start(base))
        .map_err(IntakeError::read(base))?;
    let mut chunk = vec![0; CHUNK];
    fill(input, base, &mut chunk)?;
    let fits = |end: usize| (end - inside) as u64 == record.length;
    let Some(found) = frame(&chunk, inside).filter(|frame| fits(frame.end)) else {
        return Ok(None);
    };
    let elsewhere = references(&chunk, inside, found.end);
    Ok(elsewhere.map(|elsewhere| Companion {
        elsewhere: elsewhere.into_iter().map(|at| base + at as u64).collect(),
        rendering: xml(chunk, inside),
    }))
}

/// The record as XML, as the crate `evtx` renders it.
pub(super) fn xml(chunk: Vec<u8>, at: usize) -> Option<String> {
    let mut chunk = EvtxChunkData::new(chunk, false).ok()?;
    chunk.header.first_event_record_id = 0;
    chunk.header.last_event_record_id = u64::MAX;
    let mut chunk = without_tables(chunk);
    let settings = Arc::new(ParserSettings::new().indent(true).recover_records(true));
    let mut chunk = chunk.parse(settings).ok()?;
    let wanted = (at + RECORD_HEADER) as u64;
    let mut records = chunk.iter().filter_map(Result::ok);
    let record = records.find(|record| record.binxml_offset == wanted)?;
    Some(record.into_xml().ok()?.data)
}

/// Places of the chunk that the record from `at` to `end` needs and that lie outside it; `None` where its binary XML
/// cannot be followed.
pub(super) fn references(chunk: &[u8], at: usize, end: usize) -> Option<BTreeSet<usize>> {
    let mut walk = Walk {
        chunk,
        found: BTreeSet::new(),
        definitions: BTreeSet::new(),
    };
    walk.stream(at + RECORD_HEADER, end.checked_sub(SIZE_COPY)?, false, 0)?;
    walk.found
        .retain(|place| !(at..end).contains(place) && *place >= CHUNK_HEADER);
    Some(walk.found)
}

/// Follows binary XML token by token (MS-EVEN6 §2.2.12.1) and keeps where it points.
struct Walk<'a> {
    chunk: &'a [u8],
    found: BTreeSet<usize>,
    /// Definitions that were walked through.
    definitions: BTreeSet<usize>,
}

impl Walk<'_> {
    fn byte(&self, at: usize) -> Option<usize> {
        self.chunk.get(at).map(|byte| usize::from(*byte))
    }

    fn short(&self, at: usize) -> Option<usize> {
        Some(self.byte(at)? | self.byte(at + 1)? << 8)
    }

    /// A number of four bytes; no place, size or count is larger than the chunk.
    fn long(&self, at: usize) -> Option<usize> {
        let number = u32_at(self.chunk, at)? as usize;
        (number <= self.chunk.len()).then_some(number)
    }

    /// Tokens up to the end of a stream. In the definition of a template, elements carry one field more.
    fn stream(&mut self, mut at: usize, end: usize, definition: bool, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX || end > self.chunk.len() {
            return None;
        }
        while at < end {
            let token = self.byte(at)?;
            at += 1;
            at = match token & !0x40 {
                // End of the stream.
                0x00 => return Some(()),
                // Start of an element: its dependency, its size, its name, the size of its attributes.
                0x01 => {
                    let after = self.name(at + 4 + if definition { 2 } else { 0 })?;
                    after + if token & 0x40 == 0 { 0 } else { 4 }
                }
                // End of a start tag, of an empty element, of an element.
                0x02..=0x04 => at,
                // Text: its type (only strings occur), its length in characters.
                0x05 if self.byte(at)? == 1 => at + 3 + 2 * self.short(at + 1)?,
                // Attribute, entity, target of a processing instruction.
                0x06 | 0x09 | 0x0a => self.name(at)?,
                // CDATA, data of a processing instruction.
                0x07 | 0x0b => at + 2 + 2 * self.short(at)?,
                // Character.
                0x08 => at + 2,
                0x0c => self.instance(at, end, depth)?,
                // Place of a value, of one that may be missing.
                0x0d | 0x0e => at + 3,
                // Begin of a fragment: version and flags.
                0x0f => at + 3,
                _ => return None,
            };
        }
        (at == end).then_some(())
    }

    /// A name stands where it is used first, and is pointed to from then on; gives what follows.
    fn name(&mut self, at: usize) -> Option<usize> {
        let (place, after) = (self.long(at)?, at + 4);
        if place != after {
            self.found.insert(place);
            return Some(after);
        }
        // The next name of the same hash, the hash, the length in characters, the characters, a NUL.
        Some(after + 8 + 2 * self.short(after + 6)? + 2)
    }

    /// A template with its values; gives what follows.
    fn instance(&mut self, at: usize, end: usize, depth: usize) -> Option<usize> {
        let (place, mut at) = (self.long(at + 5)?, at + 9);
        if place != at {
            self.found.insert(place);
        }
        let size = self.long(place + 20)?;
        if self.definitions.insert(place) {
            let body = place + DEFINITION_HEADER;
            self.stream(body, body + size, true, depth + 1)?;
        }
        if place == at {
            at += DEFINITION_HEADER + size;
        }
        let count = self.long(at)?;
        let list = at + 4;
        at = list.checked_add(count.checked_mul(4)?)?;
        for value in 0..count {
            let size = self.short(list + 4 * value)?;
            let after = at + size;
            if after > end {
                return None;
            }
            if self.byte(list + 4 * value + 2)? == usize::from(BINARY_XML) && size > 0 {
                self.stream(at, after, false, depth + 1)?;
            }
            at = after;
        }
        Some(at)
    }
}
