//! Where an archive lies: a directory, memory, or memory that fails on purpose ([`fault`]).
//!
//! A backend does single operations and promises nothing about their order on the medium beyond what `sync_*` say;
//! the order is the business of [`crate::durable`].

use std::io::{self, Write};
use std::path::PathBuf;

use crate::layout::{Directory, File};
use crate::{Error, Result};

mod directory;
pub mod fault;
mod memory;

pub use directory::DirectoryBackend;
pub use memory::{Loss, MemoryBackend};

/// What is known of a file or directory without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub length: u64,
    /// Whether it is a directory.
    pub directory: bool,
    /// Whether accounts other than the owner may read it.
    pub open_to_others: bool,
}

/// Bytes that can be read at any place, by many threads at once.
pub trait ReadAt: Send + Sync {
    /// Number of bytes when it was opened.
    fn length(&self) -> u64;
    /// Fills `out` from `offset` on.
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

/// A new file while it is written.
pub trait WriteFile: Write + Send {
    /// Ends it. Nothing is on the medium yet.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// A lock that ends when this is dropped or the process dies.
pub trait Lock: Send + Sync {}

/// A place that holds an archive.
pub trait Backend: Send + Sync + std::fmt::Debug {
    /// Where this is, for messages.
    fn place(&self) -> String;

    /// The path on disk, where there is one.
    fn disk_path(&self, file: &File) -> Option<PathBuf>;

    /// What is at a path inside the archive (empty: the archive itself); `None` where nothing is.
    fn stat(&self, path: &str) -> io::Result<Option<Stat>>;

    /// Names in a directory, sorted; bytes that are no UTF-8 are replaced.
    fn list(&self, directory: Directory) -> io::Result<Vec<String>>;

    /// Opens a file to read.
    fn open(&self, file: &File) -> io::Result<Box<dyn ReadAt>>;

    /// Makes a file that must not exist, for the owner only.
    fn create(&self, file: &File) -> io::Result<Box<dyn WriteFile>>;

    /// Writes `bytes` at `offset`, the end of the file, making it when `offset` is 0.
    fn append(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to `length` bytes.
    fn truncate(&self, file: &File, length: u64) -> io::Result<()>;

    /// Gives a file another name, replacing what bears it, in one step.
    fn rename(&self, from: &File, to: &File) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, file: &File) -> io::Result<()>;

    /// Makes a directory for the owner only; one that exists is left as it is.
    fn make_directory(&self, directory: Directory) -> io::Result<()>;

    /// Puts the content of a file on the medium.
    fn sync_file(&self, file: &File) -> io::Result<()>;

    /// Puts the names in a directory on the medium.
    fn sync_directory(&self, directory: Directory) -> io::Result<()>;

    /// Puts everything written so far on the medium, contents and names; `false` where there is no such call.
    fn sync_everything(&self) -> io::Result<bool>;

    /// Takes a lock, waiting for it or not; `None` when another holds it and `wait` is false.
    fn lock(&self, file: &File, wait: bool) -> io::Result<Option<Box<dyn Lock>>>;

    /// Takes a share of a lock without waiting and without making its file; `None` when another holds it alone.
    fn share_lock(&self, file: &File) -> io::Result<Option<Box<dyn Lock>>>;
}

/// Reads a whole file.
pub(crate) fn read(backend: &dyn Backend, file: &File) -> Result<Vec<u8>> {
    read_from(backend, file, 0)
}

/// Reads a file from `offset` to its end; a shorter file gives nothing.
pub(crate) fn read_from(backend: &dyn Backend, file: &File, offset: u64) -> Result<Vec<u8>> {
    let failed = |source| io_error(file, "read", source);
    let reader = backend.open(file).map_err(failed)?;
    let length = usize::try_from(reader.length().saturating_sub(offset));
    let mut bytes = vec![0; length.map_err(|_| failed(io::ErrorKind::FileTooLarge.into()))?];
    reader.read_exact_at(offset, &mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Reads a whole file that may be absent.
pub(crate) fn read_if_there(backend: &dyn Backend, file: &File) -> Result<Option<Vec<u8>>> {
    match read(backend, file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// An input or output error with the file it concerns.
pub(crate) fn io_error(path: impl std::fmt::Display, action: &'static str, source: io::Error) -> Error {
    Error::Io {
        path: path.to_string(),
        action,
        source,
    }
}
