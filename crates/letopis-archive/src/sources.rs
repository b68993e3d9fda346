//! Sources: which system a record comes from, and by which rule that was decided.

use letopis_event::{Category, Zone};
use serde::{Deserialize, Serialize};

/// One line of the source register: `pattern,id,name,category,owner,zone,rhythm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Path pattern below the input (`web*/access.log*`, `**` crosses folders), or `host:NAME`.
    pub pattern: String,
    /// Short id, the value of the `source` column.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// `os, dbms, network, application, protection`, or empty.
    #[serde(default)]
    pub category: String,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// Time zone of its clock, or empty.
    #[serde(default)]
    pub zone: String,
    /// How often it is expected to write, in words or `N/hour`, `N/day`.
    #[serde(default)]
    pub rhythm: String,
}

/// A register that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file is no CSV.
    #[error("sources: line {line}: {problem}")]
    Line {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
}

/// The header of the register; `letopis source template` writes it.
pub const TEMPLATE: &str = "pattern,id,name,category,owner,zone,rhythm\n";

/// A register ready to answer.
#[derive(Debug, Default)]
pub struct Register {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    source: Source,
    rule: Rule,
    category: Option<Category>,
    zone: Option<Zone>,
}

#[derive(Debug)]
enum Rule {
    Host(String),
    Path(globset::GlobMatcher),
}

/// What a register says of a file or a host.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Source id.
    pub id: &'a str,
    /// Category, where the register gives one.
    pub category: Option<Category>,
    /// Zone of the source's clock.
    pub zone: Option<Zone>,
    /// The pattern that matched.
    pub pattern: &'a str,
}

impl Register {
    /// Reads a register from CSV text with a header line. Columns may come in any order; unknown ones are refused.
    ///
    /// # Errors
    /// Names the line and what is wrong with it.
    pub fn from_csv(text: &[u8]) -> Result<Self, SourceError> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
        let problem = |line, problem: String| SourceError::Line { line, problem };
        let header = reader.headers().map_err(|e| problem(1, e.to_string()))?.clone();
        let known: Vec<&str> = TEMPLATE.trim_end().split(',').collect();
        if let Some(unknown) = header.iter().find(|h| !known.contains(h)) {
            return Err(problem(
                1,
                format!(
                    "no column is called `{unknown}`; expected {}",
                    TEMPLATE.trim_end()
                ),
            ));
        }
        let mut sources = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|e| {
                let line = e.position().map_or(0, csv::Position::line);
                problem(line, e.to_string())
            })?;
            let line = row.position().map_or(0, csv::Position::line);
            let source: Source = row
                .deserialize(Some(&header))
                .map_err(|e| problem(line, e.to_string()))?;
            sources.push((line, source));
        }
        Self::build(sources)
    }

    /// A register of sources that were read before.
    ///
    /// # Errors
    /// As [`Register::from_csv`]; the line is the position in the list.
    pub fn from_sources(sources: Vec<Source>) -> Result<Self, SourceError> {
        Self::build((1..).zip(sources).collect())
    }

    fn build(sources: Vec<(u64, Source)>) -> Result<Self, SourceError> {
        let mut entries = Vec::with_capacity(sources.len());
        for (line, source) in sources {
            entries.push(Entry::new(source).map_err(|problem| SourceError::Line { line, problem })?);
        }
        Ok(Self { entries })
    }

    /// The sources in their order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.entries.iter().map(|e| &e.source)
    }

    /// Whether nothing is registered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the first matching path pattern says.
    pub fn for_path(&self, path: &str) -> Option<Answer<'_>> {
        self.entries
            .iter()
            .find(|e| matches!(&e.rule, Rule::Path(glob) if glob.is_match(path)))
            .map(Entry::answer)
    }

    /// What the first matching `host:` pattern says; host names are compared without case.
    pub fn for_host(&self, host: &str) -> Option<Answer<'_>> {
        self.entries
            .iter()
            .find(|e| matches!(&e.rule, Rule::Host(name) if name.eq_ignore_ascii_case(host)))
            .map(Entry::answer)
    }
}

impl Entry {
    fn new(source: Source) -> Result<Self, String> {
        if source.id.is_empty() {
            return Err("the id is empty".to_owned());
        }
        let rule = match source.pattern.strip_prefix("host:") {
            Some(host) if !host.is_empty() => Rule::Host(host.to_owned()),
            Some(_) => return Err("`host:` names no host".to_owned()),
            None => Rule::Path(
                globset::GlobBuilder::new(&source.pattern)
                    .literal_separator(true)
                    .build()
                    .map_err(|e| format!("the pattern `{}`: {}", source.pattern, e.kind()))?
                    .compile_matcher(),
            ),
        };
        let category = match source.category.as_str() {
            "" => None,
            word => Some(Category::parse(word).ok_or_else(|| {
                format!("no category `{word}`; expected os, dbms, network, application or protection")
            })?),
        };
        let zone = match source.zone.as_str() {
            "" => None,
            text => Some(text.parse::<Zone>().map_err(|e| e.to_string())?),
        };
        Ok(Self {
            source,
            rule,
            category,
            zone,
        })
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            id: &self.source.id,
            category: self.category,
            zone: self.zone,
            pattern: &self.source.pattern,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "pattern,id,name,category,owner,zone,rhythm\n\
        web*/access.log*,web,\"Портал, внешний\",application,Отдел ИТ,Asia/Almaty,10/hour\n\
        host:VPN1,vpn,VPN,network,,Europe/Ljubljana,\n\
        **/*.evtx,dc,Domain controller,os,,,\n";

    #[test]
    fn the_first_matching_rule_answers() {
        let register = Register::from_csv(CSV.as_bytes()).unwrap();
        let web = register.for_path("web2/access.log.1.gz").unwrap();
        assert_eq!((web.id, web.category), ("web", Some(Category::Application)));
        assert_eq!(
            register.for_host("vpn1").unwrap().zone,
            Some("Europe/Ljubljana".parse().unwrap())
        );
        assert_eq!(register.for_path("a/b/Security.evtx").unwrap().id, "dc");
        assert!(register.for_path("web/sub/access.log").is_none());
    }

    #[test]
    fn a_bad_line_is_named() {
        let check = |csv: &str, expected: &str| {
            assert_eq!(
                Register::from_csv(csv.as_bytes()).unwrap_err().to_string(),
                expected
            );
        };
        check(
            "pattern,id,zone\na,b,Mars\n",
            "sources: line 2: `Mars` is no time zone: expected a tz database name (Asia/Almaty), UTC, or an offset (+05:00)",
        );
        check(
            "pattern,id,category\na,b,db\n",
            "sources: line 2: no category `db`; expected os, dbms, network, application or protection",
        );
        check(
            "pattern,id,colour\n",
            "sources: line 1: no column is called `colour`; expected pattern,id,name,category,owner,zone,rhythm",
        );
        check("pattern,id\na,\n", "sources: line 2: the id is empty");
    }
}
