//! Members of a 7z archive, by its directory, which stands at the end.
//!
//! The layout is that of `7zFormat.txt` in the LZMA SDK; the directory and the methods are read by a library. Members
//! of a solid block come out of one stream, one after the other, so damage in it takes all that follow.

#[cfg(test)]
pub(super) mod tests;

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use super::walk::{MEMORY, Metered, Walker};
use super::{Decoder, MemberInfo, MemberStatus, Step};
use crate::error::IntakeError;

/// `7z` and four bytes that are no text.
pub(super) const MAGIC: [u8; 6] = [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c];

/// Bytes of a directory: at least these may be had, more by the length of the archive, and never more than the second,
/// which is enough for some 150,000 members. For every byte of a directory that lies, the library takes about a hundred
/// bytes of memory before it can know: measured, 0.4 GiB for the first and 1.6 GiB for the second.
const DIRECTORY: [u64; 2] = [4 << 20, 16 << 20];

pub(super) fn walk<R: Read + Seek + ?Sized>(
    walker: &mut Walker<'_>,
    mut input: &mut R,
    info: &MemberInfo,
    depth: u32,
) -> Result<(), IntakeError> {
    let length = input.seek(SeekFrom::End(0)).map_err(IntakeError::read(0))?;
    let directory = length.clamp(DIRECTORY[0], DIRECTORY[1]);
    let mut archive = match Archive::read_with_memory_limit(&mut input, &Password::empty(), kib(directory)) {
        Ok(archive) => archive,
        Err(error) => {
            let found = said(&error);
            walker.damage(info, 0, "a 7z archive with a directory at its end", &found);
            return Ok(());
        }
    };
    // The library withholds the last bytes of a member whose sum differs; here they come out, and then the damage.
    let sums = archive
        .files
        .iter_mut()
        .map(|file| std::mem::take(&mut file.has_crc).then_some(file.crc as u32))
        .collect();
    let opened = Opened {
        archive,
        sums,
        info,
        depth,
    };
    let mut at = 0;
    while at < opened.archive.files.len() && !walker.stopped {
        at = match opened.archive.stream_map.file_block_index[at] {
            Some(block) => opened.block(walker, &mut input, block, at)?,
            None => {
                opened.take(walker, at, &mut io::empty())?;
                at + 1
            }
        };
    }
    Ok(())
}

/// An archive whose directory was read.
struct Opened<'a> {
    archive: Archive,
    /// CRC-32 of every entry, where one is stated.
    sums: Vec<Option<u32>>,
    info: &'a MemberInfo,
    depth: u32,
}

