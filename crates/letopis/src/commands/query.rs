//! `letopis query`

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use letopis_reconstruct::query::{BindDefaults, NamedQuery, OutputFormat, QueryFolder};

use crate::commands::sql::format_or_default;
use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Kind, Verdict};
use crate::ui::table;

/// The named reconstructions.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// A folder of further queries; one of the same name stands before a built-in one.
    #[arg(long, global = true, env = "LETOPIS_QUERIES", value_name = "DIR")]
    queries: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Lists them.
    List,
    /// Shows one: what it answers, its parameters, its SQL.
    Show {
        /// Its name.
        name: String,
    },
    /// Runs one.
    Run {
        /// Its name.
        name: String,
        /// A parameter, as from=2026-01-01.
        #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
        parameters: Vec<(String, String)>,
        /// `table`, `csv`, `json`, `ndjson` or `parquet`.
        #[arg(long, value_name = "FORMAT")]
        format: Option<OutputFormat>,
    },
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn named(error: letopis_reconstruct::query::named::NamedError) -> CommandError {
    CommandError::from_error(Kind::Usage, &error)
}

/// Lists, shows or runs.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let folder = match &arguments.queries {
        Some(folder) => QueryFolder::built_in()
            .and_then(|q| q.with_folder(folder))
            .map_err(named)?,
        None => QueryFolder::built_in().map_err(named)?,
    };
    match &arguments.action {
        Action::List => {
            let list: Vec<&NamedQuery> = folder.list().collect();
            let json: Vec<_> = list
                .iter()
                .map(|q| serde_json::json!({ "name": q.name, "title": q.title }))
                .collect();
            context.ui.outcome(&json, || {
                table(
                    &["name", "answers"],
                    list.iter().map(|q| vec![q.name.clone(), q.title.clone()]),
                )
            })?;
        }
        Action::Show { name } => context.ui.out(&folder.find(name).map_err(named)?.text)?,
        Action::Run {
            name,
            parameters,
            format,
        } => {
            let query = folder.find(name).map_err(named)?;
            let given: BTreeMap<String, String> = parameters.iter().cloned().collect();
            let shown: Vec<String> = given.iter().map(|(n, v)| format!("{n}={v}")).collect();
            let mut reading = context.reading(Some(&format!("{name} {}", shown.join(" "))), true)?;
            let defaults = BindDefaults {
                zone: reading.zone(),
                now: reading.now(),
            };
            let bound = query.bind(&given, &defaults).map_err(named)?;
            let wrap = |e| reconstruct_error(&e);
            let stream = reading
                .run(reading.engine().run(&bound))
                .map_err(|e| wrap(e.into()))?;
            reading
                .write(stream, format_or_default(*format), io::stdout())
                .map_err(wrap)?;
            reading.end("complete").map_err(wrap)?;
        }
    }
    Ok(Verdict::Done)
}
