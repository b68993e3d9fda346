//! What one intake recorded: the detail document of an `ingest` ledger entry.
//!
//! A manifest says of every file what it was, what became of it, and how each of its objects was read, so that
//! the same rows can be derived again from the objects alone.

use letopis_intake::container::{Damage, Member, MemberStatus};
use letopis_intake::{Detection, ParseSummary};
use serde::{Deserialize, Serialize};

use crate::descriptions::{Description, digest};
use crate::name::Name;
use crate::walk::{Facts, Skip};

/// Who took what in, when, and with what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Acquisition {
    /// Person who runs the intake.
    pub operator: String,
    /// Exhibit number or name.
    pub exhibit: Option<String>,
    /// Who handed the input over.
    pub received_from: Option<String>,
    /// When and how it was acquired, in the words of the operator.
    pub acquired: Option<String>,
    /// Medium it came on.
    pub medium: Option<String>,
    /// Name of the machine that runs the intake.
    pub machine: String,
    /// Program and version.
    pub program: String,
    /// Version of the tz database.
    pub tzdata: String,
    /// Options as typed.
    pub options: Vec<String>,
    /// What was given as input.
    pub inputs: Vec<Name>,
}

/// One part of an intake: what one commit took in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this document.
    pub version: u32,
    /// The same for all parts of one intake.
    pub run: String,
    /// From 1.
    pub part: u32,
    /// Whether the intake ended with this part.
    pub last: bool,
    /// When the intake began, microseconds since 1970 UTC.
    pub started: i64,
    /// Who, what, with what.
    pub acquisition: Acquisition,
    /// Formats and mappings of the user's by which these files were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptions: Vec<Description>,
    /// The files of this part.
    pub files: Vec<FileRecord>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// Taken in.
    New,
    /// All its bytes were here already; nothing was added but the record of its arrival.
    Known,
    /// It continues a file that is here; the part after the last complete record was added.
    Grown,
    /// The same path gave other bytes before: taken in as a file of its own, and a finding.
    Changed,
    /// Not taken in; the reason says why.
    Refused,
}

impl FileStatus {
    /// The word in `--json` and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Grown => "grown",
            Self::Changed => "changed",
            Self::Refused => "refused",
        }
    }
}

/// One file that was handed over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path below the input.
    pub path: Name,
    /// What the file system said.
    pub facts: Facts,
    /// What became of it.
    pub status: FileStatus,
    /// Why, where it is not plain `new`.
    pub reason: Option<String>,
    /// Why it was not read at all.
    pub skip: Option<Skip>,
    /// SHA-256 of the whole file, hex.
    pub sha256: Option<String>,
    /// BLAKE3 of the whole file, hex.
    pub blake3: Option<String>,
    /// Bytes that were read.
    pub bytes: u64,
    /// What the list made at seizure said: `matches`, `differs: EXPECTED`, `not listed`; none where no list was given.
    pub hash_check: Option<String>,
    /// How the container was opened (`gzip`, `zip`, …), where it is one.
    pub container: Option<String>,
    /// What is wrong with the container.
    pub damage: Vec<DamageRecord>,
    /// The objects that hold its records: one for a plain file, one a member for a container.
    pub objects: Vec<ObjectRecord>,
}

impl FileRecord {
    /// Records added by this file.
    pub fn records(&self) -> u64 {
        self.objects
            .iter()
            .filter_map(|o| o.parsed.as_ref())
            .map(|p| p.records - p.repeated.min(p.records))
            .sum()
    }

    /// Unparsed records added by this file.
    pub fn unparsed(&self) -> u64 {
        self.objects
            .iter()
            .filter_map(|o| o.parsed.as_ref())
            .map(|p| p.unparsed)
            .sum()
    }

    /// Earliest and latest instant of its records.
    pub fn time_range(&self) -> (Option<i64>, Option<i64>) {
        let parsed = || self.objects.iter().filter_map(|o| o.parsed.as_ref());
        (
            parsed().filter_map(|p| p.first_time).min(),
            parsed().filter_map(|p| p.last_time).max(),
        )
    }

    /// Whether anything in it is damaged.
    pub fn is_damaged(&self) -> bool {
        !self.damage.is_empty() || self.objects.iter().any(|o| o.damage.is_some())
    }
}

/// Damage as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamageRecord {
    /// Where, in bytes of what was decoded.
    pub offset: u64,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
    /// Whether a bound stopped it, not the bytes.
    pub bound: bool,
}

impl DamageRecord {
    /// In words, of an object of which `length` bytes came out: an encrypted member or a link is not damaged, and neither
    /// is what a bound stopped.
    pub fn words(&self, length: u64) -> String {
        let Self {
            offset,
            expected,
            found,
            ..
        } = self;
        let what = match (self.bound, length) {
            (true, _) => format!("not read beyond byte {offset}"),
            (false, 0) => "not read".to_owned(),
            (false, _) => format!("damaged at byte {offset}"),
        };
        format!("{what}: expected {expected}, found {found}")
    }
}

impl From<&Damage> for DamageRecord {
    fn from(damage: &Damage) -> Self {
        Self {
            offset: damage.offset,
            expected: damage.expected.clone(),
            found: damage.found.clone(),
            bound: damage.bound,
        }
    }
}

