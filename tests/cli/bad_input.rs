//! Input as it comes from broken disks and hostile hands: told clearly, nothing lost, nothing else stopped.

use super::*;

#[test]
fn empty_links_and_fifos_are_listed_and_the_rest_is_taken() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.write("in/empty.log", "");
    std::os::unix::fs::symlink("auth.log", env.path("in/link")).unwrap();
    std::os::unix::fs::symlink("loop", env.path("in/loop")).unwrap();
    std::os::unix::net::UnixListener::bind(env.path("in/socket")).unwrap();
    let outcome = env.ingest(&[]);
    assert_eq!(outcome["records"], 2);
    assert_eq!(file(&outcome, "empty.log")["reason"], "empty file");
    for (path, reason) in [
        ("link", "symbolic link to auth.log, not followed"),
        ("loop", "symbolic link to loop, not followed"),
        ("socket", "socket, not read"),
    ] {
        assert_eq!(file(&outcome, path)["status"], "refused");
        assert_eq!(file(&outcome, path)["reason"], reason);
    }
    env.run(&["-a", "a", "ingest", "in", "--strict"]).exits(1);
    env.verified();
}

#[test]
fn what_may_not_be_read_is_told_and_the_rest_is_committed() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.write("in/closed/x.log", AUTH);
    fs::set_permissions(env.path("in/closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(env.path("in/closed")).is_ok() {
        eprintln!("skipped: this account may read every folder");
        return;
    }
    let output = env.run(&["-a", "a", "ingest", "in", "--json"]).exits(3);
    fs::set_permissions(env.path("in/closed"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(file(&output.json(), "closed")["status"], "refused");
    assert_eq!(output.json()["records"], 2);
}

#[test]
fn a_truncated_gz_gives_what_is_there_and_says_where_it_ends() {
    let env = Environment::new();
    let text: String = (0..2000)
        .map(|n| {
            format!(
                "Jan  5 10:{:02}:{:02} web1 app[{n}]: request {} done\n",
                n / 60 % 60,
                n % 60,
                n * 7919
            )
        })
        .collect();
    let whole = gz(text.as_bytes());
    env.write("in/cut.log.gz", &whole[..whole.len() / 2]);
    let outcome = env.ingest(&[]);
    let records = outcome["records"].as_u64().unwrap();
    assert!((500..2000).contains(&records), "{records}");
    env.run(&["-a", "b", "ingest", "in", "--strict"])
        .exits(1)
        .says("cut.log.gz/cut.log: damaged at byte")
        .says("expected gzip data up to its end mark");
    env.verified();
}

#[test]
fn a_bomb_is_stopped_and_told() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    // Gzip in gzip: some hundred bytes stand for hundreds of megabytes.
    let zeros = vec![0; 8 << 20];
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..40 {
        encoder.write_all(&zeros).unwrap();
    }
    env.write("in/bomb.gz", gz(&encoder.finish().unwrap()));
    assert!(fs::metadata(env.path("in/bomb.gz")).unwrap().len() < 20_000);
    let output = env.run(&["-a", "a", "ingest", "in"]).exits(0);
    let output = output.says("not read beyond byte");
    assert!(output.stdout.contains("auth.log"));
    assert_eq!(env.count("anna"), 1);
}

#[test]
fn members_that_give_no_byte_are_named_and_not_called_damaged() {
    let env = Environment::new();
    let archive = include_bytes!("../../crates/letopis-intake/src/container/seven_zip/aes.7z");
    env.write("in/case.7z", archive);
    let output = env.run(&["-a", "a", "ingest", "in"]).exits(0).says(
        "case.7z/logs/auth.log: not read: expected a member without a password, found an encrypted one",
    );
    assert!(!output.stdout.contains("damaged"), "{}", output.stdout);
}

#[test]
fn junk_is_recorded_and_not_stored() {
    let env = Environment::new();
    // A generator's bytes: no text, no magic.
    let mut state = 0x9e37_79b9_u32;
    let junk: Vec<u8> = (0..5000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 11) as u8
        })
        .collect();
    env.write("in/junk.bin", &junk);
    let outcome = env.ingest(&[]);
    assert_eq!(file(&outcome, "junk.bin")["status"], "refused");
    assert_eq!(file(&outcome, "junk.bin")["sha256"].as_str().unwrap().len(), 64);
    assert!(
        file(&outcome, "junk.bin")["reason"]
            .as_str()
            .unwrap()
            .contains("no known format")
    );
    env.run(&["-a", "a", "ingest", "in", "--keep-unknown"]).exits(0);
    env.verified();
}

