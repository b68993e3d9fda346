//! Keys: files, passphrases, several of them, and handing over under every fault.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::backend::Loss;
use crate::backend::fault::{Effect, Fault, FaultyBackend};
use crate::keys::{file, finish_rotation, fresh, next_key_file};

use super::*;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

fn custodian_of(keys: &Keys) -> VerifyingKey {
    keys.public()
        .find(|(role, _)| *role == KeyRole::Custodian)
        .unwrap()
        .1
        .clone()
}

#[test]
fn a_key_file_is_written_once_and_read_by_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member.key");
    let key = fresh(KeyRole::Custodian, Some("member-1")).unwrap();
    file::write(&path, &key, None, false).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let read = file::read(&path, &mut |_| None).unwrap().unwrap();
    assert_eq!(read.verifying_key(), key.verifying_key());
    let again = file::write(&path, &fresh(KeyRole::Custodian, None).unwrap(), None, false);
    assert!(again.unwrap_err().to_string().contains("never overwritten"));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    for mode in [0o640, 0o604, 0o660, 0o610] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = file::read(&path, &mut |_| None).unwrap_err().to_string();
        assert!(
            error.contains("chmod 600") && error.contains(&format!("{mode:o}")),
            "{error}"
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    for bad in ["", "PRIVATE+KEY+x", "\u{feff}", &"x".repeat(70_000)] {
        fs::write(&path, bad).unwrap();
        assert!(matches!(
            file::read(&path, &mut |_| None),
            Err(Error::KeyFile { .. })
        ));
    }
    assert!(fresh(KeyRole::Journal, Some("two words")).is_err());
}

#[test]
fn a_locked_key_opens_with_its_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("custodian.key");
    let key = fresh(KeyRole::Custodian, None).unwrap();
    file::write(&path, &key, Some(&passphrase("сорок тысяч")), false).unwrap();
    assert!(file::is_locked(&path).unwrap());
    assert!(!fs::read_to_string(&path).unwrap().contains("PRIVATE"));
    let mut asked = 0;
    let opened = file::read(&path, &mut |_| {
        asked += 1;
        Some(passphrase("сорок тысяч"))
    });
    assert_eq!(
        (opened.unwrap().unwrap().verifying_key(), asked),
        (key.verifying_key(), 1)
    );
    let error = file::read(&path, &mut |_| Some(passphrase("сорок"))).unwrap_err();
    assert!(error.to_string().contains("wrong passphrase"), "{error}");
    // Nobody to ask: as if the key were not there; the journal key of the same folder still works.
    let keys = Keys::load_or_create(folder.path()).unwrap();
    assert!(!keys.has(KeyRole::Custodian) && keys.has(KeyRole::Journal));
    let keys = Keys::load_with(folder.path(), &mut |_| Some(passphrase("сорок тысяч"))).unwrap();
    assert_eq!(custodian_of(&keys), *key.verifying_key());
    // Taken away again.
    file::write(&path, &key, None, true).unwrap();
    assert!(!file::is_locked(&path).unwrap());
    assert_eq!(
        custodian_of(&Keys::load(folder.path()).unwrap()),
        *key.verifying_key()
    );
}

/// Writes the next key, hands over, puts the file in its place; done again after a crash at any point.
fn hand_over(backend: &Arc<dyn Backend>, folder: &std::path::Path) -> Result<()> {
    let role = KeyRole::Custodian;
    let next = next_key_file(folder, role);
    if !next.exists() {
        file::write(&next, &fresh(role, None)?, None, false)?;
    }
    let key = file::read(&next, &mut |_| None)?.unwrap();
    let vault = Vault::open(Arc::clone(backend))?;
    let old = custodian_of(&Keys::load(folder)?);
    let is_new = |vault: &Vault| {
        let keys = vault.certified_keys();
        keys.iter()
            .any(|known| known.active && known.role == role && known.key == *key.verifying_key())
    };
    if !is_new(&vault) {
        let writer = VaultWriter::open(Arc::clone(backend), Keys::load(folder)?, NOW + 20)?;
        let new = Keys::of(role, file::read(&next, &mut |_| None)?.unwrap());
        writer.rotate_custodian_key(&new, None, NOW + 21)?;
    }
    finish_rotation(folder, role, &old)
}

