//! The list of digests made at seizure, compared with what arrived.

use std::collections::HashMap;
use std::path::Path;

use crate::error::ArchiveError;
use crate::name::Name;

/// Digests by path, as `sha256sum` or `b3sum` print them.
#[derive(Debug, Default)]
pub struct HashList {
    digests: HashMap<Vec<u8>, String>,
}

impl HashList {
    /// Reads lines `DIGEST  PATH` (also with `*` before the path, as binary mode prints it). Blank lines and lines
    /// that begin with `#` are passed over. `path` is named in errors.
    ///
    /// # Errors
    /// Names the first line that is not of that shape.
    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, ArchiveError> {
        let mut digests = HashMap::new();
        for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let refuse = || ArchiveError::Hashes {
                path: path.to_owned(),
                line: number,
                found: String::from_utf8_lossy(line).chars().take(100).collect(),
            };
            let (digest, rest) = line.split_at_checked(64).ok_or_else(refuse)?;
            let digest = std::str::from_utf8(digest)
                .map_err(|_| refuse())?
                .to_ascii_lowercase();
            if !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(refuse());
            }
            let name = rest
                .strip_prefix(b"  ")
                .or_else(|| rest.strip_prefix(b" *"))
                .ok_or_else(refuse)?;
            let name = name.strip_prefix(b"./").unwrap_or(name);
            digests.insert(name.to_vec(), digest);
        }
        Ok(Self { digests })
    }

    /// What the list says of a file with these digests: `matches`, `differs: expected …`, or `not listed`.
    /// A file is found by its path below the input, or with the input's own name before it.
    pub fn check(&self, relative: &Name, root_name: &str, sha256: &str, blake3: &str) -> String {
        let with_root = [root_name.as_bytes(), b"/", &relative.0].concat();
        match self
            .digests
            .get(&relative.0)
            .or_else(|| self.digests.get(&with_root))
        {
            None => "not listed".to_owned(),
            Some(listed) if listed == sha256 || listed == blake3 => "matches".to_owned(),
            Some(listed) => format!("differs: expected {listed}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_sha256sum_is_read() {
        let (a, b) = ("a".repeat(64), "B".repeat(64));
        let text = format!("# seizure 7\n{a}  ./log/auth.log\r\n{b} *disk/x y\n");
        let list = HashList::read(Path::new("sums"), text.as_bytes()).unwrap();
        assert_eq!(list.check(&Name::from("log/auth.log"), "disk", &a, ""), "matches");
        assert_eq!(
            list.check(&Name::from("x y"), "disk", "", &"b".repeat(64)),
            "matches"
        );
        assert_eq!(
            list.check(&Name::from("x y"), "disk", "0", "1"),
            format!("differs: expected {}", "b".repeat(64))
        );
        assert_eq!(list.check(&Name::from("z"), "disk", "0", "1"), "not listed");
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = HashList::read(Path::new("sums"), b"\nabc  x\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "sums: line 2: expected `DIGEST  PATH` with a SHA-256 or BLAKE3 of 64 hex digits, found `abc  x`"
        );
    }
}
