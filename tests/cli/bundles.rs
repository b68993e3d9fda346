//! Records handed to an outsider, and taken over from a stranger.

use letopis_archive::vault::{DirectoryBackend, EntryKind, Vault};

use super::*;

/// A bundle `b` of the records with `203.0.113.5`, out of an archive of two files.
fn bundled(more: &[&str]) -> Environment {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.write(
        "in/второй журнал.log",
        AUTH.replace("web1", "db1").replace("anna", "анна"),
    );
    env.run(&["-a", "a", "ingest", "in", "--year", "2026"]).exits(0);
    let export = [
        "-a",
        "a",
        "export",
        "bundle",
        "b",
        "--query",
        "\"203.0.113.5\"",
        "--purpose",
        "inquiry 7",
    ];
    env.run(&[&export, more].concat())
        .exits(0)
        .says("2 records of 2 files");
    env
}

fn python(env: &Environment, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new("python3")
        .args(arguments)
        .current_dir(env.path("b"))
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: no python3");
        return None;
    };
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Some((output.status.success(), said.concat()))
}

#[test]
fn a_bundle_explains_itself_in_the_language_of_its_reader() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.run(&["-a", "a", "ingest", "in", "--year", "2026"]).exits(0);
    for (code, words) in [
        ("en", "HOW TO CHECK IT"),
        ("fi", "NÄIN SEN VOI TARKISTAA"),
        ("kk", "ҚАЛАЙ ТЕКСЕРУГЕ БОЛАДЫ"),
        ("ru", "КАК ПРОВЕРИТЬ"),
        ("sl", "KAKO TO PREVERITI"),
    ] {
        let folder = format!("b-{code}");
        let export = [
            "-a", "a", "export", "bundle", &folder, "--query", "anna", "--lang", code,
        ];
        env.run(&export).exits(0);
        let text = fs::read_to_string(env.path(&format!("{folder}/README.txt"))).unwrap();
        assert!(
            text.contains(words) && text.contains("sha256sum -c manifest-sha256.txt"),
            "{code}: {text}"
        );
    }
    env.run(&[
        "-a", "a", "export", "bundle", "b-de", "--query", "anna", "--lang", "de",
    ])
    .exits(2)
    .says("expected one of: en, fi, kk, ru, sl");
    assert!(!env.path("b-de").exists());
}

#[test]
fn an_outsider_checks_a_bundle_with_python_alone() {
    let env = bundled(&["--lang", "ru"]);
    assert!(
        fs::read_to_string(env.path("b/README.txt"))
            .unwrap()
            .contains("КАК ПРОВЕРИТЬ БЕЗ letopis")
    );
    let key = fs::read_to_string(env.path("b/data/custodian.txt")).unwrap();
    let Some((ok, said)) = python(&env, &["check_proof.py", "data/records.proof.txt", key.trim()]) else {
        return;
    };
    assert!(
        ok && said.matches("shown: ").count() == 3 && said.contains("Failed password for root"),
        "{said}"
    );
    assert!(!said.contains("203.0.113.6"), "a neighbour is shown: {said}");
    let (ok, said) = python(&env, &["check_proof.py", "data/access.proof.txt", key.trim()]).unwrap();
    assert!(
        ok && said.contains("inquiry 7") && said.contains("rows_sha256"),
        "{said}"
    );
    // What the access record holds is the digest of the list of contents, which anyone can compute.
    let digest = "import hashlib;print(hashlib.sha256(open('data/contents.sha256','rb').read()).hexdigest())";
    let (_, contents) = python(&env, &["-c", digest]).unwrap();
    assert!(said.contains(contents.trim()), "{contents} in {said}");
    // The reference tool of the format, where it is installed.
    match python(&env, &["-m", "bagit", "--validate", "."]) {
        Some((ok, said)) if ok || !said.contains("No module named") => assert!(ok, "{said}"),
        _ => eprintln!("SKIPPED: no module bagit for python3"),
    }
    for file in files_below(&env.path("b"))
        .iter()
        .filter(|(name, _)| name != "data/objects.json")
    {
        assert!(
            !String::from_utf8_lossy(&file.1).contains("203.0.113.6"),
            "{}",
            file.0
        );
    }
}

