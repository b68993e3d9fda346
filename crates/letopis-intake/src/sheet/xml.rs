//! The XML of a workbook's parts, element by element, without namespaces: programs choose prefixes as they like.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::SheetError;

/// What stands in a part.
pub(super) enum Node<'n> {
    /// An element begins.
    Open(&'n str, &'n [(String, String)]),
    /// Text.
    Text(&'n str),
    /// An element ends.
    Close(&'n str),
}

/// Hands every node of a part to `each`, in order.
///
/// # Errors
/// When the part is no well-formed XML, or `each` fails.
pub(super) fn walk(
    part: &str,
    text: &str,
    each: &mut dyn FnMut(Node<'_>) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_u32;
    let mut collected = String::new();
    loop {
        let event = reader.read_event();
        let event = event.map_err(|e| SheetError::Part {
            part: part.to_owned(),
            problem: format!("byte {}: expected XML: {e}", reader.error_position()),
        })?;
        if !matches!(event, Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) && !collected.is_empty()
        {
            each(Node::Text(&collected))?;
            collected.clear();
        }
        match event {
            Event::Start(start) => {
                depth += 1;
                each(Node::Open(start.local_name().as_ref(), &attributes(&start)))?;
            }
            Event::Empty(start) => {
                let name = start.local_name();
                each(Node::Open(name.as_ref(), &attributes(&start)))?;
                each(Node::Close(name.as_ref()))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                each(Node::Close(end.local_name().as_ref()))?;
            }
            Event::Text(text) => collected.push_str(&text.xml10_content()),
            Event::CData(data) => collected.push_str(&data.xml10_content()),
            Event::GeneralRef(reference) => crate::formats::resolve_reference(&reference, &mut collected),
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => {
                return Err(SheetError::Part {
                    part: part.to_owned(),
                    problem: "expected the end of every element, found the end of the part".to_owned(),
                });
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The attributes of an element by their local names.
fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut attributes = start.attributes();
    let all = attributes.with_checks(false).flatten();
    all.map(|attribute| {
        let name: &str = attribute.key.local_name().into_inner();
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => attribute.value.clone().into_owned(),
        };
        (name.to_owned(), value)
    })
    .collect()
}

/// The value of an attribute.
pub(super) fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}
