//! Last resort for text: one line, one event, with the time that stands at its beginning, if any.
//!
//! Lines of a known grammar that stand between the others (logs that were put together, the output of several
//! programs) are read by it. So a text that nobody knows still becomes events that can be searched and put in order.

use letopis_event::{EventBuf, Text, TimeReading};

use super::inner::{Found, Inner};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Sample, Verdict};
use crate::formats::scan::Cut as _;
use crate::timetext;

/// Name of the format.
pub(crate) const NAME: &str = "plain-text";

/// Text of no known format.
pub(super) const FORMAT: Format = Format {
    name: NAME,
    title: "Plain text",
    reference: "none: one line, one record",
    category: None,
    kinds: super::json_known::KINDS,
    samples: &[Sample {
        bytes: b"2026-01-01 00:12:03 backup finished\nno time stands here\n",
        events: &[
            &[
                ("time_text", "2026-01-01 00:12:03"),
                ("message", "backup finished"),
                ("time_basis", "zone-assumed"),
            ],
            &[("message", "no time stands here"), ("time_basis", "none")],
        ],
    }],
    detect,
    reader: Reader::Text {
        framing: Framing::Lines,
        open,
    },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    head.lines(1).next().map(|_| Claim {
        confidence: 2,
        reason: "text, and no known format claims it: every line is a record".to_owned(),
    })
}

fn open(context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(Lines(Inner::new(context)))
}

/// Reads lines of known grammars between the others.
struct Lines(Inner);

impl RecordReader for Lines {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        match self.0.read(record.text, record, event) {
            Found::Event => event.set_if_absent(Text::Message, record.text),
            Found::Time => {}
            Found::Nothing => {
                let rest = leading_time(record.text, event);
                event.set(Text::Message, rest);
            }
        }
        Verdict::Event
    }
}

/// A time at the beginning of a line, in brackets or not.
#[derive(Clone, Copy)]
pub(super) struct Begins<'a> {
    reading: TimeReading,
    text: &'a str,
    /// What stands behind it; the whole line where nothing does.
    pub(super) rest: &'a str,
}

impl Begins<'_> {
    pub(super) fn fill(&self, event: &mut EventBuf) {
        event.reading = Some(self.reading);
        event.set(Text::TimeText, self.text);
    }
}

/// The time that a line begins with.
pub(super) fn time_at_start(text: &str) -> Option<Begins<'_>> {
    let trimmed = text.trimmed_start();
    let bracketed = matches!(trimmed.as_bytes().first(), Some(b'[' | b'(' | b'"'));
    let start = trimmed.get(usize::from(bracketed)..)?;
    let (reading, taken) = timetext::any(start)?;
    let rest = start.get(taken..)?;
    let rest = if bracketed {
        rest.less_start_of(b"])\"")
    } else {
        rest
    };
    let rest = rest.less_start_of(b" \t:,;|");
    Some(Begins {
        reading,
        text: start.get(..taken)?,
        rest: if rest.is_empty() { text } else { rest },
    })
}

/// Reads a time at the beginning of a line into the event; what stands after it, or the whole line where none is there.
pub(super) fn leading_time<'a>(text: &'a str, event: &mut EventBuf) -> &'a str {
    match time_at_start(text) {
        Some(begins) => {
            begins.fill(event);
            begins.rest
        }
        None => text,
    }
}
