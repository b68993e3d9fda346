//! Proofs out of a real archive, before three checkers that share no code: this crate, the Python script, and for the
//! hash tree the crate ct-merkle. Random records, every kind of field changed in fifty ways, parts swapped.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends where it cannot go on, and says so"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ct_merkle::{InclusionProof, RootHash};
use letopis_vault::{Backend, Config, EntryKind, Keys, MemoryBackend, Micros, NewEntry, Vault, VaultWriter};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::Sha256;

const NOW: Micros = 1_777_536_000_000_000;
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../letopis-seal/check_proof.py");

/// Records of one object: first 10 bytes of its SHA-256, and the offset of each record.
struct Stored {
    prefix: [u8; 10],
    seq: u64,
    offsets: Vec<u64>,
}

struct Archive {
    vault: Vault,
    objects: Vec<Stored>,
    custodian: String,
}

/// An archive of objects with 1 to 900 records, text and binary, some empty ones between.
fn archive(random: &mut ChaCha8Rng) -> Archive {
    let backend = Arc::new(MemoryBackend::default()) as Arc<dyn Backend>;
    let keys = Keys::generate().unwrap();
    let config = Config {
        time_zone: "Asia/Almaty".to_owned(),
        ..Config::new("Test")
    };
    let writer = VaultWriter::create(backend, config, keys, None, NOW).unwrap();
    let mut objects = Vec::new();
    for records in [1, 2, 3, 255, 256, 257, 900, 77] {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for number in 0..records {
            let at = bytes.len();
            if random.random_range(0..4) == 0 {
                let length = random.random_range(1..200);
                bytes.extend((0..length).map(|_| random.random::<u8>()));
            } else {
                let user = ["root", "иванова", "\u{202e}evil", "a\\b"][random.random_range(0..4)];
                write!(
                    bytes,
                    "Apr 30 08:{:02}:01 srv{records} sshd[{number}]: Failed password for {user}",
                    number % 60
                )
                .unwrap();
            }
            places.push((at as u64, (bytes.len() - at) as u64));
            bytes.push(b'\n');
        }
        let mut object = writer.object_writer().unwrap();
        object.write_all(&bytes).unwrap();
        let stored = object.finish().unwrap();
        let mut tree = writer.tree_writer(&stored).unwrap();
        for (at, length) in &places {
            tree.record(*at, &bytes[*at as usize..(at + length) as usize])
                .unwrap();
        }
        let entry = NewEntry::object(stored, Some(tree.finish().unwrap()), None);
        writer.commit(vec![entry], NOW + 1).unwrap();
        objects.push((bytes, places));
    }
    let note = NewEntry::new(
        EntryKind::Note,
        serde_json::Map::new(),
        Some(serde_json::json!({ "text": "hand \u{7} over" })),
    );
    writer.commit(vec![note], NOW + 2).unwrap();
    let vault = writer.vault();
    let stored = objects.iter().map(|(bytes, places)| {
        let sha256 = <Sha256 as sha2::Digest>::digest(bytes);
        let info = vault
            .objects_by_prefix(&sha256[..10].try_into().unwrap())
            .unwrap()[0]
            .clone();
        Stored {
            prefix: sha256[..10].try_into().unwrap(),
            seq: info.seq,
            offsets: places.iter().map(|(at, _)| *at).collect(),
        }
    });
    let objects = stored.collect();
    let first = vault.prove_lines(&[0].into()).unwrap();
    Archive {
        custodian: first.custodian.to_string(),
        objects,
        vault,
    }
}

impl Archive {
    fn any(&self, random: &mut ChaCha8Rng) -> ([u8; 10], u64) {
        let object = &self.objects[random.random_range(0..self.objects.len())];
        (
            object.prefix,
            object.offsets[random.random_range(0..object.offsets.len())],
        )
    }

    fn single(&self, random: &mut ChaCha8Rng) -> String {
        let (object, offset) = self.any(random);
        self.vault.prove(&object, offset, random.random()).unwrap()
    }

    fn many(&self, random: &mut ChaCha8Rng) -> String {
        let count = random.random_range(1..40);
        let cited: Vec<_> = (0..count).map(|_| self.any(random)).collect();
        if random.random_range(0..5) == 0 {
            let some: Vec<u64> = self
                .objects
                .iter()
                .map(|object| object.seq)
                .filter(|_| random.random())
                .collect();
            if !some.is_empty() {
                return self
                    .vault
                    .prove_objects(&some.into_iter().collect())
                    .unwrap()
                    .to_string();
            }
        }
        self.vault
            .prove_many(&cited, random.random())
            .unwrap()
            .to_string()
    }
}

