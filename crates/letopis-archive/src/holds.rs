//! Holds: what may not be removed, whatever its term, until somebody with the authority releases it.
//!
//! A hold is a `hold` entry of the ledger, its release a `release` entry that names it; who, why and what is held stand in
//! their documents. What a hold is about is kept twice: as it was said, so that records that come later fall under it,
//! and as the objects that it found when it was made, so that no change of reading can let one of them go.

use letopis_retention::{Selection, SelectionError};
use letopis_vault::{EntryKind, NewEntry, Vault, VaultWriter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{ArchiveError, Result};

/// What is held, by whom and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldTerms {
    /// Who ordered it: an office, an order by number and date.
    pub authority: String,
    /// Why.
    pub reason: String,
    /// For which case. What was held for one is material of an inquiry: after the release it is kept for five years
    /// more (RU-PRIK-7.12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Which records.
    pub selection: Selection,
}

/// How a hold ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Ledger entry.
    pub entry: u64,
    /// When, microseconds since 1970 UTC.
    pub time: i64,
    /// Who ordered it.
    pub authority: String,
    /// Why.
    pub reason: String,
}

/// A hold as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Ledger entry: the name of the hold.
    pub entry: u64,
    /// When it was made, microseconds since 1970 UTC.
    pub time: i64,
    /// What it says.
    #[serde(flatten)]
    pub terms: HoldTerms,
    /// Ledger entries of the objects that it found when it was made.
    pub objects: Vec<u64>,
    /// Who entered it, where that was recorded.
    pub operator: Option<String>,
    /// Its release, where there was one.
    pub released: Option<Release>,
}

/// Why a hold cannot be made or released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// What it is about makes no sense.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A text that must be there is not.
    #[error("{0} must be said")]
    Unsaid(&'static str),
    /// There is no such hold.
    #[error("entry {0} of the ledger is no hold")]
    NoHold(u64),
    /// It was released before.
    #[error("hold {hold} was released by entry {release} already")]
    Released {
        /// The hold.
        hold: u64,
        /// Ledger entry of the release.
        release: u64,
    },
}

#[derive(Deserialize)]
struct HoldDocument {
    #[serde(flatten)]
    terms: HoldTerms,
    #[serde(default)]
    objects: Vec<u64>,
    #[serde(default)]
    about: Value,
}

#[derive(Deserialize)]
struct ReleaseDocument {
    authority: String,
    reason: String,
}

/// Every hold, in ledger order.
///
/// # Errors
/// When an entry or its document cannot be read: what is held must be known.
pub fn holds(vault: &Vault) -> Result<Vec<Hold>> {
    let mut holds: Vec<Hold> = Vec::new();
    for entry in vault.entries(Some(EntryKind::Hold)) {
        let entry = entry?;
        let document: HoldDocument = document(vault, entry.seq)?;
        let operator = document.about.get("operator").and_then(Value::as_str);
        holds.push(Hold {
            entry: entry.seq,
            time: entry.time,
            operator: operator.map(str::to_owned),
            terms: document.terms,
            objects: document.objects,
            released: None,
        });
    }
    for entry in vault.entries(Some(EntryKind::Release)) {
        let entry = entry?;
        let held = entry.number("hold");
        let document: ReleaseDocument = document(vault, entry.seq)?;
        let hold = holds.iter_mut().find(|hold| Some(hold.entry) == held);
        if let Some(hold) = hold.filter(|hold| hold.released.is_none()) {
            hold.released = Some(Release {
                entry: entry.seq,
                time: entry.time,
                authority: document.authority,
                reason: document.reason,
            });
        }
    }
    Ok(holds)
}

fn document<T: serde::de::DeserializeOwned>(vault: &Vault, seq: u64) -> Result<T> {
    let problem = |problem: String| ArchiveError::Document { seq, problem };
    let document = vault.detail(seq)?;
    let document = document.ok_or_else(|| problem("it was destroyed".to_owned()))?;
    serde_json::from_value(document).map_err(|e| problem(e.to_string()))
}

/// Makes a hold. `objects` are the ledger entries of the objects that it finds now. Gives its ledger entry.
///
/// # Errors
/// When it selects nothing that can be, an authority or a reason is missing, or the entry cannot be written.
pub fn hold(writer: &VaultWriter, terms: &HoldTerms, objects: &[u64], about: Value, now: i64) -> Result<u64> {
    terms.selection.check().map_err(HoldError::Selection)?;
    said(&terms.authority, &terms.reason)?;
    let mut detail = json!(terms);
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("objects".to_owned(), json!(objects));
        detail.insert("about".to_owned(), about);
    }
    let fields = Map::from_iter([("objects".to_owned(), Value::from(objects.len() as u64))]);
    let receipt = writer.commit(vec![NewEntry::new(EntryKind::Hold, fields, Some(detail))], now)?;
    Ok(receipt.first)
}

/// Releases a hold. Gives the ledger entry of the release.
///
/// # Errors
/// When there is no such hold, it was released before, an authority or a reason is missing, or the entry cannot be
/// written.
pub fn release(
    writer: &VaultWriter,
    hold: u64,
    (authority, reason): (&str, &str),
    about: &Value,
    now: i64,
) -> Result<u64> {
    said(authority, reason)?;
    let holds = holds(&writer.vault())?;
    let known = holds.iter().find(|known| known.entry == hold);
    let known = known.ok_or(HoldError::NoHold(hold))?;
    if let Some(release) = &known.released {
        let release = release.entry;
        return Err(HoldError::Released { hold, release }.into());
    }
    let fields = Map::from_iter([("hold".to_owned(), Value::from(hold))]);
    let detail = json!({ "authority": authority, "reason": reason, "about": about });
    let entry = NewEntry::new(EntryKind::Release, fields, Some(detail));
    Ok(writer.commit(vec![entry], now)?.first)
}

fn said(authority: &str, reason: &str) -> std::result::Result<(), HoldError> {
    for (text, what) in [
        (authority, "the authority: who ordered it"),
        (reason, "the reason"),
    ] {
        if text.trim().is_empty() {
            return Err(HoldError::Unsaid(what));
        }
    }
    Ok(())
}
