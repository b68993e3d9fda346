//! What files come in: gz, zst, xz, bz2, lz4, zip, 7z, tar, nested, bounded.
//!
//! A container's members are streamed into a [`Spool`] that the caller brings. What is damaged gives its bytes up
//! to the damage.

mod lz4;
mod seven_zip;
mod tar;
#[cfg(test)]
mod tests;
mod walk;
mod zip;

use std::io::{Read as _, Seek as _, SeekFrom, Write};
use std::rc::Rc;

use crate::error::IntakeError;
use crate::format::ReadSeek;

/// One step from container bytes to member bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// gzip, RFC 1952, also of several members.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
    /// xz or lzma.
    Xz,
    /// bzip2.
    Bzip2,
    /// LZ4 frames.
    Lz4,
    /// Member of a zip.
    Zip,
    /// Member of a 7z archive.
    SevenZip,
    /// Member of a tar.
    Tar,
}

impl Decoder {
    /// Short name in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Tar => "tar",
        }
    }
}

/// One step of the way from the outermost container to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How its bytes are obtained.
    pub decoder: Decoder,
    /// Its position among the members of that container, from 0.
    pub index: u64,
    /// Its name there, any bytes; empty where the container gives none.
    pub name: Vec<u8>,
}

/// A file inside a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInfo {
    /// The way to it, outermost first.
    pub steps: Vec<Step>,
    /// Name of the member of the innermost zip, 7z or tar, else of the container; without the endings of compressions.
    pub name: Vec<u8>,
    /// When the container says it was modified, microseconds since 1970 UTC. A zip's local clock is taken as UTC
    /// and `modified_is_local` set.
    pub modified: Option<i64>,
    /// Whether `modified` is a clock without a zone.
    pub modified_is_local: bool,
    /// Size that the container declares.
    pub declared_size: Option<u64>,
}

/// How a member ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberStatus {
    /// All its bytes came out.
    Complete,
    /// Bytes came out up to the damage.
    Damaged(Damage),
    /// No byte came out: encrypted, an unknown method.
    Unreadable(Damage),
}

/// What is wrong with a container or a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The way to the container that is damaged, outermost first; empty for the outermost itself.
    pub steps: Vec<Step>,
    /// Where, in the decoded bytes of the member, or in the container where no member is meant.
    pub offset: u64,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
    /// Whether a bound stopped it (a decompression bomb), not the bytes.
    pub bound: bool,
}

/// A member that was written to the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where it came from.
    pub info: MemberInfo,
    /// Bytes that reached the spool.
    pub bytes: u64,
    /// How it ended.
    pub status: MemberStatus,
}

/// Bounds of expanding one container (design §12).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Decoded bytes in all.
    pub bytes_max: u64,
    /// Decoded bytes for one byte of the outermost container.
    pub ratio_max: u64,
    /// Decoded bytes that are free of the ratio.
    pub ratio_free_bytes: u64,
    /// Containers inside containers.
    pub depth_max: u32,
    /// Members in all.
    pub members_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 1 << 40,
            ratio_max: 2_000,
            ratio_free_bytes: 256 << 20,
            depth_max: 8,
            members_max: 1_000_000,
        }
    }
}

/// Takes members as they come out. Brought by the caller.
pub trait Spool {
    /// Begins a member; its bytes are then written. Flush or close happens in [`Spool::end`]. Every member is begun and
    /// ended, one after the other, those that give no byte too.
    ///
    /// # Errors
    /// What the system said.
    fn begin(&mut self, member: &MemberInfo) -> std::io::Result<Box<dyn Write + '_>>;

    /// Ends the member begun last, after its writer was dropped.
    ///
    /// # Errors
    /// What the system said.
    fn end(&mut self, member: &Member) -> std::io::Result<()>;

    /// A place for an inner container that must be read from the start again: bytes written to it are read back.
    ///
    /// # Errors
    /// What the system said.
    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>>;
}

/// A temporary file: written once, then read.
pub trait Scratch: std::io::Read + Write + std::io::Seek {}
impl<T: std::io::Read + Write + std::io::Seek> Scratch for T {}

