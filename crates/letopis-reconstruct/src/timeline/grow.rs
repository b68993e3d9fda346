//! One step outwards: rows that share an entity with an anchor and lie within the window around it.

use std::collections::BTreeMap;

use super::entity::{EntityKind, Involved, of_row};
use super::{Place, ROWS_MOST, TimelineRequest, TimelineRow, fetch};
use crate::error::Result;
use crate::reading::Reading;
use crate::search::literal;

/// Adds the rows to those that are there.
pub(super) fn grow(
    reading: &mut Reading,
    request: &TimelineRequest,
    followed: &[Involved],
    rows: &mut BTreeMap<Place, TimelineRow>,
) -> Result<()> {
    let touches = || followed.iter().flat_map(|i| &i.touches).map(|(time, _)| *time);
    let (Some(first), Some(last)) = (touches().min(), touches().max()) else {
        return Ok(());
    };
    let bounds = TimelineRequest {
        from: Some(first - request.window),
        to: Some(last + request.window + 1),
        ..request.clone()
    };
    let found = fetch(reading, &condition(followed), &bounds, ROWS_MOST, "rows")?;
    let by_entity: BTreeMap<_, _> = followed.iter().map(|i| (&i.entity, i)).collect();
    for (place, mut row) in found {
        if rows.contains_key(&place) {
            continue;
        }
        // The nearest touch of any shared entity is the reason.
        let nearest = of_row(&row)
            .iter()
            .filter_map(|entity| by_entity.get(entity))
            .filter_map(|involved| {
                nearest(involved, row.time).map(|(distance, id)| (distance, *involved, id))
            })
            .filter(|(distance, _, _)| *distance <= request.window)
            .min_by(|a, b| a.0.cmp(&b.0).then(a.1.entity.cmp(&b.1.entity)));
        if let Some((distance, involved, id)) = nearest {
            row.why = reason(involved, distance, id);
            rows.insert(place, row);
        }
    }
    Ok(())
}

fn condition(followed: &[Involved]) -> String {
    let mut tests = Vec::new();
    for kind in [EntityKind::Account, EntityKind::Address, EntityKind::Machine] {
        let values: Vec<String> = followed
            .iter()
            .filter(|i| i.entity.kind == kind)
            .map(|i| literal(&i.entity.value))
            .collect();
        if !values.is_empty() {
            tests.extend(
                kind.columns()
                    .iter()
                    .map(|c| format!("{c} IN ({})", values.join(", "))),
            );
        }
    }
    tests.join(" OR ")
}

/// The anchor that touches the entity nearest to an instant: its distance and event id.
fn nearest(involved: &Involved, time: i64) -> Option<(i64, &str)> {
    let position = involved.touches.partition_point(|(t, _)| *t < time);
    let around = [position.checked_sub(1), Some(position)];
    around
        .into_iter()
        .flatten()
        .filter_map(|p| involved.touches.get(p))
        .map(|(t, id)| ((t - time).abs(), id.as_str()))
        .min()
}

fn reason(involved: &Involved, distance: i64, anchor: &str) -> String {
    let seconds = distance / 1_000_000;
    let apart = match seconds {
        0..=119 => format!("{seconds} s"),
        _ => format!("{} min", seconds / 60),
    };
    let shared = match (involved.entity.kind, involved.shared_by) {
        (EntityKind::Address, n) if n > 1 => format!(" (shared: {n} accounts used it)"),
        (EntityKind::Account, n) if n > 3 => format!(" (shared: used from {n} addresses)"),
        _ => String::new(),
    };
    format!(
        "{} {}{shared}, {apart} from {anchor}",
        involved.entity.kind, involved.entity.value
    )
}
