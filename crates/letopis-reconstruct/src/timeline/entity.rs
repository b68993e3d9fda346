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
    /// A session of one source, by the id that the source gave it.
    Session,
    /// A process of one source, by its number.
    Process,
}

impl EntityKind {
    /// Every kind.
    pub(super) const ALL: [Self; 5] = [
        Self::Account,
        Self::Address,
        Self::Machine,
        Self::Session,
        Self::Process,
    ];

    /// Whether its value means something within one source only.
    pub(super) fn is_local(self) -> bool {
        matches!(self, Self::Session | Self::Process)
    }

    /// Columns that hold it.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Account => &["user_name", "target_user"],
            Self::Address => &["src_ip", "dst_ip"],
            Self::Machine => &["host"],
            Self::Session => &["session"],
            Self::Process => &["pid"],
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Machine => "machine",
            Self::Session => "session",
            Self::Process => "process",
        })
    }
}

/// One account, address, machine, session or process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name as recorded.
    pub value: String,
    /// The source whose numbering it belongs to: sessions and processes only.
    pub of: Option<String>,
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.value)?;
        match &self.of {
            Some(source) => write!(f, " of {source}"),
            None => Ok(()),
        }
    }
}

/// A row that names an entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// When, microseconds since 1970 UTC.
    pub time: i64,
    /// Which record.
    pub event_id: String,
    /// Machine named in it: a central copy holds the same process number for several.
    pub host: Option<String>,
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
    /// Rows that name it, ascending.
    #[serde(skip)]
    pub touches: Vec<Touch>,
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
pub(super) fn touched<'r>(rows: impl Iterator<Item = &'r TimelineRow>) -> BTreeMap<Entity, Vec<Touch>> {
    let mut touched: BTreeMap<Entity, Vec<Touch>> = BTreeMap::new();
    for row in rows {
        for entity in of_row(row) {
            touched.entry(entity).or_default().push(Touch {
                time: row.time,
                event_id: row.event_id.clone(),
                host: row.host.clone(),
            });
        }
    }
    touched
}

/// The entities that a row names.
pub(super) fn of_row(row: &TimelineRow) -> BTreeSet<Entity> {
    let entity = |kind: EntityKind, value: &Option<String>| {
        value.as_ref().filter(|v| !says_nothing(v)).map(|v| Entity {
            kind,
            value: v.clone(),
            of: kind.is_local().then(|| row.source.clone()),
        })
    };
    [
        entity(EntityKind::Account, &row.user_name),
        entity(EntityKind::Account, &row.target_user),
        entity(EntityKind::Address, &row.src_ip),
        entity(EntityKind::Address, &row.dst_ip),
        entity(EntityKind::Machine, &row.host),
        entity(EntityKind::Session, &row.session),
        entity(EntityKind::Process, &row.pid.map(|p| p.to_string())),
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
            | "0"
            | "0x0"
            | "4294967295"
    )
}

/// How common an entity is.
#[derive(Clone, Copy, Debug)]
struct Judgement {
    days: u64,
    source_days: u64,
    shared_by: u64,
    followed: bool,
}

/// What is known of the entities met so far.
#[derive(Debug)]
pub(super) struct Judge {
    source_days: BTreeMap<String, u64>,
    known: BTreeMap<Entity, Judgement>,
}

impl Judge {
    /// A judge who knows on how many days each source wrote.
    pub(super) fn new(reading: &Reading) -> Result<Self> {
        Ok(Self {
            source_days: source_days(reading)?,
            known: BTreeMap::new(),
        })
    }

