//! Originals looked through part by part for what a search needs, so that most records need not be taken apart.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use letopis_event::{ObjectDigest, Span};

use crate::error::BoxError;
use crate::original::OriginalReader;
use crate::search::ByteScreen;

/// Most places that are kept of one part: where there are more, about every record is a candidate.
const MOST_IN_PART: usize = 1 << 11;

/// Most places that are kept of all parts together, 16 MiB; when there are more, parts are looked through anew.
const MOST: usize = 1 << 22;

/// Most bytes that are kept of one part, a quarter of it: where more lines are candidates, unpacking it again costs little for
/// each of them.
const LINES_IN_PART: usize = 1 << 17;

/// Most bytes of lines that are kept of all parts together.
const LINES: usize = 128 << 20;

/// How far from a place its line is looked for.
const LINE: usize = 1 << 12;

/// What is known of the parts that one search has looked through. Segments of several sources lie in one original, and
/// several threads read it: each part is unpacked and looked through once for all of them.
pub(crate) struct Screening {
    screen: Box<dyn ByteScreen>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    parts: HashMap<(ObjectDigest, u64), Arc<Part>>,
    places: usize,
    /// Bytes of lines.
    lines: usize,
}

/// A part of an original.
pub(crate) struct Part {
    object: ObjectDigest,
    span: Span,
    /// What was found in it; `None` where that means nothing.
    looked: OnceLock<Option<Looked>>,
}

/// What was found in a part.
#[derive(Default)]
struct Looked {
    /// Places counted from the part's first byte, ascending.
    places: Vec<u32>,
    /// The lines around them, one after the other: records of several segments lie in one part, and those that come
    /// later are tested without unpacking it again. None where they are too many.
    lines: Vec<u8>,
    /// Where each begins in the part, and where it ends in `lines`.
    begins: Vec<(u32, u32)>,
}

impl Looked {
    /// Keeps the lines around the places of a part with these bytes.
    fn keep_lines(&mut self, bytes: &[u8]) {
        let mut end = 0;
        for place in &self.places {
            let place = *place as usize;
            if place < end {
                continue;
            }
            let from = place.saturating_sub(LINE).max(end);
            let begin = memchr::memrchr(b'\n', &bytes[from..place]).map_or(from, |at| from + at + 1);
            let most = bytes.len().min(place + LINE);
            end = memchr::memchr(b'\n', &bytes[place..most]).map_or(most, |at| place + at + 1);
            if self.lines.len() + end - begin > LINES_IN_PART {
                self.drop_lines();
                return;
            }
            self.lines.extend_from_slice(&bytes[begin..end]);
            self.begins.push((begin as u32, self.lines.len() as u32));
        }
        self.lines.shrink_to_fit();
        self.begins.shrink_to_fit();
    }

    fn drop_lines(&mut self) {
        (self.lines, self.begins) = (Vec::new(), Vec::new());
    }

    /// The bytes of a record that begins there in the part, where a line that was kept holds all of them.
    fn record(&self, start: u64, length: u64) -> Option<&[u8]> {
        let after = self
            .begins
            .partition_point(|(begin, _)| u64::from(*begin) <= start);
        let at = after.checked_sub(1)?;
        let (begin, end) = self.begins.get(at)?;
        let first = at.checked_sub(1).map_or(0, |before| self.begins[before].1);
        let line = self.lines.get(first as usize..*end as usize)?;
        let from = usize::try_from(start - u64::from(*begin)).ok()?;
        line.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }
}

impl Part {
    fn holds(&self, object: ObjectDigest, record: Span) -> bool {
        self.object == object && record.offset >= self.span.offset && record.end() <= self.span.end()
    }

    /// The bytes of a record that it holds, where they were kept.
    fn record(&self, record: Span) -> Option<&[u8]> {
        let looked = self.looked.get()?.as_ref()?;
        looked.record(record.offset - self.span.offset, record.length)
    }
}

/// Parts in which the rows before lay, the last one last: rows of several originals come by turns.
#[derive(Default)]
pub(crate) struct Recent(VecDeque<Arc<Part>>);

/// Parts that are remembered: those of the rows of one batch, mostly.
const RECENT: usize = 32;

impl Recent {
    fn add(&mut self, part: Arc<Part>) {
        self.0.retain(|known| !Arc::ptr_eq(known, &part));
        if self.0.len() >= RECENT {
            self.0.pop_front();
        }
        self.0.push_back(part);
    }

