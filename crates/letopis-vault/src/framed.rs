//! Framed files: content in independent zstd frames with a checksum and a seek table (FORMAT.md, "Framed files").
//!
//! [`FramedWriter`] makes one from a stream, [`Framed`] reads any range of one, [`check`] checks every byte of one
//! and says which frames are bad.

mod check;
mod compress;
mod read;
mod scan;

#[cfg(test)]
mod tests;

pub(crate) use check::{Frame, FramedCheck, check};
pub(crate) use compress::{Compressors, FramedWriter};
pub(crate) use read::{FrameCache, Framed};

/// Content of every frame but the last.
pub(crate) const FRAME_BYTES: usize = 512 << 10;
/// Magic number and size of the checksum's skippable frame.
const CHECKSUM_HEAD: [u8; 8] = [0x5c, 0x2a, 0x4d, 0x18, 32, 0, 0, 0];
const CHECKSUM_BYTES: u64 = 40;
/// Magic number of the seek table's skippable frame; its size follows.
const SEEK_MAGIC: [u8; 4] = [0x5e, 0x2a, 0x4d, 0x18];
/// Seek_Table_Descriptor (no checksums) and Seekable_Magic_Number of the zstd seekable format.
const SEEK_END: [u8; 5] = [0x00, 0xb1, 0xea, 0x92, 0x8f];

/// Sizes of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameSize {
    pub(crate) compressed: u32,
    pub(crate) content: u32,
}

/// The seek table as it stands at the end of the file.
pub(crate) fn seek_table(frames: &[FrameSize]) -> Option<Vec<u8>> {
    let count = u32::try_from(frames.len()).ok()?;
    let size = count.checked_mul(8)?.checked_add(9)?;
    let mut table = Vec::with_capacity(frames.len() * 8 + 17);
    table.extend_from_slice(&SEEK_MAGIC);
    table.extend_from_slice(&size.to_le_bytes());
    for frame in frames {
        table.extend_from_slice(&frame.compressed.to_le_bytes());
        table.extend_from_slice(&frame.content.to_le_bytes());
    }
    table.extend_from_slice(&count.to_le_bytes());
    table.extend_from_slice(&SEEK_END);
    Some(table)
}
