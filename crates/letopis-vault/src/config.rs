//! `letopis.toml`: what an archive is told once (FORMAT.md, "letopis.toml").

use letopis_seal::entry::Entry as Line;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The archive format that this program writes and reads.
pub const FORMAT_VERSION: i64 = 1;

/// Configuration of an archive, bound to the ledger by `create` and `config` entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Archive format version; 1.
    pub format: i64,
    /// Random name of the archive: 32 lower-case hex digits. Filled by [`crate::VaultWriter::create`].
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Person or office that answers for it.
    pub custodian: String,
    /// Where it is kept (country, place), for the rules on territory.
    pub territory: String,
    /// Time zone of quarters, days and unmarked clocks: a tz database name or an offset.
    pub time_zone: String,
    /// Months that records are kept at least.
    pub retention_months: u32,
    /// Whether reading needs a stated purpose.
    pub require_purpose: bool,
    /// Second copies that must hold an object before it may be removed; 0 demands none and is not written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub second_copies: u32,
    /// Countries in which second copies may lie (ISO 3166-1, two letters; `EU` is any member state); empty says nothing
    /// and is not written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy_countries: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Read before anything else, so that a later version is refused by its number and not by its fields.
#[derive(Deserialize)]
struct Version {
    format: i64,
}

impl Config {
    /// A configuration with the defaults: UTC, six months, no purpose required.
    pub fn new(name: &str) -> Self {
        Self {
            format: FORMAT_VERSION,
            id: String::new(),
            name: name.to_owned(),
            custodian: String::new(),
            territory: String::new(),
            time_zone: "UTC".to_owned(),
            retention_months: 6,
            require_purpose: false,
            second_copies: 0,
            copy_countries: Vec::new(),
        }
    }

    /// Reads the text of `letopis.toml`. `place` is for messages.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let damaged = |error: toml::de::Error| Error::Damaged {
            path: "letopis.toml".to_owned(),
            offset: error.span().map(|span| span.start as u64),
            expected: "the configuration of an archive".to_owned(),
            found: error.message().to_owned(),
        };
        let Version { format } = toml::from_str(text).map_err(damaged)?;
        if format != FORMAT_VERSION {
            return Err(Error::UnknownVersion {
                place: place.to_owned(),
                found: format,
                known: FORMAT_VERSION,
            });
        }
        toml::from_str(text).map_err(damaged)
    }

    /// The text of `letopis.toml`.
    pub fn to_text(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| Error::Entry(format!("configuration: {error}")))
    }

    /// Origin of the archive's checkpoints.
    pub fn origin(&self) -> String {
        format!("letopis.archive/{}", self.id)
    }
}

/// The archive's origin as line 0 of its ledger states it.
pub(crate) fn origin_of(line: &Line) -> Option<String> {
    line.text("archive")
        .ok()
        .map(|id| format!("letopis.archive/{id}"))
}
