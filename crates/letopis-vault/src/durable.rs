//! The one home of durable writes.
//!
//! One file that must be there or not, never in between ([`replace`]):
//!
//! ```text
//! openat(tmp/HEX, O_CREAT|O_EXCL, 0600) ; write ; fsync(tmp/HEX) ; close
//! renameat(tmp/HEX, FILE)               ; fsync(directory of FILE)
//! ```
//!
//! Many files of one commit: each is written and renamed without syncing ([`NewFile`]), since nothing relies on them
//! before the ledger names them; then one [`barrier`], then the line:
//!
//! ```text
//! openat(tmp/HEX, O_CREAT|O_EXCL, 0600) ; write ; close ; renameat(tmp/HEX, FILE)     for each file
//! syncfs(archive)                                                                     Linux, more than 16 files
//!   or  fsync(FILE) for each file ; fsync(DIRECTORY) for each directory, innermost first
//! openat(tmp/HEX, O_CREAT|O_EXCL) ; write ; fsync ; close ; renameat(tmp/HEX, ledger/head.next)
//! write(ledger/entries.jsonl at its end) ; fsync
//! renameat(ledger/head.next, ledger/head) ; fsync(ledger)
//! ```
//!
//! `syncfs` waits for everything written to that file system, by anyone; with a hundred thousand small files it is
//! still far cheaper than two `fsync` each. It reports write-back errors since the archive's directory was opened
//! (Linux 5.8 and later), which happens before the first write. A directory that a file was renamed out of (`tmp/`)
//! is not synced: a name that comes back there is refuse.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use crate::Result;
use crate::backend::{Backend, WriteFile, io_error};
use crate::digest::ShortId;
use crate::layout::{Directory, File};

/// More files than this in one barrier are synced by one call for the whole file system, where there is such a call.
const FILES_SYNCED_SINGLY_MAX: usize = 16;

/// A file that is written under a temporary name; dropped without [`NewFile::into_place`] it is removed.
pub(crate) struct NewFile {
    backend: Arc<dyn Backend>,
    temporary: File,
    file: Option<Box<dyn WriteFile>>,
    written: u64,
}

impl NewFile {
    pub(crate) fn create(backend: &Arc<dyn Backend>) -> Result<Self> {
        let temporary = File::Temporary(ShortId::random()?);
        let file = backend
            .create(&temporary)
            .map_err(|error| io_error(temporary, "create", error))?;
        Ok(Self {
            backend: Arc::clone(backend),
            temporary,
            file: Some(file),
            written: 0,
        })
    }

    /// The temporary name it has until it is in its place.
    pub(crate) fn temporary(&self) -> File {
        self.temporary
    }

    /// Bytes written so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Gives the file its name, making the directory it belongs in. Not durable yet.
    pub(crate) fn into_place(mut self, to: &File) -> Result<()> {
        let failed = |action| move |error| io_error(to, action, error);
        if let Some(file) = self.file.take() {
            file.close().map_err(failed("write"))?;
        }
        if let Directory::Shard(_) = to.directory() {
            self.backend
                .make_directory(to.directory())
                .map_err(failed("make the directory of"))?;
        }
        self.backend.rename(&self.temporary, to).map_err(failed("name"))?;
        self.temporary = *to;
        Ok(())
    }

    /// Syncs the content, then gives the file its name. The directory is left to the caller.
    fn into_place_synced(mut self, to: &File) -> Result<()> {
        let failed = |error| io_error(to, "sync", error);
        if let Some(file) = self.file.take() {
            file.close().map_err(failed)?;
        }
        self.backend.sync_file(&self.temporary).map_err(failed)?;
        self.into_place(to)
    }

    /// Puts the file in the place of another in one step; durable when it returns.
    pub(crate) fn replace(self, to: &File) -> Result<()> {
        let backend = Arc::clone(&self.backend);
        self.into_place_synced(to)?;
        sync_directory(backend.as_ref(), to.directory())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let taken = file.write(bytes)?;
        self.written += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        self.file = None;
        if let File::Temporary(_) = self.temporary {
            // What stays is refuse, which the next writer sweeps.
            let _ = self.backend.remove(&self.temporary);
        }
    }
}

impl std::fmt::Debug for NewFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewFile({}, {} bytes)", self.temporary, self.written)
    }
}

