//! The digests that manifests are made of.

use std::fmt;
use std::io::{self, Read};

/// A digest that a manifest may use. BLAKE3 is not named by RFC 8493, which allows any algorithm; every tool passes
/// over manifests that it does not know as long as it knows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5: found in old bags. It shows a damaged medium, and nothing against a forger.
    Md5,
    /// SHA-1: as MD5.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// BLAKE3.
    Blake3,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512, Self::Blake3];

    /// The name in a manifest's file name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Blake3 => "blake3",
        }
    }

    /// The algorithm of that name; RFC 8493 §2.1.3 normalises names to lower case letters and digits.
    pub fn of_name(name: &str) -> Option<Self> {
        let normal: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == normal)
    }

    /// Whether finding another text of the same digest is out of reach today.
    pub const fn resists_forgery(self) -> bool {
        !matches!(self, Self::Md5 | Self::Sha1)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Several digests over the same bytes.
pub(crate) struct Hashers(Vec<(Algorithm, Hasher)>);

enum Hasher {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha512(Box<sha2::Sha512>),
    Blake3(Box<blake3::Hasher>),
}

impl Hashers {
    pub(crate) fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        let hasher = |algorithm| match algorithm {
            Algorithm::Md5 => Hasher::Md5(md5::Md5::default()),
            Algorithm::Sha1 => Hasher::Sha1(sha1::Sha1::default()),
            Algorithm::Sha256 => Hasher::Sha256(sha2::Sha256::default()),
            Algorithm::Sha512 => Hasher::Sha512(Box::default()),
            Algorithm::Blake3 => Hasher::Blake3(Box::default()),
        };
        Self(
            algorithms
                .into_iter()
                .map(|algorithm| (algorithm, hasher(algorithm)))
                .collect(),
        )
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        use sha2::Digest;
        for (_, hasher) in &mut self.0 {
            match hasher {
                Hasher::Md5(hasher) => hasher.update(bytes),
                Hasher::Sha1(hasher) => hasher.update(bytes),
                Hasher::Sha256(hasher) => hasher.update(bytes),
                Hasher::Sha512(hasher) => hasher.update(bytes),
                Hasher::Blake3(hasher) => drop(hasher.update(bytes)),
            }
        }
    }

    /// The digests in lower case hexadecimal, in the order asked for.
    pub(crate) fn finish(self) -> Vec<(Algorithm, String)> {
        use sha2::Digest;
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let digest = |hasher| match hasher {
            Hasher::Md5(hasher) => hex(&hasher.finalize()),
            Hasher::Sha1(hasher) => hex(&hasher.finalize()),
            Hasher::Sha256(hasher) => hex(&hasher.finalize()),
            Hasher::Sha512(hasher) => hex(&hasher.finalize()),
            Hasher::Blake3(hasher) => hasher.finalize().to_hex().to_string(),
        };
        self.0
            .into_iter()
            .map(|(algorithm, hasher)| (algorithm, digest(hasher)))
            .collect()
    }

    /// Length and digests of everything that `from` gives.
    pub(crate) fn read(mut self, mut from: impl Read) -> io::Result<(u64, Vec<(Algorithm, String)>)> {
        let (mut length, mut buffer) = (0, vec![0; 1 << 16]);
        loop {
            match from.read(&mut buffer) {
                Ok(0) => return Ok((length, self.finish())),
                Ok(count) => {
                    self.update(&buffer[..count]);
                    length += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
