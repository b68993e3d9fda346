//! An archive with some files laid over it, to be looked at before they are in place.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::{Backend, Lock, ReadAt, Stat, WriteFile};
use crate::layout::{Directory, File};

/// Reads some files under their temporary names; everything else as it stands. Writes nothing.
#[derive(Debug)]
pub(super) struct Overlay {
    below: Arc<dyn Backend>,
    over: BTreeMap<File, File>,
}

impl Overlay {
    /// `files` with the names under which they lie in the same archive.
    pub(super) fn over(below: &Arc<dyn Backend>, files: impl IntoIterator<Item = (File, File)>) -> Self {
        Self {
            below: Arc::clone(below),
            over: files.into_iter().collect(),
        }
    }

    fn place_of(&self, file: &File) -> File {
        self.over.get(file).copied().unwrap_or(*file)
    }
}

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Backend for Overlay {
    fn place(&self) -> String {
        self.below.place()
    }

    fn disk_path(&self, file: &File) -> Option<PathBuf> {
        self.below.disk_path(&self.place_of(file))
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        match File::parse(path) {
            Some(file) => self.below.stat(&self.place_of(&file).path()),
            None => self.below.stat(path),
        }
    }

    fn list(&self, directory: Directory) -> io::Result<Vec<String>> {
        self.below.list(directory)
    }

    fn open(&self, file: &File) -> io::Result<Box<dyn ReadAt>> {
        self.below.open(&self.place_of(file))
    }

    fn create(&self, _file: &File) -> io::Result<Box<dyn WriteFile>> {
        refused()
    }

    fn append(&self, _file: &File, _offset: u64, _bytes: &[u8]) -> io::Result<()> {
        refused()
    }

    fn truncate(&self, _file: &File, _length: u64) -> io::Result<()> {
        refused()
    }

    fn rename(&self, _from: &File, _to: &File) -> io::Result<()> {
        refused()
    }

    fn remove(&self, _file: &File) -> io::Result<()> {
        refused()
    }

    fn make_directory(&self, _directory: Directory) -> io::Result<()> {
        refused()
    }

    fn sync_file(&self, _file: &File) -> io::Result<()> {
        refused()
    }

    fn sync_directory(&self, _directory: Directory) -> io::Result<()> {
        refused()
    }

    fn sync_everything(&self) -> io::Result<bool> {
        refused()
    }

    fn lock(&self, _file: &File, _wait: bool) -> io::Result<Option<Box<dyn Lock>>> {
        refused()
    }

    fn share_lock(&self, file: &File) -> io::Result<Option<Box<dyn Lock>>> {
        self.below.share_lock(file)
    }
}
