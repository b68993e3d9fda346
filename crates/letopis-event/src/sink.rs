//! Where read events go: implemented by whoever writes tables, trees and indexes.

use crate::event::EventBuf;
use crate::id::{LineNumber, Span};

/// Where a record lies and how its bytes become text.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The record's bytes in its object.
    pub span: Span,
    /// First line of the record, for text.
    pub line: Option<LineNumber>,
    /// The record's bytes.
    pub bytes: &'a [u8],
    /// What is searched: the decoded text of the record, or for binary formats the rendered fields.
    pub text: &'a str,
    /// Name of the encoding the text was decoded with (`utf-8`, `windows-1251`, …; `binary` for rendered records).
    pub encoding: &'a str,
    /// Whether decoding lost something (replacement characters stand in `text`).
    pub lossy: bool,
    /// Name of the format that read the record.
    pub format: &'a str,
}

/// What bytes that are no event are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructureKind {
    /// File, chunk or column header.
    Header,
    /// Line ends between records, blank lines, commas of a list.
    Separator,
    /// Filling that means nothing.
    Padding,
    /// Space that a format left free and that may hold older data.
    Slack,
    /// End mark, check sum, closing bracket.
    Trailer,
    /// Binary data in a format that nobody here can read.
    Unknown,
}

impl StructureKind {
    /// The word in reconciliations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Separator => "separator",
            Self::Padding => "padding",
            Self::Slack => "slack",
            Self::Trailer => "trailer",
            Self::Unknown => "unknown",
        }
    }
}

/// The sink could not take an event; the reading stops and hands this on.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SinkError(#[from] pub Box<dyn std::error::Error + Send + Sync>);

/// Takes events in the order of their bytes.
///
/// Every byte of an object reaches the sink exactly once, as part of one event's span or of one structure
/// span, in ascending order; this is what makes the reconciliation exact.
pub trait EventSink {
    /// Takes one event. The buffer is reused afterwards.
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError>;

    /// Takes bytes that are no event.
    fn structure(&mut self, span: Span, kind: StructureKind) -> Result<(), SinkError>;
}