/// One object of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ObjectRecord {
    /// The file's own path, and for a member of a container its name there behind it.
    pub name: Name,
    /// How it came out of its container: `zip:3`, `gzip:0`, outermost first.
    pub steps: Vec<String>,
    /// SHA-256 of the object's bytes, hex; none where no byte came out.
    pub sha256: Option<String>,
    /// BLAKE3 of the object's bytes, hex: its name in the archive.
    pub blake3: Option<String>,
    /// Bytes of the object.
    pub length: u64,
    /// Where the object begins in the file: more than 0 for the part that a grown file added.
    pub file_offset: u64,
    /// Whether the bytes were here already.
    pub known: bool,
    /// What is wrong with the member.
    pub damage: Option<DamageRecord>,
    /// How it was read; none where it was here already or nobody knows the format.
    pub parsed: Option<ParsedRecord>,
    /// Why it was not read, where it was not.
    pub reason: Option<String>,
    /// The unterminated end of the part before, which this part reads again with what follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<OpenEnd>,
    /// SHA-256, hex, of earlier copies of the same circular log: a record whose bytes stand in one of them got no second
    /// row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<String>,
}

/// The end of an object after its last complete record: a half-written line, or a record that later lines may
/// continue. When the file grows, its rows give way to the whole record; its bytes, its tree and every citation stay.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpenEnd {
    /// SHA-256 of the object, hex.
    pub object: String,
    /// First byte of it.
    pub from: u64,
}

/// How an object was read: enough to read it again the same way, and the reconciliation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ParsedRecord {
    /// Format.
    pub format: String,
    /// SHA-256 of the description of that format, where a user described it, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_format: Option<String>,
    /// SHA-256 of the field mapping that was given, hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Why this format.
    pub format_reason: String,
    /// 1 to 100.
    pub confidence: u8,
    /// Encoding of the file's text.
    pub encoding: String,
    /// Format that a person forced.
    pub forced_format: Option<String>,
    /// Encoding that a person forced.
    pub forced_encoding: Option<String>,
    /// Zone of clocks that state none.
    pub zone: String,
    /// Where that zone comes from: `flag`, `source`, `archive` or `default`.
    pub zone_rule: String,
    /// Forced year of the first record.
    pub year: Option<i32>,
    /// Bound for inferred years: when the bytes came in.
    pub received: i64,
    /// What the file or container says of its last change.
    pub modified: Option<i64>,
    /// Longest record in bytes.
    pub max_record: u64,
    /// Source that a person gave for all records.
    pub forced_source: Option<String>,
    /// Name of the given input, for records whose source is a folder.
    pub input_name: String,
    /// How sources were found: rule and number of records.
    pub attribution: Vec<(String, u64)>,
    /// What an earlier part left.
    pub state_in: Option<String>,
    /// What is left for a later part.
    pub state_out: Option<String>,
    /// First byte after the last complete record.
    pub complete_end: u64,
    /// Records, unparsed ones included.
    pub records: u64,
    /// Those of them that an earlier copy of the same circular log brought: they stand in the archive once.
    #[serde(default)]
    pub repeated: u64,
    /// Records with the number of a record of an earlier copy and other bytes.
    #[serde(default)]
    pub contradicted: u64,
    /// Unparsed records.
    pub unparsed: u64,
    /// First unparsed records: offset and reason.
    pub unparsed_examples: Vec<(u64, String)>,
    /// Bytes in events.
    pub event_bytes: u64,
    /// Bytes in unparsed records.
    pub unparsed_bytes: u64,
    /// Bytes of structure by kind.
    pub structure_bytes: Vec<(String, u64)>,
    /// Earliest instant.
    pub first_time: Option<i64>,
    /// Latest instant.
    pub last_time: Option<i64>,
    /// Records without a place in time.
    pub not_placed: u64,
    /// Records cut for their length.
    pub cut: u64,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Root of the record tree, hex.
    pub tree_root: String,
}

impl ParsedRecord {
    /// Takes over what detection and reading said.
    pub fn take(&mut self, detection: &Detection, summary: &ParseSummary) {
        self.format = detection.name().to_owned();
        self.user_format = detection.user.as_ref().map(|user| digest(user.text()));
        self.format_reason.clone_from(&detection.reason);
        self.confidence = detection.confidence;
        self.encoding = detection.encoding.name().to_owned();
        self.state_out.clone_from(&summary.state);
        self.complete_end = summary.complete_end;
        self.records = summary.records;
        self.unparsed = summary.unparsed;
        self.unparsed_examples.clone_from(&summary.unparsed_examples);
        self.event_bytes = summary.event_bytes;
        self.unparsed_bytes = summary.unparsed_bytes;
        self.structure_bytes = summary
            .structure_bytes
            .iter()
            .map(|(k, n)| (k.as_str().to_owned(), *n))
            .collect();
        self.first_time = summary.first_time;
        self.last_time = summary.last_time;
        self.not_placed = summary.not_placed;
        self.cut = summary.cut;
        self.notes.clone_from(&summary.notes);
    }

    /// Bytes of structure in all.
    pub fn structure_total(&self) -> u64 {
        self.structure_bytes.iter().map(|(_, n)| n).sum()
    }
}

/// The damage of a member, where it has one, and whether no byte came out.
pub fn member_damage(member: &Member) -> Option<DamageRecord> {
    match &member.status {
        MemberStatus::Complete => None,
        MemberStatus::Damaged(damage) | MemberStatus::Unreadable(damage) => Some(damage.into()),
    }
}

/// The way to a member as it is written down.
pub fn member_steps(member: &Member) -> Vec<String> {
    member
        .info
        .steps
        .iter()
        .map(|s| format!("{}:{}", s.decoder.as_str(), s.index))
        .collect()
}
