//! What is true of a written scenario, counted while writing.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Everything that is known about a scenario: the content of `truth.json`.
///
/// Paths are relative to the scenario's folder and begin with `logs/`. Instants are RFC 3339 in UTC. *Recorded*
/// instants are what a faultless reader gets from the text with the source's zone; they differ from the true
/// ones only for the source whose clock is slow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// Seed.
    pub seed: u64,
    /// Scale.
    pub scale: u32,
    /// Zone of the administration: months, quarters and days below are cut in it.
    pub zone: String,
    /// First instant.
    pub from: String,
    /// End, exclusive.
    pub to: String,
    /// Records of all files under `logs/`.
    pub records: u64,
    /// The sources, in the order of `sources.csv`.
    pub sources: Vec<Source>,
    /// The incident.
    pub incident: Story,
    /// What looks like an incident and is none.
    pub decoys: Vec<Story>,
    /// The source that fell silent.
    pub silence: Silence,
    /// The source whose clock is wrong.
    pub clock: ClockOffset,
    /// The file that was delivered twice with one line altered.
    pub altered: Altered,
    /// The account spelt with a Cyrillic letter.
    pub look_alike: LookAlike,
    /// Records that stand in the archive twice, by two paths.
    pub doubled: Doubled,
    /// The clock changes that the source in Europe went through.
    pub clock_changes: Vec<ClockChange>,
    /// What the words in `counts` mean, and which of them are failed logons.
    pub classes: Classes,
    /// Log records by source, then local month (`2025-10`), then class. Every record has one class.
    pub counts: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Totals by local quarter (`2025Q4`).
    pub quarters: BTreeMap<String, Quarter>,
}

/// A system that writes logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Short name.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// `os`, `dbms`, `network`, `application` or `protection`.
    pub category: String,
    /// Who answers for it.
    pub owner: String,
    /// Zone of its clock.
    pub zone: String,
    /// How often it writes at least: `hourly`, `daily`, `workdays`.
    pub rhythm: String,
    /// Glob relative to `logs/`.
    pub pattern: String,
    /// Records of all its files.
    pub records: u64,
    /// Its files.
    pub files: Vec<File>,
}

/// One innermost file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Path of the file on disk.
    pub path: String,
    /// Name inside each container on the way: `["var/log/auth.log.2.gz"]` for a gz in a tar; empty for a plain
    /// file and for a compressed one.
    pub members: Vec<String>,
    /// Containers from outside in: `tar`, `gz`, `zst`, `xz`, `bz2`, `zip`; empty for a plain file.
    pub containers: Vec<String>,
    /// Grammar, as `letopis-intake` names it: `syslog-rfc3164`, `postgres-csv` …
    pub format: String,
    /// Encoding of the text.
    pub encoding: String,
    /// Bytes after all decoding.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: String,
    /// Line ends in them.
    pub lines: u64,
    /// Records in them.
    pub records: u64,
    /// Lines at the beginning that are no record.
    pub header_lines: u64,
    /// Recorded instant of the first record.
    pub first: String,
    /// Recorded instant of the last record.
    pub last: String,
    /// When the file was last written, as the file system, gzip, tar and zip say.
    pub modified: String,
}

/// A chain of records with a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Short name.
    pub name: String,
    /// What happened, in a few sentences.
    pub what: String,
    /// First true instant.
    pub from: String,
    /// Last true instant.
    pub to: String,
    /// Its records, by true time.
    pub rows: Vec<Row>,
}

/// One record of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Source id.
    pub source: String,
    /// Path of the file on disk.
    pub path: String,
    /// Names inside containers, as in [`File::members`].
    pub members: Vec<String>,
    /// First line of the record, from 1.
    pub line: u64,
    /// True instant.
    pub instant: String,
    /// Recorded instant.
    pub recorded: String,
    /// Part in the story: `guess`, `logon`, `privilege`, `log-read`, `export`, `log-clear` …
    pub role: String,
    /// Class of the record, as in [`Truth::counts`].
    pub class: String,
    /// The record's decoded text.
    pub text: String,
}

/// A stretch without records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Source id.
    pub source: String,
    /// Begin.
    pub from: String,
    /// End.
    pub to: String,
    /// Recorded instant of the last record before.
    pub last_before: String,
    /// Recorded instant of the first record after.
    pub first_after: String,
}

/// A clock that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// Source id.
    pub source: String,
    /// Recorded minus true, in seconds: negative is slow.
    pub offset_seconds: i64,
}

