//! Many small segments to few good ones: what daily intakes leave is joined by month, and parted by source where a
//! source has enough rows for a segment of its own.
//!
//! Segments are derived: rows are carried over as they are, only the index is made again from the originals. Objects,
//! trees, proofs and citations are not touched. A segment is checked against the ledger before anything is made of it,
//! so that damage is found and not passed on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use arrow::array::UInt32Array;
use arrow::compute::{concat_batches, take_record_batch};
use arrow::record_batch::RecordBatch;
use crossbeam_channel::bounded;
use letopis_table::ColumnView;
use letopis_vault::{NewEntry, Receipt, SegmentInfo, Vault, VaultWriter};
use serde_json::{Value, json};

use crate::error::{ArchiveError, Result};
use crate::lanes::{Lane, OPEN_BYTES, OpenSegment, SEGMENT_BYTES, SEGMENT_ROWS, SHARED_ROWS};
use crate::month::{Month, MonthClock};
use crate::sink::{Chunk, MANY, Partition};
use crate::supersede::{is_open_end, open_checked, retire};
use crate::texts::{TextReader, Texts};

/// Rows of a source in a month at which it gets a segment of its own; fewer stand with those of other sources.
const OWN_ROWS: u64 = 131_072;
/// A segment joins others only when it has no more than so many times the rows of all smaller ones: what is large
/// already is not written anew for a day's worth of rows. Of n segments about log₄(n) stay.
const MOST_TIMES: u64 = 3;
/// Segments over several months that are worth parting: fewer may be what parting left.
const MIXED_FEWEST: usize = 4;
/// Rounds of one run: what is parted in one may be joined with others in the next.
const ROUNDS: usize = 3;
/// Bytes of new segments at which they are committed.
const COMMIT_BYTES: u64 = 256 << 20;
/// Rows and bytes that are gathered before they are encoded: encodings are chosen by the first rows of a row group.
const GATHER_ROWS: usize = 32_768;
const GATHER_BYTES: usize = 64 << 20;

/// How segments are joined.
#[derive(Clone, Debug, Default)]
pub struct CompactOptions {
    /// This program and its version.
    pub program: String,
    /// The present, microseconds since 1970 UTC.
    pub now: i64,
    /// Threads; 0 takes the number of processors.
    pub threads: usize,
}

/// What joining segments would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Live segments.
    pub segments: u64,
    /// Those that would be joined.
    pub joined: u64,
    /// Rows in them.
    pub rows: u64,
    /// Bytes of their files.
    pub bytes: u64,
}

/// What joining segments did.
#[derive(Clone, Debug)]
pub struct Compaction {
    /// Live segments before.
    pub before: u64,
    /// Live segments now.
    pub after: u64,
    /// Segments that were retired, those that were made and retired on the way included.
    pub retired: u64,
    /// Segments made.
    pub made: u64,
    /// Rows written anew.
    pub rows: u64,
    /// State of the ledger afterwards; none where there was nothing to join.
    pub receipt: Option<Receipt>,
}

/// What [`compact`] would do in its first round.
///
/// # Errors
/// When the ledger's documents cannot be read.
pub fn planned(vault: &Vault) -> Result<Planned> {
    let segments = vault.segments()?;
    let mut planned = Planned {
        segments: segments.len() as u64,
        ..Planned::default()
    };
    for segment in plan(segments).iter().flat_map(|group| &group.segments) {
        planned.joined += 1;
        planned.rows += segment.rows;
        planned.bytes += segment.parquet_bytes + segment.index_bytes.unwrap_or(0);
    }
    Ok(planned)
}

/// Joins small segments. Each group is committed as a whole: a run that is cut off leaves what it has committed, and
/// the rest as it was. `progress` is told bytes done and bytes in all of a round.
///
/// # Errors
/// When a segment is not what the ledger says, an original cannot be read, or the archive cannot be written.
pub fn compact(
    vault: &VaultWriter,
    options: &CompactOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Compaction> {
    let mut done = Compaction {
        before: vault.vault().segments()?.len() as u64,
        after: 0,
        retired: 0,
        made: 0,
        rows: 0,
        receipt: None,
    };
    for _ in 0..ROUNDS {
        let view = vault.vault();
        let groups = plan(view.segments()?);
        if groups.is_empty() {
            break;
        }
        round(vault, &view, &groups, options, progress, &mut done)?;
    }
    done.after = done.before + done.made - done.retired;
    Ok(done)
}

/// Segments that are joined with each other.
#[derive(Debug)]
struct Group {
    segments: Vec<SegmentInfo>,
    way: Way,
}

/// What becomes of the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They stand one after the other.
    Join,
    /// The same, and they stay apart from rows that are there for good.
    JoinOpenEnds,
    /// They are parted by source and month.
    Part,
}