/// What came out of a container.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    /// Every member, in the order of the container.
    pub members: Vec<Member>,
    /// What is wrong with containers as such (members carry their own damage).
    pub damage: Vec<Damage>,
}

/// The decoder for bytes that begin like this (512 bytes are enough), by their magic, never by a name; `None` where
/// it is no container that is opened here.
pub fn recognise(head: &[u8]) -> Option<Decoder> {
    let begins = |magic: &[u8]| head.starts_with(magic);
    if begins(&[0x1f, 0x8b, 8]) {
        return Some(Decoder::Gzip);
    }
    // RFC 8878: a frame, or a skippable frame, whose first byte is 0x50 to 0x5f.
    let skippable = head.len() >= 8 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18];
    if begins(&[0x28, 0xb5, 0x2f, 0xfd]) || skippable {
        return Some(Decoder::Zstd);
    }
    if begins(&[0xfd, b'7', b'z', b'X', b'Z', 0]) {
        return Some(Decoder::Xz);
    }
    // The first block, or the end mark of an empty file.
    let blocks: [&[u8]; 2] = [
        &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
        &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
    ];
    if begins(b"BZh")
        && matches!(head.get(3), Some(b'1'..=b'9'))
        && blocks.iter().any(|b| head[4..].starts_with(b))
    {
        return Some(Decoder::Bzip2);
    }
    if begins(&lz4::MAGIC) {
        return Some(Decoder::Lz4);
    }
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Some(Decoder::Zip);
    }
    if begins(&seven_zip::MAGIC) {
        return Some(Decoder::SevenZip);
    }
    is_tar(head).then_some(Decoder::Tar)
}

/// Whether a header block of 512 bytes stands here: its check sum is right (POSIX.1-2017, pax, ustar format).
fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<512>() else {
        return false;
    };
    let digits = block[148..156]
        .iter()
        .skip_while(|b| **b == b' ')
        .take_while(|b| matches!(b, b'0'..=b'7'));
    let (mut stated, mut count) = (0u32, 0);
    for digit in digits {
        stated = stated * 8 + u32::from(digit - b'0');
        count += 1;
    }
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    let field: u32 = block[148..156].iter().map(|b| u32::from(*b)).sum();
    count > 0 && block[0] != 0 && sum - field + 8 * u32::from(b' ') == stated
}

/// Expands the container in `input` into `spool`, nested containers included. Nothing comes out where it is none.
///
/// # Errors
/// Only when `input` cannot be read or the spool cannot be written; damage is in the result.
pub fn expand(
    input: &mut dyn ReadSeek,
    name: &[u8],
    spool: &mut dyn Spool,
    limits: &Limits,
) -> Result<Expansion, IntakeError> {
    let length = input.seek(SeekFrom::End(0)).map_err(IntakeError::read(0))?;
    input.seek(SeekFrom::Start(0)).map_err(IntakeError::read(0))?;
    let mut outer = walk::Outer::new(input);
    let failure = Rc::clone(&outer.failure);
    let mut walker = walk::Walker {
        spool,
        limits: *limits,
        budget: walk::Budget::new(limits, length),
        out: Expansion::default(),
        stopped: false,
    };
    let info = MemberInfo {
        steps: Vec::new(),
        name: name.to_vec(),
        modified: None,
        modified_is_local: false,
        declared_size: None,
    };
    let mut head = Vec::with_capacity(1024);
    (&mut outer)
        .take(1024)
        .read_to_end(&mut head)
        .map_err(IntakeError::read(0))?;
    outer.seek(SeekFrom::Start(0)).map_err(IntakeError::read(0))?;
    let result = match recognise(&head) {
        Some(Decoder::Zip) => zip::walk(&mut walker, &mut outer, &info, 1),
        Some(Decoder::SevenZip) => seven_zip::walk(&mut walker, &mut outer, &info, 1),
        Some(decoder) => walker.container(decoder, &mut outer, &info, 1),
        None => Ok(()),
    };
    if let Some((offset, source)) = failure.take() {
        return Err(IntakeError::Read { offset, source });
    }
    result?;
    Ok(walker.out)
}
