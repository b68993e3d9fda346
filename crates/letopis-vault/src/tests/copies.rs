//! Working copies: handed out on record, read by their own journal, never a fork, and home again.

use std::collections::BTreeMap;

use crate::backend::Loss;
use crate::backend::fault::{Effect, Fault, FaultyBackend};

use super::*;

/// Archive, copy and the journal in the copy: three places, as three folders would be.
struct Places {
    archive: Arc<MemoryBackend>,
    keys: Keys,
    copy: Arc<MemoryBackend>,
    journal: Arc<MemoryBackend>,
    holder: Keys,
}

fn places() -> Places {
    let (archive, keys) = archive();
    Places {
        archive,
        keys,
        copy: Arc::new(MemoryBackend::default()),
        journal: Arc::new(MemoryBackend::default()),
        holder: Keys::generate().unwrap().only(KeyRole::Journal),
    }
}

fn dynamic(backend: &Arc<MemoryBackend>) -> Arc<dyn Backend> {
    Arc::clone(backend) as Arc<dyn Backend>
}

impl Places {
    fn hand_out(&self, archive: Arc<dyn Backend>, copy: Arc<dyn Backend>, now: Micros) -> Result<HandedOut> {
        let writer = VaultWriter::open(archive, self.keys.clone(), now)?;
        writer.hand_out(
            (&copy, &dynamic(&self.journal)),
            "Б. Оспанов",
            &self.holder,
            json!({ "purpose": "inquiry 7", "case": "7" }),
            now,
        )
    }

    /// Reads the copy once, by its journal.
    fn read(&self) -> Result<()> {
        let vault = open(&self.copy);
        let journal =
            ExternalJournal::open_or_create(dynamic(&self.journal), &vault, &self.holder, NOW + 20)?;
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({ "person": "оспанов", "query": "root" }),
        };
        let token = journal.begin_access(&intent, &self.holder, NOW + 20)?;
        let result = AccessResult {
            rows: 2,
            rows_sha256: None,
            ended: "complete".to_owned(),
        };
        journal.finish_access(token, &result, &self.holder, NOW + 21)
    }
}

/// The copy holds the same evidence: every file but the ledger's, which ends at the head of the copy. Gives its files.
fn same_evidence(places: &Places) -> BTreeMap<String, Vec<u8>> {
    let (from, to) = (places.archive.files(), places.copy.files());
    for (path, bytes) in to
        .iter()
        .filter(|(path, _)| !path.starts_with("ledger/") && *path != "copy.json")
    {
        assert_eq!(from.get(path), Some(bytes), "{path}");
    }
    assert!(from["ledger/entries.jsonl"].starts_with(&to["ledger/entries.jsonl"]));
    to
}

#[test]
fn a_copy_is_whole_writes_to_nothing_and_comes_home() {
    let places = places();
    let made = places
        .hand_out(dynamic(&places.archive), dynamic(&places.copy), NOW + 10)
        .unwrap();
    let vault = open(&places.copy);
    assert_eq!(vault.working_copy().unwrap().as_ref(), Some(&made.copy));
    assert_eq!(
        (vault.size(), made.copy.holder.as_str()),
        (made.copy.size, "Б. Оспанов")
    );
    let to = same_evidence(&places);
    let report = check(&places.copy);
    assert!(
        report.is_ok() && report.notices.is_empty(),
        "{:?} {:?}",
        report.findings,
        report.notices
    );
    // A record of the copy is proven by the copy.
    let prefix = vault.objects().unwrap()[0].sha256.0[..10].try_into().unwrap();
    assert!(
        letopis_seal::Proof::parse(&vault.prove(&prefix, 0, false).unwrap())
            .unwrap()
            .check(None)
            .is_ok()
    );
    // Nobody writes to it, with any key: a branch is no fork.
    for error in [
        read_once(&vault, &places.holder).unwrap_err(),
        read_once(&vault, &places.keys).unwrap_err(),
        write(&places.copy, &places.keys).unwrap_err(),
        repair(
            &dynamic(&places.copy),
            &dynamic(&places.archive),
            &places.keys,
            None,
            NOW,
            &(),
        )
        .unwrap_err(),
    ] {
        assert!(error.to_string().contains("this is a working copy"), "{error}");
    }
    assert_eq!(
        places.copy.files()["ledger/entries.jsonl"],
        to["ledger/entries.jsonl"]
    );
    // Outstanding until its journal is home, with what was read.
    let out = open(&places.archive).copies().unwrap();
    assert!(out.len() == 1 && out[0].is_outstanding() && out[0].ended.as_deref() == Some("complete"));
    assert_eq!(
        (out[0].holder.as_deref(), out[0].purpose.as_deref()),
        (Some("Б. Оспанов"), Some("inquiry 7"))
    );
    places.read().unwrap();
    places.read().unwrap();
    let writer = write(&places.archive, &places.keys).unwrap();
    let adopted = writer
        .adopt_journal(&dynamic(&places.journal), None, NOW + 30)
        .unwrap();
    assert_eq!(
        (adopted.journal.as_str(), adopted.readings),
        (made.copy.copy.as_str(), 2)
    );
    drop(writer);
    let home = open(&places.archive).copies().unwrap();
    assert!(!home[0].is_outstanding() && home[0].readings == 2 && home[0].adopted == Some(NOW + 30));
    assert!(check(&places.archive).is_ok());
}

