//! Verdicts: a plan and a tally in, clause by clause what holds, what does not, and what a log cannot show.
//!
//! That a kind was never seen does not prove that it is not logged, so it is *not shown*; *not met* needs a record, a
//! byte or a file that breaks the clause.

mod files;
mod items;

use letopis_event::Kind;
use serde::Serialize;

use crate::plan::{Plan, Planned};
use crate::profile::Rule;
use crate::tally::{Example, FileTally, Tally};

/// What comes out for a clause or an item of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds in what was looked at.
    Met,
    /// Something that was looked at breaks it.
    NotMet,
    /// Nothing that was looked at shows it, and nothing breaks it.
    NotShown,
    /// It binds other systems.
    DoesNotApply,
    /// No log can show it.
    NotForATool,
}

impl Verdict {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::NotShown => "not shown",
            Self::DoesNotApply => "does not apply",
            Self::NotForATool => "not for a tool",
        }
    }
}

/// What was found for one category.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    /// The category.
    pub category: &'static str,
    /// Records that were read.
    pub records: u64,
    /// Of these, unreadable ones.
    pub unparsed: u64,
    /// The files.
    pub files: Vec<FileResult>,
    /// The clauses.
    pub clauses: Vec<ClauseResult>,
}

/// A file that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct FileResult {
    /// The file, and the member inside it.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Its format.
    pub format: String,
    /// Its encoding.
    pub encoding: String,
    /// Records.
    pub records: u64,
    /// Of these, unreadable ones.
    pub unparsed: u64,
    /// Whether it was judged; a binary file of no known format and an empty one are not.
    pub judged: bool,
    /// What a person should know of it.
    pub remarks: Vec<String>,
}

/// A clause.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseResult {
    /// Its id.
    pub id: String,
    /// Its profile.
    pub profile: String,
    /// Its title.
    pub title: String,
    /// The language of the title: that asked for, where the regulation or a translation gives it, else English.
    pub title_language: &'static str,
    /// The verdict; that of the worst item where it has items.
    pub verdict: Verdict,
    /// Why, with figures.
    pub reason: String,
    /// What was taken how, where the text leaves it open.
    pub note: String,
    /// Places that break it, the first few.
    pub examples: Vec<Example>,
    /// Its items.
    pub items: Vec<ItemResult>,
}

/// An item of a clause.
#[derive(Clone, Debug, Serialize)]
pub struct ItemResult {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The language of the title.
    pub title_language: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, with figures and the places of the first examples.
    pub reason: String,
    /// What was taken how.
    pub note: String,
    /// Events that were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventResult>,
    /// The field that was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldResult>,
}

/// An event that was looked for.
#[derive(Clone, Debug, Serialize)]
pub struct EventResult {
    /// In words.
    pub name: String,
    /// Records that show it.
    pub count: u64,
    /// The first.
    pub first: Option<Example>,
    /// Windows event ids that count, and records of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows_ids: Vec<WindowsId>,
    /// Whether one of the formats that were read makes such records; nothing where that is not known.
    pub can_be_seen: Option<bool>,
}

/// Records of a Windows event id.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WindowsId {
    /// The id.
    pub id: u32,
    /// Records.
    pub count: u64,
}

/// A field that was looked for.
#[derive(Clone, Debug, Serialize)]
pub struct FieldResult {
    /// Columns of which one has to be filled.
    pub columns: Vec<String>,
    /// Records that are asked.
    pub asked: u64,
    /// Records that have it.
    pub present: u64,
    /// The first record without it.
    pub first_without: Option<Example>,
    /// Records whose time is in the form asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_form: Option<u64>,
    /// The first time written otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_other_form: Option<Example>,
}

/// What a rule says: verdict, reason, examples.
struct Ruling {
    verdict: Verdict,
    reason: String,
    examples: Vec<Example>,
}

impl Ruling {
    fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self {
            verdict,
            reason: reason.into(),
            examples: Vec::new(),
        }
    }
}

/// Judges every clause of a plan. Titles are in `language` (`kk`, `ru`, `en`) where the profile has them.
pub fn judge(plan: &Plan<'_>, tally: &Tally, language: &str) -> Judgement {
    Judgement {
        category: plan.category.as_str(),
        records: tally.records,
        unparsed: tally.unparsed,
        files: tally.files.iter().map(|f| file_result(plan, f)).collect(),
        clauses: plan
            .clauses
            .iter()
            .map(|clause| judge_clause(plan, clause, tally, language))
            .collect(),
    }
}

