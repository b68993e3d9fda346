//! Detached CMS signatures and chains.

use super::{Authority, openssl_is_there};
use crate::asn1::{encode, only};
use crate::chain::Trust;
use crate::cms::{Judge, Signer, is_cms, verify_detached};
use crate::{Certificate, Micros, PkiError, Result, pem};

type Verdict = Result<Vec<Signer>>;
/// What is wrong, what was said, and whether that is right.
type Case<'a> = (&'a str, Verdict, &'a dyn Fn(&Verdict) -> bool);

const CONTENT: &[u8] = b"letopis.archive/00112233445566778899aabbccddeeff\n7\nroot\n\n- a signature\n";
const YEAR: Micros = 365 * 86_400 * 1_000_000;

/// Now, as certificates made in this test see it: in the middle of the validity of the root's first day.
fn now(authority: &Authority) -> Micros {
    authority.certificate("root").validity().0 + 3_600_000_000
}

fn check(signature: &[u8], content: &[u8], trusted: &[Certificate], at: Micros) -> Result<Vec<Signer>> {
    let judge = Judge {
        trusted,
        others: &[],
        at,
    };
    verify_detached(signature, content, judge)
}

#[test]
fn signatures_of_every_algorithm_hold_and_only_over_their_content() {
    if !openssl_is_there() {
        return;
    }
    // Its own directory: `sign` writes files of fixed names.
    let authority = Authority::new();
    authority.root("root", "rsa:2048");
    let (root, at) = (authority.certificate("root"), now(&authority));
    let mut seen = Vec::new();
    for (name, kind, more) in [
        ("rsa", "rsa:2048", ""),
        ("rsa384", "rsa:3072", "-md sha384"),
        (
            "pss",
            "rsa:2048",
            "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32",
        ),
        ("p256", "P-256", ""),
        ("p384", "P-384", "-md sha384"),
        ("p384with256", "P-384", ""),
        ("cades", "P-256", "-cades"),
        ("keyid", "P-256", "-keyid"),
        ("noattr", "P-256", "-noattr"),
        ("attached", "P-256", "-nodetach"),
    ] {
        authority.issue(name, kind, "root", "signer");
        let signature = authority.sign(name, CONTENT, more);
        assert!(is_cms(&signature));
        let signers = check(&signature, CONTENT, std::slice::from_ref(&root), at);
        let signers = signers.unwrap_or_else(|error| panic!("{name}: {error}"));
        let [signer] = signers.as_slice() else {
            panic!("{name}: {signers:?}")
        };
        assert_eq!(signer.subject, format!("CN={name}"));
        assert_eq!(signer.issuer, "CN=root");
        assert_eq!(signer.trust, Trust::Chain("CN=root".to_owned()));
        assert_eq!(signer.claimed_time.is_some(), name != "noattr");
        seen.push(signer.algorithm.clone());
        let nobody = check(&signature, CONTENT, &[], at).unwrap();
        assert_eq!(nobody[0].trust, Trust::NotAsked);
        let other = check(
            &signature,
            b"letopis.archive/other",
            std::slice::from_ref(&root),
            at,
        );
        match name {
            // Without attributes no digest tells what it was over.
            "noattr" => assert!(matches!(other, Err(PkiError::Signature { .. })), "{other:?}"),
            _ => assert!(
                matches!(other, Err(PkiError::OtherBytes { .. })),
                "{name}: {other:?}"
            ),
        }
    }
    seen.sort();
    seen.dedup();
    let expected = [
        "ECDSA with SHA-256",
        "ECDSA with SHA-384",
        "RSA with SHA-256",
        "RSA with SHA-384",
        "RSA-PSS with SHA-256",
    ];
    assert_eq!(seen, expected);
}

/// What stands in an element, element by element, each whole.
fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut inside = only(bytes, "test").unwrap().inside("test").unwrap();
    let mut found = Vec::new();
    while !inside.is_empty() {
        found.push(inside.next().unwrap().whole);
    }
    found
}

