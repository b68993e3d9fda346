//! Fails or kills a small life of an archive at every operation, in every way, and expects that nothing is lost.

use crate::backend::Loss;
use crate::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

/// What must be equal between two runs over the same input (design: "Equal").
fn content(backend: &Arc<MemoryBackend>) -> Vec<String> {
    let vault = open(backend);
    let mut content = Vec::new();
    for object in vault.objects().unwrap() {
        let tree = vault.tree(object, 1).unwrap();
        let mut spans = Vec::new();
        tree.for_each(0, &mut |span| {
            spans.push((span.offset, span.length));
            true
        })
        .unwrap();
        content.push(format!("{} {spans:?}", object.sha256));
    }
    content.sort_unstable();
    content.extend(
        vault
            .segments()
            .unwrap()
            .iter()
            .map(|segment| format!("{} rows", segment.rows)),
    );
    content
}

fn clean(backend: &Arc<MemoryBackend>, what: &str) {
    match verify(
        &(Arc::clone(backend) as Arc<dyn Backend>),
        &VerifyOptions::default(),
        &(),
    ) {
        Ok(report) => assert!(report.is_ok(), "{what}: {:?}", report.findings),
        Err(Error::NotAnArchive(_)) => {}
        Err(error) => panic!("{what}: {error}"),
    }
}

fn survives(
    keys: &Keys,
    expected: &[String],
    fault: Fault,
    loss: Loss,
    prepared: Option<&Arc<MemoryBackend>>,
) {
    let what = format!("{fault:?}, then {loss:?}");
    let disk = prepared.map_or_else(|| Arc::new(MemoryBackend::default()), |disk| disk.copy());
    let faulty = FaultyBackend::new(disk, Some(fault));
    let outcome = run(&(Arc::clone(&faulty) as Arc<dyn Backend>), keys, TEXTS);
    let disk = faulty.survivor(loss);
    clean(&disk, &what);
    let accesses = |disk: &Arc<MemoryBackend>| {
        Vault::open(Arc::clone(disk) as Arc<dyn Backend>)
            .map_or(0, |vault| vault.entries(Some(EntryKind::AccessResult)).count())
    };
    let before = accesses(&disk);
    if outcome.is_ok() {
        // What was reported done is there, whatever was lost.
        assert_eq!(content(&disk), expected, "{what}");
        assert!(before > 0, "{what}");
    }
    run(&(Arc::clone(&disk) as Arc<dyn Backend>), keys, TEXTS)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    clean(&disk, &what);
    assert_eq!(content(&disk), expected, "{what}");
    // One more, and perhaps one whose last step was missing and was done now.
    assert!((1..=2).contains(&(accesses(&disk) - before)), "{what}");
    let leftovers = disk
        .files()
        .keys()
        .filter(|path| path.starts_with("tmp/"))
        .count();
    assert_eq!(leftovers, 0, "{what}");
}

fn matrix(prepared: Option<&Arc<MemoryBackend>>) {
    let keys = prepared.map_or_else(|| Keys::generate().unwrap(), |_| fixed_keys());
    let disk = prepared.map_or_else(|| Arc::new(MemoryBackend::default()), |disk| disk.copy());
    let counted = FaultyBackend::new(disk, None);
    run(&(Arc::clone(&counted) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    let operations = counted.operations();
    let expected = content(&counted.survivor(Loss::Nothing));
    assert!(operations > 60, "{operations}");
    for at in 1..=operations {
        for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
            survives(
                &keys,
                &expected,
                Fault {
                    at,
                    effect,
                    kill: false,
                },
                Loss::Nothing,
                prepared,
            );
            for loss in [Loss::Nothing, Loss::Unsynced, Loss::Some(at)] {
                survives(
                    &keys,
                    &expected,
                    Fault {
                        at,
                        effect,
                        kill: true,
                    },
                    loss,
                    prepared,
                );
            }
        }
    }
}

/// The same keys for the archive that is there before the matrix begins.
fn fixed_keys() -> Keys {
    static KEYS: std::sync::OnceLock<Keys> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| Keys::generate().unwrap()).clone()
}

#[test]
fn a_new_archive_survives_every_fault() {
    matrix(None);
}

#[test]
fn an_archive_with_a_history_survives_every_fault() {
    let disk = Arc::new(MemoryBackend::default());
    run(
        &(Arc::clone(&disk) as Arc<dyn Backend>),
        &fixed_keys(),
        &["an earlier text\n"],
    )
    .unwrap();
    matrix(Some(&disk));
}

#[test]
fn a_removal_survives_every_fault() {
    let disk = Arc::new(MemoryBackend::default());
    let keys = fixed_keys();
    run(&(Arc::clone(&disk) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    let remove = |backend: Arc<dyn Backend>| {
        let writer = VaultWriter::open(backend, keys.clone(), NOW + 30)?;
        let objects: Vec<u64> = writer
            .vault()
            .objects()?
            .iter()
            .map(|object| object.seq)
            .collect();
        match objects.is_empty() {
            true => Ok(()),
            false => writer
                .commit(vec![NewEntry::delete(&objects, &[], &[], None)], NOW + 31)
                .map(drop),
        }
    };
    let counted = FaultyBackend::new(disk.copy(), None);
    remove(Arc::clone(&counted) as Arc<dyn Backend>).unwrap();
    for at in 1..=counted.operations() {
        for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
            for loss in [Loss::Nothing, Loss::Unsynced, Loss::Some(at)] {
                let faulty = FaultyBackend::new(
                    disk.copy(),
                    Some(Fault {
                        at,
                        effect,
                        kill: true,
                    }),
                );
                let _ = remove(Arc::clone(&faulty) as Arc<dyn Backend>);
                let survivor = faulty.survivor(loss);
                let what = format!("removal, {effect:?} at {at}, {loss:?}");
                clean(&survivor, &what);
                remove(Arc::clone(&survivor) as Arc<dyn Backend>).unwrap();
                clean(&survivor, &what);
                assert_eq!(open(&survivor).objects().unwrap().len(), 0, "{what}");
                assert!(
                    !survivor.files().keys().any(|path| path.starts_with("objects/")),
                    "{what}"
                );
            }
        }
    }
}
