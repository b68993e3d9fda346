use super::*;
use crate::key::KeyName;

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
}

fn certificate(role: KeyRole, key: &SigningKey) -> KeyCertificate {
    KeyCertificate {
        archive: "archive.example/один".to_owned(),
        role,
        key: key.verifying_key().clone(),
        since: 3,
    }
}

#[test]
fn round_trip_and_signatures() {
    let (custodian, journal) = (key("custodian", 1), key("journal", 2));
    let signed = certificate(KeyRole::Journal, &journal)
        .sign(&[&custodian])
        .unwrap();
    let read = SignedCertificate::parse(signed.to_text().as_bytes()).unwrap();
    assert_eq!(read, signed);
    assert_eq!(read.certificate().role, KeyRole::Journal);
    assert!(read.verify([custodian.verifying_key()]).is_ok());
    assert!(read.verify([journal.verifying_key()]).is_err());

    // Rotation is signed by both; either signature being wrong refuses it.
    let next = key("custodian", 3);
    let rotation = certificate(KeyRole::Custodian, &next)
        .sign(&[&custodian, &next])
        .unwrap();
    assert!(rotation.verify([custodian.verifying_key()]).is_ok());
    let changed = rotation.to_text().replace("since 3", "since 2");
    let changed = SignedCertificate::parse(changed.as_bytes()).unwrap();
    assert!(changed.verify([custodian.verifying_key()]).is_err());
    let own_line = rotation.note.signatures()[1].to_string();
    let other_line = certificate(KeyRole::Journal, &next)
        .sign(&[&next])
        .unwrap()
        .note
        .signatures()[0]
        .to_string();
    let forged =
        SignedCertificate::parse(rotation.to_text().replace(&own_line, &other_line).as_bytes()).unwrap();
    assert!(forged.verify([custodian.verifying_key()]).is_err());
}

#[test]
fn malformed_certificates_say_which_line() {
    let text = certificate(KeyRole::Custodian, &key("custodian", 1)).to_text();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from}");
        let error = KeyCertificate::parse(&text.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    };
    check("version 1", "version 2", "line 1");
    check("archive.example/один", "", "line 2");
    check("role custodian", "role witness", "line 3");
    check("key custodian", "key other", "line 4");
    check("since 3", "since 03", "line 5");
    check("since 3\n", "since 3", "line 6");
    check("since 3\n", "since 3\n\n", "line 6");
    assert!(KeyCertificate::parse("").is_err());
    // A certificate is no checkpoint and the reverse: one key signs both.
    assert!(crate::checkpoint::Checkpoint::parse(&text).is_err());
    let mut broken = certificate(KeyRole::Journal, &key("journal", 2));
    broken.archive = "two\nlines".to_owned();
    assert!(broken.sign(&[&key("custodian", 1)]).is_err());
}
