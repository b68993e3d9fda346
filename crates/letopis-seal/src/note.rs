//! Signed notes (C2SP signed-note v1): a text and the signatures under it.
//!
//! ```text
//! any lines of text
//!
//! — NAME BASE64(4-byte key id ‖ signature)
//! ```
//!
//! The text ends with a newline and is cut off at the last empty line. Only Ed25519 signatures (type 0x01) are
//! made and checked here; cosignatures are in [`cosignature`](crate::cosignature), other lines are kept as they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::{KeyId, KeyName, SigningKey, VerifyingKey};

/// A note of more bytes is refused unread.
pub const NOTE_BYTES_MAX: usize = 1 << 20;
/// A note with more signatures is refused.
pub const SIGNATURES_MAX: usize = 100;

/// Why a note was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("note: {found} bytes, expected at most {NOTE_BYTES_MAX}")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// Not UTF-8, or a control character other than the newline.
    #[error("note: byte {at} is not text (expected UTF-8 without control characters)")]
    NotText {
        /// Position from the start of the note.
        at: usize,
    },
    /// The text is empty, does not end in a newline, or no empty line parts it from the signatures.
    #[error("note: {what}")]
    Shape {
        /// What was expected and is missing.
        what: &'static str,
    },
    /// A line below the text is not a signature.
    #[error("note, line {line}: expected `— NAME BASE64`, {what}")]
    SignatureLine {
        /// Line number from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A signature of a known key is wrong: text or signature have been changed.
    #[error("note: the signature of {name} ({id}) does not belong to this text")]
    BadSignature {
        /// The key's name.
        name: KeyName,
        /// The key's id.
        id: KeyId,
    },
    /// None of the given keys has signed.
    #[error("note: signed by none of the expected keys ({expected}), found signatures of: {found}")]
    NoKnownKey {
        /// Names and ids of the keys asked about.
        expected: String,
        /// Names and ids of the signature lines.
        found: String,
    },
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: KeyName,
    /// The id of the key.
    pub id: KeyId,
    /// The signature, in whatever form its algorithm has; 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// Reads one line `— NAME BASE64` without its line end: a cosignature that came as a file of its own.
    pub fn parse(line: &str) -> Result<Self, &'static str> {
        let rest = line
            .strip_prefix("— ")
            .ok_or("no em dash and space at its start")?;
        let (name, base64) = rest.split_once(' ').ok_or("no space after the name")?;
        let name = KeyName::new(name).map_err(|_| "the name is not a key name")?;
        let bytes = STANDARD
            .decode(base64)
            .map_err(|_| "the rest is not standard base64")?;
        let (id, signature) = bytes.split_first_chunk().ok_or("fewer than 4 bytes")?;
        if signature.is_empty() {
            return Err("no bytes after the key id");
        }
        Ok(Self {
            name,
            id: KeyId(*id),
            bytes: signature.to_vec(),
        })
    }

    fn is_of(&self, key: &VerifyingKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }
}

impl std::fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

/// A text with the signatures under it. Parsing checks the form only; see [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Signs `text`, which must end in a newline, with every key.
    pub fn sign(text: String, keys: &[&SigningKey]) -> Result<Self, NoteError> {
        check_text(text.as_bytes())?;
        if !text.ends_with('\n') {
            return Err(NoteError::Shape {
                what: "expected a text that ends in a newline",
            });
        }
        if keys.is_empty() {
            return Err(NoteError::Shape {
                what: "expected at least one key to sign with",
            });
        }
        let mut note = Self {
            text,
            signatures: Vec::new(),
        };
        for key in keys {
            note.add(NoteSignature {
                name: key.verifying_key().name().clone(),
                id: key.verifying_key().id(),
                bytes: key.sign(note.text.as_bytes()).to_vec(),
            })?;
        }
        Ok(note)
    }

    /// Adds a signature line, such as a cosigner's. One that is there already changes nothing.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= SIGNATURES_MAX {
            return Err(NoteError::Shape {
                what: "expected at most 100 signatures",
            });
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Reads a note; whatever parses prints back byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let whole = check_text(bytes)?;
        let cut = whole.rfind("\n\n").ok_or(NoteError::Shape {
            what: "expected an empty line between text and signatures",
        })?;
        let (text, below) = whole.split_at(cut + 1);
        let lines = below
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or(NoteError::Shape {
                what: "expected signature lines, each with a newline at its end",
            })?;
        let first_line = text.matches('\n').count() + 2;
        let mut signatures = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            let refuse = |what| NoteError::SignatureLine {
                line: first_line + number,
                what,
            };
            if number >= SIGNATURES_MAX {
                return Err(refuse("but there are more than 100"));
            }
            let signature = NoteSignature::parse(line).map_err(refuse)?;
            if signatures.contains(&signature) {
                return Err(refuse("the same line stands there twice"));
            }
            signatures.push(signature);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text with its last newline, without the empty line that follows it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The whole note as it is written to a file.
    pub fn to_text(&self) -> String {
        let mut whole = format!("{}\n", self.text);
        for signature in &self.signatures {
            whole.push_str(&format!("{signature}\n"));
        }
        whole
    }

    /// Which of `keys` have signed, each once, in the order of `keys`.
    ///
    /// A wrong signature of one of them refuses the whole note, and so does a note that none of them signed;
    /// lines of other keys are passed over, as the specification requires.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
    ) -> Result<Vec<&'k VerifyingKey>, NoteError> {
        let (mut signed, mut expected) = (Vec::new(), Vec::new());
        for key in keys {
            expected.push(format!("{}+{}", key.name(), key.id()));
            for signature in self.signatures.iter().filter(|signature| signature.is_of(key)) {
                if !key.verifies(self.text.as_bytes(), &signature.bytes) {
                    return Err(NoteError::BadSignature {
                        name: key.name().clone(),
                        id: key.id(),
                    });
                }
                if !signed.contains(&key) {
                    signed.push(key);
                }
            }
        }
        if signed.is_empty() {
            let found = self
                .signatures
                .iter()
                .map(|line| format!("{}+{}", line.name, line.id));
            let found = found.collect::<Vec<_>>().join(", ");
            return Err(NoteError::NoKnownKey {
                expected: expected.join(", "),
                found,
            });
        }
        Ok(signed)
    }
}

/// UTF-8 without control characters other than the newline, and of bounded length.
fn check_text(bytes: &[u8]) -> Result<&str, NoteError> {
    if bytes.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong { found: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| NoteError::NotText {
        at: error.valid_up_to(),
    })?;
    match text.bytes().position(|byte| byte < 0x20 && byte != b'\n') {
        Some(at) => Err(NoteError::NotText { at }),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests;
