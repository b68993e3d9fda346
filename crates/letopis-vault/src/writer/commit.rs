//! One commit: documents and secrets, the barrier, the lines (FORMAT.md, "Commit order").

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use letopis_seal::EntryKind;
use letopis_seal::entry::{Value as LineValue, field};
use serde_json::{Value, json};

use super::{Receipt, State, VaultWriter};
use crate::digest::{Blake3, ShortId};
use crate::documents::Batch;
use crate::durable;
use crate::entry::{Entry, NewEntry, Subject, to_fields};
use crate::layout::File;
use crate::ledger::{self, Draft};
use crate::object::StoredObject;
use crate::readers;
use crate::record::append_lock;
use crate::segment::StagedSegment;
use crate::staging::Shelf;
use crate::tree::StagedTree;
use crate::vault::object_info;
use crate::{Error, Micros, Result};

/// What is collected before the ledger is touched.
struct Plan {
    batch: Batch,
    drafts: Vec<Draft>,
    /// Documents of `object` entries, by place in the commit.
    objects: Vec<(usize, Value)>,
    files: Vec<File>,
    named: HashSet<Blake3>,
}

pub(super) fn commit(writer: &VaultWriter, entries: Vec<NewEntry>, now: Micros) -> Result<Receipt> {
    if entries.is_empty() {
        return Err(Error::Refused("a commit without entries".to_owned()));
    }
    let mut state = writer.state();
    writer.refuse_if_poisoned(&state)?;
    let mut plan = Plan {
        batch: Batch::new(),
        drafts: Vec::new(),
        objects: Vec::new(),
        files: Vec::new(),
        named: HashSet::new(),
    };
    let deletes = entries.iter().any(|entry| entry.kind == EntryKind::Delete);
    let retired: Vec<ShortId> = entries.iter().flat_map(NewEntry::retired).collect();
    {
        let shelf = writer.staging.shelf();
        for entry in entries {
            plan.take(&shelf, entry)?;
        }
    }
    // From here on a failure leaves the medium in a state that only opening again can tell.
    state.poisoned = true;
    let receipt = write(writer, &mut state, plan, now)?;
    state.poisoned = false;
    drop(state);
    if deletes {
        let vault = writer.vault();
        super::recover::finish_deletions(&vault)?;
        super::recover::remove_retired(&vault)?;
    } else if !retired.is_empty()
        && let Some(_alone) = readers::shut_out(writer.backend().as_ref())
    {
        // Whoever reads the folder with another tool must not find a row twice. What cannot be removed now goes when a
        // writer comes again.
        let _ = super::recover::remove_segments(writer.backend().as_ref(), &retired);
    }
    Ok(receipt)
}

fn write(writer: &VaultWriter, state: &mut State, plan: Plan, now: Micros) -> Result<Receipt> {
    let backend = writer.backend();
    let Plan {
        batch,
        drafts,
        objects,
        mut files,
        ..
    } = plan;
    let batch = batch.place(backend, writer.staging.compressors())?;
    files.extend(
        batch
            .iter()
            .flat_map(|batch| [File::Details(*batch), File::Secrets(*batch)]),
    );
    durable::barrier(backend.as_ref(), &files)?;
    let _lock = append_lock(backend.as_ref())?;
    let ledger = ledger::own(&mut state.ledger);
    ledger.catch_up(backend.as_ref())?;
    let signer = ledger.signer(&writer.keys, false)?;
    ledger.settle(backend)?;
    let first = ledger.size();
    ledger.append(backend, drafts, batch, now, signer)?;
    let receipt = Receipt::of(first, ledger);
    let mut shelf = writer.staging.shelf();
    // Taken out while it grows, so that it is copied only where a snapshot still holds it.
    let mut known = std::mem::take(&mut shelf.known);
    let table = Arc::make_mut(&mut known);
    for (place, document) in &objects {
        let entry = Entry::from(ledger.entry(first + *place as u64)?);
        let object = object_info(&entry, Some(document))?;
        shelf.staged.remove(&object.blake3);
        table.add(object);
    }
    for seq in first..ledger.size() {
        crate::vault::follow(table, &Entry::from(ledger.entry(seq)?));
    }
    shelf.known = known;
    Ok(receipt)
}

