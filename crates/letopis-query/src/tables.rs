//! The tables beside `events`: what the caller knows of sources, objects, ledger and readings, as plain rows.

use std::sync::Arc;

use arrow::array::Array as _;
use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Field, Schema};
use datafusion::datasource::MemTable;
use datafusion::error::Result as EngineResult;

use crate::store::SegmentInfo;

/// A source of the register, or one that only the records name (`declared` false).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// As in the `source` column of `events`.
    pub source: String,
    /// What people call it.
    pub name: Option<String>,
    /// `os, dbms, network, application, protection`.
    pub category: Option<String>,
    /// To whom it belongs.
    pub owner: Option<String>,
    /// Its time zone.
    pub zone: Option<String>,
    /// How often it is expected to write.
    pub rhythm: Option<String>,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// Country where it stands, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Months for which its logs are kept, where the source list says more than the archive.
    pub months: Option<i64>,
    /// First day on which it wrote, `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Last day on which it wrote.
    pub until: Option<String>,
    /// Names under which its machine stands in records.
    pub hosts: Option<String>,
    /// Its network addresses.
    pub addresses: Option<String>,
    /// Who holds it, where that is not the owner.
    pub holder: Option<String>,
    /// Department.
    pub unit: Option<String>,
    /// How the person who answers for it is reached.
    pub contact: Option<String>,
    /// Where it stands.
    pub site: Option<String>,
    /// What sets its clock.
    pub clock: Option<String>,
    /// How much depends on it.
    pub criticality: Option<String>,
    /// Contract, order or law that binds it.
    pub basis: Option<String>,
    /// Whether a person declared it in a source list; without any such row completeness of sources is not shown.
    pub declared: bool,
}

/// Something that a person put on record about the keeping of logs: a logging policy, an announced change, a review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteRow {
    /// Ledger position.
    pub seq: i64,
    /// When it was put on record, microseconds since 1970 UTC.
    pub time: i64,
    /// `policy`, `notice`, `review` or `incident`.
    pub topic: String,
    /// What a review was of; the step of an incident.
    pub subject: Option<String>,
    /// The source it is about; none where it is about a category or all.
    pub source: Option<String>,
    /// The category of sources that a policy is for.
    pub category: Option<String>,
    /// First day, `YYYY-MM-DD`: of a policy's force, of what was reviewed, on which a notice was given or
    /// something happened in an incident.
    pub first_day: String,
    /// Last day: of what was reviewed; the day of an announced change.
    pub last_day: Option<String>,
    /// Kinds that a policy asks for, parted by blanks.
    pub kinds: Option<String>,
    /// Days after which logs must have been reviewed.
    pub review_days: Option<i64>,
    /// Who.
    pub person: String,
    /// Reason of a policy, what changes, or result of a review.
    pub text: String,
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

/// A column being built: name, whether it may lack values, values.
enum Values {
    Text(StringArray),
    Number(Int64Array),
    Flag(BooleanArray),
    Time(TimestampMicrosecondArray),
}

struct Builder {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Builder {
    fn new() -> Self {
        Self {
            fields: Vec::new(),
            columns: Vec::new(),
        }
    }

    fn add(mut self, name: &str, values: Values) -> Self {
        let column: ArrayRef = match values {
            Values::Text(values) => Arc::new(values),
            Values::Number(values) => Arc::new(values),
            Values::Flag(values) => Arc::new(values),
            Values::Time(values) => Arc::new(values.with_timezone("UTC")),
        };
        self.fields
            .push(Field::new(name, column.data_type().clone(), true));
        self.columns.push(column);
        self
    }

    fn text<'a>(self, name: &str, values: impl Iterator<Item = Option<&'a str>>) -> Self {
        self.add(name, Values::Text(values.collect()))
    }

    fn number(self, name: &str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.add(name, Values::Number(values.collect()))
    }

    fn time(self, name: &str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.add(name, Values::Time(values.collect()))
    }