/// The one value of a list in a segment's document.
fn only<'s>(segment: &'s SegmentInfo, list: &str) -> Option<&'s str> {
    match segment.about.as_ref()?.get(list)?.as_array()?.as_slice() {
        [value] => value.as_str(),
        _ => None,
    }
}

/// Groups worth joining.
fn plan(segments: &[SegmentInfo]) -> Vec<Group> {
    let is_small = |s: &&SegmentInfo| s.rows < SEGMENT_ROWS / 2 && s.parquet_bytes < SEGMENT_BYTES / 2;
    // By format too, where a segment has one only: who asks for one opens no other.
    let mut own: BTreeMap<(&str, &str, Option<&str>), Vec<&SegmentInfo>> = BTreeMap::new();
    let mut by_month: BTreeMap<&str, Vec<&SegmentInfo>> = BTreeMap::new();
    let (mut mixed, mut open_ends) = (Vec::new(), Vec::new());
    for segment in segments {
        match (only(segment, "sources"), only(segment, "months")) {
            _ if is_open_end(segment) => open_ends.push(segment),
            (Some(source), Some(month)) => {
                let key = (source, month, only(segment, "formats"));
                own.entry(key).or_default().push(segment);
            }
            (None, Some(month)) => by_month.entry(month).or_default().push(segment),
            (_, None) => mixed.push(segment),
        }
    }
    let mut groups = Vec::new();
    let mut add = |chosen: Vec<&SegmentInfo>, fewest: usize, way| {
        if chosen.len() >= fewest {
            groups.push(Group {
                segments: chosen.into_iter().cloned().collect(),
                way,
            });
        }
    };
    for ((_, month, _), segments) in own {
        let rows: u64 = segments.iter().map(|s| s.rows).sum();
        let small = segments.into_iter().filter(is_small);
        if rows >= OWN_ROWS {
            add(choose(small.collect()), 2, Way::Join);
        } else {
            by_month.entry(month).or_default().extend(small);
        }
    }
    for segments in by_month.into_values() {
        let chosen = choose(segments.into_iter().filter(is_small).collect());
        let way = match chosen.iter().all(|s| only(s, "sources").is_some()) {
            true => Way::Join,
            false => Way::Part,
        };
        add(chosen, 2, way);
    }
    let is_partial = |s: &&SegmentInfo| s.rows < SHARED_ROWS;
    add(
        choose(mixed.into_iter().filter(is_partial).collect()),
        MIXED_FEWEST,
        Way::Part,
    );
    add(
        choose(open_ends.into_iter().filter(is_partial).collect()),
        2,
        Way::JoinOpenEnds,
    );
    groups
}

/// Leaves out the largest as long as they are too large to be worth writing anew; the order stays.
fn choose(mut segments: Vec<&SegmentInfo>) -> Vec<&SegmentInfo> {
    let mut sizes: Vec<u64> = segments.iter().map(|s| s.rows).collect();
    sizes.sort_unstable();
    let mut rest: u64 = sizes.iter().sum();
    while let Some(largest) = sizes.pop() {
        rest -= largest;
        if largest <= MOST_TIMES.saturating_mul(rest) {
            segments.retain(|s| s.rows <= largest);
            return segments;
        }
    }
    Vec::new()
}

/// What came of a group.
struct Joined {
    entries: Vec<NewEntry>,
    retired: Vec<String>,
    rows: u64,
    /// Bytes of Parquet that were read.
    read: u64,
    /// Bytes of Parquet that were written.
    bytes: u64,
}

