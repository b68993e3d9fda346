//! Which keys may sign, and whether those that did were allowed to (FORMAT.md, "Keys").

use letopis_seal::certificate::SignedCertificate;
use letopis_seal::entry::{Entry as Line, field};
use letopis_seal::{EntryKind, KeyRole, SignedCheckpoint, VerifyingKey};

use super::Ledger;
use crate::finding::{Finding, FindingKind};
use crate::layout::File;

/// Field of a `key` line: the id of a key that may sign no more.
const RETIRES_FIELD: &str = "retires";

/// The keys that may sign at one size of the ledger.
#[derive(Clone, Debug, Default)]
pub(crate) struct Authority {
    /// The first custodian key: what everything else is certified from.
    pub(crate) first: Option<VerifyingKey>,
    pub(crate) custodian: Option<VerifyingKey>,
    pub(crate) journals: Vec<VerifyingKey>,
    /// Certificates of all keys but the first, in order.
    pub(crate) certificates: Vec<SignedCertificate>,
    /// Every key that was ever certified.
    pub(crate) all: Vec<VerifyingKey>,
}

impl Authority {
    /// In which role a head is signed.
    pub(crate) fn role_of(&self, head: &SignedCheckpoint) -> Result<KeyRole, String> {
        let keys = || self.custodian.iter().chain(&self.journals);
        let signed = head.verify(keys()).map_err(|error| error.to_string())?;
        match signed.iter().any(|key| Some(*key) == self.custodian.as_ref()) {
            true => Ok(KeyRole::Custodian),
            false => Ok(KeyRole::Journal),
        }
    }

    /// Takes a `key` line.
    pub(crate) fn take(&mut self, line: &Line, origin: &str) -> Result<(), String> {
        if let Ok(id) = line.text(RETIRES_FIELD) {
            let before = self.journals.len();
            self.journals.retain(|key| key.id().to_string() != id);
            return match before == self.journals.len() {
                false => Ok(()),
                true => Err(format!("no journal key {id} to retire")),
            };
        }
        let text = line.text(field::CERTIFICATE).map_err(|error| error.to_string())?;
        let signed = SignedCertificate::parse(text.as_bytes()).map_err(|error| error.to_string())?;
        let certificate = signed.certificate();
        if certificate.archive != origin || certificate.since != line.seq {
            return Err(format!(
                "it is for line {} of {}",
                certificate.since, certificate.archive
            ));
        }
        let key = certificate.key.clone();
        let mut certifiers = vec![self.custodian.clone().unwrap_or_else(|| key.clone())];
        if certificate.role == KeyRole::Custodian && self.custodian.is_some() {
            certifiers.push(key.clone());
        }
        for certifier in &certifiers {
            signed.verify([certifier]).map_err(|error| error.to_string())?;
        }
        match certificate.role {
            KeyRole::Custodian if self.custodian.is_none() => {
                self.first = Some(key.clone());
                self.custodian = Some(key.clone());
            }
            KeyRole::Custodian => {
                self.custodian = Some(key.clone());
                self.certificates.push(signed);
            }
            KeyRole::Journal if self.custodian.is_none() => {
                return Err("a journal key before the custodian's".to_owned());
            }
            KeyRole::Journal => {
                self.journals.push(key.clone());
                self.certificates.push(signed);
            }
        }
        if !self.all.contains(&key) {
            self.all.push(key);
        }
        Ok(())
    }
}

/// Takes the `key` lines from `first` to `end`; what is wrong with them goes to `findings`.
fn take_keys(ledger: &Ledger, authority: &mut Authority, first: u64, end: u64, findings: &mut Vec<Finding>) {
    for seq in (first..end).filter(|seq| kind(ledger, *seq) == Some(EntryKind::Key)) {
        let taken = match ledger.entry(seq) {
            Ok(line) => authority.take(&line, ledger.origin()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(reason) = taken {
            let expected = format!("line {seq} with the certificate of a key");
            findings.push(signature_finding(FindingKind::Signature, expected, reason));
        }
    }
}

fn kind(ledger: &Ledger, seq: u64) -> Option<EntryKind> {
    ledger.kinds().get(usize::try_from(seq).ok()?).copied().flatten()
}

fn signature_finding(kind: FindingKind, expected: String, found: String) -> Finding {
    let repair = "compare with a copy of the archive and with held checkpoints (`verify --anchor FILE`)";
    Finding::new(kind, File::Entries, expected, found, repair)
}

/// The keys that may sign next. Checks the signature of the newest head only; [`check`] checks all of them.
pub(super) fn current(ledger: &mut Ledger) -> Authority {
    let mut authority = Authority::default();
    let mut findings = Vec::new();
    let last = ledger.commits().last().map_or(0, |commit| commit.first);
    take_keys(ledger, &mut authority, 0, last, &mut findings);
    let before_last = authority.clone();
    take_keys(ledger, &mut authority, last, ledger.size(), &mut findings);
    let signers = if last == 0 { &authority } else { &before_last };
    let unsigned = ledger.head().and_then(|head| signers.role_of(head).err());
    ledger.problems.extend(findings);
    if let Some(reason) = unsigned {
        ledger.head_problem("the signature of a certified key", reason);
    }
    authority
}

/// Checks the head of every commit: signed, by whom, and whether that key may sign such lines.
pub(super) fn check(ledger: &Ledger) -> Vec<Finding> {
    let (mut authority, mut findings) = (Authority::default(), Vec::new());
    // Problems with certificates were found when the ledger was read.
    let mut known = Vec::new();
    let commits = ledger.commits();
    for (place, commit) in commits.iter().enumerate() {
        let next = commits.get(place + 1);
        let end = next.map_or(ledger.size(), |next| next.first);
        let head = match next {
            Some(next) => next
                .before
                .as_deref()
                .and_then(|signature| ledger.rebuild_head(end, signature)),
            None => ledger.head().cloned(),
        };
        let mut signers = authority.clone();
        take_keys(ledger, &mut authority, commit.first, end, &mut known);
        if place == 0 {
            signers = authority.clone();
        }
        let role = match &head {
            Some(head) => signers.role_of(head),
            None => Err("no readable signature".to_owned()),
        };
        match role {
            Ok(KeyRole::Custodian) => {}
            Ok(KeyRole::Journal) => check_journal_commit(ledger, commit.first, end, &mut findings),
            // The newest head was checked when the ledger was read.
            Err(_) if next.is_none() => {}
            Err(reason) => {
                let expected = format!("the head over the first {end} lines signed by a certified key");
                findings.push(signature_finding(FindingKind::Signature, expected, reason));
            }
        }
    }
    findings
}

fn check_journal_commit(ledger: &Ledger, first: u64, end: u64, findings: &mut Vec<Finding>) {
    for seq in first..end {
        if let Some(kind) = kind(ledger, seq).filter(|kind| !kind.journal_may_sign()) {
            let expected = format!("line {seq} ({kind}) under a head of the custodian");
            let found = "a head that the journal key signed".to_owned();
            findings.push(signature_finding(FindingKind::Authority, expected, found));
        }
    }
}
