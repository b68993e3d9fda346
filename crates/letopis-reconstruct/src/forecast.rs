//! Storage forecast: what each source adds, when the disk is full, what the floor of retention will need.

use chrono::{Days, NaiveDate};
use letopis_retention::{Growth, Volume};
use serde::Serialize;

use crate::coverage::known;
use crate::error::Result;
use crate::reading::Reading;

/// What one source adds and needs.
#[derive(Clone, Debug, Serialize)]
pub struct SourceForecast {
    /// The source.
    pub source: String,
    /// Its category, where the source list gives one.
    pub category: Option<String>,
    /// What it wrote lately.
    pub growth: Growth,
    /// Bytes of originals a day.
    pub bytes_a_day: u64,
    /// Months that must be held of it.
    pub months: u32,
    /// Bytes of files that these months take.
    pub needed: u64,
}

/// The forecast.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// Last day that any source has records of: growth is that of the days before.
    pub last: Option<String>,
    /// What the archive holds, and what is left of its disk.
    #[serde(flatten)]
    pub volume: Volume,
    /// Bytes of files a day, all sources together.
    pub stored_a_day: u64,
    /// Days until the disk is full; nothing where the archive does not grow.
    pub days_left: Option<u64>,
    /// The day on which it is.
    pub full_on: Option<String>,
    /// Bytes of files that the floor of retention takes, all sources together.
    pub needed: u64,
    /// Whether what is stored and what is free are enough for it.
    pub suffices: bool,
    /// The sources, by name.
    pub sources: Vec<SourceForecast>,
}

/// Makes the forecast; `free` is what the file system has left, in bytes.
///
/// # Errors
/// When the records cannot be read.
pub fn forecast(reading: &mut Reading, free: u64) -> Result<Forecast> {
    let known = known(reading, None)?;
    let last = known
        .values()
        .filter_map(|known| known.days.bounds())
        .map(|(_, last)| last)
        .max();
    let vault = reading.vault();
    let floor = vault.config().retention_months;
    let volume = Volume {
        originals: vault.objects()?.iter().map(|object| object.length).sum(),
        stored: vault.stored_bytes()?,
        free,
    };
    let sources: Vec<SourceForecast> = known
        .iter()
        .map(|(source, known)| {
            let growth = last.map_or_else(Growth::default, |last| Growth::of(&known.days, last));
            let own = known.row.months.and_then(|months| u32::try_from(months).ok());
            let months = own.unwrap_or(floor).max(floor);
            SourceForecast {
                source: source.clone(),
                category: known.row.category.clone(),
                bytes_a_day: growth.bytes_a_day(),
                months,
                needed: volume.needed(&growth, months),
                growth,
            }
        })
        .collect();
    let a_day = sources.iter().map(|source| source.bytes_a_day).sum();
    let days_left = volume.days_left(a_day);
    let today = reading.zone().local_day(reading.now());
    let full_on = |days: u64| -> Option<NaiveDate> { today.checked_add_days(Days::new(days)) };
    let needed = sources.iter().map(|source| source.needed).sum();
    let forecast = Forecast {
        last: last.map(|day| day.to_string()),
        stored_a_day: volume.stored_of(a_day),
        days_left,
        full_on: days_left.and_then(full_on).map(|day| day.to_string()),
        needed,
        suffices: needed <= volume.stored.saturating_add(free),
        volume,
        sources,
    };
    reading.give(forecast.sources.len() as u64, format!("{forecast:?}").as_bytes());
    Ok(forecast)
}
