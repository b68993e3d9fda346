//! Names of things: objects, places in them, and the citation of an event.

use std::fmt;
use std::str::FromStr;

/// SHA-256 of an object's bytes: what `sha256sum` prints of the original file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectDigest(pub [u8; 32]);

/// A position in an object, in bytes from its first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteOffset(pub u64);

/// A line of a text object, counted from 1 as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineNumber(pub u64);

/// A run of bytes of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

impl Span {
    /// The first byte after the span.
    pub fn end(self) -> u64 {
        self.offset + self.length
    }
}

/// The citation of an event: the first 20 hex digits of its object's SHA-256, `-`, and its byte offset in hex.
///
/// It never changes with parser, framing or segment (design §3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// The first ten bytes of the object's SHA-256.
    pub object: [u8; 10],
    /// Offset of the record in the object.
    pub offset: u64,
}

impl EventId {
    /// The citation of the record at `offset` of `object`.
    pub fn new(object: &ObjectDigest, offset: u64) -> Self {
        let mut head = [0; 10];
        head.copy_from_slice(&object.0[..10]);
        Self { object: head, offset }
    }

    /// Whether this citation can mean a record of `object`.
    pub fn is_in(&self, object: &ObjectDigest) -> bool {
        object.0[..10] == self.object
    }

    /// Writes the citation at the end of `out`, allocating nothing once `out` has room for 37 bytes.
    pub fn write_to(&self, out: &mut String) {
        push_hex(&self.object, out);
        out.push('-');
        push_hex_number(self.offset, out);
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(37);
        self.write_to(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a citation or a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {expected}")]
pub struct ParseIdError {
    /// What was read.
    pub found: String,
    /// What it should have been.
    pub expected: &'static str,
}

impl FromStr for EventId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseIdError {
            found: text.chars().take(80).collect(),
            expected: "an event id (20 hex digits, `-`, byte offset in hex)",
        };
        let (object, offset) = text.split_once('-').ok_or_else(refuse)?;
        let object = parse_hex::<10>(object).ok_or_else(refuse)?;
        let canonical = !offset.is_empty()
            && offset.len() <= 16
            && (offset == "0" || !offset.starts_with('0'))
            && offset
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !canonical {
            return Err(refuse());
        }
        let offset = u64::from_str_radix(offset, 16).map_err(|_| refuse())?;
        Ok(Self { object, offset })
    }
}

impl fmt::Display for ObjectDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(64);
        push_hex(&self.0, &mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for ObjectDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ObjectDigest {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex::<32>(text).map(Self).ok_or_else(|| ParseIdError {
            found: text.chars().take(80).collect(),
            expected: "a SHA-256 digest (64 lower-case hex digits)",
        })
    }
}

fn push_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

fn push_hex_number(number: u64, out: &mut String) {
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        let digit = (number >> (place * 4)) & 15;
        out.push(char::from_digit(digit as u32, 16).unwrap_or('0'));
    }
}

/// Reads exactly `N` bytes of lower-case hex.
fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_print_as_the_standard_library_does() {
        for offset in [0, 1, 15, 16, 255, 4096, u64::from(u32::MAX), u64::MAX] {
            let id = EventId {
                object: [0xab; 10],
                offset,
            };
            assert_eq!(id.to_string(), format!("{}-{offset:x}", "ab".repeat(10)));
        }
    }

    #[test]
    fn only_one_text_means_one_place() {
        let digits = "0123456789abcdef0123";
        for bad in ["-00", "-0f", "-", "-F", "-+1", "-1ffffffffffffffff", ""] {
            assert!(format!("{digits}{bad}").parse::<EventId>().is_err(), "{bad}");
        }
        assert!(format!("{}-0", "A".repeat(20)).parse::<EventId>().is_err());
    }

    proptest! {
        #[test]
        fn a_citation_reads_back(object in any::<[u8; 10]>(), offset in any::<u64>()) {
            let id = EventId { object, offset };
            prop_assert_eq!(id.to_string().parse::<EventId>(), Ok(id));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = text.parse::<EventId>();
            let _ = text.parse::<ObjectDigest>();
        }
    }
}
