//! Following the frames of a file one by one where its seek table is not to be believed.

use zstd::zstd_safe;

use super::{FRAME_BYTES, FrameSize};
use crate::Error;
use crate::backend::ReadAt;

/// Magic number of a zstd frame (RFC 8878 §3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Where the frames of a file are, from its seek table or, where that is damaged, from the frames themselves.
pub(super) struct Frames {
    /// Sizes of the frames that were found, from the first on.
    pub(super) found: Vec<FrameSize>,
    /// Bytes of content of all frames, also of those that were not found.
    pub(super) length: u64,
    /// What is wrong with the seek table; the rest holds for a file whose table is whole.
    pub(super) table: Option<Error>,
    /// Why no further frame was found.
    pub(super) stopped: String,
}

impl Frames {
    /// Frames that the content takes.
    pub(super) fn count(&self) -> usize {
        usize::try_from(self.length.div_ceil(FRAME_BYTES as u64)).map_or(usize::MAX, |count| count.max(1))
    }
}

/// Bytes of content of one frame.
fn content_of(length: u64, number: usize) -> u64 {
    let first = (number as u64).saturating_mul(FRAME_BYTES as u64);
    length.saturating_sub(first).min(FRAME_BYTES as u64)
}

/// Finds the frames of a file that is known to hold `length` bytes of content and whose seek table is damaged, as
/// `error` says. The error is given back where not even the first frame is found.
///
/// What it finds needs no trust: a frame decodes to as many bytes as its place asks for, and fits its own XXH64, or is
/// damage like any other.
pub(super) fn scan(file: &dyn ReadAt, length: u64, error: Error) -> Result<Frames, Error> {
    let mut frames = Frames {
        found: Vec::new(),
        length,
        table: None,
        stopped: String::new(),
    };
    let (mut at, mut bytes) = (0u64, Vec::new());
    for number in 0..frames.count() {
        match frame_at(file, at, content_of(length, number), &mut bytes) {
            Ok(frame) => {
                at += u64::from(frame.compressed);
                frames.found.push(frame);
            }
            Err(reason) => {
                frames.stopped = format!("byte {at} of the file: {reason}; the seek table is damaged too");
                break;
            }
        }
    }
    if frames.found.is_empty() {
        return Err(error);
    }
    frames.table = Some(error);
    Ok(frames)
}

/// The frame that begins at a byte of the file and must hold `content` bytes.
fn frame_at(file: &dyn ReadAt, at: u64, content: u64, bytes: &mut Vec<u8>) -> Result<FrameSize, String> {
    // No frame of ours is longer than twice its content.
    let there = file.length().saturating_sub(at).min(2 * FRAME_BYTES as u64);
    bytes.resize(usize::try_from(there).unwrap_or(0), 0);
    file.read_exact_at(at, bytes).map_err(|error| error.to_string())?;
    if !bytes.starts_with(&ZSTD_MAGIC) {
        return Err("expected a frame, found other bytes".to_owned());
    }
    let said = zstd_safe::get_frame_content_size(bytes).ok().flatten();
    if said != Some(content) {
        let said = said.map_or_else(|| "none".to_owned(), |said| said.to_string());
        return Err(format!(
            "expected a frame with {content} bytes of content, found {said}"
        ));
    }
    let size = zstd_safe::find_frame_compressed_size(bytes).map_err(|code| {
        format!(
            "expected a whole frame, found: {}",
            zstd_safe::get_error_name(code)
        )
    })?;
    Ok(FrameSize {
        compressed: u32::try_from(size).map_err(|_| "a frame too long".to_owned())?,
        content: content as u32,
    })
}
