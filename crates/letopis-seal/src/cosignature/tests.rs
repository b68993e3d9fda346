use proptest::prelude::*;

use super::*;
use crate::checkpoint::Checkpoint;
use crate::hash::sha256;
use crate::tree::TreeSize;

/// A state of a public log as it was published, with the cosignatures of five public witnesses.
const PUBLISHED: &str = "\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
";
const LOG: &str =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const WITNESS: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

/// The example of the specification: its keys are not published, its form is.
const EXAMPLE: &str = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
}

fn state(size: u64) -> SignedCheckpoint {
    let root = sha256(&size.to_be_bytes());
    let checkpoint = Checkpoint::new("letopis.archive/test", TreeSize(size), root).unwrap();
    checkpoint.sign(&[&key("letopis-custodian", 1)]).unwrap()
}

#[test]
fn a_published_cosignature_holds() {
    let checkpoint = SignedCheckpoint::parse(PUBLISHED.as_bytes()).unwrap();
    assert_eq!(checkpoint.to_text(), PUBLISHED);
    let log = VerifyingKey::parse(LOG).unwrap();
    assert_eq!(checkpoint.verify([&log]).unwrap(), [&log]);
    let witness = CosignerKey::parse(WITNESS).unwrap();
    assert_eq!(witness.to_string(), WITNESS);
    assert_eq!(verify(&checkpoint, &witness), Ok(Some(0x6a12_2120)));
    let changed = SignedCheckpoint::parse(PUBLISHED.replace("1432088532", "1432088533").as_bytes()).unwrap();
    assert!(matches!(
        verify(&changed, &witness),
        Err(NoteError::BadSignature { .. })
    ));
}

#[test]
fn the_example_of_the_specification_has_its_form() {
    let line = NoteSignature::parse(EXAMPLE).unwrap();
    assert_eq!(line.to_string(), EXAMPLE);
    assert_eq!(line.bytes.len(), 8 + 64);
    assert_eq!(line.bytes[..8], 1_679_315_147_u64.to_be_bytes());
}

#[test]
fn a_cosigner_key_is_no_log_key() {
    let log = VerifyingKey::parse(LOG).unwrap();
    assert!(CosignerKey::parse(LOG).is_err());
    assert!(VerifyingKey::parse(WITNESS).is_err());
    let as_cosigner = CosignerKey::of(&log);
    assert_ne!(as_cosigner.id(), log.id());
    assert_eq!(CosignerKey::parse(&as_cosigner.to_string()), Ok(as_cosigner));
    for bad in [
        "",
        "x",
        &WITNESS.replace("da77ade7", "da77ade8"),
        &WITNESS.replace("remora", "Remora"),
    ] {
        assert!(CosignerKey::parse(bad).is_err(), "{bad}");
    }
    let list = format!("# the commission\n\n{WITNESS}\n  {WITNESS}  \n");
    assert_eq!(CosignerKey::parse_list(&list).unwrap().len(), 1);
    assert!(CosignerKey::parse_list(&format!("{WITNESS}\n{LOG}\n")).is_err());
}

#[test]
fn a_cosignature_is_no_signature_of_the_log() {
    // The same secret in both roles: neither line stands for the other.
    let member = key("member", 7);
    let mut checkpoint = state(5);
    checkpoint
        .add_signature(cosign(&member, &checkpoint, 1_777_536_000))
        .unwrap();
    assert!(checkpoint.verify([member.verifying_key()]).is_err());
    let cosigner = CosignerKey::of(member.verifying_key());
    assert_eq!(verify(&checkpoint, &cosigner), Ok(Some(1_777_536_000)));
    let signed = Checkpoint::parse(checkpoint.note().text())
        .unwrap()
        .sign(&[&member])
        .unwrap();
    assert_eq!(verify(&signed, &cosigner), Ok(None));
}

#[test]
fn the_latest_of_several_times_counts() {
    let member = key("member", 7);
    let mut checkpoint = state(5);
    for seconds in [30, 50, 40] {
        checkpoint
            .add_signature(cosign(&member, &checkpoint, seconds))
            .unwrap();
    }
    assert_eq!(
        verify(&checkpoint, &CosignerKey::of(member.verifying_key())),
        Ok(Some(50))
    );
}

#[test]
fn extension_lines_are_cosigned_too() {
    let member = key("member", 7);
    let text = format!("{}extension\n", state(5).note().text());
    let log = key("letopis-custodian", 1);
    let mut checkpoint = Checkpoint::parse(&text).unwrap().sign(&[&log]).unwrap();
    checkpoint.add_signature(cosign(&member, &checkpoint, 9)).unwrap();
    let cosigner = CosignerKey::of(member.verifying_key());
    assert_eq!(verify(&checkpoint, &cosigner), Ok(Some(9)));
    let changed = checkpoint.to_text().replace("extension\n", "extensioN\n");
    let changed = SignedCheckpoint::parse(changed.as_bytes()).unwrap();
    assert!(verify(&changed, &cosigner).is_err());
}

#[test]
fn nobody_counts_twice() {
    let [a, b, c] = [1, 2, 3].map(|seed| CosignerKey::of(key("member", seed).verifying_key()));
    let twin =
        CosignerKey::of(&VerifyingKey::new(KeyName::new("another-name").unwrap(), &a.to_bytes()).unwrap());
    let signed = [(&a, 10), (&twin, 12), (&b, 7), (&c, 20), (&c, 3)];
    assert_eq!(vouched(signed, 1), Some(20));
    assert_eq!(vouched(signed, 2), Some(12));
    assert_eq!(vouched(signed, 3), Some(7));
    assert_eq!(vouched(signed, 4), None);
    assert_eq!(vouched(signed, 0), None);
    assert_eq!(vouched([], 1), None);
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(place in 0_usize..2000, bit in 0_u8..8) {
        let member = key("member", 7);
        let mut checkpoint = state(5);
        checkpoint.add_signature(cosign(&member, &checkpoint, 1_777_536_000)).unwrap();
        let cosigner = CosignerKey::of(member.verifying_key());
        let mut bytes = checkpoint.to_text().into_bytes();
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        // A note that no longer parses, or has no line of this cosigner any more, is as good as refused. Only bits of
        // other lines leave the cosignature standing.
        if let Ok(changed) = SignedCheckpoint::parse(&bytes) {
            let same = changed.note().text() == checkpoint.note().text();
            if let Ok(Some(seconds)) = verify(&changed, &cosigner) {
                prop_assert!(same && seconds == 1_777_536_000);
            }
        }
    }
}
