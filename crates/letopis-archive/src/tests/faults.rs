//! Fails or kills an intake, an import, a rebuild and a compaction at every operation, in every way, and expects that nothing is lost and nothing doubled.

use std::sync::atomic::{AtomicU64, Ordering};

use letopis_vault::backend::Loss;
use letopis_vault::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

mod removal;

/// Before the intake under test: an archive with one file, which has grown since.
fn prepared(keys: &Keys, folder: &Path) -> Arc<MemoryBackend> {
    let earlier = tempfile::tempdir().unwrap();
    std::fs::write(earlier.path().join("auth.log"), &AUTH[..AUTH.len() - 30]).unwrap();
    let disk = Arc::new(MemoryBackend::default());
    life(Arc::clone(&disk) as Arc<dyn Backend>, keys, earlier.path(), NOW).unwrap();
    assert!(folder.join("auth.log").exists());
    disk
}

/// What is done to an archive, at a time.
type Act<'a> = &'a (dyn Fn(Arc<dyn Backend>, i64) -> Result<()> + Sync);

/// What must hold of an archive besides, after a fault and (false) after the act was done again.
type Held<'a> = &'a (dyn Fn(&Arc<MemoryBackend>, bool) + Sync);

fn survives(
    disk: &Arc<MemoryBackend>,
    act: Act<'_>,
    held: Held<'_>,
    expected: &[String],
    (fault, loss): (Fault, Loss),
) {
    let what = format!("{fault:?}, then {loss:?}");
    let faulty = FaultyBackend::new(disk.copy(), Some(fault));
    let outcome = act(Arc::clone(&faulty) as Arc<dyn Backend>, NOW + 1);
    let survivor = faulty.survivor(loss);
    clean(&survivor, false, &what);
    held(&survivor, true);
    if outcome.is_ok() {
        // What was reported done is there, whatever was lost.
        assert_eq!(content(&survivor), expected, "{what}");
    }
    act(Arc::clone(&survivor) as Arc<dyn Backend>, NOW + 2).unwrap_or_else(|error| panic!("{what}: {error}"));
    clean(&survivor, fault.at.is_multiple_of(16), &what);
    assert_eq!(content(&survivor), expected, "{what}");
    held(&survivor, false);
    let leftovers = survivor
        .files()
        .into_keys()
        .filter(|path| path.starts_with("tmp/"))
        .count();
    assert_eq!(leftovers, 0, "{what}");
}

/// Every way of failing at one operation. The losses of a killed run take turns, unless `all` are wanted.
fn ways(at: u64, all: bool) -> Vec<(Fault, Loss)> {
    let mut ways = Vec::new();
    for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
        let fault = |kill| Fault { at, effect, kill };
        ways.push((fault(false), Loss::Nothing));
        let losses = [Loss::Nothing, Loss::Unsynced, Loss::Some(at), Loss::Reordered(at)];
        if all {
            ways.extend(losses.map(|loss| (fault(true), loss)));
        } else {
            let turn = (at + ways.len() as u64) % 4;
            ways.push((fault(true), losses[turn as usize]));
        }
    }
    ways
}

fn matrix(name: &str, disk: &Arc<MemoryBackend>, act: Act<'_>, all: bool) {
    matrix_with(name, disk, act, &|_, _| (), all);
}

