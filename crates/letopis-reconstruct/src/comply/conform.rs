//! The clauses on log formats (`letopis conform`), asked of the records that the archive holds.

use letopis_case::profile::{self, Check as Asked, Clause, Profile, Rule, SourceLog};

use super::condition::{self, condition, filled, in_form};
use super::figures::{Counted, How, Item, of_items, of_rows, plus, run};
use crate::companions;
use crate::error::{ReconstructError, Result};
use crate::reading::Reading;
use crate::search::literal;

/// Formats whose fields are parted by a separator, and enclosed where they hold it, by their own grammar.
const SEPARATED: &[&str] = &["delimited", "kz195", "csv", "tsv", "postgres-csv"];

/// A clause with the profile that it stands in.
pub(crate) struct Found {
    profile: Profile,
    clause: Clause,
}

/// The clause of that id, or the clause that has an item of that id with that item only.
pub(crate) fn find(id: &str) -> Result<Found> {
    let profiles = profile::embedded().map_err(|e| ReconstructError::Parameter(e.to_string()))?;
    for profile in profiles {
        let is_own = |clause: &&Clause| clause.id == id || clause.checks.iter().any(|c| c.id == id);
        if let Some(clause) = profile.clauses.iter().find(is_own) {
            let mut clause = clause.clone();
            if clause.id != id {
                clause.checks.retain(|c| c.id == id);
            }
            return Ok(Found { profile, clause });
        }
    }
    Err(ReconstructError::NotFound {
        what: "clause",
        name: id.to_owned(),
    })
}

/// Counts what a clause asks.
///
/// # Errors
/// When a statement cannot be run.
pub(crate) fn count(reading: &Reading, id: &str) -> Result<Counted> {
    let Found { profile, clause } = find(id)?;
    let category = match &clause.category {
        Some(name) => condition::category(name, &companions::sources(reading.vault())?),
        None => "true".to_owned(),
    };
    let objects = format!(
        "objects WHERE records > 0 AND object IN (SELECT CAST(object AS VARCHAR) FROM events WHERE {category} GROUP BY \
         object)"
    );
    match clause.rule {
        Rule::Text => run(reading, of_rows(&objects, "path", "encoding <> 'binary'")),
        Rule::Utf8 => run(reading, of_rows(&objects, "path", "encoding = 'utf-8'")),
        Rule::Separators => {
            let names: Vec<String> = SEPARATED.iter().map(|name| literal(name)).collect();
            let held = format!("format IN ({})", names.join(", "));
            // What other grammars enclose is seen in the files only.
            Ok(never_broken(run(reading, of_rows(&objects, "path", &held))?))
        }
        Rule::OneFormat => {
            let files = format!(
                "(SELECT object, count(DISTINCT format) AS formats, count(CASE WHEN kind = 'unparsed' THEN 1 END) AS \
                 unreadable FROM events WHERE {category} GROUP BY object) AS files"
            );
            // A record that nobody could read may be of the same format.
            let whole = of_rows(&files, "object", "formats = 1 AND unreadable = 0");
            Ok(never_broken(run(reading, whole)?))
        }
        Rule::Kinds | Rule::Fields | Rule::Sources | Rule::Beyond => {
            items(reading, &profile, &clause, &category)
        }
    }
}

fn items(reading: &Reading, profile: &Profile, clause: &Clause, category: &str) -> Result<Counted> {
    let rule_of = |check: &Asked| check.rule.unwrap_or(clause.rule);
    let with = |rule: Rule| clause.checks.iter().filter(move |c| rule_of(c) == rule);
    // A continuation is no record of its own: the first of its event has the fields.
    let from = format!("events WHERE {category} AND kind <> 'part'");
    let mut counted: Option<Counted> = None;
    let mut add = |more: Counted| {
        counted = Some(match counted.take() {
            Some(before) => plus(before, more),
            None => more,
        });
    };
    let parts: Vec<Item> = with(Rule::Kinds)
        .flat_map(|check| events(check, category))
        .collect();
    if !parts.is_empty() {
        let bound = platforms(profile, clause);
        let bound = bound.as_ref().map(|(own, rival)| (own.as_str(), rival.as_str()));
        add(never_broken(run(reading, of_items(&parts, &from, bound))?));
    }
    if with(Rule::Fields).next().is_some() {
        add(run(reading, fields(with(Rule::Fields), clause.presumed, &from))?);
    }
    let logs: Vec<Item> = with(Rule::Sources)
        .flat_map(|check| check.sources.iter().map(log))
        .collect();
    if !logs.is_empty() {
        add(never_broken(run(
            reading,
            of_items(&logs, "objects WHERE records > 0", None),
        )?));
    }
    // What the clause says that no log can show is for people to look at.
    Ok(counted.unwrap_or_else(|| Counted {
        how: vec![How::Command {
            text: format!("letopis conform --profile {} PATH", profile.id),
            count: "clauses",
        }],
        ..Counted::default()
    }))
}

