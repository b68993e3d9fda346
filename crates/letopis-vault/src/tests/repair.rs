//! Bit rot: located to the records, undamaged records stay readable and provable, a second copy puts it right.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;

type Place = Arc<dyn Backend>;

/// Lines of one length in one object of several frames, so that the record of any byte is known by division.
const LINE: usize = 64;
const LINES: usize = 40_000;

fn text() -> String {
    let mut text = String::with_capacity(LINE * LINES);
    for number in 0..LINES as u64 {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        text.push_str(&format!("record {number:08} {mixed:047x}\n"));
    }
    assert_eq!(text.len(), LINE * LINES);
    text
}

/// An archive with one object of five frames, and a second copy of it.
fn two_copies() -> (Arc<MemoryBackend>, Arc<MemoryBackend>, Keys) {
    let (disk, keys) = (Arc::new(MemoryBackend::default()), Keys::generate().unwrap());
    run(&(Arc::clone(&disk) as Place), &keys, &[&text(), TEXTS[0]]).unwrap();
    (disk.copy(), disk, keys)
}

fn large(disk: &Arc<MemoryBackend>) -> ObjectInfo {
    let vault = open(disk);
    let objects = vault.objects().unwrap().iter();
    objects.max_by_key(|object| object.length).unwrap().clone()
}

fn flip(disk: &Arc<MemoryBackend>, path: &str, at: impl Fn(usize) -> usize) {
    let mut bytes = disk.files()[path].clone();
    let at = at(bytes.len());
    bytes[at] ^= 0x20;
    disk.overwrite(path, bytes);
}

fn mend(disk: &Arc<MemoryBackend>, copy: &Arc<MemoryBackend>, keys: &Keys) -> Result<Repair> {
    let (disk, copy) = (Arc::clone(disk) as Place, Arc::clone(copy) as Place);
    repair(
        &disk,
        &copy,
        keys,
        Some(json!({ "operator": "test" })),
        NOW + 90,
        &(),
    )
}

#[test]
fn damage_is_located_to_its_records_and_the_others_stay_provable() {
    let (disk, _, _) = two_copies();
    let object = large(&disk);
    let path = format!("objects/{:.2}/{}.zst", object.blake3.to_string(), object.blake3);
    // The middle of the file lies in the third of five frames.
    flip(&disk, &path, |length| length / 2);
    let report = check(&disk);
    assert_eq!(findings(&report), [format!("object-damaged {path}")]);
    let finding = &report.findings[0];
    let (first, length) = (finding.offset.unwrap() as usize, finding.length.unwrap() as usize);
    assert_eq!((first, length), (2 * (512 << 10), 512 << 10));
    let records = finding.records.clone().unwrap();
    assert_eq!(
        (records.first as usize, records.last as usize),
        (first / LINE, (first + length) / LINE - 1)
    );
    let id = |offset: usize| format!("{}-{offset:x}", &object.sha256.to_hex()[..20]);
    assert_eq!(
        (records.first_id, records.last_id),
        (id(first), id(first + length - LINE))
    );
    // Every record outside is read and proven, none inside is.
    let vault = open(&disk);
    let prefix: [u8; 10] = object.sha256.0[..10].try_into().unwrap();
    for number in (0..LINES).step_by(997) {
        let at = number * LINE;
        let inside = at >= first && at < first + length;
        let mut reader = vault.object_reader(&object).unwrap();
        let read = reader.range(at as u64, LINE as u64);
        assert_eq!(read.is_ok(), !inside, "record {number}");
        if let Ok(bytes) = read {
            assert_eq!(bytes, &text().as_bytes()[at..at + LINE], "record {number}");
            // A run of 256 records that begins or ends inside cannot be proven either.
            let run = number / 256 * 256 * LINE..(number / 256 + 1) * 256 * LINE;
            if run.end <= first || run.start >= first + length {
                let proof = vault.proof(&prefix, at as u64, &ProofOptions::default()).unwrap();
                let said = letopis_seal::Proof::parse(&proof.to_text());
                assert!(said.is_ok(), "record {number}");
            }
        }
    }
}

