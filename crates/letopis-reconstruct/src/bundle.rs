//! A bundle: records handed to an outsider as a bag that can be checked without letopis.
//!
//! ```text
//! BUNDLE/                      a bag (RFC 8493)
//!   README.txt, check_proof.py how to check it, with Python's standard library
//!   data/records.jsonl         the records with all columns and their text
//!   data/records.proof.txt     the proof of every one of them (letopis_seal::proof::batch)
//!   data/context.jsonl         what records of binary files need to be read, where that was asked for
//!   data/objects.json          the files that they come from
//!   data/extracts/             the bytes of the records, file by file; or
//!   data/originals/            the whole files, where that was asked for
//!   data/checkpoint.txt        the newest signed state of the ledger
//!   data/custodian.txt         the key to compare with a published one
//!   data/contents.sha256       digests of everything above; the access record holds its SHA-256
//!   data/access.proof.txt      the record of this very export: who, why, what
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use letopis_bag::{BagWriter, Disk, Medium};
use letopis_event::{EventId, ObjectDigest, Span};
use letopis_table::RowView;
use letopis_vault::{EntryKind, ObjectInfo, ObjectReader, Sha256, Vault};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::{check, literal};

/// Folder of whole files in a bundle.
pub const ORIGINALS: &str = "originals";
/// Folder of cut-out records in a bundle.
pub const EXTRACTS: &str = "extracts";
/// A longer statement would list ids beyond what the parser takes; they are asked for in runs.
const IDS_PER_QUERY: usize = 500;

/// What a record of a binary file needs beside its bytes to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordContext {
    /// Bytes of the file, outside the record, that its meaning depends on.
    pub elsewhere: Vec<u64>,
    /// How a program reads it: no evidence, but a reading of it.
    pub rendering: Option<String>,
}

/// Finds what the record at a place of a file of that format needs; nothing where it is read by itself.
pub type ContextOf =
    fn(format: &str, object: &mut ObjectReader, record: Span) -> io::Result<Option<RecordContext>>;

/// What to hand out.
#[derive(Clone, Debug, Default)]
pub struct BundleRequest {
    /// Records by citation.
    pub ids: Vec<EventId>,
    /// Records by search.
    pub query: Option<String>,
    /// Whether the whole files are handed out, and not only the records asked for.
    pub originals: bool,
    /// Whether what records of binary files need to be read is proven and handed out with them, and who finds it.
    pub context: Option<ContextOf>,
    /// What stands in `README.txt`, in the reader's language.
    pub readme: String,
    /// Labels for `bag-info.txt` beside those that are always there.
    pub labels: Vec<(&'static str, String)>,
}

/// What was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BundleOutcome {
    /// Records.
    pub records: u64,
    /// Files that they come from.
    pub objects: u64,
    /// SHA-256 of `contents.sha256`, which the access record holds.
    pub contents_sha256: String,
    /// Whether the access record of this export is in the bundle; a journal outside the archive keeps its own.
    pub access_recorded_inside: bool,
}

/// A file that records of a bundle come from, as `objects.json` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundledObject {
    /// First 20 hex digits of its SHA-256: the beginning of every citation of it.
    pub citation: String,
    /// SHA-256, where the whole file is handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Paths that it came by.
    pub paths: Vec<String>,
    /// Format that it was read as.
    pub format: Option<String>,
    /// Encoding that it was read in.
    pub encoding: Option<String>,
    /// Records of it in this bundle.
    pub records: u64,
    /// The file in the bundle, relative to `data/`; none where records have no text of their own to cut out.
    pub file: Option<String>,
}

/// Records of one object, in file order.
#[derive(Default)]
struct Found {
    format: Option<String>,
    encoding: Option<String>,
    /// Offset and length.
    places: BTreeMap<u64, u64>,
}

