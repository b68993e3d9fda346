//! The demo's archive against the truth that the samples come with: what the timeline reaches, and what it must not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/truth.json");

/// Runs the program in a folder; standard output, where it ended well.
fn letopis(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_letopis"));
    command.current_dir(folder).args(arguments);
    command
        .env_remove("LETOPIS_ARCHIVE")
        .env_remove("LETOPIS_KEY")
        .env_remove("LETOPIS_JOURNAL");
    let output = command.output().expect("the program runs");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn reading(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (verb, rest) = arguments.split_first().expect("a verb");
    let mut all = vec![*verb, "-a", "demo/archive", "--key", "demo/keys"];
    all.extend(rest);
    let text = letopis(folder, &all);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The archive's records by path and line, for looking up rows of the truth.
struct Places {
    by_line: BTreeMap<i64, Vec<(String, String)>>,
}

impl Places {
    fn read(folder: &Path) -> Self {
        let sql = "SELECT e.event_id AS event_id, e.line AS line, o.path AS path FROM events e JOIN \
                   (SELECT object, min(path) AS path FROM objects GROUP BY object) o ON e.object = o.object \
                   WHERE e.line IS NOT NULL";
        let mut by_line: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
        for row in reading(folder, &["sql", sql, "--format", "ndjson"]) {
            by_line
                .entry(row["line"].as_i64().unwrap_or_default())
                .or_default()
                .push((text(&row, "path").to_owned(), text(&row, "event_id").to_owned()));
        }
        Self { by_line }
    }

    /// The citations of a list of the truth's rows: path, members and line.
    fn ids(&self, rows: &[Value]) -> Vec<BTreeSet<&str>> {
        rows.iter().map(|row| self.of(row)).collect()
    }

    fn of(&self, row: &Value) -> BTreeSet<&str> {
        let path = text(row, "path");
        let path = path.strip_prefix("logs/").unwrap_or(path);
        let members: Vec<&str> = list(row, "members").iter().filter_map(Value::as_str).collect();
        let line = row["line"].as_i64().unwrap_or_default();
        let here = self.by_line.get(&line).map(Vec::as_slice).unwrap_or_default();
        here.iter()
            .filter(|(p, _)| p.starts_with(path) && members.iter().all(|m| p.contains(m)))
            .map(|(_, id)| id.as_str())
            .collect()
    }
}

fn truth() -> Value {
    let text = std::fs::read_to_string(TRUTH).expect("the truth of the samples");
    serde_json::from_str(&text).expect("JSON")
}

/// Starting from nothing but the attacker's address and the night, the timeline reaches nearly all of the incident and
/// nothing of what only looks like one.
#[test]
fn the_timeline_reaches_the_incident_and_none_of_the_decoys() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    letopis(folder, &["demo", "demo"]);
    let truth = truth();
    let places = Places::read(folder);
    let night = [
        "timeline",
        "--address",
        "203.0.113.77",
        "--from",
        "2025-12-31 23:30",
        "--to",
        "2026-01-01 03:00",
        "--format",
        "jsonl",
    ];
    let rows = reading(folder, &night);
    let found: BTreeSet<&str> = rows.iter().map(|r| text(r, "event_id")).collect();
    assert!(rows.iter().all(|r| !text(r, "why").is_empty()));

    let incident = places.ids(list(&truth["incident"], "rows"));
    // A record of several lines may begin on another line than the truth counts: such a row counts as not reached.
    let unplaced = incident.iter().filter(|ids| ids.is_empty()).count();
    let reached = incident
        .iter()
        .filter(|ids| ids.iter().any(|id| found.contains(id)))
        .count();
    let of_incident: BTreeSet<&str> = incident.iter().flatten().copied().collect();
    let others: Vec<&&str> = found.iter().filter(|id| !of_incident.contains(**id)).collect();
    eprintln!(
        "{reached} of {} rows of the incident ({unplaced} of them not found by file and line); {} other rows",
        incident.len(),
        others.len()
    );
    assert!(
        reached * 100 >= incident.len() * 90,
        "{reached} of {}",
        incident.len()
    );
    assert!(others.len() * 100 <= found.len() * 5, "{others:?}");

    for decoy in list(&truth, "decoys") {
        let name = text(decoy, "name");
        for ids in places.ids(list(decoy, "rows")) {
            assert!(
                !ids.iter().any(|id| found.contains(id)),
                "{name}: {ids:?} is in the timeline"
            );
        }
    }
    silence_and_months(folder, &truth);
}

/// The three silent days are found, and no other source is called silent for a day it wrote.
fn silence_and_months(folder: &Path, truth: &Value) {
    let silent = reading(
        folder,
        &["query", "run", "silent_periods_by_source", "--format", "ndjson"],
    );
    let ended: Vec<&Value> = silent.iter().filter(|r| !r["silent_to"].is_null()).collect();
    let silence = &truth["silence"];
    let hit = ended
        .iter()
        .find(|r| text(r, "source") == text(silence, "source"))
        .expect("the silence of the truth");
    assert_eq!(text(hit, "silent_from"), text(silence, "last_before"));
    assert_eq!(text(hit, "silent_to"), text(silence, "first_after"));
    let months = [
        "query",
        "run",
        "months_held_by_source",
        "--param",
        "at=2026-05-01",
        "--format",
        "ndjson",
    ];
    let months = reading(folder, &months);
    assert_eq!(months.len(), list(truth, "sources").len());
    let missing: Vec<(&str, i64)> = months
        .iter()
        .map(|r| (text(r, "source"), r["missing_days"].as_i64().unwrap_or_default()))
        .filter(|(_, days)| *days > 0)
        .collect();
    // Nine public holidays of a source that writes on working days: which days those are is not known here.
    assert_eq!(missing, [("buh", 9), ("mail-os", 2)]);
}
