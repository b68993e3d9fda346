//! What others hold, against this archive's ledger: checkpoints, cosigned ones, time stamps, texts of printed pages.

use letopis_pki::timestamp;
use letopis_seal::anchor::{AnchorEvidence, AnchorVerdict, judge};
use letopis_seal::cosignature::CosignerKey;
use letopis_seal::transcript::{self, Transcript};
use letopis_seal::tree::root_at;
use letopis_seal::{SignedCheckpoint, sha256};

use super::{Anchor, Check};
use crate::Trusted;
use crate::attachment::{Examined, cosignatures, stamp_notice, token_of};
use crate::finding::{Finding, FindingKind};

const REPAIR: &str = "compare with the holder of the checkpoint and with copies of the archive";

/// What a held file turned out to be.
enum Held {
    Checkpoint(Box<SignedCheckpoint>),
    Stamp(Vec<u8>),
    /// Only origin, size and root were copied.
    Unsigned(Box<Transcript>),
    Unreadable(String),
}

impl Held {
    fn of(bytes: &[u8]) -> Self {
        let reason = match SignedCheckpoint::parse(bytes) {
            Ok(checkpoint) => return Self::Checkpoint(Box::new(checkpoint)),
            Err(error) => error.to_string(),
        };
        if let Ok(token) = token_of(bytes)
            && timestamp::is_timestamp(&token)
        {
            return Self::Stamp(token);
        }
        let text = String::from_utf8_lossy(bytes);
        match transcript::find(&text, "letopis.archive/") {
            Some(found) if found.torn => Self::Unreadable(reason),
            Some(found) => match found.to_note() {
                Some(note) => Self::Checkpoint(Box::new(note)),
                None => Self::Unsigned(Box::new(found)),
            },
            None => Self::Unreadable(reason),
        }
    }
}

impl Check {
    pub(super) fn anchors(&mut self, anchors: &[Anchor], trusted: &Trusted) -> Vec<(CosignerKey, u64)> {
        let mut cosigned = Vec::new();
        for anchor in anchors {
            cosigned.extend(self.anchor(anchor, anchors, trusted));
        }
        cosigned
    }

    fn invalid(&mut self, name: &str, found: String) {
        let expected = "a checkpoint signed by a key of this archive";
        self.find(Finding::new(
            FindingKind::AnchorInvalid,
            name,
            expected,
            found,
            REPAIR,
        ));
    }

    fn anchor(&mut self, anchor: &Anchor, all: &[Anchor], trusted: &Trusted) -> Vec<(CosignerKey, u64)> {
        let mut examined = Examined::default();
        match Held::of(&anchor.bytes) {
            Held::Unreadable(reason) => self.invalid(&anchor.name, reason),
            Held::Unsigned(transcript) => self.unsigned(anchor, &transcript),
            Held::Stamp(token) => self.stamp(anchor, &token, all, trusted),
            Held::Checkpoint(kept) => {
                if self.judge(anchor, &kept) {
                    cosignatures(&kept, &[], trusted, &mut examined);
                }
            }
        }
        self.tell(&anchor.name, examined, REPAIR)
    }

    /// Compares a signed checkpoint; gives whether the ledger continues it.
    fn judge(&mut self, anchor: &Anchor, kept: &SignedCheckpoint) -> bool {
        let ledger = std::sync::Arc::clone(&self.ledger);
        let Some(head) = ledger.head() else {
            self.invalid(&anchor.name, "no readable head to compare it with".to_owned());
            return false;
        };
        let verdict = judge(
            kept,
            head,
            &ledger.authority().all,
            AnchorEvidence::Ledger(ledger.tree()),
        );
        let (kind, expected, found) = match &verdict {
            AnchorVerdict::Same { .. } => {
                self.notice("anchor-same", &anchor.name, verdict.to_string());
                return true;
            }
            AnchorVerdict::Extended { .. } => {
                self.notice("anchor-extended", &anchor.name, verdict.to_string());
                return true;
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
            other => {
                self.invalid(&anchor.name, other.to_string());
                return false;
            }
        };
        self.find(Finding::new(kind, &anchor.name, expected, found, REPAIR));
        false
    }

    /// Three lines without a signature are as good as whoever kept them; what they say is compared all the same.
    fn unsigned(&mut self, anchor: &Anchor, transcript: &Transcript) {
        let (kept, ledger) = (&transcript.checkpoint, std::sync::Arc::clone(&self.ledger));
        let size = kept.size();
        let finding =
            |kind, expected: String, found: String| Finding::new(kind, &anchor.name, expected, found, REPAIR);
        if kept.origin() != ledger.origin() {
            let (expected, found) = (
                format!("a checkpoint of {}", ledger.origin()),
                format!("one of {}", kept.origin()),
            );
            return self.find(finding(FindingKind::AnchorForeign, expected, found));
        }
        if size.0 > ledger.size() {
            let (expected, found) = (format!("at least {size} ledger lines"), ledger.size().to_string());
            return self.find(finding(FindingKind::AnchorRollback, expected, found));
        }
        let mut tree = ledger.tree();
        match root_at(&mut tree, size) {
            Ok(root) if root == kept.root() => {
                let text = format!(
                    "the first {size} ledger lines have the root that was written down; without its signature this is as good as whoever kept it"
                );
                self.notice("anchor-unsigned", &anchor.name, text);
            }
            Ok(root) => {
                let expected = format!("the root {} over the first {size} ledger lines", kept.root());
                self.find(finding(FindingKind::AnchorFork, expected, root.to_string()));
            }
            Err(error) => self.invalid(&anchor.name, error.to_string()),
        }
    }

    /// A token names no checkpoint, only its digest: it must be over a head of this ledger, or over another given file.
    fn stamp(&mut self, anchor: &Anchor, token: &[u8], all: &[Anchor], trusted: &Trusted) {
        let ledger = std::sync::Arc::clone(&self.ledger);
        let digest = timestamp::stamped_sha256(token);
        let head = digest
            .and_then(|digest| ledger.head_with(&digest))
            .map(|head| head.to_text());
        let text = head.or_else(|| {
            let given = all.iter().find(|other| Some(sha256(&other.bytes).0) == digest)?;
            String::from_utf8(given.bytes.clone()).ok()
        });
        let Some(text) = text else {
            let expected =
                "a time stamp over a head of this archive, or over a checkpoint file given beside it";
            let found = digest.map_or("one without SHA-256".to_owned(), |digest| {
                format!("one over bytes with the SHA-256 {}", crate::digest::hex(&digest))
            });
            return self.find(Finding::new(
                FindingKind::AnchorUnmatched,
                &anchor.name,
                expected,
                found,
                REPAIR,
            ));
        };
        let kept = match SignedCheckpoint::parse(text.as_bytes()) {
            Ok(kept) => kept,
            Err(error) => return self.invalid(&anchor.name, error.to_string()),
        };
        if !self.judge(anchor, &kept) {
            return;
        }
        match timestamp::verify(token, text.as_bytes(), None, &trusted.certificates, &[]) {
            Ok(token) => {
                let (kind, text) = stamp_notice(&token, kept.checkpoint().size().0);
                self.notice(kind, &anchor.name, text);
            }
            Err(error) if error.is_unsupported() => {
                let text = format!("{error}: check with your national tool");
                self.notice("check-elsewhere", &anchor.name, text);
            }
            Err(error) => {
                let expected = "a time stamp that holds";
                self.find(Finding::new(
                    FindingKind::TimeStamp,
                    &anchor.name,
                    expected,
                    error.to_string(),
                    REPAIR,
                ));
            }
        }
    }
}
