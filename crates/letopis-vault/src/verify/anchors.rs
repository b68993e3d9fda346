//! Checkpoints that others hold, against this archive's ledger.

use letopis_seal::SignedCheckpoint;
use letopis_seal::anchor::{AnchorEvidence, AnchorVerdict, judge};

use super::{Anchor, Check};
use crate::finding::{Finding, FindingKind};

impl Check {
    pub(super) fn anchors(&mut self, anchors: &[Anchor]) {
        for anchor in anchors {
            self.anchor(anchor);
        }
    }

    fn anchor(&mut self, anchor: &Anchor) {
        let repair = "compare with the holder of the checkpoint and with copies of the archive";
        let invalid = |found: String| {
            let expected = "a checkpoint signed by a key of this archive";
            Finding::new(FindingKind::AnchorInvalid, &anchor.name, expected, found, repair)
        };
        let kept = match SignedCheckpoint::parse(anchor.text.as_bytes()) {
            Ok(kept) => kept,
            Err(error) => return self.find(invalid(error.to_string())),
        };
        let ledger = std::sync::Arc::clone(&self.ledger);
        let Some(head) = ledger.head() else {
            return self.find(invalid("no readable head to compare it with".to_owned()));
        };
        let verdict = judge(
            &kept,
            head,
            &ledger.authority().all,
            AnchorEvidence::Ledger(ledger.tree()),
        );
        let (kind, expected, found) = match &verdict {
            AnchorVerdict::Same { .. } => {
                return self.notice("anchor-same", &anchor.name, verdict.to_string());
            }
            AnchorVerdict::Extended { .. } => {
                return self.notice("anchor-extended", &anchor.name, verdict.to_string());
            }
            AnchorVerdict::Rollback { anchor, head } => (
                FindingKind::AnchorRollback,
                format!("at least {anchor} ledger lines"),
                format!("{head}: lines are gone, or an older state was put back"),
            ),
            AnchorVerdict::Fork {
                size,
                expected,
                found,
            } => (
                FindingKind::AnchorFork,
                format!("the root {expected} over the first {size} ledger lines"),
                found.to_string(),
            ),
            AnchorVerdict::ForeignOrigin { anchor, head } => (
                FindingKind::AnchorForeign,
                format!("a checkpoint of {head}"),
                format!("one of {anchor}"),
            ),
            other => return self.find(invalid(other.to_string())),
        };
        self.find(Finding::new(kind, &anchor.name, expected, found, repair));
    }
}
