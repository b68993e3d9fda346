//! The part of an object that is in memory: a few MiB from the current place on.

use std::io::{Read as _, SeekFrom};
use std::ops::Range;

use crate::encoding::{self, Decoded, Encoding};
use crate::error::IntakeError;
use crate::format::ReadSeek;

/// Bytes read at once.
const CHUNK: usize = 2 << 20;

/// The bytes of a window. Where all of them together are UTF-8, as they nearly always are, each record is a piece of a text
/// that has been looked through as a whole: that costs a fifth of doing so for each line, and for framer and reader.
enum Raw {
    Bytes(Vec<u8>),
    Text { text: String, ascii: bool },
}

impl Raw {
    fn of(bytes: Vec<u8>, encoding: Encoding) -> Self {
        if encoding.unit() != 1 {
            return Self::Bytes(bytes);
        }
        // The standard library is quick with ASCII, and takes eight instructions for each byte of other letters.
        let ascii = bytes.is_ascii();
        if !ascii {
            return match simdutf8::basic::from_utf8(&bytes) {
                Ok(text) => Self::Text {
                    text: text.to_owned(),
                    ascii,
                },
                Err(_) => Self::Bytes(bytes),
            };
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text { text, ascii },
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text { text, .. } => text.as_bytes(),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match std::mem::replace(self, Self::Bytes(Vec::new())) {
            Self::Bytes(bytes) => bytes,
            Self::Text { text, .. } => text.into_bytes(),
        }
    }
}

/// Bytes that the last character lacks, where they are UTF-8.
fn lacking(bytes: &[u8]) -> usize {
    for (back, byte) in (1..=3).zip(bytes.iter().rev()) {
        let width = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return usize::saturating_sub(width, back);
    }
    0
}

/// Bytes in memory, with one byte a code unit beside them for UTF-16.
pub(crate) struct Window<'i> {
    input: &'i mut dyn ReadSeek,
    raw: Raw,
    units: Vec<u8>,
    encoding: Encoding,
    /// Index in `raw` of the current place.
    at: usize,
    /// Offset of `raw[0]` in the object.
    base: u64,
    /// Length of the object.
    length: u64,
}

impl<'i> Window<'i> {
    /// A window on `input`, of which `length` bytes exist, from `start` on.
    pub(crate) fn open(
        input: &'i mut dyn ReadSeek,
        start: u64,
        length: u64,
        encoding: Encoding,
    ) -> Result<Self, IntakeError> {
        input
            .seek(SeekFrom::Start(start))
            .map_err(IntakeError::read(start))?;
        Ok(Self {
            input,
            raw: Raw::Bytes(Vec::new()),
            units: Vec::new(),
            encoding,
            at: 0,
            base: start,
            length,
        })
    }

    /// Offset of the current place in the object.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Whether the object ends with what is in memory.
    pub(crate) fn at_end(&self) -> bool {
        self.base + self.raw.bytes().len() as u64 >= self.length
    }

    /// The bytes from the current place on.
    pub(crate) fn raw(&self) -> &[u8] {
        self.raw.bytes().get(self.at..).unwrap_or_default()
    }

    /// Some of the bytes from the current place on, where they need no decoding: what is valid UTF-8 is UTF-8.
    #[inline]
    pub(crate) fn text(&self, range: &Range<usize>, encoding: Encoding, forced: bool) -> Option<&str> {
        match &self.raw {
            Raw::Text { text, .. } if encoding.unit() == 1 && (!forced || encoding == Encoding::Utf8) => {
                text.get(self.at + range.start..self.at + range.end)
            }
            _ => None,
        }
    }

    /// Whether all that is in memory is known to be ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        matches!(self.raw, Raw::Text { ascii: true, .. })
    }

    /// Some of the bytes from the current place on as text; see [`encoding::decode`].
    #[inline]
    pub(crate) fn decoded<'a>(
        &'a self,
        range: Range<usize>,
        encoding: Encoding,
        forced: bool,
        scratch: &'a mut String,
    ) -> Decoded<'a> {
        if let Some(text) = self.text(&range, encoding, forced) {
            return Decoded {
                text,
                encoding: Encoding::Utf8,
                lossy: false,
            };
        }
        let bytes = self.raw().get(range).unwrap_or_default();
        encoding::decode(bytes, encoding, forced, scratch)
    }

    /// The same, one byte a code unit.
    pub(crate) fn units(&self) -> &[u8] {
        if self.encoding.unit() == 1 {
            return self.raw();
        }
        self.units.get(self.at / 2..).unwrap_or_default()
    }

    /// Goes on by that many bytes.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Reads more; what lies before the current place is given up.
    pub(crate) fn fill(&mut self) -> Result<(), IntakeError> {
        let mut raw = self.raw.take();
        raw.drain(..self.at);
        if self.encoding.unit() == 2 {
            self.units.drain(..(self.at / 2).min(self.units.len()));
        }
        self.base += self.at as u64;
        self.at = 0;
        let have = raw.len();
        let end = self.base + have as u64;
        // Twice as much as a record has needed so far, so that a long one is not scanned again and again.
        let want = (CHUNK.max(have) as u64).min(self.length.saturating_sub(end)) as usize;
        raw.reserve(want + 4);
        self.read(&mut raw, want)?;
        // Up to a whole character, so that it can be a text.
        let rest = self.length.saturating_sub(self.base + raw.len() as u64);
        let few = (lacking(&raw) as u64).min(rest) as usize;
        self.read(&mut raw, few)?;
        self.raw = Raw::of(raw, self.encoding);
        self.extend_units();
        Ok(())
    }

    /// Puts the next `want` bytes of the object behind those that are there.
    fn read(&mut self, raw: &mut Vec<u8>, want: usize) -> Result<(), IntakeError> {
        let end = self.base + raw.len() as u64;
        let read = (&mut *self.input)
            .take(want as u64)
            .read_to_end(raw)
            .map_err(IntakeError::read(end))?;
        if read < want {
            return Err(IntakeError::Short {
                expected: self.length,
                found: end + read as u64,
            });
        }
        Ok(())
    }

    fn extend_units(&mut self) {
        let order: fn([u8; 2]) -> u16 = match self.encoding {
            Encoding::Utf16Le => u16::from_le_bytes,
            Encoding::Utf16Be => u16::from_be_bytes,
            _ => return,
        };
        let done = self.units.len() * 2;
        let (pairs, _) = self.raw.bytes().get(done..).unwrap_or_default().as_chunks::<2>();
        // 0x80 stands for every unit that is not ASCII: no syntax of any framing.
        self.units.extend(
            pairs
                .iter()
                .map(|p| u8::try_from(order(*p)).ok().filter(u8::is_ascii).unwrap_or(0x80)),
        );
    }

    /// Lends the input for another look; afterwards it stands where it stood.
    pub(crate) fn with_input<T>(
        &mut self,
        look: impl FnOnce(&mut dyn ReadSeek, u64) -> Result<T, IntakeError>,
    ) -> Result<T, IntakeError> {
        let place = self.base + self.raw.bytes().len() as u64;
        let result = look(self.input, self.length)?;
        self.input
            .seek(SeekFrom::Start(place))
            .map_err(IntakeError::read(place))?;
        Ok(result)
    }
}
