//! What other people put under a checkpoint: cosignatures, time stamps, signatures (FORMAT.md, "Cosignatures, time
//! stamps, signatures of others"). Taken in only after it was looked into, looked into again by every check.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use letopis_pki::{Certificate, pem, timestamp};
use letopis_seal::cosignature::CosignerKey;
use letopis_seal::{EntryKind, SignedCheckpoint, sha256};
use serde_json::{Map, Value, json};

use crate::entry::NewEntry;
use crate::ledger::Ledger;
use crate::vault::Vault;
use crate::writer::{Receipt, VaultWriter};
use crate::{Error, Micros, Notice, Result};

mod examine;

pub(crate) use examine::{Examined, Trouble, cosignatures, examine, stamp_notice};

/// An attached file of more bytes is refused.
pub const ATTACHMENT_BYTES_MAX: usize = 16 << 20;

/// Whom the one who checks trusts. It comes from outside the archive, always.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    /// People who cosign.
    pub cosigners: Vec<CosignerKey>,
    /// How many different ones of them must vouch; 0: it is not asked.
    pub quorum: usize,
    /// Certificates at which chains may end.
    pub certificates: Vec<Certificate>,
}

/// What somebody handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// A checkpoint with cosignatures.
    Cosigned {
        /// The whole note.
        note: String,
        /// Public keys that came with it; whether they are trusted is another question.
        cosigners: Vec<CosignerKey>,
    },
    /// A time stamp.
    Stamp {
        /// The text that was stamped.
        checkpoint: String,
        /// TimeStampToken, DER.
        token: Vec<u8>,
        /// Further certificates.
        certificates: Vec<Certificate>,
    },
    /// Any other detached signature.
    Signature {
        /// The text that was signed.
        checkpoint: String,
        /// The signature as it came.
        signature: Vec<u8>,
        /// Who handed it over as theirs.
        by: String,
        /// The name of the file.
        file: String,
        /// Further certificates.
        certificates: Vec<Certificate>,
    },
}

/// One attachment as it stands in the archive, looked into.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its entry.
    pub seq: u64,
    /// `cosign`, `stamp` or `attach`.
    pub kind: EntryKind,
    /// Ledger lines under its checkpoint, as its line says.
    pub size: Option<u64>,
    /// Who signed: names of keys, subjects of certificates, else who handed it in.
    pub by: Vec<String>,
    /// The worst that is to be said, a word: `trouble`, `check-elsewhere`, `cosigner-unknown`, `cosigned`, `stamped`,
    /// `signed`, `attached-unknown`, `destroyed`.
    pub verdict: &'static str,
    /// The sentences.
    pub said: Vec<String>,
}

/// What was handed in and taken, for people.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The entry that brought it, and the new head.
    pub receipt: Receipt,
    /// What it shows.
    pub notices: Vec<Notice>,
}

impl Attachment {
    /// The kind of its entry.
    pub fn kind(&self) -> EntryKind {
        match self {
            Self::Cosigned { .. } => EntryKind::Cosign,
            Self::Stamp { .. } => EntryKind::Stamp,
            Self::Signature { .. } => EntryKind::Attach,
        }
    }

    /// The detail document.
    fn document(&self, about: Option<Value>) -> Value {
        let base64 = |certificates: &[Certificate]| -> Vec<String> {
            certificates
                .iter()
                .map(|certificate| STANDARD.encode(certificate.der()))
                .collect()
        };
        let mut document = match self {
            Self::Cosigned { note, cosigners } => {
                let cosigners: Vec<String> = cosigners.iter().map(ToString::to_string).collect();
                json!({ "note": note, "cosigners": cosigners })
            }
            Self::Stamp {
                checkpoint,
                token,
                certificates,
            } => json!({
                "checkpoint": checkpoint, "token": STANDARD.encode(token), "certificates": base64(certificates),
            }),
            Self::Signature {
                checkpoint,
                signature,
                by,
                file,
                certificates,
            } => json!({
                "checkpoint": checkpoint, "signature": STANDARD.encode(signature), "by": by, "file": file,
                "certificates": base64(certificates),
            }),
        };
        if let (Some(about), Some(map)) = (about, document.as_object_mut()) {
            map.insert("about".to_owned(), about);
        }
        document
    }

