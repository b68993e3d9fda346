use super::*;
use crate::checkpoint::Checkpoint;
use crate::hash::leaf_hash;
use crate::key::{KeyName, SigningKey};
use crate::tree::consistency_proof;

struct Ledger {
    tree: MemoryTree,
    key: SigningKey,
    origin: &'static str,
}

impl Ledger {
    fn new(lines: u32) -> Self {
        let tree = (0..lines).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let key = SigningKey::from_seed(KeyName::new("custodian").unwrap(), &[1; 32]);
        Self {
            tree,
            key,
            origin: "archive.example",
        }
    }

    fn changed_at(line: u32, lines: u32) -> Self {
        let leaf = |n: u32| {
            if n == line {
                leaf_hash(b"changed")
            } else {
                leaf_hash(&n.to_be_bytes())
            }
        };
        Self {
            tree: (0..lines).map(leaf).collect(),
            ..Self::new(0)
        }
    }

    fn head(&self) -> SignedCheckpoint {
        let checkpoint = Checkpoint::new(self.origin, self.tree.size(), self.tree.root()).unwrap();
        checkpoint.sign(&[&self.key]).unwrap()
    }

    fn judge(&self, anchor: &SignedCheckpoint) -> AnchorVerdict {
        let keys = [self.key.verifying_key().clone()];
        judge(anchor, &self.head(), &keys, AnchorEvidence::Ledger(&self.tree))
    }
}

#[test]
fn every_verdict() {
    let (old, new) = (Ledger::new(10), Ledger::new(25));
    let anchor = old.head();
    assert_eq!(old.judge(&anchor), AnchorVerdict::Same { size: TreeSize(10) });
    assert_eq!(
        new.judge(&anchor),
        AnchorVerdict::Extended {
            anchor: TreeSize(10),
            added: 15
        }
    );
    assert!(new.judge(&Ledger::new(0).head()).is_good());
    let shorter = Ledger::new(9).judge(&anchor);
    assert_eq!(
        shorter,
        AnchorVerdict::Rollback {
            anchor: TreeSize(10),
            head: TreeSize(9)
        }
    );
    for line in [0, 4, 9] {
        for lines in [10, 25] {
            let verdict = Ledger::changed_at(line, lines).judge(&anchor);
            assert!(
                matches!(
                    verdict,
                    AnchorVerdict::Fork {
                        size: TreeSize(10),
                        ..
                    }
                ),
                "{line} {lines}: {verdict}"
            );
            assert!(!verdict.is_good());
        }
    }
    // A change above the anchor is the archive's own affair.
    assert!(Ledger::changed_at(10, 25).judge(&anchor).is_good());
    let foreign = Ledger {
        origin: "other.example",
        ..Ledger::new(25)
    };
    assert!(matches!(
        foreign.judge(&anchor),
        AnchorVerdict::ForeignOrigin { .. }
    ));
}

#[test]
fn signatures_come_first() {
    let (old, new) = (Ledger::new(10), Ledger::new(25));
    let keys = [new.key.verifying_key().clone()];
    let evidence = AnchorEvidence::Ledger(&new.tree);
    let forged = old.head().to_text().replace("\n10\n", "\n11\n");
    let forged = SignedCheckpoint::parse(forged.as_bytes()).unwrap();
    let verdict = judge(&forged, &new.head(), &keys, evidence);
    assert!(
        matches!(
            verdict,
            AnchorVerdict::BadSignature {
                side: Side::Anchor,
                ..
            }
        ),
        "{verdict}"
    );
    let stranger = SigningKey::from_seed(KeyName::new("stranger").unwrap(), &[2; 32]);
    let other = Ledger {
        key: stranger,
        ..Ledger::new(25)
    };
    let verdict = judge(&old.head(), &other.head(), &keys, evidence);
    assert!(
        matches!(verdict, AnchorVerdict::BadSignature { side: Side::Head, .. }),
        "{verdict}"
    );
}

#[test]
fn by_consistency_proof() {
    let (old, new) = (Ledger::new(10), Ledger::new(25));
    let keys = [new.key.verifying_key().clone()];
    let proof = consistency_proof(&mut &new.tree, TreeSize(10), TreeSize(25)).unwrap();
    let verdict =
        |head: &SignedCheckpoint, proof| judge(&old.head(), head, &keys, AnchorEvidence::Proof(proof));
    assert_eq!(
        verdict(&new.head(), &proof),
        AnchorVerdict::Extended {
            anchor: TreeSize(10),
            added: 15
        }
    );
    let fork = Ledger::changed_at(3, 25);
    assert!(matches!(
        verdict(&fork.head(), &proof),
        AnchorVerdict::Unproven(_)
    ));
    let other = consistency_proof(&mut &new.tree, TreeSize(9), TreeSize(25)).unwrap();
    assert!(matches!(verdict(&new.head(), &other), AnchorVerdict::Unproven(_)));
}

#[test]
fn a_ledger_that_the_head_does_not_sign() {
    let (old, new) = (Ledger::new(10), Ledger::new(25));
    let keys = [new.key.verifying_key().clone()];
    for tree in [&old.tree, &Ledger::changed_at(20, 25).tree] {
        let verdict = judge(&old.head(), &new.head(), &keys, AnchorEvidence::Ledger(tree));
        assert!(matches!(verdict, AnchorVerdict::NotTheLedger { .. }), "{verdict}");
    }
    // A ledger that has grown since the head was read still serves.
    let verdict = judge(
        &old.head(),
        &new.head(),
        &keys,
        AnchorEvidence::Ledger(&Ledger::new(40).tree),
    );
    assert!(verdict.is_good());
}