    /// The bytes of a record, where they were kept when its part was looked through.
    pub(crate) fn record(&self, object: ObjectDigest, record: Span) -> Option<&[u8]> {
        let mut parts = self.0.iter().rev();
        parts.find(|part| part.holds(object, record))?.record(record)
    }
}

impl Screening {
    pub(crate) fn new(screen: Box<dyn ByteScreen>) -> Self {
        Self {
            screen,
            seen: Mutex::default(),
        }
    }

    /// Whether a record in UTF-8 is certain not to satisfy the search. `recent` keeps the parts of the records before. What
    /// can not be read is certain of nothing: whoever then reads the record says what is wrong.
    pub(crate) fn excludes(
        &self,
        object: ObjectDigest,
        record: Span,
        reader: &mut dyn OriginalReader,
        recent: &mut Recent,
    ) -> bool {
        if recent.0.back().is_none_or(|part| !part.holds(object, record)) {
            match self.part(object, record.offset, reader) {
                Ok(part) => recent.add(part),
                Err(_) => return false,
            }
        }
        let Some(part) = recent.0.back() else {
            return false;
        };
        let looked = part.looked.get_or_init(|| self.look(part, reader));
        match looked {
            Some(Looked { places, .. }) if part.holds(object, record) => {
                let start = record.offset - part.span.offset;
                let next = places.partition_point(|place| u64::from(*place) < start);
                places
                    .get(next)
                    .is_none_or(|place| u64::from(*place) >= start + record.length)
            }
            _ => false,
        }
    }

    fn part(
        &self,
        object: ObjectDigest,
        offset: u64,
        reader: &mut dyn OriginalReader,
    ) -> Result<Arc<Part>, BoxError> {
        let span = reader.part(object, offset)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let part = seen.parts.entry((object, span.offset)).or_insert_with(|| {
            Arc::new(Part {
                object,
                span,
                looked: OnceLock::new(),
            })
        });
        Ok(Arc::clone(part))
    }

    fn look(&self, part: &Part, reader: &mut dyn OriginalReader) -> Option<Looked> {
        let bytes = reader.bytes(part.object, part.span).ok()?;
        let mut looked = Looked::default();
        if !self.screen.places(bytes, MOST_IN_PART, &mut looked.places) {
            return None;
        }
        looked.places.shrink_to_fit();
        looked.keep_lines(bytes);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.places += looked.places.len();
        if seen.places > MOST {
            *seen = Seen::default();
        }
        seen.lines += looked.lines.len();
        if seen.lines > LINES {
            seen.lines -= looked.lines.len();
            looked.drop_lines();
        }
        Some(looked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_in_the_lines_around_places() {
        let long = "x".repeat(3 * LINE);
        let text = format!(
            "first line\nsecond needle line\nthird\nfourth needle needle\n{long}needle{long}\nlast needle"
        );
        let mut looked = Looked {
            places: text.match_indices("needle").map(|(at, _)| at as u32).collect(),
            ..Looked::default()
        };
        looked.keep_lines(text.as_bytes());
        let mut start = 0;
        for line in text.split('\n') {
            let (from, length) = (start, line.len() as u64);
            let expected = (line.contains("needle") && line.len() < LINE).then_some(line.as_bytes());
            assert_eq!(looked.record(from, length), expected, "{from}");
            // What reaches beyond its line is not there.
            assert_eq!(looked.record(from, length + 2), None, "{from}");
            start += length + 1;
        }
        let place = u64::from(looked.places[3]);
        assert_eq!(
            looked.record(place, 6),
            Some(&b"needle"[..]),
            "inside a long line"
        );
        assert!(looked.lines.len() < 3 * LINE);
    }

    #[test]
    fn of_a_part_with_too_many_lines_none_is_kept() {
        let text = "a needle in every line of the part\n".repeat(2 * LINES_IN_PART / 35);
        let mut looked = Looked {
            places: text.match_indices("needle").map(|(at, _)| at as u32).collect(),
            ..Looked::default()
        };
        looked.keep_lines(text.as_bytes());
        assert_eq!((looked.lines.len(), looked.record(0, 34)), (0, None));
        assert!(!looked.places.is_empty());
    }
}
