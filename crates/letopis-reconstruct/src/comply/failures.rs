//! The checks that rest on what a keeper is told and puts on record: findings of coverage, troubles, the forecast, second
//! copies, the materials of inquiries, incidents.

use chrono::Months;
use letopis_case::incident::Standing as Deadline;
use letopis_case::law::{Check, territory};

use super::ComplyRequest;
use super::figures::{Counted, Standing, of_command};
use super::judged::with_calendar;
use crate::coverage::{CoverageRequest, coverage};
use crate::error::Result;
use crate::forecast::forecast;
use crate::health::{self, COPY_DAYS, GAP_DAYS, HealthRequest, SPACE_DAYS, Trouble};
use crate::incidents::incidents as on_record;
use crate::inquiry::inquiries;
use crate::reading::Reading;

/// Kinds of trouble that are failures of registration (RU-PRIK-4.14): of software and machines, of collection, of storage.
const REGISTRATION: [&str; 5] = ["silent", "no-intake", "intake-failed", "space", "gap"];

/// Sources with records in these months, and whether anything was found of them there.
pub(super) fn findings(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    let months = check.months.unwrap_or(reading.vault().config().retention_months);
    let today = reading.zone().local_day(reading.now());
    let from = today.checked_sub_months(Months::new(months)).unwrap_or(today);
    let report = coverage(
        reading,
        &CoverageRequest {
            from: Some(from),
            calendar: request.calendar.clone(),
            ..CoverageRequest::default()
        },
    )?;
    let with_records = report.sources.iter().filter(|source| source.coverage.is_some());
    let sources = with_records.map(|source| {
        let is_named = report.findings.iter().any(|found| found.source == source.source);
        let standing = match is_named {
            true => Standing::Broken,
            false => Standing::Held,
        };
        (source.source.clone(), standing)
    });
    let command = with_calendar(format!("letopis coverage --json --from {from}"), request);
    Ok(of_command(
        sources.collect::<Vec<_>>(),
        command,
        "sources[] with coverage, not among findings[].source",
    ))
}

/// Kinds of failure, and whether there is any of each now.
pub(super) fn health(reading: &mut Reading, request: &ComplyRequest) -> Result<Counted> {
    let troubles = health::health(
        reading,
        &HealthRequest {
            late_days: request.intake_days,
            space_days: SPACE_DAYS,
            gap_days: GAP_DAYS,
            copy_days: COPY_DAYS,
            calendar: request.calendar.clone(),
            free: request.free.unwrap_or(u64::MAX),
            countries: Vec::new(),
        },
    )?;
    // Where nothing was ever taken in, no registration was there to fail.
    let is_empty = troubles
        .iter()
        .any(|trouble| matches!(trouble, Trouble::NoIntake { last: None }));
    let kinds = REGISTRATION.iter().filter(|_| !is_empty).map(|kind| {
        let found = troubles.iter().filter(|trouble| trouble.kind() == *kind).count();
        let standing = match (found, *kind, request.free) {
            (0, "space", None) => Standing::Open,
            (0, _, _) => Standing::Held,
            _ => Standing::Broken,
        };
        (format!("{kind} ({found})"), standing)
    });
    let late = request.intake_days;
    Ok(of_command(
        kinds,
        with_calendar(format!("letopis check --json --late {late}"), request),
        "5 kinds: silent, no-intake, intake-failed, space, gap, without those among troubles[].kind",
    ))
}

/// Whether what must be held fits, and whether the disk lasts.
pub(super) fn storage(reading: &mut Reading, check: &Check, request: &ComplyRequest) -> Result<Counted> {
    let days = check.days.unwrap_or_default();
    let forecast = forecast(reading, request.free.unwrap_or_default())?;
    let lasts = forecast.days_left.is_none_or(|left| left >= u64::from(days));
    let standing = |is_so: bool| match (request.free, is_so) {
        (None, _) => Standing::Open,
        (Some(_), true) => Standing::Held,
        (Some(_), false) => Standing::Broken,
    };
    let things = [
        ("suffices".to_owned(), standing(forecast.suffices)),
        ("days_left".to_owned(), standing(lasts)),
    ];
    // Nothing can be forecast from nothing.
    let asked = forecast.last.is_some();
    Ok(of_command(
        things.into_iter().filter(|_| asked),
        "letopis forecast --json".to_owned(),
        "suffices = true; days_left null or enough (nothing where last is null)",
    ))
}

/// Second copies in use, and where they are declared to lie.
pub(super) fn placed(reading: &Reading, countries: &[String]) -> Result<Counted> {
    let copies = reading.vault().second_copies()?.into_iter();
    let in_use = copies.filter(|copy| copy.retired.is_none());
    let copies = in_use.map(|copy| {
        let standing = match territory::lies_in(countries, copy.country.as_deref()) {
            None => Standing::Open,
            Some(true) => Standing::Held,
            Some(false) => Standing::Broken,
        };
        let country = copy.country.unwrap_or_else(|| "?".to_owned());
        (format!("{} ({country})", copy.name), standing)
    });
    Ok(of_command(
        copies,
        format!("letopis copy list --json --countries {}", countries.join(",")),
        "copies[].retired null; of them placed = true",
    ))
}

/// Holds for cases, and whether what they found is there still, or was until five years after the release.
pub(super) fn holds(reading: &Reading) -> Result<Counted> {
    let all = inquiries(reading.vault())?.into_iter().map(|inquiry| {
        let standing = if !inquiry.gone.is_empty() {
            Standing::Broken
        } else if inquiry.objects == 0 {
            Standing::Open
        } else {
            Standing::Held
        };
        (format!("hold {} ({})", inquiry.hold, inquiry.case), standing)
    });
    Ok(of_command(
        all,
        "letopis hold list --all --json".to_owned(),
        "[].inquiry not null; of them objects > 0 and gone empty",
    ))
}

/// Deadlines of the incidents on record, their steps, or the incidents themselves.
pub(super) fn incidents(reading: &Reading, check: &Check) -> Result<Counted> {
    let all = on_record(reading.vault(), reading.now())?;
    let command = "letopis incident list --all --json".to_owned();
    let name = |entry: u64| format!("incident {entry}");
    if !check.deadlines.is_empty() {
        let due = all.iter().flat_map(|incident| {
            let asked = incident.deadlines.iter();
            let asked = asked.filter(|due| check.deadlines.iter().any(|id| id == due.id));
            asked.map(|due| {
                let standing = match due.standing {
                    Deadline::Kept => Standing::Held,
                    Deadline::Open => Standing::Open,
                    Deadline::Late | Deadline::Missing => Standing::Broken,
                };
                (format!("{} {}", name(incident.case.entry), due.id), standing)
            })
        });
        let mut counted = of_command(
            due.collect::<Vec<_>>(),
            command,
            "incidents[].deadlines[] of these ids; of them standing = kept",
        );
        // What is on record binds others, or nothing began that these deadlines run from.
        counted.elsewhere = counted.figure.asked == 0 && !all.is_empty();
        return Ok(counted);
    }
    let steps = all.iter().map(|incident| {
        let is_there = check.step.as_ref().is_none_or(|step| incident.case.has(step));
        // What is not on record may have been done.
        let standing = if is_there { Standing::Held } else { Standing::Open };
        (name(incident.case.entry), standing)
    });
    Ok(of_command(
        steps,
        command,
        "incidents[]; of them steps[] with that step, where one is asked",
    ))
}
