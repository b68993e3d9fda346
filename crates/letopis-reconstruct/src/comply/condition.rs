//! What a profile means by an event or a field, as SQL over `events`.

use letopis_case::matching::Column;
use letopis_case::profile::{Condition, Derived, Form, Platform};
use letopis_event::Kind;
use letopis_query::SourceRow;

use crate::search::literal;

/// Addresses that stand inside: RFC 1918, RFC 4193.
const INSIDE: &str = r"'^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|[fF][cCdD])'";

/// Kinds of these patterns, as a condition; nothing where every kind is meant.
pub(crate) fn kinds(patterns: &[String], except: &[String]) -> Option<String> {
    let is = |list: &[String], kind: Kind| {
        list.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(family) => kind.as_str().starts_with(family),
            None => pattern == kind.as_str(),
        })
    };
    let (meant, others): (Vec<Kind>, Vec<Kind>) =
        Kind::all().partition(|kind| is(patterns, *kind) && !is(except, *kind));
    if others.is_empty() {
        return None;
    }
    // The shorter of the two lists says the same in words that a person can read.
    let (word, kinds) = if meant.len() > others.len() {
        ("NOT IN", others)
    } else {
        ("IN", meant)
    };
    let names: Vec<String> = kinds.iter().map(|kind| literal(kind.as_str())).collect();
    Some(format!("kind {word} ({})", names.join(", ")))
}

/// More sources than these are looked up in the register instead of being named.
const NAMED_MOST: usize = 64;

/// Whether a record is of a source of that category: as the register says, else as the record's format tells. Sources are
/// named where they are few: what names them can pass over segments that hold none of them.
pub(crate) fn category(name: &str, register: &[SourceRow]) -> String {
    let listed: Vec<&SourceRow> = register.iter().filter(|row| row.category.is_some()).collect();
    let own = listed.iter().filter(|row| row.category.as_deref() == Some(name));
    let own: Vec<String> = own.map(|row| literal(&row.source)).collect();
    let name = literal(name);
    if listed.is_empty() {
        return format!("category = {name}");
    }
    if listed.len() > NAMED_MOST {
        return format!(
            "(source IN (SELECT source FROM sources WHERE category = {name}) OR (category = {name} AND source NOT IN \
             (SELECT source FROM sources WHERE category IS NOT NULL)))"
        );
    }
    let listed: Vec<String> = listed.iter().map(|row| literal(&row.source)).collect();
    let by_format = format!("(category = {name} AND source NOT IN ({}))", listed.join(", "));
    if own.is_empty() {
        return by_format;
    }
    format!("(source IN ({}) OR {by_format})", own.join(", "))
}

