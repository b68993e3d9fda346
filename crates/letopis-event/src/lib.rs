//! What a log event is: its columns, its time and how that time is known, its kind, and where its bytes lie.
//!
//! Data, and the decoding of text by the name of its encoding. Deliberately absent: files, clocks, Arrow, SQL, and
//! every parser. Start with [`EventBuf`] (one event being read), [`column`] (the table everything ends up in) and
//! [`time`] (time as evidence).

pub mod column;
pub mod encoding;
pub mod event;
pub mod filter;
pub mod id;
pub mod kind;
pub mod sink;
pub mod time;
pub mod zone;

pub use column::{COLUMNS, Column, ColumnType};
pub use encoding::Encoding;
pub use event::{Category, EventBuf, Number, Outcome, Text};
pub use filter::Filter;
pub use id::{ByteOffset, EventId, LineNumber, ObjectDigest, Span};
pub use kind::{Kind, KindInfo};
pub use sink::{EventSink, Origin, SinkError, StructureKind};
pub use time::{Civil, EventTime, TimeBasis, TimeReading};
pub use zone::Zone;
