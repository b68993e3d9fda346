//! The archives of format version 1 under `samples/archives/v1`: bytes that every later version must read and judge
//! in the same way. They were written once, by the ignored test below, and are never written again: a program that
//! reads them otherwise is wrong. More may be added, each with its line in `expected.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use letopis_archive::vault::{
    AccessIntent, AccessResult, Backend, Basis, Config, DirectoryBackend, EntryKind, Keys, NewEntry,
    SegmentPart, Vault, VaultWriter,
};
use letopis_archive::{Acquisition, IngestOptions, ingest};
use serde_json::{Map, json};

use super::*;

/// 30 April 2026, 08:00 UTC.
const NOW: i64 = 1_777_536_000_000_000;

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/archives/v1")
}

/// Kinds of findings and notices that each archive must give.
fn expected() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(frozen().join("expected.txt")).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, kinds) = line.split_once(':').unwrap();
            (
                name.to_owned(),
                kinds.split_whitespace().map(str::to_owned).collect(),
            )
        })
        .collect()
}

/// An archive, or the keys, as they came out of the source tree: only for the owner.
fn place(env: &Environment, name: &str, at: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    for (path, bytes) in files_below(&frozen().join(name)) {
        env.write(&format!("{at}/{path}"), bytes);
        fs::set_permissions(
            env.path(&format!("{at}/{path}")),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
    }
    let mut folders = vec![env.path(at)];
    while let Some(folder) = folders.pop() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
}

#[test]
fn every_frozen_archive_is_judged_as_its_name_says() {
    let expected = expected();
    let mut found = BTreeSet::new();
    for grade in ["valid", "warning", "invalid"] {
        for entry in fs::read_dir(frozen().join(grade)).unwrap() {
            found.insert(format!(
                "{grade}/{}",
                entry.unwrap().file_name().to_str().unwrap()
            ));
        }
    }
    assert_eq!(
        found,
        expected.keys().cloned().collect(),
        "folders and expected.txt"
    );
    for (name, kinds) in &expected {
        let env = Environment::new();
        place(&env, name, "a");
        let before = files_below(&env.path("a"));
        let output = env.run(&["-a", "a", "verify", "--json"]);
        if kinds.contains("refused") {
            output.exits(2).says("version 2");
            continue;
        }
        let outcome = output.json();
        let list = |key: &str| {
            let list = outcome[key].as_array().unwrap().clone();
            list.iter()
                .map(|one| one["kind"].as_str().unwrap().to_owned())
                .collect::<BTreeSet<_>>()
        };
        let (findings, notices) = (list("findings"), list("notices"));
        assert_eq!(
            findings.union(&notices).cloned().collect::<BTreeSet<_>>(),
            *kinds,
            "{name}: {outcome}"
        );
        let invalid = name.starts_with("invalid/");
        assert_eq!(
            (findings.is_empty(), output.code),
            (!invalid, i32::from(invalid)),
            "{name}"
        );
        assert!(
            !name.starts_with("valid/") || notices.is_empty(),
            "{name}: {notices:?}"
        );
        assert_eq!(files_below(&env.path("a")), before, "{name}");
    }
}

#[test]
fn the_frozen_archive_with_logs_answers_and_takes_more() {
    let env = Environment::new();
    place(&env, "valid/logs", "a");
    place(&env, "keys", "keys");
    assert_eq!(env.count("anna"), 1);
    let row = env
        .run(&["-a", "a", "search", "root", "--format", "ndjson"])
        .exits(0)
        .stdout;
    let row: Value = serde_json::from_str(row.lines().next().unwrap()).unwrap();
    assert_eq!(row["raw"], AUTH.lines().next().unwrap());
    let id = row["event_id"].as_str().unwrap();
    env.run(&["-a", "a", "show", id])
        .exits(0)
        .says("Failed password for root");
    env.run(&["-a", "a", "prove", id, "-o", "proof.txt"]).exits(0);
    env.run(&["prove", "--check", "proof.txt"])
        .exits(0)
        .says("PROVEN");
    // The file that it holds has grown since.
    env.write(
        "in/auth.log",
        format!("{AUTH}{}", AUTH.replace("Jan  5", "Jan  6")),
    );
    env.write("in/new.log", AUTH.replace("web1", "web2"));
    assert!(env.ingest(&[])["records"].as_u64().unwrap() >= 2);
    env.run(&["-a", "a", "rebuild"]).exits(0);
    env.verified();
}

/// Two objects, a tree over each, a segment that is opaque to the vault: a few kilobytes.
fn small(at: &Path, keys: &Keys) -> VaultWriter {
    let config = Config {
        custodian: "A. Serikova".to_owned(),
        time_zone: "Asia/Almaty".to_owned(),
        ..Config::new("Frozen")
    };
    let about = json!({ "program": "letopis, format version 1" });
    let writer =
        VaultWriter::create(DirectoryBackend::new(at), config, keys.clone(), Some(about), NOW).unwrap();
    let mut entries = Vec::new();
    for text in [AUTH, "one line\nand another without an end"] {
        let mut object = writer.object_writer().unwrap();
        object.write_all(text.as_bytes()).unwrap();
        let object = object.finish().unwrap();
        let mut tree = writer.tree_writer(&object).unwrap();
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            tree.record(from, line.trim_end().as_bytes()).unwrap();
            from += line.len() as u64;
        }
        let tree = tree.finish().unwrap();
        entries.push(NewEntry::object(object, Some(tree), None));
    }
    let mut segment = writer.segment_writer().unwrap();
    segment
        .part(SegmentPart::Parquet)
        .unwrap()
        .write_all(b"opaque to the vault")
        .unwrap();
    segment
        .part(SegmentPart::Index)
        .unwrap()
        .write_all(b"as is this")
        .unwrap();
    entries.push(NewEntry::segment(segment.finish(4).unwrap(), None));
    entries.push(NewEntry::new(
        EntryKind::Note,
        Map::new(),
        Some(json!({ "text": "two objects" })),
    ));
    writer.commit(entries, NOW + 1).unwrap();
    read(&writer.vault(), keys, true);
    writer
}

