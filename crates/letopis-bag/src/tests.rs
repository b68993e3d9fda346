use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

mod faults;

fn bag(root: &Path) -> PathBuf {
    let root = root.join("bag");
    let mut bag = BagWriter::create(&root).unwrap();
    bag.add("журнал/auth log.txt", b"one\ntwo\n").unwrap();
    bag.add("100%\n.txt", b"").unwrap();
    bag.tag("README.txt", b"read me\n").unwrap();
    assert_eq!(bag.sha256_list().lines().count(), 2);
    bag.finish(&[("Source-Organization", "Управление\nвторая строка".to_owned())])
        .unwrap();
    root
}

fn problems(root: &Path) -> Vec<String> {
    match Bag::check(root) {
        Ok(Ok(_)) => Vec::new(),
        Ok(Err(problems)) => problems.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn what_is_written_checks() {
    let folder = tempfile::tempdir().unwrap();
    let root = bag(folder.path());
    let checked = Bag::check(&root).unwrap().unwrap();
    assert_eq!(checked.payload.len(), 2);
    let file = &checked.payload[&BagPath::new("data/журнал/auth log.txt").unwrap()];
    // `printf 'one\ntwo\n' | sha256sum`
    assert_eq!(
        file.sha256,
        "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8"
    );
    assert_eq!(file.length, 8);
    assert_eq!(
        checked.label("source-organization"),
        Some("Управление\nвторая строка")
    );
    assert_eq!(checked.label("Payload-Oxum"), Some("8.2"));
    assert_eq!(
        checked.algorithms.iter().map(|a| a.name()).collect::<Vec<_>>(),
        ["sha256", "blake3"]
    );
    assert!(BagWriter::create(&root).is_err());
    let mut again = BagWriter::create(&folder.path().join("other")).unwrap();
    again.add("x", b"1").unwrap();
    assert!(again.add("x", b"2").is_err());
    assert!(again.add("../x", b"2").is_err());
    assert!(again.tag("/x", b"2").is_err());
}

#[test]
fn every_change_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = bag(folder.path());
    let mut files: Vec<PathBuf> = [
        "data/журнал/auth log.txt",
        "README.txt",
        "bag-info.txt",
        "bagit.txt",
    ]
    .map(|file| root.join(file))
    .into();
    files.extend(["manifest-sha256.txt", "manifest-blake3.txt"].map(|file| root.join(file)));
    for file in files {
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 4;
            fs::write(&file, &changed).unwrap();
            assert!(!problems(&root).is_empty(), "{}, byte {at}", file.display());
        }
        fs::remove_file(&file).unwrap();
        assert!(!problems(&root).is_empty(), "{}", file.display());
        fs::write(&file, &whole).unwrap();
    }
    fs::write(root.join("data/more"), "").unwrap();
    assert_eq!(
        problems(&root),
        [
            "bag-info.txt: expected Payload-Oxum 8.2, found 8.3",
            "data/more: expected to be listed in manifest-blake3.txt, manifest-sha256.txt, found not listed"
        ]
    );
    fs::remove_file(root.join("data/more")).unwrap();
    assert!(problems(&root).is_empty());
}

