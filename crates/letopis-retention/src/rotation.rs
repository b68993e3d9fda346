//! Files that a rotation made: which of them were not handed over, and where records are missing between two of them.
//!
//! `auth.log.2` is missing where 1 and 3 are there, `cron-20251201` where the first of every other month has its file. The
//! oldest and the newest file of a row leave no such trace: what was never there and what was left out look the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;

use crate::calendar::Calendar;
use crate::rhythm::Rhythm;

mod name;

#[cfg(test)]
mod tests;

use name::{Mark, Place, Step, Unit, join};

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;
/// A stretch between two files is strange where it is so many times as long as the middle one of its family.
const STRANGE: i64 = 6;

/// A file of a log as it was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFile {
    /// Its path, through the containers that it came in.
    pub path: String,
    /// When it was handed over, microseconds since 1970 UTC: what came together has the same.
    pub arrived: i64,
    /// Time of its first record.
    pub first: Option<i64>,
    /// Time of its last record.
    pub last: Option<i64>,
}

/// What a family of files lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A file whose name follows from those of the others.
    File,
    /// Records: between the last of one file and the first of the next lies far more time than usual.
    Records,
}

/// Something that is missing in a family of files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lacking {
    /// What.
    pub lack: Lack,
    /// The name that the file should have; for records, what the files of the family are named like.
    pub name: String,
    /// The file before it, by time.
    pub after: Option<String>,
    /// The file after it.
    pub before: Option<String>,
    /// Last record of the file before it.
    pub from: Option<i64>,
    /// First record of the file after it.
    pub to: Option<i64>,
}

/// What is expected of the files' source.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// How often it writes.
    pub rhythm: Rhythm,
    /// Which days are worked.
    pub calendar: &'a Calendar,
    /// The day of an instant, by the clock that days are counted by.
    pub local_day: &'a dyn Fn(i64) -> NaiveDate,
}

/// A file with its name taken apart.
struct Member<'a> {
    file: &'a LogFile,
    place: Place,
}

/// Looks at all files of one source: what is missing among them, by name.
pub fn lacking(files: &[LogFile], expected: Expected<'_>) -> Vec<Lacking> {
    let members: Vec<Member<'_>> = files
        .iter()
        .map(|file| Member {
            file,
            place: Place::of(&file.path),
        })
        .collect();
    let mut found: BTreeSet<Lacking> = numbers(&members).into_iter().collect();
    let families = families(&members);
    for (family, members) in &families {
        found.extend(dates(members, expected));
        found.extend(stretches(family, members, expected));
    }
    found.extend(currents(&members));
    found.into_iter().collect()
}

/// Members by family; a file that is still written belongs to the family of those that it became.
fn families<'m, 'a>(members: &'m [Member<'a>]) -> BTreeMap<String, Vec<&'m Member<'a>>> {
    let mut families: BTreeMap<String, Vec<&Member<'_>>> = BTreeMap::new();
    let mut currents = BTreeMap::new();
    for member in members.iter().filter(|m| m.place.mark != Mark::None) {
        let family = member.place.family();
        currents.insert(
            join(&member.place.kin_folder, &member.place.current()),
            family.clone(),
        );
        families.entry(family).or_default().push(member);
    }
    for member in members.iter().filter(|m| m.place.mark == Mark::None) {
        let own = member.place.family();
        let family = currents.get(&own).cloned().unwrap_or(own);
        families.entry(family).or_default().push(member);
    }
    families
}

fn lacking_file(name: String, older: Option<&Member<'_>>, newer: Option<&Member<'_>>) -> Lacking {
    Lacking {
        lack: Lack::File,
        name,
        after: older.map(|m| m.file.path.clone()),
        before: newer.map(|m| m.file.path.clone()),
        from: older.and_then(|m| m.file.last),
        to: newer.and_then(|m| m.file.first),
    }
}

