//! What others put under checkpoints: taken in, kept, found out when it does not hold.

use crate::pki::Certificate;
use crate::pki::timestamp::Request;
use letopis_seal::KeyName;

use super::*;

mod authority;

use authority::Authority;

fn member(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
}

fn commission() -> [SigningKey; 3] {
    [member("chair", 11), member("expert", 12), member("secretary", 13)]
}

fn trusted(members: &[&SigningKey], quorum: usize) -> Trusted {
    Trusted {
        cosigners: members
            .iter()
            .map(|key| CosignerKey::of(key.verifying_key()))
            .collect(),
        quorum,
        certificates: Vec::new(),
    }
}

fn certificates(list: &[Certificate]) -> Trusted {
    Trusted {
        certificates: list.to_vec(),
        ..Trusted::default()
    }
}

/// The text with further cosignatures.
fn cosigned(text: &str, members: &[&SigningKey]) -> String {
    let mut checkpoint = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    for key in members {
        let line = cosignature::cosign(key, &checkpoint, 1_777_540_000);
        checkpoint.add_signature(line).unwrap();
    }
    checkpoint.to_text()
}

fn judged(backend: &Arc<MemoryBackend>, anchors: &[(&str, &[u8])], trusted: &Trusted) -> Verification {
    let options = VerifyOptions {
        anchors: anchors
            .iter()
            .map(|(name, bytes)| Anchor::new(*name, *bytes))
            .collect(),
        trusted: trusted.clone(),
        threads: 1,
        done: Vec::new(),
    };
    let backend = Arc::clone(backend) as Arc<dyn Backend>;
    let (whole, quick) = (
        verify(&backend, &options, &()).unwrap(),
        verify_anchors(&backend, &options).unwrap(),
    );
    assert_eq!(
        findings(&whole),
        findings(&quick),
        "the quick check sees the same"
    );
    whole
}

fn notices(report: &Verification, kind: &str) -> usize {
    report.notices.iter().filter(|notice| notice.kind == kind).count()
}

fn head(backend: &Arc<MemoryBackend>) -> String {
    open(backend).checkpoint().text.clone()
}

/// Later lines, so that what is attached is no longer the newest state.
fn grow(backend: &Arc<MemoryBackend>, keys: &Keys, text: &str) {
    ingest(&write(backend, keys).unwrap(), &[text]).unwrap();
}

