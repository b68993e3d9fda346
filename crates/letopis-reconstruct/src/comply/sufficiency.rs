//! Sufficiency of logs: which events and fields each source must show, which it showed, and which its format cannot show
//! (FI-7, KZ195-12.1).

use std::collections::BTreeMap;

use letopis_case::note::Policy;
use letopis_case::profile::{self, Clause, Condition, Derived, Profile, Rule, SourceLog, Titles};
use letopis_event::Kind;
use letopis_table::RowView;
use serde::Serialize;

use super::checks::Bounds;
use super::condition::{self, condition, filled, in_form};
use crate::companions;
use crate::error::Result;
use crate::notes::{notes, policies};
use crate::reading::Reading;
use crate::search::literal;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct SufficiencyRequest {
    /// Only this source.
    pub source: Option<String>,
    /// Only regulations whose id begins like this.
    pub profile: Option<String>,
    /// Calendar months back; else those that the archive is set to keep.
    pub months: Option<u32>,
    /// For each format that is known, the kinds that it can give.
    pub kinds_of_formats: BTreeMap<String, Vec<Kind>>,
}

/// Whether an event was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In records.
    Seen,
    /// Never, though the format can give it, or nobody knows what the format can give.
    Never,
    /// Never, and no format that the source came in makes such records.
    Cannot,
}

/// An event that a source must show.
#[derive(Clone, Debug, Serialize)]
pub struct EventSeen {
    /// Item of the clause that asks it; `policy` where only the logging policy does.
    pub clause: String,
    /// What the item says, in its languages.
    #[serde(skip)]
    pub title: Titles,
    /// What is looked for: the part of the item, and the Windows event id where there is one.
    pub what: String,
    /// Whether it was seen.
    pub state: State,
    /// Records that show it.
    pub count: u64,
    /// Time of the last of them, microseconds since 1970 UTC.
    pub last: Option<i64>,
    /// One of them.
    pub example: Option<String>,
    /// Whether it is the logging policy in force that asks it.
    pub by_policy: bool,
}

/// A field that records of a source must fill.
#[derive(Clone, Debug, Serialize)]
pub struct FieldFilled {
    /// Item of the clause that asks it.
    pub clause: String,
    /// What the item says, in its languages.
    #[serde(skip)]
    pub title: Titles,
    /// Columns of which one has to be filled.
    pub columns: Vec<String>,
    /// Records that are asked.
    pub asked: u64,
    /// Of them, records that have it.
    pub filled: u64,
}

/// One source.
#[derive(Clone, Debug, Serialize)]
pub struct SourceSufficiency {
    /// The source.
    pub source: String,
    /// Its category, as its records or the register give it.
    pub category: Option<String>,
    /// Formats that it came in.
    pub formats: Vec<String>,
    /// Records in the time that was looked at.
    pub records: u64,
    /// First day of the logging policy in force today; nothing where there is none.
    pub policy_from: Option<String>,
    /// The events.
    pub events: Vec<EventSeen>,
    /// The fields.
    pub fields: Vec<FieldFilled>,
}

/// All sources.
#[derive(Clone, Debug, Serialize)]
pub struct Sufficiency {
    /// First instant that was looked at, RFC 3339.
    pub since: String,
    /// The sources, by name.
    pub sources: Vec<SourceSufficiency>,
}

/// An event to look for: a condition on records, with all that stands beside it.
struct Wanted {
    clause: String,
    title: Titles,
    what: String,
    condition: Condition,
    /// Aggregate that says how many records are of the platform that it binds.
    platform: Option<String>,
}

/// A field to look for.
struct Field {
    clause: String,
    title: Titles,
    columns: Vec<String>,
    of: String,
    has: String,
}

