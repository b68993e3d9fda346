//! Bit rot as an outsider meets it: told by record, put right from originals or from a second copy, checked slowly.

use std::time::{Duration, Instant};

use super::*;

fn copy(env: &Environment, from: &str, to: &str) {
    for (path, bytes) in files_below(&env.path(from)) {
        env.write(&format!("{to}/{path}"), bytes);
    }
}

fn find(env: &Environment, archive: &str, begin: &str, end: &str) -> String {
    let mut files = files_below(&env.path(archive)).into_iter();
    let found = files.find(|(path, _)| path.starts_with(begin) && path.ends_with(end));
    found.unwrap_or_else(|| panic!("{begin}…{end}")).0
}

fn flip(env: &Environment, path: &str) {
    let mut bytes = fs::read(env.path(path)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(env.path(path), bytes).unwrap();
}

#[test]
fn a_second_copy_puts_damage_right_and_the_ledger_says_so() {
    let env = Environment::with_archive();
    copy(&env, "a", "second");
    let object = find(&env, "a", "objects/", ".zst");
    flip(&env, &format!("a/{object}"));
    env.run(&["-a", "a", "verify"])
        .exits(1)
        .says("  records   2 records, 0 (")
        .says("to do     letopis repair --from COPY");
    let told = env.run(&["-a", "a", "verify", "--json"]).exits(1).json();
    let records = &told["findings"][0]["records"];
    assert_eq!(
        (&records["first"], &records["last"]),
        (&Value::from(0), &Value::from(1))
    );
    env.run(&["-a", "a", "repair", "--from", "second"])
        .exits(0)
        .says(&format!("put right: {object} (object-damaged)"))
        .says("nothing is wrong any more");
    env.verified();
    let ledger = fs::read_to_string(env.path("a/ledger/entries.jsonl")).unwrap();
    let line = ledger.lines().last().unwrap();
    assert!(
        line.contains("\"kind\":\"rebuild\"") && line.contains("\"repaired\":1"),
        "{line}"
    );
    // What cannot be put right is told and exits with 1.
    flip(&env, &format!("a/{object}"));
    flip(&env, &format!("second/{object}"));
    let outcome = env
        .run(&["-a", "a", "repair", "--from", "second", "--json"])
        .exits(1)
        .json();
    assert_eq!(outcome["refused"][0]["where"], object.as_str());
    assert_eq!(outcome["remaining"][0]["kind"], "object-damaged");
}

#[test]
fn what_is_no_second_copy_is_refused() {
    let env = Environment::with_archive();
    env.run(&["-a", "other", "ingest", "in"]).exits(0);
    env.run(&["-a", "a", "repair", "--from", "other"])
        .exits(2)
        .says("no copy of");
    env.run(&["-a", "a", "repair", "--from", "a"])
        .exits(2)
        .says("this archive itself");
    env.run(&["-a", "a", "repair", "--from", "in"])
        .exits(2)
        .says("no letopis archive here");
    env.run(&["-a", "a", "repair"]).exits(2).says("--from");
}

#[test]
fn segments_that_are_gone_are_made_again_from_the_originals() {
    let env = Environment::with_archive();
    env.write(
        "in/app.jsonl",
        "{\"time\":\"2026-01-05T10:00:00Z\",\"message\":\"one\"}\n",
    );
    env.ingest(&[]);
    for (path, _) in files_below(&env.path("a/segments")) {
        fs::remove_file(env.path(&format!("a/segments/{path}"))).unwrap();
    }
    env.run(&["-a", "a", "verify"])
        .exits(1)
        .says("segment-missing")
        .says("letopis rebuild");
    env.run(&["-a", "a", "rebuild"]).exits(0);
    env.verified();
    assert_eq!((env.count("anna"), env.count("message:one")), (1, 1));
}

#[test]
fn a_damaged_segment_or_index_never_answers_wrongly() {
    let env = Environment::with_archive();
    for end in [".parquet", ".index"] {
        let path = format!("a/{}", find(&env, "a", "segments/", end));
        let whole = fs::read(env.path(&path)).unwrap();
        for part in 0..12 {
            let mut bytes = whole.clone();
            let at = bytes.len() * part / 12;
            bytes[at] ^= 0x41;
            fs::write(env.path(&path), &bytes).unwrap();
            env.run(&["-a", "a", "verify"]).exits(1).says("segment-damaged");
        }
        fs::write(env.path(&path), &whole).unwrap();
    }
    env.verified();
}

/// Whoever holds the keys can commit a segment that leaves rows out; the originals tell.
#[test]
fn rows_left_out_by_a_holder_of_the_keys_are_found_against_the_originals() {
    use letopis_archive::vault::{DirectoryBackend, Keys, NewEntry, SegmentPart, VaultWriter};
    let env = Environment::with_archive();
    env.write("in/auth.log", AUTH.lines().next().unwrap().to_owned() + "\n");
    env.run(&["-a", "less", "ingest", "in"]).exits(0);
    let place = |archive: &str| DirectoryBackend::new(&env.path(archive));
    let keys = Keys::load(&env.path("keys")).unwrap();
    let less = letopis_archive::vault::Vault::open(place("less")).unwrap();
    let writer = VaultWriter::open(place("a"), keys, 1_777_620_000_000_000).unwrap();
    let mut segment = writer.segment_writer().unwrap();
    let from = &less.segments().unwrap()[0];
    for part in [SegmentPart::Parquet, SegmentPart::Index] {
        let bytes = less.segment_file(&from.id, part).unwrap().read_all().unwrap();
        segment.part(part).unwrap().write_all(&bytes).unwrap();
    }
    let live: Vec<String> = writer
        .vault()
        .segments()
        .unwrap()
        .iter()
        .map(|s| s.id.clone())
        .collect();
    let about = writer.vault().segments().unwrap()[0].about.clone();
    let entries = vec![
        NewEntry::rebuild(&live, None),
        NewEntry::segment(segment.finish(1).unwrap(), about),
    ];
    writer.commit(entries, 1_777_620_000_000_000).unwrap();
    drop(writer);
    env.run(&["-a", "a", "verify"]).exits(0);
    let said = env
        .run(&["-a", "a", "verify", "--rederive"])
        .exits(1)
        .says("letopis rebuild");
    assert!(
        said.stdout.contains("rows-differ") || said.stdout.contains("rows-without-original"),
        "{}",
        said.text()
    );
    env.run(&["-a", "a", "rebuild"]).exits(0);
    env.verified();
}

#[test]
fn a_slow_check_keeps_its_place() {
    let env = Environment::new();
    for host in 0..8 {
        let lines: String = (0..3000)
            .map(|n| {
                AUTH.lines()
                    .next()
                    .unwrap()
                    .replace("web1", &format!("host{host}"))
                    .replace("4000", &(1024 + n).to_string())
                    + "\n"
            })
            .collect();
        env.write(&format!("in/host{host}.log"), lines);
    }
    env.ingest(&[]);
    let checked = env.run(&["-a", "a", "verify", "--json"]).exits(0).json()["checked"].clone();
    let bytes = checked["bytes"].as_u64().unwrap();
    let before = files_below(&env.path("a"));
    // A third of the bytes a second: three seconds for all, and it is killed after one and a half.
    let rate = (bytes / 3).to_string();
    let mut slow = env
        .command(&["-a", "a", "verify", "--resume", "state", "--rate", &rate])
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    slow.kill().unwrap();
    assert_eq!(slow.wait().unwrap().code(), None, "it was still at work");
    let kept = fs::read_to_string(env.path("state")).unwrap().lines().count() - 1;
    assert!(kept > 0, "something was looked at");
    let start = Instant::now();
    let outcome = env
        .run(&[
            "-a", "a", "verify", "--resume", "state", "--rate", &rate, "--json",
        ])
        .exits(0)
        .json();
    assert!(start.elapsed() > Duration::from_millis(200), "it is held back");
    assert_eq!(outcome["checked"], checked, "what both runs looked at is all");
    assert!(outcome["notices"].to_string().contains("resumed"), "{outcome}");
    assert!(
        outcome["notices"].to_string().contains("anchor-same"),
        "{outcome}"
    );
    assert_eq!(files_below(&env.path("a")), before, "a check writes nothing");
    // The pass is over: the next begins anew.
    let again = env
        .run(&["-a", "a", "verify", "--resume", "state", "--json"])
        .exits(0)
        .json();
    assert!(!again["notices"].to_string().contains("resumed"), "{again}");
    env.run(&["-a", "a", "verify", "--resume", "a/state"])
        .exits(2)
        .says("inside the archive");
    env.run(&["-a", "a", "verify", "--rate", "fast"])
        .exits(2)
        .says("expected one like");
    env.run(&["-a", "a", "verify", "--resume", "in/host0.log"])
        .says("expected a check state 1");
}
