//! Reads logs of every kind: what is in a container, how its text is encoded, where its records end, what they mean.
//!
//! Four separate axes: [`container`] → [`encoding`] → [`framing`] → [`formats`]. The usual way: [`container::recognise`]
//! and [`container::expand`] for what came in, then [`detect()`] and [`parse()`] for each object; events go to an
//! [`letopis_event::EventSink`].
//!
//! Deliberately absent: files, the clock, the environment, storage and Arrow. Bytes come in through [`ReadSeek`],
//! times to compare with through [`ParseOptions`].

// Tests read the outsiders' corpus from files, and tell their stories in one piece.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::too_many_lines,
        clippy::manual_checked_ops
    )
)]

pub mod container;
#[cfg(test)]
mod corpus_tests;
pub mod detect;
pub mod encoding;
pub mod error;
pub mod format;
pub mod formats;
pub mod framing;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod hostile;
pub mod mapping;
mod near;
pub mod options;
pub mod parse;
pub mod resolve;
pub mod sheet;
#[cfg(test)]
mod testing;
pub mod timetext;

pub use detect::{Detection, detect};
pub use encoding::Encoding;
pub use error::IntakeError;
pub use format::{
    Claim, Context, Format, Framing, Head, ReadSeek, Reader, Record, RecordReader, Sample, Verdict,
};
pub use formats::{
    Companion, FORMATS, UserFormat, UserFormatError, companion, find as format_named, is_circular,
    record_number, user_formats,
};
pub use mapping::Mapping;
pub use options::ParseOptions;
pub use parse::{ParseSummary, parse};
