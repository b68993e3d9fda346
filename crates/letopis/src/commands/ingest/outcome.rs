//! The reconciliation: every file and member, what became of it, and where its bytes are.

use letopis_archive::manifest::ObjectRecord;
use letopis_archive::{FileRecord, FileStatus, IngestOutcome};
use letopis_event::time::rfc3339;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::CommandError;
use crate::ui::table;

fn time(micros: Option<i64>) -> Value {
    micros.map(rfc3339).into()
}

/// The outcome in the shape of `ingest --json`, made file by file: a hundred thousand of them are some hundred MiB.
struct Reconciliation<'a>(&'a IngestOutcome);

impl Serialize for Reconciliation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outcome = self.0;
        let receipt = &outcome.receipt;
        let checkpoint = json!({ "size": receipt.size, "root": receipt.root.to_string() });
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("checkpoint", &checkpoint)?;
        map.serialize_entry("files", &Files(&outcome.files))?;
        map.serialize_entry("records", &outcome.records())?;
        map.serialize_entry("rows", &outcome.rows)?;
        map.serialize_entry("segments", &outcome.segments)?;
        map.serialize_entry("unparsed", &outcome.unparsed())?;
        map.end()
    }
}

struct Files<'a>(&'a [FileRecord]);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(file))
    }
}

/// One value where all objects agree, none where they differ or there is none.
fn common<'a>(record: &'a FileRecord, of: impl Fn(&'a ObjectRecord) -> Option<&'a str>) -> Option<&'a str> {
    let mut values = record.objects.iter().filter_map(of);
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

fn file(record: &FileRecord) -> Value {
    let (first, last) = record.time_range();
    let mut value = json!({
        "path": record.path,
        "status": record.status.as_str(),
        "format": common(record, |o| o.parsed.as_ref().map(|p| p.format.as_str())),
        "encoding": common(record, |o| o.parsed.as_ref().map(|p| p.encoding.as_str())),
        "bytes": record.bytes,
        "records": record.records(),
        "unparsed": record.unparsed(),
        "first_time": time(first),
        "last_time": time(last),
        "object": common(record, |o| o.sha256.as_deref()),
        "sha256": record.sha256,
        "reason": record.reason,
    });
    if let Some(check) = &record.hash_check {
        value["hash_check"] = json!(check);
    }
    if record.container.is_some() {
        value["container"] = json!(record.container);
        value["damage"] = json!(record.damage);
    }
    if record.container.is_some() || record.objects.len() > 1 {
        value["members"] = record.objects.iter().map(member).collect();
    } else if let Some(object) = record.objects.first() {
        add_reading(&mut value, object);
    }
    value
}

fn member(object: &ObjectRecord) -> Value {
    let mut value = json!({
        "path": object.name,
        "steps": object.steps,
        "bytes": object.length,
        "known": object.known,
        "object": object.sha256,
        "damage": object.damage,
        "reason": object.reason,
    });
    if let Some(parsed) = &object.parsed {
        value["format"] = json!(parsed.format);
        value["encoding"] = json!(parsed.encoding);
        value["records"] = json!(parsed.records);
        value["unparsed"] = json!(parsed.unparsed);
        value["first_time"] = time(parsed.first_time);
        value["last_time"] = time(parsed.last_time);
    }
    add_reading(&mut value, object);
    value
}

/// Bytes by what they are, and what a person should know.
fn add_reading(value: &mut Value, object: &ObjectRecord) {
    let Some(parsed) = &object.parsed else { return };
    value["event_bytes"] = json!(parsed.event_bytes);
    value["unparsed_bytes"] = json!(parsed.unparsed_bytes);
    value["structure_bytes"] = json!(parsed.structure_total());
    value["not_placed_in_time"] = json!(parsed.not_placed);
    value["format_reason"] = json!(parsed.format_reason);
    value["zone"] = json!(format!("{} ({})", parsed.zone, parsed.zone_rule));
    value["source_rules"] = parsed
        .attribution
        .iter()
        .map(|(r, n)| json!({ "rule": r, "records": n }))
        .collect();
    if !parsed.notes.is_empty() {
        value["notes"] = json!(parsed.notes);
    }
    if !parsed.unparsed_examples.is_empty() {
        value["unparsed_examples"] = parsed
            .unparsed_examples
            .iter()
            .map(|(o, r)| json!({ "offset": o, "reason": r }))
            .collect();
    }
}

