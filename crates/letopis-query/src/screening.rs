//! Originals looked through part by part for what a search needs, so that most records need not be taken apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use letopis_event::{ObjectDigest, Span};

use crate::error::BoxError;
use crate::original::OriginalReader;
use crate::search::ByteScreen;

/// Most places that are kept of one part: where there are more, about every record is a candidate.
const MOST_IN_PART: usize = 1 << 11;

/// Most places that are kept of all parts together, 16 MiB; when there are more, parts are looked through anew.
const MOST: usize = 1 << 22;

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
}

/// A part of an original.
pub(crate) struct Part {
    object: ObjectDigest,
    span: Span,
    /// Places counted from the part's first byte, ascending; `None` where they mean nothing.
    places: OnceLock<Option<Vec<u32>>>,
}

impl Part {
    fn holds(&self, object: ObjectDigest, record: Span) -> bool {
        self.object == object && record.offset >= self.span.offset && record.end() <= self.span.end()
    }
}

impl Screening {
    pub(crate) fn new(screen: Box<dyn ByteScreen>) -> Self {
        Self {
            screen,
            seen: Mutex::default(),
        }
    }

    /// Whether a record in UTF-8 is certain not to satisfy the search. `last` keeps the part of the record before. What
    /// can not be read is certain of nothing: whoever then reads the record says what is wrong.
    pub(crate) fn excludes(
        &self,
        object: ObjectDigest,
        record: Span,
        reader: &mut dyn OriginalReader,
        last: &mut Option<Arc<Part>>,
    ) -> bool {
        let part = match last {
            Some(part) if part.holds(object, record) => part,
            _ => match self.part(object, record.offset, reader) {
                Ok(part) => last.insert(part),
                Err(_) => return false,
            },
        };
        let looked = part.places.get_or_init(|| self.look(part, reader));
        match looked {
            Some(places) if part.holds(object, record) => {
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
                places: OnceLock::new(),
            })
        });
        Ok(Arc::clone(part))
    }

    fn look(&self, part: &Part, reader: &mut dyn OriginalReader) -> Option<Vec<u32>> {
        let bytes = reader.bytes(part.object, part.span).ok()?;
        let mut places = Vec::new();
        if !self.screen.places(bytes, MOST_IN_PART, &mut places) {
            return None;
        }
        places.shrink_to_fit();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.places += places.len();
        if seen.places > MOST {
            *seen = Seen::default();
        }
        Some(places)
    }
}
