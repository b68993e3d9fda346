//! `journalctl -o export`: entries of `NAME=value` lines ended by a blank line. A value that holds a line end or other
//! control characters is binary: the name alone on a line, eight bytes with its length (little-endian), the value, a
//! line feed (systemd documentation, "Journal Export Format").
//!
//! Since values may hold anything, blank lines included, the format walks its bytes itself. An entry that breaks the
//! grammar is unparsed up to the next blank line; the reading goes on behind it.

use std::io::SeekFrom;

use letopis_event::{Category, EventBuf, EventSink, Kind, LineNumber, Origin, Span, StructureKind, Text};
use memchr::memchr;

use super::Entry;
use crate::error::IntakeError;
use crate::format::{Claim, Context, Format, Head, ReadSeek, Reader, Sample};
use crate::formats::syslog;

/// Name of the format.
const NAME: &str = "journal-export";

/// The journal in its export format.
pub(in crate::formats) const FORMAT: Format = Format {
    name: NAME,
    title: "systemd journal export (journalctl -o export)",
    reference: "systemd documentation, Journal Export Format; man systemd.journal-fields",
    category: Some(Category::Os),
    kinds: syslog::AUDIT_KINDS,
    samples: SAMPLES,
    detect,
    reader: Reader::Binary { read },
};

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: b"__CURSOR=s=aa;i=1\n__REALTIME_TIMESTAMP=1767208323250000\n__MONOTONIC_TIMESTAMP=77\n_BOOT_ID=0f\n_HOSTNAME=web1\nPRIORITY=6\nSYSLOG_IDENTIFIER=sshd\n_PID=4021\nMESSAGE=Accepted publickey for aigul from 203.0.113.7 port 51022 ssh2: ED25519 SHA256:Zm9v\n\n\
__CURSOR=s=aa;i=2\n__REALTIME_TIMESTAMP=1767208324000000\n_BOOT_ID=0f\nMESSAGE\n\x0a\x00\x00\x00\x00\x00\x00\x00two\n\nlines\n_COMM=job\n\n",
        events: &[
            &[
                ("time", "2025-12-31T19:12:03.25Z"),
                ("kind", "auth.logon"),
                ("outcome", "success"),
                ("user_name", "aigul"),
                ("src_port", "51022"),
                ("host", "web1"),
                ("pid", "4021"),
            ],
            &[("message", "two\n\nlines"), ("process", "job"), ("x_record_id", "s=aa;i=2")],
        ],
    },
    Sample {
        bytes: b"__CURSOR=s=bb;i=1\n__REALTIME_TIMESTAMP=1767208325000000\nMESSAGE=plain words\n",
        events: &[&[("message", "plain words"), ("kind", "other")]],
    },
];

fn detect(head: &Head<'_>) -> Option<Claim> {
    let bytes = head.bytes;
    let start = bytes.iter().position(|b| *b != b'\n')?;
    let first = bytes.get(start..)?;
    let known = [
        &b"__CURSOR="[..],
        b"__REALTIME_TIMESTAMP=",
        b"__MONOTONIC_TIMESTAMP=",
        b"__SEQNUM=",
    ];
    let begins = known.iter().any(|k| first.starts_with(k));
    let timed = memchr::memmem::find(first.get(..first.len().min(4096))?, b"__REALTIME_TIMESTAMP=").is_some();
    (begins && timed).then(|| Claim {
        confidence: 98,
        reason: "begins with the journal's address fields, __REALTIME_TIMESTAMP among them".to_owned(),
    })
}

/// Bytes read at once; a longer entry grows the buffer.
const CHUNK: usize = 256 << 10;

