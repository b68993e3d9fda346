//! The exact predicate.

use std::borrow::Cow;

use letopis_event::Filter;

use crate::error::SearchError;

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
pub struct Matcher {}

impl Matcher {
    /// Prepares a filter. Fails on a regular expression that is not one.
    pub fn new(filter: &Filter) -> Result<Self, SearchError> {
        todo!()
    }

    /// Whether the record satisfies the filter. `text` is its searched text ([`letopis_event::Origin::text`]).
    pub fn matches(&self, text: &str, row: &dyn Row) -> bool {
        todo!()
    }

    /// Whether the filter asks for the record's text at all; where not, the text need not be fetched.
    pub fn needs_text(&self) -> bool {
        todo!()
    }

    /// The columns (or `attrs` for attributes) that the filter asks for.
    pub fn columns(&self) -> &[String] {
        todo!()
    }

    /// Whether the record satisfies the filter only through look-alike spellings: `None` where it does not
    /// satisfy it at all.
    pub fn only_look_alike(&self, text: &str, row: &dyn Row) -> Option<bool> {
        todo!()
    }
}
