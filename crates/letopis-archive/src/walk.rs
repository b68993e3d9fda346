//! What lies at the given paths: files to read, and everything that is not read, with the reason.
//!
//! Input is opened read-only and never written. Links are listed and not followed; devices, FIFOs and sockets are
//! named and skipped (design §5).

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::name::Name;

/// Something found in the input.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the given one, with `/` between the parts; the file's own name where a file was given.
    pub relative: Name,
    /// What the system says of it.
    pub facts: Facts,
    /// Why it is not read, where it is not.
    pub skip: Option<Skip>,
}

/// What the file system says of a file. Times are microseconds since 1970 UTC.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Facts {
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content.
    pub modified: Option<i64>,
    /// Last reading.
    pub accessed: Option<i64>,
    /// Creation, where the file system keeps it.
    pub created: Option<i64>,
    /// Last change of the inode (Unix).
    pub changed: Option<i64>,
    /// Owner (Unix user id).
    pub owner: Option<u32>,
    /// Group (Unix group id).
    pub group: Option<u32>,
    /// Permission bits (Unix).
    pub mode: Option<u32>,
}

/// Why something is not read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Skip {
    /// A symbolic link: listed, not followed.
    Link {
        /// Where it points.
        target: Name,
    },
    /// A device.
    Device,
    /// A FIFO: reading it could wait for ever.
    Fifo,
    /// A socket.
    Socket,
    /// The system would not let us read it.
    Unreadable {
        /// What the system said.
        error: String,
    },
}

impl Skip {
    /// The reason as a sentence.
    pub fn reason(&self) -> String {
        match self {
            Self::Link { target } => format!("symbolic link to {}, not followed", target.display()),
            Self::Device => "device, not read".to_owned(),
            Self::Fifo => "FIFO, not read".to_owned(),
            Self::Socket => "socket, not read".to_owned(),
            Self::Unreadable { error } => format!("cannot be read: {error}"),
        }
    }

    /// Whether the system kept us from looking (exit code 3), rather than us choosing not to.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Unreadable { .. })
    }
}

/// Lists everything below `given`, in the order of the name bytes, so that two walks of the same input agree.
///
/// # Errors
/// When `given` itself is not there.
pub fn walk(given: &Path) -> io::Result<Vec<Found>> {
    let metadata = fs::symlink_metadata(given)?;
    let mut found = Vec::new();
    if metadata.is_dir() {
        walk_folder(given, &mut Vec::new(), &mut found);
    } else {
        let name = given
            .file_name()
            .map_or_else(|| Name::of_path(given), |n| Name::of_path(Path::new(n)));
        found.push(classify(given.to_owned(), name, &metadata));
    }
    Ok(found)
}

fn walk_folder(folder: &Path, below: &mut Vec<u8>, found: &mut Vec<Found>) {
    let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            let relative = Name(if below.is_empty() {
                b".".to_vec()
            } else {
                below.clone()
            });
            let skip = Some(Skip::Unreadable {
                error: error.to_string(),
            });
            found.push(Found {
                path: folder.to_owned(),
                relative,
                facts: Facts::default(),
                skip,
            });
            return;
        }
    };
    entries.sort_by_key(|e| e.file_name().as_encoded_bytes().to_vec());
    for entry in entries {
        let path = entry.path();
        let kept = below.len();
        if !below.is_empty() {
            below.push(b'/');
        }
        below.extend_from_slice(entry.file_name().as_encoded_bytes());
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => walk_folder(&path, below, found),
            Ok(metadata) => found.push(classify(path, Name(below.clone()), &metadata)),
            Err(error) => found.push(Found {
                path,
                relative: Name(below.clone()),
                facts: Facts::default(),
                skip: Some(Skip::Unreadable {
                    error: error.to_string(),
                }),
            }),
        }
        below.truncate(kept);
    }
}

fn classify(path: PathBuf, relative: Name, metadata: &Metadata) -> Found {
    let skip = if metadata.is_symlink() {
        let target = fs::read_link(&path)
            .map(|t| Name::of_path(&t))
            .unwrap_or_default();
        Some(Skip::Link { target })
    } else {
        special(metadata)
    };
    Found {
        path,
        relative,
        facts: facts(metadata),
        skip,
    }
}

#[cfg(unix)]
fn special(metadata: &Metadata) -> Option<Skip> {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_fifo() {
        Some(Skip::Fifo)
    } else if kind.is_socket() {
        Some(Skip::Socket)
    } else if kind.is_block_device() || kind.is_char_device() {
        Some(Skip::Device)
    } else {
        None
    }
}

#[cfg(not(unix))]
fn special(metadata: &Metadata) -> Option<Skip> {
    (!metadata.is_file()).then_some(Skip::Device)
}

/// What the system says of an open or listed file.
pub fn facts(metadata: &Metadata) -> Facts {
    let micros = |time: io::Result<std::time::SystemTime>| {
        let time = time.ok()?;
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).ok(),
            Err(before) => i64::try_from(before.duration().as_micros()).ok().map(|m| -m),
        }
    };
    #[allow(unused_mut)]
    let mut facts = Facts {
        size: metadata.len(),
        modified: micros(metadata.modified()),
        accessed: micros(metadata.accessed()),
        created: micros(metadata.created()),
        ..Facts::default()
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        facts.changed = metadata
            .ctime()
            .checked_mul(1_000_000)
            .map(|s| s + metadata.ctime_nsec() / 1000);
        facts.owner = Some(metadata.uid());
        facts.group = Some(metadata.gid());
        facts.mode = Some(metadata.mode());
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn links_and_fifos_are_named_and_the_order_is_that_of_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let at = |n: &str| folder.path().join(n);
        fs::write(at("b.log"), "b").unwrap();
        fs::create_dir(at("a")).unwrap();
        fs::write(at("a/z.log"), "z").unwrap();
        std::os::unix::fs::symlink("b.log", at("link")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let found = walk(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|f| f.relative.display()).collect();
        assert_eq!(names, ["a/z.log", "b.log", "fifo", "link"]);
        assert_eq!(found[2].skip, Some(Skip::Fifo));
        assert_eq!(
            found[3].skip,
            Some(Skip::Link {
                target: Name::from("b.log")
            })
        );
    }

    #[test]
    fn a_single_file_is_named_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("auth.log");
        fs::write(&path, "x").unwrap();
        let found = walk(&path).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].relative.display(), "auth.log");
        assert!(walk(&folder.path().join("absent")).is_err());
    }
}
