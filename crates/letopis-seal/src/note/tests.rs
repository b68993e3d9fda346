use proptest::prelude::*;

use super::*;

/// Key and note that the documentation of golang.org/x/mod/sumdb/note prints.
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn other_key() -> SigningKey {
    SigningKey::from_seed(KeyName::new("другой.example/журнал").unwrap(), &[7; 32])
}

#[test]
fn published_note() {
    let key = VerifyingKey::parse(PUBLIC).unwrap();
    let whole = format!("{TEXT}\n{SIGNATURE}");
    let note = SignedNote::parse(whole.as_bytes()).unwrap();
    assert_eq!((note.text(), note.to_text()), (TEXT, whole.clone()));
    assert_eq!(note.verify([&key]).unwrap(), [&key]);
    // Ed25519 is deterministic: signing again gives the published note.
    let again = SignedNote::sign(TEXT.to_owned(), &[&SigningKey::parse(SECRET).unwrap()]).unwrap();
    assert_eq!(again.to_text(), whole);

    let changed = SignedNote::parse(whole.replace("answer", "Answer").as_bytes()).unwrap();
    assert!(matches!(
        changed.verify([&key]),
        Err(NoteError::BadSignature { .. })
    ));
    let other = other_key();
    assert!(matches!(
        note.verify([other.verifying_key()]),
        Err(NoteError::NoKnownKey { .. })
    ));
}

#[test]
fn lines_of_unknown_keys_are_kept_and_passed_over() {
    let (first, second) = (SigningKey::parse(SECRET).unwrap(), other_key());
    let mut note = SignedNote::sign(TEXT.to_owned(), &[&first, &second]).unwrap();
    // A cosignature of another algorithm, and one that shares the name but not the id.
    note.add(NoteSignature::parse("— witness.example AAAAAAQFBgcICQ==").unwrap())
        .unwrap();
    note.add(NoteSignature::parse("— PeterNeumann AAAAAAQFBgcICQ==").unwrap())
        .unwrap();
    let read = SignedNote::parse(note.to_text().as_bytes()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.signatures().len(), 4);
    let keys = [first.verifying_key(), second.verifying_key()];
    assert_eq!(read.verify(keys).unwrap(), keys);
    // One wrong signature of a known key refuses the note, even beside a right one.
    let mut forged = SignedNote::sign(TEXT.to_owned(), &[&first]).unwrap();
    let id = second.verifying_key().id();
    forged
        .add(NoteSignature {
            name: second.verifying_key().name().clone(),
            id,
            bytes: vec![1; 64],
        })
        .unwrap();
    assert!(matches!(forged.verify(keys), Err(NoteError::BadSignature { .. })));
}

#[test]
fn malformed_notes_say_where() {
    let check = |note: &str, expected: &str| {
        let error = SignedNote::parse(note.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{note:?}: {error}");
    };
    let good = format!("{TEXT}\n{SIGNATURE}");
    check("", "empty line");
    check(TEXT, "empty line");
    check(&good[..good.len() - 1], "newline");
    check(
        &good.replace('—', "-"),
        "line 4: expected `— NAME BASE64`, no em dash",
    );
    check(&format!("{TEXT}\n— PeterNeumann\n"), "no space after the name");
    check(&format!("{TEXT}\n— a b AAAAAAQ=\n"), "not standard base64");
    check(&format!("{TEXT}\n— a+b AAAAAAQ=\n"), "not a key name");
    check(&format!("{TEXT}\n— a AAA=\n"), "fewer than 4 bytes");
    check(&format!("{TEXT}\n— a AAAAAA==\n"), "no bytes after the key id");
    check(
        &format!("{good}{SIGNATURE}"),
        "line 5: expected `— NAME BASE64`, the same line",
    );
    check(&format!("a\tb\n\n{SIGNATURE}"), "byte 1 is not text");
    assert!(matches!(
        SignedNote::parse(b"a\xff\n\n"),
        Err(NoteError::NotText { at: 1 })
    ));
    assert!(matches!(
        SignedNote::parse(&vec![b'a'; NOTE_BYTES_MAX + 1]),
        Err(NoteError::TooLong { .. })
    ));
    assert!(SignedNote::sign("no newline".to_owned(), &[&other_key()]).is_err());
    assert!(SignedNote::sign("tab\t\n".to_owned(), &[&other_key()]).is_err());
    assert!(SignedNote::sign(TEXT.to_owned(), &[]).is_err());
}

proptest! {
    #[test]
    fn what_parses_prints_back(text in "(?s)[ -~\n]{0,40}\n?(\n— [a-z]{1,3} [A-Za-z0-9+/]{8,12}={0,2}\n){0,2}") {
        if let Ok(note) = SignedNote::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_text(), text);
        }
    }

    #[test]
    fn any_text_signs_and_verifies(text in "([a-zа-я ]{0,20}\n){1,5}") {
        let key = other_key();
        let note = SignedNote::sign(text, &[&key]).unwrap();
        let read = SignedNote::parse(note.to_text().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert!(read.verify([key.verifying_key()]).is_ok());
    }
}
