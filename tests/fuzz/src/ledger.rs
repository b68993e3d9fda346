//! Lines of the ledger, and whole ledgers of an archive.
//!
//! ```text
//! 1 byte    modulo 3: 0 each line by itself; 1 the file is `ledger/entries.jsonl` of a frozen archive; 2 each line is a JSON
//!           object whose fields become a chained entry after the archive's own
//! the rest
//! ```
//!
//! Whatever comes: nothing panics; a line that parses is spelled in one way, which serde_json agrees with; a check of a ledger
//! that is not the frozen one is never clean; and where a writer takes the archive over, what the head signed stays.

use std::sync::Arc;

use letopis_seal::{Entry, EntryTime, LedgerCursor, Value, entry::LINE_BYTES_MAX};
use letopis_vault::{Backend, EntryKind, VaultWriter};

use super::{archive, choice};

fn line(bytes: &[u8], cursor: &mut LedgerCursor) {
    let (size, root) = (cursor.size(), cursor.root());
    let accepted = cursor.accept(bytes);
    let parsed = Entry::parse(bytes);
    let Ok(entry) = parsed else {
        assert!(accepted.is_err(), "accepted and not parsed");
        assert_eq!(
            (cursor.size(), cursor.root()),
            (size, root),
            "a refusal changed something"
        );
        return;
    };
    assert!(bytes.len() <= LINE_BYTES_MAX);
    let spelled = entry.to_line().expect("what was parsed can be spelled");
    assert_eq!(spelled.as_bytes(), bytes, "a line is spelled in two ways");
    let other: serde_json::Value = serde_json::from_slice(bytes).expect("serde_json reads it as well");
    assert_eq!(other.to_string(), spelled, "serde_json spells it otherwise");
    assert_eq!(other["seq"].as_u64(), Some(entry.seq));
    assert_eq!(other["kind"].as_str(), Some(entry.kind.name()));
    for (name, value) in &entry.fields {
        let other = &other[name];
        match value {
            Value::Text(text) => assert_eq!(other.as_str(), Some(text.as_str())),
            Value::Integer(number) => assert_eq!(other.as_i64(), Some(*number)),
            _ => {}
        }
    }
}

fn whole(entries: &[u8]) {
    let mut files = archive::small().clone();
    let genuine = files
        .insert("ledger/entries.jsonl".to_owned(), entries.to_vec())
        .expect("entries");
    let memory = archive::backend(&files);
    let _ = archive::open(&memory).map(|vault| {
        for entry in vault.entries(None) {
            let _ = entry.map(|entry| vault.detail(entry.seq));
        }
        let _ = vault.objects().map(<[_]>::len);
        let _ = vault.adopted_entries();
    });
    if let Ok(report) = archive::check(&memory) {
        let same = entries == genuine;
        assert_eq!(
            report.is_ok() && report.notices.is_empty(),
            same,
            "{:?}",
            report.findings
        );
        if !entries.starts_with(&genuine) {
            assert!(!report.is_ok(), "a changed ledger is clean");
        }
    }
    let taken = VaultWriter::open(
        Arc::clone(&memory) as Arc<dyn Backend>,
        archive::keys(),
        archive::NOW,
    );
    if let Ok(writer) = taken {
        drop(writer);
        // What comes after the lines that the head signed may be set aside; the lines themselves stay.
        let kept = &memory.files()["ledger/entries.jsonl"];
        assert!(kept.starts_with(&genuine), "a writer took over a changed ledger");
        archive::check(&memory).expect("an archive that was just taken over");
    }
}

fn chained(data: &[u8]) {
    let genuine = &archive::small()["ledger/entries.jsonl"];
    let mut cursor = LedgerCursor::new();
    for line in genuine
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        cursor.accept(line).expect("a frozen line");
    }
    let mut entries = genuine.clone();
    for line in data.split(|byte| *byte == b'\n').take(16) {
        let (kind, rest) = choice::<1>(line);
        let kind = EntryKind::ALL[usize::from(kind[0]) % EntryKind::ALL.len()];
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(rest) else {
            continue;
        };
        let mut entry = cursor.draft(kind, EntryTime::from_micros(archive::NOW).expect("a time"));
        for (name, value) in fields {
            entry = match value {
                serde_json::Value::String(text) => entry.with(&name, text.as_str()),
                serde_json::Value::Number(number) => match number.as_u64().filter(|n| *n <= 1 << 53) {
                    Some(number) => entry.with(&name, number),
                    None => entry,
                },
                _ => entry,
            };
        }
        let Ok(line) = entry.to_line() else { continue };
        if cursor.accept(line.as_bytes()).is_err() {
            continue;
        }
        entries.extend_from_slice(line.as_bytes());
        entries.push(b'\n');
    }
    whole(&entries);
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how], rest) = choice::<1>(data);
    match how % 3 {
        0 => {
            let mut cursor = LedgerCursor::new();
            for bytes in rest.split(|byte| *byte == b'\n') {
                line(bytes, &mut cursor);
            }
        }
        1 => whole(rest),
        _ => chained(rest),
    }
}

/// Ledgers of the frozen archives, and fields of each kind of entry.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (name, files) in archive::all() {
        let Some(entries) = files.get("ledger/entries.jsonl") else {
            continue;
        };
        seeds.push([&[0], entries.as_slice()].concat());
        if name == "valid/small" {
            seeds.push([&[1], entries.as_slice()].concat());
            seeds.push([&[1], entries.as_slice(), b"{\"seq\":9,"].concat());
        }
        let mut fields = vec![2];
        for line in entries.split(|byte| *byte == b'\n') {
            let Ok(entry) = Entry::parse(line) else { continue };
            let Ok(serde_json::Value::Object(mut object)) = serde_json::from_slice(line) else {
                continue;
            };
            for reserved in ["seq", "prev", "kind", "time", "detail"] {
                object.remove(reserved);
            }
            let number = EntryKind::ALL
                .iter()
                .position(|kind| *kind == entry.kind)
                .unwrap_or(0);
            fields.push(number as u8);
            fields.extend(serde_json::Value::Object(object).to_string().into_bytes());
            fields.push(b'\n');
        }
        seeds.push(fields);
    }
    seeds
}
