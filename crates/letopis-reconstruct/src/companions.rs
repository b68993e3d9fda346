//! The tables beside the events, read from the ledger: sources, objects, ledger, access.

use std::collections::BTreeMap;

use letopis_event::{EventId, ObjectDigest};
use letopis_query::{AccessRow, BoxError, CompanionStore, LedgerRow, NoteRow, ObjectRow, SourceRow};
use letopis_vault::{Entry, EntryKind, Vault};
use serde_json::Value;
use sha2::Digest as _;

use crate::error::Result;

/// The tables of an archive, read when they are asked for.
#[derive(Debug)]
pub(crate) struct Beside(pub(crate) Vault);

impl CompanionStore for Beside {
    fn sources(&self) -> std::result::Result<Vec<SourceRow>, BoxError> {
        Ok(sources(&self.0)?)
    }

    fn objects(&self) -> std::result::Result<Vec<ObjectRow>, BoxError> {
        Ok(objects(&self.0)?)
    }

    fn ledger(&self) -> std::result::Result<Vec<LedgerRow>, BoxError> {
        Ok(ledger(&self.0)?)
    }

    fn access(&self) -> std::result::Result<Vec<AccessRow>, BoxError> {
        Ok(access(&self.0)?)
    }

    fn notes(&self) -> std::result::Result<Vec<NoteRow>, BoxError> {
        Ok(crate::notes::rows(&self.0)?)
    }

    fn settings(&self) -> std::result::Result<Vec<(String, String)>, BoxError> {
        let config = serde_json::to_value(self.0.config())?;
        let values = config.as_object().into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(values.map(|(name, value)| (name.clone(), text(value))).collect())
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
        // A name that is no UTF-8 stands as {"base64": …}.
        Value::Object(map) => map
            .get("base64")
            .and_then(Value::as_str)
            .map(|b| format!("base64:{b}")),
        _ => None,
    }
}

fn number(value: &Value, name: &str) -> Option<i64> {
    value.get(name).and_then(Value::as_i64)
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The register in force, and every other source that a segment names.
pub(crate) fn sources(vault: &Vault) -> Result<Vec<SourceRow>> {
    let mut rows: BTreeMap<String, SourceRow> = BTreeMap::new();
    let mut newest = None;
    for entry in vault.entries(Some(EntryKind::Source)) {
        newest = Some(entry?.seq);
    }
    if let Some(document) = newest.map(|seq| vault.detail(seq)).transpose()?.flatten() {
        for source in list(&document, "sources") {
            let id = text(source, "id").unwrap_or_default();
            let row = rows.entry(id.clone()).or_insert_with(|| SourceRow {
                source: id,
                declared: true,
                ..SourceRow::default()
            });
            // A source may stand in several lines, of which only one says the rest.
            let fill = |field: &mut Option<String>, name: &str| {
                if field.is_none() {
                    *field = text(source, name);
                }
            };
            fill(&mut row.name, "name");
            fill(&mut row.category, "category");
            fill(&mut row.owner, "owner");
            fill(&mut row.zone, "zone");
            fill(&mut row.rhythm, "rhythm");
            fill(&mut row.responsible, "responsible");
            fill(&mut row.country, "country");
            fill(&mut row.since, "since");
            fill(&mut row.until, "until");
            fill(&mut row.hosts, "hosts");
            fill(&mut row.addresses, "addresses");
            fill(&mut row.holder, "holder");
            fill(&mut row.unit, "unit");
            fill(&mut row.contact, "contact");
            fill(&mut row.site, "site");
            fill(&mut row.clock, "clock");
            fill(&mut row.criticality, "criticality");
            fill(&mut row.basis, "basis");
            let class = text(source, "class").and_then(|named| {
                list(&document, "classes").find(|class| text(class, "id").as_ref() == Some(&named))
            });
            let by_class = || number(class?, "months");
            let own = text(source, "months").and_then(|months| months.parse().ok());
            row.months = row.months.or(own).or_else(by_class);
            // A class says what it rests on.
            row.basis = row.basis.take().or_else(|| text(class?, "basis"));
        }
    }
    for segment in vault.segments()? {
        // Absent where a segment holds more sources than its document names.
        let named = segment.about.iter().flat_map(|about| list(about, "sources"));
        for id in named.filter_map(Value::as_str) {
            rows.entry(id.to_owned()).or_insert_with(|| SourceRow {
                source: id.to_owned(),
                ..SourceRow::default()
            });
        }
    }
    Ok(rows.into_values().collect())
}

fn objects(vault: &Vault) -> Result<Vec<ObjectRow>> {
    let mut rows = Vec::new();
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        let Some(manifest) = vault.detail(entry?.seq)? else {
            continue;
        };
        let acquisition = manifest.get("acquisition").cloned().unwrap_or_default();
        for file in list(&manifest, "files") {
            for object in list(file, "objects") {
                rows.push(object_row(&manifest, &acquisition, file, object));
            }
        }
    }
    Ok(rows)
}

