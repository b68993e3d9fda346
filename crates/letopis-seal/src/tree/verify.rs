//! Checking proofs: the arithmetic of RFC 9162 §2.1.3.2 and §2.1.4.2, with the length of the path checked first.

use super::prove::Run;
use super::{
    ConsistencyProof, InclusionProof, LeafIndex, Sha256Digest, TreeError, TreeSize, empty_root, node_hash,
};

/// Shows that `leaf` (a leaf hash) stands at the proof's index in the tree with this `root`.
pub fn verify_inclusion(
    proof: &InclusionProof,
    leaf: &Sha256Digest,
    root: &Sha256Digest,
) -> Result<(), TreeError> {
    let (index, size) = (proof.index.0, proof.size.0);
    if index >= size {
        return Err(TreeError::LeafOutside {
            index: proof.index,
            size: proof.size,
        });
    }
    let shape = Shape::new(index, size - 1);
    check_length(shape.inner + shape.border, proof.path.len())?;
    let mut hash = *leaf;
    for (level, sibling) in proof.path.iter().enumerate() {
        // Above the inner part the run is the right edge: everything there is joined from the left.
        let left_sibling = level >= shape.inner || bit(index, level);
        hash = if left_sibling {
            node_hash(sibling, &hash)
        } else {
            node_hash(&hash, sibling)
        };
    }
    check_root(root, hash)
}

/// Shows that each of `leaves` (number and leaf hash, ascending) stands in the tree of `size` leaves with this `root`,
/// by the recursion of RFC 6962 §2.1: a run without any of them takes the next of `hashes`.
pub fn verify_shared_inclusion(
    size: TreeSize,
    leaves: &[(LeafIndex, Sha256Digest)],
    hashes: &[Sha256Digest],
    root: &Sha256Digest,
) -> Result<(), TreeError> {
    if let Some(pair) = leaves.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        let (before, index) = (pair[0].0, pair[1].0);
        return Err(TreeError::LeafOrder { before, index });
    }
    if let Some((index, _)) = leaves.last().filter(|(index, _)| index.0 >= size.0) {
        return Err(TreeError::LeafOutside { index: *index, size });
    }
    let mut rest = hashes.iter();
    let run = Run { from: 0, to: size.0 };
    // Every leaf beyond the first needs at least one step more, so the work is bounded by the text.
    let found = joined(run, leaves, &mut rest).ok_or(TreeError::TooFewHashes { found: hashes.len() })?;
    check_length(hashes.len() - rest.len(), hashes.len())?;
    check_root(root, found)
}

fn joined(
    run: Run,
    leaves: &[(LeafIndex, Sha256Digest)],
    hashes: &mut std::slice::Iter<'_, Sha256Digest>,
) -> Option<Sha256Digest> {
    let Some((_, leaf)) = leaves.first() else {
        return hashes.next().copied();
    };
    let Some((left, right)) = run.halves() else {
        return Some(*leaf);
    };
    let (in_left, in_right) = leaves.split_at(leaves.partition_point(|(index, _)| index.0 < right.from));
    let left = joined(left, in_left, hashes)?;
    Some(node_hash(&left, &joined(right, in_right, hashes)?))
}

/// Shows that the tree with `old_root` is the beginning of the tree with `new_root`.
///
/// The empty tree begins every tree; its root must be SHA-256 of nothing.
pub fn verify_consistency(
    proof: &ConsistencyProof,
    old_root: &Sha256Digest,
    new_root: &Sha256Digest,
) -> Result<(), TreeError> {
    let (old, new) = (proof.old.0, proof.new.0);
    if old > new {
        return Err(TreeError::Shrunk {
            old: proof.old,
            new: proof.new,
        });
    }
    if old == 0 || old == new {
        check_length(0, proof.path.len())?;
        if old == 0 {
            check_root(&empty_root(), *old_root)?;
        }
        if new == 0 {
            check_root(&empty_root(), *new_root)?;
        }
        return if old == new {
            check_root(old_root, *new_root)
        } else {
            Ok(())
        };
    }
    let shape = Shape::new(old - 1, new - 1);
    // The lowest complete subtree at the right edge of the old tree is where both paths begin.
    let start_level = old.trailing_zeros() as usize;
    let whole = old.is_power_of_two();
    let inner = shape.inner - start_level.min(shape.inner);
    check_length(usize::from(!whole) + inner + shape.border, proof.path.len())?;
    let (seed, path) = match proof.path.split_first() {
        Some((first, rest)) if !whole => (*first, rest),
        _ => (*old_root, proof.path.as_slice()),
    };
    let (mut old_hash, mut new_hash) = (seed, seed);
    for (step, sibling) in path.iter().enumerate() {
        if step >= inner || bit((old - 1) >> start_level, step) {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
    }
    check_root(old_root, old_hash)?;
    check_root(new_root, new_hash)
}

/// How a path splits: `inner` steps where index and last index differ, then `border` left siblings.
struct Shape {
    inner: usize,
    border: usize,
}

impl Shape {
    fn new(index: u64, last: u64) -> Self {
        let inner = u64::BITS - (index ^ last).leading_zeros();
        let border = index.checked_shr(inner).unwrap_or(0).count_ones();
        Self {
            inner: inner as usize,
            border: border as usize,
        }
    }
}

fn bit(number: u64, place: usize) -> bool {
    number >> place & 1 == 1
}

fn check_length(expected: usize, found: usize) -> Result<(), TreeError> {
    if expected == found {
        Ok(())
    } else {
        Err(TreeError::PathLength { expected, found })
    }
}

fn check_root(expected: &Sha256Digest, found: Sha256Digest) -> Result<(), TreeError> {
    if *expected == found {
        Ok(())
    } else {
        Err(TreeError::Root {
            expected: *expected,
            found,
        })
    }
}
