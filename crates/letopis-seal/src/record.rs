//! The leaf of one log record: what a record tree holds for a byte range of an object.
//!
//! ```text
//! leaf  = SHA-256( 0x00                                  RFC 6962 leaf prefix            1 byte
//!                ‖ "letopis.record.leaf.version.001"     domain and version             31 bytes
//!                ‖ object commitment                                                    32 bytes
//!                ‖ offset of the record in the object    big-endian                      8 bytes
//!                ‖ length of the record                  big-endian                      8 bytes
//!                ‖ salt                                                                 16 bytes
//!                ‖ raw bytes of the record )                                       length bytes
//!
//! salt       = HMAC-SHA-256( object secret, offset as 8 bytes big-endian )[..16]
//! nonce      = HMAC-SHA-256( object secret, "letopis.object.commitment.nonce" )         32 bytes
//! commitment = SHA-256( "letopis.object.commitment.v001" ‖ nonce ‖ SHA-256 of the object )
//! ```
//!
//! The first 64 bytes are the same for every record of an object, so their block is hashed once. The salt is what
//! keeps a short record (a user name, an amount) from being guessed out of a neighbour's proof; the commitment
//! keeps the file's digest, which would let anyone confirm a guess about the rest of a small file, out of it too.
//! The two HMAC messages differ in length and so never meet. A second framing of the same object must take a
//! fresh secret: salts depend on the offset only, and two records that begin at one place must not share one.

use std::fmt;

use crate::block::{self, IV, State};
use crate::hash::Sha256Digest;

mod batch;

pub use batch::LeafBatch;

const LEAF_DOMAIN: &[u8; 31] = b"letopis.record.leaf.version.001";
const COMMITMENT_DOMAIN: &[u8; 30] = b"letopis.object.commitment.v001";
const NONCE_LABEL: &[u8; 31] = b"letopis.object.commitment.nonce";

/// The secret of one object: 32 random bytes from the caller. Whoever has it can tell which guess about an
/// undisclosed record is right; once it is destroyed nobody can.
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectSecret(pub [u8; 32]);

impl fmt::Debug for ObjectSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ObjectSecret(…)")
    }
}

/// The salt of one record, disclosed with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Salt(pub [u8; 16]);

/// Opens an [`ObjectCommitment`]: disclosed only when the file's digest is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommitmentNonce(pub [u8; 32]);

/// What stands for an object's SHA-256 in its leaves and in the ledger, without revealing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectCommitment(pub Sha256Digest);

impl ObjectCommitment {
    /// Commits to the SHA-256 of an object under `nonce`; the same call checks an opened commitment.
    pub fn new(nonce: &CommitmentNonce, object: &Sha256Digest) -> Self {
        let mut message = [0u8; 94];
        message[..30].copy_from_slice(COMMITMENT_DOMAIN);
        message[30..62].copy_from_slice(&nonce.0);
        message[62..].copy_from_slice(&object.0);
        Self(crate::hash::sha256(&message))
    }
}

/// Makes the leaves of one object. Cheap to copy; holds what the secret makes of HMAC's key blocks.
#[derive(Clone)]
pub struct RecordHasher {
    commitment: ObjectCommitment,
    nonce: CommitmentNonce,
    prefix: State,
    mac: MacKey,
}

impl RecordHasher {
    /// Prepares for the object with this secret and SHA-256.
    pub fn new(secret: &ObjectSecret, object: &Sha256Digest) -> Self {
        let mac = MacKey::new(&secret.0);
        let nonce = CommitmentNonce(mac.mac(NONCE_LABEL).0);
        let commitment = ObjectCommitment::new(&nonce, object);
        Self {
            commitment,
            nonce,
            prefix: prefix_state(&commitment),
            mac,
        }
    }

    /// The object's commitment: in every leaf, and in the ledger line that holds the root.
    pub fn commitment(&self) -> ObjectCommitment {
        self.commitment
    }

    /// What opens the commitment, for a proof that shows the file's digest.
    pub fn nonce(&self) -> CommitmentNonce {
        self.nonce
    }

    /// The salt of the record at `offset` (bytes from the start of the object).
    pub fn salt(&self, offset: u64) -> Salt {
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.mac.mac(&offset.to_be_bytes()).0[..16]);
        Salt(salt)
    }

    /// The leaf hash of the record `raw` at `offset` (bytes from the start of the object).
    pub fn leaf(&self, offset: u64, raw: &[u8]) -> Sha256Digest {
        leaf_after_prefix(self.prefix, offset, &self.salt(offset), raw)
    }
}

