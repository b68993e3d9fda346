//! Time stamps of a real `openssl ts` authority.

use super::{Authority, openssl_is_there};
use crate::asn1::encode;
use crate::chain::Trust;
use crate::timestamp::{Request, is_timestamp, stamped_sha256, token_of, verify};
use crate::{PkiError, Result, Token};

const CONTENT: &[u8] = b"letopis.archive/00112233445566778899aabbccddeeff\n7\nroot\n\n- a signature\n";

fn authority() -> Authority {
    let authority = Authority::new();
    authority.root("root", "rsa:2048");
    authority.issue("tsa", "rsa:2048", "root", "stamper");
    authority
}

fn check(authority: &Authority, token: &[u8], content: &[u8], request: Option<&Request>) -> Result<Token> {
    verify(token, content, request, &[authority.certificate("root")], &[])
}

#[test]
fn a_request_is_the_one_that_openssl_reads() {
    let request = Request::new(CONTENT, [0xff, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(Request::parse(&request.to_der()).unwrap(), request);
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.write("content", CONTENT);
    authority.write("ours.tsq", &request.to_der());
    authority.run("ts -query -in ours.tsq -text -out ours.txt");
    let text = String::from_utf8(authority.read("ours.txt")).unwrap();
    for line in [
        "Version: 1",
        "Hash Algorithm: sha256",
        "Nonce: 0x7F02030405060708",
        "Certificate required: yes",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    authority.run("ts -query -data content -sha256 -cert -out theirs.tsq");
    let theirs = Request::parse(&authority.read("theirs.tsq")).unwrap();
    assert_eq!(theirs.digest(), request.digest());
    for cut in 0..request.to_der().len() {
        assert!(Request::parse(&request.to_der()[..cut]).is_err());
    }
}

#[test]
fn a_stamp_holds_and_openssl_says_the_same() {
    if !openssl_is_there() {
        return;
    }
    let authority = authority();
    let request = Request::new(CONTENT, [1, 2, 3, 4, 5, 6, 7, 8]);
    for hash in ["sha256", "sha1"] {
        let reply = authority.stamp("tsa", &request.to_der(), hash);
        assert!(is_timestamp(&reply));
        let token = token_of(&reply).unwrap();
        assert_eq!(
            token_of(&token).unwrap(),
            token,
            "a file that holds only the token"
        );
        assert_eq!(stamped_sha256(&token).unwrap().as_slice(), request.digest());
        let said = check(&authority, &token, CONTENT, Some(&request)).unwrap();
        assert_eq!(said.policy, "1.2.3.4.1");
        assert_eq!(said.signer.subject, "CN=tsa");
        assert_eq!(said.signer.trust, Trust::Chain("CN=root".to_owned()));
        let (from, to) = authority.certificate("tsa").validity();
        assert!((from..=to).contains(&said.time), "{}", said.time);
        authority.write("content", CONTENT);
        authority.run("ts -verify -in reply.tsr -data content -CAfile root.pem");
    }
}

#[test]
fn lies_about_a_stamp_are_refused_by_reason() {
    if !openssl_is_there() {
        return;
    }
    let authority = authority();
    authority.root("stranger", "P-256");
    let (request, other) = (Request::new(CONTENT, [1; 8]), Request::new(CONTENT, [2; 8]));
    let token = token_of(&authority.stamp("tsa", &request.to_der(), "sha256")).unwrap();
    let verdict = check(&authority, &token, b"another checkpoint", Some(&request));
    assert!(matches!(verdict, Err(PkiError::OtherBytes { .. })), "{verdict:?}");
    let verdict = check(&authority, &token, CONTENT, Some(&other));
    assert!(matches!(verdict, Err(PkiError::Nonce { .. })), "{verdict:?}");
    let verdict = verify(&token, CONTENT, None, &[authority.certificate("stranger")], &[]);
    assert!(matches!(verdict, Err(PkiError::Untrusted { .. })), "{verdict:?}");
    // A stamp that was not granted: status 2, one text, no token.
    let text = encode(0x30, &encode(0x0c, b"too busy"));
    let refused = encode(0x30, &encode(0x30, &[&[2, 1, 2], text.as_slice()].concat()));
    let verdict = token_of(&refused);
    assert_eq!(
        verdict,
        Err(PkiError::NotGranted {
            status: 2,
            text: Some("too busy".to_owned())
        })
    );
    // A signature over the same bytes is no time stamp, and a time stamp no signature.
    authority.issue("signer", "P-256", "root", "signer");
    let signature = authority.sign("signer", CONTENT, "");
    assert!(!is_timestamp(&signature));
    assert!(check(&authority, &signature, CONTENT, None).is_err());
    let judge = crate::cms::Judge {
        trusted: &[],
        others: &[],
        at: authority.certificate("tsa").validity().0,
    };
    assert!(crate::cms::verify_detached(&token, CONTENT, judge).is_err());
}

#[test]
fn a_certificate_that_may_not_stamp_is_refused() {
    if !openssl_is_there() {
        return;
    }
    let authority = authority();
    for (name, section, validity) in [
        ("lax", "stamper_lax", "-days 365"),
        ("wide", "stamper_wide", "-days 365"),
        ("plain", "signer", "-days 365"),
        (
            "old",
            "stamper",
            "-startdate 20200101000000Z -enddate 20210101000000Z",
        ),
    ] {
        authority.issue_between(name, "P-256", "root", section, validity);
    }
    let request = Request::new(CONTENT, [3; 8]);
    // openssl stamps with an expired certificate when asked to, and refuses those that may not stamp; so their tokens
    // are made by signing a TSTInfo as CMS with that content type.
    let good = token_of(&authority.stamp("tsa", &request.to_der(), "sha256")).unwrap();
    let info = crate::cms::SignedData::parse(&good)
        .unwrap()
        .content
        .unwrap()
        .to_vec();
    authority.write("info", &info);
    for (name, expected) in [
        ("lax", "time stamping"),
        ("wide", "time stamping"),
        ("plain", "time stamping"),
    ] {
        authority.run(&format!(
            "cms -sign -binary -nodetach -cades -econtent_type 1.2.840.113549.1.9.16.1.4 -in info -signer {name}.pem -inkey {name}.key -outform DER -out token.der -md sha256"
        ));
        let verdict = check(&authority, &authority.read("token.der"), CONTENT, None);
        let error = verdict.expect_err(name);
        assert!(matches!(error, PkiError::Usage { .. }), "{name}: {error}");
        assert!(error.to_string().contains(expected), "{name}: {error}");
    }
    let expired = token_of(&authority.stamp("old", &request.to_der(), "sha256")).unwrap();
    let verdict = check(&authority, &expired, CONTENT, Some(&request));
    assert!(matches!(verdict, Err(PkiError::OutOfDate { .. })), "{verdict:?}");
    // Without the attribute that names the certificate it is no time stamp (RFC 3161 §2.4.1).
    authority.run(
        "cms -sign -binary -nodetach -econtent_type 1.2.840.113549.1.9.16.1.4 -in info -signer tsa.pem -inkey tsa.key -outform DER -out token.der -md sha256",
    );
    let verdict = check(&authority, &authority.read("token.der"), CONTENT, None);
    assert!(
        matches!(
            verdict,
            Err(PkiError::Form {
                place: "SignerInfo",
                ..
            })
        ),
        "{verdict:?}"
    );
}

#[test]
fn every_changed_byte_of_a_token_is_refused_or_changes_nothing() {
    if !openssl_is_there() {
        return;
    }
    let authority = authority();
    let request = Request::new(CONTENT, [4; 8]);
    let token = token_of(&authority.stamp("tsa", &request.to_der(), "sha256")).unwrap();
    let original = check(&authority, &token, CONTENT, Some(&request)).unwrap();
    let root = [authority.certificate("root")];
    let mut accepted = 0;
    for place in 0..token.len() {
        let mut changed = token.clone();
        changed[place] ^= 1 << (place % 8);
        if let Ok(said) = verify(&changed, CONTENT, Some(&request), &root, &[]) {
            assert_eq!(said, original, "byte {place}");
            accepted += 1;
        }
    }
    assert!(
        accepted < token.len() / 20,
        "{accepted} of {} changes passed",
        token.len()
    );
    for length in 0..token.len() {
        assert!(token_of(&token[..length]).is_err());
    }
}

/// A damaged token inside a reply is damage of the reply, and not a stamp over something else.
#[test]
fn what_a_reply_gives_out_as_its_token_is_one() {
    let granted = encode(0x30, &[2, 1, 0]);
    for inside in [encode(0x30, &[2, 1, 1]), encode(0x04, b"token"), vec![5, 0]] {
        let reply = encode(0x30, &[granted.clone(), inside].concat());
        assert!(
            matches!(token_of(&reply), Err(PkiError::Form { .. })),
            "{reply:02x?}"
        );
    }
    if !openssl_is_there() {
        return;
    }
    let request = Request::new(CONTENT, [1, 2, 3, 4, 5, 6, 7, 8]);
    let reply = authority().stamp("tsa", &request.to_der(), "sha256");
    for place in 0..reply.len() {
        let mut changed = reply.clone();
        changed[place] ^= 1;
        if let Ok(token) = token_of(&changed) {
            assert!(crate::cms::is_cms(&token), "byte {place}");
        }
    }
}
