use std::io::{Read, Seek, SeekFrom};

use letopis_seal::Proof;
use letopis_seal::proof::TrustedKeys;

use super::*;

#[test]
fn what_goes_in_comes_out() {
    let (backend, keys) = archive();
    let vault = open(&backend);
    assert_eq!(vault.damage(), None);
    assert_eq!(vault.config().time_zone, "Asia/Almaty");
    let objects = vault.objects().unwrap();
    assert_eq!(objects.len(), TEXTS.len());
    for (object, text) in objects.iter().zip(TEXTS) {
        assert_eq!(object.sha256, letopis_seal::sha256(text.as_bytes()));
        assert_eq!(object.about.as_ref().unwrap()["path"], "/var/log/auth.log");
        let mut reader = vault.object_reader(object).unwrap();
        let mut all = String::new();
        reader.read_to_string(&mut all).unwrap();
        assert_eq!(&all, text);
        reader.seek(SeekFrom::Start(4)).unwrap();
        let mut part = [0; 4];
        reader.read_exact(&mut part).unwrap();
        assert_eq!(&part, &text.as_bytes()[4..8]);
        let tree = vault.tree(object, 1).unwrap();
        assert_eq!(tree.records(), 2);
    }
    let [segment] = vault.segments().unwrap() else {
        panic!("one segment")
    };
    assert_eq!((segment.rows, segment.index_bytes), (4, Some(5)));
    let index = vault.segment_file(&segment.id, SegmentPart::Index).unwrap();
    assert_eq!(index.read_all().unwrap(), b"index");
    assert_eq!(vault.catalogue().unwrap().unwrap(), b"a catalogue");
    let kinds: Vec<_> = vault
        .entries(None)
        .map(|entry| entry.unwrap().kind.name())
        .collect();
    assert_eq!(
        kinds,
        [
            "create",
            "key",
            "key",
            "object",
            "object",
            "segment",
            "ingest",
            "access-intent",
            "access-result"
        ]
    );
    assert_eq!(vault.detail(6).unwrap().unwrap()["operator"], "Иванова");
    assert!(check(&backend).is_ok());
    assert!(write(&backend, &keys).unwrap().recovered().is_empty());
}

#[test]
fn the_same_bytes_are_stored_once() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    assert!(ingest(&writer, TEXTS).unwrap().is_none());
    let files = backend.files().len();
    drop(writer);
    run(&(Arc::clone(&backend) as Arc<dyn Backend>), &keys, TEXTS).unwrap();
    // Only the access of the second run is new: document and secrets of the intent.
    assert_eq!(
        backend
            .files()
            .keys()
            .filter(|path| path.starts_with("objects/"))
            .count(),
        4
    );
    assert_eq!(backend.files().len(), files + 2);
    assert!(check(&backend).is_ok());
}

