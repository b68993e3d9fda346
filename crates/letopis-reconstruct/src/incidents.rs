//! The register of incidents of an archive, with the deadlines that run from each.

use letopis_case::Note;
use letopis_case::incident::{Case, DEADLINES, Deadline, Standing, gather};
use letopis_event::time::rfc3339;
use letopis_vault::Vault;
use serde::Serialize;

use crate::error::Result;
use crate::notes::notes;

/// How one deadline of an incident stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Its id: `DL-08`.
    pub id: &'static str,
    /// Its last moment, RFC 3339; of one that names no last, the first.
    pub until: String,
    /// How it stands.
    pub standing: Standing,
}

/// An incident with its deadlines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Register {
    /// What is on record.
    #[serde(flatten)]
    pub case: Case,
    /// When it was closed, microseconds since 1970 UTC.
    pub closed: Option<i64>,
    /// The deadlines that run here.
    pub deadlines: Vec<Due>,
}

/// Every incident, in the order of the ledger, with its deadlines at the present `now`.
///
/// # Errors
/// When the ledger or a document cannot be read.
pub fn incidents(vault: &Vault, now: i64) -> Result<Vec<Register>> {
    let all = notes(vault)?;
    let own = all.iter().filter_map(|recorded| match &recorded.note {
        Note::Incident(incident) => Some((recorded.seq, incident)),
        _ => None,
    });
    let due = |case: &Case| {
        let of = |deadline: &Deadline| {
            Some(Due {
                id: deadline.id,
                until: rfc3339(case.until(deadline)?),
                standing: case.standing(deadline, now)?,
            })
        };
        DEADLINES.iter().filter_map(of).collect()
    };
    Ok(gather(own)
        .into_iter()
        .map(|case| Register {
            deadlines: due(&case),
            closed: case.closed(),
            case,
        })
        .collect())
}
