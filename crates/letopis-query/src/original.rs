//! Where the text of original records comes from.

use letopis_event::{ObjectDigest, Span};

use crate::error::BoxError;

/// Where a record lies and how its bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPlace<'a> {
    /// SHA-256 of the object.
    pub object: ObjectDigest,
    /// The record's bytes in it.
    pub span: Span,
    /// The `encoding` column.
    pub encoding: &'a str,
}

/// The originals of an archive. Rows of the encoding `binary` are never asked for: their text is rendered from columns.
pub trait OriginalText: Send + Sync + std::fmt::Debug {
    /// A reader for one thread; it may keep the last frame it unpacked, since rows come mostly in the order of their bytes.
    fn reader(&self) -> Result<Box<dyn OriginalReader>, BoxError>;
}

/// Reads records one after the other.
pub trait OriginalReader: Send {
    /// Replaces `out` by the record's decoded text, with replacement characters where decoding lost something. An
    /// object that is gone, damaged or too short is an error, and the error ends the query.
    fn read(&mut self, place: &RecordPlace<'_>, out: &mut String) -> Result<(), BoxError>;

    /// Says that this record will be asked for once more: an answer shows it. It may be kept, or not. `bytes` are its own,
    /// where the caller has them; else it was read just now.
    fn keep(&mut self, object: ObjectDigest, span: Span, bytes: Option<&[u8]>);

    /// The bytes that come at once with the one at `offset`: to read one of them is to read all. An offset outside the
    /// object is an error.
    fn part(&mut self, object: ObjectDigest, offset: u64) -> Result<Span, BoxError>;

    /// Bytes of an object as they are.
    fn bytes(&mut self, object: ObjectDigest, span: Span) -> Result<&[u8], BoxError>;
}
