//! `letopis comply`

use std::path::PathBuf;

use clap::Args;
use letopis_reconstruct::case::law::{self, CheckName};
use letopis_reconstruct::case::{Law, Verdict as Answer};
use letopis_reconstruct::comply::How;
use letopis_reconstruct::{Compliance, ComplyRequest, comply};
use letopis_report::{Catalogue, Language, Message};
use serde_json::json;

use crate::commands::coverage::calendar;
use crate::commands::forecast::free;
use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Kind, Verdict};
use crate::reports::{self, Out};
use crate::ui::{printable, table};

/// Answers a regulation clause by clause, each answer with its figure and the query that anyone can run again.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The regulation: fi, kz195, kz199, ru-prik or si; or a profile of your own, FILE.toml. Without it, lists the
    /// profiles, and the checks that a profile can name.
    #[arg(value_name = "PROFILE")]
    profile: Option<String>,
    /// Only clauses whose id begins like this.
    #[arg(long, value_name = "ID")]
    clause: Option<String>,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// How many days may pass until logs are taken in.
    #[arg(long, value_name = "N", default_value_t = 31)]
    intake_days: u32,
    #[command(flatten)]
    out: Out,
}

/// Answers, and writes the page where one is wanted. A clause that is not met makes the verdict negative.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let language = reports::language(&arguments.out.lang)?;
    let Some(name) = &arguments.profile else {
        return list(context, language);
    };
    let mut law = profile(name)?;
    if let Some(wanted) = &arguments.clause {
        law.clauses.retain(|clause| {
            let mut ids = std::iter::once(&clause.id).chain(&clause.also);
            ids.any(|id| id.get_ref().starts_with(wanted.as_str()))
        });
        if law.clauses.is_empty() {
            return Err(CommandError::usage(format!(
                "{name}: no clause begins with `{wanted}`"
            )));
        }
    }
    let request = ComplyRequest {
        calendar: calendar(arguments.calendar.as_ref())?,
        calendar_name: arguments.calendar.as_ref().map(|path| path.display().to_string()),
        intake_days: arguments.intake_days,
        open_to_others: open_to_others(context),
        free: free(context).ok(),
    };
    let mut reading = context.reading(None, true)?;
    let found = comply(&mut reading, &law, &request).map_err(|e| reconstruct_error(&e))?;
    let page = reports::comply(context, &reading, &found, &arguments.out.lang);
    reports::write_keeping(context, &arguments.out, &page)?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    context.ui.outcome(&found, || describe(&found, language))?;
    Ok(match found.not_met {
        0 => Verdict::Done,
        _ => Verdict::Negative,
    })
}

/// The profile of that name, or that a file holds.
fn profile(name: &str) -> Result<Law, CommandError> {
    let built_in = law::BUILT_IN.iter().find(|(known, _)| *known == name);
    if let Some((_, text)) = built_in {
        return Law::parse(text).map_err(|e| CommandError::from_error(Kind::Bug, &e));
    }
    let known: Vec<&str> = law::BUILT_IN.iter().map(|(name, _)| *name).collect();
    if !name.ends_with(".toml") {
        return Err(CommandError::usage(format!(
            "no profile `{name}`; expected one of: {}, or a file that ends in .toml",
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(name).map_err(|e| CommandError::usage(format!("{name}: {e}")))?;
    Law::parse(&text).map_err(|e| CommandError::usage(format!("{name}: {e}")))
}

/// Whether other accounts of this machine may look into the archive's folder; unknown where the system does not say.
fn open_to_others(context: &Context) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let facts = std::fs::metadata(context.archive_path()).ok()?;
    Some(facts.permissions().mode() & 0o077 != 0)
}

fn list(context: &Context, language: Language) -> CommandResult {
    let mut profiles = Vec::new();
    for (name, text) in law::BUILT_IN {
        let law = Law::parse(text).map_err(|e| CommandError::from_error(Kind::Bug, &e))?;
        let title = law.title.in_language(language.code()).0.to_owned();
        profiles.push((*name, title, law.clauses.len()));
    }
    let catalogue = Catalogue::new(language);
    let checks: Vec<(&str, String, String)> = CheckName::ALL
        .iter()
        .map(|check| {
            let (needs, takes) = check.parameters();
            let needs = needs.iter().map(|name| (*name).to_owned());
            let takes = takes.iter().map(|name| format!("[{name}]"));
            let counted = reports::counted(&law::Check::plain(*check));
            (
                check.as_str(),
                needs.chain(takes).collect::<Vec<_>>().join(" "),
                catalogue.text(&counted),
            )
        })
        .collect();
    let outcome = json!({
        "profiles": profiles.iter().map(|(name, title, clauses)| {
            json!({ "name": name, "title": title, "clauses": clauses })
        }).collect::<Vec<_>>(),
        "checks": checks.iter().map(|(name, parameters, counts)| {
            json!({ "name": name, "parameters": parameters, "counts": counts })
        }).collect::<Vec<_>>(),
    });
    context.ui.outcome(&outcome, || {
        let profiles = profiles
            .iter()
            .map(|(name, title, clauses)| vec![(*name).to_owned(), title.clone(), clauses.to_string()]);
        let checks = checks
            .iter()
            .map(|(name, parameters, counts)| vec![(*name).to_owned(), parameters.clone(), counts.clone()]);
        format!(
            "{}\n\n{}",
            table(&["profile", "title", "clauses"], profiles),
            table(&["check", "parameters", "counts"], checks)
        )
    })?;
    Ok(Verdict::Done)
}

fn describe(found: &Compliance, language: Language) -> String {
    let catalogue = Catalogue::new(language);
    let say = |message: &Message| printable(&catalogue.text(message));
    let mut text = format!("{}\n", printable(found.title.in_language(language.code()).0));
    for clause in &found.clauses {
        let ids: Vec<&str> = std::iter::once(&clause.id)
            .chain(&clause.also)
            .map(String::as_str)
            .collect();
        text.push_str(&format!(
            "\n{}  {}  {}\n",
            say(&reports::verdict(clause.verdict)),
            ids.join(" "),
            printable(clause.title.in_language(language.code()).0)
        ));
        for document in &clause.documents {
            let words = Message::code("document", document.as_str());
            text.push_str(&format!("    {}\n", say(&words)));
        }
        for answer in &clause.checks {
            text.push_str(&format!(
                "    {}: {}; {} / {}; {}\n",
                say(&reports::verdict(answer.verdict)),
                say(&reports::counted(&answer.check)),
                answer.figure.held,
                answer.figure.asked,
                say(&reports::because(answer))
            ));
            if answer.verdict != Answer::Met {
                for how in &answer.how {
                    let words = match how {
                        How::Sql { text, .. } => format!("letopis sql \"{text}\""),
                        How::Command { text, count } => format!("{text}  ({count})"),
                    };
                    text.push_str(&format!("      {}\n", printable(&words)));
                }
            }
        }
    }
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let summary = Message::id("comply-summary")
        .number("met", number(found.met))
        .number("unmet", number(found.not_met))
        .number("unshown", number(found.not_shown))
        .number("beyond", number(found.not_for_a_tool));
    text.push_str(&format!("\n{}\n", say(&summary)));
    text
}
