//! Whether logs were kept: what a source was to write, what is held of it day by day, and since when.
//!
//! Figures come in ([`Days`]: how many records of each day were taken in when), judgements go out: [`Coverage`] says on
//! which days records are missing, [`Held`] whether the floor of retention was met on a day, by what the archive itself
//! held on that day; [`removal::decide`] says what may be removed and what keeps the rest. A day counts by the clock of
//! the zone that the caller cut the figures in.
//!
//! Deliberately absent: files, the clock, SQL and the ledger. Start with [`Days`].

pub mod calendar;
pub mod class;
pub mod clock;
pub mod coverage;
mod day;
pub mod days;
pub mod expiry;
pub mod forecast;
pub mod gap;
pub mod held;
pub mod hours;
pub mod learn;
pub mod removal;
pub mod rhythm;
pub mod rotation;
pub mod selection;
mod stretch;

pub use calendar::{Calendar, CalendarError};
pub use class::{Class, ClassError, FLOOR_MONTHS, Ground, INQUIRY_MONTHS};
pub use coverage::Coverage;
pub use days::{Days, Gone, Tally};
pub use expiry::{counted_from, removable_from};
pub use forecast::{Growth, Volume};
pub use gap::{Gap, Observation, Sign};
pub use held::{Held, Obligation, Standing, Verdict};
pub use removal::{Copies, Figures, Keeps, Part, Term, decide};
pub use rhythm::{Quiet, Rhythm, RhythmError};
pub use rotation::{Expected, Lack, Lacking, LogFile};
pub use selection::{Selection, SelectionError};
pub use stretch::Stretch;
