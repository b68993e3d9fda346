//! Segments of the vault as the query room wants them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use letopis_query::{BoxError, SegmentBytes, SegmentInfo, SegmentStore};
use letopis_vault::{SegmentFile, SegmentPart, Vault};
use serde_json::Value;

use crate::error::Result;

/// The live segments of an archive.
#[derive(Debug)]
pub(crate) struct Segments {
    vault: Vault,
    list: Vec<SegmentInfo>,
}

impl Segments {
    pub fn read(vault: &Vault) -> Result<Self> {
        let list = vault.segments()?.iter().map(info).collect();
        Ok(Self {
            vault: vault.clone(),
            list,
        })
    }

    pub fn list(&self) -> &[SegmentInfo] {
        &self.list
    }
}

/// What the segment's detail document says; anything it does not say counts as unknown, never as absent.
fn info(segment: &letopis_vault::SegmentInfo) -> SegmentInfo {
    let about = segment.about.as_ref();
    let field = |name: &str| about.and_then(|a| a.get(name));
    let number = |name: &str| field(name).and_then(Value::as_i64);
    let mut values = BTreeMap::new();
    let columns = [
        ("source", "sources"),
        ("category", "categories"),
        ("format", "formats"),
        ("kind", "kinds"),
        ("host", "hosts"),
        ("object", "objects"),
    ];
    for (column, name) in columns {
        if let Some(set) = field(name).and_then(Value::as_array) {
            let set: BTreeSet<String> = set.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            values.insert(column.to_owned(), set);
        }
    }
    SegmentInfo {
        id: segment.id.clone(),
        rows: segment.rows,
        bytes: segment.parquet_bytes,
        time: match (number("first_time"), number("last_time")) {
            (Some(first), Some(last)) => Some((first, last)),
            // Without a document nothing is known: the widest range there is.
            _ if about.is_none() => Some((i64::MIN, i64::MAX)),
            _ => None,
        },
        rows_without_time: number("without_time").and_then(|n| u64::try_from(n).ok()),
        values,
    }
}

impl SegmentStore for Segments {
    fn segments(&self) -> &[SegmentInfo] {
        &self.list
    }

    fn open(&self, id: &str) -> std::result::Result<Arc<dyn SegmentBytes>, BoxError> {
        Ok(Arc::new(File(self.vault.segment_file(id, SegmentPart::Parquet)?)))
    }
}

struct File(SegmentFile);

impl SegmentBytes for File {
    fn size(&self) -> u64 {
        self.0.length()
    }

    fn read(&self, range: Range<u64>) -> std::result::Result<Bytes, BoxError> {
        let length = range
            .end
            .checked_sub(range.start)
            .ok_or("a range that ends before it begins")?;
        let mut out = vec![0; usize::try_from(length)?];
        self.0.read_exact_at(range.start, &mut out)?;
        Ok(Bytes::from(out))
    }
}
