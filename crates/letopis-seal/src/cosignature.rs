//! Cosignatures of other people under a checkpoint (C2SP tlog-cosignature v1, Ed25519, signature type 0x04).
//!
//! ```text
//! key        NAME+KEYID+BASE64(0x04 ‖ 32-byte public key)
//! KEYID      first 4 bytes of SHA-256(NAME ‖ 0x0A ‖ 0x04 ‖ public key)
//! signature  u64 big-endian POSIX time ‖ 64-byte Ed25519 signature over
//!
//! cosignature/v1
//! time SECONDS
//! the text of the checkpoint, extension lines included
//! ```
//!
//! A cosigner says: at that time this was the largest state of the log that I saw, and it continued every earlier one
//! I saw. The other kind of the specification (ML-DSA-44, type 0x06) is kept in the note and not verified.

use std::collections::BTreeMap;
use std::fmt;

use crate::checkpoint::SignedCheckpoint;
use crate::key::{KeyError, KeyId, KeyName, SigningKey, VerifyingKey, listed, parts, typed_base64};
use crate::note::{NoteError, NoteSignature};

const COSIGNATURE_TYPE: u8 = 0x04;
/// Times of 2⁶³ and more are refused by the specification.
const TIME_MAX: u64 = i64::MAX as u64;

/// The public key of someone who cosigns.
#[derive(Clone, PartialEq, Eq)]
pub struct CosignerKey {
    id: KeyId,
    key: VerifyingKey,
}

impl CosignerKey {
    /// The same key as a cosigner's: name and bytes stay, the id is another.
    pub fn of(key: &VerifyingKey) -> Self {
        Self {
            id: KeyId::of(key.name(), COSIGNATURE_TYPE, &key.to_bytes()),
            key: key.clone(),
        }
    }

    /// Reads `NAME+KEYID+BASE64` with the type 0x04, exactly as [`Display`](fmt::Display) prints it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, public) = parts(text, COSIGNATURE_TYPE).ok_or(KeyError::Form {
            expected: "NAME+KEYID+BASE64 of byte 04 and a 32-byte public key (a cosigner's)",
        })?;
        let key = Self::of(&VerifyingKey::new(KeyName::new(name)?, &public)?);
        if key.id != id {
            return Err(KeyError::Id {
                name: name.to_owned(),
                expected: key.id,
                found: id,
            });
        }
        Ok(key)
    }

    /// Reads a list, one key a line; empty lines and lines that begin with `#` are passed over.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys = Vec::new();
        for line in listed(text) {
            let key = Self::parse(line)?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        self.key.name()
    }

    /// The id as a cosigner's.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The 32 bytes of RFC 8032: what makes two cosigners the same one, whatever they are called.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    fn made(&self, line: &NoteSignature) -> bool {
        line.name == *self.key.name() && line.id == self.id
    }
}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base64 = typed_base64(COSIGNATURE_TYPE, &self.key.to_bytes());
        write!(f, "{}+{}+{base64}", self.key.name(), self.id)
    }
}

impl fmt::Debug for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn message(seconds: u64, checkpoint: &SignedCheckpoint) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{}", checkpoint.note().text()).into_bytes()
}

/// Cosigns: the line to add to the note. `seconds` is the present, POSIX time, below 2⁶³.
///
/// Whether the checkpoint continues what the signer saw before is for [`witness`](crate::witness) to tell first.
pub fn cosign(key: &SigningKey, checkpoint: &SignedCheckpoint, seconds: u64) -> NoteSignature {
    let seconds = seconds.min(TIME_MAX);
    let public = CosignerKey::of(key.verifying_key());
    let signature = key.sign(&message(seconds, checkpoint));
    NoteSignature {
        name: public.name().clone(),
        id: public.id,
        bytes: [seconds.to_be_bytes().as_slice(), &signature].concat(),
    }
}

/// When `cosigner` cosigned this checkpoint (POSIX seconds; the latest of several times), or `None` where it did not.
///
/// # Errors
/// When a line of this cosigner does not hold: text, time or signature have been changed.
pub fn verify(checkpoint: &SignedCheckpoint, cosigner: &CosignerKey) -> Result<Option<u64>, NoteError> {
    let mut latest = None;
    for line in checkpoint
        .note()
        .signatures()
        .iter()
        .filter(|line| cosigner.made(line))
    {
        let bad = || NoteError::BadSignature {
            name: cosigner.name().clone(),
            id: cosigner.id,
        };
        let (time, signature) = line.bytes.split_first_chunk().ok_or_else(bad)?;
        let seconds = u64::from_be_bytes(*time);
        if seconds > TIME_MAX || !cosigner.key.verifies(&message(seconds, checkpoint), signature) {
            return Err(bad());
        }
        latest = latest.max(Some(seconds));
    }
    Ok(latest)
}

/// How far a group vouches for a log: from who cosigned which size, the largest size that at least `quorum` different
/// cosigners vouch for. `None` where there are not so many.
///
/// Who vouches for a size vouches for every smaller one, as far as the caller has shown that all of these checkpoints
/// are of one history. Cosigners count by their key, so that nobody counts twice under two names.
pub fn vouched<'k>(signed: impl IntoIterator<Item = (&'k CosignerKey, u64)>, quorum: usize) -> Option<u64> {
    let mut largest: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    for (cosigner, size) in signed {
        let known = largest.entry(cosigner.to_bytes()).or_default();
        *known = size.max(*known);
    }
    let mut sizes: Vec<u64> = largest.into_values().collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.get(quorum.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests;
