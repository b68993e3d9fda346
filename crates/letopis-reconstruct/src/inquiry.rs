//! Materials of inquiries: what was held for a case is kept while the hold is in force, and five years after its release
//! (RU-PRIK-7.12; that the years count from the release is our reading, the regulation names no first day).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use letopis_event::Zone;
use letopis_retention::{INQUIRY_MONTHS, removable_from};
use letopis_vault::{EntryKind, Vault};
use serde::{Deserialize, Serialize};

use crate::error::{ReconstructError, Result};

/// How the materials of one hold stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inquiry {
    /// The hold: its ledger entry.
    #[serde(skip)]
    pub hold: u64,
    /// The case.
    #[serde(skip)]
    pub case: String,
    /// First day on which the materials may go; nothing while the hold is in force.
    pub kept_until: Option<String>,
    /// Objects that it found when it was made.
    pub objects: u64,
    /// Ledger entries of those that were removed while they were to be kept.
    pub gone: Vec<u64>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    case: Option<String>,
    #[serde(default)]
    objects: Vec<u64>,
}

/// The holds for cases, in ledger order.
///
/// # Errors
/// When the ledger or a document cannot be read: what is held must be known.
pub fn inquiries(vault: &Vault) -> Result<Vec<Inquiry>> {
    let zone: Zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    let mut released: BTreeMap<u64, NaiveDate> = BTreeMap::new();
    for entry in vault.entries(Some(EntryKind::Release)) {
        let entry = entry?;
        if let Some(hold) = entry.number("hold") {
            released.entry(hold).or_insert_with(|| zone.local_day(entry.time));
        }
    }
    let mut removed: BTreeMap<u64, NaiveDate> = BTreeMap::new();
    for removal in vault.removals()? {
        let day = zone.local_day(removal.time);
        removed.extend(removal.objects.into_iter().map(|object| (object, day)));
    }
    let mut inquiries = Vec::new();
    for entry in vault.entries(Some(EntryKind::Hold)) {
        let seq = entry?.seq;
        let problem = |problem: String| ReconstructError::Document { seq, problem };
        let document = vault.detail(seq)?;
        let document = document.ok_or_else(|| problem("it was destroyed".to_owned()))?;
        let document: Document = serde_json::from_value(document).map_err(|e| problem(e.to_string()))?;
        let Some(case) = document.case else { continue };
        let until = released.get(&seq).map(|day| kept_until(*day));
        inquiries.push(Inquiry {
            hold: seq,
            case,
            kept_until: until.map(|day| day.to_string()),
            objects: document.objects.len() as u64,
            gone: too_early(&document.objects, &removed, until),
        });
    }
    Ok(inquiries)
}

/// First day on which materials may go whose hold was released on that day.
fn kept_until(released: NaiveDate) -> NaiveDate {
    removable_from(released, INQUIRY_MONTHS).unwrap_or(NaiveDate::MAX)
}

/// Of these objects, those that were removed before the day; before any day where none is known.
fn too_early(objects: &[u64], removed: &BTreeMap<u64, NaiveDate>, until: Option<NaiveDate>) -> Vec<u64> {
    let is_early = |object: &&u64| {
        removed
            .get(object)
            .is_some_and(|day| until.is_none_or(|until| *day < until))
    };
    objects.iter().filter(is_early).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn materials_are_missed_until_five_years_after_the_release() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // Five years after 28 February 2024, and the day after, as the archive counts every term.
        let until = kept_until(day("2024-02-28"));
        assert_eq!(until, day("2029-03-01"));
        let removed = BTreeMap::from([
            (3, day("2029-02-28")),
            (4, day("2029-03-01")),
            (5, day("2020-01-01")),
        ]);
        assert_eq!(too_early(&[1, 3, 4], &removed, Some(until)), [3]);
        assert_eq!(too_early(&[1, 3, 4], &removed, None), [3, 4]);
        assert!(too_early(&[1], &removed, None).is_empty());
    }
}