#[test]
#[allow(clippy::too_many_lines, reason = "one history from beginning to end")]
fn a_commission_of_three_cosigns() {
    let (backend, keys) = archive();
    let [chair, expert, secretary] = commission();
    let all = trusted(&[&chair, &expert, &secretary], 2);
    assert_eq!(
        findings(&judged(&backend, &[], &all)),
        ["quorum ledger/entries.jsonl"]
    );

    // Each goes through what a careful cosigner does, by files.
    let log: Vec<VerifyingKey> = open(&backend)
        .certified_keys()
        .iter()
        .map(|key| key.key.clone())
        .collect();
    let request = open(&backend).request_cosignature(0).unwrap();
    let request = witness::Request::parse(request.to_text().as_bytes()).unwrap();
    request.check(&log, None).unwrap();
    let first = request.checkpoint.clone();
    let note = cosigned(&first.to_text(), &[&chair]);
    let writer = write(&backend, &keys).unwrap();
    let attachment = Attachment::Cosigned {
        note,
        cosigners: Vec::new(),
    };
    let attached = writer.attach(&attachment, &all, None, NOW + 12).unwrap();
    assert_eq!(
        attached.notices.iter().map(|n| n.kind).collect::<Vec<_>>(),
        ["cosigned"]
    );
    drop(writer);
    let entry = open(&backend).entry(attached.receipt.first).unwrap();
    assert_eq!(
        (entry.kind, entry.number("cosignatures")),
        (EntryKind::Cosign, Some(1))
    );
    assert_eq!(entry.number("size"), Some(first.checkpoint().size().0));
    assert!(
        !entry
            .fields
            .values()
            .any(|value| value.to_string().contains("chair")),
        "no names in the chain"
    );

    // One of three is too few for two; the second cosigns a later state.
    assert_eq!(
        findings(&judged(&backend, &[], &all)),
        ["quorum ledger/entries.jsonl"]
    );
    grow(&backend, &keys, "later\n");
    let request = open(&backend)
        .request_cosignature(first.checkpoint().size().0)
        .unwrap();
    request.check(&log, Some(first.checkpoint())).unwrap();
    let note = cosigned(&request.checkpoint.to_text(), &[&expert]);
    let writer = write(&backend, &keys).unwrap();
    writer
        .attach(
            &Attachment::Cosigned {
                note,
                cosigners: Vec::new(),
            },
            &all,
            None,
            NOW + 13,
        )
        .unwrap();
    drop(writer);
    let report = judged(&backend, &[], &all);
    assert!(report.is_ok(), "{:?}", report.findings);
    let quorum = report
        .notices
        .iter()
        .find(|notice| notice.kind == "quorum")
        .unwrap();
    let expected = format!(
        "at least 2 of 3 trusted cosigners vouch for the first {} ledger lines",
        first.checkpoint().size()
    );
    assert_eq!(quorum.text, expected);

    // The third is given beside the archive, as a file of their own, and counts as well.
    let held = cosigned(&head(&backend), &[&secretary]);
    let three = trusted(&[&chair, &expert, &secretary], 3);
    assert!(judged(&backend, &[("secretary.txt", held.as_bytes())], &three).is_ok());
    assert_eq!(
        findings(&judged(&backend, &[], &three)),
        ["quorum ledger/entries.jsonl"]
    );
}

#[test]
fn cosigners_that_nobody_trusts_do_not_count() {
    let (backend, keys) = archive();
    let [chair, expert, stranger] = commission();
    let two = trusted(&[&chair, &expert], 2);
    let note = cosigned(&head(&backend), &[&chair, &stranger]);
    let writer = write(&backend, &keys).unwrap();
    let given = vec![CosignerKey::of(stranger.verifying_key())];
    let attachment = Attachment::Cosigned {
        note: note.clone(),
        cosigners: given,
    };
    writer
        .attach(&attachment, &Trusted::default(), None, NOW + 12)
        .unwrap();
    drop(writer);
    let report = judged(&backend, &[], &two);
    assert_eq!(findings(&report), ["quorum ledger/entries.jsonl"]);
    assert_eq!(
        (notices(&report, "cosigned"), notices(&report, "cosigner-unknown")),
        (1, 1)
    );
    // The same person under a second name, and the same file twice: one vote.
    let twin = SigningKey::from_seed(KeyName::new("chair-2").unwrap(), &[11; 32]);
    let held = cosigned(&head(&backend), &[&chair, &twin]);
    let list = trusted(&[&chair, &twin, &expert], 2);
    let report = judged(&backend, &[("a", held.as_bytes()), ("b", held.as_bytes())], &list);
    assert_eq!(findings(&report), ["quorum ledger/entries.jsonl"]);
}

