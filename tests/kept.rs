//! What the fuzz targets ask, asked of inputs that are kept: every seed, everything under `fuzz/kept`, and each of them cut
//! short and with a bit changed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "fuzz/src/lib.rs"]
mod fuzz;

use fuzz::{TARGETS, Target};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz")
}

/// Kept inputs of a target, by name.
fn kept(target: &str) -> Vec<(String, Vec<u8>)> {
    let place = folder().join("kept").join(target);
    let mut found: Vec<_> = fs::read_dir(&place)
        .unwrap_or_else(|error| panic!("{}: {error}", place.display()))
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn replay(target: &Target) {
    let seeds = (target.seeds)();
    let kept = kept(target.name);
    assert!(
        !kept.is_empty() && !seeds.is_empty(),
        "{}: nothing to replay",
        target.name
    );
    let named = seeds
        .into_iter()
        .enumerate()
        .map(|(number, bytes)| (format!("seed {number}"), bytes));
    let mut ran = 0;
    for (name, bytes) in kept.into_iter().chain(named) {
        // The same every time: the place follows from the length.
        let at = bytes.len().wrapping_mul(2_654_435_761) % bytes.len().max(1);
        let mut changed = bytes.clone();
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 1 << (at & 7);
        }
        for (way, input) in [
            ("", &bytes[..]),
            (", cut short", &bytes[..at]),
            (", changed", &changed),
        ] {
            let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
            assert!(outcome.is_ok(), "{}: {name}{way}", target.name);
            ran += 1;
        }
    }
    eprintln!("{}: {ran} inputs", target.name);
}

/// One test a target, so that they run side by side; the second list says that none is forgotten.
macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(TARGETS.iter().find(|target| target.name == stringify!($name)).unwrap());
        })*

        #[test]
        fn every_target_is_replayed_and_can_be_built() {
            let replayed = [$(stringify!($name)),*];
            let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
            let manifest: toml::Table = manifest.parse().unwrap();
            let built: Vec<&str> =
                manifest["bin"].as_array().unwrap().iter().filter_map(|bin| bin["name"].as_str()).collect();
            for target in TARGETS {
                assert!(replayed.contains(&target.name) && built.contains(&target.name), "{}", target.name);
                let program = fs::read_to_string(folder().join("targets").join(format!("{}.rs", target.name)));
                assert!(program.unwrap().contains(&format!("letopis_fuzz::{}::run", target.name)));
            }
            assert_eq!((replayed.len(), built.len()), (TARGETS.len(), TARGETS.len()));
        }
    };
}

replays! { bundle checkpoint containers formats frames ledger manifest pki proof tiles }

/// Proofs that this program takes for proven are so for the script that shares no code with it, and the other way round.
#[test]
fn the_second_reader_of_proofs_agrees_on_all_of_them() {
    const DRIVER: &str = "
import contextlib, io, os, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import check_proof
for number in range(int(sys.argv[4])):
    with contextlib.redirect_stdout(io.StringIO()):
        code = check_proof.main(['check', os.path.join(sys.argv[2], str(number)), sys.argv[3]])
    print(code)
";
    let mut texts: Vec<Vec<u8>> = kept("proof").into_iter().map(|(_, bytes)| bytes).collect();
    texts.extend((fuzz::proof::seeds)());
    let place = tempfile::tempdir().unwrap();
    for (number, text) in texts.iter().enumerate() {
        fs::write(place.path().join(number.to_string()), text).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../letopis-seal/check_proof.py");
    let key = fuzz::proof::trusted().0[0].to_string();
    let output = Command::new("python3")
        .args(["-B", "-c", DRIVER])
        .arg(script)
        .arg(place.path())
        .args([&key, &texts.len().to_string()])
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: no python3 to run check_proof.py with");
        return;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    let codes: Vec<&str> = said.lines().collect();
    assert_eq!(
        codes.len(),
        texts.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut proven = 0;
    for (number, (text, code)) in texts.iter().zip(codes).enumerate() {
        let holds = std::str::from_utf8(text).is_ok_and(fuzz::proof::holds);
        assert_eq!(
            code == "0",
            holds,
            "text {number}: {}",
            String::from_utf8_lossy(text)
        );
        proven += usize::from(holds);
    }
    assert!(proven >= 40, "{proven}");
    eprintln!(
        "{} texts, {proven} of them proven, before both readers",
        texts.len()
    );
}
