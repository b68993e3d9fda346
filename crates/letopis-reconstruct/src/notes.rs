//! What people put on record about the keeping of logs: policies, notices of change, reviews, incidents.

use letopis_case::Note;
use letopis_case::note::Policy;
use letopis_event::Zone;
use letopis_query::NoteRow;
use letopis_vault::{EntryKind, Vault};
use serde::Serialize;

use crate::error::{ReconstructError, Result};

/// A note with its place in the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// Ledger position.
    pub seq: u64,
    /// When it was put on record, microseconds since 1970 UTC.
    pub time: i64,
    /// The account it was put on record under.
    pub operator: Option<String>,
    /// What it says.
    pub note: Note,
}

/// All notes in the order of the ledger. Those of other topics, and those whose document was removed by a record, are
/// passed over.
///
/// # Errors
/// When a document cannot be read.
pub fn notes(vault: &Vault) -> Result<Vec<Recorded>> {
    let mut all = Vec::new();
    for entry in vault.entries(Some(EntryKind::Note)) {
        let entry = entry?;
        if !matches!(
            entry.text("topic"),
            Some("policy" | "notice" | "review" | "incident")
        ) {
            continue;
        }
        let Some(mut document) = vault.detail(entry.seq)? else {
            continue;
        };
        let about = document.get("about").and_then(|about| about.get("operator"));
        let operator = about.and_then(serde_json::Value::as_str).map(str::to_owned);
        let said = document.get_mut("note").map(serde_json::Value::take);
        let note =
            serde_json::from_value(said.unwrap_or_default()).map_err(|e| ReconstructError::Document {
                seq: entry.seq,
                problem: e.to_string(),
            })?;
        all.push(Recorded {
            seq: entry.seq,
            time: entry.time,
            operator,
            note,
        });
    }
    Ok(all)
}

/// The policies among notes, in the same order.
pub(crate) fn policies(all: &[Recorded]) -> impl Iterator<Item = &Policy> {
    all.iter().filter_map(|recorded| match &recorded.note {
        Note::Policy(policy) => Some(policy),
        _ => None,
    })
}

/// The same as rows of the table `notes`.
pub(crate) fn rows(vault: &Vault) -> Result<Vec<NoteRow>> {
    let zone: Zone = vault.config().time_zone.parse().unwrap_or(Zone::UTC);
    let row = |recorded: Recorded| {
        let base = NoteRow {
            seq: i64::try_from(recorded.seq).unwrap_or(i64::MAX),
            time: recorded.time,
            topic: recorded.note.topic().to_owned(),
            ..NoteRow::default()
        };
        match recorded.note {
            Note::Policy(policy) => NoteRow {
                source: policy.source,
                category: policy.category,
                first_day: policy.from,
                kinds: Some(policy.kinds.join(" ")),
                review_days: policy.review_days.map(i64::from),
                person: policy.by,
                text: policy.reason,
                ..base
            },
            Note::Notice(notice) => NoteRow {
                source: Some(notice.source),
                first_day: notice.given,
                last_day: Some(notice.change),
                person: notice.by,
                text: notice.what,
                ..base
            },
            Note::Incident(incident) => NoteRow {
                subject: Some(incident.step.as_str().to_owned()),
                first_day: zone.local_day(incident.at).to_string(),
                person: incident.by,
                text: incident.text,
                ..base
            },
            Note::Review(review) => NoteRow {
                subject: Some(review.subject),
                source: review.source,
                first_day: review.from,
                last_day: Some(review.to),
                person: review.by,
                text: review.result,
                ..base
            },
        }
    };
    Ok(notes(vault)?.into_iter().map(row).collect())
}
