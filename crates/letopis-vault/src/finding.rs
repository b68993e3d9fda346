//! What a check found: verdicts about evidence, never mixed with errors.

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Evidence (object, tree, ledger, detail, secret, key, configuration) is damaged, missing or forged.
    Evidence,
    /// A derived file is damaged or missing: `letopis rebuild` makes it again from evidence.
    Derived,
}

macro_rules! finding_kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $grade:ident);* $(;)?) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind { $($(#[doc = $doc])* $name),* }

        impl FindingKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in `verify --json`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Whether evidence or only a derived file is concerned.
            pub fn grade(self) -> Grade {
                match self { $(Self::$name => Grade::$grade),* }
            }
        }
    };
}

finding_kinds! {
    /// `letopis.toml` is unreadable or not what the ledger says.
    Config = "config", Evidence;
    /// A ledger line is unreadable, out of order or does not continue the chain.
    LedgerLine = "ledger-line", Evidence;
    /// The ledger ends before its head, or its tree has another root.
    LedgerRoot = "ledger-root", Evidence;
    /// The head is missing, unreadable or not signed by a certified key.
    Head = "head", Evidence;
    /// A signature inside the ledger does not hold.
    Signature = "signature", Evidence;
    /// The journal key signed what only the custodian may.
    Authority = "authority", Evidence;
    /// A public key file is missing or not what the ledger certifies.
    Key = "key", Evidence;
    /// What a crash left in `torn/` was changed.
    Torn = "torn", Evidence;
    /// A file of detail documents is missing, unreadable, or does not open its commitment.
    Detail = "detail", Evidence;
    /// A file of secrets is missing or unreadable.
    Secret = "secret", Evidence;
    /// An object's file is missing.
    ObjectMissing = "object-missing", Evidence;
    /// An object's bytes are not the ones that were sealed.
    ObjectDamaged = "object-damaged", Evidence;
    /// A record tree's file is missing.
    TreeMissing = "tree-missing", Evidence;
    /// A record tree's file or root is not the one that was sealed.
    TreeDamaged = "tree-damaged", Evidence;
    /// A segment's file is missing.
    SegmentMissing = "segment-missing", Derived;
    /// A segment's file was changed.
    SegmentDamaged = "segment-damaged", Derived;
    /// The catalogue is unreadable.
    Catalogue = "catalogue", Derived;
    /// A file that must be empty is not.
    Lock = "lock-file", Derived;
    /// A held checkpoint is ahead of this archive: the archive was rolled back.
    AnchorRollback = "anchor-rollback", Evidence;
    /// A held checkpoint contradicts this archive: its history was rewritten.
    AnchorFork = "anchor-fork", Evidence;
    /// A held checkpoint belongs to another archive.
    AnchorForeign = "anchor-foreign", Evidence;
    /// A held checkpoint is unreadable or its signature does not hold.
    AnchorInvalid = "anchor-invalid", Evidence;
    /// A held time stamp is over none of this archive's heads.
    AnchorUnmatched = "anchor-unmatched", Evidence;
    /// A cosignature that the archive keeps, or a given one, does not hold.
    Cosignature = "cosignature", Evidence;
    /// Fewer trusted cosigners than were asked for vouch for this archive.
    Quorum = "quorum", Evidence;
    /// A time stamp that the archive keeps, or a given one, does not hold.
    TimeStamp = "time-stamp", Evidence;
    /// A signature that the archive keeps does not hold.
    Attachment = "attached-signature", Evidence;
    /// A file or directory could not be read.
    Unreadable = "unreadable", Evidence;
}

impl Serialize for FindingKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FindingKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let kind = Self::ALL.iter().find(|kind| kind.as_str() == text);
        kind.copied()
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no kind of finding")))
    }
}

/// Records of one object that damage concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    /// Number of the first one, from 0.
    pub first: u64,
    /// Number of the last one.
    pub last: u64,
    /// Citation of the first one.
    pub first_id: String,
    /// Citation of the last one.
    pub last_id: String,
}

impl std::fmt::Display for Concerned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            first,
            last,
            first_id,
            last_id,
        } = self;
        match last - first {
            0 => write!(f, "record {first} ({first_id})"),
            more => write!(
                f,
                "{} records, {first} ({first_id}) to {last} ({last_id})",
                more + 1
            ),
        }
    }
}

/// We looked, and the evidence is bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// File inside the archive (or of the anchor), with the ledger line or frame where known.
    #[serde(rename = "where")]
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// What to do, as a command where there is one.
    pub repair: String,
    /// First byte concerned, in the content for objects, else in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Number of bytes concerned, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// The records that have those bytes, where known. All others of the object are untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Concerned>,
}

impl Finding {
    pub(crate) fn new(
        kind: FindingKind,
        place: impl std::fmt::Display,
        expected: impl Into<String>,
        found: impl Into<String>,
        repair: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            place: place.to_string(),
            expected: expected.into(),
            found: found.into(),
            repair: repair.into(),
            offset: None,
            length: None,
            records: None,
        }
    }

    /// With the bytes concerned.
    #[must_use]
    pub(crate) fn at(mut self, offset: u64, length: Option<u64>) -> Self {
        self.offset = Some(offset);
        self.length = length;
        self
    }
}

/// Worth saying, but no damage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// A word for it: `unexpected-file`, `unchecked-file`, `permissions`, `dangling-intent`, `torn`, `unfinished-tail`, `clock`,
    /// `anchor-same`, `anchor-extended`, `anchor-unsigned`, `cosigned`, `cosigner-unknown`, `quorum`, `stamped`, `signed`,
    /// `check-elsewhere`, `config-outdated`, `resumed`.
    pub kind: &'static str,
    /// File or entry.
    #[serde(rename = "where")]
    pub place: String,
    /// A sentence.
    pub text: String,
}

impl Notice {
    pub(crate) fn new(kind: &'static str, place: impl std::fmt::Display, text: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.to_string(),
            text: text.into(),
        }
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Objects hashed from first to last byte.
    pub objects: u64,
    /// Segments hashed.
    pub segments: u64,
    /// Records whose leaf was recomputed.
    pub records: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Bytes of content hashed.
    pub bytes: u64,
}

impl Checked {
    pub(crate) fn add(&mut self, other: &Self) {
        self.objects += other.objects;
        self.segments += other.segments;
        self.records += other.records;
        self.entries += other.entries;
        self.bytes += other.bytes;
    }
}

/// What is not here because a `delete` entry says so: nothing is missing, and nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemovedByRecord {
    /// The entry.
    pub entry: u64,
    /// When, as the writer's clock said.
    pub time: String,
    /// Objects; their roots and commitments stay.
    pub objects: u64,
    /// Detail documents besides those of the objects.
    pub documents: u64,
}

/// The outcome of a check. Findings are in the order of the places they name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// Damage, forgery, loss.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub checked: Checked,
    /// Worth saying.
    pub notices: Vec<Notice>,
    /// What was removed by record.
    pub removed: Vec<RemovedByRecord>,
    /// Size and root of the ledger that was checked, in hex; empty when it could not be read.
    pub root: String,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.findings.is_empty()
    }
}
