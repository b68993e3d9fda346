//! Documents of an archive: manifests and other details, secrets, the configuration, the head, keys.
//!
//! ```text
//! 1 byte    modulo 6: what the rest replaces: 0 the content of a details file, 1 a secrets file with its checksum put right,
//!           2 letopis.toml, 3 the head, 4 a key file, 5 a secrets file as it is
//! 1 byte    which of the files
//! the rest
//! ```
//!
//! Whatever comes: nothing panics; an archive in which anything else stands than before is not clean; what a document opens to
//! is what was committed to, or the check finds it.

use std::sync::OnceLock;

use letopis_vault::Config;

use super::{archive, choice};

fn replaced(how: u8, which: u8, bytes: &[u8]) -> (String, Vec<u8>) {
    let files = archive::small();
    let begin = match how {
        0 => "details/",
        1 | 5 => "secrets/",
        2 => "letopis.toml",
        3 => "ledger/head",
        _ => "ledger/keys/",
    };
    let places: Vec<&String> = files.keys().filter(|path| path.starts_with(begin)).collect();
    let place = places[usize::from(which) % places.len()].clone();
    let bytes = match how {
        0 => archive::framed(bytes),
        1 => [bytes, format!("blake3 {}\n", blake3::hash(bytes)).as_bytes()].concat(),
        _ => bytes.to_vec(),
    };
    (place, bytes)
}

/// The document of each entry of the frozen archive.
fn details() -> &'static [Option<serde_json::Value>] {
    static DETAILS: OnceLock<Vec<Option<serde_json::Value>>> = OnceLock::new();
    DETAILS.get_or_init(|| {
        let vault = archive::open(&archive::backend(archive::small())).expect("the frozen archive");
        (0..vault.size())
            .map(|seq| vault.detail(seq).expect("a document"))
            .collect()
    })
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how, which], rest) = choice::<2>(data);
    let how = how % 6;
    if how == 2
        && let Ok(text) = std::str::from_utf8(rest)
        && let Ok(config) = Config::parse(text, "letopis.toml")
    {
        let spelled = config.to_text().expect("what was parsed can be spelled");
        let again = Config::parse(&spelled, "letopis.toml").expect("what was just spelled");
        assert_eq!(
            again.to_text().expect("as before"),
            spelled,
            "a configuration is spelled in two ways"
        );
    }
    let (place, bytes) = replaced(how, which, rest);
    let mut files = archive::small().clone();
    let before = files.insert(place.clone(), bytes.clone()).expect("a file");
    let memory = archive::backend(&files);
    let report = archive::check(&memory);
    if let Ok(report) = &report
        && bytes != before
        // Levels of compression and blanks are free; what they hold is not.
        && !matches!(how, 0 | 2)
    {
        assert!(
            !report.is_ok() || !report.notices.is_empty(),
            "{place} was changed, and the check is clean"
        );
    }
    let Ok(vault) = archive::open(&memory) else { return };
    let clean = report.is_ok_and(|report| report.is_ok());
    for seq in 0..vault.size() {
        let found = vault.detail(seq);
        if clean && let Ok(found) = found {
            assert_eq!(
                Some(&found),
                details().get(seq as usize),
                "entry {seq} says something else"
            );
        }
    }
    let _ = vault.adopted_entries();
    let _ = vault.prove_lines(&(0..vault.size()).collect());
    for object in vault.objects().into_iter().flatten() {
        let prefix = *object.sha256.0.first_chunk::<10>().expect("ten bytes");
        if let Ok(text) = vault.prove(&prefix, 0, true) {
            // Whatever the archive is made to say, a proof out of it holds or is refused, and says what is true.
            super::proof::run(text.as_bytes());
        }
    }
}

/// Each file as it is.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (way, begin) in [
        (0, "details/"),
        (1, "secrets/"),
        (2, "letopis.toml"),
        (3, "ledger/head"),
        (4, "ledger/keys/"),
        (5, "secrets/"),
    ] {
        let files = archive::small()
            .iter()
            .filter(|(path, _)| path.starts_with(begin));
        for (number, (_, bytes)) in files.enumerate() {
            let content = match way {
                // One zstd frame; the frames that decoders pass over follow it.
                0 => zstd::stream::decode_all(bytes.as_slice()).expect("frames"),
                1 => {
                    let text = String::from_utf8_lossy(bytes);
                    let end = text.rfind("blake3 ").expect("a checksum");
                    bytes[..end].to_vec()
                }
                _ => bytes.clone(),
            };
            seeds.push([&[way, number as u8], content.as_slice()].concat());
        }
    }
    for files in archive::all().values() {
        if let Some(config) = files.get("letopis.toml") {
            seeds.push([&[2, 0], config.as_slice()].concat());
        }
        if let Some(head) = files.get("ledger/head") {
            seeds.push([&[3, 0], head.as_slice()].concat());
        }
    }
    seeds
}
