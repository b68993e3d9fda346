//! The checks whose figure a command of this program counts: retention, coverage, reviews, changes of form, copies.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use letopis_case::law::{Check, CheckName};
use letopis_case::note::Policy;
use letopis_retention::Verdict as Kept;

use super::checks::Bounds;
use super::figures::{Counted, Item, Standing, of_command, of_items, run};
use super::{ComplyRequest, condition, drift, failures, reviews};
use crate::companions;
use crate::coverage::{CoverageRequest, coverage};
use crate::error::Result;
use crate::notes::{notes, policies};
use crate::reading::Reading;
use crate::retention::{RetentionProof, RetentionRequest, retention_proof};
use crate::search::{instant, literal};

/// Counts what no single statement counts.
///
/// # Errors
/// When records or ledger cannot be read.
pub(crate) fn count(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    match check.check {
        CheckName::Floor => floor(reading, check, request),
        CheckName::FloorPast => floor_past(reading, check, request),
        CheckName::CopiesPlaced => failures::placed(reading, &check.countries),
        CheckName::Coverage => covered(reading, request),
        CheckName::Findings => failures::findings(reading, check, request),
        CheckName::Health => failures::health(reading, request),
        CheckName::Holds => failures::holds(reading),
        CheckName::Incidents => failures::incidents(reading, check),
        CheckName::Storage => failures::storage(reading, check, request),
        CheckName::Notices => announced(reading, check, request),
        CheckName::Reviews => reviewed(reading),
        CheckName::PolicyKinds => policy_kinds(reading, check),
        CheckName::CopiesHome => copies(reading),
        CheckName::Closed => Ok(closed(request)),
        // The others are statements, or are counted by clause.
        _ => Ok(Counted::default()),
    }
}

pub(super) fn with_calendar(command: String, request: &ComplyRequest) -> String {
    match &request.calendar_name {
        Some(name) => format!("{command} --calendar {name}"),
        None => command,
    }
}

fn proof(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<(RetentionProof, String)> {
    let proof = retention_proof(
        reading,
        &RetentionRequest {
            source: None,
            months: check.months,
            at: None,
            intake_days: request.intake_days,
            calendar: request.calendar.clone(),
        },
    )?;
    let months = check
        .months
        .map_or_else(String::new, |months| format!(" --months {months}"));
    let command = format!(
        "letopis retention prove --json --at {}{months} --intake-days {}",
        proof.at, request.intake_days
    );
    Ok((proof, with_calendar(command, request)))
}

fn standing(verdict: Kept) -> Standing {
    match verdict {
        Kept::Met => Standing::Held,
        Kept::NotShown => Standing::Open,
        Kept::NotMet => Standing::Broken,
    }
}

fn floor(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    let (proof, command) = proof(reading, check, request)?;
    let sources = proof
        .sources
        .into_iter()
        .map(|s| (s.source, standing(s.held.today.verdict)));
    Ok(of_command(sources, command, "sources[].today.verdict = met"))
}

fn floor_past(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    let (proof, command) = proof(reading, check, request)?;
    let sources = proof.sources.into_iter().map(|s| {
        let worst = s.held.past.iter().map(|period| period.verdict).max();
        (s.source, worst.map_or(Standing::Open, standing))
    });
    Ok(of_command(
        sources,
        command,
        "sources[].past[].verdict = met, all",
    ))
}

fn covered(reading: &mut Reading, request: &ComplyRequest) -> Result<Counted> {
    let report = coverage(
        reading,
        &CoverageRequest {
            calendar: request.calendar.clone(),
            ..CoverageRequest::default()
        },
    )?;
    let sources = report.sources.into_iter().map(|source| {
        let standing = match &source.coverage {
            None => Standing::Open,
            Some(coverage) if coverage.missing.is_empty() => Standing::Held,
            Some(_) => Standing::Broken,
        };
        (source.source, standing)
    });
    let command = with_calendar("letopis coverage --json".to_owned(), request);
    Ok(of_command(sources, command, "sources[].coverage.missing empty"))
}

fn announced(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    let days = check.days.unwrap_or_default();
    let found = drift(reading, &request.calendar, days)?;
    let command = with_calendar(format!("letopis source changes --json --days {days}"), request);
    let changes = found.changes.iter().map(|change| {
        let name = format!("{} {}", change.source, change.day);
        (
            name,
            if change.in_time {
                Standing::Held
            } else {
                Standing::Broken
            },
        )
    });
    let mut counted = of_command(changes, command, "changes[].in_time = true");
    if found.changes.is_empty() {
        // Every source looks as it always did: that is what was to be shown of each.
        counted.figure.asked = found.sources;
        counted.figure.held = found.sources;
    }
    Ok(counted)
}

fn reviewed(reading: &mut Reading) -> Result<Counted> {
    let found = reviews(reading, None)?;
    let sources = found.sources.into_iter().map(|source| {
        let standing = match source.is_in_time() {
            None => Standing::Open,
            Some(true) => Standing::Held,
            Some(false) => Standing::Broken,
        };
        (source.source, standing)
    });
    let command = "letopis review list --json".to_owned();
    Ok(of_command(
        sources,
        command,
        "sources[].overdue empty, period_days set",
    ))
}

/// Each kind that a policy asks of a source, in the days that it was in force.
fn policy_kinds(reading: &mut Reading, check: &Check) -> Result<Counted> {
    let bounds = Bounds::of(reading);
    let all = notes(reading.vault())?;
    let policies: Vec<&Policy> = policies(&all).collect();
    let since = bounds.months_ago(check.months.unwrap_or(bounds.months));
    let mut items = Vec::new();
    for row in companions::sources(reading.vault())? {
        for span in spans(&policies, &row.source, row.category.as_deref(), &bounds.today()) {
            let until = span.until.as_ref().map_or_else(String::new, |day| {
                format!(" AND time < {}", day_begins(day, &bounds))
            });
            for kind in &span.policy.kinds {
                let is =
                    condition::kinds(std::slice::from_ref(kind), &[]).unwrap_or_else(|| "true".to_owned());
                let name = format!("{} {kind}", row.source);
                let of_source = format!(
                    "source = {} AND {is} AND time >= {}{until}",
                    literal(&row.source),
                    day_begins(&span.from, &bounds)
                );
                items.push(Item::when(name, &of_source));
            }
        }
    }
    if items.is_empty() {
        return Ok(of_command([], "letopis policy list --json".to_owned(), "entries"));
    }
    run(
        reading,
        of_items(&items, &format!("events WHERE time >= {since}"), None),
    )
}

/// Days in a row on which one policy was in force for a source.
struct Span<'p> {
    from: String,
    /// First day on which it was no longer.
    until: Option<String>,
    policy: &'p Policy,
}

