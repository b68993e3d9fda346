use super::*;
use crate::checkpoint::Checkpoint;
use crate::hash::leaf_hash;
use crate::key::{KeyName, SigningKey};
use crate::tree::{MemoryTree, TreeSize, inclusion_proof, verify_inclusion};

fn proof() -> (Sha256Digest, TlogProof) {
    let leaves: Vec<Sha256Digest> = (0..13u8).map(|n| leaf_hash(&[n])).collect();
    let tree: MemoryTree = leaves.iter().copied().collect();
    let key = SigningKey::from_seed(KeyName::new("log.example").unwrap(), &[1; 32]);
    let checkpoint = Checkpoint::new("log.example", TreeSize(13), tree.root())
        .unwrap()
        .sign(&[&key])
        .unwrap();
    let path = inclusion_proof(&mut &tree, LeafIndex(6), TreeSize(13))
        .unwrap()
        .path;
    (
        leaves[6],
        TlogProof {
            extra: None,
            index: LeafIndex(6),
            path,
            checkpoint,
        },
    )
}

#[test]
fn round_trip() {
    let (leaf, mut proof) = proof();
    for extra in [None, Some(Vec::new()), Some(b"extra".to_vec())] {
        proof.extra = extra;
        let text = proof.to_text();
        let read = TlogProof::parse(&text).unwrap();
        assert_eq!((read.to_text(), &read), (text, &proof));
        verify_inclusion(&read.inclusion(), &leaf, &read.checkpoint.checkpoint().root()).unwrap();
    }
}

#[test]
fn malformed_proofs_say_which_line() {
    let (_, proof) = proof();
    let text = proof.to_text();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from}");
        let error = TlogProof::parse(&text.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    };
    check("@v1", "@v2", "line 1");
    check("index 6", "index 06", "line 2");
    check("index 6", "extra !!\nindex 6", "line 2");
    check("index 6", "extra\nindex 6", "line 2");
    check("index 6\n", "index 6\nAAAA\n", "line 3");
    check("log.example\n13", "log.example\n013", "checkpoint, line 2");
    let many = format!(
        "index 6\n{}",
        format!("{}\n", proof.path[0].to_base64()).repeat(65)
    );
    check("index 6\n", &many, "at most 64");
    for cut in 0..text.len() {
        if let Some(part) = text.get(..cut) {
            assert!(TlogProof::parse(part).is_err(), "cut at {cut}");
        }
    }
}
