//! Detail documents and secrets of every commit, and the tables made from them.

use std::collections::BTreeSet;

use letopis_seal::entry::{detail_commitment, field};
use letopis_seal::{EntryKind, RecordHasher, Sha256Digest};
use serde_json::Value;

use super::Check;
use crate::digest::ShortId;
use crate::documents::{Details, Secrets};
use crate::finding::{Finding, FindingKind};
use crate::framed;
use crate::layout::File;
use crate::vault::{follow, object_info, segment_info, texts};
use crate::{Entry, Error, Result};

const REPAIR: &str = "letopis repair --from COPY, a second copy of this archive";

impl Check {
    /// Both files of every commit: whole, and opening what the lines commit to. Documents are let go commit by
    /// commit; what later checks need of them is kept in the tables.
    pub(super) fn documents(&mut self) {
        let ledger = std::sync::Arc::clone(&self.ledger);
        let commits = ledger.commits();
        for (place, commit) in commits.iter().enumerate() {
            let end = commits.get(place + 1).map_or(ledger.size(), |next| next.first);
            let details = commit.batch.and_then(|batch| self.read_batch(batch));
            self.open_commitments(commit.first, end, commit.batch, details.as_ref());
            self.collect(commit.first, end, details.as_ref());
        }
    }

    fn read_batch(&mut self, batch: ShortId) -> Option<Details> {
        let secrets = match Secrets::read(self.backend.as_ref(), batch) {
            Ok(secrets) => Some(secrets),
            Err(error) => {
                self.find_error(FindingKind::Secret, &error, REPAIR);
                None
            }
        };
        self.secrets.insert(batch, secrets);
        match self.read_details(batch) {
            Ok(details) => Some(details),
            Err(error) => {
                self.find_error(FindingKind::Detail, &error, REPAIR);
                None
            }
        }
    }

    /// Reads the documents as [`Details::read`] does, and checks every byte of the file besides.
    fn read_details(&self, batch: ShortId) -> Result<Details> {
        let file = File::Details(batch);
        let mut content = Vec::new();
        let check = framed::check(self.backend.as_ref(), &file, None, &mut |frame| {
            content.extend_from_slice(&frame.content.unwrap_or_default());
            Ok(())
        })?;
        let damaged = |offset: u64, expected: &str, found: String| Error::Damaged {
            path: file.path(),
            offset: Some(offset),
            expected: expected.to_owned(),
            found,
        };
        if let Some(bad) = check.bad.first() {
            return Err(damaged(
                bad.first,
                "a readable frame",
                format!("frame {}: {}", bad.number, bad.reason),
            ));
        }
        if !check.checksum {
            return Err(damaged(
                0,
                "frames that fit their checksum",
                "others with the same content".to_owned(),
            ));
        }
        let unfit = |at: usize| {
            damaged(
                at as u64,
                "a commitment and a document",
                "something else".to_owned(),
            )
        };
        Details::parse(content).map_err(unfit)
    }

    /// Opens the detail commitment of each line, and looks for documents and secrets that no line commits to.
    fn open_commitments(&mut self, first: u64, end: u64, batch: Option<ShortId>, details: Option<&Details>) {
        let (mut named, mut findings) = (BTreeSet::new(), Vec::new());
        for seq in first..end {
            let Ok(line) = self.ledger.entry(seq) else { return };
            if let Ok(commitment) = line.digest(field::COMMITMENT) {
                named.insert(commitment);
            }
            let Some(commitment) = line.detail else { continue };
            named.insert(commitment);
            findings.extend(self.open(seq, &commitment, batch, details));
        }
        self.report.findings.extend(findings);
        let Some(batch) = batch else { return };
        let secrets = self.secrets.get(&batch).and_then(Option::as_ref);
        let strange = |commitment: &&Sha256Digest| !named.contains(*commitment);
        let extra = [
            (
                FindingKind::Detail,
                File::Details(batch),
                details.and_then(|d| d.commitments().find(strange)),
            ),
            (
                FindingKind::Secret,
                File::Secrets(batch),
                secrets.and_then(|s| s.commitments().find(strange)),
            ),
        ];
        let findings = extra.into_iter().filter_map(|(kind, file, stranger)| {
            let expected = "only what a line of its commit commits to";
            Some(Finding::new(
                kind,
                file,
                expected,
                format!("also {}", stranger?),
                REPAIR,
            ))
        });
        let findings: Vec<_> = findings.collect();
        self.report.findings.extend(findings);
    }

