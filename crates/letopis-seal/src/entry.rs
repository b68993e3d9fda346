//! One line of the ledger: canonical JSON, chained to the line before it.
//!
//! ```text
//! {"commitment":"…","detail":"…","kind":"object","prev":"…","records":128,"root":"…","seq":7,"time":"2026-04-30T23:59:59.000000Z"}
//! ```
//!
//! - Keys stand in bytewise order, nothing stands between the tokens, numbers are integers of at most 2⁵³, there
//!   is no `null`, no fraction and no repeated key; strings escape only `"`, `\` and control characters, in their
//!   shortest form. So one content has one spelling, and a program that is not ours can print it too (in Python
//!   `json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`).
//! - `seq` counts from 0; `prev` is the RFC 6962 leaf hash of the line before, without its line end, as 64
//!   hexadecimal digits (zeros in line 0); the same hash is the line's leaf in the ledger's tree.
//! - `detail`, where present, is SHA-256(32-byte nonce ‖ document): names, paths and purposes stand in the document.
//!
//! The parser refuses everything else by byte position, with what was expected and what was found.

mod kind;
mod parse;
mod time;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use kind::EntryKind;
pub use time::EntryTime;
pub use value::{INTEGER_MAX, NESTING_MAX, Value};

use crate::hash::{Sha256Digest, leaf_hash};
use crate::tree::{TreeBuilder, TreeSize};

/// A longer line (without its line end) is neither written nor read.
pub const LINE_BYTES_MAX: usize = 16 << 10;

/// Names of the fields by which a line of kind `object` or `reframe` binds a record tree; see [`crate::proof`].
pub mod field {
    /// Root of the record tree, 64 hexadecimal digits.
    pub const ROOT: &str = "root";
    /// Number of leaves of the record tree.
    pub const RECORDS: &str = "records";
    /// The object's commitment, 64 hexadecimal digits.
    pub const COMMITMENT: &str = "commitment";
    /// In a line of kind `key`: the signed certificate of [`crate::certificate`].
    pub const CERTIFICATE: &str = "certificate";
}

const RESERVED: [&str; 5] = ["detail", "kind", "prev", "seq", "time"];

/// Why a ledger line was refused, or could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("ledger line: {found} bytes, expected at most {LINE_BYTES_MAX}")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// Not the canonical form.
    #[error("ledger line, byte {at}: expected {expected}, found {found}")]
    Syntax {
        /// Position from the start of the line.
        at: usize,
        /// What the canonical form requires there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A field is missing or has the wrong kind of value.
    #[error("ledger line: field \"{name}\": expected {expected}, found {found}")]
    Field {
        /// The field's name.
        name: String,
        /// What it must hold.
        expected: &'static str,
        /// What it holds, or `nothing`.
        found: String,
    },
    /// The line does not follow the one before it.
    #[error("ledger line {seq}: \"{name}\" is {found}, expected {expected}")]
    Chain {
        /// The number the line should have.
        seq: u64,
        /// `seq` or `prev`.
        name: &'static str,
        /// What the line before requires.
        expected: String,
        /// What the line says.
        found: String,
    },
}

/// One ledger line, read or about to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the line, from 0.
    pub seq: u64,
    /// When it was written, by the clock of the machine.
    pub time: EntryTime,
    /// What happened.
    pub kind: EntryKind,
    /// Leaf hash of the line before; zeros in line 0.
    pub prev: Sha256Digest,
    /// Commitment to the detail document; see [`detail_commitment`].
    pub detail: Option<Sha256Digest>,
    /// Everything else, by name.
    pub fields: BTreeMap<String, Value>,
}

impl Entry {
    /// A line without fields; [`LedgerCursor::draft`] fills in number and predecessor.
    pub fn new(seq: u64, prev: Sha256Digest, kind: EntryKind, time: EntryTime) -> Self {
        Self {
            seq,
            time,
            kind,
            prev,
            detail: None,
            fields: BTreeMap::new(),
        }
    }

    /// With one more field; an earlier one of that name is replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// With the commitment to its detail document.
    #[must_use]
    pub fn with_detail(mut self, commitment: Sha256Digest) -> Self {
        self.detail = Some(commitment);
        self
    }

    /// The canonical line, without line end. Refuses numbers beyond 2⁵³, reserved field names, too deep nesting
    /// and a line that is too long.
    pub fn to_line(&self) -> Result<String, EntryError> {
        if let Some(name) = self.fields.keys().find(|name| RESERVED.contains(&name.as_str())) {
            let expected = "a name other than detail, kind, prev, seq, time";
            return Err(EntryError::Field {
                name: name.clone(),
                expected,
                found: "that name".to_owned(),
            });
        }
        let mut map = self.fields.clone();
        map.insert("seq".to_owned(), Value::from(self.seq));
        map.insert("time".to_owned(), Value::Text(self.time.to_string()));
        map.insert("kind".to_owned(), Value::from(self.kind.name()));
        map.insert("prev".to_owned(), Value::from(self.prev));
        if let Some(detail) = self.detail {
            map.insert("detail".to_owned(), Value::from(detail));
        }
        let line = Value::Map(map).to_canonical()?;
        if line.len() > LINE_BYTES_MAX {
            return Err(EntryError::TooLong { found: line.len() });
        }
        Ok(line)
    }

