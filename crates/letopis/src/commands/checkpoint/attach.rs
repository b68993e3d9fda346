//! `letopis checkpoint attach`

use std::path::PathBuf;

use clap::Args;
use letopis_archive::vault::pki::timestamp;
use letopis_archive::vault::{Attachment, SignedCheckpoint, token_of};

use super::trust::TrustArguments;
use super::{read, read_text, take_in};
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// What was handed in.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// The file: a cosigned checkpoint, a time stamp, or a detached signature of any kind (CMS, CAdES, GOST, qualified).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who handed the signature over as theirs.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The checkpoint file that was signed [default: the newest head].
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

/// Looks at what it is, and takes it in where it holds.
pub fn run(context: &Context, arguments: &Arguments) -> CommandResult {
    let bytes = read(&arguments.file)?;
    let trusted = arguments.trust.trusted()?;
    let checkpoint = || -> Result<String, CommandError> {
        match &arguments.checkpoint {
            Some(path) => read_text(path),
            None => Ok(context.vault()?.checkpoint().text.clone()),
        }
    };
    let attachment = if let Ok(note) = SignedCheckpoint::parse(&bytes) {
        Attachment::Cosigned {
            note: note.to_text(),
            cosigners: trusted.cosigners.clone(),
        }
    } else if let Ok(token) = token_of(&bytes).and_then(|token| match timestamp::is_timestamp(&token) {
        true => Ok(token),
        false => Err(letopis_archive::vault::Error::Refused("no time stamp".to_owned())),
    }) {
        let known =
            timestamp::stamped_sha256(&token).and_then(|digest| context.vault().ok()?.head_with(&digest));
        Attachment::Stamp {
            checkpoint: match (known, &arguments.checkpoint) {
                (Some(known), None) => known,
                _ => checkpoint()?,
            },
            token,
            certificates: trusted.certificates.clone(),
        }
    } else {
        let by = arguments.by.clone().ok_or_else(|| {
            CommandError::usage("a detached signature needs the name of who handed it over").hint("--by NAME")
        })?;
        let file = arguments
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Attachment::Signature {
            checkpoint: checkpoint()?,
            signature: bytes,
            by,
            file,
            certificates: trusted.certificates.clone(),
        }
    };
    take_in(context, &attachment, &trusted)
}
