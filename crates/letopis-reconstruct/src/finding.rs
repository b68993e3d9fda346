//! The search language and the indexes, as the query room wants them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use letopis_event::{Filter, Zone};
use letopis_query::{BoxError, ByteScreen, RowMatcher, TextSearch};
use letopis_search::{Candidates, Matcher, Row, Screen, SegmentIndex};
use letopis_table::RowView;
use letopis_vault::{SegmentPart, Vault};

/// Search over the indexes of an archive.
#[derive(Debug)]
pub(crate) struct IndexSearch {
    vault: Vault,
    zone: Zone,
    /// Whether the indexes are asked at all (`--no-index` reads everything).
    use_index: bool,
    open: Mutex<HashMap<String, Arc<SegmentIndex>>>,
}

impl IndexSearch {
    pub fn new(vault: &Vault, zone: Zone, use_index: bool) -> Self {
        Self {
            vault: vault.clone(),
            zone,
            use_index,
            open: Mutex::default(),
        }
    }

    fn index(&self, segment: &str) -> Result<Option<Arc<SegmentIndex>>, BoxError> {
        if let Some(open) = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(segment)
        {
            return Ok(Some(Arc::clone(open)));
        }
        let file = match self.vault.segment_file(segment, SegmentPart::Index) {
            Ok(file) => file,
            // A segment without an index is read whole; `verify` tells whether it should have one.
            Err(error) if error.is_missing() => return Ok(None),
            Err(letopis_vault::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let index = Arc::new(SegmentIndex::open(Arc::from(file.read_all()?))?);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(segment.to_owned(), Arc::clone(&index));
        Ok(Some(index))
    }

    /// Where matching rows of a segment can stand; `None` where the index is not asked.
    pub fn narrow(&self, segment: &str, filter: &Filter) -> Result<Option<Candidates>, BoxError> {
        if !self.use_index {
            return Ok(None);
        }
        match self.index(segment)? {
            Some(index) => Ok(Some(index.candidates(filter)?)),
            None => Ok(None),
        }
    }
}

impl TextSearch for IndexSearch {
    fn parse(&self, query: &str) -> Result<Filter, BoxError> {
        Ok(letopis_search::parse(query, self.zone)?)
    }

    fn candidates(&self, segment: &str, filter: &Filter) -> Result<Option<Vec<Range<u64>>>, BoxError> {
        Ok(self.narrow(segment, filter)?.map(|c| c.blocks.ranges().collect()))
    }

    fn matcher(&self, filter: &Filter) -> Result<Box<dyn RowMatcher>, BoxError> {
        Ok(Box::new(Exact(Matcher::new(filter)?)))
    }
}

struct Exact(Matcher);

impl RowMatcher for Exact {
    fn needs_text(&self) -> bool {
        self.0.needs_text()
    }

    fn columns(&self) -> Vec<String> {
        self.0.columns().to_vec()
    }

    fn screen(&self) -> Option<Box<dyn ByteScreen>> {
        let screen = self.0.screen()?;
        Some(Box::new(Bytes(screen)))
    }

    fn matches(&self, text: &str, row: RowView<'_>) -> Result<bool, BoxError> {
        Ok(self.0.matches(text, &TableRow(row)))
    }
}

struct Bytes(Screen);

impl ByteScreen for Bytes {
    fn places(&self, bytes: &[u8], most: usize, places: &mut Vec<u32>) -> bool {
        self.0.places(bytes, most, places)
    }
}

/// A row of the table as the matcher reads it.
struct TableRow<'a>(RowView<'a>);

impl Row for TableRow<'_> {
    fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        self.0.display(column)
    }

    fn number(&self, column: &str) -> Option<i64> {
        self.0.number(column)
    }

    fn time(&self, column: &str) -> Option<i64> {
        self.0.time(column)
    }

    fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.attr(name).map(Cow::Borrowed)
    }
}
