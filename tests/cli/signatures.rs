//! Keys, cosigners, time stamps, attached signatures, printed pages: by files, as people carry them.

use super::*;

/// The program with passphrases in its surroundings.
#[track_caller]
fn with_passphrases(env: &Environment, arguments: &[&str], old: Option<&str>, new: Option<&str>) -> Output {
    let mut command = env.command(arguments);
    for (name, value) in [("LETOPIS_PASSPHRASE", old), ("LETOPIS_NEW_PASSPHRASE", new)] {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A commission: key files and the list of their public keys.
fn commission(env: &Environment, names: &[&str]) {
    let mut list = "# the commission\n".to_owned();
    for name in names {
        let file = format!("{name}.key");
        env.run(&["key", "new", &file, "--name", name])
            .exits(0)
            .says(name);
        let shown = env.run(&["key", "show", &file, "--cosigner"]).exits(0);
        list.push_str(&shown.stdout);
    }
    env.write("commission.txt", list);
    env.write("log.txt", env.run(&["-a", "a", "key", "show"]).exits(0).stdout);
}

#[test]
fn a_commission_cosigns_by_exchanging_files() {
    let env = Environment::with_archive();
    commission(&env, &["chair", "expert", "secretary"]);
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "show",
        "--since",
        "0",
        "-o",
        "request.txt",
    ])
    .exits(0);
    let cosign = |name: &str, request: &str, output: &str| {
        let signer = format!("{name}.key");
        env.run(&[
            "checkpoint",
            "cosign",
            request,
            "--signer",
            &signer,
            "--log",
            "log.txt",
            "-o",
            output,
        ])
    };
    cosign("chair", "request.txt", "chair.txt").exits(0);
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "attach",
        "chair.txt",
        "--trust",
        "commission.txt",
    ])
    .exits(0)
    .says("chair")
    .says("cosigned the first");
    let verify = |quorum: &str, more: &[&str]| {
        let arguments = [
            "-a",
            "a",
            "verify",
            "--trust",
            "commission.txt",
            "--quorum",
            quorum,
        ];
        env.run(&[&arguments, more].concat())
    };
    verify("1", &[])
        .exits(0)
        .says("at least 1 of 3 trusted cosigners");
    verify("2", &[]).exits(1).says("FINDING quorum");
    // A file that stays with its signer counts when it is shown.
    cosign("expert", "request.txt", "expert.txt").exits(0);
    verify("2", &["--anchor", "expert.txt"])
        .exits(0)
        .says("at least 2 of 3");
    verify("4", &[]).exits(2).says("so many cosigners are named");
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "anchor",
        "expert.txt",
        "--trust",
        "commission.txt",
    ])
    .exits(0)
    .says("expert");

    // The archive grows; the chair wants the proof from what they saw, and gets it.
    env.append(
        "in/auth.log",
        "Jan  5 11:00:00 web1 sshd[1]: Failed password for root from 203.0.113.5 port 1 ssh2\n",
    );
    env.ingest(&[]);
    env.run(&["-a", "a", "checkpoint", "show", "-o", "plain.txt"])
        .exits(0);
    cosign("chair", "plain.txt", "no.txt")
        .exits(1)
        .says("NOT COSIGNED")
        .says("--since");
    let seen = fs::read_to_string(env.path("chair.key.cosigned")).unwrap();
    let since = seen.lines().nth(1).unwrap().to_owned();
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "show",
        "--since",
        &since,
        "-o",
        "more.txt",
    ])
    .exits(0);
    cosign("chair", "more.txt", "chair2.txt").exits(0);
    env.run(&["-a", "a", "checkpoint", "attach", "chair2.txt"])
        .exits(0)
        .says("not at hand");
    // Nobody signs an older state again, nor one of another key's.
    cosign("chair", "request.txt", "no.txt").exits(1).says("rollback");
    env.write("stranger.txt", fs::read(env.path("commission.txt")).unwrap());
    env.run(&[
        "checkpoint",
        "cosign",
        "more.txt",
        "--signer",
        "chair.key",
        "--log",
        "stranger.txt",
    ])
    .exits(2);
    assert!(!env.path("no.txt").exists());
    env.verified();
}