/// A file, or a member of one, as an intake met it: taken in, known already or changed.
pub(crate) struct Arrival {
    /// SHA-256 of its bytes, hex.
    pub object: String,
    /// Its path, through the containers that it came in.
    pub path: String,
    /// When the intake began, microseconds since 1970 UTC.
    pub arrived: i64,
    /// What became of it, where it is a file of its own.
    pub status: Option<String>,
    /// Time of its first record, where it was read.
    pub first: Option<i64>,
    /// Time of its last record.
    pub last: Option<i64>,
}

/// Every arrival that a manifest names, in the order of the ledger.
pub(crate) fn arrivals(vault: &Vault) -> Result<Vec<Arrival>> {
    let mut arrivals = Vec::new();
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        let Some(manifest) = vault.detail(entry?.seq)? else {
            continue;
        };
        for file in list(&manifest, "files") {
            for object in list(file, "objects") {
                let (Some(sha256), Some(path)) = (text(object, "sha256"), text(object, "name")) else {
                    continue;
                };
                let parsed = object.get("parsed");
                arrivals.push(Arrival {
                    object: sha256,
                    path,
                    arrived: number(&manifest, "started").unwrap_or_default(),
                    status: text(file, "status"),
                    first: parsed.and_then(|parsed| number(parsed, "first_time")),
                    last: parsed.and_then(|parsed| number(parsed, "last_time")),
                });
            }
        }
    }
    Ok(arrivals)
}

/// Files of the last intake that were not taken in or are damaged: path and reason.
pub(crate) fn failures_of_the_last_intake(vault: &Vault) -> Result<Vec<(String, String)>> {
    let intakes = vault.entries(Some(EntryKind::Ingest));
    let intakes: Vec<u64> = intakes.map(|entry| Ok(entry?.seq)).collect::<Result<_>>()?;
    let mut manifests: Vec<Value> = Vec::new();
    for seq in intakes.into_iter().rev() {
        let Some(manifest) = vault.detail(seq)? else {
            continue;
        };
        // An intake may have several parts.
        if manifests
            .first()
            .is_some_and(|last| text(last, "run") != text(&manifest, "run"))
        {
            break;
        }
        manifests.push(manifest);
    }
    manifests.reverse();
    let mut failures = Vec::new();
    for file in manifests.iter().flat_map(|manifest| list(manifest, "files")) {
        let path = text(file, "path").unwrap_or_default();
        let refused = text(file, "status").filter(|status| status == "refused");
        let reason = refused.map(|_| text(file, "reason").unwrap_or_else(|| "refused".to_owned()));
        let damage = |place: &Value| {
            let damage = place.get("damage")?;
            let damage = damage.as_array().map_or(Some(damage), |all| all.first())?;
            let (expected, found) = (text(damage, "expected")?, text(damage, "found")?);
            Some(format!("damaged: expected {expected}, found {found}"))
        };
        let damaged = || damage(file).or_else(|| list(file, "objects").find_map(damage));
        if let Some(reason) = reason.or_else(damaged) {
            failures.push((path, reason));
        }
    }
    Ok(failures)
}

fn object_row(manifest: &Value, acquisition: &Value, file: &Value, object: &Value) -> ObjectRow {
    let none = Value::Null;
    let parsed = object.get("parsed").unwrap_or(&none);
    let is_container = file.get("container").is_some_and(|c| !c.is_null());
    ObjectRow {
        object: text(object, "sha256").unwrap_or_default(),
        blake3: text(object, "blake3"),
        bytes: number(object, "length").unwrap_or_default(),
        path: text(object, "name"),
        container: if is_container { text(file, "sha256") } else { None },
        status: text(file, "status"),
        source: text(parsed, "forced_source"),
        format: text(parsed, "format"),
        encoding: text(parsed, "encoding"),
        records: number(parsed, "records"),
        unparsed: number(parsed, "unparsed"),
        first_time: number(parsed, "first_time"),
        last_time: number(parsed, "last_time"),
        ingested: number(manifest, "started"),
        exhibit: text(acquisition, "exhibit"),
        received_from: text(acquisition, "received_from"),
        reason: text(object, "reason").or_else(|| text(file, "reason")),
    }
}

