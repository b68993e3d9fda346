//! Second opinions by programs that share no code with this one: Python reads the logs, the export and the
//! segments by itself and counts again. `tests/independent/*.py` can be run by hand on any archive.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// What a script says when what it compares with is not installed.
const ABSENT: i32 = 4;

fn tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// One archive of the samples for all tests here.
struct Samples {
    folder: PathBuf,
}

static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("independent");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("what an earlier run left is removed");
    }
    let samples = Samples { folder };
    let done = Command::new(env!("CARGO_BIN_EXE_letopis"))
        .args(["ingest", "--quiet", "--archive"])
        .arg(samples.archive())
        .arg("--key")
        .arg(samples.keys())
        .args(["--time-zone", "Asia/Almaty", "--sources"])
        .arg(tree("samples/sources.csv"))
        .arg(tree("samples/logs"))
        .output()
        .expect("letopis runs");
    assert!(done.status.success(), "{}", said(&done));
    samples
});

impl Samples {
    fn archive(&self) -> PathBuf {
        self.folder.join("archive")
    }

    fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }
}

fn said(output: &Output) -> String {
    format!(
        "exit {:?}\n{}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs a script over the archive of the samples. `LETOPIS_TEST_PYTHON` names another interpreter, say of an
/// environment that has DuckDB, Polars and pyarrow.
fn check(script: &str, arguments: &[&OsStr]) {
    let python = std::env::var_os("LETOPIS_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let there = Command::new(&python).arg("--version").output();
    if !there.is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: no Python 3 here ({script})");
        return;
    }
    let samples = &*SAMPLES;
    let done = Command::new(python)
        .arg("-B")
        .arg(tree("tests/independent").join(script))
        .args(["--letopis", env!("CARGO_BIN_EXE_letopis"), "--archive"])
        .arg(samples.archive())
        .args(arguments)
        .env("LETOPIS_KEY", samples.keys())
        .output()
        .expect("Python runs");
    if done.status.code() == Some(ABSENT) {
        eprintln!("skipped: {}", said(&done));
        return;
    }
    eprintln!("{}", said(&done));
    assert!(done.status.success(), "{script}: see above");
}

/// `LETOPIS_TEST_WORDS` asks for another number of words; each takes two runs of the program.
#[test]
fn a_search_finds_what_a_reader_in_python_finds() {
    let words = std::env::var_os("LETOPIS_TEST_WORDS").unwrap_or_else(|| "60".into());
    let logs = tree("samples/logs");
    check(
        "search_counts.py",
        &[
            OsStr::new("--words"),
            &words,
            OsStr::new("--folder"),
            logs.as_os_str(),
        ],
    );
}

#[test]
fn duckdb_polars_and_pyarrow_read_the_segments_as_one_table() {
    check("readers.py", &[]);
}

/// Whatever outsiders wrote, truth files and all: nothing is swallowed.
#[test]
fn every_line_of_the_corpus_stands_in_a_record() {
    let corpus = tree("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("SKIPPED: no folder {} with logs of outsiders", corpus.display());
        return;
    }
    check("lines.py", &[OsStr::new("--folder"), corpus.as_os_str()]);
}
