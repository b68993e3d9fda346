//! The page of a timeline.

use std::collections::BTreeMap;

use letopis_event::Zone;
use letopis_reconstruct::timeline::{Asked, Entity, EntityKind, Involved, Presence, TimelineRow, Why};
use letopis_reconstruct::{Timeline, TimelineRequest};
use letopis_report::page::{Line, Row};
use letopis_report::{Cell, Head, Mark, Message, Page, Section, Series, Table};

use super::{columns, moment, utc};

mod overview;

pub(super) fn parameters(request: &TimelineRequest, zone: Zone) -> super::Asked {
    let mut list = Vec::new();
    let mut put = |id, value: Option<Message>| list.extend(value.map(|v| (Message::id(id), v)));
    let several = |values: &[String]| (!values.is_empty()).then(|| Message::plain(values.join(", ")));
    let time = |t: Option<i64>| t.map(|t| Message::plain(super::local(Some(t), zone, "stated")));
    put("ask-search", request.search.clone().map(Message::plain));
    put("ask-user", several(&request.users));
    put("ask-host", several(&request.hosts));
    put("ask-address", several(&request.addresses));
    put("ask-event", several(&request.events));
    put("ask-from", time(request.from));
    put("ask-to", time(request.to));
    if request.grow && request.steps > 0 {
        let minutes = Message::id("unit-minutes").number("n", request.window / 60_000_000);
        put("ask-window", Some(minutes));
        put("ask-steps", Some(Message::plain(request.steps.to_string())));
        let followed = Message::id("ask-common-followed");
        put("ask-common", request.follow_common.then_some(followed));
    } else {
        put("ask-steps", Some(Message::id("ask-none")));
    }
    list
}

