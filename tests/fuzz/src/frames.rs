//! Stored objects and record trees: frames with their seek table, in an archive.
//!
//! ```text
//! 1 byte    modulo 4: 0 the file of an object, 1 its content, framed as FORMAT.md says, 2 the file of its tree, 3 its content,
//!           framed
//! 1 byte    which object
//! the rest
//! ```
//!
//! Whatever comes: nothing panics, memory stays bounded, and an archive that the check calls clean gives the bytes and the
//! records that were taken in.

use std::sync::OnceLock;

use letopis_vault::{RecordSpan, Vault};

use super::{archive, choice};

/// Bytes and records of each object.
type Content = Vec<(Vec<u8>, Vec<RecordSpan>)>;

/// Content and records of every object; what cannot be read is left out.
fn content(vault: &Vault) -> Content {
    let mut found = Vec::new();
    for object in vault.objects().into_iter().flatten() {
        let (mut bytes, mut spans) = (Vec::new(), Vec::new());
        if let Ok(reader) = vault.object_reader(object) {
            let length = reader.length();
            // A forged table may promise more than is there; the reader must not believe it.
            let _ = reader.read_range(0, length.min(8 << 20), &mut bytes);
            let _ = reader.read_range(length / 2, 1, &mut Vec::new());
            assert!(
                reader.read_range(length, 1, &mut Vec::new()).is_err(),
                "a byte after the end"
            );
        }
        for info in &object.trees {
            let Ok(tree) = vault.tree(object, info.number) else {
                continue;
            };
            let _ = tree.for_each(0, &mut |span| {
                spans.push(span);
                spans.len() < 10_000
            });
            for index in [0, 1, tree.records() / 2, tree.records(), u64::MAX] {
                let _ = tree.get(index);
                let _ = tree.find(index);
            }
        }
        found.push((bytes, spans));
    }
    found
}

/// The same of the frozen archive.
fn genuine() -> &'static Content {
    static GENUINE: OnceLock<Content> = OnceLock::new();
    GENUINE.get_or_init(|| {
        content(&archive::open(&archive::backend(archive::small())).expect("the frozen archive"))
    })
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how, which], rest) = choice::<2>(data);
    let ending = if how % 4 < 2 { ".zst" } else { ".tree" };
    let is_own = |path: &&String| path.starts_with("objects/") && path.ends_with(ending);
    let places: Vec<&String> = archive::small().keys().filter(is_own).collect();
    let place = places[usize::from(which) % places.len()];
    let bytes = if how % 2 == 1 {
        archive::framed(rest)
    } else {
        rest.to_vec()
    };
    let mut files = archive::small().clone();
    files.insert(place.clone(), bytes);
    let memory = archive::backend(&files);
    let vault = archive::open(&memory).expect("objects are not looked at when an archive is opened");
    let found = content(&vault);
    let report = archive::check(&memory).expect("an archive");
    if report.is_ok() {
        assert_eq!(
            &found,
            genuine(),
            "{place} holds something else, and the check is clean"
        );
    }
    let touched = |object: &&letopis_vault::ObjectInfo| place.contains(&object.blake3.to_string());
    for object in vault.objects().into_iter().flatten().filter(touched) {
        let prefix = *object.sha256.0.first_chunk::<10>().expect("ten bytes");
        if let Ok(text) = vault.prove(&prefix, 0, false) {
            super::proof::run(text.as_bytes());
        }
    }
}

/// The files and their content as they are, and objects of several frames.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (ending, raw) in [(".zst", 0), (".tree", 2)] {
        let own = |path: &&String| path.starts_with("objects/") && path.ends_with(ending);
        let small = archive::small();
        for (number, path) in small.keys().filter(own).enumerate() {
            let content = zstd::stream::decode_all(small[path].as_slice()).expect("frames");
            seeds.push([&[raw, number as u8], small[path].as_slice()].concat());
            seeds.push([&[raw + 1, number as u8], content.as_slice()].concat());
        }
        for length in [0, 1, 524_288, 524_289, 1_200_000] {
            seeds.push([&[raw, 0], archive::framed(&vec![b'a'; length]).as_slice()].concat());
        }
    }
    for files in archive::all().values() {
        for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("objects/")) {
            let raw = if path.ends_with(".tree") { 2 } else { 0 };
            seeds.push([&[raw, 1], bytes.as_slice()].concat());
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
