//! Tests over whole archives, in memory. [`run`] is the one door: it makes an archive, takes text in, reads.

use std::io::Write;
use std::sync::Arc;

use letopis_seal::EntryKind;
use serde_json::{Map, json};

use crate::*;

mod access;
mod anchors;
mod archive;
mod attachments;
mod attacks;
mod copies;
mod faults;
mod flips;
mod keys;
mod removal;
mod repair;
mod seconds;
mod speed;

/// 30 April 2026, 08:00 UTC.
pub(crate) const NOW: Micros = 1_777_536_000_000_000;

/// Takes texts in: each is an object whose lines are its records, with one segment for all of them. Texts that the
/// archive has are passed over, as an intake would.
pub(crate) fn ingest(writer: &VaultWriter, texts: &[&str]) -> Result<Option<Receipt>> {
    let (mut entries, mut rows) = (Vec::new(), 0);
    for text in texts {
        let mut object = writer.object_writer()?;
        object
            .write_all(text.as_bytes())
            .map_err(|error| crate::backend::io_error("object", "write", error))?;
        let stored = object.finish()?;
        if !stored.is_new() {
            continue;
        }
        let mut tree = writer.tree_writer(&stored)?;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let record = line.trim_end_matches('\n');
            if !record.is_empty() {
                tree.record(at, record.as_bytes())?;
                rows += 1;
            }
            at += line.len() as u64;
        }
        let tree = tree.finish()?;
        entries.push(NewEntry::object(
            stored,
            Some(tree),
            Some(json!({ "path": "/var/log/auth.log" })),
        ));
    }
    if entries.is_empty() {
        return Ok(None);
    }
    let mut segment = writer.segment_writer()?;
    let failed = |error| crate::backend::io_error("segment", "write", error);
    segment
        .part(SegmentPart::Parquet)?
        .write_all(b"PAR1 opaque to the vault PAR1")
        .map_err(failed)?;
    segment
        .part(SegmentPart::Index)?
        .write_all(b"index")
        .map_err(failed)?;
    entries.push(NewEntry::segment(
        segment.finish(rows)?,
        Some(json!({ "sources": ["srv1"] })),
    ));
    let fields = Map::from_iter([("files".to_owned(), json!(texts.len()))]);
    entries.push(NewEntry::new(
        EntryKind::Ingest,
        fields,
        Some(json!({ "operator": "Иванова" })),
    ));
    writer.commit(entries, NOW + 1).map(Some)
}

/// Reads once, as a query would.
pub(crate) fn read_once(vault: &Vault, keys: &Keys) -> Result<()> {
    let intent = AccessIntent {
        basis: Basis::OsAccount,
        detail: json!({ "query": "SELECT 1" }),
    };
    let token = vault.begin_access(&intent, &keys.only(KeyRole::Journal), NOW + 2)?;
    let result = AccessResult {
        rows: 1,
        rows_sha256: None,
        ended: "complete".to_owned(),
    };
    vault.finish_access(token, &result, &keys.only(KeyRole::Journal), NOW + 3)
}

pub(crate) fn config() -> Config {
    Config {
        custodian: "A. Serikova".to_owned(),
        time_zone: "Asia/Almaty".to_owned(),
        ..Config::new("Test")
    }
}

/// Makes the archive or opens it, takes the texts in, reads once.
pub(crate) fn run(backend: &Arc<dyn Backend>, keys: &Keys, texts: &[&str]) -> Result<()> {
    let writer = match VaultWriter::open(Arc::clone(backend), keys.clone(), NOW) {
        Err(Error::NotAnArchive(_)) => VaultWriter::create(
            Arc::clone(backend),
            config(),
            keys.clone(),
            Some(json!({ "program": "test" })),
            NOW,
        )?,
        other => other?,
    };
    ingest(&writer, texts)?;
    writer.write_catalogue(b"a catalogue")?;
    read_once(&writer.vault(), keys)
}

pub(crate) const TEXTS: &[&str] = &[
    "Apr 30 07:59:58 srv1 sshd[812]: Failed password for root from 10.0.0.7 port 4022 ssh2\n\
     Apr 30 08:00:01 srv1 sshd[812]: Accepted password for иванов from 10.0.0.7 port 4022 ssh2\n",
    "one line\n\nand another without an end",
];

/// An archive in memory with two objects, one segment, one access.
pub(crate) fn archive() -> (Arc<MemoryBackend>, Keys) {
    let (backend, keys) = (Arc::new(MemoryBackend::default()), Keys::generate().unwrap());
    run(&(Arc::clone(&backend) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    (backend, keys)
}

pub(crate) fn check(backend: &Arc<MemoryBackend>) -> Verification {
    let backend = Arc::clone(backend) as Arc<dyn Backend>;
    verify(
        &backend,
        &VerifyOptions {
            threads: 1,
            ..VerifyOptions::default()
        },
        &(),
    )
    .unwrap()
}

pub(crate) fn open(backend: &Arc<MemoryBackend>) -> Vault {
    Vault::open(Arc::clone(backend) as Arc<dyn Backend>).unwrap()
}

pub(crate) fn write(backend: &Arc<MemoryBackend>, keys: &Keys) -> Result<VaultWriter> {
    VaultWriter::open(Arc::clone(backend) as Arc<dyn Backend>, keys.clone(), NOW + 10)
}

/// The public journal key among some keys.
pub(crate) fn journal_of(keys: &Keys) -> &VerifyingKey {
    keys.public()
        .find(|(role, _)| *role == KeyRole::Journal)
        .unwrap()
        .1
}

/// `kind where` of each finding.
pub(crate) fn findings(verification: &Verification) -> Vec<String> {
    verification
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.kind.as_str(), finding.place))
        .collect()
}
