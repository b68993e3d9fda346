//! Second copies: brought up to date again and again, never a fork, and whatever fails, whole in the end.

use crate::backend::Loss;
use crate::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

const MORE: &str =
    "May  1 08:00:00 srv1 sshd[813]: Accepted password for anna from 10.0.0.8 port 4023 ssh2\n";

fn dynamic(backend: &Arc<MemoryBackend>) -> Arc<dyn Backend> {
    Arc::clone(backend) as Arc<dyn Backend>
}

/// An archive with a registered copy, and the place of the copy.
fn registered() -> (Arc<MemoryBackend>, Keys, Arc<MemoryBackend>) {
    let (archive, keys) = archive();
    let place = Arc::new(MemoryBackend::default());
    let writer = write(&archive, &keys).unwrap();
    writer
        .register_copy("safe", &dynamic(&place), Some("SI"), json!({}), NOW + 10)
        .unwrap();
    drop(writer);
    (archive, keys, place)
}

fn sync(archive: &Arc<dyn Backend>, keys: &Keys, to: &Arc<dyn Backend>, now: Micros) -> Result<Synced> {
    let writer = VaultWriter::open(Arc::clone(archive), keys.clone(), now)?;
    let copy = writer.vault().second_copy("safe")?;
    writer.sync_copy(&copy, to, json!({}), now, &())
}

/// The copy holds what the archive held before the line that says so: every file, byte for byte.
#[track_caller]
fn same(archive: &Arc<MemoryBackend>, copy: &Arc<MemoryBackend>) {
    let (from, to) = (archive.files(), copy.files());
    for (path, bytes) in &to {
        let is_own = path.starts_with("ledger/") || path == "second.json";
        assert!(is_own || from.get(path) == Some(bytes), "{path}");
    }
    assert!(from["ledger/entries.jsonl"].starts_with(&to["ledger/entries.jsonl"]));
    let report = check(copy);
    // The clock of these tests goes back and forth.
    let strange: Vec<_> = report
        .notices
        .iter()
        .filter(|notice| notice.kind != "clock")
        .collect();
    assert!(
        report.is_ok() && strange.is_empty(),
        "{:?} {strange:?}",
        report.findings
    );
}

#[test]
fn a_copy_gets_what_it_lacks_and_nothing_else() {
    let (archive, keys, place) = registered();
    let first = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 11).unwrap();
    same(&archive, &place);
    assert!(first.findings.is_empty() && first.files > 5, "{first:?}");
    // Only the line about the sync itself is new: its document.
    let again = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 12).unwrap();
    assert_eq!((again.files, again.removed), (2, 0));
    let writer = write(&archive, &keys).unwrap();
    ingest(&writer, &[MORE]).unwrap().unwrap();
    drop(writer);
    let grown = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 13).unwrap();
    // Object, tree, two files of a segment, documents and secrets of two commits.
    assert_eq!((grown.files, grown.removed), (8, 0));
    same(&archive, &place);
    let copy = open(&archive).second_copy("safe").unwrap();
    assert_eq!((copy.country.as_deref(), copy.size), (Some("SI"), grown.size));
    assert!(copy.is_good());
    let findings = open(&archive).check_copy(&copy, &dynamic(&place), &()).unwrap();
    assert!(findings.is_empty());
}

#[test]
fn what_was_removed_by_record_is_removed_there_too() {
    let (archive, keys, place) = registered();
    sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 11).unwrap();
    let writer = write(&archive, &keys).unwrap();
    let object = writer.vault().objects().unwrap()[0].clone();
    let segment = writer.vault().segments().unwrap()[0].id.clone();
    writer
        .commit(
            vec![NewEntry::delete(&[object.seq], &[], &[segment], None)],
            NOW + 12,
        )
        .unwrap();
    drop(writer);
    let synced = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 13).unwrap();
    // The object, its tree, and the two files of the segment.
    assert_eq!((synced.removed, synced.findings.len()), (4, 0));
    same(&archive, &place);
    let name = object.blake3.to_string();
    assert!(!place.files().keys().any(|path| path.contains(&name)));
}

#[test]
fn a_copy_is_never_a_fork() {
    let (archive, keys, place) = registered();
    sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 11).unwrap();
    let refused = write(&place, &keys).unwrap_err().to_string();
    assert!(refused.contains("second copy"), "{refused}");
    let refused = read_once(&open(&place), &keys).unwrap_err().to_string();
    assert!(refused.contains("--journal"), "{refused}");
    // The archive is set back: the copy knows more.
    let before = archive.copy();
    let writer = write(&archive, &keys).unwrap();
    ingest(&writer, &[MORE]).unwrap();
    drop(writer);
    sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 13).unwrap();
    let refused = sync(&dynamic(&before), &keys, &dynamic(&place), NOW + 14)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("set back"), "{refused}");
    // And goes on otherwise: another history.
    let writer = write(&before, &keys).unwrap();
    ingest(&writer, &["something else\n"]).unwrap();
    drop(writer);
    let refused = sync(&dynamic(&before), &keys, &dynamic(&place), NOW + 15)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("is another"), "{refused}");
    // A copy of something else, and a place that is in use.
    let (other, other_keys, _) = registered();
    let refused = sync(&dynamic(&other), &other_keys, &dynamic(&place), NOW + 16)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("expected the second copy"), "{refused}");
    let writer = write(&other, &other_keys).unwrap();
    let used = writer.register_copy("more", &dynamic(&archive), None, json!({}), NOW + 17);
    assert!(matches!(used, Err(Error::Exists(_))), "{used:?}");
    let twice = writer.register_copy("safe", &dynamic(&Arc::default()), None, json!({}), NOW + 17);
    assert!(twice.unwrap_err().to_string().contains("registered already"));
}