#[test]
fn two_threads_with_the_same_bytes() {
    let (backend, keys) = (Arc::new(MemoryBackend::default()), Keys::generate().unwrap());
    let place = Arc::clone(&backend) as Arc<dyn Backend>;
    let writer = VaultWriter::create(place, config(), keys, None, NOW).unwrap();
    let stored: Vec<StoredObject> = std::thread::scope(|scope| {
        let store = || {
            let mut object = writer.object_writer().unwrap();
            object.write_all(TEXTS[0].as_bytes()).unwrap();
            object.finish().unwrap()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(store)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(stored.iter().filter(|object| object.is_new()).count(), 1);
    let object = stored.into_iter().find(StoredObject::is_new).unwrap();
    writer
        .commit(vec![NewEntry::object(object.clone(), None, None)], NOW)
        .unwrap();
    let again = writer.commit(vec![NewEntry::object(object, None, None)], NOW);
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
    // A refusal is no failure: the writer goes on.
    let note = NewEntry::new(EntryKind::Note, Map::new(), Some(json!({ "text": "ok" })));
    writer.commit(vec![note], NOW).unwrap();
    drop(writer);
    assert!(check(&backend).is_ok(), "{:?}", findings(&check(&backend)));
}

#[test]
fn a_citation_leads_to_its_record() {
    let (backend, _) = archive();
    let vault = open(&backend);
    let prefix: [u8; 10] = letopis_seal::sha256(TEXTS[1].as_bytes()).0[..10]
        .try_into()
        .unwrap();
    let find = |offset| vault.resolve(&prefix, offset).unwrap();
    let first = find(0).unwrap();
    assert_eq!(
        (first.record.offset, first.record.length, first.notice),
        (0, 8, None)
    );
    // Between the records lies structure.
    assert!(find(8).is_none() && find(9).is_none());
    let inside = find(14).unwrap();
    assert_eq!(inside.record.offset, 10);
    assert!(inside.notice.unwrap().contains("inside the record at 10"));
    assert!(find(1000).is_none());
    assert!(vault.resolve(&[0; 10], 0).unwrap().is_none());
}

#[test]
fn a_record_is_proven_without_the_archive() {
    let (backend, keys) = archive();
    let vault = open(&backend);
    let digest = letopis_seal::sha256(TEXTS[0].as_bytes());
    let prefix: [u8; 10] = digest.0[..10].try_into().unwrap();
    let custodian = keys
        .public()
        .find(|(role, _)| *role == KeyRole::Custodian)
        .unwrap()
        .1
        .clone();
    for (with_digest, offset) in [(false, 0), (true, 90)] {
        let text = vault.prove(&prefix, offset, with_digest).unwrap();
        assert!(!text.contains("Иванова") && text.contains(&digest.to_hex()) == with_digest);
        let proof = Proof::parse(&text).unwrap();
        let trusted = TrustedKeys(vec![custodian.clone()]);
        let checked = proof.check(Some(&trusted)).unwrap();
        let line = TEXTS[0].lines().nth(usize::from(offset > 0)).unwrap();
        assert_eq!(proof.record.raw, line.as_bytes());
        assert_eq!(checked.records.0, 2);
        // The head is the journal's, the proof rests on the custodian's before it.
        assert_eq!(checked.checkpoint_size.0, 7);
        assert_eq!(checked.later.unwrap().size.0, 9);
    }
}

#[test]
fn keys_are_asked_before_anything_is_written() {
    let (backend, keys) = archive();
    let before = backend.files();
    let other = Keys::generate().unwrap();
    let wrong = write(&backend, &other).unwrap_err();
    assert!(
        matches!(
            &wrong,
            Error::WrongKey {
                role: KeyRole::Custodian,
                ..
            }
        ),
        "{wrong}"
    );
    assert!(matches!(
        write(&backend, &keys.only(KeyRole::Journal)),
        Err(Error::NoKey(KeyRole::Custodian))
    ));
    let wrong = read_once(&open(&backend), &other).unwrap_err();
    assert!(
        matches!(
            &wrong,
            Error::WrongKey {
                role: KeyRole::Journal,
                ..
            }
        ),
        "{wrong}"
    );
    assert_eq!(backend.files(), before);
}

#[test]
fn one_writer_at_a_time() {
    let (backend, keys) = archive();
    let first = write(&backend, &keys).unwrap();
    assert!(matches!(write(&backend, &keys), Err(Error::Locked { .. })));
    // Readers go on, and so do access records.
    read_once(&open(&backend), &keys).unwrap();
    // The writer takes in what readers appended meanwhile.
    ingest(&first, &["a third text\n"]).unwrap().unwrap();
    drop(first);
    assert!(check(&backend).is_ok());
    assert!(write(&backend, &keys).is_ok());
}

#[test]
fn an_archive_is_made_in_an_empty_place_only() {
    let (backend, keys) = archive();
    let create = |backend: &Arc<MemoryBackend>| {
        VaultWriter::create(
            Arc::clone(backend) as Arc<dyn Backend>,
            config(),
            keys.clone(),
            None,
            NOW,
        )
        .map(drop)
    };
    assert!(matches!(create(&backend), Err(Error::Exists(_))));
    backend.take("letopis.toml");
    assert!(matches!(create(&backend), Err(Error::Exists(_))));
    let used = Arc::new(MemoryBackend::default());
    used.overwrite("thesis.doc", Vec::new());
    assert!(matches!(create(&used), Err(Error::NotEmpty(_))));
    assert!(matches!(Vault::open(used), Err(Error::NotAnArchive(_))));
}

#[test]
fn another_version_is_refused_by_its_number() {
    let backend = Arc::new(MemoryBackend::default());
    backend.overwrite("letopis.toml", b"format = 2\nshape = \"new\"\n".to_vec());
    let error = Vault::open(backend).unwrap_err();
    assert_eq!(
        error.to_string(),
        "(memory): archive format version 2, this program knows version 1"
    );
}

#[test]
fn the_configuration_is_changed_through_the_ledger() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    let old = backend.files()["letopis.toml"].clone();
    let id = writer.vault().config().id.clone();
    writer
        .set_config(
            Config {
                retention_months: 36,
                ..config()
            },
            None,
            NOW + 20,
        )
        .unwrap();
    assert_eq!(
        (
            writer.vault().config().retention_months,
            &writer.vault().config().id
        ),
        (36, &id)
    );
    drop(writer);
    assert!(check(&backend).is_ok());
    // A crash before the file was replaced: the ledger counts, and the next writer puts the file right.
    backend.overwrite("letopis.toml", old);
    assert_eq!(open(&backend).config().retention_months, 36);
    let report = check(&backend);
    assert!(
        report.is_ok()
            && report
                .notices
                .iter()
                .any(|notice| notice.kind == "config-outdated")
    );
    assert_eq!(write(&backend, &keys).unwrap().recovered().len(), 1);
    assert_eq!(open(&backend).config().retention_months, 36);
}

#[test]
fn keys_are_handed_over() {
    let (backend, keys) = archive();
    let (analyst, next) = (Keys::generate().unwrap(), Keys::generate().unwrap());
    let writer = write(&backend, &keys).unwrap();
    writer
        .certify_journal_key(&analyst, Some(json!({ "holder": "B. Novak" })), NOW + 20)
        .unwrap();
    writer.rotate_custodian_key(&next, None, NOW + 21).unwrap();
    read_once(&open(&backend), &analyst).unwrap();
    assert!(matches!(write(&backend, &keys), Err(Error::WrongKey { .. })));
    let writer = write(&backend, &next).unwrap();
    ingest(&writer, &["under the new custodian\n"]).unwrap();
    let prefix: [u8; 10] = letopis_seal::sha256(b"under the new custodian\n").0[..10]
        .try_into()
        .unwrap();
    let text = writer.vault().prove(&prefix, 0, false).unwrap();
    drop(writer);
    let report = check(&backend);
    assert!(report.is_ok(), "{:?}", report.findings);
    // Proven to someone who knows only the first custodian's key.
    let first = keys
        .public()
        .find(|(role, _)| *role == KeyRole::Custodian)
        .unwrap()
        .1
        .clone();
    Proof::parse(&text)
        .unwrap()
        .check(Some(&TrustedKeys(vec![first])))
        .unwrap();
}

#[test]
fn a_second_framing_leaves_the_first_provable() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    let sha256 = letopis_seal::sha256(TEXTS[1].as_bytes());
    let object = writer
        .vault()
        .object_by_sha256(&sha256)
        .unwrap()
        .unwrap()
        .stored();
    let mut tree = writer.tree_writer(&object).unwrap();
    tree.record(0, TEXTS[1].as_bytes()).unwrap();
    let tree = tree.finish().unwrap();
    assert!(matches!(writer.tree_writer(&object), Err(Error::Refused(_))));
    writer
        .commit(vec![NewEntry::reframe(tree, None)], NOW + 20)
        .unwrap();
    let vault = writer.vault();
    let prefix: [u8; 10] = sha256.0[..10].try_into().unwrap();
    let found = vault.resolve(&prefix, 10).unwrap().unwrap();
    assert_eq!((found.tree, found.record.offset), (2, 0));
    Proof::parse(&vault.prove(&prefix, 10, false).unwrap())
        .unwrap()
        .check(None)
        .unwrap();
    let object = vault.object_by_sha256(&sha256).unwrap().unwrap();
    assert_eq!(vault.tree(object, 1).unwrap().find(10).unwrap().unwrap().index, 1);
    drop(writer);
    assert_eq!(
        open(&backend)
            .object_by_sha256(&sha256)
            .unwrap()
            .unwrap()
            .trees
            .len(),
        2
    );
    assert!(check(&backend).is_ok());
}

#[test]
fn records_out_of_place_are_refused() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    let mut object = writer.object_writer().unwrap();
    object.write_all(b"0123456789").unwrap();
    let stored = object.finish().unwrap();
    let mut tree = writer.tree_writer(&stored).unwrap();
    tree.record(2, b"234").unwrap();
    for (offset, bytes) in [(4, &b"4"[..]), (0, b"0"), (9, b"9x"), (7, b""), (u64::MAX, b"1")] {
        assert!(tree.record(offset, bytes).is_err(), "{offset} {bytes:?}");
    }
    tree.record(5, b"56789").unwrap();
    assert_eq!(tree.finish().unwrap().records, 2);
    // Nothing was committed: the next writer sweeps it.
    drop(writer);
    let recovered = write(&backend, &keys).unwrap().recovered().to_vec();
    assert_eq!(
        recovered[0].text,
        "2 files that no ledger entry names were removed"
    );
}

