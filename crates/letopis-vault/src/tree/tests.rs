use proptest::prelude::*;

use super::*;
use crate::tests::{NOW, config};
use crate::{Backend, Keys, MemoryBackend, VaultWriter};
use std::io::Write;

fn writer() -> (Arc<MemoryBackend>, VaultWriter) {
    let backend = Arc::new(MemoryBackend::default());
    let place = Arc::clone(&backend) as Arc<dyn Backend>;
    let writer = VaultWriter::create(place, config(), Keys::generate().unwrap(), None, NOW).unwrap();
    (backend, writer)
}

/// Stores `content` with records at `spans` and reads the tree back.
fn stored(spans: &[(u64, u64)], content: &[u8]) -> (TreeReader, StagedTree, Sha256Digest) {
    let (backend, writer) = writer();
    let mut object = writer.object_writer().unwrap();
    object.write_all(content).unwrap();
    let object = object.finish().unwrap();
    let mut tree = writer.tree_writer(&object).unwrap();
    for (offset, length) in spans {
        tree.record(*offset, &content[*offset as usize..(*offset + *length) as usize])
            .unwrap();
    }
    let staged = tree.finish().unwrap();
    (
        TreeReader::open(backend.as_ref(), object.blake3, 1).unwrap(),
        staged,
        object.sha256,
    )
}

/// The root as RFC 6962 §2.1 defines it, by recursion over all leaves.
fn slow_root(leaves: &[Sha256Digest]) -> Sha256Digest {
    match leaves {
        [] => letopis_seal::empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            letopis_seal::node_hash(&slow_root(left), &slow_root(right))
        }
    }
}

fn check(spans: &[(u64, u64)], content: &[u8]) {
    let (tree, staged, sha256) = stored(spans, content);
    let hasher = RecordHasher::new(&staged.secret, &sha256);
    let leaf = |(offset, length): &(u64, u64)| {
        hasher.leaf(*offset, &content[*offset as usize..(*offset + *length) as usize])
    };
    let leaves: Vec<_> = spans.iter().map(leaf).collect();
    assert_eq!(
        (tree.root(), staged.root),
        (slow_root(&leaves), slow_root(&leaves))
    );
    assert_eq!(tree.records(), spans.len() as u64);
    let runs: Vec<_> = leaves.chunks_exact(512).map(slow_root).collect();
    assert_eq!(tree.runs().unwrap(), runs);
    let mut read = Vec::new();
    tree.for_each(0, &mut |span| {
        read.push((span.offset, span.length));
        true
    })
    .unwrap();
    assert_eq!(read, spans);
    let step = (content.len() / 200).max(1);
    for offset in (0..content.len() as u64 + 2).step_by(step) {
        let expected = spans
            .iter()
            .position(|(from, length)| (*from..from + length).contains(&offset));
        let found = tree.find(offset).unwrap();
        assert_eq!(
            found.map(|span| span.index),
            expected.map(|place| place as u64),
            "byte {offset}"
        );
    }
    assert_eq!(tree.get(spans.len() as u64).unwrap(), None);
}

#[test]
fn sizes_around_runs_and_blocks() {
    for count in [
        0, 1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 4095, 4096, 4097, 8192, 9000,
    ] {
        let spans: Vec<(u64, u64)> = (0..count).map(|n| (n * 3 + n / 7, 2)).collect();
        let content: Vec<u8> = (0..count * 4 + 10).map(|n| (n * 31) as u8).collect();
        check(&spans, &content);
    }
}

/// Every way to write a tree stands among the frozen archives, which every check reads: no change of the
/// writer leaves one of them untested.
#[test]
fn every_kind_of_tree_is_frozen() {
    let mut found = std::collections::BTreeSet::new();
    let mut folders =
        vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/archives/v1/valid")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "tree") {
                let content = zstd::decode_all(&std::fs::read(&path).unwrap()[..]).unwrap();
                found.insert(String::from_utf8(content[..16].to_vec()).unwrap());
            }
        }
    }
    let kinds: Vec<_> = found.into_iter().collect();
    assert_eq!(
        kinds,
        ["letopis.tree.001", "letopis.tree.002", "letopis.tree.003"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_spans_read_back(parts in prop::collection::vec((0u64..40, 1u64..60), 0..700)) {
        let mut at = 0;
        let mut spans = Vec::new();
        for (gap, length) in parts {
            spans.push((at + gap, length));
            at += gap + length;
        }
        let content: Vec<u8> = (0..at + 5).map(|n| ((n * 131) >> 3) as u8).collect();
        check(&spans, &content);
    }
}
