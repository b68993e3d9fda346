//! Many independent messages at once: what keeps all lanes busy, and the two shapes that trees are made of.

use super::lanes::{LANES, Lanes, States, Words};
use super::{State, compress, digest};
use crate::hash::Sha256Digest;

/// With so few messages left, hashing them one after the other costs less than a step of all lanes.
const TOO_FEW: usize = 6;

/// The rest of one message: its blocks, padding included, among the blocks of all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    /// Its first block.
    pub(crate) first: usize,
    /// How many blocks it has: at least one.
    pub(crate) blocks: usize,
    /// What the caller calls it.
    pub(crate) name: usize,
}

/// The same state in every lane.
fn spread(state: &State) -> States {
    state.map(|word| [word; LANES])
}

/// The state of one lane.
fn state_of(states: &States, lane: usize) -> State {
    states.map(|row| row.get(lane).copied().unwrap_or_default())
}

/// Hashes messages that all go on from the state `from`; `done` gets each digest with its name, in any order. The lanes
/// do best where messages of one length stand together.
pub(crate) fn finish_all(
    lanes: Lanes,
    from: &State,
    blocks: &[[u8; 64]],
    messages: &[Rest],
    mut done: impl FnMut(usize, Sha256Digest),
) {
    for group in messages.chunks(LANES) {
        let mut own: [&[[u8; 64]]; LANES] = [&[]; LANES];
        for (own, message) in own.iter_mut().zip(group) {
            *own = blocks
                .get(message.first..message.first + message.blocks)
                .unwrap_or_default();
        }
        let mut states = spread(from);
        let mut at = 0;
        loop {
            // As far as the shortest goes, nothing changes but the blocks.
            let left = own.iter().filter(|own| own.len() > at);
            let (busy, until) = left.fold((0, usize::MAX), |(busy, until), own| {
                (busy + 1, until.min(own.len()))
            });
            if busy <= TOO_FEW {
                break;
            }
            for step in at..until {
                lanes.compress(&mut states, &own.map(|own| own.get(step).unwrap_or(&[0; 64])));
            }
            for (lane, message) in group
                .iter()
                .enumerate()
                .filter(|(_, message)| message.blocks == until)
            {
                done(message.name, digest(&state_of(&states, lane)));
            }
            at = until;
        }
        for (lane, (message, own)) in group.iter().zip(own).enumerate() {
            if let Some(rest @ [_, ..]) = own.get(at..) {
                let mut state = state_of(&states, lane);
                compress(&mut state, rest);
                done(message.name, digest(&state));
            }
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) of one message of 8 bytes a lane, from the states after both key blocks: the first four
/// words of each.
pub(crate) fn mac_numbers(
    lanes: Lanes,
    inner: &State,
    outer: &State,
    messages: &[u64; LANES],
) -> [[u8; 16]; LANES] {
    let mut words: Words = [[0; LANES]; 16];
    let [high, low, mark, .., length] = &mut words;
    for ((high, low), message) in high.iter_mut().zip(low).zip(messages) {
        (*high, *low) = ((message >> 32) as u32, *message as u32);
    }
    (*mark, *length) = ([0x8000_0000; LANES], [(64 + 8) * 8; LANES]);
    let mut inner = spread(inner);
    lanes.compress_words(&mut inner, &words);
    words = [[0; LANES]; 16];
    if let Some(first) = words.first_chunk_mut::<8>() {
        *first = inner;
    }
    let [.., mark, _, _, _, _, _, _, length] = &mut words;
    (*mark, *length) = ([0x8000_0000; LANES], [(64 + 32) * 8; LANES]);
    let mut outer = spread(outer);
    lanes.compress_words(&mut outer, &words);
    std::array::from_fn(|lane| {
        let mut salt = [0; 16];
        let (places, _) = salt.as_chunks_mut::<4>();
        for (place, word) in places.iter_mut().zip(state_of(&outer, lane)) {
            *place = word.to_be_bytes();
        }
        salt
    })
}

/// Node hashes of RFC 6962 over sixteen pairs.
pub(crate) fn nodes(lanes: Lanes, pairs: &[[Sha256Digest; 2]; LANES]) -> [Sha256Digest; LANES] {
    let mut blocks = [[0u8; 64]; LANES];
    // 65 bytes: the second block has the last one, the padding and the length.
    let mut words: Words = [[0; LANES]; 16];
    let [ends, .., length] = &mut words;
    *length = [65 * 8; LANES];
    for ((block, end), [left, right]) in blocks.iter_mut().zip(ends).zip(pairs) {
        let [mark, both @ ..] = block;
        *mark = 0x01;
        let (place, rest) = both.split_at_mut(32);
        let [head @ .., last] = &right.0;
        place.copy_from_slice(&left.0);
        rest.copy_from_slice(head);
        *end = u32::from(*last) << 24 | 0x0080_0000;
    }
    let mut states = spread(&super::IV);
    lanes.compress(&mut states, &blocks.each_ref());
    lanes.compress_words(&mut states, &words);
    std::array::from_fn(|lane| digest(&state_of(&states, lane)))
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::block::IV;

    /// `message` with the padding of FIPS 180-4 §5.1.1.
    fn padded(message: &[u8]) -> Vec<[u8; 64]> {
        let mut bytes = message.to_vec();
        bytes.push(0x80);
        while bytes.len() % 64 != 56 {
            bytes.push(0);
        }
        bytes.extend((message.len() as u64 * 8).to_be_bytes());
        bytes.as_chunks::<64>().0.to_vec()
    }

    fn check(lengths: &[usize]) {
        let Some(lanes) = Lanes::detect() else {
            println!("skipped: this processor hashes one message at a time");
            return;
        };
        let messages: Vec<Vec<u8>> = (0..)
            .zip(lengths)
            .map(|(n, length)| (0..*length).map(|at| (at * 31 + n * 7) as u8).collect())
            .collect();
        let (mut blocks, mut rests) = (Vec::new(), Vec::new());
        for (name, message) in messages.iter().enumerate() {
            let own = padded(message);
            rests.push(Rest {
                first: blocks.len(),
                blocks: own.len(),
                name,
            });
            blocks.extend(own);
        }
        let mut found = vec![None; messages.len()];
        finish_all(lanes, &IV, &blocks, &rests, |name, digest| {
            assert_eq!(
                found[name].replace(digest),
                None,
                "message {name} was finished twice"
            );
        });
        for (name, message) in messages.iter().enumerate() {
            let expected = Sha256Digest(Sha256::digest(message).into());
            assert_eq!(found[name], Some(expected), "message {name} of {lengths:?}");
        }
    }

    #[test]
    fn any_number_of_messages_of_any_length() {
        check(&[]);
        for count in [1, 2, 6, 7, 8, 15, 16, 17, 33, 100] {
            check(&vec![150; count]);
            check(&(0..count).map(|n| n * n % 301).collect::<Vec<_>>());
            // One that outlasts all others.
            check(
                &(0..count)
                    .map(|n| if n == count / 2 { 9_000 } else { 40 })
                    .collect::<Vec<_>>(),
            );
        }
        check(&(0..200).collect::<Vec<_>>());
    }

    #[test]
    fn codes_of_numbers_agree_with_hmac() {
        let Some(lanes) = Lanes::detect() else {
            println!("skipped: this processor hashes one message at a time");
            return;
        };
        let key: [u8; 32] = std::array::from_fn(|at| at as u8 * 7 + 1);
        let state = |pad: u8| {
            let mut block = [pad; 64];
            block.iter_mut().zip(key).for_each(|(place, byte)| *place ^= byte);
            let mut state = IV;
            compress(&mut state, &[block]);
            state
        };
        let numbers: [u64; LANES] =
            std::array::from_fn(|at| (at as u64 * 0x0123_4567_89ab_cdef).rotate_left(at as u32 * 5));
        let found = mac_numbers(lanes, &state(0x36), &state(0x5c), &numbers);
        for (number, found) in numbers.iter().zip(found) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(&number.to_be_bytes());
            assert_eq!(found, mac.finalize().into_bytes()[..16], "{number}");
        }
    }

    #[test]
    fn nodes_agree_with_one_at_a_time() {
        let Some(lanes) = Lanes::detect() else {
            println!("skipped: this processor hashes one message at a time");
            return;
        };
        let pairs: [[Sha256Digest; 2]; LANES] =
            std::array::from_fn(|at| [crate::sha256(&[at as u8]), crate::sha256(&[at as u8, 1])]);
        let slow = pairs.each_ref().map(|[left, right]| {
            let hasher = Sha256::new()
                .chain_update([1])
                .chain_update(left.0)
                .chain_update(right.0);
            Sha256Digest(hasher.finalize().into())
        });
        assert_eq!(nodes(lanes, &pairs), slow);
    }
}
