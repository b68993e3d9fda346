//! Growing trees, and the two readers that proofs are made from.

use super::run::{RUN, run_root};
use super::{HashReader, NodeId, Sha256Digest, TreeSize, empty_root, node_hash};

/// Level of the nodes over whole runs, which are stored instead of leaves.
const CHUNK_LEVEL: u8 = RUN.ilog2() as u8;

/// Grows a tree leaf by leaf, keeping only the roots of its complete subtrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeBuilder {
    size: u64,
    /// Roots of complete subtrees, the largest (leftmost) first: one for each bit set in `size`.
    frontier: Vec<Sha256Digest>,
}

impl TreeBuilder {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on from a size and its [`frontier`](Self::frontier); `None` when their lengths do not fit.
    pub fn from_frontier(size: TreeSize, frontier: Vec<Sha256Digest>) -> Option<Self> {
        (frontier.len() as u32 == size.0.count_ones()).then_some(Self {
            size: size.0,
            frontier,
        })
    }

    /// Adds a leaf by its leaf hash.
    pub fn append(&mut self, leaf: Sha256Digest) {
        self.append_with(leaf, |_, _| {});
    }

    /// Adds a leaf by its leaf hash and reports every node that this completes, the leaf first.
    ///
    /// A record tree keeps the nodes of level 8, one for 256 records.
    pub fn append_with(&mut self, leaf: Sha256Digest, mut completed: impl FnMut(NodeId, Sha256Digest)) {
        let (mut hash, mut index) = (leaf, self.size);
        completed(NodeId { level: 0, index }, hash);
        for level in 1..=self.size.trailing_ones() as u8 {
            let Some(left) = self.frontier.pop() else { break };
            hash = node_hash(&left, &hash);
            index >>= 1;
            completed(NodeId { level, index }, hash);
        }
        self.frontier.push(hash);
        self.size += 1;
    }

    /// Adds a whole run of leaves by their hashes and gives the node of level 8 over them: what
    /// [`append`](Self::append) does 256 times, but many hashes at a time where the processor can. A run begins at a
    /// multiple of 256 leaves; elsewhere nothing is added and the answer is `None`.
    pub fn append_run(&mut self, leaves: &[Sha256Digest; 256]) -> Option<Sha256Digest> {
        if !self.size.is_multiple_of(RUN as u64) {
            return None;
        }
        let root = run_root(leaves);
        let mut hash = root;
        for _ in 0..(self.size >> CHUNK_LEVEL).trailing_ones() {
            let Some(left) = self.frontier.pop() else { break };
            hash = node_hash(&left, &hash);
        }
        self.frontier.push(hash);
        self.size += RUN as u64;
        Some(root)
    }

    /// How many leaves there are.
    pub fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// The root; of the tree without leaves, SHA-256 of nothing.
    pub fn root(&self) -> Sha256Digest {
        let joined = self
            .frontier
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(empty_root)
    }

    /// Roots of the complete subtrees, the largest first.
    pub fn frontier(&self) -> &[Sha256Digest] {
        &self.frontier
    }
}

/// A tree with every node in memory, 64 bytes a leaf: the ledger's.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    builder: TreeBuilder,
    levels: Vec<Vec<Sha256Digest>>,
}

/// A node was asked for that the tree does not hold whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tree of {size} leaves has no complete node {index} at level {level}", level = .node.level, index = .node.index)]
pub struct MissingNode {
    /// What was asked for.
    pub node: NodeId,
    /// The size of the tree.
    pub size: TreeSize,
}

impl MemoryTree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf by its leaf hash.
    pub fn append(&mut self, leaf: Sha256Digest) {
        let levels = &mut self.levels;
        self.builder.append_with(leaf, |node, hash| {
            let level = usize::from(node.level);
            if levels.len() <= level {
                levels.push(Vec::new());
            }
            if let Some(row) = levels.get_mut(level) {
                assert_eq!(row.len() as u64, node.index, "nodes of a level complete in order");
                row.push(hash);
            }
        });
    }

    /// How many leaves there are.
    pub fn size(&self) -> TreeSize {
        self.builder.size()
    }

    /// The root of all leaves.
    pub fn root(&self) -> Sha256Digest {
        self.builder.root()
    }

    /// The leaf hashes in order.
    pub fn leaves(&self) -> &[Sha256Digest] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }
}

impl FromIterator<Sha256Digest> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = Sha256Digest>>(leaves: I) -> Self {
        let mut tree = Self::new();
        leaves.into_iter().for_each(|leaf| tree.append(leaf));
        tree
    }
}

impl HashReader for MemoryTree {
    type Error = MissingNode;

    fn node(&mut self, node: NodeId) -> Result<Sha256Digest, MissingNode> {
        (&*self).node(node)
    }
}

impl HashReader for &MemoryTree {
    type Error = MissingNode;

    fn node(&mut self, node: NodeId) -> Result<Sha256Digest, MissingNode> {
        let row = self.levels.get(usize::from(node.level));
        let hash = row.and_then(|row| row.get(usize::try_from(node.index).ok()?));
        hash.copied().ok_or(MissingNode {
            node,
            size: self.size(),
        })
    }
}