    fn flag(self, name: &str, values: impl Iterator<Item = bool>) -> Self {
        self.add(name, Values::Flag(values.map(Some).collect()))
    }

    fn table(self) -> EngineResult<MemTable> {
        let schema = Arc::new(Schema::new(self.fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), self.columns)?;
        MemTable::try_new(schema, vec![vec![batch]])
    }
}

/// The table `sources`.
pub(crate) fn sources(rows: &[SourceRow]) -> EngineResult<MemTable> {
    Builder::new()
        .text("source", rows.iter().map(|r| Some(r.source.as_str())))
        .text("name", rows.iter().map(|r| r.name.as_deref()))
        .text("category", rows.iter().map(|r| r.category.as_deref()))
        .text("owner", rows.iter().map(|r| r.owner.as_deref()))
        .text("zone", rows.iter().map(|r| r.zone.as_deref()))
        .text("rhythm", rows.iter().map(|r| r.rhythm.as_deref()))
        .text("responsible", rows.iter().map(|r| r.responsible.as_deref()))
        .text("country", rows.iter().map(|r| r.country.as_deref()))
        .number("months", rows.iter().map(|r| r.months))
        .text("since", rows.iter().map(|r| r.since.as_deref()))
        .text("until", rows.iter().map(|r| r.until.as_deref()))
        .text("hosts", rows.iter().map(|r| r.hosts.as_deref()))
        .text("addresses", rows.iter().map(|r| r.addresses.as_deref()))
        .text("holder", rows.iter().map(|r| r.holder.as_deref()))
        .text("unit", rows.iter().map(|r| r.unit.as_deref()))
        .text("contact", rows.iter().map(|r| r.contact.as_deref()))
        .text("site", rows.iter().map(|r| r.site.as_deref()))
        .text("clock", rows.iter().map(|r| r.clock.as_deref()))
        .text("criticality", rows.iter().map(|r| r.criticality.as_deref()))
        .text("basis", rows.iter().map(|r| r.basis.as_deref()))
        .flag("declared", rows.iter().map(|r| r.declared))
        .table()
}

/// The table `objects`.
pub(crate) fn objects(rows: &[ObjectRow]) -> EngineResult<MemTable> {
    Builder::new()
        .text("object", rows.iter().map(|r| Some(r.object.as_str())))
        .text("blake3", rows.iter().map(|r| r.blake3.as_deref()))
        .number("bytes", rows.iter().map(|r| Some(r.bytes)))
        .text("path", rows.iter().map(|r| r.path.as_deref()))
        .text("container", rows.iter().map(|r| r.container.as_deref()))
        .text("status", rows.iter().map(|r| r.status.as_deref()))
        .text("source", rows.iter().map(|r| r.source.as_deref()))
        .text("format", rows.iter().map(|r| r.format.as_deref()))
        .text("encoding", rows.iter().map(|r| r.encoding.as_deref()))
        .number("records", rows.iter().map(|r| r.records))
        .number("unparsed", rows.iter().map(|r| r.unparsed))
        .time("first_time", rows.iter().map(|r| r.first_time))
        .time("last_time", rows.iter().map(|r| r.last_time))
        .time("ingested", rows.iter().map(|r| r.ingested))
        .text("exhibit", rows.iter().map(|r| r.exhibit.as_deref()))
        .text("received_from", rows.iter().map(|r| r.received_from.as_deref()))
        .text("reason", rows.iter().map(|r| r.reason.as_deref()))
        .table()
}

/// The table `ledger`.
pub(crate) fn ledger(rows: &[LedgerRow]) -> EngineResult<MemTable> {
    Builder::new()
        .number("seq", rows.iter().map(|r| Some(r.seq)))
        .time("time", rows.iter().map(|r| Some(r.time)))
        .text("kind", rows.iter().map(|r| Some(r.kind.as_str())))
        .text("hash", rows.iter().map(|r| Some(r.hash.as_str())))
        .text("prev", rows.iter().map(|r| r.prev.as_deref()))
        .text("detail", rows.iter().map(|r| r.detail.as_deref()))
        .text("line", rows.iter().map(|r| Some(r.line.as_str())))
        .table()
}

