//! Where segments come from.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::BoxError;

/// What is known of a segment before it is opened: enough to leave it closed when it can not matter.
///
/// Everything here may be less than the truth allows (an unknown set, a wide time range), never more: a value
/// missing from a set that is present, or a time outside the range, would lose rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Name of the segment, unique in the archive; results follow the order of the store's list.
    pub id: String,
    /// Number of rows.
    pub rows: u64,
    /// Size of the Parquet file in bytes.
    pub bytes: u64,
    /// Earliest and latest `time`, microseconds since 1970 UTC, both inclusive; `None` when no row has a time.
    pub time: Option<(i64, i64)>,
    /// Rows without a time; `None` when not known.
    pub rows_without_time: Option<u64>,
    /// Column name → every value that stands in it (rows without a value apart). A column that is missing here is unknown.
    /// Useful for `source`, `category`, `format`, `kind`, `outcome`, `host`, `encoding`, `object`.
    pub values: BTreeMap<String, BTreeSet<String>>,
}

/// The segments of an archive, in their fixed order.
pub trait SegmentStore: Send + Sync + std::fmt::Debug {
    /// Every segment. The order is the order of unordered results and must not change between runs.
    fn segments(&self) -> &[SegmentInfo];

    /// Opens the Parquet file of a segment.
    fn open(&self, id: &str) -> Result<Arc<dyn SegmentBytes>, BoxError>;
}

/// Random access to the bytes of one segment.
pub trait SegmentBytes: Send + Sync {
    /// Size in bytes.
    fn size(&self) -> u64;

    /// Exactly the bytes of `range`; anything less is an error.
    fn read(&self, range: Range<u64>) -> Result<Bytes, BoxError>;
}

/// A segment held in memory.
impl SegmentBytes for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes, BoxError> {
        if range.start > range.end || range.end > self.size() {
            return Err(format!("bytes {range:?} asked of a segment of {} bytes", self.len()).into());
        }
        // Both ends lie inside a buffer in memory, so they fit.
        Ok(self.slice(range.start as usize..range.end as usize))
    }
}
