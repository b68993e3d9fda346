//! Chunks to segments: each lane is a thread that keeps the segments of its partitions open.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufWriter, Write};
use std::thread::{self, ScopedJoinHandle};

use arrow::record_batch::RecordBatch;
use crossbeam_channel::{Receiver, Sender, bounded};
use letopis_search::IndexBuilder;
use letopis_table::{SegmentSummary, SegmentWriter, ValueSet};
use letopis_vault::{NewEntry, SegmentPart, VaultWriter};
use serde_json::{Value, json};

use crate::error::ArchiveError;
use crate::sink::{Chunk, Partition};

/// Bytes of rows that all open segments may hold in memory together.
pub(crate) const OPEN_BYTES: u64 = 192 << 20;
/// Bytes of rows that may wait for company.
const PENDING_BYTES: usize = 96 << 20;
/// Open segments of a lane: each keeps a column writer for every column and an index of its own.
const OPEN_MOST: usize = 12;
/// Rows at which a partition gets a segment of its own. Fewer share one with others at the end: a log of ten
/// thousand machines must not become ten thousand files.
const OWN_ROWS: usize = 8_192;
/// Bytes of Parquet at which a segment is closed.
pub(crate) const SEGMENT_BYTES: u64 = 96 << 20;
/// Rows at which a segment is closed.
pub(crate) const SEGMENT_ROWS: u64 = 4 << 20;
/// Rows at which a shared segment is closed.
pub(crate) const SHARED_ROWS: u64 = 131_072;
/// What says in a segment's document that its rows stand at the open ends of files.
pub(crate) const OPEN_END: &str = "open_end";

/// A segment that is closed: what the ledger will be told of it.
#[derive(Debug)]
pub(crate) struct Closed {
    partition: Partition,
    /// The entry to commit.
    pub entry: NewEntry,
    /// Rows in it.
    pub rows: u64,
    /// Bytes of its Parquet file.
    pub bytes: u64,
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

/// The Parquet file of a segment on its way into the vault.
struct ParquetFile(letopis_vault::SegmentWriter);

impl Write for ParquetFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut part = self.0.part(SegmentPart::Parquet).map_err(io::Error::other)?;
        part.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of Parquet that are written at once.
const WRITE_BYTES: usize = 256 << 10;

/// A segment that is being written: one row group and the index are in memory.
pub(crate) struct OpenSegment {
    table: SegmentWriter<BufWriter<ParquetFile>>,
    index: IndexBuilder,
    /// When it was written to last, by the lane's own count.
    used: u64,
}

impl OpenSegment {
    pub fn new(vault: &VaultWriter) -> Result<Self, ArchiveError> {
        let file = ParquetFile(vault.segment_writer()?);
        Ok(Self {
            table: SegmentWriter::new(BufWriter::with_capacity(WRITE_BYTES, file))?,
            index: IndexBuilder::new()?,
            used: 0,
        })
    }

    fn write(&mut self, chunk: &Chunk) -> Result<(), ArchiveError> {
        self.write_rows(&chunk.batch, chunk.texts.iter())
    }

    /// Adds rows with their searched texts, one a row.
    pub fn write_rows<'t>(
        &mut self,
        rows: &RecordBatch,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<(), ArchiveError> {
        self.table.write(rows)?;
        for text in texts {
            self.index.add(text)?;
        }
        Ok(())
    }

    /// Whether it should be closed: as large as a segment is to be.
    pub fn is_full(&self) -> bool {
        self.table.bytes() >= SEGMENT_BYTES || self.table.rows() >= SEGMENT_ROWS
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.table.rows()
    }

    /// Ends it and puts its two files into the vault; the entry to commit, and what it holds. `label` names it in
    /// errors, `months` are those of its rows.
    pub fn store(
        self,
        label: &str,
        months: Value,
        is_open_end: bool,
    ) -> Result<(NewEntry, SegmentSummary), ArchiveError> {
        let written = |error| ArchiveError::Segment {
            partition: label.to_owned(),
            error,
        };
        let (summary, parquet) = self.table.finish()?;
        let index = self.index.finish()?;
        let ParquetFile(mut staged) = parquet.into_inner().map_err(|e| written(e.into_error()))?;
        staged
            .part(SegmentPart::Index)?
            .write_all(&index)
            .map_err(written)?;
        let staged = staged.finish(summary.rows)?;
        let about = about(months, &summary, is_open_end);
        Ok((NewEntry::segment(staged, Some(about)), summary))
    }
}

/// Rows of a partition that are still too few for a segment.
#[derive(Default)]
struct Pending {
    chunks: Vec<Chunk>,
    rows: usize,
    bytes: usize,
}

/// What keeps the segments of its partitions open.
pub(crate) struct Lane<'env> {
    vault: &'env VaultWriter,
    budget: u64,
    open: BTreeMap<Partition, OpenSegment>,
    pending: BTreeMap<Partition, Pending>,
    pending_bytes: usize,
    clock: u64,
    closed: Vec<Closed>,
}

impl<'env> Lane<'env> {
    /// One whose open segments hold no more than `budget` bytes of rows.
    pub fn new(vault: &'env VaultWriter, budget: u64) -> Self {
        Self {
            vault,
            budget,
            open: BTreeMap::new(),
            pending: BTreeMap::new(),
            pending_bytes: 0,
            clock: 0,
            closed: Vec::new(),
        }
    }

