//! Checking every byte of a framed file.

use super::read::{decode, frames};
use super::{CHECKSUM_BYTES, CHECKSUM_HEAD, FRAME_BYTES};
use crate::backend::{Backend, io_error};
use crate::layout::File;
use crate::{Error, Result};

/// One frame as it was read, or all that were not found, as one.
pub(crate) struct Frame {
    /// First byte of its content.
    pub(crate) first: u64,
    /// Bytes of its content, as the seek table says.
    pub(crate) length: u64,
    /// Its content; `None` where it cannot be decoded.
    pub(crate) content: Option<Vec<u8>>,
}

/// A frame that cannot be decoded, or the first of those that were not found.
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

/// What was found in a framed file.
#[derive(Debug, Default)]
pub(crate) struct FramedCheck {
    /// What is wrong with the seek table, where the frames were found without it.
    pub(crate) table: Option<Error>,
    /// Frames that cannot be decoded.
    pub(crate) bad: Vec<BadFrame>,
    /// Whether the checksum fits the stored bytes.
    pub(crate) checksum: bool,
}

impl FramedCheck {
    pub(crate) fn is_whole(&self) -> bool {
        self.bad.is_empty() && self.checksum && self.table.is_none()
    }
}

/// Reads all of a framed file, gives each frame to `each`, and checks the checksum. An error means that no frame can be
/// found or the file not be read; the `length` of the content, where it is known, finds frames without a seek table.
pub(crate) fn check(
    backend: &dyn Backend,
    path: &File,
    length: Option<u64>,
    each: &mut dyn FnMut(Frame) -> Result<()>,
) -> Result<FramedCheck> {
    let failed = |error| io_error(path, "read", error);
    let file = backend.open(path).map_err(failed)?;
    // A whole file of another length is looked through all the same: its digests tell where it differs.
    let frames = match frames(file.as_ref(), path, length) {
        Err(error) if length.is_some() => frames(file.as_ref(), path, None).map_err(|_| error)?,
        other => other?,
    };
    let mut checksum = blake3::Hasher::new();
    let mut found = FramedCheck::default();
    let (mut at, mut compressed) = (0, Vec::new());
    for (number, frame) in frames.found.iter().enumerate() {
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
    }
    // Everything after the last frame that was found, as one.
    if frames.found.len() < frames.count() {
        let first = frames.found.len() as u64 * FRAME_BYTES as u64;
        let length = frames.length.saturating_sub(first);
        found.bad.push(BadFrame {
            number: frames.found.len(),
            first,
            length,
            reason: frames.stopped,
        });
        each(Frame {
            first,
            length,
            content: None,
        })?;
    }
    let mut stored = [0; CHECKSUM_BYTES as usize];
    let read = file.read_exact_at(at, &mut stored);
    found.table = frames.table;
    if found.table.is_none() {
        read.map_err(failed)?;
    }
    let digest = checksum.finalize();
    found.checksum = stored.get(..8) == Some(&CHECKSUM_HEAD) && stored.get(8..) == Some(digest.as_bytes());
    Ok(found)
}
