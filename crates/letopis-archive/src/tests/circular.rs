//! Copies of a circular log, cut from a real one: what both hold stands in the archive once.

use std::collections::BTreeSet;

use super::*;

const CHUNK: usize = 65_536;
const HEADER: usize = 4_096;

/// A real event log of at least three chunks.
fn real_log() -> Option<Vec<u8>> {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/evtx-to-mitre-attack"
    ));
    let mut found: Vec<_> = walk::walk(folder)
        .ok()?
        .into_iter()
        .filter(|f| f.relative.0.ends_with(b".evtx") && f.facts.size >= (HEADER + 3 * CHUNK) as u64)
        .collect();
    found.sort_by_key(|f| (f.facts.size, f.relative.0.clone()));
    std::fs::read(&found.first()?.path).ok()
}

fn copy(log: &[u8], chunks: std::ops::Range<usize>) -> Vec<u8> {
    let place = |chunk: usize| (HEADER + chunk * CHUNK).min(log.len());
    [&log[..HEADER], &log[place(chunks.start)..place(chunks.end)]].concat()
}

/// The citations and record numbers of all rows.
fn numbers(disk: &Arc<MemoryBackend>) -> Vec<String> {
    let rows = content(disk);
    let number = |row: &String| {
        row.split(' ')
            .find_map(|pair| pair.strip_prefix("x_record_id="))
            .map(str::to_owned)
    };
    rows.iter().filter_map(number).collect()
}

#[test]
fn a_later_copy_of_a_circular_log_adds_only_what_it_alone_holds() {
    let Some(log) = real_log() else {
        eprintln!("SKIPPED: the corpus folder is absent, so no real event log is at hand");
        return;
    };
    let (disk, keys) = (Arc::new(MemoryBackend::default()), Keys::generate().unwrap());
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let take = |name: &str, bytes: &[u8], now: i64| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        life(backend(), &keys, folder.path(), now).unwrap()
    };
    let last = (log.len() - HEADER).div_ceil(CHUNK);
    let first = take("Security.evtx", &copy(&log, 0..2), NOW);
    assert_eq!(first.files[0].status, FileStatus::New);
    let second = take("Security.evtx", &copy(&log, 1..last), NOW + 1);
    assert_eq!(
        second.files[0].status,
        FileStatus::Grown,
        "{:?}",
        second.files[0].reason
    );
    let found = numbers(&disk);
    let distinct: BTreeSet<&String> = found.iter().collect();
    assert_eq!(found.len(), distinct.len(), "a record stands twice");
    assert_eq!(found.len() as u64, first.records() + second.records());
    clean(&disk, true, "two copies");

    // The whole log under the name that Windows gives a full one: every record is here, and none is added.
    let whole = take("Archive-Security-2026-04-30-08-00-00-000.evtx", &log, NOW + 2);
    assert_eq!(
        (whole.records(), whole.rows),
        (0, 0),
        "{:?}",
        whole.files[0].reason
    );
    assert_eq!(numbers(&disk).len(), found.len());
    clean(&disk, true, "three copies");

    // Taken in alone it has as many.
    let alone = Arc::new(MemoryBackend::default());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Security.evtx"), &log).unwrap();
    life(Arc::clone(&alone) as Arc<dyn Backend>, &keys, folder.path(), NOW).unwrap();
    let mut expected = numbers(&alone);
    let mut found = found;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);

    // A record with a known number and other bytes is a finding.
    let mut altered = copy(&log, 0..2);
    let place = HEADER + 512 + 100;
    altered[place] ^= 1;
    let changed = take("Security.evtx", &altered, NOW + 3);
    assert_eq!(
        changed.files[0].status,
        FileStatus::Changed,
        "{:?}",
        changed.files[0].reason
    );
    clean(&disk, true, "an altered copy");
}
