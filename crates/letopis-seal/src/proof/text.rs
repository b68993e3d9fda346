//! Printing a proof.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{LaterHead, OpenedDigest, Proof, ProvenRecord};
use crate::certificate::SignedCertificate;
use crate::hash::{Sha256Digest, hex_text};
use crate::key::VerifyingKey;
use crate::record::ObjectCommitment;
use crate::tree::TreeSize;

/// The first line, which names the version.
pub(super) const FIRST_LINE: &str = "letopis proof of one record, version 1";
pub(super) const RENDERING: &str = "rendering, not proven by itself";
/// Records beyond this are shown in base64 only.
const TEXT_BYTES_MAX: usize = 4096;
/// 57 bytes are 76 characters of base64.
pub(super) const RAW_LINE_BYTES: usize = 57;

pub(super) fn proof(proof: &Proof) -> String {
    let mut out = format!("{FIRST_LINE}\n\n");
    record(&mut out, "record", &proof.record);
    for other in &proof.context {
        record(&mut out, "context", other);
    }
    if let Some(rendering) = &proof.rendering {
        out.push_str(RENDERING);
        out.push('\n');
        for part in rendering.split('\n') {
            line(&mut out, "|", &escape(part));
        }
        out.push('\n');
    }
    out.push_str("object\n");
    tree(&mut out, &proof.commitment, proof.records, proof.opened.as_ref());
    line(&mut out, "\nledger line\n", &proof.line);
    out.push('\n');
    keys(&mut out, &proof.custodian, &proof.certificates);
    later(&mut out, proof.later.as_ref());
    out.push_str(&proof.ledger.to_text());
    out
}

/// What a proof says of a record tree.
pub(super) fn tree(
    out: &mut String,
    commitment: &ObjectCommitment,
    records: TreeSize,
    opened: Option<&OpenedDigest>,
) {
    line(out, "commitment ", &commitment.0.to_hex());
    line(out, "records ", &records.to_string());
    if let Some(opened) = opened {
        line(out, "sha256 ", &opened.sha256.to_hex());
        line(out, "nonce ", &hex_text(&opened.nonce.0));
    }
}

/// The sections `custodian` and `certificate`.
pub(super) fn keys(out: &mut String, custodian: &VerifyingKey, certificates: &[SignedCertificate]) {
    // Writing to a String cannot fail.
    let _ = write!(out, "custodian\n{custodian}\n\n");
    for certificate in certificates {
        out.push_str("certificate\n");
        quote(out, &certificate.to_text());
        out.push('\n');
    }
}

/// The section `later head`, if there is one.
pub(super) fn later(out: &mut String, later: Option<&LaterHead>) {
    let Some(later) = later else { return };
    out.push_str("later head\n");
    hashes(out, "consistency ", &later.consistency);
    quote(out, &later.checkpoint.to_text());
    out.push('\n');
}

/// One hash a line.
pub(super) fn hashes(out: &mut String, word: &str, hashes: &[Sha256Digest]) {
    for hash in hashes {
        line(out, word, &hash.to_base64());
    }
}

/// A section for a record.
pub(super) fn record(out: &mut String, title: &str, record: &ProvenRecord) {
    line(out, title, "");
    line(out, "offset ", &record.offset.to_string());
    line(out, "length ", &record.raw.len().to_string());
    line(out, "leaf ", &record.index.to_string());
    line(out, "salt ", &hex_text(&record.salt.0));
    for text in text_lines(&record.raw) {
        line(out, "text |", &text);
    }
    for bytes in record.raw.chunks(RAW_LINE_BYTES) {
        line(out, "raw ", &STANDARD.encode(bytes));
    }
    hashes(out, "path ", &record.path);
    out.push('\n');
}

pub(super) fn line(out: &mut String, word: &str, rest: &str) {
    out.push_str(word);
    out.push_str(rest);
    out.push('\n');
}

/// Every line of a text that ends in a newline, with a bar before it.
pub(super) fn quote(out: &mut String, text: &str) {
    for part in text.split_inclusive('\n') {
        out.push('|');
        out.push_str(part);
    }
}

/// The bytes as lines of text, or none when they are no text or too long.
pub(super) fn text_lines(raw: &[u8]) -> Vec<String> {
    match std::str::from_utf8(raw) {
        Ok(text) if raw.len() <= TEXT_BYTES_MAX => text.split_inclusive('\n').map(escape).collect(),
        _ => Vec::new(),
    }
}

/// Makes text safe to show: what a person sees is what stands there, and the reverse can be computed.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ if hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Undoes [`escape`]; `None` for anything that it does not print.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = after.chars();
        out.push(match chars.next()? {
            '\\' => '\\',
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'u' => {
                let (digits, end) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                let short = digits.len() <= 6;
                let c = u32::from_str_radix(digits, 16)
                    .ok()
                    .filter(|_| short)
                    .and_then(char::from_u32)?;
                chars = end.chars();
                c
            }
            _ => return None,
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    (escape(&out) == text).then_some(out)
}

/// Control characters, line and paragraph separators, and those that reorder or hide text without being seen.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}
