//! What a bag is written to: the file system, or one that fails on purpose ([`fault`]).
//!
//! A medium does single operations and promises nothing about their order on the disk beyond what `sync` says.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

pub mod fault;

/// A place where folders and files are made.
pub trait Medium: fmt::Debug {
    /// Makes a folder and those above it; one that is there is left as it is.
    ///
    /// # Errors
    /// What the system said.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a file that must not be there.
    ///
    /// # Errors
    /// What the system said.
    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>>;

    /// Puts the names in a folder on the disk.
    ///
    /// # Errors
    /// What the system said.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the system said.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder with everything in it.
    ///
    /// # Errors
    /// What the system said.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// A new file while it is written.
pub trait MediumFile: Write {
    /// Sets when it was changed last.
    ///
    /// # Errors
    /// What the system said.
    fn set_modified(&mut self, time: SystemTime) -> io::Result<()>;

    /// Puts its content on the disk.
    ///
    /// # Errors
    /// What the system said.
    fn sync(&mut self) -> io::Result<()>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Medium for Disk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        Ok(Box::new(File::create_new(path).map_err(named)?))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}

impl MediumFile for File {
    fn set_modified(&mut self, time: SystemTime) -> io::Result<()> {
        File::set_modified(self, time)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}
