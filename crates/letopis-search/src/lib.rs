//! Finding records by their text: a query language, an index that narrows, and an exact predicate that decides.
//!
//! The index may only add candidates: whoever reads the candidate blocks and asks the [`Matcher`] gets exactly
//! the rows that a scan of everything gives. It is derived, rebuildable and never evidence.
//! Deliberately absent: files, tables, object bytes, ranking.
//! Start with [`query`] (text to filter), [`IndexBuilder`], [`SegmentIndex`] and [`Matcher`].

mod blocks;
mod build;
mod bytes;
mod column;
mod error;
mod fold;
mod literal;
mod matcher;
mod open;
mod pattern;
pub mod query;
mod screen;
mod signature;
mod tokens;
mod words;

pub use blocks::BlockSet;
pub use build::IndexBuilder;
pub use error::SearchError;
pub use matcher::{Matcher, Row};
pub use open::{Candidates, SegmentIndex};
pub use query::{QueryError, parse, print};
pub use screen::Screen;

/// Consecutive rows that the index tells apart only together.
pub const BLOCK_ROWS: u32 = 256;
