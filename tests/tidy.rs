//! The rules of the source tree as a program: who may depend on whom, and what stands nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms each crate may use. Arrows go downward only: surface, joiners, engines, rooms, ground.
const ROOMS: &[(&str, &[&str])] = &[
    ("letopis-event", &[]),
    ("letopis-seal", &[]),
    ("letopis-pki", &[]),
    ("letopis-intake", &["letopis-event"]),
    ("letopis-vault", &["letopis-pki", "letopis-seal"]),
    ("letopis-table", &["letopis-event"]),
    ("letopis-report", &["letopis-event"]),
    ("letopis-case", &["letopis-event"]),
    ("letopis-retention", &[]),
    ("letopis-search", &["letopis-event"]),
    ("letopis-query", &["letopis-event", "letopis-table"]),
    ("letopis-stats", &["letopis-event"]),
    (
        "letopis-archive",
        &[
            "letopis-case",
            "letopis-event",
            "letopis-intake",
            "letopis-retention",
            "letopis-search",
            "letopis-seal",
            "letopis-table",
            "letopis-vault",
        ],
    ),
    (
        "letopis-reconstruct",
        &[
            "letopis-bag",
            "letopis-case",
            "letopis-event",
            "letopis-query",
            "letopis-retention",
            "letopis-search",
            "letopis-seal",
            "letopis-stats",
            "letopis-table",
            "letopis-vault",
        ],
    ),
    ("letopis-bag", &[]),
    ("letopis-verify", &["letopis-seal"]),
    (
        "letopis",
        &[
            "letopis-archive",
            "letopis-bag",
            "letopis-event",
            "letopis-reconstruct",
            "letopis-report",
            "letopis-verify",
        ],
    ),
    (
        "letopis-testkit",
        &["letopis-event", "letopis-seal", "letopis-vault"],
    ),
];

/// Heavy libraries and the only crates that may name them.
const FENCED: &[(&str, &[&str])] = &[
    (
        "arrow",
        &[
            "letopis-archive",
            "letopis-query",
            "letopis-reconstruct",
            "letopis-table",
        ],
    ),
    ("datafusion", &["letopis-query"]),
    ("parquet", &["letopis-archive", "letopis-query", "letopis-table"]),
    ("polars", &["letopis-stats"]),
    ("tantivy", &["letopis-search"]),
    ("tokio", &["letopis-query", "letopis-reconstruct"]),
    ("clap", &["letopis"]),
    ("indicatif", &["letopis"]),
];

/// Crates that speak over a network: nothing that is built here may bring them in.
const NETWORK: &[&str] = &[
    "hyper",
    "native-tls",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "tonic",
    "ureq",
];

/// What our own code would need to open a socket. (tokio's own socket code is compiled in because datafusion turns that
/// feature of tokio on; nothing calls it.)
const SOCKETS: &[&str] = &[
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "tokio::net",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the source tree")
}

fn manifest(path: &Path) -> toml::Table {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn names(table: &toml::Table, section: &str) -> BTreeSet<String> {
    table
        .get(section)
        .and_then(toml::Value::as_table)
        .map(|t| t.keys().cloned().collect())
        .unwrap_or_default()
}

fn crates() -> BTreeMap<String, toml::Table> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).expect("crates") {
        let folder = entry.expect("entry").path();
        let path = folder.join("Cargo.toml");
        if path.is_file() {
            let table = manifest(&path);
            let name = table["package"]["name"].as_str().expect("a name").to_owned();
            assert_eq!(
                Some(name.as_str()),
                folder.file_name().and_then(|n| n.to_str()),
                "folder and crate differ"
            );
            found.insert(name, table);
        }
    }
    found
}

#[test]
fn rooms_use_only_what_stands_below_them() {
    let allowed: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    let crates = crates();
    assert_eq!(
        crates.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        allowed.keys().copied().collect(),
        "a crate is missing from the table in tests/tidy.rs, or the table names one that is gone"
    );
    for (name, table) in &crates {
        for used in names(table, "dependencies")
            .iter()
            .filter(|d| d.starts_with("letopis"))
        {
            assert!(
                allowed[name.as_str()].contains(&used.as_str()),
                "{name} must not use {used}"
            );
        }
        if name != "letopis-testkit" {
            assert!(
                !names(table, "dependencies").contains("letopis-testkit"),
                "{name}: testkit is for tests only"
            );
        }
    }
}

