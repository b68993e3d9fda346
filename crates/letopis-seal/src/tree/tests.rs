use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::hash::leaf_hash;

/// RFC 6962 §2.1 as it is written: cut at the largest power of two below the length.
fn slow_root(leaves: &[Sha256Digest]) -> Sha256Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(cut(leaves.len()));
            node_hash(&slow_root(left), &slow_root(right))
        }
    }
}

fn cut(length: usize) -> usize {
    let mut k = 1;
    while k * 2 < length {
        k *= 2;
    }
    k
}

/// PATH(m, D[n]) of RFC 6962 §2.1.1.
fn slow_path(m: usize, leaves: &[Sha256Digest]) -> Vec<Sha256Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = cut(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m < k {
        (slow_path(m, left), slow_root(right))
    } else {
        (slow_path(m - k, right), slow_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2.
fn slow_subproof(m: usize, leaves: &[Sha256Digest], known: bool) -> Vec<Sha256Digest> {
    if m == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![slow_root(leaves)]
        };
    }
    let k = cut(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m <= k {
        (slow_subproof(m, left, known), slow_root(right))
    } else {
        (slow_subproof(m - k, right, false), slow_root(left))
    };
    path.push(sibling);
    path
}

fn leaves(count: usize) -> Vec<Sha256Digest> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn tiled(leaves: &[Sha256Digest], size: usize) -> (Vec<Sha256Digest>, Vec<Sha256Digest>) {
    let (mut builder, mut stored) = (TreeBuilder::new(), Vec::new());
    for leaf in &leaves[..size] {
        builder.append_with(*leaf, |node, hash| {
            if node.level == 8 {
                stored.push(hash);
            }
        });
    }
    (stored, leaves[..size].to_vec())
}

fn run_of(leaves: &[Sha256Digest], run: u64) -> Vec<Sha256Digest> {
    leaves
        .iter()
        .skip(run as usize * 256)
        .take(256)
        .copied()
        .collect()
}

/// Every way to a root, a path and a consistency proof must agree, and be accepted.
fn check_all(size: usize, index: usize, old: usize) {
    let all = leaves(size);
    let root = slow_root(&all);
    let tree: MemoryTree = all.iter().copied().collect();
    assert_eq!(tree.root(), root);
    assert_eq!(
        root_at(&mut &tree, TreeSize(old as u64)),
        Ok(slow_root(&all[..old]))
    );

    let (stored, kept) = tiled(&all, size);
    let mut tiles = TiledTree::new(TreeSize(size as u64), &stored, |run| {
        Ok::<_, std::convert::Infallible>(run_of(&kept, run))
    });
    if index < size {
        let proof = inclusion_proof(&mut &tree, LeafIndex(index as u64), TreeSize(size as u64)).unwrap();
        assert_eq!(
            proof.path,
            slow_path(index, &all),
            "inclusion of {index} in {size}"
        );
        assert_eq!(
            inclusion_proof(&mut tiles, proof.index, proof.size).unwrap(),
            proof
        );
        verify_inclusion(&proof, &all[index], &root).unwrap();
    }
    let proof = consistency_proof(&mut &tree, TreeSize(old as u64), TreeSize(size as u64)).unwrap();
    let slow = if old == 0 {
        Vec::new()
    } else {
        slow_subproof(old, &all, true)
    };
    assert_eq!(proof.path, slow, "consistency of {old} and {size}");
    assert_eq!(
        consistency_proof(&mut tiles, proof.old, proof.new).unwrap(),
        proof
    );
    verify_consistency(&proof, &slow_root(&all[..old]), &root).unwrap();
}

#[test]
fn every_small_tree() {
    for size in 0..=33 {
        for index in 0..=size {
            check_all(size, index, index);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn fast_and_slow_agree((size, index, old) in (1usize..1500).prop_flat_map(|n| (Just(n), 0..n, 0..=n))) {
        check_all(size, index, old);
    }

    #[test]
    fn a_changed_proof_is_refused(
        (size, index, old) in (2usize..300).prop_flat_map(|n| (Just(n), 0..n, 1..n)),
        place: prop::sample::Index, bit in 0usize..256,
    ) {
        let all = leaves(size);
        let tree: MemoryTree = all.iter().copied().collect();
        let (root, old_root) = (tree.root(), slow_root(&all[..old]));
        let flip = |hash: &Sha256Digest| {
            let mut hash = *hash;
            hash.0[bit / 8] ^= 1 << (bit % 8);
            hash
        };
        let proof = inclusion_proof(&mut &tree, LeafIndex(index as u64), TreeSize(size as u64)).unwrap();
        prop_assert!(verify_inclusion(&proof, &flip(&all[index]), &root).is_err());
        prop_assert!(verify_inclusion(&proof, &all[index], &flip(&root)).is_err());
        for changed in mutated(&proof.path, place, flip) {
            let changed = InclusionProof { path: changed, ..proof.clone() };
            prop_assert!(verify_inclusion(&changed, &all[index], &root).is_err());
        }
        for other in (0..size as u64).filter(|other| *other != index as u64) {
            let changed = InclusionProof { index: LeafIndex(other), ..proof.clone() };
            prop_assert!(verify_inclusion(&changed, &all[index], &root).is_err());
        }

        let proof = consistency_proof(&mut &tree, TreeSize(old as u64), TreeSize(size as u64)).unwrap();
        prop_assert!(verify_consistency(&proof, &flip(&old_root), &root).is_err());
        prop_assert!(verify_consistency(&proof, &old_root, &flip(&root)).is_err());
        prop_assert!(verify_consistency(&proof, &root, &old_root).is_err());
        for changed in mutated(&proof.path, place, flip) {
            let changed = ConsistencyProof { path: changed, ..proof.clone() };
            prop_assert!(verify_consistency(&changed, &old_root, &root).is_err());
        }
    }

    #[test]
    fn no_numbers_make_it_panic(
        index: u64, size: u64, old: u64, new: u64, path in prop::collection::vec(any::<[u8; 32]>(), 0..70), root: [u8; 32],
    ) {
        let path: Vec<Sha256Digest> = path.into_iter().map(Sha256Digest).collect();
        let root = Sha256Digest(root);
        let inclusion = InclusionProof { index: LeafIndex(index), size: TreeSize(size), path: path.clone() };
        prop_assert!(verify_inclusion(&inclusion, &root, &root).is_err());
        let consistency = ConsistencyProof { old: TreeSize(old), new: TreeSize(new), path };
        prop_assert!(verify_consistency(&consistency, &root, &root).is_err());
    }
}

/// One hash flipped, dropped, doubled; one put before and after.
fn mutated(
    path: &[Sha256Digest],
    place: prop::sample::Index,
    flip: impl Fn(&Sha256Digest) -> Sha256Digest,
) -> Vec<Vec<Sha256Digest>> {
    let extra = leaf_hash(b"extra");
    let mut all = vec![[path, &[extra]].concat(), [&[extra], path].concat()];
    if !path.is_empty() {
        let at = place.index(path.len());
        let mut flipped = path.to_vec();
        flipped[at] = flip(&flipped[at]);
        let mut dropped = path.to_vec();
        dropped.remove(at);
        let mut doubled = path.to_vec();
        doubled.insert(at, path[at]);
        all.extend([flipped, dropped, doubled]);
    }
    all
}

#[test]
fn the_ends_of_the_number_range() {
    // 2^64 - 1 equal leaves: the hash of a complete subtree depends on its level only.
    struct Equal;
    impl HashReader for Equal {
        type Error = std::convert::Infallible;
        fn node(&mut self, node: NodeId) -> Result<Sha256Digest, Self::Error> {
            Ok((0..node.level).fold(leaf_hash(b"equal"), |hash, _| node_hash(&hash, &hash)))
        }
    }
    let size = TreeSize(u64::MAX);
    let root = root_at(&mut Equal, size).unwrap();
    for index in [0, 1, u64::MAX / 2, u64::MAX - 1] {
        let proof = inclusion_proof(&mut Equal, LeafIndex(index), size).unwrap();
        verify_inclusion(&proof, &leaf_hash(b"equal"), &root).unwrap();
        verify_inclusion(&proof, &leaf_hash(b"other"), &root).unwrap_err();
    }
    assert!(inclusion_proof(&mut Equal, LeafIndex(u64::MAX), size).is_err());
    for old in [1, 2, 3, 1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX] {
        let proof = consistency_proof(&mut Equal, TreeSize(old), size).unwrap();
        let old_root = root_at(&mut Equal, TreeSize(old)).unwrap();
        verify_consistency(&proof, &old_root, &root).unwrap();
    }
}

#[test]
fn a_changed_record_is_found_by_its_stored_run() {
    let all = leaves(600);
    let (stored, mut kept) = tiled(&all, 600);
    kept[300] = leaf_hash(b"changed");
    let mut tiles = TiledTree::new(TreeSize(600), &stored, |run| Ok::<_, ()>(run_of(&kept, run)));
    assert!(inclusion_proof(&mut tiles, LeafIndex(3), TreeSize(600)).is_ok());
    let refused = inclusion_proof(&mut tiles, LeafIndex(257), TreeSize(600));
    assert!(
        matches!(refused, Err(ProveError::Read(TiledError::Changed { run: 1, .. }))),
        "{refused:?}"
    );
    let mut short = TiledTree::new(TreeSize(600), &stored[..1], |run| Ok::<_, ()>(run_of(&all, run)));
    let refused = inclusion_proof(&mut short, LeafIndex(257), TreeSize(600));
    assert!(
        matches!(refused, Err(ProveError::Read(TiledError::Missing(_)))),
        "{refused:?}"
    );
    let tree: MemoryTree = all.iter().copied().collect();
    let refused = inclusion_proof(&mut &tree, LeafIndex(0), TreeSize(601));
    assert!(
        matches!(refused, Err(ProveError::Read(MissingNode { .. }))),
        "{refused:?}"
    );
}

#[test]
fn whole_runs_give_the_same_tree_as_single_leaves() {
    let leaves = leaves(256 * 9 + 40);
    let (mut single, mut whole) = (TreeBuilder::new(), TreeBuilder::new());
    let mut stored = Vec::new();
    for run in leaves.chunks(256) {
        for leaf in run {
            single.append_with(*leaf, |node, hash| {
                if node.level == 8 {
                    stored.push(hash);
                }
            });
        }
        match run.try_into() {
            Ok(run) => assert_eq!(whole.append_run(run), stored.last().copied()),
            Err(_) => run.iter().for_each(|leaf| whole.append(*leaf)),
        }
        assert_eq!(whole, single);
        assert_eq!(whole.root(), slow_root(&leaves[..whole.size().0 as usize]));
    }
    // Not at the beginning of a run: nothing is added.
    assert_eq!(whole.append_run(leaves.first_chunk().unwrap()), None);
    assert_eq!(whole, single);
}

#[test]
fn a_builder_goes_on_from_its_frontier() {
    let all = leaves(77);
    let mut first = TreeBuilder::new();
    all[..50].iter().for_each(|leaf| first.append(*leaf));
    let mut second = TreeBuilder::from_frontier(first.size(), first.frontier().to_vec()).unwrap();
    all[50..].iter().for_each(|leaf| second.append(*leaf));
    assert_eq!(second.root(), slow_root(&all));
    assert_eq!(TreeBuilder::from_frontier(TreeSize(50), Vec::new()), None);
}

/// All vectors of a folder of transparency-dev/merkle: (file, vector), or `None` with a notice.
fn vectors(kind: &str) -> Option<Vec<(PathBuf, Value)>> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/transparency-dev-merkle/testdata/"
    );
    let folder = Path::new(folder).join(kind);
    if !folder.is_dir() {
        eprintln!(
            "SKIPPED: no folder {} with the {kind} vectors of transparency-dev/merkle",
            folder.display()
        );
        return None;
    }
    let (mut folders, mut vectors) = (vec![folder], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let vector = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                vectors.push((path, vector));
            }
        }
    }
    vectors.sort_by(|(a, _), (b, _)| a.cmp(b));
    Some(vectors)
}

