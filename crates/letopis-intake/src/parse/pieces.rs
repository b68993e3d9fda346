//! An object as a sequence of pieces: records and structure, in order, without gaps.

use std::cell::RefCell;
use std::ops::Range;

use letopis_event::StructureKind;

use super::window::Window;
use crate::encoding::Encoding;
use crate::error::IntakeError;
use crate::format::{Framing, ReadSeek};
use crate::formats::UserFormat;
use crate::framing::{LineEnds, Memory, START_UNITS, Start, Step, View, is_blank, line_end, step};
use crate::near;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A record: its bytes lie at the current place of the window.
    Record {
        /// Bytes of the record.
        length: usize,
        /// Bytes of line end after it.
        after: usize,
        /// Nothing that follows could belong to it.
        closed: bool,
        /// It is a piece of a longer one: the offset of the whole, and whether this is its first piece.
        cut: Option<(u64, bool)>,
        /// Line ends inside of it and behind it, where they have been counted.
        lines: Option<u64>,
    },
    /// Bytes that are no record.
    Structure { length: usize, kind: StructureKind },
    /// Nothing is left.
    End,
}

/// Pieces that are found the general way before the quick one is tried again.
const PASSED_OVER: u8 = 15;

/// Walks an object.
pub(crate) struct Pieces<'i> {
    pub(crate) window: Window<'i>,
    pub(crate) memory: Memory,
    pub(crate) ends: LineEnds,
    framing: Framing,
    user: Option<&'i UserFormat>,
    pub(crate) encoding: Encoding,
    forced: bool,
    max_record: usize,
    /// Offset of the record that is being cut.
    cutting: Option<u64>,
    /// Pieces for which [`Self::plain_lines`] is not tried.
    passed_over: u8,
    scratch: RefCell<String>,
}

/// How an object is walked.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'u> {
    pub(crate) framing: Framing,
    pub(crate) encoding: Encoding,
    pub(crate) forced: bool,
    pub(crate) max_record: usize,
    pub(crate) memory: Memory,
    pub(crate) ends: Option<LineEnds>,
    pub(crate) user: Option<&'u UserFormat>,
}

impl<'i> Pieces<'i> {
    pub(crate) fn open(
        input: &'i mut dyn ReadSeek,
        start: u64,
        length: u64,
        walk: &Walk<'i>,
    ) -> Result<Self, IntakeError> {
        let mut window = Window::open(input, start, length, walk.encoding)?;
        window.fill()?;
        let ends = walk.ends.unwrap_or_else(|| line_ends(window.units()));
        Ok(Self {
            window,
            memory: walk.memory,
            ends,
            framing: walk.framing,
            user: walk.user,
            encoding: walk.encoding,
            forced: walk.forced,
            // Room for a character and its line end at least.
            max_record: walk.max_record.max(16) & !1,
            cutting: None,
            passed_over: 0,
            scratch: RefCell::default(),
        })
    }

    /// The next piece, at the current place. The caller goes on by its bytes with `window.advance`.
    pub(crate) fn next(&mut self) -> Result<Piece, IntakeError> {
        loop {
            let unit = self.encoding.unit();
            let (raw, at_end) = (self.window.raw().len(), self.window.at_end());
            if raw < unit {
                if !at_end {
                    self.window.fill()?;
                    continue;
                }
                return Ok(if raw == 0 { Piece::End } else { self.odd_byte() });
            }
            if self.passed_over > 0 {
                self.passed_over -= 1;
            } else if let Some(record) = self.plain_lines() {
                self.memory.started = true;
                return Ok(record);
            } else if matches!(self.framing, Framing::StartLine(_) | Framing::StartPattern) {
                // Where records are long, the lines that were looked at are looked at again.
                self.passed_over = PASSED_OVER;
            }
            if let Some(length) = self.padding() {
                return Ok(Piece::Structure {
                    length: length * unit,
                    kind: StructureKind::Padding,
                });
            }
            let found = if self.cutting.is_some() {
                self.rest_of_cut()
            } else {
                self.framed()
            };
            match found {
                Step::Structure { length, kind } => {
                    return Ok(Piece::Structure {
                        length: length * unit,
                        kind,
                    });
                }
                Step::Record { length, .. } if length * unit > self.max_record => return Ok(self.cut()),
                Step::Record {
                    length,
                    after,
                    closed,
                } => {
                    return Ok(Piece::Record {
                        length: length * unit,
                        after: after * unit,
                        closed,
                        cut: self.cutting.take().map(|whole| (whole, false)),
                        lines: (matches!(self.framing, Framing::Lines) && self.ends == LineEnds::Feed)
                            .then(|| u64::from(after > 0)),
                    });
                }
                Step::More if raw > self.max_record => return Ok(self.cut()),
                Step::More => self.window.fill()?,
            }
        }
    }

