//! Ed25519 keys under a name, in the text forms of C2SP signed-note.
//!
//! ```text
//! public  NAME+KEYID+BASE64(0x01 ‖ 32-byte public key)
//! secret  PRIVATE+KEY+NAME+KEYID+BASE64(0x01 ‖ 32-byte seed)
//! KEYID   first 4 bytes of SHA-256(NAME ‖ 0x0A ‖ 0x01 ‖ public key), 8 lower-case hexadecimal digits
//! ```
//!
//! Who holds a key, and in which office, is not here: that stands in the ledger. Verification is strict (RFC 8032
//! §5.1.7 with canonical encodings only, and no key of small order), so that one message has one valid signature
//! form and two programs never disagree about it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;

use crate::hash::{hex_array, hex_text, sha256};

/// Signature type byte of C2SP signed-note for Ed25519.
const ED25519_TYPE: u8 = 0x01;
const SECRET_PREFIX: &str = "PRIVATE+KEY+";
const NAME_BYTES_MAX: usize = 255;

/// Why a key, or its text, was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, too long, or holds a space, a plus or a control character.
    #[error("key name {found:?}: expected 1 to 255 bytes without spaces, '+' and control characters")]
    Name {
        /// The name as found.
        found: String,
    },
    /// The text does not have the parts of a key.
    #[error("key text: expected {expected}")]
    Form {
        /// The form that was expected.
        expected: &'static str,
    },
    /// The key id in the text is not the one that name and key give.
    #[error("key {name}: its id is {found}, expected {expected} from name and key")]
    Id {
        /// The key's name.
        name: String,
        /// Computed from name and key.
        expected: KeyId,
        /// As found in the text.
        found: KeyId,
    },
    /// Not a point of the curve, or one of small order, under which anything verifies.
    #[error("key {name}: the 32 bytes are not a usable Ed25519 public key")]
    Point {
        /// The key's name.
        name: String,
    },
}

/// The name of a key: 1 to 255 bytes, no Unicode space, no `+`, no control character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Takes a name that fits.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let unfit = |c: char| c == '+' || c.is_whitespace() || c.is_control();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(unfit) {
            return Err(KeyError::Name {
                found: name.chars().take(80).collect(),
            });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Four bytes that tell keys of one name apart. An identifier, not a proof.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The id of an Ed25519 key that makes signatures of the type `kind`.
    pub(crate) fn of(name: &KeyName, kind: u8, public: &[u8; 32]) -> Self {
        let mut message = Vec::with_capacity(name.0.len() + 34);
        message.extend_from_slice(name.0.as_bytes());
        message.extend_from_slice(&[b'\n', kind]);
        message.extend_from_slice(public);
        let [a, b, c, d, ..] = sha256(&message).0;
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex_text(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A public key with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: KeyName,
    id: KeyId,
    key: ed25519_dalek::VerifyingKey,
}

/// The lines of a list of keys, as people keep them: without blanks around, empty lines, and lines that begin with `#`.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl VerifyingKey {
    /// Takes the 32 bytes of RFC 8032; a key of small order is refused.
    pub fn new(name: KeyName, public: &[u8; 32]) -> Result<Self, KeyError> {
        match ed25519_dalek::VerifyingKey::from_bytes(public) {
            Ok(key) if !key.is_weak() => Ok(Self {
                id: KeyId::of(&name, ED25519_TYPE, public),
                name,
                key,
            }),
            _ => Err(KeyError::Point { name: name.0 }),
        }
    }

    /// Reads `NAME+KEYID+BASE64`, exactly as [`Display`](fmt::Display) prints it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let form = KeyError::Form {
            expected: "NAME+KEYID+BASE64 of byte 01 and a 32-byte public key",
        };
        let (name, id, public) = parts(text, ED25519_TYPE).ok_or(form)?;
        let key = Self::new(KeyName::new(name)?, &public)?;
        if key.id != id {
            return Err(KeyError::Id {
                name: name.to_owned(),
                expected: key.id,
                found: id,
            });
        }
        Ok(key)
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The 32 bytes of RFC 8032.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether `signature` (64 bytes) is this key's over `message`, strictly.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{}+{}",
            self.name,
            self.id,
            typed_base64(ED25519_TYPE, &self.key.to_bytes())
        )
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A secret key with its name. The key material is wiped when dropped.
pub struct SigningKey {
    public: VerifyingKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Makes the key that 32 random bytes from the caller spell.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let id = KeyId::of(&name, ED25519_TYPE, key.verifying_key().as_bytes());
        Self {
            public: VerifyingKey {
                name,
                id,
                key: key.verifying_key(),
            },
            key,
        }
    }

    /// Reads `PRIVATE+KEY+NAME+KEYID+BASE64`, exactly as [`to_secret_text`](Self::to_secret_text) gives it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let expected = "PRIVATE+KEY+NAME+KEYID+BASE64 of byte 01 and a 32-byte seed";
        let (name, id, seed) = text
            .strip_prefix(SECRET_PREFIX)
            .and_then(|text| parts(text, ED25519_TYPE))
            .ok_or(KeyError::Form { expected })?;
        let key = Self::from_seed(KeyName::new(name)?, &seed);
        if key.public.id != id {
            return Err(KeyError::Id {
                name: name.to_owned(),
                expected: key.public.id,
                found: id,
            });
        }
        Ok(key)
    }

    /// The secret key as one line of text without line end. Whoever reads it can sign.
    pub fn to_secret_text(&self) -> String {
        format!(
            "{SECRET_PREFIX}{}+{}+{}",
            self.public.name,
            self.public.id,
            typed_base64(ED25519_TYPE, self.key.as_bytes())
        )
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs `message` (RFC 8032 Ed25519).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SigningKey({}+{}, secret not shown)",
            self.public.name, self.public.id
        )
    }
}

/// The key after its type, as the last part of a key text.
pub(crate) fn typed_base64(of: u8, key: &[u8; 32]) -> String {
    let mut bytes = [0; 33];
    let [kind, rest @ ..] = &mut bytes;
    *kind = of;
    rest.copy_from_slice(key);
    STANDARD.encode(bytes)
}

/// Name, id and the 32 bytes after the type byte. Base64 may hold `+` itself, so the cuts are the first two.
pub(crate) fn parts(text: &str, of: u8) -> Option<(&str, KeyId, [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, base64) = (parts.next()?, parts.next()?, parts.next()?);
    if base64.len() != 44 {
        return None;
    }
    let bytes = STANDARD.decode(base64).ok()?;
    let (kind, key) = bytes.split_first()?;
    (*kind == of).then_some((name, KeyId(hex_array(id)?), key.try_into().ok()?))
}

#[cfg(test)]
mod tests;
