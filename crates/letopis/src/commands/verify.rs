//! `letopis verify`

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use letopis_archive::vault::Progress;
use letopis_archive::{CheckOptions, CheckOutcome, check};

use crate::commands::checkpoint::anchors;
use crate::commands::checkpoint::trust::TrustArguments;
use crate::context::{Context, PROGRAM, archive_error, vault_error};
use crate::error::{CommandResult, Verdict};

/// What to check.
#[derive(Clone, Debug, Default, Args)]
pub struct Arguments {
    /// What someone else holds (a checkpoint, a cosigned one, a time stamp, the text of a printed page): the archive
    /// must continue each of them.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    anchor: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
    /// Reads the originals again and compares what comes out with the rows.
    #[arg(long)]
    rederive: bool,
    /// Writes the outcome into the ledger.
    #[arg(long)]
    record: bool,
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn bytes(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

/// Checks, prints the outcome, and exits with 1 when something is wrong.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let options = CheckOptions {
        rederive: arguments.rederive,
        program: PROGRAM.to_owned(),
        anchors: anchors(&arguments.anchor)?,
        trusted: arguments.trust.trusted()?,
        ..CheckOptions::default()
    };
    let bar = Bar(context.ui.byte_bar(0));
    let outcome = check(&context.backend(), &options, &bar).map_err(|e| archive_error(&e))?;
    bar.0.finish_and_clear();
    if arguments.record {
        let detail = serde_json::json!({
            "ok": outcome.ok, "findings": outcome.findings, "checked": outcome.checked, "program": PROGRAM,
        });
        let keys = context.keys(false)?;
        context
            .vault()?
            .record_verification(outcome.findings.len() as u64, detail, &keys, context.now)
            .map_err(|e| vault_error(&e))?;
    }
    // Names in certificates are written by others.
    context
        .ui
        .outcome(&outcome, || crate::ui::printable(&describe(&outcome)))?;
    Ok(if outcome.ok {
        Verdict::Done
    } else {
        Verdict::Negative
    })
}

/// Checks the demo's archive, with its rows against the originals.
///
/// # Errors
/// As the command.
pub fn demo(context: &Context) -> CommandResult {
    run(
        context,
        &Arguments {
            rederive: true,
            ..Arguments::default()
        },
    )
}

/// The outcome as text.
fn describe(outcome: &CheckOutcome) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    // Writing into a String cannot fail.
    for finding in &outcome.findings {
        let _ = writeln!(
            text,
            "FINDING {}\n  where     {}\n  expected  {}\n  found     {}\n  to do     {}",
            finding.kind, finding.place, finding.expected, finding.found, finding.repair
        );
    }
    for notice in &outcome.notices {
        let _ = writeln!(text, "notice {}: {}: {}", notice.kind, notice.place, notice.text);
    }
    let checked = &outcome.checked;
    let _ = writeln!(
        text,
        "checked: {} ledger entries, {} objects of {}, {} records, {} segments",
        checked.entries,
        checked.objects,
        crate::ui::bytes(checked.bytes),
        checked.records,
        checked.segments
    );
    if let Some(rows) = checked.rows {
        let _ = writeln!(text, "derived again from the originals: {rows} rows");
    }
    let verdict = if outcome.ok {
        "nothing is wrong"
    } else {
        "SOMETHING IS WRONG"
    };
    let _ = writeln!(text, "{verdict}; ledger root {}", outcome.root);
    let _ = writeln!(text, "not shown by this check: {}", outcome.not_shown.join("; "));
    text
}
