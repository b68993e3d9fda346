//! A whole archive in small, for the tests of proofs.

use super::batch::{BatchProof, ProvenLine, ProvenObject};
use super::{LaterHead, OpenedDigest, Proof, ProofError, ProvenRecord, TrustedKeys};
use crate::certificate::{KeyCertificate, KeyRole, SignedCertificate};
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::entry::{EntryKind, EntryTime, LedgerCursor, detail_commitment, field};
use crate::hash::{leaf_hash, sha256};
use crate::key::{KeyName, SigningKey};
use crate::record::{CommitmentNonce, ObjectSecret, RecordHasher};
use crate::tlog_proof::TlogProof;
use crate::tree::{
    LeafIndex, MemoryTree, TreeSize, consistency_proof, inclusion_proof, shared_inclusion_proof,
};

pub(super) const ARCHIVE: &str = "archive.example/район";
/// What the access intent of the sample says, and its nonce.
pub(super) const DOCUMENT: &str = r#"{"person":"А. Серикова","purpose":"case \\7"}"#;
pub(super) const NONCE: CommitmentNonce = CommitmentNonce([9; 32]);

/// A whole archive in small: an object of many lines, a ledger with its keys, two heads.
pub(super) struct Archive {
    pub(super) file: Vec<u8>,
    /// Offset and length of each record.
    pub(super) places: Vec<(usize, usize)>,
    pub(super) hasher: RecordHasher,
    pub(super) records: MemoryTree,
    pub(super) lines: Vec<String>,
    pub(super) ledger: MemoryTree,
    /// A second tree of the same file: its first hundred records, two and two.
    pub(super) rehasher: RecordHasher,
    pub(super) reframed: MemoryTree,
    /// Number of the line of kind `object`.
    pub(super) object_line: usize,
    pub(super) custodian: SigningKey,
    pub(super) journal: SigningKey,
    pub(super) certificates: Vec<SignedCertificate>,
}

pub(super) fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
}

fn record_lines() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = (0..300)
        .map(|n| {
            format!(
                "Dec 31 23:{:02}:{:02} db1 sshd[{n}]: Failed password for админ\n",
                n / 60,
                n % 60
            )
            .into_bytes()
        })
        .collect();
    lines[5] = b"trace\tone\r\n  at \x1b[31mred \\ \xe2\x80\xaehidden\n".to_vec();
    lines[6] = b"\xcf\xf0\xe8\xe2\xe5\xf2 in windows-1251\n".to_vec();
    lines[7] = vec![b'x'; 5000];
    lines[8] = Vec::new();
    lines
}

impl Archive {
    pub(super) fn new() -> Self {
        let (mut file, mut places) = (Vec::new(), Vec::new());
        for line in record_lines() {
            places.push((file.len(), line.len()));
            file.extend(line);
        }
        let hasher = RecordHasher::new(&ObjectSecret([5; 32]), &sha256(&file));
        let records: MemoryTree = places
            .iter()
            .map(|(at, length)| hasher.leaf(*at as u64, &file[*at..at + length]))
            .collect();
        let rehasher = RecordHasher::new(&ObjectSecret([6; 32]), &sha256(&file));
        let reframed = places[..100]
            .chunks(2)
            .map(|pair| {
                let (from, to) = (pair[0].0, pair[1].0 + pair[1].1);
                rehasher.leaf(from as u64, &file[from..to])
            })
            .collect();
        let (custodian, journal) = (key("custodian", 1), key("journal", 2));
        let certificate = |role, key: &SigningKey, since, signers: &[&SigningKey]| {
            let key = key.verifying_key().clone();
            KeyCertificate {
                archive: ARCHIVE.to_owned(),
                role,
                key,
                since,
            }
            .sign(signers)
            .unwrap()
        };
        let certificates = vec![
            certificate(KeyRole::Custodian, &custodian, 1, &[&custodian]),
            certificate(KeyRole::Journal, &journal, 2, &[&custodian]),
        ];
        let mut archive = Self {
            file,
            places,
            hasher,
            records,
            rehasher,
            reframed,
            lines: Vec::new(),
            ledger: MemoryTree::new(),
            object_line: 0,
            custodian,
            journal,
            certificates,
        };
        archive.write_ledger();
        archive
    }

