//! From parsed events to chunks of rows: one batch and its searched texts for each source and month.

use std::sync::Arc;

use arrow::array::{Array as _, AsArray as _, Int64Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;
use letopis_event::{
    Category, EventBuf, EventSink, ObjectDigest, Origin, SinkError, Span, StructureKind, Text,
};
use letopis_table::{BATCH_BYTES, BatchBuilder, RowContext};
use letopis_vault::TreeWriter;

use crate::attribution::{Attributed, Attribution};
use crate::month::{Month, MonthClock};
use crate::repeats::Repeats;
use crate::texts::Texts;

/// What a segment is cut by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    /// Whether its rows stand after the last complete record of a file that may grow: they share small segments, so
    /// that giving way to the whole record costs next to nothing.
    pub is_open_end: bool,
    /// Source id.
    pub source: Arc<str>,
    /// Month of `time`.
    pub month: Month,
}

/// Rows on their way to a segment.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Which segment.
    pub partition: Partition,
    /// The rows.
    pub batch: RecordBatch,
    /// Their searched texts.
    pub texts: Texts,
}

impl Chunk {
    /// The rows of records from byte `from` on, if there are some; the others stay.
    fn split_off(&mut self, from: u64) -> Result<Option<Self>, SinkError> {
        let offsets = self.batch.column_by_name("byte_offset");
        let offsets = offsets.and_then(|c| c.as_primitive_opt::<Int64Type>());
        let row = offsets.map_or(0, |o| {
            o.values().partition_point(|offset| (*offset as u64) < from)
        });
        let rows = self.batch.num_rows();
        if row == rows {
            return Ok(None);
        }
        // Copied, not sliced: a slice of one row would hold the memory of all.
        let numbers: Int64Array = (row as i64..rows as i64).collect::<Vec<_>>().into();
        let batch = take_record_batch(&self.batch, &numbers).map_err(|e| SinkError(Box::new(e)))?;
        let tail = Self {
            partition: Partition {
                is_open_end: true,
                ..self.partition.clone()
            },
            batch,
            texts: self.texts.split_off(row),
        };
        self.batch = self.batch.slice(0, row);
        Ok(Some(tail))
    }

    /// Bytes that it holds in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.batch.get_array_memory_size() + self.texts.room()
    }
}

/// Builders that objects use one after the other: making them costs more than a small file.
#[derive(Default)]
pub(crate) struct Builders(Vec<BatchBuilder>);

struct Open {
    partition: Partition,
    rows: BatchBuilder,
    texts: Texts,
}

/// Where chunks go; an error stops the reading.
pub(crate) type Send<'a> = dyn FnMut(Chunk) -> Result<(), SinkError> + 'a;

/// Takes the events of one object.
pub(crate) struct RowSink<'a> {
    object: ObjectDigest,
    ingested: i64,
    format_category: Option<Category>,
    attribution: Attribution<'a>,
    tree: Option<&'a mut TreeWriter>,
    months: MonthClock,
    open: Vec<Open>,
    current: usize,
    spare: &'a mut Builders,
    send: &'a mut Send<'a>,
    /// Sources seen, up to one more than are kept apart.
    sources: Vec<Arc<str>>,
    many: Arc<str>,
    /// First byte that no event and no structure has named yet.
    next: u64,
    superseded_from: u64,
    repeats: Option<Repeats>,
    /// Bytes that the texts of a full batch took last.
    expected: usize,
}

/// Most partitions that one object keeps open: beyond it the oldest is handed over as it is.
const OPEN_MOST: usize = 32;
/// Sources of one object beyond which its rows are no longer kept apart by source: a log of ten thousand machines
/// would become as many batches of a row each. The `source` column says the same either way.
const SOURCES_MOST: usize = 12;
/// What stands for the source of a partition that holds many.
pub(crate) const MANY: &str = "*";

/// What a sink is made of.
pub(crate) struct SinkParts<'a> {
    pub object: ObjectDigest,
    pub ingested: i64,
    pub format_category: Option<Category>,
    pub attribution: Attribution<'a>,
    pub tree: Option<&'a mut TreeWriter>,
    pub start: u64,
    /// First byte whose records get no rows: a later part of the file holds them whole.
    pub superseded_from: u64,
    /// Records that have a row already.
    pub repeats: Option<Repeats>,
}

/// What a sink says at its end.
pub(crate) struct Ended {
    /// How sources were found: rule and number of records.
    pub attribution: Vec<(String, u64)>,
    /// Bytes that were accounted for.
    pub accounted: u64,
    /// What was given, with its counts.
    pub repeats: Option<Repeats>,
}

impl<'a> RowSink<'a> {
    pub fn new(parts: SinkParts<'a>, spare: &'a mut Builders, send: &'a mut Send<'a>) -> Self {
        Self {
            object: parts.object,
            ingested: parts.ingested,
            format_category: parts.format_category,
            attribution: parts.attribution,
            tree: parts.tree,
            months: MonthClock::new(parts.ingested),
            open: Vec::new(),
            current: 0,
            spare,
            send,
            sources: Vec::new(),
            many: Arc::from(MANY),
            next: parts.start,
            superseded_from: parts.superseded_from,
            repeats: parts.repeats,
            expected: 0,
        }
    }

