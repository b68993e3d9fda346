//! Checking every byte of a framed file.

use super::read::{decode, table};
use super::{CHECKSUM_BYTES, CHECKSUM_HEAD, FRAME_BYTES};
use crate::Result;
use crate::backend::{Backend, io_error};
use crate::layout::File;

/// One frame as it was read.
pub(crate) struct Frame {
    /// First byte of its content.
    pub(crate) first: u64,
    /// Bytes of its content, as the seek table says.
    pub(crate) length: u64,
    /// Its content; `None` where it cannot be decoded.
    pub(crate) content: Option<Vec<u8>>,
}

/// A frame that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadFrame {
    /// Its number, from 0.
    pub(crate) number: usize,
    /// First byte of its content.
    pub(crate) first: u64,
    /// Bytes of its content.
    pub(crate) length: u64,
    /// What the decoder says.
    pub(crate) reason: String,
}

/// What was found in a framed file whose seek table is whole.
#[derive(Debug, Default)]
pub(crate) struct FramedCheck {
    /// Bytes of content, as the seek table says.
    pub(crate) length: u64,
    /// Frames that cannot be decoded.
    pub(crate) bad: Vec<BadFrame>,
    /// Whether the checksum fits the stored bytes.
    pub(crate) checksum: bool,
}

impl FramedCheck {
    pub(crate) fn is_whole(&self) -> bool {
        self.bad.is_empty() && self.checksum
    }
}

/// Reads all of a framed file, gives each frame to `each`, and checks the checksum. An error means that the seek table is unusable or the file unreadable.
pub(crate) fn check(
    backend: &dyn Backend,
    path: &File,
    each: &mut dyn FnMut(Frame) -> Result<()>,
) -> Result<FramedCheck> {
    let failed = |error| io_error(path, "read", error);
    let file = backend.open(path).map_err(failed)?;
    let frames = table(file.as_ref(), path)?;
    let mut checksum = blake3::Hasher::new();
    let mut found = FramedCheck::default();
    let (mut at, mut compressed) = (0, Vec::new());
    for (number, frame) in frames.iter().enumerate() {
        compressed.resize(frame.compressed as usize, 0);
        file.read_exact_at(at, &mut compressed).map_err(failed)?;
        checksum.update(&compressed);
        let first = number as u64 * FRAME_BYTES as u64;
        let length = frame.content.into();
        let content = match decode(&compressed, frame.content as usize) {
            Ok(content) => Some(content),
            Err(error) => {
                let reason = error.to_string();
                found.bad.push(BadFrame {
                    number,
                    first,
                    length,
                    reason,
                });
                None
            }
        };
        each(Frame {
            first,
            length,
            content,
        })?;
        at += u64::from(frame.compressed);
        found.length += u64::from(frame.content);
    }
    let mut stored = [0; CHECKSUM_BYTES as usize];
    file.read_exact_at(at, &mut stored).map_err(failed)?;
    let digest = checksum.finalize();
    found.checksum = stored.get(..8) == Some(&CHECKSUM_HEAD) && stored.get(8..) == Some(digest.as_bytes());
    Ok(found)
}
