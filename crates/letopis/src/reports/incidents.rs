//! The page of the register of incidents.

use letopis_event::Zone;
use letopis_reconstruct::case::incident::{Standing, Step};
use letopis_reconstruct::incidents::{Due, Register};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::coverage::table_or_none;
use super::{columns, moment};

pub(super) fn page(head: Head, found: &[Register], zone: Zone) -> Page {
    Page {
        title: Message::id("incidents-title"),
        head,
        sections: vec![
            Section::Text(Message::id("incidents-meaning")),
            table_or_none(incidents(found, zone)),
            Section::Heading(Message::id("incidents-deadlines")),
            table_or_none(deadlines(found, zone)),
            Section::Heading(Message::id("incidents-steps")),
            table_or_none(steps(found, zone)),
        ],
        not_shown: vec![Message::id("limit-incidents")],
    }
}

fn incidents(found: &[Register], zone: Zone) -> Table {
    let row = |one: &Register| Row {
        mark: match one.deadlines.iter().any(is_bad) {
            true => Mark::Bad,
            false => Mark::Plain,
        },
        cells: vec![
            one.case.entry.into(),
            moment(Some(one.case.detected), zone, "stated"),
            Cell::Text(one.case.text.clone()),
            Cell::Message(Message::code("role", one.case.role.as_str())),
            Cell::Text(one.case.sources.join(", ")),
            match one.closed {
                Some(closed) => moment(Some(closed), zone, "stated"),
                None => Cell::Message(Message::id("incidents-open")),
            },
        ],
    };
    Table {
        name: "incidents",
        columns: columns(&[
            "col-entry",
            "col-detected",
            "col-incident",
            "col-keeper",
            "col-source",
            "col-closed",
        ]),
        rows: found.iter().map(row).collect(),
    }
}

fn is_bad(due: &Due) -> bool {
    matches!(due.standing, Standing::Late | Standing::Missing)
}

fn deadlines(found: &[Register], zone: Zone) -> Table {
    let row = |one: &Register, due: &Due| Row {
        mark: match is_bad(due) {
            true => Mark::Bad,
            false => Mark::Plain,
        },
        cells: vec![
            one.case.entry.into(),
            Cell::Text(due.id.to_owned()),
            moment(letopis_reconstruct::moment::parse(&due.until), zone, "stated"),
            Cell::Message(Message::code("due", due.standing.as_str())),
        ],
    };
    let rows = found
        .iter()
        .flat_map(|one| one.deadlines.iter().map(move |due| row(one, due)));
    Table {
        name: "deadlines",
        columns: columns(&["col-entry", "col-deadline", "col-until", "col-standing"]),
        rows: rows.collect(),
    }
}

fn steps(found: &[Register], zone: Zone) -> Table {
    let rows = found.iter().flat_map(|one| {
        one.case.steps.iter().map(move |(_, note)| Row {
            cells: vec![
                one.case.entry.into(),
                moment(Some(note.at), zone, "stated"),
                Cell::Message(words(&note.step)),
                Cell::Text(note.text.clone()),
                Cell::Text(note.by.clone()),
            ],
            ..Row::default()
        })
    });
    Table {
        name: "steps",
        columns: columns(&["col-entry", "col-time", "col-step", "col-text", "col-person"]),
        rows: rows.collect(),
    }
}

/// A step in words.
fn words(step: &Step) -> Message {
    match step {
        Step::Notified { to, list } => Message::id(match list {
            true => "step-notified-list",
            false => "step-notified",
        })
        .message("party", Message::code("party", to.as_str())),
        Step::Materials { hold } => Message::id("step-materials").text("entry", hold.to_string()),
        other => Message::code("step", other.as_str()),
    }
}
