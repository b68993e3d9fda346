//! The page of a proof of retention.

use letopis_reconstruct::kept::held::{Period, Reason};
use letopis_reconstruct::kept::{Stretch, Verdict};
use letopis_reconstruct::{RetentionProof, SourceHeld};
use letopis_report::page::Row;
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Table};

use super::columns;
use super::coverage::{day, rhythm, stretches, table_or_none};

pub(super) fn page(head: Head, proof: &RetentionProof) -> Page {
    let summary = Message::id("retention-summary")
        .text("day", proof.at.clone())
        .message("answer", answer(proof.verdict));
    let inside = proof
        .sources
        .iter()
        .map(|s| (&s.source, s.held.missing.as_slice()));
    let sections = vec![
        match proof.verdict {
            Verdict::Met => Section::Text(summary),
            _ => Section::Warning(summary),
        },
        Section::Text(Message::id("retention-meaning")),
        Section::Table(sources(proof)),
        Section::Heading(Message::id("retention-why")),
        table_or_none(why(proof)),
        Section::Heading(Message::id("retention-past")),
        Section::Text(Message::id("retention-past-meaning")),
        table_or_none(past(proof)),
        Section::Heading(Message::id("retention-inside")),
        table_or_none(stretches("inside", inside)),
        Section::Heading(Message::id("retention-anchors")),
        table_or_none(anchors(proof)),
    ];
    let mut not_shown = vec![
        "limit-completeness",
        "limit-day",
        "limit-elsewhere",
        "limit-holidays",
    ];
    if proof.anchors.is_empty() {
        not_shown.insert(0, "limit-custodian-word");
    }
    if !proof.listed {
        not_shown.insert(0, "limit-no-list");
    }
    Page {
        title: Message::id("retention-title"),
        head,
        sections,
        not_shown: not_shown.into_iter().map(Message::id).collect(),
    }
}

fn answer(verdict: Verdict) -> Message {
    Message::id(match verdict {
        Verdict::Met => "answer-met",
        Verdict::NotShown => "answer-not-shown",
        Verdict::NotMet => "answer-not-met",
    })
}

fn mark(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Met => Mark::Plain,
        Verdict::NotShown => Mark::Anchor,
        Verdict::NotMet => Mark::Bad,
    }
}

fn reason(code: &str) -> Message {
    Message::id(match code {
        "missing" => "kept-missing",
        "removed" => "kept-removed",
        "taken-in-later" => "kept-later",
        "in-part" => "kept-in-part",
        "behind" => "kept-behind",
        "begins" => "kept-begins",
        "no-rhythm" => "kept-no-rhythm",
        _ => "kept-nothing",
    })
}

fn sources(proof: &RetentionProof) -> Table {
    let row = |source: &SourceHeld| Row {
        mark: mark(source.held.today.verdict),
        cells: vec![
            Cell::Text(source.source.clone()),
            rhythm(source.rhythm.as_ref()),
            day(source.held.first),
            day(source.held.last),
            Cell::Number(i64::from(source.months)),
            day(Some(source.held.today.from)),
            Cell::Message(answer(source.held.today.verdict)),
            source.not_placed.into(),
        ],
    };
    Table {
        name: "sources",
        columns: columns(&[
            "col-source",
            "col-rhythm",
            "col-first-day",
            "col-last-day",
            "col-months",
            "col-held-from",
            "col-answer",
            "col-not-placed",
        ]),
        rows: proof.sources.iter().map(row).collect(),
    }
}

/// The reasons of today's answers, a row a stretch.
fn why(proof: &RetentionProof) -> Table {
    let mut rows = Vec::new();
    for source in &proof.sources {
        for found in &source.held.today.reasons {
            let stretches: &[Stretch] = match found {
                Reason::Missing { stretches }
                | Reason::Removed { stretches }
                | Reason::TakenInLater { stretches }
                | Reason::InPart { stretches } => stretches,
                _ => &[],
            };
            let mut add = |from, to, days: Cell| {
                rows.push(Row {
                    mark: mark(source.held.today.verdict),
                    cells: vec![
                        Cell::Text(source.source.clone()),
                        Cell::Message(reason(found.code())),
                        day(from),
                        day(to),
                        days,
                    ],
                });
            };
            match found {
                Reason::Behind { last, days } => add(
                    last.and_then(|last| last.succ_opt()),
                    None,
                    u64::from(*days).into(),
                ),
                Reason::Begins { first } => add(Some(*first), None, Cell::Empty),
                Reason::NoRhythm | Reason::Nothing => add(None, None, Cell::Empty),
                _ => stretches
                    .iter()
                    .for_each(|s| add(Some(s.from), Some(s.to), u64::from(s.days).into())),
            }
        }
    }
    Table {
        name: "why",
        columns: columns(&[
            "col-source",
            "col-reason",
            "col-first-day",
            "col-last-day",
            "col-day-count",
        ]),
        rows,
    }
}

fn past(proof: &RetentionProof) -> Table {
    let row = |source: &SourceHeld, period: &Period| Row {
        mark: mark(period.verdict),
        cells: vec![
            Cell::Text(source.source.clone()),
            day(Some(period.from)),
            day(Some(period.to)),
            Cell::Message(answer(period.verdict)),
            match period.reasons.is_empty() {
                true => Cell::Empty,
                false => Cell::Message(Message::List(
                    period.reasons.iter().map(|code| reason(code)).collect(),
                )),
            },
        ],
    };
    Table {
        name: "past",
        columns: columns(&[
            "col-source",
            "col-first-day",
            "col-last-day",
            "col-answer",
            "col-reason",
        ]),
        rows: proof
            .sources
            .iter()
            .flat_map(|source| source.held.past.iter().map(move |period| row(source, period)))
            .collect(),
    }
}

fn anchors(proof: &RetentionProof) -> Table {
    let rows = proof.anchors.iter().map(|anchor| Row {
        mark: Mark::Plain,
        cells: vec![
            Cell::Text(anchor.kind.to_owned()),
            anchor.size.into(),
            Cell::Time(anchor.since.clone()),
            Cell::from(anchor.by.join(", ")),
            Cell::Text(anchor.verdict.to_owned()),
        ],
    });
    Table {
        name: "anchors",
        columns: columns(&[
            "col-anchor",
            "col-entries",
            "col-handed-in",
            "col-by",
            "col-verdict",
        ]),
        rows: rows.collect(),
    }
}
