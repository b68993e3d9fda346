//! Digests of what is read, and of its beginnings: for telling known and grown files.

use std::io::{self, Read};

use letopis_vault::Sha256 as Sha256Digest;
use sha2::{Digest as _, Sha256};

use super::{BLOCK_BYTES, Failure};
use crate::known::KnownFile;

/// Digests of a file, and of its beginning at the lengths of earlier files.
pub(super) struct Digests {
    pub sha256: String,
    pub blake3: String,
    prefixes: Vec<(u64, String)>,
    runs: Vec<Run>,
}

/// The bytes of what is left of an earlier file.
struct Run {
    from: u64,
    to: u64,
    sha256: Sha256,
}

impl Digests {
    pub fn of(
        file: &mut impl Read,
        size: u64,
        relatives: &[&KnownFile],
        progress: &dyn Fn(u64),
    ) -> Result<Self, Failure> {
        let parts = relatives.iter().filter(|r| r.from > 0 && r.bytes <= size);
        let mut runs: Vec<Run> = parts
            .map(|r| Run {
                from: r.from,
                to: r.bytes,
                sha256: Sha256::new(),
            })
            .collect();
        let mut stops: Vec<u64> = relatives.iter().map(|r| r.bytes).filter(|b| *b < size).collect();
        stops.extend(runs.iter().map(|run| run.from).filter(|from| *from < size));
        stops.sort_unstable();
        stops.dedup();
        stops.push(size);
        let (mut sha256, mut blake3) = (Sha256::new(), blake3::Hasher::new());
        let mut prefixes = Vec::new();
        let mut block = vec![0; BLOCK_BYTES];
        let mut position = 0;
        for stop in stops {
            while position < stop {
                let most = (block.len() as u64).min(stop - position) as usize;
                let read = file.read(&mut block[..most]).map_err(Failure::Input)?;
                if read == 0 {
                    let text = format!("ends at byte {position} of {size}: it was cut while it was read");
                    return Err(Failure::Input(io::Error::new(io::ErrorKind::UnexpectedEof, text)));
                }
                sha256.update(&block[..read]);
                blake3.update(&block[..read]);
                for run in runs
                    .iter_mut()
                    .filter(|run| (run.from..run.to).contains(&position))
                {
                    run.sha256.update(&block[..read]);
                }
                progress(read as u64);
                position += read as u64;
            }
            if stop < size {
                prefixes.push((stop, Sha256Digest(sha256.clone().finalize().into()).to_string()));
            }
        }
        Ok(Self {
            sha256: Sha256Digest(sha256.finalize().into()).to_string(),
            blake3: blake3.finalize().to_hex().to_string(),
            prefixes,
            runs,
        })
    }

    /// The digest of a run of bytes from where the file stands.
    pub fn of_run(file: &mut impl Read, length: u64) -> io::Result<String> {
        let mut sha256 = Sha256::new();
        let mut block = vec![0; BLOCK_BYTES];
        let mut left = length;
        while left > 0 {
            let most = (block.len() as u64).min(left) as usize;
            file.read_exact(&mut block[..most])?;
            sha256.update(&block[..most]);
            left -= most as u64;
        }
        Ok(Sha256Digest(sha256.finalize().into()).to_string())
    }

    /// Whether the file begins with an earlier one: with all its bytes, or, where parts of that one were removed, with what
    /// is left of them at the same place.
    pub fn begins_with(&self, earlier: &KnownFile) -> bool {
        if earlier.from > 0 {
            let mut runs = self.runs.iter();
            return runs.any(|run| {
                let same_place = (run.from, run.to) == (earlier.from, earlier.bytes);
                same_place && Sha256Digest(run.sha256.clone().finalize().into()).to_string() == earlier.sha256
            });
        }
        self.prefixes
            .iter()
            .any(|(length, sha256)| *length == earlier.bytes && *sha256 == earlier.sha256)
    }
}