fn read(vault: &Vault, keys: &Keys, to_the_end: bool) {
    let intent = AccessIntent {
        basis: Basis::OsAccount,
        detail: json!({ "person": "A. Serikova", "command": "search anna" }),
    };
    let token = vault.begin_access(&intent, keys, NOW + 2).unwrap();
    if to_the_end {
        let result = AccessResult {
            rows: 1,
            rows_sha256: None,
            ended: "complete".to_owned(),
        };
        vault.finish_access(token, &result, keys, NOW + 3).unwrap();
    }
}

/// Writes the archives that are not there yet, and their lines in `expected.txt`; what is there stays as it is:
/// `cargo test --release -- --ignored write_the_frozen_archives`.
#[test]
#[ignore = "writes samples/archives/v1, which is frozen"]
fn write_the_frozen_archives() {
    let keys = Keys::load_or_create(&frozen().join("keys")).unwrap();
    let mut expected = fs::read_to_string(frozen().join("expected.txt")).unwrap();
    for (name, kinds, make) in VALID.iter().chain(WARNING).chain(INVALID) {
        let at = frozen().join(name);
        if at.exists() {
            continue;
        }
        make(&at, &keys);
        expected.push_str(format!("{name}: {kinds}").trim_end());
        expected.push('\n');
    }
    fs::write(frozen().join("expected.txt"), expected).unwrap();
}

/// An archive with a tree of a thousand records, written as this program writes trees.
fn a_tree(at: &Path, keys: &Keys) {
    let writer = small(at, keys);
    let mut text = String::new();
    for number in 0..1000 {
        let long = if number == 500 {
            70_000
        } else {
            number * number % 400
        };
        let empty = if number % 50 == 0 { "\n" } else { "" };
        text.push_str(&format!("line {number} {}\n{empty}", "x".repeat(long)));
    }
    let mut object = writer.object_writer().unwrap();
    object.write_all(text.as_bytes()).unwrap();
    let object = object.finish().unwrap();
    let mut tree = writer.tree_writer(&object).unwrap();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            tree.record(from, line.trim_end().as_bytes()).unwrap();
        }
        from += line.len() as u64;
    }
    let tree = tree.finish().unwrap();
    let entry = NewEntry::object(object, Some(tree), None);
    writer.commit(vec![entry], NOW + 5).unwrap();
}

type Make = (&'static str, &'static str, fn(&Path, &Keys));

