//! Whom the person at the keyboard trusts: arguments that several commands share.

use std::path::PathBuf;

use clap::Args;
use letopis_archive::vault::pki::{Certificate, pem};
use letopis_archive::vault::{CosignerKey, Trusted};

use super::{read, read_text};
use crate::error::CommandError;

/// Keys of cosigners, how many of them, and certificates.
#[derive(Clone, Debug, Default, Args)]
pub struct TrustArguments {
    /// Public keys of trusted cosigners, one a line (NAME+ID+KEY, as `letopis key show --cosigner` prints them).
    #[arg(long, value_name = "FILE", num_args = 1..)]
    trust: Vec<PathBuf>,
    /// How many different trusted cosigners must vouch.
    #[arg(long, value_name = "N", requires = "trust")]
    quorum: Option<usize>,
    /// Certificates of authorities that are trusted, or of the signer (PEM or DER).
    #[arg(long, value_name = "FILE", num_args = 1..)]
    certificate: Vec<PathBuf>,
}

impl TrustArguments {
    /// The files, read.
    ///
    /// # Errors
    /// When one cannot be read, or more cosigners are asked for than are named.
    pub fn trusted(&self) -> Result<Trusted, CommandError> {
        let mut trusted = Trusted {
            certificates: certificates(&self.certificate)?,
            ..Trusted::default()
        };
        for path in &self.trust {
            let keys = CosignerKey::parse_list(&read_text(path)?);
            let keys = keys.map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?;
            trusted.cosigners.extend(keys);
        }
        if let Some(quorum) = self.quorum {
            let among = trusted.cosigners.len();
            if !(1..=among).contains(&quorum) {
                return Err(CommandError::usage(format!(
                    "--quorum: {quorum}, expected 1 to {among}: so many cosigners are named"
                )));
            }
            trusted.quorum = quorum;
        }
        Ok(trusted)
    }
}

/// Certificates from files.
///
/// # Errors
/// When one cannot be read.
pub fn certificates(files: &[PathBuf]) -> Result<Vec<Certificate>, CommandError> {
    let mut found = Vec::new();
    for path in files {
        let read = pem::certificates(&read(path)?);
        found.extend(read.map_err(|e| CommandError::usage(format!("{}: {e}", path.display())))?);
    }
    Ok(found)
}