/// A file that came a second time, changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Altered {
    /// The file as first delivered.
    pub path: String,
    /// The file as delivered again; relative to the scenario's folder.
    pub again: String,
    /// The line that differs.
    pub line: u64,
    /// Its text at first.
    pub before: String,
    /// Its text in the second delivery.
    pub after: String,
    /// SHA-256 of the second delivery.
    pub sha256: String,
}

/// A name that looks like another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// As written, with the Cyrillic letter.
    pub written: String,
    /// What it looks like.
    pub looks_like: String,
    /// Records under `logs/` that hold it.
    pub records: u64,
}

/// Records that came by two paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubled {
    /// Source id of the copies.
    pub copy: String,
    /// For each original source: records that stand in both.
    pub both: BTreeMap<String, u64>,
    /// For each original source: records that stand in the copy alone, since the original was cleared.
    pub copy_only: BTreeMap<String, u64>,
}

/// A clock change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockChange {
    /// Source id.
    pub source: String,
    /// The instant.
    pub at: String,
    /// Local date and the hour that exists twice or never: `2025-10-26 02`.
    pub local_hour: String,
    /// `twice` or `never`.
    pub exists: String,
    /// Records whose written time lies in that hour.
    pub records: u64,
}

/// What the classes mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    /// Classes whose every record is a failed logon.
    pub failed_logon: Vec<String>,
    /// Classes whose every record is a successful logon.
    pub logon: Vec<String>,
    /// Classes whose every record is the use of a privilege.
    pub privilege: Vec<String>,
    /// Classes whose every record is a log that was read, cleared or switched off.
    pub logging: Vec<String>,
    /// Classes whose every record is a removable medium coming or going.
    pub media: Vec<String>,
}

/// Totals of one local quarter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarter {
    /// Log records.
    pub records: u64,
    /// Log records by category.
    pub by_category: BTreeMap<String, u64>,
    /// Log records by source.
    pub by_source: BTreeMap<String, u64>,
    /// Records of the classes that are failed logons.
    pub failed_logons: u64,
    /// Records of the classes that are logons.
    pub logons: u64,
    /// Records of the classes that are use of privilege.
    pub privilege: u64,
    /// Records of the classes about logs.
    pub logging: u64,
    /// Records of the classes about media.
    pub media: u64,
}

impl Truth {
    /// Reads `truth.json`.
    ///
    /// # Errors
    /// Where the file cannot be read or is no truth.
    pub fn load(path: &Path) -> io::Result<Self> {
        let text =
            std::fs::read(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        serde_json::from_slice(&text)
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {e}", path.display())))
    }

    /// The truth of the committed samples.
    ///
    /// # Errors
    /// Where they are not there.
    pub fn committed() -> io::Result<Self> {
        Self::load(&crate::corpus::samples().join("truth.json"))
    }

    /// The content of `truth.json`: what is small on lines of its own, what is long one record a line.
    ///
    /// # Errors
    /// None that is known: every value can be said in JSON.
    pub fn to_json(&self) -> io::Result<String> {
        let mut out = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut out, OneRecordALine::default());
        self.serialize(&mut writer).map_err(io::Error::other)?;
        out.push(b'\n');
        String::from_utf8(out).map_err(io::Error::other)
    }

    /// The source of that id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|s| s.id == id)
    }

    /// The decoy of that name.
    pub fn decoy(&self, name: &str) -> Option<&Story> {
        self.decoys.iter().find(|d| d.name == name)
    }
}

/// JSON that a person can read and a diff can show: the outer levels indented, records on one line each.
#[derive(Debug, Default)]
struct OneRecordALine {
    depth: usize,
    /// Whether each open level has its values on lines of their own.
    broken: Vec<bool>,
    empty: bool,
}

impl OneRecordALine {
    fn open<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8], deepest: usize) -> io::Result<()> {
        self.depth += 1;
        let outer = self.broken.last().copied().unwrap_or(true);
        self.broken.push(outer && self.depth <= deepest);
        self.empty = true;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.broken.pop() == Some(true) && !self.empty {
            self.new_line(out)?;
        }
        self.empty = false;
        out.write_all(bracket)
    }

    fn new_line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b" "))
    }

    fn next<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.empty = false;
        if !first {
            out.write_all(b",")?;
        }
        if self.broken.last() == Some(&true) {
            self.new_line(out)
        } else {
            Ok(())
        }
    }
}

impl serde_json::ser::Formatter for OneRecordALine {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[", 4)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{", 3)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }
}
