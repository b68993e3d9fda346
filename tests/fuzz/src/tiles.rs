//! Hash trees: paths of tiles, and proofs that the input makes up.
//!
//! ```text
//! 1 byte    modulo 5: 0 the path of a tile; 1 inclusion; 2 consistency; 3 several leaves at once; 4 a tree with stored tiles
//! the rest  numbers of two bytes each, then hashes: each byte stands for 32 of it
//! ```
//!
//! Each answer is compared with a slow one that is computed here by the recursion of RFC 6962 §2.1 and knows nothing of the
//! arithmetic of the seal room.

use std::convert::Infallible;

use letopis_seal::tree::TreeError;
use letopis_seal::{
    ConsistencyProof, HashReader, InclusionProof, LeafIndex, MemoryTree, NodeId, Sha256Digest, Tile,
    TiledTree, TreeSize, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash,
    shared_inclusion_proof, verify_consistency, verify_inclusion, verify_shared_inclusion,
};

use super::choice;

/// Leaves of the largest tree that is built.
const LEAVES_MAX: u64 = 1_200;

fn leaf(number: u64) -> Sha256Digest {
    leaf_hash(&number.to_be_bytes())
}

/// MTH of RFC 6962 §2.1 over leaves `from..to`.
fn root(from: u64, to: u64) -> Sha256Digest {
    match to - from {
        0 => empty_root(),
        1 => leaf(from),
        length => {
            let middle = from + split(length);
            node_hash(&root(from, middle), &root(middle, to))
        }
    }
}

/// The largest power of two smaller than a number above 1.
fn split(length: u64) -> u64 {
    let mut power = 1;
    while power * 2 < length {
        power *= 2;
    }
    power
}

fn tree(size: u64) -> MemoryTree {
    (0..size).map(leaf).collect()
}

/// The root that an inclusion path leads to, taken apart from its end; none where it has another length.
fn slow_inclusion(index: u64, size: u64, leaf: Sha256Digest, path: &[Sha256Digest]) -> Option<Sha256Digest> {
    if size == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (last, inner) = path.split_last()?;
    let left = split(size);
    Some(if index < left {
        node_hash(&slow_inclusion(index, left, leaf, inner)?, last)
    } else {
        node_hash(last, &slow_inclusion(index - left, size - left, leaf, inner)?)
    })
}

/// Old and new root that a consistency path leads to (SUBPROOF of §2.1.2), taken from its front.
fn slow_consistency(
    old: u64,
    new: u64,
    known: Option<Sha256Digest>,
    path: &mut std::slice::Iter<'_, Sha256Digest>,
) -> Option<(Sha256Digest, Sha256Digest)> {
    if old == new {
        let hash = match known {
            Some(root) => root,
            None => *path.next()?,
        };
        return Some((hash, hash));
    }
    let left = split(new);
    if old <= left {
        let (before, inside) = slow_consistency(old, left, known, path)?;
        Some((before, node_hash(&inside, path.next()?)))
    } else {
        let (before, inside) = slow_consistency(old - left, new - left, None, path)?;
        let sibling = path.next()?;
        Some((node_hash(sibling, &before), node_hash(sibling, &inside)))
    }
}

/// Hashes out of the input: a byte below 128 is a leaf's, any other 32 times itself.
fn hashes(data: &[u8]) -> Vec<Sha256Digest> {
    let hash = |byte: &u8| match byte {
        0..=127 => leaf(u64::from(*byte)),
        _ => Sha256Digest([*byte; 32]),
    };
    data.iter().take(80).map(hash).collect()
}

fn path_of_tile(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(tile) = Tile::parse(text) {
        assert_eq!(tile.path(), text, "a tile has two paths");
        assert_eq!(Tile::new(tile.level(), tile.number(), tile.width()), Some(tile));
        assert_eq!(tile.nodes().count(), usize::from(tile.width()));
    }
}

