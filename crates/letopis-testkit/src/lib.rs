//! What tests and benches of every room share: a seeded scenario with its truth, bulk logs of any size, fixed
//! clocks, hostile strings, an event builder, and golden files.
//!
//! Deliberately absent: parsers. What the generator counts, it counts while writing, so that a reader can be
//! compared with something that is not a reader. Everything here is a function of a seed: no clock, no hash
//! order, no floating point, so that the same seed gives the same bytes on every platform.
//!
//! Start with [`scenario::write`] (the story under `samples/`), [`bulk::write`] (megabytes for benches) and
//! [`golden::check`].

pub mod bulk;
pub mod clock;
pub mod corpus;
pub mod event;
pub mod golden;
pub mod hostile;
pub mod rng;
pub mod scenario;

pub use scenario::truth::Truth;