    /// Reads a detail document; `None` for one of another form, which an older caller may have written.
    pub(crate) fn of(kind: EntryKind, document: &Value) -> Option<Self> {
        let text = |name: &str| Some(document.get(name)?.as_str()?.to_owned());
        let bytes = |name: &str| STANDARD.decode(document.get(name)?.as_str()?).ok();
        let certificates = || -> Option<Vec<Certificate>> {
            let list = document.get("certificates")?.as_array()?.iter();
            list.map(|der| Certificate::parse(&STANDARD.decode(der.as_str()?).ok()?).ok())
                .collect()
        };
        match kind {
            EntryKind::Cosign => {
                let list = document.get("cosigners")?.as_array()?.iter();
                let cosigners = list
                    .map(|key| CosignerKey::parse(key.as_str()?).ok())
                    .collect::<Option<_>>();
                Some(Self::Cosigned {
                    note: text("note")?,
                    cosigners: cosigners?,
                })
            }
            EntryKind::Stamp => Some(Self::Stamp {
                checkpoint: text("checkpoint")?,
                token: bytes("token")?,
                certificates: certificates()?,
            }),
            EntryKind::Attach => Some(Self::Signature {
                checkpoint: text("checkpoint")?,
                signature: bytes("signature")?,
                by: text("by")?,
                file: text("file")?,
                certificates: certificates()?,
            }),
            _ => None,
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Cosigned { note, .. } => note.len(),
            Self::Stamp { token, .. } => token.len(),
            Self::Signature { signature, .. } => signature.len(),
        }
    }
}

/// The token in a reply, and the certificates in it and beside it, from files as they came.
///
/// # Errors
/// [`Error::Refused`] when the authority gave no stamp or the file is something else.
pub fn token_of(reply: &[u8]) -> Result<Vec<u8>> {
    let blocks = pem::blocks(reply, &["PKCS7", "CMS", "TIMESTAMP RESPONSE"]);
    let blocks = blocks.map_err(|error| Error::Refused(error.to_string()))?;
    let [one] = blocks.as_slice() else {
        return Err(Error::Refused("expected one time stamp in the file".to_owned()));
    };
    timestamp::token_of(one).map_err(|error| Error::Refused(error.to_string()))
}

impl Ledger {
    /// The head that has this SHA-256 as a text, as it was handed out: the newest, or an earlier one of a commit.
    pub(crate) fn head_with(&self, digest: &[u8; 32]) -> Option<SignedCheckpoint> {
        let sizes = self.commits().iter().skip(1).map(|commit| commit.first);
        let mut heads = sizes.chain([self.size()]).filter_map(|size| self.head_at(size));
        heads.find(|head| sha256(head.to_text().as_bytes()).0 == *digest)
    }
}

impl Vault {
    /// The text of the head, newest or earlier, that has this SHA-256: what a time stamp is over.
    pub fn head_with(&self, digest: &[u8; 32]) -> Option<String> {
        self.ledger().head_with(digest).map(|head| head.to_text())
    }

    /// The newest head with the custodian's signature: as it stands, or with one added where the journal key signed it
    /// last. Nothing is written; the ledger does not change by it.
    pub fn signed_by_custodian(&self, keys: &crate::Keys) -> Result<String> {
        self.ledger().refuse_if_damaged()?;
        let mut head = self
            .ledger()
            .head()
            .cloned()
            .ok_or_else(|| Error::Refused("no head".to_owned()))?;
        let custodian = self.ledger().signer(keys, false)?;
        if head.verify([custodian.verifying_key()]).is_ok() {
            return Ok(head.to_text());
        }
        let refuse = |error: letopis_seal::checkpoint::CheckpointError| Error::Refused(error.to_string());
        let signed = head.checkpoint().clone().sign(&[custodian]).map_err(refuse)?;
        for line in signed.note().signatures() {
            head.add_signature(line.clone()).map_err(refuse)?;
        }
        Ok(head.to_text())
    }

    /// The newest head for a cosigner who has seen `since` lines: with the proof that it continues them.
    pub fn request_cosignature(&self, since: u64) -> Result<letopis_seal::witness::Request> {
        self.ledger().refuse_if_damaged()?;
        let head = self
            .ledger()
            .head()
            .cloned()
            .ok_or_else(|| Error::Refused("no head".to_owned()))?;
        let new = head.checkpoint().size();
        let mut tree = self.ledger().tree();
        let proof = letopis_seal::consistency_proof(&mut tree, letopis_seal::TreeSize(since), new);
        let proof = proof.map_err(|error| Error::Refused(error.to_string()))?;
        Ok(letopis_seal::witness::Request {
            proof,
            checkpoint: head,
        })
    }

