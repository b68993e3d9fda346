//! The lines of a proof text, and the parts that proofs of one and of many records share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::text::{self, RAW_LINE_BYTES};
use super::{LaterHead, OpenedDigest, PARTS_MAX, PROOF_BYTES_MAX, ProofError, ProvenRecord};
use crate::certificate::SignedCertificate;
use crate::checkpoint::SignedCheckpoint;
use crate::decimal;
use crate::hash::{Sha256Digest, hex_array};
use crate::key::VerifyingKey;
use crate::record::{CommitmentNonce, ObjectCommitment, Salt};
use crate::tlog_proof::PATH_MAX;
use crate::tree::{LeafIndex, TreeSize};

const HASH: &str = "a hash as 44 characters of base64, no more of them than a tree of 64-bit size has";

/// Begins to read a text: its length, and the line that names what it is.
pub(super) fn begin<'a>(text: &'a str, first: &'static str) -> Result<Lines<'a>, ProofError> {
    if text.len() > PROOF_BYTES_MAX {
        return Err(ProofError::TooLong { found: text.len() });
    }
    let mut lines = Lines {
        rest: text,
        number: 1,
    };
    lines.exactly(first)?;
    lines.exactly("")?;
    Ok(lines)
}

/// What a proof says of a record tree: commitment, leaves, and the file's digest where it is shown.
pub(super) fn tree(
    lines: &mut Lines<'_>,
) -> Result<(ObjectCommitment, TreeSize, Option<OpenedDigest>), ProofError> {
    let commitment =
        ObjectCommitment(lines.word("commitment ", "64 hexadecimal digits", Sha256Digest::from_hex)?);
    let records = TreeSize(lines.word("records ", "a decimal number", decimal::parse)?);
    let opened = if lines.peek().starts_with("sha256 ") {
        Some(opened(lines)?)
    } else {
        None
    };
    Ok((commitment, records, opened))
}

/// The sections `custodian` and `certificate`.
pub(super) fn keys(lines: &mut Lines<'_>) -> Result<(VerifyingKey, Vec<SignedCertificate>), ProofError> {
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
    Ok((custodian, certificates))
}

/// The last check of form: the proof must print back as it was read.
pub(super) fn one_spelling(text: &str, printed: &str) -> Result<(), ProofError> {
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

pub(super) fn record(lines: &mut Lines<'_>) -> Result<ProvenRecord, ProofError> {
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
    let path = hashes(lines, "path ", PATH_MAX + 1)?;
    lines.exactly("")?;
    Ok(ProvenRecord {
        offset,
        raw,
        salt,
        index,
        path,
    })
}

fn opened(lines: &mut Lines<'_>) -> Result<OpenedDigest, ProofError> {
    let sha256 = lines.word("sha256 ", "64 hexadecimal digits", Sha256Digest::from_hex)?;
    let nonce = CommitmentNonce(lines.word("nonce ", "64 hexadecimal digits", hex_array)?);
    Ok(OpenedDigest { sha256, nonce })
}

/// The section `later head`, if it comes next.
pub(super) fn later(lines: &mut Lines<'_>) -> Result<Option<LaterHead>, ProofError> {
    if !lines.title("later head", 0)? {
        return Ok(None);
    }
    let consistency = hashes(lines, "consistency ", PATH_MAX + 1)?;
    let note = lines.quoted()?;
    let checkpoint = SignedCheckpoint::parse(note.as_bytes()).map_err(ProofError::LaterHead)?;
    Ok(Some(LaterHead {
        consistency,
        checkpoint,
    }))
}

pub(super) fn hashes(
    lines: &mut Lines<'_>,
    word: &'static str,
    most: usize,
) -> Result<Vec<Sha256Digest>, ProofError> {
    let mut hashes = Vec::new();
    while lines.peek().starts_with(word) {
        let room = hashes.len() < most;
        hashes.push(lines.word(word, HASH, |base64| {
            Sha256Digest::from_base64(base64).filter(|_| room)
        })?);
    }
    Ok(hashes)
}

/// The lines not yet read.
pub(super) struct Lines<'a> {
    pub(super) rest: &'a str,
    /// Number of the line that comes next, from 1.
    pub(super) number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn peek(&self) -> &'a str {
        self.rest.split('\n').next().unwrap_or_default()
    }

    pub(super) fn refuse(&self, expected: &'static str) -> ProofError {
        let found = self.peek().chars().take(80).collect();
        ProofError::Line {
            line: self.number,
            expected,
            found,
        }
    }

    /// The next line; the end of the text is refused, since a tlog-proof must follow everything.
    pub(super) fn next(&mut self) -> Result<&'a str, ProofError> {
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| self.refuse("a newline at the end of this line"))?;
        (self.rest, self.number) = (rest, self.number + 1);
        Ok(line)
    }

    pub(super) fn exactly(&mut self, expected: &'static str) -> Result<(), ProofError> {
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
    pub(super) fn title(&mut self, title: &'static str, have: usize) -> Result<bool, ProofError> {
        if self.peek() == title && have >= PARTS_MAX {
            return Err(self.refuse("at most 256 sections of one kind"));
        }
        self.section(title)
    }

    /// Whether a section with this title comes next; takes the title.
    pub(super) fn section(&mut self, title: &str) -> Result<bool, ProofError> {
        let there = self.peek() == title;
        if there {
            self.next()?;
        }
        Ok(there)
    }

    /// A line that begins with `word`; the rest of it is read by `read`.
    pub(super) fn word<T>(
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
    pub(super) fn optional(&mut self, word: &'static str) -> Result<Option<&'a str>, ProofError> {
        match self.peek().strip_prefix(word) {
            Some(rest) => self.next().map(|_| Some(rest)),
            None => Ok(None),
        }
    }

    /// A quoted text, each line after a bar, up to an empty line, which is taken too.
    pub(super) fn quoted(&mut self) -> Result<String, ProofError> {
        let mut text = String::new();
        while let Some(part) = self.optional("|")? {
            text.push_str(part);
            text.push('\n');
        }
        self.exactly("")?;
        Ok(text)
    }

    /// A quoted text that ends the whole.
    pub(super) fn quoted_to_end(&mut self) -> Result<String, ProofError> {
        let mut text = String::new();
        while !self.rest.is_empty() {
            text.push_str(self.word("|", "nothing but quoted lines up to the end", Some)?);
            text.push('\n');
        }
        Ok(text)
    }
}