/// Prints the outcome: JSON where asked, else a table and what needs attention.
pub fn print(context: &Context, outcome: &IngestOutcome) -> Result<(), CommandError> {
    if context.ui.json {
        return Ok(context.ui.outcome(&Reconciliation(outcome), String::new)?);
    }
    let mut text = table(
        &[
            "file",
            "status",
            "format",
            "bytes",
            "records",
            "unparsed",
            "not in time",
            "first",
            "last",
        ],
        outcome.files.iter().flat_map(rows),
    );
    text.push('\n');
    text.push_str(&attention(outcome));
    text.push_str(&summary(outcome));
    Ok(context.ui.out(&text)?)
}

/// What a person must look at: everything that is not simply new or known.
pub fn attention(outcome: &IngestOutcome) -> String {
    let mut text = String::new();
    for record in &outcome.files {
        let attention = !matches!(record.status, FileStatus::New | FileStatus::Known) || record.is_damaged();
        if let Some(reason) = record.reason.as_ref().filter(|_| attention) {
            text.push_str(&format!(
                "{}: {}: {reason}\n",
                record.path.display(),
                record.status.as_str()
            ));
        }
        let path = record.path.display();
        for damage in &record.damage {
            // Of a container itself at least the bytes that made it known were read.
            text.push_str(&format!("{path}: {}\n", damage.words(record.bytes)));
        }
        for object in &record.objects {
            let Some(damage) = &object.damage else { continue };
            let words = damage.words(object.length);
            text.push_str(&format!("{}: {words}\n", object.name.display()));
        }
        if let Some(check) = record.hash_check.as_ref().filter(|c| *c != "matches") {
            text.push_str(&format!("{}: seizure list: {check}\n", record.path.display()));
        }
    }
    text
}

/// The figures in short, and the checkpoint.
pub fn summary(outcome: &IngestOutcome) -> String {
    let count = |status| outcome.files.iter().filter(|f| f.status == status).count();
    format!(
        "{} files: {} new, {} known, {} grown, {} changed, {} refused; {} records added, {} of them unparsed; {} segments\n\
         checkpoint (copy these lines into your minutes):\n{}",
        outcome.files.len(),
        count(FileStatus::New),
        count(FileStatus::Known),
        count(FileStatus::Grown),
        count(FileStatus::Changed),
        count(FileStatus::Refused),
        outcome.records(),
        outcome.unparsed(),
        outcome.segments,
        outcome.receipt.text
    )
}

fn rows(record: &FileRecord) -> Vec<Vec<String>> {
    let (first, last) = record.time_range();
    let day = |t: Option<i64>| {
        time(t)
            .as_str()
            .map_or_else(String::new, |t| t.chars().take(10).collect())
    };
    let parsed = || record.objects.iter().filter_map(|o| o.parsed.as_ref());
    let format = match common(record, |o| o.parsed.as_ref().map(|p| p.format.as_str())) {
        Some(format) => format.to_owned(),
        None if record.objects.len() > 1 => format!("{} members", record.objects.len()),
        None => "-".to_owned(),
    };
    vec![vec![
        record.path.display(),
        record.status.as_str().to_owned(),
        format,
        record.bytes.to_string(),
        record.records().to_string(),
        record.unparsed().to_string(),
        parsed().map(|p| p.not_placed).sum::<u64>().to_string(),
        day(first),
        day(last),
    ]]
}
