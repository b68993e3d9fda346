//! The driver: frames, decodes, reads and places every record of one object, and accounts for every byte.

use letopis_event::{EventSink, StructureKind};

use crate::detect::Detection;
use crate::error::IntakeError;
use crate::format::ReadSeek;
use crate::options::ParseOptions;

/// What was read: the figures of a file's reconciliation.
#[derive(Clone, Debug, Default)]
pub struct ParseSummary {
    /// Records that reached the sink as events, unparsed ones included.
    pub records: u64,
    /// Records of kind `unparsed`.
    pub unparsed: u64,
    /// The first unparsed records: offset and reason, at most five.
    pub unparsed_examples: Vec<(u64, String)>,
    /// Bytes in events, without the unparsed ones.
    pub event_bytes: u64,
    /// Bytes in unparsed records.
    pub unparsed_bytes: u64,
    /// Bytes of structure, one entry a kind, in the order of [`StructureKind`].
    pub structure_bytes: Vec<(StructureKind, u64)>,
    /// Earliest instant, microseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Latest instant, microseconds since 1970 UTC.
    pub last_time: Option<i64>,
    /// Records that have no place in time.
    pub not_placed: u64,
    /// Records longer than the bound, cut into several.
    pub cut: u64,
    /// Lines of text read.
    pub lines: u64,
    /// First byte after the last complete record: where a grown file is read on. Equal to the length where the
    /// last record is complete.
    pub complete_end: u64,
    /// What a later part of the same file needs: give it back as [`ParseOptions::state`].
    pub state: Option<String>,
    /// Things a person should know (inferred year, zone, excursions of the clock), one sentence each.
    pub notes: Vec<String>,
}

/// Reads `input` (`length` bytes) from `options.start` on and hands every byte to `sink` exactly once, in order:
/// as an event, as an event of kind `unparsed`, or as structure.
///
/// # Errors
/// When the input cannot be read, ends early, or the sink refuses. Nothing in the bytes themselves is an error.
pub fn parse(
    input: &mut dyn ReadSeek,
    length: u64,
    detection: &Detection,
    options: &ParseOptions,
    sink: &mut dyn EventSink,
) -> Result<ParseSummary, IntakeError> {
    let _ = (input, length, detection, options, sink);
    todo!()
}
