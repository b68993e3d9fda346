//! `letopis copy`

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use letopis_archive::ingest::keep_apart;
use letopis_archive::vault::{DirectoryBackend, HandedOut, KeyRole, Keys, keys};
use serde_json::json;

use crate::context::{Context, PROGRAM, archive_error, machine, person, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::ui::bytes;

pub mod second;

/// What says that a folder is a working copy.
pub const MARK: &str = "copy.json";
/// The folder of its journal.
pub const JOURNAL: &str = "journal";

/// For whom, and where; or what to do with second copies.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    /// The working copy: a folder that is not there yet. The key of its journal is put beside it, in DIR.keys.
    #[arg(value_name = "DIR", required = true)]
    folder: Option<PathBuf>,
    /// Whom it is handed to.
    #[arg(long = "for", value_name = "NAME", required = true)]
    holder: Option<String>,
    #[command(subcommand)]
    action: Option<second::Action>,
}

/// Makes a working copy, or does what was asked with second copies.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match (&arguments.action, &arguments.folder, &arguments.holder) {
        (Some(action), ..) => second::run(context, action),
        (None, Some(folder), Some(holder)) => hand_out(context, folder, holder),
        // The command line asks for both.
        _ => Err(CommandError::usage("expected DIR and --for NAME")),
    }
}

/// Makes the copy, on record in the archive, and says how it is read and comes home.
fn hand_out(context: &Context, folder: &Path, holder: &str) -> CommandResult {
    let beside = beside(folder);
    if holder.trim().is_empty() {
        return Err(CommandError::usage(
            "--for: expected the name of a person, found none",
        ));
    }
    for place in [folder, beside.as_path()] {
        keep_apart(&context.archive_path(), place).map_err(|e| archive_error(&e))?;
    }
    if beside.exists() {
        return Err(CommandError::usage(format!(
            "{}: is there already; expected a new folder for the key of the copy",
            beside.display()
        )));
    }
    let writer = context.writer()?;
    let purpose = context.global.purpose.as_deref();
    if writer.vault().config().require_purpose && purpose.is_none_or(|text| text.trim().is_empty()) {
        return Err(
            CommandError::usage("this archive is handed out for a stated purpose only")
                .hint("--purpose TEXT says why"),
        );
    }
    let about = json!({
        "purpose": purpose, "case": context.global.case, "operator": person(), "machine": machine(),
        "program": PROGRAM, "command": context.command, "place": folder.display().to_string(),
    });
    let key = key_in(&beside)?;
    let (copy, journal) = (
        DirectoryBackend::new(folder),
        DirectoryBackend::new(&folder.join(JOURNAL)),
    );
    let made = writer.hand_out((&copy, &journal), holder, &key, about, context.now);
    let made = made.map_err(|e| {
        if folder.join(MARK).exists() {
            let (folder, beside) = (folder.display(), beside.display());
            return vault_error(&e).hint(format!(
                "remove what lies in {folder} and {beside}: it is not whole"
            ));
        }
        // Nothing was begun there, so the key is for nothing; if it cannot be removed either, it does no harm.
        let _ = std::fs::remove_dir_all(&beside);
        vault_error(&e)
    })?;
    let outcome = json!({
        "copy": made.copy.copy, "for": made.copy.holder, "size": made.copy.size, "root": made.copy.root,
        "files": made.files, "bytes": made.bytes, "place": folder.display().to_string(),
        "keys": beside.display().to_string(), "entry": made.receipt.first,
    });
    context
        .ui
        .outcome(&outcome, || describe(&made, folder, &beside))?;
    Ok(Verdict::Done)
}

/// The folder of the keys: beside the copy, never inside.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".keys");
    PathBuf::from(name)
}

/// A fresh journal key in a new folder.
fn key_in(folder: &Path) -> Result<Keys, CommandError> {
    let failed = |e: std::io::Error| CommandError::environment(format!("{}: {e}", folder.display()));
    DirBuilder::new().mode(0o700).create(folder).map_err(failed)?;
    let key = keys::fresh(KeyRole::Journal, None).map_err(|e| vault_error(&e))?;
    keys::file::write(&folder.join("journal.key"), &key, None, false).map_err(|e| vault_error(&e))?;
    Ok(Keys::of(KeyRole::Journal, key))
}

fn describe(made: &HandedOut, folder: &Path, beside: &Path) -> String {
    let (folder, beside) = (folder.display(), beside.display());
    format!(
        "working copy {} for {}: {} files, {} in {folder}, checked; ledger entries 0 to {} of the archive\n\
         it holds all that the archive holds, the secrets too: guard it like the archive\n\
         read it with: letopis -a {folder} --key {beside} search …\n\
         when it is back: letopis access adopt {folder}; until then `letopis access` names it as outstanding",
        made.copy.copy,
        made.copy.holder,
        made.files,
        bytes(made.bytes),
        made.copy.size.saturating_sub(1),
    )
}
