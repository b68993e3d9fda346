//! `letopis source`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use letopis_archive::{Register, Source, register, sources};
use letopis_event::time::rfc3339;

use crate::context::{Context, archive_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::table;

mod learn;
mod notice;

/// The source register: which systems write logs, how their records are known, and what is expected of them. Every
/// change is a ledger entry; records that were taken in keep the source that they were given then.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Lists the register in force.
    List,
    /// Shows all that the register says of a source, and how that came about.
    Show {
        /// Id of the source.
        id: String,
    },
    /// Adds a source, or a further line of one.
    Add {
        /// Id of the source.
        id: String,
        /// What the register says of it, as in the header that `template` writes.
        #[arg(value_name = "COLUMN=VALUE", required = true)]
        values: Vec<String>,
    },
    /// Changes what the register says of a source; an empty value takes it away.
    Edit {
        /// Id of the source.
        id: String,
        /// What changes.
        #[arg(value_name = "COLUMN=VALUE", required = true)]
        values: Vec<String>,
    },
    /// Says that a source writes no more. Its records stay, and so does what they are held to.
    Retire {
        /// Id of the source.
        id: String,
        /// The last day on which it wrote, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        until: String,
    },
    /// Puts a whole register from a CSV file or a workbook (XLSX) in force, in place of the one before.
    Import {
        /// The file; its first line names the columns, in any order. Of a workbook the sheet `sources` is read, else the
        /// first.
        file: PathBuf,
    },
    /// Writes the header line of a register, to be filled.
    Template {
        /// As a workbook into this file; else as CSV to the terminal.
        #[arg(long, value_name = "FILE")]
        xlsx: Option<PathBuf>,
    },
    /// Proposes the rhythm and the quiet hours of each source from its history; a person confirms.
    Learn(learn::LearnArguments),
    /// Puts on record that a change of a source's log was announced (KZ195-12.4).
    Notice(notice::NoticeArguments),
    /// Lists the announced changes.
    Notices,
    /// Changes of what the logs look like that the records show; unannounced ones make the verdict negative.
    Changes(notice::ChangesArguments),
}

/// Lists, shows or changes.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Template { xlsx: None } => context.ui.out(sources::TEMPLATE)?,
        Action::Template { xlsx: Some(path) } => {
            let columns: Vec<&str> = sources::TEMPLATE.trim_end().split(',').collect();
            let bytes = letopis_report::form("sources", &columns)
                .map_err(|e| CommandError::environment(e.to_string()))?;
            std::fs::write(path, bytes)
                .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
        }
        Action::Learn(arguments) => return learn::run(context, arguments),
        Action::Notice(arguments) => return notice::put(context, arguments),
        Action::Notices => return notice::list(context),
        Action::Changes(arguments) => return notice::changes(context, arguments),
        Action::List => list(context)?,
        Action::Show { id } => show(context, id)?,
        Action::Import { file } => {
            let bytes = std::fs::read(file)
                .map_err(|e| CommandError::environment(format!("{}: {e}", file.display())))?;
            let register = Register::from_file(&bytes)
                .map_err(|e| CommandError::usage(format!("{}: {e}", file.display())))?;
            put(context, &register)?;
        }
        Action::Add { id, values } => {
            let mut sources = in_force(context)?;
            let mut source = Source::default();
            set(&mut source, "id", id)?;
            fill(&mut source, values)?;
            sources.push(source);
            checked(context, sources)?;
        }
        Action::Edit { id, values } => change(context, id, values)?,
        Action::Retire { id, until } => change(context, id, &[format!("until={until}")])?,
    }
    Ok(Verdict::Done)
}

fn in_force(context: &Context) -> Result<Vec<Source>, CommandError> {
    let register = register::in_force(&context.vault()?).map_err(|e| archive_error(&e))?;
    Ok(register.sources().cloned().collect())
}

fn set(source: &mut Source, column: &str, value: &str) -> Result<(), CommandError> {
    if source.set(column, value) {
        return Ok(());
    }
    Err(CommandError::usage(format!("no column is called `{column}`"))
        .hint(format!("columns: {}", sources::TEMPLATE.trim_end())))
}

fn fill(source: &mut Source, values: &[String]) -> Result<(), CommandError> {
    for pair in values {
        let Some((column, value)) = pair.split_once('=') else {
            return Err(CommandError::usage(format!("`{pair}`: expected COLUMN=VALUE")));
        };
        if column == "id" {
            return Err(CommandError::usage(
                "the id of a source stands in its records and cannot be changed",
            ));
        }
        set(source, column, value)?;
    }
    Ok(())
}

/// Changes every line of a source: what may differ between them only where there is one.
fn change(context: &Context, id: &str, values: &[String]) -> Result<(), CommandError> {
    let mut sources = in_force(context)?;
    let lines = sources.iter().filter(|source| source.id == id).count();
    if lines == 0 {
        return Err(
            CommandError::usage(format!("no source `{id}` in the register")).hint("letopis source list")
        );
    }
    let own = |pair: &String| {
        ["pattern=", "hosts=", "addresses="]
            .iter()
            .any(|column| pair.starts_with(column))
    };
    if let Some(pair) = values.iter().find(|pair| lines > 1 && own(pair)) {
        return Err(CommandError::usage(format!(
            "`{id}` has {lines} lines; which of them `{pair}` is meant for cannot be said"
        ))
        .hint("letopis source list --json, then letopis source import FILE"));
    }
    for source in sources.iter_mut().filter(|source| source.id == id) {
        fill(source, values)?;
    }
    checked(context, sources)
}

