//! Asks a target about files: `cargo run --release --example replay -- TARGET FILE…`. Says which do not hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(target) = letopis_fuzz::TARGETS.iter().find(|target| *target.name == *name) else {
        let names: Vec<&str> = letopis_fuzz::TARGETS.iter().map(|target| target.name).collect();
        eprintln!("expected one of {}", names.join(", "));
        std::process::exit(2);
    };
    let (mut ran, mut failed) = (0, 0);
    for place in arguments.flat_map(|place| files(Path::new(&place))) {
        let bytes = std::fs::read(&place).expect("a file");
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes)));
        ran += 1;
        if outcome.is_err() {
            failed += 1;
            println!("{}", place.display());
        }
    }
    println!("{ran} inputs, {failed} of them do not hold");
    std::process::exit(i32::from(failed > 0));
}

/// A file, or the files of a folder.
fn files(place: &Path) -> Vec<PathBuf> {
    match std::fs::read_dir(place) {
        Ok(entries) => entries.map(|entry| entry.expect("an entry").path()).collect(),
        Err(_) => vec![place.to_owned()],
    }
}
