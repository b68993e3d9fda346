//! Small segments joined: the same rows, fewer files, and nothing of the evidence touched.

use std::collections::BTreeMap;

use super::*;

fn options(now: i64) -> CompactOptions {
    CompactOptions {
        program: "letopis test".to_owned(),
        now,
        threads: 2,
    }
}

/// An archive after `days` of two small files a day, one that grows and is never at a whole record's end, and a container.
pub(super) fn daily(keys: &Keys, days: usize) -> (Arc<MemoryBackend>, tempfile::TempDir) {
    let disk = Arc::new(MemoryBackend::default());
    let folder = tempfile::tempdir().unwrap();
    let mut grows = String::new();
    for day in 0..days {
        let date = format!("{} {:2}", ["Jan", "Feb", "Mar"][day % 3], 1 + day / 3);
        let of_day = |host: &str| AUTH.replace("Jan  5", &date).replace("web1", host);
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(&format!("one-{day}.log"), &of_day("one"));
        write(&format!("two-{day}.log"), &of_day(&format!("two{day}")));
        grows.push_str(&of_day("grows").replace(['\n'], &format!(" #{day}\n")));
        write("grows.log", &grows[..grows.len() - 12]);
        if day == 1 {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(of_day("packed").as_bytes()).unwrap();
            std::fs::write(folder.path().join("old.log.gz"), encoder.finish().unwrap()).unwrap();
        }
        let backend = Arc::clone(&disk) as Arc<dyn Backend>;
        life(backend, keys, folder.path(), NOW + day as i64).unwrap();
    }
    (disk, folder)
}

/// All that is evidence: everything but the segments and what the commit of a compaction adds.
fn evidence(disk: &MemoryBackend) -> BTreeMap<String, Vec<u8>> {
    let mut files = disk.files();
    files.retain(|path, _| path.starts_with("objects/"));
    files
}

fn live(disk: &Arc<MemoryBackend>) -> Vec<letopis_vault::SegmentInfo> {
    let vault = Vault::open(Arc::clone(disk) as Arc<dyn Backend>).unwrap();
    vault.segments().unwrap().to_vec()
}

#[test]
fn daily_intakes_become_few_segments_with_the_same_rows() {
    let keys = Keys::generate().unwrap();
    let (disk, folder) = daily(&keys, 30);
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let (rows, objects, before) = (content(&disk), evidence(&disk), live(&disk));
    assert!(before.len() > 30, "{}", before.len());
    let writer = VaultWriter::open(backend(), keys.clone(), NOW + 100).unwrap();
    let told = planned(&writer.vault()).unwrap();
    let done = compact(&writer, &options(NOW + 100), &|_, _| {}).unwrap();
    assert_eq!(told.segments, before.len() as u64);
    assert!(told.joined <= done.retired && told.rows <= done.rows);
    assert_eq!(
        (done.before, done.after),
        (before.len() as u64, live(&disk).len() as u64)
    );
    assert!(done.after < 10, "{done:?}");
    assert_eq!((content(&disk), evidence(&disk)), (rows.clone(), objects));
    clean(&disk, true, "joined");
    // A second time there is nothing to do, and nothing is written.
    let files = disk.files();
    let again = compact(&writer, &options(NOW + 101), &|_, _| {}).unwrap();
    assert!(again.receipt.is_none() && again.made == 0, "{again:?}");
    assert_eq!(disk.files(), files);
    drop(writer);
    // The file goes on to grow, and its half-written record gives way out of what was joined.
    let whole = std::fs::read_to_string(folder.path().join("grows.log")).unwrap();
    std::fs::write(folder.path().join("grows.log"), whole + " #29 and more\n").unwrap();
    let grown = life(backend(), &keys, folder.path(), NOW + 102).unwrap();
    assert_eq!(grown.superseded, 1);
    clean(&disk, true, "grown");
    assert_eq!(
        content(&disk).len(),
        rows.len() + 1,
        "one object more, as many rows"
    );
    // Retired files are gone with the next writer.
    let named = live(&disk).len();
    let files = disk.files();
    let parquet = files.keys().filter(|path| path.ends_with(".parquet")).count();
    drop(VaultWriter::open(backend(), keys, NOW + 103).unwrap());
    let files = disk.files();
    let left = files.keys().filter(|path| path.ends_with(".parquet")).count();
    assert!(parquet >= named && left == named, "{parquet}, {left}, {named}");
}

#[test]
fn a_source_with_many_rows_gets_segments_of_its_own() {
    let keys = Keys::generate().unwrap();
    let disk = Arc::new(MemoryBackend::default());
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    for day in 1..=2 {
        // More sources than an intake keeps apart, one of them with nearly all records.
        let folder = tempfile::tempdir().unwrap();
        let mut log = String::new();
        for n in 0..75_000 {
            let host = if n % 15 == 0 {
                format!("host{}", n / 15 % 40)
            } else {
                "busy".to_owned()
            };
            let (hour, minute, second) = (n / 3600, n / 60 % 60, n % 60);
            log.push_str(&format!(
                "Jan {day:2} {hour:02}:{minute:02}:{second:02} {host} app[{n}]: message {n}\n"
            ));
        }
        std::fs::write(folder.path().join(format!("all-{day}.log")), log).unwrap();
        life(backend(), &keys, folder.path(), NOW + day).unwrap();
    }
    let rows = content(&disk);
    assert!(
        live(&disk)
            .iter()
            .all(|s| s.about.as_ref().unwrap()["sources"].as_array().unwrap().len() > 1)
    );
    let writer = VaultWriter::open(backend(), keys, NOW + 10).unwrap();
    compact(&writer, &options(NOW + 10), &|_, _| {}).unwrap();
    drop(writer);
    let mut sources: Vec<(u64, usize)> = live(&disk)
        .iter()
        .map(|s| {
            (
                s.rows,
                s.about.as_ref().unwrap()["sources"].as_array().unwrap().len(),
            )
        })
        .collect();
    sources.sort_unstable();
    assert_eq!(sources, [(10_000, 40), (140_000, 1)]);
    assert_eq!(content(&disk), rows);
    clean(&disk, true, "parted");
}

#[test]
fn a_damaged_segment_is_found_and_not_passed_on() {
    let keys = Keys::generate().unwrap();
    let (disk, _folder) = daily(&keys, 12);
    let before = live(&disk);
    let path = format!("segments/{}.parquet", before[5].id);
    let mut bytes = disk.files()[&path].clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    disk.overwrite(&path, bytes);
    let writer = VaultWriter::open(Arc::clone(&disk) as Arc<dyn Backend>, keys, NOW + 100).unwrap();
    let error = compact(&writer, &options(NOW + 100), &|_, _| {}).unwrap_err();
    assert!(error.to_string().contains(&path), "{error}");
    drop(writer);
    let after: Vec<String> = live(&disk).into_iter().map(|s| s.id).collect();
    assert!(after.contains(&before[5].id));
}
