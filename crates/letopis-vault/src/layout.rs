//! Every path of an archive, built and parsed here and nowhere else (FORMAT.md, "Directory tree").

use std::fmt;

use letopis_seal::Sha256Digest;

use crate::digest::{Blake3, ShortId, hex, parse_hex};

/// A file of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// `letopis.toml`
    Config,
    /// `copy.json`, in a working copy only
    WorkingCopy,
    /// `second.json`, in a second copy only
    SecondCopy,
    /// `ledger/entries.jsonl`
    Entries,
    /// `ledger/head`
    Head,
    /// `ledger/head.next`
    HeadNext,
    /// `ledger/keys/KEYID.pub`
    Key([u8; 4]),
    /// `ledger/torn/SEQ-SHA256`
    Torn(u64, Sha256Digest),
    /// `ledger/writer.lock`
    WriterLock,
    /// `ledger/append.lock`
    AppendLock,
    /// `ledger/readers.lock`
    ReadersLock,
    /// `objects/ab/BLAKE3.zst`
    Object(Blake3),
    /// `objects/ab/BLAKE3.tree`, `objects/ab/BLAKE3.N.tree`; numbers from 1
    Tree(Blake3, u32),
    /// `details/BATCH.zst`
    Details(ShortId),
    /// `secrets/BATCH`
    Secrets(ShortId),
    /// `segments/ID.parquet`
    Parquet(ShortId),
    /// `segments/ID.index`
    Index(ShortId),
    /// `segments/catalogue`
    Catalogue,
    /// `tmp/HEX16`
    Temporary(ShortId),
}

/// A directory of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Directory {
    /// The archive itself.
    Root,
    /// `ledger`
    Ledger,
    /// `ledger/keys`
    Keys,
    /// `ledger/torn`
    Torn,
    /// `objects`
    Objects,
    /// `objects/ab`
    Shard(u8),
    /// `details`
    Details,
    /// `secrets`
    Secrets,
    /// `segments`
    Segments,
    /// `tmp`
    Temporary,
}

impl Directory {
    /// Every directory of a new archive, parents first.
    pub const ARCHIVE: &'static [Self] = &[
        Self::Root,
        Self::Ledger,
        Self::Keys,
        Self::Torn,
        Self::Objects,
        Self::Details,
        Self::Secrets,
        Self::Segments,
        Self::Temporary,
    ];

    /// Every directory of an outside journal, parents first.
    pub const JOURNAL: &'static [Self] = &[
        Self::Root,
        Self::Ledger,
        Self::Keys,
        Self::Torn,
        Self::Details,
        Self::Secrets,
        Self::Temporary,
    ];

    /// The directory it lies in.
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Root => None,
            Self::Keys | Self::Torn => Some(Self::Ledger),
            Self::Shard(_) => Some(Self::Objects),
            _ => Some(Self::Root),
        }
    }

    /// Its path inside the archive; empty for the archive itself.
    pub fn path(self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Ledger => "ledger".to_owned(),
            Self::Keys => "ledger/keys".to_owned(),
            Self::Torn => "ledger/torn".to_owned(),
            Self::Objects => "objects".to_owned(),
            Self::Shard(byte) => format!("objects/{byte:02x}"),
            Self::Details => "details".to_owned(),
            Self::Secrets => "secrets".to_owned(),
            Self::Segments => "segments".to_owned(),
            Self::Temporary => "tmp".to_owned(),
        }
    }

    /// The directory of that path.
    pub fn parse(path: &str) -> Option<Self> {
        if let Some(shard) = path.strip_prefix("objects/") {
            return parse_hex::<1>(shard).map(|[byte]| Self::Shard(byte));
        }
        Self::ARCHIVE
            .iter()
            .copied()
            .find(|directory| directory.path() == path)
    }
}

impl File {
    /// The directory it lies in.
    pub fn directory(&self) -> Directory {
        match self {
            Self::Config | Self::WorkingCopy | Self::SecondCopy => Directory::Root,
            Self::Entries
            | Self::Head
            | Self::HeadNext
            | Self::WriterLock
            | Self::AppendLock
            | Self::ReadersLock => Directory::Ledger,
            Self::Key(_) => Directory::Keys,
            Self::Torn(..) => Directory::Torn,
            Self::Object(name) | Self::Tree(name, _) => {
                let [first, ..] = name.0;
                Directory::Shard(first)
            }
            Self::Details(_) => Directory::Details,
            Self::Secrets(_) => Directory::Secrets,
            Self::Parquet(_) | Self::Index(_) | Self::Catalogue => Directory::Segments,
            Self::Temporary(_) => Directory::Temporary,
        }
    }

    /// Its name in that directory.
    fn name(&self) -> String {
        match self {
            Self::Config => "letopis.toml".to_owned(),
            Self::WorkingCopy => "copy.json".to_owned(),
            Self::SecondCopy => "second.json".to_owned(),
            Self::Entries => "entries.jsonl".to_owned(),
            Self::Head => "head".to_owned(),
            Self::HeadNext => "head.next".to_owned(),
            Self::Key(id) => format!("{}.pub", hex(id)),
            Self::Torn(seq, digest) => format!("{seq}-{digest}"),
            Self::WriterLock => "writer.lock".to_owned(),
            Self::AppendLock => "append.lock".to_owned(),
            Self::ReadersLock => "readers.lock".to_owned(),
            Self::Object(name) => format!("{name}.zst"),
            Self::Tree(name, 0 | 1) => format!("{name}.tree"),
            Self::Tree(name, number) => format!("{name}.{number}.tree"),
            Self::Details(batch) => format!("{batch}.zst"),
            Self::Secrets(id) | Self::Temporary(id) => id.to_string(),
            Self::Parquet(id) => format!("{id}.parquet"),
            Self::Index(id) => format!("{id}.index"),
            Self::Catalogue => "catalogue".to_owned(),
        }
    }

