use proptest::prelude::*;

use super::sample::{ARCHIVE, Archive, every_flip_and_cut_is_refused, key};
use super::*;
use crate::certificate::{KeyCertificate, KeyRole};
use crate::checkpoint::Checkpoint;
use crate::hash::sha256;
use crate::note::SignedNote;

#[test]
fn every_record_proves_and_round_trips() {
    let archive = Archive::new();
    for number in [0, 1, 5, 6, 7, 8, 9, 255, 256, 299] {
        let proof = archive.proof(number);
        let text = proof.to_text();
        let read = Proof::parse(&text).unwrap_or_else(|error| panic!("record {number}: {error}\n{text}"));
        assert_eq!(read, proof);
        let checked = read.check(Some(&archive.trusted())).unwrap();
        assert_eq!(checked.record.offset as usize, archive.places[number].0);
        assert_eq!((checked.archive.as_str(), checked.line_seq), (ARCHIVE, 3));
        assert_eq!(checked.key_source, KeySource::Trusted);
        assert!(!checked.not_shown().contains(&NotShown::KeyFromProof));
        assert!(checked.not_shown().contains(&NotShown::WhichFile));
    }
    // Nothing of the neighbours, and nothing of the file's digest.
    let text = archive.proof(77).to_text();
    assert!(text.contains("text |Dec 31 23:01:17 db1 sshd[77]: Failed password for админ\\n\n"));
    assert!(!text.contains("sshd[76]") && !text.contains(&sha256(&archive.file).to_hex()));
    assert!(text.len() < 3000, "{} bytes", text.len());
    assert!(
        archive
            .proof(5)
            .to_text()
            .contains("text |trace\\tone\\r\\n\ntext |  at \\u{1b}[31mred \\\\ \\u{202e}hidden\\n\n")
    );
}

#[test]
fn a_proof_with_everything() {
    let archive = Archive::new();
    let proof = archive.full_proof();
    let text = proof.to_text();
    assert_eq!(Proof::parse(&text).unwrap(), proof);
    let checked = proof.check(Some(&archive.trusted())).unwrap();
    assert_eq!(checked.file_sha256, Some(sha256(&archive.file)));
    assert_eq!(checked.context.len(), 2);
    let later = checked.later.as_ref().unwrap();
    assert_eq!(later.size, TreeSize(7));
    assert_eq!(
        later.signed_by,
        [(KeyRole::Journal, archive.journal.verifying_key().clone())]
    );
    assert!(checked.not_shown().contains(&NotShown::Rendering));

    let alone = proof.check(None).unwrap();
    assert_eq!(alone.key_source, KeySource::ProofItself);
    assert_eq!(alone.not_shown()[0], NotShown::KeyFromProof);
}

#[test]
fn keys_that_are_not_trusted() {
    let archive = Archive::new();
    let stranger = key("custodian", 9);
    let other = TrustedKeys(vec![stranger.verifying_key().clone()]);
    let refused = |proof: &Proof, keys: &TrustedKeys| proof.check(Some(keys)).unwrap_err();
    assert!(matches!(
        refused(&archive.full_proof(), &other),
        ProofError::Signer(_)
    ));
    assert!(matches!(
        refused(&archive.full_proof(), &TrustedKeys::default()),
        ProofError::Signer(_)
    ));

    // A journal key may not vouch for records, though it is certified.
    let mut proof = archive.full_proof();
    proof.later = None;
    proof.ledger.checkpoint = archive.head(5, &archive.journal);
    let error = refused(&proof, &archive.trusted());
    assert!(matches!(error, ProofError::JournalOnly { .. }), "{error}");
    // Signed by both, it is the custodian's word.
    let both = Checkpoint::parse(proof.ledger.checkpoint.note().text()).unwrap();
    proof.ledger.checkpoint = both.sign(&[&archive.journal, &archive.custodian]).unwrap();
    assert_eq!(
        proof.check(Some(&archive.trusted())).unwrap().signed_by,
        archive.trusted().0
    );

    // A later head by a key that no certificate leads to.
    let mut proof = archive.full_proof();
    proof.certificates.clear();
    assert!(matches!(
        refused(&proof, &archive.trusted()),
        ProofError::LaterSigner(_)
    ));
    // A certificate that a stranger signed.
    let certificate = archive.certificates[1]
        .certificate()
        .clone()
        .sign(&[&stranger])
        .unwrap();
    proof.certificates = vec![certificate];
    assert!(matches!(
        refused(&proof, &archive.trusted()),
        ProofError::Certificate { number: 1, .. }
    ));
}

