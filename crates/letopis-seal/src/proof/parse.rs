//! Reading a proof, strictly and with bounds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::text::{self, FIRST_LINE, RAW_LINE_BYTES, RENDERING};
use super::{LaterHead, OpenedDigest, PARTS_MAX, PROOF_BYTES_MAX, Proof, ProofError, ProvenRecord};
use crate::certificate::SignedCertificate;
use crate::checkpoint::SignedCheckpoint;
use crate::decimal;
use crate::hash::{Sha256Digest, hex_array};
use crate::key::VerifyingKey;
use crate::record::{CommitmentNonce, ObjectCommitment, Salt};
use crate::tlog_proof::{self, PATH_MAX, TlogProof};
use crate::tree::{LeafIndex, TreeSize};

const HASH: &str = "a hash as 44 characters of base64, at most 64 of them";

pub(super) fn proof(text: &str) -> Result<Proof, ProofError> {
    if text.len() > PROOF_BYTES_MAX {
        return Err(ProofError::TooLong { found: text.len() });
    }
    let mut lines = Lines {
        rest: text,
        number: 1,
    };
    lines.exactly(FIRST_LINE)?;
    lines.exactly("")?;
    lines.exactly("record")?;
    let main = record(&mut lines)?;
    let mut context = Vec::new();
    while lines.title("context", context.len())? {
        context.push(record(&mut lines)?);
    }
    let rendering = if lines.title(RENDERING, 0)? {
        Some(rendering(&mut lines)?)
    } else {
        None
    };
    let (commitment, records, opened) = object(&mut lines)?;
    lines.exactly("ledger line")?;
    let line = lines.next()?.to_owned();
    lines.exactly("")?;
    lines.exactly("custodian")?;
    let at = lines.number;
    let custodian =
        VerifyingKey::parse(lines.next()?).map_err(|error| ProofError::Key { line: at, error })?;
    lines.exactly("")?;
    let mut certificates = Vec::new();
    while lines.title("certificate", certificates.len())? {
        let note = lines.quoted()?;
        let number = certificates.len() + 1;
        let refuse = |error| ProofError::Certificate { number, error };
        certificates.push(SignedCertificate::parse(note.as_bytes()).map_err(refuse)?);
    }
    let later = if lines.title("later head", 0)? {
        Some(later(&mut lines)?)
    } else {
        None
    };
    if lines.peek() != tlog_proof::FIRST_LINE {
        return Err(lines.refuse(tlog_proof::FIRST_LINE));
    }
    let ledger = TlogProof::parse(lines.rest)?;
    if ledger.extra.is_some() {
        return Err(lines.refuse("a tlog proof without `extra`, which nothing would prove"));
    }
    let proof = Proof {
        record: main,
        context,
        rendering,
        commitment,
        records,
        opened,
        line,
        custodian,
        certificates,
        later,
        ledger,
    };
    one_spelling(text, &proof)?;
    Ok(proof)
}

/// The last check of form: the proof must print back as it was read.
fn one_spelling(text: &str, proof: &Proof) -> Result<(), ProofError> {
    let printed = proof.to_text();
    if printed == text {
        return Ok(());
    }
    let same = text
        .split('\n')
        .zip(printed.split('\n'))
        .take_while(|(found, expected)| found == expected)
        .count();
    let found = text
        .split('\n')
        .nth(same)
        .unwrap_or_default()
        .chars()
        .take(80)
        .collect();
    Err(ProofError::Line {
        line: same + 1,
        expected: "the only spelling of what is meant",
        found,
    })
}

fn record(lines: &mut Lines<'_>) -> Result<ProvenRecord, ProofError> {
    let offset = lines.word("offset ", "a decimal number", decimal::parse)?;
    let length = lines.word("length ", "a decimal number", decimal::parse)?;
    let index = LeafIndex(lines.word("leaf ", "a decimal number", decimal::parse)?);
    let salt = Salt(lines.word("salt ", "32 hexadecimal digits", hex_array)?);
    let text_at = lines.number;
    let mut shown = Vec::new();
    while let Some(text) = lines.optional("text |")? {
        shown.push(text);
    }
    let mut raw = Vec::new();
    while lines.peek().starts_with("raw ") {
        let full = raw.len() % RAW_LINE_BYTES == 0;
        raw.extend(lines.word(
            "raw ",
            "57 bytes in base64, fewer only in the last line",
            |base64| {
                let bytes = (full && base64.len() <= 76)
                    .then(|| STANDARD.decode(base64).ok())
                    .flatten()?;
                (!bytes.is_empty()).then_some(bytes)
            },
        )?);
    }
    if raw.len() as u64 != length {
        return Err(lines.refuse("as many raw bytes as `length` says"));
    }
    if text::text_lines(&raw) != shown {
        let expected = "`text` lines that say what the raw bytes are";
        return Err(ProofError::Line {
            line: text_at,
            expected,
            found: shown.concat().chars().take(80).collect(),
        });
    }
    let path = hashes(lines, "path ")?;
    lines.exactly("")?;
    Ok(ProvenRecord {
        offset,
        raw,
        salt,
        index,
        path,
    })
}