#[test]
fn cosignatures_that_do_not_hold_are_refused_and_found() {
    let (backend, keys) = archive();
    let [chair, ..] = commission();
    let list = trusted(&[&chair], 0);
    let early = head(&backend);
    let note = cosigned(&early, &[&chair]);
    let writer = write(&backend, &keys).unwrap();
    let refused = |note: &str, expected: &str| {
        let attachment = Attachment::Cosigned {
            note: note.to_owned(),
            cosigners: Vec::new(),
        };
        let error = writer.attach(&attachment, &list, None, NOW + 12).unwrap_err();
        assert!(
            matches!(&error, Error::Refused(text) if text.contains(expected)),
            "{expected}: {error}"
        );
    };
    // Another time under the same signature.
    let (start, line) = note.trim_end().rsplit_once('\n').unwrap();
    let mut moved = letopis_seal::NoteSignature::parse(line).unwrap();
    moved.bytes[7] ^= 1;
    refused(&format!("{start}\n{moved}\n"), "does not belong to this text");
    refused(&early, "at least one cosignature");
    refused("", "a signed checkpoint");
    refused(
        &note.replace("letopis.archive/", "letopis.archive/0"),
        "foreign origin",
    );
    let (other, _) = archive();
    refused(&cosigned(&head(&other), &[&chair]), "foreign origin");
    // Only the cosigner's line is left: nobody of this archive signed.
    let lone = format!("{}\n\n{line}\n", note.split("\n\n").next().unwrap());
    refused(&lone, "bad signature on the anchor");
    let before = open(&backend).size();
    drop(writer);
    assert_eq!(open(&backend).size(), before, "a refusal writes nothing");
    let spoiled = format!("{start}\n{moved}\n");
    assert_eq!(
        findings(&judged(&backend, &[("held", spoiled.as_bytes())], &list)),
        ["cosignature held"]
    );
}

/// Somebody who has only the files strips a cosignature from its document, or puts in another.
#[test]
fn stripping_what_is_kept_is_found() {
    let (backend, keys) = archive();
    let [chair, expert, _] = commission();
    let note = cosigned(&head(&backend), &[&chair, &expert]);
    let writer = write(&backend, &keys).unwrap();
    let attachment = Attachment::Cosigned {
        note,
        cosigners: Vec::new(),
    };
    writer
        .attach(&attachment, &Trusted::default(), None, NOW + 12)
        .unwrap();
    drop(writer);
    let list = trusted(&[&chair, &expert], 2);
    assert!(judged(&backend, &[], &list).is_ok());
    for (path, bytes) in backend.files() {
        let changed = backend.copy();
        if !path.starts_with("details/") {
            continue;
        }
        let mut bytes = bytes.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        changed.overwrite(&path, bytes);
        assert!(!check(&changed).is_ok(), "{path}");
    }
    // The line that brought it is dropped, with the head put back: a rollback, which only a held checkpoint shows.
    let held = head(&backend);
    let (other, _) = archive();
    assert!(!judged(&other, &[("held", held.as_bytes())], &list).is_ok());
}

#[test]
#[allow(clippy::too_many_lines, reason = "one history from beginning to end")]
fn stamps_are_taken_in_and_looked_into_again() {
    let Some(authority) = Authority::new() else { return };
    let (backend, keys) = archive();
    let root = authority.root();
    let trust = certificates(std::slice::from_ref(&root));
    let stamped = head(&backend);
    let reply = authority.stamp(&Request::new(stamped.as_bytes(), [7; 8]).to_der());
    let token = token_of(&reply).unwrap();
    grow(&backend, &keys, "after the stamp\n");
    // A token names its checkpoint by a digest only.
    let digest = crate::pki::timestamp::stamped_sha256(&token).unwrap();
    assert_eq!(open(&backend).head_with(&digest), Some(stamped.clone()));
    let report = judged(&backend, &[("reply.tsr", &reply)], &trust);
    assert!(report.is_ok(), "{:?}", report.findings);
    assert_eq!(
        (notices(&report, "stamped"), notices(&report, "anchor-extended")),
        (1, 1)
    );

    let attach = |checkpoint: &str, token: &[u8], trust: &Trusted| {
        let attachment = Attachment::Stamp {
            checkpoint: checkpoint.to_owned(),
            token: token.to_vec(),
            certificates: Vec::new(),
        };
        let writer = write(&backend, &keys).unwrap();
        writer.attach(&attachment, trust, None, NOW + 14)
    };
    let refused = |outcome: Result<Attached>, expected: &str| {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    };
    // A token for another checkpoint; a foreign authority.
    refused(attach(&head(&backend), &token, &trust), "over other bytes");
    let foreign = Authority::new().unwrap();
    refused(
        attach(&stamped, &token, &certificates(&[foreign.root()])),
        "no chain",
    );
    let attached = attach(&stamped, &token, &trust).unwrap();
    let line = open(&backend).entry(attached.receipt.first).unwrap();
    assert_eq!(line.kind, EntryKind::Stamp);
    assert!(line.number("stamped").unwrap() > 1_700_000_000_000_000);
    // Kept and checked each time, with and without the authority's certificate.
    let report = judged(&backend, &[], &trust);
    assert!(report.is_ok(), "{:?}", report.findings);
    assert!(
        report
            .notices
            .iter()
            .any(|n| n.kind == "stamped" && n.text.contains("vouched for by CN=root"))
    );
    let report = judged(&backend, &[], &Trusted::default());
    assert!(
        report
            .notices
            .iter()
            .any(|n| n.kind == "stamped" && n.text.contains("nothing vouches"))
    );
    let report = judged(&backend, &[], &certificates(&[foreign.root()]));
    let place = format!(
        "time-stamp ledger/entries.jsonl, entry {} (stamp)",
        attached.receipt.first
    );
    assert_eq!(findings(&report), [place]);
    // A stamp over something that this ledger never was.
    let elsewhere = authority.stamp(&Request::new(b"something else", [8; 8]).to_der());
    assert_eq!(
        findings(&judged(&backend, &[("x.tsr", &elsewhere)], &trust)),
        ["anchor-unmatched x.tsr"]
    );
    // Over a checkpoint of an archive that was rewritten since, with the file given beside it.
    let (other, _) = archive();
    let report = judged(
        &other,
        &[("x.tsr", &reply), ("x.checkpoint", stamped.as_bytes())],
        &trust,
    );
    assert_eq!(
        findings(&report),
        ["anchor-foreign x.checkpoint", "anchor-foreign x.tsr"]
    );
}