fn read(
    input: &mut dyn ReadSeek,
    context: &Context<'_>,
    sink: &mut dyn EventSink,
) -> Result<(), IntakeError> {
    let at = context.options.start;
    input.seek(SeekFrom::Start(at)).map_err(IntakeError::read(at))?;
    let mut walk = Walk {
        offset: at,
        line: 0,
        event: EventBuf::default(),
        entry: Entry::default(),
        text: String::new(),
    };
    let mut buffer: Vec<u8> = Vec::new();
    let mut ended = false;
    loop {
        // Whole entries are taken from the front of the buffer.
        let mut taken = 0;
        while let Some(rest) = buffer.get(taken..).filter(|r| !r.is_empty()) {
            let Some(step) = next(rest, ended, context.options.max_record) else {
                break;
            };
            walk.hand_on(rest.get(..step.length()).unwrap_or(rest), &step, sink)?;
            taken += step.length();
        }
        buffer.drain(..taken);
        if ended {
            return Ok(());
        }
        let before = buffer.len();
        buffer.resize(before + CHUNK, 0);
        let found = fill(
            input,
            walk.offset + before as u64,
            buffer.get_mut(before..).unwrap_or_default(),
        )?;
        buffer.truncate(before + found);
        ended = found == 0;
    }
}

/// Reads at least one byte, unless the input ends.
fn fill(input: &mut dyn ReadSeek, at: u64, room: &mut [u8]) -> Result<usize, IntakeError> {
    loop {
        match input.read(room) {
            Ok(count) => return Ok(count),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::read(at)(error)),
        }
    }
}

/// What stands at the front of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Line feeds between entries.
    Blank(usize),
    /// An entry with the blank line that ends it, and its length without.
    Entry { length: usize, content: usize },
    /// Bytes that are no entry, and why.
    Broken { length: usize, why: &'static str },
}

impl Step {
    fn length(self) -> usize {
        match self {
            Self::Blank(length) | Self::Entry { length, .. } | Self::Broken { length, .. } => length,
        }
    }
}

/// What comes first; `None` where more must be read. What is longer than any record may be is cut where it was read to.
fn next(bytes: &[u8], ended: bool, most: usize) -> Option<Step> {
    let too_long = Step::Broken {
        length: bytes.len(),
        why: "the entry is longer than the longest record allowed",
    };
    end_of(bytes, ended, most).or((bytes.len() > most).then_some(too_long))
}

/// Finds the end of what begins here; `None` where it lies beyond what can be seen.
fn end_of(bytes: &[u8], ended: bool, most: usize) -> Option<Step> {
    let blank = bytes.iter().take_while(|b| **b == b'\n').count();
    if blank > 0 {
        return Some(Step::Blank(blank));
    }
    let mut at = 0;
    let mut why = None;
    while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
        if rest.first() == Some(&b'\n') {
            return Some(match why {
                Some(why) => Step::Broken { length: at + 1, why },
                None => Step::Entry {
                    length: at + 1,
                    content: at,
                },
            });
        }
        if at >= most {
            return Some(Step::Broken {
                length: at,
                why: "the entry is longer than the longest record allowed",
            });
        }
        match field_end(rest) {
            FieldEnd::At(length) => at += length,
            FieldEnd::More if !ended => return None,
            FieldEnd::More => {
                // The last line may lack its line feed; a binary value that is cut has no end.
                let whole = memchr(b'=', rest).is_some() && memchr(b'\n', rest).is_none();
                return Some(if whole && why.is_none() {
                    Step::Entry {
                        length: bytes.len(),
                        content: bytes.len(),
                    }
                } else {
                    Step::Broken {
                        length: bytes.len(),
                        why: why.unwrap_or("the input ends inside a field"),
                    }
                });
            }
            FieldEnd::Bad(reason) => {
                why = Some(reason);
                // On to the next line: the blank line after the entry must be found again.
                match memchr(b'\n', rest) {
                    Some(end) => at += end + 1,
                    None if ended => {
                        return Some(Step::Broken {
                            length: bytes.len(),
                            why: reason,
                        });
                    }
                    None => return None,
                }
            }
        }
    }
    if !ended {
        return None;
    }
    Some(match why {
        Some(why) => Step::Broken {
            length: bytes.len(),
            why,
        },
        None => Step::Entry {
            length: bytes.len(),
            content: bytes.len(),
        },
    })
}