fn checked(context: &Context, sources: Vec<Source>) -> Result<(), CommandError> {
    let register = Register::checked(sources).map_err(|e| CommandError::usage(e.to_string()))?;
    put(context, &register)
}

/// The same with more to say about it; whether anything changed.
fn checked_about(
    context: &Context,
    sources: Vec<Source>,
    about: serde_json::Value,
) -> Result<bool, CommandError> {
    let register = Register::checked(sources).map_err(|e| CommandError::usage(e.to_string()))?;
    let writer = context.writer()?;
    register::put_in_force(&writer, &register, Some(about), context.now).map_err(|e| archive_error(&e))
}

fn put(context: &Context, register: &Register) -> Result<(), CommandError> {
    let writer = context.writer()?;
    let about = context.about();
    let changed =
        register::put_in_force(&writer, register, Some(about), context.now).map_err(|e| archive_error(&e))?;
    let sources = register.sources().count();
    let outcome = serde_json::json!({ "changed": changed, "lines": sources });
    context.ui.outcome(&outcome, || match changed {
        true => format!("register in force: {sources} lines"),
        false => format!("nothing changed: the register in force says the same ({sources} lines)"),
    })?;
    Ok(())
}

fn list(context: &Context) -> Result<(), CommandError> {
    let sources = in_force(context)?;
    context.ui.outcome(&sources, || {
        let rows = sources.iter().map(|s| {
            let known_by = [&s.pattern, &s.hosts, &s.addresses].map(String::as_str).join(" ");
            let mut row = vec![s.id.clone(), known_by.trim().to_owned()];
            row.extend(
                [
                    &s.name,
                    &s.category,
                    &s.owner,
                    &s.zone,
                    &s.rhythm,
                    &s.since,
                    &s.until,
                ]
                .map(Clone::clone),
            );
            row
        });
        table(
            &[
                "id", "known by", "name", "category", "owner", "zone", "rhythm", "since", "until",
            ],
            rows,
        )
    })?;
    Ok(())
}

fn show(context: &Context, id: &str) -> Result<(), CommandError> {
    let vault = context.vault()?;
    let states = register::history(&vault).map_err(|e| archive_error(&e))?;
    let lines =
        |sources: &[Source]| -> Vec<Source> { sources.iter().filter(|s| s.id == id).cloned().collect() };
    let mut changes = Vec::new();
    let mut last: Vec<Source> = Vec::new();
    for state in &states {
        let now = lines(&state.sources);
        if now != last {
            changes.push((
                rfc3339(state.time),
                state.seq,
                by(state),
                differences(&last, &now),
            ));
            last = now;
        }
    }
    if changes.is_empty() {
        return Err(
            CommandError::usage(format!("no source `{id}` in the register")).hint("letopis source list")
        );
    }
    let json = serde_json::json!({
        "lines": last,
        "changes": changes.iter().map(|(time, entry, by, what)| {
            serde_json::json!({ "time": time, "entry": entry, "by": by, "what": what })
        }).collect::<Vec<_>>(),
    });
    context.ui.outcome(&json, || {
        let facts = last.iter().flat_map(|source| {
            let filled = source
                .columns()
                .into_iter()
                .filter(|(_, value)| !value.is_empty());
            filled
                .map(|(column, value)| vec![column.to_owned(), value.to_owned()])
                .collect::<Vec<_>>()
        });
        let history = changes.iter().map(|(time, entry, by, what)| {
            vec![time.clone(), entry.to_string(), by.clone(), what.join("; ")]
        });
        format!(
            "{}\n\n{}",
            table(&["column", "value"], facts),
            table(&["since", "ledger entry", "by", "what changed"], history)
        )
    })?;
    Ok(())
}

/// Who brought a state of the register, and who confirmed what was learned.
fn by(state: &register::State) -> String {
    let operator = state.operator.clone().unwrap_or_default();
    match &state.confirmed_by {
        Some(name) => format!("{operator}, confirmed by {name}"),
        None => operator,
    }
}

/// What changed between two states of a source, in words.
fn differences(before: &[Source], now: &[Source]) -> Vec<String> {
    match (before, now) {
        (_, []) => vec!["taken out of the register".to_owned()],
        ([], _) => vec!["entered".to_owned()],
        ([before], [now]) => {
            let pairs = before.columns().into_iter().zip(now.columns());
            pairs
                .filter(|((_, a), (_, b))| a != b)
                .map(|((column, a), (_, b))| format!("{column}: `{a}` to `{b}`"))
                .collect()
        }
        _ => vec![format!("{} lines to {}", before.len(), now.len())],
    }
}
