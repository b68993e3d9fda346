//! Asking the index of one segment.

use std::ops::Range;
use std::sync::Arc;

use letopis_event::Filter;
use letopis_event::filter::TextTest;
use tantivy::directory::OwnedBytes;

use crate::BLOCK_ROWS;
use crate::blocks::{BlockSet, block_count};
use crate::build::{DIGEST, HEADER, MAGIC};
use crate::bytes::{Cursor, damaged};
use crate::error::SearchError;
use crate::signature::Signatures;
use crate::tokens::{self, Tokenizer};
use crate::words::Words;

/// The opened index of one segment.
#[derive(Debug)]
pub struct SegmentIndex {
    bytes: Arc<[u8]>,
    rows: u64,
    words: Option<Words>,
    signatures: Signatures,
    signature_bytes: Range<usize>,
}

/// Where matching rows can stand.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The blocks.
    pub blocks: BlockSet,
    /// One line per test of the filter: how far it narrowed, or why it could not. For people.
    pub plan: Vec<String>,
}

impl SegmentIndex {
    /// Opens an index and checks all of it against its own digest, so that damage is an error here and never
    /// a wrong answer later.
    pub fn open(bytes: Arc<[u8]>) -> Result<Self, SearchError> {
        let mut header = Cursor::new(&bytes);
        let magic = header.take(8, "an index header")?;
        if magic[..7] != MAGIC[..7] {
            return Err(damaged(0, "the header of an index", format!("{magic:02x?}")));
        }
        if magic[7] != MAGIC[7] {
            return Err(SearchError::Stale {
                expected: format!("index format {}", MAGIC[7]),
                found: format!("index format {}", magic[7]),
            });
        }
        check_digest(&bytes)?;
        let found = [
            header.u32("rules")?,
            header.u32("rules")?,
            header.u32("rules")?,
            header.u32("block rows")?,
        ];
        let [token, fold, unicode] = tokens::rules_version();
        let expected = [token, fold, unicode, BLOCK_ROWS];
        if found != expected {
            return Err(SearchError::Stale {
                expected: format!("token rules {expected:?}"),
                found: format!("token rules {found:?}"),
            });
        }
        let rows = header.u64("rows")?;
        let mut sections = [0..0, 0..0, 0..0];
        let mut at = HEADER;
        for section in &mut sections {
            let length = usize::try_from(header.u64("a section's length")?).unwrap_or(usize::MAX);
            let end = at.checked_add(length).filter(|end| *end <= bytes.len() - DIGEST);
            let end =
                end.ok_or_else(|| damaged(at, "a section within the file", format!("{length} bytes")))?;
            *section = at..end;
            at = end;
        }
        let [words, signature_bytes, _] = sections;
        let blocks = block_count(rows);
        let signatures = Signatures::open(&bytes[signature_bytes.clone()], blocks)?;
        let words = if blocks == 0 {
            None
        } else {
            let shared = OwnedBytes::new(Arc::clone(&bytes)).slice(words);
            Some(Words::open(shared, blocks)?)
        };
        Ok(Self {
            bytes,
            rows,
            words,
            signatures,
            signature_bytes,
        })
    }

    /// Rows of the segment.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The blocks in which a row that satisfies the filter can stand, and how they were found.
    ///
    /// Never leaves out a block with a matching row; what cannot be narrowed keeps every block.
    pub fn candidates(&self, filter: &Filter) -> Result<Candidates, SearchError> {
        let mut plan = Vec::new();
        let blocks = self.narrow(filter, &mut plan)?;
        plan.push(format!("{} of {} blocks to read", blocks.len(), blocks.total()));
        Ok(Candidates { blocks, plan })
    }

    fn narrow(&self, filter: &Filter, plan: &mut Vec<String>) -> Result<BlockSet, SearchError> {
        match filter {
            Filter::True => Ok(self.all()),
            Filter::All(parts) => {
                let mut blocks = self.all();
                for part in parts {
                    blocks.intersect(&self.narrow(part, plan)?);
                }
                Ok(blocks)
            }
            Filter::Any(parts) => {
                let mut blocks = BlockSet::none(self.rows);
                for part in parts {
                    blocks.unite(&self.narrow(part, plan)?);
                }
                Ok(blocks)
            }
            Filter::Not(_) => {
                plan.push(
                    "NOT: not narrowed, a block is not without a word because one record is".to_owned(),
                );
                Ok(self.all())
            }
            Filter::Column { column, .. } => {
                plan.push(format!(
                    "{column}: not narrowed here, the table's own statistics do that"
                ));
                Ok(self.all())
            }
            Filter::Text(test) => self.narrow_text(test, plan),
        }
    }

