//! The intake act: chain of custody, and every file with what became of it.

use letopis_archive::{Acquisition, FileRecord, FileStatus, IngestOutcome, ObjectRecord, ParsedRecord};
use letopis_event::Zone;
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::moment;

/// File, digest, from when to when, and why it is not taken in; what became of it; how it was read; the counts.
const GROUPS: &[&[usize]] = &[&[0, 8, 11, 12, 10], &[1, 9], &[2, 3], &[4], &[5], &[6], &[7]];

pub(super) fn page(head: Head, outcome: &IngestOutcome, acquisition: &Acquisition, zone: Zone) -> Page {
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
            Section::Stacked(files(outcome, zone), GROUPS),
            Section::Text(Message::id("intake-signature")),
        ],
        not_shown: ["limit-true", "limit-before", "limit-left-out"]
            .map(Message::id)
            .to_vec(),
    }
}

fn files(outcome: &IngestOutcome, zone: Zone) -> Table {
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
        "col-first-time",
        "col-last-time",
    ];
    Table {
        name: "files",
        columns: columns.map(Message::id).to_vec(),
        rows: outcome.files.iter().flat_map(|f| rows(f, zone)).collect(),
    }
}

/// The file itself, and below a container each member.
fn rows(record: &FileRecord, zone: Zone) -> Vec<Row> {
    let bad = matches!(record.status, FileStatus::Refused | FileStatus::Changed) || record.is_damaged();
    let parsed = record
        .objects
        .first()
        .and_then(|o| o.parsed.as_ref())
        .filter(|_| record.objects.len() == 1);
    let read = || record.objects.iter().filter_map(|o| o.parsed.as_ref());
    let not_placed = read().map(|p| p.not_placed).sum::<u64>();
    let first = read().filter_map(|p| p.first_time).min();
    let last = read().filter_map(|p| p.last_time).max();
    let mut rows = vec![Row {
        mark: if bad { Mark::Bad } else { Mark::Plain },
        cells: vec![
            Cell::Text(record.path.display()),
            Cell::Message(Message::code("status", record.status.as_str())),
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
            by_list(record.hash_check.as_deref()),
            record.reason.clone().into(),
            time(first, zone),
            time(last, zone),
        ],
    }];
    if record.container.is_some() {
        rows.extend(record.objects.iter().map(|o| member(o, zone)));
    }
    rows
}

/// A member of a container.
fn member(object: &ObjectRecord, zone: Zone) -> Row {
    let parsed = object.parsed.as_ref();
    let count = |of: fn(&ParsedRecord) -> u64| parsed.map_or(Cell::Empty, |p| of(p).into());
    let status = match (&object.damage, object.known) {
        (Some(_), _) if object.length == 0 => "unread",
        (Some(_), _) => "damaged",
        (None, true) => "known",
        (None, false) => "new",
    };
    Row {
        mark: if object.damage.is_some() {
            Mark::Bad
        } else {
            Mark::Plain
        },
        cells: vec![
            Cell::Text(format!("└ {}", object.name.display())),
            Cell::Message(Message::code("status", status)),
            parsed.map(|p| p.format.clone()).into(),
            parsed.map(|p| p.encoding.clone()).into(),
            object.length.into(),
            count(|p| p.records),
            count(|p| p.unparsed),
            count(|p| p.not_placed),
            object.sha256.clone().map_or(Cell::Empty, Cell::Code),
            Cell::Empty,
            object.reason.clone().into(),
            time(parsed.and_then(|p| p.first_time), zone),
            time(parsed.and_then(|p| p.last_time), zone),
        ],
    }
}

fn time(time: Option<i64>, zone: Zone) -> Cell {
    time.map_or(Cell::Empty, |t| moment(Some(t), zone, "stated"))
}

/// What the list made at the seizure says of a file.
fn by_list(check: Option<&str>) -> Cell {
    match check {
        None => Cell::Empty,
        Some(said) => Cell::Message(match said.strip_prefix("differs: expected ") {
            Some(listed) => Message::id("list-differs").text("listed", listed),
            None => Message::code("list", said.replace(' ', "-")),
        }),
    }
}
