//! What a cosigner is handed, and the rules by which a careful one signs (C2SP tlog-witness, as files instead of HTTP).
//!
//! ```text
//! old SIZE
//! BASE64 of each hash of the consistency proof from SIZE, a line each, at most 63
//!
//! the signed checkpoint
//! ```
//!
//! A plain checkpoint file will do where nothing was cosigned before.

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::decimal;
use crate::hash::{Sha256Digest, empty_root};
use crate::key::VerifyingKey;
use crate::tree::{ConsistencyProof, TreeError, TreeSize, verify_consistency};

const HASHES_MAX: usize = 63;

/// Why nothing was cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// The request does not have its form.
    #[error("request, line {line}: expected {expected}")]
    Form {
        /// Line number from 1.
        line: usize,
        /// What must stand there.
        expected: &'static str,
    },
    /// The checkpoint in it is malformed or not signed by an expected key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Less than was cosigned before: lines are gone, or this is an old file.
    #[error(
        "rollback: the checkpoint has {found} ledger lines, expected at least {seen}, which were cosigned before"
    )]
    Rollback {
        /// The size cosigned before.
        seen: TreeSize,
        /// The size of the request.
        found: TreeSize,
    },
    /// The same size with another root: two histories.
    #[error(
        "fork: at {size} ledger lines the root is {found}, expected {expected}, which was cosigned before"
    )]
    Fork {
        /// The size.
        size: TreeSize,
        /// The root cosigned before.
        expected: Sha256Digest,
        /// The root of the request.
        found: Sha256Digest,
    },
    /// The proof begins at another size than the one cosigned before.
    #[error(
        "the request proves from {found} ledger lines, expected {seen}, which were cosigned before; ask for `letopis checkpoint show --since {seen}`"
    )]
    OtherStart {
        /// The size cosigned before.
        seen: TreeSize,
        /// Where the proof begins.
        found: TreeSize,
    },
    /// The proof does not connect the two.
    #[error("not shown that this continues what was cosigned before: {0}")]
    Unproven(#[from] TreeError),
}

/// A checkpoint to be cosigned, with the proof that it continues an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// From the earlier size to the checkpoint's.
    pub proof: ConsistencyProof,
    /// What is to be cosigned.
    pub checkpoint: SignedCheckpoint,
}

impl Request {
    /// Reads a request, or a plain checkpoint as a request from nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, WitnessError> {
        if !bytes.starts_with(b"old ") {
            let checkpoint = SignedCheckpoint::parse(bytes)?;
            return Ok(Self::from(0, Vec::new(), checkpoint));
        }
        let refuse = |line, expected| WitnessError::Form { line, expected };
        let (mut rest, mut line, mut path, mut old) = (bytes, 1, Vec::new(), 0);
        loop {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let end = end.ok_or_else(|| refuse(line, "an empty line before the checkpoint"))?;
            let (text, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let text = std::str::from_utf8(text).map_err(|_| refuse(line, "text"))?;
            if line == 1 {
                let size = text.strip_prefix("old ").and_then(decimal::parse);
                old = size.ok_or_else(|| refuse(1, "`old SIZE`"))?;
            } else if text.is_empty() {
                break;
            } else if path.len() >= HASHES_MAX {
                return Err(refuse(line, "at most 63 hashes"));
            } else {
                let hash = Sha256Digest::from_base64(text);
                path.push(hash.ok_or_else(|| refuse(line, "a hash as 44 characters of base64"))?);
            }
            line += 1;
        }
        let checkpoint = SignedCheckpoint::parse(rest)?;
        Ok(Self::from(old, path, checkpoint))
    }

    fn from(old: u64, path: Vec<Sha256Digest>, checkpoint: SignedCheckpoint) -> Self {
        let proof = ConsistencyProof {
            old: TreeSize(old),
            new: checkpoint.checkpoint().size(),
            path,
        };
        Self { proof, checkpoint }
    }

    /// The request as a text.
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.proof.old);
        for hash in &self.proof.path {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        format!("{text}\n{}", self.checkpoint.to_text())
    }

    /// Whether a careful cosigner may sign: the checkpoint is signed by one of `log`, and continues `seen`, the last
    /// one that was cosigned for this origin.
    pub fn check(&self, log: &[VerifyingKey], seen: Option<&Checkpoint>) -> Result<(), WitnessError> {
        self.checkpoint.verify(log)?;
        let now = self.checkpoint.checkpoint();
        let (known, root) = seen.map_or((TreeSize(0), empty_root()), |seen| (seen.size(), seen.root()));
        if now.size() < known {
            let (seen, found) = (known, now.size());
            return Err(WitnessError::Rollback { seen, found });
        }
        if now.size() == known {
            return match now.root() == root {
                true => Ok(()),
                false => Err(WitnessError::Fork {
                    size: known,
                    expected: root,
                    found: now.root(),
                }),
            };
        }
        if self.proof.old != known {
            let (seen, found) = (known, self.proof.old);
            return Err(WitnessError::OtherStart { seen, found });
        }
        Ok(verify_consistency(&self.proof, &root, &now.root())?)
    }
}

/// Reads what a cosigner remembers: texts of checkpoints, one an origin, parted by empty lines.
pub fn parse_memory(text: &str) -> Result<Vec<Checkpoint>, CheckpointError> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n'));
    blocks
        .filter(|block| !block.is_empty())
        .map(|block| Checkpoint::parse(&format!("{block}\n")))
        .collect()
}

/// What to remember after cosigning `now`: it replaces what was known of its origin.
pub fn remember(memory: &[Checkpoint], now: &Checkpoint) -> String {
    let others = memory.iter().filter(|known| known.origin() != now.origin());
    let texts: Vec<String> = others.chain([now]).map(Checkpoint::to_text).collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests;
