//! Ingest, search, SQL and verify as whole processes on generated logs: `cargo bench --bench operations`.
//!
//! `LETOPIS_BENCH_MIB` says how much is generated (4 MiB unless said). `compare.py` beside it measures the same
//! operations next to other programs, with memory and bytes kept.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use letopis_testkit::bulk;

/// Runs the program and prints how long it took; gives its standard output.
fn measure(name: &str, folder: &Path, arguments: &[&str], events: u64) -> String {
    let began = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_letopis"))
        .args(["--quiet", "--archive"])
        .arg(folder.join("archive"))
        .arg("--key")
        .arg(folder.join("keys"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("letopis runs");
    let seconds = began.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {said}");
    println!(
        "{name:<28} {seconds:>9.3} s {:>13.0} events/s",
        events as f64 / seconds
    );
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn main() {
    let mib: u64 = std::env::var("LETOPIS_BENCH_MIB")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(4);
    let folder = tempfile::tempdir().expect("a folder");
    let logs = folder.path().join("logs");
    let made = bulk::write(&bulk::Options {
        out: &logs,
        bytes: mib << 20,
        seed: 7,
    })
    .expect("logs are generated");
    println!("{} bytes, {} lines", made.bytes, made.lines);
    let run = |name: &str, arguments: &[&str]| measure(name, folder.path(), arguments, made.lines);
    run("ingest", &["ingest", "logs"]);
    for needle in made.needles.iter().take(3) {
        let found = run(
            &format!("search {}", needle.lines),
            &["search", &needle.word, "--count"],
        );
        assert_eq!(found.trim(), needle.lines.to_string(), "{}", needle.word);
        run(
            "search --no-index",
            &["search", &needle.word, "--count", "--no-index"],
        );
    }
    run("sql", &["sql", "SELECT kind, count(*) FROM events GROUP BY kind"]);
    run("verify", &["verify"]);
}
