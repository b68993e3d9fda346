//! The proof of one record, from object, tree, secret and ledger; Parquet is never asked.

use std::collections::{BTreeMap, BTreeSet};

use letopis_seal::certificate::KeyRole;
use letopis_seal::key::VerifyingKey;
use letopis_seal::proof::batch::{ProvenLine, ProvenObject};
use letopis_seal::proof::{LaterHead, OpenedDigest, ProvenRecord};
use letopis_seal::tree::ProveError;
use letopis_seal::{
    BatchProof, LeafBatch, LeafIndex, ObjectCommitment, Proof, RecordHasher, Sha256Digest, SignedCheckpoint,
    TiledTree, TlogProof, TreeSize, consistency_proof, inclusion_proof, shared_inclusion_proof,
};

use crate::ledger::Ledger;
use crate::object::{ObjectInfo, ObjectReader, TreeInfo};
use crate::tree::{RecordSpan, TreeReader};
use crate::vault::{Resolved, Vault};
use crate::{Error, Result};

/// What a proof is to show beside the record.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions {
    /// The SHA-256 of the whole object: it lets anyone confirm a guess about the rest of a small one.
    pub with_file_digest: bool,
    /// Bytes of the same object in other records that the record refers to: those records are shown and proven too.
    pub context: Vec<u64>,
    /// How a program read the record; proven by nothing.
    pub rendering: Option<String>,
}

/// What is to be proven of one tree.
struct Wanted {
    object: ObjectInfo,
    tree: TreeInfo,
    /// By number.
    records: BTreeMap<u64, RecordSpan>,
}

impl Wanted {
    fn new(object: ObjectInfo, tree: TreeInfo) -> Self {
        Self {
            object,
            tree,
            records: BTreeMap::new(),
        }
    }
}

/// What is needed to prove records of one tree.
struct Prover {
    reader: ObjectReader,
    tree: TreeReader,
    hasher: RecordHasher,
    runs: Vec<Sha256Digest>,
}

impl Vault {
    /// The proof text of the record that holds the cited byte. `with_file_digest` adds the SHA-256 of the object.
    pub fn prove(&self, object: &[u8; 10], offset: u64, with_file_digest: bool) -> Result<String> {
        let options = ProofOptions {
            with_file_digest,
            ..ProofOptions::default()
        };
        self.proof(object, offset, &options).map(|proof| proof.to_text())
    }

    /// The proof of the records that hold the cited bytes, as one text with shared paths. A record that is cited
    /// twice stands there once. `with_file_digest` shows the SHA-256 of their objects too.
    pub fn prove_many(&self, cited: &[([u8; 10], u64)], with_file_digest: bool) -> Result<BatchProof> {
        let mut trees: BTreeMap<u64, Wanted> = BTreeMap::new();
        for (object, offset) in cited {
            let (found, info) = self.cited(object, *offset)?;
            let wanted = trees
                .entry(info.seq)
                .or_insert_with(|| Wanted::new(found.object, info));
            wanted.records.insert(found.record.index, found.record);
        }
        self.prove_trees(&trees, with_file_digest)
    }

    /// The proof that whole objects, by the positions of their lines in the ledger, were taken in: their digests, and
    /// no record.
    pub fn prove_objects(&self, seqs: &BTreeSet<u64>) -> Result<BatchProof> {
        let mut trees: BTreeMap<u64, Wanted> = BTreeMap::new();
        for seq in seqs {
            let object = self.object_by_seq(*seq)?.cloned();
            let tree = object.as_ref().and_then(|object| object.tree().cloned());
            let (Some(object), Some(tree)) = (object, tree) else {
                let (what, name) = ("file with a record tree at ledger line", seq.to_string());
                return Err(Error::NotFound { what, name });
            };
            trees.insert(tree.seq, Wanted::new(object, tree));
        }
        self.prove_trees(&trees, true)
    }

    fn prove_trees(&self, trees: &BTreeMap<u64, Wanted>, with_file_digest: bool) -> Result<BatchProof> {
        let mut objects = Vec::with_capacity(trees.len());
        for wanted in trees.values() {
            objects.push(self.proven_object(wanted, with_file_digest)?);
        }
        let ledger = self.ledger();
        let last = trees.keys().next_back().copied().unwrap_or_default();
        let checkpoint = newest_custodian_head(ledger, last);
        let checkpoint = checkpoint.ok_or_else(|| unproven(last, "none".to_owned()))?;
        let leaves: Vec<LeafIndex> = trees.keys().map(|seq| LeafIndex(*seq)).collect();
        batch(ledger, objects, Vec::new(), &leaves, checkpoint)
    }