const VALID: &[Make] = &[
    ("valid/empty", "", |at, keys| {
        drop(
            VaultWriter::create(
                DirectoryBackend::new(at),
                Config::new("Empty"),
                keys.clone(),
                None,
                NOW,
            )
            .unwrap(),
        );
    }),
    ("valid/small", "", |at, keys| drop(small(at, keys))),
    ("valid/logs", "", |at, keys| {
        let input = tempfile::tempdir().unwrap();
        fs::write(input.path().join("auth.log"), AUTH).unwrap();
        std::env::set_current_dir(input.path()).unwrap();
        let writer = VaultWriter::create(
            DirectoryBackend::new(at),
            Config::new("Logs"),
            keys.clone(),
            None,
            NOW,
        )
        .unwrap();
        let options = IngestOptions {
            inputs: vec![PathBuf::from("auth.log")],
            acquisition: Acquisition {
                operator: "A. Serikova".to_owned(),
                ..Acquisition::default()
            },
            threads: 1,
            now: NOW,
            ..IngestOptions::default()
        };
        ingest(&writer, options, &()).unwrap();
        read(&writer.vault(), keys, true);
    }),
    ("valid/second-framing", "", |at, keys| {
        let writer = small(at, keys);
        let object = writer.vault().objects().unwrap()[0].stored();
        let mut tree = writer.tree_writer(&object).unwrap();
        tree.record(0, AUTH.as_bytes()).unwrap();
        writer
            .commit(vec![NewEntry::reframe(tree.finish().unwrap(), None)], NOW + 5)
            .unwrap();
    }),
    ("valid/removed-object", "", |at, keys| {
        let writer = small(at, keys);
        let seq = writer.vault().objects().unwrap()[0].seq;
        writer
            .commit(vec![NewEntry::delete(&[seq], &[], &[], None)], NOW + 5)
            .unwrap();
    }),
    ("valid/changed-configuration", "", |at, keys| {
        let writer = small(at, keys);
        let config = Config {
            retention_months: 12,
            ..writer.vault().config().clone()
        };
        writer.set_config(config, None, NOW + 5).unwrap();
    }),
    ("valid/trees-in-columns", "", a_tree),
    ("valid/trees-of-wide-runs", "", a_tree),
    ("valid/keys-handed-over", "", |at, keys| {
        let writer = small(at, keys);
        writer
            .certify_journal_key(&Keys::generate().unwrap(), None, NOW + 5)
            .unwrap();
        writer
            .rotate_custodian_key(&Keys::generate().unwrap(), None, NOW + 6)
            .unwrap();
    }),
];

const WARNING: &[Make] = &[
    (
        "warning/access-without-an-end",
        "clock dangling-intent",
        |at, keys| {
            read(&small(at, keys).vault(), keys, false);
        },
    ),
    ("warning/clock-set-back", "clock", |at, keys| {
        let entry = NewEntry::new(EntryKind::Note, Map::new(), None);
        small(at, keys).commit(vec![entry], NOW - 86_400_000_000).unwrap();
    }),
    ("warning/unfinished-commit", "unfinished-tail", |at, keys| {
        drop(small(at, keys));
        edit(at, "ledger/entries.jsonl", |bytes| {
            bytes.extend_from_slice(b"{\"half a line")
        });
    }),
    ("warning/unfinished-commit-set-aside", "torn", |at, keys| {
        drop(small(at, keys));
        edit(at, "ledger/entries.jsonl", |bytes| {
            bytes.extend_from_slice(b"{\"half a line")
        });
        drop(VaultWriter::open(DirectoryBackend::new(at), keys.clone(), NOW + 5).unwrap());
    }),
    ("warning/stranger", "unexpected-file", |at, keys| {
        drop(small(at, keys));
        fs::write(at.join("segments/notes.txt"), "left here by someone").unwrap();
    }),
    (
        "warning/configuration-one-behind",
        "config-outdated",
        |at, keys| {
            let writer = small(at, keys);
            let before = fs::read(at.join("letopis.toml")).unwrap();
            let config = Config {
                retention_months: 12,
                ..writer.vault().config().clone()
            };
            writer.set_config(config, None, NOW + 5).unwrap();
            fs::write(at.join("letopis.toml"), before).unwrap();
        },
    ),
];

