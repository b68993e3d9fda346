//! Certificates, CMS signatures and time stamps of others.
//!
//! ```text
//! 1 byte    modulo 4: 0 all readers; 1 a signature over the fixed text; 2 a reply of a time stamping authority over it;
//!           3 certificates on the way to the fixed authority
//! the rest
//! ```
//!
//! The fixed text is `letopis` and a line feed; `fixtures/` holds an invented authority, a certificate of it, signatures over
//! the text by P-256 and RSA, one with the text inside, a request and a reply. Whatever comes: nothing panics, and nothing
//! is taken as signed or stamped by that authority but what it did sign or stamp.

use letopis_pki::chain::{self, Usage};
use letopis_pki::cms::{Judge, is_cms, verify_detached};
use letopis_pki::{Certificate, Request, Trust, pem, timestamp};

use super::choice;

const CONTENT: &[u8] = b"letopis\n";
const ROOT: &[u8] = include_bytes!("../fixtures/root.pem");
const SIGNER: &[u8] = include_bytes!("../fixtures/ec.pem");
const SIGNATURES: [&[u8]; 3] = [
    include_bytes!("../fixtures/ec.p7s"),
    include_bytes!("../fixtures/rsa.p7s"),
    include_bytes!("../fixtures/inside.p7s"),
];
const REQUEST: &[u8] = include_bytes!("../fixtures/req.tsq");
const REPLY: &[u8] = include_bytes!("../fixtures/reply.tsr");
/// 1 January 2027, within the validity of all certificates.
const AT: i64 = 1_798_761_600_000_000;

fn root() -> Vec<Certificate> {
    pem::certificates(ROOT).expect("the authority")
}

fn readers(data: &[u8]) {
    if let Ok(certificate) = Certificate::parse(data) {
        assert_eq!(certificate.der(), data);
        let (from, to) = certificate.validity();
        let _ = (
            certificate.subject(),
            certificate.issuer(),
            certificate.serial(),
            from <= to,
        );
    }
    let _ = pem::certificates(data);
    let _ = pem::blocks(data, &["CMS", "PKCS7"]);
    let cms = is_cms(data);
    if let Ok(token) = timestamp::token_of(data) {
        assert!(is_cms(&token), "a token that is no CMS");
        let _ = timestamp::stamped_sha256(&token);
    }
    let token = timestamp::token_of(data);
    assert!(
        !cms || token.as_ref().is_ok_and(|token| token == data) || token.is_err_and(|e| e.is_unsupported())
    );
    let _ = timestamp::is_timestamp(data);
    if let Ok(request) = Request::parse(data) {
        let again = Request::parse(&request.to_der()).expect("a request that was just made");
        assert_eq!(again.digest(), request.digest());
    }
    let judge = Judge {
        trusted: &[],
        others: &[],
        at: AT,
    };
    let _ = verify_detached(data, CONTENT, judge);
    let _ = timestamp::verify(data, CONTENT, None, &[], &[]);
}

fn signature(data: &[u8]) {
    let (trusted, judge_others) = (root(), Vec::new());
    let judge = Judge {
        trusted: &trusted,
        others: &judge_others,
        at: AT,
    };
    if let Ok(signers) = verify_detached(data, CONTENT, judge) {
        assert!(!signers.is_empty(), "signed by nobody");
        for signer in signers {
            assert!(matches!(signer.trust, Trust::Chain(_)), "trusted without a chain");
            let known = ["CN=Signer P-256", "CN=Signer RSA"];
            assert!(
                known.contains(&signer.subject.as_str()),
                "signed by {}",
                signer.subject
            );
        }
        assert!(
            verify_detached(data, b"letopis\r\n", judge).is_err(),
            "it holds over other bytes"
        );
    }
}

fn stamp(data: &[u8]) {
    let Ok(token) = timestamp::token_of(data) else {
        return;
    };
    let request = Request::parse(REQUEST).expect("the request");
    let trusted = root();
    if let Ok(stamp) = timestamp::verify(&token, CONTENT, Some(&request), &trusted, &[]) {
        let genuine = timestamp::token_of(REPLY).expect("the token");
        let genuine = timestamp::verify(&genuine, CONTENT, Some(&request), &trusted, &[]).expect("it holds");
        // What is not signed may differ: more certificates, attributes that nobody signed.
        assert_eq!(
            (stamp.time, &stamp.serial, &stamp.policy),
            (genuine.time, &genuine.serial, &genuine.policy)
        );
        assert_eq!(stamp.signer.subject, genuine.signer.subject);
        assert!(timestamp::verify(&token, b"letopis\r\n", None, &trusted, &[]).is_err());
    }
}

fn way(data: &[u8]) {
    let Ok(found) = pem::certificates(data) else {
        return;
    };
    let Some((leaf, others)) = found.split_first() else {
        return;
    };
    for usage in [Usage::Signing, Usage::TimeStamping] {
        if chain::check(leaf, others, &root(), usage, AT).is_ok() {
            let known = [
                "CN=Signer P-256",
                "CN=Signer RSA",
                "CN=Stamper P-384",
                "CN=Invented authority",
            ];
            assert!(
                known.contains(&leaf.subject().as_str()),
                "a chain from {}",
                leaf.subject()
            );
        }
    }
}

/// Panics where a property does not hold.
pub fn run(data: &[u8]) {
    let ([how], rest) = choice::<1>(data);
    match how % 4 {
        0 => readers(rest),
        1 => signature(rest),
        2 => stamp(rest),
        _ => way(rest),
    }
}

/// The fixtures, each way.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let token = timestamp::token_of(REPLY).expect("the token");
    let der = pem::blocks(SIGNER, &["CERTIFICATE"]).expect("a block").remove(0);
    let both = [SIGNER, ROOT].concat();
    for (ways, bytes) in [
        (&[0, 3][..], ROOT),
        (&[0, 3], SIGNER),
        (&[0, 3], &both),
        (&[0, 3], &der),
        (&[0, 1], SIGNATURES[0]),
        (&[0, 1], SIGNATURES[1]),
        (&[0, 1], SIGNATURES[2]),
        (&[0], REQUEST),
        (&[0, 2], REPLY),
        (&[0, 2], &token),
    ] {
        for way in ways {
            seeds.push([&[*way], bytes].concat());
        }
    }
    seeds
}
