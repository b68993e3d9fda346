//! `letopis sql`

use std::io;

use clap::Args;
use letopis_reconstruct::Reading;
use letopis_reconstruct::query::OutputFormat;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::stdout_is_terminal;

/// What to ask.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The statement. Tables: events, sources, objects, segments, ledger, access. Functions beside the usual ones:
    /// matches(event_id, query), raw(event_id), in_cidr(ip, network), local_time(time[, zone]), kind_title(code).
    statement: Option<String>,
    /// `table`, `csv`, `json`, `ndjson` or `parquet`: a table on a terminal, ndjson into a pipe unless said.
    #[arg(long, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Reads everything instead of asking the index first. The answer is the same.
    #[arg(long)]
    no_index: bool,
}

/// The format that was asked for, or the one that suits where stdout goes.
pub fn format_or_default(format: Option<OutputFormat>) -> OutputFormat {
    format.unwrap_or(if stdout_is_terminal() {
        OutputFormat::Table
    } else {
        OutputFormat::Ndjson
    })
}

/// Runs one statement, or a shell.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let format = format_or_default(arguments.format);
    match &arguments.statement {
        Some(statement) => ask(context, statement, format, !arguments.no_index)?,
        None => shell(context, format, !arguments.no_index)?,
    }
    Ok(Verdict::Done)
}

/// Each statement is a reading of its own, with its own record.
fn ask(
    context: &Context,
    statement: &str,
    format: OutputFormat,
    use_index: bool,
) -> Result<(), CommandError> {
    let mut reading = context.reading(Some(statement), use_index)?;
    let answered = answer(&mut reading, statement, format);
    let ended = if answered.is_ok() { "complete" } else { "error" };
    reading.end(ended).map_err(|e| reconstruct_error(&e))?;
    answered
}

fn answer(reading: &mut Reading, statement: &str, format: OutputFormat) -> Result<(), CommandError> {
    let stream = reading
        .run(reading.engine().sql(statement))
        .map_err(|e| reconstruct_error(&e.into()))?;
    reading
        .write(stream, format, io::stdout())
        .map_err(|e| reconstruct_error(&e))?;
    Ok(())
}

fn shell(context: &Context, format: OutputFormat, use_index: bool) -> Result<(), CommandError> {
    let failed = |e: ReadlineError| CommandError::environment(e.to_string());
    let mut editor = DefaultEditor::new().map_err(failed)?;
    context.ui.note(
        "SQL over the archive; end a statement with `;`, leave with Ctrl-D. Every statement is recorded.",
    );
    let mut statement = String::new();
    loop {
        let prompt = if statement.is_empty() {
            "letopis> "
        } else {
            "      -> "
        };
        match editor.readline(prompt) {
            Ok(line) => {
                statement.push_str(&line);
                statement.push('\n');
            }
            Err(ReadlineError::Interrupted) => statement.clear(),
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
        if let Some(complete) = statement.trim_end().strip_suffix(';') {
            // The history would keep queries outside the record: it lives as long as the shell.
            let _ = editor.add_history_entry(statement.trim());
            if let Err(error) = ask(context, complete, format, use_index) {
                context.ui.note(error.to_string().trim_end());
            }
            statement.clear();
        }
    }
}