const INVALID: &[Make] = &[
    ("invalid/object-byte-changed", "object-damaged", |at, keys| {
        drop(small(at, keys));
        edit(at, &first(at, "objects/", ".zst"), |bytes| bytes[20] ^= 1);
    }),
    ("invalid/object-missing", "object-missing", |at, keys| {
        drop(small(at, keys));
        fs::remove_file(at.join(first(at, "objects/", ".zst"))).unwrap();
    }),
    ("invalid/objects-exchanged", "object-damaged", |at, keys| {
        drop(small(at, keys));
        let files = files_below(at)
            .into_iter()
            .filter(|(path, _)| path.starts_with("objects/") && path.ends_with(".zst"));
        let files: Vec<_> = files.collect();
        fs::write(at.join(&files[0].0), &files[1].1).unwrap();
        fs::write(at.join(&files[1].0), &files[0].1).unwrap();
    }),
    ("invalid/tree-byte-changed", "tree-damaged", |at, keys| {
        drop(small(at, keys));
        edit(at, &first(at, "objects/", ".tree"), |bytes| bytes[40] ^= 1);
    }),
    ("invalid/tree-missing", "tree-missing", |at, keys| {
        drop(small(at, keys));
        fs::remove_file(at.join(first(at, "objects/", ".tree"))).unwrap();
    }),
    ("invalid/segment-changed", "segment-damaged", |at, keys| {
        drop(small(at, keys));
        edit(at, &first(at, "segments/", ".parquet"), |bytes| bytes[3] ^= 1);
    }),
    ("invalid/index-missing", "segment-missing", |at, keys| {
        drop(small(at, keys));
        fs::remove_file(at.join(first(at, "segments/", ".index"))).unwrap();
    }),
    ("invalid/document-changed", "detail", |at, keys| {
        drop(small(at, keys));
        edit(at, &last(at, "details/"), |bytes| bytes[30] ^= 1);
    }),
    ("invalid/secret-changed", "secret", |at, keys| {
        drop(small(at, keys));
        edit(at, &last(at, "secrets/"), |bytes| bytes[200] ^= 1);
    }),
    (
        "invalid/ledger-line-changed",
        "ledger-line ledger-root signature tree-damaged",
        |at, keys| {
            drop(small(at, keys));
            edit(at, "ledger/entries.jsonl", |bytes| {
                let part = b"\"records\":2";
                let place = bytes.windows(part.len()).position(|found| found == part).unwrap();
                bytes[place + part.len() - 1] = b'1';
            });
        },
    ),
    (
        "invalid/ledger-cut",
        "dangling-intent ledger-root unfinished-tail",
        |at, keys| {
            drop(small(at, keys));
            edit(at, "ledger/entries.jsonl", |bytes| {
                bytes.truncate(bytes.len() - 100)
            });
        },
    ),
    ("invalid/head-unsigned", "head", |at, keys| {
        drop(small(at, keys));
        edit(at, "ledger/head", |bytes| {
            let place = bytes.windows(2).position(|found| found == b"\n\n").unwrap();
            bytes.truncate(place + 2);
        });
    }),
    ("invalid/head-missing", "head", |at, keys| {
        drop(small(at, keys));
        fs::remove_file(at.join("ledger/head")).unwrap();
    }),
    ("invalid/configuration-changed", "config", |at, keys| {
        drop(small(at, keys));
        edit(at, "letopis.toml", |bytes| {
            bytes.extend_from_slice(b"# for ever\n")
        });
    }),
    ("invalid/key-file-changed", "key", |at, keys| {
        drop(small(at, keys));
        edit(at, &first(at, "ledger/keys/", ".pub"), |bytes| bytes[60] ^= 1);
    }),
    ("invalid/lock-file-filled", "lock-file", |at, keys| {
        drop(small(at, keys));
        fs::write(at.join("ledger/writer.lock"), "pid 1").unwrap();
    }),
    ("invalid/what-a-crash-left-changed", "torn", |at, keys| {
        drop(small(at, keys));
        let name = format!("ledger/torn/9-{}", "0".repeat(64));
        fs::write(at.join(name), "other bytes than the name says").unwrap();
    }),
    ("invalid/format-version-2", "refused", |at, keys| {
        drop(small(at, keys));
        for (file, from, to) in [
            ("letopis.toml", "format = 1", "format = 2"),
            ("ledger/entries.jsonl", "\"format\":1", "\"format\":2"),
        ] {
            let text = fs::read_to_string(at.join(file)).unwrap();
            fs::write(at.join(file), text.replacen(from, to, 1)).unwrap();
        }
    }),
];

fn edit(at: &Path, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(at.join(path)).unwrap();
    edit(&mut bytes);
    fs::write(at.join(path), bytes).unwrap();
}

fn first(at: &Path, begin: &str, end: &str) -> String {
    let mut files = files_below(at).into_iter().map(|(path, _)| path);
    files
        .find(|path| path.starts_with(begin) && path.ends_with(end))
        .unwrap()
}

/// The file of the newest commit in a folder of batches: the one that the newest ledger line with a batch names.
fn last(at: &Path, folder: &str) -> String {
    let text = fs::read_to_string(at.join("ledger/entries.jsonl")).unwrap();
    let batch = text
        .lines()
        .rev()
        .find_map(|line| Some(line.split_once("\"batch\":\"")?.1.get(..16)?.to_owned()));
    first(at, &format!("{folder}{}", batch.unwrap()), "")
}

#[test]
fn a_frozen_archive_lies_anywhere() {
    // Its place is no part of it: the same bytes elsewhere are the same archive.
    let env = Environment::new();
    for at in ["here", "deep/er/there"] {
        place(&env, "valid/small", at);
        let backend: Arc<dyn Backend> = DirectoryBackend::new(&env.path(at));
        assert_eq!(Vault::open(backend).unwrap().objects().unwrap().len(), 2);
        env.run(&["-a", at, "verify"]).exits(0);
    }
}
