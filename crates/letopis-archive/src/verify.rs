//! The check of an archive: the vault's, and on demand the rows against the originals.

use std::sync::Arc;

use letopis_vault::{Anchor, Backend, CheckedBody, Concerned, Progress, Trusted, Vault, VerifyOptions};
use serde::Serialize;

use crate::error::Result;

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// What others hold.
    pub anchors: Vec<Anchor>,
    /// Whom the one who checks trusts: cosigners, how many of them, certificates.
    pub trusted: Trusted,
    /// Whether the originals are read again and compared with the rows.
    pub rederive: bool,
    /// This program and its version.
    pub program: String,
    /// Threads; 0 takes the number of processors.
    pub threads: usize,
    /// What an earlier check that was interrupted looked at (see [`crate::scrub`]).
    pub done: Vec<CheckedBody>,
}

/// A verdict about evidence or about a derived file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// A word for it.
    pub kind: String,
    /// File, entry or object.
    #[serde(rename = "where")]
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// What to do.
    pub repair: String,
    /// The records that the damage concerns, where that is known; all others of the object are untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Concerned>,
}

impl From<&letopis_vault::Finding> for Found {
    fn from(finding: &letopis_vault::Finding) -> Self {
        let place = match (finding.offset, finding.length) {
            (Some(from), Some(length)) if length > 0 => {
                format!("{}, bytes {from} to {}", finding.place, from + length - 1)
            }
            (Some(from), _) => format!("{}, byte {from}", finding.place),
            (None, _) => finding.place.clone(),
        };
        Self {
            kind: finding.kind.as_str().to_owned(),
            place,
            expected: finding.expected.clone(),
            found: finding.found.clone(),
            repair: finding.repair.clone(),
            records: finding.records.clone(),
        }
    }
}

/// Worth saying, but no damage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Noticed {
    /// A word for it.
    pub kind: String,
    /// File, entry or object.
    #[serde(rename = "where")]
    pub place: String,
    /// A sentence.
    pub text: String,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Objects hashed from the first to the last byte.
    pub objects: u64,
    /// Segments hashed.
    pub segments: u64,
    /// Records whose leaf was recomputed.
    pub records: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Bytes of content hashed.
    pub bytes: u64,
    /// Rows compared with their originals; none where that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// The outcome of a check, in the shape of `verify --json`.
#[derive(Clone, Debug, Serialize)]
pub struct CheckOutcome {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Damage, forgery, loss.
    pub findings: Vec<Found>,
    /// What was looked at.
    pub checked: Counted,
    /// Worth saying.
    pub notices: Vec<Noticed>,
    /// What is not here because it was removed by record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<letopis_vault::RemovedByRecord>,
    /// Root of the ledger that was checked, hex.
    pub root: String,
    /// What no check can show.
    pub not_shown: &'static [&'static str],
}

/// What no check of an archive can show (design §4).
pub const NOT_SHOWN: &[&str] = &[
    "that a record is true",
    "that a file was unaltered before its intake",
    "that nothing was left out of what was handed over",
    "who holds the signing key",
];

/// Checks every byte of an archive; writes nothing and shows no content.
///
/// # Errors
/// When we could not look at all: no archive, unknown version.
pub fn check(
    backend: &Arc<dyn Backend>,
    options: &CheckOptions,
    progress: &dyn Progress,
) -> Result<CheckOutcome> {
    let vault_options = VerifyOptions {
        anchors: options.anchors.clone(),
        trusted: options.trusted.clone(),
        threads: options.threads,
        done: options.done.clone(),
    };
    let verification = letopis_vault::verify(backend, &vault_options, progress)?;
    let mut findings: Vec<Found> = verification.findings.iter().map(Found::from).collect();
    let mut notices: Vec<Noticed> = verification
        .notices
        .iter()
        .map(|n| Noticed {
            kind: n.kind.to_owned(),
            place: n.place.clone(),
            text: n.text.clone(),
        })
        .collect();
    let checked = &verification.checked;
    let mut counted = Counted {
        objects: checked.objects,
        segments: checked.segments,
        records: checked.records,
        entries: checked.entries,
        bytes: checked.bytes,
        rows: None,
    };
    // Rows of damaged bytes would only repeat the finding in other words.
    if options.rederive && findings.is_empty() {
        let vault = Vault::open(Arc::clone(backend))?;
        let report = |done, total| progress.bytes(done, total);
        let rows = crate::rederive::rederive(&vault, &options.program, &report, &mut findings, &mut notices)?;
        counted.rows = Some(rows);
    }
    Ok(CheckOutcome {
        ok: findings.is_empty(),
        findings,
        checked: counted,
        notices,
        removed: verification.removed,
        root: verification.root,
        not_shown: NOT_SHOWN,
    })
}
