//! `letopis ingest --watch`: takes in what comes into folders, again and again, without a network.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Arguments, once};
use crate::commands::init::Facts;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A file as it was seen: path, length, last change. Enough to tell that something was written; what it is the intake
/// itself finds out, by the bytes.
type Seen = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// Looks every `pause` and takes the inputs in when they have changed since the last intake and stood still since the
/// last look, so that a file that is still being copied is left alone. Goes on after an intake that failed; ends when the
/// process is ended, which loses nothing.
///
/// # Errors
/// Where the inputs cannot be read at the first look, or the present is fixed.
pub(super) fn watch(context: &Context, arguments: &Arguments, pause: Duration) -> CommandResult {
    if context.global.now.is_some() {
        return Err(CommandError::usage(
            "--watch goes on with time, and --now holds it still",
        ));
    }
    let mut arguments = arguments.clone();
    let (mut taken, mut last) = (None, look(&arguments.inputs)?);
    loop {
        let seen = look(&arguments.inputs);
        match seen {
            Ok(seen) => {
                if seen == last && taken.as_ref() != Some(&seen) {
                    match Context::new(context.global.clone()).and_then(|context| once(&context, &arguments))
                    {
                        Ok(_) => {
                            taken = Some(seen.clone());
                            // What the archive was made with: from now on it is there.
                            arguments.facts = Facts::default();
                        }
                        Err(error) => context.ui.note(&error.to_string()),
                    }
                }
                last = seen;
            }
            // A medium that is away for a while, a folder that is being replaced.
            Err(error) => context.ui.note(&error.to_string()),
        }
        std::thread::sleep(pause);
    }
}

fn look(inputs: &[PathBuf]) -> Result<Seen, CommandError> {
    let mut seen = Vec::new();
    for input in inputs {
        walk(input, &mut seen)?;
    }
    seen.sort();
    Ok(seen)
}

fn walk(path: &Path, seen: &mut Seen) -> Result<(), CommandError> {
    let failed = |e: std::io::Error| CommandError::environment(format!("{}: {e}", path.display()));
    let facts = match std::fs::symlink_metadata(path) {
        Ok(facts) => facts,
        // Gone since its folder was listed.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !seen.is_empty() => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    if facts.is_dir() {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            walk(&entry.map_err(failed)?.path(), seen)?;
        }
    } else {
        seen.push((path.to_owned(), facts.len(), facts.modified().ok()));
    }
    Ok(())
}
