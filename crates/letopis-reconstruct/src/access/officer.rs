//! Readings of the archive as an officer looks at them: by person, by source, and what is out of the ordinary.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike as _;
use letopis_event::Zone;
use letopis_retention::Calendar;
use serde::Serialize;

use super::ArchiveReading;

/// Readings that a person must have ended before, so that there is a past to compare with.
const PAST_LEAST: usize = 5;
/// Rows under which no reading is an unusual one.
const ROWS_LEAST: i64 = 100;
/// How many times the median of a person's past a reading must show to be unusual.
const TIMES_USUAL: i64 = 10;

/// When people work.
#[derive(Clone, Debug)]
pub struct Hours {
    /// First hour of the working day, local.
    pub from: u32,
    /// First hour after it.
    pub to: u32,
    /// Which days are worked.
    pub calendar: Calendar,
}

impl Default for Hours {
    fn default() -> Self {
        Self {
            from: 8,
            to: 19,
            calendar: Calendar::default(),
        }
    }
}

/// What one person read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PersonReadings {
    /// Who.
    pub person: String,
    /// Readings.
    pub readings: u64,
    /// Rows shown.
    pub rows: i64,
    /// Time of the first reading, microseconds since 1970 UTC.
    pub first: i64,
    /// Time of the last.
    pub last: i64,
    /// Sources that were named.
    pub sources: BTreeSet<String>,
    /// What is out of the ordinary.
    pub anomalies: u64,
}

/// Readings that named a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceReadings {
    /// The source; none for readings that named none and may have shown any.
    pub source: Option<String>,
    /// Readings.
    pub readings: u64,
    /// Rows shown.
    pub rows: i64,
    /// Who.
    pub persons: BTreeSet<String>,
    /// Time of the last.
    pub last: i64,
}

/// Something out of the ordinary in a reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Anomaly {
    /// Ledger position of the intent.
    pub seq: i64,
    /// Journal outside the archive that recorded it.
    pub journal: Option<String>,
    /// When it was announced.
    pub time: i64,
    /// Who.
    pub person: String,
    /// The command.
    pub command: String,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// What can be out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "anomaly", rename_all = "kebab-case")]
pub enum What {
    /// Not on a working day, or outside working hours.
    OutsideHours,
    /// Far more rows than this person's readings before.
    UnusualVolume {
        /// Rows.
        rows: i64,
        /// Median of the readings before.
        usual: i64,
    },
    /// No purpose was stated.
    PurposeMissing,
    /// No result was recorded: what was shown is not known.
    NoResult,
}

/// The readings as an officer looks at them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Officer {
    /// By person, by name.
    pub persons: Vec<PersonReadings>,
    /// By source, by name; those that named none last.
    pub sources: Vec<SourceReadings>,
    /// What is out of the ordinary, in the order of the readings.
    pub anomalies: Vec<Anomaly>,
}

/// Whether a text names a source: its id between characters that no id goes on with.
fn names(text: &str, source: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    text.match_indices(source).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        !goes_on(before) && !goes_on(after)
    })
}

/// Puts readings, in the order of their time, together.
pub fn officer(readings: &[ArchiveReading], sources: &[String], hours: &Hours, zone: Zone) -> Officer {
    let mut persons: BTreeMap<&str, PersonReadings> = BTreeMap::new();
    let mut past: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut by_source: BTreeMap<(bool, Option<&str>), SourceReadings> = BTreeMap::new();
    let mut anomalies = Vec::new();
    for reading in readings {
        let found = what(reading, past.get(reading.person.as_str()), hours, zone);
        let text = format!(
            "{} {}",
            reading.command,
            reading.query.as_deref().unwrap_or_default()
        );
        let named: Vec<&str> = sources
            .iter()
            .map(String::as_str)
            .filter(|id| names(&text, id))
            .collect();
        let person = persons.entry(&reading.person).or_insert_with(|| PersonReadings {
            person: reading.person.clone(),
            first: reading.time,
            ..PersonReadings::default()
        });
        person.readings += 1;
        person.rows += reading.rows.unwrap_or_default();
        person.last = reading.time;
        person.sources.extend(named.iter().map(|id| (*id).to_owned()));
        person.anomalies += found.len() as u64;
        let keys = match named.is_empty() {
            true => vec![None],
            false => named.into_iter().map(Some).collect(),
        };
        for key in keys {
            let entry = by_source.entry((key.is_none(), key)).or_default();
            entry.source = key.map(str::to_owned);
            entry.readings += 1;
            entry.rows += reading.rows.unwrap_or_default();
            entry.last = reading.time;
            entry.persons.insert(reading.person.clone());
        }
        if let Some(rows) = reading.rows {
            past.entry(&reading.person).or_default().push(rows);
        }
        anomalies.extend(found.into_iter().map(|what| Anomaly {
            seq: reading.seq,
            journal: reading.journal.clone(),
            time: reading.time,
            person: reading.person.clone(),
            command: reading.command.clone(),
            what,
        }));
    }
    Officer {
        persons: persons.into_values().collect(),
        sources: by_source.into_values().collect(),
        anomalies,
    }
}

