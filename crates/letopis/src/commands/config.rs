//! `letopis config`

use clap::{Args, Subcommand};

use crate::commands::init::Facts;
use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

/// Shows or changes the configuration.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Shows it (the default).
    Show,
    /// Changes it by a ledger entry.
    Set(Facts),
}

/// Shows or changes.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if let Some(Action::Set(facts)) = &arguments.action {
        if facts.is_empty() {
            return Err(
                CommandError::usage("nothing to set").hint("letopis config set --time-zone Asia/Almaty")
            );
        }
        let writer = context.writer()?;
        let mut config = writer.vault().config().clone();
        facts.apply(&mut config)?;
        let about = context.about();
        writer
            .set_config(config, Some(about), context.now)
            .map_err(|e| vault_error(&e))?;
    }
    let vault = context.vault()?;
    let config = vault.config();
    context.ui.outcome(config, || {
        table(
            &["setting", "value"],
            [
                ("id", config.id.clone()),
                ("name", config.name.clone()),
                ("custodian", config.custodian.clone()),
                ("territory", config.territory.clone()),
                ("time zone", config.time_zone.clone()),
                ("retention, months", config.retention_months.to_string()),
                (
                    "purpose required",
                    if config.require_purpose { "yes" } else { "no" }.to_owned(),
                ),
                ("second copies before a removal", config.second_copies.to_string()),
                (
                    "countries of second copies",
                    match config.copy_countries.is_empty() {
                        true => "any".to_owned(),
                        false => config.copy_countries.join(", "),
                    },
                ),
                ("format version", config.format.to_string()),
            ]
            .map(|(name, value)| vec![name.to_owned(), value]),
        )
    })?;
    Ok(Verdict::Done)
}
