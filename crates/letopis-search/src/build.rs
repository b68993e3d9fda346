//! Making the index of one segment.

use crate::error::SearchError;

/// Builds the index of one segment from its records in row order.
pub struct IndexBuilder {}

impl IndexBuilder {
    /// An empty index.
    pub fn new() -> Result<Self, SearchError> {
        todo!()
    }

    /// Adds the searched text of the next row ([`letopis_event::Origin::text`]).
    pub fn add(&mut self, text: &str) -> Result<(), SearchError> {
        todo!()
    }

    /// Rows added.
    pub fn rows(&self) -> u64 {
        todo!()
    }

    /// Ends the index and gives the bytes of its one file.
    pub fn finish(self) -> Result<Vec<u8>, SearchError> {
        todo!()
    }
}
