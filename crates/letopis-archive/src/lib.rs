//! The writing joiner: takes logs in, checks an archive against its originals, builds derived files again.
//!
//! It knows several rooms and none of them knows it: intake reads, table and search encode, vault keeps.
//! Deliberately absent: the command line, printing, SQL. Start with [`ingest()`].

mod attribution;
mod claims;
mod derive;
mod lanes;
mod month;
mod rederive;
mod replay;
mod sink;
mod store;

pub mod error;
pub mod hashes;
pub mod ingest;
pub mod known;
pub mod manifest;
pub mod name;
pub mod rebuild;
pub mod register;
pub mod sources;
pub mod verify;
pub mod walk;

pub use error::{ArchiveError, Result};
pub use hashes::HashList;
pub use ingest::{IngestOptions, IngestOutcome, IngestProgress, ingest};
pub use known::manifests;
pub use manifest::{Acquisition, FileRecord, FileStatus, Manifest};
pub use name::Name;
pub use rebuild::{RebuildOutcome, rebuild};
pub use sources::{Register, Source, SourceError};
pub use verify::{CheckOptions, CheckOutcome, check};
