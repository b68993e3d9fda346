//! SQL over an archive: the event table and its companions, the functions that know originals and time, the
//! named reconstructions of `queries/`, and writers for what comes out.
//!
//! Deliberately absent: where segments, originals and the index come from (the caller brings [`SegmentStore`],
//! [`OriginalText`] and [`TextSearch`]), the access journal (the caller records a reading before it asks),
//! writing of any kind to the archive, the network, and printing.
//!
//! Start with [`Engine`]; [`named`] reads `queries/*.sql`; [`output`] writes streams of rows.

mod companions;
mod condition;
mod distinct;
pub mod engine;
pub mod error;
mod events;
mod functions;
mod groups;
mod lookup;
pub mod named;
mod once;
pub mod original;
pub mod output;
mod screening;
pub mod search;
mod segments;
mod statement;
pub mod store;
pub mod tables;

pub use companions::CompanionStore;
pub use engine::{BELIEVED, Engine, EngineOptions, QueryStream};
pub use error::{BoxError, QueryError};
pub use named::{BindDefaults, BoundQuery, NamedQuery, ParameterValue, QueryFolder};
pub use original::{OriginalReader, OriginalText, RecordPlace};
pub use output::{OutputFormat, RowWriter};
pub use search::{ByteScreen, RowMatcher, TextSearch};
pub use store::{SegmentBytes, SegmentInfo, SegmentStore};
pub use tables::{AccessRow, LedgerRow, NoteRow, ObjectRow, SourceRow};

pub use arrow;

#[cfg(test)]
mod tests;
