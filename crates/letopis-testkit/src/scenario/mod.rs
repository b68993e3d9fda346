//! Seven months of a district administration (районный акимат), with one incident, and the truth about it.
//!
//! Everything is invented: people, hosts, addresses (RFC 1918 inside, RFC 5737 and RFC 3849 outside).

pub mod truth;

use std::io;
use std::path::Path;

use truth::Truth;

/// The seed of the committed samples.
pub const COMMITTED_SEED: u64 = 20_260_101;

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Seed of everything random.
    pub seed: u64,
    /// How much daily work: 1 is the committed sample (about 20 MB of text); the incident and the decoys stay the same.
    pub scale: u32,
    /// Folder to write into; made when absent. Gets `logs/`, `redelivered/`, `truth.json` and `sources.csv`.
    pub out: &'a Path,
}

/// Writes the scenario and gives back what `truth.json` says.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(options: &Options<'_>) -> io::Result<Truth> {
    let _ = options;
    todo!()
}
