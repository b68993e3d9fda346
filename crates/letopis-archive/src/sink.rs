//! From parsed events to chunks of rows: one batch and its searched texts for each source and month.

use std::sync::Arc;

use arrow::array::Array as _;
use arrow::record_batch::RecordBatch;
use letopis_event::{Category, EventBuf, EventSink, ObjectDigest, Origin, SinkError, Span, StructureKind};
use letopis_table::{BatchBuilder, RowContext};
use letopis_vault::TreeWriter;

use crate::attribution::{Attributed, Attribution};
use crate::month::{Month, MonthClock};

/// What a segment is cut by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    /// Source id.
    pub source: Arc<str>,
    /// Month of `time`.
    pub month: Month,
}

/// The searched texts of a batch, one a row.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// The texts in row order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            text
        })
    }
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
    /// Bytes that it holds in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.batch.get_array_memory_size() + self.texts.text.capacity()
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
}

/// Most partitions that one object keeps open: beyond it the oldest is handed over as it is.
const OPEN_MOST: usize = 32;
/// Sources of one object beyond which its rows are no longer kept apart by source: a log of ten thousand machines
/// would become as many batches of a row each. The `source` column says the same either way.
const SOURCES_MOST: usize = 12;
/// What stands for the source of a partition that holds many.
const MANY: &str = "*";

/// What a sink is made of.
pub(crate) struct SinkParts<'a> {
    pub object: ObjectDigest,
    pub ingested: i64,
    pub format_category: Option<Category>,
    pub attribution: Attribution<'a>,
    pub tree: Option<&'a mut TreeWriter>,
    pub start: u64,
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
        }
    }

    /// Hands over what is left and says how sources were found, and how many bytes were accounted for.
    pub fn finish(mut self) -> Result<(Vec<(String, u64)>, u64), SinkError> {
        while !self.open.is_empty() {
            self.close(0)?;
        }
        Ok((self.attribution.into_counts(), self.next))
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
            partition: Partition { source: id, month },
            rows: self.spare.0.pop().unwrap_or_default(),
            texts: Texts::default(),
        });
        self.current = self.open.len() - 1;
        Ok(())
    }

    fn close(&mut self, position: usize) -> Result<(), SinkError> {
        let mut open = self.open.remove(position);
        let batch = shrunk(open.rows.finish().map_err(|e| SinkError(Box::new(e)))?)?;
        self.spare.0.push(open.rows);
        self.current = 0;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        (self.send)(Chunk {
            partition: open.partition,
            batch,
            texts: open.texts,
        })
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
        self.choose(&source, month)?;
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
        if open.rows.is_full() {
            self.close(self.current)
        } else {
            Ok(())
        }
    }

    fn structure(&mut self, span: Span, _kind: StructureKind) -> Result<(), SinkError> {
        self.account(span)
    }
}
