//! XML elements: one of the given name is one record.

use letopis_event::StructureKind;

use super::lines::{LineEnds, line_end, line_end_at};
use super::{Memory, Step, View, blanks};
use crate::near;

/// What is seen of an element where too much was looked through in vain.
const SEEN_MIN: usize = 4 << 10;

/// Longest element; see `quoted`.
const ELEMENT_UNITS_MAX: usize = 8 << 20;

pub(super) fn element(view: &View<'_>, name: &str, memory: &mut Memory) -> Step {
    let units = view.units;
    let blank = blanks(units);
    if blank > 0 {
        return Step::Structure {
            length: blank,
            kind: StructureKind::Separator,
        };
    }
    if opens(units, name) {
        return inside(view, name, memory);
    }
    match units.get(1) {
        // The tag may be cut at the end of what is seen.
        None if !view.at_end => Step::More,
        _ if is_tag(units) => tag(view, memory),
        _ => text(view),
    }
}

/// Longest tag or declaration outside the records.
const TAG_UNITS_MAX: usize = 64 << 10;

/// Whether a tag, a declaration or a comment begins here; a `<` before anything else is text.
fn is_tag(units: &[u8]) -> bool {
    let begins = |b: &u8| b.is_ascii_alphabetic() || *b >= 0x80 || matches!(b, b'_' | b'/' | b'!' | b'?');
    units.first() == Some(&b'<') && units.get(1).is_some_and(begins)
}

/// Tags and declarations between the records are structure.
fn tag(view: &View<'_>, memory: &Memory) -> Step {
    let units = view.units;
    let kind = if memory.started {
        StructureKind::Trailer
    } else {
        StructureKind::Header
    };
    let rest = &units[1..units.len().min(TAG_UNITS_MAX)];
    match memchr::memchr2(b'<', b'>', rest) {
        Some(end) => Step::Structure {
            length: 1 + end + usize::from(rest[end] == b'>'),
            kind,
        },
        None if units.len() >= TAG_UNITS_MAX => text(view),
        None if !view.at_end => Step::More,
        None => Step::Structure {
            length: units.len(),
            kind,
        },
    }
}

/// Text between the records: a record that nobody reads, up to its line end or the next tag.
fn text(view: &View<'_>) -> Step {
    let units = view.units;
    // The line is looked for only where no tag comes first: a file may have a million tags and no line end.
    let next_tag = next_tag(view);
    let line = match next_tag {
        Some(_) => None,
        None => line_end(units, 0, view.ends, view.at_end),
    };
    let (content, next) = line.unwrap_or((units.len(), units.len()));
    match (next_tag, line) {
        (Some(length), _) => Step::Record {
            length,
            after: 0,
            closed: true,
        },
        (None, None) if !view.at_end => Step::More,
        _ => Step::Record {
            length: content,
            after: next - content,
            closed: line.is_some(),
        },
    }
}

/// The first tag in the line, beyond its first unit.
fn next_tag(view: &View<'_>) -> Option<usize> {
    let units = view.units;
    memchr::memchr3_iter(b'<', b'\n', b'\r', units)
        .take_while(|at| match units[*at] {
            b'\n' => false,
            b'\r' => view.ends == LineEnds::Feed,
            _ => true,
        })
        .find(|at| *at > 0 && is_tag(&units[*at..]))
}

fn inside(view: &View<'_>, name: &str, memory: &mut Memory) -> Step {
    let units = memory.seen(view.units, SEEN_MIN);
    let record = |length: usize, closed: bool| Step::Record {
        length,
        after: line_end_at(view, length),
        closed,
    };
    if let Some(end) = self_closed(units) {
        return record(end, true);
    }
    let mut at = 1;
    while let Some(found) = near::byte(b'<', units.get(at..).unwrap_or_default()) {
        let here = at + found;
        let rest = &units[here..];
        at = here + 1;
        match rest.get(1) {
            Some(b'/') => {
                if let Some(length) = close_tag(rest, name) {
                    return record(here + length, true);
                }
            }
            Some(b'!') if rest.starts_with(b"<![CDATA[") => match memchr::memmem::find(rest, b"]]>") {
                Some(end) => at = here + end + 3,
                None => break,
            },
            // The element before was cut: it ends where the next begins.
            _ if opens(rest, name) => return record(here, true),
            _ => {}
        }
    }
    let cut = units.len() < view.units.len();
    if view.at_end && !cut {
        return record(units.len(), false);
    }
    if cut || units.len() > ELEMENT_UNITS_MAX {
        memory.wasted += units.len();
        let units = view.units;
        return match line_end(units, 0, view.ends, view.at_end) {
            Some((content, _)) => record(content.max(1), true),
            None if view.at_end || units.len() > ELEMENT_UNITS_MAX => record(units.len(), true),
            None => Step::More,
        };
    }
    Step::More
}

fn opens(rest: &[u8], name: &str) -> bool {
    rest.get(1..).is_some_and(|r| after_name(r, name).is_some())
}

/// What follows `name` or `prefix:name` at the start, where the name ends there.
fn after_name<'a>(rest: &'a [u8], name: &str) -> Option<&'a [u8]> {
    // A prefix ends within forty bytes; where no colon stands there, the name itself must.
    const PREFIX_MAX: usize = 40;
    let near = rest.get(..PREFIX_MAX).unwrap_or(rest);
    let prefixed = || near::byte3(b':', b'>', b' ', near).is_some_and(|at| near[at] == b':');
    if !rest.starts_with(name.as_bytes()) && !prefixed() {
        return None;
    }
    let local = match rest
        .iter()
        .take(PREFIX_MAX)
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
    // A tag ends before the next one begins.
    let end = 1 + memchr::memchr2(b'<', b'>', units.get(1..)?)?;
    (units[end] == b'>' && units[end - 1] == b'/').then_some(end + 1)
}
