//! The exact predicate.

use std::borrow::Cow;

use letopis_event::Filter;
use letopis_event::filter::TextTest;
use regex_automata::meta;

use crate::column::ColumnMatcher;
use crate::error::SearchError;
use crate::fold::Equality;
use crate::literal::{Bounds, LiteralFinder};
use crate::pattern::{self, TextWildcard};
use crate::screen::{self, Needles, Screen};

/// The values of one event, as far as column tests need them.
pub trait Row {
    /// A column's value as text, whatever its type (numbers in decimal, times in RFC 3339).
    fn text(&self, column: &str) -> Option<Cow<'_, str>>;
    /// An integer column's value.
    fn number(&self, column: &str) -> Option<i64>;
    /// A timestamp column's value, microseconds since 1970 UTC.
    fn time(&self, column: &str) -> Option<i64>;
    /// The attribute of that name.
    fn attr(&self, name: &str) -> Option<Cow<'_, str>>;
}

/// A filter made ready: decides for one record after the other, from many threads if need be.
#[derive(Clone, Debug)]
pub struct Matcher {
    root: Node,
    needs_text: bool,
    has_look_alike: bool,
    columns: Vec<String>,
}

#[derive(Clone, Debug)]
enum Node {
    True,
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Literal(Box<LiteralFinder>),
    LookAlike {
        loose: Box<LiteralFinder>,
        strict: Box<LiteralFinder>,
    },
    Wildcard(Box<TextWildcard>),
    Regex {
        regex: meta::Regex,
        needles: Option<Needles>,
    },
    Column(Box<ColumnMatcher>),
}

impl Matcher {
    /// Prepares a filter. Fails on a regular expression that is not one and on a column that the table has not.
    pub fn new(filter: &Filter) -> Result<Self, SearchError> {
        let mut ready = Self {
            root: Node::True,
            needs_text: false,
            has_look_alike: false,
            columns: Vec::new(),
        };
        ready.root = ready.prepare(filter)?;
        ready.columns.sort_unstable();
        ready.columns.dedup();
        Ok(ready)
    }

    fn prepare(&mut self, filter: &Filter) -> Result<Node, SearchError> {
        Ok(match filter {
            Filter::True => Node::True,
            Filter::All(parts) => Node::All(self.prepare_each(parts)?),
            Filter::Any(parts) => Node::Any(self.prepare_each(parts)?),
            Filter::Not(inner) => Node::Not(Box::new(self.prepare(inner)?)),
            Filter::Text(test) => {
                self.needs_text = true;
                self.prepare_text(test)?
            }
            Filter::Column { column, test } => {
                let ready = ColumnMatcher::new(column, test)?;
                self.columns.push(ready.needs().to_owned());
                Node::Column(Box::new(ready))
            }
        })
    }

    /// What fetches no text goes first: a column test is cheaper than a look at the record.
    fn prepare_each(&mut self, parts: &[Filter]) -> Result<Vec<Node>, SearchError> {
        let mut nodes = parts
            .iter()
            .map(|part| self.prepare(part))
            .collect::<Result<Vec<_>, _>>()?;
        nodes.sort_by_key(Node::cost);
        Ok(nodes)
    }

    fn prepare_text(&mut self, test: &TextTest) -> Result<Node, SearchError> {
        let bounds = Bounds {
            left: true,
            right: true,
        };
        Ok(match test {
            TextTest::Literal(literal) => {
                Node::Literal(Box::new(LiteralFinder::new(literal, Equality::Folded, bounds)?))
            }
            TextTest::LookAlike(literal) => {
                self.has_look_alike = true;
                Node::LookAlike {
                    loose: Box::new(LiteralFinder::new(literal, Equality::LookAlike, bounds)?),
                    strict: Box::new(LiteralFinder::new(literal, Equality::Folded, bounds)?),
                }
            }
            TextTest::Wildcard(pattern) => Node::Wildcard(Box::new(TextWildcard::new(pattern)?)),
            TextTest::Regex(pattern) => Node::Regex {
                regex: pattern::regex(pattern)?,
                needles: screen::needles_of_regex(pattern),
            },
        })
    }

    /// Whether the record satisfies the filter. `text` is its searched text ([`letopis_event::Origin::text`]).
    pub fn matches(&self, text: &str, row: &dyn Row) -> bool {
        self.root.holds(text, row, Equality::LookAlike)
    }

    /// What the bytes of a record must hold to satisfy the filter; `None` where nothing can be said of them.
    pub fn screen(&self) -> Option<Screen> {
        Screen::new(self.root.needles())
    }

    /// Whether the filter asks for the record's text at all; where not, the text need not be fetched.
    pub fn needs_text(&self) -> bool {
        self.needs_text
    }

    /// The columns (`attrs` for any attribute) that the filter asks for, in alphabetical order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether the record satisfies the filter only through look-alike spellings: `None` where it does not
    /// satisfy it at all.
    pub fn only_look_alike(&self, text: &str, row: &dyn Row) -> Option<bool> {
        if !self.matches(text, row) {
            return None;
        }
        Some(self.has_look_alike && !self.root.holds(text, row, Equality::Folded))
    }
}

impl Node {
    fn cost(&self) -> u8 {
        match self {
            Self::True => 0,
            Self::Column(_) => 1,
            Self::Literal(_) | Self::LookAlike { .. } => 2,
            Self::Not(inner) => inner.cost(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::cost).max().unwrap_or(0),
            Self::Wildcard(_) => 3,
            Self::Regex { .. } => 4,
        }
    }

    /// Byte strings of which one stands in every UTF-8 text that satisfies this; `None` where none are known.
    fn needles(&self) -> Option<Needles> {
        match self {
            Self::True | Self::Not(_) | Self::Column(_) => None,
            Self::All(parts) => screen::best(parts.iter().filter_map(Self::needles)),
            Self::Any(parts) => {
                let each: Option<Vec<Needles>> = parts.iter().map(Self::needles).collect();
                each.map(|each| each.concat())
            }
            Self::Literal(literal) | Self::LookAlike { loose: literal, .. } => literal.needles(),
            Self::Wildcard(pattern) => pattern.needles(),
            Self::Regex { needles, .. } => needles.clone(),
        }
    }

    /// `equality` says whether look-alike tests are taken at their word or as plain literals.
    fn holds(&self, text: &str, row: &dyn Row, equality: Equality) -> bool {
        match self {
            Self::True => true,
            Self::All(parts) => parts.iter().all(|part| part.holds(text, row, equality)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(text, row, equality)),
            Self::Not(inner) => !inner.holds(text, row, equality),
            Self::Literal(literal) => literal.is_in(text),
            Self::LookAlike { loose, strict } => match equality {
                Equality::LookAlike => loose.is_in(text),
                Equality::Folded => strict.is_in(text),
            },
            Self::Wildcard(pattern) => pattern.is_in(text),
            Self::Regex { regex, .. } => regex.is_match(text),
            Self::Column(test) => test.matches(row),
        }
    }
}

#[cfg(test)]
mod tests;
