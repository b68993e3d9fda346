use proptest::prelude::*;

use super::*;
use crate::hash::{node_hash, sha256};
use crate::proof::sample::{Archive, DOCUMENT, every_flip_and_cut_is_refused, key};
use crate::proof::{ProofError, SignerError};
use crate::tree::{LeafIndex, TreeSize};

#[test]
fn many_records_of_two_trees_prove_and_round_trip() {
    let archive = Archive::new();
    for (numbers, pairs) in [
        (vec![0], vec![]),
        (vec![299], vec![49]),
        ((0..300).collect(), (0..50).collect()),
        (vec![5, 6, 7, 8, 255, 256], vec![0, 3]),
        (vec![], vec![17]),
        (vec![], vec![]),
    ] {
        let proof = archive.batch(&numbers, &pairs);
        let text = proof.to_string();
        let read = BatchProof::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read, proof);
        let checked = read.check(Some(&archive.trusted())).unwrap();
        assert_eq!(checked.records(), numbers.len() + pairs.len());
        let offsets = numbers.iter().map(|n| archive.places[*n].0);
        let offsets: Vec<u64> = offsets
            .chain(pairs.iter().map(|p| archive.places[p * 2].0))
            .map(|at| at as u64)
            .collect();
        let shown = checked.objects.iter().flat_map(|object| &object.places);
        assert_eq!(shown.map(|place| place.offset).collect::<Vec<_>>(), offsets);
        assert_eq!(checked.lines[0].document.as_deref(), Some(DOCUMENT));
        assert_eq!(checked.lines[1].document, None);
        assert_eq!(
            checked.signed_by,
            [(KeyRole::Custodian, archive.custodian.verifying_key().clone())]
        );
        if !numbers.is_empty() {
            assert_eq!(checked.objects[0].file_sha256, Some(sha256(&archive.file)));
        }
        assert_eq!(
            checked.not_shown().contains(&NotShown::WhichFile),
            !pairs.is_empty()
        );
    }
    // Nothing of the neighbours, and every shared hash once.
    let text = archive.batch(&[77, 78, 79], &[]).to_string();
    assert!(text.contains("sshd[78]") && !text.contains("sshd[76]") && !text.contains("sshd[80]"));
    let single: usize = [77, 78, 79]
        .map(|number| archive.record(number).path.len())
        .iter()
        .sum();
    let shared = archive.batch(&[77, 78, 79], &[]).objects[0].hashes.len();
    assert!(shared * 2 < single, "{shared} hashes, {single} apart");
    assert!(
        archive.batch(&(0..300).collect::<Vec<_>>(), &[]).objects[0]
            .hashes
            .is_empty()
    );
}

#[test]
fn a_journal_key_vouches_for_access_lines_only() {
    let archive = Archive::new();
    let size = archive.lines.len() as u64;
    let journal = archive.head(size, &archive.journal);
    let mut access = archive.batch(&[], &[]);
    access.checkpoint = journal.clone();
    let checked = access.check(Some(&archive.trusted())).unwrap();
    assert_eq!(
        checked.signed_by,
        [(KeyRole::Journal, archive.journal.verifying_key().clone())]
    );

    let mut records = archive.batch(&[4], &[]);
    records.checkpoint = journal.clone();
    assert!(matches!(records.check(None), Err(ProofError::JournalOnly { .. })));

    // A line of another kind, though it stands in the same ledger.
    let mut ingest = archive.batch(&[], &[]);
    let line = archive.lines[4].clone();
    ingest.lines = vec![ProvenLine { line, document: None }];
    ingest.hashes =
        crate::tree::shared_inclusion_proof(&mut &archive.ledger, &[LeafIndex(4)], TreeSize(size)).unwrap();
    assert!(ingest.check(None).is_ok());
    ingest.checkpoint = journal;
    assert!(matches!(ingest.check(None), Err(ProofError::JournalOnly { .. })));
}