/// A detached CMS signature with Ed25519 as RFC 8419 has it, which `openssl cms` makes from 3.2 on only. The signature
/// is made by `openssl pkeyutl`; the attributes are those of a signature that `openssl cms` made with another key.
fn ed25519(authority: &Authority, hash: &str, with_attributes: bool) -> Vec<u8> {
    let other = authority.sign("p256", CONTENT, &format!("-md {hash}"));
    let signed = parts(parts(&other)[1])[0].to_vec();
    let info = parts(parts(&signed)[4])[0].to_vec();
    let (digest, attributes) = (parts(&info)[2].to_vec(), parts(&info)[3].to_vec());
    let attributes = if with_attributes { attributes } else { Vec::new() };
    let message = match attributes.split_first() {
        // Signed as a SET.
        Some((_, rest)) => [&[0x31], rest].concat(),
        None => CONTENT.to_vec(),
    };
    authority.write("message", &message);
    authority.run("pkeyutl -sign -rawin -inkey ed.key -in message -out raw.sig");
    authority.run("x509 -in ed.pem -outform DER -out ed.der");
    let certificate = authority.read("ed.der");
    let tbs = parts(&certificate)[0].to_vec();
    let (serial, issuer) = (parts(&tbs)[1], parts(&tbs)[3]);
    let info = [
        encode(0x02, &[1]),
        encode(0x30, &[issuer, serial].concat()),
        digest.clone(),
        attributes,
        encode(0x30, &encode(0x06, &[0x2b, 0x65, 0x70])),
        encode(0x04, &authority.read("raw.sig")),
    ];
    let signed = [
        encode(0x02, &[1]),
        encode(0x31, &digest),
        parts(&signed)[2].to_vec(),
        encode(0xa0, &certificate),
        encode(0x31, &encode(0x30, &info.concat())),
    ];
    let oid = parts(&other)[0];
    encode(
        0x30,
        &[oid, &encode(0xa0, &encode(0x30, &signed.concat()))].concat(),
    )
}

#[test]
fn ed25519_signatures_hold_as_rfc_8419_has_them() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "rsa:2048");
    authority.issue("p256", "P-256", "root", "signer");
    authority.issue("ed", "ed25519", "root", "signer");
    let (root, at) = (authority.certificate("root"), now(&authority));
    let trusted = std::slice::from_ref(&root);
    for with_attributes in [true, false] {
        let signature = ed25519(&authority, "sha512", with_attributes);
        // openssl reads the structure, whether or not it can verify it.
        authority.write("ed.cms", &signature);
        authority.run("cms -cmsout -inform DER -in ed.cms -outform DER -out again.cms");
        assert_eq!(authority.read("again.cms"), signature);
        let signers = check(&signature, CONTENT, trusted, at).unwrap();
        let found: Vec<_> = signers
            .iter()
            .map(|one| (one.subject.as_str(), one.algorithm.as_str()))
            .collect();
        assert_eq!(found, [("CN=ed", "Ed25519")]);
        assert_eq!(signers[0].trust, Trust::Chain("CN=root".to_owned()));
        let other = check(&signature, b"letopis.archive/other", trusted, at);
        assert!(
            matches!(
                &other,
                Err(PkiError::OtherBytes { .. } | PkiError::Signature { .. })
            ),
            "{other:?}"
        );
        // Every bit of the signature itself, which stands at the end.
        for bit in 0..64 * 8 {
            let mut spoiled = signature.clone();
            let place = spoiled.len() - 64 + bit / 8;
            spoiled[place] ^= 1 << (bit % 8);
            let verdict = check(&spoiled, CONTENT, trusted, at);
            assert!(
                matches!(verdict, Err(PkiError::Signature { .. })),
                "bit {bit}: {verdict:?}"
            );
        }
    }
    // With attributes the digest must be SHA-512 (RFC 8419 §3.1).
    let verdict = check(&ed25519(&authority, "sha256", true), CONTENT, trusted, at);
    assert!(matches!(verdict, Err(PkiError::Form { .. })), "{verdict:?}");
}

#[test]
fn ber_is_named_and_the_same_in_der_holds() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    authority.issue("one", "P-256", "root", "signer");
    let (root, at) = (authority.certificate("root"), now(&authority));
    for more in ["-stream -indef", "-stream -indef -nodetach"] {
        let ber = authority.sign("one", CONTENT, more);
        assert!(ber.starts_with(&[0x30, 0x80]) && is_cms(&ber), "{more}");
        let verdict = check(&ber, CONTENT, std::slice::from_ref(&root), at);
        let said = verdict
            .as_ref()
            .err()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            said.contains("BER") && said.contains("-cmsout"),
            "{more}: {verdict:?}"
        );
        let said = crate::timestamp::token_of(&ber).unwrap_err();
        assert!(
            said.is_unsupported() && said.to_string().contains("BER"),
            "{said}"
        );
        assert!(verdict.is_err_and(|error| error.is_unsupported()), "{more}");
        authority.write("ber.cms", &ber);
        authority.run("cms -cmsout -inform DER -in ber.cms -outform DER -out der.cms");
        let signers = check(
            &authority.read("der.cms"),
            CONTENT,
            std::slice::from_ref(&root),
            at,
        );
        assert_eq!(signers.unwrap()[0].subject, "CN=one", "{more}");
    }
}

