//! The page of a quarter.

use letopis_reconstruct::stats::{Line, QuarterStatistics};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

pub(super) fn page(head: Head, s: &QuarterStatistics) -> Page {
    let legend = || {
        (
            Message::plain(s.quarter.to_string()),
            Message::plain(s.quarter.previous().to_string()),
        )
    };
    let bars = |title, lines: &[Line]| Section::Bars {
        title: Message::id(title),
        legend: legend(),
        bars: lines
            .iter()
            .map(|l| (named(&l.value), l.records, l.previous))
            .collect(),
    };
    let mut sections = vec![
        Section::Warning(Message::id("stats-meaning")),
        Section::Heading(Message::id("stats-totals")),
        Section::Facts(totals(s)),
        bars("stats-by-category", &s.by_category),
        bars("stats-by-source", &s.by_source),
    ];
    for (id, name, lines) in [
        ("stats-by-kind", "by-kind", &s.by_kind),
        ("stats-by-outcome", "by-outcome", &s.by_outcome),
        ("stats-by-week", "by-week", &s.by_week),
        ("stats-failed", "failed-logons", &s.failed_logons),
        ("stats-privileged", "privileged-use", &s.privileged_use),
        ("stats-changes", "changes", &s.changes),
        ("stats-by-category", "by-category", &s.by_category),
        ("stats-by-source", "by-source", &s.by_source),
    ] {
        sections.push(Section::Heading(Message::id(id)));
        sections.push(Section::Table(table(name, lines)));
    }
    sections.push(Section::Heading(Message::id("stats-silent")));
    if s.silent_days.is_empty() {
        sections.push(Section::Text(Message::id("stats-none")));
    } else {
        sections.push(Section::Table(silent(s)));
    }
    Page {
        title: Message::id("stats-title").text("quarter", s.quarter.to_string()),
        head,
        sections,
        not_shown: ["limit-completeness", "limit-true", "limit-clock"]
            .map(Message::id)
            .to_vec(),
    }
}

fn named(value: &str) -> String {
    if value.is_empty() {
        "—".to_owned()
    } else {
        value.to_owned()
    }
}

/// A value of the table of that name: codes in words.
fn value(table: &str, value: &str) -> Cell {
    match table {
        "by-kind" | "changes" if !value.is_empty() => Cell::Message(Message::code("kind", value)),
        "by-outcome" if !value.is_empty() => Cell::Message(Message::code("outcome", value)),
        _ => Cell::Text(named(value)),
    }
}

fn totals(s: &QuarterStatistics) -> Vec<(Message, Message)> {
    let pair =
        |(this, before): (u64, u64)| Message::plain(format!("{this} ({} {before})", s.quarter.previous()));
    vec![
        (Message::id("stats-records"), pair(s.records)),
        (Message::id("stats-heads"), pair(s.heads)),
        (Message::id("stats-unparsed"), pair(s.unparsed)),
        (Message::id("stats-copies"), pair(s.copies)),
        (
            Message::id("stats-near"),
            Message::plain(s.near_bounds.to_string()),
        ),
        (
            Message::id("stats-not-placed"),
            Message::plain(s.not_placed.to_string()),
        ),
    ]
}

fn table(name: &'static str, lines: &[Line]) -> Table {
    Table {
        name,
        columns: ["col-value", "col-this", "col-previous"]
            .map(Message::id)
            .to_vec(),
        rows: lines
            .iter()
            .map(|l| Row {
                mark: Mark::Plain,
                cells: vec![value(name, &l.value), l.records.into(), l.previous.into()],
            })
            .collect(),
    }
}

fn silent(s: &QuarterStatistics) -> Table {
    Table {
        name: "silent-days",
        columns: ["col-source", "col-day"].map(Message::id).to_vec(),
        rows: s
            .silent_days
            .iter()
            .map(|d| Row {
                mark: Mark::Bad,
                cells: vec![d.source.clone().into(), Cell::Text(d.day.to_string())],
            })
            .collect(),
    }
}