/// Hands records out as a bag at `place`. Ends the reading, since its record is part of the bundle.
///
/// # Errors
/// When nothing is found, the archive cannot be read, a record cannot be proven, or `place` cannot be written. A bag
/// that was begun and not ended has no declaration, and no tool takes it for one.
pub fn export_bundle(reading: &mut Reading, request: &BundleRequest, place: &Path) -> Result<BundleOutcome> {
    export_bundle_on(Rc::new(Disk), reading, request, place)
}

/// The same on a medium of the caller's.
///
/// # Errors
/// As [`export_bundle`].
pub fn export_bundle_on(
    medium: Rc<dyn Medium>,
    reading: &mut Reading,
    request: &BundleRequest,
    place: &Path,
) -> Result<BundleOutcome> {
    let statements = statements(reading, request)?;
    let mut bag = BagWriter::create_on(medium, place)?;
    let mut objects = BTreeMap::new();
    let mut cited = Vec::new();
    {
        let mut file = bag.payload("records.jsonl")?;
        for sql in &statements {
            write_records(reading, sql, &mut file, &mut objects, &mut cited)?;
        }
        file.finish()?;
    }
    if cited.is_empty() {
        bag.discard()?;
        return Err(ReconstructError::NotFound {
            what: "record for this bundle",
            name: request
                .query
                .clone()
                .unwrap_or_else(|| "the citations given".to_owned()),
        });
    }
    let records = cited.len() as u64;
    let vault = reading.vault().clone();
    if let Some(context_of) = request.context {
        cited.extend(write_context(&vault, &mut bag, context_of, &objects)?);
    }
    let proof = vault.prove_many(&cited, request.originals)?;
    bag.add("records.proof.txt", proof.to_string().as_bytes())?;
    let known = known(reading)?;
    let mut listed = Vec::with_capacity(objects.len());
    for (object, found) in &objects {
        listed.push(write_object(
            &vault,
            &known,
            &mut bag,
            *object,
            found,
            request.originals,
        )?);
    }
    let listed = serde_json::to_vec_pretty(&listed).map_err(io::Error::other)?;
    bag.add("objects.json", &listed)?;
    bag.add("checkpoint.txt", vault.checkpoint().text.as_bytes())?;
    bag.add("custodian.txt", format!("{}\n", proof.custodian).as_bytes())?;
    let contents = bag.sha256_list();
    bag.add("contents.sha256", contents.as_bytes())?;

    reading.give(records, contents.as_bytes());
    let intent = reading.own_intent();
    reading.end("complete")?;
    if let Some(intent) = intent {
        let vault = vault.refresh()?;
        let lines = BTreeSet::from_iter([intent].into_iter().chain(result_of(&vault, intent)?));
        bag.add(
            "access.proof.txt",
            vault.prove_lines(&lines)?.to_string().as_bytes(),
        )?;
    }
    bag.tag("README.txt", request.readme.as_bytes())?;
    bag.tag("check_proof.py", letopis_seal::proof::PYTHON_CHECKER.as_bytes())?;
    bag.finish(&labels(&vault, request))?;
    Ok(BundleOutcome {
        records,
        objects: objects.len() as u64,
        contents_sha256: letopis_seal::sha256(contents.as_bytes()).to_hex(),
        access_recorded_inside: intent.is_some(),
    })
}

/// The statements that find what was asked for, in the order of time.
fn statements(reading: &Reading, request: &BundleRequest) -> Result<Vec<String>> {
    let order = "ORDER BY time NULLS LAST, object, byte_offset";
    let mut statements = Vec::new();
    if let Some(query) = &request.query {
        check(reading, query)?;
        let matches = literal(query);
        statements.push(format!(
            "SELECT * FROM events WHERE matches(event_id, {matches}) {order}"
        ));
    }
    for ids in request.ids.chunks(IDS_PER_QUERY) {
        let list: Vec<String> = ids.iter().map(|id| literal(&id.to_string())).collect();
        statements.push(format!(
            "SELECT * FROM events WHERE event_id IN ({}) {order}",
            list.join(", ")
        ));
    }
    Ok(statements)
}

