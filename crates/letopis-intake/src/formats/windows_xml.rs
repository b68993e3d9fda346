//! Windows events exported as XML: one `Event`, an `Events` list, or elements one after another.
//!
//! What the event viewer, `wevtutil qe /f:xml`, `Get-WinEvent … ToXml()` and forwarders write. Where the exporter
//! rendered the message (`RenderingInfo`), that text, in its own language, is the message.

use letopis_event::{EventBuf, Kind};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader as XmlReader;

use super::windows::{self, Field, Interpreter, rendered_name};
use crate::format::{Claim, Context, Format, Framing, Head, Reader, Record, RecordReader, Verdict};
use crate::formats::scan::Cut as _;

/// Windows events as XML.
pub(crate) const FORMAT: Format = Format {
    name: "windows-xml",
    title: "Windows events as XML",
    reference: "Windows event schema (Microsoft Learn, Event Schema Elements), http://schemas.microsoft.com/win/2004/08/events/event",
    category: Some(letopis_event::Category::Os),
    kinds: KINDS,
    samples: samples::SAMPLES,
    detect,
    reader: Reader::Text {
        framing: Framing::XmlElement("Event"),
        open,
    },
};

const KINDS: &[Kind] = windows::KINDS;

mod samples;

fn detect(head: &Head<'_>) -> Option<Claim> {
    let text = head.text;
    let start = text.place("<Event ").or_else(|| text.place("<Event>"))?;
    let element = text.get(start..)?;
    let named = element.has("schemas.microsoft.com/win/2004/08/events/event");
    let shaped = element.has("<System>") && element.has("<EventID");
    let (confidence, reason) = match (named, shaped) {
        (true, true) => (
            95,
            "an Event element of the Windows event schema with System and EventID",
        ),
        (true, false) => (85, "an Event element that names the Windows event schema"),
        (false, true) => (80, "an Event element with System and EventID"),
        _ => return None,
    };
    Some(Claim {
        confidence,
        reason: reason.to_owned(),
    })
}

fn open(_context: &Context<'_>) -> Box<dyn RecordReader> {
    Box::new(XmlEvents::default())
}

/// Reads `Event` elements.
#[derive(Debug, Default)]
pub(crate) struct XmlEvents {
    interpreter: Interpreter,
    text: String,
    name: String,
}

/// Which part of the event an element lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    System,
    EventData,
    UserData,
    Rendering,
    Other,
}

impl RecordReader for XmlEvents {
    fn read(&mut self, record: &Record<'_>, event: &mut EventBuf) -> Verdict {
        self.interpreter.begin();
        if let Err(reason) = self.element(record.text, event) {
            return Verdict::Unparsed(reason);
        }
        if self.interpreter.fields.get(Field::EventId).is_empty()
            && self.interpreter.fields.get(Field::Provider).is_empty()
        {
            return Verdict::Unparsed("an Event element without EventID and Provider");
        }
        self.interpreter.finish(event);
        Verdict::Event
    }
}

/// A name without the prefix of its namespace.
fn local(name: &str) -> &str {
    name.cut(b':').map_or(name, |(_, local)| local)
}

impl XmlEvents {
    /// Walks the element: depth 1 is `Event`, depth 2 its parts, below them the fields.
    fn element(&mut self, xml: &str, event: &mut EventBuf) -> Result<(), &'static str> {
        const ILL_FORMED: &str = "the XML is not well-formed";
        let mut reader = XmlReader::from_str(xml);
        reader.config_mut().allow_dangling_amp = true;
        let mut depth = 0usize;
        let mut part = Part::Other;
        // Whether the element just read enclosed another: then it is no field.
        let mut leaf = false;
        loop {
            match reader.read_event().map_err(|_| ILL_FORMED)? {
                Event::Start(start) => {
                    depth += 1;
                    self.opened(&start, depth, &mut part, event);
                    leaf = true;
                }
                Event::Empty(start) => {
                    self.opened(&start, depth + 1, &mut part, event);
                    if depth >= 2 {
                        self.closed(local(start.name().as_ref()), part, depth + 1, event);
                    }
                    leaf = false;
                }
                Event::End(end) => {
                    if leaf && depth > 2 {
                        self.closed(local(end.name().as_ref()), part, depth, event);
                    }
                    leaf = false;
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Event::Text(text) => self.text.push_str(&text.xml10_content()),
                Event::CData(data) => self.text.push_str(&data.xml10_content()),
                Event::GeneralRef(reference) => resolve(&reference, &mut self.text),
                Event::Eof => return Err("the Event element is not closed"),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn opened(&mut self, start: &BytesStart<'_>, depth: usize, part: &mut Part, event: &mut EventBuf) {
        self.text.clear();
        self.name.clear();
        let name = start.name();
        let element = local(name.as_ref());
        if depth == 2 {
            *part = match element {
                "System" => Part::System,
                "EventData" => Part::EventData,
                "UserData" => Part::UserData,
                "RenderingInfo" => Part::Rendering,
                _ => Part::Other,
            };
        }
        for attribute in start.attributes().with_checks(false).flatten() {
            let prefixed: &str = attribute.key.as_ref();
            let key = local(prefixed);
            if prefixed == "xmlns" || prefixed.starts_with("xmlns:") {
                continue;
            }
            let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value,
                Err(_) => attribute.value.clone(),
            };
            match *part {
                Part::System if depth == 3 => self.interpreter.system(event, element, key, &value),
                Part::EventData | Part::UserData if depth >= 3 && key == "Name" => self.name.push_str(&value),
                Part::EventData if depth == 2 && key == "Name" => event.attr("EventDataName", &value),
                Part::UserData if depth > 3 => event.attr(key, &value),
                _ => {}
            }
        }
    }

    fn closed(&mut self, element: &str, part: Part, depth: usize, event: &mut EventBuf) {
        let text = self.text.as_str();
        match part {
            Part::System if depth == 3 => self.interpreter.system(event, element, "", text),
            Part::EventData | Part::UserData => {
                let name = if self.name.is_empty() {
                    element
                } else {
                    self.name.as_str()
                };
                event.attr(name, text);
            }
            Part::Rendering => match element {
                "Message" => self.interpreter.fields.set_if_absent(Field::Message, text),
                "Keyword" if !text.is_empty() => self.interpreter.fields.append(Field::KeywordNames, text),
                _ => {
                    if let Some(name) = rendered_name(element).filter(|_| !text.is_empty()) {
                        event.attr(name, text);
                    }
                }
            },
            Part::Other if depth >= 2 && !text.trimmed().is_empty() => event.attr(element, text),
            _ => {}
        }
        self.text.clear();
        self.name.clear();
    }
}

/// Writes the character that a reference stands for; an unknown one stays as it is written.
pub(crate) fn resolve(reference: &BytesRef<'_>, out: &mut String) {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return out.push(character);
    }
    let name: &str = reference;
    match name {
        "lt" => out.push('<'),
        "gt" => out.push('>'),
        "amp" => out.push('&'),
        "quot" => out.push('"'),
        "apos" => out.push('\''),
        _ => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
    }
}