fn judge_clause(plan: &Plan<'_>, planned: &Planned<'_>, tally: &Tally, language: &str) -> ClauseResult {
    let clause = planned.clause;
    let (title, title_language) = clause.title.in_language(language);
    let mut items = Vec::new();
    let ruling = match applies(plan, planned, tally) {
        Err(ruling) => ruling,
        Ok(whom) => {
            items = planned
                .checks
                .iter()
                .map(|c| items::judge_item(c, plan, tally, language))
                .collect();
            let mut ruling = match clause.rule {
                Rule::Kinds | Rule::Fields | Rule::Sources => of_items(&items),
                Rule::Beyond => Ruling::new(Verdict::NotForATool, clause.note.clone()),
                Rule::Text => files::text(tally),
                Rule::Separators => files::separators(tally),
                Rule::Utf8 => files::utf8(tally),
                Rule::OneFormat => files::one_format(tally),
            };
            if let Some(whom) = whom {
                ruling.reason = format!("{}; {whom}", ruling.reason);
            }
            ruling
        }
    };
    ClauseResult {
        id: clause.id.clone(),
        profile: planned.profile.id.clone(),
        title: title.to_owned(),
        title_language,
        verdict: ruling.verdict,
        reason: ruling.reason,
        note: clause.note.clone(),
        examples: ruling.examples,
        items,
    }
}

/// Whether the clause binds what was read, and by what that is known; else what to say of it.
fn applies(plan: &Plan<'_>, planned: &Planned<'_>, tally: &Tally) -> Result<Option<String>, Ruling> {
    let Some(name) = planned.clause.platform.as_deref() else {
        return Ok(None);
    };
    let count = |name: &str| {
        let found = plan.platforms.iter().position(|(n, _)| *n == name);
        found.and_then(|n| tally.platforms.get(n)).map_or(0, |(c, _)| *c)
    };
    let Some(platform) = planned.profile.platform.get(name) else {
        return Ok(None);
    };
    let own = count(name);
    if own > 0 {
        let text = format!(
            "it applies: {own} of {} records are those of {}",
            tally.records, platform.name
        );
        return Ok(Some(text));
    }
    let rival = platform.rival.as_deref().filter(|r| count(r) > 0);
    match rival.and_then(|r| Some((count(r), planned.profile.platform.get(r)?))) {
        Some((records, rival)) => Err(Ruling::new(
            Verdict::DoesNotApply,
            format!(
                "it binds {}; none of {} records is of one, {records} are those of {}",
                platform.name, tally.records, rival.name
            ),
        )),
        None => Err(Ruling::new(
            Verdict::NotShown,
            format!(
                "it binds {}; nothing in {} records tells that they are of one",
                platform.name, tally.records
            ),
        )),
    }
}

/// The worst of the items that a tool can judge.
fn of_items(items: &[ItemResult]) -> Ruling {
    let count = |verdict| items.iter().filter(|i| i.verdict == verdict).count();
    let (met, not_met, not_shown) = (
        count(Verdict::Met),
        count(Verdict::NotMet),
        count(Verdict::NotShown),
    );
    let verdict = if not_met > 0 {
        Verdict::NotMet
    } else if not_shown > 0 {
        Verdict::NotShown
    } else if met > 0 {
        Verdict::Met
    } else {
        Verdict::NotForATool
    };
    let mut parts = vec![format!("of {} items {met} are met", items.len())];
    for (number, words) in [
        (not_met, "not met"),
        (not_shown, "not shown"),
        (count(Verdict::NotForATool), "not for a tool"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    Ruling::new(verdict, parts.join(", "))
}

fn file_result(plan: &Plan<'_>, file: &FileTally) -> FileResult {
    let facts = &file.facts;
    let mut remarks = Vec::new();
    if facts.bytes == 0 {
        remarks.push("empty: not judged".to_owned());
    } else if facts.is_unknown {
        remarks.push("binary, of no known format: not judged".to_owned());
    }
    if let Some(category) = facts.category.filter(|c| *c != plan.category && is_judged(file)) {
        remarks.push(format!(
            "this format is usual for the category {}, judged as {}",
            category.as_str(),
            plan.category.as_str()
        ));
    }
    if let Some(first) = &file.first_unparsed {
        let line = first.line.map_or_else(String::new, |l| format!("line {l}, "));
        remarks.push(format!(
            "{} of {} records could not be read, the first at {line}byte {}",
            file.unparsed, file.records, first.offset
        ));
    }
    remarks.extend(facts.damage.iter().cloned());
    FileResult {
        path: facts.path.clone(),
        bytes: facts.bytes,
        format: facts.format.clone(),
        encoding: facts.encoding.clone(),
        records: file.records,
        unparsed: file.unparsed,
        judged: is_judged(file),
        remarks,
    }
}

fn is_judged(file: &FileTally) -> bool {
    file.facts.bytes > 0 && !file.facts.is_unknown
}

/// Whether one of the formats that were read makes records of one of these kinds.
fn can_be_seen(tally: &Tally, kinds: &[Kind]) -> Option<bool> {
    let reachable = tally.reachable.as_ref()?;
    Some(kinds.iter().any(|k| reachable.contains(k)))
}
