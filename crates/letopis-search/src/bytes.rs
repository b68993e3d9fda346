//! Reading little-endian numbers from bytes that may be damaged.

use crate::error::SearchError;

/// A place in the bytes of an index; every read is checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn take(&mut self, length: usize, what: &str) -> Result<&'a [u8], SearchError> {
        let end = self.at.checked_add(length);
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            let left = self.bytes.len().saturating_sub(self.at);
            return Err(damaged(
                self.at,
                format!("{length} bytes of {what}"),
                format!("{left}"),
            ));
        };
        self.at += length;
        Ok(taken)
    }

    pub(crate) fn u32(&mut self, what: &str) -> Result<u32, SearchError> {
        let mut number = [0; 4];
        number.copy_from_slice(self.take(4, what)?);
        Ok(u32::from_le_bytes(number))
    }

    pub(crate) fn u64(&mut self, what: &str) -> Result<u64, SearchError> {
        let mut number = [0; 8];
        number.copy_from_slice(self.take(8, what)?);
        Ok(u64::from_le_bytes(number))
    }

    /// A count that the bytes left can hold, at `each` bytes apiece.
    pub(crate) fn count(&mut self, each: usize, what: &str) -> Result<usize, SearchError> {
        let at = self.at;
        let count = self.u32(what)? as usize;
        let room = (self.bytes.len() - self.at) / each.max(1);
        if count > room {
            return Err(damaged(at, format!("at most {room} {what}"), count.to_string()));
        }
        Ok(count)
    }
}

/// The bytes are not what they should be.
pub(crate) fn damaged(at: usize, expected: impl Into<String>, found: impl Into<String>) -> SearchError {
    SearchError::Damaged {
        offset: at as u64,
        expected: expected.into(),
        found: found.into(),
    }
}
