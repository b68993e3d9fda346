//! What a search asks for: a neutral tree that the index narrows, SQL pushes down and a plain function evaluates.

/// A condition on one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every event.
    True,
    /// All of these.
    All(Vec<Filter>),
    /// Any of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// The record's text.
    Text(TextTest),
    /// A column or an attribute.
    Column {
        /// Column name of the event table, or `attrs.NAME`.
        column: String,
        /// What it must satisfy.
        test: ColumnTest,
    },
}

/// A condition on the record as written (design §7).
#[derive(Clone, Debug, PartialEq)]
pub enum TextTest {
    /// These characters stand in the text, bounded by non-alphanumerics, by Unicode simple case folding.
    /// Covers bare words and quoted phrases alike.
    Literal(String),
    /// As `Literal`, with `*` for any run of characters that are not white space. `*` at an end lifts the bound there.
    Wildcard(String),
    /// A regular expression over the text, case-sensitive unless it says `(?i)`.
    Regex(String),
    /// As `Literal`, and look-alike spellings (Cyrillic and Latin letters of one shape) count as equal.
    LookAlike(String),
}

/// A condition on a column's value. Text is compared by Unicode simple case folding.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnTest {
    /// Equal.
    Equals(String),
    /// `*` stands for any run of characters.
    Wildcard(String),
    /// Matches a regular expression.
    Regex(String),
    /// An IP address within a network: address bytes (4 or 16) and prefix length.
    InNetwork {
        /// Network address.
        address: std::net::IpAddr,
        /// Prefix length in bits.
        prefix: u8,
    },
    /// A number within these bounds, both inclusive; text columns are compared by the number they hold.
    NumberRange {
        /// Lower bound.
        from: Option<i64>,
        /// Upper bound.
        to: Option<i64>,
    },
    /// An instant, `from` inclusive, `to` exclusive; microseconds since 1970 UTC.
    TimeRange {
        /// First instant.
        from: Option<i64>,
        /// First instant that is no longer in.
        to: Option<i64>,
    },
    /// Has a value.
    Present,
}
