use super::*;

/// The key pair that the documentation of golang.org/x/mod/sumdb/note prints.
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

#[test]
fn published_key_pair() {
    let key = SigningKey::parse(SECRET).unwrap();
    assert_eq!(key.to_secret_text(), SECRET);
    assert_eq!(key.verifying_key().to_string(), PUBLIC);
    assert_eq!(VerifyingKey::parse(PUBLIC).unwrap(), *key.verifying_key());
    assert!(!format!("{key:?}").contains("AYEK"));
    let signature = key.sign(b"text");
    assert!(key.verifying_key().verifies(b"text", &signature));
    assert!(!key.verifying_key().verifies(b"Text", &signature));
    assert!(!key.verifying_key().verifies(b"text", &signature[1..]));
}

#[test]
fn other_spellings_are_refused() {
    let refused = |text: &str| VerifyingKey::parse(text).unwrap_err();
    assert!(matches!(
        refused(&PUBLIC.replace("c74f20a3", "c74f20a4")),
        KeyError::Id { .. }
    ));
    assert!(matches!(
        refused(&PUBLIC.replace("PeterNeumann", "Peter Neumann")),
        KeyError::Name { .. }
    ));
    assert!(matches!(
        refused(&PUBLIC.replace("PeterNeumann", "")),
        KeyError::Name { .. }
    ));
    assert!(matches!(
        refused(&PUBLIC.replace("PeterNeumann", "Peterneumann")),
        KeyError::Id { .. }
    ));
    for text in [
        "",
        "a",
        "a+b",
        "a+c74f20a3+",
        "a+c74f20a3+!!",
        &PUBLIC.replace("c74f20a3", "C74F20A3"),
        &PUBLIC[..60],
    ] {
        assert!(matches!(refused(text), KeyError::Form { .. }), "{text}");
    }
    assert!(VerifyingKey::parse(&format!("{PUBLIC}\n")).is_err());
    assert!(VerifyingKey::parse(&PUBLIC.replace("+AR", "+BR")).is_err());
    assert!(SigningKey::parse(PUBLIC).is_err());
    assert!(SigningKey::parse(&SECRET.replace("c74f20a3", "c74f20a4")).is_err());
    // The neutral point, under which any message has a valid signature in lax verifiers.
    let mut weak = [0; 32];
    weak[0] = 1;
    let name = KeyName::new("weak").unwrap();
    assert!(matches!(
        VerifyingKey::new(name, &weak),
        Err(KeyError::Point { .. })
    ));
}

#[test]
fn wycheproof_ed25519() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/wycheproof/ed25519_test.json"
    );
    let Ok(bytes) = std::fs::read(file) else {
        eprintln!("SKIPPED: no file {file} with the Ed25519 cases of wycheproof");
        return;
    };
    let cases: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let hex = |value: &serde_json::Value| -> Vec<u8> {
        let text = value.as_str().unwrap();
        (0..text.len() / 2)
            .map(|n| u8::from_str_radix(&text[n * 2..n * 2 + 2], 16).unwrap())
            .collect()
    };
    let mut count = 0;
    for group in cases["testGroups"].as_array().unwrap() {
        let public: [u8; 32] = hex(&group["publicKey"]["pk"]).try_into().unwrap();
        let key = VerifyingKey::new(KeyName::new("wycheproof").unwrap(), &public);
        for case in group["tests"].as_array().unwrap() {
            let accepted = key
                .as_ref()
                .is_ok_and(|key| key.verifies(&hex(&case["msg"]), &hex(&case["sig"])));
            assert_eq!(
                accepted,
                case["result"] == "valid",
                "case {}: {}",
                case["tcId"],
                case["comment"]
            );
            count += 1;
        }
    }
    eprintln!("{count} Ed25519 cases of wycheproof agree");
    assert_eq!(Some(count), cases["numberOfTests"].as_u64());
}