/// Exit code of the Python checker for each text; `None` without Python.
fn python(texts: &[String], key: &str) -> Option<Vec<u8>> {
    const DRIVER: &str = "
import contextlib, io, os, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import check_proof
for number in range(int(sys.argv[4])):
    with contextlib.redirect_stdout(io.StringIO()):
        code = check_proof.main(['check', os.path.join(sys.argv[2], '%05d' % number), sys.argv[3]])
    print(code)
";
    let folder = write_all(texts);
    let output = Command::new("python3")
        .args(["-B", "-c", DRIVER, SCRIPT])
        .arg(folder.path())
        .args([key, &texts.len().to_string()])
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: no python3 to run check_proof.py with");
        return None;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    let codes: Vec<u8> = said.lines().map(|code| code.parse().unwrap()).collect();
    assert_eq!(
        codes.len(),
        texts.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(codes)
}

/// How many texts the program says PROVEN and NOT PROVEN of.
fn program(texts: &[String], key: &str) -> (usize, usize) {
    let folder = write_all(texts);
    let trust = folder.path().join("keys");
    std::fs::write(&trust, format!("# from the minutes\n{key}\n")).unwrap();
    let files = (0..texts.len()).map(|number| folder.path().join(format!("{number:05}")));
    let (code, said) = verify(["--trust".into(), trust].into_iter().chain(files));
    let count = |what: &str| said.lines().filter(|line| line.contains(what)).count();
    let (good, bad) = (count(": PROVEN: "), count(": NOT PROVEN: "));
    assert_eq!(code, i32::from(bad > 0), "{said}");
    (good, bad)
}

fn verify(arguments: impl IntoIterator<Item = PathBuf>) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_letopis-verify"))
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

fn write_all(texts: &[String]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number:05}")), text).unwrap();
    }
    folder
}

/// The record's place in its tree and the ledger line's place in the ledger, by ct-merkle, from the text alone.
fn outsider_accepts(text: &str) -> bool {
    let word = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let words = |name: &'static str| {
        text.lines()
            .filter_map(move |line| line.strip_prefix(name))
            .map(|w| STANDARD.decode(w).unwrap())
    };
    let number = |name| word(name).parse::<u64>().unwrap();
    let unhex = |hex: &str| {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect::<Vec<_>>()
    };
    let line = text
        .lines()
        .skip_while(|line| *line != "ledger line")
        .nth(1)
        .unwrap();
    let entry: serde_json::Value = serde_json::from_str(line).unwrap();

    let mut leaf = b"letopis.record.leaf.version.001".to_vec();
    leaf.extend(unhex(word("commitment ")));
    leaf.extend(number("offset ").to_be_bytes());
    leaf.extend(number("length ").to_be_bytes());
    leaf.extend(unhex(word("salt ")));
    leaf.extend(words("raw ").flatten());
    let root: [u8; 32] = unhex(entry["root"].as_str().unwrap()).try_into().unwrap();
    let tree = RootHash::<Sha256>::new(root.into(), number("records "));
    let path = InclusionProof::<Sha256>::from_bytes(words("path ").flatten().collect());
    let in_tree = tree.verify_inclusion(&leaf, number("leaf "), &path).is_ok();

    let ledger = text.split_once("c2sp.org/tlog-proof@v1\n").unwrap().1;
    let (hashes, note) = ledger.split_once("\n\n").unwrap();
    let hashes = hashes
        .lines()
        .skip(1)
        .flat_map(|hash| STANDARD.decode(hash).unwrap())
        .collect();
    let note: Vec<&str> = note.lines().collect();
    let root: [u8; 32] = STANDARD.decode(note[2]).unwrap().try_into().unwrap();
    let head = RootHash::<Sha256>::new(root.into(), note[1].parse().unwrap());
    let path = InclusionProof::<Sha256>::from_bytes(hashes);
    let seq = entry["seq"].as_u64().unwrap();
    in_tree && head.verify_inclusion(&line.as_bytes(), seq, &path).is_ok()
}