/// One lie in each field.
#[allow(clippy::too_many_lines, reason = "a table of lies")]
pub(in crate::proof) fn lies(archive: &Archive) -> Vec<(&'static str, BatchProof)> {
    let good = archive.batch(&[3, 77, 200], &[11, 12]);
    let mut lies: Vec<(&'static str, BatchProof)> = Vec::new();
    let mut lie = |name, change: &dyn Fn(&mut BatchProof)| {
        let mut proof = good.clone();
        change(&mut proof);
        assert_ne!(proof, good, "{name}");
        lies.push((name, proof));
    };
    lie("nothing", &|p| {
        p.objects.clear();
        p.lines.clear();
    });
    lie("raw byte", &|p| p.objects[0].proven[1].raw[3] ^= 1);
    lie("offset", &|p| p.objects[0].proven[1].offset += 1);
    lie("offset beyond all", &|p| p.objects[0].proven[2].offset = u64::MAX);
    lie("salt", &|p| p.objects[1].proven[1].salt.0[0] ^= 1);
    lie("index", &|p| p.objects[0].proven[1].index.0 += 1);
    lie("index outside", &|p| p.objects[0].proven[2].index.0 = u64::MAX);
    lie("records swapped", &|p| p.objects[0].proven.swap(0, 1));
    lie("indices swapped", &|p| {
        let index = p.objects[0].proven[0].index;
        p.objects[0].proven[0].index = p.objects[0].proven[1].index;
        p.objects[0].proven[1].index = index;
    });
    lie("a record twice", &|p| {
        let record = p.objects[0].proven[1].clone();
        p.objects[0].proven.insert(1, record);
    });
    lie("a record less", &|p| {
        p.objects[0].proven.pop();
    });
    lie("record of the other tree", &|p| {
        let record = p.objects[1].proven[1].clone();
        p.objects[0].proven[1] = record;
    });
    lie("trees swapped", &|p| p.objects.swap(0, 1));
    lie("a tree twice", &|p| {
        let object = p.objects[0].clone();
        p.objects.insert(0, object);
    });
    lie("hash", &|p| p.objects[0].hashes[2].0[0] ^= 1);
    lie("hashes swapped", &|p| p.objects[0].hashes.swap(0, 1));
    lie("hash more", &|p| p.objects[0].hashes.push(Sha256Digest::ZERO));
    lie("hash less", &|p| {
        p.objects[0].hashes.pop();
    });
    lie("commitment", &|p| p.objects[0].commitment.0.0[0] ^= 1);
    lie("records", &|p| p.objects[0].records.0 += 1);
    lie("file digest", &|p| {
        p.objects[0].opened.as_mut().unwrap().sha256.0[0] ^= 1
    });
    lie("file nonce", &|p| {
        p.objects[0].opened.as_mut().unwrap().nonce.0[0] ^= 1
    });
    lie("digest of the other tree", &|p| {
        p.objects[1].opened = p.objects[0].opened
    });
    lie("line", &|p| {
        p.objects[0].line = p.objects[0].line.replace("2026", "2025")
    });
    lie("line of the other tree", &|p| {
        p.objects[0].line = p.objects[1].line.clone()
    });
    lie("line that binds no tree", &|p| {
        p.objects[0].line = archive.lines[4].clone()
    });
    lie("document line", &|p| {
        p.lines[1].line = p.lines[1].line.replace("2026", "2025")
    });
    lie("document", &|p| p.lines[0].document.as_mut().unwrap().1.push(' '));
    lie("nonce", &|p| p.lines[0].document.as_mut().unwrap().0.0[31] ^= 1);
    lie("document of a line without one", &|p| {
        p.lines[1].document = p.lines[0].document.clone()
    });
    lie("documents swapped", &|p| p.lines.swap(0, 1));
    lie("ledger hash", &|p| p.hashes[0].0[0] ^= 1);
    lie("ledger hash more", &|p| p.hashes.push(Sha256Digest::ZERO));
    lie("ledger hash less", &|p| {
        p.hashes.pop();
    });
    lie("custodian", &|p| {
        p.custodian = key("custodian", 8).verifying_key().clone()
    });
    lie("certificate", &|p| {
        let stranger = key("custodian", 8);
        p.certificates[1] = p.certificates[1]
            .certificate()
            .clone()
            .sign(&[&stranger])
            .unwrap();
    });
    lie("checkpoint of another size", &|p| {
        p.checkpoint = archive.head(7, &archive.custodian)
    });
    lie("checkpoint of a stranger", &|p| {
        p.checkpoint = archive.head(8, &key("stranger", 8))
    });
    lie("later head before", &|p| {
        p.later = Some(LaterHead {
            consistency: Vec::new(),
            checkpoint: archive.head(7, &archive.custodian),
        });
    });
    lies
}

#[test]
fn every_lie_is_refused() {
    let archive = Archive::new();
    let lies = lies(&archive);
    for (name, proof) in &lies {
        for trusted in [Some(&archive.trusted()), None] {
            let error = proof.check(trusted).expect_err(name);
            assert!(error.to_string().starts_with("proof"), "{name}: {error}");
        }
        let read = BatchProof::parse(&proof.to_string()).and_then(|read| read.check(None));
        assert!(read.is_err(), "{name}");
    }
    assert_eq!(lies.len(), 39);
    let error = archive
        .batch(&[3], &[])
        .check(Some(&TrustedKeys::default()))
        .unwrap_err();
    assert!(
        matches!(error, ProofError::Signer(SignerError::Checkpoint(_))),
        "{error}"
    );
}

#[test]
fn every_flipped_bit_of_the_text_is_refused() {
    let archive = Archive::new();
    let text = archive.batch(&[3, 77], &[11]).to_string();
    let trusted = archive.trusted();
    every_flip_and_cut_is_refused(&text, &(0..0), |changed, trust| {
        let trusted = trust.then_some(&trusted);
        BatchProof::parse(changed).map(|proof| proof.check(trusted).map(drop))
    });
}

/// The same tree by the definition of RFC 6962 §2.1, from all leaf hashes.
fn slow_root(leaves: &[Sha256Digest]) -> Sha256Digest {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let mut cut = 1;
            while cut * 2 < leaves.len() {
                cut *= 2;
            }
            let (left, right) = leaves.split_at(cut);
            node_hash(&slow_root(left), &slow_root(right))
        }
    }
}