#[test]
fn paths_that_lead_out_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = bag(folder.path());
    let manifest = root.join("manifest-sha256.txt");
    let whole = fs::read_to_string(&manifest).unwrap();
    let long = format!("data/{}", "x".repeat(300));
    let very_long = format!("data/{}", "x/".repeat(3000));
    for (path, why) in [
        ("data/../../secret", "`..` leads out"),
        ("data/..", "`..` leads out"),
        ("../secret", "`..` leads out"),
        ("data\\..\\..\\secret", "`..` leads out"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share", "absolute"),
        ("~/secret", "home folder"),
        ("~root/secret", "home folder"),
        ("C:\\secret", "drive"),
        ("data//x", "empty part"),
        ("data/./x", "the part `.`"),
        ("data/a\0b", "NUL"),
        ("README.txt", "a path under data/"),
        (long.as_str(), "longer than 255"),
        (very_long.as_str(), "longer than 4,096"),
    ] {
        fs::write(&manifest, format!("{whole}{}  {path}\n", "0".repeat(64))).unwrap();
        let found = problems(&root);
        assert!(
            found
                .iter()
                .any(|problem| problem.contains("manifest-sha256.txt, line 3") && problem.contains(why)),
            "{path}: {found:#?}"
        );
    }
    fs::write(&manifest, format!("{whole}no digest\n\nx\n")).unwrap();
    assert!(
        problems(&root)
            .iter()
            .any(|problem| problem.contains("manifest-sha256.txt, line 5: expected a digest, space, a path"))
    );
    fs::write(&manifest, &whole).unwrap();
    fs::write(
        root.join("fetch.txt"),
        "http://example.org/x 3 data/far away\nhttp://example.org/y - ../../y\n",
    )
    .unwrap();
    let found = problems(&root);
    assert!(
        found
            .iter()
            .any(|problem| problem.contains("data/far away is not")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|problem| problem.contains("fetch.txt, line 2") && problem.contains("`..`")),
        "{found:#?}"
    );
    fs::remove_file(root.join("fetch.txt")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/", root.join("data/link")).unwrap();
        assert_eq!(problems(&root), ["data/link: expected a file, found a link"]);
    }
}

#[test]
fn what_is_no_bag_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let said = |text: &[u8]| {
        fs::write(root.join("bagit.txt"), text).unwrap();
        problems(root).concat()
    };
    assert!(
        problems(&root.join("none"))
            .concat()
            .contains("bagit.txt is missing")
    );
    assert!(said(b"").contains("line 1: expected `BagIt-Version: M.N`"));
    assert!(said(b"BagIt-Version: 1.0\n").contains("line 2: expected"));
    assert!(said(b"BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n").contains("version 2.0"));
    assert!(said(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: KOI8-R\n").contains("KOI8-R"));
    assert!(
        said(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n").contains("at least one manifest")
    );
    fs::write(root.join("manifest-crc.txt"), "").unwrap();
    assert!(
        said(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
            .contains("algorithms that are not known")
    );
}

/// The suite of the Library of Congress, which also holds bags of the versions before RFC 8493.
#[test]
fn the_conformance_suite_agrees() {
    let suite = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/bagit-conformance-suite"
    ));
    if !suite.is_dir() {
        eprintln!(
            "SKIPPED: no folder {} with the BagIt conformance suite",
            suite.display()
        );
        return;
    }
    let folders = |path: &Path| {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
        folders.sort();
        folders
    };
    let mut count = 0;
    for class in folders(suite).iter().flat_map(|version| folders(version)) {
        let valid = class.ends_with("valid") || class.ends_with("warning");
        for bag in folders(&class) {
            let found = problems(&bag);
            count += 1;
            // Copies of the suite often come without this hidden file; then the bag is not what its name says.
            if bag.ends_with("special-system-files") && !bag.join("data/.DS_Store").exists() {
                assert!(
                    found
                        .iter()
                        .any(|problem| problem.starts_with("data/.DS_Store: ")),
                    "{found:#?}"
                );
                continue;
            }
            assert_eq!(found.is_empty(), valid, "{}: {found:#?}", bag.display());
        }
    }
    eprintln!("{count} bags of the conformance suite judged as they are named");
    assert_eq!(count, 30);
}

proptest! {
    #[test]
    fn a_path_is_spelled_back(path in "[a-z%\n\r/. ]{1,20}") {
        if let Ok(path) = BagPath::new(&path) {
            prop_assert_eq!(BagPath::of_manifest(&path.to_manifest()).unwrap(), path);
        }
    }

    #[test]
    fn no_manifest_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bagit.txt"), crate::DECLARATION).unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        for name in ["manifest-sha256.txt", "fetch.txt", "bag-info.txt"] {
            fs::write(folder.path().join(name), &bytes).unwrap();
        }
        let _ = Bag::check(folder.path());
    }
}
