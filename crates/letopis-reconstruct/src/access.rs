//! Who read the logs, in both senses: readers of this archive, and people on the monitored systems who read,
//! changed, stopped or cleared logs there.

use std::collections::BTreeMap;

use letopis_query::arrow::record_batch::RecordBatch;
use letopis_query::{BindDefaults, QueryFolder};
use letopis_table::RowView;
use letopis_vault::CopyRecord;
use serde::Serialize;

use crate::companions;
use crate::error::Result;
use crate::reading::Reading;

pub mod officer;

pub use officer::{Anomaly, Hours, Officer, PersonReadings, SourceReadings, What};

/// What the report covers.
#[derive(Clone, Debug, Default)]
pub struct AccessRequest {
    /// Parameters of the named queries: `from`, `to`, `source`, `tz`.
    pub parameters: BTreeMap<String, String>,
    /// When people work.
    pub hours: Hours,
}

/// One reading of this archive.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveReading {
    /// Ledger position of the intent.
    pub seq: i64,
    /// When it was announced, microseconds since 1970 UTC.
    pub time: i64,
    /// Who.
    pub person: String,
    /// How that is known.
    pub basis: String,
    /// On which machine.
    pub host: Option<String>,
    /// Command.
    pub command: String,
    /// The exact query, where the command has one.
    pub query: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// For which case.
    pub case_id: Option<String>,
    /// Rows shown.
    pub rows: Option<i64>,
    /// How it ended; none where no result was recorded.
    pub ended: Option<String>,
    /// Journal outside the archive that recorded it; `seq` counts there.
    pub journal: Option<String>,
    /// Whether it is the reading that this answer comes from: its result is recorded after it.
    pub own: bool,
}

/// One record of someone reading, changing, stopping or clearing logs on a monitored system.
#[derive(Clone, Debug, Serialize)]
pub struct LogAccess {
    /// Citation.
    pub event_id: String,
    /// Microseconds since 1970 UTC; none where not placed in time.
    pub time: Option<i64>,
    /// How the time is known.
    pub time_basis: String,
    /// Source.
    pub source: String,
    /// Machine.
    pub host: Option<String>,
    /// Account.
    pub user_name: Option<String>,
    /// Kind.
    pub kind: String,
    /// Outcome.
    pub outcome: String,
    /// Which log.
    pub target: Option<String>,
    /// What the record says.
    pub message: Option<String>,
}

/// Both halves of the report.
#[derive(Clone, Debug, Serialize)]
pub struct AccessReport {
    /// Readers of this archive.
    pub archive: Vec<ArchiveReading>,
    /// The same by person and source, with what is out of the ordinary.
    pub officer: Officer,
    /// Reading logs on the monitored systems.
    pub read: Vec<LogAccess>,
    /// Changing, stopping and clearing them.
    pub stopped_or_cleared: Vec<LogAccess>,
    /// Working copies that were handed out, with what is known of their journals.
    pub copies: Vec<CopyRecord>,
}

/// What no such report can show.
pub const NOT_SHOWN: &str = "whoever reads the archive's files with other tools is not in this list, nor is a reading that a monitored system did not log";

/// Makes the report.
///
/// # Errors
/// When a query fails: a list of readers is complete or it is an error.
pub fn access_report(reading: &mut Reading, request: &AccessRequest) -> Result<AccessReport> {
    let sql = "SELECT * FROM access ORDER BY time, journal NULLS FIRST, seq";
    let archive = reading.run(async { reading.engine().sql(sql).await?.collect().await })?;
    let read = run(reading, "access_to_log_files", request)?;
    let stopped = run(reading, "logging_stopped_or_cleared", request)?;
    let archive: Vec<ArchiveReading> = archive
        .iter()
        .flat_map(RowView::all)
        .map(|r| archive_row(&r, reading.own_intent()))
        .collect();
    let sources: Vec<String> = companions::sources(reading.vault())?
        .into_iter()
        .map(|row| row.source)
        .collect();
    let report = AccessReport {
        officer: officer::officer(&archive, &sources, &request.hours, reading.zone()),
        archive,
        read: read.iter().flat_map(RowView::all).map(|r| log_row(&r)).collect(),
        stopped_or_cleared: stopped
            .iter()
            .flat_map(RowView::all)
            .map(|r| log_row(&r))
            .collect(),
        copies: reading.vault().copies()?,
    };
    let rows = report.archive.len() + report.read.len() + report.stopped_or_cleared.len();
    reading.give(rows as u64, &serde_json::to_vec(&report).unwrap_or_default());
    Ok(report)
}

fn run(reading: &Reading, name: &str, request: &AccessRequest) -> Result<Vec<RecordBatch>> {
    let folder = QueryFolder::built_in()?;
    let defaults = BindDefaults {
        zone: reading.zone(),
        now: reading.now(),
    };
    let query = folder.find(name)?.bind(&request.parameters, &defaults)?;
    Ok(reading.run(async { reading.engine().run(&query).await?.collect().await })?)
}

fn archive_row(row: &RowView<'_>, own: Option<u64>) -> ArchiveReading {
    let text = |column| row.text(column).map(str::to_owned);
    let seq = row.number("seq").unwrap_or_default();
    ArchiveReading {
        seq,
        time: row.time("time").unwrap_or_default(),
        person: text("person").unwrap_or_default(),
        basis: text("basis").unwrap_or_default(),
        host: text("host"),
        command: text("command").unwrap_or_default(),
        query: text("query"),
        purpose: text("purpose"),
        case_id: text("case_id"),
        rows: row.number("rows"),
        ended: text("ended"),
        own: own.and_then(|s| i64::try_from(s).ok()) == Some(seq) && row.text("journal").is_none(),
        journal: text("journal"),
    }
}

fn log_row(row: &RowView<'_>) -> LogAccess {
    let text = |column| row.text(column).map(str::to_owned);
    LogAccess {
        event_id: text("event_id").unwrap_or_default(),
        time: row.time("time"),
        time_basis: text("time_basis").unwrap_or_default(),
        source: text("source").unwrap_or_default(),
        host: text("host"),
        user_name: text("user_name"),
        kind: text("kind").unwrap_or_default(),
        outcome: text("outcome").unwrap_or_default(),
        target: text("target"),
        message: text("message").or_else(|| text("x_command_line")),
    }
}