#[test]
fn two_signers_in_one_structure_are_both_checked() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    authority.issue("first", "P-256", "root", "signer");
    authority.issue("second", "rsa:2048", "root", "signer");
    let (root, at) = (authority.certificate("root"), now(&authority));
    let signature = authority.sign("first", CONTENT, "-signer second.pem -inkey second.key");
    let signers = check(&signature, CONTENT, std::slice::from_ref(&root), at).unwrap();
    let mut names: Vec<_> = signers.iter().map(|signer| signer.subject.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["CN=first", "CN=second"]);
    // One of the two signatures spoiled: the last bytes are the last signature's.
    let mut spoiled = signature.clone();
    *spoiled.last_mut().unwrap() ^= 1;
    let verdict = check(&spoiled, CONTENT, std::slice::from_ref(&root), at);
    assert!(matches!(verdict, Err(PkiError::Signature { .. })), "{verdict:?}");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one authority, one table of lies")]
fn chains_are_followed_and_refused_by_reason() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    authority.root("stranger", "P-256");
    let at = now(&authority);
    for (name, issuer, section) in [
        ("middle", "root", "root"),
        ("below", "middle", "signer"),
        ("short", "root", "short"),
        ("under_short", "short", "root"),
        ("too_deep", "under_short", "signer"),
        ("just_deep", "short", "signer"),
        ("lay", "root", "no_authority"),
        ("by_lay", "lay", "signer"),
        ("unfit", "root", "no_cert_sign"),
        ("by_unfit", "unfit", "signer"),
        ("enciphers", "root", "enciphers"),
        ("odd", "root", "odd"),
    ] {
        authority.issue(name, "P-256", issuer, section);
    }
    authority.issue_between(
        "old",
        "P-256",
        "root",
        "signer",
        "-startdate 20200101000000Z -enddate 20210101000000Z",
    );
    authority.issue_between(
        "early",
        "P-256",
        "root",
        "signer",
        "-startdate 20900101000000Z -enddate 20910101000000Z",
    );
    let certificate = |name: &str| authority.certificate(name);
    let verdict = |signer: &str, chain: &[&str], trusted: &[&str], at: Micros| {
        let certs: Vec<u8> = chain
            .iter()
            .flat_map(|name| authority.read(&format!("{name}.pem")))
            .collect();
        authority.write("chain.pem", &certs);
        let more = if chain.is_empty() {
            ""
        } else {
            "-certfile chain.pem"
        };
        let signature = authority.sign(signer, CONTENT, more);
        let trusted: Vec<_> = trusted.iter().map(|name| certificate(name)).collect();
        check(&signature, CONTENT, &trusted, at)
    };
    let is_root =
        |verdict: Result<Vec<Signer>>| verdict.unwrap()[0].trust == Trust::Chain("CN=root".to_owned());
    assert!(is_root(verdict("below", &["middle"], &["root"], at)));
    assert!(is_root(verdict(
        "just_deep",
        &["short"],
        &["stranger", "root"],
        at
    )));
    // The signer's own certificate, given by the user, needs no chain.
    let pinned = verdict("below", &[], &["below"], at).unwrap();
    assert_eq!(pinned[0].trust, Trust::Chain("CN=below".to_owned()));
    // A given certificate in the middle is enough.
    let middle = verdict("below", &[], &["middle"], at).unwrap();
    assert_eq!(middle[0].trust, Trust::Chain("CN=middle".to_owned()));

    let untrusted = |verdict: &Result<Vec<Signer>>| matches!(verdict, Err(PkiError::Untrusted { .. }));
    let usage = |verdict: &Result<Vec<Signer>>| matches!(verdict, Err(PkiError::Usage { .. }));
    let dated = |verdict: &Result<Vec<Signer>>| matches!(verdict, Err(PkiError::OutOfDate { .. }));
    let cases: [Case<'_>; 12] = [
        ("missing middle", verdict("below", &[], &["root"], at), &untrusted),
        (
            "foreign root",
            verdict("below", &["middle"], &["stranger"], at),
            &untrusted,
        ),
        (
            "path length",
            verdict("too_deep", &["under_short", "short"], &["root"], at),
            &usage,
        ),
        (
            "issued by a lay person",
            verdict("by_lay", &["lay"], &["root"], at),
            &usage,
        ),
        (
            "issued without keyCertSign",
            verdict("by_unfit", &["unfit"], &["root"], at),
            &usage,
        ),
        (
            "key usage of the signer",
            verdict("enciphers", &[], &["root"], at),
            &usage,
        ),
        ("expired", verdict("old", &[], &["root"], at), &dated),
        ("not yet valid", verdict("early", &[], &["root"], at), &dated),
        ("expired though pinned", verdict("old", &[], &["old"], at), &dated),
        (
            "judged after its end",
            verdict("below", &["middle"], &["root"], at + 2 * YEAR),
            &dated,
        ),
        (
            "root after its end",
            verdict("early", &[], &["root"], 3_786_912_000_000_000),
            &dated,
        ),
        (
            "critical extension",
            verdict("odd", &[], &["root"], at),
            &|v| matches!(v, Err(e) if e.is_unsupported()),
        ),
    ];
    for (name, verdict, expected) in cases {
        assert!(expected(&verdict), "{name}: {verdict:?}");
    }
}

