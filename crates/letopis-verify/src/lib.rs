//! Checking a proof without any archive: what the program `letopis-verify` and `letopis prove --check` both say.
//!
//! It stands on the seal room alone, so that the whole of what must be trusted to check a proof can be read in a day.

use std::fmt;

use letopis_seal::certificate::KeyRole;
use letopis_seal::key::{VerifyingKey, listed};
use letopis_seal::proof::{
    BatchChecked, BatchProof, Checked, Proof, ProvenRecord, TrustedKeys, batch, printable,
};
use serde::Serialize;

/// What a proof shows, in words and figures.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// The proof of one record.
    One(OneShown),
    /// The proof of many records, or of ledger lines.
    Many(ManyShown),
}

/// What the proof of one record shows.
#[derive(Clone, Debug, Serialize)]
pub struct OneShown {
    /// Always true: a proof that does not hold is an error.
    pub ok: bool,
    /// The record.
    #[serde(flatten)]
    pub record: RecordShown,
    /// The tree and the ledger line that hold it.
    #[serde(flatten)]
    pub tree: TreeShown,
    /// The checkpoint.
    #[serde(flatten)]
    pub vouched: Vouched,
}

/// What the proof of many records shows.
#[derive(Clone, Debug, Serialize)]
pub struct ManyShown {
    /// Always true.
    pub ok: bool,
    /// Record trees with the records of each that are shown.
    pub objects: Vec<ObjectShown>,
    /// Ledger lines.
    pub lines: Vec<LineShown>,
    /// The checkpoint.
    #[serde(flatten)]
    pub vouched: Vouched,
}

/// A record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordShown {
    /// Its bytes as text, with U+FFFD where they are none.
    pub record: String,
    /// First byte in the file.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// Number in the record tree, from 0.
    pub index: u64,
}

/// A record tree.
#[derive(Clone, Debug, Serialize)]
pub struct TreeShown {
    /// Records in the tree.
    pub records: u64,
    /// SHA-256 of the whole file, where the proof opens it.
    pub file_sha256: Option<String>,
    /// The ledger line that binds the tree.
    pub line_seq: u64,
    /// When that line was written, by the clock of the machine that wrote it.
    pub line_time: String,
}

/// A record tree with records of it.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectShown {
    /// The tree.
    #[serde(flatten)]
    pub tree: TreeShown,
    /// The records, ascending.
    pub shown: Vec<RecordShown>,
}

/// A ledger line.
#[derive(Clone, Debug, Serialize)]
pub struct LineShown {
    /// Its number.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// When it was written, by the clock of the machine that wrote it.
    pub time: String,
    /// The document that it commits to, where the proof shows it.
    pub document: Option<String>,
}

/// Who vouches for it, and what is not shown.
#[derive(Clone, Debug, Serialize)]
pub struct Vouched {
    /// The archive: origin of the checkpoint.
    pub archive: String,
    /// Entries under the checkpoint.
    pub checkpoint_size: u64,
    /// Root of the checkpoint, hex.
    pub checkpoint_root: String,
    /// Keys that signed it.
    pub signed_by: Vec<String>,
    /// What is not shown.
    pub not_shown: Vec<String>,
}

/// Reads a proof text of either kind and recomputes everything in it. `trusted` holds custodian keys known from
/// elsewhere, one a line; without it the key in the proof is used, and the result says so.
///
/// # Errors
/// Names what does not hold.
pub fn check(text: &str, trusted: Option<&str>) -> Result<Shown, String> {
    let trusted = trusted.map(keys).transpose()?;
    let many = text.split('\n').next() == Some(batch::FIRST_LINE);
    let shown = if many {
        BatchProof::parse(text).and_then(|proof| {
            let checked = proof.check(trusted.as_ref())?;
            Ok(Shown::Many(of_many(&proof, &checked)))
        })
    } else {
        Proof::parse(text).and_then(|proof| {
            let checked = proof.check(trusted.as_ref())?;
            Ok(Shown::One(of_one(&proof, &checked)))
        })
    };
    shown.map_err(|error| error.to_string())
}

/// The bytes of the records of a proof of many, object by object in the order of the text. Checks the form only.
///
/// # Errors
/// When the text is no proof of many records.
pub fn bytes_of_records(text: &str) -> Result<Vec<Vec<Vec<u8>>>, String> {
    let proof = BatchProof::parse(text).map_err(|error| error.to_string())?;
    let bytes = |object: batch::ProvenObject| object.proven.into_iter().map(|record| record.raw).collect();
    Ok(proof.objects.into_iter().map(bytes).collect())
}

fn keys(text: &str) -> Result<TrustedKeys, String> {
    let keys: Result<Vec<VerifyingKey>, String> = listed(text)
        .map(|line| VerifyingKey::parse(line).map_err(|error| format!("trusted key `{line}`: {error}")))
        .collect();
    keys.map(TrustedKeys)
}