fn list(words: &[String]) -> String {
    words
        .iter()
        .map(|word| literal(word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a record has a value in a column of that name.
pub(crate) fn filled(name: &str) -> String {
    match Column::parse(name) {
        Some(Column::Time) => "(time IS NOT NULL AND time_basis NOT IN ('carried', 'none'))".to_owned(),
        Some(Column::TimeEnd | Column::Number(_)) => format!("{name} IS NOT NULL"),
        Some(Column::Kind) => "kind NOT IN ('other', 'unparsed')".to_owned(),
        Some(Column::Outcome) => "outcome <> 'unknown'".to_owned(),
        Some(Column::Attribute(attribute)) => format!("is_filled(attrs[{}])", literal(&attribute)),
        Some(Column::Text(_)) | None => format!("is_filled({name})"),
    }
}

/// How a time is written, as a condition.
pub(crate) fn in_form(form: Form) -> &'static str {
    match form {
        Form::Kz195 => {
            "regexp_like(time_text, '^[0-3][0-9]:[01][0-9]:[0-9]{4}[^0-9]{1,3}[0-2][0-9]:[0-5][0-9]:[0-6][0-9]')"
        }
    }
}

/// A condition of a profile on a record. One that is worked out from other records is [`several_addresses`].
pub(crate) fn condition(of: &Condition) -> String {
    let mut all: Vec<String> = kinds(&of.kinds, &of.except).into_iter().collect();
    if let Some(outcome) = &of.outcome {
        all.push(format!("outcome = {}", literal(outcome)));
    }
    if !of.with.is_empty() {
        let with: Vec<String> = of.with.iter().map(|name| filled(name)).collect();
        let with = with.join(" AND ");
        let sure = (!of.sure.is_empty()).then(|| kinds(&of.sure, &[])).flatten();
        all.push(sure.map_or(format!("({with})"), |sure| format!("({sure} OR ({with}))")));
    }
    if !of.codes.is_empty() {
        let codes: Vec<String> = of.codes.iter().map(u32::to_string).collect();
        all.push(format!("code IN ({})", list(&codes)));
        let pattern = format!("(^|[-/ ])({})([-/ ]|$)", of.channels.join("|"));
        all.push(format!(
            "regexp_like(concat_ws(' ', service, provider), {})",
            literal(&pattern)
        ));
    }
    match of.derived {
        Some(Derived::Inbound) => all.push(direction("traffic.in", false)),
        Some(Derived::Outbound) => all.push(direction("traffic.out", true)),
        Some(Derived::SeveralAddresses) | None => {}
    }
    if all.is_empty() {
        return "true".to_owned();
    }
    all.join(" AND ")
}

fn direction(kind: &str, from_inside: bool) -> String {
    let other = if from_inside { "traffic.in" } else { "traffic.out" };
    let (src, dst) = if from_inside { ("", "NOT ") } else { ("NOT ", "") };
    format!(
        "(kind = '{kind}' OR (kind <> '{other}' AND src_ip <> '' AND dst_ip <> '' \
         AND {src}regexp_like(src_ip, {INSIDE}) AND {dst}regexp_like(dst_ip, {INSIDE})))"
    )
}

/// One row `records`: records of accounts that came to one host from several addresses.
pub(crate) fn several_addresses(of: &Condition, where_clause: &str) -> String {
    let condition = condition(of);
    format!(
        "SELECT coalesce(sum(records), 0) AS records FROM (SELECT host, user_name, count(*) AS records FROM events \
         WHERE {where_clause} AND {condition} AND src_ip <> '' AND user_name <> '' GROUP BY host, user_name \
         HAVING count(DISTINCT src_ip) > 1) AS accounts"
    )
}

/// A text as it stands in a pattern of `LIKE`.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Whether a record is one of a platform. By `LIKE`: it looks at each value of a dictionary once.
pub(crate) fn platform(platform: &Platform) -> String {
    let begins = |column: &str, names: &[String]| {
        let tests = names
            .iter()
            .map(|name| format!("{column} LIKE {}", literal(&format!("{}%", escaped(name)))));
        tests.collect::<Vec<_>>()
    };
    let mut any = begins("format", &platform.formats);
    any.extend(begins("provider", &platform.providers));
    if !platform.kinds.is_empty() {
        any.extend(kinds(&platform.kinds, &[]));
    }
    format!("({})", any.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(sources: usize) -> Vec<SourceRow> {
        let row = |number: usize| SourceRow {
            source: format!("s{number}"),
            category: (number > 0).then(|| if number == 1 { "os" } else { "dbms" }.to_owned()),
            ..SourceRow::default()
        };
        (0..sources).map(row).collect()
    }

    #[test]
    fn few_sources_are_named_and_many_are_looked_up() {
        assert_eq!(category("os", &register(1)), "category = 'os'");
        assert_eq!(
            category("os", &register(3)),
            "(source IN ('s1') OR (category = 'os' AND source NOT IN ('s1', 's2')))"
        );
        assert_eq!(
            category("network", &register(3)),
            "(category = 'network' AND source NOT IN ('s1', 's2'))"
        );
        assert!(category("os", &register(NAMED_MOST + 1)).contains("NOT IN ('s1'"));
        assert!(category("os", &register(NAMED_MOST + 2)).contains("SELECT source FROM sources"));
    }
}
