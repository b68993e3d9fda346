//! `letopis forecast`

use clap::Args;
use letopis_reconstruct::{Forecast, forecast};

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::{bytes, table};

/// What each source adds, when the disk is full, and what the floor of retention will need.
#[derive(Clone, Debug, Args)]
pub struct Arguments {}

/// Bytes that the file system of the archive has left for its owner.
///
/// # Errors
/// When the file system does not say.
pub fn free(context: &Context) -> Result<u64, CommandError> {
    let place = context.archive_path();
    let stat = rustix::fs::statvfs(&place)
        .map_err(|e| CommandError::environment(format!("{}: {e}", place.display())))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Looks ahead. The verdict is negative where the floor of retention does not fit on the disk.
pub fn run(context: &Context, _: &Arguments) -> CommandResult {
    let free = free(context)?;
    let mut reading = context.reading(None, true)?;
    let forecast = forecast(&mut reading, free).map_err(|e| reconstruct_error(&e))?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&forecast, || describe(&forecast))?;
    Ok(match forecast.suffices {
        true => Verdict::Done,
        false => Verdict::Negative,
    })
}

fn describe(forecast: &Forecast) -> String {
    let rows = forecast.sources.iter().map(|source| {
        vec![
            source.source.clone(),
            source.category.clone().unwrap_or_else(|| "—".to_owned()),
            source.growth.days.to_string(),
            source.growth.records.to_string(),
            bytes(source.bytes_a_day),
            source.months.to_string(),
            bytes(source.needed),
        ]
    });
    let mut text = table(
        &[
            "source",
            "category",
            "days",
            "records",
            "a day",
            "months",
            "they take",
        ],
        rows,
    );
    let volume = &forecast.volume;
    text.push_str(&format!(
        "\n{} of originals stand in {} of files; {} a day are added to them; {} are free.\n",
        bytes(volume.originals),
        bytes(volume.stored),
        bytes(forecast.stored_a_day),
        bytes(volume.free),
    ));
    text.push_str(&match (&forecast.days_left, &forecast.full_on) {
        (Some(days), Some(day)) => format!("At this pace the disk is full in {days} days, on {day}.\n"),
        (Some(_), None) => "At this pace the disk is not full in any time that has a date.\n".to_owned(),
        (None, _) => "Nothing is added.\n".to_owned(),
    });
    text.push_str(&format!(
        "The months that must be held take {}: {}.\n",
        bytes(forecast.needed),
        if forecast.suffices {
            "they fit"
        } else {
            "THEY DO NOT FIT"
        }
    ));
    if let Some(last) = &forecast.last {
        text.push_str(&format!("Growth is that of up to 90 days before {last}.\n"));
    }
    text
}
