//! `letopis.toml`.

use serde::{Deserialize, Serialize};

/// What an archive is told once: `letopis.toml`, bound to the ledger by `create` and `config` entries.
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
}

impl Config {
    /// A configuration with the defaults: UTC, six months, no purpose required.
    pub fn new(name: &str) -> Self {
        Self {
            format: 1,
            id: String::new(),
            name: name.to_owned(),
            custodian: String::new(),
            territory: String::new(),
            time_zone: "UTC".to_owned(),
            retention_months: 6,
            require_purpose: false,
        }
    }
}
