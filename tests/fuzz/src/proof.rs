//! Proofs of records and of ledger lines.
//!
//! Whatever comes: nothing panics, what parses prints back byte for byte, and what is taken as proven under the key of the
//! frozen archives is true of them: the bytes stand there in a file, the line stands in the ledger, the digest is a file's.
//! The second reader of these texts, `check_proof.py`, is asked about everything under `kept/proof` by the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use letopis_seal::proof::{ProvenRecord, TrustedKeys};
use letopis_seal::{BatchProof, Proof, Sha256Digest};

use super::archive;

/// What is true of the frozen archives of one origin.
#[derive(Default)]
struct Truth {
    files: Vec<(Sha256Digest, Vec<u8>)>,
    lines: BTreeSet<String>,
}

fn truth() -> &'static BTreeMap<String, Truth> {
    static TRUTH: OnceLock<BTreeMap<String, Truth>> = OnceLock::new();
    TRUTH.get_or_init(|| {
        let mut truth: BTreeMap<String, Truth> = BTreeMap::new();
        for (name, files) in archive::all() {
            if name.starts_with("invalid/") {
                continue;
            }
            let memory = archive::backend(files);
            let vault = archive::open(&memory).expect("a frozen archive");
            let known = truth.entry(vault.config().origin()).or_default();
            for bytes in archive::objects(&vault).into_values() {
                known.files.push((letopis_seal::sha256(&bytes), bytes));
            }
            let lines = String::from_utf8_lossy(&files["ledger/entries.jsonl"]).into_owned();
            known.lines.extend(lines.lines().map(str::to_owned));
        }
        truth
    })
}

/// The key that the one who checks knows from elsewhere: the custodian's of the frozen archives.
pub fn trusted() -> TrustedKeys {
    let keys = archive::keys();
    let custodian = keys
        .public()
        .find(|(role, _)| *role == letopis_vault::KeyRole::Custodian);
    TrustedKeys(vec![custodian.expect("a custodian").1.clone()])
}

/// Whether a text proves something under that key.
pub fn holds(text: &str) -> bool {
    let trusted = trusted();
    let one = Proof::parse(text).is_ok_and(|proof| proof.check(Some(&trusted)).is_ok());
    one || BatchProof::parse(text).is_ok_and(|proof| proof.check(Some(&trusted)).is_ok())
}

fn is_true(known: &Truth, file: Option<Sha256Digest>, records: &[&ProvenRecord]) {
    if let Some(digest) = file {
        assert!(
            known.files.iter().any(|(have, _)| *have == digest),
            "a file that never was: {digest}"
        );
    }
    let stands = |bytes: &[u8], record: &ProvenRecord| {
        let end = record.offset.checked_add(record.raw.len() as u64);
        end.and_then(|end| bytes.get(usize::try_from(record.offset).ok()?..usize::try_from(end).ok()?))
            == Some(record.raw.as_slice())
    };
    // All records of one tree stand in one file.
    let found = known.files.iter().any(|(have, bytes)| {
        file.is_none_or(|digest| digest == *have) && records.iter().all(|record| stands(bytes, record))
    });
    assert!(found, "records that never were");
}

fn one(text: &str, trusted: &TrustedKeys) {
    let Ok(proof) = Proof::parse(text) else { return };
    assert_eq!(proof.to_text(), text, "a proof prints back otherwise");
    let _ = proof.check(None);
    let Ok(checked) = proof.check(Some(trusted)) else {
        return;
    };
    let known = truth().get(&checked.archive).expect("an archive that never was");
    assert!(
        known.lines.contains(&proof.line),
        "a line that never was: {}",
        proof.line
    );
    let records: Vec<&ProvenRecord> = [&proof.record].into_iter().chain(&proof.context).collect();
    is_true(known, checked.file_sha256, &records);
    assert_eq!(checked.record.offset, proof.record.offset);
    assert_eq!(checked.record.length, proof.record.raw.len() as u64);
}

fn many(text: &str, trusted: &TrustedKeys) {
    let Ok(proof) = BatchProof::parse(text) else {
        return;
    };
    assert_eq!(proof.to_string(), text, "a proof prints back otherwise");
    let _ = proof.check(None);
    let Ok(checked) = proof.check(Some(trusted)) else {
        return;
    };
    let known = truth().get(&checked.archive).expect("an archive that never was");
    for (object, shown) in proof.objects.iter().zip(&checked.objects) {
        assert!(
            known.lines.contains(&object.line),
            "a line that never was: {}",
            object.line
        );
        is_true(
            known,
            shown.file_sha256,
            &object.proven.iter().collect::<Vec<_>>(),
        );
    }
    for line in &proof.lines {
        assert!(
            known.lines.contains(&line.line),
            "a line that never was: {}",
            line.line
        );
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let trusted = trusted();
    one(text, &trusted);
    many(text, &trusted);
}

/// Proofs of every record and every line of the frozen archives that are whole.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    for (name, files) in archive::all()
        .iter()
        .filter(|(name, _)| name.starts_with("valid/"))
    {
        let memory = archive::backend(files);
        let vault = archive::open(&memory).expect("a frozen archive");
        let mut cited = Vec::new();
        for object in vault.objects().expect("objects") {
            let prefix = *object.sha256.0.first_chunk::<10>().expect("ten bytes");
            let Some(info) = object.trees.last() else { continue };
            let tree = vault.tree(object, info.number).expect("a tree");
            let each = &mut |span: letopis_vault::RecordSpan| {
                cited.push((prefix, span.offset));
                cited.len() < 40
            };
            tree.for_each(0, each).expect("records");
        }
        for (number, (object, offset)) in cited.iter().enumerate().take(8) {
            let text = vault.prove(object, *offset, number % 2 == 0);
            seeds.insert(text.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
        if !cited.is_empty() {
            let few = &cited[..cited.len().min(3)];
            seeds.insert(vault.prove_many(few, true).expect("a proof").to_string());
            seeds.insert(vault.prove_many(&cited, false).expect("a proof").to_string());
        }
        let lines = (0..vault.size()).collect();
        seeds.insert(vault.prove_lines(&lines).expect("a proof").to_string());
        seeds.insert(vault.prove_lines(&[0].into()).expect("a proof").to_string());
    }
    seeds.into_iter().map(String::into_bytes).collect()
}