/// Works on groups, several at a time, and commits what is done.
fn round(
    vault: &VaultWriter,
    view: &Vault,
    groups: &[Group],
    options: &CompactOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
    done: &mut Compaction,
) -> Result<()> {
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let total = groups
        .iter()
        .flat_map(|g| &g.segments)
        .map(|s| s.parquet_bytes)
        .sum();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = bounded(threads);
        for _ in 0..threads.min(groups.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let joined = join(vault, view, group, OPEN_BYTES / threads as u64);
                    let failed = joined.is_err();
                    // Nobody listens any more only after an error.
                    if sender.send(joined).is_err() || failed {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut read = 0;
        let mut staged: Vec<Joined> = Vec::new();
        for joined in receiver {
            let joined = joined?;
            read += joined.read;
            progress(read, total);
            staged.push(joined);
            if staged.iter().map(|j| j.bytes).sum::<u64>() >= COMMIT_BYTES {
                commit(vault, &mut staged, options, done)?;
            }
        }
        commit(vault, &mut staged, options, done)
    })
}

fn commit(
    vault: &VaultWriter,
    staged: &mut Vec<Joined>,
    options: &CompactOptions,
    done: &mut Compaction,
) -> Result<()> {
    let staged = std::mem::take(staged);
    if staged.is_empty() {
        return Ok(());
    }
    let (mut entries, mut retired, mut rows) = (Vec::new(), Vec::new(), 0);
    for joined in staged {
        entries.extend(joined.entries);
        retired.extend(joined.retired);
        rows += joined.rows;
    }
    let made = entries.len() as u64;
    let about = json!({ "why": "small segments were joined", "program": options.program, "rows": rows });
    let mut lines = retire(&retired, &about);
    lines.extend(entries);
    done.receipt = Some(vault.commit(lines, options.now)?);
    done.retired += retired.len() as u64;
    done.made += made;
    done.rows += rows;
    Ok(())
}

fn join(vault: &VaultWriter, view: &Vault, group: &Group, budget: u64) -> Result<Joined> {
    let mut joined = Joined {
        entries: Vec::new(),
        retired: group.segments.iter().map(|s| s.id.clone()).collect(),
        rows: 0,
        read: group.segments.iter().map(|s| s.parquet_bytes).sum(),
        bytes: 0,
    };
    match group.way {
        Way::Part => part(vault, view, group, budget, &mut joined)?,
        Way::Join | Way::JoinOpenEnds => in_a_row(vault, view, group, &mut joined)?,
    }
    let expected = group.segments.iter().map(|s| s.rows).sum();
    if joined.rows != expected {
        return Err(ArchiveError::Joined {
            expected,
            found: joined.rows,
        });
    }
    Ok(joined)
}

/// Writes the rows of a group one after the other.
fn in_a_row(vault: &VaultWriter, view: &Vault, group: &Group, joined: &mut Joined) -> Result<()> {
    let is_open_end = group.way == Way::JoinOpenEnds;
    let mut months: Vec<&str> = Vec::new();
    for segment in &group.segments {
        let about = segment
            .about
            .as_ref()
            .and_then(|about| about["months"].as_array());
        months.extend(about.into_iter().flatten().filter_map(Value::as_str));
    }
    months.sort_unstable();
    months.dedup();
    let mut close = |open: OpenSegment| -> Result<()> {
        let (entry, held) = open.store("joined segments", json!(months), is_open_end)?;
        joined.entries.push(entry);
        joined.rows += held.rows;
        joined.bytes += held.bytes;
        Ok(())
    };
    let mut texts = TextReader::new(view);
    let mut open: Option<OpenSegment> = None;
    let mut write = |rows: &RecordBatch| -> Result<()> {
        let mut segment = match open.take() {
            Some(segment) => segment,
            None => OpenSegment::new(vault)?,
        };
        segment.write_rows(rows, texts.of(rows)?.iter())?;
        if segment.is_full() || (is_open_end && segment.rows() >= SHARED_ROWS) {
            return close(segment);
        }
        open = Some(segment);
        Ok(())
    };
    let mut gathered = Gathered::default();
    for segment in &group.segments {
        for batch in batches(view, segment, None)? {
            if let Some(rows) = gathered.add(batch?)? {
                write(&rows)?;
            }
        }
    }
    if let Some(rows) = gathered.take()? {
        write(&rows)?;
    }
    open.map_or(Ok(()), close)
}

