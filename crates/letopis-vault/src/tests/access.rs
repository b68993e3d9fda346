use super::*;

#[test]
fn an_access_without_an_end_is_said() {
    let (backend, keys) = archive();
    let intent = AccessIntent {
        basis: Basis::Signed,
        detail: json!({}),
    };
    let _token = open(&backend).begin_access(&intent, &keys, NOW + 5).unwrap();
    let report = check(&backend);
    assert!(report.is_ok());
    let kinds: Vec<_> = report.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, ["dangling-intent"]);
}

#[test]
fn a_damaged_archive_takes_no_records_and_says_so() {
    let (backend, keys) = archive();
    let mut entries = backend.files()["ledger/entries.jsonl"].clone();
    entries[300] ^= 1;
    backend.overwrite("ledger/entries.jsonl", entries);
    let vault = open(&backend);
    assert!(vault.damage().is_some());
    assert!(matches!(
        read_once(&vault, &keys),
        Err(Error::CannotRecord { .. })
    ));
    assert!(matches!(write(&backend, &keys), Err(Error::Damaged { .. })));
}

#[test]
fn an_outside_journal_takes_what_the_archive_cannot() {
    let (backend, keys) = archive();
    let place = Arc::new(MemoryBackend::default());
    let beside = || Arc::clone(&place) as Arc<dyn Backend>;
    let vault = open(&backend);
    for round in 1..3 {
        let journal = ExternalJournal::open_or_create(beside(), &vault, &keys, NOW).unwrap();
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({ "query": "x" }),
        };
        let token = journal.begin_access(&intent, &keys, NOW).unwrap();
        let result = AccessResult {
            rows: 3,
            rows_sha256: Some(letopis_seal::sha256(b"rows")),
            ended: "complete".to_owned(),
        };
        journal.finish_access(token, &result, &keys, NOW).unwrap();
        assert_eq!(journal.checkpoint().size, 2 + 2 * round);
    }
    let (other, _) = archive();
    let foreign = ExternalJournal::open_or_create(beside(), &open(&other), &keys, NOW);
    assert!(matches!(foreign, Err(Error::Refused(_))));
    let stranger = ExternalJournal::open_or_create(beside(), &vault, &Keys::generate().unwrap(), NOW);
    assert!(matches!(stranger, Err(Error::WrongKey { .. })));
    let archive_as_journal =
        ExternalJournal::open_or_create(Arc::clone(&backend) as Arc<dyn Backend>, &vault, &keys, NOW);
    assert!(matches!(archive_as_journal, Err(Error::Refused(_))));
}

/// A journal beside the archive with `rounds` readings.
fn journal(vault: &Vault, keys: &Keys, rounds: u32, place: &Arc<MemoryBackend>) {
    for round in 0..rounds {
        let beside = Arc::clone(place) as Arc<dyn Backend>;
        let journal = ExternalJournal::open_or_create(beside, vault, keys, NOW).unwrap();
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({ "person": "Иванова", "query": format!("round {round}") }),
        };
        let token = journal.begin_access(&intent, keys, NOW).unwrap();
        let result = AccessResult {
            rows: 3,
            rows_sha256: Some(letopis_seal::sha256(b"rows")),
            ended: "complete".to_owned(),
        };
        journal.finish_access(token, &result, keys, NOW).unwrap();
    }
}

#[test]
fn a_journal_comes_home_whole_and_once() {
    let (backend, keys) = archive();
    let place = Arc::new(MemoryBackend::default());
    let beside = Arc::clone(&place) as Arc<dyn Backend>;
    journal(&open(&backend), &keys, 2, &place);
    let writer = write(&backend, &keys).unwrap();
    let adopted = writer.adopt_journal(&beside, None, NOW + 20).unwrap();
    assert_eq!((adopted.readings, adopted.new_lines), (2, 6));
    assert!(
        writer
            .adopt_journal(&beside, None, NOW + 21)
            .unwrap()
            .receipt
            .is_none()
    );
    journal(&open(&backend), &keys, 1, &place);
    let adopted = writer.adopt_journal(&beside, None, NOW + 22).unwrap();
    assert_eq!((adopted.readings, adopted.new_lines), (3, 2));
    let entries = writer.vault().adopted_entries().unwrap();
    let queries: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.detail.as_ref()?.get("query")?.as_str())
        .collect();
    assert_eq!(queries, ["round 0", "round 1", "round 0"]);
    assert_eq!(entries.len(), 8);
    drop(writer);
    assert!(check(&backend).is_ok(), "{:?}", findings(&check(&backend)));
}

