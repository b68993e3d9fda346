//! Fails or kills every kind of writing at every operation, in every way, and expects that nothing is lost.

use crate::backend::Loss;
use crate::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

type Place = Arc<dyn Backend>;

/// One kind of writing: what is there before, what is done (again and again until it is done), and what must have
/// come of it, the same as without a fault.
struct Scenario<'a> {
    name: &'static str,
    before: &'a Arc<MemoryBackend>,
    act: &'a dyn Fn(Place) -> Result<()>,
    content: &'a dyn Fn(&Arc<MemoryBackend>) -> Vec<String>,
}

/// What becomes of everything after the fault: the call fails and the program goes on; or all is over, and the
/// medium has everything, what was synced, part of it, or parts of it in another order.
fn endings(at: u64) -> [(bool, Loss); 5] {
    [
        (false, Loss::Nothing),
        (true, Loss::Nothing),
        (true, Loss::Unsynced),
        (true, Loss::Some(at)),
        (true, Loss::Reordered(at)),
    ]
}

impl Scenario<'_> {
    fn every_fault(&self) {
        let counted = FaultyBackend::new(self.before.copy(), None);
        (self.act)(Arc::clone(&counted) as Place).unwrap();
        let operations = counted.operations();
        let expected = (self.content)(&counted.survivor(Loss::Nothing));
        assert!((10..=400).contains(&operations), "{}: {operations}", self.name);
        let mut modes = 0;
        for at in 1..=operations {
            modes = 0;
            for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
                for (kill, loss) in endings(at) {
                    self.survives(&expected, Fault { at, effect, kill }, loss);
                    modes += 1;
                }
            }
        }
        eprintln!(
            "{}: {operations} operations x {modes} ways to fail, none lost anything",
            self.name
        );
    }

    fn survives(&self, expected: &[String], fault: Fault, loss: Loss) {
        let what = format!("{}: {fault:?}, then {loss:?}", self.name);
        let faulty = FaultyBackend::new(self.before.copy(), Some(fault));
        let outcome = (self.act)(Arc::clone(&faulty) as Place);
        let disk = faulty.survivor(loss);
        clean(&disk, &what);
        if outcome.is_ok() {
            // What was reported done is there, whatever was lost.
            assert_eq!((self.content)(&disk), expected, "{what}");
        }
        (self.act)(Arc::clone(&disk) as Place).unwrap_or_else(|error| panic!("{what}: {error}"));
        clean(&disk, &what);
        assert_eq!((self.content)(&disk), expected, "{what}");
        let files = disk.files();
        let leftovers = files.keys().filter(|path| path.starts_with("tmp/")).count();
        assert!(outcome.is_ok() || leftovers <= 1, "{what}");
    }
}

fn clean(backend: &Arc<MemoryBackend>, what: &str) {
    let options = VerifyOptions {
        threads: 1,
        ..VerifyOptions::default()
    };
    match verify(&(Arc::clone(backend) as Place), &options, &()) {
        Ok(report) => assert!(report.is_ok(), "{what}: {:?}", report.findings),
        Err(Error::NotAnArchive(_)) => {}
        Err(error) => panic!("{what}: {error}"),
    }
}

/// What must be equal between two runs over the same input (design: "Equal").
fn content(backend: &Arc<MemoryBackend>) -> Vec<String> {
    let vault = open(backend);
    let mut content = Vec::new();
    for object in vault.objects().unwrap() {
        let mut line = object.sha256.to_string();
        for info in &object.trees {
            let tree = vault.tree(object, info.number).unwrap();
            tree.for_each(0, &mut |span| {
                line.push_str(&format!(" {}+{}", span.offset, span.length));
                true
            })
            .unwrap();
            line.push('|');
        }
        content.push(line);
    }
    content.sort_unstable();
    let segments = vault.segments().unwrap().iter();
    content.extend(segments.map(|segment| format!("{} rows", segment.rows)));
    content
}

/// The same keys in all scenarios.
fn keys() -> Keys {
    static KEYS: std::sync::OnceLock<Keys> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| Keys::generate().unwrap()).clone()
}

fn with(texts: &[&str]) -> Arc<MemoryBackend> {
    let disk = Arc::new(MemoryBackend::default());
    run(&(Arc::clone(&disk) as Place), &keys(), texts).unwrap();
    disk
}

