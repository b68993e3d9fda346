//! Outwards step by step: rows that share an entity with a row that is there and lie near it in time.

use std::collections::BTreeMap;

use super::entity::{self, Entity, EntityKind, Involved, Judge, Skipped, Touch, of_row};
use super::presence::{self, Presence};
use super::{Place, ROWS_MOST, TimelineRequest, TimelineRow, Why, fetch};
use crate::error::Result;
use crate::reading::Reading;

/// How far a session or a process is followed from a row that names it: their numbers are used again.
pub(super) const LIFETIME: i64 = 12 * 3_600_000_000;

/// What growing found besides rows.
#[derive(Debug, Default)]
pub(super) struct Grown {
    pub(super) followed: Vec<Involved>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) logons: Vec<Presence>,
    /// Whether the last step still found rows.
    pub(super) unfinished: bool,
}

/// Adds rows step by step until a step finds none or the steps are used up.
pub(super) fn grow(
    reading: &mut Reading,
    request: &TimelineRequest,
    rows: &mut BTreeMap<Place, TimelineRow>,
) -> Result<Grown> {
    let mut grown = Grown::default();
    let (Some(first), Some(last)) = (
        rows.keys().next().map(|p| p.0),
        rows.keys().next_back().map(|p| p.0),
    ) else {
        return Ok(grown);
    };
    let bounds = TimelineRequest {
        from: Some(first - request.window),
        to: Some(last + request.window + 1),
        ..request.clone()
    };
    let mut judge = Judge::new(reading)?;
    for step in 1..=request.steps {
        let touched = entity::touched(rows.values());
        judge.judge(reading, touched.keys(), request)?;
        grown.followed = judge.followed(&touched);
        grown.skipped = judge.skipped();
        grown.logons = presence::of(rows.values(), &grown.skipped, request.window);
        let condition = condition(&grown);
        if condition.is_empty() {
            break;
        }
        let found = fetch(reading, &condition, &bounds, ROWS_MOST, "rows")?;
        let by_entity: BTreeMap<&Entity, &Involved> = grown.followed.iter().map(|i| (&i.entity, i)).collect();
        let mut new = Vec::new();
        for (place, mut row) in found {
            if rows.contains_key(&place) {
                continue;
            }
            if let Some(why) = why(&row, &by_entity, &grown.logons, request.window) {
                row.why = why;
                row.step = step;
                new.push((place, row));
            }
        }
        grown.unfinished = !new.is_empty() && step == request.steps;
        if new.is_empty() {
            break;
        }
        rows.extend(new);
    }
    Ok(grown)
}

fn condition(grown: &Grown) -> String {
    let mut tests: Vec<String> = Vec::new();
    for kind in EntityKind::ALL {
        let of_kind: Vec<&Entity> = grown
            .followed
            .iter()
            .map(|i| &i.entity)
            .filter(|e| e.kind == kind)
            .collect();
        if !of_kind.is_empty() {
            tests.push(entity::condition(kind, &of_kind));
        }
    }
    tests.extend(grown.logons.iter().map(presence::condition));
    tests.join(" OR ")
}

/// The nearest touch of any shared entity is the reason; else a logon of its account that lasts.
fn why(
    row: &TimelineRow,
    by_entity: &BTreeMap<&Entity, &Involved>,
    logons: &[Presence],
    window: i64,
) -> Option<Why> {
    let nearest = of_row(row)
        .iter()
        .filter_map(|entity| by_entity.get(entity))
        .filter_map(|involved| nearest(involved, row).map(|(distance, id)| (distance, *involved, id)))
        .filter(|(distance, involved, _)| {
            *distance <= window || (involved.entity.kind.is_local() && *distance <= LIFETIME)
        })
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.entity.cmp(&b.1.entity)));
    if let Some((distance, involved, id)) = nearest {
        return Some(reason(involved, distance, id));
    }
    let logon = logons
        .iter()
        .find(|l| presence::names(row, &l.account) && (l.from..=l.to).contains(&row.time))?;
    Some(Why::Logon {
        account: logon.account.clone(),
        logon: logon.event_id.clone(),
        apart: row.time - logon.from,
        days: logon.days,
        source_days: logon.source_days,
    })
}

/// The row that touches the entity nearest to another: its distance and event id.
fn nearest<'i>(involved: &'i Involved, row: &TimelineRow) -> Option<(i64, &'i str)> {
    let fits = |touch: &&Touch| {
        !involved.entity.kind.is_local()
            || touch.host == row.host
            || touch.host.is_none()
            || row.host.is_none()
    };
    let position = involved.touches.partition_point(|t| t.time < row.time);
    let (before, after) = involved.touches.split_at(position);
    let around = [before.iter().rev().find(fits), after.iter().find(fits)];
    around
        .into_iter()
        .flatten()
        .map(|t| ((t.time - row.time).abs(), t.event_id.as_str()))
        .min()
}

fn reason(involved: &Involved, apart: i64, near: &str) -> Why {
    let shared_by = match (involved.entity.kind, involved.shared_by) {
        (EntityKind::Address, n) if n > 1 => n,
        (EntityKind::Account, n) if n > 3 => n,
        _ => 0,
    };
    Why::Trace {
        trace: involved.entity.clone(),
        shared_by,
        apart,
        near: near.to_owned(),
    }
}
