//! `letopis repair`

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use letopis_archive::Found;
use letopis_archive::vault::{DirectoryBackend, Progress, Repair, repair};
use serde_json::json;

use crate::commands::verify::describe_finding;
use crate::context::{Context, PROGRAM, machine, person, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// From where.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// A second copy of the same archive: it is only read, and nothing of it is believed that this archive's ledger
    /// does not prove.
    #[arg(long, value_name = "COPY")]
    from: PathBuf,
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn bytes(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

/// Checks the archive, puts right what the copy can give, and prints what was done and what is left.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let (ours, theirs) = (context.archive_path(), &arguments.from);
    let real = std::fs::canonicalize(&ours).ok();
    if real.is_some() && real == std::fs::canonicalize(theirs).ok() {
        return Err(CommandError::usage(format!(
            "{}: is this archive itself, not a second copy of it",
            theirs.display()
        )));
    }
    let about = json!({
        "operator": person(), "machine": machine(), "program": PROGRAM, "command": context.command,
    });
    let (backend, copy) = (context.backend(), DirectoryBackend::new(theirs));
    let keys = context.keys(false)?;
    let bar = Bar(context.ui.byte_bar(0));
    let done = repair(&backend, &copy, &keys, Some(about), context.now, &bar);
    bar.0.finish_and_clear();
    let done = done.map_err(|e| vault_error(&e))?;
    let remaining: Vec<Found> = done.remaining.iter().map(Found::from).collect();
    let json = json!({
        "ok": remaining.is_empty(), "repaired": done.repaired, "refused": done.refused, "remaining": remaining,
        "size": done.size,
    });
    context.ui.outcome(&json, || describe(&done, &remaining))?;
    Ok(if remaining.is_empty() {
        Verdict::Done
    } else {
        Verdict::Negative
    })
}

/// The outcome as text.
fn describe(done: &Repair, remaining: &[Found]) -> String {
    let mut text = String::new();
    for file in &done.repaired {
        let bytes = crate::ui::bytes(file.bytes);
        text.push_str(&format!(
            "put right: {} ({}), {bytes} from the copy, proven by the ledger\n",
            file.place, file.kind
        ));
    }
    for file in &done.refused {
        text.push_str(&format!("NOT put right: {}: {}\n", file.place, file.reason));
    }
    for finding in remaining {
        text.push_str(&describe_finding(finding));
    }
    text.push_str(match (done.repaired.is_empty(), remaining.is_empty()) {
        (true, true) => "nothing is wrong; nothing was written",
        (false, true) => "nothing is wrong any more; the repair stands in the ledger",
        (_, false) => "SOMETHING IS STILL WRONG",
    });
    text
}
