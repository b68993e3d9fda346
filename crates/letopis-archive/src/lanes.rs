//! Chunks to segments: each lane is a thread that keeps the segments of its partitions open.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::thread::{self, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use letopis_search::IndexBuilder;
use letopis_table::{SegmentSummary, SegmentWriter, ValueSet};
use letopis_vault::{NewEntry, SegmentPart, VaultWriter};
use serde_json::{Value, json};

use crate::error::ArchiveError;
use crate::sink::{Chunk, Partition};

/// Bytes of encoded and pending rows that all open segments may hold together.
const OPEN_BYTES: u64 = 192 << 20;
/// Bytes of Parquet at which a segment is closed.
const SEGMENT_BYTES: u64 = 96 << 20;
/// Rows at which a segment is closed.
const SEGMENT_ROWS: u64 = 4 << 20;

/// A segment that is closed: what the ledger will be told of it.
#[derive(Debug)]
pub(crate) struct Closed {
    partition: Partition,
    /// The entry to commit.
    pub entry: NewEntry,
    /// Rows in it.
    pub rows: u64,
}

enum Order {
    Rows(Chunk),
    /// Close everything and answer.
    Flush(Sender<Vec<Closed>>),
}

/// The lanes of one run.
pub(crate) struct Lanes<'scope> {
    lanes: Vec<Sender<Order>>,
    threads: Vec<ScopedJoinHandle<'scope, Result<(), ArchiveError>>>,
}

impl<'scope> Lanes<'scope> {
    /// Starts `number` lanes that write to `vault`.
    pub fn start<'env>(
        scope: &'scope thread::Scope<'scope, 'env>,
        vault: &'env VaultWriter,
        number: usize,
    ) -> Self {
        let mut lanes = Vec::new();
        let mut threads = Vec::new();
        for _ in 0..number {
            let (sender, receiver) = bounded(4);
            let budget = OPEN_BYTES / number as u64;
            threads.push(scope.spawn(move || Lane::new(vault, budget).run(&receiver)));
            lanes.push(sender);
        }
        Self { lanes, threads }
    }

    /// Hands rows to the lane of their partition. Rows of one partition stay in order.
    pub fn rows(&self, chunk: Chunk) -> Result<(), ArchiveError> {
        let mut hasher = DefaultHasher::new();
        chunk.partition.hash(&mut hasher);
        let lane = (hasher.finish() % self.lanes.len() as u64) as usize;
        self.lanes[lane]
            .send(Order::Rows(chunk))
            .map_err(|_| ArchiveError::Stopped)
    }

    /// Closes every open segment and gives them in the order of their partitions.
    pub fn flush(&self) -> Result<Vec<Closed>, ArchiveError> {
        let mut answers = Vec::new();
        for lane in &self.lanes {
            let (sender, receiver) = bounded(1);
            lane.send(Order::Flush(sender))
                .map_err(|_| ArchiveError::Stopped)?;
            answers.push(receiver);
        }
        let mut closed = Vec::new();
        for answer in answers {
            closed.extend(answer.recv().map_err(|_| ArchiveError::Stopped)?);
        }
        closed.sort_by(|a, b| a.partition.cmp(&b.partition));
        Ok(closed)
    }

    /// Ends the lanes; the first error that one of them met.
    pub fn end(self) -> Result<(), ArchiveError> {
        drop(self.lanes);
        let mut outcome = Ok(());
        for thread in self.threads {
            let ended = thread.join().unwrap_or_else(|_| Err(ArchiveError::Stopped));
            if outcome.is_ok() {
                outcome = ended;
            }
        }
        outcome
    }
}

struct OpenSegment {
    table: SegmentWriter<Vec<u8>>,
    index: IndexBuilder,
}

struct Lane<'env> {
    vault: &'env VaultWriter,
    budget: u64,
    open: BTreeMap<Partition, OpenSegment>,
    closed: Vec<Closed>,
}