impl Plan {
    fn take(&mut self, shelf: &Shelf, entry: NewEntry) -> Result<()> {
        let NewEntry {
            kind,
            fields,
            detail,
            subject,
        } = entry;
        match subject {
            Subject::None if is_written_by_the_vault(kind) => Err(Error::Refused(format!(
                "entries of kind {kind} are made by the vault only"
            ))),
            Subject::None => self.draft(kind, to_fields(&fields)?, detail),
            Subject::Object(object, tree) => self.object(shelf, &object, tree.as_ref(), detail),
            Subject::Reframe(tree) => self.reframe(shelf, &tree, detail),
            Subject::Segment(segment) => self.segment(&segment, detail),
        }
    }

    fn draft(
        &mut self,
        kind: EntryKind,
        fields: BTreeMap<String, LineValue>,
        document: Option<Value>,
    ) -> Result<()> {
        let detail = document
            .map(|document| self.batch.add_document(&document))
            .transpose()?;
        self.drafts.push(Draft { kind, fields, detail });
        Ok(())
    }

    fn object(
        &mut self,
        shelf: &Shelf,
        object: &StoredObject,
        tree: Option<&StagedTree>,
        about: Option<Value>,
    ) -> Result<()> {
        let name = object.blake3;
        if shelf.known.by_name(&name).is_some() || !self.named.insert(name) {
            return Err(Error::Refused(format!(
                "object {name} is named by the ledger already"
            )));
        }
        let staged = shelf.staged.get(&name);
        let staged = staged.ok_or_else(|| Error::NotFound {
            what: "staged object",
            name: name.to_string(),
        })?;
        let commitment = staged.commitment();
        let mut fields = BTreeMap::from([
            (field::COMMITMENT.to_owned(), commitment.into()),
            ("length".to_owned(), staged.length.into()),
        ]);
        self.files.push(File::Object(name));
        if let Some(tree) = tree {
            if tree.object != name || tree.number != 1 || tree.commitment != commitment {
                return Err(Error::Refused(format!(
                    "the record tree is not the first one of object {name}"
                )));
            }
            fields.insert(field::ROOT.to_owned(), tree.root.into());
            fields.insert(field::RECORDS.to_owned(), tree.records.into());
            self.files.push(File::Tree(name, 1));
        }
        self.batch.add_secret(&commitment, &staged.secret);
        let document = with_about(
            json!({ "blake3": name.to_string(), "sha256": staged.sha256.to_hex(), "length": staged.length }),
            about,
        );
        self.objects.push((self.drafts.len(), document.clone()));
        self.draft(EntryKind::Object, fields, Some(document))
    }

    fn reframe(&mut self, shelf: &Shelf, tree: &StagedTree, about: Option<Value>) -> Result<()> {
        let name = tree.object;
        let object = shelf.known.by_name(&name);
        let object = object.ok_or_else(|| Error::NotFound {
            what: "object",
            name: name.to_string(),
        })?;
        let fields = BTreeMap::from([
            ("object".to_owned(), object.seq.into()),
            ("tree".to_owned(), tree.number.into()),
            (field::COMMITMENT.to_owned(), tree.commitment.into()),
            (field::ROOT.to_owned(), tree.root.into()),
            (field::RECORDS.to_owned(), tree.records.into()),
        ]);
        self.batch.add_secret(&tree.commitment, &tree.secret);
        self.files.push(File::Tree(name, tree.number));
        self.draft(EntryKind::Reframe, fields, Some(with_about(json!({}), about)))
    }

    fn segment(&mut self, segment: &StagedSegment, about: Option<Value>) -> Result<()> {
        let bytes = segment.parquet_bytes + segment.index_bytes.unwrap_or(0);
        let fields = BTreeMap::from([
            ("segment".to_owned(), segment.id.as_str().into()),
            ("rows".to_owned(), segment.rows.into()),
            ("bytes".to_owned(), bytes.into()),
        ]);
        self.files.push(File::Parquet(segment.short));
        let mut document = json!({ "parquet": segment.parquet });
        if let (Some(index), Some(map)) = (&segment.index, document.as_object_mut()) {
            self.files.push(File::Index(segment.short));
            map.insert("index".to_owned(), json!(index));
        }
        self.draft(EntryKind::Segment, fields, Some(with_about(document, about)))
    }
}

fn with_about(mut document: Value, about: Option<Value>) -> Value {
    if let (Some(about), Some(map)) = (about, document.as_object_mut()) {
        map.insert("about".to_owned(), about);
    }
    document
}

/// Kinds whose lines bind what only the vault knows.
fn is_written_by_the_vault(kind: EntryKind) -> bool {
    use EntryKind::{Config, Create, Key, Object, Reframe, Segment};
    matches!(kind, Create | Key | Config | Object | Reframe | Segment)
}