/// Without its seek table an object gives up nothing but what is damaged: the frames say themselves where they end.
#[test]
fn an_object_without_its_seek_table_stays_readable() {
    let (disk, copy, keys) = two_copies();
    let object = large(&disk);
    let path = format!("objects/{:.2}/{}.zst", object.blake3.to_string(), object.blake3);
    let whole = disk.files()[&path].clone();
    let prefix: [u8; 10] = object.sha256.0[..10].try_into().unwrap();
    let records = check(&disk).checked.records;
    flip(&disk, &path, |length| length - 20);
    let report = check(&disk);
    assert_eq!(findings(&report), [format!("object-damaged {path}")]);
    assert!(
        report.findings[0].found.ends_with("the content is whole"),
        "{report:?}"
    );
    assert_eq!(report.checked.records, records, "every leaf was made again");
    let vault = open(&disk);
    for number in [0, LINES / 2, LINES - 1] {
        assert!(
            vault
                .proof(&prefix, (number * LINE) as u64, &ProofOptions::default())
                .is_ok()
        );
    }
    // The last two of five frames are gone with the table: everything before them is there.
    let third = 3 * (512 << 10);
    let cut = whole.len() * 7 / 10;
    disk.overwrite(&path, whole[..cut].to_vec());
    let report = check(&disk);
    let lost = report
        .findings
        .iter()
        .find(|finding| finding.records.is_some())
        .unwrap();
    assert_eq!(lost.offset, Some(third as u64), "{report:?}");
    assert_eq!(lost.length, Some((LINE * LINES - third) as u64));
    let records = lost.records.clone().unwrap();
    assert_eq!(
        (records.first, records.last),
        ((third / LINE) as u64, LINES as u64 - 1)
    );
    let vault = open(&disk);
    for number in (0..LINES).step_by(499) {
        let at = (number * LINE) as u64;
        let mut reader = vault.object_reader(&object).unwrap();
        let read = reader.range(at, LINE as u64);
        assert_eq!(read.is_ok(), (at as usize) < third, "record {number}");
        if let Err(error) = read {
            assert!(
                error.to_string().contains("the seek table is damaged too"),
                "{error}"
            );
        }
    }
    // Records after the last complete run of 256 have no stored hash, and every proof needs them: without them none is made.
    let proof = vault.proof(&prefix, 0, &ProofOptions::default());
    assert!(proof.is_err_and(|error| error.to_string().contains("the seek table is damaged too")));
    let done = mend(&disk, &copy, &keys).unwrap();
    assert!(done.remaining.is_empty(), "{done:?}");
    assert_eq!(disk.files()[&path], whole);
}

/// Files whose documents are damaged are no strangers: the check says whose they are, and nobody removes them.
#[test]
fn files_of_damaged_documents_are_not_taken_for_strangers() {
    let (whole, _, keys) = two_copies();
    let details: Vec<String> = whole
        .files()
        .into_keys()
        .filter(|path| path.starts_with("details/"))
        .collect();
    let mut said = Vec::new();
    for path in &details {
        let disk = whole.copy();
        flip(&disk, path, |length| length / 3);
        let report = check(&disk);
        assert!(
            findings(&report).contains(&format!("detail {path}")),
            "{report:?}"
        );
        assert!(
            report
                .notices
                .iter()
                .all(|notice| notice.kind != "unexpected-file"),
            "{report:?}"
        );
        let before = disk.files();
        let refused = write(&disk, &keys);
        let mut unchecked: Vec<_> = report
            .notices
            .iter()
            .filter(|notice| notice.kind == "unchecked-file")
            .collect();
        unchecked.retain(|notice| before.contains_key(&notice.place));
        if !unchecked.is_empty() {
            assert!(refused.is_err(), "{path}");
            drop(refused);
            let mut after = disk.files();
            after.retain(|path, _| before.contains_key(path));
            assert_eq!(after, before, "{path}");
        }
        said.extend(
            unchecked
                .into_iter()
                .map(|notice| (notice.place.clone(), notice.text.clone())),
        );
    }
    // Every object, tree and segment is named once: by the root of its tree, or in the line itself.
    let files = whole.files();
    let expected = files
        .keys()
        .filter(|path| path.starts_with("objects/") || path.starts_with("segments/"));
    let expected: BTreeMap<&String, ()> = expected
        .filter(|path| !path.ends_with("catalogue"))
        .map(|path| (path, ()))
        .collect();
    let found: BTreeMap<&String, ()> = said.iter().map(|(place, _)| (place, ())).collect();
    assert_eq!(found, expected);
    for (place, text) in &said {
        let by = match place.starts_with("objects/") {
            true => "has the root of its tree",
            false => "names it",
        };
        assert!(text.starts_with("entry ") && text.contains(by), "{place}: {text}");
    }
}

