//! What was removed by record, as the ledger keeps it: for answers that would else say that it never was.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use letopis_retention::Tally;
use letopis_retention::days::Gone;
use letopis_vault::{Removal, Vault};
use serde::{Deserialize, Serialize};

use crate::error::{ReconstructError, Result};

/// One removal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemovedByRecord {
    /// Its ledger entry.
    pub entry: u64,
    /// When, RFC 3339.
    pub time: String,
    /// Who ordered it, where that is still known.
    pub authority: Option<String>,
    /// Records that went.
    pub records: u64,
    /// Of each source: records, and the first and last day of those with a believable time.
    pub sources: BTreeMap<String, Share>,
}

/// What went of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Records.
    pub records: u64,
    /// First day, in the zone of the archive.
    #[serde(skip)]
    pub first: Option<NaiveDate>,
    /// Last day.
    #[serde(skip)]
    pub last: Option<NaiveDate>,
}

#[derive(Default, Deserialize)]
struct Document {
    #[serde(default)]
    authority: Option<String>,
    #[serde(default)]
    continues: Option<u64>,
    #[serde(default)]
    days: Vec<DayRow>,
}

#[derive(Deserialize)]
struct DayRow {
    source: String,
    day: Option<String>,
    taken_in: i64,
    records: u64,
    bytes: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl DayRow {
    fn day(&self) -> Option<NaiveDate> {
        self.day.as_deref()?.parse().ok()
    }
}

fn document(removal: &Removal) -> Result<Document> {
    let Some(document) = &removal.document else {
        return Ok(Document::default());
    };
    serde_json::from_value(document.clone()).map_err(|e| ReconstructError::Document {
        seq: removal.seq,
        problem: e.to_string(),
    })
}

/// Every removal of objects, in ledger order; the further entries of one that needed several are left out.
///
/// # Errors
/// When a document cannot be read.
pub fn removed(vault: &Vault) -> Result<Vec<RemovedByRecord>> {
    let mut all = Vec::new();
    for removal in vault.removals()? {
        let document = document(&removal)?;
        if removal.objects.is_empty() || document.continues.is_some() {
            continue;
        }
        let mut sources: BTreeMap<String, Share> = BTreeMap::new();
        for row in &document.days {
            let share = sources.entry(row.source.clone()).or_default();
            share.records += row.records;
            if let Some(day) = row.day() {
                share.first = Some(share.first.map_or(day, |first| first.min(day)));
                share.last = share.last.max(Some(day));
            }
        }
        all.push(RemovedByRecord {
            entry: removal.seq,
            time: letopis_event::time::rfc3339(removal.time),
            authority: document.authority,
            records: sources.values().map(|share| share.records).sum(),
            sources,
        });
    }
    Ok(all)
}

impl RemovedByRecord {
    /// The removal in words.
    pub fn words(&self) -> String {
        let sources = self.sources.iter().map(|(source, share)| {
            let days = match (share.first, share.last) {
                (Some(first), Some(last)) => format!(" of {first} to {last}"),
                _ => String::new(),
            };
            format!("{} records of {source}{days}", share.records)
        });
        let sources: Vec<String> = sources.collect();
        let what = match sources.is_empty() {
            true => "objects without records".to_owned(),
            false => sources.join(", "),
        };
        format!(
            "entry {} of {}, on the authority of {}: {what}",
            self.entry,
            self.time,
            self.authority
                .as_deref()
                .unwrap_or("somebody who is no longer named")
        )
    }
}

/// That nothing of a name is here: with the removals, where there were any, since then it may have been among them.
pub fn not_here(vault: &Vault, what: &'static str, name: String) -> ReconstructError {
    match removed(vault) {
        Err(error) => error,
        Ok(all) if all.is_empty() => ReconstructError::NotFound { what, name },
        Ok(all) => ReconstructError::NotHere {
            what,
            name,
            removals: all
                .iter()
                .map(RemovedByRecord::words)
                .collect::<Vec<_>>()
                .join("; "),
        },
    }
}

/// Tells of every source and day what was removed of it.
pub(crate) fn removed_days(vault: &Vault, each: &mut dyn FnMut(&str, NaiveDate, Gone)) -> Result<()> {
    for removal in vault.removals()? {
        for row in document(&removal)?.days {
            let Some(day) = row.day() else { continue };
            let tally = Tally {
                taken_in: row.taken_in,
                records: row.records,
                bytes: row.bytes,
                first: row.first.unwrap_or_default(),
                last: row.last.unwrap_or_default(),
            };
            let removed = removal.time;
            each(&row.source, day, Gone { tally, removed });
        }
    }
    Ok(())
}
