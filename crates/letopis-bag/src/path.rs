//! Paths inside a bag, as strangers write them.

use std::fmt;
use std::path::PathBuf;

/// A longer path is refused: no file system takes one.
const PATH_BYTES_MAX: usize = 4096;

/// A path relative to the bag that cannot lead out of it: no empty, `.` or `..` part, no root, no drive, no home.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BagPath(String);

/// Why a path was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path {path:?}: {why}")]
pub struct PathError {
    /// The path as found, at most 200 characters of it.
    pub path: String,
    /// What is wrong.
    pub why: &'static str,
}

impl BagPath {
    /// A path with `/` between its parts.
    pub fn new(path: &str) -> Result<Self, PathError> {
        let refuse = |why| {
            let path = path.chars().take(200).collect();
            Err(PathError { path, why })
        };
        if path.len() > PATH_BYTES_MAX {
            return refuse("longer than 4,096 bytes");
        }
        if path.starts_with('/') || path.starts_with('\\') {
            return refuse("absolute: it leads out of the bag");
        }
        if path.starts_with('~') {
            return refuse("begins with a home folder: it leads out of the bag");
        }
        if path.contains('\0') {
            return refuse("contains NUL");
        }
        if path.as_bytes().get(1) == Some(&b':') {
            return refuse("begins with a drive: it leads out of the bag");
        }
        for part in path.split('/') {
            match part {
                ".." => return refuse("`..` leads out of its folder"),
                "" => return refuse("has an empty part"),
                "." => return refuse("has the part `.`"),
                _ if part.len() > 255 => return refuse("a part is longer than 255 bytes"),
                _ if part.split('\\').any(|piece| piece == "..") => {
                    return refuse("`..` leads out of its folder");
                }
                _ => {}
            }
        }
        Ok(Self(path.to_owned()))
    }

    /// A path as a manifest line spells it: `%0A`, `%0D` and `%25` stand for line feed, carriage return and percent
    /// (RFC 8493 §2.1.3). A leading `./`, which older tools write, is passed over.
    pub fn of_manifest(text: &str) -> Result<Self, PathError> {
        let text = text.strip_prefix("./").unwrap_or(text);
        let mut path = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((plain, after)) = rest.split_once('%') {
            path.push_str(plain);
            let code = after.get(..2).map(str::to_ascii_uppercase);
            let (c, skip) = match code.as_deref() {
                Some("0A") => ('\n', 2),
                Some("0D") => ('\r', 2),
                Some("25") => ('%', 2),
                // Before version 1.0 nothing was encoded; a percent sign is itself then.
                _ => ('%', 0),
            };
            path.push(c);
            rest = after.get(skip..).unwrap_or_default();
        }
        path.push_str(rest);
        Self::new(&path)
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a manifest line spells it.
    pub(crate) fn to_manifest(&self) -> String {
        self.0
            .replace('%', "%25")
            .replace('\n', "%0A")
            .replace('\r', "%0D")
    }

    /// Whether it is payload.
    pub(crate) fn is_payload(&self) -> bool {
        self.0.starts_with("data/")
    }

    /// As a path of this system, relative.
    pub fn to_path(&self) -> PathBuf {
        self.0.split('/').collect()
    }
}

impl fmt::Display for BagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
