//! Reading the proof of one record, strictly and with bounds.

use super::lines::{self, Lines};
use super::text::{self, FIRST_LINE, RENDERING};
use super::{Proof, ProofError};
use crate::tlog_proof::{self, TlogProof};

pub(super) fn proof(text: &str) -> Result<Proof, ProofError> {
    let mut lines = lines::begin(text, FIRST_LINE)?;
    lines.exactly("record")?;
    let main = lines::record(&mut lines)?;
    let mut context = Vec::new();
    while lines.title("context", context.len())? {
        context.push(lines::record(&mut lines)?);
    }
    let rendering = if lines.title(RENDERING, 0)? {
        Some(rendering(&mut lines)?)
    } else {
        None
    };
    lines.exactly("object")?;
    let (commitment, records, opened) = lines::tree(&mut lines)?;
    lines.exactly("")?;
    lines.exactly("ledger line")?;
    let line = lines.next()?.to_owned();
    lines.exactly("")?;
    let (custodian, certificates) = lines::keys(&mut lines)?;
    let later = lines::later(&mut lines)?;
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
    lines::one_spelling(text, &proof.to_text())?;
    Ok(proof)
}

fn rendering(lines: &mut Lines<'_>) -> Result<String, ProofError> {
    let mut parts = vec![lines.word("|", "text with control characters escaped", text::unescape)?];
    while lines.peek().starts_with('|') {
        parts.push(lines.word("|", "text with control characters escaped", text::unescape)?);
    }
    lines.exactly("")?;
    Ok(parts.join("\n"))
}
