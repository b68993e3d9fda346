//! How a table is written: separator, quote, names of its columns.

use serde::{Deserialize, Serialize};

use super::super::fields;
use super::headerless::Role;
use crate::formats::scan::Cut as _;
use crate::near;
use crate::timetext;

/// Separators that are tried, the usual ones first.
const SEPARATORS: &[u8] = b",;\t|^~#&$@*\x1f\x01";
/// Lines that are looked at.
const LINES: usize = 40;
/// Columns that are kept.
const COLUMNS_MAX: usize = 1024;

/// The layout of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::formats) struct Layout {
    pub(in crate::formats) separator: u8,
    pub(in crate::formats) quote: Option<u8>,
    /// Names of the columns, where a header line gives them.
    pub(in crate::formats) names: Option<Vec<String>>,
    /// What columns without names hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::formats) roles: Vec<Option<Role>>,
    /// How many of a hundred lines have the usual number of fields.
    #[serde(skip)]
    pub(in crate::formats) share: usize,
    /// The usual number of fields.
    pub(in crate::formats) columns: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            separator: b',',
            quote: Some(b'"'),
            names: None,
            roles: Vec::new(),
            share: 0,
            columns: 0,
        }
    }
}

impl Layout {
    pub(in crate::formats) fn to_state(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(in crate::formats) fn from_state(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The layout of the text whose beginning this is: the separator that gives nearly all lines the same number of
    /// fields, and the most of them.
    pub(in crate::formats) fn guess(text: &str) -> Option<Self> {
        let quote = quote_of(text);
        let mut best: Option<Self> = None;
        for separator in SEPARATORS {
            let Some(found) = Self::with(text, *separator, quote.filter(|q| q != separator)) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|b| {
                (found.share >= 80, found.names.is_some(), found.columns)
                    > (b.share >= 80, b.names.is_some(), b.columns)
            });
            if better {
                best = Some(found);
            }
        }
        best.filter(|b| b.share >= 60)
    }

    fn with(text: &str, separator: u8, quote: Option<u8>) -> Option<Self> {
        let records = records(text, quote);
        let mut scratch = String::new();
        let counts: Vec<usize> = records
            .iter()
            .map(|r| split(r, separator, quote, &mut scratch, &mut |_, _| {}))
            .collect();
        let usual = *counts
            .iter()
            .max_by_key(|c| counts.iter().filter(|o| o == c).count())?;
        if !(2..=COLUMNS_MAX).contains(&usual) {
            return None;
        }
        let share = counts.iter().filter(|c| **c == usual).count() * 100 / counts.len();
        let mut layout = Self {
            separator,
            quote,
            names: None,
            roles: Vec::new(),
            share,
            columns: usual,
        };
        layout.names = layout
            .header(records.first()?)
            .filter(|names| names.len() == usual && records.len() > 1 && !layout.recurs(names, &records));
        Some(layout)
    }

    /// The fields of a line as names, where they can be names.
    fn header(&self, line: &str) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        let mut fits = true;
        split(
            line,
            self.separator,
            self.quote,
            &mut String::new(),
            &mut |_, value| {
                let name = name_of(value);
                fits &= !name.is_empty()
                    && name.len() <= 120
                    && name.chars().any(char::is_alphabetic)
                    && fields::time(name, false).is_none()
                    && timetext::any(name).is_none()
                    && name.parse::<std::net::IpAddr>().is_err()
                    && !names.iter().any(|n| n == name);
                names.push(name.to_owned());
            },
        );
        (fits && names.len() <= COLUMNS_MAX).then_some(names)
    }

    /// Whether names of columns that nobody knows stand among their values: then the first line is a record like the
    /// others.
    fn recurs(&self, names: &[String], records: &[&str]) -> bool {
        if names.iter().any(|n| fields::is_time_name(n)) {
            return false;
        }
        let mut scratch = String::new();
        records
            .iter()
            .skip(1)
            .filter(|r| records.first() != Some(r))
            .any(|record| {
                let mut same = false;
                split(
                    record,
                    self.separator,
                    self.quote,
                    &mut scratch,
                    &mut |at, value| {
                        same |= names.get(at).is_some_and(|n| n == value.trimmed());
                    },
                );
                same
            })
    }

    /// Whether this line is the header again.
    pub(in crate::formats) fn is_header(&self, line: &str) -> bool {
        let Some(names) = &self.names else {
            return false;
        };
        // Cheap first: hardly any record begins with the first name.
        let start = line.trim_start_matches(['#', '"', '\'', ' ', '\u{feff}']);
        if !names.first().is_some_and(|n| start.starts_with(n.as_str())) {
            return false;
        }
        let mut same = true;
        let count = split(
            line,
            self.separator,
            self.quote,
            &mut String::new(),
            &mut |at, value| same &= names.get(at).is_some_and(|n| n == name_of(value)),
        );
        same && count == names.len()
    }
}

/// The name that a field of a header line gives.
fn name_of(field: &str) -> &str {
    field.trimmed().trim_start_matches(['#', '\u{feff}']).trimmed()
}