/// Someone who writes another object in well-formed frames is located by the stored hashes.
#[test]
fn other_content_in_whole_frames_is_located_to_its_run_of_512() {
    let (disk, _, keys) = two_copies();
    let object = large(&disk);
    let mut forged = text();
    forged.replace_range(1_000_000..1_000_006, "FORGED");
    let elsewhere = Arc::new(MemoryBackend::default());
    run(&(Arc::clone(&elsewhere) as Place), &keys, &[&forged]).unwrap();
    let (_, bytes) = elsewhere
        .files()
        .into_iter()
        .find(|(path, _)| path.starts_with("objects/") && path.ends_with(".zst"))
        .unwrap();
    let path = format!("objects/{:.2}/{}.zst", object.blake3.to_string(), object.blake3);
    disk.overwrite(&path, bytes);
    for threads in [1, 2] {
        let options = VerifyOptions {
            threads,
            ..VerifyOptions::default()
        };
        let report = verify(&(Arc::clone(&disk) as Place), &options, &()).unwrap();
        assert_eq!(findings(&report), [format!("object-damaged {path}")]);
        let records = report.findings[0].records.clone().unwrap();
        let run = (1_000_000 / LINE / 512 * 512) as u64;
        assert_eq!((records.first, records.last), (run, run + 511));
    }
}

#[test]
fn a_second_copy_puts_every_kind_of_file_right() {
    let (disk, copy, keys) = two_copies();
    let paths: Vec<String> = disk.files().into_keys().collect();
    for path in paths {
        let quiet = ["letopis.toml", ".lock", "catalogue", "tmp/"]
            .iter()
            .any(|part| path.contains(part));
        if quiet {
            continue;
        }
        for missing in [false, true] {
            // A head that reads and does not hold is never replaced: only held checkpoints tell which state is right.
            if path == "ledger/head" && !missing {
                continue;
            }
            match missing {
                true => disk.take(&path),
                false => flip(&disk, &path, |length| length / 3),
            }
            assert!(!check(&disk).is_ok(), "{path}");
            let size = copy_of_size(&copy);
            let done = mend(&disk, &copy, &keys).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(
                done.remaining.is_empty() && done.refused.is_empty(),
                "{path}: {done:?}"
            );
            assert_eq!(done.repaired[0].place, path);
            assert_eq!(done.size, Some(size + 1), "{path}");
            assert!(check(&disk).is_ok(), "{path}: {:?}", findings(&check(&disk)));
            let vault = open(&disk);
            let entry = vault.entry(size).unwrap();
            assert_eq!(
                (entry.kind, entry.number("repaired")),
                (EntryKind::Rebuild, Some(1))
            );
            let document = vault.detail(size).unwrap().unwrap();
            assert_eq!(document["repaired"][0]["where"], path.as_str());
            // The next round begins with two equal copies.
            for (path, bytes) in disk.files() {
                copy.overwrite(&path, bytes);
            }
        }
    }
    // Nothing wrong, nothing written.
    let before = disk.files();
    let done = mend(&disk, &copy, &keys).unwrap();
    assert!(done.repaired.is_empty() && done.size.is_none());
    assert_eq!(disk.files(), before);
}

fn copy_of_size(copy: &Arc<MemoryBackend>) -> u64 {
    open(copy).size()
}

#[test]
fn a_damaged_ledger_is_put_back_only_as_the_signed_head_covers_it() {
    let (disk, copy, keys) = two_copies();
    let lines = disk.files()["ledger/entries.jsonl"].clone();
    // The copy went on: its first lines are still the ones that the head of the damaged one covers.
    run(&(Arc::clone(&copy) as Place), &keys, &["the copy went on\n"]).unwrap();
    let mut damaged = lines.clone();
    damaged[400] ^= 1;
    disk.overwrite("ledger/entries.jsonl", damaged.clone());
    mend(&disk, &copy, &keys).unwrap();
    let now = disk.files();
    assert!(now["ledger/entries.jsonl"].starts_with(&lines));
    let kept = now
        .iter()
        .find(|(path, _)| path.starts_with("ledger/torn/"))
        .unwrap();
    assert_eq!(*kept.1, damaged, "the damaged lines are kept as they stood");
    assert!(check(&disk).is_ok(), "{:?}", findings(&check(&disk)));
    // Lines and head both gone: nothing says which state was the last.
    for path in ["ledger/entries.jsonl", "ledger/head"] {
        flip(&disk, path, |length| length / 2);
    }
    let refused = mend(&disk, &copy, &keys);
    assert!(
        matches!(&refused, Err(Error::Refused(text)) if text.contains("--anchor")),
        "{refused:?}"
    );
}

