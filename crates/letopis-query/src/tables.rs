//! The tables beside `events`: what the caller knows of sources, objects, ledger and readings, as plain rows.

/// Everything that stands beside the events. `segments` is made from the store itself.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// Table `sources`.
    pub sources: Vec<SourceRow>,
    /// Table `objects`.
    pub objects: Vec<ObjectRow>,
    /// Table `ledger`.
    pub ledger: Vec<LedgerRow>,
    /// Table `access`.
    pub access: Vec<AccessRow>,
}

/// A source of the register, or one that only the records name (`declared` false).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// As in the `source` column of `events`.
    pub source: String,
    /// What people call it.
    pub name: Option<String>,
    /// `os, dbms, network, application, protection`.
    pub category: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its time zone.
    pub zone: Option<String>,
    /// How often it is expected to write.
    pub rhythm: Option<String>,
    /// Whether a person declared it in a source list; without any such row completeness of sources is not shown.
    pub declared: bool,
}

/// A file as it came in, and the object that keeps its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectRow {
    /// SHA-256 of the object, 64 hex digits; as in the `object` column of `events`.
    pub object: String,
    /// BLAKE3 of the object, 64 hex digits.
    pub blake3: Option<String>,
    /// Size in bytes.
    pub bytes: i64,
    /// Path it came by, readable.
    pub path: Option<String>,
    /// SHA-256 of the container it came in.
    pub container: Option<String>,
    /// `new, known, grown, changed, refused`.
    pub status: Option<String>,
    /// Source its records are attributed to.
    pub source: Option<String>,
    /// Format that read it.
    pub format: Option<String>,
    /// Encoding of its text.
    pub encoding: Option<String>,
    /// Records.
    pub records: Option<i64>,
    /// Records of them that could not be read.
    pub unparsed: Option<i64>,
    /// Earliest time, microseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Latest time, microseconds since 1970 UTC.
    pub last_time: Option<i64>,
    /// When it was taken in, microseconds since 1970 UTC.
    pub ingested: Option<i64>,
    /// Exhibit label.
    pub exhibit: Option<String>,
    /// Who handed it over.
    pub received_from: Option<String>,
    /// Why it was refused or how it is damaged.
    pub reason: Option<String>,
}

/// One line of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerRow {
    /// Position, from 0.
    pub seq: i64,
    /// Microseconds since 1970 UTC.
    pub time: i64,
    /// Kind of entry.
    pub kind: String,
    /// Leaf hash of the line, hex.
    pub hash: String,
    /// Leaf hash of the line before, hex.
    pub prev: Option<String>,
    /// Commitment to its detail document, hex.
    pub detail: Option<String>,
    /// The line as it stands.
    pub line: String,
}

/// One reading of the archive: the intent and, where it came to an end, the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRow {
    /// Ledger position of the intent.
    pub seq: i64,
    /// When it was announced, microseconds since 1970 UTC.
    pub time: i64,
    /// Ledger position of the result.
    pub result_seq: Option<i64>,
    /// When it ended, microseconds since 1970 UTC.
    pub result_time: Option<i64>,
    /// Who.
    pub person: Option<String>,
    /// How that is known: `os-account` or `signed`.
    pub basis: Option<String>,
    /// On which machine.
    pub host: Option<String>,
    /// Command.
    pub command: Option<String>,
    /// The exact query.
    pub query: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// For which case.
    pub case_id: Option<String>,
    /// Rows that were shown.
    pub rows: Option<i64>,
    /// Digest of the rows, hex.
    pub digest: Option<String>,
    /// How it ended: `done`, `failed`, `interrupted`; no value when no result was recorded.
    pub ended: Option<String>,
    /// Journal that recorded it, where not the archive's own ledger.
    pub journal: Option<String>,
}
