//! From files as people have them to DER: PEM (RFC 7468) or the bytes themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Certificate, Result, form};

/// The DER inside: of each PEM block with one of these labels, or the bytes as they are where there is no PEM.
///
/// # Errors
/// When a block has no end or is not base64.
pub fn blocks(bytes: &[u8], labels: &[&str]) -> Result<Vec<Vec<u8>>> {
    const PLACE: &str = "PEM";
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text,
        _ => return Ok(vec![bytes.to_vec()]),
    };
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, body) = after
            .split_once("-----")
            .ok_or_else(|| form(PLACE, "five dashes after the label"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = body
            .split_once(end.as_str())
            .ok_or_else(|| form(PLACE, "an END line with the same label"))?;
        if labels.contains(&label) {
            let base64: String = body.chars().filter(|c| !c.is_whitespace()).collect();
            let der = STANDARD.decode(base64);
            found.push(der.map_err(|_| form(PLACE, "base64 between its lines"))?);
        }
        rest = after;
    }
    Ok(found)
}

/// Certificates in PEM (one or more) or DER (one).
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>> {
    let blocks = blocks(bytes, &["CERTIFICATE", "X509 CERTIFICATE"])?;
    let read: Result<Vec<_>> = blocks.iter().map(|der| Certificate::parse(der)).collect();
    match read?.as_slice() {
        [] => Err(form("certificates", "at least one")),
        some => Ok(some.to_vec()),
    }
}
