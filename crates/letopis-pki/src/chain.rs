//! From a certificate to one that the caller trusts (RFC 5280 §6, without revocation and policies).

use crate::{Certificate, Micros, PkiError, Result};

/// Certificates between the signer and the trusted one, at most.
const DEPTH_MAX: u64 = 8;
/// Signatures tried, at most: hostile certificates may bear one name.
const TRIES_MAX: u32 = 200;

/// What the certificate at the lower end is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// A signature under a document: digitalSignature or nonRepudiation.
    Signing,
    /// A time stamp: the one extended usage timeStamping, critical.
    TimeStamping,
}

/// What the chain showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A chain leads to this given certificate (its subject).
    Chain(String),
    /// No certificate was given, so nothing vouches for the signer's.
    NotAsked,
}

/// Checks what `leaf` may do, and at `at` follows the chain from it over `others` to one of `trusted`. A leaf that is
/// itself among the trusted needs no chain.
///
/// # Errors
/// When there is no chain, or a certificate on it was not valid then or may not do this.
pub fn check(
    leaf: &Certificate,
    others: &[Certificate],
    trusted: &[Certificate],
    usage: Usage,
    at: Micros,
) -> Result<Trust> {
    leaf.check_extensions()?;
    match usage {
        Usage::Signing => leaf.check_signer()?,
        Usage::TimeStamping => leaf.check_stamper()?,
    }
    leaf.check_time(at)?;
    if trusted.is_empty() {
        return Ok(Trust::NotAsked);
    }
    if trusted.contains(leaf) {
        return Ok(Trust::Chain(leaf.subject()));
    }
    let mut search = Search {
        others,
        trusted,
        at,
        tries: 0,
        last: None,
    };
    match search.climb(leaf, 0, 0) {
        Some(subject) => Ok(Trust::Chain(subject)),
        None => Err(match search.last {
            // A certificate on the way that is out of date, or may not, is what a person has to know.
            Some(
                reason @ (PkiError::OutOfDate { .. } | PkiError::Usage { .. } | PkiError::Unsupported { .. }),
            ) => reason,
            Some(reason) => PkiError::Untrusted {
                subject: leaf.subject(),
                reason: reason.to_string(),
            },
            None => PkiError::Untrusted {
                subject: leaf.subject(),
                reason: format!("no certificate of its issuer {}", leaf.issuer()),
            },
        }),
    }
}

struct Search<'a> {
    others: &'a [Certificate],
    trusted: &'a [Certificate],
    at: Micros,
    tries: u32,
    last: Option<PkiError>,
}

impl Search<'_> {
    /// `below` counts the authorities already passed that are not self-issued.
    fn climb(&mut self, from: &Certificate, below: u64, depth: u64) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        let (trusted, others) = (self.trusted, self.others);
        for (issuer, is_trusted) in trusted
            .iter()
            .map(|certificate| (certificate, true))
            .chain(others.iter().map(|certificate| (certificate, false)))
            .filter(|(issuer, _)| from.is_issued_in_the_name_of(issuer) && *issuer != from)
        {
            match self.step(from, issuer, below) {
                Ok(()) if is_trusted => return Some(issuer.subject()),
                Ok(()) => {
                    let further = below + u64::from(!issuer.is_self_issued());
                    if let Some(subject) = self.climb(issuer, further, depth + 1) {
                        return Some(subject);
                    }
                }
                Err(error) => self.last = Some(error),
            }
        }
        None
    }

    fn step(&mut self, from: &Certificate, issuer: &Certificate, below: u64) -> Result<()> {
        self.tries += 1;
        if self.tries > TRIES_MAX {
            return Err(crate::form("chain", "fewer certificates of one name"));
        }
        if !from.is_signed_by(issuer)? {
            return Err(PkiError::Signature { by: issuer.subject() });
        }
        issuer.check_extensions()?;
        issuer.check_authority(below)?;
        issuer.check_time(self.at)
    }
}