/// A tree of which only the nodes of one level are stored, one for each complete run of leaves (256 at level 8); what lies
/// below them is computed again from the leaves, which the caller makes from the records themselves.
pub struct TiledTree<'a, F> {
    level: u8,
    size: TreeSize,
    stored: &'a [Sha256Digest],
    leaves_of: F,
    /// The run that was computed last: a proof asks for several nodes of one run.
    run: Option<(u64, Vec<Sha256Digest>)>,
}

/// Why a [`TiledTree`] could not give a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TiledError<E> {
    /// The stored hashes or the leaves of a run are fewer than the size says.
    #[error(transparent)]
    Missing(#[from] MissingNode),
    /// The leaves that were computed again do not give the stored hash: records or stored tree have changed.
    #[error("run {run}: its records give {found}, the stored tree has {expected}")]
    Changed {
        /// Number of the run, from 0.
        run: u64,
        /// The stored hash.
        expected: Sha256Digest,
        /// What the leaves give.
        found: Sha256Digest,
    },
    /// The leaves could not be read.
    #[error(transparent)]
    Read(E),
}

impl<'a, F, E> TiledTree<'a, F>
where
    F: FnMut(u64) -> Result<Vec<Sha256Digest>, E>,
{
    /// A tree of `size` leaves with the `stored` hashes of level 8 in order. `leaves_of(n)` gives the leaf hashes
    /// of run `n`: leaves 256·n up to 256·n + 256 or the end of the tree.
    pub fn new(size: TreeSize, stored: &'a [Sha256Digest], leaves_of: F) -> Self {
        Self::of_level(CHUNK_LEVEL, size, stored, leaves_of)
    }

    /// The same with the `stored` hashes of another level, each over 2^`level` leaves, of which `leaves_of` gives one run.
    pub fn of_level(level: u8, size: TreeSize, stored: &'a [Sha256Digest], leaves_of: F) -> Self {
        Self {
            level,
            size,
            stored,
            leaves_of,
            run: None,
        }
    }

    fn missing(&self, node: NodeId) -> TiledError<E> {
        TiledError::Missing(MissingNode {
            node,
            size: self.size,
        })
    }

    /// The leaves of run `number`, checked against the stored hash when the run is complete.
    fn leaves(&mut self, number: u64) -> Result<&[Sha256Digest], TiledError<E>> {
        if self.run.as_ref().is_none_or(|(have, _)| *have != number) {
            let leaves = (self.leaves_of)(number).map_err(TiledError::Read)?;
            let node = NodeId {
                level: self.level,
                index: number,
            };
            let stored = usize::try_from(number)
                .ok()
                .and_then(|place| self.stored.get(place));
            if Some(leaves.len()) == 1usize.checked_shl(self.level.into()) {
                let expected = *stored.ok_or_else(|| self.missing(node))?;
                let found = complete_root(&leaves).ok_or_else(|| self.missing(node))?;
                if found != expected {
                    return Err(TiledError::Changed {
                        run: number,
                        expected,
                        found,
                    });
                }
            } else if stored.is_some() {
                return Err(self.missing(node));
            }
            self.run = Some((number, leaves));
        }
        Ok(self.run.as_ref().map_or(&[], |(_, leaves)| leaves))
    }
}

impl<F, E> HashReader for TiledTree<'_, F>
where
    F: FnMut(u64) -> Result<Vec<Sha256Digest>, E>,
{
    type Error = TiledError<E>;

    fn node(&mut self, node: NodeId) -> Result<Sha256Digest, TiledError<E>> {
        let missing = self.missing(node);
        let hash = match self.level.checked_sub(node.level) {
            None | Some(0) => {
                slice_of(self.stored, node.index, node.level - self.level).and_then(complete_root)
            }
            Some(below) => {
                let number = node.index.checked_shr(below.into()).unwrap_or_default();
                let inside = node.index - number.checked_shl(below.into()).unwrap_or_default();
                slice_of(self.leaves(number)?, inside, node.level).and_then(complete_root)
            }
        };
        hash.ok_or(missing)
    }
}

/// The `index`-th run of 2^`level` hashes.
fn slice_of(hashes: &[Sha256Digest], index: u64, level: u8) -> Option<&[Sha256Digest]> {
    let width = 1usize.checked_shl(level.into())?;
    let start = usize::try_from(index).ok()?.checked_mul(width)?;
    hashes.get(start..start.checked_add(width)?)
}

/// The root over a power of two of hashes.
fn complete_root(hashes: &[Sha256Digest]) -> Option<Sha256Digest> {
    if let Ok(run) = hashes.try_into() {
        return Some(run_root(run));
    }
    match hashes {
        [] => None,
        [only] => Some(*only),
        _ => {
            let (left, right) = hashes.split_at_checked(hashes.len() / 2)?;
            Some(node_hash(&complete_root(left)?, &complete_root(right)?))
        }
    }
}
