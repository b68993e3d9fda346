//! What a format is: the grammar of one kind of log, as data plus two functions.
//!
//! One format is one file under `formats/` that exports one [`Format`] constant; `formats/mod.rs` holds the one
//! list. Tests run over that list, so a format is tested by being registered.

use letopis_event::{Category, EventBuf, EventSink, Kind, LineNumber, StructureKind};

use crate::error::IntakeError;
use crate::formats::UserFormat;

/// Bytes that can be read from any place: a stored object, or a file for `detect`.
pub trait ReadSeek: std::io::Read + std::io::Seek {}
impl<T: std::io::Read + std::io::Seek + ?Sized> ReadSeek for T {}

/// The grammar of one kind of log.
#[derive(Debug)]
pub struct Format {
    /// Short name in lower case, as in `--format` and in the `format` column.
    pub name: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// Where it is described: RFC, manual.
    pub reference: &'static str,
    /// Category of a source that writes it, where the format alone tells.
    pub category: Option<Category>,
    /// The kinds it makes.
    pub kinds: &'static [Kind],
    /// Input that must be claimed by this format and by no other, with what must come out.
    pub samples: &'static [Sample],
    /// How sure the format is that a head of decoded text (or bytes) is its own.
    pub detect: fn(&Head<'_>) -> Option<Claim>,
    /// How records are found and read.
    pub reader: Reader,
}

/// The beginning of an object, for detection.
#[derive(Debug)]
pub struct Head<'a> {
    /// The first bytes (up to 64 KiB).
    pub bytes: &'a [u8],
    /// The same decoded, cut at the last complete line; empty for binary data.
    pub text: &'a str,
    /// Whether `bytes` is all there is.
    pub complete: bool,
    /// The file's name, for a tie only: never a reason by itself.
    pub name: &'a str,
}

impl Head<'_> {
    /// The first lines that are not blank, at most `most`.
    pub fn lines(&self, most: usize) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|l| !l.trim().is_empty()).take(most)
    }

    /// Which share of the first lines satisfies `own`, in percent; 0 where there is no line.
    pub fn share(&self, most: usize, own: impl Fn(&str) -> bool) -> u8 {
        let (mut all, mut hits) = (0usize, 0usize);
        for line in self.lines(most) {
            all += 1;
            hits += usize::from(own(line));
        }
        (hits * 100).checked_div(all).unwrap_or(0) as u8
    }
}

/// A format's claim on an object. The highest confidence wins; equal ones go to the earlier in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// 1 to 100. Specific grammars claim 80 to 100, a syslog line with any content 60 to 75, generic readers
    /// (JSON lines, delimited, key=value) 20 to 50.
    pub confidence: u8,
    /// Why, in a sentence a person can check: `18 of 20 lines begin with <priority>1 and an RFC 3339 time`.
    pub reason: String,
}

/// A sample and what must come out of it.
#[derive(Debug)]
pub struct Sample {
    /// Bytes as they stand in a file. Written by us, never copied from others' logs.
    pub bytes: &'static [u8],
    /// For each record: `(column or attrs.NAME, value)` pairs that must be there.
    pub events: &'static [&'static [(&'static str, &'static str)]],
}

/// How records are found and read.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// Text: the intake decodes, frames and settles the time; the format reads one record at a time.
    Text {
        /// Where a record ends.
        framing: Framing,
        /// Makes the state that reads the records of one file in order.
        open: fn(&Context<'_>) -> Box<dyn RecordReader>,
    },
    /// Binary: the format walks the bytes itself and reports every byte to the sink.
    Binary {
        /// Reads the whole object.
        read: fn(&mut dyn ReadSeek, &Context<'_>, &mut dyn EventSink) -> Result<(), IntakeError>,
    },
}

/// Where a text record ends.
#[derive(Clone, Copy, Debug)]
pub enum Framing {
    /// Each line is a record (LF or CRLF; CR alone only where the beginning of the file has no LF).
    Lines,
    /// A record begins with a line for which the function says yes; other lines continue it.
    StartLine(fn(&str) -> bool),
    /// The same, by the pattern of the user's format that reads the object.
    StartPattern,
    /// Lines, but a line end inside double quotes (or the given quote) does not end the record.
    Quoted(u8),
    /// One JSON value a record, on one line or over several, alone, in an array, or concatenated.
    Json,
    /// One XML element of this local name a record, with what it encloses.
    XmlElement(&'static str),
    /// Records are runs of lines ended by a blank line (systemd journal export without binary fields).
    Paragraphs,
}

/// What a reader is opened with.
#[derive(Debug)]
pub struct Context<'a> {
    /// The beginning of the object.
    pub head: &'a Head<'a>,
    /// What an earlier part of the same file left for this one (header line, columns): see [`RecordReader::state`].
    pub state: Option<&'a str>,
    /// Options of the intake.
    pub options: &'a crate::options::ParseOptions,
    /// The user's format, where one reads the object.
    pub user: Option<&'a std::sync::Arc<UserFormat>>,
}

/// One record, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The decoded text without its line end.
    pub text: &'a str,
    /// The bytes, without the line end.
    pub bytes: &'a [u8],
    /// Its place in the object.
    pub offset: u64,
    /// Its first line.
    pub line: LineNumber,
}

/// What a record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An event; the buffer is filled.
    Event,
    /// No event: a header or a comment of the file.
    Structure(StructureKind),
    /// Not readable as this format; the intake makes an event of kind `unparsed` with the reason in `x_reason`.
    Unparsed(&'static str),
}

/// Reads the records of one file in order.
pub trait RecordReader: Send {
    /// Reads one record into `event`, which comes empty. Sets `reading` and `time_text`, not `time`; a record that has no
    /// time of its own and belongs to the one before sets `event.time.basis` to `Carried`.
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict;

    /// Fills `reading` as [`Self::read`] does, and what else it likes: files whose clocks state no year are gone through
    /// once for their order before they are read. Only for readers that can do this with less.
    fn read_clock(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.read(record, event)
    }

    /// What a later part of the same file needs from this one to be read alone, as text; `None` if nothing.
    fn state(&self) -> Option<String> {
        None
    }
}

/// Two lists of kinds one after the other, for formats that make the kinds of another one besides their own. `ALL` is
/// the length of both together.
pub(crate) const fn joined<const ALL: usize>(own: &[Kind], others: &[Kind]) -> [Kind; ALL] {
    assert!(ALL == own.len() + others.len());
    let mut all = [Kind::OTHER; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < own.len() {
            own[at]
        } else {
            others[at - own.len()]
        };
        at += 1;
    }
    all
}
