//! What rows share: accounts, addresses, machines; which of them are worth following.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use letopis_table::RowView;
use serde::Serialize;

use super::{TimelineRequest, TimelineRow};
use crate::error::Result;
use crate::reading::Reading;
use crate::search::literal;

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// An account. Never called a person: who sat behind it the records do not say.
    Account,
    /// A network address.
    Address,
    /// A machine.
    Machine,
}

impl EntityKind {
    /// Columns that hold it.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Account => &["user_name", "target_user"],
            Self::Address => &["src_ip", "dst_ip"],
            Self::Machine => &["host"],
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Machine => "machine",
        })
    }
}

/// One account, address or machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name as recorded.
    pub value: String,
}

/// An entity that was followed.
#[derive(Clone, Debug, Serialize)]
pub struct Involved {
    /// The entity.
    pub entity: Entity,
    /// Days on which it is seen.
    pub days: u64,
    /// Days on which the sources that name it wrote anything.
    pub source_days: u64,
    /// What else makes it doubtful as a trace of one actor: accounts that used this address, or addresses that
    /// used this account.
    pub shared_by: u64,
    /// When anchors touch it, microseconds since 1970 UTC, ascending, each with the anchor's event id.
    #[serde(skip)]
    pub touches: Vec<(i64, String)>,
}

/// An entity that was not followed.
#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    /// The entity.
    pub entity: Entity,
    /// Days on which it is seen.
    pub days: u64,
    /// Days on which the sources that name it wrote anything.
    pub source_days: u64,
}

/// Share of the source's days, in percent, above which an entity tells nothing (design §9).
const COMMON_PERCENT: u64 = 5;

/// The entities of rows and when they are touched.
pub(super) fn touched<'r>(
    rows: impl Iterator<Item = &'r TimelineRow>,
) -> BTreeMap<Entity, Vec<(i64, String)>> {
    let mut touched: BTreeMap<Entity, Vec<(i64, String)>> = BTreeMap::new();
    for row in rows {
        for entity in of_row(row) {
            touched
                .entry(entity)
                .or_default()
                .push((row.time, row.event_id.clone()));
        }
    }
    touched
}

/// The entities that a row names.
pub(super) fn of_row(row: &TimelineRow) -> BTreeSet<Entity> {
    let entity = |kind, value: &Option<String>| {
        value.as_ref().filter(|v| !says_nothing(v)).map(|v| Entity {
            kind,
            value: v.clone(),
        })
    };
    [
        entity(EntityKind::Account, &row.user_name),
        entity(EntityKind::Account, &row.target_user),
        entity(EntityKind::Address, &row.src_ip),
        entity(EntityKind::Address, &row.dst_ip),
        entity(EntityKind::Machine, &row.host),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Values that stand for nobody in particular.
fn says_nothing(value: &str) -> bool {
    matches!(
        value,
        "" | "-"
            | "N/A"
            | "(null)"
            | "unset"
            | "0.0.0.0"
            | "::"
            | "127.0.0.1"
            | "::1"
            | "SYSTEM"
            | "localhost"
    )
}

/// Parts the entities into those to follow and those that are seen so often that they tell nothing.
pub(super) fn judge(
    reading: &Reading,
    touched: BTreeMap<Entity, Vec<(i64, String)>>,
    request: &TimelineRequest,
) -> Result<(Vec<Involved>, Vec<Skipped>)> {
    let source_days = source_days(reading)?;
    let (mut followed, mut skipped) = (Vec::new(), Vec::new());
    for kind in [EntityKind::Account, EntityKind::Address, EntityKind::Machine] {
        let of_kind: Vec<(&Entity, &Vec<(i64, String)>)> =
            touched.iter().filter(|(entity, _)| entity.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let values: Vec<String> = of_kind.iter().map(|(entity, _)| entity.value.clone()).collect();
        let seen = seen(reading, kind, &values)?;
        for (entity, touches) in of_kind {
            let seen = seen.get(&entity.value).cloned().unwrap_or_default();
            let of_sources = seen
                .sources
                .iter()
                .filter_map(|s| source_days.get(s))
                .max()
                .copied()
                .unwrap_or(1);
            let days = seen.days.len() as u64;
            let asked = named(request, entity);
            if !asked && !request.follow_common && days * 100 > of_sources * COMMON_PERCENT && days > 1 {
                skipped.push(Skipped {
                    entity: entity.clone(),
                    days,
                    source_days: of_sources,
                });
            } else {
                let mut touches = touches.clone();
                touches.sort();
                followed.push(Involved {
                    entity: entity.clone(),
                    days,
                    source_days: of_sources,
                    shared_by: seen.others.len() as u64,
                    touches,
                });
            }
        }
    }
    Ok((followed, skipped))
}

/// Whether the request names the entity itself.
fn named(request: &TimelineRequest, entity: &Entity) -> bool {
    let list = match entity.kind {
        EntityKind::Account => &request.users,
        EntityKind::Address => &request.addresses,
        EntityKind::Machine => &request.hosts,
    };
    list.iter()
        .any(|v| v.to_lowercase() == entity.value.to_lowercase())
}

#[derive(Clone, Debug, Default)]
struct Seen {
    days: BTreeSet<i64>,
    sources: BTreeSet<String>,
    others: BTreeSet<String>,
}

const DAY_MICROS: i64 = 86_400_000_000;

/// Days on which each source wrote anything.
fn source_days(reading: &Reading) -> Result<BTreeMap<String, u64>> {
    let sql = "SELECT source, count(DISTINCT date_trunc('day', time)) AS days FROM events \
               WHERE time IS NOT NULL GROUP BY source ORDER BY source";
    let batches = reading.run(async { reading.engine().sql(sql).await?.collect().await })?;
    let mut days = BTreeMap::new();
    for row in batches.iter().flat_map(RowView::all) {
        let number = row
            .number("days")
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default();
        days.insert(row.text("source").unwrap_or_default().to_owned(), number);
    }
    Ok(days)
}

/// On which days and in which sources the values are seen, and with whom.
fn seen(reading: &Reading, kind: EntityKind, values: &[String]) -> Result<BTreeMap<String, Seen>> {
    let list: Vec<String> = values.iter().map(|v| literal(v)).collect();
    let other = match kind {
        EntityKind::Account => "src_ip",
        EntityKind::Address => "user_name",
        EntityKind::Machine => "CAST(NULL AS VARCHAR)",
    };
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for column in kind.columns() {
        let sql = format!(
            "SELECT {column} AS value, source, {other} AS other, date_trunc('day', time) AS day FROM events \
             WHERE time IS NOT NULL AND {column} IN ({}) GROUP BY 1, 2, 3, 4",
            list.join(", ")
        );
        let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
        for row in batches.iter().flat_map(RowView::all) {
            let entry = seen
                .entry(row.text("value").unwrap_or_default().to_owned())
                .or_default();
            entry
                .days
                .extend(row.time("day").map(|d| d.div_euclid(DAY_MICROS)));
            entry.sources.extend(row.text("source").map(str::to_owned));
            entry
                .others
                .extend(row.text("other").filter(|o| !says_nothing(o)).map(str::to_owned));
        }
    }
    Ok(seen)
}
