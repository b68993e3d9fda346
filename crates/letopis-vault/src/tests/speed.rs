//! Not a test: prints how fast bytes go in and are checked. `cargo test --release -- --ignored speed --nocapture`.

use std::time::Instant;

use super::*;

#[test]
#[ignore = "a measurement"]
fn speed() {
    let folder = tempfile::tempdir().unwrap();
    let backend = DirectoryBackend::new(&folder.path().join("archive"));
    let writer = VaultWriter::create(
        Arc::clone(&backend),
        config(),
        Keys::generate().unwrap(),
        None,
        NOW,
    )
    .unwrap();
    let text = log_text();
    let mib = text.len() as f64 / f64::from(1 << 20);
    let report = |what: &str, start: Instant| {
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{what}: {seconds:.2} s, {:.0} MiB/s", mib / seconds);
    };
    let start = Instant::now();
    let mut object = writer.object_writer().unwrap();
    for part in text.chunks(256 << 10) {
        object.write_all(part).unwrap();
    }
    let object = object.finish().unwrap();
    report("object", start);
    let start = Instant::now();
    let mut tree = writer.tree_writer(&object).unwrap();
    let (mut at, mut records) = (0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        tree.record(at, &line[..line.len() - 1]).unwrap();
        at += line.len() as u64;
        records += 1;
    }
    let tree = tree.finish().unwrap();
    report(&format!("tree of {records} records"), start);
    let start = Instant::now();
    writer
        .commit(vec![NewEntry::object(object.clone(), Some(tree), None)], NOW)
        .unwrap();
    report("commit", start);
    let start = Instant::now();
    let found = verify(&backend, &VerifyOptions::default(), &()).unwrap();
    assert!(found.is_ok());
    report("verify", start);
    let start = Instant::now();
    let prefix: [u8; 10] = object.sha256.0[..10].try_into().unwrap();
    let vault = writer.vault();
    for place in 0..100 {
        let found = vault.resolve(&prefix, place * 2_000_000).unwrap();
        let record = found.map_or(0, |found| found.record.offset);
        assert!(vault.prove(&prefix, record, false).is_ok());
    }
    eprintln!("100 proofs: {:.2} s", start.elapsed().as_secs_f64());
    for directory in ["objects", "details", "secrets", "ledger"] {
        let bytes: u64 = walk(&folder.path().join("archive").join(directory));
        eprintln!("{directory}: {bytes} bytes");
    }
    tiny_files(&writer);
}

/// 256 MiB of lines like sshd's.
fn log_text() -> Vec<u8> {
    let mut text = Vec::new();
    let mut seed = 1u64;
    while text.len() < 256 << 20 {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (a, b) = (seed >> 33, seed >> 48);
        writeln!(
            text,
            "Apr 30 08:{:02}:{:02} srv{} sshd[{}]: Failed password for user{b} from 10.{}.{}.{} port {} ssh2",
            a % 60,
            b % 60,
            a % 7,
            a % 30_000,
            a % 3,
            b % 200,
            a % 250,
            b
        )
        .unwrap();
    }
    text
}

fn tiny_files(writer: &VaultWriter) {
    let start = Instant::now();
    for number in 0..2000 {
        let mut object = writer.object_writer().unwrap();
        writeln!(object, "tiny file {number}").unwrap();
        let object = object.finish().unwrap();
        let mut tree = writer.tree_writer(&object).unwrap();
        tree.record(0, b"tiny").unwrap();
        let tree = tree.finish().unwrap();
        if number % 1000 == 999 {
            writer
                .commit(vec![NewEntry::object(object, Some(tree), None)], NOW)
                .unwrap();
        }
    }
    eprintln!(
        "2000 tiny objects with trees: {:.2} s",
        start.elapsed().as_secs_f64()
    );
}

fn walk(path: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                std::fs::metadata(&path).unwrap().len()
            }
        })
        .sum()
}