/// Numbers that are passed over among files that came together.
fn numbers(members: &[Member<'_>]) -> Vec<Lacking> {
    let mut rows: BTreeMap<(i64, String), BTreeMap<u32, &Member<'_>>> = BTreeMap::new();
    for member in members {
        if let Mark::Number(number) = member.place.mark {
            let row = (
                member.file.arrived,
                join(&member.place.folder, &member.place.current()),
            );
            rows.entry(row).or_default().insert(number, member);
        }
    }
    // The file that is still written comes before number 1.
    for member in members.iter().filter(|m| m.place.mark == Mark::None) {
        let row = (
            member.file.arrived,
            join(&member.place.folder, &member.place.before),
        );
        if let Some(row) = rows.get_mut(&row) {
            row.entry(0).or_insert(member);
        }
    }
    let mut found = Vec::new();
    for row in rows.values() {
        for ((low, one), (high, other)) in row.iter().zip(row.iter().skip(1)) {
            for number in low + 1..*high {
                // Mostly the higher number is the older file; some programs count the other way.
                let (older, newer) = if one.file.first < other.file.first {
                    (one, other)
                } else {
                    (other, one)
                };
                let name = other.place.with(&number.to_string());
                found.push(lacking_file(name, Some(older), Some(newer)));
            }
        }
    }
    found
}

/// Dates that are passed over in a family.
fn dates(members: &[&Member<'_>], expected: Expected<'_>) -> Vec<Lacking> {
    let mut by_date: BTreeMap<NaiveDate, &Member<'_>> = BTreeMap::new();
    let mut form = None;
    for member in members {
        if let Mark::Date(dated) = member.place.mark {
            by_date.insert(dated.at, member);
            form = Some(dated);
        }
    }
    let Some(form) = form else { return Vec::new() };
    let all: Vec<NaiveDate> = by_date.keys().copied().collect();
    let Some(step) = Step::of(form.unit, &all) else {
        return Vec::new();
    };
    let weekdays = weekdays(&all);
    let rests = ![Weekday::Sat, Weekday::Sun]
        .iter()
        .any(|day| weekdays.contains(day));
    let is_due = |date: NaiveDate| match step {
        Step::Days(1) if form.unit == Unit::Day => {
            weekdays.contains(&date.weekday()) && (!rests || expected.calendar.is_worked(date))
        }
        _ => true,
    };
    let mut found = Vec::new();
    for ((from, older), (to, newer)) in by_date.iter().zip(by_date.iter().skip(1)) {
        let mut at = step.after(*from, &all);
        let mut passed = Vec::new();
        while let Some(date) = at.filter(|date| date < to) {
            passed.push(date);
            at = step.after(date, &all);
        }
        // Where the next one is not reached step by step, the row was changed, and nothing follows.
        if at == Some(*to) {
            let due = passed.into_iter().filter(|date| is_due(*date));
            found.extend(
                due.map(|date| lacking_file(older.place.with(&form.spell(date)), Some(older), Some(newer))),
            );
        }
    }
    let current = members.iter().copied().find(|m| m.place.mark == Mark::None);
    if let (Some((last, newest)), Some(current)) = (by_date.last_key_value(), current) {
        // A file gets its date when the next one is begun: what is still written began before the next date.
        let begun = current.file.first.map(expected.local_day);
        let begun = begun.filter(|_| newest.place.after.is_empty());
        let since = newest.file.last.map(expected.local_day);
        let mut at = step.after(*last, &all);
        while let (Some(date), Some(begun), Some(since)) = (at, begun, since) {
            // Half a step of silence at least: a quiet log begins its file late.
            let is_passed = date <= begun && 2 * (begun - since).num_days() > (date - *last).num_days();
            if !is_passed {
                break;
            }
            if is_due(date) {
                let name = newest.place.with(&form.spell(date));
                found.push(lacking_file(name, Some(newest), Some(current)));
            }
            at = step.after(date, &all);
        }
    }
    found
}

/// Weekdays of which at least half have a file.
fn weekdays(dates: &[NaiveDate]) -> Vec<Weekday> {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Vec::new();
    };
    let count = |day: Weekday, dates: &mut dyn Iterator<Item = NaiveDate>| {
        dates.filter(|date| date.weekday() == day).count()
    };
    let week = [0, 1, 2, 3, 4, 5, 6].map(|n| Weekday::try_from(n).unwrap_or(Weekday::Mon));
    week.into_iter()
        .filter(|day| {
            let all = count(*day, &mut first.iter_days().take_while(|date| date <= last));
            let have = count(*day, &mut dates.iter().copied());
            have > 0 && 2 * have >= all
        })
        .collect()
}

/// Files still written that are not there, where their neighbours of the same folder are.
fn currents(members: &[Member<'_>]) -> Vec<Lacking> {
    // Only a mark at the end of the name tells that the file had another name before.
    let is_renamed = |place: &Place| match place.mark {
        Mark::Number(_) => true,
        Mark::Date(_) => place.after.is_empty(),
        Mark::None => false,
    };
    let mut newest: BTreeMap<(i64, &str, String), &Member<'_>> = BTreeMap::new();
    let mut there: BTreeSet<(i64, &str, String)> = BTreeSet::new();
    for member in members {
        let (place, file) = (&member.place, member.file);
        let key = (file.arrived, place.folder.as_str(), place.current());
        if place.mark == Mark::None {
            there.insert(key);
        } else if is_renamed(place) {
            let known = newest.entry(key).or_insert(member);
            if known.file.last < file.last {
                *known = member;
            }
        }
    }
    let has_neighbour = |key: &(i64, &str, String)| {
        newest
            .keys()
            .any(|other| other.0 == key.0 && other.1 == key.1 && there.contains(other))
    };
    newest
        .iter()
        .filter(|(key, _)| !there.contains(*key) && has_neighbour(key))
        .map(|(key, member)| lacking_file(join(key.1, &key.2), Some(member), None))
        .collect()
}

/// Stretches between two files of a family that are far longer than usual.
fn stretches(family: &str, members: &[&Member<'_>], expected: Expected<'_>) -> Vec<Lacking> {
    let mut timed: Vec<(i64, i64, &Member<'_>)> = members
        .iter()
        .filter_map(|m| Some((m.file.first?, m.file.last?, *m)))
        .collect();
    timed.sort_by_key(|(first, last, _)| (*first, *last));
    timed.dedup_by_key(|(first, last, _)| (*first, *last));
    // Until where the files up to each one reach.
    let mut gaps = Vec::new();
    let mut reach: Option<(i64, &Member<'_>)> = None;
    for (first, last, member) in timed {
        if let Some((end, before)) = reach {
            gaps.push((first - end, end, first, before, member));
        }
        reach = reach.filter(|(end, _)| *end >= last).or(Some((last, member)));
    }
    let mut lengths: Vec<i64> = gaps.iter().map(|gap| gap.0.max(0)).collect();
    lengths.sort_unstable();
    let Some(usual) = lengths.get(lengths.len() / 2).filter(|_| lengths.len() >= 3) else {
        return Vec::new();
    };
    gaps.iter()
        .filter(|(length, from, to, ..)| {
            *length > (24 * HOUR).max(STRANGE.saturating_mul(*usual)) && is_long(*from, *to, expected)
        })
        .map(|(_, from, to, before, after)| Lacking {
            lack: Lack::Records,
            name: family.to_owned(),
            after: Some(before.file.path.clone()),
            before: Some(after.file.path.clone()),
            from: Some(*from),
            to: Some(*to),
        })
        .collect()
}

/// Whether the source should have written between two instants.
fn is_long(from: i64, to: i64, expected: Expected<'_>) -> bool {
    let Expected {
        rhythm,
        calendar,
        local_day,
    } = expected;
    let (from, to) = (local_day(from), local_day(to));
    let inside = || from.iter_days().skip(1).take_while(move |day| *day < to);
    match rhythm.patience() {
        Some(patience) => inside().count() > patience,
        None => inside().any(|day| rhythm.expects(day, calendar)),
    }
}
