//! Printing a proof of many records.

use super::{BatchProof, FIRST_LINE};
use crate::hash::hex_text;
use crate::proof::text::{escape, hashes, keys, later, line, quote, record, tree};

pub(super) fn batch(proof: &BatchProof) -> String {
    let mut out = format!("{FIRST_LINE}\n\n");
    for object in &proof.objects {
        out.push_str("object\n");
        tree(
            &mut out,
            &object.commitment,
            object.records,
            object.opened.as_ref(),
        );
        line(&mut out, "line ", &object.line);
        hashes(&mut out, "hash ", &object.hashes);
        out.push('\n');
        for proven in &object.proven {
            record(&mut out, "record", proven);
        }
    }
    for proven in &proof.lines {
        out.push_str("document\n");
        line(&mut out, "line ", &proven.line);
        if let Some((nonce, document)) = &proven.document {
            line(&mut out, "nonce ", &hex_text(&nonce.0));
            line(&mut out, "text |", &escape(document));
        }
        out.push('\n');
    }
    out.push_str("ledger\n");
    hashes(&mut out, "hash ", &proof.hashes);
    out.push('\n');
    keys(&mut out, &proof.custodian, &proof.certificates);
    later(&mut out, proof.later.as_ref());
    out.push_str("checkpoint\n");
    quote(&mut out, &proof.checkpoint.to_text());
    out
}
