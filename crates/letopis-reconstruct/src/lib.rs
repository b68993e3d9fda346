//! The answering joiner: opens archives on record and reconstructs from them.
//!
//! Every answer begins with [`Reading::open`], which writes the access intent before anything is decoded, and ends
//! with [`Reading::end`]. Deliberately absent: taking logs in, writing objects, the command line, printing.
//! Start with [`reading`], then [`search`], [`timeline`](mod@timeline), [`access`], [`statistics`].

mod companions;
mod finding;
mod originals;
mod segments;

pub mod access;
pub mod bundle;
pub mod comply;
pub mod coverage;
pub mod error;
pub mod expiry;
pub mod export;
pub mod forecast;
pub mod health;
pub mod incidents;
pub mod inquiry;
pub mod moment;
pub mod notes;
pub mod reading;
pub mod removed;
pub mod retention;
pub mod rhythm;
pub mod rows;
pub mod search;
pub mod show;
pub mod statistics;
pub mod timeline;

pub use access::{AccessReport, AccessRequest, access_report};
pub use bundle::{BundleOutcome, BundleRequest, BundledObject, export_bundle, export_bundle_on};
pub use comply::{
    Compliance, ComplyRequest, Drift, Reviews, Sufficiency, SufficiencyRequest, comply, drift, reviews,
    sufficiency,
};
pub use coverage::{CoverageReport, CoverageRequest, SourceCoverage, coverage};
pub use error::{ReconstructError, Result};
pub use export::export_events;
pub use forecast::{Forecast, SourceForecast, forecast};
pub use health::{HealthRequest, Trouble, health};
pub use reading::{OpenOptions, Reader, Reading};
pub use retention::{RetentionProof, RetentionRequest, SourceHeld, retention_proof};
pub use rows::EventLines;
pub use search::SearchRequest;
pub use show::{Shown, show};
pub use statistics::quarter_statistics;
pub use timeline::{Timeline, TimelineRequest, timeline};

pub use letopis_case as case;
pub use letopis_query as query;
pub use letopis_retention as kept;
pub use letopis_stats as stats;
pub use letopis_table as table;
