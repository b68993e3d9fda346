//! The look into one attachment: is it over this ledger, and does every signature in it hold?

use letopis_pki::chain::Trust;
use letopis_pki::cms::{self, Judge, Signer};
use letopis_pki::{PkiError, Token, pem, timestamp};
use letopis_seal::SignedCheckpoint;
use letopis_seal::anchor::{AnchorEvidence, AnchorVerdict, judge};
use letopis_seal::cosignature::{self, CosignerKey};
use letopis_seal::entry::EntryTime;
use letopis_seal::note::NoteSignature;

use super::{Attachment, Trusted};
use crate::Micros;
use crate::finding::FindingKind;
use crate::ledger::Ledger;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: FindingKind,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// What an attachment shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Examined {
    /// Ledger lines under its checkpoint.
    pub(crate) size: u64,
    /// Lines that are cosignatures.
    pub(crate) cosignatures: u64,
    /// The time that a verified token states.
    pub(crate) stamped: Option<Micros>,
    /// Who signed.
    pub(crate) names: Vec<String>,
    /// Kind and sentence.
    pub(crate) notices: Vec<(&'static str, String)>,
    pub(crate) troubles: Vec<Trouble>,
    /// Trusted cosigners, and the size that each vouches for.
    pub(crate) cosigned: Vec<(CosignerKey, u64)>,
}

fn trouble(kind: FindingKind, expected: impl Into<String>, found: impl Into<String>) -> Trouble {
    Trouble {
        kind,
        expected: expected.into(),
        found: found.into(),
    }
}

/// An instant as ledger lines print it.
fn moment(micros: Micros) -> String {
    EntryTime::from_micros(micros).map_or_else(|| format!("{micros} µs"), |time| time.to_string())
}

/// Looks into it. `at` is when it was handed in: certificates of signatures must have been valid then.
pub(crate) fn examine(ledger: &Ledger, attachment: &Attachment, trusted: &Trusted, at: Micros) -> Examined {
    let mut examined = Examined::default();
    let text = match attachment {
        Attachment::Cosigned { note, .. } => note,
        Attachment::Stamp { checkpoint, .. } | Attachment::Signature { checkpoint, .. } => checkpoint,
    };
    let kind = match attachment {
        Attachment::Cosigned { .. } => FindingKind::Cosignature,
        Attachment::Stamp { .. } => FindingKind::TimeStamp,
        Attachment::Signature { .. } => FindingKind::Attachment,
    };
    let checkpoint = match checkpoint_in(ledger, text) {
        Ok(checkpoint) => checkpoint,
        Err((expected, found)) => {
            examined.troubles.push(trouble(kind, expected, found));
            return examined;
        }
    };
    examined.size = checkpoint.checkpoint().size().0;
    match attachment {
        Attachment::Cosigned { cosigners, .. } => {
            cosignatures(&checkpoint, cosigners, trusted, &mut examined);
            if examined.cosignatures == 0 {
                let expected = "at least one cosignature under the checkpoint";
                examined.troubles.push(trouble(kind, expected, "none"));
            }
        }
        Attachment::Stamp {
            token, certificates, ..
        } => {
            let verdict =
                timestamp::verify(token, text.as_bytes(), None, &trusted.certificates, certificates);
            match verdict {
                Ok(token) => {
                    examined.stamped = Some(token.time);
                    examined.names.push(token.signer.subject.clone());
                    examined.notices.push(stamp_notice(&token, examined.size));
                }
                Err(error) => refuse(&mut examined, kind, "a time stamp over this checkpoint", &error),
            }
        }
        Attachment::Signature {
            signature,
            by,
            certificates,
            ..
        } => {
            let judge = Judge {
                trusted: &trusted.certificates,
                others: certificates,
                at,
            };
            signature_of(&mut examined, text, signature, by, judge);
        }
    }
    examined
}

/// Takes a verdict of letopis-pki: what is only unknown here is kept for another tool.
fn refuse(examined: &mut Examined, kind: FindingKind, expected: &str, error: &PkiError) {
    match error.is_unsupported() {
        true => examined.notices.push(elsewhere(&error.to_string())),
        false => examined.troubles.push(trouble(kind, expected, error.to_string())),
    }
}

fn elsewhere(reason: &str) -> (&'static str, String) {
    let text = format!("kept as it came; {reason}: check with your national tool");
    ("check-elsewhere", text)
}

