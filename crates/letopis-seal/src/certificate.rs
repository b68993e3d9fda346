//! Key certificates: by what right a key signs an archive's heads.
//!
//! ```text
//! letopis key certificate, version 1
//! archive ORIGIN
//! role custodian | journal
//! key NAME+KEYID+BASE64
//! since NUMBER
//!
//! — NAME BASE64
//! ```
//!
//! A signed note that stands in the ledger's `key` lines. The first custodian signs their own; a later custodian
//! key is signed by the one before and by itself; a journal key by the custodian. `since` is the number of the
//! ledger line that brings it: no head of fewer lines can be the key's.
//!
//! A journal key lies on a machine without a passphrase, so it may only sign heads whose last lines are records of access
//! or verification ([`EntryKind::journal_may_sign`](crate::entry::EntryKind::journal_may_sign)). What lies below such heads
//! is vouched for by the newest head that the custodian signed, which an archive therefore keeps beside the newest.

use crate::decimal;
use crate::key::{KeyError, SigningKey, VerifyingKey};
use crate::note::{NoteError, SignedNote};

const FIRST_LINE: &str = "letopis key certificate, version 1";

/// By what right a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRole {
    /// Answers for the archive: intake, removal, keys.
    Custodian,
    /// Signs heads that only append records of access.
    Journal,
}

impl KeyRole {
    /// The word in the certificate.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Custodian => "custodian",
            Self::Journal => "journal",
        }
    }

    /// The role that this word names.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Custodian, Self::Journal]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

impl std::fmt::Display for KeyRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a certificate was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// A line is not what must stand there.
    #[error("key certificate, line {line}: expected {expected}, found {found:?}")]
    Line {
        /// Line number from 1.
        line: usize,
        /// What must stand there.
        expected: &'static str,
        /// What stands there, at most 80 characters of it.
        found: String,
    },
    /// The key in it is malformed.
    #[error("key certificate, line 4: {0}")]
    Key(#[from] KeyError),
    /// The note around it is malformed, or a signature wrong.
    #[error("key certificate: {0}")]
    Note(#[from] NoteError),
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCertificate {
    /// Origin of the archive's checkpoints.
    pub archive: String,
    /// By what right the key signs.
    pub role: KeyRole,
    /// The key.
    pub key: VerifyingKey,
    /// Number of the ledger line that brings it.
    pub since: u64,
}

impl KeyCertificate {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let Self {
            archive,
            role,
            key,
            since,
        } = self;
        format!("{FIRST_LINE}\narchive {archive}\nrole {role}\nkey {key}\nsince {since}\n")
    }

    /// Reads the text (without signatures); whatever parses prints back byte for byte.
    pub fn parse(text: &str) -> Result<Self, CertificateError> {
        let refuse = |line, expected, found: &str| CertificateError::Line {
            line,
            expected,
            found: found.chars().take(80).collect(),
        };
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        let (first, archive, role, key, since, end) = (next(), next(), next(), next(), next(), next());
        if first != FIRST_LINE {
            return Err(refuse(1, FIRST_LINE, first));
        }
        let origin = archive
            .strip_prefix("archive ")
            .filter(|origin| !origin.is_empty());
        let origin = origin.ok_or_else(|| refuse(2, "`archive ORIGIN`", archive))?;
        let role_name = role.strip_prefix("role ").and_then(KeyRole::from_name);
        let role = role_name.ok_or_else(|| refuse(3, "`role custodian` or `role journal`", role))?;
        let key = key
            .strip_prefix("key ")
            .ok_or_else(|| refuse(4, "`key NAME+KEYID+BASE64`", key))?;
        let number = since.strip_prefix("since ").and_then(decimal::parse);
        let number = number.ok_or_else(|| refuse(5, "`since NUMBER`", since))?;
        if !end.is_empty() || lines.next().is_some() || !text.ends_with('\n') {
            return Err(refuse(6, "nothing after the fifth line", end));
        }
        Ok(Self {
            archive: origin.to_owned(),
            role,
            key: VerifyingKey::parse(key)?,
            since: number,
        })
    }

    /// Signs it: by the custodian, and by the key itself where its holder is at hand.
    pub fn sign(self, keys: &[&SigningKey]) -> Result<SignedCertificate, CertificateError> {
        let note = SignedNote::sign(self.to_text(), keys)?;
        // An origin that could not be read back must not be signed.
        Ok(SignedCertificate {
            certificate: Self::parse(note.text())?,
            note,
        })
    }
}

/// A certificate with its signatures. Parsing checks the form only; see [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificate {
    certificate: KeyCertificate,
    note: SignedNote,
}

impl SignedCertificate {
    /// Reads a signed certificate; whatever parses prints back byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        let note = SignedNote::parse(bytes)?;
        Ok(Self {
            certificate: KeyCertificate::parse(note.text())?,
            note,
        })
    }

    /// What it says.
    pub fn certificate(&self) -> &KeyCertificate {
        &self.certificate
    }

    /// The whole text, as the ledger keeps it.
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }

    /// Which of `certifiers` have signed; a wrong signature of one of them, or of the key itself, refuses it.
    pub fn verify<'k>(
        &'k self,
        certifiers: impl IntoIterator<Item = &'k VerifyingKey>,
    ) -> Result<Vec<&'k VerifyingKey>, CertificateError> {
        let signed = self.note.verify(certifiers)?;
        match self.note.verify([&self.certificate.key]) {
            Err(error @ NoteError::BadSignature { .. }) => Err(error.into()),
            _ => Ok(signed),
        }
    }
}

#[cfg(test)]
mod tests;