fn of_one(proof: &Proof, checked: &Checked) -> OneShown {
    OneShown {
        ok: true,
        record: record(&proof.record),
        tree: TreeShown {
            records: checked.records.0,
            file_sha256: checked.file_sha256.map(|digest| digest.to_string()),
            line_seq: checked.line_seq,
            line_time: checked.line_time.to_string(),
        },
        vouched: Vouched {
            archive: checked.archive.clone(),
            checkpoint_size: checked.checkpoint_size.0,
            checkpoint_root: checked.checkpoint_root.to_string(),
            signed_by: checked.signed_by.iter().map(ToString::to_string).collect(),
            not_shown: checked.not_shown().iter().map(ToString::to_string).collect(),
        },
    }
}

fn of_many(proof: &BatchProof, checked: &BatchChecked) -> ManyShown {
    let objects = proof.objects.iter().zip(&checked.objects);
    let role = |role: KeyRole| match role {
        KeyRole::Custodian => "",
        KeyRole::Journal => " (journal key)",
    };
    ManyShown {
        ok: true,
        objects: objects
            .map(|(object, checked)| ObjectShown {
                tree: TreeShown {
                    records: checked.records.0,
                    file_sha256: checked.file_sha256.map(|digest| digest.to_string()),
                    line_seq: checked.line_seq,
                    line_time: checked.line_time.to_string(),
                },
                shown: object.proven.iter().map(record).collect(),
            })
            .collect(),
        lines: checked
            .lines
            .iter()
            .map(|line| LineShown {
                seq: line.seq,
                kind: line.kind.to_string(),
                time: line.time.to_string(),
                document: line.document.clone(),
            })
            .collect(),
        vouched: Vouched {
            archive: checked.archive.clone(),
            checkpoint_size: checked.checkpoint_size.0,
            checkpoint_root: checked.checkpoint_root.to_string(),
            signed_by: checked
                .signed_by
                .iter()
                .map(|(of, key)| format!("{key}{}", role(*of)))
                .collect(),
            not_shown: checked.not_shown().iter().map(ToString::to_string).collect(),
        },
    }
}

fn record(proven: &ProvenRecord) -> RecordShown {
    RecordShown {
        record: String::from_utf8_lossy(&proven.raw).into_owned(),
        offset: proven.offset,
        length: proven.raw.len() as u64,
        index: proven.index.0,
    }
}

impl Shown {
    /// How many records of how many files, and who vouches for them: what a person reads before they take something
    /// over.
    pub fn summary(&self) -> String {
        match self {
            Self::One(_) => self.to_string(),
            Self::Many(many) => format!("{}{}", many.counted(), many.vouched),
        }
    }
}

impl ManyShown {
    fn counted(&self) -> String {
        let records: usize = self.objects.iter().map(|object| object.shown.len()).sum();
        let (files, lines) = (self.objects.len(), self.lines.len());
        format!("PROVEN: {records} records of {files} files, {lines} ledger entries\n")
    }
}

/// What a person reads. Control characters of records and documents are escaped.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(one) => {
                write!(f, "PROVEN: this record\n  ")?;
                place(f, &one.record, &one.tree)?;
                write!(f, "\n{}", one.vouched)
            }
            Self::Many(many) => {
                f.write_str(&many.counted())?;
                for object in &many.objects {
                    for record in &object.shown {
                        write!(f, "  ")?;
                        place(f, record, &object.tree)?;
                        writeln!(f)?;
                    }
                    if let (true, Some(sha256)) = (object.shown.is_empty(), &object.tree.file_sha256) {
                        let (records, seq) = (object.tree.records, object.tree.line_seq);
                        writeln!(
                            f,
                            "  the file with SHA-256 {sha256}, {records} records, under ledger entry {seq}"
                        )?;
                    }
                }
                for line in &many.lines {
                    let said = line.document.as_deref().unwrap_or("(document not shown)");
                    writeln!(
                        f,
                        "  ledger entry {} of {}: {} {}",
                        line.seq,
                        line.time,
                        line.kind,
                        printable(said)
                    )?;
                }
                write!(f, "{}", many.vouched)
            }
        }
    }
}

fn place(f: &mut fmt::Formatter<'_>, record: &RecordShown, tree: &TreeShown) -> fmt::Result {
    let file = tree.file_sha256.as_ref().map_or_else(String::new, |sha256| {
        format!(" of the file with SHA-256 {sha256}")
    });
    write!(
        f,
        "{}\n    stood at byte {} ({} bytes){file}, record {} of {}, under ledger entry {} of {}",
        printable(&record.record),
        record.offset,
        record.length,
        record.index,
        tree.records,
        tree.line_seq,
        tree.line_time
    )
}

impl fmt::Display for Vouched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "in archive {}, checkpoint of {} entries with root {}\nsigned by {}\nnot shown: {}",
            printable(&self.archive),
            self.checkpoint_size,
            self.checkpoint_root,
            printable(&self.signed_by.join(", ")),
            self.not_shown.join("; ")
        )
    }
}