/// The true path, the input's, and the true one with something of the input in it.
fn paths(genuine: &[Sha256Digest], made: Vec<Sha256Digest>) -> Vec<Vec<Sha256Digest>> {
    let mut mixed = genuine.to_vec();
    if let (Some(first), false) = (made.first(), mixed.is_empty()) {
        let at = made.len() % mixed.len();
        mixed[at] = *first;
    }
    let mut longer = genuine.to_vec();
    longer.extend(made.first());
    let shorter = genuine.split_last().map_or(Vec::new(), |(_, rest)| rest.to_vec());
    vec![genuine.to_vec(), made, mixed, longer, shorter]
}

fn inclusion(numbers: [u64; 2], made: Vec<Sha256Digest>) {
    let size = numbers[0] % LEAVES_MAX;
    let index = numbers[1] % (LEAVES_MAX + 1);
    let mut tree = tree(size);
    let wanted = tree.root();
    assert_eq!(wanted, root(0, size), "the tree has another root");
    let proof = inclusion_proof(&mut tree, LeafIndex(index), TreeSize(size));
    if index >= size {
        assert!(proof.is_err(), "a leaf outside is proven");
        let outside = InclusionProof {
            index: LeafIndex(index),
            size: TreeSize(size),
            path: made,
        };
        assert!(verify_inclusion(&outside, &leaf(index), &wanted).is_err());
        return;
    }
    let genuine = proof.expect("a leaf inside").path;
    for (place, path) in paths(&genuine, made).into_iter().enumerate() {
        let slow = slow_inclusion(index, size, leaf(index), &path) == Some(wanted);
        let proof = InclusionProof {
            index: LeafIndex(index),
            size: TreeSize(size),
            path,
        };
        assert_eq!(
            verify_inclusion(&proof, &leaf(index), &wanted).is_ok(),
            slow,
            "{proof:?}"
        );
        assert!(slow || place > 0, "the true path does not hold");
        assert!(!slow || proof.path == genuine, "another path holds");
    }
}

fn consistency(numbers: [u64; 2], made: Vec<Sha256Digest>) {
    let new = numbers[0] % LEAVES_MAX;
    let old = numbers[1] % (LEAVES_MAX + 1);
    let proof = consistency_proof(&mut tree(new), TreeSize(old), TreeSize(new));
    if old > new {
        assert!(proof.is_err());
        let (old_size, new_size) = (TreeSize(old), TreeSize(new));
        let backward = ConsistencyProof {
            old: old_size,
            new: new_size,
            path: made,
        };
        let verdict = verify_consistency(&backward, &root(0, old), &root(0, new));
        assert!(matches!(verdict, Err(TreeError::Shrunk { .. })));
        return;
    }
    let (before, after) = (root(0, old), root(0, new));
    let genuine = proof.expect("a smaller tree").path;
    for (place, path) in paths(&genuine, made).into_iter().enumerate() {
        let mut rest = path.iter();
        let slow = match old {
            0 => path.is_empty(),
            _ if old == new => path.is_empty(),
            _ => {
                slow_consistency(old, new, Some(before), &mut rest) == Some((before, after))
                    && rest.len() == 0
            }
        };
        let proof = ConsistencyProof {
            old: TreeSize(old),
            new: TreeSize(new),
            path,
        };
        assert_eq!(
            verify_consistency(&proof, &before, &after).is_ok(),
            slow,
            "{proof:?}"
        );
        assert!(slow || place > 0, "the true path does not hold");
        let other = Sha256Digest([0xa5; 32]);
        assert!(verify_consistency(&proof, &other, &after).is_err() || old == 0 && other == before);
        if old > 0 {
            assert!(
                verify_consistency(&proof, &before, &other).is_err(),
                "any tree is the later one"
            );
        }
    }
}

