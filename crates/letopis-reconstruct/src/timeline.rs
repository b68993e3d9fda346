//! What happened around something: anchors, then over what they share step by step, and why each row is there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use letopis_event::time::rfc3339;
use letopis_query::arrow::record_batch::RecordBatch;
use letopis_table::RowView;
use serde::Serialize;

use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::{instant, literal};

mod entity;
mod gaps;
mod grow;
mod presence;
mod why;

pub use entity::{Entity, EntityKind, Involved, Skipped, Touch};
pub use gaps::Gap;
pub use presence::Presence;
pub use why::{Asked, Why};

/// Where a timeline starts and how far it goes.
#[derive(Clone, Debug, Default)]
pub struct TimelineRequest {
    /// A search whose records are anchors.
    pub search: Option<String>,
    /// Accounts whose records are anchors.
    pub users: Vec<String>,
    /// Machines whose records are anchors.
    pub hosts: Vec<String>,
    /// Addresses whose records are anchors.
    pub addresses: Vec<String>,
    /// Records that are anchors.
    pub events: Vec<String>,
    /// First instant, microseconds since 1970 UTC.
    pub from: Option<i64>,
    /// First instant that is no longer in.
    pub to: Option<i64>,
    /// How far before and after an anchor its entities are followed, in microseconds.
    pub window: i64,
    /// Whether entities are followed at all.
    pub grow: bool,
    /// How many steps outwards; none stops at the anchors.
    pub steps: u32,
    /// Whether entities that are seen too often are followed too.
    pub follow_common: bool,
}

/// Anchors beyond which a timeline is refused rather than cut: it would tell nobody anything.
pub const ANCHORS_MOST: usize = 50_000;
/// Rows beyond which a timeline is refused.
pub const ROWS_MOST: usize = 200_000;

/// A row of a timeline.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineRow {
    /// Citation.
    pub event_id: String,
    /// Microseconds since 1970 UTC.
    pub time: i64,
    /// Offset of the clock that wrote it, minutes.
    pub offset_min: Option<i16>,
    /// How the time is known.
    pub time_basis: String,
    /// Source.
    pub source: String,
    /// Machine.
    pub host: Option<String>,
    /// Kind.
    pub kind: String,
    /// Outcome.
    pub outcome: String,
    /// Who.
    pub user_name: Option<String>,
    /// Whose account.
    pub target_user: Option<String>,
    /// Where from.
    pub src_ip: Option<String>,
    /// Where to.
    pub dst_ip: Option<String>,
    /// What was acted on.
    pub target: Option<String>,
    /// The text a person reads.
    pub message: Option<String>,
    /// Session, by the source's own id.
    pub session: Option<String>,
    /// Process number.
    pub pid: Option<i64>,
    /// The row of another source that says the same of the same machine and instant: a copy that came by a second
    /// path.
    pub copy_of: Option<String>,
    /// Steps from the anchors.
    pub step: u32,
    /// Whether it is an anchor.
    pub anchor: bool,
    /// Why it is there: in JSON the sentence `why` and its parts `reason`.
    #[serde(flatten, serialize_with = "why::sentence_and_parts")]
    pub why: Why,
}

/// A reconstructed timeline.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// Its rows, in the order of time, then object and offset.
    pub rows: Vec<TimelineRow>,
    /// Entities of the anchors that were followed.
    pub followed: Vec<Involved>,
    /// Entities of the anchors that were not, and why.
    pub skipped: Vec<Skipped>,
    /// Logons of accounts that are seen too often: followed while they lasted.
    pub logons: Vec<Presence>,
    /// Whether the last step still found rows: more steps would find more.
    pub unfinished: bool,
    /// Stretches without records of the sources involved, around the rows.
    pub gaps: Vec<Gap>,
    /// Records that satisfy the anchors and have no place in time: counted, not shown.
    pub not_placed: u64,
}

impl Timeline {
    /// First and last instant of its rows.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((self.rows.first()?.time, self.rows.last()?.time))
    }
}

/// Columns of a timeline row.
const COLUMNS: &str = "event_id, time, time_offset_min, time_basis, source, host, kind, outcome, user_name, \
    target_user, src_ip, dst_ip, target, message, session, pid, object, byte_offset";