    /// A record of a line or a few, of which none is blank, with its end within reach: where every line is a record, or
    /// every one without a quote, or where a line follows that begins the next. That is what most pieces of most files
    /// are; the general way finds the same with three times as many instructions.
    fn plain_lines(&self) -> Option<Piece> {
        /// Further lines that are looked at: what is longer is left to the general way.
        const FURTHER_MAX: u64 = 4;
        let plain = self.ends == LineEnds::Feed && self.cutting.is_none() && self.encoding.unit() == 1;
        let (start, quote) = match self.framing {
            Framing::Lines if plain => (None, None),
            Framing::Quoted(quote) if plain => (None, Some(quote)),
            Framing::StartLine(is_start) if plain => (Some(Start::Own(is_start)), None),
            Framing::StartPattern if plain => (Some(Start::Pattern), None),
            _ => return None,
        };
        let raw = self.window.raw();
        // A NUL may begin padding.
        if raw.first().is_none_or(|byte| *byte <= b' ') {
            return None;
        }
        let (mut length, mut next) = visible_line(raw, 0)?;
        if quote.is_some_and(|quote| near::rare(quote, &raw[..length]).is_some()) {
            return None;
        }
        let mut lines = 1;
        if let Some(start) = start {
            loop {
                let (end, following) = visible_line(raw, next)?;
                if self.begins(start, next..end.min(next + START_UNITS)) {
                    break;
                }
                (length, next) = (end, following);
                lines += 1;
                if lines > FURTHER_MAX {
                    return None;
                }
            }
        }
        (length <= self.max_record).then_some(Piece::Record {
            length,
            after: next - length,
            closed: true,
            cut: None,
            lines: Some(lines),
        })
    }

    /// A run of NULs before a record: what a crash leaves where data was not yet written.
    fn padding(&self) -> Option<usize> {
        let run = self.window.units().iter().take_while(|b| **b == 0).count();
        (run > 0).then_some(run)
    }

    /// Half a UTF-16 unit at the end.
    fn odd_byte(&self) -> Piece {
        Piece::Record {
            length: 1,
            after: 0,
            closed: false,
            cut: None,
            lines: Some(0),
        }
    }

    fn framed(&mut self) -> Step {
        let is_start = |start: Start, units: Range<usize>| self.begins(start, units);
        let view = View {
            units: self.window.units(),
            at_end: self.window.at_end(),
            ends: self.ends,
            is_start: &is_start,
        };
        let mut memory = self.memory;
        let found = step(self.framing, &view, &mut memory);
        self.memory = memory;
        found
    }

    /// Whether a record begins with some of the units.
    fn begins(&self, start: Start, units: Range<usize>) -> bool {
        let unit = self.encoding.unit();
        let range = units.start * unit..units.end * unit;
        let begins = |text: &str| match start {
            Start::Own(is_start) => is_start(text),
            Start::Pattern => self.user.is_some_and(|user| user.begins(text)),
        };
        match self.window.text(&range, self.encoding, self.forced) {
            Some(text) => begins(text),
            None => {
                let mut scratch = self.scratch.borrow_mut();
                begins(
                    self.window
                        .decoded(range, self.encoding, self.forced, &mut scratch)
                        .text,
                )
            }
        }
    }

