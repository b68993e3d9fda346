//! Which keys a proof may be vouched for by: those that are trusted, and those that certificates lead to.

use super::ProofError;
use super::check::TrustedKeys;
use super::error::SignerError;
use crate::certificate::{KeyRole, SignedCertificate};
use crate::checkpoint::SignedCheckpoint;
use crate::key::VerifyingKey;

/// Name and id of a key, as errors say it.
pub(super) fn key_label(key: &VerifyingKey) -> String {
    format!("{}+{}", key.name(), key.id())
}

/// A key that is vouched for: its role, and the ledger line that brings it.
struct Vouched {
    role: KeyRole,
    key: VerifyingKey,
    since: Option<u64>,
}

/// Keys that are trusted, or certified by those that are.
pub(super) struct Keyring(Vec<Vouched>);

impl Keyring {
    /// Checks the chain of certificates from the proof's own custodian key, then keeps what the trusted keys lead to.
    pub(super) fn of(
        custodian: &VerifyingKey,
        certificates: &[SignedCertificate],
        origin: &str,
        trusted: Option<&TrustedKeys>,
    ) -> Result<Self, ProofError> {
        let strict = Self::grow(std::slice::from_ref(custodian), certificates, origin, true)?;
        match trusted {
            Some(keys) => Self::grow(&keys.0, certificates, origin, false),
            None => Ok(strict),
        }
    }

    fn grow(
        roots: &[VerifyingKey],
        certificates: &[SignedCertificate],
        origin: &str,
        strict: bool,
    ) -> Result<Self, ProofError> {
        let root = |key: &VerifyingKey| Vouched {
            role: KeyRole::Custodian,
            key: key.clone(),
            since: None,
        };
        let mut ring = Self(roots.iter().map(root).collect());
        for (place, signed) in certificates.iter().enumerate() {
            let (number, certificate) = (place + 1, signed.certificate());
            if certificate.archive != origin {
                let (expected, found) = (origin.to_owned(), certificate.archive.clone());
                return Err(ProofError::ForeignCertificate {
                    number,
                    expected,
                    found,
                });
            }
            match signed.verify(ring.custodians()) {
                Ok(_) => {}
                Err(error) if strict => return Err(ProofError::Certificate { number, error }),
                Err(_) => continue,
            }
            let (role, key, since) = (certificate.role, certificate.key.clone(), Some(certificate.since));
            ring.0.push(Vouched { role, key, since });
        }
        Ok(ring)
    }

    fn custodians(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.0
            .iter()
            .filter(|vouched| vouched.role == KeyRole::Custodian)
            .map(|vouched| &vouched.key)
    }

    /// Who of the ring signed, in which role. A wrong signature of any of them refuses the head, and so does one by
    /// a key that the ledger of that size cannot know yet.
    pub(super) fn signers(
        &self,
        head: &SignedCheckpoint,
    ) -> Result<Vec<(KeyRole, VerifyingKey)>, SignerError> {
        let size = head.checkpoint().size().0;
        let signed = head.verify(self.0.iter().map(|vouched| &vouched.key))?;
        let mut signers = Vec::new();
        for key in signed {
            let of_key = || self.0.iter().filter(|vouched| vouched.key == *key);
            let known = |vouched: &&Vouched| vouched.since.is_none_or(|since| size > since);
            // The higher role counts where a key has both.
            match of_key().filter(known).map(|vouched| vouched.role).min() {
                Some(role) => signers.push((role, key.clone())),
                None => {
                    let since = of_key()
                        .filter_map(|vouched| vouched.since)
                        .min()
                        .unwrap_or_default();
                    return Err(SignerError::TooNew {
                        key: key_label(key),
                        size,
                        since,
                    });
                }
            }
        }
        Ok(signers)
    }
}
