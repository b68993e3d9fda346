//! Sources: which system a record comes from, and by which rule that was decided.

use std::net::IpAddr;

use letopis_event::{Category, Zone};
use letopis_intake::sheet::{self, SheetError};
use letopis_retention::{Class, Rhythm};
use serde::{Deserialize, Serialize};

/// One line of the source register. Several lines may stand for one source, each with another pattern.
///
/// The columns serve KZ195-A1 (owner, holder, location, responsible person with contact, network addresses), the form of
/// KZ199 (unit, network name, address) and what a proof of retention needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Path pattern below the input (`web*/access.log*`, `**` crosses folders), or `host:NAME`. May be empty where
    /// `hosts` or `addresses` name the source.
    #[serde(default)]
    pub pattern: String,
    /// Short id, the value of the `source` column.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// `os, dbms, network, application, protection`, or empty.
    #[serde(default)]
    pub category: String,
    /// To whom it belongs.
    #[serde(default)]
    pub owner: String,
    /// Time zone of its clock, or empty.
    #[serde(default)]
    pub zone: String,
    /// How often it is expected to write: `hourly, daily, working-days, weekly, monthly, irregular, N/hour, N/day`.
    #[serde(default)]
    pub rhythm: String,
    /// Names under which its machine stands in records, divided by blanks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hosts: String,
    /// Its network addresses, divided by blanks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub addresses: String,
    /// Who holds it, where that is not the owner.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub holder: String,
    /// Department.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub responsible: String,
    /// How that person is reached.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// Where it stands: region, city, building, room.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// What sets its clock.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clock: String,
    /// How much depends on it, in the organisation's own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub criticality: String,
    /// Months for which its logs are kept, where that is more than the archive's floor and no class says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub months: String,
    /// Its retention class, which says the months instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// Contract, order or law that binds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// First day on which it wrote, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub since: String,
    /// Last day on which it wrote, once it is retired.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub until: String,
}

