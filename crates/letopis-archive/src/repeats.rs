//! Copies of circular logs: which records of a later copy stand in the archive already.
//!
//! A circular log overwrites its oldest records in place, so two copies share records and no beginning. A record is
//! the same one where all its bytes are equal: they hold its number, its time, the channel and the computer.

use std::collections::HashSet;

use letopis_intake::record_number;
use letopis_vault::{Sha256, Vault};

use crate::error::Result;
use crate::manifest::ParsedRecord;

/// The first half of a BLAKE3: 2^64 records would have to be made to find two that share it.
type Short = [u8; 16];

fn short(record: &[u8]) -> Short {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::hash(record).as_bytes()[..16]);
    short
}

/// The records of earlier copies, and how many of them the later one repeats.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    records: HashSet<Short>,
    numbers: HashSet<u64>,
    repeated: u64,
    contradicted: u64,
}

impl Repeats {
    /// Reads the records of these objects (SHA-256, hex) again; `None` where there are none. An object that was
    /// removed since holds nothing that could be repeated.
    pub fn of(vault: &Vault, objects: &[String]) -> Result<Option<Self>> {
        let mut repeats = Self::default();
        let mut bytes = Vec::new();
        for name in objects {
            let Some(sha256) = Sha256::from_hex(name) else {
                continue;
            };
            let Some(object) = vault.object_by_sha256(&sha256)? else {
                continue;
            };
            let (tree, reader) = (vault.tree(object, 1)?, vault.object_reader(object)?);
            let mut failure = None;
            tree.for_each(0, &mut |span| {
                match reader.read_range(span.offset, span.length, &mut bytes) {
                    Ok(()) => repeats.add(&bytes),
                    Err(error) => failure = Some(error),
                }
                failure.is_none()
            })?;
            if let Some(error) = failure {
                return Err(error.into());
            }
        }
        Ok((!repeats.records.is_empty()).then_some(repeats))
    }

    fn add(&mut self, record: &[u8]) {
        self.records.insert(short(record));
        self.numbers.extend(record_number(record));
    }

    /// Whether an earlier copy holds this record. One that was recovered from free space may be half overwritten, so it
    /// contradicts nothing.
    pub fn is_repeated(&mut self, record: &[u8], is_recovered: bool) -> bool {
        let is_repeated = self.records.contains(&short(record));
        let is_known = || record_number(record).is_some_and(|number| self.numbers.contains(&number));
        if is_repeated {
            self.repeated += 1;
        } else if !is_recovered && is_known() {
            self.contradicted += 1;
        }
        is_repeated
    }

    /// Writes the counts down.
    pub fn settle(&self, parsed: &mut ParsedRecord) {
        parsed.repeated = self.repeated;
        parsed.contradicted = self.contradicted;
    }
}
