//! How bytes become text: detected once a file, decided once a record, never changing a byte.
//!
//! A record that is valid UTF-8 is UTF-8, and so is one that is UTF-8 with damage; any other is read in the file's
//! fallback encoding, or in another Cyrillic code page where it reads badly in that one and well in the other; unless
//! a person forced an encoding. So one file may hold several, as mail and syslog relays make them.

mod guess;
#[cfg(test)]
mod tests;

pub(crate) use guess::is_damaged_utf8;
pub use guess::{Guess, guess, guess_fallback};
pub use letopis_event::Encoding;

/// The text of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: &'a str,
    /// What it was decoded with.
    pub encoding: Encoding,
    /// Whether something was lost.
    pub lossy: bool,
}

/// Decodes `bytes` as one record of a file whose fallback is `fallback`. `scratch` is used where the bytes are not
/// UTF-8 and keeps its memory; `forced` reads everything as `fallback`.
pub fn decode<'a>(bytes: &'a [u8], fallback: Encoding, forced: bool, scratch: &'a mut String) -> Decoded<'a> {
    let wide = fallback.unit() == 2;
    if !wide
        && (!forced || fallback == Encoding::Utf8)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Decoded {
            text,
            encoding: Encoding::Utf8,
            lossy: false,
        };
    }
    scratch.clear();
    let encoding = match fallback {
        _ if wide || forced || fallback == Encoding::Utf8 => fallback,
        _ if is_damaged_utf8(bytes) => Encoding::Utf8,
        _ => guess::of_record(bytes, fallback),
    };
    let lossy = encoding.decode_into(bytes, scratch);
    Decoded {
        text: scratch,
        encoding,
        lossy,
    }
}
