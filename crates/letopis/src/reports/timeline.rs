//! The page of a timeline.

use std::collections::BTreeMap;

use letopis_event::Zone;
use letopis_reconstruct::timeline::{Entity, Presence, TimelineRow};
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
    sections.push(Section::Text(summary(found)));
    if found.unfinished {
        sections.push(Section::Warning(Message::id("timeline-unfinished")));
    }
    sections.push(Section::Text(Message::id("not-placed").number("n", count)));
    sections.push(Section::Text(Message::id("assumed-mark")));
    if !found.gaps.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-gaps")));
        sections.push(Section::Table(gaps(found, zone)));
    }
    sections.push(Section::Heading(Message::id("timeline-rows")));
    // Time and UTC, source and machine, kind with outcome and who, then the record's own words and why it is here.
    const GROUPS: &[&[usize]] = &[&[0, 1], &[2, 3], &[4, 5], &[6, 7], &[9, 8, 10, 12, 11]];
    sections.push(Section::Stacked(rows(found, zone), GROUPS));
    if !found.logons.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-logons")));
        sections.push(Section::Table(logons(found, zone)));
    }
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

fn summary(found: &Timeline) -> Message {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let anchors = found.rows.iter().filter(|r| r.anchor).count();
    let copies = found.rows.iter().filter(|r| r.copy_of.is_some()).count();
    Message::id("timeline-summary")
        .number("rows", count(found.rows.len()))
        .number("anchors", count(anchors))
        .number("reached", count(found.rows.len() - anchors))
        .number("copies", count(copies))
}

fn entity(entity: &Entity) -> Cell {
    Cell::Message(Message::code("entity", entity.kind.to_string()))
}

fn value(entity: &Entity) -> Cell {
    Cell::Text(match &entity.of {
        Some(source) => format!("{} ({source})", entity.value),
        None => entity.value.clone(),
    })
}

fn logons(found: &Timeline, zone: Zone) -> Table {
    let row = |l: &Presence| Row {
        mark: Mark::Plain,
        cells: vec![
            l.account.clone().into(),
            Cell::Text(local(Some(l.from), zone, "stated")),
            Cell::Text(local(Some(l.to), zone, "stated")),
            l.days.into(),
            l.source_days.into(),
            Cell::Code(l.event_id.clone()),
        ],
    };
    Table {
        name: "logons",
        columns: columns(&[
            "col-user",
            "col-from",
            "col-to",
            "col-days",
            "col-source-days",
            "col-event",
        ]),
        rows: found.logons.iter().map(row).collect(),
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
            Cell::Message(Message::code("kind", r.kind.clone())),
            Cell::Message(Message::code("outcome", r.outcome.clone())),
            r.user_name.clone().or_else(|| r.target_user.clone()).into(),
            r.src_ip.clone().or_else(|| r.dst_ip.clone()).into(),
            r.target.clone().into(),
            r.message.clone().into(),
            r.why.clone().into(),
            Cell::Code(r.event_id.clone()),
            r.copy_of.clone().map_or(Cell::Empty, |id| {
                Cell::Message(Message::id("timeline-copy").text("event", id))
            }),
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
            "col-copy",
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
                    entity(&i.entity),
                    value(&i.entity),
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
                    entity(&s.entity),
                    value(&s.entity),
                    s.days.into(),
                    s.source_days.into(),
                ],
            })
            .collect(),
    }
}
