//! `letopis rebuild`

use clap::Args;
use letopis_archive::rebuild;
use serde_json::json;

use crate::context::{Context, PROGRAM, archive_error};
use crate::error::{CommandResult, Verdict};

/// Nothing to choose.
#[derive(Clone, Debug, Args)]
pub struct Arguments {}

/// Makes all segments again.
pub fn run(context: &Context, _arguments: &Arguments) -> CommandResult {
    let writer = context.writer()?;
    let bar = context.ui.byte_bar(0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let outcome = rebuild(&writer, PROGRAM, context.now, &progress).map_err(|e| archive_error(&e))?;
    bar.finish_and_clear();
    let json = json!({
        "objects": outcome.objects,
        "retired": outcome.retired,
        "segments": outcome.segments,
        "rows": outcome.rows,
        "checkpoint": { "size": outcome.receipt.size, "root": outcome.receipt.root.to_string() },
    });
    context.ui.outcome(&json, || {
        format!(
            "{} objects read again; {} segments retired, {} made with {} rows",
            outcome.objects, outcome.retired, outcome.segments, outcome.rows
        )
    })?;
    Ok(Verdict::Done)
}
