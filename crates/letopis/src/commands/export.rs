//! `letopis export`

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use letopis_reconstruct::export_events;

use crate::context::{Context, reconstruct_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// What to hand out.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Every event with all its columns and `raw`.
    Events {
        /// How events are written.
        #[arg(long, value_enum, default_value_t = Format::Jsonl, value_name = "FORMAT")]
        format: Format,
        /// Writes here instead of to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
}

/// Hands events out.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let Action::Events {
        format: Format::Jsonl,
        output,
    } = &arguments.action;
    let mut reading = context.reading(None, true)?;
    let wrap = |e| reconstruct_error(&e);
    let rows = match output {
        None => export_events(
            &mut reading,
            &mut BufWriter::with_capacity(1 << 20, io::stdout().lock()),
        )
        .map_err(wrap)?,
        Some(path) => {
            let file = File::create(path)
                .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
            export_events(&mut reading, &mut BufWriter::with_capacity(1 << 20, file)).map_err(wrap)?
        }
    };
    reading.end("complete").map_err(wrap)?;
    context.ui.note(&format!("{rows} events"));
    Ok(Verdict::Done)
}
