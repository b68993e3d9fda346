//! Which format an object is written in, by its content, and why.

use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::format::{Claim, Format, ReadSeek};
use crate::options::ParseOptions;

/// What an object seems to be.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The format that reads it.
    pub format: &'static Format,
    /// How its text is encoded; records that are valid UTF-8 are read as UTF-8 all the same.
    pub encoding: Encoding,
    /// Bytes of the byte order mark at its beginning.
    pub bom: u8,
    /// Where its records end, in words.
    pub framing: &'static str,
    /// 1 to 100; 100 where the caller forced the format.
    pub confidence: u8,
    /// Why this format.
    pub reason: String,
    /// Why this encoding.
    pub encoding_reason: String,
    /// The format that came second, with its claim.
    pub runner_up: Option<(&'static str, Claim)>,
    /// Whether a person chose the format.
    pub forced: bool,
}

impl Detection {
    /// Whether nobody knows the format of these (binary) bytes: recorded, not parsed.
    pub fn is_unknown(&self) -> bool {
        self.format.name == crate::formats::UNKNOWN_BINARY
    }
}

/// Looks at the beginning of `input` and says what it is. `name` breaks ties only.
///
/// # Errors
/// When the input cannot be read or `options` force a format that there is not.
pub fn detect(
    input: &mut dyn ReadSeek,
    name: &str,
    options: &ParseOptions,
) -> Result<Detection, IntakeError> {
    let _ = (input, name, options);
    todo!()
}