/// Writes the rows of a group to segments of their source and month, or to those of many sources where they are few.
fn part(vault: &VaultWriter, view: &Vault, group: &Group, budget: u64, joined: &mut Joined) -> Result<()> {
    let mut counts: HashMap<(Arc<str>, Month), u64> = HashMap::new();
    for segment in &group.segments {
        let mut months = Months::of(segment);
        if let (Some(source), Some(month)) = (only(segment, "sources"), months.only) {
            *counts.entry((Arc::from(source), month)).or_default() += segment.rows;
            continue;
        }
        for batch in batches(view, segment, Some(&["time", "ingested", "source"]))? {
            for key in months.of_rows(&batch?) {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    let many: Arc<str> = Arc::from(MANY);
    let mut lane = Lane::new(vault, budget);
    let mut texts = TextReader::new(view);
    let mut give = |rows: &RecordBatch, of: &[(Arc<str>, Month)]| -> Result<()> {
        let read = texts.of(rows)?;
        let read: Vec<&str> = read.iter().collect();
        let mut parts: BTreeMap<Partition, Vec<u32>> = BTreeMap::new();
        for (row, key) in of.iter().enumerate() {
            let has_own = counts.get(key).is_some_and(|count| *count >= OWN_ROWS);
            let partition = Partition {
                is_open_end: false,
                source: Arc::clone(if has_own { &key.0 } else { &many }),
                month: key.1,
            };
            parts.entry(partition).or_default().push(row as u32);
        }
        for (partition, rows_of) in parts {
            let mut texts = Texts::default();
            for row in &rows_of {
                texts.push(read.get(*row as usize).copied().unwrap_or_default());
            }
            lane.take(Chunk {
                partition,
                batch: take_record_batch(rows, &UInt32Array::from(rows_of))?,
                texts,
            })?;
        }
        Ok(())
    };
    let mut gathered = Gathered::default();
    let mut keys = Vec::new();
    for segment in &group.segments {
        let mut months = Months::of(segment);
        for batch in batches(view, segment, None)? {
            let batch = batch?;
            keys.extend(months.of_rows(&batch));
            if let Some(rows) = gathered.add(batch)? {
                give(&rows, &keys)?;
                keys.clear();
            }
        }
    }
    if let Some(rows) = gathered.take()? {
        give(&rows, &keys)?;
    }
    for closed in lane.flush()? {
        joined.entries.push(closed.entry);
        joined.rows += closed.rows;
        joined.bytes += closed.bytes;
    }
    Ok(())
}

/// The rows of a segment that is what the ledger says.
fn batches(
    view: &Vault,
    segment: &SegmentInfo,
    columns: Option<&[&str]>,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    let batches = open_checked(view, segment)?.batches(columns, None)?;
    Ok(batches.map(|batch| Ok(batch?)))
}

/// Batches that wait until there are enough rows to encode.
#[derive(Default)]
struct Gathered {
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Gathered {
    /// Adds a batch; all that was gathered, where that is enough.
    fn add(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
        if self.rows >= GATHER_ROWS || self.bytes >= GATHER_BYTES {
            self.take()
        } else {
            Ok(None)
        }
    }

    fn take(&mut self) -> Result<Option<RecordBatch>> {
        let Self { batches, .. } = std::mem::take(self);
        let Some(first) = batches.first() else {
            return Ok(None);
        };
        Ok(Some(concat_batches(&first.schema(), &batches)?))
    }
}

/// Says of the rows of one segment which source and month they belong to.
struct Months {
    /// The month of all of them, where the segment has one only.
    only: Option<Month>,
    clock: MonthClock,
    ingested: i64,
    source: Arc<str>,
}

impl Months {
    fn of(segment: &SegmentInfo) -> Self {
        Self {
            only: only(segment, "months").and_then(Month::parse),
            clock: MonthClock::new(i64::MIN),
            ingested: i64::MIN,
            source: Arc::from(""),
        }
    }

    fn of_rows(&mut self, batch: &RecordBatch) -> Vec<(Arc<str>, Month)> {
        let [times, ingested, sources] =
            ["time", "ingested", "source"].map(|name| ColumnView::new(batch, name));
        let mut keys = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let source = sources.text(row).unwrap_or_default();
            if *self.source != *source {
                self.source = Arc::from(source);
            }
            let month = self.only.unwrap_or_else(|| {
                let ingested = ingested.time(row).unwrap_or(i64::MAX);
                if self.ingested != ingested {
                    self.ingested = ingested;
                    self.clock = MonthClock::new(ingested);
                }
                self.clock.month_of(times.time(row))
            });
            keys.push((Arc::clone(&self.source), month));
        }
        keys
    }
}
