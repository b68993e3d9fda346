//! Lines, lines that continue others, paragraphs.

use letopis_event::StructureKind;

use super::{Start, Step, View, blanks, is_blank};

/// What ends a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LineEnds {
    /// LF or CRLF. A CR alone belongs to the line: programs let it through from what a user typed, and a record must
    /// not be forged with it.
    #[default]
    Feed,
    /// CR, LF or CRLF: for files whose beginning has CR and no LF.
    Return,
}

/// The first line end at or after `from`: where the line's content ends and where the next line begins.
#[inline]
pub(crate) fn line_end(units: &[u8], from: usize, ends: LineEnds, at_end: bool) -> Option<(usize, usize)> {
    let rest = units.get(from..)?;
    match ends {
        LineEnds::Feed => {
            let feed = from + memchr::memchr(b'\n', rest)?;
            let mut content = feed;
            while content > from && units[content - 1] == b'\r' {
                content -= 1;
            }
            Some((content, feed + 1))
        }
        LineEnds::Return => {
            let place = from + memchr::memchr2(b'\r', b'\n', rest)?;
            if units[place] == b'\n' {
                return Some((place, place + 1));
            }
            match units.get(place + 1) {
                Some(b'\n') => Some((place, place + 2)),
                Some(_) => Some((place, place + 1)),
                // The LF that belongs to this CR may come next.
                None => at_end.then_some((place, place + 1)),
            }
        }
    }
}

/// Units of the line end that stands right at `at`; 0 where none does. Unlike [`line_end`] it does not look for one.
pub(super) fn line_end_at(view: &View<'_>, at: usize) -> usize {
    let rest = view.units.get(at..).unwrap_or_default();
    match view.ends {
        LineEnds::Feed => {
            let returns = rest.iter().take_while(|b| **b == b'\r').count();
            if rest.get(returns) == Some(&b'\n') {
                returns + 1
            } else {
                0
            }
        }
        LineEnds::Return => match rest {
            [b'\r', b'\n', ..] => 2,
            // The LF that belongs to this CR may come next.
            [b'\r'] => usize::from(view.at_end),
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        },
    }
}

/// One line, one record; blank lines are separators.
pub(super) fn line(view: &View<'_>) -> Step {
    match line_end(view.units, 0, view.ends, view.at_end) {
        Some((content, next)) => line_step(view, content, next),
        None => last_line(view),
    }
}

/// The blank lines from `from` on, as far as they can be seen whole: where the line after them begins.
fn blank_lines(view: &View<'_>, from: usize) -> usize {
    let units = view.units;
    let end = from + blanks(units.get(from..).unwrap_or_default());
    if end == units.len() && view.at_end {
        return end;
    }
    let is_end = |at: &usize| match (view.ends, units[*at]) {
        (_, b'\n') => true,
        // The LF that belongs to a CR may come next.
        (LineEnds::Return, b'\r') => units.get(at + 1).is_some_and(|b| *b != b'\n'),
        _ => false,
    };
    (from..end).rev().find(is_end).map_or(from, |at| at + 1)
}

fn line_step(view: &View<'_>, content: usize, next: usize) -> Step {
    if view.units[..content].iter().all(|b| is_blank(*b)) {
        // All blank lines at once: a file may have millions of them.
        return Step::Structure {
            length: blank_lines(view, next),
            kind: StructureKind::Separator,
        };
    }
    Step::Record {
        length: content,
        after: next - content,
        closed: true,
    }
}

/// What stands after the last line end.
pub(super) fn last_line(view: &View<'_>) -> Step {
    if !view.at_end {
        return Step::More;
    }
    let length = view.units.len();
    if view.units.iter().all(|b| is_blank(*b)) {
        return Step::Structure {
            length,
            kind: StructureKind::Separator,
        };
    }
    Step::Record {
        length,
        after: 0,
        closed: false,
    }
}

/// Bytes of a line that are enough to know it by.
pub(crate) const START_UNITS: usize = 4096;

/// Blank units after which a record is over, whatever follows: what comes then is no part of it.
const BLANK_RUN_MAX: usize = 64 << 10;

/// A record begins with a line for which `is_start` says yes; other lines continue it.
pub(super) fn start_line(view: &View<'_>, is_start: Start) -> Step {
    let Some((mut content, mut next)) = line_end(view.units, 0, view.ends, view.at_end) else {
        return last_line(view);
    };
    if view.units[..content].iter().all(|b| is_blank(*b)) {
        return line_step(view, content, next);
    }
    // Blank lines belong to the record only when lines of it follow.
    let mut place = next;
    loop {
        let end = line_end(view.units, place, view.ends, view.at_end);
        let (line, following) = match end {
            Some(found) => found,
            None if !view.at_end => return Step::More,
            None => (view.units.len(), view.units.len()),
        };
        let blank = view.units[place..line].iter().all(|b| is_blank(*b));
        let starts = !blank && (view.is_start)(is_start, place..line.min(place + START_UNITS));
        if starts || line == place && end.is_none() {
            return Step::Record {
                length: content,
                after: next - content,
                closed: starts,
            };
        }
        if !blank {
            (content, next) = (line, following);
        }
        if end.is_none() {
            return Step::Record {
                length: content,
                after: next - content,
                closed: false,
            };
        }
        place = following;
        if place - next > BLANK_RUN_MAX {
            return Step::Record {
                length: content,
                after: next - content,
                closed: true,
            };
        }
    }
}

/// Lines up to a blank one.
pub(super) fn paragraph(view: &View<'_>) -> Step {
    let Some((content, next)) = line_end(view.units, 0, view.ends, view.at_end) else {
        return last_line(view);
    };
    if content == 0 || view.units[..content].iter().all(|b| is_blank(*b)) {
        return line_step(view, content, next);
    }
    let (mut content, mut place) = (content, next);
    loop {
        match line_end(view.units, place, view.ends, view.at_end) {
            Some((line, following)) if line == place => {
                return Step::Record {
                    length: content,
                    after: following - content,
                    closed: true,
                };
            }
            Some((line, following)) => (content, place) = (line, following),
            None if view.at_end => {
                let rest = view.units.len();
                let length = if rest > place { rest } else { content };
                return Step::Record {
                    length,
                    after: rest - length,
                    closed: false,
                };
            }
            None => return Step::More,
        }
    }
}