/// An event that was never seen may be logged all the same: what lacks is not shown.
fn never_broken(mut counted: Counted) -> Counted {
    counted.figure.open = counted.figure.asked.saturating_sub(counted.figure.held);
    counted
}

fn events<'c>(check: &'c Asked, category: &'c str) -> impl Iterator<Item = Item> + 'c {
    check.parts.iter().map(move |part| {
        let name = format!("{} {}", check.id, part.name);
        let mut item = Item::when(name, &condition(part));
        if part.derived == Some(profile::Derived::SeveralAddresses) {
            item.apart = Some(condition::several_addresses(part, category));
        }
        item
    })
}

/// Aggregates of the rows that the clause binds and of those of another make.
fn platforms(profile: &Profile, clause: &Clause) -> Option<(String, String)> {
    let own = profile.platform.get(clause.platform.as_deref()?)?;
    let count = |platform| format!("count(CASE WHEN {} THEN 1 END)", condition::platform(platform));
    let rival = own.rival.as_deref().and_then(|name| profile.platform.get(name));
    Some((count(own), rival.map_or_else(|| "0".to_owned(), count)))
}

/// Of the fields that records are asked for, those that all of them fill.
fn fields<'c>(checks: impl Iterator<Item = &'c Asked>, presumed: bool, from: &str) -> String {
    let (mut columns, mut asked, mut held, mut open, mut lacking) = (vec![], vec![], vec![], vec![], vec![]);
    for (n, check) in checks.enumerate() {
        let of = check.of.as_ref().map_or_else(|| "true".to_owned(), condition);
        let any: Vec<String> = check.columns.iter().map(|name| filled(name)).collect();
        let mut has = format!("({})", any.join(" OR "));
        if let Some(form) = check.form {
            has = format!("{has} AND {}", in_form(form));
        }
        columns.push(format!("count(CASE WHEN {of} THEN 1 END) AS a{n}"));
        columns.push(format!("count(CASE WHEN ({of}) AND ({has}) THEN 1 END) AS h{n}"));
        asked.push(format!("CASE WHEN a{n} > 0 THEN 1 ELSE 0 END"));
        // Asked where it can be done: one record that has it shows that it can.
        let enough = if check.optional {
            "> 0".to_owned()
        } else {
            format!("= a{n}")
        };
        held.push(format!("CASE WHEN a{n} > 0 AND h{n} {enough} THEN 1 ELSE 0 END"));
        let is_open = match (check.optional, presumed) {
            (true, _) => format!("h{n} = 0"),
            (false, true) => format!("h{n} > 0 AND h{n} < a{n}"),
            (false, false) => "false".to_owned(),
        };
        open.push(format!("CASE WHEN a{n} > 0 AND {is_open} THEN 1 ELSE 0 END"));
        let name = format!("{} ({})", check.id, check.columns.join(", "));
        lacking.push(format!(
            "WHEN a{n} > 0 AND NOT h{n} {enough} THEN {}",
            literal(&name)
        ));
    }
    format!(
        "SELECT {} AS asked, {} AS held, {} AS open, CASE {} END AS first_lacking FROM (SELECT {} FROM {from}) AS counted",
        asked.join(" + "),
        held.join(" + "),
        open.join(" + "),
        lacking.join(" "),
        columns.join(", ")
    )
}

fn log(log: &SourceLog) -> Item {
    Item::when(&log.name, &is_log(log, "format"))
}

/// Whether a record is of a log: by the name of its file (`messages`, `messages.1`, `messages-20260101`) or by its format,
/// which stands in that column.
pub(super) fn is_log(log: &SourceLog, column: &str) -> String {
    let file = |name: &String| {
        let pattern = format!("(^|/){}([.-]|$)", regex_escape(name));
        format!("regexp_like(path, {})", literal(&pattern))
    };
    let format = |format: &String| format!("{column} = {}", literal(format));
    let ways: Vec<String> = log
        .files
        .iter()
        .map(file)
        .chain(log.formats.iter().map(format))
        .collect();
    format!("({})", ways.join(" OR "))
}

fn regex_escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