proptest! {
    #[test]
    fn any_leaves_of_any_tree(size in 1u64..200, chosen in prop::collection::btree_set(0u64..200, 0..20), flip in 0usize..400) {
        let all: Vec<Sha256Digest> = (0..size).map(|n| sha256(&n.to_le_bytes())).collect();
        let tree: crate::tree::MemoryTree = all.iter().copied().collect();
        let chosen: Vec<LeafIndex> = chosen.into_iter().filter(|n| *n < size).map(LeafIndex).collect();
        let root = slow_root(&all);
        let size = TreeSize(size);
        let mut hashes = crate::tree::shared_inclusion_proof(&mut &tree, &chosen, size).unwrap();
        let mut leaves: Vec<_> = chosen.iter().map(|index| (*index, all[index.0 as usize])).collect();
        prop_assert_eq!(crate::tree::verify_shared_inclusion(size, &leaves, &hashes, &root), Ok(()));
        // Any hash or leaf changed, and any size that cuts the tree in another way, is refused.
        let changed = hashes.len() + leaves.len();
        let at = flip % changed;
        match hashes.get_mut(at) {
            Some(hash) => hash.0[7] ^= 1,
            None => leaves[at - hashes.len()].1.0[7] ^= 1,
        }
        prop_assert!(crate::tree::verify_shared_inclusion(size, &leaves, &hashes, &root).is_err());
    }

    #[test]
    fn no_text_makes_it_panic(lines in prop::collection::vec(0usize..120, 0..40), junk in "\\PC{0,20}") {
        let text = SAMPLE.with(Clone::clone);
        let all: Vec<&str> = text.split('\n').collect();
        let mixed = lines.iter().map(|n| all.get(*n).copied().unwrap_or(&junk)).collect::<Vec<_>>().join("\n");
        prop_assert!(BatchProof::parse(&mixed).is_err());
        let begun = [FIRST_LINE, "", "object", &mixed].join("\n");
        prop_assert!(BatchProof::parse(&begun).is_err());
    }
}

thread_local! {
    static SAMPLE: String = Archive::new().batch(&[3, 77], &[11]).to_string();
}
