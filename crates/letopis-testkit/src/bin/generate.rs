//! Writes generated logs: `generate scenario|control OUT [--seed N] [--scale N]` · `generate bulk OUT --bytes N [--seed N]`.
#![allow(clippy::print_stderr)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use letopis_testkit::{bulk, scenario};

const USAGE: &str = "usage: generate scenario|control OUT [--seed N] [--scale N]\n       generate bulk OUT --bytes N[K|M|G] [--seed N]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage) => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Io(error)) => {
            eprintln!("Error: {error}");
            ExitCode::from(3)
        }
    }
}

enum Failure {
    Usage,
    Io(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().ok_or(Failure::Usage)?;
    let out = PathBuf::from(arguments.next().ok_or(Failure::Usage)?);
    let (mut seed, mut scale, mut bytes) = (scenario::COMMITTED_SEED, 1, None);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or(Failure::Usage)?;
        match flag.as_str() {
            "--seed" => seed = value.parse().map_err(|_| Failure::Usage)?,
            "--scale" => scale = value.parse().map_err(|_| Failure::Usage)?,
            "--bytes" => bytes = Some(size(&value).ok_or(Failure::Usage)?),
            _ => return Err(Failure::Usage),
        }
    }
    // Who closes the pipe has read enough.
    let mut out_text = std::io::stdout().lock();
    match (what.as_str(), bytes) {
        ("scenario", None) => {
            let truth = scenario::write(&scenario::Options {
                seed,
                scale,
                out: &out,
            })?;
            let (files, size) = truth
                .sources
                .iter()
                .flat_map(|s| &s.files)
                .fold((0, 0), |(n, b), f| (n + 1, b + f.bytes));
            let _ = writeln!(
                out_text,
                "{} records, {files} files, {size} bytes before packing, {} rows of the incident",
                truth.records,
                truth.incident.rows.len()
            );
        }
        ("control", None) => {
            let sources = scenario::write_control(&scenario::Options {
                seed,
                scale,
                out: &out,
            })?;
            let records: u64 = sources.iter().map(|source| source.records).sum();
            let _ = writeln!(out_text, "{records} records of {} sources", sources.len());
        }
        ("bulk", Some(bytes)) => {
            let made = bulk::write(&bulk::Options {
                out: &out,
                bytes,
                seed,
            })?;
            let _ = writeln!(
                out_text,
                "{} lines, {} bytes, {} files",
                made.lines,
                made.bytes,
                made.files.len()
            );
            for needle in &made.needles {
                let _ = writeln!(out_text, "{:>10} {}", needle.lines, needle.word);
            }
        }
        _ => return Err(Failure::Usage),
    }
    Ok(())
}

/// A number of bytes: `256M`, `1G`, `4096`.
fn size(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << unit)
}