/// The table `access`.
pub(crate) fn access(rows: &[AccessRow]) -> EngineResult<MemTable> {
    Builder::new()
        .number("seq", rows.iter().map(|r| Some(r.seq)))
        .time("time", rows.iter().map(|r| Some(r.time)))
        .number("result_seq", rows.iter().map(|r| r.result_seq))
        .time("result_time", rows.iter().map(|r| r.result_time))
        .text("person", rows.iter().map(|r| r.person.as_deref()))
        .text("basis", rows.iter().map(|r| r.basis.as_deref()))
        .text("host", rows.iter().map(|r| r.host.as_deref()))
        .text("command", rows.iter().map(|r| r.command.as_deref()))
        .text("query", rows.iter().map(|r| r.query.as_deref()))
        .text("purpose", rows.iter().map(|r| r.purpose.as_deref()))
        .text("case_id", rows.iter().map(|r| r.case_id.as_deref()))
        .number("rows", rows.iter().map(|r| r.rows))
        .text("digest", rows.iter().map(|r| r.digest.as_deref()))
        .text("ended", rows.iter().map(|r| r.ended.as_deref()))
        .text("journal", rows.iter().map(|r| r.journal.as_deref()))
        .table()
}

/// The table `notes`.
pub(crate) fn notes(rows: &[NoteRow]) -> EngineResult<MemTable> {
    Builder::new()
        .number("seq", rows.iter().map(|r| Some(r.seq)))
        .time("time", rows.iter().map(|r| Some(r.time)))
        .text("topic", rows.iter().map(|r| Some(r.topic.as_str())))
        .text("subject", rows.iter().map(|r| r.subject.as_deref()))
        .text("source", rows.iter().map(|r| r.source.as_deref()))
        .text("category", rows.iter().map(|r| r.category.as_deref()))
        .text("first_day", rows.iter().map(|r| Some(r.first_day.as_str())))
        .text("last_day", rows.iter().map(|r| r.last_day.as_deref()))
        .text("kinds", rows.iter().map(|r| r.kinds.as_deref()))
        .number("review_days", rows.iter().map(|r| r.review_days))
        .text("person", rows.iter().map(|r| Some(r.person.as_str())))
        .text("text", rows.iter().map(|r| Some(r.text.as_str())))
        .table()
}

/// The table `settings`: names and values of the archive's configuration.
pub(crate) fn settings(rows: &[(String, String)]) -> EngineResult<MemTable> {
    Builder::new()
        .text("name", rows.iter().map(|r| Some(r.0.as_str())))
        .text("value", rows.iter().map(|r| Some(r.1.as_str())))
        .table()
}

/// The table `segments`.
pub(crate) fn segments(rows: &[SegmentInfo]) -> EngineResult<MemTable> {
    let count = |n: u64| i64::try_from(n).ok();
    let joined = |name: &str| {
        rows.iter()
            .map(|r| {
                let values = r.values.get(name)?;
                Some(values.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            })
            .collect::<Vec<Option<String>>>()
    };
    let (sources, formats, kinds) = (joined("source"), joined("format"), joined("kind"));
    Builder::new()
        .text("segment", rows.iter().map(|r| Some(r.id.as_str())))
        .number("rows", rows.iter().map(|r| count(r.rows)))
        .number("bytes", rows.iter().map(|r| count(r.bytes)))
        .time("first_time", rows.iter().map(|r| r.time.map(|t| t.0)))
        .time("last_time", rows.iter().map(|r| r.time.map(|t| t.1)))
        .number(
            "rows_without_time",
            rows.iter().map(|r| r.rows_without_time.and_then(count)),
        )
        .text("sources", sources.iter().map(|s| s.as_deref()))
        .text("formats", formats.iter().map(|s| s.as_deref()))
        .text("kinds", kinds.iter().map(|s| s.as_deref()))
        .table()
}