fn matrix_with(name: &str, disk: &Arc<MemoryBackend>, act: Act<'_>, held: Held<'_>, all: bool) {
    let counted = FaultyBackend::new(disk.copy(), None);
    act(Arc::clone(&counted) as Arc<dyn Backend>, NOW + 1).unwrap();
    let operations = counted.operations();
    let undisturbed = counted.survivor(Loss::Nothing);
    clean(&undisturbed, true, "undisturbed");
    let expected = content(&undisturbed);
    assert!((40..2_000).contains(&operations), "{operations}");
    let (next, tried) = (AtomicU64::new(1), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at > operations {
                        return;
                    }
                    for way in ways(at, all) {
                        survives(disk, act, held, &expected, way);
                        tried.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let ways = ways(1, all).len();
    eprintln!(
        "{name}: {operations} operations x {ways} ways to fail, {} faults, none lost anything",
        tried.into_inner()
    );
}

fn intake(all: bool) {
    let keys = Keys::generate().unwrap();
    let folder = folder();
    let disk = prepared(&keys, folder.path());
    let act = |place, now| life(place, &keys, folder.path(), now).map(drop);
    matrix("an intake", &disk, &act, all);
}

/// What a bundle brought, as the notes of an archive have it.
fn provenances(disk: &Arc<MemoryBackend>) -> Vec<String> {
    let vault = Vault::open(Arc::clone(disk) as Arc<dyn Backend>).unwrap();
    let notes = vault.entries(Some(letopis_vault::EntryKind::Note));
    notes
        .map(|note| vault.detail(note.unwrap().seq).unwrap().unwrap().to_string())
        .collect()
}

fn importing(all: bool) {
    let keys = Keys::generate().unwrap();
    let folder = folder();
    let disk = prepared(&keys, folder.path());
    let provenance =
        serde_json::json!({ "import": { "archive": "letopis.archive/other", "records_proof": "text" } });
    let act = |place: Arc<dyn Backend>, now| {
        let writer = VaultWriter::open(place, keys.clone(), now)?;
        let options = IngestOptions {
            inputs: vec![folder.path().to_owned()],
            threads: 1,
            now,
            ..IngestOptions::default()
        };
        import(&writer, provenance.clone(), options, &()).map(drop)
    };
    let before = content(&disk);
    let said = provenance.to_string();
    let held = |disk: &Arc<MemoryBackend>, once: bool| {
        let (found, taken) = (provenances(disk), content(disk) != before);
        assert!(found.len() <= 1 && (found.len() == 1 || once), "{found:?}");
        assert!(found.iter().all(|text| *text == said), "{found:?}");
        assert!(
            !taken || found.len() == 1,
            "files of another archive without their provenance"
        );
    };
    matrix_with("an import", &disk, &act, &held, all);
}

fn rebuilding(all: bool) {
    let keys = Keys::generate().unwrap();
    let folder = folder();
    let disk = prepared(&keys, folder.path());
    life(Arc::clone(&disk) as Arc<dyn Backend>, &keys, folder.path(), NOW).unwrap();
    // Its segments are gone, as after a disk that lost a folder: the originals have everything.
    for path in disk
        .files()
        .into_keys()
        .filter(|path| path.starts_with("segments/"))
    {
        disk.take(&path);
    }
    let act = |place, now| {
        let writer = VaultWriter::open(place, keys.clone(), now)?;
        rebuild(&writer, "test", now, &|_, _| ()).map(drop)
    };
    // Before the rebuild the check finds the loss, so each way is begun from an archive that was rebuilt once.
    act(Arc::clone(&disk) as Arc<dyn Backend>, NOW).unwrap();
    matrix("a rebuild", &disk, &act, all);
}

fn joining(all: bool) {
    let keys = Keys::generate().unwrap();
    let (disk, _folder) = super::compaction::daily(&keys, 6);
    let before = content(&disk);
    let act = |place, now| {
        let writer = VaultWriter::open(place, keys.clone(), now)?;
        let options = CompactOptions {
            program: "test".to_owned(),
            now,
            threads: 1,
        };
        compact(&writer, &options, &|_, _| ()).map(drop)
    };
    // Whatever happens on the way, every row stands once.
    let held = |disk: &Arc<MemoryBackend>, _| assert_eq!(content(disk), before);
    matrix_with("a compaction", &disk, &act, &held, all);
}

#[test]
fn a_compaction_survives_every_fault() {
    joining(false);
}

#[test]
fn an_intake_survives_every_fault() {
    intake(false);
}

#[test]
fn an_import_survives_every_fault_and_never_loses_where_its_files_come_from() {
    importing(false);
}

#[test]
#[ignore = "every loss after every kill: minutes"]
fn an_intake_survives_every_fault_with_every_loss() {
    intake(true);
    importing(true);
    rebuilding(true);
    joining(true);
}

#[test]
fn a_rebuild_survives_every_fault() {
    rebuilding(false);
}
