//! Sealing as an outsider meets it: flipped bits, anchors, proofs that outlive every derived file.

use std::sync::Arc;

use letopis_archive::vault::{Backend, MemoryBackend};
use letopis_archive::{CheckOptions, check};

use super::*;

/// An archive with a file of every kind: plain logs, a container, accesses, a recorded check, a growth.
fn full() -> Environment {
    let env = Environment::with_archive();
    env.write("in/old.log.gz", gz(AUTH.replace("Jan  5", "Jan  4").as_bytes()));
    env.write(
        "in/app.jsonl",
        "{\"time\":\"2026-01-05T10:00:00Z\",\"message\":\"one\"}\n",
    );
    env.ingest(&[]);
    assert_eq!(env.count("anna"), 2);
    env.run(&["-a", "a", "verify", "--record"]).exits(0);
    env
}

fn checked(memory: &Arc<MemoryBackend>) -> letopis_archive::CheckOutcome {
    let backend: Arc<dyn Backend> = Arc::clone(memory) as Arc<dyn Backend>;
    check(&backend, &CheckOptions::default(), &()).unwrap()
}

#[test]
fn a_flipped_bit_in_any_file_is_a_finding_that_names_the_file() {
    let env = full();
    let memory = Arc::new(MemoryBackend::default());
    let files = files_below(&env.path("a"));
    for (path, bytes) in &files {
        memory.overwrite(path, bytes.clone());
    }
    assert!(checked(&memory).ok, "{:?}", checked(&memory).findings);
    let mut flips = 0;
    for (path, bytes) in &files {
        let last = bytes.len().saturating_sub(1);
        let mut places = vec![0, last / 5, last / 3, last / 2, last * 3 / 4, last];
        places.retain(|place| *place < bytes.len());
        places.dedup();
        for place in places {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            memory.overwrite(path, flipped);
            let outcome = checked(&memory);
            let named = outcome
                .findings
                .iter()
                .any(|f| f.place.starts_with(path.as_str()));
            assert!(
                !outcome.ok && named,
                "byte {place} of {path}: {:?}",
                outcome.findings
            );
            flips += 1;
        }
        memory.overwrite(path, bytes.clone());
    }
    assert!(checked(&memory).ok);
    eprintln!("{flips} flips in {} files", files.len());
    for part in [
        "objects/",
        "segments/",
        "details/",
        "secrets/",
        "ledger/keys/",
        "ledger/head",
        "letopis.toml",
    ] {
        assert!(files.iter().any(|(path, _)| path.starts_with(part)), "{part}");
    }
}

#[test]
fn verify_exits_with_one_and_names_file_and_remedy() {
    let env = full();
    let (path, mut bytes) = files_below(&env.path("a"))
        .into_iter()
        .find(|(path, _)| path.starts_with("objects/") && path.ends_with(".zst"))
        .unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    env.write(&format!("a/{path}"), &bytes);
    env.run(&["-a", "a", "verify"])
        .exits(1)
        .says(&path)
        .says("SOMETHING IS WRONG")
        .says("to do");
    let outcome = env.run(&["-a", "a", "verify", "--json"]).exits(1).json();
    assert_eq!(outcome["ok"], false);
    let finding = &outcome["findings"][0];
    for key in ["kind", "where", "expected", "found", "repair"] {
        assert!(finding[key].is_string(), "{key} in {finding}");
    }
    for key in ["objects", "segments", "records", "entries", "bytes"] {
        assert!(outcome["checked"][key].is_u64(), "{key} in {outcome}");
    }
}

#[test]
fn an_old_checkpoint_anchors_a_grown_archive_and_finds_a_cut_one() {
    let env = full();
    let early = env.run(&["-a", "a", "checkpoint", "show"]).exits(0).stdout;
    env.write("early.txt", early);
    let ledger = fs::read(env.path("a/ledger/entries.jsonl")).unwrap();
    let head = fs::read(env.path("a/ledger/head")).unwrap();
    env.write("in/new.log", AUTH.replace("web1", "web2"));
    env.ingest(&[]);
    let late = env.run(&["-a", "a", "checkpoint", "show"]).exits(0).stdout;
    env.write("late.txt", late);
    env.run(&["-a", "a", "verify", "--anchor", "early.txt", "late.txt"])
        .exits(0);
    // Someone with a copy of an earlier state puts it back.
    env.write("a/ledger/entries.jsonl", ledger);
    env.write("a/ledger/head", head);
    env.run(&["-a", "a", "verify", "--anchor", "early.txt"]).exits(0);
    env.run(&["-a", "a", "verify", "--anchor", "late.txt"])
        .exits(1)
        .says("late.txt");
}