    /// The proof of ledger lines in the newest state, with the documents that they commit to where they are still
    /// there. Ascending, each once.
    pub fn prove_lines(&self, seqs: &BTreeSet<u64>) -> Result<BatchProof> {
        let ledger = self.ledger();
        let mut lines = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let line = ledger.line(*seq).ok_or_else(|| Error::NotFound {
                what: "ledger line",
                name: seq.to_string(),
            })?;
            lines.push(ProvenLine {
                line: String::from_utf8_lossy(line).into_owned(),
                document: self.opened_detail(*seq)?,
            });
        }
        let checkpoint = ledger
            .head()
            .cloned()
            .ok_or_else(|| unproven(0, "none".to_owned()))?;
        let leaves: Vec<LeafIndex> = seqs.iter().map(|seq| LeafIndex(*seq)).collect();
        batch(ledger, Vec::new(), lines, &leaves, checkpoint)
    }

    fn proven_object(&self, wanted: &Wanted, with_file_digest: bool) -> Result<ProvenObject> {
        let prover = self.prover(&wanted.object, &wanted.tree)?;
        let size = TreeSize(wanted.tree.records);
        let leaves: Vec<LeafIndex> = wanted.records.keys().map(|index| LeafIndex(*index)).collect();
        let mut tiled = TiledTree::of_level(prover.tree.run_level(), size, &prover.runs, |run| {
            prover.leaves(run)
        });
        let hashes = shared_inclusion_proof(&mut tiled, &leaves, size);
        let hashes = hashes.map_err(|error| no_path(size, None, error.to_string()))?;
        let mut proven = Vec::with_capacity(leaves.len());
        for span in wanted.records.values() {
            proven.push(prover.bytes_of(*span, Vec::new())?);
        }
        let line = self.ledger().line(wanted.tree.seq).unwrap_or_default();
        Ok(ProvenObject {
            commitment: ObjectCommitment(wanted.tree.commitment),
            records: size,
            opened: with_file_digest.then(|| OpenedDigest {
                sha256: wanted.object.sha256,
                nonce: prover.hasher.nonce(),
            }),
            line: String::from_utf8_lossy(line).into_owned(),
            hashes,
            proven,
        })
    }

    /// Where a citation leads, and the tree it leads into.
    fn cited(&self, object: &[u8; 10], offset: u64) -> Result<(Resolved, TreeInfo)> {
        let name = || format!("{}-{offset:x}", crate::digest::hex(object));
        let found = self.resolve(object, offset)?.ok_or_else(|| Error::NotFound {
            what: "record",
            name: name(),
        })?;
        let info = found.object.trees.iter().find(|tree| tree.number == found.tree);
        let info = info.cloned().ok_or_else(|| Error::NotFound {
            what: "record tree",
            name: name(),
        })?;
        Ok((found, info))
    }

    /// The proof of the record that holds the cited byte.
    pub fn proof(&self, object: &[u8; 10], offset: u64, options: &ProofOptions) -> Result<Proof> {
        let (found, info) = self.cited(object, offset)?;
        let prover = self.prover(&found.object, &info)?;
        // Several places may lie in one record, or in the record itself.
        let mut around = BTreeMap::new();
        for offset in &options.context {
            let span = prover.tree.find(*offset)?;
            let span = span.ok_or_else(|| Error::NotFound {
                what: "record at byte",
                name: offset.to_string(),
            })?;
            around.insert(span.index, span);
        }
        around.remove(&found.record.index);
        let context = around.into_values().map(|span| prover.record(span));
        let context = context.collect::<Result<Vec<_>>>()?;
        let ledger = self.ledger();
        let opened = OpenedDigest {
            sha256: found.object.sha256,
            nonce: prover.hasher.nonce(),
        };
        let (tlog, later) = ledger_proof(ledger, info.seq)?;
        let line = ledger.line(info.seq).unwrap_or_default();
        Ok(Proof {
            record: prover.record(found.record)?,
            context,
            rendering: options.rendering.clone(),
            commitment: ObjectCommitment(info.commitment),
            records: TreeSize(info.records),
            opened: options.with_file_digest.then_some(opened),
            line: String::from_utf8_lossy(line).into_owned(),
            custodian: first_custodian(ledger)?,
            certificates: ledger.authority().certificates.clone(),
            later,
            ledger: tlog,
        })
    }

    fn prover(&self, object: &ObjectInfo, info: &TreeInfo) -> Result<Prover> {
        let hasher = RecordHasher::new(&self.secret(info.seq)?, &object.sha256);
        if hasher.commitment().0 != info.commitment {
            return Err(Error::Damaged {
                path: crate::layout::File::Entries.path(),
                offset: None,
                expected: format!("commitment {} of entry {}", hasher.commitment().0, info.seq),
                found: info.commitment.to_string(),
            });
        }
        let tree = self.tree(object, info.number)?;
        let runs = tree.runs()?;
        Ok(Prover {
            reader: self.object_reader(object)?,
            tree,
            hasher,
            runs,
        })
    }
}

