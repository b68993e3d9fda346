//! `letopis checkpoint cosign`: what each member of a commission does with their own key, on their own machine.

use std::path::{Path, PathBuf};

use clap::Args;
use letopis_archive::vault::witness::{Request, WitnessError, parse_memory, remember};
use letopis_archive::vault::{VerifyingKey, cosignature, keys, listed};
use serde_json::json;

use super::{read, read_text, write};
use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::passphrase;

/// What is cosigned, and with what.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The checkpoint, or what `letopis checkpoint show --since SIZE` made for you.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Your key file, as `letopis key new` made it.
    #[arg(long, value_name = "FILE")]
    signer: PathBuf,
    /// Public keys that sign for the archive, one a line, as its custodian gave them to you (`letopis key show`).
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// Where you keep what you cosigned before [default: beside the key file].
    #[arg(long, value_name = "FILE")]
    memory: Option<PathBuf>,
    /// Writes the cosigned checkpoint here instead of to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Cosigns what continues everything that was cosigned before; refuses the rest.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let usage = |path: &Path, error: &dyn std::fmt::Display| {
        CommandError::usage(format!("{}: {error}", path.display()))
    };
    let request = Request::parse(&read(&arguments.file)?).map_err(|e| usage(&arguments.file, &e))?;
    let log = log_keys(&arguments.log)?;
    let beside = || PathBuf::from(format!("{}.cosigned", arguments.signer.display()));
    let memory_path = arguments.memory.clone().unwrap_or_else(beside);
    let memory = match memory_path.try_exists() {
        Ok(false) => String::new(),
        _ => read_text(&memory_path)?,
    };
    let memory = parse_memory(&memory).map_err(|e| usage(&memory_path, &e))?;
    let origin = request.checkpoint.checkpoint().origin();
    let seen = memory.iter().find(|known| known.origin() == origin);
    if let Err(problem) = request.check(&log, seen) {
        return refused(context, &arguments.file, &problem);
    }
    let key = keys::file::read(&arguments.signer, &mut |path| passphrase::ask(path))
        .map_err(|e| vault_error(&e))?;
    let key = key.ok_or_else(|| {
        CommandError::usage(format!(
            "{}: its passphrase is needed",
            arguments.signer.display()
        ))
        .hint(format!(
            "{} holds it for a run without a terminal",
            passphrase::VARIABLE
        ))
    })?;
    let seconds = u64::try_from(context.now.div_euclid(1_000_000)).unwrap_or(0);
    let mut checkpoint = request.checkpoint;
    let line = cosignature::cosign(&key, &checkpoint, seconds);
    checkpoint
        .add_signature(line.clone())
        .map_err(|e| usage(&arguments.file, &e))?;
    // Remembered before it is handed out: what was not remembered might be contradicted.
    keep(&memory_path, &remember(&memory, checkpoint.checkpoint()))?;
    let text = checkpoint.to_text();
    let size = checkpoint.checkpoint().size().0;
    if let Some(path) = &arguments.output {
        write(path, text.as_bytes())?;
        context.ui.note(&format!(
            "wrote {}; give it back to the custodian, who takes it in with: letopis checkpoint attach FILE",
            path.display()
        ));
    }
    let outcome = json!({ "ok": true, "size": size, "line": line.to_string(), "note": text });
    if context.ui.json || arguments.output.is_none() {
        context.ui.outcome(&outcome, || text.clone())?;
    }
    Ok(Verdict::Done)
}

fn refused(context: &Context, file: &Path, problem: &WitnessError) -> CommandResult {
    let outcome = json!({ "ok": false, "problem": problem.to_string() });
    context.ui.outcome(&outcome, || {
        crate::ui::printable(&format!("{}: NOT COSIGNED: {problem}", file.display()))
    })?;
    Ok(Verdict::Negative)
}

fn log_keys(path: &Path) -> Result<Vec<VerifyingKey>, CommandError> {
    let text = read_text(path)?;
    let keys: Result<Vec<_>, _> = listed(&text).map(VerifyingKey::parse).collect();
    match keys {
        Ok(keys) if keys.is_empty() => Err(CommandError::usage(format!("{}: no key in it", path.display()))),
        other => other.map_err(|e| CommandError::usage(format!("{}: {e}", path.display()))),
    }
}

/// Replaces a small file in one step.
fn keep(path: &Path, text: &str) -> Result<(), CommandError> {
    let failed = |e: std::io::Error| CommandError::environment(format!("{}: {e}", path.display()));
    let beside = PathBuf::from(format!("{}.new", path.display()));
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::File::open(&beside)
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