#[test]
fn a_key_that_came_later_than_the_head() {
    let archive = Archive::new();
    let journal = archive.journal.verifying_key().clone();
    let late = KeyCertificate {
        archive: ARCHIVE.to_owned(),
        role: KeyRole::Journal,
        key: journal,
        since: 7,
    };
    let mut proof = archive.full_proof();
    proof.certificates = vec![late.sign(&[&archive.custodian]).unwrap()];
    let error = proof.check(Some(&archive.trusted())).unwrap_err();
    assert!(
        matches!(
            error,
            ProofError::LaterSigner(SignerError::TooNew {
                size: 7,
                since: 7,
                ..
            })
        ),
        "{error}"
    );
}

#[test]
fn rotation_leads_from_the_old_key_to_the_new() {
    let archive = Archive::new();
    let next = key("custodian", 3);
    let certificate = KeyCertificate {
        archive: ARCHIVE.to_owned(),
        role: KeyRole::Custodian,
        key: next.verifying_key().clone(),
        since: 4,
    };
    let mut proof = archive.proof(77);
    proof.certificates = vec![certificate.clone().sign(&[&archive.custodian, &next]).unwrap()];
    proof.ledger.checkpoint = archive.head(5, &next);
    for keys in [&archive.custodian, &next] {
        let trusted = TrustedKeys(vec![keys.verifying_key().clone()]);
        assert_eq!(
            proof.check(Some(&trusted)).unwrap().signed_by,
            [next.verifying_key().clone()]
        );
    }
    assert!(proof.check(None).is_ok());
    proof.certificates = vec![certificate.sign(&[&next]).unwrap()];
    assert!(proof.check(Some(&archive.trusted())).is_err());
    assert!(proof.check(None).is_err());
}