    /// After a cut the record goes on to the end of its line.
    fn rest_of_cut(&mut self) -> Step {
        let units = self.window.units();
        // What is too long is cut whatever follows: no need to look farther for the end of its line.
        let most = self.max_record / self.encoding.unit() + 2;
        let seen = units.get(..most).unwrap_or(units);
        let at_end = self.window.at_end() && seen.len() == units.len();
        match line_end(seen, 0, self.ends, at_end) {
            // Nothing is left of it: the last piece ended right before the line end.
            Some((0, next)) => {
                self.cutting = None;
                Step::Structure {
                    length: next,
                    kind: StructureKind::Separator,
                }
            }
            Some((content, next)) => Step::Record {
                length: content,
                after: next - content,
                closed: true,
            },
            None if self.window.at_end() || seen.len() < units.len() => Step::Record {
                length: units.len(),
                after: 0,
                closed: false,
            },
            None => Step::More,
        }
    }

    /// The first bytes of a record that is too long, ending with a whole character.
    fn cut(&mut self) -> Piece {
        let raw = self.window.raw();
        let mut length = self.max_record.min(raw.len()) & !(self.encoding.unit() - 1);
        if self.encoding.unit() == 1 {
            let is_inside = |at: usize| raw.get(at).is_some_and(|b| b & 0xc0 == 0x80);
            let back = (0..4).find(|back| !is_inside(length - back)).unwrap_or(0);
            length -= back;
        }
        let first = self.cutting.is_none();
        let whole = *self.cutting.get_or_insert(self.window.offset());
        Piece::Record {
            length,
            after: 0,
            closed: true,
            cut: Some((whole, first)),
            lines: None,
        }
    }
}

/// The line from `from` on, where its end is within reach and it is not blank: where its text ends and where the next
/// line begins.
fn visible_line(raw: &[u8], from: usize) -> Option<(usize, usize)> {
    let (end, next) = line_end(raw, from, LineEnds::Feed, false)?;
    (!raw[from..end].iter().all(|byte| is_blank(*byte))).then_some((end, next))
}

/// CR ends lines only where no LF stands among the first units.
fn line_ends(units: &[u8]) -> LineEnds {
    let head = &units[..units.len().min(1 << 16)];
    if memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() {
        LineEnds::Return
    } else {
        LineEnds::Feed
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is found at once is what the general way finds.
        #[test]
        fn plain_lines_are_what_the_framer_finds(
            bytes in proptest::collection::vec(prop::sample::select(b"ab \r\n\0\t\xd0".to_vec()), 0..60),
            framing in prop::sample::select(vec![
                Framing::Lines,
                Framing::Quoted(b'b'),
                Framing::StartLine(|line| line.starts_with('a')),
            ]),
        ) {
            let walk = Walk {
                framing,
                encoding: Encoding::Utf8,
                forced: false,
                max_record: 16,
                memory: Memory::default(),
                ends: Some(LineEnds::Feed),
                user: None,
            };
            let mut input = Cursor::new(&bytes);
            let mut pieces = Pieces::open(&mut input, 0, bytes.len() as u64, &walk).unwrap();
            while !pieces.window.raw().is_empty() {
                if let Some(line) = pieces.plain_lines() {
                    prop_assert_eq!(pieces.padding(), None);
                    let Step::Record { length, after, closed } = pieces.framed() else {
                        panic!("no record where a line was found");
                    };
                    prop_assert!(length <= pieces.max_record);
                    let record = &pieces.window.raw()[..length + after];
                    let lines = Some(record.iter().filter(|byte| **byte == b'\n').count() as u64);
                    prop_assert_eq!(line, Piece::Record { length, after, closed, cut: None, lines });
                }
                pieces.window.advance(1);
            }
        }
    }
}
