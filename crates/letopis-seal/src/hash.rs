//! SHA-256 as RFC 6962 §2.1 (RFC 9162 §2.1.1) uses it: leaves and nodes are hashed under different prefixes,
//! so that no leaf can be passed off as a node.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::block;

/// A SHA-256 digest: of a file, a leaf, a node or a root.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

impl Sha256Digest {
    /// 32 zero bytes: what the first line of a ledger names as the line before it.
    pub const ZERO: Self = Self([0; 32]);

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads exactly 64 lower-case hexadecimal digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_array(text).map(Self)
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex_text(&self.0)
    }

    /// Reads the 44 characters of standard base64 with padding (RFC 4648 §4); anything else is `None`.
    pub fn from_base64(text: &str) -> Option<Self> {
        if text.len() != 44 {
            return None;
        }
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// 44 characters of standard base64 with padding, as checkpoints and tlog proofs print it.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Plain SHA-256 (FIPS 180-4) of `bytes`.
pub fn sha256(bytes: &[u8]) -> Sha256Digest {
    block::finish(block::IV, 0, bytes)
}

/// Leaf hash of RFC 6962: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> Sha256Digest {
    let mut first = [0u8; 64];
    match data.split_at_checked(63) {
        Some((head, rest)) => {
            first[1..].copy_from_slice(head);
            let mut state = block::IV;
            block::compress(&mut state, &[first]);
            block::finish(state, 64, rest)
        }
        None => {
            first[1..=data.len()].copy_from_slice(data);
            block::finish(block::IV, 0, &first[..=data.len()])
        }
    }
}

/// Node hash of RFC 6962: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Sha256Digest, right: &Sha256Digest) -> Sha256Digest {
    // 65 bytes are always two blocks; laying them out here saves the hasher's buffer.
    let mut blocks = [[0u8; 64]; 2];
    let [first, second] = &mut blocks;
    first[0] = 0x01;
    first[1..33].copy_from_slice(&left.0);
    first[33..].copy_from_slice(&right.0[..31]);
    second[0] = right.0[31];
    second[1] = 0x80;
    second[56..].copy_from_slice(&(65u64 * 8).to_be_bytes());
    let mut state = block::IV;
    block::compress(&mut state, &blocks);
    block::digest(&state)
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Sha256Digest {
    sha256(b"")
}

/// Lower-case hexadecimal of any bytes.
pub(crate) fn hex_text(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Exactly 2·N lower-case hexadecimal digits, or `None`.
pub(crate) fn hex_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn reference(parts: &[&[u8]]) -> Sha256Digest {
        let mut hasher = Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Sha256Digest(hasher.finalize().into())
    }

    #[test]
    fn published_values() {
        // FIPS 180-4 examples ("" and "abc"); RFC 6962 §2.1: the empty tree is SHA-256 of nothing.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty_root().to_hex(), empty);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc").to_hex(), abc);
    }

    #[test]
    fn every_length_agrees_with_the_streaming_hasher() {
        let data: Vec<u8> = (0..400u32).map(|n| (n * 7 + 3) as u8).collect();
        for length in 0..data.len() {
            let part = &data[..length];
            assert_eq!(sha256(part), reference(&[part]), "length {length}");
            assert_eq!(
                leaf_hash(part),
                reference(&[&[0], part]),
                "leaf of length {length}"
            );
        }
        let (left, right) = (sha256(b"left"), sha256(b"right"));
        assert_eq!(node_hash(&left, &right), reference(&[&[1], &left.0, &right.0]));
    }

    #[test]
    fn text_forms_are_strict() {
        let digest = sha256(b"abc");
        assert_eq!(Sha256Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Sha256Digest::from_base64(&digest.to_base64()), Some(digest));
        assert_eq!(Sha256Digest::from_hex(&digest.to_hex().to_uppercase()), None);
        assert_eq!(Sha256Digest::from_hex(&digest.to_hex()[1..]), None);
        assert_eq!(Sha256Digest::from_hex("é".repeat(32).as_str()), None);
        let base64 = digest.to_base64();
        assert_eq!(Sha256Digest::from_base64(base64.trim_end_matches('=')), None);
        // The last character carries two bits that must be zero.
        let mut loose: Vec<char> = base64.chars().collect();
        loose[42] = if loose[42] == '0' {
            '1'
        } else {
            ((loose[42] as u8) + 1) as char
        };
        assert_eq!(Sha256Digest::from_base64(&loose.iter().collect::<String>()), None);
    }
}
