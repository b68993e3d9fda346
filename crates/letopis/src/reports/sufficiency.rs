//! The page of the sufficiency of logs: what each source must show, and what it showed.

use letopis_event::Zone;
use letopis_reconstruct::Sufficiency;
use letopis_reconstruct::comply::sufficiency::{EventSeen, SourceSufficiency, State};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::{columns, moment};

/// Source; clause and what it says; what was looked for and whether the policy asks it; found; records; last and example.
const EVENTS: &[&[usize]] = &[&[0], &[1, 2], &[3, 4], &[5], &[6], &[7, 8]];

/// Source; clause and what it says; columns; figures.
const FIELDS: &[&[usize]] = &[&[0], &[1, 2], &[3], &[4], &[5], &[6]];

pub(super) fn page(head: Head, found: &Sufficiency, zone: Zone, language: &str) -> Page {
    let since = Message::id("sufficiency-meaning").text("since", found.since.clone());
    let mut sections = vec![Section::Text(since)];
    for source in &found.sources {
        sections.push(Section::Heading(heading(source)));
        sections.push(Section::Text(match &source.policy_from {
            Some(day) => Message::id("sufficiency-policy").text("day", day.clone()),
            None => Message::id("sufficiency-no-policy"),
        }));
    }
    sections.push(Section::Heading(Message::id("sufficiency-all-events")));
    sections.push(Section::Stacked(events(found, zone, language), EVENTS));
    sections.push(Section::Heading(Message::id("sufficiency-fields")));
    sections.push(Section::Stacked(fields(found, language), FIELDS));
    Page {
        title: Message::id("sufficiency-title"),
        head,
        sections,
        not_shown: ["limit-never", "limit-words"].map(Message::id).to_vec(),
    }
}

fn heading(source: &SourceSufficiency) -> Message {
    let category = source.category.as_ref().map_or_else(
        || Message::id("sufficiency-no-category"),
        |category| Message::code("category", category.clone()),
    );
    Message::id("sufficiency-source")
        .text("source", source.source.clone())
        .message("category", category)
        .number("n", i64::try_from(source.records).unwrap_or(i64::MAX))
        .text("formats", source.formats.join(", "))
}

fn events(found: &Sufficiency, zone: Zone, language: &str) -> Table {
    let row = |source: &SourceSufficiency, event: &EventSeen| Row {
        mark: if event.by_policy && event.state != State::Seen {
            Mark::Bad
        } else {
            Mark::Plain
        },
        cells: vec![
            Cell::Text(source.source.clone()),
            Cell::Text(event.clause.clone()),
            event.title.in_language(language).0.to_owned().into(),
            Cell::Text(event.what.clone()),
            if event.by_policy {
                Cell::Message(Message::id("by-policy"))
            } else {
                Cell::Empty
            },
            Cell::Message(Message::id(match event.state {
                State::Seen => "state-seen",
                State::Never => "state-never",
                State::Cannot => "state-cannot",
            })),
            event.count.into(),
            event
                .last
                .map_or(Cell::Empty, |last| moment(Some(last), zone, "stated")),
            event.example.clone().map_or(Cell::Empty, Cell::Code),
        ],
    };
    let rows = found
        .sources
        .iter()
        .flat_map(|source| source.events.iter().map(move |event| (source, event)));
    Table {
        name: "events",
        columns: columns(&[
            "col-source",
            "col-clause",
            "col-asks",
            "col-looked-for",
            "col-policy",
            "col-state-seen",
            "col-records",
            "col-last-time",
            "col-event",
        ]),
        rows: rows.map(|(source, event)| row(source, event)).collect(),
    }
}

fn fields(found: &Sufficiency, language: &str) -> Table {
    let rows = found.sources.iter().flat_map(|source| {
        let asked = source.fields.iter().filter(|field| field.asked > 0);
        asked.map(move |field| Row {
            mark: if field.filled < field.asked {
                Mark::Bad
            } else {
                Mark::Plain
            },
            cells: vec![
                Cell::Text(source.source.clone()),
                Cell::Text(field.clause.clone()),
                field.title.in_language(language).0.to_owned().into(),
                Cell::Text(field.columns.join(", ")),
                field.asked.into(),
                field.filled.into(),
                Cell::Text(share(field.filled, field.asked)),
            ],
        })
    });
    Table {
        name: "fields",
        columns: columns(&[
            "col-source",
            "col-clause",
            "col-asks",
            "col-columns",
            "col-asked",
            "col-filled",
            "col-share",
        ]),
        rows: rows.collect(),
    }
}

/// The share in tenths of a percent, cut and never rounded up: 100 % is all.
pub fn share(part: u64, of: u64) -> String {
    if of == 0 {
        return String::new();
    }
    let tenths = u128::from(part) * 1000 / u128::from(of);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
