//! The JSON writing of an event's XML tree: `{"Event":{"System":{…},"EventData":{…}}}`, as the crate that renders
//! EVTX and the tools built on it write it, with attributes under `#attributes`, `NAME_attributes`, `@NAME`.

use letopis_event::EventBuf;

use super::Interpreter;
use super::system_fields::{self, Field};
use crate::formats::scan::Cut as _;

/// The name that a `Data` element gave in its attribute, until its text comes.
#[derive(Debug, Default)]
pub(crate) struct Pending(String);

impl Pending {
    /// Makes ready for the next event.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Takes one leaf; `path` begins behind `Event.`.
pub(crate) fn leaf(
    interpreter: &mut Interpreter,
    pending: &mut Pending,
    event: &mut EventBuf,
    path: &str,
    value: &str,
) {
    let (section, rest) = path.cut(b'.').unwrap_or((path, ""));
    match section {
        "System" => system(interpreter, event, rest, value),
        "EventData" => event_data(pending, event, rest, value),
        "UserData" => user_data(event, rest, value),
        "RenderingInfo" => rendering(interpreter, event, rest, value),
        // Namespaces say nothing about the event.
        "#attributes" | "@xmlns" | "xmlns" | "_attributes" => {}
        _ if rest.is_empty() && value.is_empty() => {}
        _ => event.attr(path, value),
    }
}

/// The name of an attribute without the mark of its writer.
fn plain(detail: &str) -> &str {
    let detail = detail.strip_prefix("#attributes.").unwrap_or(detail);
    let detail = detail.strip_prefix('@').unwrap_or(detail);
    if matches!(detail, "#text" | "$" | "text") {
        ""
    } else {
        detail
    }
}

fn system(interpreter: &mut Interpreter, event: &mut EventBuf, rest: &str, value: &str) {
    let (element, detail) = rest.cut(b'.').unwrap_or((rest, ""));
    let element = element.strip_suffix("_attributes").unwrap_or(element);
    interpreter.system(event, element, plain(detail), value);
}

fn event_data(pending: &mut Pending, event: &mut EventBuf, rest: &str, value: &str) {
    if rest.is_empty() {
        if !value.is_empty() {
            event.attr("Data", value);
        }
        return;
    }
    if let Some(name) = rest
        .strip_prefix("#attributes.")
        .or_else(|| rest.strip_prefix('@'))
    {
        if name != "xmlns" {
            // Rare (the `Name` of `EventData`), so that a small text may be made.
            event.attr(&format!("EventData{name}"), value);
        }
        return;
    }
    let name = rest.strip_suffix(".#text").unwrap_or(rest);
    match name {
        "Data.#attributes.Name" | "Data.@Name" | "Data.Name" => {
            pending.clear();
            pending.0.push_str(value);
        }
        "Data" if !pending.0.is_empty() => {
            event.attr(&pending.0, value);
            pending.clear();
        }
        _ => event.attr(name, value),
    }
}

/// `UserData` holds one element of the provider's own, whose leaves are the data.
fn user_data(event: &mut EventBuf, rest: &str, value: &str) {
    let inner = rest.cut(b'.').map_or(rest, |(_, inner)| inner);
    let inner = inner.strip_suffix(".#text").unwrap_or(inner);
    if inner.is_empty() || inner.has("xmlns") {
        return;
    }
    let name = inner.pieces(b'.').next_back().unwrap_or(inner);
    event.attr(plain(name), value);
}

fn rendering(interpreter: &mut Interpreter, event: &mut EventBuf, rest: &str, value: &str) {
    match rest.cut(b'.').map_or(rest, |(head, _)| head) {
        "Message" => interpreter.fields.set_if_absent(Field::Message, value),
        "Keywords" if !value.is_empty() => interpreter.fields.append(Field::KeywordNames, value),
        name => {
            if let Some(name) = system_fields::rendered_name(name)
                && !value.is_empty()
            {
                event.attr(name, value);
            }
        }
    }
}
