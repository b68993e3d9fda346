//! A search made ready to test rows: which columns it needs, where the text of a row comes from.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::BooleanArray;
use arrow::record_batch::RecordBatch;
use letopis_event::{Encoding, Filter, ObjectDigest, Span, Text};
use letopis_table::{ColumnView, RowView};

use crate::error::{BoxError, QueryError};
use crate::original::{OriginalReader, OriginalText, RecordPlace};
use crate::screening::{Recent, Screening};
use crate::search::{RowMatcher, TextSearch};

/// Columns that say where a record lies.
pub(crate) const PLACE: [&str; 4] = ["object", "byte_offset", "byte_length", "encoding"];

/// The encoding of records whose text is rendered from columns.
pub(crate) const BINARY: &str = "binary";

/// A filter with its exact test.
pub(crate) struct Condition {
    pub(crate) filter: Filter,
    matcher: Box<dyn RowMatcher>,
    screening: Option<Screening>,
    /// For error messages and plans.
    query: String,
    /// Records whose text passed an early test and was not asked about since.
    passed: Mutex<HashSet<(ObjectDigest, u64)>>,
}

/// Most records that are remembered at a time; others are tested once more.
const PASSED_MOST: usize = 1 << 19;

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "matches({})", self.query)
    }
}

impl Condition {
    pub(crate) fn new(search: &dyn TextSearch, filter: Filter, query: String) -> Result<Self, QueryError> {
        let matcher = search.matcher(&filter).map_err(|source| QueryError::Search {
            query: query.clone(),
            source,
        })?;
        Ok(Self {
            filter,
            screening: matcher.screen().map(Screening::new),
            matcher,
            query,
            passed: Mutex::default(),
        })
    }

    /// Columns that a test reads; more of them where binary records may be met.
    pub(crate) fn columns(&self, binary: bool) -> Vec<String> {
        let mut columns = self.matcher.columns();
        if self.matcher.needs_text() {
            columns.extend(text_columns(binary).map(str::to_owned));
        }
        columns.sort();
        columns.dedup();
        columns
    }

    pub(crate) fn needs_text(&self) -> bool {
        self.matcher.needs_text()
    }

    /// Which rows satisfy the condition. Those that pass for their text are remembered: [`Condition::test`] takes their
    /// word, and the originals may keep them for the answer, since reading them again costs more than all else.
    pub(crate) fn test_early(
        &self,
        batch: &RecordBatch,
        texts: &mut RecordTexts,
    ) -> Result<BooleanArray, QueryError> {
        let found = self.test_rows(batch, texts, &[])?;
        if self.matcher.needs_text() {
            let places = Places::of(batch);
            let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
            for number in found.values().set_indices() {
                if passed.len() < PASSED_MOST
                    && let Some((object, record)) = places.record(number)
                    && let Ok(object) = texts.digest(object)
                {
                    passed.insert((object, record.offset));
                    texts.keep(object, record, places.encoding.text(number));
                }
            }
        }
        Ok(found)
    }

    /// Which rows satisfy the condition.
    pub(crate) fn test(
        &self,
        batch: &RecordBatch,
        texts: &mut RecordTexts,
    ) -> Result<BooleanArray, QueryError> {
        let mut known = Vec::new();
        if self.matcher.needs_text() {
            let places = Places::of(batch);
            let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
            // Without an early test there are none, and to look for one costs more than the rest.
            if !passed.is_empty() {
                known.extend((0..batch.num_rows()).map(|number| {
                    let record = places.record(number);
                    let record =
                        record.and_then(|(object, record)| Some((texts.digest(object).ok()?, record.offset)));
                    record.is_some_and(|record| passed.remove(&record))
                }));
            }
        }
        self.test_rows(batch, texts, &known)
    }

    fn test_rows(
        &self,
        batch: &RecordBatch,
        texts: &mut RecordTexts,
        known: &[bool],
    ) -> Result<BooleanArray, QueryError> {
        let mut found = Vec::with_capacity(batch.num_rows());
        let places = Places::of(batch);
        for (number, row) in RowView::all(batch).enumerate() {
            if known.get(number) == Some(&true) {
                found.push(true);
                continue;
            }
            if let Some(screening) = &self.screening
                && texts.excluded(screening, &places, number)
            {
                found.push(false);
                continue;
            }
            let text = if self.matcher.needs_text() {
                texts.text(&places, number, row)?
            } else {
                ""
            };
            let matched = self
                .matcher
                .matches(text, row)
                .map_err(|source| QueryError::Search {
                    query: self.query.clone(),
                    source,
                })?;
            found.push(matched);
        }
        Ok(BooleanArray::from(found))
    }
}

/// Columns that the text of a record is read or rendered from.
pub(crate) fn text_columns(binary: bool) -> impl Iterator<Item = &'static str> {
    let rendered = Text::ALL.iter().map(|t| t.column()).chain(["attrs"]);
    PLACE.into_iter().chain(rendered.filter(move |_| binary))
}