/// Looks at every source, or one.
///
/// # Errors
/// When the records cannot be read.
pub fn sufficiency(reading: &mut Reading, request: &SufficiencyRequest) -> Result<Sufficiency> {
    let bounds = Bounds::of(reading);
    let since = bounds.months_ago(request.months.unwrap_or(bounds.months));
    let profiles: Vec<Profile> = profile::embedded()
        .map_err(|e| crate::ReconstructError::Parameter(e.to_string()))?
        .into_iter()
        .filter(|p| {
            request
                .profile
                .as_ref()
                .is_none_or(|wanted| p.id.starts_with(wanted.as_str()))
        })
        .collect();
    let mut sources = seen_sources(reading, request, &since)?;
    let policies: Vec<Policy> = policies(&notes(reading.vault())?).cloned().collect();
    for source in &mut sources {
        let category = source.category.clone();
        let policy = Policy::in_force(&policies, &source.source, category.as_deref(), &bounds.today());
        source.policy_from = policy.map(|policy| policy.from.clone());
        let from = format!(
            "events WHERE source = {} AND time >= {since} AND kind <> 'part'",
            literal(&source.source)
        );
        let (wanted, fields) = asked(&profiles, category.as_deref(), policy);
        events(reading, source, &wanted, &from, &request.kinds_of_formats)?;
        logs(reading, source, &profiles, &since)?;
        fill(reading, source, fields, &from)?;
    }
    let outcome = Sufficiency {
        since: since
            .trim_start_matches("TIMESTAMP ")
            .trim_matches('\'')
            .to_owned(),
        sources,
    };
    reading.give(outcome.sources.len() as u64, format!("{outcome:?}").as_bytes());
    Ok(outcome)
}

/// The sources of the register and of the records, with their formats and records.
fn seen_sources(
    reading: &Reading,
    request: &SufficiencyRequest,
    since: &str,
) -> Result<Vec<SourceSufficiency>> {
    let mut sources: BTreeMap<String, SourceSufficiency> = BTreeMap::new();
    for row in companions::sources(reading.vault())? {
        let source = SourceSufficiency {
            source: row.source.clone(),
            category: row.category,
            formats: Vec::new(),
            records: 0,
            policy_from: None,
            events: Vec::new(),
            fields: Vec::new(),
        };
        sources.insert(row.source, source);
    }
    let sql = format!(
        "SELECT source, category, format, count(*) AS records FROM events WHERE time >= {since} AND kind <> 'part' \
         GROUP BY source, category, format ORDER BY records DESC, format"
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    for row in batches.iter().flat_map(RowView::all) {
        let Some(source) = row.text("source").and_then(|name| sources.get_mut(name)) else {
            continue;
        };
        source.records += row
            .number("records")
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default();
        source.category = source
            .category
            .take()
            .or_else(|| row.text("category").map(str::to_owned));
        let format = row.text("format").unwrap_or_default().to_owned();
        if !source.formats.contains(&format) {
            source.formats.push(format);
        }
    }
    let wanted = request.source.as_ref();
    if let Some(name) = wanted.filter(|name| !sources.contains_key(*name)) {
        return Err(crate::ReconstructError::NotFound {
            what: "source",
            name: name.clone(),
        });
    }
    Ok(sources
        .into_values()
        .filter(|source| wanted.is_none_or(|name| *name == source.source))
        .collect())
}

/// What the profiles and the policy ask of a category.
fn asked(profiles: &[Profile], category: Option<&str>, policy: Option<&Policy>) -> (Vec<Wanted>, Vec<Field>) {
    let (mut wanted, mut fields) = (Vec::new(), Vec::new());
    for profile in profiles {
        for clause in profile.clauses.iter().filter(|c| binds(c, category)) {
            let platform = clause
                .platform
                .as_deref()
                .and_then(|name| profile.platform.get(name));
            let platform = platform.map(condition::platform);
            for check in &clause.checks {
                match check.rule.unwrap_or(clause.rule) {
                    Rule::Kinds => wanted.extend(check.parts.iter().flat_map(|part| {
                        by_code(part).map(|(what, condition)| Wanted {
                            clause: check.id.clone(),
                            title: check.title.clone(),
                            what,
                            condition,
                            platform: platform.clone(),
                        })
                    })),
                    Rule::Fields => {
                        let any: Vec<String> = check.columns.iter().map(|name| filled(name)).collect();
                        let any = format!("({})", any.join(" OR "));
                        fields.push(Field {
                            clause: check.id.clone(),
                            title: check.title.clone(),
                            columns: check.columns.clone(),
                            of: check.of.as_ref().map_or_else(|| "true".to_owned(), condition),
                            has: check
                                .form
                                .map_or(any.clone(), |form| format!("{any} AND {}", in_form(form))),
                        });
                    }
                    _ => {}
                }
            }
        }
    }
    wanted.extend(
        policy
            .into_iter()
            .flat_map(|policy| &policy.kinds)
            .map(|kind| Wanted {
                clause: "policy".to_owned(),
                title: Titles::default(),
                what: kind.clone(),
                condition: Condition {
                    kinds: vec![kind.clone()],
                    ..Condition::default()
                },
                platform: None,
            }),
    );
    (wanted, fields)
}

fn binds(clause: &Clause, category: Option<&str>) -> bool {
    clause.category.is_none() || clause.category.as_deref() == category
}

/// A part once for each Windows event id that it names.
fn by_code(part: &Condition) -> impl Iterator<Item = (String, Condition)> + '_ {
    let codes: Vec<Option<u32>> = match part.codes.as_slice() {
        [] => vec![None],
        codes => codes.iter().copied().map(Some).collect(),
    };
    codes.into_iter().map(|code| match code {
        None => (part.name.clone(), part.clone()),
        Some(code) => (
            format!("{} ({code})", part.name),
            Condition {
                codes: vec![code],
                ..part.clone()
            },
        ),
    })
}