    fn narrow_text(&self, test: &TextTest, plan: &mut Vec<String>) -> Result<BlockSet, SearchError> {
        let (shown, sure) = match test {
            TextTest::Literal(literal) => (format!("\"{literal}\""), Tokens::of_literal(literal)),
            TextTest::LookAlike(literal) => (format!("~\"{literal}\""), Tokens::of_literal(literal)),
            TextTest::Wildcard(pattern) => (pattern.clone(), Tokens::of_wildcard(pattern)),
            TextTest::Regex(pattern) => {
                plan.push(format!(
                    "/{pattern}/: not narrowed, a regular expression is tried on every record"
                ));
                return Ok(self.all());
            }
        };
        let mut blocks = self.all();
        for token in &sure.complete {
            let mut found = BlockSet::none(self.rows);
            if token.is_identifier {
                let section = self.bytes.get(self.signature_bytes.clone()).unwrap_or_default();
                self.signatures
                    .find(section, tokens::hash(&token.bytes), &mut found);
            } else if let Some(words) = &self.words {
                words.find(&token.bytes, &mut found)?;
            }
            plan.push(format!(
                "{shown}: `{}` ({}) may stand in {} of {} blocks",
                String::from_utf8_lossy(&token.bytes),
                if token.is_identifier { "identifier" } else { "word" },
                found.len(),
                found.total()
            ));
            blocks.intersect(&found);
        }
        if sure.has_partial {
            plan.push(format!(
                "{shown}: not narrowed by its open words, they can stand inside identifiers, of which only whole ones \
                 are indexed"
            ));
        } else if sure.complete.is_empty() {
            plan.push(format!("{shown}: not narrowed, it holds no letter or digit"));
        }
        Ok(blocks)
    }

    fn all(&self) -> BlockSet {
        BlockSet::all(self.rows)
    }
}

fn check_digest(bytes: &[u8]) -> Result<(), SearchError> {
    let split = bytes.len().checked_sub(DIGEST).filter(|at| *at >= HEADER);
    let Some((body, digest)) = split.and_then(|at| bytes.split_at_checked(at)) else {
        return Err(damaged(
            0,
            format!("at least {} bytes", HEADER + DIGEST),
            bytes.len().to_string(),
        ));
    };
    let found = blake3::hash(body);
    if found.as_bytes() == digest {
        return Ok(());
    }
    let expected: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    Err(damaged(
        body.len(),
        format!("BLAKE3 {expected}"),
        format!("BLAKE3 {}", found.to_hex()),
    ))
}

/// The tokens that every match of a text test must hold.
struct Tokens {
    complete: Vec<Wanted>,
    /// Whether the test also has open words, of which nothing can be said.
    has_partial: bool,
}

struct Wanted {
    bytes: Vec<u8>,
    is_identifier: bool,
}

impl Tokens {
    /// A literal's ends are bounded, and so is every token inside it.
    fn of_literal(literal: &str) -> Self {
        let mut complete = Vec::new();
        push_tokens(literal, &mut complete);
        Self {
            complete,
            has_partial: false,
        }
    }

    /// Letters and digits that touch a `*` can go on beyond it: only what is bounded within a piece counts.
    fn of_wildcard(pattern: &str) -> Self {
        let mut complete = Vec::new();
        let mut has_partial = false;
        let pieces: Vec<&str> = pattern.split('*').collect();
        for (place, piece) in pieces.iter().enumerate() {
            let mut sure = *piece;
            if place > 0 {
                sure = sure.trim_start_matches(char::is_alphanumeric);
            }
            if place + 1 < pieces.len() {
                sure = sure.trim_end_matches(char::is_alphanumeric);
            }
            has_partial |= sure.len() < piece.len();
            push_tokens(sure, &mut complete);
        }
        Self {
            complete,
            has_partial,
        }
    }
}

fn push_tokens(text: &str, all: &mut Vec<Wanted>) {
    Tokenizer::default().each(text, |token| {
        if all.iter().all(|other| other.bytes != token.bytes) {
            all.push(Wanted {
                bytes: token.bytes.to_vec(),
                is_identifier: token.is_identifier,
            });
        }
    });
}

#[cfg(test)]
mod tests;
