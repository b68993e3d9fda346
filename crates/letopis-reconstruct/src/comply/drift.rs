//! Changes of what the logs of a source look like, and whether they were announced in time (KZ195-12.4).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use letopis_case::Note;
use letopis_case::note::Notice;
use letopis_retention::Calendar;
use letopis_table::RowView;
use serde::Serialize;

use crate::error::Result;
use crate::notes::notes;
use crate::reading::Reading;

/// Formats whose records all have the same fields, so that another set of fields is another form of the log. Records of
/// other formats differ by what they tell.
const OF_ONE_FORM: &str = "'delimited', 'kz195', 'w3c-extended', 'postgres-csv', 'zeek', 'aws-elb', 'aws-vpc-flow', \
                           'squid', 'haproxy', 'web-access', 'windows-dhcp'";

/// What a log looked like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// Format.
    pub format: String,
    /// Encoding.
    pub encoding: String,
    /// How the time is written: `9` for digits, `a` for letters.
    pub time_form: String,
    /// Names of further fields, for formats whose records all have the same.
    pub fields: String,
}

/// A change.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The source.
    pub source: String,
    /// First day on which the log looked otherwise.
    pub day: String,
    /// Before.
    pub before: Shape,
    /// Since.
    pub since: Shape,
    /// Last record of the shape before, and first of the new one.
    pub example: String,
    /// The notice that announced it, by the day on which it was given.
    pub announced: Option<String>,
    /// Whether it was given early enough.
    pub in_time: bool,
}

/// The changes that the archive shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Drift {
    /// Sources that were looked at.
    pub sources: u64,
    /// Changes, by source and day.
    pub changes: Vec<Change>,
    /// Years of changes of which the calendar names no day: their holidays are not known.
    pub years_without_calendar: Vec<i32>,
}

/// Looks at the form of each object of each source in the order of their first records.
///
/// # Errors
/// When records or notes cannot be read.
pub fn drift(reading: &mut Reading, calendar: &Calendar, working_days: u32) -> Result<Drift> {
    let notices: Vec<Notice> = notes(reading.vault())?
        .into_iter()
        .filter_map(|recorded| match recorded.note {
            Note::Notice(notice) => Some(notice),
            _ => None,
        })
        .collect();
    let mut drift = Drift::default();
    for (source, shapes) in shapes(reading)? {
        drift.sources += 1;
        let own: Vec<&Notice> = notices.iter().filter(|notice| notice.source == source).collect();
        let mut seen: Vec<&Shape> = Vec::new();
        for (before, since) in shapes.iter().zip(shapes.iter().skip(1)) {
            if !seen.contains(&&before.shape) {
                seen.push(&before.shape);
            }
            // Several logs of one source come side by side: a form that was there before is no change.
            if seen.contains(&&since.shape) {
                continue;
            }
            let announced = own
                .iter()
                .filter(|notice| covers(notice, since.day))
                .map(|n| n.given.clone())
                .min();
            let given = announced.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
            drift.changes.push(Change {
                source: source.clone(),
                day: since.day.to_string(),
                before: before.shape.clone(),
                since: since.shape.clone(),
                example: since.first.clone(),
                in_time: given
                    .is_some_and(|given| worked_between(given, since.day, calendar) >= working_days),
                announced,
            });
        }
    }
    let years = drift
        .changes
        .iter()
        .filter_map(|change| change.day.get(..4)?.parse::<i32>().ok());
    let known: Vec<i32> = calendar.years().collect();
    drift.years_without_calendar = years.filter(|year| !known.contains(year)).collect();
    drift.years_without_calendar.dedup();
    reading.give(drift.changes.len() as u64, format!("{drift:?}").as_bytes());
    Ok(drift)
}

/// A notice covers what changes on its day, or in the week after: a change that was announced may come late.
fn covers(notice: &Notice, change: NaiveDate) -> bool {
    let announced = notice.change.parse::<NaiveDate>();
    announced.is_ok_and(|day| (0..=7).contains(&(change - day).num_days()))
}

/// Working days from the day after `given` to the day before `change`, and `given` itself where it is worked.
fn worked_between(given: NaiveDate, change: NaiveDate, calendar: &Calendar) -> u32 {
    let days = given.iter_days().take_while(|day| *day < change);
    u32::try_from(days.filter(|day| calendar.is_worked(*day)).count()).unwrap_or(u32::MAX)
}

struct Seen {
    day: NaiveDate,
    first: String,
    shape: Shape,
}

/// For each source the shapes of its objects by their first record.
fn shapes(reading: &Reading) -> Result<BTreeMap<String, Vec<Seen>>> {
    // What stands behind the clock (a fraction, a zone) differs from record to record and does not count.
    let sql = format!(
        "SELECT source, object, format, encoding, min(time) AS first_time, min(event_id) AS first_id, \
         min(time_form(time_text)) AS time_form, \
         substr(max(CASE WHEN format IN ({OF_ONE_FORM}) THEN concat(lpad(CAST(cardinality(attrs) AS VARCHAR), 6, '0'), \
         ' ', array_to_string(map_keys(attrs), ' ')) END), 8) AS fields \
         FROM events WHERE time IS NOT NULL AND kind NOT IN ('unparsed', 'part') \
         AND time >= TIMESTAMP '1990-01-01T00:00:00Z' GROUP BY source, object, format, encoding \
         ORDER BY source, first_time, object"
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let mut all: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for row in batches.iter().flat_map(RowView::all) {
        let text = |name| row.text(name).unwrap_or_default().to_owned();
        let Some(time) = row.time("first_time") else {
            continue;
        };
        all.entry(text("source")).or_default().push(Seen {
            day: reading.zone().local_day(time),
            first: text("first_id"),
            shape: Shape {
                format: text("format"),
                encoding: text("encoding"),
                time_form: text("time_form"),
                fields: text("fields"),
            },
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_are_counted_by_the_calendar() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let plain = Calendar::default();
        // Friday to Friday: five worked days lie before the change.
        assert_eq!(worked_between(day("2026-03-06"), day("2026-03-13"), &plain), 5);
        let holiday = Calendar::parse("2026-03-09,off").unwrap();
        assert_eq!(worked_between(day("2026-03-06"), day("2026-03-13"), &holiday), 4);
        assert_eq!(worked_between(day("2026-03-13"), day("2026-03-13"), &plain), 0);
    }
}
