//! The proof of one record, from object, tree, secret and ledger; Parquet is never asked.

use letopis_seal::certificate::KeyRole;
use letopis_seal::proof::{LaterHead, OpenedDigest, ProvenRecord};
use letopis_seal::tree::ProveError;
use letopis_seal::{
    LeafIndex, ObjectCommitment, Proof, RecordHasher, Sha256Digest, SignedCheckpoint, TiledTree, TlogProof,
    TreeSize, consistency_proof, inclusion_proof,
};

use crate::ledger::Ledger;
use crate::object::{ObjectInfo, ObjectReader, TreeInfo};
use crate::tree::{RecordSpan, TreeReader};
use crate::vault::Vault;
use crate::{Error, Result};

/// What a proof is to show beside the record.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions {
    /// The SHA-256 of the whole object: it lets anyone confirm a guess about the rest of a small one.
    pub with_file_digest: bool,
    /// Offsets of other records of the same object that the record refers to.
    pub context: Vec<u64>,
    /// How a program read the record; proven by nothing.
    pub rendering: Option<String>,
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

    /// The proof of the record that holds the cited byte.
    pub fn proof(&self, object: &[u8; 10], offset: u64, options: &ProofOptions) -> Result<Proof> {
        let name = || format!("{}-{offset:x}", crate::digest::hex(object));
        let found = self.resolve(object, offset)?;
        let found = found.ok_or_else(|| Error::NotFound {
            what: "record",
            name: name(),
        })?;
        let info = found.object.trees.iter().find(|tree| tree.number == found.tree);
        let info = info.ok_or_else(|| Error::NotFound {
            what: "record tree",
            name: name(),
        })?;
        let prover = self.prover(&found.object, info)?;
        let mut context = Vec::new();
        for offset in &options.context {
            let span = prover.tree.find(*offset)?;
            let span = span.ok_or_else(|| Error::NotFound {
                what: "record at byte",
                name: offset.to_string(),
            })?;
            context.push(prover.record(span)?);
        }
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
            custodian: ledger
                .authority()
                .first
                .clone()
                .ok_or(Error::NoKey(KeyRole::Custodian))?,
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
    /// The leaf hashes of one run of 256 records, made again from their bytes.
    fn leaves(&self, run: u64) -> Result<Vec<Sha256Digest>> {
        let spans = self.tree.run(run)?;
        let mut bytes = Vec::new();
        let mut leaves = Vec::with_capacity(spans.len());
        for span in spans {
            self.reader.read_range(span.offset, span.length, &mut bytes)?;
            leaves.push(self.hasher.leaf(span.offset, &bytes));
        }
        Ok(leaves)
    }

    fn record(&self, span: RecordSpan) -> Result<ProvenRecord> {
        let size = TreeSize(self.tree.records());
        let mut tiled = TiledTree::new(size, &self.runs, |run| self.leaves(run));
        let proof = inclusion_proof(&mut tiled, LeafIndex(span.index), size);
        let proof = proof.map_err(|error| Error::Damaged {
            path: format!("record tree of {} records", size.0),
            offset: Some(span.offset),
            expected: format!("a path for record {}", span.index),
            found: error.to_string(),
        })?;
        let mut raw = Vec::new();
        self.reader.read_range(span.offset, span.length, &mut raw)?;
        let salt = self.hasher.salt(span.offset);
        Ok(ProvenRecord {
            offset: span.offset,
            raw,
            salt,
            index: proof.index,
            path: proof.path,
        })
    }
}

/// The ledger line in the newest state that a custodian key signed, and the head if it is newer.
fn ledger_proof(ledger: &Ledger, seq: u64) -> Result<(TlogProof, Option<LaterHead>)> {
    let unproven = |reason: String| Error::Damaged {
        path: crate::layout::File::Entries.path(),
        offset: None,
        expected: format!("a state signed by the custodian with line {seq}"),
        found: reason,
    };
    let signed = newest_custodian_head(ledger, seq).ok_or_else(|| unproven("none".to_owned()))?;
    let size = signed.checkpoint().size();
    let mut tree = ledger.tree();
    let path = inclusion_proof(&mut tree, LeafIndex(seq), size)
        .map_err(|error: ProveError<_>| unproven(error.to_string()))?
        .path;
    let later = match ledger.head().filter(|head| head.checkpoint().size() > size) {
        None => None,
        Some(head) => {
            let proof = consistency_proof(&mut tree, size, head.checkpoint().size())
                .map_err(|error: ProveError<_>| unproven(error.to_string()))?;
            Some(LaterHead {
                consistency: proof.path,
                checkpoint: head.clone(),
            })
        }
    };
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
