//! What a person sees: the built program in a folder of its own, with a fixed clock and no surroundings.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

mod bad_input;
mod bundles;
mod check;
mod compact;
mod conform;
mod copies;
mod crashes;
mod crowd;
mod formats;
mod frozen;
mod gaps;
mod growth;
mod hours;
mod incidents;
mod integrity;
mod keeping;
mod refusals;
mod register;
mod removal;
mod repair;
mod retention;
mod signatures;

/// Two lines of an ordinary log.
const AUTH: &str = "Jan  5 10:00:00 web1 sshd[100]: Failed password for root from 203.0.113.5 port 4000 ssh2\n\
                    Jan  5 10:00:03 web1 sshd[100]: Accepted password for anna from 203.0.113.6 port 4001 ssh2\n";

/// A folder that is home, working directory and everything else to the program.
struct Environment {
    folder: tempfile::TempDir,
}

/// What the program gave.
struct Output {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Output {
    /// Everything a person sees, in one text, with what differs from run to run masked.
    fn text(&self) -> String {
        format!(
            "{}{}[exit {}]\n",
            masked(&self.stdout),
            masked(&self.stderr),
            self.code
        )
    }

    /// The outcome that `--json` gives.
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.text());
        self
    }

    #[track_caller]
    fn says(self, part: &str) -> Self {
        assert!(
            self.stdout.contains(part) || self.stderr.contains(part),
            "expected `{part}` in\n{}",
            self.text()
        );
        self
    }
}

/// Replaces runs of 16 and more hex digits, and what follows the folder of the test, by words.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        out.push_str(if run.len() >= 16 { "<digest>" } else { run });
        run.clear();
    };
    for c in text.chars() {
        if matches!(c, '0'..='9' | 'a'..='f') {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

impl Environment {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        Self { folder }
    }

    /// With an archive `a` that holds `in/auth.log`.
    fn with_archive() -> Self {
        let env = Self::new();
        env.write("in/auth.log", AUTH);
        env.run(&["-a", "a", "ingest", "in"]).exits(0);
        env
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn append(&self, relative: &str, bytes: impl AsRef<[u8]>) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(self.path(relative))
            .unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_at("2026-05-01T09:00:00Z", arguments)
    }

    /// The program at another present.
    fn command_at(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_letopis"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("LETOPIS_KEY", "keys")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .args(arguments)
            .args(["--now", now]);
        command
    }

    /// Runs the program. It never panics and never ends with our own exit code.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Output {
        Self::ended(self.command(arguments), arguments)
    }

    /// The same at another present.
    #[track_caller]
    fn run_at(&self, now: &str, arguments: &[&str]) -> Output {
        Self::ended(self.command_at(now, arguments), arguments)
    }

    #[track_caller]
    fn ended(mut command: Command, arguments: &[&str]) -> Output {
        let output = command.output().unwrap();
        let output = Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(
            !output.stderr.contains("panicked") && matches!(output.code, 0..=3),
            "{arguments:?}: {}",
            output.text()
        );
        output
    }

    /// Takes `in` into `a`, checks the reconciliation of every file, and gives the outcome.
    #[track_caller]
    fn ingest(&self, more: &[&str]) -> Value {
        let arguments = [&["-a", "a", "ingest", "in", "--json"], more].concat();
        let outcome = self.run(&arguments).json();
        reconciled(&outcome);
        outcome
    }

    #[track_caller]
    fn verified(&self) {
        let outcome = self.run(&["-a", "a", "verify", "--rederive", "--json"]);
        assert_eq!(outcome.json()["ok"], true, "{}", outcome.text());
        assert_eq!(outcome.code, 0);
    }

    /// Every row without the time of its intake, sorted: what must be equal between two archives (design: "Equal").
    fn rows(&self, archive: &str) -> Vec<String> {
        let output = self.run(&["-a", archive, "export", "events", "--format", "jsonl"]);
        let mut rows: Vec<String> = output
            .exits(0)
            .stdout
            .lines()
            .map(|line| {
                let mut row: Value = serde_json::from_str(line).unwrap();
                row.as_object_mut().unwrap().remove("ingested");
                row.to_string()
            })
            .collect();
        rows.sort();
        rows
    }

    fn count(&self, query: &str) -> u64 {
        let output = self.run(&["-a", "a", "search", query, "--count"]).exits(0);
        output.stdout.trim().parse().unwrap()
    }
}

/// The file with this path in the outcome of an intake.
#[track_caller]
fn file<'a>(outcome: &'a Value, path: &str) -> &'a Value {
    let mut files = outcome["files"].as_array().unwrap().iter();
    files
        .find(|f| f["path"] == path)
        .unwrap_or_else(|| panic!("no {path} in {outcome}"))
}

/// Every byte of whatever was read is event, unparsed or structure.
#[track_caller]
fn reconciled(outcome: &Value) {
    for file in outcome["files"].as_array().unwrap() {
        let members = file["members"]
            .as_array()
            .map_or_else(|| vec![file], |m| m.iter().collect());
        for part in members.into_iter().filter(|p| p["event_bytes"].is_u64()) {
            let sum: u64 = ["event_bytes", "unparsed_bytes", "structure_bytes"]
                .iter()
                .map(|k| part[k].as_u64().unwrap())
                .sum();
            // A part of a file that grew begins inside the file.
            if file["status"] != "grown" {
                assert_eq!(sum, part["bytes"].as_u64().unwrap(), "{part}");
            }
        }
    }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Every file below a folder, with its path relative to it.
fn files_below(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
