//! Windows events exported as JSON, in the shapes that shippers and tools write.
//!
//! | shape | written by | told by |
//! | --- | --- | --- |
//! | tree | evtx_dump, Chainsaw and others that turn the event's XML into JSON | `Event` with `System` |
//! | beats | Winlogbeat, Elastic Agent, nested or with dotted keys; Winlogbeat before 7 | `winlog`, or `event_data` with `record_number` |
//! | objects | PowerShell, `Get-WinEvent … \| ConvertTo-Json` | `ProviderName` with `LogName` |
//! | flat | NXLog, Logstash, Fluent Bit, Azure Monitor: data beside the system fields | `EventID` with a channel or source |

mod positions;
mod samples;
mod shapes;
#[cfg(test)]
mod tests;

use letopis_event::{Category, EventBuf, Outcome};

use super::json_walk::{Scratch, walk_values};
use super::scan;
use super::windows::{self, Field, Interpreter, dump};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Verdict};

/// Windows events as JSON.
pub(crate) const FORMAT: Format = Format {
    name: "windows-json",
    title: "Windows events as JSON",
    reference: "Winlogbeat exported fields; NXLog im_msvistalog fields; EventLogRecord class of .NET; evtx_dump output",
    category: Some(Category::Os),
    kinds: windows::KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::Json,
        open,
    },
};

/// How the fields are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Tree,
    Beats,
    Objects,
    Flat,
}

/// The shape of a record by its keys: which of them there are, not where.
fn shape_of(json: &[u8]) -> Option<Shape> {
    let has = |key: &str| scan::find_bytes(json, key.as_bytes()).is_some();
    if has("\"System\"") && has("\"EventRecordID\"") || has("\"System_attributes\"") {
        Some(Shape::Tree)
    } else if (has("\"winlog\"") || has("\"winlog.")) && (has("event_id\"") || has("\"channel\""))
        || has("\"record_number\"") && has("\"event_id\"")
    {
        Some(Shape::Beats)
    } else if has("\"ProviderName\"") && has("\"LogName\"") && has("\"Id\"") {
        Some(Shape::Objects)
    } else if (has("\"EventID\"") || has("\"EventId\""))
        && (has("\"Channel\"") || has("\"SourceName\"") || has("\"ProviderName\"") || has("\"Provider\""))
    {
        Some(Shape::Flat)
    } else {
        None
    }
}

fn detect(head: &Head<'_>) -> Option<Claim> {
    let start = head.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if !start.starts_with(['{', '[']) {
        return None;
    }
    let shape = shape_of(head.text.as_bytes())?;
    let (confidence, reason) = match shape {
        Shape::Tree => (
            92,
            "JSON with System and EventRecordID, as an event's XML turned into JSON",
        ),
        Shape::Beats => (92, "JSON with the winlog fields of Winlogbeat"),
        Shape::Objects => (
            88,
            "JSON with ProviderName, LogName and Id, as PowerShell writes event records",
        ),
        Shape::Flat => (
            82,
            "JSON with EventID and a channel or source, as NXLog and others write Windows events",
        ),
    };
    Some(Claim {
        confidence,
        reason: reason.to_owned(),
    })
}

fn open(_context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(JsonEvents::default())
}

/// Reads Windows events in any of the shapes.
#[derive(Debug, Default)]
struct JsonEvents {
    interpreter: Interpreter,
    pending: dump::Pending,
    scratch: Scratch,
    times: shapes::Times,
    properties: positions::Properties,
}

impl RecordReader for JsonEvents {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        let Some(shape) = shape_of(record.text.as_bytes()) else {
            return Verdict::Unparsed("the JSON has none of the known shapes of a Windows event");
        };
        self.interpreter.begin();
        self.pending.clear();
        self.times.clear();
        self.properties.clear();
        let (interpreter, pending) = (&mut self.interpreter, &mut self.pending);
        let (times, properties) = (&mut self.times, &mut self.properties);
        let read = walk_values(
            record.text.trim_start_matches('\u{feff}'),
            &mut self.scratch,
            &mut |path, value| match shape {
                Shape::Tree => tree(interpreter, pending, times, event, path, value),
                Shape::Beats => shapes::beats(interpreter, times, event, path, value),
                Shape::Objects => shapes::objects(interpreter, times, properties, event, path, value),
                Shape::Flat => shapes::flat(interpreter, times, event, path, value),
            },
        );
        if read.is_err() {
            return Verdict::Unparsed("not a JSON value");
        }
        if interpreter.fields.get(Field::EventId).is_empty() {
            return Verdict::Unparsed("a Windows event without an event id");
        }
        properties.name(&interpreter.fields, event);
        times.settle(&interpreter.fields, event);
        interpreter.finish(event);
        // What the shipper made of the audit keywords, where it left those out.
        if event.outcome == Outcome::Unknown {
            event.outcome = match event.find_attr("event.outcome") {
                Some("success") => Outcome::Success,
                Some("failure") => Outcome::Failure,
                _ => Outcome::Unknown,
            };
        }
        Verdict::Event
    }
}

/// The tree, with whatever stands beside `Event` kept as attributes.
fn tree(
    interpreter: &mut Interpreter,
    pending: &mut dump::Pending,
    times: &mut shapes::Times,
    event: &mut EventBuf,
    path: &str,
    value: &str,
) {
    let inner = path.strip_prefix("Event.").unwrap_or(path);
    let is_part = ["System", "EventData", "UserData", "RenderingInfo", "#attributes"]
        .iter()
        .any(|part| {
            inner
                .strip_prefix(part)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_']))
        });
    if is_part || inner.len() < path.len() {
        dump::leaf(interpreter, pending, event, inner, value);
    } else if path == "@timestamp" {
        times.set(shapes::Rank::Shipped, value);
        event.attr(path, value);
    } else if path == "message" {
        interpreter.fields.set_if_absent(Field::Message, value);
    } else if !value.is_empty() {
        event.attr(path, value);
    }
}