fn ledger(vault: &Vault) -> Result<Vec<LedgerRow>> {
    let mut rows = Vec::new();
    let mut prev = None;
    for entry in vault.entries(None) {
        let entry = entry?;
        let line = vault.line(entry.seq).unwrap_or_default();
        let hash = leaf_hash(line);
        rows.push(LedgerRow {
            seq: entry.seq as i64,
            time: entry.time,
            kind: entry.kind.name().to_owned(),
            hash: hash.clone(),
            prev: prev.replace(hash),
            detail: entry.detail.map(|d| d.to_string()),
            line: String::from_utf8_lossy(line).into_owned(),
        });
    }
    Ok(rows)
}

/// RFC 6962 hash of a line as a leaf, hex.
fn leaf_hash(line: &[u8]) -> String {
    let mut state = sha2::Sha256::new_with_prefix([0]);
    state.update(line);
    letopis_vault::Sha256(state.finalize().into()).to_string()
}

/// Every intent, joined with the result that names it: the archive's own, and those of journals that came home.
pub(crate) fn access(vault: &Vault) -> Result<Vec<AccessRow>> {
    let mut rows = BTreeMap::new();
    for kind in [EntryKind::AccessIntent, EntryKind::AccessResult] {
        for entry in vault.entries(Some(kind)) {
            let entry = entry?;
            let detail = vault.detail(entry.seq)?;
            take_access(&mut rows, None, &entry, detail.as_ref());
        }
    }
    for adopted in vault.adopted_entries()? {
        take_access(
            &mut rows,
            Some(&adopted.journal),
            &adopted.entry,
            adopted.detail.as_ref(),
        );
    }
    Ok(rows.into_values().collect())
}

/// Takes an intent as a row, and a result into the row of its intent.
fn take_access(
    rows: &mut BTreeMap<(Option<String>, u64), AccessRow>,
    journal: Option<&String>,
    entry: &Entry,
    detail: Option<&Value>,
) {
    let of = |name| detail.and_then(|detail| text(detail, name));
    let journal = journal.cloned();
    match entry.kind {
        EntryKind::AccessIntent => {
            let row = AccessRow {
                seq: entry.seq as i64,
                time: entry.time,
                person: of("person"),
                basis: entry.text("basis").map(str::to_owned).or_else(|| of("basis")),
                host: of("host"),
                command: of("command"),
                query: of("query"),
                purpose: of("purpose"),
                case_id: of("case"),
                journal: journal.clone(),
                ..AccessRow::default()
            };
            rows.insert((journal, entry.seq), row);
        }
        EntryKind::AccessResult => {
            let row = entry
                .number("intent")
                .and_then(|seq| rows.get_mut(&(journal, seq)));
            if let Some(row) = row {
                row.result_seq = Some(entry.seq as i64);
                row.result_time = Some(entry.time);
                row.rows = entry.number("rows").map(|n| n as i64);
                row.digest = of("rows_sha256");
                row.ended = entry.text("ended").map(str::to_owned).or_else(|| of("ended"));
            }
        }
        _ => {}
    }
}

/// Why a record of an object (SHA-256, hex) has no row: a later part holds it whole, or an earlier copy of the same
/// circular log brought it.
pub(crate) fn why_without_row(vault: &Vault, object: &str, offset: u64) -> Result<Option<String>> {
    for entry in vault.entries(Some(EntryKind::Ingest)) {
        let Some(manifest) = vault.detail(entry?.seq)? else {
            continue;
        };
        for part in list(&manifest, "files").flat_map(|file| list(file, "objects")) {
            let sha256 = text(part, "sha256").unwrap_or_default();
            let from = part
                .get("supersedes")
                .filter(|end| text(end, "object").as_deref() == Some(object))
                .and_then(|end| end.get("from")?.as_u64());
            if let Some(rest) = from.and_then(|from| offset.checked_sub(from)) {
                let whole = sha256
                    .parse()
                    .map(|digest: ObjectDigest| EventId::new(&digest, rest));
                let whole = whole.map_or_else(|_| sha256.clone(), |id| id.to_string());
                return Ok(Some(format!(
                    "the record was not complete when these bytes were taken in; it stands whole at {whole}"
                )));
            }
            let mut copies = list(part, "repeats").filter_map(Value::as_str);
            if sha256 == object
                && let Some(first) = copies.next()
            {
                return Ok(Some(format!(
                    "an equal record of an earlier copy of the same log stands for it (object {first} or a later one)"
                )));
            }
        }
    }
    Ok(None)
}