#[test]
fn another_archive_takes_a_bundle_over_with_its_provenance() {
    for more in [&[][..], &["--originals"]] {
        let env = bundled(more);
        env.run(&["import", "--check", "b"])
            .exits(0)
            .says("PROVEN: 2 records of 2 files");
        env.run(&[
            "-a",
            "other",
            "--key",
            "keys2",
            "import",
            "b",
            "--trust",
            "b/data/custodian.txt",
        ])
        .exits(0);
        let sql = "SELECT event_id, time, src_ip, user_name FROM events WHERE src_ip = '203.0.113.5' ORDER BY event_id";
        let rows = |archive: &str| {
            let output = env.run(&[
                "-a",
                archive,
                "--key",
                "keys2",
                "sql",
                sql,
                "--format",
                "ndjson",
                "--journal",
                "j",
            ]);
            output.exits(0).stdout
        };
        let taken = rows("other");
        assert_eq!(taken.lines().count(), 2, "{taken}");
        assert!(taken.contains("2026-01-05T10:00:00"), "{taken}");
        if more.is_empty() {
            // The record alone is another file; its text is the same.
            assert_eq!(
                env.run(&[
                    "-a",
                    "other",
                    "--key",
                    "keys2",
                    "search",
                    "\"203.0.113.6\"",
                    "--count"
                ])
                .stdout
                .trim(),
                "0"
            );
        } else {
            // The whole file is the same file: the citations stay.
            assert_eq!(
                env.run(&["-a", "a", "sql", sql, "--format", "ndjson"])
                    .exits(0)
                    .stdout,
                taken
            );
        }
        env.run(&["-a", "other", "--key", "keys2", "verify"]).exits(0);
        let vault = Vault::open(DirectoryBackend::new(&env.path("other"))).unwrap();
        let note = vault.entries(Some(EntryKind::Note)).next().unwrap().unwrap();
        let document = vault.detail(note.seq).unwrap().unwrap();
        let proof = document["import"]["records_proof"].as_str().unwrap();
        assert_eq!(
            proof,
            fs::read_to_string(env.path("b/data/records.proof.txt")).unwrap()
        );
    }
}

#[test]
fn a_bundle_that_was_touched_is_not_taken_in() {
    let env = bundled(&[]);
    let files = files_below(&env.path("b"));
    let restore = |name: &str, bytes: &[u8]| fs::write(env.path("b").join(name), bytes).unwrap();
    for (name, bytes) in &files {
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 1;
        restore(name, &changed);
        let output = env.run(&["-a", "other", "--key", "keys2", "import", "b"]);
        assert!(
            output.code != 0 && !env.path("other").exists(),
            "{name}: {}",
            output.text()
        );
        restore(name, bytes);
    }
    // Whoever changes a file can write the manifests anew; the proof still knows.
    let extract = files
        .iter()
        .find(|(name, _)| name.starts_with("data/extracts/"))
        .unwrap();
    let forged = String::from_utf8(extract.1.clone())
        .unwrap()
        .replace("root", "toor");
    restore(&extract.0, forged.as_bytes());
    rewrite_manifests(&env);
    let refused = env
        .run(&["-a", "other", "--key", "keys2", "import", "b"])
        .exits(1);
    refused.says("expected what records.proof.txt shows, found other bytes");
    restore(&extract.0, &extract.1);
    // Another's key.
    env.write(
        "keys.txt",
        "letopis-custodian+baa59ac5+ASi6GF9OofF7QbNruEHIjHfTgPNsVHl44LBX9jWbIJ23\n",
    );
    rewrite_manifests(&env);
    let refused = env
        .run(&[
            "-a", "other", "--key", "keys2", "import", "b", "--trust", "keys.txt",
        ])
        .exits(1);
    refused.says("not vouched for by a custodian key that is trusted");
    env.run(&["-a", "other", "--key", "keys2", "import", "in"])
        .exits(3)
        .says("bagit.txt is missing");
    // Nothing is overwritten, and nothing found is no bundle.
    env.run(&["-a", "a", "export", "bundle", "b", "--query", "root"])
        .exits(3)
        .says("not empty");
    env.run(&[
        "-a",
        "a",
        "export",
        "bundle",
        "c",
        "--query",
        "nowhere_to_be_found",
    ])
    .says("record for this bundle not found");
    assert!(!env.path("c/data").exists());
}

/// Manifests that fit the files as they are, made with other code.
fn rewrite_manifests(env: &Environment) {
    let digest = |algorithm: &str, bytes: &[u8]| match algorithm {
        "sha256" => letopis_seal::sha256(bytes).to_hex(),
        _ => letopis_archive::vault::Blake3::of(bytes).to_string(),
    };
    for (manifest, payload) in [("manifest", true), ("tagmanifest", false)] {
        for algorithm in ["sha256", "blake3"] {
            let mut lines = String::new();
            for (name, bytes) in files_below(&env.path("b")) {
                if name.starts_with("data/") == payload && !name.starts_with("tagmanifest") {
                    lines.push_str(&format!("{}  {name}\n", digest(algorithm, &bytes)));
                }
            }
            fs::write(env.path("b").join(format!("{manifest}-{algorithm}.txt")), lines).unwrap();
        }
    }
}
