//! The answering joiner: opens archives on record and reconstructs from them.
//!
//! Every answer begins with [`Reading::open`], which writes the access intent before anything is decoded, and ends
//! with [`Reading::end`]. Deliberately absent: taking logs in, writing objects, the command line, printing.
//! Start with [`reading`], then [`search`], [`show`](mod@show), [`export`].

mod companions;
mod finding;
mod originals;
mod segments;

pub mod error;
pub mod export;
pub mod reading;
pub mod rows;
pub mod search;
pub mod show;

pub use error::{ReconstructError, Result};
pub use export::export_events;
pub use reading::{OpenOptions, Reader, Reading};
pub use rows::EventLines;
pub use search::SearchRequest;
pub use show::{Shown, show};

pub use letopis_query as query;
