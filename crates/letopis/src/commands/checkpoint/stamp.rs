//! `letopis checkpoint stamp`: the request and the reply of RFC 3161 as files, carried by hand.

use std::path::{Path, PathBuf};

use clap::Args;
use letopis_archive::vault::pki::{PkiError, timestamp};
use letopis_archive::vault::{Attachment, token_of};
use serde_json::json;

use super::trust::TrustArguments;
use super::{read, read_text, take_in, write};
use crate::context::{Context, vault_error};
use crate::error::{CommandError, CommandResult, Verdict};

/// A request out, or a reply in.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// Writes the request here (.tsq), and the checkpoint it is for beside it (.checkpoint).
    #[arg(short, long, value_name = "FILE", required_unless_present = "reply")]
    output: Option<PathBuf>,
    /// The reply of the authority (.tsr), or the token alone.
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    reply: Option<PathBuf>,
    /// The request that it answers: its nonce is compared.
    #[arg(long, value_name = "FILE", requires = "reply")]
    request: Option<PathBuf>,
    /// The checkpoint that was stamped, where it is no head of the archive as it stood.
    #[arg(long, value_name = "FILE", requires = "reply")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

/// Makes the request, or takes the reply in.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    match (&arguments.output, &arguments.reply) {
        (Some(path), _) => request(context, path),
        (None, Some(path)) => reply(context, arguments, path),
        // The command line asks for one of the two.
        (None, None) => Err(CommandError::usage("neither a request nor a reply")),
    }
}

fn request(context: &Context, path: &Path) -> CommandResult {
    let vault = context.vault()?;
    let checkpoint = vault.checkpoint();
    let nonce = letopis_archive::vault::keys::nonce().map_err(|e| vault_error(&e))?;
    let request = timestamp::Request::new(checkpoint.text.as_bytes(), nonce);
    let beside = path.with_extension("checkpoint");
    write(&beside, checkpoint.text.as_bytes())?;
    write(path, &request.to_der())?;
    let outcome = json!({
        "request": path, "checkpoint": beside, "size": checkpoint.size, "root": checkpoint.root.to_string(),
    });
    context.ui.outcome(&outcome, || {
        format!(
            "request in {}, for the {} ledger entries of the checkpoint in {}\n\
             send it to an authority (application/timestamp-query), then: letopis checkpoint stamp --reply FILE --request {0}",
            path.display(),
            checkpoint.size,
            beside.display()
        )
    })?;
    Ok(Verdict::Done)
}

fn reply(context: &Context, arguments: &Arguments, path: &Path) -> CommandResult {
    let token = match token_of(&read(path)?) {
        Ok(token) => token,
        Err(error) => return negative(context, &format!("{}: {error}", path.display())),
    };
    let vault = context.vault()?;
    let stamped = timestamp::stamped_sha256(&token);
    let checkpoint = match &arguments.checkpoint {
        Some(path) => Some(read_text(path)?),
        None => stamped.and_then(|digest| vault.head_with(&digest)),
    };
    let Some(checkpoint) = checkpoint else {
        let problem =
            "the time stamp is over no head of this archive; --checkpoint FILE names what was stamped";
        return negative(context, &format!("{}: {problem}", path.display()));
    };
    let trusted = arguments.trust.trusted()?;
    if let Some(asked) = &arguments.request {
        let request = timestamp::Request::parse(&read(asked)?);
        let request = request.map_err(|e| CommandError::usage(format!("{}: {e}", asked.display())))?;
        let verdict = timestamp::verify(
            &token,
            checkpoint.as_bytes(),
            Some(&request),
            &trusted.certificates,
            &[],
        );
        if let Err(error @ PkiError::Nonce { .. }) = verdict {
            return negative(context, &format!("{}: {error}", path.display()));
        }
    }
    let attachment = Attachment::Stamp {
        checkpoint,
        token,
        certificates: trusted.certificates.clone(),
    };
    take_in(context, &attachment, &trusted)
}

fn negative(context: &Context, problem: &str) -> CommandResult {
    let outcome = json!({ "ok": false, "problem": problem });
    context.ui.outcome(&outcome, || {
        crate::ui::printable(&format!("NOT TAKEN IN: {problem}"))
    })?;
    Ok(Verdict::Negative)
}
