//! Journals that come home: what was read while the archive could not take the record is entered in its ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use letopis_seal::{EntryKind, TreeSize, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::backend::Backend;
use crate::digest::hex;
use crate::documents::{Details, Secrets};
use crate::entry::{Entry, NewEntry};
use crate::ledger::Ledger;
use crate::vault::Vault;
use crate::writer::{Receipt, VaultWriter};
use crate::{Error, ExternalJournal, Micros, Result};

/// A journal as the document of a `journal` entry holds it: the whole of it, so that it can be checked again when the
/// folder it came from is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalDocument {
    /// The head of the journal: a signed note.
    pub head: String,
    /// Its lines, without line ends.
    pub lines: Vec<String>,
    /// Documents of its lines, by commitment.
    pub documents: BTreeMap<String, OpenedDocument>,
}

/// A document with what opens its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedDocument {
    /// 64 hex digits.
    pub nonce: String,
    /// The document as committed to.
    pub document: String,
}

/// One entry of a journal that came home.
#[derive(Clone, Debug)]
pub struct AdoptedEntry {
    /// Id of the journal.
    pub journal: String,
    /// The line, numbered within the journal.
    pub entry: Entry,
    /// Its document.
    pub detail: Option<Value>,
}

/// What was entered.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// Id of the journal.
    pub journal: String,
    /// Readings in it.
    pub readings: u64,
    /// Lines of it that no earlier adoption had; nothing is written where there are none.
    pub new_lines: u64,
    /// The commit, where one was written.
    pub receipt: Option<Receipt>,
}

impl VaultWriter {
    /// Enters an outside journal in the ledger, whole. It must be of this archive, signed by a key that the archive
    /// certifies, begun at a state that this archive has, and continue what an earlier adoption entered of it.
    pub fn adopt_journal(
        &self,
        journal: &Arc<dyn Backend>,
        about: Option<Value>,
        now: Micros,
    ) -> Result<Adopted> {
        let vault = self.vault();
        let ledger = ExternalJournal::open(journal, &vault)?;
        let id = check(&ledger, &vault, &journal.place())?;
        of_its_copy(&ledger, &vault, &id)?;
        let document = document(&ledger, journal)?;
        let before = newest(&vault, &id)?;
        let known = before.as_ref().map_or(0, |before| before.lines.len());
        if let Some(before) = &before
            && document.lines.get(..known) != Some(before.lines.as_slice())
        {
            let text =
                "expected to continue what was entered before, found other lines: one of the two was changed";
            return Err(Error::Refused(format!("journal {id}: {text}")));
        }
        let new_lines = (document.lines.len() - known) as u64;
        let readings = ledger.of_kind(EntryKind::AccessIntent).count() as u64;
        let mut adopted = Adopted {
            journal: id.clone(),
            readings,
            new_lines,
            receipt: None,
        };
        if new_lines == 0 {
            return Ok(adopted);
        }
        let fields = Map::from_iter([
            ("journal".to_owned(), json!(id)),
            ("size".to_owned(), json!(ledger.size())),
            ("root".to_owned(), json!(ledger.tree().root().to_hex())),
        ]);
        let mut detail = serde_json::to_value(&document).map_err(|error| Error::Entry(error.to_string()))?;
        if let (Some(about), Some(detail)) = (about, detail.as_object_mut()) {
            detail.insert("about".to_owned(), about);
        }
        let entry = NewEntry::new(EntryKind::Journal, fields, Some(detail));
        adopted.receipt = Some(self.commit(vec![entry], now)?);
        Ok(adopted)
    }
}

impl Vault {
    /// Every entry of every journal that came home, journal by journal.
    pub fn adopted_entries(&self) -> Result<Vec<AdoptedEntry>> {
        let mut journals = BTreeMap::new();
        for entry in self.entries(Some(EntryKind::Journal)) {
            let entry = entry?;
            // A later adoption holds the earlier one whole.
            if let (Some(id), Some(document)) = (entry.text("journal"), read_document(self, &entry)?) {
                journals.insert(id.to_owned(), (entry.seq, document));
            }
        }
        let mut found = Vec::new();
        for (journal, (seq, document)) in journals {
            for line in &document.lines {
                let line = letopis_seal::Entry::parse(line.as_bytes())
                    .map_err(|error| unreadable(seq, &error.to_string()))?;
                let opened = line
                    .detail
                    .and_then(|commitment| document.documents.get(&commitment.to_hex()));
                let detail = opened
                    .map(|opened| serde_json::from_str(&opened.document))
                    .transpose();
                found.push(AdoptedEntry {
                    journal: journal.clone(),
                    detail: detail.map_err(|error| unreadable(seq, &error.to_string()))?,
                    entry: line.into(),
                });
            }
        }
        Ok(found)
    }
}

