//! Reading keys of a TOML table with errors that name file, key, what was expected and what stands there.

use super::UserFormatError;
use crate::formats::scan::Cut as _;

/// A table and where it stands.
#[derive(Clone)]
pub(super) struct Keys<'t> {
    pub(super) file: &'t str,
    /// `record`, `kind[2]`; empty for the root.
    path: String,
    table: &'t toml::Table,
}

type Result<T> = std::result::Result<T, UserFormatError>;

impl<'t> Keys<'t> {
    pub(super) fn root(file: &'t str, table: &'t toml::Table) -> Self {
        Self {
            file,
            path: String::new(),
            table,
        }
    }

    /// The key's full name.
    fn place(&self, key: &str) -> String {
        match (self.path.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{key}", self.path),
        }
    }

    pub(super) fn error(
        &self,
        key: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> UserFormatError {
        UserFormatError {
            file: self.file.to_owned(),
            key: self.place(key),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// Refuses keys that have no meaning: a key with a typing error must not be passed over.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        match self.table.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.error(key, format!("one of {}", known.join(", ")), "a key of no meaning")),
            None => Ok(()),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'t str>> {
        match self.table.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.error(key, "a text in quotes", shown(other))),
        }
    }

    pub(super) fn needed(&self, key: &str, expected: &str) -> Result<&'t str> {
        match self.text(key)? {
            Some(text) if !text.trimmed().is_empty() => Ok(text),
            Some(_) => Err(self.error(key, expected, "an empty text")),
            None => Err(self.error(key, expected, "nothing")),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool> {
        match self.table.get(key) {
            None => Ok(false),
            Some(toml::Value::Boolean(yes)) => Ok(*yes),
            Some(other) => Err(self.error(key, "true or false", shown(other))),
        }
    }

    pub(super) fn number(&self, key: &str, from: i64, to: i64) -> Result<Option<i64>> {
        match self.table.get(key) {
            None => Ok(None),
            Some(toml::Value::Integer(number)) if (from..=to).contains(number) => Ok(Some(*number)),
            Some(other) => Err(self.error(key, format!("a number from {from} to {to}"), shown(other))),
        }
    }

    /// One text or a list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<&'t str>> {
        let expected = "a text in quotes, or a list of such texts";
        match self.table.get(key) {
            None => Ok(Vec::new()),
            Some(toml::Value::String(text)) => Ok(vec![text]),
            Some(toml::Value::Array(items)) if !items.is_empty() => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .ok_or_else(|| self.error(key, expected, shown(item)))
                })
                .collect(),
            Some(other) => Err(self.error(key, expected, shown(other))),
        }
    }

    /// A table inside; an empty one where it is absent is `None`.
    pub(super) fn table(&self, key: &str) -> Result<Option<Keys<'t>>> {
        match self.table.get(key) {
            None => Ok(None),
            Some(toml::Value::Table(table)) => Ok(Some(self.inside(self.place(key), table))),
            Some(other) => Err(self.error(key, "a table", shown(other))),
        }
    }

    /// An array of tables (`[[key]]`).
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Keys<'t>>> {
        let Some(value) = self.table.get(key) else {
            return Ok(Vec::new());
        };
        let items = value
            .as_array()
            .ok_or_else(|| self.error(key, "a list of tables", shown(value)))?;
        let each = |(at, item): (usize, &'t toml::Value)| match item {
            toml::Value::Table(table) => Ok(self.inside(format!("{}[{}]", self.place(key), at + 1), table)),
            other => Err(self.error(key, "a list of tables", shown(other))),
        };
        items.iter().enumerate().map(each).collect()
    }

    fn inside(&self, path: String, table: &'t toml::Table) -> Keys<'t> {
        Keys {
            file: self.file,
            path,
            table,
        }
    }

    /// Every entry as two texts.
    pub(super) fn pairs(&self) -> Result<Vec<(&'t str, &'t str)>> {
        let each = |(key, value): (&'t String, &'t toml::Value)| match value {
            toml::Value::String(text) => Ok((key.as_str(), text.as_str())),
            other => Err(self.error(key, "a text in quotes", shown(other))),
        };
        self.table.iter().map(each).collect()
    }
}

/// A value in a few words.
fn shown(value: &toml::Value) -> String {
    let text = value.to_string();
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{} ({short})", value.type_str())
}
