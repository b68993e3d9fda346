//! `letopis source`

use clap::{Args, Subcommand};
use letopis_archive::{Source, register, sources};

use crate::context::{Context, archive_error};
use crate::error::{CommandResult, Verdict};
use crate::ui::table;

/// The source register.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Lists the register in force (`ingest --sources FILE.csv` gives one).
    List,
    /// Writes the header line of a register, to be filled.
    Template,
}

/// Lists or writes the template.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match arguments.action {
        Action::Template => context.ui.out(sources::TEMPLATE)?,
        Action::List => {
            let register = register::in_force(&context.vault()?).map_err(|e| archive_error(&e))?;
            let list: Vec<&Source> = register.sources().collect();
            context.ui.outcome(&list, || {
                let rows = list.iter().map(|s| {
                    [
                        &s.id,
                        &s.pattern,
                        &s.name,
                        &s.category,
                        &s.owner,
                        &s.zone,
                        &s.rhythm,
                    ]
                    .map(Clone::clone)
                    .to_vec()
                });
                table(
                    &["id", "pattern", "name", "category", "owner", "zone", "rhythm"],
                    rows,
                )
            })?;
        }
    }
    Ok(Verdict::Done)
}
