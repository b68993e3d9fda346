//! Bags (RFC 8493) that a stranger made: the folder of a bundle before it is taken in.
//!
//! The input is a list of files: a line with the path, the content, and a line `%%`. In the content `@PATH@` at the beginning
//! of a line stands for the SHA-256 of that file of the list, so that an input can be a bag that holds.
//!
//! Whatever comes: nothing panics and nothing outside the folder is touched; a bag that is taken for whole has, of every
//! payload file, the bytes that its manifests say; and with one byte of its payload changed it is refused. What a bundle
//! holds beside the bag, its proofs, is asked by the target `proof`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use letopis_bag::{Bag, BagPath, BagWriter};
use letopis_seal::sha256;

const FILES_MAX: usize = 24;

/// The files of the list, of those whose paths stay inside.
fn files(data: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut rest = data;
    while !rest.is_empty() && files.len() < FILES_MAX {
        let (path, after) = cut(rest, b"\n");
        let (content, after) = cut(after, b"\n%%\n");
        rest = after;
        let Ok(path) = std::str::from_utf8(path) else {
            continue;
        };
        if BagPath::new(path).is_ok() && path.split('/').count() < 16 {
            files.insert(path.to_owned(), content.to_vec());
        }
    }
    let plain = files.clone();
    for content in files.values_mut() {
        *content = filled(content, &plain);
    }
    files
}

fn cut<'d>(bytes: &'d [u8], mark: &[u8]) -> (&'d [u8], &'d [u8]) {
    match bytes.windows(mark.len()).position(|window| window == mark) {
        Some(at) => (&bytes[..at], &bytes[at + mark.len()..]),
        None => (bytes, &[]),
    }
}

/// With digests where the list asks for them.
fn filled(content: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let asked = line.strip_prefix(b"@").map(|after| cut(after, b"@"));
        let found = asked.and_then(|(path, rest)| Some((files.get(std::str::from_utf8(path).ok()?)?, rest)));
        match found {
            Some((bytes, rest)) => {
                out.extend(sha256(bytes).to_hex().into_bytes());
                out.extend_from_slice(rest);
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

fn write(root: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (path, content) in files {
        let place = root.join(path);
        let folder = place.parent().expect("a folder");
        // A name may stand for a file and a folder at once, or be too long for this file system: the later one loses.
        let _ = fs::create_dir_all(folder).and_then(|()| fs::write(&place, content));
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let lines = String::from_utf8_lossy(data);
    for line in lines.lines().take(64) {
        if let Ok(path) = BagPath::of_manifest(line) {
            let place = path.to_path();
            assert!(
                !place.is_absolute() && place.components().all(|part| part.as_os_str() != ".."),
                "{line:?}"
            );
        }
    }
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let root = folder.path().join("bag");
    fs::create_dir(&root).expect("a folder");
    fs::write(folder.path().join("outside"), b"outside").expect("a file");
    write(&root, &files(data));
    let Ok(Ok(bag)) = Bag::check(&root) else { return };
    assert!(!bag.algorithms.is_empty(), "whole by no algorithm");
    let mut payload = None;
    for (path, checked) in &bag.payload {
        assert!(path.as_str().starts_with("data/"), "{path}");
        let bytes = fs::read(bag.place(path)).expect("a file of the bag");
        assert_eq!(
            (bytes.len() as u64, sha256(&bytes).to_hex()),
            (checked.length, checked.sha256.clone())
        );
        payload = Some((bag.place(path), bytes));
    }
    let Some((place, mut bytes)) = payload else { return };
    match bytes.first_mut() {
        Some(first) => *first ^= 1,
        None => bytes.push(0),
    }
    fs::write(&place, &bytes).expect("a file of the bag");
    assert!(
        !matches!(Bag::check(&root), Ok(Ok(_))),
        "{} was changed",
        place.display()
    );
}

fn listed(files: &[(&str, String)]) -> Vec<u8> {
    let one = |(path, content): &(&str, String)| format!("{path}\n{content}\n%%\n");
    files.iter().map(one).collect::<String>().into_bytes()
}

/// Bags that hold, one of the writer's, and some that do not.
pub fn seeds() -> Vec<Vec<u8>> {
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned();
    let manifest = "@data/a.log@  data/a.log\n@data/b/c@  data/b/c\n".to_owned();
    let info = "Source-Organization: Akimat\n of the district\nPayload-Oxum: 8.2\n".to_owned();
    let tags = "@bagit.txt@  bagit.txt\n@bag-info.txt@  bag-info.txt\n".to_owned();
    let payload = [("data/a.log", "line".to_owned()), ("data/b/c", "more".to_owned())];
    let whole = |declaration: &str, manifest: &str| {
        let mut files = payload.to_vec();
        files.push(("bagit.txt", declaration.to_owned()));
        files.push(("bag-info.txt", info.clone()));
        files.push(("manifest-sha256.txt", manifest.to_owned()));
        files
    };
    let older = declaration.replace("1.0", "0.97");
    let mut seeds = vec![
        listed(&whole(&declaration, &manifest)),
        listed(&whole(&older, &manifest.replace("  ", " *"))),
        listed(&whole(
            &declaration,
            &format!("{manifest}@data/a.log@  ../outside\n"),
        )),
        listed(&whole(
            &declaration,
            &format!("{manifest}@data/a.log@  data/%0A%25\n"),
        )),
        listed(&whole(&declaration.replace("UTF-8", "ISO-8859-1"), &manifest)),
    ];
    let mut tagged = whole(&declaration, &manifest);
    tagged.push(("tagmanifest-sha256.txt", tags));
    tagged.push(("fetch.txt", "http://example.org/x 4 data/a.log\n".to_owned()));
    seeds.push(listed(&tagged));
    seeds.push(written());
    seeds
}

/// A bag of our own writer, as a list.
fn written() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut bag = BagWriter::create(&folder.path().join("bag")).expect("a bag");
    bag.add("records.jsonl", b"{}\n").expect("a file");
    bag.tag("README.txt", b"read me\n").expect("a file");
    bag.finish(&[("Contact-Name", "A. Serikova".to_owned())])
        .expect("a bag");
    let mut files = Vec::new();
    for path in [
        "data/records.jsonl",
        "README.txt",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
        "manifest-blake3.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-blake3.txt",
    ] {
        let text = fs::read_to_string(folder.path().join("bag").join(path)).expect("a file of the bag");
        files.push((path, text));
    }
    listed(&files)
}
