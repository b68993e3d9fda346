//! The node over a whole run of 256 leaves, many nodes of a level at a time where the processor can.

use super::{Sha256Digest, node_hash};
use crate::block::lanes::{LANES, Lanes};
use crate::block::many::nodes;

/// Leaves in a run: the width of a tile.
pub(super) const RUN: usize = 256;

/// The node of level 8 over 256 leaves.
pub(super) fn run_root(leaves: &[Sha256Digest; RUN]) -> Sha256Digest {
    reduce(Lanes::detect(), leaves)
}

fn reduce(lanes: Option<Lanes>, leaves: &[Sha256Digest; RUN]) -> Sha256Digest {
    // Each level is written over the one below: a pair is read before its place is taken.
    let (mut level, mut width) = (*leaves, RUN);
    while width > 1 {
        let mut done = 0;
        if let Some(lanes) = lanes {
            while done + LANES <= width / 2 {
                let pairs = level.as_chunks::<2>().0;
                let Some(sixteen) = pairs.get(done..).and_then(|rest| rest.first_chunk::<LANES>()) else {
                    break;
                };
                let hashes = nodes(lanes, sixteen);
                if let Some(place) = level.get_mut(done..done + LANES) {
                    place.copy_from_slice(&hashes);
                }
                done += LANES;
            }
        }
        for pair in done..width / 2 {
            let hash = match level.as_chunks::<2>().0.get(pair) {
                Some([left, right]) => node_hash(left, right),
                None => break,
            };
            if let Some(place) = level.get_mut(pair) {
                *place = hash;
            }
        }
        width /= 2;
    }
    let [root, ..] = level;
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By halves, as RFC 6962 §2.1 says it.
    fn slow(leaves: &[Sha256Digest]) -> Sha256Digest {
        match leaves {
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len() / 2);
                node_hash(&slow(left), &slow(right))
            }
        }
    }

    #[test]
    fn both_ways_give_the_tree_of_the_rfc() {
        for seed in 0..20u8 {
            let leaves: [Sha256Digest; RUN] = std::array::from_fn(|at| crate::sha256(&[seed, at as u8]));
            let expected = slow(&leaves);
            assert_eq!(run_root(&leaves), expected);
            assert_eq!(reduce(None, &leaves), expected);
        }
    }
}