#[test]
fn a_thousand_random_proofs_hold_before_three_checkers() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let archive = archive(&mut random);
    let singles: Vec<String> = (0..800).map(|_| archive.single(&mut random)).collect();
    assert!(singles.iter().all(|text| outsider_accepts(text)));
    let mut texts = singles;
    texts.extend((0..200).map(|_| archive.many(&mut random)));
    assert_eq!(program(&texts, &archive.custodian), (1000, 0));
    if let Some(codes) = python(&texts, &archive.custodian) {
        assert!(codes.iter().all(|code| *code == 0), "{codes:?}");
    }
    eprintln!(
        "1000 random proofs: letopis-verify and check_proof.py accept all, ct-merkle the 800 of one record"
    );
}

#[track_caller]
fn refused_by_the_library(texts: &[String], key: &str) {
    let accepted: Vec<&String> = texts
        .iter()
        .filter(|text| letopis_verify::check(text, Some(key)).is_ok())
        .collect();
    assert!(
        accepted.is_empty(),
        "{} accepted, first:\n{}",
        accepted.len(),
        accepted[0]
    );
}

/// What a line of a proof begins with: the name of its field.
fn field(line: &str) -> &str {
    let end = line.find([' ', '|', '{']).map_or(line.len(), |at| at + 1);
    match &line[..end] {
        word if word.ends_with('|') || word.ends_with('{') || line.len() != 44 => word,
        _ => "hash of the ledger",
    }
}

/// One random change of one line: a byte flipped, lost, doubled, or put in; the line lost, doubled or cut.
fn mutate(line: &str, random: &mut ChaCha8Rng) -> Option<String> {
    let mut bytes = line.as_bytes().to_vec();
    let at = random.random_range(0..=bytes.len());
    let printable = random.random_range(b' '..b'~');
    match random.random_range(0..7) {
        0 => *bytes.get_mut(at)? ^= 1 << random.random_range(0..7),
        1 if at < bytes.len() => drop(bytes.remove(at)),
        2 => bytes.insert(at, printable),
        3 => *bytes.get_mut(at)? = printable,
        4 => bytes.truncate(at),
        5 => bytes.extend_from_slice(format!("\n{line}").as_bytes()),
        _ => bytes.clear(),
    }
    let changed = String::from_utf8(bytes).ok()?;
    (changed != line).then_some(changed)
}

#[test]
fn fifty_mutations_of_every_field_are_refused_by_both_checkers() {
    const EACH: usize = 50;
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let archive = archive(&mut random);
    let cited: Vec<_> = (0..12).map(|_| archive.any(&mut random)).collect();
    let good = [
        archive
            .vault
            .prove(&archive.objects[3].prefix, archive.objects[3].offsets[100], true)
            .unwrap(),
        archive.vault.prove_many(&cited, true).unwrap().to_string(),
        archive
            .vault
            .prove_lines(&[0, 2, archive.vault.size() - 1].into())
            .unwrap()
            .to_string(),
    ];
    let mut bad = Vec::new();
    let mut fields = std::collections::BTreeMap::<(usize, String), usize>::new();
    for (which, text) in good.iter().enumerate() {
        let lines: Vec<&str> = text.lines().collect();
        let names: std::collections::BTreeSet<&str> = lines.iter().map(|line| field(line)).collect();
        for name in names {
            let places: Vec<usize> = (0..lines.len()).filter(|at| field(lines[*at]) == name).collect();
            let mut made = 0;
            while made < EACH {
                let at = places[random.random_range(0..places.len())];
                let Some(changed) = mutate(lines[at], &mut random) else {
                    continue;
                };
                let mut all: Vec<&str> = lines.clone();
                all[at] = &changed;
                bad.push(all.join("\n") + "\n");
                made += 1;
            }
            *fields.entry((which, name.to_owned())).or_default() += made;
        }
    }
    assert!(fields.len() > 40, "{fields:?}");
    assert_eq!(program(&good, &archive.custodian), (3, 0));
    refused_by_the_library(&bad, &archive.custodian);
    if let Some(codes) = python(&bad, &archive.custodian) {
        let accepted = codes.iter().zip(&bad).filter(|(code, _)| **code != 1);
        let accepted: Vec<String> = accepted
            .map(|(code, text)| {
                let known = |line: &&str| !good.iter().any(|good| good.lines().any(|known| known == *line));
                format!("{code}: {:?}", text.lines().filter(known).collect::<Vec<_>>())
            })
            .collect();
        assert!(
            accepted.is_empty(),
            "{} accepted by Python: {accepted:#?}",
            accepted.len()
        );
    }
    eprintln!(
        "{} mutations of {} fields: refused by letopis-verify and check_proof.py",
        bad.len(),
        fields.len()
    );
}

