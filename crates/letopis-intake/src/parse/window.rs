//! The part of an object that is in memory: a few MiB from the current place on.

use std::io::{Read as _, SeekFrom};

use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::format::ReadSeek;

/// Bytes read at once.
const CHUNK: usize = 2 << 20;

/// Bytes in memory, with one byte a code unit beside them for UTF-16.
pub(crate) struct Window<'i> {
    input: &'i mut dyn ReadSeek,
    raw: Vec<u8>,
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
            raw: Vec::new(),
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
        self.base + self.raw.len() as u64 >= self.length
    }

    /// The bytes from the current place on.
    pub(crate) fn raw(&self) -> &[u8] {
        self.raw.get(self.at..).unwrap_or_default()
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
        self.raw.drain(..self.at);
        if self.encoding.unit() == 2 {
            self.units.drain(..(self.at / 2).min(self.units.len()));
        }
        self.base += self.at as u64;
        self.at = 0;
        let have = self.raw.len();
        let end = self.base + have as u64;
        // Twice as much as a record has needed so far, so that a long one is not scanned again and again.
        let want = (CHUNK.max(have) as u64).min(self.length.saturating_sub(end)) as usize;
        self.raw.reserve(want);
        let read = (&mut *self.input)
            .take(want as u64)
            .read_to_end(&mut self.raw)
            .map_err(IntakeError::read(end))?;
        if read < want {
            return Err(IntakeError::Short {
                expected: self.length,
                found: end + read as u64,
            });
        }
        self.extend_units();
        Ok(())
    }

    fn extend_units(&mut self) {
        let order: fn([u8; 2]) -> u16 = match self.encoding {
            Encoding::Utf16Le => u16::from_le_bytes,
            Encoding::Utf16Be => u16::from_be_bytes,
            _ => return,
        };
        let done = self.units.len() * 2;
        let (pairs, _) = self.raw.get(done..).unwrap_or_default().as_chunks::<2>();
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
        let place = self.base + self.raw.len() as u64;
        let result = look(self.input, self.length)?;
        self.input
            .seek(SeekFrom::Start(place))
            .map_err(IntakeError::read(place))?;
        Ok(result)
    }
}
