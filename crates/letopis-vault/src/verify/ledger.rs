//! Configuration, ledger, keys, and what crashes left.

use std::collections::BTreeSet;

use letopis_seal::{EntryKind, EntryTime, sha256};

use super::Check;
use crate::backend::{read, read_if_there};
use crate::finding::{Finding, FindingKind, RemovedByRecord};
use crate::layout::{Directory, File, join};
use crate::ledger::Tail;
use crate::vault::numbers;
use crate::writer::{CREATION_LINES, public_key_text};

impl Check {
    /// Lines, chain, root, head, signatures, authority, and what stands beyond the head.
    pub(super) fn ledger(&mut self) {
        self.report
            .findings
            .extend(self.ledger.problems().iter().cloned());
        self.report.findings.extend(self.ledger.check_authority());
        match self.ledger.tail(self.backend.as_ref()) {
            Ok(Tail::Clean) => {}
            Ok(Tail::Prepared(..)) => {
                let text = "a commit lacks its last step; the next writer takes it in";
                self.notice("unfinished-tail", File::Entries, text);
            }
            Ok(Tail::Unfinished(bytes)) if bytes.is_empty() => {
                let text = "a commit was begun and not written; the next writer clears it";
                self.notice("unfinished-tail", File::HeadNext, text);
            }
            Ok(Tail::Unfinished(bytes)) => self.unfinished(bytes.len()),
            Err(error) => self.find_error(FindingKind::Unreadable, &error, "make the file readable"),
        }
        self.times();
        self.dangling();
    }

    /// Bytes beyond the head. After a crash a prepared head is whole or absent: any other is no crash's work.
    fn unfinished(&mut self, bytes: usize) {
        let text = format!("{bytes} bytes of an unfinished commit; the next writer sets them aside");
        let prepared = read_if_there(self.backend.as_ref(), &File::HeadNext)
            .ok()
            .flatten();
        let readable = prepared.is_none_or(|bytes| match letopis_seal::SignedCheckpoint::parse(&bytes) {
            Ok(head) => self.ledger.authority().role_of(&head).is_ok(),
            Err(_) => false,
        });
        if readable {
            self.notice("unfinished-tail", File::Entries, text);
        } else {
            let expected = "the signed head of the unfinished commit";
            let repair = "the next writer sets the commit aside in ledger/torn";
            self.find(Finding::new(
                FindingKind::Head,
                File::HeadNext,
                expected,
                "something else",
                repair,
            ));
        }
    }

    /// A clock that went back is worth saying; the order of the lines is the chain's.
    fn times(&mut self) {
        let mut last = None;
        for seq in 0..self.ledger.size() {
            let Ok(line) = self.ledger.entry(seq) else {
                continue;
            };
            if last.is_some_and(|last| line.time < last) {
                let text = format!(
                    "entry {seq} bears the time {}, earlier than the entry before it",
                    line.time
                );
                self.notice("clock", File::Entries, text);
            }
            last = Some(line.time);
        }
    }

    fn dangling(&mut self) {
        let ended: BTreeSet<u64> = self
            .of_kind(EntryKind::AccessResult)
            .iter()
            .filter_map(|entry| entry.number("intent"))
            .collect();
        let intents: Vec<u64> = self.ledger.of_kind(EntryKind::AccessIntent).collect();
        for seq in intents.into_iter().filter(|seq| !ended.contains(seq)) {
            let text =
                format!("access begun in entry {seq} has no recorded end (still going on, or cut short)");
            self.notice("dangling-intent", File::Entries, text);
        }
    }

    /// What `delete` entries name.
    pub(super) fn removals(&mut self) {
        for entry in self.of_kind(EntryKind::Delete) {
            let (objects, details) = (self.deleted.len(), self.forgotten.len());
            self.deleted.extend(numbers(&entry, "objects"));
            self.forgotten.extend(numbers(&entry, "details"));
            self.report.removed.push(RemovedByRecord {
                entry: entry.seq,
                time: EntryTime::from_micros(entry.time).map_or_else(String::new, |time| time.to_string()),
                objects: (self.deleted.len() - objects) as u64,
                documents: (self.forgotten.len() - details) as u64,
            });
        }
        self.forgotten.extend(&self.deleted);
        for entry in self.of_kind(EntryKind::Reframe) {
            if entry
                .number("object")
                .is_some_and(|object| self.deleted.contains(&object))
            {
                self.forgotten.insert(entry.seq);
            }
        }
    }

    /// `letopis.toml` against the text that the ledger states.
    pub(super) fn config(&mut self) {
        let repair = "opening the archive for writing puts back what the ledger states";
        let Some(stated) = self.configs.last().cloned() else {
            return;
        };
        let found = match read(self.backend.as_ref(), &File::Config) {
            Ok(bytes) => bytes,
            Err(error) if error.is_missing() && self.ledger.size() <= CREATION_LINES => {
                let text = "making the archive was cut short before its last step";
                return self.notice("config-outdated", File::Config, text);
            }
            Err(error) => return self.find_error(FindingKind::Config, &error, repair),
        };
        if found == stated.as_bytes() {
            return;
        }
        if self.configs.iter().any(|earlier| found == earlier.as_bytes()) {
            let text = "is an earlier configuration; what counts is the newest in the ledger";
            return self.notice("config-outdated", File::Config, text);
        }
        let at = found
            .iter()
            .zip(stated.as_bytes())
            .take_while(|(found, stated)| found == stated)
            .count();
        let finding = Finding::new(
            FindingKind::Config,
            File::Config,
            "the text that the ledger states",
            "another text",
            repair,
        );
        self.find(finding.at(at as u64, None));
    }

    /// The files of public keys.
    pub(super) fn keys(&mut self) {
        let repair = "opening the archive for writing puts back what the ledger certifies";
        for key in self.ledger.authority().all.clone() {
            let file = File::Key(key.id().0);
            match read(self.backend.as_ref(), &file) {
                Ok(bytes) if bytes == public_key_text(&key).as_bytes() => {}
                Ok(_) => {
                    let expected = format!("the key {key}");
                    self.find(Finding::new(
                        FindingKind::Key,
                        file,
                        expected,
                        "another text",
                        repair,
                    ));
                }
                Err(error) => self.find_error(FindingKind::Key, &error, repair),
            }
        }
    }

    /// What crashes left and writers set aside: its name says its digest.
    pub(super) fn torn(&mut self) {
        for name in self.backend.list(Directory::Torn).unwrap_or_default() {
            let Some(file @ File::Torn(seq, digest)) = File::parse(&join(Directory::Torn, &name)) else {
                continue;
            };
            match read(self.backend.as_ref(), &file) {
                Ok(bytes) if sha256(&bytes) == digest => {
                    let text = format!(
                        "{} bytes that a crash or damage left after {seq} entries, set aside as they stood",
                        bytes.len()
                    );
                    self.notice("torn", file, text);
                }
                Ok(bytes) => {
                    let (expected, found) = (
                        format!("bytes with the SHA-256 {digest}"),
                        format!("{}", sha256(&bytes)),
                    );
                    let repair = "letopis repair --from COPY; it belongs to no commit";
                    self.find(Finding::new(FindingKind::Torn, file, expected, found, repair));
                }
                Err(error) => self.find_error(FindingKind::Torn, &error, "make the file readable"),
            }
        }
    }
}