enum FieldEnd {
    At(usize),
    More,
    Bad(&'static str),
}

/// Where the field that begins here ends, with its line feed.
fn field_end(bytes: &[u8]) -> FieldEnd {
    let Some(end) = memchr(b'\n', bytes) else {
        return FieldEnd::More;
    };
    let line = bytes.get(..end).unwrap_or_default();
    if let Some(equals) = memchr(b'=', line) {
        return if is_name(line.get(..equals).unwrap_or_default()) {
            FieldEnd::At(end + 1)
        } else {
            FieldEnd::Bad("a line is no NAME=value")
        };
    }
    if !is_name(line) {
        return FieldEnd::Bad("a line is neither NAME=value nor the name of a binary field");
    }
    let Some(length) = bytes
        .get(end + 1..end + 9)
        .and_then(|b| b.try_into().ok())
        .map(u64::from_le_bytes)
    else {
        return FieldEnd::More;
    };
    // More than any journal keeps in a field (systemd: DATA_SIZE_MAX, 768 MiB).
    let Some(length) = usize::try_from(length).ok().filter(|l| *l <= 768 << 20) else {
        return FieldEnd::Bad("the length of a binary field is beyond what a journal keeps");
    };
    match bytes.get(end + 9 + length) {
        Some(b'\n') => FieldEnd::At(end + 10 + length),
        Some(_) => FieldEnd::Bad("no line feed stands behind a binary field"),
        None => FieldEnd::More,
    }
}

/// Names are capitals, digits and underscores, at most 64 (sd_journal_send).
fn is_name(bytes: &[u8]) -> bool {
    (1..=64).contains(&bytes.len())
        && bytes
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

struct Walk {
    offset: u64,
    /// Line feeds passed.
    line: u64,
    event: EventBuf,
    entry: Entry,
    text: String,
}

impl Walk {
    /// Hands what was found to the sink.
    fn hand_on(&mut self, bytes: &[u8], step: &Step, sink: &mut dyn EventSink) -> Result<(), IntakeError> {
        let span = |offset: u64, length: usize| Span {
            offset,
            length: length as u64,
        };
        match *step {
            Step::Blank(length) => sink.structure(span(self.offset, length), StructureKind::Separator)?,
            Step::Broken { length, why } => {
                self.event.clear();
                self.event.kind = Kind::UNPARSED;
                self.event.set(Text::XReason, why);
                self.give(span(self.offset, length), bytes, sink)?;
            }
            Step::Entry { length, content } => {
                self.event.clear();
                self.entry.clear();
                let entry = bytes.get(..content).unwrap_or_default();
                fields(entry, |name, value| match std::str::from_utf8(value) {
                    Ok(text) => self.entry.take(name, text, &mut self.event),
                    Err(_) => {
                        self.entry
                            .take(name, &String::from_utf8_lossy(value), &mut self.event);
                        self.event.attr(&format!("{name}_bytes"), &hex(value));
                    }
                });
                self.entry.settle(&mut self.event);
                self.give(span(self.offset, content), entry, sink)?;
                if length > content {
                    sink.structure(
                        span(self.offset + content as u64, length - content),
                        StructureKind::Separator,
                    )?;
                }
            }
        }
        self.offset += bytes.len() as u64;
        self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        Ok(())
    }

    fn give(&mut self, span: Span, bytes: &[u8], sink: &mut dyn EventSink) -> Result<(), IntakeError> {
        self.text.clear();
        self.event.rendered_text(&mut self.text);
        let origin = Origin {
            span,
            line: Some(LineNumber(self.line + 1)),
            bytes,
            text: &self.text,
            encoding: "binary",
            lossy: false,
            format: NAME,
        };
        Ok(sink.event(&origin, &self.event)?)
    }
}

/// Calls `each` for every field of an entry whose grammar was checked.
fn fields(bytes: &[u8], mut each: impl FnMut(&str, &[u8])) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let name = |n: &[u8]| String::from_utf8_lossy(n).into_owned();
        match memchr(b'=', line) {
            Some(equals) => {
                each(
                    &name(line.get(..equals).unwrap_or_default()),
                    line.get(equals + 1..).unwrap_or_default(),
                );
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                let length = rest
                    .get(end + 1..end + 9)
                    .and_then(|b| b.try_into().ok())
                    .map_or(0, u64::from_le_bytes) as usize;
                let value = rest
                    .get(end + 9..(end + 9).saturating_add(length))
                    .unwrap_or_default();
                each(&name(line), value);
                rest = rest.get((end + 10).saturating_add(length)..).unwrap_or_default();
            }
        }
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}
