//! What regulations ask of logs, as data, and whether a log gives it: met, not met, not shown.
//!
//! Two kinds of question. [`profile`]: is a log what a regulation asks of each log? [`law`]: is an archive of logs what a
//! regulation asks of their keeping? There a clause names checks of a fixed list, and the caller brings their figures.
//!
//! The regulations stand in `profiles/*.toml`, clause by clause; users can write their own in the same form. A
//! [`Plan`] is what one category of source is asked, a [`Tally`] is what its records and bytes gave, and [`judge()`]
//! puts the two together.
//!
//! Deliberately absent: files, the clock, every engine and every parser: bytes and events are handed in. Start with
//! [`profile`].

#[cfg(test)]
mod tests;

pub mod incident;
pub mod judge;
pub mod law;
pub mod lines;
pub mod matching;
pub mod note;
pub mod parting;
pub mod plan;
pub mod profile;
pub mod tally;

pub use judge::{Judgement, Verdict, judge};
pub use law::{Law, LawError};
pub use note::Note;
pub use plan::Plan;
pub use profile::{Profile, ProfileError};
pub use tally::{Example, FileTally, ObjectFacts, Second, Tally};
