//! Signed notes, checkpoints, cosignatures, certificates of keys, requests to cosigners, printed checkpoints.
//!
//! Whatever comes: nothing panics, what parses prints back byte for byte, nothing is taken as signed by the custodian of
//! the frozen archives but what it did sign, and a signed text with one byte changed is refused.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use letopis_seal::certificate::{KeyCertificate, SignedCertificate};
use letopis_seal::cosignature;
use letopis_seal::witness::{Request, parse_memory, remember};
use letopis_seal::{
    Checkpoint, CosignerKey, KeyName, LedgerCursor, NoteSignature, SignedCheckpoint, SignedNote, SigningKey,
    TlogProof, VerifyingKey, transcript,
};
use letopis_vault::EntryKind;

use super::archive;

/// What was signed in the frozen archives, and by whom.
struct Genuine {
    keys: Vec<VerifyingKey>,
    /// Every checkpoint at every size, and every certificate.
    texts: BTreeSet<String>,
    notes: Vec<String>,
}

fn genuine() -> &'static Genuine {
    static GENUINE: OnceLock<Genuine> = OnceLock::new();
    GENUINE.get_or_init(|| {
        let mut genuine = Genuine {
            keys: archive::keys().public().map(|(_, key)| key.clone()).collect(),
            texts: BTreeSet::new(),
            notes: Vec::new(),
        };
        for files in archive::all().values() {
            if let Some(head) = files.get("ledger/head") {
                genuine.notes.push(String::from_utf8_lossy(head).into_owned());
                // Where lines were changed under it, the head is all that is left of what was signed.
                genuine
                    .texts
                    .extend(SignedNote::parse(head).map(|note| note.text().to_owned()));
            }
            statements(files.get("ledger/entries.jsonl"), &mut genuine);
        }
        genuine
    })
}

fn statements(lines: Option<&Vec<u8>>, genuine: &mut Genuine) {
    let mut cursor = LedgerCursor::new();
    let mut origin = String::new();
    let lines = lines.map_or(&[][..], Vec::as_slice).split(|byte| *byte == b'\n');
    for line in lines.filter(|line| !line.is_empty()) {
        let Ok(entry) = cursor.accept(line) else { return };
        if let Ok(id) = entry.text("archive") {
            origin = format!("letopis.archive/{id}");
        }
        if entry.kind == EntryKind::Key
            && let Ok(text) = entry.text("certificate")
            && let Ok(signed) = SignedCertificate::parse(text.as_bytes())
        {
            genuine.texts.insert(signed.certificate().to_text());
            genuine.notes.push(text.to_owned());
        }
        let head = Checkpoint::new(&origin, cursor.size(), cursor.root()).expect("a checkpoint");
        genuine.texts.insert(head.to_text());
    }
}

fn signed(data: &[u8]) {
    let Ok(note) = SignedNote::parse(data) else { return };
    assert_eq!(note.to_text().as_bytes(), data, "a note prints back otherwise");
    let genuine = genuine();
    if note.verify(&genuine.keys).is_ok() {
        assert!(genuine.texts.contains(note.text()), "forged: {}", note.text());
    }
    for signature in note.signatures() {
        let line = signature.to_string();
        assert_eq!(NoteSignature::parse(&line).as_ref(), Ok(signature));
    }
    let certificate = SignedCertificate::parse(data);
    if let Ok(certificate) = &certificate {
        assert_eq!(certificate.to_text().as_bytes(), data);
        let plain = certificate.certificate();
        assert_eq!(KeyCertificate::parse(&plain.to_text()).as_ref(), Ok(plain));
    }
    let Ok(mut checkpoint) = SignedCheckpoint::parse(data) else {
        return;
    };
    assert!(certificate.is_err(), "a checkpoint and a certificate at once");
    assert_eq!(checkpoint.to_text().as_bytes(), data);
    let text = checkpoint.checkpoint().to_text();
    assert_eq!(text, note.text());
    assert_eq!(Checkpoint::parse(&text).as_ref(), Ok(checkpoint.checkpoint()));
    cosigned(&mut checkpoint);
}

