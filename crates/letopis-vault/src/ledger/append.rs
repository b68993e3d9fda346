//! Extending the ledger: steps 3 to 5 of a commit, and what a crash between them leaves (FORMAT.md, "Commit order").

use std::collections::BTreeMap;
use std::sync::Arc;

use letopis_seal::entry::{Entry as Line, Value};
use letopis_seal::{
    Checkpoint as Statement, EntryKind, EntryTime, Sha256Digest, SignedCheckpoint, SigningKey, leaf_hash,
    sha256,
};

use super::{BATCH_FIELD, HEAD_FIELD, Ledger};
use crate::backend::{Backend, read_from, read_if_there};
use crate::digest::ShortId;
use crate::durable;
use crate::finding::Notice;
use crate::layout::File;
use crate::{Error, KeyRole, Keys, Micros, Result};

/// A line that has no place yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: EntryKind,
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) detail: Option<Sha256Digest>,
}

/// What stands beyond the head.
pub(crate) enum Tail {
    /// Nothing.
    Clean,
    /// A commit that only lacks its last step: the prepared head covers the lines exactly.
    Prepared(Vec<u8>, SignedCheckpoint),
    /// Anything else, perhaps nothing but a prepared head.
    Unfinished(Vec<u8>),
}

impl Ledger {
    /// Looks at what stands beyond the head.
    pub(crate) fn tail(&self, backend: &dyn Backend) -> Result<Tail> {
        let bytes = read_from(backend, &File::Entries, self.length())?;
        let Some(next) = read_if_there(backend, &File::HeadNext)? else {
            return Ok(if bytes.is_empty() {
                Tail::Clean
            } else {
                Tail::Unfinished(bytes)
            });
        };
        Ok(match SignedCheckpoint::parse(&next) {
            Ok(head) if self.would_continue(&bytes, &head) => Tail::Prepared(bytes, head),
            _ => Tail::Unfinished(bytes),
        })
    }

    /// Whether these lines and this head are one whole commit after what is here.
    fn would_continue(&self, bytes: &[u8], head: &SignedCheckpoint) -> bool {
        let statement = head.checkpoint();
        let (mut builder, mut prev, mut seq) = (self.builder.clone(), self.last_leaf, self.size());
        let Some(lines) = bytes.strip_suffix(b"\n") else {
            return false;
        };
        for line in lines.split(|byte| *byte == b'\n') {
            match Line::parse(line) {
                Ok(entry) if entry.seq == seq && entry.prev == prev => {}
                _ => return false,
            }
            (prev, seq) = (leaf_hash(line), seq + 1);
            builder.append(prev);
        }
        statement.origin() == self.origin()
            && statement.size() == builder.size()
            && statement.root() == builder.root()
            && self.authority().role_of(head).is_ok()
    }

    /// Finishes or sets aside what a crash left beyond the head. The append lock must be held.
    pub(crate) fn settle(&mut self, backend: &Arc<dyn Backend>) -> Result<Vec<Notice>> {
        let mut notices = Vec::new();
        match self.tail(backend.as_ref())? {
            Tail::Clean => {}
            Tail::Prepared(bytes, head) => {
                durable::sync(backend.as_ref(), &File::Entries)?;
                durable::rename(backend.as_ref(), &File::HeadNext, &File::Head)?;
                let first = self.size();
                self.take_lines(&bytes, head.checkpoint().size().0);
                self.head = Some(head);
                self.check_root();
                self.authority = super::authority::current(self);
                self.refuse_if_damaged()?;
                let text = format!(
                    "entries {first} to {} were complete and signed; they were adopted",
                    self.size() - 1
                );
                notices.push(Notice::new("adopted", File::Entries, text));
            }
            Tail::Unfinished(bytes) => {
                if !bytes.is_empty() {
                    let torn = File::Torn(self.size(), sha256(&bytes));
                    durable::replace(backend, &torn, &bytes)?;
                    durable::cut(backend.as_ref(), &File::Entries, self.length())?;
                    let text = format!(
                        "{} bytes of an unfinished commit after entry {} were set aside",
                        bytes.len(),
                        self.size().wrapping_sub(1)
                    );
                    notices.push(Notice::new("torn", torn, text));
                }
                durable::remove(backend.as_ref(), &File::HeadNext)?;
            }
        }
        Ok(notices)
    }

