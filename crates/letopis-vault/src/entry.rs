//! Ledger entries: what callers add and what they read back.

use std::collections::BTreeMap;

use letopis_seal::entry::{Entry as Line, Value as LineValue};
use letopis_seal::{EntryKind, Sha256Digest};
use serde_json::{Map, Value};

use crate::digest::ShortId;
use crate::{Error, Result, StagedSegment, StagedTree, StoredObject};

/// One ledger line, read.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Position in the ledger, from 0.
    pub seq: u64,
    /// When it was written, as the writer's clock said.
    pub time: crate::Micros,
    /// What happened.
    pub kind: EntryKind,
    /// Every field of the line but `seq`, `time`, `kind`, `prev`, `detail`.
    pub fields: Map<String, Value>,
    /// Commitment to the detail document.
    pub detail: Option<Sha256Digest>,
}

impl From<Line> for Entry {
    fn from(line: Line) -> Self {
        let Line {
            seq,
            time,
            kind,
            detail,
            fields,
            ..
        } = line;
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name, from_line(value)))
            .collect();
        Self {
            seq,
            time: time.micros(),
            kind,
            fields,
            detail,
        }
    }
}

fn from_line(value: LineValue) -> Value {
    match value {
        LineValue::Bool(value) => Value::Bool(value),
        LineValue::Integer(number) => Value::from(number),
        LineValue::Text(text) => Value::String(text),
        LineValue::List(values) => values.into_iter().map(from_line).collect(),
        LineValue::Map(map) => map
            .into_iter()
            .map(|(name, value)| (name, from_line(value)))
            .collect(),
    }
}

fn to_line(value: &Value) -> Result<LineValue> {
    let refuse = |what: &str| Err(Error::Entry(format!("a ledger line cannot hold {what}")));
    match value {
        Value::Null => refuse("null"),
        Value::Bool(value) => Ok(LineValue::Bool(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Ok(LineValue::Integer(number)),
            None => refuse(&format!("the number {number}")),
        },
        Value::String(text) => Ok(LineValue::Text(text.clone())),
        Value::Array(values) => values
            .iter()
            .map(to_line)
            .collect::<Result<_>>()
            .map(LineValue::List),
        Value::Object(map) => to_fields(map).map(LineValue::Map),
    }
}

/// Fields of a line as the ledger holds them.
pub(crate) fn to_fields(map: &Map<String, Value>) -> Result<BTreeMap<String, LineValue>> {
    map.iter()
        .map(|(name, value)| Ok((name.clone(), to_line(value)?)))
        .collect()
}

impl Entry {
    /// A field that is a whole number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.fields.get(name).and_then(Value::as_u64)
    }

    /// A field that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }
}

/// An entry to append. `fields` go into the chain for ever: ids, times, counts, digests; what can name a person goes
/// into `detail`, which can be destroyed.
#[derive(Debug)]
pub struct NewEntry {
    pub(crate) kind: EntryKind,
    pub(crate) fields: Map<String, Value>,
    pub(crate) detail: Option<Value>,
    pub(crate) subject: Subject,
}

#[derive(Debug)]
pub(crate) enum Subject {
    None,
    Object(StoredObject, Option<StagedTree>),
    Reframe(StagedTree),
    Segment(StagedSegment),
}

impl NewEntry {
    /// An entry of `kind` with nothing staged behind it. Numbers are whole and at most 2⁵³; no floats.
    pub fn new(kind: EntryKind, fields: Map<String, Value>, detail: Option<Value>) -> Self {
        Self {
            kind,
            fields,
            detail,
            subject: Subject::None,
        }
    }

    /// Names a stored object (and its record tree, when it has records). `about` is kept in the object's detail
    /// document under `about`; digests, length and tree file are filled in by the vault.
    pub fn object(object: StoredObject, tree: Option<StagedTree>, about: Option<Value>) -> Self {
        Self {
            kind: EntryKind::Object,
            fields: Map::new(),
            detail: about,
            subject: Subject::Object(object, tree),
        }
    }

    /// Names a further tree over an object that the ledger names already.
    pub fn reframe(tree: StagedTree, about: Option<Value>) -> Self {
        Self {
            kind: EntryKind::Reframe,
            fields: Map::new(),
            detail: about,
            subject: Subject::Reframe(tree),
        }
    }

    /// Names a segment. `about` is kept in the segment's detail document under `about`.
    pub fn segment(segment: StagedSegment, about: Option<Value>) -> Self {
        Self {
            kind: EntryKind::Segment,
            fields: Map::new(),
            detail: about,
            subject: Subject::Segment(segment),
        }
    }

    /// Destroys for good: `objects` are the sequence numbers of `object` entries whose bytes, trees, secrets and
    /// document go; `details` those of entries whose document goes; `retired` segments are live no more. At most
    /// about 500 numbers and ids in one entry.
    pub fn delete(objects: &[u64], details: &[u64], retired: &[String], about: Option<Value>) -> Self {
        let mut fields = Map::new();
        for (name, seqs) in [("objects", objects), ("details", details)] {
            if !seqs.is_empty() {
                fields.insert(name.to_owned(), seqs.iter().copied().collect());
            }
        }
        if !retired.is_empty() {
            fields.insert("retired".to_owned(), retired.iter().map(String::as_str).collect());
        }
        Self {
            kind: EntryKind::Delete,
            fields,
            detail: about,
            subject: Subject::None,
        }
    }

    /// The segments that it retires.
    pub(crate) fn retired(&self) -> impl Iterator<Item = ShortId> {
        let list = self.fields.get("retired").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|id| ShortId::from_hex(id.as_str()?))
    }

    /// Retires segments, which the `segment` entries of the same commit replace. At most about 500 ids.
    pub fn rebuild(retired: &[String], about: Option<Value>) -> Self {
        let mut fields = Map::new();
        fields.insert("retired".to_owned(), retired.iter().map(String::as_str).collect());
        Self {
            kind: EntryKind::Rebuild,
            fields,
            detail: about,
            subject: Subject::None,
        }
    }
}
