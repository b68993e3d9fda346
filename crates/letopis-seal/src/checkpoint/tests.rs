use super::*;
use crate::hash::sha256;
use crate::key::KeyName;

/// The checkpoint of the Go checksum database that C2SP tlog-checkpoint takes its example from, under its own origin,
/// and that database's published key.
const PUBLISHED: &str = "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
const PUBLISHED_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

#[test]
fn published_checkpoint() {
    let signed = SignedCheckpoint::parse(PUBLISHED.as_bytes()).unwrap();
    assert_eq!(signed.checkpoint().origin(), "go.sum database tree");
    assert_eq!(signed.checkpoint().size(), TreeSize(20_852_163));
    assert_eq!(signed.to_text(), PUBLISHED);
    let key = VerifyingKey::parse(PUBLISHED_KEY).unwrap();
    assert_eq!(signed.verify([&key]).unwrap(), [&key]);
    let smaller = PUBLISHED.replace("20852163", "20852162");
    assert!(
        SignedCheckpoint::parse(smaller.as_bytes())
            .unwrap()
            .verify([&key])
            .is_err()
    );
}

#[test]
fn extension_lines_are_kept() {
    let text = format!(
        "log.example/1\n3\n{}\nfirst\nвторая строка\n",
        sha256(b"x").to_base64()
    );
    let checkpoint = Checkpoint::parse(&text).unwrap();
    assert_eq!(checkpoint.extensions(), ["first", "вторая строка"]);
    assert_eq!(checkpoint.to_text(), text);
    let key = SigningKey::from_seed(KeyName::new("log.example/1").unwrap(), &[1; 32]);
    let signed = checkpoint.sign(&[&key]).unwrap();
    let read = SignedCheckpoint::parse(signed.to_text().as_bytes()).unwrap();
    assert_eq!(read, signed);
    assert!(read.verify([key.verifying_key()]).is_ok());
}

#[test]
fn malformed_checkpoints_say_which_line() {
    let root = sha256(b"x").to_base64();
    let check = |text: &str, expected: &str| {
        let error = Checkpoint::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
    };
    check(&format!("\n3\n{root}\n"), "line 1: expected an origin");
    check(
        &format!("o\n03\n{root}\n"),
        "line 2: expected the number of leaves",
    );
    check(&format!("o\n+3\n{root}\n"), "line 2");
    check(&format!("o\n\n{root}\n"), "line 2");
    check(&format!("o\n18446744073709551616\n{root}\n"), "line 2");
    check("o\n3\nAAAA\n", "line 3: expected the root");
    check(
        &format!("o\n3\n{root}\n\nlate\n"),
        "line 4: expected a non-empty extension line",
    );
    check(&format!("o\n3\n{root}"), "newline");
    check(&format!("o\n0\n{root}\n"), "root of the empty tree");
    check("", "newline");
    check("o\n", "line 2");
    assert!(Checkpoint::new("o\n", TreeSize(3), sha256(b"x")).is_err());
    assert!(Checkpoint::new("o", TreeSize(0), empty_root()).is_ok());
    let long = vec![b'a'; CHECKPOINT_BYTES_MAX + 1];
    assert!(matches!(
        SignedCheckpoint::parse(&long),
        Err(CheckpointError::TooLong { .. })
    ));
}