fn signature_of(examined: &mut Examined, text: &str, signature: &[u8], by: &str, judge: Judge<'_>) {
    let blocks = pem::blocks(signature, &["PKCS7", "CMS", "SIGNATURE"]).unwrap_or_default();
    // A detached signature often comes as bare base64.
    let der = match blocks.as_slice() {
        [one] if cms::is_cms(one) => Some(one.clone()),
        _ => bare_base64(signature).filter(|der| cms::is_cms(der)),
    };
    let Some(der) = der else {
        examined.notices.push(elsewhere(&format!(
            "signature of {by}, in no form that is verified here"
        )));
        return;
    };
    match cms::verify_detached(&der, text.as_bytes(), judge) {
        Ok(signers) => {
            let size = examined.size;
            examined
                .names
                .extend(signers.iter().map(|signer| signer.subject.clone()));
            examined.notices.extend(signers.iter().map(|signer| {
                let time = signer.claimed_time.map_or_else(String::new, |time| {
                    format!(" on {} by their own clock", moment(time))
                });
                let text = format!(
                    "{} signed the first {size} ledger lines{time} ({}){}",
                    signer.subject,
                    signer.algorithm,
                    vouched_by(signer)
                );
                ("signed", text)
            }));
        }
        Err(error) => refuse(
            examined,
            FindingKind::Attachment,
            "a signature over this checkpoint",
            &error,
        ),
    }
}

fn bare_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let text: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

fn vouched_by(signer: &Signer) -> String {
    match &signer.trust {
        Trust::Chain(subject) => format!(
            ", certificate {} of {}, vouched for by {subject}; whether it was revoked is not checked: nothing is \
             fetched here, ask the authority",
            signer.serial, signer.issuer
        ),
        Trust::NotAsked => format!(
            ", certificate {} of {}, for which nothing vouches: give the authority's with --certificate FILE",
            signer.serial, signer.issuer
        ),
    }
}

/// What a token says, as a notice.
pub(crate) fn stamp_notice(token: &Token, size: u64) -> (&'static str, String) {
    let text = format!(
        "the first {size} ledger lines existed on {}, as {} says{}",
        moment(token.time),
        token.signer.subject,
        vouched_by(&token.signer)
    );
    ("stamped", text)
}

/// A checkpoint of this archive, signed by one of its keys, that the ledger continues; else what was expected and found.
pub(crate) fn checkpoint_in(ledger: &Ledger, text: &str) -> Result<SignedCheckpoint, (String, String)> {
    let parsed = SignedCheckpoint::parse(text.as_bytes());
    let kept = parsed.map_err(|error| ("a signed checkpoint".to_owned(), error.to_string()))?;
    let head = ledger.head();
    let head = head.ok_or_else(|| ("a head to compare it with".to_owned(), "none".to_owned()))?;
    let verdict = judge(
        &kept,
        head,
        &ledger.authority().all,
        AnchorEvidence::Ledger(ledger.tree()),
    );
    match verdict {
        AnchorVerdict::Same { .. } | AnchorVerdict::Extended { .. } => Ok(kept),
        other => Err((
            "a checkpoint that this ledger continues".to_owned(),
            other.to_string(),
        )),
    }
}

/// Whether a line is a cosignature of a known type, by its length: key ids tell no types.
fn is_cosignature(line: &NoteSignature) -> bool {
    matches!(line.bytes.len(), 72 | 2428)
}

/// Checks the cosignatures under a checkpoint: of the trusted, of those whose keys came along, of strangers.
pub(crate) fn cosignatures(
    checkpoint: &SignedCheckpoint,
    given: &[CosignerKey],
    trusted: &Trusted,
    examined: &mut Examined,
) {
    let size = checkpoint.checkpoint().size().0;
    let mut known = Vec::new();
    let strangers = given.iter().filter(|key| !trusted.cosigners.contains(key));
    for (key, is_trusted) in trusted
        .cosigners
        .iter()
        .map(|key| (key, true))
        .chain(strangers.map(|key| (key, false)))
    {
        match cosignature::verify(checkpoint, key) {
            Ok(None) => {}
            Ok(Some(seconds)) => {
                known.push((key.name().clone(), key.id()));
                let micros = i64::try_from(seconds)
                    .ok()
                    .and_then(|seconds| seconds.checked_mul(1_000_000));
                let time = micros.map_or_else(|| format!("{seconds} s"), moment);
                let who = format!("{} ({})", key.name(), key.id());
                if is_trusted {
                    let text = format!("{who} cosigned the first {size} ledger lines on {time}");
                    examined.notices.push(("cosigned", text));
                    examined.cosigned.push((key.clone(), size));
                } else {
                    let text = format!(
                        "{who} cosigned the first {size} ledger lines on {time}, by a key that is in no list of yours (--trust FILE)"
                    );
                    examined.notices.push(("cosigner-unknown", text));
                }
            }
            Err(error) => {
                let expected = format!("a cosignature of {} that holds", key.name());
                examined
                    .troubles
                    .push(trouble(FindingKind::Cosignature, expected, error.to_string()));
                known.push((key.name().clone(), key.id()));
            }
        }
    }
    for line in checkpoint
        .note()
        .signatures()
        .iter()
        .filter(|line| is_cosignature(line))
    {
        examined.cosignatures += 1;
        examined.names.push(line.name.to_string());
        if !known.contains(&(line.name.clone(), line.id)) {
            let text = format!(
                "{} ({}) cosigned, by a key that is not at hand: give it with --trust FILE",
                line.name, line.id
            );
            examined.notices.push(("cosigner-unknown", text));
        }
    }
}