#[test]
fn signatures_of_every_kind_are_kept_and_the_known_ones_verified() {
    let Some(authority) = Authority::new() else { return };
    let (backend, keys) = archive();
    let trust = certificates(&[authority.root()]);
    let text = head(&backend);
    let attach = |signature: &[u8], trust: &Trusted| {
        let attachment = Attachment::Signature {
            checkpoint: text.clone(),
            signature: signature.to_vec(),
            by: "A. Serikova".to_owned(),
            file: "head.p7s".to_owned(),
            certificates: Vec::new(),
        };
        let writer = write(&backend, &keys).unwrap();
        // Certificates of the test are of today.
        writer.attach(&attachment, trust, None, authority.now())
    };
    let kinds = |attached: &Attached| {
        attached
            .notices
            .iter()
            .map(|notice| notice.kind)
            .collect::<Vec<_>>()
    };
    let der = authority.sign(text.as_bytes());
    assert_eq!(kinds(&attach(&der, &trust).unwrap()), ["signed"]);
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    assert_eq!(kinds(&attach(base64.as_bytes(), &trust).unwrap()), ["signed"]);
    let pem = format!("-----BEGIN PKCS7-----\n{base64}\n-----END PKCS7-----\n");
    assert_eq!(kinds(&attach(pem.as_bytes(), &trust).unwrap()), ["signed"]);
    for unknown in [
        b"\x30\x03\x02\x01\x01".as_slice(),
        b"raw bytes of a token",
        b"",
        &[0; 64],
    ] {
        let attached = attach(unknown, &trust).unwrap();
        assert_eq!(kinds(&attached), ["check-elsewhere"]);
        assert!(attached.notices[0].text.contains("check with your national tool"));
    }
    // Over other bytes, or by somebody whose certificate leads elsewhere: refused.
    let other = authority.sign(b"another text");
    assert!(
        attach(&other, &trust)
            .unwrap_err()
            .to_string()
            .contains("over other bytes")
    );
    let foreign = Authority::new().unwrap();
    let error = attach(&der, &certificates(&[foreign.root()]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("no chain"), "{error}");
    let report = judged(&backend, &[], &trust);
    assert!(report.is_ok(), "{:?}", report.findings);
    assert_eq!(
        (notices(&report, "signed"), notices(&report, "check-elsewhere")),
        (3, 4)
    );
    assert_eq!(
        judged(&backend, &[], &certificates(&[foreign.root()]))
            .findings
            .len(),
        3
    );
    let kept = open(&backend).attachments(&trust).unwrap();
    assert_eq!(kept.iter().filter(|kept| kept.verdict == "signed").count(), 3);
    assert_eq!(kept.last().unwrap().by, ["A. Serikova"]);
}

#[test]
fn texts_of_printed_pages_are_anchors() {
    let (backend, keys) = archive();
    let note = head(&backend);
    grow(&backend, &keys, "later\n");
    let letter = format!(
        "Протокол № 3\r\n\r\n   {}\r\nПодписи: …",
        note.replace('\n', "\r\n   ").replace('—', "–")
    );
    let report = judged(
        &backend,
        &[("letter.txt", letter.as_bytes())],
        &Trusted::default(),
    );
    assert!(
        report.is_ok() && notices(&report, "anchor-extended") == 1,
        "{:?}",
        report.findings
    );
    let bare: String = note.lines().take(3).map(|line| format!("{line}\n")).collect();
    let report = judged(&backend, &[("bare.txt", bare.as_bytes())], &Trusted::default());
    assert!(
        report.is_ok() && notices(&report, "anchor-unsigned") == 1,
        "{:?}",
        report.findings
    );
    // What was written down and is no more.
    let (other, other_keys) = archive();
    let foreign = judged(&other, &[("bare.txt", bare.as_bytes())], &Trusted::default());
    assert_eq!(findings(&foreign), ["anchor-foreign bare.txt"]);
    let size: u64 = bare.lines().nth(1).unwrap().parse().unwrap();
    let ahead = bare.replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 100));
    assert_eq!(
        findings(&judged(&backend, &[("b", ahead.as_bytes())], &Trusted::default())),
        ["anchor-rollback b"]
    );
    let root = bare.lines().nth(2).unwrap();
    let forged = bare.replace(root, &letopis_seal::sha256(b"x").to_base64());
    assert_eq!(
        findings(&judged(
            &backend,
            &[("b", forged.as_bytes())],
            &Trusted::default()
        )),
        ["anchor-fork b"]
    );
    drop((other, other_keys));
}