    /// The key that may sign the next commit; the journal key is enough when all its lines are access records.
    pub(crate) fn signer<'k>(&self, keys: &'k Keys, journal_only: bool) -> Result<&'k SigningKey> {
        let authority = self.authority();
        let (role, mut expected) = match journal_only {
            true => (KeyRole::Journal, authority.journals.clone()),
            false => (KeyRole::Custodian, Vec::new()),
        };
        // The custodian may sign what the journal key may; the journal key is asked first.
        expected.extend(authority.custodian.clone());
        if let Some(key) = keys.matching(&expected) {
            return Ok(key);
        }
        let names = |keys: &mut dyn Iterator<Item = String>| keys.collect::<Vec<_>>().join(", ");
        match keys.of_role(role) {
            None => Err(Error::NoKey(role)),
            Some(key) => Err(Error::WrongKey {
                role,
                expected: names(&mut expected.iter().map(|key| format!("{}+{}", key.name(), key.id()))),
                found: format!("{}+{}", key.verifying_key().name(), key.verifying_key().id()),
            }),
        }
    }

    /// Appends lines as one commit. The append lock must be held, the ledger [settled](Self::settle).
    pub(crate) fn append(
        &mut self,
        backend: &Arc<dyn Backend>,
        drafts: Vec<Draft>,
        batch: Option<ShortId>,
        now: Micros,
        signer: &SigningKey,
    ) -> Result<()> {
        self.refuse_if_damaged()?;
        let lines = self.compose(drafts, batch, now)?;
        let mut next = self.builder.clone();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            next.append(leaf_hash(line.strip_suffix(b"\n").unwrap_or(line)));
        }
        let statement = Statement::new(self.origin(), next.size(), next.root());
        let head = statement.and_then(|statement| statement.sign(&[signer]));
        let head = head.map_err(|error| Error::Entry(error.to_string()))?;
        durable::prepare(backend, &File::HeadNext, head.to_text().as_bytes())?;
        durable::append(backend.as_ref(), &File::Entries, self.length(), &lines)?;
        durable::rename(backend.as_ref(), &File::HeadNext, &File::Head)?;
        self.take_lines(&lines, head.checkpoint().size().0);
        self.head = Some(head);
        self.check_root();
        self.authority = super::authority::current(self);
        self.refuse_if_damaged()
    }

    /// The text of the new lines, each with its line end.
    fn compose(&self, drafts: Vec<Draft>, batch: Option<ShortId>, now: Micros) -> Result<Vec<u8>> {
        let refuse = |error: letopis_seal::entry::EntryError| Error::Entry(error.to_string());
        let time = EntryTime::from_micros(now)
            .ok_or_else(|| Error::Entry(format!("{now} µs is outside the years 1 to 9999")))?;
        let (mut lines, mut prev) = (Vec::new(), self.last_leaf);
        for (place, draft) in drafts.into_iter().enumerate() {
            let reserved = [HEAD_FIELD, BATCH_FIELD]
                .into_iter()
                .find(|name| draft.fields.contains_key(*name));
            if let Some(name) = reserved {
                return Err(Error::Entry(format!("field \"{name}\" is the ledger's own")));
            }
            let mut entry = Line::new(self.size() + place as u64, prev, draft.kind, time);
            entry.fields = draft.fields;
            entry.detail = draft.detail;
            if place == 0 {
                if let Some(head) = self.head() {
                    let signatures = head.note().signatures();
                    let first = signatures
                        .first()
                        .ok_or_else(|| Error::Entry("the head is unsigned".to_owned()))?;
                    entry = entry.with(HEAD_FIELD, first.to_string());
                }
                if let Some(batch) = batch {
                    entry = entry.with(BATCH_FIELD, batch.to_string());
                }
            }
            let line = entry.to_line().map_err(refuse)?;
            prev = leaf_hash(line.as_bytes());
            lines.extend_from_slice(line.as_bytes());
            lines.push(b'\n');
        }
        Ok(lines)
    }
}
