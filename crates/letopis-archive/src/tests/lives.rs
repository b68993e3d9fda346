use super::*;

fn memory() -> (Arc<MemoryBackend>, Keys) {
    (Arc::new(MemoryBackend::default()), Keys::generate().unwrap())
}

#[test]
fn two_archives_of_the_same_input_are_equal() {
    let folder = folder();
    let (one, keys) = memory();
    let (two, others) = memory();
    life(Arc::clone(&one) as Arc<dyn Backend>, &keys, folder.path(), NOW).unwrap();
    life(
        Arc::clone(&two) as Arc<dyn Backend>,
        &others,
        folder.path(),
        NOW + 5,
    )
    .unwrap();
    assert_eq!(content(&one), content(&two));
    clean(&one, true, "one");
}

#[test]
fn taking_the_same_input_again_adds_no_record_and_no_segment() {
    let folder = folder();
    let (disk, keys) = memory();
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let first = life(backend(), &keys, folder.path(), NOW).unwrap();
    assert_eq!((first.records(), first.unparsed()), (6, 0));
    let before = content(&disk);
    let second = life(backend(), &keys, folder.path(), NOW + 1).unwrap();
    assert_eq!((second.records(), second.segments, second.rows), (0, 0, 0));
    assert!(second.files.iter().all(|f| f.status == FileStatus::Known));
    assert_eq!(content(&disk), before);
    assert!(!second.is_blemished() && !second.is_incomplete());
}

#[test]
fn rebuilding_gives_the_same_rows_and_old_segments_go() {
    let folder = folder();
    let (disk, keys) = memory();
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    life(backend(), &keys, folder.path(), NOW).unwrap();
    let before = content(&disk);
    let writer = VaultWriter::open(backend(), keys, NOW + 1).unwrap();
    let outcome = rebuild(&writer, "letopis test", NOW + 1, &|_, _| {}).unwrap();
    drop(writer);
    assert_eq!(outcome.rows, 6);
    assert_eq!(content(&disk), before);
    clean(&disk, true, "rebuilt");
}

#[test]
fn a_compressed_rotated_copy_adds_only_what_follows() {
    let (disk, keys) = memory();
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("auth.log");
    // The last line is half written when the file is first taken in.
    std::fs::write(&plain, &AUTH[..AUTH.len() - 20]).unwrap();
    life(backend(), &keys, folder.path(), NOW).unwrap();
    let whole = format!("{AUTH}{}", AUTH.replace("10:00", "11:00"));
    let rotated = |name: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(whole.as_bytes()).unwrap();
        std::fs::write(folder.path().join(name), encoder.finish().unwrap()).unwrap();
    };
    std::fs::remove_file(&plain).unwrap();
    rotated("auth.log.1.gz");
    let second = life(backend(), &keys, folder.path(), NOW + 1).unwrap();
    assert_eq!(second.files[0].status, FileStatus::Grown, "{:?}", second.files[0]);
    assert_eq!((second.records(), second.superseded), (3, 1));
    clean(&disk, true, "rotated and compressed");
    let rows = content(&disk)
        .iter()
        .filter(|row| row.contains("event_id="))
        .count();
    assert_eq!(rows, 4, "each line of the whole file once");
    // Rebuilding leaves out what gave way, too.
    let before = content(&disk);
    let writer = VaultWriter::open(backend(), keys, NOW + 2).unwrap();
    rebuild(&writer, "letopis test", NOW + 2, &|_, _| {}).unwrap();
    drop(writer);
    assert_eq!(content(&disk), before);
    clean(&disk, true, "rebuilt");
}

#[test]
fn a_file_that_grows_in_many_steps_equals_one_that_came_whole() {
    let whole = tempfile::tempdir().unwrap();
    let text: String = (0..40)
        .map(|n| format!("Jan  5 10:00:{n:02} web1 sshd[{n}]: Accepted password for u{n} from 203.0.113.{n} port {n} ssh2\n"))
        .collect();
    std::fs::write(whole.path().join("auth.log"), &text).unwrap();
    let (disk, keys) = memory();
    let mut last = 0;
    // Steps that end inside records, at their ends, and once without any change.
    for (turn, end) in [100, 333, 333, 1_000, 1_001, text.len() - 1, text.len()]
        .into_iter()
        .enumerate()
    {
        let grown = tempfile::tempdir().unwrap();
        std::fs::write(grown.path().join("auth.log"), &text[..end]).unwrap();
        let outcome = life(
            Arc::clone(&disk) as Arc<dyn Backend>,
            &keys,
            grown.path(),
            NOW + turn as i64,
        )
        .unwrap();
        let status = match turn {
            0 => FileStatus::New,
            _ if end == last => FileStatus::Known,
            _ => FileStatus::Grown,
        };
        assert_eq!(outcome.files[0].status, status, "up to {end}");
        clean(&disk, true, "grown");
        last = end;
    }
    let vault = Vault::open(Arc::clone(&disk) as Arc<dyn Backend>).unwrap();
    assert!(manifests(&vault).unwrap().len() >= 7);
    let rows = content(&disk)
        .iter()
        .filter(|row| row.contains("event_id="))
        .count();
    assert_eq!(rows, 40, "every record stands once, whatever ends the steps had");
}

/// Parts of a huge record have no message of their own, so that only their searched texts are long.
#[test]
fn texts_of_a_huge_record_are_not_gathered_without_bound() {
    const RECORD: usize = 1 << 20;
    let (disk, keys) = memory();
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "Jan  5 10:00:00 web1 app[1]: {}",
        "words in one line ".repeat(80 * RECORD / 18)
    );
    std::fs::write(folder.path().join("line.log"), line).unwrap();
    let writer = VaultWriter::create(backend(), Config::new("test"), keys, None, NOW).unwrap();
    let options = IngestOptions {
        inputs: vec![folder.path().to_owned()],
        threads: 1,
        max_record: RECORD,
        now: NOW,
        ..IngestOptions::default()
    };
    let outcome = ingest(&writer, options, &()).unwrap();
    assert!(outcome.records() >= 80, "{}", outcome.records());
    let view = writer.vault();
    let register = crate::register::in_force(&view).unwrap();
    let mut builders = crate::sink::Builders::default();
    let (mut most, mut rows) = (0, 0);
    for item in crate::replay::plan(&view).unwrap() {
        crate::replay::replay(&view, &item, &register, &mut builders, &mut |chunk| {
            most = most.max(chunk.texts.bytes());
            rows += chunk.batch.num_rows() as u64;
            Ok(())
        })
        .unwrap();
    }
    assert_eq!(rows, outcome.records());
    assert!(most <= letopis_table::BATCH_BYTES + RECORD, "{most}");
}