/// A cosignature that is made here holds, at the time it states and for this text only.
fn cosigned(checkpoint: &mut SignedCheckpoint) {
    let member = SigningKey::from_seed(KeyName::new("member").expect("a name"), &[7; 32]);
    let cosigner = CosignerKey::of(member.verifying_key());
    let before = checkpoint.to_text();
    if cosignature::verify(checkpoint, &cosigner).is_ok_and(|time| time.is_some()) {
        // Signed by this very key before: an input that this function made.
        return;
    }
    let line = cosignature::cosign(&member, checkpoint, 1_780_272_000);
    if checkpoint.add_signature(line).is_err() {
        return;
    }
    let Ok(again) = SignedCheckpoint::parse(checkpoint.to_text().as_bytes()) else {
        panic!("a cosigned checkpoint cannot be read: {before}");
    };
    if again
        .note()
        .signatures()
        .iter()
        .filter(|line| line.name.as_str() == "member")
        .count()
        == 1
    {
        assert_eq!(cosignature::verify(&again, &cosigner), Ok(Some(1_780_272_000)));
    }
}

fn text(text: &str) {
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_text(), text);
    }
    if let Ok(certificate) = KeyCertificate::parse(text) {
        assert_eq!(certificate.to_text(), text);
    }
    if let Ok(proof) = TlogProof::parse(text) {
        assert_eq!(proof.to_text(), text);
    }
    if let Ok(key) = VerifyingKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(line) = NoteSignature::parse(text) {
        assert_eq!(line.to_string(), text);
    }
    let _ = CosignerKey::parse(text);
    let _ = CosignerKey::parse_list(text);
    if let Ok(memory) = parse_memory(text)
        && let Some(now) = memory.first()
    {
        let again = parse_memory(&remember(&memory, now)).expect("what was remembered");
        assert!(again.contains(now), "forgotten");
    }
    if let Some(found) = transcript::find(text, "letopis.archive/")
        && let Some(note) = found.to_note()
    {
        assert_eq!(note.checkpoint(), &found.checkpoint);
        let genuine = genuine();
        if note.verify(&genuine.keys).is_ok() {
            assert!(
                genuine.texts.contains(note.note().text()),
                "forged in a transcript"
            );
        }
    }
}

/// A text that is signed here holds, and with any one byte changed does not.
fn changed(data: &[u8]) {
    let (Some(last), Ok(text)) = (data.last(), std::str::from_utf8(data)) else {
        return;
    };
    let key = SigningKey::from_seed(KeyName::new("fuzz").expect("a name"), &[3; 32]);
    let Ok(note) = SignedNote::sign(text.to_owned(), &[&key]) else {
        return;
    };
    let keys = [key.verifying_key().clone()];
    let mut bytes = note.to_text().into_bytes();
    let read = SignedNote::parse(&bytes).expect("a note that was just signed");
    assert!(read.verify(&keys).is_ok(), "a signature does not hold");
    let at = usize::from(*last) * 251 % text.len();
    bytes[at] ^= 1 << (last & 7);
    if let Ok(other) = SignedNote::parse(&bytes) {
        assert!(other.verify(&keys).is_err(), "byte {at} was changed");
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    signed(data);
    changed(data);
    if let Ok(request) = Request::parse(data) {
        if data.starts_with(b"old ") {
            assert_eq!(request.to_text().as_bytes(), data);
        }
        let _ = request.check(&genuine().keys, None);
    }
    if let Ok(plain) = std::str::from_utf8(data) {
        text(plain);
    }
}

/// Heads and certificates of the frozen archives, alone, cosigned, as requests and on printed pages.
pub fn seeds() -> Vec<Vec<u8>> {
    let member = SigningKey::from_seed(KeyName::new("chair").expect("a name"), &[8; 32]);
    let genuine = genuine();
    let mut seeds: Vec<String> = genuine.notes.clone();
    seeds.extend(genuine.texts.iter().cloned());
    seeds.extend(genuine.keys.iter().map(ToString::to_string));
    seeds.push(CosignerKey::of(member.verifying_key()).to_string());
    for note in &genuine.notes {
        let Ok(mut checkpoint) = SignedCheckpoint::parse(note.as_bytes()) else {
            continue;
        };
        let line = cosignature::cosign(&member, &checkpoint, 1_780_000_000);
        checkpoint.add_signature(line).expect("one more signature");
        seeds.push(checkpoint.to_text());
        seeds.push(format!("old 0\n\n{}", checkpoint.to_text()));
        let quoted = checkpoint.to_text().replace('\n', "\n> ");
        seeds.push(format!(
            "Minutes of the commission\n\n> {quoted}\nsigned by all\n"
        ));
    }
    seeds.into_iter().map(String::into_bytes).collect()
}