    /// Reads one line, without line end; whatever parses prints back byte for byte.
    pub fn parse(line: &[u8]) -> Result<Self, EntryError> {
        if line.len() > LINE_BYTES_MAX {
            return Err(EntryError::TooLong { found: line.len() });
        }
        let mut fields = parse::object(line)?;
        let seq = required(
            fields.remove("seq"),
            "seq",
            "an integer, 0 or more",
            Value::as_count,
        )?;
        let time = required(
            fields.remove("time"),
            "time",
            "a time like 2026-04-30T23:59:59.000000Z",
            |value| EntryTime::parse(value.as_text()?),
        )?;
        let kind = required(fields.remove("kind"), "kind", "a kind of this version", |value| {
            EntryKind::from_name(value.as_text()?)
        })?;
        let prev = required(
            fields.remove("prev"),
            "prev",
            "64 hexadecimal digits",
            Value::as_digest,
        )?;
        let detail = match fields.remove("detail") {
            None => None,
            found => Some(required(
                found,
                "detail",
                "64 hexadecimal digits",
                Value::as_digest,
            )?),
        };
        Ok(Self {
            seq,
            time,
            kind,
            prev,
            detail,
            fields,
        })
    }

    /// The field `name` as a digest of 64 hexadecimal digits.
    pub fn digest(&self, name: &str) -> Result<Sha256Digest, EntryError> {
        self.read(name, "64 hexadecimal digits", Value::as_digest)
    }

    /// The field `name` as an integer, 0 or more.
    pub fn count(&self, name: &str) -> Result<u64, EntryError> {
        self.read(name, "an integer, 0 or more", Value::as_count)
    }

    /// The field `name` as text.
    pub fn text(&self, name: &str) -> Result<&str, EntryError> {
        match self.fields.get(name) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(wrong(name, "text", other)),
        }
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, EntryError> {
        let value = self.fields.get(name);
        value.and_then(read).ok_or_else(|| wrong(name, expected, value))
    }
}

fn required<T>(
    value: Option<Value>,
    name: &str,
    expected: &'static str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, EntryError> {
    value
        .as_ref()
        .and_then(read)
        .ok_or_else(|| wrong(name, expected, value.as_ref()))
}

fn wrong(name: &str, expected: &'static str, value: Option<&Value>) -> EntryError {
    let found = match value.map(Value::to_canonical) {
        None => "nothing".to_owned(),
        Some(Ok(text)) => text.chars().take(80).collect(),
        Some(Err(error)) => error.to_string(),
    };
    EntryError::Field {
        name: name.to_owned(),
        expected,
        found,
    }
}

/// Commits to a detail document: SHA-256(nonce ‖ document). Without the nonce the document cannot be guessed.
pub fn detail_commitment(nonce: &[u8; 32], document: &[u8]) -> Sha256Digest {
    let mut message = Vec::with_capacity(32 + document.len());
    message.extend_from_slice(nonce);
    message.extend_from_slice(document);
    crate::hash::sha256(&message)
}

/// Reads a ledger line after line, or extends it: checks number and chain and grows the tree over the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerCursor {
    prev: Sha256Digest,
    tree: TreeBuilder,
}

impl LedgerCursor {
    /// Before line 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many lines were taken.
    pub fn size(&self) -> TreeSize {
        self.tree.size()
    }

    /// The root over the lines that were taken.
    pub fn root(&self) -> Sha256Digest {
        self.tree.root()
    }

    /// Leaf hash of the last line; zeros before line 0.
    pub fn last_leaf(&self) -> Sha256Digest {
        self.prev
    }

    /// Begins the line that comes next. It counts only once it is [accepted](Self::accept).
    pub fn draft(&self, kind: EntryKind, time: EntryTime) -> Entry {
        Entry::new(self.size().0, self.prev, kind, time)
    }

    /// Takes the next line (without line end). When it is refused nothing changes.
    pub fn accept(&mut self, line: &[u8]) -> Result<Entry, EntryError> {
        let entry = Entry::parse(line)?;
        let seq = self.size().0;
        let refuse = |name, expected: String, found: String| {
            Err(EntryError::Chain {
                seq,
                name,
                expected,
                found,
            })
        };
        if entry.seq != seq {
            return refuse("seq", seq.to_string(), entry.seq.to_string());
        }
        if entry.prev != self.prev {
            return refuse("prev", self.prev.to_hex(), entry.prev.to_hex());
        }
        self.prev = leaf_hash(line);
        self.tree.append(self.prev);
        Ok(entry)
    }
}