impl fmt::Debug for RecordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordHasher")
            .field("commitment", &self.commitment)
            .finish_non_exhaustive()
    }
}

/// The leaf hash of one record from what a proof discloses: no secret is needed.
pub fn record_leaf(commitment: &ObjectCommitment, offset: u64, salt: &Salt, raw: &[u8]) -> Sha256Digest {
    leaf_after_prefix(prefix_state(commitment), offset, salt, raw)
}

fn prefix_state(commitment: &ObjectCommitment) -> State {
    let mut first = [0u8; 64];
    first[1..32].copy_from_slice(LEAF_DOMAIN);
    first[32..].copy_from_slice(&commitment.0.0);
    let mut state = IV;
    block::compress(&mut state, &[first]);
    state
}

fn leaf_after_prefix(mut state: State, offset: u64, salt: &Salt, raw: &[u8]) -> Sha256Digest {
    let mut second = [0u8; 64];
    second[..8].copy_from_slice(&offset.to_be_bytes());
    second[8..16].copy_from_slice(&(raw.len() as u64).to_be_bytes());
    second[16..32].copy_from_slice(&salt.0);
    match raw.split_at_checked(32) {
        Some((head, rest)) => {
            second[32..].copy_from_slice(head);
            block::compress(&mut state, &[second]);
            block::finish(state, 128, rest)
        }
        None => {
            let end = 32 + raw.len();
            second[32..end].copy_from_slice(raw);
            block::finish(state, 64, &second[..end])
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) with both key blocks hashed beforehand, for messages of at most 55 bytes.
#[derive(Clone)]
struct MacKey {
    inner: State,
    outer: State,
}

impl MacKey {
    fn new(key: &[u8; 32]) -> Self {
        let state_of = |pad: u8| {
            let mut key_block = [pad; 64];
            key_block
                .iter_mut()
                .zip(key)
                .for_each(|(place, byte)| *place ^= byte);
            let mut state = IV;
            block::compress(&mut state, &[key_block]);
            state
        };
        Self {
            inner: state_of(0x36),
            outer: state_of(0x5c),
        }
    }

    fn mac(&self, message: &[u8]) -> Sha256Digest {
        let inner = block::finish(self.inner, 64, message);
        block::finish(self.outer, 64, &inner.0)
    }
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// The module's formula, word for word, with the streaming hashers.
    fn slow_leaf(secret: &[u8; 32], object: &[u8; 32], offset: u64, raw: &[u8]) -> Sha256Digest {
        let commitment = Sha256::new()
            .chain_update("letopis.object.commitment.v001")
            .chain_update(hmac(secret, b"letopis.object.commitment.nonce"))
            .chain_update(object)
            .finalize();
        let leaf = Sha256::new()
            .chain_update([0])
            .chain_update("letopis.record.leaf.version.001")
            .chain_update(commitment)
            .chain_update(offset.to_be_bytes())
            .chain_update((raw.len() as u64).to_be_bytes())
            .chain_update(&hmac(secret, &offset.to_be_bytes())[..16])
            .chain_update(raw)
            .finalize();
        Sha256Digest(leaf.into())
    }

    #[test]
    fn every_short_length() {
        let (secret, object) = ([7; 32], [9; 32]);
        let hasher = RecordHasher::new(&ObjectSecret(secret), &Sha256Digest(object));
        let raw: Vec<u8> = (0..300u32).map(|n| (n * 31) as u8).collect();
        for length in 0..raw.len() {
            let (offset, part) = (length as u64 * 1000, &raw[..length]);
            let leaf = hasher.leaf(offset, part);
            assert_eq!(leaf, slow_leaf(&secret, &object, offset, part), "length {length}");
            let disclosed = record_leaf(&hasher.commitment(), offset, &hasher.salt(offset), part);
            assert_eq!(leaf, disclosed, "length {length}");
        }
        assert_eq!(
            ObjectCommitment::new(&hasher.nonce(), &Sha256Digest(object)),
            hasher.commitment()
        );
        assert_eq!(format!("{:?}", ObjectSecret(secret)), "ObjectSecret(…)");
    }

    proptest! {
        #[test]
        fn agrees_with_the_formula(
            secret: [u8; 32], object: [u8; 32], offset: u64, raw in prop::collection::vec(any::<u8>(), 0..700),
        ) {
            let hasher = RecordHasher::new(&ObjectSecret(secret), &Sha256Digest(object));
            prop_assert_eq!(hasher.leaf(offset, &raw), slow_leaf(&secret, &object, offset, &raw));
        }
    }
}