    fn open(
        &self,
        seq: u64,
        commitment: &Sha256Digest,
        batch: Option<ShortId>,
        details: Option<&Details>,
    ) -> Option<Finding> {
        let Some(batch) = batch else {
            let expected = format!("the batch of the document of entry {seq}");
            return Some(Finding::new(
                FindingKind::Detail,
                File::Entries,
                expected,
                "none",
                REPAIR,
            ));
        };
        // A file that could not be read is a finding already.
        let details = details?;
        let secrets = self.secrets.get(&batch)?.as_ref()?;
        let (document, nonce) = (details.get(commitment), secrets.nonce(commitment));
        if self.forgotten.contains(&seq) {
            // Destroyed, or about to be by the next writer.
            return None;
        }
        let missing = |kind, file: File| {
            let expected = format!("{commitment} of entry {seq}");
            Some(Finding::new(kind, file, expected, "nothing of that name", REPAIR))
        };
        let Some(document) = document else {
            return missing(FindingKind::Detail, File::Details(batch));
        };
        let Some(nonce) = nonce else {
            return missing(FindingKind::Secret, File::Secrets(batch));
        };
        let found = detail_commitment(nonce, document);
        (found != *commitment).then(|| {
            let expected = format!("the document that opens {commitment} of entry {seq}");
            let found = format!("one that gives {found}: document or nonce was changed");
            Finding::new(FindingKind::Detail, File::Details(batch), expected, found, REPAIR)
        })
    }

    /// Takes objects, segments and configurations from the documents of one commit. Those whose documents are
    /// unreadable are left out, which is a finding already, and kept in mind.
    fn collect(&mut self, first: u64, end: u64, details: Option<&Details>) {
        for seq in first..end {
            let Ok(line) = self.ledger.entry(seq) else {
                continue;
            };
            let document = line.detail.and_then(|commitment| details?.get(&commitment));
            let document = document.and_then(|text| serde_json::from_slice::<Value>(text).ok());
            let entry = Entry::from(line);
            let Some(document) = document else {
                let wanted = !self.deleted.contains(&seq) && !self.forgotten.contains(&seq);
                if wanted {
                    self.unread.insert(seq);
                }
                continue;
            };
            match entry.kind {
                EntryKind::Object if !self.deleted.contains(&seq) => {
                    match object_info(&entry, Some(&document)) {
                        Ok(object) => {
                            let finding = self.check_commitment(seq, &object.sha256);
                            self.report.findings.extend(finding);
                            self.objects.add(object);
                        }
                        Err(error) => {
                            self.unread.insert(seq);
                            self.find_error(FindingKind::Detail, &error, REPAIR);
                        }
                    }
                }
                EntryKind::Segment => match segment_info(&entry, Some(&document)) {
                    Ok(segment) => self.segments.push(segment),
                    Err(error) => {
                        self.unread.insert(seq);
                        self.find_error(FindingKind::Detail, &error, REPAIR);
                    }
                },
                EntryKind::Create | EntryKind::Config => {
                    let text = document.get("toml").and_then(Value::as_str);
                    self.configs.extend(text.map(str::to_owned));
                }
                _ => {}
            }
        }
    }

    /// Adds later trees to the objects, and takes out what was retired.
    pub(super) fn tables(&mut self) {
        for entry in self.of_kind(EntryKind::Reframe) {
            follow(&mut self.objects, &entry);
            let object = entry.number("object").and_then(|seq| self.objects.by_seq(seq));
            let finding = object.and_then(|object| self.check_commitment(entry.seq, &object.sha256));
            self.report.findings.extend(finding);
        }
        let mut retired = BTreeSet::new();
        for kind in [EntryKind::Rebuild, EntryKind::Delete] {
            for entry in self.of_kind(kind) {
                retired.extend(texts(&entry, "retired"));
            }
        }
        self.segments.retain(|segment| !retired.contains(&segment.id));
    }

    /// The commitment of an object, or of a later tree over it, opened with its secret.
    fn check_commitment(&self, seq: u64, sha256: &Sha256Digest) -> Option<Finding> {
        let commitment = self.ledger.entry(seq).ok()?.digest(field::COMMITMENT).ok()?;
        let batch = self.ledger.commit_of(seq)?.batch?;
        // A file of secrets that could not be read is a finding already.
        let secret = self.secrets.get(&batch)?.as_ref()?.object(&commitment);
        let found = match secret.map(|secret| RecordHasher::new(&secret, sha256).commitment().0) {
            Some(opened) if opened == commitment => return None,
            Some(opened) => format!("one that gives {opened}"),
            None => "no secret".to_owned(),
        };
        let expected = format!("the secret that opens the commitment {commitment} of entry {seq}");
        Some(Finding::new(
            FindingKind::Secret,
            File::Secrets(batch),
            expected,
            found,
            REPAIR,
        ))
    }

    /// The secret of the tree that a line brought, when it can be read.
    pub(super) fn secret_of(&self, seq: u64) -> Option<letopis_seal::ObjectSecret> {
        let commitment = self.ledger.entry(seq).ok()?.digest(field::COMMITMENT).ok()?;
        let batch = self.ledger.commit_of(seq)?.batch?;
        self.secrets.get(&batch)?.as_ref()?.object(&commitment)
    }
}
