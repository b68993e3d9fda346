//! Where records end.
//!
//! A framer looks at the bytes from the current place on and says what comes first: a record, structure, or that it
//! must see more. It works on one byte a code unit: for UTF-16 the driver brings a view in which every unit that is
//! not ASCII stands as one high byte, so that a line end inside a letter cannot be mistaken for one.

mod json;
mod lines;
mod quoted;
#[cfg(test)]
mod tests;
mod xml;

use letopis_event::StructureKind;

use crate::format::Framing;

pub(crate) use lines::{LineEnds, START_UNITS, line_end};

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record of `length` units, then `after` units of line end. `closed`: nothing that follows could belong to it.
    Record {
        length: usize,
        after: usize,
        closed: bool,
    },
    /// Units that are no record.
    Structure { length: usize, kind: StructureKind },
    /// The end lies beyond what can be seen.
    More,
}

/// What knows the first line of a record: a format's own function, or the pattern of a user's format.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    Own(fn(&str) -> bool),
    Pattern,
}

/// Asks about the text of some units.
pub(crate) type IsStart<'a> = dyn Fn(Start, std::ops::Range<usize>) -> bool + 'a;

/// The bytes from the current place on.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// One byte a code unit.
    pub(crate) units: &'a [u8],
    /// Whether the object ends with them.
    pub(crate) at_end: bool,
    /// What ends a line.
    pub(crate) ends: LineEnds,
    /// Asks whether the text of some units begins a record.
    pub(crate) is_start: &'a IsStart<'a>,
}

/// What a framer remembers from record to record; kept in the state of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// A record was seen.
    pub(crate) started: bool,
    /// Inside the array that encloses the records (JSON).
    pub(crate) in_array: bool,
    /// Objects that the array stands in and that are still open (JSON).
    pub(crate) wrapped: u8,
    /// Records so far stood in such arrays (JSON).
    pub(crate) lists: bool,
    /// Units that were looked through for the end of what has none, less what records have paid back (JSON, XML). Not kept
    /// in the state: only damaged files have any.
    pub(crate) wasted: usize,
}

impl Memory {
    /// Units that may be looked through in vain: a file may be nothing but values or elements that never end, one a
    /// line. Then only the beginning of what follows is seen, until records have paid for it.
    const WASTE_MAX: usize = 16 << 20;
    /// How many times its own length a record pays back.
    const PAID_BACK: usize = 8;

    /// As much of the units as may be looked through for an end, `least` at any rate.
    fn seen<'u>(&self, units: &'u [u8], least: usize) -> &'u [u8] {
        let most = Self::WASTE_MAX.saturating_sub(self.wasted).max(least);
        units.get(..most).unwrap_or(units)
    }
}

/// The next step of `framing`.
pub(crate) fn step(framing: Framing, view: &View<'_>, memory: &mut Memory) -> Step {
    let step = match framing {
        Framing::Lines => lines::line(view),
        Framing::StartLine(is_start) => lines::start_line(view, Start::Own(is_start)),
        Framing::StartPattern => lines::start_line(view, Start::Pattern),
        Framing::Paragraphs => lines::paragraph(view),
        Framing::Quoted(quote) => quoted::record(view, quote),
        Framing::Json => json::value(view, memory),
        Framing::XmlElement(name) => xml::element(view, name, memory),
    };
    if let Step::Record { length, .. } = step {
        memory.started = true;
        memory.wasted = memory.wasted.saturating_sub(length * Memory::PAID_BACK);
    }
    step
}

/// The first complete records of a text, at most `most`: for detection.
pub(crate) fn cut(framing: Framing, text: &str, most: usize) -> Vec<&str> {
    let own = |start: Start, line: &str| matches!(start, Start::Own(is_start) if is_start(line));
    cut_by(framing, text, most, &own)
}

/// The same, with `begins` to know the first line of a record.
pub(crate) fn cut_by<'t>(
    framing: Framing,
    text: &'t str,
    most: usize,
    begins: &dyn Fn(Start, &str) -> bool,
) -> Vec<&'t str> {
    let mut memory = Memory::default();
    let mut records = Vec::new();
    let mut rest = text;
    while records.len() < most && !rest.is_empty() {
        let is_start = |start: Start, range: std::ops::Range<usize>| {
            let line = rest.get(range.start..).unwrap_or_default();
            begins(start, line.get(..range.len()).unwrap_or(line))
        };
        let view = View {
            units: rest.as_bytes(),
            at_end: false,
            ends: LineEnds::Feed,
            is_start: &is_start,
        };
        let taken = match step(framing, &view, &mut memory) {
            Step::Record { length, after, .. } => {
                records.extend(rest.get(..length));
                length + after
            }
            Step::Structure { length, .. } => length,
            // The end of the text may be the end of the record: then it is complete.
            Step::More => {
                let last = step(framing, &View { at_end: true, ..view }, &mut memory);
                if let Step::Record { length, .. } = last {
                    records.extend(rest.get(..length));
                }
                break;
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    records
}

/// The framing in words, for people.
pub(crate) fn describe(framing: Framing) -> &'static str {
    match framing {
        Framing::Lines => "one line, one record",
        Framing::StartLine(_) | Framing::StartPattern => {
            "a record begins with a line of a certain form; other lines continue it"
        }
        Framing::Quoted(_) => "lines; line ends inside quotes do not end a record",
        Framing::Json => "one JSON value, one record",
        Framing::XmlElement(_) => "one XML element, one record",
        Framing::Paragraphs => "runs of lines ended by a blank line",
    }
}

/// Whether a unit is a blank.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// Length of the run of blanks at the start.
fn blanks(units: &[u8]) -> usize {
    units.iter().take_while(|b| is_blank(**b)).count()
}
