//! A search simple enough to be seen right: words that must all stand in the text, `column:value`, `-word`, `|` between
//! alternatives. Its index keeps the words of every block of eight rows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;

use letopis_event::Filter;
use letopis_event::filter::{ColumnTest, TextTest};
use letopis_table::RowView;

use crate::error::BoxError;
use crate::search::{ByteScreen, RowMatcher, TextSearch};

pub(super) const BLOCK: u64 = 8;

#[derive(Debug, Default)]
pub(super) struct WordSearch {
    /// Segment → words of each block, and its rows. Empty: no index.
    pub(super) blocks: BTreeMap<String, (Vec<BTreeSet<String>>, u64)>,
    /// Segments whose index was asked.
    pub(super) asked: Mutex<Vec<String>>,
}

pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
}

impl TextSearch for WordSearch {
    fn parse(&self, query: &str) -> Result<Filter, BoxError> {
        if query.contains('(') {
            return Err("character 1: brackets are not known here".into());
        }
        let any: Vec<Filter> = query
            .split('|')
            .map(|part| {
                let all = part.split_whitespace().map(|word| match word.strip_prefix('-') {
                    Some(word) => Filter::Not(Box::new(test(word))),
                    None => test(word),
                });
                Filter::All(all.collect())
            })
            .collect();
        Ok(Filter::Any(any))
    }

    fn candidates(&self, segment: &str, filter: &Filter) -> Result<Option<Vec<Range<u64>>>, BoxError> {
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(segment.to_owned());
        }
        let Some((blocks, rows)) = self.blocks.get(segment) else {
            return Ok(None);
        };
        let ranges = blocks
            .iter()
            .enumerate()
            .filter(|(_, words)| possible(filter, words))
            .map(|(at, _)| {
                let start = at as u64 * BLOCK;
                start..(start + BLOCK).min(*rows)
            });
        Ok(Some(ranges.collect()))
    }

    fn matcher(&self, filter: &Filter) -> Result<Box<dyn RowMatcher>, BoxError> {
        Ok(Box::new(Words(filter.clone())))
    }
}

fn test(word: &str) -> Filter {
    match word.split_once(':') {
        Some(("time", day)) => {
            let from = super::scenario::micros(&format!("{day}T00:00:00Z"));
            Filter::Column {
                column: "time".to_owned(),
                test: ColumnTest::TimeRange {
                    from: Some(from),
                    to: Some(from + 86_400_000_000),
                },
            }
        }
        Some((column, value)) => Filter::Column {
            column: column.to_owned(),
            test: ColumnTest::Equals(value.to_lowercase()),
        },
        None => Filter::Text(TextTest::Literal(word.to_lowercase())),
    }
}

fn possible(filter: &Filter, known: &BTreeSet<String>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|p| possible(p, known)),
        Filter::Any(parts) => parts.iter().any(|p| possible(p, known)),
        Filter::Text(TextTest::Literal(text)) => words(text).all(|w| known.contains(&w)),
        _ => true,
    }
}

struct Words(Filter);

impl RowMatcher for Words {
    fn needs_text(&self) -> bool {
        fn asks(filter: &Filter) -> bool {
            match filter {
                Filter::All(parts) | Filter::Any(parts) => parts.iter().any(asks),
                Filter::Not(part) => asks(part),
                Filter::Text(_) => true,
                _ => false,
            }
        }
        asks(&self.0)
    }

    fn columns(&self) -> Vec<String> {
        fn collect(filter: &Filter, out: &mut Vec<String>) {
            match filter {
                Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|p| collect(p, out)),
                Filter::Not(part) => collect(part, out),
                Filter::Column { column, .. } => out.push(column.clone()),
                _ => {}
            }
        }
        let mut columns = Vec::new();
        collect(&self.0, &mut columns);
        columns
    }

    fn screen(&self) -> Option<Box<dyn ByteScreen>> {
        fn word(filter: &Filter) -> Option<String> {
            match filter {
                Filter::All(parts) => parts.iter().find_map(word),
                Filter::Any(parts) => parts.first().filter(|_| parts.len() == 1).and_then(word),
                Filter::Text(TextTest::Literal(text)) => words(text).next().filter(|word| word.is_ascii()),
                _ => None,
            }
        }
        Some(Box::new(Word(word(&self.0)?.into_bytes())))
    }

    fn matches(&self, text: &str, row: RowView<'_>) -> Result<bool, BoxError> {
        let known: BTreeSet<String> = words(text).collect();
        Ok(holds(&self.0, &known, row))
    }
}

/// One word, in any case.
struct Word(Vec<u8>);

impl ByteScreen for Word {
    fn places(&self, bytes: &[u8], most: usize, places: &mut Vec<u32>) -> bool {
        let windows = bytes.windows(self.0.len()).enumerate();
        let found = windows.filter(|(_, window)| window.eq_ignore_ascii_case(&self.0));
        places.extend(found.map(|(place, _)| place as u32));
        places.len() <= most
    }
}

fn holds(filter: &Filter, known: &BTreeSet<String>, row: RowView<'_>) -> bool {
    match filter {
        Filter::True => true,
        Filter::All(parts) => parts.iter().all(|p| holds(p, known, row)),
        Filter::Any(parts) => parts.iter().any(|p| holds(p, known, row)),
        Filter::Not(part) => !holds(part, known, row),
        Filter::Text(TextTest::Literal(text)) => words(text).all(|w| known.contains(&w)),
        Filter::Column {
            column,
            test: ColumnTest::Equals(value),
        } => row.display(column).is_some_and(|v| v.to_lowercase() == *value),
        Filter::Column {
            column,
            test:
                ColumnTest::TimeRange {
                    from: Some(from),
                    to: Some(to),
                },
        } => row.time(column).is_some_and(|time| (*from..*to).contains(&time)),
        _ => false,
    }
}
