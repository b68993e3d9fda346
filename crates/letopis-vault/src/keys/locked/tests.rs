use super::*;

/// A file of another implementation (rage), and what is in it.
const FOREIGN: &str = "-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBwK0t3NFRPRTZyWUN0NTk4
bUpmOWlnIDE5Ck1HQkdoZ0hGSG9qOVZONlFTOTJhWWpJQlNzMkZKY1UvdUpnMGoz
L2hIemcKLS0tIEczbEtueGY5bXlnU0hRakVTdHh2K05lS1ZOVGJPMjBEVk9pYW5R
d1pwbWsKRlQryKM2YknUYEGFEhZ5dKR5Nut9Hu7HUGPjVF8L2mlGMbUYKtikjQd9
AUZA4U5nTNk8FdfPZHUkNH3vzsyCSj/kRZhYtgEfmjkwY4Ery6qb77Liw/AXkN3o
ooBP3nqlM1fouYNWTOWehsRaLWN1FVwFbFw=
-----END AGE ENCRYPTED FILE-----
";
const FOREIGN_CONTENT: &[u8] =
    b"PRIVATE+KEY+letopis-custodian+b1f5a8a7+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

#[test]
fn a_file_of_another_implementation_opens() {
    assert!(is_locked(FOREIGN.as_bytes()));
    let content = unlock(FOREIGN.as_bytes(), &passphrase("Ёжик в тумане")).unwrap();
    assert_eq!(content.as_slice(), FOREIGN_CONTENT);
}

#[test]
fn what_was_locked_opens_with_its_passphrase_only() {
    for content in [b"".as_slice(), b"x", &[7; CHUNK]] {
        let locked = lock(content, &passphrase("горный мёд"), 4).unwrap();
        assert!(is_locked(locked.as_bytes()));
        assert!(locked.lines().all(|line| line.len() <= 64));
        assert_eq!(
            unlock(locked.as_bytes(), &passphrase("горный мёд"))
                .unwrap()
                .as_slice(),
            content
        );
        let error = unlock(locked.as_bytes(), &passphrase("горный мед")).unwrap_err();
        assert!(error.starts_with("wrong passphrase"), "{error}");
    }
    assert!(lock(&[7; CHUNK + 1], &passphrase("x"), 4).is_err());
    assert!(Passphrase::new(String::new()).is_none());
    let twice = [1, 2].map(|_| lock(b"x", &passphrase("x"), 4).unwrap());
    assert_ne!(twice[0], twice[1], "fresh salt, key and nonce each time");
}

#[test]
fn every_changed_byte_is_refused() {
    let locked = lock(b"PRIVATE+KEY+x", &passphrase("x"), 1).unwrap();
    let binary = unarmor(locked.as_bytes()).unwrap();
    assert_eq!(
        unlock(&binary, &passphrase("x")).unwrap().as_slice(),
        b"PRIVATE+KEY+x"
    );
    for place in 0..binary.len() {
        let mut changed = binary.clone();
        changed[place] ^= 1;
        assert!(unlock(&changed, &passphrase("x")).is_err(), "byte {place}");
        assert!(
            unlock(&binary[..place], &passphrase("x")).is_err(),
            "cut at {place}"
        );
    }
    assert!(unlock(&[binary.as_slice(), b"\0"].concat(), &passphrase("x")).is_err());
}

/// A file that asks for more work than a machine has is refused before it is done.
#[test]
fn too_much_work_is_refused() {
    let binary = unarmor(lock(b"x", &passphrase("x"), 9).unwrap().as_bytes()).unwrap();
    for (work, there) in [
        ("63", true),
        ("21", true),
        ("0", true),
        ("09", true),
        ("255", true),
        ("9", false),
    ] {
        let text = String::from_utf8_lossy(&binary[..40]).into_owned();
        let cut = text.lines().next().unwrap().len() + 1;
        let line_end = cut + binary[cut..].iter().position(|b| *b == b'\n').unwrap();
        let changed = [&binary[..line_end - 1], work.as_bytes(), &binary[line_end..]].concat();
        assert_eq!(unlock(&changed, &passphrase("x")).is_err(), there, "{work}");
    }
}
