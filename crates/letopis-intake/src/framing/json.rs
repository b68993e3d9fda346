//! JSON values: one a line, over several lines, in an array, in an array inside objects, concatenated, or as an
//! RFC 7464 sequence.

mod list;

use letopis_event::StructureKind;

use list::Found;

use super::lines::{line, line_end_at};
use super::{Memory, Step, View, blanks};

/// Longest record that may be held together by braces over several lines; see `quoted`.
const VALUE_UNITS_MAX: usize = 4 << 20;

/// Longest envelope around a list that is waited for.
const ENVELOPE_WAIT_MAX: usize = 1 << 20;

/// What is seen of a value and of an envelope where too much was looked through in vain.
const SEEN_MIN: usize = 256;
const ENVELOPE_SEEN_MIN: usize = 4 << 10;

pub(super) fn value(view: &View<'_>, memory: &mut Memory) -> Step {
    let units = view.units;
    let blank = blanks(units);
    if blank > 0 {
        return structure(blank, StructureKind::Separator);
    }
    match units.first() {
        Some(b',') if memory.in_array => structure(1, StructureKind::Separator),
        Some(b']') if memory.in_array => {
            memory.in_array = false;
            structure(1, StructureKind::Trailer)
        }
        Some(b'}') if memory.wrapped > 0 && !memory.in_array => {
            memory.wrapped -= 1;
            structure(1, StructureKind::Trailer)
        }
        Some(b',') if memory.wrapped > 0 => after_list(view, memory),
        Some(0x1e) => structure(1, StructureKind::Separator),
        Some(b'[') if !memory.started && !memory.in_array => {
            let next = units.get(1 + blanks(&units[1..]));
            if next.is_none() && !view.at_end {
                return Step::More;
            }
            if matches!(next, Some(b'{' | b']')) {
                memory.in_array = true;
                return structure(1, StructureKind::Header);
            }
            braced(view, memory)
        }
        Some(b'{') => {
            // After one envelope the next one may follow.
            if (!memory.started || memory.lists)
                && !memory.in_array
                && let Found::List { length, nested } =
                    list::of_envelope(memory.seen(units, ENVELOPE_SEEN_MIN))
            {
                memory.wrapped = nested + 1;
                return list_begins(length, memory);
            }
            braced(view, memory)
        }
        Some(b'[') => braced(view, memory),
        _ => line(view),
    }
}

fn list_begins(length: usize, memory: &mut Memory) -> Step {
    memory.in_array = true;
    memory.lists = true;
    structure(length, StructureKind::Header)
}

/// After the list of an envelope: another list, or members that are no records.
fn after_list(view: &View<'_>, memory: &mut Memory) -> Step {
    match list::after_comma(view.units) {
        Found::List { length, nested } => {
            memory.wrapped += nested;
            list_begins(length, memory)
        }
        Found::End { length } => {
            memory.wrapped -= 1;
            structure(length, StructureKind::Trailer)
        }
        Found::Unseen if !view.at_end && view.units.len() <= ENVELOPE_WAIT_MAX => Step::More,
        Found::Unseen | Found::Event | Found::No => {
            memory.wrapped = 0;
            line(view)
        }
    }
}

fn structure(length: usize, kind: StructureKind) -> Step {
    Step::Structure { length, kind }
}

/// Where the scan of a value ended.
enum Scan {
    /// The bracket that closes the value is the unit before this one.
    Closed(usize),
    /// A line end inside a string, or a line that begins a new object: the value was cut there.
    Broken(usize),
    /// Not closed.
    Open,
}

fn braced(view: &View<'_>, memory: &mut Memory) -> Step {
    let units = memory.seen(view.units, SEEN_MIN);
    match scan(units) {
        Scan::Closed(length) => Step::Record {
            length,
            after: line_end_at(view, length),
            closed: true,
        },
        Scan::Broken(at) => {
            memory.wasted += at;
            line(view)
        }
        Scan::Open if view.at_end || units.len() < view.units.len() || view.units.len() > VALUE_UNITS_MAX => {
            memory.wasted += units.len();
            broken_line(view)
        }
        Scan::Open => Step::More,
    }
}

/// The first line alone: what was cut must not swallow what follows.
fn broken_line(view: &View<'_>) -> Step {
    line(view)
}

fn scan(units: &[u8]) -> Scan {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(byte) = units.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Scan::Closed(at + 1);
                }
            }
            b'"' => match string_end(units, at + 1) {
                Some(end) if units[end] == b'"' => at = end,
                Some(end) => return Scan::Broken(end),
                None => return Scan::Open,
            },
            // Nested objects are indented or stand on the line of their name; one at the margin is a new record.
            b'\n' if units.get(at + 1) == Some(&b'{') => return Scan::Broken(at),
            _ => {}
        }
        at += 1;
    }
    Scan::Open
}

/// The closing quote of a string, or the line end that breaks it.
fn string_end(units: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + crate::near::byte3(b'"', b'\\', b'\n', units.get(at..)?)?;
        if units[found] != b'\\' {
            return Some(found);
        }
        at = found + 2;
    }
}