/// Writes the rows of one statement, and notes where they come from. A record that an earlier statement gave is passed
/// over.
fn write_records(
    reading: &Reading,
    sql: &str,
    out: &mut dyn Write,
    objects: &mut BTreeMap<ObjectDigest, Found>,
    cited: &mut Vec<([u8; 10], u64)>,
) -> Result<()> {
    let mut lines = reading.lines();
    let mut buffer = Vec::new();
    let mut stream = reading.run(reading.engine().sql(sql))?;
    while let Some(batch) = reading.run(stream.next()) {
        let batch = batch?;
        for row in RowView::all(&batch) {
            let id: EventId = row
                .text("event_id")
                .unwrap_or_default()
                .parse()
                .map_err(|error| ReconstructError::Parameter(format!("{error}")))?;
            let object = row
                .text("object")
                .and_then(Sha256::from_hex)
                .unwrap_or(Sha256::ZERO);
            let found = objects.entry(ObjectDigest(object.0)).or_default();
            let length = row.number("byte_length").and_then(|n| u64::try_from(n).ok());
            if found
                .places
                .insert(id.offset, length.unwrap_or_default())
                .is_some()
            {
                continue;
            }
            found.format = row.text("format").map(str::to_owned);
            found.encoding = row.text("encoding").map(str::to_owned);
            cited.push((id.object, id.offset));
            buffer.clear();
            lines.row(&row, &mut buffer)?;
            out.write_all(&buffer)?;
        }
    }
    Ok(())
}

/// Writes what the records need to be read, a line a record that needs something; the places where that stands.
fn write_context(
    vault: &Vault,
    bag: &mut BagWriter,
    context_of: ContextOf,
    objects: &BTreeMap<ObjectDigest, Found>,
) -> Result<Vec<([u8; 10], u64)>> {
    let mut file = bag.payload("context.jsonl")?;
    let mut needed = Vec::new();
    for (object, found) in objects {
        let mut reader = vault.object_reader(stored(vault, *object)?)?;
        let format = found.format.as_deref().unwrap_or_default();
        for (offset, length) in &found.places {
            let span = Span {
                offset: *offset,
                length: *length,
            };
            let Some(context) = context_of(format, &mut reader, span)? else {
                continue;
            };
            let id = EventId::new(object, *offset);
            let mut needs = BTreeSet::new();
            for byte in &context.elsewhere {
                if let Some(there) = vault.resolve(&id.object, *byte)? {
                    needs.insert(there.record.offset);
                }
            }
            needed.extend(needs.iter().map(|offset| (id.object, *offset)));
            let needs: Vec<String> = needs
                .iter()
                .map(|offset| EventId::new(object, *offset).to_string())
                .collect();
            let line = json!({
                "event_id": id.to_string(),
                "needs": needs,
                "rendering_not_proven": context.rendering,
            });
            writeln!(file, "{line}")?;
        }
    }
    file.finish()?;
    Ok(needed)
}

fn stored(vault: &Vault, object: ObjectDigest) -> Result<&ObjectInfo> {
    let found = vault.object_by_sha256(&Sha256(object.0))?;
    found.ok_or_else(|| ReconstructError::NotFound {
        what: "object",
        name: object.to_string(),
    })
}

