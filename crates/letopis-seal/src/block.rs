//! SHA-256 by whole blocks, for the few places where the bytes before a block boundary are always the same.
//!
//! A log record is hashed as five blocks; the buffer of a streaming hasher would cost as much again.
//! The compression function is the `sha2` crate's (SHA-NI where the processor has it); [`lanes`] has another one for
//! many messages at once, and [`many`] what it takes to use it.

use crate::hash::Sha256Digest;

pub(crate) mod lanes;
pub(crate) mod many;

/// Eight words between blocks.
pub(crate) type State = [u32; 8];

/// Initial value, FIPS 180-4 §5.3.3.
pub(crate) const IV: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Runs the compression function over whole blocks.
pub(crate) fn compress(state: &mut State, blocks: &[[u8; 64]]) {
    sha2::block_api::compress256(state, blocks);
}

/// Hashes the rest of a message whose first `before` bytes (a multiple of 64) are already in `state`.
pub(crate) fn finish(mut state: State, before: u64, rest: &[u8]) -> Sha256Digest {
    assert_eq!(before % 64, 0, "a state stands at a block boundary");
    let (whole, tail) = rest.as_chunks::<64>();
    if !whole.is_empty() {
        compress(&mut state, whole);
    }
    let bits = (before + rest.len() as u64) * 8;
    let mut last = [0u8; 64];
    let (text, padding) = last.split_at_mut(tail.len());
    text.copy_from_slice(tail);
    if let Some(mark) = padding.first_mut() {
        *mark = 0x80;
    }
    if tail.len() >= 56 {
        compress(&mut state, &[last]);
        last = [0; 64];
    }
    if let Some(length) = last.last_chunk_mut() {
        *length = bits.to_be_bytes();
    }
    compress(&mut state, &[last]);
    digest(&state)
}

/// The digest that a final state spells.
pub(crate) fn digest(state: &State) -> Sha256Digest {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    Sha256Digest(bytes)
}