    /// Judges the entities that were not met before.
    pub(super) fn judge<'e>(
        &mut self,
        reading: &Reading,
        entities: impl Iterator<Item = &'e Entity>,
        request: &TimelineRequest,
    ) -> Result<()> {
        let new: Vec<&Entity> = entities.filter(|e| !self.known.contains_key(*e)).collect();
        let seen = seen(reading, &new)?;
        for entity in new {
            let seen = seen.get(entity).cloned().unwrap_or_default();
            let judgement = self.judgement(&seen, named(request, entity) || request.follow_common);
            self.known.insert(entity.clone(), judgement);
        }
        Ok(())
    }

    fn judgement(&self, seen: &Seen, asked: bool) -> Judgement {
        let source_days = seen
            .sources
            .iter()
            .filter_map(|s| self.source_days.get(s))
            .max()
            .copied()
            .unwrap_or(1);
        let days = seen.days.len() as u64;
        let common = days > 1 && days * 100 > source_days * COMMON_PERCENT;
        Judgement {
            days,
            source_days,
            shared_by: seen.others.len() as u64,
            followed: asked || !common,
        }
    }

    /// The entities that are worth following, with their touches.
    pub(super) fn followed(&self, touched: &BTreeMap<Entity, Vec<Touch>>) -> Vec<Involved> {
        let worth = |(entity, touches): (&Entity, &Vec<Touch>)| {
            let judgement = self.known.get(entity).filter(|j| j.followed)?;
            let mut touches = touches.clone();
            touches.sort();
            Some(Involved {
                entity: entity.clone(),
                days: judgement.days,
                source_days: judgement.source_days,
                shared_by: judgement.shared_by,
                touches,
            })
        };
        touched.iter().filter_map(worth).collect()
    }

    /// The entities that are seen so often that they tell nothing.
    pub(super) fn skipped(&self) -> Vec<Skipped> {
        let common = self.known.iter().filter(|(_, j)| !j.followed);
        common
            .map(|(entity, j)| Skipped {
                entity: entity.clone(),
                days: j.days,
                source_days: j.source_days,
            })
            .collect()
    }
}

/// Whether the request names the entity itself.
fn named(request: &TimelineRequest, entity: &Entity) -> bool {
    let list = match entity.kind {
        EntityKind::Account => &request.users,
        EntityKind::Address => &request.addresses,
        EntityKind::Machine => &request.hosts,
        EntityKind::Session | EntityKind::Process => return false,
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

/// Days on which each source wrote anything.
fn source_days(reading: &Reading) -> Result<BTreeMap<String, u64>> {
    let sql = "SELECT source, count(DISTINCT local_day(time, 'UTC')) AS days FROM events \
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

/// SQL that is true for rows that name one of the entities, all of one kind.
pub(super) fn condition(kind: EntityKind, entities: &[&Entity]) -> String {
    let mut by_source: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for entity in entities {
        let value = match kind {
            // A number: it came out of the column and goes back as it was.
            EntityKind::Process => entity.value.clone(),
            _ => literal(&entity.value),
        };
        by_source.entry(entity.of.as_deref()).or_default().push(value);
    }
    let mut tests = Vec::new();
    for (source, values) in by_source {
        let values = values.join(", ");
        for column in kind.columns() {
            tests.push(match source {
                Some(source) => format!("(source = {} AND {column} IN ({values}))", literal(source)),
                None => format!("{column} IN ({values})"),
            });
        }
    }
    tests.join(" OR ")
}

/// On which days and in which sources the entities are seen, and with whom.
fn seen(reading: &Reading, entities: &[&Entity]) -> Result<BTreeMap<Entity, Seen>> {
    let (mut kinds, mut statements) = (Vec::new(), Vec::new());
    for kind in EntityKind::ALL {
        let of_kind: Vec<&Entity> = entities.iter().filter(|e| e.kind == kind).copied().collect();
        if of_kind.is_empty() {
            continue;
        }
        let condition = condition(kind, &of_kind);
        let other = match kind {
            EntityKind::Account => "src_ip",
            EntityKind::Address => "user_name",
            _ => "CAST(NULL AS VARCHAR)",
        };
        for column in kind.columns() {
            kinds.push(kind);
            statements.push(format!(
                "SELECT CAST({column} AS VARCHAR) AS value, source, {other} AS other, \
                 CAST(local_day(time, 'UTC') AS INTEGER) AS day \
                 FROM events WHERE time IS NOT NULL AND ({condition}) GROUP BY 1, 2, 3, 4"
            ));
        }
    }
    let wanted: BTreeSet<&Entity> = entities.iter().copied().collect();
    let mut seen: BTreeMap<Entity, Seen> = BTreeMap::new();
    for (kind, batches) in kinds.into_iter().zip(reading.gather(statements)?) {
        for row in batches.iter().flat_map(RowView::all) {
            let source = row.text("source").unwrap_or_default().to_owned();
            let entity = Entity {
                kind,
                value: row.text("value").unwrap_or_default().to_owned(),
                of: kind.is_local().then(|| source.clone()),
            };
            if !wanted.contains(&entity) {
                continue;
            }
            let entry = seen.entry(entity).or_default();
            entry.days.extend(row.number("day"));
            entry.sources.insert(source);
            let other = row.text("other").filter(|o| !says_nothing(o));
            entry.others.extend(other.map(str::to_owned));
        }
    }
    Ok(seen)
}
