//! JSON values: one a line, over several lines, in an array, in an array inside an object, concatenated, or as an
//! RFC 7464 sequence.

use letopis_event::StructureKind;

use super::lines::{line, line_end};
use super::{Memory, Step, View, blanks};

/// Longest record that may be held together by braces over several lines; see `quoted`.
const VALUE_UNITS_MAX: usize = 4 << 20;

/// Names under which services put their list of records (CloudTrail, Microsoft Graph, Kubernetes lists, Okta).
const LISTS: &[&[u8]] = &[
    b"Records", b"records", b"value", b"events", b"Events", b"items", b"logs", b"entries", b"hits",
];

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
        Some(b'}') if memory.wrapped && !memory.in_array => {
            memory.wrapped = false;
            structure(1, StructureKind::Trailer)
        }
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
            braced(view)
        }
        Some(b'{') => {
            if !memory.started
                && !memory.in_array
                && let Some(length) = list_head(units)
            {
                memory.in_array = true;
                memory.wrapped = true;
                return structure(length, StructureKind::Header);
            }
            braced(view)
        }
        Some(b'[') => braced(view),
        _ => line(view),
    }
}

fn structure(length: usize, kind: StructureKind) -> Step {
    Step::Structure { length, kind }
}

/// Length of `{ "Records" : [` where the first record follows.
fn list_head(units: &[u8]) -> Option<usize> {
    let mut at = 1;
    at += blanks(units.get(at..)?);
    let rest = units.get(at..)?.strip_prefix(b"\"")?;
    let name = LISTS
        .iter()
        .find(|n| rest.strip_prefix(**n).is_some_and(|r| r.starts_with(b"\"")))?;
    at += name.len() + 2;
    at += blanks(units.get(at..)?);
    units.get(at).filter(|b| **b == b':')?;
    at += 1;
    at += blanks(units.get(at..)?);
    units.get(at).filter(|b| **b == b'[')?;
    at += 1;
    let first = at + blanks(units.get(at..)?);
    units.get(first).filter(|b| **b == b'{').map(|_| at)
}

/// Where the scan of a value ended.
enum Scan {
    /// The bracket that closes the value is the unit before this one.
    Closed(usize),
    /// A line end inside a string, or a line that begins a new object: the value was cut.
    Broken,
    /// Not closed.
    Open,
}

fn braced(view: &View<'_>) -> Step {
    match scan(view.units) {
        Scan::Closed(length) => {
            let after = match line_end(view.units, length, view.ends, view.at_end) {
                Some((content, next)) if content == length => next - length,
                _ => 0,
            };
            Step::Record {
                length,
                after,
                closed: true,
            }
        }
        Scan::Broken => line(view),
        Scan::Open if view.at_end || view.units.len() > VALUE_UNITS_MAX => broken_line(view),
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
                Some(_) => return Scan::Broken,
                None => return Scan::Open,
            },
            // Nested objects are indented or stand on the line of their name; one at the margin is a new record.
            b'\n' if units.get(at + 1) == Some(&b'{') => return Scan::Broken,
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
        let found = at + memchr::memchr3(b'"', b'\\', b'\n', units.get(at..)?)?;
        if units[found] != b'\\' {
            return Some(found);
        }
        at = found + 2;
    }
}
