use super::*;

/// An archive with a file of every kind, a torn leftover and a prepared head among them.
fn every_kind() -> Arc<MemoryBackend> {
    let (backend, keys) = archive();
    let mut entries = backend.files()["ledger/entries.jsonl"].clone();
    entries.extend_from_slice(b"{\"half a line");
    backend.overwrite("ledger/entries.jsonl", entries);
    let writer = write(&backend, &keys).unwrap();
    assert_eq!(writer.recovered()[0].kind, "torn");
    let sha256 = letopis_seal::sha256(TEXTS[1].as_bytes());
    let object = writer
        .vault()
        .object_by_sha256(&sha256)
        .unwrap()
        .unwrap()
        .stored();
    let mut tree = writer.tree_writer(&object).unwrap();
    tree.record(0, TEXTS[1].as_bytes()).unwrap();
    let tree = tree.finish().unwrap();
    writer
        .commit(vec![NewEntry::reframe(tree, None)], NOW + 20)
        .unwrap();
    writer
        .set_config(
            Config {
                retention_months: 12,
                ..config()
            },
            None,
            NOW + 21,
        )
        .unwrap();
    read_once(&writer.vault(), &keys).unwrap();
    drop(writer);
    assert!(check(&backend).is_ok());
    backend
}

/// Flips bits of every file, `most` of each, spread over its length, and expects a finding that names the file.
fn flip(most: usize) {
    let backend = every_kind();
    let mut kinds = std::collections::BTreeSet::new();
    for (path, bytes) in backend.files() {
        let kind = crate::layout::File::parse(&path).unwrap();
        kinds.insert(format!("{kind:?}").split('(').next().unwrap().to_owned());
        let bits = bytes.len() * 8;
        let step = (bits / most).max(1) | 1;
        for bit in (0..bits).step_by(step) {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            backend.overwrite(&path, flipped);
            let report = check(&backend);
            let named = report.findings.iter().any(|finding| finding.place == path);
            assert!(named, "bit {bit} of {path}: {:?}", report.findings);
        }
        backend.overwrite(&path, bytes);
    }
    assert!(check(&backend).is_ok());
    let expected = [
        "AppendLock",
        "Catalogue",
        "Config",
        "Details",
        "Entries",
        "Head",
        "Index",
        "Key",
        "Object",
        "Parquet",
        "ReadersLock",
        "Secrets",
        "Torn",
        "Tree",
        "WriterLock",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_flipped_bit_in_any_file_is_a_finding_that_names_it() {
    flip(40);
}

#[test]
#[ignore = "every bit of every file: minutes"]
fn every_bit() {
    flip(usize::MAX);
}

#[test]
fn every_missing_file_is_a_finding_that_names_it() {
    let whole = every_kind();
    for (path, bytes) in whole.files() {
        let quiet = ["torn/", ".lock", "catalogue"]
            .iter()
            .any(|part| path.contains(part));
        if path == "letopis.toml" || quiet {
            continue;
        }
        whole.take(&path);
        let report = check(&whole);
        assert!(
            report.findings.iter().any(|finding| finding.place == path),
            "{path}: {:?}",
            report.findings
        );
        whole.overwrite(&path, bytes);
    }
}

#[test]
fn a_lost_configuration_is_found_too() {
    let backend = every_kind();
    backend.take("letopis.toml");
    assert_eq!(findings(&check(&backend)), ["config letopis.toml"]);
    assert_eq!(open(&backend).config().retention_months, 12);
}

#[test]
fn a_cut_file_never_panics() {
    let backend = every_kind();
    for (path, bytes) in backend.files() {
        for length in (0..bytes.len()).step_by((bytes.len() / 12).max(1)) {
            backend.overwrite(&path, bytes[..length].to_vec());
            let report = check(&backend);
            assert!(!report.is_ok(), "{path} cut to {length}");
        }
        backend.overwrite(&path, bytes);
    }
}

/// An intruder who recomputes the checksum of the file.
#[test]
fn changed_secrets_are_found_behind_a_fitting_checksum() {
    let backend = every_kind();
    for (path, bytes) in backend
        .files()
        .into_iter()
        .filter(|(path, _)| path.starts_with("secrets/"))
    {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for changed in 1..lines.len() - 1 {
            for gone in [false, true] {
                let mut body = String::new();
                for (place, line) in lines[..lines.len() - 1].iter().enumerate() {
                    match (place == changed, gone) {
                        (true, true) => {}
                        (true, false) => {
                            body.push_str(&format!("{}{}\n", &line[..line.len() - 64], "0".repeat(64)))
                        }
                        (false, _) => body.push_str(&format!("{line}\n")),
                    }
                }
                body.push_str(&format!("blake3 {}\n", crate::Blake3::of(body.as_bytes())));
                backend.overwrite(&path, body.into_bytes());
                let found = findings(&check(&backend));
                let batch = path.trim_start_matches("secrets/");
                assert!(
                    found.iter().any(|finding| finding.contains(batch)),
                    "line {changed} of {path}: {found:?}"
                );
            }
        }
        backend.overwrite(&path, bytes);
    }
}