fn what(reading: &ArchiveReading, past: Option<&Vec<i64>>, hours: &Hours, zone: Zone) -> Vec<What> {
    let mut found = Vec::new();
    let hour = zone.local(reading.time).map(|local| local.hour());
    let is_worked = hours.calendar.is_worked(zone.local_day(reading.time));
    if !is_worked || hour.is_some_and(|hour| hour < hours.from || hour >= hours.to) {
        found.push(What::OutsideHours);
    }
    if let (Some(rows), Some(past)) = (reading.rows, past.filter(|past| past.len() >= PAST_LEAST)) {
        let mut sorted = past.clone();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        if rows >= ROWS_LEAST && rows > usual.saturating_mul(TIMES_USUAL) {
            found.push(What::UnusualVolume { rows, usual });
        }
    }
    if reading
        .purpose
        .as_deref()
        .is_none_or(|purpose| purpose.trim().is_empty())
    {
        found.push(What::PurposeMissing);
    }
    if reading.ended.is_none() && !reading.own {
        found.push(What::NoResult);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-05-04 is a Monday; 06:00 UTC is 11:00 in Almaty.
    fn reading(seq: i64, person: &str, hour: i64, rows: i64) -> ArchiveReading {
        ArchiveReading {
            seq,
            time: 1_777_852_800_000_000 + hour * 3_600_000_000,
            person: person.to_owned(),
            basis: "os-account".to_owned(),
            host: None,
            command: "letopis search x --source web1".to_owned(),
            query: None,
            purpose: Some("case 5".to_owned()),
            case_id: None,
            rows: Some(rows),
            ended: Some("complete".to_owned()),
            journal: None,
            own: false,
        }
    }

    fn found(readings: &[ArchiveReading]) -> Vec<(i64, What)> {
        let sources = ["web1".to_owned(), "web".to_owned()];
        let zone = "Asia/Almaty".parse().unwrap();
        let officer = officer(readings, &sources, &Hours::default(), zone);
        officer.anomalies.into_iter().map(|a| (a.seq, a.what)).collect()
    }

    #[test]
    fn an_ordinary_reading_is_none() {
        assert_eq!(found(&[reading(1, "anna", 6, 10)]), []);
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_named() {
        let night = reading(1, "anna", 20, 10);
        let weekend = reading(2, "anna", 6 - 24, 10);
        let mut silent = reading(3, "anna", 6, 10);
        silent.purpose = Some("  ".to_owned());
        let mut open = reading(4, "anna", 6, 10);
        (open.ended, open.rows) = (None, None);
        assert_eq!(
            found(&[night, weekend, silent, open]),
            [
                (1, What::OutsideHours),
                (2, What::OutsideHours),
                (3, What::PurposeMissing),
                (4, What::NoResult)
            ]
        );
    }

    #[test]
    fn volume_is_compared_with_the_past_of_the_same_person() {
        let mut readings: Vec<_> = (1..=5).map(|n| reading(n, "anna", 6, 20)).collect();
        readings.push(reading(6, "anna", 6, 200));
        readings.push(reading(7, "anna", 6, 201));
        readings.push(reading(8, "boris", 6, 5000));
        assert_eq!(
            found(&readings),
            [(7, What::UnusualVolume { rows: 201, usual: 20 })]
        );
    }

    #[test]
    fn sources_are_told_by_whole_names() {
        assert!(names("search --source web1 x", "web1") && names("source = 'web'", "web"));
        assert!(!names("search --source web1", "web") && !names("web-1", "web"));
        let sources = ["web1".to_owned()];
        let all = officer(
            &[reading(1, "anna", 6, 3)],
            &sources,
            &Hours::default(),
            Zone::UTC,
        );
        assert_eq!(all.sources[0].source.as_deref(), Some("web1"));
        assert_eq!((all.persons[0].readings, all.persons[0].rows), (1, 3));
    }
}