    /// Everything that others put under checkpoints of this archive, looked into by `trusted`.
    pub fn attachments(&self, trusted: &Trusted) -> Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for kind in [EntryKind::Cosign, EntryKind::Stamp, EntryKind::Attach] {
            for entry in self.entries(Some(kind)) {
                let entry = entry?;
                let document = self.detail(entry.seq)?;
                let attachment = document
                    .as_ref()
                    .and_then(|document| Attachment::of(kind, document));
                let (mut by, mut said) = (Vec::new(), Vec::new());
                let verdict = match (&document, &attachment) {
                    (None, _) => "destroyed",
                    (_, None) => "attached-unknown",
                    (_, Some(attachment)) => {
                        let examined = examine(self.ledger(), attachment, trusted, entry.time);
                        said.extend(examined.notices.iter().map(|(_, text)| text.clone()));
                        said.extend(
                            examined
                                .troubles
                                .iter()
                                .map(|t| format!("expected {}, found {}", t.expected, t.found)),
                        );
                        by = examined.names;
                        if by.is_empty()
                            && let Attachment::Signature { by: name, .. } = attachment
                        {
                            by.push(name.clone());
                        }
                        const WORST: [&str; 5] = [
                            "check-elsewhere",
                            "cosigner-unknown",
                            "cosigned",
                            "stamped",
                            "signed",
                        ];
                        let word = |word: &&&str| examined.notices.iter().any(|(kind, _)| kind == *word);
                        match examined.troubles.is_empty() {
                            true => WORST.iter().find(word).copied().unwrap_or("check-elsewhere"),
                            false => "trouble",
                        }
                    }
                };
                kept.push(Kept {
                    seq: entry.seq,
                    kind,
                    size: entry.number("size"),
                    by,
                    verdict,
                    said,
                });
            }
        }
        kept.sort_by_key(|kept| kept.seq);
        Ok(kept)
    }

    /// Every certified key: role, key, the entry that certified it, and whether it may sign now.
    pub fn certified_keys(&self) -> Vec<CertifiedKey> {
        let authority = self.ledger().authority();
        let first = authority.first.iter().map(|key| CertifiedKey {
            role: letopis_seal::KeyRole::Custodian,
            key: key.clone(),
            since: 1,
            active: authority.custodian.as_ref() == Some(key),
        });
        let later = authority.certificates.iter().map(|signed| {
            let certificate = signed.certificate();
            let active = match certificate.role {
                letopis_seal::KeyRole::Custodian => authority.custodian.as_ref() == Some(&certificate.key),
                letopis_seal::KeyRole::Journal => authority.journals.contains(&certificate.key),
            };
            CertifiedKey {
                role: certificate.role,
                key: certificate.key.clone(),
                since: certificate.since,
                active,
            }
        });
        first.chain(later).collect()
    }
}

/// A key that the ledger certifies.
#[derive(Clone, Debug)]
pub struct CertifiedKey {
    /// By what right it signs.
    pub role: letopis_seal::KeyRole,
    /// The key.
    pub key: letopis_seal::VerifyingKey,
    /// The entry that brings it.
    pub since: u64,
    /// Whether it may sign now: not handed over, not retired.
    pub active: bool,
}

impl VaultWriter {
    /// Takes in what somebody put under a checkpoint of this archive, as an entry of its kind. It is looked into first,
    /// by `trusted`; what does not hold is refused. `about` is kept in its document.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is over something else, a signature does not hold, or a chain leads elsewhere.
    pub fn attach(
        &self,
        attachment: &Attachment,
        trusted: &Trusted,
        about: Option<Value>,
        now: Micros,
    ) -> Result<Attached> {
        if attachment.length() > ATTACHMENT_BYTES_MAX {
            return Err(Error::Refused("an attachment of more than 16 MiB".to_owned()));
        }
        let vault = self.vault();
        let examined = examine(vault.ledger(), attachment, trusted, now);
        if let Some(Trouble { expected, found, .. }) = examined.troubles.first() {
            return Err(Error::Refused(format!("expected {expected}, found {found}")));
        }
        let mut fields = Map::from_iter([("size".to_owned(), json!(examined.size))]);
        match attachment {
            Attachment::Cosigned { .. } => {
                fields.insert("cosignatures".to_owned(), json!(examined.cosignatures))
            }
            // What could not be verified here states no time.
            Attachment::Stamp { .. } => examined
                .stamped
                .and_then(|time| fields.insert("stamped".to_owned(), json!(time))),
            Attachment::Signature { signature, .. } => {
                fields.insert("bytes".to_owned(), json!(signature.len()))
            }
        };
        let entry = NewEntry::new(attachment.kind(), fields, Some(attachment.document(about)));
        let receipt = self.commit(vec![entry], now)?;
        let place = format!("entry {}", receipt.first);
        let notices = examined
            .notices
            .into_iter()
            .map(|(kind, text)| Notice::new(kind, &place, text))
            .collect();
        Ok(Attached { receipt, notices })
    }
}
