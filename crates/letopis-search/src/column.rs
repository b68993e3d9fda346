//! Tests of a column's value.

use std::net::IpAddr;

use letopis_event::column::{self, ColumnType};
use letopis_event::filter::ColumnTest;
use regex_automata::meta;

use crate::error::SearchError;
use crate::fold::equal_folded;
use crate::matcher::Row;
use crate::pattern::{self, ValueWildcard};

/// A column test made ready.
#[derive(Clone, Debug)]
pub(crate) struct ColumnMatcher {
    column: String,
    place: Place,
    test: Ready,
}

/// Where the value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// An integer column.
    Number,
    /// A timestamp column.
    Time,
    /// A text column.
    Text,
    /// An attribute; the name follows `attrs.`.
    Attr,
}

#[derive(Clone, Debug)]
enum Ready {
    Equals(String),
    Wildcard(ValueWildcard),
    Regex(meta::Regex),
    Network(Network),
    Number { from: Option<i64>, to: Option<i64> },
    Time { from: Option<i64>, to: Option<i64> },
    Present,
}

impl ColumnMatcher {
    pub(crate) fn new(name: &str, test: &ColumnTest) -> Result<Self, SearchError> {
        let (column, place) = match name.strip_prefix("attrs.") {
            Some(attr) => (attr, Place::Attr),
            None => match column::find(name).map(|c| c.kind) {
                None | Some(ColumnType::Map) => return Err(SearchError::UnknownColumn(name.to_owned())),
                Some(ColumnType::Text | ColumnType::Dictionary) => (name, Place::Text),
                Some(ColumnType::TimestampMicros) => (name, Place::Time),
                Some(ColumnType::Int8 | ColumnType::Int16 | ColumnType::Int32 | ColumnType::Int64) => {
                    (name, Place::Number)
                }
            },
        };
        let test = match test {
            ColumnTest::Equals(value) => Ready::Equals(value.clone()),
            ColumnTest::Wildcard(pattern) => Ready::Wildcard(ValueWildcard::new(pattern)),
            ColumnTest::Regex(pattern) => Ready::Regex(pattern::regex(pattern)?),
            ColumnTest::InNetwork { address, prefix } => Ready::Network(Network::new(*address, *prefix)),
            ColumnTest::NumberRange { from, to } => Ready::Number { from: *from, to: *to },
            ColumnTest::TimeRange { from, to } => Ready::Time { from: *from, to: *to },
            ColumnTest::Present => Ready::Present,
        };
        Ok(Self {
            column: column.to_owned(),
            place,
            test,
        })
    }

    /// The table column that must be read for this test.
    pub(crate) fn needs(&self) -> &str {
        if self.place == Place::Attr {
            "attrs"
        } else {
            &self.column
        }
    }

    pub(crate) fn matches(&self, row: &dyn Row) -> bool {
        match (self.place, &self.test) {
            (Place::Time, Ready::Time { from, to }) => row
                .time(&self.column)
                .is_some_and(|time| is_between(time, *from, to.map(|t| t.saturating_sub(1)))),
            (Place::Number, Ready::Number { from, to }) => row
                .number(&self.column)
                .is_some_and(|number| is_between(number, *from, *to)),
            (Place::Attr, _) => self.any_attr(row),
            _ => row.text(&self.column).is_some_and(|value| self.holds(&value)),
        }
    }

    /// A name that repeats stands as `name`, `name#2`, `name#3` …: any of them satisfies.
    fn any_attr(&self, row: &dyn Row) -> bool {
        let mut value = row.attr(&self.column);
        let mut repeat = 1_u64;
        while let Some(found) = value {
            if self.holds(&found) {
                return true;
            }
            repeat += 1;
            value = row.attr(&format!("{}#{repeat}", self.column));
        }
        false
    }

    fn holds(&self, value: &str) -> bool {
        match &self.test {
            Ready::Equals(expected) => equal_folded(value, expected),
            Ready::Wildcard(pattern) => pattern.is(value),
            Ready::Regex(regex) => regex.is_match(value),
            Ready::Network(network) => network.holds_text(value),
            Ready::Number { from, to } => number_is_between(value, *from, *to),
            // A text is no instant: which zone it means is not known here.
            Ready::Time { .. } => false,
            Ready::Present => true,
        }
    }
}

fn is_between(number: i64, from: Option<i64>, to: Option<i64>) -> bool {
    from.is_none_or(|from| number >= from) && to.is_none_or(|to| number <= to)
}

/// Text is compared by the number it holds: a whole one exactly, one with a fraction as such.
fn number_is_between(value: &str, from: Option<i64>, to: Option<i64>) -> bool {
    let value = value.trim();
    if let Ok(number) = value.parse::<i64>() {
        return is_between(number, from, to);
    }
    let is_decimal = value
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    match value.parse::<f64>() {
        Ok(number) if is_decimal => {
            from.is_none_or(|from| number >= from as f64) && to.is_none_or(|to| number <= to as f64)
        }
        _ => false,
    }
}

/// A network: the first `prefix` bits of an address.
#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    fn new(address: IpAddr, prefix: u8) -> Self {
        Self { address, prefix }
    }

    fn holds_text(&self, value: &str) -> bool {
        let value = value.trim().trim_start_matches('[').trim_end_matches(']');
        // `fe80::1%eth0`: the zone names an interface and is no part of the address.
        let value = value.split_once('%').map_or(value, |(address, _)| address);
        value.parse::<IpAddr>().is_ok_and(|address| self.holds(address))
    }

    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(own)) => same_head(
                u128::from(network.to_bits()) << 96,
                u128::from(own.to_bits()) << 96,
                self.prefix.min(32),
            ),
            (IpAddr::V6(network), IpAddr::V6(own)) => {
                same_head(network.to_bits(), own.to_bits(), self.prefix)
            }
            // `::ffff:10.0.0.1` is how IPv6 sockets write an IPv4 peer.
            (IpAddr::V4(_), IpAddr::V6(own)) => own
                .to_ipv4_mapped()
                .is_some_and(|own| self.holds(IpAddr::V4(own))),
            (IpAddr::V6(network), IpAddr::V4(own)) => {
                same_head(network.to_bits(), own.to_ipv6_mapped().to_bits(), self.prefix)
            }
        }
    }
}

fn same_head(a: u128, b: u128, prefix: u8) -> bool {
    prefix == 0 || (a ^ b) >> (128 - u32::from(prefix.min(128))) == 0
}
