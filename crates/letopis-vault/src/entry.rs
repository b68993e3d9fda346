//! Ledger entries: what callers add and what they read back.

use serde_json::{Map, Value};

use crate::{Sha256, StagedSegment, StagedTree, StoredObject};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal),* $(,)?) => {
        /// What happened to the archive (design §4).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntryKind { $($(#[doc = $doc])* $name),* }

        impl EntryKind {
            /// Every kind, in the order of the format.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the ledger line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

kinds! {
    /// The archive was made.
    Create = "create",
    /// A key was certified or retired.
    Key = "key",
    /// The configuration was changed.
    Config = "config",
    /// A source of the register was added or changed.
    Source = "source",
    /// Files were taken in.
    Ingest = "ingest",
    /// Bytes were stored.
    Object = "object",
    /// A further record tree over a stored object.
    Reframe = "reframe",
    /// A derived file of events and its index.
    Segment = "segment",
    /// Segments were replaced by others.
    Rebuild = "rebuild",
    /// Someone is about to read.
    AccessIntent = "access-intent",
    /// How that reading ended.
    AccessResult = "access-result",
    /// The archive was checked.
    Verify = "verify",
    /// Something was handed out.
    Export = "export",
    /// A working copy was made.
    Copy = "copy",
    /// An outside access journal was entered.
    Journal = "journal",
    /// A hold against removal was set.
    Hold = "hold",
    /// A hold was lifted.
    Release = "release",
    /// Something was destroyed.
    Delete = "delete",
    /// Another person signed a checkpoint.
    Cosign = "cosign",
    /// A time stamp over a checkpoint.
    Stamp = "stamp",
    /// A detached signature or document was attached.
    Attach = "attach",
    /// The register of incidents changed.
    Incident = "incident",
    /// A case file changed.
    Case = "case",
    /// A remark.
    Note = "note",
}

impl EntryKind {
    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.as_str() == text)
    }

    /// Whether the journal key may sign a head that appends such an entry.
    pub fn is_journal_kind(self) -> bool {
        matches!(self, Self::AccessIntent | Self::AccessResult | Self::Verify)
    }
}

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
    pub detail: Option<Sha256>,
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

    /// Retires segments, which the `segment` entries of the same commit replace.
    pub fn rebuild(retired: &[String], about: Option<Value>) -> Self {
        let mut fields = Map::new();
        fields.insert(
            "retired".to_owned(),
            retired.iter().map(|id| Value::from(id.as_str())).collect(),
        );
        Self {
            kind: EntryKind::Rebuild,
            fields,
            detail: about,
            subject: Subject::None,
        }
    }
}
