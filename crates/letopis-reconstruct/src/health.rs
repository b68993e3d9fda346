//! What an archive's keeper must know today: sources gone silent, intakes that failed, space running out, clocks running
//! off, gaps, copies that fell behind (RU-PRIK 4.14, 4.15).

use chrono::{Days, NaiveDate};
use letopis_case::law::territory;
use letopis_event::time::rfc3339;
use letopis_retention::{Calendar, Sign};
use letopis_vault::EntryKind;
use serde::Serialize;

use crate::companions;
use crate::coverage::{CoverageFinding, CoverageRequest, coverage, known};
use crate::error::Result;
use crate::forecast::{Forecast, forecast};
use crate::reading::Reading;

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// Days that the disk must last, where nothing else is said.
pub const SPACE_DAYS: u32 = 30;

/// Gaps that ended longer ago are told no more, where nothing else is said.
pub const GAP_DAYS: u32 = 31;

/// Days within which a second copy must have been checked, where nothing else is said.
pub const COPY_DAYS: u32 = 92;

/// How much is too much.
#[derive(Clone, Debug)]
pub struct HealthRequest {
    /// Days that may pass until logs are taken in, and until a second copy has them.
    pub late_days: u32,
    /// Days that the disk must last.
    pub space_days: u32,
    /// Gaps that ended longer ago than so many days are told no more.
    pub gap_days: u32,
    /// A second copy must have been checked within so many days.
    pub copy_days: u32,
    /// Which days are worked.
    pub calendar: Calendar,
    /// What the file system has left, in bytes.
    pub free: u64,
    /// Countries in which second copies may lie (`EU` for any member state); empty where any will do.
    pub countries: Vec<String>,
}

/// Something that somebody must look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Trouble {
    /// A source writes no more.
    Silent {
        /// The source.
        source: String,
        /// Its last day with records; nothing where none ever came.
        last: Option<String>,
        /// Days since then on which records were to be expected.
        days: u32,
    },
    /// Nothing was taken in for too long.
    NoIntake {
        /// The last intake, RFC 3339; nothing where there was none.
        last: Option<String>,
    },
    /// A file of the last intake was not taken in, or is damaged.
    IntakeFailed {
        /// Its path.
        path: String,
        /// Why.
        reason: String,
    },
    /// The disk will be full soon, or the floor of retention does not fit on it.
    Space {
        /// Days that are left; nothing where the archive does not grow.
        days_left: Option<u64>,
        /// Bytes that are left.
        free: u64,
        /// Bytes of files that the floor of retention takes.
        needed: u64,
    },
    /// Records are missing, a clock is off, a log was cleared, a file was altered.
    Gap(CoverageFinding),
    /// A second copy is behind, damaged, or was not checked.
    Copy {
        /// Its name.
        name: String,
        /// What is wrong with it: `damaged`, `behind`, `not-checked`, `never-filled`, `elsewhere` (declared to lie in
        /// another country) or `no-country`.
        state: &'static str,
    },
    /// A reading has no end on record.
    ReadingWithoutEnd {
        /// Ledger position of its intent.
        seq: i64,
        /// Who read.
        person: Option<String>,
    },
}

impl Trouble {
    /// The word for its kind, as `kind` of its JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Silent { .. } => "silent",
            Self::NoIntake { .. } => "no-intake",
            Self::IntakeFailed { .. } => "intake-failed",
            Self::Space { .. } => "space",
            Self::Gap(_) => "gap",
            Self::Copy { .. } => "copy",
            Self::ReadingWithoutEnd { .. } => "reading-without-end",
        }
    }
}

/// Looks for trouble.
///
/// # Errors
/// When the archive cannot be read.
pub fn health(reading: &mut Reading, request: &HealthRequest) -> Result<Vec<Trouble>> {
    let mut troubles = silent(reading, request)?;
    troubles.extend(intake(reading, request)?);
    let forecast = forecast(reading, request.free)?;
    troubles.extend(space(&forecast, request));
    troubles.extend(gaps(reading, request)?);
    troubles.extend(copies(reading, request)?);
    troubles.extend(readings(reading)?);
    reading.give(troubles.len() as u64, format!("{troubles:?}").as_bytes());
    Ok(troubles)
}

/// The last day that must be here by now.
fn due(reading: &Reading, request: &HealthRequest) -> NaiveDate {
    let today = reading.zone().local_day(reading.now());
    let due = today.checked_sub_days(Days::new(u64::from(request.late_days) + 1));
    due.unwrap_or(today)
}

