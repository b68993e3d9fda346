//! Named queries: SQL files with a header that declares title, parameters, columns and clauses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use letopis_event::Zone;

mod bind;
mod built_in;
mod header;

/// A named query is missing, or its text or a parameter is wrong.
#[derive(Debug, thiserror::Error)]
pub enum NamedError {
    /// No query of that name.
    #[error("there is no query named `{name}`; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The header is wrong.
    #[error("query `{name}`, line {line}: {message}")]
    Header {
        /// Name of the query.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Expected and found.
        message: String,
    },
    /// A parameter that the query does not declare.
    #[error("query `{name}` has no parameter `{parameter}`; it has: {known}")]
    UnknownParameter {
        /// Name of the query.
        name: String,
        /// The parameter.
        parameter: String,
        /// What it has.
        known: String,
    },
    /// A parameter without a default was not given.
    #[error("query `{name}` needs `{parameter}`: {description}")]
    MissingParameter {
        /// Name of the query.
        name: String,
        /// The parameter.
        parameter: String,
        /// What it is.
        description: String,
    },
    /// A value that is not of the declared type.
    #[error("query `{name}`, parameter `{parameter}`: `{found}` is not {expected}")]
    Value {
        /// Name of the query.
        name: String,
        /// The parameter.
        parameter: String,
        /// What was given.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A folder or file of queries could not be read.
    #[error("{path}: {source}")]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// An instant: RFC 3339, or a date, a month or a local time in the zone of `tz` (else the archive's).
    Timestamp,
    /// A time zone.
    Zone,
    /// A quarter of a year in the zone of `tz`, as `2026Q1`, or `last`: the one that ended before the present.
    /// Beside `$name` it gives the instants `$name_from`, `$name_to` (exclusive) and `$name_before_from`, and
    /// `$name_before`, the quarter before.
    Quarter,
    /// A length of time: `90s`, `30m`, `2h`, `1d`.
    Duration,
}

impl ParameterType {
    /// The word in headers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Timestamp => "timestamp",
            Self::Zone => "zone",
            Self::Quarter => "quarter",
            Self::Duration => "duration",
        }
    }
}

/// A declared parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name, used as `$name` in the SQL.
    pub name: String,
    /// Type.
    pub kind: ParameterType,
    /// Default as written: `none` for no value; `None` when a value must be given.
    pub default: Option<String>,
    /// What it is.
    pub description: String,
}

/// A value of a parameter, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// No value.
    None(ParameterType),
    /// Text, also of zones and quarters.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Microseconds since 1970 UTC.
    Timestamp(i64),
    /// A length of time in seconds.
    Seconds(i64),
}

/// A named query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedQuery {
    /// Name: the file's, without `.sql`.
    pub name: String,
    /// One line.
    pub title: String,
    /// What it shows and what it does not.
    pub description: String,
    /// Parameters, in order.
    pub parameters: Vec<Parameter>,
    /// Columns with their meaning, in order.
    pub columns: Vec<(String, String)>,
    /// Clauses served, as ids of the regulations' digest.
    pub clauses: Vec<String>,
    /// The whole file.
    pub text: String,
    /// Where it was read; `None` for one that came with the program.
    pub path: Option<PathBuf>,
}

/// What stands in for parameters that are not given.
#[derive(Clone, Copy, Debug)]
pub struct BindDefaults {
    /// Zone of the archive.
    pub zone: Zone,
    /// The present, microseconds since 1970 UTC.
    pub now: i64,
}

/// A query with every parameter bound to a typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundQuery {
    /// Name of the query.
    pub name: String,
    /// SQL with `$name` where values stand.
    pub sql: String,
    /// Value of every parameter: what a report prints beside the answer.
    pub values: BTreeMap<String, ParameterValue>,
}

impl NamedQuery {
    /// Reads a query file. Header lines stand at its top, one of
    /// `-- @title TEXT`, `-- @about TEXT`, `-- @param NAME TYPE = DEFAULT: TEXT`, `-- @column NAME: TEXT`,
    /// `-- @clause ID, ID`; a comment line without `@` goes on with the one above.
    pub fn parse(name: &str, text: &str) -> Result<Self, NamedError> {
        header::parse(name, text)
    }

    /// Binds values given as text. Text never becomes SQL: values are put into the parsed statement as literals.
    pub fn bind(
        &self,
        given: &BTreeMap<String, String>,
        defaults: &BindDefaults,
    ) -> Result<BoundQuery, NamedError> {
        bind::bind(self, given, defaults)
    }
}

/// The queries that came with the program and those of a user's folder.
#[derive(Clone, Debug)]
pub struct QueryFolder {
    queries: BTreeMap<String, NamedQuery>,
}

impl QueryFolder {
    /// The queries that came with the program.
    pub fn built_in() -> Result<Self, NamedError> {
        let mut queries = BTreeMap::new();
        for (name, text) in built_in::FILES {
            queries.insert((*name).to_owned(), NamedQuery::parse(name, text)?);
        }
        Ok(Self { queries })
    }

    /// Adds every `*.sql` of a folder; one with the name of another replaces it. A file with a wrong header is an
    /// error, not skipped.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, NamedError> {
        let read = |path: &Path, source| NamedError::Read {
            path: path.to_owned(),
            source,
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|e| read(folder, e))? {
            let path = entry.map_err(|e| read(folder, e))?.path();
            if path.extension().is_some_and(|e| e == "sql") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(|e| read(&path, e))?;
            let Some(name) = path.file_stem().and_then(|s| s.to_str()) else {
                let message = std::io::Error::other("the file name of a query must be UTF-8");
                return Err(read(&path, message));
            };
            let mut query = NamedQuery::parse(name, &text)?;
            query.path = Some(path.clone());
            self.queries.insert(query.name.clone(), query);
        }
        Ok(self)
    }

    /// Every query, by name.
    pub fn list(&self) -> impl Iterator<Item = &NamedQuery> {
        self.queries.values()
    }

    /// The query of that name.
    pub fn find(&self, name: &str) -> Result<&NamedQuery, NamedError> {
        self.queries.get(name).ok_or_else(|| NamedError::Unknown {
            name: name.to_owned(),
            known: self.queries.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests;
