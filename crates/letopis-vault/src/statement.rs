//! Statements about an archive, signed by its custodian: what somebody can hold against the archive later.
//!
//! ```text
//! letopis.statement/v1 retention          what it is about
//! archive 5b…                             id of the archive
//! state 372 731c42d7…                     ledger entries that it rests on, and their root
//! made 2026-05-01T09:00:00Z               by the clock of the machine
//! …                                       what is stated, a line each
//!
//! — letopis.archive/5b… BASE64            C2SP signed-note
//! ```

use letopis_seal::{KeyRole, SignedNote, TreeSize, VerifyingKey};
use serde::Serialize;

use crate::vault::Vault;
use crate::{Error, Keys, Result};

/// No checkpoint, certificate or journal begins like this, so that a signature over one is none over another.
const FIRST: &str = "letopis.statement/v1 ";

/// A statement that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it is about, a word.
    pub about: String,
    /// Ledger entries that it rests on.
    pub size: u64,
    /// When it was made, RFC 3339, by the clock of the machine.
    pub made: String,
    /// What is stated, a line each.
    pub lines: Vec<String>,
    /// Id of the custodian's key that signed it.
    pub key: String,
}

impl Vault {
    /// Signs lines by the custodian's key, together with the state of the ledger that they rest on. `made`: the present,
    /// RFC 3339.
    ///
    /// # Errors
    /// When the key is not at hand, the ledger is damaged, or a line is empty or holds a line end.
    pub fn sign_statement(&self, about: &str, made: &str, lines: &[String], keys: &Keys) -> Result<String> {
        self.ledger().refuse_if_damaged()?;
        let mut all = lines.iter().map(String::as_str).chain([about, made]);
        if let Some(line) = all.find(|line| line.is_empty() || line.contains('\n')) {
            return Err(Error::Refused(format!(
                "a line of a statement: expected one line of text, found {line:?}"
            )));
        }
        let head = self.checkpoint();
        let text = format!(
            "{FIRST}{about}\narchive {}\nstate {} {}\nmade {made}\n{}\n",
            self.config().id,
            head.size,
            head.root.to_hex(),
            lines.join("\n")
        );
        let custodian = self.ledger().signer(keys, false)?;
        let note = SignedNote::sign(text, &[custodian]).map_err(|error| Error::Refused(error.to_string()))?;
        Ok(note.to_text())
    }

    /// Looks into a statement: whether it is about this archive, rests on a state that its ledger went through, and is
    /// signed by whoever was custodian then.
    ///
    /// # Errors
    /// When it is none, or does not hold; says what was expected and found.
    pub fn check_statement(&self, bytes: &[u8]) -> Result<Statement> {
        let refuse = |expected: &str, found: &str| {
            Error::Refused(format!("statement: expected {expected}, found {found:?}"))
        };
        let note = SignedNote::parse(bytes).map_err(|error| Error::Refused(error.to_string()))?;
        let mut lines = note.text().lines();
        let mut next = |word: &str| {
            let line = lines.next().unwrap_or_default();
            line.strip_prefix(word)
                .map(str::to_owned)
                .ok_or_else(|| refuse(&format!("a line that begins with {word:?}"), line))
        };
        let (about, archive, state, made) =
            (next(FIRST)?, next("archive ")?, next("state ")?, next("made ")?);
        if archive != self.config().id {
            return Err(refuse(
                &format!("one about the archive {}", self.config().id),
                &archive,
            ));
        }
        let parsed = state.split_once(' ').and_then(|(size, root)| {
            let size = size
                .parse::<u64>()
                .ok()
                .filter(|number| number.to_string() == size)?;
            Some((size, root))
        });
        let (size, root) = parsed.ok_or_else(|| refuse("a size and a root", &state))?;
        let ours = letopis_seal::tree::root_at(&mut self.ledger().tree(), TreeSize(size)).ok();
        match ours.map(|root| root.to_hex()) {
            Some(ours) if ours == root => {}
            Some(ours) => return Err(refuse(&format!("the root {ours} of {size} entries"), root)),
            None => {
                let most = format!(
                    "at most {} entries: the archive was set back, or this is of another",
                    self.size()
                );
                return Err(refuse(&most, &state));
            }
        }
        let custodian = self
            .custodian_at(size)
            .ok_or_else(|| refuse("a custodian at that state", &state))?;
        note.verify([&custodian])
            .map_err(|error| Error::Refused(error.to_string()))?;
        Ok(Statement {
            about,
            size,
            made,
            lines: lines.map(str::to_owned).collect(),
            key: custodian.id().to_string(),
        })
    }

    /// The custodian's key that signs states of that many entries.
    fn custodian_at(&self, size: u64) -> Option<VerifyingKey> {
        let authority = self.ledger().authority();
        let later = authority.certificates.iter().map(|signed| signed.certificate());
        let mut later =
            later.filter(|certificate| certificate.role == KeyRole::Custodian && certificate.since < size);
        later
            .next_back()
            .map(|certificate| certificate.key.clone())
            .or_else(|| authority.first.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{NOW, archive, ingest, open, write};
    use crate::*;

    const MADE: &str = "2026-05-01T09:00:00Z";

    fn lines() -> Vec<String> {
        vec!["met web".to_owned(), "not shown desk: begins here".to_owned()]
    }

    #[test]
    fn a_statement_holds_against_its_archive_and_no_other() {
        let (backend, keys) = archive();
        let text = open(&backend)
            .sign_statement("retention", MADE, &lines(), &keys)
            .unwrap();
        let statement = open(&backend).check_statement(text.as_bytes()).unwrap();
        assert_eq!(
            (statement.about.as_str(), statement.lines),
            ("retention", lines())
        );
        // It still holds when the archive has gone on, and when its key was handed over.
        let writer = write(&backend, &keys).unwrap();
        ingest(&writer, &["more\n"]).unwrap();
        let new = Keys::generate().unwrap().only(KeyRole::Custodian);
        writer.rotate_custodian_key(&new, None, NOW + 20).unwrap();
        assert!(open(&backend).check_statement(text.as_bytes()).is_ok());
        // The old key signs no more.
        assert!(
            open(&backend)
                .sign_statement("retention", MADE, &lines(), &keys)
                .is_err()
        );
        let later = open(&backend)
            .sign_statement("retention", MADE, &lines(), &new)
            .unwrap();
        assert!(open(&backend).check_statement(later.as_bytes()).is_ok());
        let (other, _) = archive();
        let refused = open(&other)
            .check_statement(text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(refused.contains("one about the archive"), "{refused}");
    }

    /// Every byte that is changed is noticed.
    #[test]
    fn whatever_is_changed_in_a_statement_is_refused() {
        let (backend, keys) = archive();
        let vault = open(&backend);
        let text = vault.sign_statement("retention", MADE, &lines(), &keys).unwrap();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(vault.check_statement(&bytes).is_err(), "byte {at}");
        }
        for bytes in [
            &b""[..],
            b"letopis.statement/v1 x\n\n",
            vault.checkpoint().text.as_bytes(),
        ] {
            assert!(vault.check_statement(bytes).is_err());
        }
        assert!(
            vault
                .sign_statement("x", MADE, &["a\nb".to_owned()], &keys)
                .is_err()
        );
    }
}