/// Damage of the archive does not become damage of the copy, and damage of the copy is found and mended.
#[test]
fn damage_does_not_travel() {
    let (archive, keys, place) = registered();
    let object = open(&archive).objects().unwrap()[0].clone();
    let path = archive
        .files()
        .keys()
        .find(|path| path.ends_with(".zst") && path.contains(&object.blake3.to_string()))
        .unwrap()
        .clone();
    let whole = archive.files()[&path].clone();
    let mut damaged = whole.clone();
    damaged[20] ^= 1;
    archive.overwrite(&path, damaged.clone());
    let synced = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 11).unwrap();
    assert!(
        !synced.findings.is_empty() && !place.files().contains_key(&path),
        "{synced:?}"
    );
    let copy = open(&archive).second_copy("safe").unwrap();
    assert!(!copy.is_good() && copy.ended.as_deref() == Some("damaged"));
    archive.overwrite(&path, whole);
    let synced = sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 12).unwrap();
    assert!(synced.findings.is_empty());
    same(&archive, &place);
    // The same in the copy: the check finds it; a repair of the copy is another sync without the file.
    place.overwrite(&path, damaged);
    let copy = open(&archive).second_copy("safe").unwrap();
    let findings = open(&archive).check_copy(&copy, &dynamic(&place), &()).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].place, path);
}

/// Every operation on either side fails or kills; the archive stays clean, the copy takes no writes, and the next sync
/// makes it whole.
#[test]
fn a_sync_survives_every_fault_on_both_sides() {
    let (archive, keys, place) = registered();
    sync(&dynamic(&archive), &keys, &dynamic(&place), NOW + 11).unwrap();
    let writer = write(&archive, &keys).unwrap();
    let object = writer.vault().objects().unwrap()[0].clone();
    writer
        .commit(vec![NewEntry::delete(&[object.seq], &[], &[], None)], NOW + 12)
        .unwrap();
    ingest(&writer, &[MORE]).unwrap();
    drop(writer);
    let fresh = Arc::new(MemoryBackend::default());
    let mut tried = 0;
    for (what, start) in [("a first sync", &fresh), ("a later one", &place)] {
        let counted = [archive.copy(), start.copy()].map(|backend| FaultyBackend::new(backend, None));
        let [ours, theirs] = counted.clone().map(|backend| backend as Arc<dyn Backend>);
        sync(&ours, &keys, &theirs, NOW + 13).unwrap();
        for (side, operations) in counted
            .map(|backend| backend.operations())
            .into_iter()
            .enumerate()
        {
            for at in 1..=operations {
                for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
                    for (kill, loss) in [
                        (false, Loss::Nothing),
                        (true, Loss::Nothing),
                        (true, Loss::Unsynced),
                        (true, Loss::Some(at)),
                        (true, Loss::Reordered(at)),
                    ] {
                        let fault = Fault { at, effect, kill };
                        let what = format!("{what}, side {side}: {fault:?}, then {loss:?}");
                        let plan = |wanted: usize| (wanted == side).then_some(fault);
                        let ours = FaultyBackend::new(archive.copy(), plan(0));
                        let theirs = FaultyBackend::new(start.copy(), plan(1));
                        let outcome = sync(
                            &(Arc::clone(&ours) as Arc<dyn Backend>),
                            &keys,
                            &(Arc::clone(&theirs) as Arc<dyn Backend>),
                            NOW + 13,
                        );
                        let lost = |here: usize| if here == side { loss } else { Loss::Nothing };
                        let (ours, theirs) = (ours.survivor(lost(0)), theirs.survivor(lost(1)));
                        judge(&what, outcome.is_ok(), &ours, &theirs, &keys);
                        tried += 1;
                    }
                }
            }
        }
    }
    eprintln!("second copies: {tried} faults of a first and of a later sync, none lost anything");
}

fn judge(what: &str, ended_well: bool, ours: &Arc<MemoryBackend>, theirs: &Arc<MemoryBackend>, keys: &Keys) {
    let report = check(ours);
    assert!(report.is_ok(), "{what}: {:?}", report.findings);
    if ended_well {
        assert!(check(theirs).is_ok(), "{what}: said to be up to date");
    }
    if Vault::open(dynamic(theirs)).is_ok() {
        assert!(
            write(theirs, keys).is_err(),
            "{what}: an archive that takes writes"
        );
    }
    let again = sync(&dynamic(ours), keys, &dynamic(theirs), NOW + 20);
    let again = again.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(again.findings.is_empty(), "{what}: {:?}", again.findings);
    let report = check(theirs);
    assert!(report.is_ok(), "{what}: {:?}", report.findings);
    assert!(open(theirs).size() == again.size && check(ours).is_ok(), "{what}");
}
