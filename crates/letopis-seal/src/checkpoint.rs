//! Checkpoints (C2SP tlog-checkpoint): size and root of a log as the text of a signed note.
//!
//! ```text
//! ORIGIN
//! SIZE in decimal
//! ROOT in base64
//! further lines, none of them empty (allowed, kept, never made here)
//!
//! — NAME BASE64
//! ```

use crate::decimal;
use crate::hash::{Sha256Digest, empty_root};
use crate::key::{SigningKey, VerifyingKey};
use crate::note::{NoteError, SignedNote};
use crate::tree::TreeSize;

/// A checkpoint of more bytes, signatures included, is refused.
pub const CHECKPOINT_BYTES_MAX: usize = 128 << 10;
const ORIGIN_BYTES_MAX: usize = 1024;

/// Why a checkpoint was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Longer than [`CHECKPOINT_BYTES_MAX`].
    #[error("checkpoint: {found} bytes, expected at most {CHECKPOINT_BYTES_MAX}")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// A line of the text is not what must stand there.
    #[error("checkpoint, line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Line number from 1.
        line: usize,
        /// What must stand there.
        expected: &'static str,
        /// What stands there, at most 80 characters of it.
        found: String,
    },
    /// The empty tree has only one root.
    #[error("checkpoint: size 0 with the root {found}, expected the root of the empty tree")]
    EmptyRoot {
        /// The root found.
        found: Sha256Digest,
    },
    /// The note around it is malformed, or a signature wrong.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
}

/// What a log claims about itself at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: TreeSize,
    root: Sha256Digest,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines. The origin is one non-empty line without control characters.
    pub fn new(origin: &str, size: TreeSize, root: Sha256Digest) -> Result<Self, CheckpointError> {
        let (origin, extensions) = (origin.to_owned(), Vec::new());
        Self {
            origin,
            size,
            root,
            extensions,
        }
        .checked()
    }

    /// Reads the text of a checkpoint (without signatures); whatever parses prints back byte for byte.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let refuse = |line: usize, expected, found: &str| CheckpointError::Line {
            line,
            expected,
            found: found.chars().take(80).collect(),
        };
        let count = text.matches('\n').count();
        let body = text
            .strip_suffix('\n')
            .ok_or_else(|| refuse(count + 1, "a newline at the end", ""))?;
        let mut lines = body.split('\n');
        let origin = lines.next().unwrap_or_default().to_owned();
        let size = lines.next().unwrap_or_default();
        let root = lines.next().unwrap_or_default();
        let expected_size = "the number of leaves in decimal, without leading zeros";
        let size = TreeSize(decimal::parse(size).ok_or_else(|| refuse(2, expected_size, size))?);
        let expected_root = "the root as 44 characters of base64";
        let root = Sha256Digest::from_base64(root).ok_or_else(|| refuse(3, expected_root, root))?;
        let extensions = lines.map(str::to_owned).collect();
        Self {
            origin,
            size,
            root,
            extensions,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, CheckpointError> {
        let line = |line, expected, found: &str| {
            Err(CheckpointError::Line {
                line,
                expected,
                found: found.chars().take(80).collect(),
            })
        };
        let control = |text: &str| text.contains(char::is_control);
        if self.origin.is_empty() || self.origin.len() > ORIGIN_BYTES_MAX || control(&self.origin) {
            return line(
                1,
                "an origin of 1 to 1024 bytes without control characters",
                &self.origin,
            );
        }
        for (place, extension) in self.extensions.iter().enumerate() {
            if extension.is_empty() || control(extension) {
                return line(4 + place, "a non-empty extension line", extension);
            }
        }
        if self.size.0 == 0 && self.root != empty_root() {
            return Err(CheckpointError::EmptyRoot { found: self.root });
        }
        Ok(self)
    }

    /// Which log this is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves the log has.
    pub fn size(&self) -> TreeSize {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Sha256Digest {
        self.root
    }

    /// Lines after the root, as found.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64());
        for extension in &self.extensions {
            text.push_str(extension);
            text.push('\n');
        }
        text
    }

    /// Signs it with every key.
    pub fn sign(self, keys: &[&SigningKey]) -> Result<SignedCheckpoint, CheckpointError> {
        let note = SignedNote::sign(self.to_text(), keys)?;
        Ok(SignedCheckpoint {
            checkpoint: self,
            note,
        })
    }
}

/// A checkpoint with its signatures. Parsing checks the form only; see [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint; whatever parses prints back byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        if bytes.len() > CHECKPOINT_BYTES_MAX {
            return Err(CheckpointError::TooLong { found: bytes.len() });
        }
        let note = SignedNote::parse(bytes)?;
        Ok(Self {
            checkpoint: Checkpoint::parse(note.text())?,
            note,
        })
    }

    /// What is claimed.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note around it, with the signature lines.
    pub fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The note, to add a cosignature to.
    pub fn add_signature(&mut self, signature: crate::note::NoteSignature) -> Result<(), CheckpointError> {
        Ok(self.note.add(signature)?)
    }

    /// The whole text as it is written to a file.
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }

    /// Which of `keys` have signed; see [`SignedNote::verify`].
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
    ) -> Result<Vec<&'k VerifyingKey>, CheckpointError> {
        Ok(self.note.verify(keys)?)
    }
}

#[cfg(test)]
mod tests;
