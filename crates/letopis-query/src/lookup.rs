//! Events by their citation: for functions that meet an `event_id` outside a scan of the event table.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use arrow::array::{AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::{DataFusionError, Result as EngineResult};
use letopis_event::EventId;
use letopis_table::{RowView, SegmentReader};

use crate::condition::{Condition, Places, RecordTexts, text_columns};
use crate::error::QueryError;
use crate::original::OriginalText;
use crate::search::TextSearch;
use crate::segments::{SegmentChunks, Segments};
use crate::store::SegmentInfo;

/// Rows of segments whose places are kept at a time; one takes twelve bytes or so.
const MOST_ROWS: u64 = 4_000_000;

/// Answers by citation.
pub(crate) struct Lookup {
    segments: Arc<Segments>,
    originals: Arc<dyn OriginalText>,
    search: Arc<dyn TextSearch>,
    opened: Mutex<BTreeMap<usize, Arc<Opened>>>,
    last: Mutex<Option<(String, Arc<Condition>)>>,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "lookup over {:?}", self.segments)
    }
}

/// A segment with the places of its rows.
struct Opened {
    reader: SegmentReader<SegmentChunks>,
    /// Head of the object's digest → its rows' offsets, ascending, with their rows.
    places: HashMap<[u8; 10], Vec<(u64, u64)>>,
}

/// Where a citation leads.
type Found = Option<(usize, u64)>;

impl Lookup {
    pub(crate) fn new(
        segments: Arc<Segments>,
        originals: Arc<dyn OriginalText>,
        search: Arc<dyn TextSearch>,
    ) -> Self {
        Self {
            segments,
            originals,
            search,
            opened: Mutex::new(BTreeMap::new()),
            last: Mutex::new(None),
        }
    }

    /// Whether each cited event satisfies the query; no value for a citation of no event.
    pub(crate) fn matches(&self, ids: &[Option<&str>], query: &str) -> EngineResult<Vec<Option<bool>>> {
        self.matches_inner(ids, query).map_err(QueryError::into_engine)
    }

