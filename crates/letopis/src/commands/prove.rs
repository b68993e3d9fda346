//! `letopis prove`

use std::path::PathBuf;

use clap::Args;
use letopis_archive::proof::{self, Shown};
use letopis_event::EventId;
use serde_json::json;

use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// What to prove, or which proof to check.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The record.
    #[arg(required_unless_present = "check", value_name = "EVENT_ID")]
    event_id: Option<EventId>,
    /// Writes the proof here instead of to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Shows the SHA-256 of the whole file too. It lets anyone confirm a guess about the rest of a small file.
    #[arg(long)]
    with_file_digest: bool,
    /// Checks a proof. Needs no archive.
    #[arg(long, value_name = "FILE", conflicts_with = "event_id")]
    check: Option<PathBuf>,
    /// Custodian keys known from elsewhere, one a line, as `letopis checkpoint` archives publish them.
    #[arg(long, value_name = "FILE", requires = "check")]
    trust: Option<PathBuf>,
}

/// Proves or checks.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match (&arguments.check, arguments.event_id) {
        (Some(file), _) => check(context, arguments, file),
        (None, Some(id)) => prove(context, arguments, id),
        // The command line asks for one of the two.
        (None, None) => Err(CommandError::usage("neither a record nor a proof to check")),
    }
}

fn prove(context: &Context, arguments: &Arguments, id: EventId) -> CommandResult {
    let mut reading = context.reading(Some(&id.to_string()), true)?;
    let text = reading
        .vault()
        .prove(&id.object, id.offset, arguments.with_file_digest)
        .map_err(|e| vault_error(&e))?;
    reading.give(1, text.as_bytes());
    match &arguments.output {
        None => context.ui.out(&text)?,
        Some(path) => {
            std::fs::write(path, &text)
                .map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))?;
            let outcome = json!({ "event_id": id.to_string(), "proof": path.display().to_string(), "bytes": text.len() });
            context.ui.outcome(&outcome, || {
                format!(
                    "proof of {id} in {}; anyone can check it: letopis prove --check {0}",
                    path.display()
                )
            })?;
        }
    }
    reading
        .end("complete")
        .map_err(|e| crate::context::reconstruct_error(&e))?;
    Ok(Verdict::Done)
}

fn check(context: &Context, arguments: &Arguments, file: &PathBuf) -> CommandResult {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
    };
    let text = read(file)?;
    let trusted = arguments.trust.as_ref().map(read).transpose()?;
    let shown = match proof::check_proof(&text, trusted.as_deref()) {
        Ok(shown) => shown,
        Err(problem) => {
            let outcome = json!({ "ok": false, "problem": problem });
            context
                .ui
                .outcome(&outcome, || format!("{}: NOT PROVEN: {problem}", file.display()))?;
            return Ok(Verdict::Negative);
        }
    };
    context.ui.outcome(&shown, || describe(&shown))?;
    Ok(Verdict::Done)
}

fn describe(shown: &Shown) -> String {
    let keys = shown.signed_by.join(", ");
    let digest = shown
        .file_sha256
        .as_ref()
        .map_or_else(String::new, |d| format!("\n  of the file with SHA-256 {d}"));
    format!(
        "PROVEN: this record\n  {}\n  stood at byte {} ({} bytes), record {} of {}{digest}\n  in archive {}\n  \
         under ledger entry {}, checkpoint {} with root {}\n  signed by {keys}\nnot shown: {}",
        crate::ui::printable(&shown.record),
        shown.offset,
        shown.length,
        shown.index,
        shown.records,
        shown.archive,
        shown.line_seq,
        shown.checkpoint_size,
        shown.checkpoint_root,
        shown.not_shown.join("; ")
    )
}
