//! The hash tree of RFC 6962 §2.1 / RFC 9162 §2.1: growing it, proving from it, and checking such proofs.
//!
//! [`TreeBuilder`] keeps only the roots of the complete subtrees (at most 64). Proofs need more and take it from a
//! [`HashReader`]: [`MemoryTree`] for a ledger, [`TiledTree`] for a record tree of which only every 256th level
//! hash is stored.

use crate::hash::{Sha256Digest, empty_root, node_hash};

mod build;
mod prove;
mod run;
mod verify;

#[cfg(test)]
mod tests;

pub use build::{MemoryTree, MissingNode, TiledError, TiledTree, TreeBuilder};
pub use prove::{consistency_proof, inclusion_proof, root_at, shared_inclusion_proof};
pub use verify::{verify_consistency, verify_inclusion, verify_shared_inclusion};

/// A leaf's number in its tree, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

/// How many leaves a tree has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

impl std::fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for TreeSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A complete subtree: the `index`-th run of 2^`level` leaves. Level 0 are the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height above the leaves.
    pub level: u8,
    /// Place among the nodes of that height, from 0.
    pub index: u64,
}

/// Gives the hashes of complete subtrees.
///
/// It is asked only for nodes that lie wholly inside the size it is asked about.
pub trait HashReader {
    /// Why a hash could not be had.
    type Error;

    /// The hash of `node`.
    fn node(&mut self, node: NodeId) -> Result<Sha256Digest, Self::Error>;
}

/// That a leaf stands at `index` in the tree of `size` leaves: the sibling hashes from the leaf to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf's number.
    pub index: LeafIndex,
    /// The tree it is proven in.
    pub size: TreeSize,
    /// From the leaf's sibling up to a child of the root.
    pub path: Vec<Sha256Digest>,
}

/// That the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 6962 §2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The smaller size.
    pub old: TreeSize,
    /// The larger size.
    pub new: TreeSize,
    /// The hashes, in the order of the RFC.
    pub path: Vec<Sha256Digest>,
}

/// Why no proof could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The leaf or the smaller tree does not lie inside the tree.
    #[error("no proof: asked for {asked}, expected less than or equal to the tree's size {size}")]
    OutOfRange {
        /// The leaf's number plus one, or the smaller size.
        asked: u64,
        /// The size of the tree.
        size: TreeSize,
    },
    /// A hash could not be read.
    #[error(transparent)]
    Read(E),
}

/// Why a proof of inclusion or consistency was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The leaf is not inside the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    LeafOutside {
        /// The leaf's number.
        index: LeafIndex,
        /// The size of the tree.
        size: TreeSize,
    },
    /// Leaves that are proven together do not ascend.
    #[error("leaf {index} stands after leaf {before}, expected ascending numbers")]
    LeafOrder {
        /// The leaf's number.
        index: LeafIndex,
        /// The number before it.
        before: LeafIndex,
    },
    /// Leaves that are proven together leave more runs open than there are hashes.
    #[error("{found} hashes are too few for these leaves and this size")]
    TooFewHashes {
        /// The number found.
        found: usize,
    },
    /// The sizes of a consistency proof are the wrong way round.
    #[error("a tree of {old} leaves cannot be the beginning of one of {new} leaves")]
    Shrunk {
        /// The size that should be smaller.
        old: TreeSize,
        /// The size that should be larger.
        new: TreeSize,
    },
    /// The path has too few or too many hashes for its sizes.
    #[error("the path has {found} hashes, expected {expected}")]
    PathLength {
        /// The number that index and sizes require.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// The path leads to another root.
    #[error("the path leads to the root {found}, expected {expected}")]
    Root {
        /// The root it should lead to.
        expected: Sha256Digest,
        /// The root that was computed.
        found: Sha256Digest,
    },
}