/// The first records, where quoted fields may hold line ends.
pub(super) fn records(text: &str, quote: Option<u8>) -> Vec<&str> {
    match quote {
        Some(quote) => crate::framing::cut(crate::Framing::Quoted(quote), text, LINES),
        None => text
            .lines()
            .filter(|l| !l.trimmed().is_empty())
            .take(LINES)
            .collect(),
    }
}

/// The quote that encloses fields: one that stands at the beginning of a line or after a separator, and again before
/// a separator or line end.
fn quote_of(text: &str) -> Option<u8> {
    let bytes = text.as_bytes();
    let bounds = |b: Option<&u8>| b.is_none_or(|b| SEPARATORS.contains(b) || matches!(b, b'\n' | b'\r'));
    let count = |quote: u8| {
        let opens = |at: usize| bounds(at.checked_sub(1).and_then(|b| bytes.get(b)));
        let closes = |at: usize| bounds(bytes.get(at + 1));
        let places = memchr::memchr_iter(quote, bytes).take(400);
        places.filter(|at| opens(*at) || closes(*at)).count()
    };
    let (double, single, tick) = (count(b'"'), count(b'\''), count(b'`'));
    // With no quote at all the usual one is expected in what follows.
    if double >= single && double >= tick {
        return Some(b'"');
    }
    Some(if single >= tick { b'\'' } else { b'`' })
}

/// Calls `each` for every field of a record, unquoted; the number of fields. A quote inside a quoted field is doubled;
/// one in the middle of an unquoted field stands for itself.
pub(in crate::formats) fn split(
    line: &str,
    separator: u8,
    quote: Option<u8>,
    scratch: &mut String,
    each: &mut dyn FnMut(usize, &str),
) -> usize {
    let bytes = line.as_bytes();
    let (mut at, mut count) = (0, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let first = rest.first();
        // Blanks may stand before a quote.
        let begins_so = first == Some(&b' ') || first.is_some() && first == quote.as_ref();
        let start = at + if begins_so { near::spaces(rest) } else { 0 };
        if begins_so
            && let Some(mark) = quote.filter(|q| bytes.get(start) == Some(q))
            && let Some(end) = quoted(line, start + 1, mark, separator, scratch)
        {
            each(count, scratch);
            count += 1;
            if end >= bytes.len() {
                return count;
            }
            at = end + 1;
            continue;
        }
        let end = near::byte(separator, rest).map(|found| at + found);
        each(
            count,
            line.get(at..end.unwrap_or(bytes.len())).unwrap_or_default(),
        );
        count += 1;
        match end {
            Some(end) => at = end + 1,
            None => return count,
        }
    }
}

/// A quoted field from after its opening quote: its text in `out`, and where the separator after it (or the end) is.
/// `None` where the quote is not closed before a separator: then it was no quote.
fn quoted(line: &str, from: usize, mark: u8, separator: u8, out: &mut String) -> Option<usize> {
    let bytes = line.as_bytes();
    out.clear();
    let mut at = from;
    loop {
        let found = at + near::byte(mark, bytes.get(at..)?)?;
        out.push_str(line.get(at..found)?);
        if bytes.get(found + 1) == Some(&mark) {
            out.push(char::from(mark));
            at = found + 2;
            continue;
        }
        let after = found + 1 + bytes[found + 1..].iter().take_while(|b| **b == b' ').count();
        return match bytes.get(after) {
            None => Some(bytes.len()),
            Some(b) if *b == separator => Some(after),
            Some(_) => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_of(line: &str, separator: u8, quote: u8) -> Vec<String> {
        let mut out = Vec::new();
        split(line, separator, Some(quote), &mut String::new(), &mut |_, v| {
            out.push(v.to_owned())
        });
        out
    }

    #[test]
    fn fields_are_unquoted() {
        assert_eq!(
            fields_of("a,\"b,\"\"c\"\"\",,d", b',', b'"'),
            ["a", "b,\"c\"", "", "d"]
        );
        assert_eq!(fields_of("\"a\" ; 'b';c\"d", b';', b'"'), ["a", " 'b'", "c\"d"]);
        assert_eq!(fields_of("\"open,b", b',', b'"'), ["\"open", "b"]);
        assert_eq!(fields_of("", b',', b'"'), [""]);
        assert_eq!(fields_of("a,", b',', b'"'), ["a", ""]);
    }

    #[test]
    fn layouts_are_found_out() {
        for (text, separator, quote) in [
            ("time;user;msg\n1;a;'x;y'\n2;b;z\n", b';', b'\''),
            ("time\tuser\tmsg\n1\ta\tx, y\n2\tb\tz\n", b'\t', b'"'),
            ("time|user|msg\n1|a|x\n2|b|\"a|b\"\n", b'|', b'"'),
        ] {
            let layout = Layout::guess(text).unwrap();
            assert_eq!(
                (layout.separator, layout.quote),
                (separator, Some(quote)),
                "{text}"
            );
            assert_eq!(layout.names.unwrap(), ["time", "user", "msg"]);
        }
        assert_eq!(Layout::guess("just one line"), None);
    }
}