fn several(numbers: [u64; 2], data: &[u8]) {
    let size = 1 + numbers[0] % LEAVES_MAX;
    let mut chosen: Vec<u64> = data
        .iter()
        .take(20)
        .map(|byte| u64::from(*byte) * numbers[1] % size)
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    let mut tree = tree(size);
    let wanted = tree.root();
    let indexes: Vec<LeafIndex> = chosen.iter().copied().map(LeafIndex).collect();
    let genuine = shared_inclusion_proof(&mut tree, &indexes, TreeSize(size)).expect("leaves inside");
    let mut leaves: Vec<_> = chosen
        .iter()
        .map(|index| (LeafIndex(*index), leaf(*index)))
        .collect();
    let size = TreeSize(size);
    verify_shared_inclusion(size, &leaves, &genuine, &wanted).expect("the true hashes");
    // Each of them alone has a path that leads to the same root.
    if let Some((index, hash)) = leaves.first().copied() {
        let alone = inclusion_proof(&mut tree, index, size).expect("a leaf inside");
        assert_eq!(slow_inclusion(index.0, size.0, hash, &alone.path), Some(wanted));
    }
    for (place, path) in paths(&genuine, hashes(data)).into_iter().enumerate() {
        let holds = verify_shared_inclusion(size, &leaves, &path, &wanted).is_ok();
        assert_eq!(holds, path == genuine, "path {place} of {leaves:?}");
    }
    if let Some(last) = leaves.last_mut() {
        last.1 = Sha256Digest([0x5a; 32]);
        assert!(
            verify_shared_inclusion(size, &leaves, &genuine, &wanted).is_err(),
            "another leaf holds"
        );
    }
}

fn stored(numbers: [u64; 2], data: &[u8]) {
    let size = numbers[0] % LEAVES_MAX;
    let mut whole = tree(size);
    let runs = (0..size / 256).map(|index| whole.node(NodeId { level: 8, index }).expect("a run"));
    let mut tiles: Vec<Sha256Digest> = runs.collect();
    let wrong = data.first().is_some_and(|byte| byte % 2 == 1) && !tiles.is_empty();
    if wrong {
        let at = usize::from(data[0]) % tiles.len();
        tiles[at] = Sha256Digest([data[0]; 32]);
    }
    let leaves_of =
        |run: u64| Ok::<_, Infallible>((run * 256..(run * 256 + 256).min(size)).map(leaf).collect());
    let mut tree = TiledTree::new(TreeSize(size), &tiles, leaves_of);
    if size == 0 {
        return;
    }
    let index = LeafIndex(numbers[1] % size);
    let expected = inclusion_proof(&mut whole, index, TreeSize(size)).expect("a leaf inside");
    match inclusion_proof(&mut tree, index, TreeSize(size)) {
        Ok(proof) if !wrong => assert_eq!(proof, expected),
        Ok(proof) => {
            let held = verify_inclusion(&proof, &leaf(index.0), &whole.root()).is_ok();
            assert_eq!(held, proof == expected, "a wrong tile gives a proof that holds");
        }
        Err(error) => assert!(wrong, "{error:?}"),
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how, a, b, c, d], rest) = choice::<5>(data);
    let numbers = [[a, b], [c, d]].map(|pair| u64::from(u16::from_be_bytes(pair)));
    match how % 5 {
        0 => path_of_tile(data.get(1..).unwrap_or_default()),
        1 => inclusion(numbers, hashes(rest)),
        2 => consistency(numbers, hashes(rest)),
        3 => several(numbers, rest),
        _ => stored(numbers, rest),
    }
}

/// Paths of tiles, and sizes around powers of two.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "tile/0/x001/x234/067",
        "tile/8/000.p/17",
        "tile/63/x999/999",
        "tile/0/272",
    ]
    .iter()
    .map(|path| [&[0], path.as_bytes()].concat())
    .collect();
    for size in [0u16, 1, 2, 3, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1023, 1025] {
        for index in [0, size / 2, size.saturating_sub(1), size] {
            for way in 1..5 {
                let numbers = [size.to_be_bytes(), index.to_be_bytes()].concat();
                seeds.push([&[way], numbers.as_slice(), &[1, 2, 3, 200, 201]].concat());
            }
        }
    }
    seeds
}
