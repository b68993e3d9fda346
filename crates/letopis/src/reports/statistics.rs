//! The page of a quarter.

use letopis_reconstruct::stats::{Line, QuarterStatistics, monday_of};
use letopis_report::page::Row;
use letopis_report::{Bar, Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;

pub(super) fn page(head: Head, s: &QuarterStatistics) -> Page {
    let mut sections = vec![
        Section::Warning(Message::id("stats-meaning")),
        Section::Heading(Message::id("stats-totals")),
        Section::Table(totals(s)),
    ];
    // The two that a reader looks for first stand as pictures too.
    for (id, name, lines) in [
        ("stats-by-category", "by-category", &s.by_category),
        ("stats-by-source", "by-source", &s.by_source),
    ] {
        sections.push(Section::Heading(Message::id(id)));
        sections.push(bars(s, name, lines));
        sections.push(Section::Table(table(s, name, lines)));
    }
    sections.push(Section::Heading(Message::id("stats-by-week")));
    sections.push(week_bars(s));
    sections.push(Section::Table(weeks(s)));
    for (id, name, lines) in [
        ("stats-by-kind", "by-kind", &s.by_kind),
        ("stats-by-outcome", "by-outcome", &s.by_outcome),
        ("stats-failed", "failed-logons", &s.failed_logons),
        ("stats-privileged", "privileged-use", &s.privileged_use),
        ("stats-changes", "changes", &s.changes),
    ] {
        sections.push(Section::Heading(Message::id(id)));
        if lines.is_empty() {
            sections.push(Section::Text(Message::id("stats-none")));
        } else {
            sections.push(Section::Table(table(s, name, lines)));
        }
    }
    sections.push(Section::Heading(Message::id("stats-silent")));
    sections.push(Section::Text(Message::id("stats-holidays")));
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

/// A value of the table of that name: codes in words.
fn value(table: &str, value: &str) -> Message {
    let family = match table {
        "by-kind" | "changes" => "kind",
        "by-outcome" => "outcome",
        "by-category" => "category",
        _ => "",
    };
    match (family, value) {
        (_, "") => Message::plain("—"),
        ("", value) => Message::plain(value),
        (family, value) => Message::code(family, value),
    }
}

fn bars(s: &QuarterStatistics, name: &str, lines: &[Line]) -> Section {
    let before = Message::plain(s.quarter.previous().to_string());
    Section::Bars {
        legend: (Message::plain(s.quarter.to_string()), Some(before)),
        bars: lines
            .iter()
            .map(|l| Bar {
                name: value(name, &l.value),
                amount: l.records,
                beside: Some(l.previous),
            })
            .collect(),
    }
}

fn week_bars(s: &QuarterStatistics) -> Section {
    Section::Bars {
        legend: (Message::plain(s.quarter.to_string()), None),
        bars: s
            .by_week
            .iter()
            .map(|l| Bar {
                name: Message::plain(l.value.clone()),
                amount: l.records,
                beside: None,
            })
            .collect(),
    }
}

/// The headings of a table that compares the quarter with the one before.
fn compared(s: &QuarterStatistics) -> Vec<Message> {
    let named = |id, quarter: String| Message::id(id).text("quarter", quarter);
    vec![
        Message::id("col-value"),
        named("col-this", s.quarter.to_string()),
        named("col-previous", s.quarter.previous().to_string()),
    ]
}

fn totals(s: &QuarterStatistics) -> Table {
    let row = |id, this: u64, before: Option<u64>| Row {
        mark: Mark::Plain,
        cells: vec![
            Cell::Message(Message::id(id)),
            this.into(),
            before.map_or(Cell::Empty, Cell::from),
        ],
    };
    Table {
        name: "totals",
        columns: compared(s),
        rows: vec![
            row("stats-records", s.records.0, Some(s.records.1)),
            row("stats-heads", s.heads.0, Some(s.heads.1)),
            row("stats-unparsed", s.unparsed.0, Some(s.unparsed.1)),
            row("stats-copies", s.copies.0, Some(s.copies.1)),
            row("stats-near", s.near_bounds, None),
            row("stats-not-placed", s.not_placed, None),
        ],
    }
}

fn table(s: &QuarterStatistics, name: &'static str, lines: &[Line]) -> Table {
    Table {
        name,
        columns: compared(s),
        rows: lines
            .iter()
            .map(|l| Row {
                mark: Mark::Plain,
                cells: vec![
                    Cell::Message(value(name, &l.value)),
                    l.records.into(),
                    l.previous.into(),
                ],
            })
            .collect(),
    }
}

fn weeks(s: &QuarterStatistics) -> Table {
    let monday = |week: &str| monday_of(week).map(|day| day.to_string());
    Table {
        name: "by-week",
        columns: vec![
            Message::id("col-week"),
            Message::id("col-monday"),
            Message::id("col-this").text("quarter", s.quarter.to_string()),
        ],
        rows: s
            .by_week
            .iter()
            .map(|l| Row {
                mark: Mark::Plain,
                cells: vec![l.value.clone().into(), monday(&l.value).into(), l.records.into()],
            })
            .collect(),
    }
}

fn silent(s: &QuarterStatistics) -> Table {
    Table {
        name: "silent-days",
        columns: columns(&["col-source", "col-day", "col-weekday"]),
        rows: s
            .silent_days
            .iter()
            .map(|d| Row {
                mark: Mark::Bad,
                cells: vec![
                    d.source.clone().into(),
                    Cell::Time(d.day.to_string()),
                    Cell::Message(Message::code("weekday", d.day.format("%u").to_string())),
                ],
            })
            .collect(),
    }
}