#[test]
fn heavy_libraries_stay_behind_their_fences() {
    for (name, table) in &crates() {
        for used in names(table, "dependencies") {
            if let Some((_, may)) = FENCED.iter().find(|(library, _)| *library == used) {
                assert!(may.contains(&name.as_str()), "{name} must not use {used}");
            }
        }
    }
}

#[test]
fn one_arrow_and_one_parquet() {
    let lock = manifest(&root().join("Cargo.lock"));
    let packages: Vec<&str> = lock["package"]
        .as_array()
        .expect("packages")
        .iter()
        .filter_map(|p| p.get("name").and_then(toml::Value::as_str))
        .collect();
    for single in [
        "arrow",
        "arrow-array",
        "arrow-schema",
        "parquet",
        "datafusion",
        "zstd-sys",
    ] {
        assert_eq!(
            packages.iter().filter(|p| **p == single).count(),
            1,
            "{single} must stand once in Cargo.lock"
        );
    }
}

#[test]
fn nothing_that_is_built_speaks_over_a_network() {
    // The lock file names optional dependencies that nobody turns on; the tree names what is built.
    let tree = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--workspace",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .expect("cargo tree");
    let tree = String::from_utf8_lossy(&tree.stdout);
    let built: BTreeSet<&str> = tree.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(built.contains("datafusion"), "cargo tree listed nothing");
    for network in NETWORK {
        assert!(
            !built.contains(network),
            "{network} speaks over a network and is built"
        );
    }
    let mut found = Vec::new();
    sources(&root().join("crates"), &[".rs"], &mut found);
    for path in found {
        let text = fs::read_to_string(&path).expect("text");
        for socket in SOCKETS {
            assert!(!text.contains(socket), "{}: {socket}", path.display());
        }
    }
}

#[test]
fn unsafe_code_stands_in_one_module() {
    let mut found = Vec::new();
    sources(&root().join("crates"), &[".rs"], &mut found);
    let unsafe_code = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("text");
        let code = text
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.starts_with("//"));
        code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-'))
            .any(|word| word == "unsafe" || word == "unsafe_code")
    };
    let with: Vec<_> = found.into_iter().filter(unsafe_code).collect();
    assert_eq!(with, [root().join("crates/letopis-seal/src/block/lanes.rs")]);
}

#[test]
fn manifests_take_versions_and_lints_from_the_workspace() {
    for (name, table) in &crates() {
        assert_eq!(
            table["lints"]["workspace"].as_bool(),
            Some(true),
            "{name}: lints come from the workspace"
        );
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = table.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (used, spec) in dependencies {
                assert!(
                    spec.get("version").is_none() && !spec.is_str(),
                    "{name}: {used} names a version of its own"
                );
            }
        }
    }
}

fn sources(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "logs" {
                sources(&path, endings, found);
            }
        } else if endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn every_library_says_what_it_is_for() {
    for name in crates().keys().filter(|n| *n != "letopis") {
        let path = root().join("crates").join(name).join("src/lib.rs");
        let text = fs::read_to_string(&path).expect("lib.rs");
        let head = text.lines().take_while(|l| l.starts_with("//!")).count();
        assert!(
            head >= 3,
            "{}: opens with purpose, what is absent, where to start",
            path.display()
        );
    }
}

#[test]
fn no_file_outgrows_a_reader() {
    let mut found = Vec::new();
    sources(&root().join("crates"), &[".rs"], &mut found);
    for path in found {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let is_test = name == "tests.rs" || path.components().any(|c| c.as_os_str() == "tests");
        let lines = fs::read_to_string(&path).expect("text").lines().count();
        assert!(
            is_test || lines <= 700,
            "{}: {lines} lines; split it",
            path.display()
        );
    }
}

#[test]
fn nothing_speaks_of_the_machine_it_was_written_on() {
    let mut found = Vec::new();
    sources(
        &root(),
        &[".rs", ".md", ".toml", ".sh", ".sql", ".py"],
        &mut found,
    );
    for path in found {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for banned in [
                "todo!(",
                "unimplemented!(",
                concat!("/wo", "rk/"),
                "crates.io/api",
            ] {
                assert!(
                    !line.contains(banned),
                    "{}:{}: {banned}",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}
