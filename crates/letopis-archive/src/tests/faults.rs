//! Fails or kills an intake at every operation, in every way, and expects that nothing is lost and nothing doubled.

use std::sync::atomic::{AtomicU64, Ordering};

use letopis_vault::backend::Loss;
use letopis_vault::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

/// Before the intake under test: an archive with one file, which has grown since.
fn prepared(keys: &Keys, folder: &Path) -> Arc<MemoryBackend> {
    let earlier = tempfile::tempdir().unwrap();
    std::fs::write(earlier.path().join("auth.log"), &AUTH[..AUTH.len() - 30]).unwrap();
    let disk = Arc::new(MemoryBackend::default());
    life(Arc::clone(&disk) as Arc<dyn Backend>, keys, earlier.path(), NOW).unwrap();
    assert!(folder.join("auth.log").exists());
    disk
}

fn survives(
    disk: &Arc<MemoryBackend>,
    keys: &Keys,
    folder: &Path,
    expected: &[String],
    fault: Fault,
    loss: Loss,
) {
    let what = format!("{fault:?}, then {loss:?}");
    let faulty = FaultyBackend::new(disk.copy(), Some(fault));
    let outcome = life(Arc::clone(&faulty) as Arc<dyn Backend>, keys, folder, NOW + 1);
    let survivor = faulty.survivor(loss);
    clean(&survivor, false, &what);
    if outcome.is_ok() {
        // What was reported done is there, whatever was lost.
        assert_eq!(content(&survivor), expected, "{what}");
    }
    life(Arc::clone(&survivor) as Arc<dyn Backend>, keys, folder, NOW + 2)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    clean(&survivor, fault.at.is_multiple_of(16), &what);
    assert_eq!(content(&survivor), expected, "{what}");
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
        let losses = [Loss::Nothing, Loss::Unsynced, Loss::Some(at)];
        if all {
            ways.extend(losses.map(|loss| (fault(true), loss)));
        } else {
            let turn = (at + ways.len() as u64) % 3;
            ways.push((fault(true), losses[turn as usize]));
        }
    }
    ways
}

fn matrix(all: bool) {
    let keys = Keys::generate().unwrap();
    let folder = folder();
    let disk = prepared(&keys, folder.path());
    let counted = FaultyBackend::new(disk.copy(), None);
    life(
        Arc::clone(&counted) as Arc<dyn Backend>,
        &keys,
        folder.path(),
        NOW + 1,
    )
    .unwrap();
    let operations = counted.operations();
    let undisturbed = counted.survivor(Loss::Nothing);
    clean(&undisturbed, true, "undisturbed");
    let expected = content(&undisturbed);
    assert!((100..2_000).contains(&operations), "{operations}");
    let (next, tried) = (AtomicU64::new(1), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at > operations {
                        return;
                    }
                    for (fault, loss) in ways(at, all) {
                        survives(&disk, &keys, folder.path(), &expected, fault, loss);
                        tried.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    eprintln!("{operations} operations, {} faults survived", tried.into_inner());
}

#[test]
fn an_intake_survives_every_fault() {
    matrix(false);
}

#[test]
#[ignore = "every loss after every kill: minutes"]
fn an_intake_survives_every_fault_with_every_loss() {
    matrix(true);
}