#[test]
fn parts_of_valid_proofs_do_not_mix() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let (archive, other) = (archive(&mut random), self::archive(&mut random));
    let mut mixed = Vec::new();
    let sections = |text: &str| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>();
    while mixed.len() < 400 {
        let whose = if random.random() { &archive } else { &other };
        // All without the file's digest: a proof of the same record with it says more, and its object section is true
        // in the place of the other.
        let (one, two) = if random.random() {
            let single = |archive: &Archive, random: &mut ChaCha8Rng| {
                let (object, offset) = archive.any(random);
                archive.vault.prove(&object, offset, false).unwrap()
            };
            (single(&archive, &mut random), single(whose, &mut random))
        } else {
            let many = |archive: &Archive, random: &mut ChaCha8Rng| {
                let cited: Vec<_> = (0..20).map(|_| archive.any(random)).collect();
                archive.vault.prove_many(&cited, false).unwrap().to_string()
            };
            (many(&archive, &mut random), many(whose, &mut random))
        };
        let (mut parts, others) = (sections(&one), sections(&two));
        let at = random.random_range(1..parts.len());
        let title = parts[at].lines().next().unwrap_or_default().to_owned();
        let same: Vec<&String> = others
            .iter()
            .filter(|part| part.lines().next() == Some(&title))
            .collect();
        let Some(part) = same.get(random.next_u32() as usize % same.len().max(1)) else {
            continue;
        };
        if **part != parts[at] {
            parts[at] = (*part).clone();
            let text = parts.join("\n\n");
            // Two proofs of one tree may differ in this part alone: then this is simply the other one.
            if text != two {
                mixed.push(text);
            }
        }
    }
    refused_by_the_library(&mixed, &archive.custodian);
    if let Some(codes) = python(&mixed, &archive.custodian) {
        assert!(codes.iter().all(|code| *code == 1), "{codes:?}");
    }
}

#[test]
fn the_program_says_what_is_wrong() {
    let mut random = ChaCha8Rng::seed_from_u64(10);
    let archive = archive(&mut random);
    let folder = write_all(&[archive.single(&mut random), "no proof\n".to_owned()]);
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("binary"), b"letopis \xff").unwrap();
    std::fs::write(file("keys"), "custodian+00000000+AAAA\n").unwrap();
    let said = |arguments: &[&Path]| verify(arguments.iter().map(|path| path.to_path_buf()));
    let (code, text) = said(&[&file("00000")]);
    assert_eq!(code, 0);
    assert!(
        text.contains("PROVEN: this record") && text.contains("taken from the proof itself"),
        "{text}"
    );
    let (code, text) = said(&[&file("00000"), &file("00001")]);
    assert_eq!(code, 1);
    assert!(
        text.contains("NOT PROVEN: proof, line 1: expected letopis proof of one record"),
        "{text}"
    );
    let (code, text) = said(&[&file("binary")]);
    assert_eq!(
        (code, text.contains("byte 8: expected UTF-8")),
        (3, true),
        "{text}"
    );
    assert_eq!(said(&[&file("none")]).0, 3);
    let (code, text) = said(&[Path::new("--trust"), &file("keys"), &file("00000")]);
    assert_eq!(
        (code, text.contains("trusted key `custodian+00000000+AAAA`")),
        (1, true),
        "{text}"
    );
    assert_eq!(said(&[]).0, 2);
    assert_eq!(said(&[Path::new("--what")]).0, 2);
    assert_eq!(said(&[Path::new("--help")]).0, 0);
    // A record cannot write to the terminal of whoever checks it.
    let many: Vec<_> = archive
        .objects
        .iter()
        .flat_map(|o| o.offsets.iter().map(|at| (o.prefix, *at)))
        .collect();
    std::fs::write(
        file("all"),
        archive.vault.prove_many(&many, false).unwrap().to_string(),
    )
    .unwrap();
    let (code, text) = said(&[&file("all")]);
    assert_eq!(code, 0);
    assert!(
        !text
            .chars()
            .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
    );
}
