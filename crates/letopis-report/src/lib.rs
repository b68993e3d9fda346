//! Reports for people: a page of plain data in, HTML, CSV and XLSX out; the same page gives the same bytes.
//!
//! Every text comes from a message catalogue (`messages/*.ftl`); values from logs are escaped wherever they go.
//! Deliberately absent: Arrow, engines, files (writers are handed in) and the clock. Start with [`Page`], then
//! [`html`].

#[cfg(test)]
mod alphabet;
mod bundle;
mod csv;
mod html;
mod hyphens;
mod picture;
mod printable;
mod qr;
mod xlsx;

pub mod catalogue;
pub mod page;

pub use bundle::bundle_readme;
pub use catalogue::{Catalogue, Language, UnknownLanguage};
pub use csv::csv;
pub use html::html;
pub use page::{Bar, Cell, Head, Mark, Message, Page, Section, Series, Table};
pub use printable::printable;
pub use xlsx::{XlsxError, form, xlsx};