/// Reconstructs a timeline.
///
/// # Errors
/// When nothing says where to start, the anchors are too many to be told apart by anyone, or a query fails.
pub fn timeline(reading: &mut Reading, request: &TimelineRequest) -> Result<Timeline> {
    check(reading, request)?;
    let condition = anchor_condition(request)?;
    let anchors = fetch(reading, &condition, request, ANCHORS_MOST, "anchors")?;
    let not_placed = not_placed(reading, &condition)?;
    let mut rows: BTreeMap<Place, TimelineRow> = BTreeMap::new();
    for (place, mut row) in anchors {
        row.anchor = true;
        row.why = anchor_reason(request, &row);
        rows.insert(place, row);
    }
    let grown = if request.grow {
        grow::grow(reading, request, &mut rows)?
    } else {
        grow::Grown::default()
    };
    let mut rows: Vec<TimelineRow> = rows.into_values().collect();
    mark_copies(&mut rows);
    let sources: BTreeSet<&str> = rows.iter().map(|r| r.source.as_str()).collect();
    let gaps = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => gaps::around(reading, &sources, first.time, last.time)?,
        _ => Vec::new(),
    };
    Ok(Timeline {
        rows,
        followed: grown.followed,
        skipped: grown.skipped,
        logons: grown.logons,
        unfinished: grown.unfinished,
        gaps,
        not_placed,
    })
}

/// Refuses what can have no answer, and says what was expected.
fn check(reading: &Reading, request: &TimelineRequest) -> Result<()> {
    let refuse = |text: String| Err(ReconstructError::Parameter(text));
    if let (Some(from), Some(to)) = (request.from, request.to)
        && from >= to
    {
        let (from, to) = (rfc3339(from), rfc3339(to));
        return refuse(format!(
            "an empty stretch of time: from {from} to {to}; expected an end after the begin"
        ));
    }
    if request.window < 0 {
        return refuse("a window of less than no time: expected 0 minutes or more".to_owned());
    }
    if let Some(text) = request.addresses.iter().find(|a| a.parse::<IpAddr>().is_err()) {
        return refuse(format!(
            "`{text}` is no address: expected IPv4 or IPv6, as 203.0.113.7"
        ));
    }
    for event in &request.events {
        let sql = format!("SELECT event_id FROM events WHERE event_id = {}", literal(event));
        let found = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
        if found.iter().all(|b| b.num_rows() == 0) {
            return Err(ReconstructError::NotFound {
                what: "record",
                name: event.clone(),
            });
        }
    }
    Ok(())
}

/// Marks rows that repeat a row of another source: shown, since two paths that agree are evidence, and counted once.
fn mark_copies(rows: &mut [TimelineRow]) {
    let mut first: BTreeMap<(i64, String, String), (String, String)> = BTreeMap::new();
    for row in rows {
        let (Some(host), Some(message)) = (&row.host, &row.message) else {
            continue;
        };
        let key = (row.time.div_euclid(1_000_000), host.clone(), message.clone());
        match first.get(&key) {
            Some((source, original)) if *source != row.source => row.copy_of = Some(original.clone()),
            Some(_) => {}
            None => {
                first.insert(key, (row.source.clone(), row.event_id.clone()));
            }
        }
    }
}

/// The order of rows: time, then place in the originals.
type Place = (i64, String, i64);

fn one_of(columns: &[&str], values: &[String]) -> Option<String> {
    if values.is_empty() {
        return None;
    }
    let list: Vec<String> = values.iter().map(|v| literal(&v.to_lowercase())).collect();
    let list = list.join(", ");
    let tests: Vec<String> = columns
        .iter()
        .map(|c| format!("lower({c}) IN ({list})"))
        .collect();
    Some(format!("({})", tests.join(" OR ")))
}

/// Addresses are asked for however they are spelt.
fn one_address(columns: &[&str], values: &[String]) -> Option<String> {
    let list: Vec<String> = values
        .iter()
        .map(|v| format!("one_address({})", literal(v)))
        .collect();
    let list = list.join(", ");
    let tests: Vec<String> = columns
        .iter()
        .map(|c| format!("one_address({c}) IN ({list})"))
        .collect();
    (!values.is_empty()).then(|| format!("({})", tests.join(" OR ")))
}

