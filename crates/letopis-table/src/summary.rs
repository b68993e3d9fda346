//! What a segment holds, for a catalogue that must decide without opening it.

use std::collections::BTreeSet;

/// Most distinct values a [`ValueSet`] keeps.
pub const MOST_VALUES: usize = 256;

/// The distinct values of a column, as long as they are few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueSet {
    /// The values, ordered. Empty when not complete.
    pub values: BTreeSet<String>,
    /// Whether more than [`MOST_VALUES`] stood in the segment, so that the set says nothing.
    pub overflown: bool,
}

impl ValueSet {
    /// Whether a row with this value may stand in the segment.
    pub fn may_hold(&self, value: &str) -> bool {
        self.overflown || self.values.contains(value)
    }
}

/// What a segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentSummary {
    /// Rows.
    pub rows: u64,
    /// Bytes of the Parquet file.
    pub bytes: u64,
    /// Earliest `time`, microseconds since 1970 UTC; `None` where no row has one.
    pub first_time: Option<i64>,
    /// Latest `time`.
    pub last_time: Option<i64>,
    /// Rows without `time`.
    pub without_time: u64,
    /// Rows of kind `unparsed`.
    pub unparsed: u64,
    /// Values of `source`.
    pub sources: ValueSet,
    /// Values of `category`.
    pub categories: ValueSet,
    /// Values of `format`.
    pub formats: ValueSet,
    /// Values of `kind`.
    pub kinds: ValueSet,
    /// Values of `host`.
    pub hosts: ValueSet,
    /// Values of `object`: the digests as the table prints them.
    pub objects: ValueSet,
}