/// One lie in each field.
#[allow(clippy::too_many_lines, reason = "a table of lies")]
pub(super) fn lies(archive: &Archive) -> Vec<(&'static str, Proof)> {
    let good = archive.full_proof();
    let mut lies: Vec<(&'static str, Proof)> = Vec::new();
    let mut lie = |name, change: &dyn Fn(&mut Proof)| {
        let mut proof = good.clone();
        change(&mut proof);
        assert_ne!(proof, good, "{name}");
        lies.push((name, proof));
    };
    lie("raw byte", &|p| p.record.raw[3] ^= 1);
    lie("raw byte more", &|p| p.record.raw.push(b'\n'));
    lie("raw byte less", &|p| p.record.raw.truncate(10));
    lie("other raw", &|p| p.record.raw = archive.record(78).raw);
    lie("other record's place", &|p| {
        p.record.offset = archive.record(78).offset
    });
    lie("offset", &|p| p.record.offset += 1);
    lie("offset beyond all", &|p| p.record.offset = u64::MAX);
    lie("salt", &|p| p.record.salt.0[15] ^= 1);
    lie("index", &|p| p.record.index.0 ^= 1);
    lie("index outside", &|p| p.record.index.0 = u64::MAX);
    lie("path", &|p| p.record.path[0].0[0] ^= 1);
    lie("path shorter", &|p| p.record.path.truncate(3));
    lie("path longer", &|p| p.record.path.push(Sha256Digest::ZERO));
    lie("context raw", &|p| p.context[1].raw[0] ^= 1);
    lie("context offset", &|p| p.context[0].offset += 1);
    lie("commitment", &|p| p.commitment.0.0[0] ^= 1);
    lie("records", &|p| p.records.0 += 1);
    lie("file digest", &|p| p.opened.as_mut().unwrap().sha256.0[0] ^= 1);
    lie("nonce", &|p| p.opened.as_mut().unwrap().nonce.0[0] ^= 1);
    lie("line", &|p| p.line = p.line.replace("\"seq\":3", "\"seq\":4"));
    lie("line time", &|p| p.line = p.line.replace("2026", "2025"));
    lie("line root", &|p| {
        p.line = p.line.replace(&archive.records.root().to_hex(), &"0".repeat(64))
    });
    lie("line kind", &|p| {
        p.line = p.line.replace("\"object\"", "\"reframe\"")
    });
    lie("another line", &|p| p.line = archive.lines[4].clone());
    lie("no line", &|p| p.line.clear());
    lie("ledger index", &|p| p.ledger.index.0 += 1);
    lie("ledger path", &|p| p.ledger.path[1].0[31] ^= 128);
    lie("ledger path shorter", &|p| p.ledger.path.truncate(1));
    lie("checkpoint of another size", &|p| {
        p.ledger.checkpoint = archive.head(6, &archive.custodian)
    });
    lie("checkpoint of a stranger", &|p| {
        p.ledger.checkpoint = archive.head(5, &key("stranger", 8))
    });
    lie("custodian", &|p| {
        p.custodian = key("custodian", 8).verifying_key().clone()
    });
    lie("certificates in another order", &|p| {
        p.certificates.remove(0);
        p.certificates[0] = p.certificates[0]
            .certificate()
            .clone()
            .sign(&[&key("custodian", 8)])
            .unwrap();
    });
    lie("no certificate", &|p| p.certificates.truncate(1));
    lie("consistency", &|p| {
        p.later.as_mut().unwrap().consistency[0].0[0] ^= 1
    });
    lie("no consistency", &|p| {
        p.later.as_mut().unwrap().consistency.clear()
    });
    lie("later head of a stranger", &|p| {
        p.later.as_mut().unwrap().checkpoint = archive.head(7, &key("stranger", 8))
    });
    lie("later head before", &|p| {
        p.later.as_mut().unwrap().checkpoint = archive.head(4, &archive.custodian)
    });
    lie("foreign certificate", &|p| {
        let mut certificate = p.certificates[1].certificate().clone();
        certificate.archive.push('x');
        p.certificates[1] = certificate.sign(&[&archive.custodian]).unwrap();
    });
    lie("foreign later head", &|p| {
        let later = p.later.as_mut().unwrap();
        let (size, root) = (
            later.checkpoint.checkpoint().size(),
            later.checkpoint.checkpoint().root(),
        );
        later.checkpoint = Checkpoint::new("other", size, root)
            .unwrap()
            .sign(&[&archive.custodian])
            .unwrap();
    });
    lie("foreign checkpoint", &|p| {
        let (size, root) = (
            p.ledger.checkpoint.checkpoint().size(),
            p.ledger.checkpoint.checkpoint().root(),
        );
        p.ledger.checkpoint = Checkpoint::new("other", size, root)
            .unwrap()
            .sign(&[&archive.custodian])
            .unwrap();
    });
    lies
}

#[test]
fn every_lie_is_refused() {
    let archive = Archive::new();
    let lies = lies(&archive);
    for (name, proof) in &lies {
        for trusted in [Some(&archive.trusted()), None] {
            let error = proof.check(trusted).expect_err(name);
            assert!(error.to_string().starts_with("proof"), "{name}: {error}");
        }
        // As text it is refused too, by form or by content.
        let read = Proof::parse(&proof.to_text()).and_then(|read| read.check(None));
        assert!(read.is_err(), "{name}");
    }
    assert_eq!(lies.len(), 40);
}

#[test]
fn the_text_has_one_spelling() {
    let text = Archive::new().full_proof().to_text();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from}");
        let error = Proof::parse(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    };
    check(
        "version 1",
        "version 2",
        "line 1: expected letopis proof of one record, version 1",
    );
    check("\n\nrecord\n", "\nrecord\n", "line 2: expected an empty line");
    check("\noffset ", "\noffset 0", "line 4: expected a decimal number");
    check("\nlength ", "\nlength 1", "as many raw bytes");
    check(
        "text |Dec",
        "text |Jan",
        "line 8: expected `text` lines that say what the raw bytes are",
    );
    check("text |Dec", "text |D", "`text` lines");
    check("\nraw ", "\nraw =", "57 bytes in base64");
    check("\npath ", "\npath  ", "a hash as 44 characters");
    check(
        "\nrendering, not proven by itself\n|",
        "\nrendering, not proven by itself\n",
        "expected |",
    );
    check("\n|\\t<Data>", "\n|\t<Data>", "control characters escaped");
    check("\nobject\n", "\nthing\n", "expected object");
    check("\nrecords ", "\nrecords +", "decimal number");
    check("\nnonce ", "\nNonce ", "expected nonce");
    check(
        "\ncertificate\n|letopis",
        "\ncertificate\nletopis",
        "expected an empty line",
    );
    check(
        "\nlater head\n",
        "\nlater heads\n",
        "expected c2sp.org/tlog-proof@v1",
    );
    check("index 3", "extra AAAA\nindex 3", "without `extra`");
    for end in ["\n", "x", " "] {
        assert!(Proof::parse(&format!("{text}{end}")).is_err());
    }
    assert!(Proof::parse("").is_err());
    assert!(matches!(
        Proof::parse(&"x".repeat(PROOF_BYTES_MAX + 1)),
        Err(ProofError::TooLong { .. })
    ));
}

