//! The page of the coverage of sources.

use chrono::{NaiveDate, NaiveTime};
use letopis_event::Zone;
use letopis_reconstruct::kept::{Sign, Stretch};
use letopis_reconstruct::{CoverageReport, SourceCoverage};
use letopis_report::page::{Line, Row};
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Series, Table};

use super::columns;

pub(super) fn page(head: Head, report: &CoverageReport, zone: Zone) -> Page {
    let mut sections = vec![Section::Text(Message::id("coverage-meaning"))];
    if let Some(picture) = picture(report, zone) {
        sections.push(Section::Picture(picture));
    }
    sections.push(Section::Table(sources(report)));
    sections.push(Section::Heading(Message::id("coverage-missing")));
    let judged = || {
        report
            .sources
            .iter()
            .filter_map(|s| Some((&s.source, s.coverage.as_ref()?)))
    };
    let missing = stretches(
        "missing",
        judged().map(|(source, c)| (source, c.missing.as_slice())),
    );
    sections.push(table_or_none(missing));
    let thin = stretches("thin", judged().map(|(source, c)| (source, c.thin.as_slice())));
    if !thin.rows.is_empty() {
        sections.push(Section::Heading(Message::id("coverage-thin")));
        sections.push(Section::Table(thin));
    }
    sections.push(Section::Heading(Message::id("coverage-findings")));
    sections.push(Section::Text(Message::id("coverage-findings-meaning")));
    sections.push(table_or_none(findings(report, zone)));
    let mut not_shown = vec![
        "limit-completeness",
        "limit-day",
        "limit-holidays",
        "limit-oldest-file",
    ];
    if !report.listed {
        not_shown.insert(0, "limit-no-list");
    }
    Page {
        title: Message::id("coverage-title"),
        head,
        sections,
        not_shown: not_shown.into_iter().map(Message::id).collect(),
    }
}

/// A table, or the words that there is nothing.
pub(super) fn table_or_none(table: Table) -> Section {
    if table.rows.is_empty() {
        return Section::Text(Message::id("stats-none"));
    }
    Section::Table(table)
}

/// The rhythm as the source list says it.
pub(super) fn rhythm(rhythm: Option<&String>) -> Cell {
    rhythm.map_or_else(
        || Cell::Message(Message::id("rhythm-assumed")),
        |text| Cell::Text(text.clone()),
    )
}

/// A day as a cell.
pub(super) fn day(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, |day| Cell::Time(day.to_string()))
}

fn sources(report: &CoverageReport) -> Table {
    let row = |source: &SourceCoverage| {
        let c = source.coverage.as_ref();
        let expected = c.map(|c| c.expected_days).filter(|days| *days > 0);
        Row {
            mark: if c.is_none_or(|c| !c.missing.is_empty()) {
                Mark::Bad
            } else {
                Mark::Plain
            },
            cells: vec![
                Cell::Text(source.source.clone()),
                rhythm(source.rhythm.as_ref()),
                day(c.map(|c| c.from)),
                day(c.map(|c| c.to)),
                c.map_or(0, |c| c.records).into(),
                u64::from(c.map_or(0, |c| c.held_days)).into(),
                expected.map_or(Cell::Empty, |days| u64::from(days).into()),
                u64::from(c.map_or(0, |c| c.missing_days())).into(),
                source.not_placed.into(),
                c.and_then(|c| c.median_lateness_days)
                    .map_or(Cell::Empty, Cell::Number),
            ],
        }
    };
    Table {
        name: "sources",
        columns: columns(&[
            "col-source",
            "col-rhythm",
            "col-first-day",
            "col-last-day",
            "col-records",
            "col-held-days",
            "col-expected-days",
            "col-missing-days",
            "col-not-placed",
            "col-lateness",
        ]),
        rows: report.sources.iter().map(row).collect(),
    }
}