/// A root of the same name with another key must not vouch.
#[test]
fn a_root_of_the_same_name_does_not_vouch() {
    if !openssl_is_there() {
        return;
    }
    let (real, forged) = (Authority::new(), Authority::new());
    for authority in [&real, &forged] {
        authority.root("root", "P-256");
        authority.issue("signer", "P-256", "root", "signer");
    }
    let signature = forged.sign("signer", CONTENT, "");
    let at = now(&real).max(now(&forged));
    let verdict = check(&signature, CONTENT, &[real.certificate("root")], at);
    assert!(matches!(verdict, Err(PkiError::Untrusted { .. })), "{verdict:?}");
}

/// Swaps the certificate for one of the same key and name: only the attribute of CAdES binds it.
#[test]
fn every_changed_byte_is_refused_or_changes_nothing() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    authority.issue("signer", "P-256", "root", "signer");
    let (root, at) = (authority.certificate("root"), now(&authority));
    let signature = authority.sign("signer", CONTENT, "-cades");
    let original = check(&signature, CONTENT, std::slice::from_ref(&root), at).unwrap();
    let mut accepted = 0;
    for place in 0..signature.len() {
        for bit in [0x01, 0x80] {
            let mut changed = signature.clone();
            changed[place] ^= bit;
            if let Ok(signers) = check(&changed, CONTENT, std::slice::from_ref(&root), at) {
                // Version numbers, the set of digest algorithms: signed by nobody, used for nothing.
                assert_eq!(signers, original, "byte {place}");
                accepted += 1;
            }
        }
    }
    assert!(
        accepted < signature.len() / 20,
        "{accepted} of {} changes passed",
        signature.len() * 2
    );
    for length in 0..signature.len() {
        assert!(
            check(&signature[..length], CONTENT, &[], at).is_err(),
            "cut at {length}"
        );
    }
    let longer = [signature.as_slice(), b"\0"].concat();
    assert!(check(&longer, CONTENT, &[], at).is_err());
}

#[test]
fn what_is_not_verified_here_is_no_verdict() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    let at = now(&authority);
    for (name, kind, more, said) in [
        ("sha1", "rsa:2048", "-md sha1", "SHA-1"),
        ("small", "rsa:1024", "", "1024 bits"),
        ("p521", "P-521", "", "P-521"),
        ("sha224", "rsa:2048", "-md sha224", "2.16.840.1.101.3.4.2.4"),
    ] {
        authority.issue(name, kind, "root", "signer");
        let signature = authority.sign(name, CONTENT, more);
        let verdict = check(&signature, CONTENT, &[authority.certificate("root")], at);
        let error = verdict.expect_err(name);
        assert!(error.is_unsupported(), "{name}: {error}");
        assert!(error.to_string().contains(said), "{name}: {error}");
    }
}

#[test]
fn certificates_are_read_from_pem_and_der_and_nothing_else() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::shared();
    let text = authority.read("root.pem");
    let root = pem::certificates(&text).unwrap().remove(0);
    assert_eq!(
        pem::certificates(root.der()).unwrap(),
        std::slice::from_ref(&root)
    );
    assert_eq!(
        pem::certificates(&[text.clone(), text.clone()].concat())
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        (root.subject(), root.issuer()),
        ("CN=root".to_owned(), "CN=root".to_owned())
    );
    for bad in [
        b"".as_slice(),
        b"hello",
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN KEY-----\nAA==\n-----END KEY-----\n",
    ] {
        assert!(
            pem::certificates(bad).is_err(),
            "{:?}",
            String::from_utf8_lossy(bad)
        );
    }
    let key = authority.read("root.key");
    assert!(pem::certificates(&key).is_err());
    for length in 0..root.der().len() {
        assert!(Certificate::parse(&root.der()[..length]).is_err());
    }
}

/// The same instants as `openssl x509` prints, from a reader of its own.
#[test]
fn validity_is_the_one_that_openssl_prints() {
    if !openssl_is_there() {
        return;
    }
    let authority = Authority::new();
    authority.root("root", "P-256");
    for (name, dates, expected) in [
        (
            "a",
            "-startdate 20200229235959Z -enddate 20491231235959Z",
            (1_583_020_799, 2_524_607_999),
        ),
        (
            "b",
            "-startdate 19500101000000Z -enddate 20500101000000Z",
            (-631_152_000, 2_524_608_000),
        ),
    ] {
        authority.issue_between(name, "P-256", "root", "signer", dates);
        let (from, to) = authority.certificate(name).validity();
        assert_eq!((from / 1_000_000, to / 1_000_000), expected);
    }
}