fn meant(patterns: &[String]) -> Vec<Kind> {
    let is = |kind: &Kind| {
        patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(family) => kind.as_str().starts_with(family),
            None => pattern == kind.as_str(),
        })
    };
    Kind::all().filter(is).collect()
}

fn events(
    reading: &Reading,
    source: &mut SourceSufficiency,
    wanted: &[Wanted],
    from: &str,
    kinds_of_formats: &BTreeMap<String, Vec<Kind>>,
) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let several = "(kind = 'auth.multi_ip')";
    let mut columns = Vec::new();
    for (n, item) in wanted.iter().enumerate() {
        let is = match item.condition.derived {
            Some(Derived::SeveralAddresses) => several.to_owned(),
            _ => condition(&item.condition),
        };
        columns.push(format!("count(CASE WHEN {is} THEN 1 END) AS n{n}"));
        columns.push(format!("max(CASE WHEN {is} THEN time END) AS t{n}"));
        columns.push(format!("max(CASE WHEN {is} THEN event_id END) AS e{n}"));
        let own = item.platform.as_deref().unwrap_or("true");
        columns.push(format!("count(CASE WHEN {own} THEN 1 END) AS p{n}"));
    }
    let sql = format!("SELECT {} FROM {from}", columns.join(", "));
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let Some(row) = batches.iter().flat_map(RowView::all).next() else {
        return Ok(());
    };
    // Of a format of the user's own nobody knows what it can give.
    let reachable: Option<Vec<&Kind>> = source
        .formats
        .iter()
        .map(|format| kinds_of_formats.get(format))
        .collect::<Option<Vec<_>>>()
        .map(|lists| lists.into_iter().flatten().collect());
    for (n, item) in wanted.iter().enumerate() {
        let number = |name: String| {
            row.number(&name)
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or_default()
        };
        // A clause on systems of another make asks nothing of this source.
        if item.platform.is_some() && number(format!("p{n}")) == 0 {
            continue;
        }
        let mut count = number(format!("n{n}"));
        let mut example = row.text(&format!("e{n}")).map(str::to_owned);
        let mut last = (count > 0).then(|| row.time(&format!("t{n}"))).flatten();
        if item.condition.derived == Some(Derived::SeveralAddresses) && count == 0 {
            (count, last, example) = several_addresses(reading, &item.condition, from)?;
        }
        let kinds = meant(&item.condition.kinds);
        // A kind that any record may be of says nothing of what a format can show.
        let any = kinds.contains(&Kind::OTHER);
        let can = any
            || reachable
                .as_ref()
                .is_none_or(|all| kinds.iter().any(|kind| all.contains(&kind)));
        source.events.push(EventSeen {
            clause: item.clause.clone(),
            title: item.title.clone(),
            what: item.what.clone(),
            state: match (count, can) {
                (0, false) => State::Cannot,
                (0, true) => State::Never,
                _ => State::Seen,
            },
            count,
            last,
            example,
            by_policy: item.clause == "policy",
        });
    }
    Ok(())
}