#[test]
fn a_journal_that_is_not_the_copys_is_refused() {
    let places = places();
    places
        .hand_out(dynamic(&places.archive), dynamic(&places.copy), NOW + 10)
        .unwrap();
    let vault = open(&places.copy);
    // Another journal, and none, beside the copy.
    let elsewhere: Arc<dyn Backend> = MemoryBackend::new();
    let refused = ExternalJournal::open_or_create(Arc::clone(&elsewhere), &vault, &places.holder, NOW + 20);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("no access journal there")
    );
    let parent = open(&places.archive);
    ExternalJournal::open_or_create(Arc::clone(&elsewhere), &parent, &places.keys, NOW + 20).unwrap();
    let refused = ExternalJournal::open_or_create(Arc::clone(&elsewhere), &vault, &places.keys, NOW + 20);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("another access journal")
    );
    // The id of the copy, signed by the archive's own journal key: made up at home.
    let forged: Arc<dyn Backend> = MemoryBackend::new();
    let id = parent.copies().unwrap()[0].copy.clone();
    ExternalJournal::create_as(&forged, &parent, &places.keys, &id, NOW + 20).unwrap();
    let writer = write(&places.archive, &places.keys).unwrap();
    let refused = writer.adopt_journal(&forged, None, NOW + 30).unwrap_err();
    assert!(
        refused.to_string().contains("certified for this working copy"),
        "{refused}"
    );
    // A key that the archive knows already would let one journal pass for another.
    let place: Arc<dyn Backend> = MemoryBackend::new();
    let refused = writer.hand_out(
        (&place, &MemoryBackend::new()),
        "x",
        &places.holder,
        json!({}),
        NOW + 31,
    );
    assert!(refused.unwrap_err().to_string().contains("must be a fresh one"));
}

/// Whatever fails: the archive stays clean and knows that a copy was to be handed out before its first byte; what lies
/// at the other place is the whole copy or no archive, and never one that takes writes.
#[test]
fn handing_out_survives_every_fault_on_both_sides() {
    let before = places();
    let counted = [
        FaultyBackend::new(before.archive.copy(), None),
        FaultyBackend::new(Arc::new(MemoryBackend::default()), None),
    ];
    let [archive, copy] = counted.clone().map(|backend| backend as Arc<dyn Backend>);
    before.hand_out(archive, copy, NOW + 10).unwrap();
    let operations = counted.map(|backend| backend.operations());
    let mut tried = 0;
    for (side, operations) in operations.into_iter().enumerate() {
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
                    one_fault(&before, side, fault, loss);
                    tried += 1;
                }
            }
        }
    }
    eprintln!(
        "a working copy: {} operations of the archive and {} of the copy x 15 ways to fail, {tried} faults, none lost \
         anything or gave a part for the whole",
        operations[0], operations[1]
    );
}

fn one_fault(before: &Places, side: usize, fault: Fault, loss: Loss) {
    let what = format!("side {side}: {fault:?}, then {loss:?}");
    let plan = |wanted: usize| (wanted == side).then_some(fault);
    let archive = FaultyBackend::new(before.archive.copy(), plan(0));
    let copy = FaultyBackend::new(Arc::new(MemoryBackend::default()), plan(1));
    let places = Places {
        archive: before.archive.copy(),
        keys: before.keys.clone(),
        copy: Arc::new(MemoryBackend::default()),
        journal: Arc::new(MemoryBackend::default()),
        holder: Keys::generate().unwrap().only(KeyRole::Journal),
    };
    let outcome = places.hand_out(
        Arc::clone(&archive) as Arc<dyn Backend>,
        Arc::clone(&copy) as Arc<dyn Backend>,
        NOW + 10,
    );
    let lost = |here: usize| if here == side { loss } else { Loss::Nothing };
    let (archive, copy) = (archive.survivor(lost(0)), copy.survivor(lost(1)));
    let report = check(&archive);
    assert!(report.is_ok(), "{what}: {:?}", report.findings);
    let known = open(&archive).copies().unwrap();
    if !copy.files().is_empty() {
        assert_eq!(known.len(), 1, "{what}: bytes that the archive knows nothing of");
    }
    match Vault::open(dynamic(&copy)) {
        Ok(vault) => {
            assert!(
                vault.working_copy().unwrap().is_some(),
                "{what}: an archive that takes writes"
            );
            // Killed after it was whole, before anyone said so, or before it was checked: then the check says it.
            let whole = check(&copy).is_ok();
            assert!(whole || outcome.is_err(), "{what}: handed out and not whole");
            assert!(known[0].is_outstanding(), "{what}: {known:?}");
        }
        Err(_) => assert!(outcome.is_err(), "{what}: handed out and no archive"),
    }
    // Another one is handed out as if nothing had been.
    let again = Places {
        copy: Arc::new(MemoryBackend::default()),
        journal: Arc::new(MemoryBackend::default()),
        holder: Keys::generate().unwrap().only(KeyRole::Journal),
        archive: Arc::clone(&archive),
        keys: before.keys.clone(),
    };
    again
        .hand_out(dynamic(&archive), dynamic(&again.copy), NOW + 40)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(check(&again.copy).is_ok() && check(&archive).is_ok(), "{what}");
    // An announcement whose last step was missing is taken in by the next writer: then it may be out, as far as is known.
    let after = open(&archive).copies().unwrap();
    let adopted = after.len() - known.len() - 1;
    assert!(
        adopted == 0 || (adopted == 1 && copy.files().is_empty()),
        "{what}: {after:?}"
    );
    assert!(
        after.last().unwrap().ended.as_deref() == Some("complete"),
        "{what}: {after:?}"
    );
}
