//! The page of the reviews of logs.

use letopis_event::Zone;
use letopis_reconstruct::Reviews;
use letopis_reconstruct::case::Note;
use letopis_reconstruct::comply::SourceReviews;
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::coverage::{day, table_or_none};
use super::{columns, moment};

pub(super) fn page(head: Head, found: &Reviews, zone: Zone) -> Page {
    Page {
        title: Message::id("reviews-title"),
        head,
        sections: vec![
            Section::Text(Message::id("reviews-meaning")),
            Section::Heading(Message::id("reviews-open")),
            table_or_none(open(found)),
            Section::Heading(Message::id("reviews-done")),
            table_or_none(done(found, zone)),
        ],
        not_shown: vec![Message::id("limit-review")],
    }
}

fn open(found: &Reviews) -> Table {
    let rows = found.sources.iter().flat_map(|source| {
        source.unreviewed.iter().map(move |stretch| {
            let late = source
                .overdue
                .iter()
                .any(|late| late.from <= stretch.to && stretch.from <= late.to);
            Row {
                mark: if late { Mark::Bad } else { Mark::Plain },
                cells: vec![
                    Cell::Text(source.source.clone()),
                    day(Some(stretch.from)),
                    day(Some(stretch.to)),
                    u64::from(stretch.days).into(),
                    Cell::Message(standing(source, late)),
                ],
            }
        })
    });
    Table {
        name: "unreviewed",
        columns: columns(&[
            "col-source",
            "col-first-day",
            "col-last-day",
            "col-day-count",
            "col-standing",
        ]),
        rows: rows.collect(),
    }
}

fn standing(source: &SourceReviews, late: bool) -> Message {
    Message::id(match (source.period_days, late) {
        (None, _) => "reviews-no-period",
        (Some(_), true) => "reviews-overdue",
        (Some(_), false) => "reviews-due",
    })
}

fn done(found: &Reviews, zone: Zone) -> Table {
    let rows = found.reviews.iter().filter_map(|recorded| {
        let Note::Review(review) = &recorded.note else {
            return None;
        };
        let source = match &review.source {
            Some(source) => Cell::Text(source.clone()),
            None => Cell::Message(Message::id("all-sources")),
        };
        Some(Row {
            cells: vec![
                moment(Some(recorded.time), zone, "stated"),
                Cell::Message(Message::code("subject", review.subject.clone())),
                source,
                Cell::Text(review.from.clone()),
                Cell::Text(review.to.clone()),
                Cell::Text(review.by.clone()),
                Cell::Text(review.result.clone()),
            ],
            ..Row::default()
        })
    });
    Table {
        name: "reviews",
        columns: columns(&[
            "col-recorded",
            "col-subject",
            "col-source",
            "col-first-day",
            "col-last-day",
            "col-person",
            "col-result",
        ]),
        rows: rows.collect(),
    }
}
