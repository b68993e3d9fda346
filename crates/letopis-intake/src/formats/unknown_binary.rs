//! Last resort for bytes that are no text: recorded, not parsed.

use letopis_event::{EventSink, Span, StructureKind};

use crate::error::IntakeError;
use crate::format::{Claim, Context, Format, Head, ReadSeek, Reader};

/// Name of the format.
pub(crate) const NAME: &str = "unknown-binary";

/// Bytes that nobody here can read.
pub(super) const FORMAT: Format = Format {
    name: NAME,
    title: "Unknown binary data",
    reference: "none: no format claims these bytes",
    category: None,
    kinds: &[],
    samples: &[],
    detect,
    reader: Reader::Binary { read },
};

fn detect(head: &Head<'_>) -> Option<Claim> {
    (head.text.is_empty() && !head.bytes.is_empty()).then(|| Claim {
        confidence: 1,
        reason: "the bytes are no text and no known format begins like this".to_owned(),
    })
}

fn read(input: &mut dyn ReadSeek, _: &Context<'_>, sink: &mut dyn EventSink) -> Result<(), IntakeError> {
    let length = input
        .seek(std::io::SeekFrom::End(0))
        .map_err(IntakeError::read(0))?;
    if length > 0 {
        sink.structure(Span { offset: 0, length }, StructureKind::Unknown)?;
    }
    Ok(())
}
