//! The page of the access report.

use letopis_event::Zone;
use letopis_reconstruct::AccessReport;
use letopis_reconstruct::access::{ArchiveReading, LogAccess};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::{columns, moment};

/// Time; who, how that is known and where; what was typed, why and for which case; rows and how it ended.
const ARCHIVE_GROUPS: &[&[usize]] = &[&[0], &[1, 2, 3], &[4, 5, 6], &[7], &[8]];

/// Time; source and machine; kind and outcome; who; which log, what the record says, and its citation.
const GROUPS: &[&[usize]] = &[&[0], &[1, 2], &[4, 5], &[3], &[6, 7, 8]];

pub(super) fn page(head: Head, report: &AccessReport, zone: Zone) -> Page {
    Page {
        title: Message::id("access-title"),
        head,
        sections: vec![
            Section::Text(Message::id("assumed-mark")),
            Section::Heading(Message::id("access-archive")),
            Section::Stacked(archive(report, zone), ARCHIVE_GROUPS),
            Section::Heading(Message::id("access-read")),
            Section::Stacked(logs("log-reading", &report.read, zone), GROUPS),
            Section::Heading(Message::id("access-stopped")),
            Section::Stacked(logs("log-stopping", &report.stopped_or_cleared, zone), GROUPS),
        ],
        not_shown: ["limit-other-tools", "limit-unlogged", "limit-account"]
            .map(Message::id)
            .to_vec(),
    }
}

fn archive(report: &AccessReport, zone: Zone) -> Table {
    Table {
        name: "archive-reading",
        columns: columns(&[
            "col-time",
            "col-person",
            "col-basis",
            "col-host",
            "col-command",
            "col-purpose",
            "col-case",
            "col-rows",
            "col-ended",
        ]),
        rows: report
            .archive
            .iter()
            .map(|r| Row {
                mark: if r.ended.is_none() && !r.own {
                    Mark::Bad
                } else {
                    Mark::Plain
                },
                cells: vec![
                    moment(Some(r.time), zone, "stated"),
                    r.person.clone().into(),
                    Cell::Message(Message::code("basis", r.basis.clone())),
                    r.host.clone().into(),
                    r.command.clone().into(),
                    r.purpose.clone().into(),
                    r.case_id.clone().into(),
                    r.rows.map_or(Cell::Empty, Cell::Number),
                    ended(r),
                ],
            })
            .collect(),
    }
}

/// How a reading ended. The one that makes this report ends after it, and its result is recorded then.
fn ended(reading: &ArchiveReading) -> Cell {
    Cell::Message(match &reading.ended {
        Some(ended) => Message::code("ended", ended.clone()),
        None if reading.own => Message::id("access-this"),
        None => Message::id("access-open"),
    })
}

fn logs(name: &'static str, list: &[LogAccess], zone: Zone) -> Table {
    Table {
        name,
        columns: columns(&[
            "col-time",
            "col-source",
            "col-host",
            "col-user",
            "col-kind",
            "col-outcome",
            "col-target",
            "col-message",
            "col-event",
        ]),
        rows: list
            .iter()
            .map(|r| Row {
                mark: if r.kind == "log.clear" {
                    Mark::Bad
                } else {
                    Mark::Plain
                },
                cells: vec![
                    moment(r.time, zone, &r.time_basis),
                    r.source.clone().into(),
                    r.host.clone().into(),
                    r.user_name.clone().into(),
                    Cell::Message(Message::code("kind", r.kind.clone())),
                    Cell::Message(Message::code("outcome", r.outcome.clone())),
                    r.target.clone().into(),
                    r.message.clone().into(),
                    Cell::Code(r.event_id.clone()),
                ],
            })
            .collect(),
    }
}