    fn matches_inner(&self, ids: &[Option<&str>], query: &str) -> Result<Vec<Option<bool>>, QueryError> {
        let condition = self.condition(query)?;
        let mut found: Vec<Option<bool>> = vec![None; ids.len()];
        let mut texts = RecordTexts::new(Arc::clone(&self.originals));
        for (segment, rows) in self.by_segment(ids)? {
            let info = self.info(segment)?;
            let ranges = self
                .search
                .candidates(&info.id, &condition.filter)
                .map_err(|source| search_error(query, source))?;
            for (_, asked) in &rows {
                for position in asked {
                    found[*position] = Some(false);
                }
            }
            let mut rows = rows;
            if let Some(ranges) = ranges {
                rows.retain(|(row, _)| {
                    let at = ranges.partition_point(|range| range.end <= *row);
                    ranges.get(at).is_some_and(|range| range.contains(row))
                });
            }
            let columns = condition.columns(true);
            self.read(segment, &columns, &rows, |batch, asked| {
                let test = condition.test(batch, &mut texts)?;
                for (row, positions) in asked.iter().enumerate() {
                    for position in positions.iter() {
                        found[*position] = Some(test.value(row));
                    }
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The text of each cited event; no value for a citation of no event.
    pub(crate) fn texts(&self, ids: &[Option<&str>]) -> EngineResult<Vec<Option<String>>> {
        self.texts_inner(ids).map_err(QueryError::into_engine)
    }

    fn texts_inner(&self, ids: &[Option<&str>]) -> Result<Vec<Option<String>>, QueryError> {
        let mut found = vec![None; ids.len()];
        let mut texts = RecordTexts::new(Arc::clone(&self.originals));
        let columns: Vec<String> = text_columns(true).map(str::to_owned).collect();
        for (segment, rows) in self.by_segment(ids)? {
            self.read(segment, &columns, &rows, |batch, asked| {
                let places = Places::of(batch);
                for ((number, row), positions) in RowView::all(batch).enumerate().zip(asked) {
                    let text = texts.text(&places, number, row)?;
                    for position in positions.iter() {
                        found[*position] = Some(text.to_owned());
                    }
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    fn condition(&self, query: &str) -> Result<Arc<Condition>, QueryError> {
        if let Ok(last) = self.last.lock()
            && let Some((known, condition)) = &*last
            && known == query
        {
            return Ok(Arc::clone(condition));
        }
        let filter = self
            .search
            .parse(query)
            .map_err(|source| search_error(query, source))?;
        let condition = Arc::new(Condition::new(&*self.search, filter, query.to_owned())?);
        if let Ok(mut last) = self.last.lock() {
            *last = Some((query.to_owned(), Arc::clone(&condition)));
        }
        Ok(condition)
    }

    fn info(&self, segment: usize) -> Result<&SegmentInfo, QueryError> {
        let missing = || QueryError::Statement(format!("there is no segment {segment}"));
        self.segments.list().get(segment).ok_or_else(missing)
    }

    /// Segment → its cited rows, ascending, each with the positions that ask for it.
    #[allow(clippy::type_complexity)] // A shape that only this file knows.
    fn by_segment(
        &self,
        ids: &[Option<&str>],
    ) -> Result<BTreeMap<usize, Vec<(u64, Vec<usize>)>>, QueryError> {
        let mut wanted: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for (position, id) in ids.iter().enumerate() {
            // A text that is no citation cites nothing.
            if let Some(Ok(id)) = id.map(str::parse::<EventId>) {
                wanted.entry(id).or_default().push(position);
            }
        }
        let mut rows: BTreeMap<usize, BTreeMap<u64, Vec<usize>>> = BTreeMap::new();
        let mut last: Found = None;
        for (id, positions) in wanted {
            let found = self.find(&id, last.map(|(segment, _)| segment))?;
            if let Some((segment, row)) = found {
                rows.entry(segment).or_default().insert(row, positions);
                last = found;
            }
        }
        Ok(rows
            .into_iter()
            .map(|(segment, rows)| (segment, rows.into_iter().collect()))
            .collect())
    }

    /// Where a citation leads; the segment of the one before is tried first.
    fn find(&self, id: &EventId, likely: Option<usize>) -> Result<Found, QueryError> {
        let others = (0..self.segments.list().len()).filter(|s| Some(*s) != likely);
        for segment in likely.into_iter().chain(others) {
            if !may_hold(self.info(segment)?, id) {
                continue;
            }
            let opened = self.opened(segment)?;
            if let Some(places) = opened.places.get(&id.object)
                && let Ok(at) = places.binary_search_by_key(&id.offset, |(offset, _)| *offset)
            {
                return Ok(places.get(at).map(|(_, row)| (segment, *row)));
            }
        }
        Ok(None)
    }

    fn opened(&self, segment: usize) -> Result<Arc<Opened>, QueryError> {
        if let Ok(opened) = self.opened.lock()
            && let Some(found) = opened.get(&segment)
        {
            return Ok(Arc::clone(found));
        }
        let info = self.info(segment)?;
        let refuse = |source: crate::error::BoxError| QueryError::Segment {
            segment: info.id.clone(),
            source,
        };
        let reader = SegmentReader::open(self.segments.open(segment)?).map_err(|e| refuse(Box::new(e)))?;
        let places = places(&reader).map_err(refuse)?;
        let found = Arc::new(Opened { reader, places });
        if let Ok(mut opened) = self.opened.lock() {
            let held = |opened: &BTreeMap<usize, Arc<Opened>>| -> u64 {
                opened.values().map(|o| o.reader.rows()).sum()
            };
            while !opened.is_empty() && held(&opened) + found.reader.rows() > MOST_ROWS {
                opened.pop_first();
            }
            opened.insert(segment, Arc::clone(&found));
        }
        Ok(found)
    }

    /// Reads rows of a segment and hands over each batch with the positions that ask for its rows.
    fn read(
        &self,
        segment: usize,
        columns: &[String],
        rows: &[(u64, Vec<usize>)],
        mut take: impl FnMut(&arrow::record_batch::RecordBatch, &[&Vec<usize>]) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let id = self.info(segment)?.id.clone();
        let refuse = |source: crate::error::BoxError| QueryError::Segment {
            segment: id.clone(),
            source,
        };
        let opened = self.opened(segment)?;
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let ranges = rows.iter().map(|(row, _)| *row..*row + 1);
        let batches = opened
            .reader
            .ranges(Some(&columns), ranges)
            .map_err(|e| refuse(Box::new(e)))?;
        let mut asked = rows.iter().map(|(_, positions)| positions);
        for batch in batches {
            let batch = batch.map_err(|e| refuse(Box::new(e)))?;
            let positions: Vec<&Vec<usize>> = asked.by_ref().take(batch.num_rows()).collect();
            if positions.len() != batch.num_rows() {
                return Err(refuse("it gave more rows than were asked for".into()));
            }
            take(&batch, &positions)?;
        }
        match asked.next() {
            None => Ok(()),
            Some(_) => Err(refuse("it gave fewer rows than were asked for".into())),
        }
    }
}

fn search_error(query: &str, source: crate::error::BoxError) -> QueryError {
    QueryError::Search {
        query: query.to_owned(),
        source,
    }
}

/// Whether the catalogue allows that a segment holds the event.
pub(crate) fn may_hold(info: &SegmentInfo, id: &EventId) -> bool {
    let Some(objects) = info.values.get("object") else {
        return true;
    };
    let head: String = id.to_string().chars().take(20).collect();
    objects
        .range(head.clone()..)
        .next()
        .is_some_and(|object| object.starts_with(&head))
}

#[allow(clippy::type_complexity)] // As in `Opened`.
fn places(
    reader: &SegmentReader<SegmentChunks>,
) -> Result<HashMap<[u8; 10], Vec<(u64, u64)>>, crate::error::BoxError> {
    let mut places: HashMap<[u8; 10], Vec<(u64, u64)>> = HashMap::new();
    let mut row = 0;
    for batch in reader.batches(Some(&["object", "byte_offset"]), None)? {
        let batch = batch?;
        let column = |name: &str| {
            let missing = || DataFusionError::Execution(format!("a segment has no column `{name}`"));
            batch.column_by_name(name).ok_or_else(missing)
        };
        let objects = cast(column("object")?, &DataType::Utf8)?;
        let objects = objects.as_string::<i32>();
        let offsets: &Int64Array = column("byte_offset")?
            .as_primitive_opt::<Int64Type>()
            .ok_or("`byte_offset` is not a 64-bit number")?;
        let mut last: Option<(&str, [u8; 10])> = None;
        for at in 0..batch.num_rows() {
            let object = objects.value(at);
            let head = match last {
                Some((known, head)) if known == object => head,
                _ => {
                    let digest: letopis_event::ObjectDigest = object.parse()?;
                    EventId::new(&digest, 0).object
                }
            };
            last = Some((object, head));
            let offset = u64::try_from(offsets.value(at))?;
            places.entry(head).or_default().push((offset, row));
            row += 1;
        }
    }
    #[allow(clippy::iter_over_hash_type)] // Each list is sorted on its own; no order leaves here.
    for list in places.values_mut() {
        list.sort_unstable();
    }
    Ok(places)
}