/// What makes a record an anchor. Different options narrow each other; several values of one widen it.
fn anchor_condition(request: &TimelineRequest) -> Result<String> {
    let events: Vec<String> = request.events.iter().map(|e| literal(e)).collect();
    let tests: Vec<String> = [
        request
            .search
            .as_ref()
            .map(|q| format!("matches(event_id, {})", literal(q))),
        one_of(&["user_name", "target_user"], &request.users),
        one_of(&["host", "source"], &request.hosts),
        one_address(&["src_ip", "dst_ip", "host_ip"], &request.addresses),
        (!events.is_empty()).then(|| format!("event_id IN ({})", events.join(", "))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if tests.is_empty() && (request.from.is_none() || request.to.is_none()) {
        return Err(ReconstructError::Parameter(
            "nothing says where to start: expected a search, a user, a host, an address, a record, or both ends of a time"
                .to_owned(),
        ));
    }
    Ok(if tests.is_empty() {
        "true".to_owned()
    } else {
        tests.join(" AND ")
    })
}

/// What made a record an anchor: everything that was asked, since different options narrow each other.
fn anchor_reason(request: &TimelineRequest, row: &TimelineRow) -> Why {
    // The value of the row that was asked for; what was asked where the row has it in a column that is not shown.
    let of = |wanted: &[String], values: [Option<&String>; 2]| {
        let asked = |v: &&String| wanted.iter().any(|w| w.to_lowercase() == v.to_lowercase());
        let found = values.into_iter().flatten().find(asked).cloned();
        (!wanted.is_empty()).then(|| found.unwrap_or_else(|| wanted.join(", ")))
    };
    let user = of(&request.users, [row.user_name.as_ref(), row.target_user.as_ref()]);
    let host = of(&request.hosts, [row.host.as_ref(), Some(&row.source)]);
    let address = of(&request.addresses, [row.src_ip.as_ref(), row.dst_ip.as_ref()]);
    let asked: Vec<Asked> = [
        request.search.clone().map(Asked::Search),
        user.map(Asked::User),
        host.map(Asked::Host),
        address.map(Asked::Address),
        (!request.events.is_empty()).then_some(Asked::Event),
    ]
    .into_iter()
    .flatten()
    .collect();
    if asked.is_empty() {
        Why::in_time()
    } else {
        Why::Anchor { asked }
    }
}

fn within(from: Option<i64>, to: Option<i64>) -> String {
    let mut text = "time IS NOT NULL".to_owned();
    if let Some(from) = from {
        text.push_str(&format!(" AND time >= {}", instant(from)));
    }
    if let Some(to) = to {
        text.push_str(&format!(" AND time < {}", instant(to)));
    }
    text
}

fn fetch(
    reading: &mut Reading,
    condition: &str,
    request: &TimelineRequest,
    most: usize,
    what: &str,
) -> Result<Vec<(Place, TimelineRow)>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE {} AND ({condition}) LIMIT {}",
        within(request.from, request.to),
        most + 1
    );
    let batches = reading.gather(vec![sql])?.concat();
    let rows = rows_of(&batches);
    if rows.len() > most {
        return Err(ReconstructError::Parameter(format!(
            "more than {most} {what}: nobody could read them; narrow with --from and --to, or a narrower start"
        )));
    }
    reading.give(rows.len() as u64, &[]);
    Ok(rows)
}

fn not_placed(reading: &Reading, condition: &str) -> Result<u64> {
    let sql = format!("SELECT count(*) AS n FROM events WHERE time IS NULL AND ({condition})");
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let number = batches
        .first()
        .and_then(|b| RowView::new(b, 0))
        .and_then(|r| r.number("n"));
    Ok(number.and_then(|n| u64::try_from(n).ok()).unwrap_or_default())
}

fn rows_of(batches: &[RecordBatch]) -> Vec<(Place, TimelineRow)> {
    batches
        .iter()
        .flat_map(RowView::all)
        .filter_map(|row| row_of(&row))
        .collect()
}

fn row_of(row: &RowView<'_>) -> Option<(Place, TimelineRow)> {
    let text = |column| row.text(column).map(str::to_owned);
    let time = row.time("time")?;
    let place = (
        time,
        text("object").unwrap_or_default(),
        row.number("byte_offset").unwrap_or_default(),
    );
    let row = TimelineRow {
        event_id: text("event_id").unwrap_or_default(),
        time,
        offset_min: row.number("time_offset_min").and_then(|m| i16::try_from(m).ok()),
        time_basis: text("time_basis").unwrap_or_default(),
        source: text("source").unwrap_or_default(),
        host: text("host"),
        kind: text("kind").unwrap_or_default(),
        outcome: text("outcome").unwrap_or_default(),
        user_name: text("user_name"),
        target_user: text("target_user"),
        src_ip: text("src_ip"),
        dst_ip: text("dst_ip"),
        target: text("target"),
        message: text("message"),
        session: text("session"),
        pid: row.number("pid"),
        copy_of: None,
        step: 0,
        anchor: false,
        why: Why::in_time(),
    };
    Some((place, row))
}