#[test]
fn an_older_document_of_these_kinds_is_kept_and_not_looked_into() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    let entries = [EntryKind::Cosign, EntryKind::Stamp, EntryKind::Attach]
        .map(|kind| NewEntry::new(kind, Map::new(), Some(json!({ "remark": "of another form" }))));
    writer.commit(entries.into(), NOW + 12).unwrap();
    drop(writer);
    let report = check(&backend);
    assert!(report.is_ok(), "{:?}", report.findings);
    assert_eq!(notices(&report, "attached-unknown"), 3);
}

#[test]
fn the_custodian_signs_what_a_reading_signed_last() {
    let (backend, keys) = archive();
    let vault = open(&backend);
    let custodian: Vec<VerifyingKey> = keys
        .public()
        .filter(|(role, _)| *role == KeyRole::Custodian)
        .map(|(_, key)| key.clone())
        .collect();
    let last = SignedCheckpoint::parse(vault.checkpoint().text.as_bytes()).unwrap();
    assert!(last.verify(&custodian).is_err(), "a reading signed it");
    let signed = vault.signed_by_custodian(&keys).unwrap();
    let checkpoint = SignedCheckpoint::parse(signed.as_bytes()).unwrap();
    assert_eq!(checkpoint.verify(&custodian).unwrap().len(), 1);
    assert!(judged(&backend, &[("signed", signed.as_bytes())], &Trusted::default()).is_ok());
    assert!(matches!(
        vault.signed_by_custodian(&keys.only(KeyRole::Journal)),
        Err(Error::NoKey(_))
    ));
    grow(&backend, &keys, "later\n");
    let now = open(&backend);
    assert_eq!(now.signed_by_custodian(&keys).unwrap(), now.checkpoint().text);
}
