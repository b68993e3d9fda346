//! What other people sign with: X.509 certificates, CMS signatures, RFC 3161 time stamps; verified offline, over bytes.
//!
//! Deliberately absent: files, clocks, network (no revocation lists, no OCSP), secrets (nothing is signed here), a
//! store of trusted authorities (the caller names the certificates that are trusted), and anything of letopis: what is
//! signed is a run of bytes here. Start with [`cms::verify_detached`] and [`timestamp::verify`].
//!
//! What is not in these bytes cannot be shown: whether a certificate was revoked. Callers say so.

mod algorithm;
mod asn1;

pub mod certificate;
pub mod chain;
pub mod cms;
pub mod pem;
pub mod timestamp;

pub use certificate::Certificate;
pub use chain::{Trust, Usage};
pub use cms::Signer;
pub use timestamp::{Request, Token};

/// Microseconds since 1970-01-01T00:00:00Z, UTC.
pub type Micros = i64;

/// Why a signature, certificate or token was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkiError {
    /// The bytes do not have the form that a standard gives them.
    #[error("{place}: expected {expected}")]
    Form {
        /// The structure, by its name in the standard.
        place: &'static str,
        /// What must stand there.
        expected: &'static str,
    },
    /// Well-formed, but by an algorithm or extension that is not verified here. Not a verdict: another tool can tell.
    #[error("{what} is not verified here")]
    Unsupported {
        /// The algorithm or extension, with its object identifier.
        what: String,
    },
    /// The signature, or the stamp, is over other bytes.
    #[error("it is over other bytes: their {algorithm} is {found}, expected {expected}")]
    OtherBytes {
        /// Name of the hash.
        algorithm: &'static str,
        /// Of the bytes at hand, in hex.
        expected: String,
        /// As signed, in hex.
        found: String,
    },
    /// The signature does not belong to the key, or to what it is said to sign.
    #[error("the signature of {by} does not hold")]
    Signature {
        /// Subject of the certificate.
        by: String,
    },
    /// No signature in it.
    #[error("signed by nobody")]
    Unsigned,
    /// The certificate of the signer is neither inside nor among the given ones.
    #[error("the certificate of the signer ({signer}) is not at hand")]
    NoCertificate {
        /// How the signer is named.
        signer: String,
    },
    /// No way from the certificate to one that is trusted.
    #[error("no chain from {subject} to a given certificate: {reason}")]
    Untrusted {
        /// Subject of the certificate.
        subject: String,
        /// What stopped the search.
        reason: String,
    },
    /// The certificate was not valid at that time.
    #[error("the certificate of {subject} is valid from {from} to {to}, not at {at}")]
    OutOfDate {
        /// Subject of the certificate.
        subject: String,
        /// Begin of validity.
        from: String,
        /// End of validity.
        to: String,
        /// The time in question.
        at: String,
    },
    /// The certificate may not be used for this.
    #[error("the certificate of {subject} is not for {usage}")]
    Usage {
        /// Subject of the certificate.
        subject: String,
        /// What it would have to be for.
        usage: &'static str,
    },
    /// The authority refused to stamp.
    #[error("the authority gave no time stamp: status {status}{}", .text.as_deref().map(|t| format!(" ({t})")).unwrap_or_default())]
    NotGranted {
        /// PKIStatus.
        status: u64,
        /// Its words.
        text: Option<String>,
    },
    /// The reply belongs to another request.
    #[error("the time stamp answers another request: its nonce is {found}, expected {expected}")]
    Nonce {
        /// Of the request, in hex.
        expected: String,
        /// Of the reply, in hex, or "none".
        found: String,
    },
}

impl PkiError {
    /// Whether this is no verdict: we could not look, another tool can.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
}

/// Result of this crate.
pub type Result<T> = std::result::Result<T, PkiError>;

pub(crate) fn form(place: &'static str, expected: &'static str) -> PkiError {
    PkiError::Form { place, expected }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