fn accesses(disk: &Arc<MemoryBackend>) -> usize {
    Vault::open(Arc::clone(disk) as Place)
        .map_or(0, |vault| vault.entries(Some(EntryKind::AccessResult)).count())
}

#[test]
fn a_new_archive_survives_every_fault() {
    Scenario {
        name: "making an archive, an intake, a catalogue, an access",
        before: &Arc::new(MemoryBackend::default()),
        act: &|place| run(&place, &keys(), TEXTS),
        content: &content,
    }
    .every_fault();
}

#[test]
fn an_archive_with_a_history_survives_every_fault() {
    Scenario {
        name: "an intake into an archive with a history, an access",
        before: &with(&["an earlier text\n"]),
        act: &|place| run(&place, &keys(), TEXTS),
        content: &content,
    }
    .every_fault();
}

#[test]
fn an_access_survives_every_fault_and_is_recorded_once() {
    let before = with(TEXTS);
    let had = accesses(&before);
    Scenario {
        name: "an access record",
        before: &before,
        // A reader who was not told that his access is on record gets nothing and asks again.
        act: &|place| {
            let vault = Vault::open(place)?;
            match vault.entries(Some(EntryKind::AccessResult)).count() > had {
                true => Ok(()),
                false => read_once(&vault, &keys()),
            }
        },
        // Taken in by the next appender where only the last step was missing.
        content: &|disk| vec![(accesses(disk) - had).min(1).to_string()],
    }
    .every_fault();
}

#[test]
fn a_removal_survives_every_fault() {
    Scenario {
        name: "a removal",
        before: &with(TEXTS),
        act: &|place| {
            let writer = VaultWriter::open(place, keys(), NOW + 30)?;
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
        },
        content: &|disk| {
            let files = disk.files();
            let objects = files.keys().filter(|path| path.starts_with("objects/")).cloned();
            let mut content = self::content(disk);
            content.extend(objects);
            content
        },
    }
    .every_fault();
}

#[test]
fn a_handing_over_of_keys_survives_every_fault() {
    let (next, analyst) = (Keys::generate().unwrap(), Keys::generate().unwrap());
    Scenario {
        name: "a further journal key, then another custodian key",
        before: &with(TEXTS),
        act: &|place| {
            let handed_over = |place: &Place| VaultWriter::open(Arc::clone(place), next.clone(), NOW + 40);
            let writer = match VaultWriter::open(Arc::clone(&place), keys(), NOW + 40) {
                // The new key alone opens it: the hand-over is done, perhaps by what opening just took in.
                Err(Error::WrongKey { .. }) => return handed_over(&place).map(drop),
                other => other?,
            };
            let wanted = analyst.of_role(KeyRole::Journal).unwrap().verifying_key().clone();
            if !writer.vault().ledger().authority().journals.contains(&wanted) {
                writer.certify_journal_key(&analyst, None, NOW + 41)?;
            }
            writer.rotate_custodian_key(&next, None, NOW + 42).map(drop)
        },
        content: &|disk| {
            let vault = open(disk);
            let authority = vault.ledger().authority();
            let names = authority.journals.iter().chain(&authority.custodian);
            names.map(ToString::to_string).collect()
        },
    }
    .every_fault();
}

#[test]
fn a_changed_configuration_and_a_second_framing_survive_every_fault() {
    Scenario {
        name: "a changed configuration, a second framing, a recorded check",
        before: &with(TEXTS),
        act: &|place| {
            let writer = VaultWriter::open(place, keys(), NOW + 50)?;
            let twelve = Config {
                retention_months: 12,
                ..config()
            };
            if writer.vault().config().retention_months != 12 {
                writer.set_config(twelve, None, NOW + 51)?;
            }
            let object = writer.vault().objects()?[0].clone();
            if object.trees.len() == 1 {
                let mut tree = writer.tree_writer(&object.stored())?;
                tree.record(0, b"Apr")?;
                let tree = tree.finish()?;
                writer.commit(vec![NewEntry::reframe(tree, None)], NOW + 52)?;
            }
            writer
                .vault()
                .record_verification(0, json!({}), &keys(), NOW + 53)
                .map(drop)
        },
        content: &|disk| {
            let mut content = self::content(disk);
            content.push(open(disk).config().retention_months.to_string());
            content
        },
    }
    .every_fault();
}

