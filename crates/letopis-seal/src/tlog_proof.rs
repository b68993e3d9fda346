//! C2SP tlog-proof: that one line stands in a log, as a text that any tool of that format can check.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra BASE64                     optional; opaque, and proven by nothing
//! index NUMBER
//! HASH in base64, one a line, from the leaf's sibling to a child of the root
//!
//! signed checkpoint, verbatim
//! ```

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::decimal;
use crate::hash::Sha256Digest;
use crate::tree::{InclusionProof, LeafIndex};

/// The first line.
pub const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// No tree of 64-bit size has a longer path.
pub(crate) const PATH_MAX: usize = 64;
const EXTRA_CHARS_MAX: usize = 1 << 20;

/// Why a proof text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// A line is not what must stand there.
    #[error("tlog proof, line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Line number from 1, counted from the proof's first line.
        line: usize,
        /// What must stand there.
        expected: &'static str,
        /// What stands there, at most 80 characters of it.
        found: String,
    },
    /// The checkpoint is malformed.
    #[error("tlog proof: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// An inclusion proof together with the signed checkpoint it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Opaque data of the application. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The leaf's number.
    pub index: LeafIndex,
    /// The sibling hashes.
    pub path: Vec<Sha256Digest>,
    /// The checkpoint they lead to.
    pub checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// Reads a proof; whatever parses prints back byte for byte.
    pub fn parse(text: &str) -> Result<Self, TlogProofError> {
        let refuse = |line, expected, found: &str| TlogProofError::Line {
            line,
            expected,
            found: found.chars().take(80).collect(),
        };
        let mut rest = text;
        let mut number = 0;
        let mut next = || {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            (number, rest) = (number + 1, after);
            (number, line, after)
        };
        let (at, first, _) = next();
        if first != FIRST_LINE {
            return Err(refuse(at, FIRST_LINE, first));
        }
        let (mut at, mut line, _) = next();
        let mut extra = None;
        if let Some(base64) = line.strip_prefix("extra ") {
            let bytes = (base64.len() <= EXTRA_CHARS_MAX)
                .then(|| STANDARD.decode(base64).ok())
                .flatten();
            extra = Some(bytes.ok_or_else(|| refuse(at, "`extra BASE64`", line))?);
            (at, line, _) = next();
        }
        let index = line.strip_prefix("index ").and_then(decimal::parse);
        let index = LeafIndex(index.ok_or_else(|| refuse(at, "`index NUMBER`", line))?);
        let mut path = Vec::new();
        let checkpoint = loop {
            let (at, line, after) = next();
            if line.is_empty() {
                break after;
            }
            let expected = "a hash of 44 characters of base64, at most 64 of them, then an empty line";
            let hash = Sha256Digest::from_base64(line).filter(|_| path.len() < PATH_MAX);
            path.push(hash.ok_or_else(|| refuse(at, expected, line))?);
        };
        Ok(Self {
            extra,
            index,
            path,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// The text of the proof.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", STANDARD.encode(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.path {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint.to_text());
        text
    }

    /// The inclusion proof in the checkpoint's tree.
    pub fn inclusion(&self) -> InclusionProof {
        let size = self.checkpoint.checkpoint().size();
        InclusionProof {
            index: self.index,
            size,
            path: self.path.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
