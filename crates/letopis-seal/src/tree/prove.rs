//! Making proofs out of the hashes of complete subtrees.

use super::{
    ConsistencyProof, HashReader, InclusionProof, LeafIndex, NodeId, ProveError, Sha256Digest, TreeSize,
    empty_root, node_hash,
};

/// A run of leaves `from..to`, as the recursion of RFC 6962 cuts them.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Run {
    /// Cut at the largest power of two smaller than the length; `None` for one leaf.
    pub(super) fn halves(self) -> Option<(Self, Self)> {
        let length = self.to - self.from;
        (length > 1).then(|| {
            let middle = self.from + (1 << (length - 1).ilog2());
            (
                Self {
                    from: self.from,
                    to: middle,
                },
                Self {
                    from: middle,
                    to: self.to,
                },
            )
        })
    }

    fn hash<R: HashReader>(self, reader: &mut R) -> Result<Sha256Digest, R::Error> {
        let length = self.to - self.from;
        if length.is_power_of_two() {
            let level = length.ilog2();
            return reader.node(NodeId {
                level: level as u8,
                index: self.from >> level,
            });
        }
        match self.halves() {
            Some((left, right)) => Ok(node_hash(&left.hash(reader)?, &right.hash(reader)?)),
            None => Ok(empty_root()),
        }
    }
}

/// The root of the first `size` leaves.
pub fn root_at<R: HashReader>(reader: &mut R, size: TreeSize) -> Result<Sha256Digest, R::Error> {
    Run { from: 0, to: size.0 }.hash(reader)
}

/// Proves that leaf `index` stands in the tree of the first `size` leaves (PATH of RFC 6962 §2.1.1).
pub fn inclusion_proof<R: HashReader>(
    reader: &mut R,
    index: LeafIndex,
    size: TreeSize,
) -> Result<InclusionProof, ProveError<R::Error>> {
    if index.0 >= size.0 {
        return Err(ProveError::OutOfRange {
            asked: index.0.saturating_add(1),
            size,
        });
    }
    let mut run = Run { from: 0, to: size.0 };
    let mut path = Vec::new();
    while let Some((left, right)) = run.halves() {
        let (inside, sibling) = if index.0 < right.from {
            (left, right)
        } else {
            (right, left)
        };
        path.push(sibling.hash(reader).map_err(ProveError::Read)?);
        run = inside;
    }
    path.reverse();
    Ok(InclusionProof { index, size, path })
}

/// Proves that the tree of `old` leaves begins the tree of `new` leaves (PROOF of RFC 6962 §2.1.2).
pub fn consistency_proof<R: HashReader>(
    reader: &mut R,
    old: TreeSize,
    new: TreeSize,
) -> Result<ConsistencyProof, ProveError<R::Error>> {
    if old.0 > new.0 {
        return Err(ProveError::OutOfRange {
            asked: old.0,
            size: new,
        });
    }
    let mut path = Vec::new();
    if old.0 > 0 {
        let mut run = Run { from: 0, to: new.0 };
        // The verifier knows the old root itself as long as only left halves were taken.
        let mut known = true;
        while run.to != old.0 {
            let Some((left, right)) = run.halves() else { break };
            let (inside, sibling) = if old.0 <= right.from {
                (left, right)
            } else {
                (right, left)
            };
            known = known && old.0 <= right.from;
            path.push(sibling.hash(reader).map_err(ProveError::Read)?);
            run = inside;
        }
        if !known {
            path.push(run.hash(reader).map_err(ProveError::Read)?);
        }
        path.reverse();
    }
    Ok(ConsistencyProof { old, new, path })
}

/// Proves several leaves of the tree of the first `size` leaves at once: the hashes of the largest runs without any of
/// them, from left to right. What several paths share stands there once. The leaves must ascend.
pub fn shared_inclusion_proof<R: HashReader>(
    reader: &mut R,
    leaves: &[LeafIndex],
    size: TreeSize,
) -> Result<Vec<Sha256Digest>, ProveError<R::Error>> {
    let last = leaves.last().map_or(0, |leaf| leaf.0.saturating_add(1));
    if last > size.0 || !leaves.is_sorted_by(|a, b| a < b) {
        return Err(ProveError::OutOfRange { asked: last, size });
    }
    let mut hashes = Vec::new();
    open_runs(reader, Run { from: 0, to: size.0 }, leaves, &mut hashes).map_err(ProveError::Read)?;
    Ok(hashes)
}

fn open_runs<R: HashReader>(
    reader: &mut R,
    run: Run,
    leaves: &[LeafIndex],
    hashes: &mut Vec<Sha256Digest>,
) -> Result<(), R::Error> {
    if leaves.is_empty() {
        hashes.push(run.hash(reader)?);
        return Ok(());
    }
    let Some((left, right)) = run.halves() else {
        return Ok(());
    };
    let (in_left, in_right) = leaves.split_at(leaves.partition_point(|leaf| leaf.0 < right.from));
    open_runs(reader, left, in_left, hashes)?;
    open_runs(reader, right, in_right, hashes)
}
