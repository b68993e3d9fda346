//! The frozen archives of `samples/archives/v1` in memory: what an input is put into, and what it is held against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use letopis_vault::{
    Backend, KeyRole, Keys, MemoryBackend, SigningKey, Vault, Verification, VerifyOptions, verify,
};

/// Later than anything in the frozen archives: 1 June 2026, microseconds since 1970.
pub const NOW: i64 = 1_780_272_000_000_000;

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/archives/v1")
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the frozen archives") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_str().expect("a name"));
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
}

/// The files of one of them, by path inside it.
pub fn files(name: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(&frozen().join(name), "", &mut files);
    files
}

/// All of them with every file, by name.
pub fn all() -> &'static BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    static ALL: OnceLock<BTreeMap<String, BTreeMap<String, Vec<u8>>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = BTreeMap::new();
        for grade in ["valid", "warning", "invalid"] {
            for entry in std::fs::read_dir(frozen().join(grade)).expect("a grade") {
                let name = entry.expect("an entry").file_name();
                let name = format!("{grade}/{}", name.to_str().expect("a name"));
                let files = files(&name);
                all.insert(name, files);
            }
        }
        all
    })
}

/// Files in memory as an archive.
pub fn backend<'f>(files: impl IntoIterator<Item = (&'f String, &'f Vec<u8>)>) -> Arc<MemoryBackend> {
    let memory = MemoryBackend::default();
    for (path, bytes) in files {
        memory.overwrite(path, bytes.clone());
    }
    Arc::new(memory)
}

/// The small archive without fault: two texts, one segment, one access.
pub fn small() -> &'static BTreeMap<String, Vec<u8>> {
    &all()["valid/small"]
}

/// The keys of all frozen archives.
pub fn keys() -> Keys {
    let files = files("keys");
    let key = |name: &str| {
        let text = std::str::from_utf8(&files[name]).expect("text");
        SigningKey::parse(text.trim_end()).expect("a key")
    };
    Keys::of(KeyRole::Custodian, key("custodian.key")).with(Keys::of(KeyRole::Journal, key("journal.key")))
}

/// Opens an archive to read.
pub fn open(memory: &Arc<MemoryBackend>) -> letopis_vault::Result<Vault> {
    Vault::open(Arc::clone(memory) as Arc<dyn Backend>)
}

/// Checks an archive, on this thread alone.
pub fn check(memory: &Arc<MemoryBackend>) -> letopis_vault::Result<Verification> {
    let options = VerifyOptions {
        threads: 1,
        ..VerifyOptions::default()
    };
    verify(&(Arc::clone(memory) as Arc<dyn Backend>), &options, &())
}

/// Every record that the objects of an archive hold, by the first ten bytes of their SHA-256: what a proof may state.
pub fn objects(vault: &Vault) -> BTreeMap<[u8; 10], Vec<u8>> {
    let mut found = BTreeMap::new();
    for object in vault.objects().expect("objects") {
        let reader = vault.object_reader(object).expect("a reader");
        let mut bytes = Vec::new();
        reader.read_range(0, reader.length(), &mut bytes).expect("bytes");
        let prefix = object.sha256.0.first_chunk::<10>().expect("ten bytes");
        found.insert(*prefix, bytes);
    }
    found
}

/// Content as a framed file, spelled here after FORMAT.md, "Framed files", and by none of the vault's code: zstd frames
/// of 512 KiB, BLAKE3 of their bytes in a skippable frame, and the seek table of the zstd seekable format.
pub fn framed(content: &[u8]) -> Vec<u8> {
    const FRAME: usize = 512 << 10;
    let mut file = Vec::new();
    let mut table = Vec::new();
    let mut frames = 0u32;
    let pieces: Vec<&[u8]> = match content.is_empty() {
        true => vec![content],
        false => content.chunks(FRAME).collect(),
    };
    for piece in pieces {
        let mut encoder = zstd::bulk::Compressor::new(3).expect("an encoder");
        encoder.include_checksum(true).expect("a checksum");
        let frame = encoder.compress(piece).expect("a frame");
        table.extend((frame.len() as u32).to_le_bytes());
        table.extend((piece.len() as u32).to_le_bytes());
        file.extend(frame);
        frames += 1;
    }
    let digest = blake3::hash(&file);
    file.extend([0x5c, 0x2a, 0x4d, 0x18, 32, 0, 0, 0]);
    file.extend(digest.as_bytes());
    file.extend([0x5e, 0x2a, 0x4d, 0x18]);
    file.extend((table.len() as u32 + 9).to_le_bytes());
    file.extend(table);
    file.extend(frames.to_le_bytes());
    file.extend([0, 0xb1, 0xea, 0x92, 0x8f]);
    file
}
