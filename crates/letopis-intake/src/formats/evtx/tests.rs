//! Event log files against what libevtx read of the same files, and files that we damage ourselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::chunk::RECOVERED;
use crate::testing::{Read, Row, read_as};

/// The folder of outsiders' logs, where it is there.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    eprintln!("skipped: no folder {} with outsiders' logs", folder.display());
    None
}

/// A table of the corpus: rows as name to value.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| {
            let values = line.split('\t').map(str::to_owned);
            names.iter().map(|n| (*n).to_owned()).zip(values).collect()
        })
        .collect()
}

fn live(read: &Read) -> Vec<&Row> {
    let apart = |row: &&Row| row.get("status").as_deref() != Some(RECOVERED);
    read.rows.iter().filter(apart).collect()
}

/// Files where we read more than libevtx does: readable records beyond its count, records that are reported as
/// unparsed, and why.
const EXPLAINED: &[(&str, usize, usize, &str)] = &[
    (
        "Microsoft-Windows-LanguagePackSetup%4Operational.evtx",
        0,
        1,
        "its last record was half written",
    ),
    (
        "System2.evtx",
        90,
        1,
        "the file is cut inside its third chunk, whose whole records we read",
    ),
];

/// Every file gives as many records as libevtx finds, none of them unreadable; those from free space are apart.
#[test]
fn counts_equal_those_of_libevtx() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    let (mut records, mut recovered, mut theirs) = (0, 0, 0);
    for row in table(&corpus.join("evtx-counts.tsv")) {
        let bytes = std::fs::read(corpus.join(&row["file"])).unwrap();
        let read = read_as(&bytes, "evtx");
        let expected: usize = row["libevtx_records"].parse().unwrap();
        let found = live(&read);
        let unparsed = found
            .iter()
            .filter(|r| r.get("kind").as_deref() == Some("unparsed"))
            .count();
        records += found.len();
        recovered += read.rows.len() - found.len();
        theirs += row["libevtx_recovered"].parse::<usize>().unwrap();
        let explained = EXPLAINED.iter().find(|(file, ..)| row["file"].ends_with(file));
        let (more, damaged) = explained.map_or((0, 0), |(_, more, damaged, _)| (*more, *damaged));
        if found.len() - unparsed != expected + more || unparsed != damaged {
            wrong.push(format!(
                "{}: {} records, {unparsed} unparsed {:?}, expected {expected} ({} recovered, libevtx {})",
                row["file"],
                found.len(),
                read.summary.unparsed_examples,
                read.rows.len() - found.len(),
                row["libevtx_recovered"],
            ));
        }
    }
    eprintln!("evtx: {records} records, {recovered} recovered from free space (libevtx {theirs})");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ids, provider, channel, computer, user and time of every record equal those that libevtx read.
#[test]
fn records_equal_those_of_libevtx() {
    let Some(corpus) = corpus() else { return };
    let mut files: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for row in table(&corpus.join("evtx-records.tsv")) {
        files.entry(row["file"].clone()).or_default().push(row);
    }
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (file, expected) in files {
        let bytes = std::fs::read(corpus.join(&file)).unwrap();
        let read = read_as(&bytes, "evtx");
        let found = live(&read);
        for (at, row) in expected.iter().enumerate() {
            // One record (issue_201.evtx) that libevtx could not read, and we do.
            if row["event_id"].is_empty() {
                continue;
            }
            let Some(event) = found.get(at) else {
                wrong.push(format!("{file}: record {at} is missing"));
                continue;
            };
            for (column, name) in [
                ("x_record_id", "event_record_id"),
                ("code", "event_id"),
                ("provider", "provider"),
                ("attrs.Channel", "channel"),
                ("host", "computer"),
                ("attrs.UserID", "user_sid"),
                ("attrs.ExecutionProcessID", "pid"),
            ] {
                compared += 1;
                let ours = event.get(column).unwrap_or_default();
                let theirs = row.get(name).map_or("", String::as_str);
                if ours != theirs {
                    wrong.push(format!(
                        "{file} record {at}: {column} is `{ours}`, expected `{theirs}`"
                    ));
                }
            }
            compared += 1;
            let theirs = row["created_time"]
                .trim_end_matches('Z')
                .trim_end_matches('0')
                .to_owned();
            let ours = event.get("time_text").unwrap_or_default();
            if ours.trim_end_matches('Z').trim_end_matches('0') != theirs || event.micros().is_none() {
                wrong.push(format!(
                    "{file} record {at}: time is `{ours}`, expected `{theirs}`"
                ));
            }
        }
    }
    eprintln!("evtx: {compared} values compared, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