#[test]
fn a_retired_segment_survives_every_fault() {
    Scenario {
        name: "a rebuild",
        before: &with(TEXTS),
        act: &|place| {
            let writer = VaultWriter::open(place, keys(), NOW + 60)?;
            let live = writer.vault().segments()?.to_vec();
            if live.iter().any(|segment| segment.rows == 99) {
                return Ok(());
            }
            let mut segment = writer.segment_writer()?;
            let failed = |error| crate::backend::io_error("segment", "write", error);
            segment
                .part(SegmentPart::Parquet)?
                .write_all(b"made again")
                .map_err(failed)?;
            let retired: Vec<String> = live.iter().map(|segment| segment.id.clone()).collect();
            let entries = vec![
                NewEntry::rebuild(&retired, None),
                NewEntry::segment(segment.finish(99)?, None),
            ];
            writer.commit(entries, NOW + 61)?;
            writer.write_catalogue(b"another catalogue")
        },
        content: &content,
    }
    .every_fault();
}

#[test]
fn an_outside_journal_survives_every_fault() {
    let archive = with(TEXTS);
    let vault = open(&archive);
    let read = |place: Place| {
        let journal = ExternalJournal::open_or_create(place, &vault, &keys(), NOW + 70)?;
        if journal.checkpoint().size >= 4 {
            return Ok(());
        }
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({ "query": "x" }),
        };
        let token = journal.begin_access(&intent, &keys(), NOW + 71)?;
        let result = AccessResult {
            rows: 3,
            rows_sha256: None,
            ended: "complete".to_owned(),
        };
        journal.finish_access(token, &result, &keys(), NOW + 72)
    };
    Scenario {
        name: "a journal beside an archive",
        before: &Arc::new(MemoryBackend::default()),
        act: &read,
        // Begun again where the end of the first reading was lost: never fewer than were told.
        content: &|disk| {
            let journal =
                ExternalJournal::open_or_create(Arc::clone(disk) as Place, &vault, &keys(), NOW + 73);
            vec![(journal.unwrap().checkpoint().size >= 4).to_string()]
        },
    }
    .every_fault();
}

/// Damage that was there before stays what it was, until it is put right.
#[test]
fn a_repair_survives_every_fault() {
    let whole = with(TEXTS);
    let copy = whole.copy();
    for (begin, end) in [
        ("objects/", ".zst"),
        ("objects/", ".tree"),
        ("secrets/", ""),
        ("segments/", ".parquet"),
    ] {
        let mut files = whole.files().into_iter();
        let found = files.find(|(path, _)| path.starts_with(begin) && path.ends_with(end));
        let (path, mut bytes) = found.unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        whole.overwrite(&path, bytes);
    }
    let before: Vec<String> = findings(&check(&whole));
    assert!(before.len() >= 4, "{before:?}");
    let act = |place: Place| {
        repair(
            &place,
            &(Arc::clone(&copy) as Place),
            &keys(),
            None,
            NOW + 80,
            &(),
        )
    };
    let counted = FaultyBackend::new(whole.copy(), None);
    assert!(act(Arc::clone(&counted) as Place).unwrap().remaining.is_empty());
    let operations = counted.operations();
    for at in 1..=operations {
        for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
            for (kill, loss) in endings(at) {
                let fault = Fault { at, effect, kill };
                let faulty = FaultyBackend::new(whole.copy(), Some(fault));
                let outcome = act(Arc::clone(&faulty) as Place);
                let disk = faulty.survivor(loss);
                let what = format!("repair: {fault:?}, then {loss:?}");
                let between = findings(&check(&disk));
                assert!(
                    between.iter().all(|finding| before.contains(finding)),
                    "{what}: {between:?}"
                );
                assert!(outcome.is_err() || between.is_empty(), "{what}: {between:?}");
                let again = act(Arc::clone(&disk) as Place).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(again.remaining.is_empty(), "{what}: {:?}", again.remaining);
                clean(&disk, &what);
                assert_eq!(content(&disk), content(&copy), "{what}");
            }
        }
    }
    eprintln!("a repair: {operations} operations x 15 ways to fail, none lost anything");
}
