//! `letopis checkpoint`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandResult, Verdict};

/// The signed state of the ledger.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Prints the signed note, to be copied into minutes or given to someone else.
    Show,
}

/// Prints the checkpoint.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let Action::Show = arguments.action;
    let vault = context.vault()?;
    let checkpoint = vault.checkpoint();
    let outcome = json!({
        "archive": vault.config().id, "size": checkpoint.size,
        "root": checkpoint.root.to_string(), "note": checkpoint.text,
    });
    context.ui.outcome(&outcome, || checkpoint.text.clone())?;
    Ok(Verdict::Done)
}
