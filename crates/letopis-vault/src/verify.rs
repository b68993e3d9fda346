//! The check of a whole archive. Writes nothing, shows no content, goes on after the first finding.

use std::sync::Arc;

use crate::{Backend, Result, Verification};

/// A checkpoint that someone else holds.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// File name, for findings.
    pub name: String,
    /// The signed note.
    pub text: String,
}

/// What to check beyond the archive itself.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// Held checkpoints.
    pub anchors: Vec<Anchor>,
    /// Threads; 0 = as many as the machine has.
    pub threads: usize,
}

/// Told how far a long operation is. Called from several threads.
pub trait Progress: Sync {
    /// `done` of `total` bytes are checked.
    fn bytes(&self, done: u64, total: u64);
}

impl Progress for () {
    fn bytes(&self, _done: u64, _total: u64) {}
}

/// Checks every byte of an archive. An error means that we could not look at all (no archive, unknown version);
/// everything else is a finding.
pub fn verify(backend: &Arc<dyn Backend>, options: &VerifyOptions, progress: &dyn Progress) -> Result<Verification> {
    let _ = (backend, options, progress);
    todo!()
}
