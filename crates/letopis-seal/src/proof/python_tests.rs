//! The standard-library Python checker, which shares no code with this crate, on good proofs and on every lie.

use super::batch;
use super::sample::{Archive, key};
use super::tests::lies;

/// Runs the checker on every proof of a folder, each with its key beside it; prints exit code and first line.
const DRIVER: &str = "
import contextlib, io, os, sys
sys.path.insert(0, sys.argv[1])
import check_proof
for name in sorted(os.listdir(sys.argv[2])):
    if name.endswith('.txt'):
        path = os.path.join(sys.argv[2], name)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = check_proof.main(['check', path] + open(path[:-4] + '.key').read().split())
        print(code, ascii(said.getvalue())[1:])
";

/// Name, proof, key as brought by the checker (or empty), beginning of what it must say.
type Case = (String, String, String, &'static str);

#[test]
fn the_python_checker_agrees() {
    let archive = Archive::new();
    let (custodian, stranger) = (archive.custodian.verifying_key().to_string(), key("custodian", 9));
    let good = archive.full_proof().to_text();
    let mut cases: Vec<Case> = Vec::new();
    let mut case = |name: &str, text: String, key: &str, expected| {
        cases.push((name.to_owned(), text, key.to_owned(), expected));
    };
    case(
        "good",
        good.clone(),
        &custodian,
        "0 shown: 61 bytes at byte 9507: Dec 31 23:01:17 db1 sshd[77]",
    );
    for number in [0, 6, 8, 299] {
        case("plain", archive.proof(number).to_text(), "", "0 shown: ");
    }
    for (name, lie) in lies(&archive) {
        case(name, lie.to_text(), "", "1 refused: ");
    }
    for (from, to) in [
        ("text |Dec", "text |Jan"),
        ("\nleaf ", "\noffset 1\nleaf "),
        ("\nobject\n", "\nthing\n\nobject\n"),
    ] {
        case(from, good.replacen(from, to, 1), "", "1 refused: ");
    }
    case(
        "stranger",
        good,
        &stranger.verifying_key().to_string(),
        "1 refused: ",
    );

    for (numbers, pairs) in [
        (vec![0], vec![]),
        ((0..300).collect(), (0..50).collect()),
        (vec![], vec![]),
    ] {
        let text = archive.batch(&numbers, &pairs).to_string();
        case("many", text, &custodian, "0 shown: ");
    }
    for (name, lie) in batch::tests::lies(&archive) {
        case(name, lie.to_string(), "", "1 refused: ");
    }
    agree(&cases);
}

/// Runs the checker over all cases.
fn agree(cases: &[Case]) {
    let folder = std::env::temp_dir().join(format!("letopis-seal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (number, (_, text, key, _)) in cases.iter().enumerate() {
        std::fs::write(folder.join(format!("{number:03}.txt")), text).unwrap();
        std::fs::write(folder.join(format!("{number:03}.key")), key).unwrap();
    }
    let mut command = std::process::Command::new("python3");
    let output = command
        .args(["-B", "-c", DRIVER, env!("CARGO_MANIFEST_DIR")])
        .arg(&folder)
        .output();
    std::fs::remove_dir_all(&folder).unwrap();
    let Ok(output) = output else {
        eprintln!("SKIPPED: no python3 to run check_proof.py with");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said.lines().count(),
        cases.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for ((name, _, _, expected), said) in cases.iter().zip(said.lines()) {
        assert!(said.starts_with(expected), "{name}: {said}");
    }
    eprintln!("check_proof.py agrees on {} proofs, good and bad", cases.len());
}