impl<'env> Lane<'env> {
    fn new(vault: &'env VaultWriter, budget: u64) -> Self {
        Self {
            vault,
            budget,
            open: BTreeMap::new(),
            closed: Vec::new(),
        }
    }

    fn run(mut self, orders: &Receiver<Order>) -> Result<(), ArchiveError> {
        for order in orders {
            match order {
                Order::Rows(chunk) => self.take(chunk)?,
                Order::Flush(answer) => {
                    while let Some((partition, segment)) = self.open.pop_first() {
                        self.close(partition, segment)?;
                    }
                    // Nobody waits any more only when the run was stopped.
                    let _ = answer.send(std::mem::take(&mut self.closed));
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, chunk: Chunk) -> Result<(), ArchiveError> {
        if !self.open.contains_key(&chunk.partition) {
            let fresh = OpenSegment {
                table: SegmentWriter::new(Vec::new())?,
                index: IndexBuilder::new()?,
            };
            self.open.insert(chunk.partition.clone(), fresh);
        }
        let Some(segment) = self.open.get_mut(&chunk.partition) else {
            return Ok(());
        };
        segment.table.write(&chunk.batch)?;
        for text in chunk.texts.iter() {
            segment.index.add(text)?;
        }
        if segment.table.bytes() >= SEGMENT_BYTES || segment.table.rows() >= SEGMENT_ROWS {
            if let Some((partition, segment)) = self.open.remove_entry(&chunk.partition) {
                self.close(partition, segment)?;
            }
        }
        self.make_room()
    }

    /// Closes the largest segments until the open ones fit the budget.
    fn make_room(&mut self) -> Result<(), ArchiveError> {
        while self.open.values().map(|s| s.table.bytes()).sum::<u64>() > self.budget {
            let largest = self
                .open
                .iter()
                .max_by_key(|(_, s)| s.table.bytes())
                .map(|(p, _)| p.clone());
            let Some((partition, segment)) = largest.and_then(|p| self.open.remove_entry(&p)) else {
                break;
            };
            self.close(partition, segment)?;
        }
        Ok(())
    }

    fn close(&mut self, partition: Partition, segment: OpenSegment) -> Result<(), ArchiveError> {
        use std::io::Write as _;
        let (summary, parquet) = segment.table.finish()?;
        let index = segment.index.finish()?;
        let mut staged = self.vault.segment_writer()?;
        let written = |error| ArchiveError::Segment {
            partition: label(&partition),
            error,
        };
        staged
            .part(SegmentPart::Parquet)?
            .write_all(&parquet)
            .map_err(written)?;
        let written = |error| ArchiveError::Segment {
            partition: label(&partition),
            error,
        };
        staged
            .part(SegmentPart::Index)?
            .write_all(&index)
            .map_err(written)?;
        let staged = staged.finish(summary.rows)?;
        let about = about(&partition, &summary);
        self.closed.push(Closed {
            partition,
            entry: NewEntry::segment(staged, Some(about)),
            rows: summary.rows,
        });
        Ok(())
    }
}

fn label(partition: &Partition) -> String {
    format!("{} {}", partition.source, partition.month)
}

/// What the segment's detail document says: enough to decide without opening the file.
fn about(partition: &Partition, summary: &SegmentSummary) -> Value {
    let set = |values: &ValueSet| {
        if values.overflown {
            Value::Null
        } else {
            values.values.iter().cloned().collect::<Value>()
        }
    };
    json!({
        "source": &*partition.source,
        "month": partition.month.to_string(),
        "rows": summary.rows,
        "first_time": summary.first_time,
        "last_time": summary.last_time,
        "without_time": summary.without_time,
        "unparsed": summary.unparsed,
        "sources": set(&summary.sources),
        "categories": set(&summary.categories),
        "formats": set(&summary.formats),
        "kinds": set(&summary.kinds),
        "hosts": set(&summary.hosts),
        "objects": set(&summary.objects),
    })
}