/// The id of the journal, if everything in it holds.
fn check(ledger: &Ledger, vault: &Vault, place: &str) -> Result<String> {
    let refuse = |text: String| Err(Error::Refused(format!("{place}: {text}")));
    if let Some(finding) = ledger.check_authority().first() {
        let (at, expected, found) = (&finding.place, &finding.expected, &finding.found);
        return refuse(format!("{at}: expected {expected}, found {found}"));
    }
    let first = ledger.entry(0)?;
    let id = first
        .text("journal")
        .map_err(|error| Error::Entry(error.to_string()))?
        .to_owned();
    let certified = |key: &VerifyingKey| {
        vault
            .ledger()
            .authority()
            .all
            .iter()
            .any(|known| known.to_bytes() == key.to_bytes())
    };
    match &ledger.authority().first {
        Some(key) if certified(key) => {}
        Some(key) => {
            return refuse(format!(
                "signed by {key}, expected a key that this archive certifies"
            ));
        }
        None => return refuse("expected the certificate of its key in line 1".to_owned()),
    }
    let (size, root) = match (first.count("size"), first.digest("root")) {
        (Ok(size), Ok(root)) => (size, root),
        _ => return refuse("expected size and root of the archive in line 0".to_owned()),
    };
    if size > vault.ledger().size() {
        let have = vault.ledger().size();
        return refuse(format!(
            "begun when the archive had {size} entries, found {have}: the archive was rolled back, or this is a copy of it"
        ));
    }
    // A damaged archive may have been read with a ledger of which nothing could be made out.
    let then = letopis_seal::tree::root_at(&mut vault.ledger().tree(), TreeSize(size));
    if size > 0 && then.ok() != Some(root) {
        return refuse(format!(
            "begun on a state of {size} entries that this archive never had: its history was rewritten"
        ));
    }
    Ok(id)
}

/// Where the journal is that of a working copy, its key is the one that was certified for that copy.
fn of_its_copy(ledger: &Ledger, vault: &Vault, id: &str) -> Result<()> {
    let copies = vault.copies()?;
    let expected = copies
        .iter()
        .find(|copy| copy.copy == id)
        .and_then(|copy| copy.key.clone());
    let found = ledger.authority().first.as_ref().map(|key| key.id().to_string());
    match expected {
        Some(expected) if found.as_ref() != Some(&expected) => Err(Error::Refused(format!(
            "journal {id}: signed by the key {}, expected {expected}, which was certified for this working copy",
            found.unwrap_or_default()
        ))),
        _ => Ok(()),
    }
}

/// The whole journal as a document.
fn document(ledger: &Ledger, backend: &Arc<dyn Backend>) -> Result<JournalDocument> {
    let mut documents = BTreeMap::new();
    let commits = ledger.commits();
    for (place, commit) in commits.iter().enumerate() {
        let Some(batch) = commit.batch else { continue };
        let end = commits.get(place + 1).map_or(ledger.size(), |next| next.first);
        let (details, secrets) = (
            Details::read(backend.as_ref(), batch)?,
            Secrets::read(backend.as_ref(), batch)?,
        );
        for seq in commit.first..end {
            let Some(commitment) = ledger.entry(seq)?.detail else {
                continue;
            };
            let opened = details.get(&commitment).zip(secrets.nonce(&commitment));
            let opened =
                opened.and_then(|(document, nonce)| Some((std::str::from_utf8(document).ok()?, nonce)));
            let (document, nonce) = opened.ok_or_else(|| Error::NotFound {
                what: "document of the journal's line",
                name: seq.to_string(),
            })?;
            if letopis_seal::entry::detail_commitment(nonce, document.as_bytes()) != commitment {
                let text = format!(
                    "document of line {seq}: expected the one that the line commits to, found another"
                );
                return Err(Error::Refused(format!("{}: {text}", backend.place())));
            }
            let opened = OpenedDocument {
                nonce: hex(nonce),
                document: document.to_owned(),
            };
            documents.insert(commitment.to_hex(), opened);
        }
    }
    let lines = (0..ledger.size()).filter_map(|seq| ledger.line(seq));
    Ok(JournalDocument {
        head: ledger
            .head()
            .map(letopis_seal::SignedCheckpoint::to_text)
            .unwrap_or_default(),
        lines: lines
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect(),
        documents,
    })
}

/// What was entered last of a journal.
fn newest(vault: &Vault, id: &str) -> Result<Option<JournalDocument>> {
    let mut newest = None;
    for entry in vault.entries(Some(EntryKind::Journal)) {
        let entry = entry?;
        if entry.text("journal") == Some(id) {
            newest = read_document(vault, &entry)?;
        }
    }
    Ok(newest)
}

fn read_document(vault: &Vault, entry: &Entry) -> Result<Option<JournalDocument>> {
    let detail = vault.detail(entry.seq)?;
    let document = detail.map(serde_json::from_value).transpose();
    document.map_err(|error| unreadable(entry.seq, &error.to_string()))
}

fn unreadable(seq: u64, found: &str) -> Error {
    Error::Damaged {
        path: crate::layout::File::Entries.path(),
        offset: None,
        expected: format!("a journal in the document of entry {seq}"),
        found: found.to_owned(),
    }
}
