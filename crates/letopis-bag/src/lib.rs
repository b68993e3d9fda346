//! Bags: a folder of files with manifests of their digests, as RFC 8493 (BagIt 1.0) defines it. Archives and libraries
//! have exchanged files in this form since 2008, and tools that check it are everywhere.
//!
//! [`BagWriter`] makes one, [`Bag::check`] reads one that a stranger made: every path is theirs, so none is followed
//! out of the bag, no link is followed at all, and nothing is fetched.
//!
//! Deliberately absent: what the files mean, compression, the network.

mod check;
mod digest;
pub mod medium;
mod path;
mod write;

#[cfg(test)]
mod tests;

pub use check::{Bag, BagError, Problem};
pub use digest::Algorithm;
pub use medium::{Disk, Medium};
pub use path::{BagPath, PathError};
pub use write::{BagWriter, PayloadFile};

/// What a bag that is written here says in its first file.
pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