impl Opened<'_> {
    /// The entries of one block, of which `first` is the first. Gives the index after the last.
    fn block<R: Read + Seek>(
        &self,
        walker: &mut Walker<'_>,
        input: &mut R,
        block: usize,
        first: usize,
    ) -> Result<usize, IntakeError> {
        let password = Password::empty();
        let decoder =
            BlockDecoder::new_with_memory_limit(1, kib(MEMORY), block, &self.archive, &password, input);
        let end = first + decoder.entry_count();
        if self.archive.is_file_encrypted(first) {
            self.unreadable(
                walker,
                first..end,
                "a member without a password",
                "an encrypted one",
            )?;
            return Ok(end);
        }
        let before = (walker.out.members.len(), walker.out.damage.len());
        let (mut at, mut failure) = (first, None);
        let read = decoder.for_each_entries(&mut |_, reader| {
            failure = self.take(walker, at, reader).err();
            at += 1;
            Ok(failure.is_none() && !walker.stopped)
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        if let Err(error) = read {
            let found = said(&error);
            let is_told = walker.out.damage.len() > before.1
                || walker.out.members[before.0..]
                    .iter()
                    .any(|member| member.status != MemberStatus::Complete);
            if at == end && !is_told {
                walker.damage(
                    self.info,
                    0,
                    &format!("block {block} of the 7z up to its end"),
                    &found,
                );
            }
            self.unreadable(walker, at..end, "the members before it in its block", &found)?;
        }
        Ok(end)
    }

    /// One entry of the directory; `reader` gives its bytes.
    fn take(&self, walker: &mut Walker<'_>, index: usize, reader: &mut dyn Read) -> Result<(), IntakeError> {
        let entry = &self.archive.files[index];
        if entry.is_directory {
            return Ok(());
        }
        let member = member(self.info, index, entry);
        let mut metered = Metered::new(Summed::new(reader, entry.size, self.sums[index]), &walker.budget);
        match kind(entry) {
            None => walker.stream(&mut metered, member, self.depth)?,
            Some(found) => walker.unreadable(member, "a regular file", found)?,
        }
        // What nobody asked for stands before the next member and is passed under the same bound. Damage in it makes
        // the library stop at this block.
        if io::copy(&mut metered, &mut io::sink()).is_err() {
            walker.stop_if_spent(self.info);
        }
        Ok(())
    }

    fn unreadable(
        &self,
        walker: &mut Walker<'_>,
        which: Range<usize>,
        expected: &str,
        found: &str,
    ) -> Result<(), IntakeError> {
        for index in which {
            let entry = &self.archive.files[index];
            if !entry.is_directory && !walker.stopped {
                walker.unreadable(member(self.info, index, entry), expected, found)?;
            }
        }
        Ok(())
    }
}

/// What an entry is, where it is no regular file. The upper half of the attributes is the mode of POSIX where bit
/// 0x8000 is set (7-Zip, p7zip); 0x400 is a reparse point of Windows.
fn kind(entry: &ArchiveEntry) -> Option<&'static str> {
    let attributes = entry.windows_attributes;
    let mode = if attributes & 0x8000 == 0 {
        0
    } else {
        attributes >> 28
    };
    match mode {
        _ if entry.is_anti_item => Some("a mark that the file is to be deleted"),
        0o12 => Some("a symbolic link (listed, not followed)"),
        0 if attributes & 0x400 != 0 => Some("a link (listed, not followed)"),
        0 | 0o10 => None,
        _ => Some("a device, a pipe or a socket"),
    }
}

fn member(info: &MemberInfo, index: usize, entry: &ArchiveEntry) -> MemberInfo {
    let name = entry.name.clone().into_bytes();
    let mut steps = info.steps.clone();
    steps.push(Step {
        decoder: Decoder::SevenZip,
        index: index as u64,
        name: name.clone(),
    });
    let modified = entry
        .has_last_modified_date
        .then(|| u64::from(entry.last_modified_date));
    MemberInfo {
        steps,
        name,
        modified: modified.map(|ticks| (ticks / 10) as i64 - 11_644_473_600_000_000),
        modified_is_local: false,
        declared_size: Some(entry.size),
    }
}

/// What the library said, in words.
fn said(error: &Error) -> String {
    match error {
        Error::UnsupportedCompressionMethod(method) if method == "AES256_SHA256" => {
            "an encrypted one".to_owned()
        }
        Error::UnsupportedCompressionMethod(method) => format!("the method {method}"),
        Error::MaxMemLimited { max_kb, actaul_kb } => {
            format!("one that needs {actaul_kb} KiB of memory, of {max_kb} KiB that it may have")
        }
        Error::NextHeaderCrcMismatch | Error::ChecksumVerificationFailed => {
            "a checksum that differs".to_owned()
        }
        Error::Io(error, _) => error.to_string(),
        Error::Other(words) | Error::Unsupported(words) => words.to_string(),
        other => other.to_string(),
    }
}

fn kib(bytes: u64) -> usize {
    usize::try_from(bytes >> 10).unwrap_or(usize::MAX)
}

/// Compares the CRC-32 of a member with the one that the directory states, after all its bytes came out.
struct Summed<R> {
    inner: R,
    left: u64,
    stated: Option<u32>,
    sum: crc32fast::Hasher,
}

impl<R: Read> Summed<R> {
    fn new(inner: R, size: u64, stated: Option<u32>) -> Self {
        Self {
            inner,
            left: size,
            stated,
            sum: crc32fast::Hasher::new(),
        }
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0
            && let Some(stated) = self.stated.take()
        {
            let found = self.sum.clone().finalize();
            if found != stated {
                let words = format!("bytes whose CRC-32 is {found:08x} instead of {stated:08x}");
                return Err(io::Error::other(words));
            }
        }
        let read = self.inner.read(out)?;
        if self.stated.is_some() {
            self.sum.update(&out[..read]);
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