/// The policies of a source in their order, each with its days, up to today.
fn spans<'p>(policies: &[&'p Policy], source: &str, category: Option<&str>, today: &str) -> Vec<Span<'p>> {
    let begins: BTreeSet<&str> = policies.iter().map(|policy| policy.from.as_str()).collect();
    let mut spans: Vec<Span<'p>> = Vec::new();
    for day in begins.into_iter().filter(|day| *day <= today) {
        let in_force = Policy::in_force(policies.iter().copied(), source, category, day);
        if let Some(last) = spans.last_mut() {
            if in_force == Some(last.policy) {
                continue;
            }
            last.until = Some(day.to_owned());
        }
        spans.extend(in_force.map(|policy| Span {
            from: day.to_owned(),
            until: None,
            policy,
        }));
    }
    spans
}

/// The first instant of a day (`YYYY-MM-DD`) as a literal.
fn day_begins(day: &str, bounds: &Bounds) -> String {
    let day: NaiveDate = day.parse().unwrap_or_default();
    instant(bounds.zone.place(day.and_time(NaiveTime::MIN)).micros)
}

fn copies(reading: &Reading) -> Result<Counted> {
    let copies = reading.vault().copies()?.into_iter();
    let out = copies
        .filter(|copy| copy.ended.as_deref() != Some("error"))
        .map(|copy| {
            let standing = match copy.is_outstanding() {
                true => Standing::Open,
                false => Standing::Held,
            };
            (copy.copy, standing)
        });
    Ok(of_command(
        out,
        "letopis access --json".to_owned(),
        "copies[].adopted not null",
    ))
}

fn closed(request: &ComplyRequest) -> Counted {
    let folder = request.open_to_others.map(|is_open| {
        let standing = if is_open { Standing::Broken } else { Standing::Held };
        ("archive".to_owned(), standing)
    });
    of_command(
        folder,
        "stat -c %a ARCHIVE".to_owned(),
        "the last two digits are 00",
    )
}