#[test]
fn what_is_no_copy_is_refused_by_name() {
    let (disk, copy, keys) = two_copies();
    let object = large(&disk);
    let path = format!("objects/{:.2}/{}.zst", object.blake3.to_string(), object.blake3);
    flip(&disk, &path, |length| length / 2);
    let before = disk.files();
    // Another archive with the very same object.
    let other = Arc::new(MemoryBackend::default());
    run(&(Arc::clone(&other) as Place), &keys, &[&text()]).unwrap();
    let refused = mend(&disk, &other, &keys);
    assert!(
        matches!(&refused, Err(Error::Refused(text)) if text.contains("no copy of")),
        "{refused:?}"
    );
    // Two histories from one beginning.
    let fork = copy.copy();
    run(&(Arc::clone(&fork) as Place), &keys, &["one future\n"]).unwrap();
    let ours = disk.copy();
    ours.overwrite(&path, copy.files()[&path].clone());
    run(&(Arc::clone(&ours) as Place), &keys, &["another future\n"]).unwrap();
    flip(&ours, &path, |length| length / 2);
    let refused = mend(&ours, &fork, &keys);
    assert!(
        matches!(&refused, Err(Error::Refused(text)) if text.contains("another history")),
        "{refused:?}"
    );
    // Someone else's key.
    let stranger = Keys::generate().unwrap();
    assert!(matches!(
        mend(&disk, &copy, &stranger),
        Err(Error::WrongKey { .. })
    ));
    // The copy is damaged in another place of the same file, or has other bytes under the name, or nothing.
    let worse = copy.copy();
    flip(&worse, &path, |length| length / 4);
    let small = copy
        .files()
        .into_iter()
        .find(|(at, _)| at.ends_with(".zst") && at.starts_with("objects/") && *at != path);
    let swapped = copy.copy();
    swapped.overwrite(&path, small.unwrap().1);
    let without = copy.copy();
    without.take(&path);
    for (bad, says) in [
        (&worse, "damaged too"),
        (&swapped, "damaged too"),
        (&without, "no such file"),
    ] {
        let done = mend(&disk, bad, &keys).unwrap();
        assert!(done.repaired.is_empty() && done.size.is_none(), "{done:?}");
        assert_eq!(done.refused[0].place, path);
        assert!(done.refused[0].reason.contains(says), "{done:?}");
        assert_eq!(done.remaining.len(), 1);
        assert_eq!(disk.files(), before, "nothing was put in place");
    }
    // Two broken copies of which each has what the other lacks.
    flip(&worse, "ledger/head", |length| length / 2);
    let tree = path.replace(".zst", ".tree");
    flip(&disk, &tree, |length| length / 2);
    let done = mend(&disk, &worse, &keys).unwrap();
    assert_eq!(
        done.refused.len(),
        2,
        "a tree is not proven while its object is damaged: {done:?}"
    );
}

/// An older copy must not bring back what was destroyed since.
#[test]
fn what_was_removed_since_stays_removed() {
    let (disk, copy, keys) = two_copies();
    let writer = write(&disk, &keys).unwrap();
    let (object, batch) = {
        let vault = writer.vault();
        let object = vault.objects().unwrap()[0].clone();
        let batch = vault.ledger().commit_of(object.seq).unwrap().batch.unwrap();
        (object, batch)
    };
    let delete = NewEntry::delete(&[object.seq], &[], &[], None);
    writer.commit(vec![delete], NOW + 20).unwrap();
    drop(writer);
    for path in [format!("secrets/{batch}"), format!("details/{batch}.zst")] {
        flip(&disk, &path, |length| length / 2);
    }
    let done = mend(&disk, &copy, &keys).unwrap();
    assert_eq!(done.repaired.len(), 2, "{done:?}");
    let commitment = object.trees[0].commitment.to_hex();
    let files = disk.files();
    let secrets = String::from_utf8_lossy(&files[&format!("secrets/{batch}")]);
    assert!(!secrets.contains(&commitment));
    assert!(!files.keys().any(|path| path.contains(&object.blake3.to_string())));
    assert_eq!(open(&disk).detail(object.seq).unwrap(), None);
    assert!(check(&disk).is_ok(), "{:?}", findings(&check(&disk)));
}