fn silent(reading: &Reading, request: &HealthRequest) -> Result<Vec<Trouble>> {
    let due = due(reading, request);
    let mut troubles = Vec::new();
    for (source, known) in known(reading, None)?.iter() {
        let until = known.until().map_or(due, |until| until.min(due));
        let last = known.days.bounds().map(|(_, last)| last);
        // A source that nobody registered owes nothing.
        let from = last
            .and_then(|day| day.succ_opt())
            .or(known.since().filter(|_| known.row.declared));
        let Some(from) = from.filter(|from| known.row.declared && *from <= until) else {
            continue;
        };
        let missing = known.days.missing(known.rhythm, &request.calendar, from, until);
        if !missing.is_empty() {
            troubles.push(Trouble::Silent {
                source: source.clone(),
                last: last.map(|day| day.to_string()),
                days: u32::try_from(missing.len()).unwrap_or(u32::MAX),
            });
        }
    }
    Ok(troubles)
}

fn intake(reading: &Reading, request: &HealthRequest) -> Result<Vec<Trouble>> {
    let vault = reading.vault();
    let mut last = None;
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        last = Some(entry?);
    }
    let since = reading.now() - i64::from(request.late_days.max(1)) * DAY;
    let mut troubles = Vec::new();
    let Some(entry) = last else {
        return Ok(vec![Trouble::NoIntake { last: None }]);
    };
    if entry.time < since {
        let last = Some(rfc3339(entry.time));
        troubles.push(Trouble::NoIntake { last });
    }
    for (path, reason) in companions::failures_of_the_last_intake(vault)? {
        troubles.push(Trouble::IntakeFailed { path, reason });
    }
    Ok(troubles)
}

fn space(forecast: &Forecast, request: &HealthRequest) -> Option<Trouble> {
    let soon = forecast
        .days_left
        .is_some_and(|days| days < u64::from(request.space_days));
    (soon || !forecast.suffices).then_some(Trouble::Space {
        days_left: forecast.days_left,
        free: forecast.volume.free,
        needed: forecast.needed,
    })
}

fn gaps(reading: &mut Reading, request: &HealthRequest) -> Result<Vec<Trouble>> {
    let today = reading.zone().local_day(reading.now());
    let asked = CoverageRequest {
        calendar: request.calendar.clone(),
        ..CoverageRequest::default()
    };
    let oldest = today
        .checked_sub_days(Days::new(request.gap_days.into()))
        .unwrap_or(today);
    let report = coverage(reading, &asked)?;
    let is_recent = |finding: &CoverageFinding| {
        let end = finding
            .to
            .as_deref()
            .and_then(|end| end.get(..10)?.parse::<NaiveDate>().ok());
        end.is_none_or(|end| end >= oldest)
    };
    // A silence that lasts is told as such.
    let is_open = |finding: &CoverageFinding| {
        finding.to.is_none() && matches!(finding.signs.first(), Some(Sign::Silence { .. }))
    };
    let findings = report.findings.into_iter();
    Ok(findings
        .filter(|finding| is_recent(finding) && !is_open(finding))
        .map(Trouble::Gap)
        .collect())
}

fn copies(reading: &Reading, request: &HealthRequest) -> Result<Vec<Trouble>> {
    let now = reading.now();
    let older = |time: Option<i64>, days: u32| time.is_none_or(|time| time < now - i64::from(days) * DAY);
    let mut troubles = Vec::new();
    for copy in reading.vault().second_copies()? {
        if copy.retired.is_some() {
            continue;
        }
        let place = match territory::lies_in(&request.countries, copy.country.as_deref()) {
            _ if request.countries.is_empty() => None,
            Some(true) => None,
            Some(false) => Some("elsewhere"),
            None => Some("no-country"),
        };
        troubles.extend(place.map(|state| Trouble::Copy {
            name: copy.name.clone(),
            state,
        }));
        let state = if copy.ended.as_deref() == Some("damaged") {
            "damaged"
        } else if copy.synced.is_none() {
            "never-filled"
        } else if older(copy.synced, request.late_days.max(1)) {
            "behind"
        } else if older(copy.verified.or(copy.synced), request.copy_days) {
            "not-checked"
        } else {
            continue;
        };
        troubles.push(Trouble::Copy {
            name: copy.name,
            state,
        });
    }
    Ok(troubles)
}

/// Readings of more than a day ago that have no end.
fn readings(reading: &Reading) -> Result<Vec<Trouble>> {
    let before = reading.now() - DAY;
    let open = companions::access(reading.vault())?.into_iter();
    Ok(open
        .filter(|row| row.result_seq.is_none() && row.time < before)
        .map(|row| Trouble::ReadingWithoutEnd {
            seq: row.seq,
            person: row.person,
        })
        .collect())
}
