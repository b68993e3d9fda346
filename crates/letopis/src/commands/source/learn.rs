//! `letopis source learn`

use std::path::PathBuf;

use clap::Args;
use letopis_reconstruct::rhythm::{Proposal, rhythms};
use serde_json::{Value, json};

use super::{checked_about, in_force, set};
use crate::commands::coverage::calendar;
use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports::{self, Out};
use crate::ui::table;

/// What the history of each source proposes as its rhythm.
#[derive(Clone, Debug, Args)]
pub struct LearnArguments {
    /// Sources to look at; all where none is named.
    #[arg(value_name = "ID")]
    sources: Vec<String>,
    /// How many of the last days are looked at.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(14..=3660))]
    days: u32,
    /// Holidays and moved working days: lines of `YYYY-MM-DD,off` or `YYYY-MM-DD,work`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Writes what is proposed for the named sources into the register, on the word of the person who looked at it.
    #[arg(long, requires = "by", requires = "sources")]
    confirm: bool,
    /// Who confirms.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    out: Out,
}

/// Proposes, and writes what is confirmed.
pub fn run(context: &Context, arguments: &LearnArguments) -> CommandResult {
    reports::language(&arguments.out.lang)?;
    let calendar = calendar(arguments.calendar.as_ref())?;
    let mut reading = context.reading(None, true)?;
    let proposals = rhythms(&mut reading, &arguments.sources, &calendar, arguments.days)
        .map_err(|e| reconstruct_error(&e))?;
    reading.end("complete").map_err(|e| reconstruct_error(&e))?;
    let page = reports::rhythms(context, &reading, &proposals);
    drop(reading);
    reports::write_keeping(context, &arguments.out, &page)?;
    let confirmed = match (&arguments.by, arguments.confirm) {
        (Some(by), true) => Some(confirm(context, &proposals, by.trim())?),
        _ => None,
    };
    let outcome = json!({ "proposals": proposals, "confirmed": confirmed });
    context
        .ui
        .outcome(&outcome, || describe(&proposals, confirmed.is_some()))?;
    Ok(Verdict::Done)
}

/// Puts what is proposed in force. All of it, or nothing.
fn confirm(context: &Context, proposals: &[Proposal], by: &str) -> Result<Value, CommandError> {
    if by.is_empty() {
        return Err(CommandError::usage("--by: who confirms must be said"));
    }
    let mut sources = in_force(context)?;
    let mut learned = Vec::new();
    for proposal in proposals {
        let name = &proposal.source;
        let Some(rhythm) = &proposal.proposed else {
            return Err(CommandError::usage(format!(
                "`{name}`: there are too few days of history, so nothing is proposed"
            )));
        };
        if !proposal.declared {
            return Err(CommandError::usage(format!(
                "`{name}` does not stand in the register, where alone a rhythm can be written"
            ))
            .hint(format!("letopis source add {name} pattern=…")));
        }
        for source in sources.iter_mut().filter(|source| source.id == *name) {
            set(source, "rhythm", rhythm)?;
        }
        learned.push(json!({
            "source": name, "rhythm": rhythm, "before": proposal.in_force, "from": proposal.from, "to": proposal.to,
        }));
    }
    let mut about = context.about();
    if let Some(about) = about.as_object_mut() {
        about.insert("confirmed_by".to_owned(), json!(by));
        about.insert("learned".to_owned(), json!(learned));
    }
    let changed = checked_about(context, sources, about)?;
    Ok(json!({ "by": by, "changed": changed, "learned": learned }))
}

fn describe(proposals: &[Proposal], is_confirmed: bool) -> String {
    let rows = proposals.iter().map(|proposal| {
        let days = match (&proposal.from, &proposal.to) {
            (Some(from), Some(to)) => format!("{from} to {to}: {} with records", proposal.held),
            _ => "too few".to_owned(),
        };
        vec![
            proposal.source.clone(),
            proposal
                .in_force
                .clone()
                .unwrap_or_else(|| match proposal.declared {
                    true => "(daily)".to_owned(),
                    false => "(not in the register)".to_owned(),
                }),
            proposal.proposed.clone().unwrap_or_default(),
            days,
            proposal.short.to_string(),
            match (&proposal.proposed, proposal.differs) {
                (None, _) => "",
                (Some(_), true) => "differs",
                (Some(_), false) => "as it is",
            }
            .to_owned(),
        ]
    });
    let columns = [
        "source",
        "in force",
        "proposed",
        "days looked at",
        "fall short",
        "",
    ];
    let last = match is_confirmed {
        true => "Confirmed: the register says so now.",
        false => {
            "Nothing was changed. Look at it, then: letopis source learn ID… --confirm --by NAME, or letopis source edit \
             ID rhythm=…"
        }
    };
    format!("{}\n{last}", table(&columns, rows))
}