/// Keeps what a check told it, and stops it after some bodies.
#[derive(Default)]
struct Kept(Mutex<Vec<CheckedBody>>);

impl Progress for Kept {
    fn bytes(&self, done: u64, total: u64) {
        assert!(done <= total, "{done} of {total}");
    }

    fn body(&self, body: &CheckedBody) {
        self.0.lock().unwrap().push(body.clone());
    }
}

#[test]
fn a_check_goes_on_where_an_earlier_one_stopped() {
    let (disk, _, keys) = two_copies();
    let look = |done: &[CheckedBody]| {
        let options = VerifyOptions {
            threads: 1,
            done: done.to_vec(),
            ..VerifyOptions::default()
        };
        let kept = Kept::default();
        let report = verify(&(Arc::clone(&disk) as Place), &options, &kept).unwrap();
        (report, kept.0.into_inner().unwrap())
    };
    let (full, all) = look(&[]);
    assert_eq!(all.len(), 3, "two objects and a segment");
    let text = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<Vec<CheckedBody>>(&text).unwrap(), all);
    let (rest, fresh) = look(&all[..2]);
    assert_eq!((fresh.len(), rest.checked), (1, full.checked));
    assert!(rest.notices.iter().any(|notice| notice.kind == "resumed"));
    // What was found wrong is looked at again, and so is what the ledger says otherwise now.
    let object = large(&disk);
    let path = format!("objects/{:.2}/{}.zst", object.blake3.to_string(), object.blake3);
    let whole = disk.files()[&path].clone();
    flip(&disk, &path, |length| length / 2);
    let (_, bad) = look(&[]);
    disk.overwrite(&path, whole);
    let (report, fresh) = look(&bad);
    assert!(report.is_ok() && fresh.len() == 1, "{:?}", report.findings);
    let writer = write(&disk, &keys).unwrap();
    let mut tree = writer.tree_writer(&object.stored()).unwrap();
    tree.record(0, &text_start()).unwrap();
    let tree = tree.finish().unwrap();
    writer
        .commit(vec![NewEntry::reframe(tree, None)], NOW + 20)
        .unwrap();
    drop(writer);
    let (report, fresh) = look(&all);
    assert!(report.is_ok());
    assert_eq!(fresh.len(), 1, "the object that got a second tree");
    let places: BTreeMap<_, _> = fresh
        .iter()
        .map(|body| (body.place.clone(), body.checked.records))
        .collect();
    assert_eq!(places.get(&path), Some(&(LINES as u64 + 1)));
}

fn text_start() -> Vec<u8> {
    text().as_bytes()[..100].to_vec()
}

/// Fifty readers, each with a view of its own, and a writer beside them: no record is lost, no snapshot torn.
#[test]
fn many_readers_and_a_writer_lose_nothing() {
    let (disk, _, keys) = two_copies();
    let had = open(&disk).entries(Some(EntryKind::AccessResult)).count();
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| read_once(&open(&disk), &keys).unwrap());
        }
        scope.spawn(|| {
            let writer = write(&disk, &keys).unwrap();
            for number in 0..5 {
                ingest(&writer, &[&format!("beside the readers {number}\n")]).unwrap();
            }
        });
        scope.spawn(|| {
            for _ in 0..20 {
                let vault = open(&disk);
                assert!(vault.damage().is_none(), "{:?}", vault.damage());
                let rows: u64 = vault.segments().unwrap().iter().map(|segment| segment.rows).sum();
                let records: u64 = vault.objects().unwrap().iter().map(ObjectInfo::records).sum();
                assert_eq!(
                    rows, records,
                    "a snapshot has objects and rows of the same commits"
                );
            }
        });
    });
    let vault = open(&disk);
    for kind in [EntryKind::AccessIntent, EntryKind::AccessResult] {
        assert_eq!(vault.entries(Some(kind)).count(), had + 50, "{kind}");
    }
    assert!(check(&disk).is_ok(), "{:?}", findings(&check(&disk)));
}
