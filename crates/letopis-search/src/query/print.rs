//! Filter to text.

use letopis_event::Filter;
use letopis_event::column::{self, ColumnType};
use letopis_event::filter::{ColumnTest, TextTest};
use letopis_event::time::format_rfc3339;

/// Writes a filter so that [`super::parse`] reads it back as an equal one.
///
/// What the language has no words for is written as what means the same: an empty `All` as `*`, an empty `Any`
/// as `NOT *`, one part as that part.
pub fn print(filter: &Filter) -> String {
    let mut out = String::new();
    write(filter, Place::Top, &mut out);
    out
}

/// Where a filter stands: decides about brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    InAny,
    InAll,
    InNot,
}

fn write(filter: &Filter, place: Place, out: &mut String) {
    match filter {
        Filter::True => out.push('*'),
        Filter::All(parts) if parts.is_empty() => out.push('*'),
        Filter::Any(parts) if parts.is_empty() => out.push_str("NOT *"),
        Filter::All(parts) | Filter::Any(parts) if parts.len() == 1 => {
            parts.iter().for_each(|part| write(part, place, out));
        }
        Filter::All(parts) => {
            let bare = matches!(place, Place::Top | Place::InAny);
            write_joined(parts, " ", Place::InAll, bare, out);
        }
        Filter::Any(parts) => write_joined(parts, " OR ", Place::InAny, place == Place::Top, out),
        Filter::Not(inner) => {
            out.push_str("NOT ");
            write(inner, Place::InNot, out);
        }
        Filter::Text(test) => write_text(test, out),
        Filter::Column { column, test } => {
            write_column(column, out);
            write_test(column, test, out);
        }
    }
}

fn write_joined(parts: &[Filter], between: &str, inside: Place, bare: bool, out: &mut String) {
    if !bare {
        out.push('(');
    }
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push_str(between);
        }
        write(part, inside, out);
    }
    if !bare {
        out.push(')');
    }
}

fn write_text(test: &TextTest, out: &mut String) {
    match test {
        TextTest::Literal(literal) if is_plain(literal) && !literal.contains([':', '*']) => {
            out.push_str(literal)
        }
        TextTest::Literal(literal) => write_quoted(literal, out),
        TextTest::Wildcard(pattern) => {
            let all_stars = pattern.chars().all(|c| c == '*');
            if is_plain(pattern) && pattern.contains('*') && !pattern.contains(':') && !all_stars {
                out.push_str(pattern);
            } else {
                out.push_str("like:");
                write_quoted(pattern, out);
            }
        }
        TextTest::Regex(pattern) => write_regex(pattern, out),
        TextTest::LookAlike(literal) => {
            out.push('~');
            write_quoted(literal, out);
        }
    }
}

/// Whether a word is read back as that word.
fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(['-', '~', '/'])
        && !matches!(word, "OR" | "AND" | "NOT")
        && !word.chars().any(super::ends_word)
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

fn write_regex(pattern: &str, out: &mut String) {
    out.push('/');
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '/' => out.push_str("\\/"),
            '\\' => {
                out.push('\\');
                out.extend(chars.next());
            }
            c => out.push(c),
        }
    }
    out.push('/');
}

fn write_column(name: &str, out: &mut String) {
    match name.strip_prefix("attrs.") {
        Some(attr) if attr.contains(':') || attr.chars().any(super::ends_word) => {
            out.push_str("attrs.");
            write_quoted(attr, out);
        }
        _ => out.push_str(name),
    }
    out.push(':');
}

fn write_test(column: &str, test: &ColumnTest, out: &mut String) {
    let is_time = column::find(column).is_some_and(|c| c.kind == ColumnType::TimestampMicros);
    match test {
        ColumnTest::Equals(value) => write_quoted(value, out),
        ColumnTest::Wildcard(pattern) => {
            out.push_str("like:");
            write_quoted(pattern, out);
        }
        ColumnTest::Regex(pattern) => write_regex(pattern, out),
        ColumnTest::InNetwork { address, prefix } => out.push_str(&format!("{address}/{prefix}")),
        ColumnTest::NumberRange { from, to } | ColumnTest::TimeRange { from, to }
            if from.is_none() && to.is_none() =>
        {
            out.push_str("..");
        }
        ColumnTest::NumberRange { from, to } => {
            let bound = |n: &Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
            if is_time {
                // No such query can be typed; as instants it means the same.
                write_times(*from, to.map(|t| t.saturating_add(1)), out);
            } else {
                out.push_str(&format!("{}..{}", bound(from), bound(to)));
            }
        }
        ColumnTest::TimeRange { from, to } => write_times(*from, *to, out),
        ColumnTest::Present => out.push('*'),
    }
}

fn write_times(from: Option<i64>, to: Option<i64>, out: &mut String) {
    if let Some(from) = from {
        write_instant(from, out);
    }
    out.push_str("..");
    if let Some(to) = to {
        out.push('<');
        write_instant(to, out);
    }
}

/// An instant in UTC, or beyond the years 0 to 9999 as its number.
fn write_instant(micros: i64, out: &mut String) {
    const FIRST: i64 = -62_167_219_200_000_000;
    const LAST: i64 = 253_402_300_799_999_999;
    if (FIRST..=LAST).contains(&micros) {
        format_rfc3339(micros, 0, out);
    } else {
        out.push_str(&format!("@{micros}"));
    }
}