/// Records of accounts that came to one host from several addresses; the last of them, and one.
fn several_addresses(
    reading: &Reading,
    of: &Condition,
    from: &str,
) -> Result<(u64, Option<i64>, Option<String>)> {
    let condition = condition(of);
    let sql = format!(
        "SELECT coalesce(sum(records), 0) AS records, max(last) AS last, max(example) AS example FROM (SELECT host, \
         user_name, count(*) AS records, max(time) AS last, max(event_id) AS example FROM {from} AND {condition} \
         AND src_ip <> '' AND user_name <> '' GROUP BY host, user_name HAVING count(DISTINCT src_ip) > 1) AS accounts"
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let row = batches.iter().flat_map(RowView::all).next();
    Ok(row.map_or((0, None, None), |row| {
        let count = row
            .number("records")
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default();
        let last = (count > 0).then(|| row.time("last")).flatten();
        (count, last, row.text("example").map(str::to_owned))
    }))
}

/// Logs that a clause names by their file.
fn logs(reading: &Reading, source: &mut SourceSufficiency, profiles: &[Profile], since: &str) -> Result<()> {
    let category = source.category.clone();
    for profile in profiles {
        for clause in profile.clauses.iter().filter(|c| binds(c, category.as_deref())) {
            let platform = clause
                .platform
                .as_deref()
                .and_then(|name| profile.platform.get(name));
            let own = platform.map_or_else(|| "true".to_owned(), condition::platform);
            let checks = clause
                .checks
                .iter()
                .filter(|c| c.rule.unwrap_or(clause.rule) == Rule::Sources);
            for (check, log) in checks.flat_map(|check| check.sources.iter().map(move |log| (check, log))) {
                let found = log_of(reading, &source.source, log, &own, since)?;
                let Some((count, last, example)) = found else {
                    continue;
                };
                source.events.push(EventSeen {
                    clause: check.id.clone(),
                    title: check.title.clone(),
                    what: log.name.clone(),
                    state: if count > 0 { State::Seen } else { State::Never },
                    count,
                    last,
                    example,
                    by_policy: false,
                });
            }
        }
    }
    Ok(())
}

/// Records of a log that a file name or format tells; nothing where the source is of another make.
#[allow(clippy::type_complexity, reason = "three figures of one row")]
fn log_of(
    reading: &Reading,
    source: &str,
    log: &SourceLog,
    own: &str,
    since: &str,
) -> Result<Option<(u64, Option<i64>, Option<String>)>> {
    let is = super::conform::is_log(log, "events.format");
    let sql = format!(
        "SELECT count(CASE WHEN {own} THEN 1 END) AS own, count(CASE WHEN {is} THEN 1 END) AS records, \
         max(CASE WHEN {is} THEN time END) AS last, max(CASE WHEN {is} THEN event_id END) AS example \
         FROM (SELECT time, event_id, format, provider, kind, path FROM (SELECT time, event_id, CAST(format AS VARCHAR) AS \
         format, provider, kind, CAST(object AS VARCHAR) AS object FROM events WHERE source = {} AND time >= {since}) AS \
         records LEFT JOIN (SELECT object AS came, min(path) AS path FROM objects GROUP BY object) AS files \
         ON records.object = files.came) AS events",
        literal(source)
    );
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let Some(row) = batches.iter().flat_map(RowView::all).next() else {
        return Ok(None);
    };
    let number = |name| {
        row.number(name)
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default()
    };
    if number("own") == 0 {
        return Ok(None);
    }
    let count = number("records");
    let last = (count > 0).then(|| row.time("last")).flatten();
    Ok(Some((count, last, row.text("example").map(str::to_owned))))
}

fn fill(reading: &Reading, source: &mut SourceSufficiency, fields: Vec<Field>, from: &str) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let columns: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(n, field)| {
            format!(
                "count(CASE WHEN {of} THEN 1 END) AS a{n}, count(CASE WHEN ({of}) AND ({has}) THEN 1 END) AS h{n}",
                of = field.of,
                has = field.has
            )
        })
        .collect();
    let sql = format!("SELECT {} FROM {from}", columns.join(", "));
    let batches = reading.run(async { reading.engine().sql(&sql).await?.collect().await })?;
    let Some(row) = batches.iter().flat_map(RowView::all).next() else {
        return Ok(());
    };
    for (n, field) in fields.into_iter().enumerate() {
        let number = |name: String| {
            row.number(&name)
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or_default()
        };
        source.fields.push(FieldFilled {
            asked: number(format!("a{n}")),
            filled: number(format!("h{n}")),
            clause: field.clause,
            title: field.title,
            columns: field.columns,
        });
    }
    Ok(())
}
