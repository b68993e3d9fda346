use super::*;
use crate::hash::leaf_hash;
use crate::key::{KeyName, SigningKey};
use crate::tree::{MemoryTree, consistency_proof, root_at};

const ORIGIN: &str = "letopis.archive/00112233445566778899aabbccddeeff";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::new("letopis-custodian").unwrap(), &[seed; 32])
}

fn history(lines: u64, changed: Option<u64>) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for line in 0..lines {
        let text = if Some(line) == changed {
            format!("forged {line}")
        } else {
            format!("line {line}")
        };
        tree.append(leaf_hash(text.as_bytes()));
    }
    tree
}

fn state(mut tree: &MemoryTree, size: u64) -> Checkpoint {
    let root = root_at(&mut tree, TreeSize(size)).unwrap();
    Checkpoint::new(ORIGIN, TreeSize(size), root).unwrap()
}

fn request(mut tree: &MemoryTree, old: u64, new: u64) -> Request {
    let proof = consistency_proof(&mut tree, TreeSize(old), TreeSize(new)).unwrap();
    let checkpoint = state(tree, new).sign(&[&key(1)]).unwrap();
    Request { proof, checkpoint }
}

fn log() -> Vec<VerifyingKey> {
    vec![key(1).verifying_key().clone()]
}

#[test]
fn every_growth_is_cosigned_and_reads_back() {
    let tree = history(40, None);
    for old in 0..40 {
        for new in old.max(1)..=40 {
            let asked = request(&tree, old, new);
            let text = asked.to_text();
            let read = Request::parse(text.as_bytes()).unwrap();
            assert_eq!(read, asked);
            let seen = (old > 0).then(|| state(&tree, old));
            assert_eq!(read.check(&log(), seen.as_ref()), Ok(()), "{old} to {new}");
        }
    }
    let plain = request(&tree, 0, 9).checkpoint;
    let read = Request::parse(plain.to_text().as_bytes()).unwrap();
    assert_eq!(read.check(&log(), None), Ok(()));
    // Once something was cosigned, a plain checkpoint is too little.
    let seen = state(&tree, 5);
    assert!(matches!(
        read.check(&log(), Some(&seen)),
        Err(WitnessError::OtherStart { .. })
    ));
}

#[test]
fn rewritten_histories_are_not_cosigned() {
    let (tree, forged) = (history(40, None), history(40, Some(3)));
    let seen = state(&tree, 20);
    let refused = |asked: &Request| asked.check(&log(), Some(&seen)).unwrap_err();
    assert!(matches!(
        refused(&request(&tree, 5, 19)),
        WitnessError::Rollback { .. }
    ));
    assert!(matches!(
        refused(&request(&forged, 0, 20)),
        WitnessError::Fork { .. }
    ));
    assert!(matches!(
        refused(&request(&forged, 20, 30)),
        WitnessError::Unproven(_)
    ));
    assert!(matches!(
        refused(&request(&tree, 19, 30)),
        WitnessError::OtherStart { .. }
    ));
    let mut stranger = request(&tree, 20, 30);
    stranger.checkpoint = state(&tree, 30).sign(&[&key(2)]).unwrap();
    assert!(matches!(refused(&stranger), WitnessError::Checkpoint(_)));
}

#[test]
fn requests_with_one_thing_wrong_are_refused() {
    let tree = history(40, None);
    let text = request(&tree, 20, 30).to_text();
    let hash = text.lines().nth(1).unwrap();
    for (bad, line) in [
        (text.replace("old 20", "old 020"), 1),
        (text.replace("old 20", "old -1"), 1),
        (text.replace("old 20", "old 18446744073709551616"), 1),
        (text.replace(hash, &hash[1..]), 2),
        (text.replace(hash, &format!("{hash} ")), 2),
        ("old 3".to_owned(), 1),
        ("old 3\n".to_owned(), 2),
        (format!("old 3\n{}", format!("{hash}\n").repeat(64)), 65),
    ] {
        match Request::parse(bad.as_bytes()) {
            Err(WitnessError::Form { line: found, .. }) => assert_eq!(found, line, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
    assert!(Request::parse(b"old 3\n\n").is_err());
    assert!(Request::parse(b"").is_err());
    assert!(Request::parse(b"old 3\n\xff\n\n").is_err());
    let kept = text.clone();
    for cut in 0..kept.len() {
        // A cut inside the last line end leaves nothing that would pass.
        assert!(Request::parse(&kept.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn memory_keeps_one_state_an_origin() {
    let tree = history(40, None);
    let other = Checkpoint::new("another log", TreeSize(3), leaf_hash(b"x")).unwrap();
    let memory = remember(&[], &state(&tree, 5));
    let memory = remember(&parse_memory(&memory).unwrap(), &other);
    let memory = remember(&parse_memory(&memory).unwrap(), &state(&tree, 9));
    assert_eq!(parse_memory(&memory).unwrap(), [other, state(&tree, 9)]);
    assert!(parse_memory("").unwrap().is_empty());
    assert!(parse_memory("nonsense").is_err());
}
