//! The intake act: chain of custody, and every file with what became of it.

use letopis_archive::{Acquisition, FileRecord, FileStatus, IngestOutcome};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

pub(super) fn page(head: Head, outcome: &IngestOutcome, acquisition: &Acquisition) -> Page {
    let fact = |id, value: Option<&String>| value.map(|v| (Message::id(id), Message::plain(v.clone())));
    let custody = [
        fact("intake-operator", Some(&acquisition.operator)),
        fact("intake-exhibit", acquisition.exhibit.as_ref()),
        fact("intake-received", acquisition.received_from.as_ref()),
        fact("intake-acquired", acquisition.acquired.as_ref()),
        fact("intake-medium", acquisition.medium.as_ref()),
        fact("intake-machine", Some(&acquisition.machine)),
    ];
    let summary = vec![
        (
            Message::id("intake-files"),
            Message::plain(outcome.files.len().to_string()),
        ),
        (
            Message::id("intake-added"),
            Message::plain(outcome.records().to_string()),
        ),
        (
            Message::id("col-unparsed"),
            Message::plain(outcome.unparsed().to_string()),
        ),
    ];
    Page {
        title: Message::id("intake-title"),
        head,
        sections: vec![
            Section::Heading(Message::id("intake-custody")),
            Section::Facts(custody.into_iter().flatten().collect()),
            Section::Heading(Message::id("intake-summary")),
            Section::Facts(summary),
            Section::Heading(Message::id("intake-checkpoint")),
            Section::Verbatim(outcome.receipt.text.clone()),
            Section::Heading(Message::id("intake-reconciliation")),
            Section::Table(files(outcome)),
            Section::Text(Message::id("intake-signature")),
        ],
        not_shown: ["limit-true", "limit-before", "limit-left-out"]
            .map(Message::id)
            .to_vec(),
    }
}

fn files(outcome: &IngestOutcome) -> Table {
    let columns = [
        "col-file",
        "col-status",
        "col-format",
        "col-encoding",
        "col-bytes",
        "col-records",
        "col-unparsed",
        "col-not-placed",
        "col-sha256",
        "col-list",
        "col-reason",
    ];
    Table {
        name: "files",
        columns: columns.map(Message::id).to_vec(),
        rows: outcome.files.iter().flat_map(rows).collect(),
    }
}

/// The file itself, and below a container each member.
fn rows(record: &FileRecord) -> Vec<Row> {
    let bad = matches!(record.status, FileStatus::Refused | FileStatus::Changed) || record.is_damaged();
    let parsed = record
        .objects
        .first()
        .and_then(|o| o.parsed.as_ref())
        .filter(|_| record.objects.len() == 1);
    let not_placed = record
        .objects
        .iter()
        .filter_map(|o| o.parsed.as_ref())
        .map(|p| p.not_placed)
        .sum::<u64>();
    let mut rows = vec![Row {
        mark: if bad { Mark::Bad } else { Mark::Plain },
        cells: vec![
            Cell::Text(record.path.display()),
            Cell::Text(record.status.as_str().to_owned()),
            parsed
                .map(|p| p.format.clone())
                .or_else(|| record.container.clone())
                .into(),
            parsed.map(|p| p.encoding.clone()).into(),
            record.bytes.into(),
            record.records().into(),
            record.unparsed().into(),
            not_placed.into(),
            record.sha256.clone().map_or(Cell::Empty, Cell::Code),
            record.hash_check.clone().into(),
            record.reason.clone().into(),
        ],
    }];
    if record.container.is_some() {
        rows.extend(record.objects.iter().map(|o| {
            let p = o.parsed.as_ref();
            Row {
                mark: if o.damage.is_some() {
                    Mark::Bad
                } else {
                    Mark::Plain
                },
                cells: vec![
                    Cell::Text(format!("└ {}", o.name.display())),
                    Cell::Text(if o.known { "known" } else { "new" }.to_owned()),
                    p.map(|p| p.format.clone()).into(),
                    p.map(|p| p.encoding.clone()).into(),
                    o.length.into(),
                    p.map_or(Cell::Empty, |p| p.records.into()),
                    p.map_or(Cell::Empty, |p| p.unparsed.into()),
                    p.map_or(Cell::Empty, |p| p.not_placed.into()),
                    o.sha256.clone().map_or(Cell::Empty, Cell::Code),
                    Cell::Empty,
                    o.reason.clone().into(),
                ],
            }
        }));
    }
    rows
}
