//! Windows event log files (EVTX).
//!
//! The framing is ours: a file header of 4 KiB, then chunks of 64 KiB, each a header of 512 bytes and records one
//! after another; a record is `2a 2a 00 00`, its size, its id, its FILETIME, the event as binary XML, and its size
//! again (MS-EVEN6 §2.2; Schuster, "Introducing the Microsoft Vista event log file format", DFRWS 2007). The crate
//! `evtx` turns the binary XML of one record into JSON, from whose leaves the event is filled.
//!
//! Damage stays where it is: a chunk without a valid header is searched for records all the same, a record that
//! cannot be rendered is unparsed with its bytes and the reason, a wrong check sum is noted in the events of its
//! chunk. Records found in space that the chunk calls free are older ones, not yet overwritten: they are events with
//! the status `recovered`, since their names and templates may have been overwritten by others. Space that holds
//! no record is slack.
//!
//! Absent: the message texts, which Windows keeps in the providers' libraries and not in the file; the sentences
//! are ours, and the attribute `message_by` says so.

mod chunk;
mod companion;
mod frame;
mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer;

use std::io::SeekFrom;

use letopis_event::{Category, EventSink, Kind, Span, StructureKind};

use super::windows;
use crate::error::IntakeError;
use crate::format::{Claim, Context, Format, Head, ReadSeek, Reader};

pub(crate) use companion::companion;

/// Name of the format.
const NAME: &str = "evtx";

/// Windows event log files.
pub(crate) const FORMAT: Format = Format {
    name: NAME,
    title: "Windows event log (EVTX)",
    reference: "MS-EVEN6 §2.2 (binary XML); Schuster, DFRWS 2007 (file, chunk and record headers)",
    category: Some(Category::Os),
    kinds: KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Binary { read },
};

const KINDS: &[Kind] = windows::KINDS;

/// Length of the file header.
const FILE_HEADER: usize = 4096;
/// Length of a chunk.
const CHUNK: usize = 65536;
/// First bytes of a file.
const FILE_SIGNATURE: &[u8; 8] = b"ElfFile\0";
/// First bytes of a chunk.
const CHUNK_SIGNATURE: &[u8; 8] = b"ElfChnk\0";

/// The record's number as its header states it (MS-EVEN6 §2.2): counted by the log from 1, and again from 1 once the log
/// was cleared.
pub(crate) fn record_number(record: &[u8]) -> Option<u64> {
    let rest = record.strip_prefix(b"\x2a\x2a\0\0")?;
    rest.get(4..12)?.try_into().ok().map(u64::from_le_bytes)
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let claim = |confidence, reason: &str| {
        Some(Claim {
            confidence,
            reason: reason.to_owned(),
        })
    };
    if head.bytes.starts_with(FILE_SIGNATURE) {
        claim(
            100,
            "the file begins with `ElfFile`, the signature of Windows event logs",
        )
    } else if head.bytes.starts_with(CHUNK_SIGNATURE) {
        claim(
            95,
            "the file begins with `ElfChnk`: a chunk of a Windows event log without the file's header",
        )
    } else if head
        .bytes
        .get(FILE_HEADER..)
        .is_some_and(|rest| rest.starts_with(CHUNK_SIGNATURE))
    {
        claim(
            95,
            "`ElfChnk` at byte 4096: a Windows event log whose file header is damaged",
        )
    } else {
        None
    }
}

fn read(
    input: &mut dyn ReadSeek,
    context: &Context<'_>,
    sink: &mut dyn EventSink,
) -> Result<(), IntakeError> {
    let mut at = context.options.start;
    input.seek(SeekFrom::Start(at)).map_err(IntakeError::read(at))?;
    let mut reader = chunk::ChunkReader::new(context, sink);
    let mut buffer = vec![0; CHUNK];
    if at == 0 {
        let found = fill(input, at, buffer.get_mut(..FILE_HEADER).unwrap_or_default())?;
        if buffer.starts_with(CHUNK_SIGNATURE) {
            // No file header: what was read is the beginning of a chunk.
            let rest = fill(
                input,
                at + found as u64,
                buffer.get_mut(found..).unwrap_or_default(),
            )?;
            buffer = reader.chunk(at, buffer, found + rest)?;
            at += (found + rest) as u64;
        } else {
            header(&mut reader, buffer.get(..found).unwrap_or_default())?;
            at += found as u64;
        }
    }
    loop {
        let found = fill(input, at, &mut buffer)?;
        if found == 0 {
            return Ok(());
        }
        buffer = reader.chunk(at, buffer, found)?;
        at += found as u64;
    }
}

/// Reports the file's header; one without its signature is a record that could not be read.
fn header(reader: &mut chunk::ChunkReader<'_>, bytes: &[u8]) -> Result<(), IntakeError> {
    if bytes.is_empty() {
        return Ok(());
    }
    if bytes.starts_with(FILE_SIGNATURE) {
        let span = Span {
            offset: 0,
            length: bytes.len() as u64,
        };
        return Ok(reader.structure(span, StructureKind::Header)?);
    }
    reader.unparsed(
        0,
        bytes,
        None,
        "the signature of the file header is missing: expected `ElfFile`",
    )
}

/// Reads until `room` is full or the input ends; the rest of `room` is zero.
fn fill(input: &mut dyn ReadSeek, at: u64, room: &mut [u8]) -> Result<usize, IntakeError> {
    let mut found = 0;
    while let Some(rest) = room.get_mut(found..).filter(|r| !r.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => found += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::read(at + found as u64)(error)),
        }
    }
    if let Some(rest) = room.get_mut(found..) {
        rest.fill(0);
    }
    Ok(found)
}
