//! `letopis compact`

use clap::Args;
use letopis_archive::{CompactOptions, compact, planned};
use serde_json::json;

use crate::context::{Context, PROGRAM, archive_error};
use crate::error::{CommandResult, Verdict};

/// What is done.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Only say what would be joined.
    #[arg(long)]
    dry_run: bool,
}

/// Joins small segments.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    if arguments.dry_run {
        let planned = planned(&context.vault()?).map_err(|e| archive_error(&e))?;
        let json = json!({
            "segments": planned.segments,
            "joined": planned.joined,
            "rows": planned.rows,
            "bytes": planned.bytes,
        });
        context.ui.outcome(&json, || {
            format!(
                "{} of {} segments would be joined: {} rows, {} bytes; as much room is needed until they are removed",
                planned.joined, planned.segments, planned.rows, planned.bytes
            )
        })?;
        return Ok(Verdict::Done);
    }
    let writer = context.writer()?;
    let bar = context.ui.byte_bar(0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let options = CompactOptions {
        program: PROGRAM.to_owned(),
        now: context.now,
        threads: 0,
    };
    let outcome = compact(&writer, &options, &progress).map_err(|e| archive_error(&e))?;
    bar.finish_and_clear();
    let checkpoint = outcome
        .receipt
        .as_ref()
        .map(|receipt| json!({ "size": receipt.size, "root": receipt.root.to_string() }));
    let json = json!({
        "before": outcome.before,
        "after": outcome.after,
        "retired": outcome.retired,
        "made": outcome.made,
        "rows": outcome.rows,
        "checkpoint": checkpoint,
    });
    context.ui.outcome(&json, || match outcome.made {
        0 => format!("{} segments, none worth joining", outcome.before),
        _ => format!(
            "{} segments became {}: {} retired, {} made with {} rows",
            outcome.before, outcome.after, outcome.retired, outcome.made, outcome.rows
        ),
    })?;
    Ok(Verdict::Done)
}
