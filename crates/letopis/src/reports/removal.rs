//! The page of a plan of removal.

use letopis_archive::removal::Plan;
use letopis_archive::retention::{Keeps, Term};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;
use super::coverage::{day, table_or_none};

pub(super) fn page(head: Head, plan: &Plan) -> Page {
    let summary = Message::id("removal-summary")
        .text("day", plan.day.clone())
        .text("objects", plan.won.objects.to_string())
        .text("records", plan.won.records.to_string())
        .text("bytes", plan.won.bytes.to_string());
    let floor = Message::id("removal-floor").text("months", plan.floor_months.to_string());
    Page {
        title: Message::id("removal-title"),
        head,
        sections: vec![
            Section::Warning(summary),
            Section::Text(floor),
            Section::Heading(Message::id("removal-go")),
            table_or_none(going(plan)),
            Section::Heading(Message::id("removal-keep")),
            table_or_none(staying(plan)),
            Section::Heading(Message::id("removal-copies")),
            table_or_none(copies(plan)),
        ],
        not_shown: [
            "limit-backups",
            "limit-flash",
            "limit-handed-out",
            "limit-citations",
        ]
        .map(Message::id)
        .into(),
    }
}

/// A row for each term of each object that goes.
fn going(plan: &Plan) -> Table {
    let mut rows = Vec::new();
    for going in &plan.remove {
        for term in &going.terms {
            rows.push(Row {
                mark: Mark::Plain,
                cells: vec![
                    going.entry.into(),
                    Cell::Text(going.path.clone()),
                    going.format.clone().into(),
                    going.records.into(),
                    going.bytes.into(),
                    term.source.clone().into(),
                    term.class.clone().into(),
                    Cell::Number(i64::from(term.months)),
                    day(Some(term.counted)),
                ],
            });
        }
    }
    Table {
        name: "remove",
        columns: columns(&[
            "col-entry",
            "col-file",
            "col-format",
            "col-records",
            "col-bytes",
            "col-source",
            "col-class",
            "col-months",
            "col-counted",
        ]),
        rows,
    }
}

fn keeps(reason: &Keeps) -> Message {
    let entry = |id, entry: u64| Message::id(id).text("entry", entry.to_string());
    match reason {
        Keeps::Term {
            term: Term { months, counted, .. },
            ..
        } => Message::id("keeps-term")
            .text("months", months.to_string())
            .text("day", counted.to_string()),
        Keeps::Hold { hold } => entry("keeps-hold", *hold),
        Keeps::Inquiry { hold, removable_from } => {
            entry("keeps-inquiry", *hold).text("day", removable_from.to_string())
        }
        Keeps::NoSecondCopy { copies } => Message::id("keeps-copy")
            .text("demanded", copies.demanded.to_string())
            .text("held", copies.held.to_string()),
        Keeps::With { object } => entry("keeps-with", *object),
    }
}

/// A row for each reason that keeps what has expired.
fn staying(plan: &Plan) -> Table {
    let mut rows = Vec::new();
    for staying in &plan.keep {
        for reason in &staying.keeps {
            rows.push(Row {
                mark: Mark::Plain,
                cells: vec![
                    staying.entry.into(),
                    Cell::Text(staying.path.clone()),
                    staying.bytes.into(),
                    Cell::Message(keeps(reason)),
                ],
            });
        }
    }
    Table {
        name: "keep",
        columns: columns(&["col-entry", "col-file", "col-bytes", "col-reason"]),
        rows,
    }
}

fn copies(plan: &Plan) -> Table {
    let row = |copy: &letopis_archive::removal::CopyOut| Row {
        mark: Mark::Plain,
        cells: vec![
            Cell::Code(copy.copy.clone()),
            copy.holder.clone().into(),
            Cell::Text(copy.since.clone()),
        ],
    };
    Table {
        name: "copies",
        columns: columns(&["col-copy", "col-person", "col-handed-out"]),
        rows: plan.copies.iter().map(row).collect(),
    }
}