#[test]
fn a_line_without_end_is_cut_into_records_of_bounded_size() {
    let env = Environment::new();
    let mut text = AUTH.as_bytes().to_vec();
    text.extend(std::iter::repeat_n(b'x', 5 << 20));
    text.extend_from_slice(b"\nJan  5 10:00:05 web1 sshd[1]: after the long line\n");
    env.write("in/auth.log", &text);
    let outcome = env.ingest(&["--max-record", "1048576"]);
    // Two before, one after, and five megabytes in pieces of one.
    assert_eq!(outcome["records"], 8, "{outcome}");
    assert_eq!(env.count("\"after the long line\""), 1);
    env.verified();
}

#[test]
fn nul_bytes_and_broken_utf8_stay_as_they_are() {
    let env = Environment::new();
    let mut text = AUTH.as_bytes().to_vec();
    text.extend_from_slice(b"Jan  5 10:00:04 web1 app[1]: nul \0\0 inside\n");
    text.extend_from_slice(b"Jan  5 10:00:05 web1 app[1]: broken \xff\xfe\xc3( utf8\n");
    env.write("in/auth.log", &text);
    let outcome = env.ingest(&[]);
    assert_eq!(outcome["records"], 4, "{outcome}");
    assert_eq!(env.count("inside"), 1);
    assert_eq!(env.count("utf8"), 1);
    env.verified();
    // A terminal gets no control bytes.
    let shown = env
        .run(&["-a", "a", "search", "inside", "--format", "line"])
        .exits(0);
    assert!(!shown.stdout.contains('\0'));
}

#[test]
fn a_broken_evtx_chunk_costs_its_own_records_only() {
    let sample = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/evtx-attack-samples/UACME_59_Sysmon.evtx"
    ));
    let Ok(mut bytes) = fs::read(sample) else {
        eprintln!("skipped: no {}", sample.display());
        return;
    };
    let env = Environment::new();
    env.write("in/whole.evtx", &bytes);
    let whole = env.ingest(&[]);
    let records = file(&whole, "whole.evtx")["records"].as_u64().unwrap();
    assert!(records > 0);
    // The signature of the first record in the first chunk.
    let at = 4096 + 512;
    bytes[at..at + 4].copy_from_slice(b"\0\0\0\0");
    env.write("in/broken.evtx", &bytes);
    let broken = env.ingest(&[]);
    let entry = file(&broken, "broken.evtx");
    assert_eq!(entry["status"], "new");
    // What took the place of the record is one unparsed record, and every other is there.
    assert_eq!(
        (&entry["records"], &entry["unparsed"]),
        (&records.into(), &1.into()),
        "{entry}"
    );
    assert_eq!(entry["unparsed_examples"][0]["offset"], at);
    env.verified();
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let env = Environment::new();
    fs::create_dir(env.path("small")).unwrap();
    let small = env.path("small");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&small)
        .output();
    if !mounted.is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: no small file system may be mounted here");
        return;
    }
    env.write("in/auth.log", AUTH);
    let first = env.run(&["-a", "small/a", "ingest", "in"]);
    let mut state = 1_u64;
    let big: String = (0..60_000)
        .map(|n| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!(
                "Jan  5 10:00:00 web1 app[{n}]: {state:016x}{:016x}\n",
                state.rotate_left(29)
            )
        })
        .collect();
    env.write("in/big.log", big);
    let full = env.run(&["-a", "small/a", "ingest", "in"]);
    let checked = env.run(&["-a", "small/a", "verify"]);
    let _ = Command::new("umount").arg(&small).output();
    first.exits(0);
    full.exits(3).says("No space left on device");
    checked.exits(0);
}
