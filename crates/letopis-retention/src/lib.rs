//! Whether logs were kept: what a source was to write, what is held of it day by day, and since when.
//!
//! Figures come in ([`Days`]: how many records of each day were taken in when), judgements go out: [`Coverage`] says on
//! which days records are missing, [`Held`] whether the floor of retention was met on a day, by what the archive itself
//! held on that day. A day counts by the clock of the zone that the caller cut the figures in.
//!
//! Deliberately absent: files, the clock, SQL and the ledger. Start with [`Days`].

pub mod calendar;
pub mod coverage;
pub mod days;
pub mod forecast;
pub mod gap;
pub mod held;
pub mod rhythm;
pub mod rotation;
mod stretch;

pub use calendar::{Calendar, CalendarError};
pub use coverage::Coverage;
pub use days::{Days, Tally};
pub use forecast::{Growth, Volume};
pub use gap::{Gap, Observation, Sign};
pub use held::{Held, Obligation, Standing, Verdict};
pub use rhythm::{Rhythm, RhythmError};
pub use rotation::{Expected, Lack, Lacking, LogFile};
pub use stretch::Stretch;
