//! Where an archive lies: a directory, or memory for tests.

use std::path::Path;
use std::sync::Arc;

/// A place that holds an archive.
pub trait Backend: Send + Sync + std::fmt::Debug {
    /// Where this is, for messages.
    fn place(&self) -> String;
}

/// An archive in a directory of a local file system.
#[derive(Debug)]
pub struct DirectoryBackend {}

impl DirectoryBackend {
    /// The archive at `path`, which need not exist yet.
    pub fn new(path: &Path) -> Arc<dyn Backend> {
        let _ = path;
        todo!()
    }
}

/// An archive in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryBackend {}

impl MemoryBackend {
    /// An empty place.
    pub fn new() -> Arc<dyn Backend> {
        todo!()
    }
}
