//! The page of the access report.

use letopis_archive::vault::CopyRecord;
use letopis_event::Zone;
use letopis_reconstruct::AccessReport;
use letopis_reconstruct::access::{Anomaly, ArchiveReading, LogAccess, PersonReadings, SourceReadings, What};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::coverage::table_or_none;
use super::{columns, moment};

/// Time; who, how that is known and where; what was typed, why and for which case; rows and how it ended.
const ARCHIVE_GROUPS: &[&[usize]] = &[&[0], &[1, 2, 3], &[4, 5, 6], &[7], &[8]];

/// Time; source and machine; kind and outcome; who; which log, what the record says, and its citation.
const GROUPS: &[&[usize]] = &[&[0], &[1, 2], &[4, 5], &[3], &[6, 7, 8]];

pub(super) fn page(head: Head, report: &AccessReport, zone: Zone) -> Page {
    let mut sections = vec![
        Section::Text(Message::id("assumed-mark")),
        Section::Heading(Message::id("access-archive")),
        Section::Stacked(archive(report, zone), ARCHIVE_GROUPS),
        Section::Heading(Message::id("access-persons")),
        Section::Table(persons(report, zone)),
        Section::Heading(Message::id("access-sources")),
        Section::Text(Message::id("access-sources-meaning")),
        Section::Table(sources(report, zone)),
        Section::Heading(Message::id("access-anomalies")),
        Section::Text(Message::id("access-anomalies-meaning")),
        table_or_none(anomalies(report, zone)),
    ];
    let mut not_shown = vec!["limit-other-tools", "limit-unlogged", "limit-account"];
    if !report.copies.is_empty() {
        sections.push(Section::Heading(Message::id("access-copies")));
        sections.push(Section::Table(copies(report, zone)));
        not_shown.push("limit-copies");
    }
    sections.extend([
        Section::Heading(Message::id("access-read")),
        Section::Stacked(logs("log-reading", &report.read, zone), GROUPS),
        Section::Heading(Message::id("access-stopped")),
        Section::Stacked(logs("log-stopping", &report.stopped_or_cleared, zone), GROUPS),
    ]);
    Page {
        title: Message::id("access-title"),
        head,
        sections,
        not_shown: not_shown.into_iter().map(Message::id).collect(),
    }
}

fn persons(report: &AccessReport, zone: Zone) -> Table {
    let row = |p: &PersonReadings| Row {
        mark: Mark::Plain,
        cells: vec![
            Cell::Text(p.person.clone()),
            p.readings.into(),
            Cell::Number(p.rows),
            moment(Some(p.first), zone, "stated"),
            moment(Some(p.last), zone, "stated"),
            p.sources.iter().cloned().collect::<Vec<_>>().join(" ").into(),
            p.anomalies.into(),
        ],
    };
    Table {
        name: "persons",
        columns: columns(&[
            "col-person",
            "col-readings",
            "col-rows",
            "col-first-reading",
            "col-last-reading",
            "col-source",
            "col-anomalies",
        ]),
        rows: report.officer.persons.iter().map(row).collect(),
    }
}

fn sources(report: &AccessReport, zone: Zone) -> Table {
    let row = |s: &SourceReadings| Row {
        mark: Mark::Plain,
        cells: vec![
            match &s.source {
                Some(source) => Cell::Text(source.clone()),
                None => Cell::Message(Message::id("access-no-source")),
            },
            s.readings.into(),
            Cell::Number(s.rows),
            moment(Some(s.last), zone, "stated"),
            s.persons.iter().cloned().collect::<Vec<_>>().join(", ").into(),
        ],
    };
    Table {
        name: "read-sources",
        columns: columns(&[
            "col-source",
            "col-readings",
            "col-rows",
            "col-last-reading",
            "col-person",
        ]),
        rows: report.officer.sources.iter().map(row).collect(),
    }
}

fn anomalies(report: &AccessReport, zone: Zone) -> Table {
    let row = |a: &Anomaly| Row {
        mark: Mark::Bad,
        cells: vec![
            moment(Some(a.time), zone, "stated"),
            Cell::Text(a.person.clone()),
            Cell::Message(match a.what {
                What::OutsideHours => Message::id("anomaly-hours"),
                What::UnusualVolume { rows, usual } => Message::id("anomaly-volume")
                    .number("rows", rows)
                    .number("usual", usual),
                What::PurposeMissing => Message::id("anomaly-purpose"),
                What::NoResult => Message::id("anomaly-result"),
            }),
            Cell::Text(a.command.clone()),
        ],
    };
    Table {
        name: "anomalies",
        columns: columns(&["col-time", "col-person", "col-anomaly", "col-command"]),
        rows: report.officer.anomalies.iter().map(row).collect(),
    }
}

fn copies(report: &AccessReport, zone: Zone) -> Table {
    let state = |copy: &CopyRecord| match copy.adopted {
        Some(time) => Message::id("copy-home")
            .text("time", super::local(Some(time), zone, "stated"))
            .number("n", i64::try_from(copy.readings).unwrap_or(i64::MAX)),
        None if copy.is_outstanding() => Message::id("copy-outstanding"),
        None => Message::id("copy-failed"),
    };
    Table {
        name: "working-copies",
        columns: columns(&[
            "col-time",
            "col-copy",
            "col-person",
            "col-purpose",
            "col-case",
            "col-state",
        ]),
        rows: report
            .copies
            .iter()
            .map(|copy| Row {
                mark: if copy.is_outstanding() {
                    Mark::Bad
                } else {
                    Mark::Plain
                },
                cells: vec![
                    moment(Some(copy.time), zone, "stated"),
                    Cell::Code(copy.copy.clone()),
                    copy.holder.clone().into(),
                    copy.purpose.clone().into(),
                    copy.case.clone().into(),
                    Cell::Message(state(copy)),
                ],
            })
            .collect(),
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
