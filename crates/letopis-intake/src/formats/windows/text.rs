//! The sentence a person reads where the record has none: EVTX files hold the data of an event, not its text.
//!
//! A template is our own short English: `{Name}` stands for a data field, `{Data 2}` for the second of data that have
//! no names, in lower case for a column; what stands in square brackets is left out unless each of its fields has a
//! value. A field outside of brackets that the record has not is a `?`. Numbers of messages (`%%1842`) stand as words
//! where they are known.

use letopis_event::{EventBuf, Text};

use super::{status, values};
use crate::formats::scan::Cut as _;

/// The attribute that says whose words the message is, where they are not the record's own.
pub(super) const MADE_BY: &str = "message_by";
/// Its value: ours.
pub(super) const LETOPIS: &str = "letopis";

/// Writes the message of the event; without a template, the names and values of its data.
pub(super) fn describe(template: &str, event: &mut EventBuf, out: &mut String) {
    out.clear();
    if template.is_empty() {
        enumerate(event, out);
    } else {
        fill(template, event, out);
    }
    event.set(Text::Message, out);
}

/// `provider code: value; value …`, at most 400 bytes: the honest text for an event that no table knows.
fn enumerate(event: &EventBuf, out: &mut String) {
    const LONGEST: usize = 400;
    out.push_str(event.get(Text::Provider).unwrap_or("Windows"));
    out.push_str(" event ");
    out.push_str(event.get(Text::Code).unwrap_or("without number"));
    let mut mark = ": ";
    let system = super::system_fields::AS_ATTRIBUTES;
    for (name, value) in event.attrs() {
        if system.iter().any(|(_, known)| *known == name) || matches!(value, "" | "-") {
            continue;
        }
        if out.len() + name.len() + value.len() > LONGEST {
            out.push_str(" …");
            break;
        }
        out.push_str(mark);
        // Data without a name is called Data; repeating that says nothing.
        if name != "Data" {
            out.push_str(name);
            out.push('=');
        }
        out.push_str(value);
        mark = "; ";
    }
}

fn fill(template: &str, event: &EventBuf, out: &mut String) {
    let mut rest = template;
    while let Some(open) = rest.place_of(b'[') {
        let Some(close) = rest
            .get(open..)
            .and_then(|t| t.place_of(b']'))
            .map(|at| open + at)
        else {
            break;
        };
        part(rest.get(..open).unwrap_or_default(), event, out);
        let before = out.len();
        if !part(rest.get(open + 1..close).unwrap_or_default(), event, out) {
            out.truncate(before);
        }
        rest = rest.get(close + 1..).unwrap_or_default();
    }
    part(rest, event, out);
}

/// Writes a run of the template; says whether every field in it had a value.
fn part(template: &str, event: &EventBuf, out: &mut String) -> bool {
    let mut rest = template;
    let mut complete = true;
    while let Some(open) = rest.place_of(b'{') {
        out.push_str(rest.get(..open).unwrap_or_default());
        let Some(close) = rest.place_of(b'}') else { break };
        match field(rest.get(open + 1..close).unwrap_or_default(), event) {
            Some(value) => worded(value, out),
            None => {
                complete = false;
                out.push('?');
            }
        }
        rest = rest.get(close + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    complete
}

fn field<'a>(name: &str, event: &'a EventBuf) -> Option<&'a str> {
    if name == "logon_type" {
        return event
            .get(Text::XLogonType)
            .map(|number| status::logon_type(number).unwrap_or(number));
    }
    if let Some(column) = Text::from_column(name) {
        return event.get(column);
    }
    let found = match name.strip_prefix("Data") {
        Some("") => values::unnamed(event, 1),
        Some(place) if place.starts_with(' ') => values::unnamed(event, place.trimmed().parse().ok()?),
        _ => values::value(event, name),
    };
    found.map(str::trim)
}

/// The value; numbers of messages in it as words, separated by commas.
fn worded(value: &str, out: &mut String) {
    if !value.starts_with("%%") {
        out.push_str(value);
        return;
    }
    let mut mark = "";
    for word in value
        .split([' ', ',', '\t', '\r', '\n'])
        .filter(|w| !w.is_empty())
    {
        out.push_str(mark);
        out.push_str(status::parameter(word).unwrap_or(word));
        mark = ", ";
    }
}