/// `None` when it is no digest: the vectors have hashes of wrong length, which no type of ours can hold.
fn digest(value: &Value) -> Option<Sha256Digest> {
    let bytes = STANDARD.decode(value.as_str().unwrap_or_default()).unwrap();
    bytes.try_into().ok().map(Sha256Digest)
}

fn path_of(vector: &Value) -> Option<Vec<Sha256Digest>> {
    vector["proof"]
        .as_array()
        .map_or(Some(Vec::new()), |hashes| hashes.iter().map(digest).collect())
}

fn judge(path: &Path, vector: &Value, accepted: bool) {
    assert_eq!(
        accepted,
        !vector["wantErr"].as_bool().unwrap(),
        "{}: {}",
        path.display(),
        vector["desc"]
    );
}

#[test]
fn inclusion_vectors_of_transparency_dev() {
    let Some(vectors) = vectors("inclusion") else {
        return;
    };
    for (file, vector) in &vectors {
        let accepted = || {
            let index = LeafIndex(vector["leafIdx"].as_u64()?);
            let size = TreeSize(vector["treeSize"].as_u64()?);
            let proof = InclusionProof {
                index,
                size,
                path: path_of(vector)?,
            };
            verify_inclusion(&proof, &digest(&vector["leafHash"])?, &digest(&vector["root"])?).ok()
        };
        judge(file, vector, accepted().is_some());
    }
    eprintln!(
        "{} inclusion vectors of transparency-dev/merkle agree",
        vectors.len()
    );
    assert_eq!(vectors.len(), 53);
}

#[test]
fn consistency_vectors_of_transparency_dev() {
    let Some(vectors) = vectors("consistency") else {
        return;
    };
    for (file, vector) in &vectors {
        let accepted = || {
            let old = TreeSize(vector["size1"].as_u64()?);
            let new = TreeSize(vector["size2"].as_u64()?);
            let proof = ConsistencyProof {
                old,
                new,
                path: path_of(vector)?,
            };
            verify_consistency(&proof, &digest(&vector["root1"])?, &digest(&vector["root2"])?).ok()
        };
        judge(file, vector, accepted().is_some());
    }
    eprintln!(
        "{} consistency vectors of transparency-dev/merkle agree",
        vectors.len()
    );
    assert_eq!(vectors.len(), 43);
}
