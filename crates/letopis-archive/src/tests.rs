//! Tests over whole archives in memory. [`life`] is the one door: it opens or makes an archive and takes a folder in.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use letopis_table::{RowView, SegmentReader};
use letopis_vault::{Backend, Config, Error, Keys, MemoryBackend, SegmentPart, Vault, VaultWriter};

use crate::*;

mod circular;
mod compaction;
mod described;
mod faults;
mod lives;

/// 30 April 2026, 08:00 UTC.
const NOW: i64 = 1_777_536_000_000_000;

const AUTH: &str = "Jan  5 10:00:00 web1 sshd[100]: Failed password for root from 203.0.113.5 port 4000 ssh2\n\
                    Jan  5 10:00:03 web1 sshd[100]: Accepted password for anna from 203.0.113.6 port 4001 ssh2\n";

/// Takes `input` into the archive at `backend`, which is made where there is none.
fn life(backend: Arc<dyn Backend>, keys: &Keys, input: &Path, now: i64) -> Result<IngestOutcome> {
    let writer = match VaultWriter::open(Arc::clone(&backend), keys.clone(), now) {
        Err(Error::NotAnArchive(_)) => {
            VaultWriter::create(backend, Config::new("test"), keys.clone(), None, now)?
        }
        opened => opened?,
    };
    let options = IngestOptions {
        inputs: vec![input.to_owned()],
        threads: 1,
        now,
        ..IngestOptions::default()
    };
    ingest(&writer, options, &())
}

/// A folder with a plain log, one whose last record is not complete, and a container.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("auth.log"), AUTH).unwrap();
    let open = AUTH.replace("web1", "db1");
    std::fs::write(folder.path().join("open.log"), &open[..open.len() - 9]).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder
        .write_all(AUTH.replace("Jan  5", "Feb  6").as_bytes())
        .unwrap();
    std::fs::write(folder.path().join("old.log.gz"), encoder.finish().unwrap()).unwrap();
    folder
}

/// What must be equal between two runs over the same input: object digests, records, rows without `ingested`.
fn content(backend: &Arc<MemoryBackend>) -> Vec<String> {
    let vault = Vault::open(Arc::clone(backend) as Arc<dyn Backend>).unwrap();
    let mut content = Vec::new();
    for object in vault.objects().unwrap() {
        let mut line = object.sha256.to_string();
        if let Ok(tree) = vault.tree(object, 1) {
            tree.for_each(0, &mut |span| {
                line.push_str(&format!(" {}+{}", span.offset, span.length));
                true
            })
            .unwrap();
        }
        content.push(line);
    }
    for segment in vault.segments().unwrap() {
        let file = vault.segment_file(&segment.id, SegmentPart::Parquet).unwrap();
        let bytes = bytes::Bytes::from(file.read_all().unwrap());
        for batch in SegmentReader::open(bytes).unwrap().batches(None, None).unwrap() {
            let batch = batch.unwrap();
            for row in RowView::all(&batch) {
                let mut line = String::new();
                for field in row.schema().fields() {
                    let name = field.name().as_str();
                    if let Some(value) = row
                        .display(name)
                        .filter(|_| name != "ingested" && name != "attrs")
                    {
                        line.push_str(&format!("{name}={value} "));
                    }
                }
                for (name, value) in row.attrs() {
                    line.push_str(&format!("{name}={value} "));
                }
                content.push(line);
            }
        }
    }
    content.sort_unstable();
    content
}

/// Expects an archive without findings, or none at all.
#[track_caller]
fn clean(backend: &Arc<MemoryBackend>, rederive: bool, what: &str) {
    let options = CheckOptions {
        rederive,
        threads: 1,
        ..CheckOptions::default()
    };
    match check(&(Arc::clone(backend) as Arc<dyn Backend>), &options, &()) {
        Ok(outcome) => assert!(outcome.ok, "{what}: {:?}", outcome.findings),
        Err(ArchiveError::Vault(Error::NotAnArchive(_))) => {}
        Err(error) => panic!("{what}: {error}"),
    }
}