impl Prover {
    /// The leaf hashes of one run of records, made again from their bytes.
    fn leaves(&self, run: u64) -> Result<Vec<Sha256Digest>> {
        let spans = self.tree.run(run)?;
        let (mut bytes, mut batch) = (Vec::new(), LeafBatch::new());
        for span in spans {
            self.reader.read_range(span.offset, span.length, &mut bytes)?;
            batch.push(&self.hasher, span.offset, &bytes);
        }
        Ok(batch.leaves(&self.hasher).to_vec())
    }

    fn record(&self, span: RecordSpan) -> Result<ProvenRecord> {
        let size = TreeSize(self.tree.records());
        let mut tiled = TiledTree::of_level(self.tree.run_level(), size, &self.runs, |run| self.leaves(run));
        let proof = inclusion_proof(&mut tiled, LeafIndex(span.index), size);
        let proof = proof.map_err(|error| no_path(size, Some(span.offset), error.to_string()))?;
        self.bytes_of(span, proof.path)
    }

    fn bytes_of(&self, span: RecordSpan, path: Vec<Sha256Digest>) -> Result<ProvenRecord> {
        let mut raw = Vec::new();
        self.reader.read_range(span.offset, span.length, &mut raw)?;
        let salt = self.hasher.salt(span.offset);
        Ok(ProvenRecord {
            offset: span.offset,
            raw,
            salt,
            index: LeafIndex(span.index),
            path,
        })
    }
}

fn no_path(size: TreeSize, offset: Option<u64>, found: String) -> Error {
    Error::Damaged {
        path: format!("record tree of {size} records"),
        offset,
        expected: "paths for its records".to_owned(),
        found,
    }
}

/// Lines and objects under one checkpoint.
fn batch(
    ledger: &Ledger,
    objects: Vec<ProvenObject>,
    lines: Vec<ProvenLine>,
    leaves: &[LeafIndex],
    checkpoint: SignedCheckpoint,
) -> Result<BatchProof> {
    let size = checkpoint.checkpoint().size();
    let hashes = shared_inclusion_proof(&mut ledger.tree(), leaves, size);
    let last = leaves.last().map_or(0, |leaf| leaf.0);
    let hashes = hashes.map_err(|error: ProveError<_>| unproven(last, error.to_string()))?;
    Ok(BatchProof {
        objects,
        lines,
        hashes,
        custodian: first_custodian(ledger)?,
        certificates: ledger.authority().certificates.clone(),
        later: later_head(ledger, &checkpoint)?,
        checkpoint,
    })
}

fn first_custodian(ledger: &Ledger) -> Result<VerifyingKey> {
    let first = ledger.authority().first.clone();
    first.ok_or(Error::NoKey(KeyRole::Custodian))
}

fn unproven(seq: u64, found: String) -> Error {
    Error::Damaged {
        path: crate::layout::File::Entries.path(),
        offset: None,
        expected: format!("a state signed by the custodian with line {seq}"),
        found,
    }
}

/// The head, where it is newer than the checkpoint.
fn later_head(ledger: &Ledger, checkpoint: &SignedCheckpoint) -> Result<Option<LaterHead>> {
    let size = checkpoint.checkpoint().size();
    let Some(head) = ledger.head().filter(|head| head.checkpoint().size() > size) else {
        return Ok(None);
    };
    let proof = consistency_proof(&mut ledger.tree(), size, head.checkpoint().size());
    let proof = proof.map_err(|error: ProveError<_>| unproven(size.0, error.to_string()))?;
    Ok(Some(LaterHead {
        consistency: proof.path,
        checkpoint: head.clone(),
    }))
}

/// The ledger line in the newest state that a custodian key signed, and the head if it is newer.
fn ledger_proof(ledger: &Ledger, seq: u64) -> Result<(TlogProof, Option<LaterHead>)> {
    let signed = newest_custodian_head(ledger, seq).ok_or_else(|| unproven(seq, "none".to_owned()))?;
    let size = signed.checkpoint().size();
    let path = inclusion_proof(&mut ledger.tree(), LeafIndex(seq), size)
        .map_err(|error: ProveError<_>| unproven(seq, error.to_string()))?
        .path;
    let later = later_head(ledger, &signed)?;
    Ok((
        TlogProof {
            extra: None,
            index: LeafIndex(seq),
            path,
            checkpoint: signed,
        },
        later,
    ))
}

fn newest_custodian_head(ledger: &Ledger, seq: u64) -> Option<SignedCheckpoint> {
    let authority = ledger.authority();
    let later = authority.certificates.iter().map(|signed| signed.certificate());
    let later = later
        .filter(|certificate| certificate.role == KeyRole::Custodian)
        .map(|certificate| &certificate.key);
    let custodians: Vec<_> = authority.first.iter().chain(later).collect();
    let boundaries = ledger
        .commits()
        .iter()
        .map(|commit| commit.first)
        .chain([ledger.size()]);
    let sizes: Vec<u64> = boundaries.filter(|size| *size > seq).collect();
    sizes.into_iter().rev().find_map(|size| {
        ledger
            .head_at(size)
            .filter(|head| head.verify(custodians.iter().copied()).is_ok())
    })
}