/// The columns of a batch that say where its records lie.
pub(crate) struct Places<'a> {
    object: ColumnView<'a>,
    offset: ColumnView<'a>,
    length: ColumnView<'a>,
    encoding: ColumnView<'a>,
}

impl<'a> Places<'a> {
    /// Object and bytes of the record of a row.
    fn record(&self, number: usize) -> Option<(&'a str, Span)> {
        let span = Span {
            offset: u64::try_from(self.offset.number(number)?).ok()?,
            length: u64::try_from(self.length.number(number)?).ok()?,
        };
        span.offset.checked_add(span.length)?;
        Some((self.object.text(number)?, span))
    }

    pub(crate) fn of(batch: &'a RecordBatch) -> Self {
        let [object, offset, length, encoding] = PLACE.map(|name| ColumnView::new(batch, name));
        Self {
            object,
            offset,
            length,
            encoding,
        }
    }
}

/// Texts of records, one after the other, in one buffer.
pub(crate) struct RecordTexts {
    originals: Arc<dyn OriginalText>,
    reader: Option<Box<dyn OriginalReader>>,
    text: String,
    /// The object of the row before, as its column says it and as its digest: rows of one object come together.
    object: Option<(String, ObjectDigest)>,
    /// The parts of originals in which the rows before lie.
    parts: Recent,
}

impl RecordTexts {
    pub(crate) fn new(originals: Arc<dyn OriginalText>) -> Self {
        Self {
            originals,
            reader: None,
            text: String::new(),
            object: None,
            parts: Recent::default(),
        }
    }

    /// The record of row `number` as written, or rendered where it is binary.
    pub(crate) fn text(
        &mut self,
        places: &Places<'_>,
        number: usize,
        row: RowView<'_>,
    ) -> Result<&str, QueryError> {
        let encoding = places.encoding.text(number).unwrap_or_default();
        self.text.clear();
        if encoding == BINARY {
            row.rendered_text(&mut self.text);
        } else {
            self.read(places, number, encoding)?;
        }
        Ok(&self.text)
    }

    /// Whether the bytes of row `number` tell that it does not satisfy the search.
    fn excluded(&mut self, screening: &Screening, places: &Places<'_>, number: usize) -> bool {
        if places.encoding.text(number) != Some(Encoding::Utf8.name()) {
            return false;
        }
        let Some((object, record)) = places.record(number) else {
            return false;
        };
        let Ok(object) = self.digest(object) else {
            return false;
        };
        match opened(&mut self.reader, &*self.originals) {
            Ok(reader) => screening.excludes(object, record, reader, &mut self.parts),
            Err(_) => false,
        }
    }

    /// Lets a record that was just read be kept for whoever shows it.
    fn keep(&mut self, object: ObjectDigest, record: Span, encoding: Option<&str>) {
        if let Some(reader) = self.reader.as_mut().filter(|_| encoding != Some(BINARY)) {
            let bytes = self.parts.record(object, record);
            reader.keep(object, record, bytes);
        }
    }

    /// The digest that an object's column spells.
    fn digest(&mut self, object: &str) -> Result<ObjectDigest, BoxError> {
        match &self.object {
            Some((known, digest)) if known == object => Ok(*digest),
            _ => {
                let digest = object.parse()?;
                self.object = Some((object.to_owned(), digest));
                Ok(digest)
            }
        }
    }

    fn read(&mut self, places: &Places<'_>, number: usize, encoding: &str) -> Result<(), QueryError> {
        let object = places.object.text(number).unwrap_or_default();
        let record = places.record(number);
        let refuse = |source: BoxError| QueryError::Original {
            object: object.to_owned(),
            offset: record.map_or(0, |(_, span)| span.offset),
            source,
        };
        let digest = self.digest(object).map_err(refuse)?;
        let Some((_, span)) = record else {
            return Err(refuse("its row has no byte offset or length".into()));
        };
        let place = RecordPlace {
            object: digest,
            span,
            encoding,
        };
        // Lines are kept of originals in UTF-8 only.
        if let Some(bytes) = self.parts.record(digest, span)
            && encoding == Encoding::Utf8.name()
        {
            Encoding::Utf8.decode_into(bytes, &mut self.text);
            return Ok(());
        }
        let reader = opened(&mut self.reader, &*self.originals).map_err(refuse)?;
        reader.read(&place, &mut self.text).map_err(refuse)
    }
}

/// The reader, opened with the first record that needs it.
fn opened<'r>(
    reader: &'r mut Option<Box<dyn OriginalReader>>,
    originals: &dyn OriginalText,
) -> Result<&'r mut dyn OriginalReader, BoxError> {
    let opened = match reader.take() {
        Some(opened) => opened,
        None => originals.reader()?,
    };
    Ok(&mut **reader.insert(opened))
}