#[test]
fn a_handing_over_survives_every_fault() {
    let disk = Arc::new(MemoryBackend::default());
    let prepared = tempfile::tempdir().unwrap();
    let keys = Keys::load_or_create(prepared.path()).unwrap();
    run(&(Arc::clone(&disk) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    let copy = || {
        let folder = tempfile::tempdir().unwrap();
        for name in ["custodian.key", "journal.key"] {
            fs::copy(prepared.path().join(name), folder.path().join(name)).unwrap();
        }
        folder
    };
    let (counted, folder) = (FaultyBackend::new(disk.copy(), None), copy());
    hand_over(&(Arc::clone(&counted) as Arc<dyn Backend>), folder.path()).unwrap();
    let operations = counted.operations();
    assert!(operations > 10, "{operations}");
    let mut cases = 0;
    for at in 1..=operations {
        for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
            for (kill, loss) in [
                (false, Loss::Nothing),
                (true, Loss::Nothing),
                (true, Loss::Unsynced),
                (true, Loss::Some(at)),
            ] {
                let what = format!("{effect:?} at {at}, kill {kill}, {loss:?}");
                let folder = copy();
                let faulty = FaultyBackend::new(disk.copy(), Some(Fault { at, effect, kill }));
                let outcome = hand_over(&(Arc::clone(&faulty) as Arc<dyn Backend>), folder.path());
                let survivor = faulty.survivor(loss);
                assert!(
                    check(&survivor).is_ok(),
                    "{what}: {:?}",
                    check(&survivor).findings
                );
                let active = |survivor: &Arc<MemoryBackend>| {
                    let keys = open(survivor).certified_keys();
                    let custodians = keys
                        .into_iter()
                        .filter(|key| key.active && key.role == KeyRole::Custodian);
                    custodians.map(|key| key.key).collect::<Vec<_>>()
                };
                if outcome.is_ok() {
                    assert_ne!(active(&survivor), [custodian_of(&keys)], "{what}: done, and lost");
                }
                // Whatever the fault left, the keys of the folder open the archive, and the handing over ends.
                write(&survivor, &Keys::load(folder.path()).unwrap())
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                hand_over(&(Arc::clone(&survivor) as Arc<dyn Backend>), folder.path()).unwrap();
                let now = Keys::load(folder.path()).unwrap();
                assert_eq!(active(&survivor), [custodian_of(&now)], "{what}");
                assert!(
                    !next_key_file(folder.path(), KeyRole::Custodian).exists(),
                    "{what}"
                );
                assert!(check(&survivor).is_ok(), "{what}");
                // The old key signs no more.
                assert!(
                    matches!(write(&survivor, &keys), Err(Error::WrongKey { .. })),
                    "{what}"
                );
                cases += 1;
            }
        }
    }
    eprintln!("handing over: {operations} operations, {cases} cases");
}

#[test]
fn journal_keys_come_and_go() {
    let (backend, keys) = archive();
    let analyst = Keys::generate().unwrap().only(KeyRole::Journal);
    let public = journal_of(&analyst).clone();
    let writer = write(&backend, &keys).unwrap();
    assert!(matches!(
        read_once(&writer.vault(), &analyst),
        Err(Error::WrongKey { .. })
    ));
    writer.certify_journal(&public, None, NOW + 11).unwrap();
    assert!(matches!(
        writer.certify_journal(&public, None, NOW + 11),
        Err(Error::Refused(_))
    ));
    read_once(&open(&backend), &analyst).unwrap();
    read_once(&open(&backend), &keys).unwrap();
    drop(writer);
    let writer = write(&backend, &keys).unwrap();
    writer.retire_journal_key(public.id(), None, NOW + 12).unwrap();
    assert!(matches!(
        writer.retire_journal_key(public.id(), None, NOW + 12),
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        read_once(&open(&backend), &analyst),
        Err(Error::WrongKey { .. })
    ));
    // One key for another, in one commit.
    let next = Keys::generate().unwrap().only(KeyRole::Journal);
    let old = journal_of(&keys).id();
    writer
        .replace_journal_keys(Some(journal_of(&next)), Some(old), None, NOW + 13)
        .unwrap();
    read_once(&open(&backend), &next).unwrap();
    assert!(matches!(
        read_once(&open(&backend), &keys.only(KeyRole::Journal)),
        Err(Error::WrongKey { .. })
    ));
    let report = check(&backend);
    assert!(report.is_ok(), "{:?}", report.findings);
    let states: Vec<bool> = open(&backend)
        .certified_keys()
        .iter()
        .map(|key| key.active)
        .collect();
    assert_eq!(states, [true, false, false, true]);
}

/// The newest head with another signature, as someone who has only files can make it.
fn with_head(backend: &Arc<MemoryBackend>, change: impl Fn(&str) -> String) -> Arc<MemoryBackend> {
    let changed = backend.copy();
    let head = String::from_utf8(changed.files()["ledger/head"].clone()).unwrap();
    changed.overwrite("ledger/head", change(&head).into_bytes());
    changed
}

#[test]
fn stripped_and_replaced_signatures_are_found() {
    let (backend, keys) = archive();
    let stranger = fresh(KeyRole::Custodian, Some("letopis-custodian")).unwrap();
    let resigned = |head: &str, key: &SigningKey| {
        let signed = SignedCheckpoint::parse(head.as_bytes()).unwrap();
        signed.checkpoint().clone().sign(&[key]).unwrap().to_text()
    };
    let cases = [
        (
            "stripped",
            with_head(&backend, |head| {
                format!("{}\n\n", head.split("\n\n").next().unwrap())
            }),
        ),
        (
            "a stranger's",
            with_head(&backend, |head| resigned(head, &stranger)),
        ),
    ];
    for (name, changed) in cases {
        let report = check(&changed);
        assert!(
            findings(&report)
                .iter()
                .any(|f| f.starts_with("head ledger/head")),
            "{name}: {:?}",
            report.findings
        );
    }
    // A public key file replaced by a stranger's of the same name.
    let replaced = backend.copy();
    let id = custodian_of(&keys).id();
    replaced.overwrite(
        &format!("ledger/keys/{id}.pub"),
        format!("{}\n", stranger.verifying_key()).into_bytes(),
    );
    assert_eq!(findings(&check(&replaced)), [format!("key ledger/keys/{id}.pub")]);
}

/// Lines signed anew by someone with a key that was handed over, or with one that may not sign such lines.
#[test]
fn lines_signed_anew_by_an_old_key_are_found() {
    let disk = Arc::new(MemoryBackend::default());
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::load_or_create(folder.path()).unwrap();
    run(&(Arc::clone(&disk) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    let next = Keys::generate().unwrap();
    write(&disk, &keys)
        .unwrap()
        .rotate_custodian_key(&next, None, NOW + 20)
        .unwrap();
    ingest(&write(&disk, &next).unwrap(), &["after the handing over\n"]).unwrap();
    let sign = |file: &str| {
        let key = file::read(&folder.path().join(file), &mut |_| None)
            .unwrap()
            .unwrap();
        with_head(&disk, |head| {
            let signed = SignedCheckpoint::parse(head.as_bytes()).unwrap();
            signed.checkpoint().clone().sign(&[&key]).unwrap().to_text()
        })
    };
    assert!(check(&disk).is_ok());
    let old = findings(&check(&sign("custodian.key")));
    assert_eq!(old, ["head ledger/head"]);
    let journal = findings(&check(&sign("journal.key")));
    assert!(
        journal.iter().any(|f| f == "authority ledger/entries.jsonl"),
        "{journal:?}"
    );
}
