//! The page of a timeline.

use std::collections::BTreeMap;

use letopis_event::Zone;
use letopis_reconstruct::timeline::TimelineRow;
use letopis_reconstruct::{Timeline, TimelineRequest};
use letopis_report::page::{Line, Row};
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Series, Table};

use super::{local, utc};

pub(super) fn parameters(request: &TimelineRequest, zone: Zone) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        list.extend(value.filter(|v| !v.is_empty()).map(|v| (name.to_owned(), v)));
    };
    put("search", request.search.clone());
    put("user", Some(request.users.join(", ")));
    put("host", Some(request.hosts.join(", ")));
    put("address", Some(request.addresses.join(", ")));
    put("event", Some(request.events.join(", ")));
    put("from", request.from.map(|t| local(Some(t), zone, "stated")));
    put("to", request.to.map(|t| local(Some(t), zone, "stated")));
    put(
        "window",
        request
            .grow
            .then(|| format!("{} min", request.window / 60_000_000)),
    );
    list
}

pub(super) fn page(head: Head, found: &Timeline, zone: Zone) -> Page {
    let count = i64::try_from(found.not_placed).unwrap_or(i64::MAX);
    let mut sections = Vec::new();
    if found.rows.is_empty() {
        sections.push(Section::Text(Message::id("timeline-empty")));
    } else {
        sections.push(Section::Heading(Message::id("timeline-picture")));
        sections.push(Section::Picture(picture(found, zone)));
        sections.push(Section::Text(Message::id("timeline-legend")));
    }
    sections.push(Section::Text(Message::id("not-placed").number("n", count)));
    sections.push(Section::Text(Message::id("assumed-mark")));
    if !found.gaps.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-gaps")));
        sections.push(Section::Table(gaps(found, zone)));
    }
    sections.push(Section::Heading(Message::id("timeline-rows")));
    sections.push(Section::Table(rows(found, zone)));
    if !found.followed.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-followed")));
        sections.push(Section::Table(followed(found)));
    }
    if !found.skipped.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-skipped")));
        sections.push(Section::Table(skipped(found)));
    }
    let not_shown = ["limit-account", "limit-reach", "limit-clock", "limit-true"];
    Page {
        title: Message::id("timeline-title"),
        head,
        sections,
        not_shown: not_shown.map(Message::id).to_vec(),
    }
}

fn mark(row: &TimelineRow) -> Mark {
    match (row.outcome.as_str(), row.anchor) {
        ("failure", _) => Mark::Bad,
        (_, true) => Mark::Anchor,
        _ => Mark::Plain,
    }
}

fn picture(found: &Timeline, zone: Zone) -> Series {
    let (from, to) = found.span().unwrap_or_default();
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for row in &found.rows {
        let line = lines.entry(&row.source).or_default();
        line.name.clone_from(&row.source);
        line.points.push((row.time, mark(row)));
    }
    for gap in &found.gaps {
        if let Some(line) = lines.get_mut(gap.source.as_str()) {
            line.gaps.push((gap.from, gap.to.unwrap_or(to)));
        }
    }
    Series {
        from,
        to,
        offset_min: zone.offset_min_at(from),
        lines: lines.into_values().collect(),
    }
}

fn columns(ids: &[&'static str]) -> Vec<Message> {
    ids.iter().map(|id| Message::id(id)).collect()
}

fn rows(found: &Timeline, zone: Zone) -> Table {
    let row = |r: &TimelineRow| Row {
        mark: mark(r),
        cells: vec![
            Cell::Text(local(Some(r.time), zone, &r.time_basis)),
            Cell::Text(utc(r.time)),
            r.source.clone().into(),
            r.host.clone().into(),
            r.kind.clone().into(),
            r.outcome.clone().into(),
            r.user_name.clone().or_else(|| r.target_user.clone()).into(),
            r.src_ip.clone().or_else(|| r.dst_ip.clone()).into(),
            r.target.clone().into(),
            r.message.clone().into(),
            r.why.clone().into(),
            Cell::Code(r.event_id.clone()),
        ],
    };
    Table {
        name: "timeline",
        columns: columns(&[
            "col-time",
            "col-utc",
            "col-source",
            "col-host",
            "col-kind",
            "col-outcome",
            "col-user",
            "col-address",
            "col-target",
            "col-message",
            "col-why",
            "col-event",
        ]),
        rows: found.rows.iter().map(row).collect(),
    }
}

fn gaps(found: &Timeline, zone: Zone) -> Table {
    let time = |t: Option<i64>| t.map(|t| local(Some(t), zone, "stated"));
    Table {
        name: "gaps",
        columns: columns(&["col-source", "col-from", "col-to"]),
        rows: found
            .gaps
            .iter()
            .map(|g| Row {
                mark: Mark::Bad,
                cells: vec![
                    g.source.clone().into(),
                    time(Some(g.from)).into(),
                    time(g.to).into(),
                ],
            })
            .collect(),
    }
}

fn followed(found: &Timeline) -> Table {
    Table {
        name: "followed",
        columns: columns(&[
            "col-entity",
            "col-value",
            "col-days",
            "col-source-days",
            "col-shared",
        ]),
        rows: found
            .followed
            .iter()
            .map(|i| Row {
                mark: Mark::Plain,
                cells: vec![
                    Cell::Text(i.entity.kind.to_string()),
                    i.entity.value.clone().into(),
                    i.days.into(),
                    i.source_days.into(),
                    i.shared_by.into(),
                ],
            })
            .collect(),
    }
}

fn skipped(found: &Timeline) -> Table {
    Table {
        name: "skipped",
        columns: columns(&["col-entity", "col-value", "col-days", "col-source-days"]),
        rows: found
            .skipped
            .iter()
            .map(|s| Row {
                mark: Mark::Plain,
                cells: vec![
                    Cell::Text(s.entity.kind.to_string()),
                    s.entity.value.clone().into(),
                    s.days.into(),
                    s.source_days.into(),
                ],
            })
            .collect(),
    }
}
