//! The writing joiner: takes logs in, checks an archive against its originals, builds derived files again.
//!
//! It knows several rooms and none of them knows it: intake reads, table and search encode, vault keeps.
//! Deliberately absent: the command line, printing, SQL. Start with [`ingest()`].

mod attribution;
mod claims;
mod compact;
mod derive;
mod descriptions;
mod lanes;
mod month;
mod objects;
mod rederive;
mod repeats;
mod replay;
mod sink;
mod store;
mod supersede;
#[cfg(test)]
mod tests;
mod texts;

pub mod conform;
pub mod error;
pub mod hashes;
pub mod holds;
pub mod import;
pub mod ingest;
pub mod inspect;
pub mod known;
pub mod manifest;
pub mod name;
pub mod notes;
pub mod rebuild;
pub mod register;
pub mod removal;
pub mod scrub;
pub mod sources;
pub mod verify;
pub mod walk;

pub use compact::{CompactOptions, Compaction, Planned, compact, planned};
pub use descriptions::{Described, Description};
pub use error::{ArchiveError, Result};
pub use hashes::HashList;
pub use import::import;
pub use ingest::{IngestOptions, IngestOutcome, IngestProgress, ingest};
pub use inspect::{FirstEvent, Inspection, inspect};
pub use known::manifests;
pub use manifest::{Acquisition, FileRecord, FileStatus, Manifest, ObjectRecord, ParsedRecord};
pub use name::Name;
pub use rebuild::{RebuildOutcome, rebuild};
pub use scrub::Scrub;
pub use sources::{Register, Source, SourceError};
pub use verify::{CheckOptions, CheckOutcome, Found, check};

pub use letopis_case as case;
pub use letopis_intake as intake;
pub use letopis_retention as retention;
pub use letopis_vault as vault;

/// Whether a failure of the intake is one that the person at the keyboard can mend by typing something else.
pub fn is_usage(error: &letopis_intake::IntakeError) -> bool {
    use letopis_intake::IntakeError;
    matches!(
        error,
        IntakeError::UnknownFormat(_)
            | IntakeError::UnknownEncoding(_)
            | IntakeError::Mapping(_)
            | IntakeError::UserFormat(_)
    )
}
