//! Field mapping for the generic formats: which field of a JSON, delimited or key=value record fills which column.
//!
//! ```toml
//! month_first = false          # 01/02/2026 is the first of February
//! [fields]
//! "when" = "time"
//! "ctx.login" = "user_name"
//! [fixed]
//! service = "payroll"
//! ```

use std::collections::BTreeMap;

use crate::error::IntakeError;

/// A mapping file: TOML with a table `[fields]` (`"original name" = "column"`) and optional fixed values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Original field name to column name (`time`, `date`, `clock`, `time_end`, `level`, `outcome`, `kind`, a text or
    /// number column of the event table).
    pub fields: BTreeMap<String, String>,
    /// Columns that have the same value in every record.
    pub fixed: BTreeMap<String, String>,
    /// Whether `01/02/2026` is the second of January.
    pub month_first: bool,
    /// The file's text: what must be kept to read the same bytes the same way again.
    pub text: String,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`IntakeError::Mapping`] with the place and what was expected.
    pub fn parse(text: &str) -> Result<Self, IntakeError> {
        let table: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| IntakeError::Mapping(e.to_string().trim_end().to_owned()))?;
        let mut mapping = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("fields", toml::Value::Table(fields)) => mapping.fields = columns(key, fields, false)?,
                ("fixed", toml::Value::Table(fixed)) => mapping.fixed = columns(key, fixed, true)?,
                ("month_first", toml::Value::Boolean(yes)) => mapping.month_first = *yes,
                _ => {
                    return Err(IntakeError::Mapping(format!(
                        "`{key}`: expected the tables [fields] and [fixed] and `month_first = true|false`"
                    )));
                }
            }
        }
        Ok(mapping)
    }
}

/// A table of texts in which one side names columns.
fn columns(
    table: &str,
    entries: &toml::Table,
    key_is_column: bool,
) -> Result<BTreeMap<String, String>, IntakeError> {
    let mut out = BTreeMap::new();
    for (name, value) in entries {
        let Some(value) = value.as_str() else {
            return Err(IntakeError::Mapping(format!(
                "[{table}] `{name}`: expected a text in quotes, found {value}"
            )));
        };
        let column = if key_is_column { name } else { value };
        if !crate::formats::is_mappable(column) {
            return Err(IntakeError::Mapping(format!(
                "[{table}] `{name}`: no column is called `{column}` (expected time, date, clock, time_end, level, \
                 outcome, kind, or a text or number column of the event table)"
            )));
        }
        out.insert(name.clone(), value.to_owned());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_what_is_wrong_in_it() {
        let good =
            Mapping::parse("month_first = true\n[fields]\nwhen = 'time'\n[fixed]\nservice = 'x'\n").unwrap();
        assert!(good.month_first && good.fields["when"] == "time" && good.fixed["service"] == "x");
        for (text, part) in [
            ("[fields]\na = 'no_such'", "no column is called `no_such`"),
            ("[fields]\na = 1", "expected a text in quotes, found 1"),
            ("[other]\na = 'time'", "`other`: expected the tables"),
            ("x", "TOML parse error at line 1"),
        ] {
            let message = Mapping::parse(text).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