    fn write_ledger(&mut self) {
        let time = EntryTime::from_micros(1_777_593_599_000_000).unwrap();
        let mut cursor = LedgerCursor::new();
        let kinds = [
            EntryKind::Create,
            EntryKind::Key,
            EntryKind::Key,
            EntryKind::Object,
            EntryKind::Ingest,
        ];
        for kind in kinds.into_iter().chain([
            EntryKind::AccessIntent,
            EntryKind::AccessResult,
            EntryKind::Reframe,
        ]) {
            let mut entry = cursor.draft(kind, time);
            if kind == EntryKind::Key {
                let text = self.certificates[entry.seq as usize - 1].to_text();
                entry = entry.with(field::CERTIFICATE, text);
            }
            if kind == EntryKind::Object {
                self.object_line = entry.seq as usize;
                entry = entry
                    .with(field::ROOT, self.records.root())
                    .with(field::RECORDS, self.records.size().0)
                    .with(field::COMMITMENT, self.hasher.commitment().0);
            }
            if kind == EntryKind::Reframe {
                entry = entry
                    .with(field::ROOT, self.reframed.root())
                    .with(field::RECORDS, self.reframed.size().0)
                    .with(field::COMMITMENT, self.rehasher.commitment().0);
            }
            if kind == EntryKind::AccessIntent {
                entry = entry.with_detail(detail_commitment(&NONCE.0, DOCUMENT.as_bytes()));
            }
            let line = entry.to_line().unwrap();
            cursor.accept(line.as_bytes()).unwrap();
            self.ledger.append(leaf_hash(line.as_bytes()));
            self.lines.push(line);
        }
    }

    pub(super) fn head(&self, size: u64, signer: &SigningKey) -> SignedCheckpoint {
        let size = TreeSize(size);
        let root = crate::tree::root_at(&mut &self.ledger, size).unwrap();
        Checkpoint::new(ARCHIVE, size, root)
            .unwrap()
            .sign(&[signer])
            .unwrap()
    }

    pub(super) fn record(&self, number: usize) -> ProvenRecord {
        let (at, length) = self.places[number];
        let index = LeafIndex(number as u64);
        let path = inclusion_proof(&mut &self.records, index, self.records.size())
            .unwrap()
            .path;
        let (offset, raw) = (at as u64, self.file[at..at + length].to_vec());
        ProvenRecord {
            offset,
            raw,
            salt: self.hasher.salt(offset),
            index,
            path,
        }
    }

    pub(super) fn proof(&self, number: usize) -> Proof {
        let checkpoint = self.head(5, &self.custodian);
        let index = LeafIndex(self.object_line as u64);
        let path = inclusion_proof(&mut &self.ledger, index, TreeSize(5))
            .unwrap()
            .path;
        Proof {
            record: self.record(number),
            context: Vec::new(),
            rendering: None,
            commitment: self.hasher.commitment(),
            records: self.records.size(),
            opened: None,
            line: self.lines[self.object_line].clone(),
            custodian: self.custodian.verifying_key().clone(),
            certificates: Vec::new(),
            later: None,
            ledger: TlogProof {
                extra: None,
                index,
                path,
                checkpoint,
            },
        }
    }

    /// Everything a proof can hold.
    pub(super) fn full_proof(&self) -> Proof {
        let consistency = consistency_proof(&mut &self.ledger, TreeSize(5), TreeSize(7))
            .unwrap()
            .path;
        Proof {
            context: vec![self.record(5), self.record(200)],
            rendering: Some("<Event>\n\t<Data>\u{202e}\\</Data>\n</Event>".to_owned()),
            opened: Some(OpenedDigest {
                sha256: sha256(&self.file),
                nonce: self.hasher.nonce(),
            }),
            certificates: self.certificates.clone(),
            later: Some(LaterHead {
                consistency,
                checkpoint: self.head(7, &self.journal),
            }),
            ..self.proof(77)
        }
    }