fn object(lines: &mut Lines<'_>) -> Result<(ObjectCommitment, TreeSize, Option<OpenedDigest>), ProofError> {
    lines.exactly("object")?;
    let commitment =
        ObjectCommitment(lines.word("commitment ", "64 hexadecimal digits", Sha256Digest::from_hex)?);
    let records = TreeSize(lines.word("records ", "a decimal number", decimal::parse)?);
    let opened = if lines.peek().starts_with("sha256 ") {
        Some(opened(lines)?)
    } else {
        None
    };
    lines.exactly("")?;
    Ok((commitment, records, opened))
}

fn rendering(lines: &mut Lines<'_>) -> Result<String, ProofError> {
    let mut parts = vec![lines.word("|", "text with control characters escaped", text::unescape)?];
    while lines.peek().starts_with('|') {
        parts.push(lines.word("|", "text with control characters escaped", text::unescape)?);
    }
    lines.exactly("")?;
    Ok(parts.join("\n"))
}

fn opened(lines: &mut Lines<'_>) -> Result<OpenedDigest, ProofError> {
    let sha256 = lines.word("sha256 ", "64 hexadecimal digits", Sha256Digest::from_hex)?;
    let nonce = CommitmentNonce(lines.word("nonce ", "64 hexadecimal digits", hex_array)?);
    Ok(OpenedDigest { sha256, nonce })
}

fn later(lines: &mut Lines<'_>) -> Result<LaterHead, ProofError> {
    let consistency = hashes(lines, "consistency ")?;
    let note = lines.quoted()?;
    let checkpoint = SignedCheckpoint::parse(note.as_bytes()).map_err(ProofError::LaterHead)?;
    Ok(LaterHead {
        consistency,
        checkpoint,
    })
}

fn hashes(lines: &mut Lines<'_>, word: &'static str) -> Result<Vec<Sha256Digest>, ProofError> {
    let mut hashes = Vec::new();
    while lines.peek().starts_with(word) {
        let room = hashes.len() <= PATH_MAX;
        hashes.push(lines.word(word, HASH, |base64| {
            Sha256Digest::from_base64(base64).filter(|_| room)
        })?);
    }
    Ok(hashes)
}

/// The lines not yet read.
struct Lines<'a> {
    rest: &'a str,
    /// Number of the line that comes next, from 1.
    number: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> &'a str {
        self.rest.split('\n').next().unwrap_or_default()
    }

    fn refuse(&self, expected: &'static str) -> ProofError {
        let found = self.peek().chars().take(80).collect();
        ProofError::Line {
            line: self.number,
            expected,
            found,
        }
    }

    /// The next line; the end of the text is refused, since a tlog-proof must follow everything.
    fn next(&mut self) -> Result<&'a str, ProofError> {
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| self.refuse("a newline at the end of this line"))?;
        (self.rest, self.number) = (rest, self.number + 1);
        Ok(line)
    }

    fn exactly(&mut self, expected: &'static str) -> Result<(), ProofError> {
        if self.peek() != expected {
            return Err(self.refuse(if expected.is_empty() {
                "an empty line"
            } else {
                expected
            }));
        }
        self.next().map(|_| ())
    }

    /// Whether a section with this title comes next; takes the title. `have` are there already.
    fn title(&mut self, title: &'static str, have: usize) -> Result<bool, ProofError> {
        if self.peek() != title {
            return Ok(false);
        }
        if have >= PARTS_MAX {
            return Err(self.refuse("at most 256 sections of one kind"));
        }
        self.next().map(|_| true)
    }

    /// A line that begins with `word`; the rest of it is read by `read`.
    fn word<T>(
        &mut self,
        word: &'static str,
        expected: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, ProofError> {
        let Some(rest) = self.peek().strip_prefix(word) else {
            return Err(self.refuse(word));
        };
        let value = read(rest).ok_or_else(|| self.refuse(expected))?;
        self.next()?;
        Ok(value)
    }

    /// The rest of the next line if it begins with `word`.
    fn optional(&mut self, word: &'static str) -> Result<Option<&'a str>, ProofError> {
        match self.peek().strip_prefix(word) {
            Some(rest) => self.next().map(|_| Some(rest)),
            None => Ok(None),
        }
    }

    /// A quoted text, each line after a bar, up to an empty line, which is taken too.
    fn quoted(&mut self) -> Result<String, ProofError> {
        let mut text = String::new();
        while let Some(part) = self.optional("|")? {
            text.push_str(part);
            text.push('\n');
        }
        self.exactly("")?;
        Ok(text)
    }
}