    /// Hands over what is left, the rows from `open_end` on apart.
    pub fn finish(mut self, open_end: Option<u64>) -> Result<Ended, SinkError> {
        while !self.open.is_empty() {
            if let Some(mut chunk) = self.take(0)? {
                let tail = open_end.map(|from| chunk.split_off(from)).transpose()?.flatten();
                self.hand_over(chunk)?;
                if let Some(tail) = tail {
                    (self.send)(tail)?;
                }
            }
        }
        Ok(Ended {
            attribution: self.attribution.into_counts(),
            accounted: self.next,
            repeats: self.repeats,
        })
    }

    /// Every byte must come once and in order: a parser that skips or repeats bytes is stopped here, before its
    /// reconciliation can claim otherwise.
    fn account(&mut self, span: Span) -> Result<(), SinkError> {
        if span.offset != self.next {
            let text = format!(
                "the reader of object {} accounted for byte {} where byte {} was due",
                self.object, span.offset, self.next
            );
            return Err(SinkError(text.into()));
        }
        self.next = span.end();
        Ok(())
    }

    fn choose(&mut self, source: &Attributed, month: Month) -> Result<(), SinkError> {
        if self.sources.len() <= SOURCES_MOST && !self.sources.contains(&source.id) {
            self.sources.push(Arc::clone(&source.id));
        }
        let id = if self.sources.len() > SOURCES_MOST {
            &self.many
        } else {
            &source.id
        };
        let is = |open: &Open| open.partition.month == month && open.partition.source == *id;
        if self.open.get(self.current).is_some_and(is) {
            return Ok(());
        }
        if let Some(found) = self.open.iter().position(is) {
            self.current = found;
            return Ok(());
        }
        let id = Arc::clone(id);
        if self.open.len() >= OPEN_MOST {
            self.close(0)?;
        }
        self.open.push(Open {
            partition: Partition {
                is_open_end: false,
                source: id,
                month,
            },
            rows: self.spare.0.pop().unwrap_or_default(),
            texts: Texts::with_room(self.expected),
        });
        self.current = self.open.len() - 1;
        Ok(())
    }

    fn close(&mut self, position: usize) -> Result<(), SinkError> {
        match self.take(position)? {
            Some(chunk) => self.hand_over(chunk),
            None => Ok(()),
        }
    }

    /// What was gathered for an open partition.
    fn take(&mut self, position: usize) -> Result<Option<Chunk>, SinkError> {
        let mut open = self.open.remove(position);
        let batch = open.rows.finish().map_err(|e| SinkError(Box::new(e)))?;
        self.spare.0.push(open.rows);
        self.current = 0;
        Ok((batch.num_rows() > 0).then_some(Chunk {
            partition: open.partition,
            batch,
            texts: open.texts,
        }))
    }

    fn hand_over(&mut self, mut chunk: Chunk) -> Result<(), SinkError> {
        if chunk.batch.num_rows() == 0 {
            return Ok(());
        }
        chunk.batch = shrunk(chunk.batch)?;
        (self.send)(chunk)
    }
}

/// The batch without the room that its builders kept for more rows: many small ones may wait together.
fn shrunk(batch: RecordBatch) -> Result<RecordBatch, SinkError> {
    let (schema, mut columns, _) = batch.into_parts();
    for column in &mut columns {
        column.shrink_to_fit();
    }
    RecordBatch::try_new(schema, columns).map_err(|e| SinkError(Box::new(e)))
}

impl EventSink for RowSink<'_> {
    fn event(&mut self, origin: &Origin<'_>, event: &EventBuf) -> Result<(), SinkError> {
        self.account(origin.span)?;
        if let Some(tree) = &mut self.tree {
            tree.record(origin.span.offset, origin.bytes)
                .map_err(|e| SinkError(Box::new(e)))?;
        }
        let source = self.attribution.source_of(event).clone();
        let month = self.months.month_of(event.time.micros);
        if origin.span.offset >= self.superseded_from {
            return Ok(());
        }
        if let Some(repeats) = &mut self.repeats {
            let is_recovered = event.get(Text::Status) == Some("recovered");
            if repeats.is_repeated(origin.bytes, is_recovered) {
                return Ok(());
            }
        }
        self.choose(&source, month)?;
        // Full ones are handed over when the next row comes: the last rows of an object are then still here at its end.
        // What is searched can be long where no column is: parts of a huge record stand in the original only.
        let bytes = self.open[self.current].texts.bytes();
        if self.open[self.current].rows.is_full() || bytes >= BATCH_BYTES {
            self.expected = bytes + bytes / 16;
            self.close(self.current)?;
            self.choose(&source, month)?;
        }
        let context = RowContext {
            object: &self.object,
            source: &source.id,
            ingested: self.ingested,
            format_category: self.format_category,
            source_category: source.category,
        };
        let open = &mut self.open[self.current];
        open.rows
            .append(&context, origin, event)
            .map_err(|e| SinkError(Box::new(e)))?;
        open.texts.push(origin.text);
        Ok(())
    }

    fn structure(&mut self, span: Span, _kind: StructureKind) -> Result<(), SinkError> {
        self.account(span)
    }
}
