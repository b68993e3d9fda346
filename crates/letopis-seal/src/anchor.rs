//! A head against an anchor: a checkpoint that someone else kept, in minutes, on paper or under a time stamp.
//!
//! Whatever lies at or below an anchor cannot be changed unnoticed, even by the holder of the keys.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::hash::Sha256Digest;
use crate::key::VerifyingKey;
use crate::tree::{ConsistencyProof, MemoryTree, TreeError, TreeSize, root_at, verify_consistency};

/// What shows whether the head goes on from the anchor.
#[derive(Clone, Copy, Debug)]
pub enum AnchorEvidence<'a> {
    /// A consistency proof, from whoever has the ledger.
    Proof(&'a ConsistencyProof),
    /// The ledger itself, as the tree over the leaf hashes of its lines.
    Ledger(&'a MemoryTree),
}

/// One of the two checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that was kept.
    Anchor,
    /// The archive's own.
    Head,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anchor => "anchor",
            Self::Head => "head",
        })
    }
}

/// What was found. Only [`Same`](Self::Same) and [`Extended`](Self::Extended) are good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorVerdict {
    /// Head and anchor are the same state.
    #[error("the head is the anchor: {size} ledger lines")]
    Same {
        /// Ledger lines.
        size: TreeSize,
    },
    /// The head has the anchor's lines unchanged at its beginning, and more.
    #[error("the head has the anchor's {anchor} ledger lines unchanged, and {added} more")]
    Extended {
        /// Ledger lines of the anchor.
        anchor: TreeSize,
        /// Lines added since.
        added: u64,
    },
    /// The head is shorter than the anchor: lines are gone, or an older state was put back.
    #[error("rollback: the head has {head} ledger lines, expected at least the anchor's {anchor}")]
    Rollback {
        /// Ledger lines of the anchor.
        anchor: TreeSize,
        /// Ledger lines of the head.
        head: TreeSize,
    },
    /// At the anchor's size the ledger is another one: a line at or below it was changed.
    #[error("fork: the first {size} ledger lines give the root {found}, expected the anchor's {expected}")]
    Fork {
        /// Ledger lines of the anchor.
        size: TreeSize,
        /// The anchor's root.
        expected: Sha256Digest,
        /// The root that the head's ledger has at that size.
        found: Sha256Digest,
    },
    /// The anchor is of another archive.
    #[error("foreign origin: the head is of {head:?}, expected {anchor:?} as the anchor says")]
    ForeignOrigin {
        /// The anchor's origin.
        anchor: String,
        /// The head's origin.
        head: String,
    },
    /// One of the two is not signed by an expected key, or was changed after it was signed.
    #[error("bad signature on the {side}: {error}")]
    BadSignature {
        /// Which of them.
        side: Side,
        /// What is wrong.
        error: CheckpointError,
    },
    /// The proof at hand does not connect the two. That is no fork yet: the ledger itself would tell.
    #[error("not shown: the consistency proof does not connect anchor and head ({0})")]
    Unproven(TreeError),
    /// The ledger at hand is not the one that the head signs.
    #[error(
        "not shown: the ledger at hand has {found_size} lines and does not give the head's root {expected}"
    )]
    NotTheLedger {
        /// The head's root.
        expected: Sha256Digest,
        /// Lines of the ledger at hand.
        found_size: TreeSize,
    },
}

impl AnchorVerdict {
    /// Whether nothing at or below the anchor was changed.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Same { .. } | Self::Extended { .. })
    }
}

/// Judges `head` by `anchor`. Both must be signed by one of `keys`, the custodian's or a certified journal key.
pub fn judge(
    anchor: &SignedCheckpoint,
    head: &SignedCheckpoint,
    keys: &[VerifyingKey],
    evidence: AnchorEvidence<'_>,
) -> AnchorVerdict {
    let (kept, now) = (anchor.checkpoint(), head.checkpoint());
    if kept.origin() != now.origin() {
        return AnchorVerdict::ForeignOrigin {
            anchor: kept.origin().to_owned(),
            head: now.origin().to_owned(),
        };
    }
    for (side, signed) in [(Side::Anchor, anchor), (Side::Head, head)] {
        if let Err(error) = signed.verify(keys) {
            return AnchorVerdict::BadSignature { side, error };
        }
    }
    let (size, expected) = (kept.size(), kept.root());
    if kept.size() == now.size() {
        return match now.root() == expected {
            true => AnchorVerdict::Same { size },
            false => AnchorVerdict::Fork {
                size,
                expected,
                found: now.root(),
            },
        };
    }
    let Some(added) = now.size().0.checked_sub(size.0) else {
        return AnchorVerdict::Rollback {
            anchor: size,
            head: now.size(),
        };
    };
    let extended = AnchorVerdict::Extended { anchor: size, added };
    match evidence {
        AnchorEvidence::Proof(proof) if (proof.old, proof.new) != (size, now.size()) => {
            AnchorVerdict::Unproven(TreeError::Shrunk {
                old: proof.old,
                new: proof.new,
            })
        }
        AnchorEvidence::Proof(proof) => verify_consistency(proof, &expected, &now.root())
            .map_or_else(AnchorVerdict::Unproven, |()| extended),
        AnchorEvidence::Ledger(mut tree) => {
            let foreign = AnchorVerdict::NotTheLedger {
                expected: now.root(),
                found_size: tree.size(),
            };
            // The ledger may have grown since the head that is judged.
            match (root_at(&mut tree, now.size()), root_at(&mut tree, size)) {
                (Ok(root), Ok(found)) if root == now.root() => match found == expected {
                    true => extended,
                    false => AnchorVerdict::Fork {
                        size,
                        expected,
                        found,
                    },
                },
                _ => foreign,
            }
        }
    }
}

#[cfg(test)]
mod tests;
