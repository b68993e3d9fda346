//! `letopis conform`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use letopis_archive::case::judge::{ClauseResult, FileResult, ItemResult};
use letopis_archive::case::{Judgement, Plan, Profile, Tally, Verdict as Found, judge, profile};
use letopis_archive::conform::observe;
use letopis_archive::{ArchiveError, Register, walk};
use letopis_event::{Category, Zone};
use serde::Serialize;

use crate::commands::read_as::ReadAs;
use crate::context::{Context, archive_error};
use crate::error::{CommandError, CommandResult, Kind, Verdict};
use crate::ui::printable;

/// Files that are shown one by one.
const FILES_MOST: usize = 20;

/// Which logs, and what is asked of them.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What wrote them: os, dbms, network, application or protection. Without it, as --sources says by path.
    #[arg(long, value_name = "CATEGORY", value_parser = category)]
    category: Option<Category>,
    /// Only regulations whose id begins like this: KZ195, RU-PRIK.
    #[arg(long, value_name = "ID")]
    profile: Option<String>,
    /// Takes what is asked from this TOML file instead (in the form of the profiles that come with the program).
    #[arg(long, value_name = "FILE.toml", conflicts_with = "profile")]
    profile_file: Option<PathBuf>,
    /// The source register: category and zone by path (`letopis source template`).
    #[arg(long, value_name = "FILE.csv")]
    sources: Option<PathBuf>,
    #[command(flatten)]
    read_as: ReadAs,
    /// Language of the titles of clauses: en, kk, ru. Where a regulation gives none in it, the title is English.
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = ["en", "kk", "ru"])]
    lang: String,
}

fn category(word: &str) -> Result<Category, String> {
    Category::parse(word)
        .ok_or_else(|| "expected one of: os, dbms, network, application, protection".to_owned())
}

/// What the command gives.
#[derive(Debug, Serialize)]
struct Outcome {
    /// Whether no clause is broken.
    ok: bool,
    /// Clauses by verdict, over all categories.
    met: usize,
    not_met: usize,
    not_shown: usize,
    does_not_apply: usize,
    not_for_a_tool: usize,
    /// Files that no category was told for, or that could not be read.
    left_out: Vec<LeftOut>,
    /// For each category what was found.
    categories: Vec<Judgement>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    path: String,
    reason: String,
}

/// Judges logs by what regulations ask.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let profiles = profiles_of(arguments)?;
    let register = register_of(arguments)?;
    if arguments.category.is_none() && register.is_empty() {
        return Err(
            CommandError::usage("no category: what is asked differs by what wrote the log")
                .hint("--category os|dbms|network|application|protection")
                .hint("--sources FILE.csv gives categories by path"),
        );
    }
    let plans: Vec<Plan<'_>> = Category::ALL
        .iter()
        .map(|category| Plan::new(&profiles, *category))
        .collect();
    let mut tallies: Vec<(&Plan<'_>, Tally)> = plans.iter().map(|plan| (plan, Tally::new(plan))).collect();
    let (left_out, incomplete) = look(context, arguments, &register, &mut tallies)?;
    let judged: Vec<Judgement> = tallies
        .iter()
        .filter(|(plan, tally)| !tally.files.is_empty() || Some(plan.category) == arguments.category)
        .map(|(plan, tally)| judge(plan, tally, &arguments.lang))
        .collect();
    let outcome = outcome(judged, left_out);
    context
        .ui
        .outcome(&outcome, || describe(&outcome, &profiles, &arguments.lang))?;
    Ok(match (incomplete, outcome.ok) {
        (true, _) => Verdict::Incomplete,
        (false, true) => Verdict::Done,
        (false, false) => Verdict::Negative,
    })
}

