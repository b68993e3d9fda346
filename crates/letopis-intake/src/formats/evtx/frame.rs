//! Where the records of a chunk lie.

/// First bytes of a record.
pub(super) const SIGNATURE: &[u8; 4] = b"\x2a\x2a\0\0";
/// Bytes before the binary XML: signature, size, id, FILETIME.
pub(super) const RECORD_HEADER: usize = 24;
/// The size again, behind the binary XML.
pub(super) const SIZE_COPY: usize = 4;
/// Length of a chunk's header.
pub(super) const CHUNK_HEADER: usize = 512;

/// A record whose signature and both sizes fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// First byte behind the record, in its chunk.
    pub(super) end: usize,
    /// Record id of the header: in exported files another than the event's own.
    pub(super) id: u64,
    /// When the service wrote the record, as FILETIME.
    pub(super) filetime: u64,
}

/// The record at `at`, when it is whole.
pub(super) fn frame(data: &[u8], at: usize) -> Option<Frame> {
    let size = claimed_size(data, at)?;
    let end = at.checked_add(size).filter(|end| *end <= data.len())?;
    let copy = u32_at(data, end.checked_sub(SIZE_COPY)?)? as usize;
    if size < RECORD_HEADER + SIZE_COPY || copy != size {
        return None;
    }
    Some(Frame {
        end,
        id: u64_at(data, at + 8)?,
        filetime: u64_at(data, at + 16)?,
    })
}

/// The size that a record at `at` claims, where its signature stands there.
pub(super) fn claimed_size(data: &[u8], at: usize) -> Option<usize> {
    let rest = data.get(at..)?;
    rest.starts_with(SIGNATURE)
        .then(|| u32_at(data, at + 4))
        .flatten()
        .map(|size| size as usize)
}

/// The next whole record at or behind `from`.
pub(super) fn next_frame(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = memchr::memmem::find(data.get(at..)?, SIGNATURE)? + at;
        if frame(data, found).is_some() {
            return Some(found);
        }
        at = found + 1;
    }
}

/// Where the records in use end: at the free space that the header names, or behind it as long as whole records go on
/// without a gap, with the next id and no earlier time. Those were written after the header was last brought up to
/// date (a log copied while the system ran, or a crash). Older records in free space begin anywhere, and those of a
/// log that was cleared since are earlier.
pub(super) fn live_end(data: &[u8], free_space: Option<usize>) -> usize {
    let mut at = CHUNK_HEADER;
    let mut last: Option<Frame> = None;
    while let Some(next) = frame(data, at) {
        let beyond = free_space.is_none_or(|end| at >= end);
        let follows =
            last.is_none_or(|last| next.id == last.id.wrapping_add(1) && next.filetime >= last.filetime);
        if beyond && !follows {
            break;
        }
        last = Some(next);
        at = next.end;
    }
    free_space.map_or(at, |end| end.max(at))
}

/// Whether the record's first template is the one that its offset leads to: the identifier in the record equals the
/// beginning of the template's GUID. In free space another template may have been written over it.
pub(super) fn template_fits(data: &[u8], at: usize) -> bool {
    let body = at + RECORD_HEADER;
    // Fragment header (0f 01 01 00), template instance (0c), a byte, identifier, offset.
    if data.get(body) != Some(&0x0f) || data.get(body + 4) != Some(&0x0c) {
        return true;
    }
    let (Some(id), Some(offset)) = (u32_at(data, body + 6), u32_at(data, body + 10)) else {
        return false;
    };
    u32_at(data, offset as usize + 4) == Some(id)
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

pub(super) fn u64_at(data: &[u8], at: usize) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