    pub(super) fn trusted(&self) -> TrustedKeys {
        TrustedKeys(vec![self.custodian.verifying_key().clone()])
    }

    /// Records of both trees and the access lines, under the newest head.
    pub(super) fn batch(&self, numbers: &[usize], pairs: &[usize]) -> BatchProof {
        let (mut objects, mut leaves) = (Vec::new(), Vec::new());
        if !numbers.is_empty() {
            let records = numbers.iter().map(|number| ProvenRecord {
                path: Vec::new(),
                ..self.record(*number)
            });
            objects.push(self.proven_object(3, records.collect()));
            leaves.push(LeafIndex(3));
        }
        if !pairs.is_empty() {
            let records = pairs.iter().map(|pair| {
                let (first, second) = (self.places[pair * 2], self.places[pair * 2 + 1]);
                ProvenRecord {
                    offset: first.0 as u64,
                    raw: self.file[first.0..second.0 + second.1].to_vec(),
                    salt: self.rehasher.salt(first.0 as u64),
                    index: LeafIndex(*pair as u64),
                    path: Vec::new(),
                }
            });
            objects.push(self.proven_object(7, records.collect()));
            leaves.push(LeafIndex(7));
        }
        let lines = vec![
            ProvenLine {
                line: self.lines[5].clone(),
                document: Some((NONCE, DOCUMENT.to_owned())),
            },
            ProvenLine {
                line: self.lines[6].clone(),
                document: None,
            },
        ];
        leaves.extend([LeafIndex(5), LeafIndex(6)]);
        leaves.sort();
        let size = TreeSize(self.lines.len() as u64);
        BatchProof {
            objects,
            lines,
            hashes: shared_inclusion_proof(&mut &self.ledger, &leaves, size).unwrap(),
            custodian: self.custodian.verifying_key().clone(),
            certificates: self.certificates.clone(),
            later: None,
            checkpoint: self.head(size.0, &self.custodian),
        }
    }

    fn proven_object(&self, line: usize, proven: Vec<ProvenRecord>) -> ProvenObject {
        let (hasher, tree) = if line == self.object_line {
            (&self.hasher, &self.records)
        } else {
            (&self.rehasher, &self.reframed)
        };
        let leaves: Vec<LeafIndex> = proven.iter().map(|record| record.index).collect();
        ProvenObject {
            commitment: hasher.commitment(),
            records: tree.size(),
            opened: (line == self.object_line).then(|| OpenedDigest {
                sha256: sha256(&self.file),
                nonce: hasher.nonce(),
            }),
            line: self.lines[line].clone(),
            hashes: shared_inclusion_proof(&mut &*tree, &leaves, tree.size()).unwrap(),
            proven,
        }
    }
}

/// Flips bits of every byte of a proof's text but those in `unproven`, and cuts the text everywhere: whatever still
/// parses must not check. `read` parses, and checks with trusted keys or without.
pub(super) fn every_flip_and_cut_is_refused(
    text: &str,
    unproven: &std::ops::Range<usize>,
    read: impl Fn(&str, bool) -> Result<Result<(), ProofError>, ProofError>,
) {
    let mut parsed = 0;
    for at in (0..text.len()).filter(|at| !unproven.contains(at)) {
        for bit in [0, 1, 5] {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            if let Ok(checked) = read(&changed, true) {
                parsed += 1;
                assert!(checked.is_err(), "byte {at}, bit {bit}");
            }
        }
    }
    assert!(
        parsed > 100,
        "flips must also reach the check itself, {parsed} did"
    );
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let refused = read(&text[..cut], false).and_then(|checked| checked).is_err();
        assert!(refused, "cut at {cut}");
    }
}