/// Reads every file for the category that it has; what is left out and why, and whether the system kept us from looking.
fn look(
    context: &Context,
    arguments: &Arguments,
    register: &Register,
    tallies: &mut [(&Plan<'_>, Tally)],
) -> Result<(Vec<LeftOut>, bool), CommandError> {
    let mut options = arguments.read_as.options(context)?;
    let mut left_out = Vec::new();
    let mut incomplete = false;
    for path in &arguments.paths {
        let listed = walk::walk(path).map_err(|error| {
            let path = path.clone();
            archive_error(&ArchiveError::Input { path, error })
        })?;
        for found in listed {
            let mut leave = |reason: String| {
                let path = found.path.display().to_string();
                context.ui.note(&format!("{path}: {reason}"));
                left_out.push(LeftOut { path, reason });
            };
            if let Some(skip) = &found.skip {
                incomplete |= skip.is_failure();
                leave(skip.reason());
                continue;
            }
            let relative = found.relative.display();
            let answer = register.for_path(&relative);
            let named = arguments.category.or(answer.as_ref().and_then(|a| a.category));
            let Some((plan, tally)) = tallies.iter_mut().find(|(p, _)| Some(p.category) == named) else {
                leave("no path of the register gives its category, so it was not judged".to_owned());
                continue;
            };
            options.zone = arguments
                .read_as
                .tz
                .or(answer.and_then(|a| a.zone))
                .unwrap_or(Zone::UTC);
            options.modified = found.facts.modified;
            if let Err(error) = observe(&found.path, &options, plan, tally) {
                let told = archive_error(&error);
                // A wrong option is wrong for every file.
                if told.kind == Kind::Usage {
                    return Err(told);
                }
                incomplete = true;
                leave(error.to_string());
            }
        }
    }
    Ok((left_out, incomplete))
}

fn profiles_of(arguments: &Arguments) -> Result<Vec<Profile>, CommandError> {
    if let Some(path) = &arguments.profile_file {
        let text = std::fs::read_to_string(path)
            .map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
        let profile =
            Profile::parse(&text).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
        return Ok(vec![profile]);
    }
    let mut profiles = profile::embedded().map_err(|e| CommandError::from_error(Kind::Bug, &e))?;
    if let Some(wanted) = &arguments.profile {
        let ids: Vec<String> = profiles.iter().map(|p| p.id.clone()).collect();
        profiles.retain(|p| p.id.starts_with(wanted.as_str()));
        if profiles.is_empty() {
            return Err(CommandError::usage(format!(
                "no profile `{wanted}`; expected one of: {}",
                ids.join(", ")
            )));
        }
    }
    Ok(profiles)
}

fn register_of(arguments: &Arguments) -> Result<Register, CommandError> {
    let Some(path) = &arguments.sources else {
        return Ok(Register::default());
    };
    let text = std::fs::read(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
    Register::from_file(&text).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

fn outcome(categories: Vec<Judgement>, left_out: Vec<LeftOut>) -> Outcome {
    let count = |verdict| {
        let clauses = categories.iter().flat_map(|j| &j.clauses);
        clauses.filter(|c| c.verdict == verdict).count()
    };
    Outcome {
        ok: count(Found::NotMet) == 0,
        met: count(Found::Met),
        not_met: count(Found::NotMet),
        not_shown: count(Found::NotShown),
        does_not_apply: count(Found::DoesNotApply),
        not_for_a_tool: count(Found::NotForATool),
        left_out,
        categories,
    }
}

fn describe(outcome: &Outcome, profiles: &[Profile], language: &str) -> String {
    let mut text = String::new();
    for judgement in &outcome.categories {
        push(
            &mut text,
            0,
            &format!(
                "category {}: files {}, records {}, unreadable {}",
                judgement.category,
                judgement.files.len(),
                judgement.records,
                judgement.unparsed
            ),
        );
        describe_files(&mut text, &judgement.files);
        for profile in profiles {
            let clauses = judgement.clauses.iter().filter(|c| c.profile == profile.id);
            let (title, _) = profile.title.in_language(language);
            push(&mut text, 0, &format!("\n{title}"));
            for clause in clauses {
                describe_clause(&mut text, clause);
            }
        }
        text.push('\n');
    }
    push(
        &mut text,
        0,
        &format!(
            "clauses: {} met, {} not met, {} not shown, {} do not apply, {} not for a tool",
            outcome.met, outcome.not_met, outcome.not_shown, outcome.does_not_apply, outcome.not_for_a_tool
        ),
    );
    push(
        &mut text,
        0,
        "not shown: an event that was never seen may be logged all the same; a log does not say what was never \
         written, and not whether it is true",
    );
    let foreign = outcome.categories.iter().flat_map(|j| &j.clauses);
    if foreign.into_iter().any(|c| c.title_language != language) {
        push(
            &mut text,
            0,
            &format!("titles that their regulation does not give in `{language}` are in English"),
        );
    }
    text
}

/// Few files one by one; many by format, and those alone of which there is something to say.
fn describe_files(text: &mut String, files: &[FileResult]) {
    let is_long = files.len() > FILES_MOST;
    if is_long {
        let mut groups: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
        for file in files {
            let (count, records) = groups.entry((&file.format, &file.encoding)).or_default();
            *count += 1;
            *records += file.records;
        }
        for ((format, encoding), (count, records)) in groups {
            push(
                text,
                2,
                &format!("{format}, {encoding}: files {count}, records {records}"),
            );
        }
    }
    let told = files.iter().filter(|f| !is_long || !f.remarks.is_empty());
    for file in told.clone().take(FILES_MOST) {
        push(
            text,
            2,
            &format!(
                "{}  {}, {}, {} bytes, records {}",
                file.path, file.format, file.encoding, file.bytes, file.records
            ),
        );
        for remark in &file.remarks {
            push(text, 4, remark);
        }
    }
    let more = told.count().saturating_sub(FILES_MOST);
    if more > 0 {
        push(
            text,
            2,
            &format!("and {more} more with remarks (--json names all)"),
        );
    }
}

fn describe_clause(text: &mut String, clause: &ClauseResult) {
    push(
        text,
        2,
        &format!("{:14} {}  {}", clause.verdict.as_str(), clause.id, clause.title),
    );
    push(text, 17, &clause.reason);
    if !clause.note.is_empty() && clause.note != clause.reason {
        push(text, 17, &format!("({})", clause.note));
    }
    for item in &clause.items {
        describe_item(text, clause, item);
    }
}

fn describe_item(text: &mut String, clause: &ClauseResult, item: &ItemResult) {
    let id = if item.id == clause.id {
        "-"
    } else {
        item.id.as_str()
    };
    push(
        text,
        4,
        &format!("{:14} {id}  {}", item.verdict.as_str(), item.title),
    );
    push(text, 19, &item.reason);
    if !item.note.is_empty() && item.note != item.reason {
        push(text, 19, &format!("({})", item.note));
    }
}

/// A line, in which nothing from a log steers the terminal.
fn push(text: &mut String, indent: usize, line: &str) {
    text.extend(std::iter::repeat_n(' ', indent));
    text.push_str(&printable(line));
    text.push('\n');
}
