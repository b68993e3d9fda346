//! Lists of records inside an object: what services answer with, and what tools export.
//!
//! `{"Records": [` (CloudTrail), `{"@odata.context": "…", "value": [` (Microsoft Graph), `{"kind": "EventList", …,
//! "items": [` (Kubernetes), `{"took": 3, "hits": {"total": …, "hits": [` (Elasticsearch), `{"logEvents": [`
//! (CloudWatch). An event that only *has* a list (`{"time": …, "items": [`) is one record all the same: an object
//! with a name that events have is never taken for an envelope.

use super::{Scan, scan, string_end};
use crate::framing::blanks;

/// Names under which services put their list of records.
const LISTS: &[&[u8]] = &[
    b"Records",
    b"records",
    b"value",
    b"values",
    b"events",
    b"Events",
    b"items",
    b"logs",
    b"entries",
    b"hits",
    b"expected",
    b"results",
    b"data",
    b"rows",
    b"alerts",
    b"incidents",
    b"logEvents",
    b"audit_events",
];

/// Names that tell that an object is an event itself; so does every name with `time` or `date` in it.
const OF_EVENTS: &[&[u8]] = &[
    b"ts",
    b"@t",
    b"message",
    b"msg",
    b"level",
    b"severity",
    b"user",
    b"host",
    b"hostname",
    b"action",
    b"event",
    b"log",
    b"src_ip",
    b"id.orig_h",
];

/// Objects around a list, at most.
const NESTED_MAX: u8 = 4;

/// Units that an envelope may take before its list, and after it.
const ENVELOPE_UNITS_MAX: usize = 64 << 10;

/// What was found among the members of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The list's bracket is the unit before `length`; `nested` more objects were opened on the way.
    List { length: usize, nested: u8 },
    /// No list: the object's closing brace is the unit before `length`.
    End { length: usize },
    /// Neither, as far as can be seen.
    Unseen,
    /// An event of its own, by its names.
    Event,
    /// No JSON, or no object that is short of a list.
    No,
}

/// The list of an envelope whose opening brace is the first unit.
pub(super) fn of_envelope(units: &[u8]) -> Found {
    let Found::List { length, nested } = among_members(units, 1, 0, Names::Judge) else {
        return Found::No;
    };
    // Names after the list count as well, where they can be seen.
    match after_list(units, length) {
        Found::Event => Found::Event,
        _ => Found::List { length, nested },
    }
}

/// What follows a list in its object; the first unit is the comma after it.
pub(super) fn after_comma(units: &[u8]) -> Found {
    among_members(units, 1, 0, Names::Ignore)
}

/// Judges the names behind the list that begins before `at`.
fn after_list(units: &[u8], at: usize) -> Found {
    let Scan::Closed(list) = scan(units.get(at - 1..).unwrap_or_default()) else {
        return Found::Unseen;
    };
    let end = at - 1 + list;
    let comma = end + blanks(units.get(end..).unwrap_or_default());
    match units.get(comma) {
        Some(b',') => among_members(units, comma + 1, 0, Names::Judge),
        _ => Found::Unseen,
    }
}

/// Whether names of events end the search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Judge,
    Ignore,
}

/// Goes through the members of an object from `at`, which stands behind its brace or behind a comma.
fn among_members(units: &[u8], at: usize, nested: u8, names: Names) -> Found {
    let mut at = at;
    loop {
        at += blanks(units.get(at..).unwrap_or_default());
        if at > ENVELOPE_UNITS_MAX && names == Names::Judge {
            return Found::No;
        }
        match units.get(at) {
            Some(b'"') => {}
            None => return Found::Unseen,
            Some(_) => return Found::No,
        }
        let Some(end) = string_end(units, at + 1) else {
            return Found::Unseen;
        };
        let name = units.get(at + 1..end).unwrap_or_default();
        if units[end] != b'"' {
            return Found::No;
        }
        if names == Names::Judge && is_of_event(name) {
            return Found::Event;
        }
        at = end + 1;
        at += blanks(units.get(at..).unwrap_or_default());
        match units.get(at) {
            Some(b':') => at += 1,
            None => return Found::Unseen,
            Some(_) => return Found::No,
        }
        at += blanks(units.get(at..).unwrap_or_default());
        if LISTS.contains(&name)
            && let Some(found) = list_at(units, at, nested)
        {
            return found;
        }
        match value_end(units, at) {
            Ok(end) => at = end + blanks(units.get(end..).unwrap_or_default()),
            Err(found) => return found,
        }
        match units.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return Found::End { length: at + 1 },
            None => return Found::Unseen,
            Some(_) => return Found::No,
        }
    }
}

/// A list of objects at `at`, or an object there that has one.
fn list_at(units: &[u8], at: usize, nested: u8) -> Option<Found> {
    match units.get(at)? {
        b'[' => {
            let first = at + 1 + blanks(units.get(at + 1..)?);
            match units.get(first) {
                Some(b'{') => Some(Found::List {
                    length: at + 1,
                    nested,
                }),
                Some(_) => None,
                None => Some(Found::Unseen),
            }
        }
        b'{' if nested < NESTED_MAX => match among_members(units, at + 1, nested + 1, Names::Judge) {
            found @ (Found::List { .. } | Found::Unseen) => Some(found),
            Found::End { .. } | Found::Event | Found::No => None,
        },
        _ => None,
    }
}

fn is_of_event(name: &[u8]) -> bool {
    let has = |word: &[u8]| name.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    OF_EVENTS.iter().any(|n| n.eq_ignore_ascii_case(name))
        || (has(b"time") && name != b"timed_out")
        || has(b"date")
}

/// Where the value at `at` ends.
fn value_end(units: &[u8], at: usize) -> Result<usize, Found> {
    let rest = units.get(at..).unwrap_or_default();
    match rest.first() {
        Some(b'{' | b'[') => match scan(rest) {
            Scan::Closed(length) => Ok(at + length),
            Scan::Open => Err(Found::Unseen),
            Scan::Broken(_) => Err(Found::No),
        },
        Some(b'"') => match string_end(units, at + 1) {
            Some(end) if units[end] == b'"' => Ok(end + 1),
            Some(_) => Err(Found::No),
            None => Err(Found::Unseen),
        },
        Some(_) => {
            let length = rest
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
                .count();
            if length == 0 {
                Err(Found::No)
            } else if length == rest.len() {
                Err(Found::Unseen)
            } else {
                Ok(at + length)
            }
        }
        None => Err(Found::Unseen),
    }
}