    fn run(mut self, orders: &Receiver<Order>) -> Result<(), ArchiveError> {
        for order in orders {
            match order {
                Order::Rows(chunk) => self.take(chunk)?,
                Order::Flush(answer) => {
                    // Nobody waits any more only when the run was stopped.
                    let _ = answer.send(self.flush()?);
                }
            }
        }
        Ok(())
    }

    /// Closes every open segment; those closed since the last time.
    pub fn flush(&mut self) -> Result<Vec<Closed>, ArchiveError> {
        self.share_pending()?;
        while let Some((partition, segment)) = self.open.pop_first() {
            self.close(&[partition], segment)?;
        }
        Ok(std::mem::take(&mut self.closed))
    }

    /// Takes rows of one partition.
    pub fn take(&mut self, chunk: Chunk) -> Result<(), ArchiveError> {
        self.clock += 1;
        let partition = chunk.partition.clone();
        if let Some(segment) = self.open.get_mut(&partition) {
            segment.used = self.clock;
            segment.write(&chunk)?;
            return self.close_full(&partition);
        }
        let bytes = chunk.bytes();
        let pending = self.pending.entry(partition.clone()).or_default();
        pending.rows += chunk.batch.num_rows();
        pending.bytes += bytes;
        pending.chunks.push(chunk);
        self.pending_bytes += bytes;
        if pending.rows >= OWN_ROWS && !partition.is_open_end {
            self.open(&partition)?;
        }
        if self.pending_bytes > PENDING_BYTES {
            self.share_pending()
        } else {
            Ok(())
        }
    }

    /// Gives a partition a segment of its own.
    fn open(&mut self, partition: &Partition) -> Result<(), ArchiveError> {
        let Some(pending) = self.pending.remove(partition) else {
            return Ok(());
        };
        self.pending_bytes -= pending.bytes;
        let mut segment = OpenSegment {
            used: self.clock,
            ..OpenSegment::new(self.vault)?
        };
        for chunk in &pending.chunks {
            segment.write(chunk)?;
        }
        self.open.insert(partition.clone(), segment);
        self.close_full(partition)?;
        self.make_room()
    }

    fn close_full(&mut self, partition: &Partition) -> Result<(), ArchiveError> {
        if self.open.get(partition).is_some_and(OpenSegment::is_full)
            && let Some((partition, segment)) = self.open.remove_entry(partition)
        {
            self.close(&[partition], segment)?;
        }
        self.make_room()
    }

    /// Closes segments until the open ones fit: the one unused for longest where they are too many, the largest where
    /// they hold too much.
    fn make_room(&mut self) -> Result<(), ArchiveError> {
        loop {
            let held: u64 = self.open.values().map(|s| s.table.held()).sum();
            let next = if self.open.len() > OPEN_MOST {
                self.open.iter().min_by_key(|(_, s)| s.used)
            } else if held > self.budget {
                self.open.iter().max_by_key(|(_, s)| s.table.held())
            } else {
                return Ok(());
            };
            let Some(partition) = next.map(|(p, _)| p.clone()) else {
                return Ok(());
            };
            if let Some(segment) = self.open.remove(&partition) {
                self.close(&[partition], segment)?;
            }
        }
    }

    /// Writes what is too little for a segment of its own into shared ones, in the order of the partitions.
    fn share_pending(&mut self) -> Result<(), ArchiveError> {
        self.pending_bytes = 0;
        let mut shared: Option<(Vec<Partition>, OpenSegment)> = None;
        for (partition, pending) in std::mem::take(&mut self.pending) {
            let is_other = |(begun, _): &mut (Vec<Partition>, _)| {
                begun
                    .last()
                    .is_some_and(|p| p.is_open_end != partition.is_open_end)
            };
            if let Some((partitions, segment)) = shared.take_if(is_other) {
                self.close(&partitions, segment)?;
            }
            let (mut partitions, mut segment) = match shared.take() {
                Some(begun) => begun,
                None => (Vec::new(), OpenSegment::new(self.vault)?),
            };
            for chunk in &pending.chunks {
                segment.write(chunk)?;
            }
            partitions.push(partition);
            if segment.table.rows() >= SHARED_ROWS {
                self.close(&partitions, segment)?;
            } else {
                shared = Some((partitions, segment));
            }
        }
        match shared {
            Some((partitions, segment)) => self.close(&partitions, segment),
            None => Ok(()),
        }
    }

    /// Ends a segment and puts its two files into the vault.
    fn close(&mut self, partitions: &[Partition], segment: OpenSegment) -> Result<(), ArchiveError> {
        let Some(first) = partitions.first() else {
            return Ok(());
        };
        let months: BTreeSet<String> = partitions.iter().map(|p| p.month.to_string()).collect();
        let (entry, held) = segment.store(&label(first), json!(months), first.is_open_end)?;
        self.closed.push(Closed {
            partition: first.clone(),
            entry,
            rows: held.rows,
            bytes: held.bytes,
        });
        Ok(())
    }
}

fn label(partition: &Partition) -> String {
    format!("{} {}", partition.source, partition.month)
}

/// What the segment's detail document says: enough to decide without opening the file.
fn about(months: Value, summary: &SegmentSummary, is_open_end: bool) -> Value {
    let set = |values: &ValueSet| {
        if values.overflown {
            Value::Null
        } else {
            values.values.iter().cloned().collect::<Value>()
        }
    };
    let mut about = json!({
        "months": months,
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
    });
    if is_open_end {
        about[OPEN_END] = Value::Bool(true);
    }
    about
}