/// A row for each sign of each finding; the first row of a finding is marked.
fn findings(report: &CoverageReport, zone: Zone) -> Table {
    // On the clock that the head of the page names, to the second.
    let moment = |text: &Option<String>| {
        let micros = text.as_deref().and_then(letopis_reconstruct::moment::parse);
        let local = micros.and_then(|micros| zone.local(micros));
        local.map_or(Cell::Empty, |local| {
            Cell::Time(local.format("%Y-%m-%d %H:%M:%S").to_string())
        })
    };
    let mut rows = Vec::new();
    for (number, finding) in (1..).zip(&report.findings) {
        for (place, sign) in finding.signs.iter().enumerate() {
            rows.push(Row {
                mark: if place == 0 { Mark::Bad } else { Mark::Plain },
                cells: vec![
                    Cell::Number(number),
                    Cell::Text(finding.source.clone()),
                    moment(&finding.from),
                    moment(&finding.to),
                    Cell::Message(sign_words(sign)),
                ],
            });
        }
    }
    Table {
        name: "findings",
        columns: columns(&["col-finding", "col-source", "col-from", "col-to", "col-sign"]),
        rows,
    }
}

fn sign_words(sign: &Sign) -> Message {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "—".to_owned());
    match sign {
        Sign::LeftOut {
            name: file,
            after,
            before,
        } => Message::id("sign-left-out")
            .text("file", file.clone())
            .text("after", name(after))
            .text("before", name(before)),
        Sign::BetweenFiles { files, after, before } => Message::id("sign-between-files")
            .text("files", files.clone())
            .text("after", name(after))
            .text("before", name(before)),
        Sign::Silence { days } => Message::id("sign-silence").number("n", (*days).into()),
        Sign::SilentHours { hours } => Message::id("sign-silent-hours").number("n", (*hours).into()),
        Sign::Numbers {
            counter,
            missing,
            first,
            last,
            before_event,
            after_event,
        } => Message::id("sign-numbers")
            .text("counter", counter.clone())
            .number("n", number(*missing))
            .text("first", first.to_string())
            .text("last", last.to_string())
            .text("after", before_event.clone())
            .text("before", after_event.clone()),
        Sign::Cleared {
            kind,
            target,
            user,
            event_id,
        } => Message::id("sign-cleared")
            .message("what", Message::code("kind", kind.clone()))
            .text("target", name(target))
            .text("user", name(user))
            .text("event", event_id.clone()),
        Sign::Clock {
            others,
            connections,
            behind_s,
            is_odd,
        } => {
            let id = match (*behind_s < 0, is_odd) {
                (false, true) => "sign-clock-behind",
                (true, true) => "sign-clock-ahead",
                (false, false) => "sign-clock-behind-or-other",
                (true, false) => "sign-clock-ahead-or-other",
            };
            Message::id(id)
                .number("s", behind_s.abs())
                .text("others", others.join(", "))
                .number("n", number(*connections))
        }
        Sign::Altered { path, sha256 } => Message::id("sign-altered")
            .text("file", path.clone())
            .text("sha256", sha256.clone()),
    }
}

/// A row for each stretch of days of each source.
pub(super) fn stretches<'s>(
    name: &'static str,
    found: impl Iterator<Item = (&'s String, &'s [Stretch])>,
) -> Table {
    let row = |source: &String, stretch: &Stretch| Row {
        mark: Mark::Bad,
        cells: vec![
            Cell::Text(source.clone()),
            day(Some(stretch.from)),
            day(Some(stretch.to)),
            u64::from(stretch.days).into(),
        ],
    };
    Table {
        name,
        columns: columns(&["col-source", "col-first-day", "col-last-day", "col-day-count"]),
        rows: found
            .flat_map(|(source, list)| list.iter().map(move |stretch| row(source, stretch)))
            .collect(),
    }
}

/// A line for each source: a mark for each day that has records, shaded where days are missing.
fn picture(report: &CoverageReport, zone: Zone) -> Option<Series> {
    let begin = |day: NaiveDate| zone.place(day.and_time(NaiveTime::MIN)).micros;
    let judged = || {
        report
            .sources
            .iter()
            .filter_map(|s| Some((s, s.coverage.as_ref()?)))
    };
    let from = judged().map(|(_, c)| c.from).min()?;
    let to = judged().map(|(_, c)| c.to).max()?.succ_opt()?;
    let lines = judged().map(|(source, coverage)| Line {
        name: source.source.clone(),
        points: source
            .days
            .iter()
            .map(|(day, _)| (begin(*day) + 43_200_000_000, Mark::Plain))
            .collect(),
        gaps: coverage
            .missing
            .iter()
            .map(|s| (begin(s.from), begin(s.to.succ_opt().unwrap_or(s.to))))
            .collect(),
    });
    Some(Series {
        from: begin(from),
        to: begin(to),
        offset_min: zone.offset_min_at(begin(to)),
        lines: lines.collect(),
    })
}