#[test]
fn segments_are_replaced() {
    let (backend, keys) = archive();
    let writer = write(&backend, &keys).unwrap();
    let old = writer.vault().segments().unwrap()[0].id.clone();
    let mut segment = writer.segment_writer().unwrap();
    segment
        .part(SegmentPart::Parquet)
        .unwrap()
        .write_all(b"PAR1")
        .unwrap();
    let segment = segment.finish(4).unwrap();
    let entries = vec![
        NewEntry::rebuild(std::slice::from_ref(&old), None),
        NewEntry::segment(segment, None),
    ];
    writer.commit(entries, NOW + 20).unwrap();
    drop(writer);
    drop(write(&backend, &keys).unwrap());
    let vault = open(&backend);
    assert_eq!(vault.segments().unwrap().len(), 1);
    assert!(
        vault
            .segment_file(&old, SegmentPart::Parquet)
            .unwrap_err()
            .is_missing()
    );
    assert!(check(&backend).is_ok());
    backend.take(&format!("segments/{}.parquet", vault.segments().unwrap()[0].id));
    let report = check(&backend);
    assert_eq!(report.findings[0].kind, FindingKind::SegmentMissing);
    assert_eq!(report.findings[0].kind.grade(), Grade::Derived);
    assert_eq!(report.findings[0].repair, "run `letopis rebuild`");
}