    /// Its path inside the archive, with `/` between names.
    pub fn path(&self) -> String {
        join(self.directory(), &self.name())
    }

    /// The file of that path; `None` for a path that has no place in an archive.
    pub fn parse(path: &str) -> Option<Self> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let file = match Directory::parse(directory)? {
            Directory::Root => [Self::Config, Self::WorkingCopy, Self::SecondCopy]
                .into_iter()
                .find(|file| file.name() == name),
            Directory::Ledger => [
                Self::Entries,
                Self::Head,
                Self::HeadNext,
                Self::WriterLock,
                Self::AppendLock,
                Self::ReadersLock,
            ]
            .into_iter()
            .find(|file| file.name() == name),
            Directory::Keys => parse_hex(name.strip_suffix(".pub")?).map(Self::Key),
            Directory::Torn => {
                let (seq, digest) = name.split_once('-')?;
                Some(Self::Torn(seq.parse().ok()?, Sha256Digest::from_hex(digest)?))
            }
            Directory::Objects => None,
            Directory::Shard(_) => parse_stored(name),
            Directory::Details => ShortId::from_hex(name.strip_suffix(".zst")?).map(Self::Details),
            Directory::Secrets => ShortId::from_hex(name).map(Self::Secrets),
            Directory::Segments => match name.split_once('.') {
                None => (name == "catalogue").then_some(Self::Catalogue),
                Some((id, "parquet")) => ShortId::from_hex(id).map(Self::Parquet),
                Some((id, "index")) => ShortId::from_hex(id).map(Self::Index),
                Some(_) => None,
            },
            Directory::Temporary => ShortId::from_hex(name).map(Self::Temporary),
        };
        // One file has one path: numbers with leading zeros and objects in the wrong shard are strangers.
        file.filter(|file| file.path() == path)
    }
}

fn parse_stored(name: &str) -> Option<File> {
    let (blake3, rest) = name.split_once('.')?;
    let blake3 = Blake3::from_hex(blake3)?;
    match rest {
        "zst" => Some(File::Object(blake3)),
        "tree" => Some(File::Tree(blake3, 1)),
        _ => Some(File::Tree(
            blake3,
            rest.strip_suffix(".tree")?.parse().ok().filter(|n| *n >= 2)?,
        )),
    }
}

/// The path of `name` in `directory`.
pub fn join(directory: Directory, name: &str) -> String {
    match directory.path() {
        path if path.is_empty() => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl fmt::Display for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("."),
            other => f.write_str(&other.path()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files() -> impl Strategy<Value = File> {
        let id = any::<[u8; 8]>().prop_map(ShortId);
        let name = any::<[u8; 32]>().prop_map(Blake3);
        prop_oneof![
            prop::sample::select(vec![
                File::Config,
                File::WorkingCopy,
                File::SecondCopy,
                File::Entries,
                File::Head,
                File::HeadNext,
                File::WriterLock,
                File::AppendLock,
                File::ReadersLock,
                File::Catalogue,
            ]),
            any::<[u8; 4]>().prop_map(File::Key),
            (any::<u64>(), any::<[u8; 32]>()).prop_map(|(seq, digest)| File::Torn(seq, Sha256Digest(digest))),
            name.clone().prop_map(File::Object),
            (name, 1..=u32::MAX).prop_map(|(name, number)| File::Tree(name, number)),
            id.clone().prop_map(File::Details),
            id.clone().prop_map(File::Secrets),
            id.clone().prop_map(File::Parquet),
            id.clone().prop_map(File::Index),
            id.prop_map(File::Temporary),
        ]
    }

    proptest! {
        #[test]
        fn every_file_reads_back_from_its_path(file in files()) {
            prop_assert_eq!(File::parse(&file.path()), Some(file));
        }

        #[test]
        fn every_path_that_parses_prints_back(path in "(ledger/|objects/ab/|tmp/|segments/)?[a-f0-9.]{0,70}(zst|tree|index)?") {
            if let Some(file) = File::parse(&path) {
                prop_assert_eq!(file.path(), path);
            }
        }
    }

    #[test]
    fn strangers_have_no_place() {
        let object = "ab".repeat(32);
        for path in [
            "",
            "ledger",
            "Letopis.toml",
            "../letopis.toml",
            "./letopis.toml",
            "ledger/entries.jsonl.bak",
            "ledger/torn/01-",
            &format!("objects/ac/{object}.zst"),
            &format!("objects/ab/{object}.1.tree"),
            &format!("objects/ab/{object}.02.tree"),
            &format!("objects/{object}.zst"),
            "segments/0000000000000000.Parquet",
            "secrets/0000000000000000.old",
        ] {
            assert_eq!(File::parse(path), None, "{path}");
        }
        for byte in 0..=255 {
            assert_eq!(
                Directory::parse(&Directory::Shard(byte).path()),
                Some(Directory::Shard(byte))
            );
        }
        for directory in Directory::ARCHIVE {
            assert_eq!(Directory::parse(&directory.path()), Some(*directory));
        }
    }
}