#[test]
fn a_journal_that_does_not_hold_stays_out() {
    let (backend, keys) = archive();
    let place = Arc::new(MemoryBackend::default());
    journal(&open(&backend), &keys, 1, &place);
    let refused = |place: &Arc<MemoryBackend>, backend: &Arc<MemoryBackend>| {
        let writer = write(backend, &keys).unwrap();
        let beside = Arc::clone(place) as Arc<dyn Backend>;
        writer
            .adopt_journal(&beside, None, NOW + 20)
            .unwrap_err()
            .to_string()
    };
    // A changed byte anywhere in it keeps it out, or changes nothing of what is entered.
    let entered = |backend: Arc<MemoryBackend>| {
        let writer = write(&backend, &keys).unwrap();
        writer.adopt_journal(&(Arc::clone(&place) as Arc<dyn Backend>), None, NOW + 20)?;
        let entries = writer.vault().adopted_entries()?;
        Ok::<_, Error>(entries.into_iter().map(|entry| entry.detail).collect::<Vec<_>>())
    };
    let whole = entered(backend.copy()).unwrap();
    let (mut kept_out, mut harmless) = (0, 0);
    for (path, bytes) in place.files() {
        for at in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            place.overwrite(&path, changed);
            match entered(backend.copy()) {
                Err(_) => kept_out += 1,
                Ok(found) => {
                    assert_eq!(found, whole, "{path}, byte {at}");
                    harmless += 1;
                }
            }
            place.overwrite(&path, bytes.clone());
        }
    }
    assert!(
        kept_out > 10 * harmless,
        "{kept_out} kept out, {harmless} harmless"
    );
    // Of another archive, by a key that this one does not certify, of a state that this one never had.
    let (other, other_keys) = archive();
    let foreign = Arc::new(MemoryBackend::default());
    journal(&open(&other), &other_keys, 1, &foreign);
    assert!(refused(&foreign, &backend).contains("access journal of archive"));
    let later = Arc::new(MemoryBackend::default());
    let rolled_back = backend.copy();
    read_once(&open(&backend), &keys).unwrap();
    journal(&open(&backend), &keys, 1, &later);
    assert!(refused(&later, &rolled_back).contains("rolled back"));
    read_once(&open(&rolled_back), &keys).unwrap();
    let writer = write(&rolled_back, &keys).unwrap();
    ingest(&writer, &["other\n"]).unwrap();
    drop(writer);
    assert!(refused(&later, &rolled_back).contains("rewritten"));
}

#[test]
fn the_journal_key_brings_in_nothing_but_access() {
    let (backend, keys) = archive();
    // A holder of the journal key who rewrites the program can append anything; the check names it.
    let vault = open(&backend);
    let mut ledger = (**vault.ledger()).clone();
    let plan = |_| Ok(vec![crate::record::Plain::new(EntryKind::Note, None)]);
    let place = Arc::clone(&backend) as Arc<dyn Backend>;
    let journal = keys.only(KeyRole::Journal);
    let signer = journal.of_role(KeyRole::Journal).unwrap();
    let compressors = crate::framed::Compressors::new();
    crate::record::record(&place, &compressors, &mut ledger, NOW, |_| Ok(signer), plan).unwrap();
    assert_eq!(findings(&check(&backend)), ["authority ledger/entries.jsonl"]);
    // A later commit of the custodian does not hide it.
    let writer = write(&backend, &keys).unwrap();
    ingest(&writer, &["later\n"]).unwrap();
    drop(writer);
    assert_eq!(findings(&check(&backend)), ["authority ledger/entries.jsonl"]);
}

#[test]
fn a_verification_is_recorded() {
    let (backend, keys) = archive();
    let size = open(&backend).size();
    let head = open(&backend)
        .record_verification(0, json!({ "ok": true }), &keys, NOW + 9)
        .unwrap();
    assert_eq!(head.size, size + 1);
    assert!(check(&backend).is_ok());
}