/// Writes a small file under its name. Not durable before a [`barrier`] over it.
pub(crate) fn place(backend: &Arc<dyn Backend>, to: &File, bytes: &[u8]) -> Result<()> {
    let mut file = NewFile::create(backend)?;
    file.write_all(bytes)
        .map_err(|error| io_error(to, "write", error))?;
    file.into_place(to)
}

/// Writes or replaces a small file in one step; durable when it returns.
pub(crate) fn replace(backend: &Arc<dyn Backend>, to: &File, bytes: &[u8]) -> Result<()> {
    let mut file = NewFile::create(backend)?;
    file.write_all(bytes)
        .map_err(|error| io_error(to, "write", error))?;
    file.replace(to)
}

/// Writes a small file whose content, once it is found under its name, is on the medium; the name may not be.
pub(crate) fn prepare(backend: &Arc<dyn Backend>, to: &File, bytes: &[u8]) -> Result<()> {
    let mut file = NewFile::create(backend)?;
    file.write_all(bytes)
        .map_err(|error| io_error(to, "write", error))?;
    file.into_place_synced(to)
}

/// Puts files that were placed, and their names, on the medium.
pub(crate) fn barrier(backend: &dyn Backend, files: &[File]) -> Result<()> {
    if files.len() > FILES_SYNCED_SINGLY_MAX
        && backend
            .sync_everything()
            .map_err(|error| io_error(Directory::Root, "sync", error))?
    {
        return Ok(());
    }
    let mut directories = BTreeSet::new();
    for file in files {
        backend
            .sync_file(file)
            .map_err(|error| io_error(file, "sync", error))?;
        directories.insert(file.directory());
        if let Directory::Shard(_) = file.directory() {
            directories.insert(Directory::Objects);
        }
    }
    // Shards before the directory that names them.
    for directory in directories.iter().rev() {
        sync_directory(backend, *directory)?;
    }
    Ok(())
}

/// Puts the names in a directory on the medium.
pub(crate) fn sync_directory(backend: &dyn Backend, directory: Directory) -> Result<()> {
    backend
        .sync_directory(directory)
        .map_err(|error| io_error(directory, "sync", error))
}

/// Appends to a file at its known end; durable when it returns.
pub(crate) fn append(backend: &dyn Backend, file: &File, offset: u64, bytes: &[u8]) -> Result<()> {
    backend
        .append(file, offset, bytes)
        .map_err(|error| io_error(file, "append to", error))?;
    backend
        .sync_file(file)
        .map_err(|error| io_error(file, "sync", error))
}

/// Cuts a file; durable when it returns.
pub(crate) fn cut(backend: &dyn Backend, file: &File, length: u64) -> Result<()> {
    backend
        .truncate(file, length)
        .map_err(|error| io_error(file, "cut", error))?;
    backend
        .sync_file(file)
        .map_err(|error| io_error(file, "sync", error))
}

/// Gives a synced file a new name; durable when it returns. Both names lie in one directory.
pub(crate) fn rename(backend: &dyn Backend, from: &File, to: &File) -> Result<()> {
    backend
        .rename(from, to)
        .map_err(|error| io_error(to, "name", error))?;
    sync_directory(backend, to.directory())
}

/// Removes a file that may be gone already.
pub(crate) fn remove(backend: &dyn Backend, file: &File) -> Result<()> {
    match backend.remove(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(|error| io_error(file, "remove", error)),
    }
}

/// Puts the content of a file on the medium.
pub(crate) fn sync(backend: &dyn Backend, file: &File) -> Result<()> {
    backend
        .sync_file(file)
        .map_err(|error| io_error(file, "sync", error))
}

/// Makes the directories that a copy of an archive may lack because they were empty.
pub(crate) fn make_missing(backend: &dyn Backend, directories: &[Directory]) -> Result<()> {
    let failed = |directory| move |error| io_error(directory, "look into", error);
    let mut missing = Vec::new();
    for directory in directories {
        if backend
            .stat(&directory.path())
            .map_err(failed(*directory))?
            .is_none()
        {
            missing.push(*directory);
        }
    }
    match missing.is_empty() {
        true => Ok(()),
        false => make_directories(backend, &missing),
    }
}

/// Makes directories, parents first, and puts their names on the medium.
pub(crate) fn make_directories(backend: &dyn Backend, directories: &[Directory]) -> Result<()> {
    for directory in directories {
        backend
            .make_directory(*directory)
            .map_err(|error| io_error(directory, "make", error))?;
    }
    for directory in directories.iter().rev() {
        sync_directory(backend, *directory)?;
    }
    Ok(())
}
