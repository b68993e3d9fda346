//! Quarterly statistics, recomputed in Polars: the second opinion to `queries/quarterly_log_records.sql`.
//!
//! Plain columns in ([`Rows`]), plain figures out ([`QuarterStatistics`]). Deliberately absent: SQL, Arrow,
//! storage; and no Polars type stands in the public API. The counts are *log records*: events, incidents and
//! threats in the sense of the law are registered by people (KZ195-2.7). Start with [`quarterly`].

pub mod quarter;
pub mod quarterly;
pub mod rows;

pub use quarter::{ParseQuarterError, Quarter};
pub use quarterly::{Cell, Line, QuarterStatistics, SilentDay, StatsError, monday_of, quarterly};
pub use rows::{Coded, Rows};
