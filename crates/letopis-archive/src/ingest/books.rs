//! What a commit is made of: the entries that wait for it, and the manifest that goes with them.

use std::time::{Duration, Instant};

use letopis_vault::{EntryKind, NewEntry, Receipt};
use serde_json::{Map, json};

use super::{Finished, IngestOutcome, Run};
use crate::error::{ArchiveError, Result};
use crate::lanes::Lanes;
use crate::manifest::{FileRecord, FileStatus, Manifest};
use crate::supersede::give_way;

/// Bytes of input after which a commit is made at the next end of a file.
const COMMIT_BYTES: u64 = 256 << 20;
/// Files after which a commit is made: its manifest and entries are made in memory.
const COMMIT_FILES: usize = 4096;
/// Time after which a commit is made at the next end of a file.
const COMMIT_TIME: Duration = Duration::from_secs(60);
/// Version of the manifest document.
const MANIFEST_VERSION: u32 = 1;

/// What waits for the next commit, and what was committed.
pub(super) struct Books<'r, 'v> {
    run: &'r Run<'v>,
    entries: Vec<NewEntry>,
    pending: Vec<FileRecord>,
    pending_bytes: u64,
    since: Instant,
    part: u32,
    files: Vec<FileRecord>,
    segments: u64,
    rows: u64,
    superseded: u64,
    receipt: Option<Receipt>,
}

impl<'r, 'v> Books<'r, 'v> {
    pub(super) fn new(run: &'r Run<'v>) -> Self {
        Self {
            run,
            entries: Vec::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            since: Instant::now(),
            part: 0,
            files: Vec::new(),
            segments: 0,
            rows: 0,
            superseded: 0,
            receipt: None,
        }
    }

    pub(super) fn enter(&mut self, finished: Finished) {
        if let Some(container) = finished.container {
            self.entries.push(NewEntry::object(
                container,
                None,
                Some(json!({ "role": "container" })),
            ));
        }
        for (object, tree) in finished.objects {
            self.entries
                .push(NewEntry::object(object, tree, Some(json!({ "role": "content" }))));
        }
        self.pending_bytes += finished.record.bytes;
        self.pending.push(finished.record);
    }

    pub(super) fn is_due(&self) -> bool {
        self.pending_bytes >= COMMIT_BYTES
            || self.pending.len() >= COMMIT_FILES
            || self.since.elapsed() >= COMMIT_TIME
    }

    pub(super) fn commit(&mut self, lanes: &Lanes<'_>, last: bool) -> Result<()> {
        let closed = lanes.flush()?;
        self.part += 1;
        let manifest = Manifest {
            version: MANIFEST_VERSION,
            run: self.run.id.clone(),
            part: self.part,
            last,
            started: self.run.options.now,
            acquisition: self.run.options.acquisition.clone(),
            descriptions: self.run.descriptions.used_by(&self.pending),
            files: std::mem::take(&mut self.pending),
        };
        let mut entries = std::mem::take(&mut self.entries);
        for segment in closed {
            self.segments += 1;
            self.rows += segment.rows;
            entries.push(segment.entry);
        }
        let objects = manifest.files.iter().flat_map(|f| &f.objects);
        let ends: Vec<_> = objects
            .filter(|o| !o.known)
            .filter_map(|o| o.supersedes.clone())
            .collect();
        let replaced = give_way(self.run.vault, &ends)?;
        self.superseded += replaced.rows;
        entries.extend(replaced.entries);
        entries.push(ingest_entry(&manifest, replaced.rows)?);
        self.receipt = Some(self.run.vault.commit(entries, self.run.options.now)?);
        self.files.extend(manifest.files);
        self.pending_bytes = 0;
        self.since = Instant::now();
        Ok(())
    }

    pub(super) fn close(self) -> Result<IngestOutcome> {
        Ok(IngestOutcome {
            files: self.files,
            segments: self.segments,
            rows: self.rows,
            superseded: self.superseded,
            // The last commit is made whatever was found.
            receipt: self.receipt.ok_or(ArchiveError::Stopped)?,
        })
    }
}

fn ingest_entry(manifest: &Manifest, superseded: u64) -> Result<NewEntry> {
    let count = |status: FileStatus| manifest.files.iter().filter(|f| f.status == status).count() as u64;
    let mut fields = Map::new();
    fields.insert("run".to_owned(), manifest.run.clone().into());
    fields.insert("part".to_owned(), manifest.part.into());
    fields.insert("last".to_owned(), manifest.last.into());
    fields.insert("files".to_owned(), (manifest.files.len() as u64).into());
    for status in [
        FileStatus::New,
        FileStatus::Known,
        FileStatus::Grown,
        FileStatus::Changed,
        FileStatus::Refused,
    ] {
        fields.insert(format!("files_{}", status.as_str()), count(status).into());
    }
    fields.insert(
        "bytes".to_owned(),
        manifest.files.iter().map(|f| f.bytes).sum::<u64>().into(),
    );
    fields.insert(
        "records".to_owned(),
        manifest.files.iter().map(FileRecord::records).sum::<u64>().into(),
    );
    fields.insert(
        "unparsed".to_owned(),
        manifest
            .files
            .iter()
            .map(FileRecord::unparsed)
            .sum::<u64>()
            .into(),
    );
    fields.insert("superseded".to_owned(), superseded.into());
    let detail = serde_json::to_value(manifest).map_err(|e| ArchiveError::Document {
        seq: 0,
        problem: e.to_string(),
    })?;
    Ok(NewEntry::new(EntryKind::Ingest, fields, Some(detail)))
}