/// Time and UTC, source and machine, kind with outcome, who, then the record's own words and why it is here.
const GROUPS: &[&[usize]] = &[&[0, 1], &[2, 3], &[4, 5], &[6, 7], &[9, 8, 10, 12, 11]];

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
    if !found.rows.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-overview")));
        sections.push(Section::Text(Message::id("timeline-overview-copies")));
        sections.push(Section::Stacked(
            overview::table(&found.rows, zone),
            overview::GROUPS,
        ));
        sections.push(Section::Heading(Message::id("timeline-rows")));
        sections.push(Section::Stacked(rows(found, zone), GROUPS));
    }
    if !found.logons.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-logons")));
        sections.push(Section::Table(logons(found, zone)));
    }
    if !found.followed.is_empty() {
        sections.push(Section::Heading(Message::id("timeline-followed")));
        sections.push(Section::Table(followed(&found.followed)));
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

/// Why a row is there, in the words of the catalogue.
fn why(why: &Why) -> Message {
    match why {
        Why::Anchor { asked } => Message::List(asked.iter().map(self::asked).collect()),
        Why::Trace {
            trace,
            shared_by,
            apart,
            near,
        } => {
            let shared = i64::try_from(*shared_by).unwrap_or(i64::MAX);
            let message = match (trace.kind, shared_by) {
                (_, 0) => Message::id("why-trace"),
                (EntityKind::Address, _) => Message::id("why-trace-shared")
                    .message("shared", Message::id("shared-address").number("n", shared)),
                _ => Message::id("why-trace-shared")
                    .message("shared", Message::id("shared-account").number("n", shared)),
            };
            message
                .message("trace", self::trace(trace))
                .message("apart", self::apart(*apart))
                .text("event", near.clone())
        }
        Why::Logon {
            account,
            logon,
            apart,
            days,
            source_days,
        } => Message::id("why-logon")
            .text("account", account.clone())
            .text("event", logon.clone())
            .message("apart", self::apart(*apart))
            .text("days", days.to_string())
            .text("of", source_days.to_string()),
    }
}

fn asked(asked: &Asked) -> Message {
    match asked {
        Asked::Search(query) => Message::id("why-search").text("value", query.clone()),
        Asked::User(name) => Message::id("why-user").text("value", name.clone()),
        Asked::Host(name) => Message::id("why-host").text("value", name.clone()),
        Asked::Address(address) => Message::id("why-address").text("value", address.clone()),
        Asked::Event => Message::id("why-event"),
        Asked::Time => Message::id("why-time"),
    }
}

fn trace(trace: &Entity) -> Message {
    let id = match trace.kind {
        EntityKind::Account => "trace-account",
        EntityKind::Address => "trace-address",
        EntityKind::Machine => "trace-machine",
        EntityKind::Session => "trace-session",
        EntityKind::Process => "trace-process",
    };
    Message::id(id)
        .text("value", trace.value.clone())
        .text("source", trace.of.clone().unwrap_or_default())
}

fn apart(micros: i64) -> Message {
    let seconds = micros.abs() / 1_000_000;
    match seconds {
        0..=119 => Message::id("apart-seconds").number("n", seconds),
        120..=7_199 => Message::id("apart-minutes").number("n", seconds / 60),
        _ => Message::id("apart-hours")
            .number("hours", seconds / 3_600)
            .number("minutes", seconds % 3_600 / 60),
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

fn logons(found: &Timeline, zone: Zone) -> Table {
    let row = |l: &Presence| Row {
        mark: Mark::Plain,
        cells: vec![
            l.account.clone().into(),
            moment(Some(l.from), zone, "stated"),
            moment(Some(l.to), zone, "stated"),
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

fn rows(found: &Timeline, zone: Zone) -> Table {
    let row = |r: &TimelineRow| Row {
        mark: mark(r),
        cells: vec![
            moment(Some(r.time), zone, &r.time_basis),
            utc(r.time),
            r.source.clone().into(),
            r.host.clone().into(),
            Cell::Message(Message::code("kind", r.kind.clone())),
            Cell::Message(Message::code("outcome", r.outcome.clone())),
            r.user_name.clone().or_else(|| r.target_user.clone()).into(),
            r.src_ip.clone().or_else(|| r.dst_ip.clone()).into(),
            r.target.clone().into(),
            r.message.clone().into(),
            Cell::Message(why(&r.why)),
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
                    moment(Some(g.from), zone, "stated"),
                    g.to.map_or(Cell::Message(Message::id("silence-open")), |to| {
                        moment(Some(to), zone, "stated")
                    }),
                ],
            })
            .collect(),
    }
}

/// The followed traces. Processes and sessions are many and alike: those that differ in nothing but their number stand
/// in one row.
fn followed(followed: &[Involved]) -> Table {
    let mut rows: Vec<(&Involved, Vec<&str>)> = Vec::new();
    for one in followed {
        let alike = |other: &Involved| {
            one.entity.of.is_some()
                && other.entity.of == one.entity.of
                && other.entity.kind == one.entity.kind
                && (other.days, other.source_days, other.shared_by)
                    == (one.days, one.source_days, one.shared_by)
        };
        match rows.iter_mut().find(|(first, _)| alike(first)) {
            Some((_, values)) => values.push(&one.entity.value),
            None => rows.push((one, vec![&one.entity.value])),
        }
    }
    let row = |(one, values): (&Involved, Vec<&str>)| Row {
        mark: Mark::Plain,
        cells: vec![
            entity(&one.entity),
            one.entity.of.clone().into(),
            Cell::Text(values.join(", ")),
            one.days.into(),
            one.source_days.into(),
            if one.shared_by > 0 {
                one.shared_by.into()
            } else {
                Cell::Empty
            },
        ],
    };
    Table {
        name: "followed",
        columns: columns(&[
            "col-entity",
            "col-source",
            "col-value",
            "col-days",
            "col-source-days",
            "col-shared",
        ]),
        rows: rows.into_iter().map(row).collect(),
    }
}

fn skipped(found: &Timeline) -> Table {
    Table {
        name: "skipped",
        columns: columns(&[
            "col-entity",
            "col-source",
            "col-value",
            "col-days",
            "col-source-days",
        ]),
        rows: found
            .skipped
            .iter()
            .map(|s| Row {
                mark: Mark::Plain,
                cells: vec![
                    entity(&s.entity),
                    s.entity.of.clone().into(),
                    s.entity.value.clone().into(),
                    s.days.into(),
                    s.source_days.into(),
                ],
            })
            .collect(),
    }
}
