//! Which format an object is written in, by its content, and why.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use letopis_event::Category;

use crate::encoding::{self, Encoding};
use crate::error::IntakeError;
use crate::format::{Claim, Format, Head, ReadSeek, Reader};
use crate::formats::{self, FORMATS, UserFormat};
use crate::framing;
use crate::options::ParseOptions;

/// Bytes that detection looks at.
pub const HEAD_BYTES: usize = 64 << 10;

/// What an object seems to be.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The format that reads it; stands in for the user's format where [`Self::user`] is there.
    pub format: &'static Format,
    /// The user's format that reads it.
    pub user: Option<Arc<UserFormat>>,
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
    pub runner_up: Option<(String, Claim)>,
    /// Whether a person chose the format.
    pub forced: bool,
}

impl Detection {
    /// Whether nobody knows the format of these (binary) bytes: recorded, not parsed.
    pub fn is_unknown(&self) -> bool {
        self.format.name == formats::UNKNOWN_BINARY
    }

    /// The name in the `format` column.
    pub fn name(&self) -> &str {
        self.user.as_ref().map_or(self.format.name, |user| user.name())
    }

    /// Category of a source that writes it, where the format alone tells.
    pub fn category(&self) -> Option<Category> {
        match &self.user {
            Some(user) => user.category(),
            None => self.format.category,
        }
    }

    /// The encoding in the words of the `encoding` column: `binary` for binary formats.
    pub fn encoding_name(&self) -> &'static str {
        match self.format.reader {
            Reader::Text { .. } => self.encoding.name(),
            Reader::Binary { .. } => "binary",
        }
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
    let length = input
        .seek(std::io::SeekFrom::End(0))
        .map_err(IntakeError::read(0))?;
    let bytes = read_head(input, length)?;
    detect_head(&bytes, bytes.len() as u64 == length, name, options)
}

/// The same for a beginning that is already in memory (up to [`HEAD_BYTES`]; `complete`: there is no more).
///
/// # Errors
/// When `options` force a format that there is not.
pub fn detect_head(
    bytes: &[u8],
    complete: bool,
    name: &str,
    options: &ParseOptions,
) -> Result<Detection, IntakeError> {
    let guess = encoding::guess(bytes, complete);
    let encoding = options.encoding.or(guess.encoding);
    let bom = if encoding == guess.encoding { guess.bom } else { 0 };
    let text = encoding.map_or_else(String::new, |e| {
        head_text(bytes.get(usize::from(bom)..).unwrap_or_default(), e)
    });
    let head = Head {
        bytes,
        text: &text,
        complete,
        name,
    };
    let encoding_reason = match options.encoding {
        Some(_) => "chosen by the user".to_owned(),
        None => guess.reason,
    };
    let mut detection = match &options.format {
        Some(wanted) => forced(wanted, options)?,
        None => best(&head, &options.user_formats),
    };
    detection.encoding = encoding.unwrap_or(Encoding::Utf8);
    detection.bom = bom;
    detection.encoding_reason = encoding_reason;
    Ok(detection)
}

fn detection(format: &'static Format, confidence: u8, reason: String) -> Detection {
    let framing = match format.reader {
        Reader::Text { framing, .. } => framing::describe(framing),
        Reader::Binary { .. } => "binary: the format walks its own structure",
    };
    Detection {
        format,
        user: None,
        encoding: Encoding::Utf8,
        bom: 0,
        framing,
        confidence,
        reason,
        encoding_reason: String::new(),
        runner_up: None,
        forced: false,
    }
}

fn of_user(user: &Arc<UserFormat>, confidence: u8, reason: String) -> Detection {
    let mut found = detection(&formats::user::FORMAT, confidence, reason);
    found.framing = framing::describe(user.framing());
    found.user = Some(Arc::clone(user));
    found
}

fn forced(wanted: &str, options: &ParseOptions) -> Result<Detection, IntakeError> {
    let reason = || "chosen by the user".to_owned();
    let mut found = match options.user_formats.iter().find(|user| user.name() == wanted) {
        Some(user) => of_user(user, 100, reason()),
        None => {
            let format =
                formats::find(wanted).ok_or_else(|| IntakeError::UnknownFormat(wanted.to_owned()))?;
            detection(format, 100, reason())
        }
    };
    found.forced = true;
    Ok(found)
}

/// The highest claim; equal ones go to the user's formats, then to the earlier in the list.
fn best(head: &Head<'_>, users: &[Arc<UserFormat>]) -> Detection {
    if head.bytes.is_empty() {
        return detection(formats::last_resort(), 1, "the file is empty".to_owned());
    }
    let of_users = users
        .iter()
        .map(|user| (Some(user), &formats::user::FORMAT, user.claim(head)));
    let built_in = FORMATS
        .iter()
        .map(|format| (None, *format, (format.detect)(head)));
    let mut first: Option<Detection> = None;
    let mut second: Option<(String, Claim)> = None;
    for (user, format, claim) in of_users.chain(built_in) {
        let Some(claim) = claim.filter(|c| c.confidence > 0) else {
            continue;
        };
        let confidence = claim.confidence.min(100);
        if first.as_ref().is_none_or(|best| confidence > best.confidence) {
            let before = first.replace(match user {
                Some(user) => of_user(user, confidence, claim.reason),
                None => detection(format, confidence, claim.reason),
            });
            if let Some(before) = before {
                let name = before.name().to_owned();
                let claim = Claim {
                    confidence: before.confidence,
                    reason: before.reason,
                };
                second = Some((name, claim));
            }
        } else if second
            .as_ref()
            .is_none_or(|(_, best)| confidence > best.confidence)
        {
            let name = user.map_or(format.name, |user| user.name());
            second = Some((name.to_owned(), claim));
        }
    }
    match first {
        Some(mut found) => {
            found.runner_up = second;
            found
        }
        // Text of nothing but blanks: nobody claims it.
        None => detection(
            formats::last_resort(),
            1,
            "no format claims these bytes".to_owned(),
        ),
    }
}

/// The first [`HEAD_BYTES`] of an object of `length` bytes.
pub(crate) fn read_head(input: &mut dyn ReadSeek, length: u64) -> Result<Vec<u8>, IntakeError> {
    use std::io::Read as _;
    input
        .seek(std::io::SeekFrom::Start(0))
        .map_err(IntakeError::read(0))?;
    let want = length.min(HEAD_BYTES as u64);
    let mut bytes = Vec::with_capacity(want as usize);
    (&mut *input)
        .take(want)
        .read_to_end(&mut bytes)
        .map_err(IntakeError::read(0))?;
    Ok(bytes)
}

/// The head decoded: each line as its record would be, the last line only where it is whole or the only one.
pub(crate) fn head_text(bytes: &[u8], encoding: Encoding) -> String {
    let cut_short = bytes.len() >= HEAD_BYTES - 3;
    let mut text = String::with_capacity(bytes.len());
    if encoding.unit() == 2 {
        encoding.decode_into(bytes, &mut text);
    } else if let Ok(whole) = std::str::from_utf8(bytes) {
        text.push_str(whole);
    } else {
        let mut scratch = String::new();
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            text.push_str(encoding::decode(line, encoding, false, &mut scratch).text);
        }
    }
    if cut_short && let Some(end) = text.rfind('\n') {
        text.truncate(end + 1);
    }
    // What a crash left before the first record is no text.
    let blank = text.len() - text.trim_start_matches('\0').len();
    text.drain(..blank);
    text
}