impl Source {
    /// The columns of the register in the order of the template, each with its value.
    pub fn columns(&self) -> [(&'static str, &str); 22] {
        [
            ("pattern", &self.pattern),
            ("id", &self.id),
            ("name", &self.name),
            ("category", &self.category),
            ("owner", &self.owner),
            ("zone", &self.zone),
            ("rhythm", &self.rhythm),
            ("hosts", &self.hosts),
            ("addresses", &self.addresses),
            ("holder", &self.holder),
            ("unit", &self.unit),
            ("responsible", &self.responsible),
            ("contact", &self.contact),
            ("site", &self.site),
            ("country", &self.country),
            ("clock", &self.clock),
            ("criticality", &self.criticality),
            ("months", &self.months),
            ("class", &self.class),
            ("basis", &self.basis),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    /// Sets a column by its name; whether there is one of that name.
    pub fn set(&mut self, column: &str, value: &str) -> bool {
        let field = match column {
            "pattern" => &mut self.pattern,
            "id" => &mut self.id,
            "name" => &mut self.name,
            "category" => &mut self.category,
            "owner" => &mut self.owner,
            "zone" => &mut self.zone,
            "rhythm" => &mut self.rhythm,
            "hosts" => &mut self.hosts,
            "addresses" => &mut self.addresses,
            "holder" => &mut self.holder,
            "unit" => &mut self.unit,
            "responsible" => &mut self.responsible,
            "contact" => &mut self.contact,
            "site" => &mut self.site,
            "country" => &mut self.country,
            "clock" => &mut self.clock,
            "criticality" => &mut self.criticality,
            "months" => &mut self.months,
            "class" => &mut self.class,
            "basis" => &mut self.basis,
            "since" => &mut self.since,
            "until" => &mut self.until,
            _ => return false,
        };
        value.trim().clone_into(field);
        true
    }
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
    /// The file is no workbook that can be read.
    #[error(transparent)]
    Workbook(#[from] SheetError),
    /// A source names a class that it cannot have.
    #[error("source `{source_id}`: class `{class}`: {problem}")]
    Class {
        /// The source.
        source_id: String,
        /// What it names.
        class: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A retention class that cannot be.
    #[error(transparent)]
    Retention(#[from] letopis_retention::ClassError),
    /// A class that is named cannot be retired.
    #[error("class `{class}` cannot be retired: source `{source_id}` names it")]
    InUse {
        /// The class.
        class: String,
        /// The first source that names it.
        source_id: String,
    },
    /// No class of that name.
    #[error("no retention class `{0}`")]
    NoClass(String),
}

/// The header of the register; `letopis source template` writes it.
pub const TEMPLATE: &str = "pattern,id,name,category,owner,zone,rhythm,hosts,addresses,holder,unit,responsible,contact,\
                            site,country,clock,criticality,months,class,basis,since,until\n";

/// A register ready to answer.
#[derive(Debug, Default)]
pub struct Register {
    entries: Vec<Entry>,
    classes: Vec<Class>,
}

#[derive(Debug)]
struct Entry {
    source: Source,
    rule: Rule,
    addresses: Vec<IpAddr>,
    category: Option<Category>,
    zone: Option<Zone>,
}

#[derive(Debug)]
enum Rule {
    Host(String),
    Path(globset::GlobMatcher),
    /// Only `hosts` and `addresses` name the source.
    None,
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
    /// The pattern that matched; the name or address where one of those did.
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
        check_columns(header.iter()).map_err(|e| problem(1, e))?;
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

    /// Reads a register from a workbook (XLSX): the sheet `sources`, else the first. The first row names the columns, in any
    /// order; the numbers of lines are those of the rows.
    ///
    /// # Errors
    /// As [`Register::from_csv`], or when the workbook cannot be read.
    pub fn from_workbook(bytes: &[u8]) -> Result<Self, SourceError> {
        let mut rows = sheet::sheet(bytes, "sources")?.rows.into_iter();
        let problem = |line, problem: String| SourceError::Line { line, problem };
        let header = rows.next();
        let header =
            header.ok_or_else(|| problem(1, "the sheet is empty; expected the columns".to_owned()))?;
        let names: Vec<&str> = header.cells.iter().map(|name| name.trim()).collect();
        let named = || names.iter().copied().filter(|name| !name.is_empty());
        check_columns(named()).map_err(|e| problem(header.number, e))?;
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = named().find(|name| !seen.insert(*name)) {
            return Err(problem(
                header.number,
                format!("the column `{twice}` stands there twice"),
            ));
        }
        if !seen.contains("id") {
            return Err(problem(header.number, "no column is called `id`".to_owned()));
        }
        let mut sources = Vec::new();
        for row in rows {
            let mut source = Source::default();
            for (column, cell) in row.cells.iter().enumerate() {
                let name = names.get(column).copied().unwrap_or_default();
                if !cell.trim().is_empty() && !source.set(name, cell) {
                    let what = format!("`{}` stands in a column without a name", cell.trim());
                    return Err(problem(row.number, what));
                }
            }
            sources.push((row.number, source));
        }
        Self::build(sources)
    }

    /// Reads a register from a file: a workbook where it is one, else CSV.
    ///
    /// # Errors
    /// As [`Register::from_csv`] and [`Register::from_workbook`].
    pub fn from_file(bytes: &[u8]) -> Result<Self, SourceError> {
        match sheet::is_workbook(bytes) {
            true => Self::from_workbook(bytes),
            false => Self::from_csv(bytes),
        }
    }

    /// A register as a person gives it: what contradicts itself is refused.
    ///
    /// # Errors
    /// As [`Register::from_csv`]; the line is the position in the list.
    pub fn checked(sources: Vec<Source>) -> Result<Self, SourceError> {
        Self::build((1..).zip(sources).collect())
    }

    /// A register that is in force already, whatever is thought of it today.
    ///
    /// # Errors
    /// When a pattern, a category or a zone cannot be used; the line is the position in the list.
    pub fn from_sources(sources: Vec<Source>) -> Result<Self, SourceError> {
        let numbered = (1..).zip(sources);
        let entries = numbered
            .map(|(line, source)| Entry::new(source).map_err(|problem| SourceError::Line { line, problem }));
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
            classes: Vec::new(),
        })
    }

    /// The register with these retention classes.
    #[must_use]
    pub fn with_classes(mut self, classes: Vec<Class>) -> Self {
        self.classes = classes;
        self
    }

    /// The retention classes in their order.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Whether sources and classes say nothing against each other: every class that a source names is there and not
    /// retired.
    ///
    /// # Errors
    /// Names the first source that names no class.
    pub fn check_classes(&self) -> Result<(), SourceError> {
        for source in self.sources().filter(|source| !source.class.is_empty()) {
            let class = self.classes.iter().find(|class| class.id == source.class);
            let problem = match class {
                None => "there is no such retention class",
                Some(class) if class.retired => "that retention class is retired",
                Some(_) => continue,
            };
            return Err(SourceError::Class {
                source_id: source.id.clone(),
                class: source.class.clone(),
                problem,
            });
        }
        Ok(())
    }

    fn build(sources: Vec<(u64, Source)>) -> Result<Self, SourceError> {
        let mut entries = Vec::with_capacity(sources.len());
        for (line, source) in sources {
            let entry = Entry::new(source).and_then(|entry| entry.check(&entries).map(|()| entry));
            entries.push(entry.map_err(|problem| SourceError::Line { line, problem })?);
        }
        Ok(Self {
            entries,
            classes: Vec::new(),
        })
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
            .map(|e| e.answer(&e.source.pattern))
    }

    /// What the first source of that name or address says, by a `host:` pattern or the columns `hosts` and `addresses`;
    /// names are compared without case.
    pub fn for_host(&self, host: &str) -> Option<Answer<'_>> {
        let address = host.parse::<IpAddr>().ok();
        self.entries.iter().find_map(|entry| {
            let named = match &entry.rule {
                Rule::Host(name) if name.eq_ignore_ascii_case(host) => Some(entry.source.pattern.as_str()),
                _ => entry.hosts().find(|name| name.eq_ignore_ascii_case(host)),
            };
            let by_address = || {
                let address = address.filter(|address| entry.addresses.contains(address))?;
                let is_it = |text: &&str| text.parse() == Ok(address);
                entry.source.addresses.split_whitespace().find(is_it)
            };
            named.or_else(by_address).map(|pattern| entry.answer(pattern))
        })
    }
}

/// Refuses a column that there is not.
fn check_columns<'h>(mut header: impl Iterator<Item = &'h str>) -> Result<(), String> {
    let known: Vec<&str> = TEMPLATE.trim_end().split(',').collect();
    match header.find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(unknown) => Err(format!(
            "no column is called `{unknown}`; expected {}",
            TEMPLATE.trim_end()
        )),
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
            None if source.pattern.is_empty() => {
                if source.hosts.is_empty() && source.addresses.is_empty() {
                    return Err(format!(
                        "nothing names the records of `{}`: no pattern, hosts or addresses",
                        source.id
                    ));
                }
                Rule::None
            }
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
        let addresses = source.addresses.split_whitespace().map(|text| {
            text.parse::<IpAddr>()
                .map_err(|_| format!("`{text}` is no IP address"))
        });
        let addresses = addresses.collect::<Result<_, _>>()?;
        Ok(Self {
            source,
            rule,
            addresses,
            category,
            zone,
        })
    }

    fn hosts(&self) -> impl Iterator<Item = &str> {
        self.source.hosts.split_whitespace()
    }

    fn answer<'a>(&'a self, pattern: &'a str) -> Answer<'a> {
        Answer {
            id: &self.source.id,
            category: self.category,
            zone: self.zone,
            pattern,
        }
    }

    /// Whether the line says what can be understood, and can stand beside those before it: no name or address belongs to
    /// two sources, and lines of one source say nothing different of it.
    fn check(&self, before: &[Self]) -> Result<(), String> {
        let own = &self.source;
        Rhythm::parse(&own.rhythm).map_err(|e| e.to_string())?;
        for (column, text) in [("since", &own.since), ("until", &own.until)] {
            if !text.is_empty() && text.parse::<chrono::NaiveDate>().is_err() {
                return Err(format!("{column}: `{text}` is no day; expected YYYY-MM-DD"));
            }
        }
        if !own.until.is_empty() && own.until < own.since {
            return Err(format!("until {} is before since {}", own.until, own.since));
        }
        let is_country = own.country.len() == 2 && own.country.bytes().all(|b| b.is_ascii_uppercase());
        if !own.country.is_empty() && !is_country {
            return Err(format!(
                "country: `{}`; expected two letters as in ISO 3166, KZ",
                own.country
            ));
        }
        if !own.months.is_empty() && own.months.parse::<u32>().is_err() {
            return Err(format!("months: `{}` is no number", own.months));
        }
        if !own.months.is_empty() && !own.class.is_empty() {
            return Err(format!(
                "months is {} and class is `{}`: one of them says how long",
                own.months, own.class
            ));
        }
        for other in before {
            let id = &other.source.id;
            if *id == own.id {
                let differs =
                    own.columns()
                        .into_iter()
                        .zip(other.source.columns())
                        .find(|((name, a), (_, b))| {
                            !matches!(*name, "pattern" | "hosts" | "addresses")
                                && !a.is_empty()
                                && !b.is_empty()
                                && a != b
                        });
                if let Some(((column, a), (_, b))) = differs {
                    return Err(format!(
                        "`{id}`: {column} is `{a}` here and `{b}` in a line before"
                    ));
                }
                continue;
            }
            let claimed = self
                .hosts()
                .find(|host| other.hosts().any(|h| h.eq_ignore_ascii_case(host)));
            let claimed = claimed.map(str::to_owned).or_else(|| {
                let shared = self.addresses.iter().find(|a| other.addresses.contains(a));
                shared.map(IpAddr::to_string)
            });
            if let Some(name) = claimed {
                return Err(format!(
                    "`{name}` belongs to `{id}` already: two sources cannot claim it"
                ));
            }
        }
        Ok(())
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
    fn names_and_addresses_find_their_source() {
        let csv =
            "id,hosts,addresses,pattern\ngate,gw1 gw1.bank.example,10.0.0.1 2001:db8::1,\nweb,,,web/**\n";
        let register = Register::from_csv(csv.as_bytes()).unwrap();
        for host in ["GW1", "gw1.bank.example", "10.0.0.1", "2001:DB8:0::1"] {
            assert_eq!(
                register.for_host(host).map(|answer| answer.id),
                Some("gate"),
                "{host}"
            );
        }
        assert!(register.for_host("web").is_none() && register.for_path("gw1/x").is_none());
    }

    #[test]
    fn every_column_of_the_template_can_be_set_and_read() {
        let names: Vec<&str> = TEMPLATE.trim_end().split(',').collect();
        let mut source = Source::default();
        for name in &names {
            assert!(source.set(name, &format!(" {name} ")));
        }
        assert_eq!(source.columns().map(|(name, _)| name).to_vec(), names);
        assert!(source.columns().iter().all(|(name, value)| name == value));
        assert!(!source.set("colour", "red"));
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
            &format!(
                "sources: line 1: no column is called `colour`; expected {}",
                TEMPLATE.trim_end()
            ),
        );
        check("pattern,id\na,\n", "sources: line 2: the id is empty");
        check(
            "id,hosts,pattern\na,gw1 GW2,\nb,gw2,\n",
            "sources: line 3: `gw2` belongs to `a` already: two sources cannot claim it",
        );
        check(
            "id,addresses,pattern\na,10.0.0.1,\nb,::1 10.0.0.1,\n",
            "sources: line 3: `10.0.0.1` belongs to `a` already: two sources cannot claim it",
        );
        check(
            "pattern,id,zone\na/**,a,UTC\nb/**,a,\nc/**,a,Asia/Almaty\n",
            "sources: line 4: `a`: zone is `Asia/Almaty` here and `UTC` in a line before",
        );
        check(
            "pattern,id\n,a\n",
            "sources: line 2: nothing names the records of `a`: no pattern, hosts or addresses",
        );
        check(
            "id,pattern,since\na,x,1.3.2026\n",
            "sources: line 2: since: `1.3.2026` is no day; expected YYYY-MM-DD",
        );
        check(
            "id,pattern,months,class\na,x,12,long\n",
            "sources: line 2: months is 12 and class is `long`: one of them says how long",
        );
        check(
            "id,pattern,country\na,x,KAZ\n",
            "sources: line 2: country: `KAZ`; expected two letters as in ISO 3166, KZ",
        );
    }
}