#[test]
fn every_flipped_bit_of_the_text_is_refused() {
    let archive = Archive::new();
    let text = archive.full_proof().to_text();
    // What nothing proves, as its own heading says, is the rendering.
    let rendering = text.find("rendering, not").unwrap()..text.find("\nobject\n").unwrap();
    let trusted = archive.trusted();
    every_flip_and_cut_is_refused(&text, &rendering, |changed, trust| {
        let trusted = trust.then_some(&trusted);
        Proof::parse(changed).map(|proof| proof.check(trusted).map(drop))
    });
}

#[test]
fn a_note_in_the_place_of_another_is_refused() {
    // The custodian signs certificates and checkpoints with one key: neither must pass for the other.
    let archive = Archive::new();
    let certificate = archive.certificates[0].to_text();
    assert!(SignedNote::parse(certificate.as_bytes()).is_ok());
    assert!(SignedCheckpoint::parse(certificate.as_bytes()).is_err());
    assert!(SignedCertificate::parse(archive.head(5, &archive.custodian).to_text().as_bytes()).is_err());
}

proptest! {
    #[test]
    fn escaping_is_undone(text: String) {
        let escaped = text::escape(&text);
        prop_assert!(!escaped.contains(|c: char| c.is_control()));
        prop_assert_eq!(text::unescape(&escaped), Some(text));
    }

    #[test]
    fn unescaping_has_one_spelling(text in "[a\\\\ntu{}0-9é]{0,16}") {
        if let Some(plain) = text::unescape(&text) {
            prop_assert_eq!(text::escape(&plain), text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(lines in prop::collection::vec(0usize..400, 0..40), junk in "\\PC{0,20}") {
        // Lines of a good proof in any order, with junk between.
        let text = SAMPLE.with(Clone::clone);
        let all: Vec<&str> = text.split('\n').collect();
        let mut mixed = lines.iter().map(|n| all.get(*n).copied().unwrap_or(&junk)).collect::<Vec<_>>().join("\n");
        prop_assert!(Proof::parse(&mixed).is_err());
        mixed.insert_str(0, "letopis proof of one record, version 1\n\nrecord\n");
        prop_assert!(Proof::parse(&mixed).is_err());
    }
}

thread_local! {
    static SAMPLE: String = Archive::new().full_proof().to_text();
}