#[test]
fn a_proof_outlives_rebuilding_and_growth_and_a_changed_one_fails() {
    let env = full();
    let found = env
        .run(&["-a", "a", "search", "\"from 203.0.113.5\"", "--format", "ndjson"])
        .exits(0);
    let row: Value = serde_json::from_str(found.stdout.lines().next().unwrap()).unwrap();
    let id = row["event_id"].as_str().unwrap();
    env.run(&["-a", "a", "prove", id, "-o", "early.proof"]).exits(0);
    let before = env.rows("a");
    env.run(&["-a", "a", "rebuild"]).exits(0);
    assert_eq!(env.rows("a"), before);
    env.verified();
    env.write("in/new.log", AUTH.replace("web1", "web2"));
    env.ingest(&[]);
    env.run(&["prove", "--check", "early.proof"])
        .exits(0)
        .says("PROVEN");
    env.run(&["-a", "a", "prove", id, "-o", "late.proof"]).exits(0);
    env.run(&["prove", "--check", "late.proof"])
        .exits(0)
        .says("PROVEN");
    let text = fs::read_to_string(env.path("early.proof")).unwrap();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| line.len() > 20) {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let middle = line.char_indices().nth(line.chars().count() / 2).unwrap();
        let other = if middle.1 == 'A' { "B" } else { "A" };
        lines[at].replace_range(middle.0..middle.0 + middle.1.len_utf8(), other);
        env.write("changed.proof", format!("{}\n", lines.join("\n")));
        env.run(&["prove", "--check", "changed.proof"])
            .exits(1)
            .says("NOT PROVEN");
    }
}

/// A record of a Windows event log uses names and templates of others: with them, and a rendering that is said to be
/// none of the evidence, a stranger can read it.
#[test]
fn a_binary_record_is_proven_with_what_it_takes_to_read_it() {
    let env = Environment::new();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../letopis-intake/src/formats/evtx/sample.evtx");
    env.write("in/security.evtx", fs::read(sample).unwrap());
    env.write("in/auth.log", AUTH);
    env.run(&["-a", "a", "ingest", "in", "--year", "2026"]).exits(0);
    let events = env
        .run(&["-a", "a", "export", "events", "--format", "jsonl"])
        .exits(0)
        .stdout;
    let rows: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = |format: &str| {
        let mut rows: Vec<&Value> = rows.iter().filter(|row| row["format"] == format).collect();
        rows.sort_by_key(|row| row["byte_offset"].as_u64());
        rows.last().unwrap()["event_id"].as_str().unwrap().to_owned()
    };
    let id = last("evtx");
    let proof = |more: &[&str], name: &str| {
        env.run(&[&["-a", "a", "prove", "-o", name], more].concat())
            .exits(0);
        let checked = env
            .run(&["prove", "--check", name])
            .exits(0)
            .says("PROVEN")
            .text();
        (fs::read_to_string(env.path(name)).unwrap(), checked)
    };
    let (plain, checked) = proof(&[&id], "plain.proof");
    let heading = "rendering, not proven by itself";
    assert!(
        !plain.contains(heading) && !checked.contains("rendering"),
        "{checked}"
    );
    let (full, checked) = proof(&[&id, "--with-context"], "full.proof");
    assert!(full.contains(heading) && full.contains("<EventID"), "{full}");
    assert!(
        checked.contains("that the rendering follows from the bytes"),
        "{checked}"
    );
    let records = |text: &str| text.lines().filter(|line| line.starts_with("offset ")).count();
    assert!(records(&full) > records(&plain), "{full}");
    // The same for many: the others are proven beside, each once.
    let (many, _) = proof(&[&id, &last("syslog-rfc3164"), "--with-context"], "many.proof");
    let (few, _) = proof(&[&id, &last("syslog-rfc3164")], "few.proof");
    assert!(records(&many) > records(&few), "{many}");
    // A bundle has them too, and the others are named by citation.
    env.run(&["-a", "a", "export", "bundle", "b", &id, "--with-context"])
        .exits(0);
    let context = fs::read_to_string(env.path("b/data/context.jsonl")).unwrap();
    let context: Value = serde_json::from_str(context.trim()).unwrap();
    assert_eq!(context["event_id"], id);
    assert!(
        context["rendering_not_proven"]
            .as_str()
            .unwrap()
            .contains("<EventID"),
        "{context}"
    );
    let needs: Vec<&str> = context["needs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(needs.len() + 1, records(&full), "{context}");
    let bundled = fs::read_to_string(env.path("b/data/records.proof.txt")).unwrap();
    let shown: std::collections::BTreeSet<u64> = bundled
        .lines()
        .filter_map(|line| line.strip_prefix("offset ")?.split(' ').next()?.parse().ok())
        .collect();
    for citation in needs.iter().chain([&id.as_str()]) {
        let offset = u64::from_str_radix(citation.rsplit('-').next().unwrap(), 16).unwrap();
        assert!(shown.contains(&offset), "{citation}: {shown:?}");
    }
    env.run(&["import", "--check", "b"]).exits(0).says("PROVEN");
    // A line of text needs nothing else, and that is said.
    env.run(&[
        "-a",
        "a",
        "prove",
        &last("syslog-rfc3164"),
        "--with-context",
        "-o",
        "line.proof",
    ])
    .exits(0)
    .says("is read by itself");
}
