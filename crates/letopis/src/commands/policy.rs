//! `letopis policy`

use clap::{Args, Subcommand};
use letopis_reconstruct::case::Note;
use letopis_reconstruct::case::note::Policy;

use crate::commands::review::{put_on_record, recorded};
use crate::context::{Context, person};
use crate::error::{CommandResult, Verdict};
use crate::ui::table;

/// What each source must log, from which day on. Every version is a ledger entry; logs are judged by the version that was
/// in force on their day.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Puts a policy on record: for a source, a category, or all.
    Set(SetArguments),
    /// Lists every version, in the order in which they were put on record.
    List,
}

#[derive(Clone, Debug, Args)]
struct SetArguments {
    /// For this source.
    #[arg(long, value_name = "ID", conflicts_with = "category")]
    source: Option<String>,
    /// For this category of sources: os, dbms, network, application, protection.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// First day on which it is in force (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Kinds of events that are logged, with commas: auth.logon,account.*
    #[arg(long, value_name = "KINDS", value_delimiter = ',', required = true)]
    kinds: Vec<String>,
    /// Days after which what was logged must have been reviewed.
    #[arg(long, value_name = "N")]
    review_days: Option<u32>,
    /// The decision that it rests on.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who set it; else the account at the keyboard.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Sets or lists.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Set(set) => {
            let policy = Policy {
                source: set.source.clone(),
                category: set.category.clone(),
                from: set.from.clone(),
                kinds: set.kinds.iter().map(|kind| kind.trim().to_owned()).collect(),
                review_days: set.review_days,
                reason: set.reason.clone(),
                by: set.by.clone().unwrap_or_else(person),
            };
            put_on_record(context, Note::Policy(policy))
        }
        Action::List => list(context),
    }
}

fn list(context: &Context) -> CommandResult {
    let entries = recorded(context, "policy")?;
    context
        .ui
        .outcome(&serde_json::json!({ "entries": entries }), || {
            let rows = entries.iter().filter_map(|entry| {
                let Note::Policy(policy) = &entry.note else {
                    return None;
                };
                let whom = policy.source.clone().or_else(|| policy.category.clone());
                Some(vec![
                    entry.seq.to_string(),
                    whom.unwrap_or_else(|| "all".to_owned()),
                    policy.from.clone(),
                    policy.kinds.join(" "),
                    policy
                        .review_days
                        .map_or_else(String::new, |days| days.to_string()),
                    policy.reason.clone(),
                    policy.by.clone(),
                ])
            });
            table(
                &[
                    "ledger entry",
                    "for",
                    "from",
                    "kinds",
                    "review days",
                    "reason",
                    "by",
                ],
                rows,
            )
        })?;
    Ok(Verdict::Done)
}
