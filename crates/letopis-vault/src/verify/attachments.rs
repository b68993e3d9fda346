//! What others put under checkpoints of this archive, looked into again, and how many of the trusted vouch for it.

use letopis_seal::EntryKind;
use letopis_seal::cosignature::{CosignerKey, vouched};

use super::{Check, VerifyOptions};
use crate::attachment::{Attachment, Examined, Trouble, examine};
use crate::documents::Details;
use crate::finding::{Finding, FindingKind};
use crate::layout::File;
use crate::{Entry, Trusted};

const REPAIR: &str = "ask whoever signed for it again; `letopis checkpoint attach FILE` takes it in";

impl Check {
    /// Attachments, anchors, and the quorum over both.
    pub(super) fn others(&mut self, options: &VerifyOptions) {
        let mut cosigned = self.attachments(&options.trusted);
        cosigned.extend(self.anchors(&options.anchors, &options.trusted));
        self.quorum(&cosigned, &options.trusted);
    }

    fn attachments(&mut self, trusted: &Trusted) -> Vec<(CosignerKey, u64)> {
        let mut cosigned = Vec::new();
        let ledger = std::sync::Arc::clone(&self.ledger);
        for kind in [EntryKind::Cosign, EntryKind::Stamp, EntryKind::Attach] {
            for entry in self.of_kind(kind) {
                // A document that was destroyed, or cannot be read, is told elsewhere.
                let Some(document) = self.document_of(&entry) else {
                    continue;
                };
                let place = format!("{}, entry {} ({kind})", File::Entries, entry.seq);
                let Some(attachment) = Attachment::of(kind, &document) else {
                    let text = "in a form of its own, which is not looked into";
                    self.notice("attached-unknown", place, text);
                    continue;
                };
                let examined = examine(&ledger, &attachment, trusted, entry.time);
                self.check_line(&entry, &attachment, &examined, &place);
                cosigned.extend(self.tell(&place, examined, REPAIR));
            }
        }
        cosigned
    }

    /// The size in the line is what a reader of the chain alone goes by.
    fn check_line(&mut self, entry: &Entry, attachment: &Attachment, examined: &Examined, place: &str) {
        let stated = entry.number("size");
        if examined.troubles.is_empty() && stated != Some(examined.size) {
            let kind = match attachment {
                Attachment::Cosigned { .. } => FindingKind::Cosignature,
                Attachment::Stamp { .. } => FindingKind::TimeStamp,
                Attachment::Signature { .. } => FindingKind::Attachment,
            };
            let found = stated.map_or("no size".to_owned(), |size| format!("the size {size}"));
            let expected = format!("the size {} of its checkpoint", examined.size);
            self.find(Finding::new(kind, place, expected, found, REPAIR));
        }
    }

    /// Turns what was seen into notices and findings; gives the trusted cosigners.
    pub(super) fn tell(&mut self, place: &str, examined: Examined, repair: &str) -> Vec<(CosignerKey, u64)> {
        for (kind, text) in examined.notices {
            self.notice(kind, place, text);
        }
        for Trouble {
            kind,
            expected,
            found,
        } in examined.troubles
        {
            self.find(Finding::new(kind, place, expected, found, repair));
        }
        examined.cosigned
    }

    fn document_of(&self, entry: &Entry) -> Option<serde_json::Value> {
        let batch = self.ledger.commit_of(entry.seq)?.batch?;
        if self.forgotten.contains(&entry.seq) {
            return None;
        }
        let details = Details::read(self.backend.as_ref(), batch).ok()?;
        serde_json::from_slice(details.get(&entry.detail?)?).ok()
    }

    /// How far the trusted vouch. All of their checkpoints are of this history by now, or are findings.
    fn quorum(&mut self, cosigned: &[(CosignerKey, u64)], trusted: &Trusted) {
        if trusted.quorum == 0 {
            return;
        }
        let among = trusted.cosigners.len();
        let signed = cosigned.iter().map(|(cosigner, size)| (cosigner, *size));
        match vouched(signed, trusted.quorum) {
            Some(size) => {
                let text = format!(
                    "at least {} of {among} trusted cosigners vouch for the first {size} ledger lines",
                    trusted.quorum
                );
                self.notice("quorum", File::Entries, text);
            }
            None => {
                let mut keys: Vec<_> = cosigned.iter().map(|(cosigner, _)| cosigner.to_bytes()).collect();
                keys.sort_unstable();
                keys.dedup();
                let expected = format!("cosignatures of {} of {among} trusted cosigners", trusted.quorum);
                let found = format!("of {}", keys.len());
                let repair = "let the others cosign: `letopis checkpoint show --since SIZE`, then `letopis checkpoint cosign FILE`";
                self.find(Finding::new(
                    FindingKind::Quorum,
                    File::Entries,
                    expected,
                    found,
                    repair,
                ));
            }
        }
    }
}
