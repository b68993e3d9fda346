//! The page of a checkpoint: to be printed, signed by hand and kept by others.

use letopis_archive::vault::{CertifiedKey, Kept};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;

pub(super) fn page(head: Head, note: &str, keys: &[CertifiedKey], attached: &[Kept]) -> Page {
    let mut sections = vec![
        Section::Text(Message::id("checkpoint-keep")),
        Section::Heading(Message::id("checkpoint-lines")),
        Section::Verbatim(note.to_owned()),
    ];
    // What a QR code of version 40 holds.
    match note.len() <= 2_900 {
        true => sections.push(Section::Code(note.to_owned())),
        false => sections.push(Section::Text(Message::id("checkpoint-too-long"))),
    }
    sections.extend([
        Section::Heading(Message::id("checkpoint-keys")),
        Section::Table(self::keys(keys)),
        Section::Heading(Message::id("checkpoint-attached")),
    ]);
    sections.push(match attached.is_empty() {
        true => Section::Text(Message::id("checkpoint-nobody")),
        false => Section::Table(self::attached(attached)),
    });
    sections.extend([
        Section::Heading(Message::id("checkpoint-sign")),
        Section::Verbatim("\n\n\n".to_owned()),
    ]);
    Page {
        title: Message::id("checkpoint-title"),
        head,
        sections,
        not_shown: ["limit-head-after", "limit-head-truth", "limit-head-holder"]
            .map(Message::id)
            .to_vec(),
    }
}

fn keys(keys: &[CertifiedKey]) -> Table {
    let rows = keys.iter().map(|key| Row {
        cells: vec![
            Cell::Message(Message::code("role", key.role.name())),
            Cell::Code(key.key.to_string()),
            Cell::from(key.since),
            Cell::Message(Message::id(if key.active { "key-active" } else { "key-ended" })),
        ],
        mark: Mark::Plain,
    });
    Table {
        name: "keys",
        columns: columns(&["col-role", "col-key", "col-since", "col-state"]),
        rows: rows.collect(),
    }
}

fn attached(attached: &[Kept]) -> Table {
    let rows = attached.iter().map(|kept| Row {
        cells: vec![
            Cell::from(kept.seq),
            kept.size.map_or(Cell::Empty, Cell::from),
            Cell::from(kept.by.join(", ")),
            Cell::Message(Message::code("attached", kept.verdict)),
        ],
        mark: if kept.verdict == "trouble" {
            Mark::Bad
        } else {
            Mark::Plain
        },
    });
    Table {
        name: "attached",
        columns: columns(&["col-entry", "col-lines", "col-person", "col-state"]),
        rows: rows.collect(),
    }
}
