//! Logs of any size for benches: mixed formats, realistic entropy, words planted by count.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Folder to write into; made when absent.
    pub out: &'a Path,
    /// Bytes to write, all files together; each ends with a whole line, so a little less comes out.
    pub bytes: u64,
    /// Seed.
    pub seed: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// Seed.
    pub seed: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Lines of all files; each is one record.
    pub lines: u64,
    /// The files.
    pub files: Vec<BulkFile>,
    /// Words and the number of lines that hold them, rarest first.
    pub needles: Vec<Needle>,
}

/// One file of a bulk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkFile {
    /// Name in the folder.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
}

/// A planted word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needle {
    /// The word: a whole term, in no other line.
    pub word: String,
    /// Lines that hold it.
    pub lines: u64,
}

/// Writes the files and says what is in them. Streams: memory does not grow with the size.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(options: &Options<'_>) -> io::Result<Bulk> {
    let _ = options;
    todo!()
}