/// Writes the file, or the records cut out of it, and says what it is.
fn write_object(
    vault: &Vault,
    known: &Known,
    bag: &mut BagWriter,
    object: ObjectDigest,
    found: &Found,
    originals: bool,
) -> Result<BundledObject> {
    let hex = object.to_string();
    let mut reader = vault.object_reader(stored(vault, object)?)?;
    let paths = known.paths.get(&hex).cloned().unwrap_or_default();
    let citation = hex.get(..20).unwrap_or_default().to_owned();
    let name = file_name(&citation, paths.first().map_or("", String::as_str));
    // Records of binary files mean nothing without the rest, and in UTF-16 a single line feed would be none.
    let apart = !matches!(
        found.encoding.as_deref(),
        Some("binary" | "utf-16le" | "utf-16be")
    );
    // Years that a log does not state are inferred from the date of its file: the newest record's does for all.
    let last = known.last.get(&hex).copied();
    let file = match (originals, apart) {
        (true, _) => {
            let name = format!("{ORIGINALS}/{name}");
            let mut out = bag.payload(&name)?;
            io::copy(&mut reader, &mut out)?;
            out.finish_dated(last)?;
            Some(name)
        }
        (false, true) => {
            let name = format!("{EXTRACTS}/{name}");
            let mut out = bag.payload(&name)?;
            cut_out(&mut reader, found, &mut out)?;
            out.finish_dated(last)?;
            Some(name)
        }
        (false, false) => None,
    };
    Ok(BundledObject {
        citation,
        sha256: originals.then_some(hex),
        paths,
        format: found.format.clone(),
        encoding: found.encoding.clone(),
        records: found.places.len() as u64,
        file,
    })
}

/// What is known of all objects: the paths that each came by, and when its newest record happened.
struct Known {
    paths: BTreeMap<String, Vec<String>>,
    last: BTreeMap<String, SystemTime>,
}

/// Asks once for all, since either question reads a whole table.
fn known(reading: &Reading) -> Result<Known> {
    let rows = |sql: &'static str| reading.run(async { reading.engine().sql(sql).await?.collect().await });
    let mut known = Known {
        paths: BTreeMap::new(),
        last: BTreeMap::new(),
    };
    for batch in
        rows("SELECT DISTINCT object, path FROM objects WHERE path IS NOT NULL ORDER BY object, path")?
    {
        for row in RowView::all(&batch) {
            if let (Some(object), Some(path)) = (row.text("object"), row.text("path")) {
                known
                    .paths
                    .entry(object.to_owned())
                    .or_default()
                    .push(path.to_owned());
            }
        }
    }
    for batch in rows("SELECT object, max(time) AS time FROM events GROUP BY object")? {
        for row in RowView::all(&batch) {
            let micros = row.time("time").and_then(|micros| u64::try_from(micros).ok());
            if let (Some(object), Some(micros)) = (row.text("object"), micros) {
                let time = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
                known.last.insert(object.to_owned(), time);
            }
        }
    }
    Ok(known)
}

/// The bytes of the records one after another.
fn cut_out(reader: &mut ObjectReader, found: &Found, out: &mut dyn Write) -> Result<()> {
    for (offset, length) in &found.places {
        put_cut_out(reader.range(*offset, *length)?, out)?;
    }
    Ok(())
}

/// A record as a file of cut-out records holds it: its bytes, ended by a line feed.
///
/// # Errors
/// When `out` cannot be written.
pub fn put_cut_out(record: &[u8], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(record)?;
    match record.last() {
        Some(b'\n') => Ok(()),
        _ => out.write_all(b"\n"),
    }
}

/// A name that any file system takes, and that says what it was.
fn file_name(citation: &str, path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| {
        if c.is_alphanumeric() || ".-_".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = last.chars().map(safe).take(60).collect();
    format!("{citation}-{name}")
}

/// The line that says how the reading of `intent` ended.
fn result_of(vault: &Vault, intent: u64) -> Result<Option<u64>> {
    for seq in (intent + 1..vault.size()).rev() {
        let entry = vault.entry(seq)?;
        if entry.kind == EntryKind::AccessResult && entry.number("intent") == Some(intent) {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}

fn labels(vault: &Vault, request: &BundleRequest) -> Vec<(&'static str, String)> {
    let config = vault.config();
    let head = vault.checkpoint();
    let mut labels = vec![
        ("Source-Organization", config.name.clone()),
        ("Contact-Name", config.custodian.clone()),
        ("External-Identifier", format!("letopis archive {}", config.id)),
        ("Letopis-Checkpoint", format!("{} {}", head.size, head.root)),
    ];
    labels.extend(request.labels.iter().cloned());
    labels.retain(|(_, value)| !value.trim().is_empty());
    labels
}
