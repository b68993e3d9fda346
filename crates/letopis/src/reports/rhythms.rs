//! The page of what the history of sources proposes as their rhythms.

use letopis_reconstruct::rhythm::Proposal;
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;
use super::coverage::table_or_none;

pub(super) fn page(head: Head, proposals: &[Proposal]) -> Page {
    Page {
        title: Message::id("learn-title"),
        head,
        sections: vec![
            Section::Text(Message::id("learn-meaning")),
            table_or_none(table(proposals)),
        ],
        not_shown: vec![Message::id("limit-learned")],
    }
}

fn table(proposals: &[Proposal]) -> Table {
    let row = |proposal: &Proposal| {
        let in_force = match (&proposal.in_force, proposal.declared) {
            (Some(rhythm), _) => Cell::Text(rhythm.clone()),
            (None, true) => Cell::Message(Message::id("rhythm-assumed")),
            (None, false) => Cell::Message(Message::id("learn-not-listed")),
        };
        let day = |day: &Option<String>| day.clone().map_or(Cell::Empty, Cell::Time);
        let (proposed, standing) = match (&proposal.proposed, proposal.differs) {
            (None, _) => (Cell::Empty, "learn-too-few"),
            (Some(rhythm), true) => (Cell::Text(rhythm.clone()), "learn-differs"),
            (Some(rhythm), false) => (Cell::Text(rhythm.clone()), "learn-same"),
        };
        Row {
            // Another rhythm is no lack: a person looks at it.
            mark: Mark::Plain,
            cells: vec![
                Cell::Text(proposal.source.clone()),
                in_force,
                proposed,
                day(&proposal.from),
                day(&proposal.to),
                u64::from(proposal.held).into(),
                u64::from(proposal.short).into(),
                Cell::Message(Message::id(standing)),
            ],
        }
    };
    Table {
        name: "rhythms",
        columns: columns(&[
            "col-source",
            "col-in-force",
            "col-proposed",
            "col-first-day",
            "col-last-day",
            "col-held-days",
            "col-short-days",
            "col-standing",
        ]),
        rows: proposals.iter().map(row).collect(),
    }
}
