//! XML elements: one of the given name is one record.

use letopis_event::StructureKind;

use super::lines::line_end;
use super::{Memory, Step, View, blanks};

/// Longest element; see `quoted`.
const ELEMENT_UNITS_MAX: usize = 8 << 20;

pub(super) fn element(view: &View<'_>, name: &str, memory: &Memory) -> Step {
    let units = view.units;
    let blank = blanks(units);
    if blank > 0 {
        return Step::Structure {
            length: blank,
            kind: StructureKind::Separator,
        };
    }
    match find_open(units, 0, name) {
        Some(0) => inside(view, name),
        Some(start) => between(view, start, memory),
        None if view.at_end => between(view, units.len(), memory),
        // The name may be cut at the end of what is seen.
        None => match units.len().saturating_sub(256) {
            0 => Step::More,
            seen => between(view, seen, memory),
        },
    }
}

/// What stands before the next element: tags and declarations are structure, anything else is a record nobody reads.
fn between(view: &View<'_>, length: usize, memory: &Memory) -> Step {
    let units = &view.units[..length];
    let first = units.first().copied();
    if first == Some(b'<') {
        let tag = memchr::memchr(b'>', units).map_or(length, |end| end + 1);
        let kind = if memory.started {
            StructureKind::Trailer
        } else {
            StructureKind::Header
        };
        return Step::Structure { length: tag, kind };
    }
    let text = memchr::memchr(b'<', units).unwrap_or(length);
    match line_end(&view.units[..text], 0, view.ends, view.at_end) {
        Some((content, next)) if content > 0 => Step::Record {
            length: content,
            after: next - content,
            closed: true,
        },
        _ => Step::Record {
            length: text.max(1),
            after: 0,
            closed: text < view.units.len(),
        },
    }
}

fn inside(view: &View<'_>, name: &str) -> Step {
    let units = view.units;
    let record = |length: usize, closed: bool| {
        let after = match line_end(units, length, view.ends, view.at_end) {
            Some((content, next)) if content == length => next - length,
            _ => 0,
        };
        Step::Record {
            length,
            after,
            closed,
        }
    };
    if let Some(end) = self_closed(units) {
        return record(end, true);
    }
    let mut at = 1;
    while let Some(found) = memchr::memchr(b'<', units.get(at..).unwrap_or_default()) {
        let here = at + found;
        let rest = &units[here..];
        if rest.starts_with(b"<![CDATA[") {
            match memchr::memmem::find(rest, b"]]>") {
                Some(end) => at = here + end + 3,
                None => break,
            }
            continue;
        }
        if let Some(length) = close_tag(rest, name) {
            return record(here + length, true);
        }
        if opens(rest, name) {
            // The element before was cut: it ends where the next begins.
            return record(here, true);
        }
        at = here + 1;
    }
    if view.at_end {
        return record(units.len(), false);
    }
    if units.len() > ELEMENT_UNITS_MAX {
        let end = line_end(units, 0, view.ends, view.at_end).map_or(units.len(), |(content, _)| content);
        return record(end.max(1), true);
    }
    Step::More
}

/// The first `<name` or `<prefix:name` at or after `from`.
fn find_open(units: &[u8], from: usize, name: &str) -> Option<usize> {
    memchr::memchr_iter(b'<', units.get(from..)?)
        .map(|p| from + p)
        .find(|p| opens(&units[*p..], name))
}

fn opens(rest: &[u8], name: &str) -> bool {
    rest.get(1..).is_some_and(|r| after_name(r, name).is_some())
}

/// What follows `name` or `prefix:name` at the start, where the name ends there.
fn after_name<'a>(rest: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let local = match rest
        .iter()
        .take(40)
        .position(|b| !b.is_ascii_alphanumeric() && *b != b'_' && *b != b'-')
    {
        Some(end) if rest[end] == b':' => &rest[end + 1..],
        _ => rest,
    };
    let after = local.strip_prefix(name.as_bytes())?;
    matches!(after.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')).then_some(after)
}

/// Length of `</name>` at the start.
fn close_tag(rest: &[u8], name: &str) -> Option<usize> {
    let after = after_name(rest.strip_prefix(b"</")?, name)?;
    let blank = blanks(after);
    (after.get(blank) == Some(&b'>')).then(|| rest.len() - after.len() + blank + 1)
}

/// The end of `<name … />`, where the first tag closes itself.
fn self_closed(units: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'>', units)?;
    (end > 0 && units[end - 1] == b'/').then_some(end + 1)
}
