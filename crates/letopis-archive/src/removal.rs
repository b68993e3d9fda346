//! Removal of what has expired: a plan that can be reviewed, and what is done when it is applied.
//!
//! The unit is an object. What is removed leaves its line, its root and its commitment in the ledger and a record of the
//! removal; bytes, trees, rows, names and secrets go, so that nobody can confirm a guess of them. What stays keeps its
//! proofs. Start with [`plan()`], then [`still_true`], then [`remove`].

mod apply;
mod bonds;
mod plan;
mod redact;

pub use apply::{Order, Removed, remove};
pub use plan::{CopyOut, Facts, Going, Plan, Staying, Sum, Waiting, plan};

use letopis_event::time::rfc3339;
use letopis_vault::{EntryKind, Vault};

use crate::error::Result;

/// Why a plan cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// It was made of another archive.
    #[error("the plan was made of archive {expected}, and this is {found}")]
    OtherArchive {
        /// Of which.
        expected: String,
        /// Which this is.
        found: String,
    },
    /// The ledger is another one than when the plan was made.
    #[error(
        "the plan was made of a ledger of {size} entries with the root {root}, and this one had another root then"
    )]
    OtherLedger {
        /// Entries.
        size: u64,
        /// Root, hex.
        root: String,
    },
    /// Something came after the plan that could change it.
    #[error("the plan is stale: entry {seq} of the ledger ({kind}) came after it")]
    Stale {
        /// The first such entry.
        seq: u64,
        /// What it is.
        kind: String,
    },
    /// The clock stands before the plan.
    #[error("the clock was set back: it is {now} now, and the plan was made at {made}")]
    ClockSetBack {
        /// Now, RFC 3339.
        now: String,
        /// When the plan was made.
        made: String,
    },
    /// The archive gives another plan.
    #[error("the plan does not say what this archive gives for its day: {0}")]
    Differs(String),
    /// It has nothing to remove.
    #[error("the plan removes nothing")]
    Nothing,
    /// It is of a version that this program does not know.
    #[error("a plan of version {0}; this program knows version 1")]
    Version(u32),
}

/// Kinds of entries that cannot change what may be removed: records of reading and checking, and what others sign.
fn is_harmless(kind: EntryKind) -> bool {
    use EntryKind::{AccessIntent, AccessResult, Attach, Cosign, Export, Journal, Stamp, Verify};
    matches!(
        kind,
        AccessIntent | AccessResult | Attach | Cosign | Export | Journal | Stamp | Verify
    )
}

/// SHA-256 of a plan's file, hex, as the record of its removal keeps it.
pub fn digest(plan: &[u8]) -> String {
    letopis_seal::sha256(plan).to_hex()
}

/// Whether a plan is of this archive, and nothing came since that could change it.
///
/// # Errors
/// Says by name why it is not.
pub fn still_true(vault: &Vault, plan: &Plan, now: i64) -> Result<()> {
    if plan.version != plan::VERSION {
        return Err(PlanError::Version(plan.version).into());
    }
    let found = &vault.config().id;
    if plan.archive != *found {
        let (expected, found) = (plan.archive.clone(), found.clone());
        return Err(PlanError::OtherArchive { expected, found }.into());
    }
    if now < plan.made {
        let (now, made) = (rfc3339(now), rfc3339(plan.made));
        return Err(PlanError::ClockSetBack { now, made }.into());
    }
    let root = vault.root_at(plan.size).map(|root| root.to_string());
    if root.as_ref() != Some(&plan.root) {
        let (size, root) = (plan.size, plan.root.clone());
        return Err(PlanError::OtherLedger { size, root }.into());
    }
    nothing_since(vault, plan.size)
}

/// Whether only harmless entries stand at and after `size`.
///
/// # Errors
/// Names the first other one.
pub fn nothing_since(vault: &Vault, size: u64) -> Result<()> {
    for seq in size..vault.size() {
        let entry = vault.entry(seq)?;
        if !is_harmless(entry.kind) {
            let kind = entry.kind.to_string();
            return Err(PlanError::Stale { seq, kind }.into());
        }
    }
    Ok(())
}