#[test]
fn another_history_is_not_cosigned_and_not_taken_in() {
    let env = Environment::with_archive();
    commission(&env, &["chair"]);
    env.run(&["-a", "a", "checkpoint", "show", "-o", "state.txt"])
        .exits(0);
    let cosign = [
        "checkpoint",
        "cosign",
        "state.txt",
        "--signer",
        "chair.key",
        "--log",
        "log.txt",
        "-o",
        "signed.txt",
    ];
    env.run(&cosign).exits(0);
    env.write("b_in/other.log", AUTH);
    env.run(&["-a", "b", "ingest", "b_in"]).exits(0);
    env.run(&["-a", "b", "checkpoint", "attach", "signed.txt"])
        .exits(1)
        .says("NOT TAKEN IN")
        .says("foreign origin");
    env.run(&["-a", "b", "checkpoint", "anchor", "signed.txt"])
        .exits(1)
        .says("anchor-foreign");
    env.run(&["-a", "a", "checkpoint", "attach", "state.txt"])
        .exits(1)
        .says("at least one cosignature");
}

#[test]
fn a_locked_custodian_key_signs_with_its_passphrase_only() {
    let env = Environment::with_archive();
    let key = fs::read_to_string(env.path("keys/custodian.key")).unwrap();
    with_passphrases(&env, &["key", "passphrase"], None, Some("сорок тысяч обезьян"))
        .exits(0)
        .says("locked");
    let locked = fs::read_to_string(env.path("keys/custodian.key")).unwrap();
    assert!(locked.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") && !locked.contains("PRIVATE"));
    // Readings go on: the journal key signs them.
    assert_eq!(env.count("anna"), 1);
    env.append("in/auth.log", "Jan  5 11:00:00 web1 sshd[1]: session opened\n");
    let ingest = ["-a", "a", "ingest", "in"];
    env.run(&ingest)
        .exits(2)
        .says("passphrase is needed")
        .says("LETOPIS_PASSPHRASE");
    with_passphrases(&env, &ingest, Some("сорок"), None)
        .exits(2)
        .says("wrong passphrase");
    with_passphrases(&env, &ingest, Some("сорок тысяч обезьян"), None).exits(0);
    with_passphrases(
        &env,
        &["key", "passphrase", "--remove"],
        Some("сорок тысяч обезьян"),
        None,
    )
    .exits(0);
    assert_eq!(fs::read_to_string(env.path("keys/custodian.key")).unwrap(), key);
    env.verified();
}

#[test]
fn a_key_that_others_may_read_is_refused_by_name() {
    use std::os::unix::fs::PermissionsExt;
    let env = Environment::with_archive();
    fs::set_permissions(env.path("keys/custodian.key"), fs::Permissions::from_mode(0o644)).unwrap();
    env.run(&["-a", "a", "ingest", "in"])
        .exits(2)
        .says("custodian.key")
        .says("chmod 600");
}

#[test]
fn keys_are_handed_over_and_the_old_ones_sign_no_more() {
    let env = Environment::with_archive();
    env.run(&["-a", "a", "checkpoint", "show", "-o", "held.txt"])
        .exits(0);
    let old = fs::read_to_string(env.path("keys/custodian.key")).unwrap();
    env.run(&["-a", "a", "key", "rotate"])
        .exits(0)
        .says("custodian key is now");
    env.run(&["-a", "a", "key", "rotate", "--role", "journal"])
        .exits(0)
        .says("journal key is now");
    let kept: Vec<String> = fs::read_dir(env.path("keys"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(kept.len(), 4, "{kept:?}");
    let shown = env.run(&["-a", "a", "key", "show", "--json"]).exits(0).json();
    let active: Vec<bool> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["active"].as_bool().unwrap())
        .collect();
    assert_eq!(active, [false, false, true, true]);
    env.append("in/auth.log", "Jan  5 11:00:00 web1 sshd[1]: session opened\n");
    env.ingest(&[]);
    assert_eq!(env.count("anna"), 1);
    env.run(&["-a", "a", "verify", "--anchor", "held.txt"]).exits(0);
    // The old key put back.
    env.write("old/custodian.key", &old);
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(env.path("old/custodian.key"), fs::Permissions::from_mode(0o600)).unwrap();
    env.run(&["-a", "a", "--key", "old", "ingest", "in"])
        .exits(2)
        .says("may not sign here");
    // Another analyst's journal key, by its public half, and its end.
    env.run(&["key", "new", "analyst/journal.key", "--name", "analyst-journal"])
        .exits(3);
    fs::create_dir(env.path("analyst")).unwrap();
    env.run(&["key", "new", "analyst/journal.key", "--name", "analyst-journal"])
        .exits(0);
    env.run(&["key", "new", "analyst/journal.key", "--name", "analyst-journal"])
        .exits(2)
        .says("never overwritten");
    env.write(
        "analyst.pub",
        env.run(&["key", "show", "analyst/journal.key"]).exits(0).stdout,
    );
    let search = ["-a", "a", "--key", "analyst", "search", "anna", "--count"];
    env.run(&search).exits(2);
    env.run(&["-a", "a", "key", "certify", "analyst.pub", "--holder", "B. Novak"])
        .exits(0)
        .says("may record readings");
    env.run(&search).exits(0);
    let id = fs::read_to_string(env.path("analyst.pub"))
        .unwrap()
        .split('+')
        .nth(1)
        .unwrap()
        .to_owned();
    env.run(&["-a", "a", "key", "retire", &id])
        .exits(0)
        .says("signs no more");
    env.run(&search).exits(2);
    env.run(&["-a", "a", "key", "retire", &id]).exits(2);
    // No name of a person in the chain.
    let ledger = fs::read_to_string(env.path("a/ledger/entries.jsonl")).unwrap();
    assert!(!ledger.contains("Novak"));
    env.verified();
}

/// Runs `openssl` in the folder of the test.
#[track_caller]
fn openssl(env: &Environment, line: &str) {
    let output = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(env.folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn authority(env: &Environment) -> bool {
    if !Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|o| o.status.success())
    {
        eprintln!("SKIPPED: `openssl` is not installed; time stamps and signatures of others are not tested");
        return false;
    }
    env.write(
        "tsa.cnf",
        "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = x\n\
         [root]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n\
         [signer]\nkeyUsage = critical,digitalSignature\n\
         [stamper]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n\
         [tsa]\ndefault_tsa = one\n[one]\nserial = tsa_serial\nsigner_cert = stamper.pem\nsigner_key = stamper.pk\n\
         signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n",
    );
    env.write("tsa_serial", "01\n");
    for (name, more) in [
        ("root", ""),
        ("signer", " -CA root.pem -CAkey root.pk"),
        ("stamper", " -CA root.pem -CAkey root.pk"),
    ] {
        openssl(
            env,
            &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.pk"),
        );
        openssl(
            env,
            &format!(
                "req -new -x509 -config tsa.cnf -key {name}.pk -subj /CN={name} -out {name}.pem -extensions {name} -days 30{more}"
            ),
        );
    }
    true
}

#[test]
fn a_time_stamp_is_asked_for_taken_in_and_checked_with_and_without_us() {
    let env = Environment::with_archive();
    if !authority(&env) {
        return;
    }
    env.run(&["-a", "a", "checkpoint", "stamp", "-o", "head.tsq"])
        .exits(0)
        .says("head.checkpoint");
    openssl(
        &env,
        "ts -reply -queryfile head.tsq -config tsa.cnf -out head.tsr",
    );
    // The other side needs no letopis.
    openssl(
        &env,
        "ts -verify -in head.tsr -data head.checkpoint -CAfile root.pem",
    );
    // Meanwhile somebody reads: the head has moved on.
    assert_eq!(env.count("anna"), 1);
    let take = [
        "-a",
        "a",
        "checkpoint",
        "stamp",
        "--reply",
        "head.tsr",
        "--request",
        "head.tsq",
        "--certificate",
        "root.pem",
    ];
    env.run(&take)
        .exits(0)
        .says("existed on")
        .says("vouched for by CN=root");
    env.run(&["-a", "a", "verify", "--certificate", "root.pem"])
        .exits(0)
        .says("notice stamped");
    env.run(&[
        "-a",
        "a",
        "verify",
        "--anchor",
        "head.tsr",
        "--certificate",
        "root.pem",
    ])
    .exits(0);
    env.run(&["-a", "a", "verify", "--certificate", "signer.pem"])
        .exits(1)
        .says("FINDING time-stamp");
    // A reply to another request, a stamp over another checkpoint, no reply at all.
    env.run(&["-a", "a", "checkpoint", "stamp", "-o", "other.tsq"])
        .exits(0);
    let crossed = [
        "-a",
        "a",
        "checkpoint",
        "stamp",
        "--reply",
        "head.tsr",
        "--request",
        "other.tsq",
    ];
    env.run(&crossed).exits(1).says("answers another request");
    env.write("b_in/other.log", AUTH);
    env.run(&["-a", "b", "ingest", "b_in"]).exits(0);
    env.run(&["-a", "b", "checkpoint", "stamp", "--reply", "head.tsr"])
        .exits(1)
        .says("over no head");
    env.run(&["-a", "b", "checkpoint", "anchor", "head.tsr"])
        .exits(1)
        .says("anchor-unmatched");
    env.run(&["-a", "a", "checkpoint", "stamp", "--reply", "head.checkpoint"])
        .exits(1)
        .says("NOT TAKEN IN");
    env.verified();
}

#[test]
fn any_detached_signature_is_kept_and_a_foreign_one_refused() {
    let env = Environment::with_archive();
    env.run(&["-a", "a", "checkpoint", "show", "-o", "head.txt"])
        .exits(0);
    env.write("national.sig", [7; 200]);
    env.run(&["-a", "a", "checkpoint", "attach", "national.sig"])
        .exits(2)
        .says("--by NAME");
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "attach",
        "national.sig",
        "--by",
        "A. Serikova",
        "--checkpoint",
        "head.txt",
    ])
    .exits(0)
    .says("check with your national tool");
    let ledger = fs::read_to_string(env.path("a/ledger/entries.jsonl")).unwrap();
    assert!(
        !ledger.contains("Serikova") && !ledger.contains("national.sig"),
        "no personal data in the chain"
    );
    if authority(&env) {
        openssl(
            &env,
            "cms -sign -binary -md sha256 -in head.txt -signer signer.pem -inkey signer.pk -outform DER -out head.p7s",
        );
        let attach = ["-a", "a", "checkpoint", "attach", "head.p7s", "--by", "B. Novak"];
        // Certificates of today, a clock of the past: not yet valid.
        env.run(
            &[
                &attach[..],
                &["--checkpoint", "head.txt", "--certificate", "root.pem"],
            ]
            .concat(),
        )
        .exits(1)
        .says("NOT TAKEN IN")
        .says("is valid from");
    }
    env.run(&["-a", "a", "verify"])
        .exits(0)
        .says("notice check-elsewhere");
}

#[test]
fn a_page_is_printed_in_each_language_and_its_text_is_an_anchor() {
    let env = Environment::with_archive();
    env.write("national.sig", [7; 200]);
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "attach",
        "national.sig",
        "--by",
        "A. Serikova",
    ])
    .exits(0);
    for (lang, words) in [
        ("en", "check with your national tool"),
        ("fi", "tarkista kansallisella välineellä"),
        ("kk", "ұлттық құралмен тексеріңіз"),
        ("ru", "проверьте национальным средством"),
        ("sl", "preverite z nacionalnim orodjem"),
    ] {
        let file = format!("page.{lang}.html");
        env.run(&["-a", "a", "checkpoint", "show", "--page", &file, "--lang", lang])
            .exits(0);
        // Words in tables may be broken, at soft hyphens.
        let page = fs::read_to_string(env.path(&file)).unwrap().replace('\u{ad}', "");
        assert!(
            page.contains(words) && page.contains("<svg") && !page.contains("<script"),
            "{lang}"
        );
        assert!(
            !page.contains("[checkpoint-") && !page.contains("[limit-"),
            "a text is missing: {lang}"
        );
        // What a person copies out of the page: the text between its tags.
        let text: String = page
            .split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| {
                text.replace("&gt;", ">")
                    .replace("&amp;", "&")
                    .replace("&quot;", "\"")
            })
            .collect::<Vec<_>>()
            .join("\n");
        env.write("copied.txt", text);
        env.run(&["-a", "a", "verify", "--anchor", "copied.txt"])
            .exits(0)
            .says("anchor-");
    }
    env.run(&[
        "-a",
        "a",
        "checkpoint",
        "show",
        "--page",
        "x.html",
        "--lang",
        "xx",
    ])
    .exits(2);
}

#[test]
fn the_custodian_signs_the_newest_state() {
    let env = Environment::with_archive();
    assert_eq!(env.count("anna"), 1);
    let read = env.run(&["-a", "a", "checkpoint", "show"]).exits(0).stdout;
    assert!(read.contains("— letopis-journal") && !read.contains("— letopis-custodian"));
    let signed = env
        .run(&["-a", "a", "checkpoint", "sign", "-o", "signed.txt"])
        .exits(0);
    assert!(signed.stdout.is_empty());
    let text = fs::read_to_string(env.path("signed.txt")).unwrap();
    assert!(text.contains("— letopis-custodian"));
    env.run(&["-a", "a", "checkpoint", "anchor", "signed.txt"])
        .exits(0)
        .says("the head is the anchor");
    env.run(&["-a", "a", "--key", "empty", "checkpoint", "sign"])
        .exits(2);
}