#[test]
fn retired_segments_stay_while_somebody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::generate().unwrap();
    let memory: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    for backend in [memory, DirectoryBackend::new(&folder.path().join("archive"))] {
        run(&backend, &keys, TEXTS).unwrap();
        let open = || VaultWriter::open(Arc::clone(&backend), keys.clone(), NOW).unwrap();
        drop(open());
        let reader = Vault::open(Arc::clone(&backend)).unwrap();
        let id = reader.segments().unwrap()[0].id.clone();
        let retire = NewEntry::rebuild(std::slice::from_ref(&id), None);
        open().commit(vec![retire], NOW).unwrap();
        // What no line ever named goes all the same.
        let unnamed = crate::layout::File::Parquet(ShortId([7; 8]));
        backend.create(&unnamed).unwrap().close().unwrap();
        drop(open());
        assert!(backend.open(&unnamed).is_err());
        for part in [SegmentPart::Parquet, SegmentPart::Index] {
            reader.segment_file(&id, part).unwrap().read_all().unwrap();
        }
        let second = reader.clone();
        drop(reader);
        drop(open());
        assert!(second.segment_file(&id, SegmentPart::Parquet).is_ok());
        drop(second);
        let gone = open().vault().segment_file(&id, SegmentPart::Parquet);
        assert!(gone.unwrap_err().is_missing());
    }
}

#[test]
fn a_removal_leaves_no_retired_segment_to_a_reader() {
    let (memory, keys) = archive();
    let backend = Arc::clone(&memory) as Arc<dyn Backend>;
    drop(write(&memory, &keys).unwrap());
    let reader = open(&memory);
    let id = reader.segments().unwrap()[0].id.clone();
    let retire = NewEntry::rebuild(std::slice::from_ref(&id), None);
    let writer = write(&memory, &keys).unwrap();
    writer.commit(vec![retire], NOW).unwrap();
    let parquet = crate::layout::File::Parquet(ShortId::from_hex(&id).unwrap());
    assert!(backend.open(&parquet).is_ok());
    let seq = reader.objects().unwrap()[0].seq;
    writer
        .commit(vec![NewEntry::delete(&[seq], &[], &[], None)], NOW)
        .unwrap();
    assert!(backend.open(&parquet).is_err());
    drop(writer);
    // As after a crash between the line and the files.
    backend.create(&parquet).unwrap().close().unwrap();
    drop(write(&memory, &keys).unwrap());
    assert!(backend.open(&parquet).is_err());
    drop(reader);
}

#[test]
fn a_directory_holds_the_same_archive() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (path, keys) = (
        folder.path().join("archive"),
        Keys::load_or_create(&folder.path().join("keys")).unwrap(),
    );
    let backend = DirectoryBackend::new(&path);
    // More than sixteen files in one commit: the barrier is one call for the whole file system.
    let texts: Vec<String> = (0..20).map(|n| format!("text number {n}\n")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    run(&backend, &keys, &texts).unwrap();
    run(&backend, &keys, TEXTS).unwrap();
    let report = verify(&backend, &VerifyOptions::default(), &()).unwrap();
    assert!(report.is_ok(), "{:?}", report.findings);
    // The second run begins before the first ended, by the times that the test gives.
    assert_eq!(
        report
            .notices
            .iter()
            .map(|notice| notice.kind)
            .collect::<Vec<_>>(),
        ["clock"]
    );
    assert_eq!((report.checked.objects, report.checked.records), (22, 24));
    let secrets = std::fs::metadata(path.join("secrets"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(secrets & 0o777, 0o700);
    std::fs::write(path.join("notes.txt"), "mine").unwrap();
    let report = verify(&backend, &VerifyOptions::default(), &()).unwrap();
    let mut kinds: Vec<_> = report.notices.iter().map(|notice| notice.kind).collect();
    kinds.sort_unstable();
    assert!(report.is_ok() && kinds.contains(&"unexpected-file"));
    let again = Keys::load(&folder.path().join("keys")).unwrap();
    let writer = VaultWriter::open(Arc::clone(&backend), again, NOW).unwrap();
    assert!(matches!(
        VaultWriter::open(Arc::clone(&backend), keys.clone(), NOW),
        Err(Error::Locked { .. })
    ));
    drop(writer);
    let key = folder.path().join("keys/custodian.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = Keys::load(&folder.path().join("keys")).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
}
