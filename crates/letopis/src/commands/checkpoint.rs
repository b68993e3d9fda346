//! `letopis checkpoint`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use letopis_archive::vault::{Anchor, Trusted, VerifyOptions, verify_anchors};
use serde_json::json;

use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};
use crate::reports;

mod attach;
mod cosign;
mod stamp;
pub mod trust;

use trust::TrustArguments;

/// The signed state of the ledger, and what others put under it.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Prints the signed note, to be copied into minutes or given to someone else; or writes it as a page to print.
    Show(ShowArguments),
    /// Prints the newest state with the custodian's signature, where a reading signed it last.
    Sign {
        /// Writes it here instead of to stdout.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Cosigns a checkpoint of somebody else's archive, as one of several people. Needs no archive.
    Cosign(cosign::Arguments),
    /// Makes a request for a time stamp (RFC 3161) over the newest state, or takes in the reply.
    Stamp(stamp::Arguments),
    /// Checks what others hold against the ledger: checkpoints, cosigned ones, time stamps, texts of printed pages.
    Anchor(AnchorArguments),
    /// Takes in what somebody put under a checkpoint: a cosigned checkpoint, a time stamp, any detached signature.
    Attach(attach::Arguments),
}

#[derive(Clone, Debug, Args)]
struct ShowArguments {
    /// Writes it here instead of to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// For a cosigner who has seen this many ledger entries: with the proof that the rest only came after them.
    #[arg(long, value_name = "SIZE", conflicts_with = "page")]
    since: Option<u64>,
    /// Writes a page to print, with a QR code (HTML).
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Language of the page: en, fi, kk, ru or sl.
    #[arg(long, value_name = "LANG", default_value = "en", requires = "page")]
    lang: String,
}

#[derive(Clone, Debug, Args)]
struct AnchorArguments {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

/// Does what was asked.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match &arguments.action {
        Action::Show(arguments) => show(context, arguments),
        Action::Sign { output } => {
            let keys = context.keys_to_sign()?;
            let text = context.vault()?.signed_by_custodian(&keys);
            hand_out(context, &text.map_err(|e| vault_error(&e))?, output.as_deref())
        }
        Action::Cosign(arguments) => cosign::run(context, arguments),
        Action::Stamp(arguments) => stamp::run(context, arguments),
        Action::Anchor(arguments) => anchor(context, arguments),
        Action::Attach(arguments) => attach::run(context, arguments),
    }
}

fn show(context: &Context, arguments: &ShowArguments) -> CommandResult {
    let vault = context.vault()?;
    if let Some(path) = &arguments.page {
        let page = reports::checkpoint(context, &vault).map_err(|e| vault_error(&e))?;
        let text = reports::html_of(&page, &arguments.lang)?;
        write(path, text.as_bytes())?;
        context.ui.note(&format!("wrote {}", path.display()));
        return Ok(Verdict::Done);
    }
    let checkpoint = vault.checkpoint();
    let text = match arguments.since {
        None => checkpoint.text.clone(),
        Some(since) => {
            let request = vault.request_cosignature(since);
            request.map_err(|e| vault_error(&e))?.to_text()
        }
    };
    if let Some(path) = &arguments.output {
        write(path, text.as_bytes())?;
    }
    let outcome = json!({
        "archive": vault.config().id, "size": checkpoint.size,
        "root": checkpoint.root.to_string(), "note": text, "written": arguments.output,
    });
    if context.ui.json || arguments.output.is_none() {
        context.ui.outcome(&outcome, || text.clone())?;
    }
    Ok(Verdict::Done)
}

/// A text for somebody else: into a file, or to stdout.
fn hand_out(context: &Context, text: &str, output: Option<&Path>) -> CommandResult {
    match output {
        Some(path) => {
            write(path, text.as_bytes())?;
            context.ui.note(&format!("wrote {}", path.display()));
        }
        None => context.ui.outcome(&json!({ "note": text }), || text.to_owned())?,
    }
    Ok(Verdict::Done)
}

fn anchor(context: &Context, arguments: &AnchorArguments) -> CommandResult {
    let options = VerifyOptions {
        anchors: anchors(&arguments.files)?,
        trusted: arguments.trust.trusted()?,
        threads: 0,
        done: Vec::new(),
    };
    let outcome = verify_anchors(&context.backend(), &options).map_err(|e| vault_error(&e))?;
    let shown = json!({
        "ok": outcome.is_ok(), "findings": outcome.findings, "notices": outcome.notices, "root": outcome.root,
    });
    context.ui.outcome(&shown, || {
        let mut text = String::new();
        for finding in &outcome.findings {
            text.push_str(&format!(
                "FINDING {}\n  where     {}\n  expected  {}\n  found     {}\n  to do     {}\n",
                finding.kind.as_str(),
                finding.place,
                finding.expected,
                finding.found,
                finding.repair
            ));
        }
        for notice in &outcome.notices {
            text.push_str(&format!(
                "notice {}: {}: {}\n",
                notice.kind, notice.place, notice.text
            ));
        }
        text.push_str(if outcome.is_ok() {
            "nothing is wrong"
        } else {
            "SOMETHING IS WRONG"
        });
        text.push_str("; only the ledger was looked at: letopis verify checks every byte");
        crate::ui::printable(&text)
    })?;
    Ok(if outcome.is_ok() {
        Verdict::Done
    } else {
        Verdict::Negative
    })
}

/// What others hold, from files.
///
/// # Errors
/// When one cannot be read.
pub fn anchors(files: &[PathBuf]) -> Result<Vec<Anchor>, CommandError> {
    files
        .iter()
        .map(|path| Ok(Anchor::new(path.display().to_string(), read(path)?)))
        .collect()
}

/// The bytes of a file that was named on the command line.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

/// The text of such a file.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    std::fs::write(path, bytes).map_err(|e| CommandError::environment(format!("{}: {e}", path.display())))
}

/// Takes an attachment in and tells what it shows.
fn take_in(
    context: &Context,
    attachment: &letopis_archive::vault::Attachment,
    trusted: &Trusted,
) -> CommandResult {
    let writer = context.writer()?;
    let about = json!({
        "operator": crate::context::person(), "program": crate::context::PROGRAM, "command": context.command,
    });
    let attached = match writer.attach(attachment, trusted, Some(about), context.now) {
        Ok(attached) => attached,
        // It was looked into, and it does not hold: a verdict, not a mistake in typing.
        Err(letopis_archive::vault::Error::Refused(problem)) => {
            let outcome = json!({ "ok": false, "problem": problem });
            context.ui.outcome(&outcome, || {
                crate::ui::printable(&format!("NOT TAKEN IN: {problem}"))
            })?;
            return Ok(Verdict::Negative);
        }
        Err(error) => return Err(vault_error(&error)),
    };
    let outcome = json!({
        "ok": true, "kind": attachment.kind().name(), "entry": attached.receipt.first, "notices": attached.notices,
        "checkpoint": { "size": attached.receipt.size, "root": attached.receipt.root.to_string() },
    });
    context.ui.outcome(&outcome, || {
        let said: Vec<&str> = attached
            .notices
            .iter()
            .map(|notice| notice.text.as_str())
            .collect();
        let kind = attachment.kind();
        crate::ui::printable(&format!(
            "entry {} ({kind}): {}",
            attached.receipt.first,
            said.join("\n  ")
        ))
    })?;
    Ok(Verdict::Done)
}
