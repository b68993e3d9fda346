//! An archive in a directory of a local file system.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::{Backend, Lock, ReadAt, Stat, WriteFile};
use crate::layout::{Directory, File};

/// An archive in a directory of a local file system.
#[derive(Debug)]
pub struct DirectoryBackend {
    root: PathBuf,
    /// Opened before the first write: `syncfs` reports write-back errors since the descriptor was opened.
    handle: OnceLock<fs::File>,
}

impl DirectoryBackend {
    /// The archive at `path`, which need not exist yet.
    #[expect(clippy::new_ret_no_self, reason = "nobody wants it but as a backend")]
    pub fn new(path: &Path) -> Arc<dyn Backend> {
        Arc::new(Self {
            root: path.to_owned(),
            handle: OnceLock::new(),
        })
    }

    fn at(&self, path: &str) -> PathBuf {
        // Joining an empty path would add a separator, which changes what a link means.
        if path.is_empty() {
            self.root.clone()
        } else {
            self.root.join(path)
        }
    }

    fn file(&self, file: &File) -> PathBuf {
        self.at(&file.path())
    }

    fn remember_root(&self) {
        if self.handle.get().is_none()
            && let Ok(handle) = fs::File::open(&self.root)
        {
            let _ = self.handle.set(handle);
        }
    }
}

struct OpenFile {
    file: fs::File,
    length: u64,
}

impl ReadAt for OpenFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, out, offset)
    }
}

struct NewFile(fs::File);

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl WriteFile for NewFile {
    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

/// Holds the descriptor whose end is the lock's end.
struct FileLock {
    _file: fs::File,
}

impl Lock for FileLock {}

fn options() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

impl Backend for DirectoryBackend {
    fn place(&self) -> String {
        self.root.display().to_string()
    }

    fn disk_path(&self, file: &File) -> Option<PathBuf> {
        Some(self.file(file))
    }

    fn stat(&self, path: &str) -> io::Result<Option<Stat>> {
        use std::os::unix::fs::PermissionsExt;
        let found = if path.is_empty() {
            fs::metadata(self.at(path))
        } else {
            fs::symlink_metadata(self.at(path))
        };
        match found {
            Ok(meta) => Ok(Some(Stat {
                length: meta.len(),
                directory: meta.is_dir(),
                open_to_others: meta.permissions().mode() & 0o077 != 0,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, directory: Directory) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.at(&directory.path()))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open(&self, file: &File) -> io::Result<Box<dyn ReadAt>> {
        let file = fs::File::open(self.file(file))?;
        let length = file.metadata()?.len();
        Ok(Box::new(OpenFile { file, length }))
    }

    fn create(&self, file: &File) -> io::Result<Box<dyn WriteFile>> {
        self.remember_root();
        Ok(Box::new(NewFile(
            options().create_new(true).open(self.file(file))?,
        )))
    }

    fn append(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = options()
            .create(offset == 0)
            .truncate(false)
            .open(self.file(file))?;
        std::os::unix::fs::FileExt::write_all_at(&file, bytes, offset)
    }

    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        options().open(self.file(file))?.set_len(length)
    }

    fn rename(&self, from: &File, to: &File) -> io::Result<()> {
        fs::rename(self.file(from), self.file(to))
    }

    fn remove(&self, file: &File) -> io::Result<()> {
        fs::remove_file(self.file(file))
    }

    fn make_directory(&self, directory: Directory) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        let path = self.at(&directory.path());
        match fs::DirBuilder::new()
            .mode(0o700)
            .recursive(directory == Directory::Root)
            .create(&path)
        {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                // The archive's own name stands in a directory that is not ours to sync, so it is done here.
                if let Some(parent) = path.parent().filter(|_| directory == Directory::Root) {
                    let parent = if parent.as_os_str().is_empty() {
                        Path::new(".")
                    } else {
                        parent
                    };
                    fs::File::open(parent)?.sync_all()?;
                }
                Ok(())
            }
        }
    }

    fn sync_file(&self, file: &File) -> io::Result<()> {
        fs::File::open(self.file(file))?.sync_all()
    }

    fn sync_directory(&self, directory: Directory) -> io::Result<()> {
        fs::File::open(self.at(&directory.path()))?.sync_all()
    }

    #[cfg(target_os = "linux")]
    fn sync_everything(&self) -> io::Result<bool> {
        self.remember_root();
        match self.handle.get().map(rustix::fs::syncfs) {
            Some(Ok(())) => Ok(true),
            Some(Err(rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP)) | None => Ok(false),
            Some(Err(error)) => Err(error.into()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn sync_everything(&self) -> io::Result<bool> {
        Ok(false)
    }

    fn lock(&self, file: &File, wait: bool) -> io::Result<Option<Box<dyn Lock>>> {
        let file = options().create(true).truncate(false).open(self.file(file))?;
        if wait {
            file.lock()?;
        } else {
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(Some(Box::new(FileLock { _file: file })))
    }

    fn share_lock(&self, file: &File) -> io::Result<Option<Box<dyn Lock>>> {
        let file = fs::File::open(self.file(file))?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Box::new(FileLock { _file: file }))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}
