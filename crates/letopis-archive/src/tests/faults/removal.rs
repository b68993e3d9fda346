//! Fails or kills a removal at every operation: nothing that must stay is lost, and nothing stays that it removed.

use std::collections::BTreeSet;

use letopis_seal::{ObjectSecret, RecordHasher, Sha256Digest};
use letopis_vault::ObjectInfo;

use super::*;
use crate::removal::{Order, remove};

/// What the first part of the file that grows began with; it stands in no other file.
const GONE: [&str; 2] = ["auth.log", "open.log"];

/// An archive with a file in two parts, one with an open end and a container; its rows share segments.
fn filled(keys: &Keys) -> (Arc<MemoryBackend>, tempfile::TempDir) {
    let folder = folder();
    let disk = prepared(keys, folder.path());
    life(Arc::clone(&disk) as Arc<dyn Backend>, keys, folder.path(), NOW).unwrap();
    (disk, folder)
}

fn opened(disk: &Arc<MemoryBackend>) -> Vault {
    Vault::open(Arc::clone(disk) as Arc<dyn Backend>).unwrap()
}

/// The objects that came first by these paths: of a file in parts the first part.
fn first_of(disk: &Arc<MemoryBackend>, paths: &[&str]) -> Vec<ObjectInfo> {
    let vault = opened(disk);
    let files: Vec<FileRecord> = manifests(&vault)
        .unwrap()
        .into_iter()
        .flat_map(|m| m.files)
        .collect();
    let object = |path: &&str| {
        let mut objects = files.iter().filter(|f| f.path == Name::from(*path));
        let sha256 = objects.next()?.objects.first()?.sha256.clone()?;
        let sha256 = Sha256Digest::from_hex(&sha256)?;
        vault.object_by_sha256(&sha256).unwrap().cloned()
    };
    paths.iter().filter_map(object).collect()
}

/// Removes what is still here of these objects.
fn removing(place: Arc<dyn Backend>, keys: &Keys, gone: &[ObjectInfo], now: i64) -> Result<()> {
    let writer = VaultWriter::open(place, keys.clone(), now)?;
    let view = writer.vault();
    let mut objects = BTreeSet::new();
    for object in gone {
        objects.extend(view.object_by_sha256(&object.sha256)?.map(|here| here.seq));
    }
    if objects.is_empty() {
        return Ok(());
    }
    let about = serde_json::json!({ "operator": "test" });
    let order = Order {
        objects: &objects,
        authority: "order 1",
        about,
        now,
    };
    remove(&writer, &order).map(drop)
}

/// Trees that the ledger has of removed objects and that a secret on the disk still opens, for somebody who guessed every
/// byte of the object right.
fn opened_by_guessing(disk: &Arc<MemoryBackend>, gone: &[ObjectInfo]) -> usize {
    let secrets: Vec<[u8; 32]> = disk
        .files()
        .into_iter()
        .filter(|(path, _)| path.starts_with("secrets/"))
        .flat_map(|(_, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            let values = text
                .lines()
                .filter_map(|line| Sha256Digest::from_hex(line.rsplit(' ').next()?));
            values.map(|value| value.0).collect::<Vec<_>>()
        })
        .collect();
    let trees = gone
        .iter()
        .flat_map(|object| object.trees.iter().map(move |tree| (object, tree)));
    trees
        .filter(|(object, tree)| {
            let opens = |secret: &[u8; 32]| {
                RecordHasher::new(&ObjectSecret(*secret), &object.sha256)
                    .commitment()
                    .0
                    == tree.commitment
            };
            secrets.iter().any(opens)
        })
        .count()
}

/// Whether a file of the archive is named by the object, or says its digest or path in plain.
fn traces(disk: &Arc<MemoryBackend>, object: &ObjectInfo) -> Vec<String> {
    let vault = opened(disk);
    let (sha256, blake3) = (object.sha256.to_string(), object.blake3.to_string());
    // The file that it was the first part of: with the rest at hand, its digest would confirm a guess as well.
    let whole = letopis_seal::sha256(AUTH.as_bytes()).to_hex();
    let mut traces: Vec<String> = disk
        .files()
        .into_keys()
        .filter(|path| path.contains(&blake3))
        .collect();
    for seq in 0..vault.size() {
        let document = vault
            .detail(seq)
            .unwrap()
            .map(|document| document.to_string())
            .unwrap_or_default();
        if [&sha256, &blake3, &whole]
            .into_iter()
            .any(|digest| document.contains(digest))
        {
            traces.push(format!("document of entry {seq}: {document}"));
        }
    }
    traces
}

fn removal(all: bool) {
    let keys = Keys::generate().unwrap();
    let (disk, _folder) = filled(&keys);
    let gone = first_of(&disk, &GONE);
    assert_eq!(gone.len(), 2);
    assert_eq!(
        opened_by_guessing(&disk, &gone),
        2,
        "before the removal a guess can be confirmed"
    );
    assert!(gone.iter().all(|object| traces(&disk, object).len() > 1));
    let before = content(&disk);
    let kept: Vec<ObjectInfo> = opened(&disk)
        .objects()
        .unwrap()
        .iter()
        .filter(|object| !gone.iter().any(|g| g.seq == object.seq))
        .cloned()
        .collect();
    let act = |place, now| removing(place, &keys, &gone, now);
    let after = {
        let disk = disk.copy();
        act(Arc::clone(&disk) as Arc<dyn Backend>, NOW + 1).unwrap();
        content(&disk)
    };
    // Three rows of each removed file went, and what stays is what stood there before.
    assert!(after.len() < before.len() && after.iter().all(|line| before.contains(line)));
    let held = |disk: &Arc<MemoryBackend>, once: bool| {
        let found = content(disk);
        assert!(found == before || found == after, "half a removal: {found:#?}");
        assert!(once || found == after);
        let vault = opened(disk);
        for object in &kept {
            let here = vault.object_by_sha256(&object.sha256).unwrap().unwrap();
            assert_eq!(here.trees, object.trees, "a tree of what stays");
            let mut bytes = Vec::new();
            vault
                .object_reader(here)
                .unwrap()
                .read_range(0, here.length, &mut bytes)
                .unwrap();
            assert_eq!(bytes.len() as u64, here.length);
        }
        if !once {
            assert_eq!(opened_by_guessing(disk, &gone), 0);
            for object in &gone {
                assert_eq!(traces(disk, object), Vec::<String>::new());
            }
            // Roots and commitments stay, and the record of the removal.
            let removals = vault.removals().unwrap();
            assert_eq!(removals.len(), 1);
            assert_eq!(removals[0].document.as_ref().unwrap()["authority"], "order 1");
            for object in &gone {
                let line = String::from_utf8(vault.line(object.seq).unwrap().to_vec()).unwrap();
                assert!(line.contains(&object.trees[0].root.to_string()), "{line}");
            }
        }
    };
    matrix_with("a removal", &disk, &act, &held, all);
}

#[test]
fn a_removal_survives_every_fault() {
    removal(false);
}

#[test]
#[ignore = "every loss after every kill: minutes"]
fn a_removal_survives_every_fault_with_every_loss() {
    removal(true);
}

#[test]
fn a_file_whose_first_part_was_removed_goes_on_growing() {
    let keys = Keys::generate().unwrap();
    let (disk, folder) = filled(&keys);
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let part = first_of(&disk, &GONE[..1]);
    removing(backend(), &keys, &part, NOW + 1).unwrap();
    let left = content(&disk);
    // The same bytes again: known by what is left of them.
    let again = life(backend(), &keys, folder.path(), NOW + 2).unwrap();
    assert!(
        again.files.iter().all(|file| file.status == FileStatus::Known),
        "{:?}",
        again
            .files
            .iter()
            .map(|f| (&f.path, f.status))
            .collect::<Vec<_>>()
    );
    assert_eq!(content(&disk), left);
    // More of them: only what follows is taken in.
    let path = folder.path().join("auth.log");
    let more =
        "Jan  5 10:00:09 web1 sshd[100]: Accepted password for boris from 203.0.113.7 port 4002 ssh2\n";
    std::fs::write(&path, format!("{AUTH}{more}")).unwrap();
    let grown = life(backend(), &keys, folder.path(), NOW + 3).unwrap();
    assert_eq!(grown.records(), 1);
    let file = grown
        .files
        .iter()
        .find(|f| f.path == Name::from("auth.log"))
        .unwrap();
    assert_eq!(file.status, FileStatus::Grown);
    clean(&disk, true, "grown");
    // Other bytes where the removed ones were are not looked at, other bytes where the kept ones are, are another file.
    std::fs::write(&path, format!("{AUTH}{more}").replace("anna", "vera")).unwrap();
    let changed = life(backend(), &keys, folder.path(), NOW + 4).unwrap();
    let file = changed
        .files
        .iter()
        .find(|f| f.path == Name::from("auth.log"))
        .unwrap();
    assert_eq!(file.status, FileStatus::Changed);
    clean(&disk, true, "changed");
}

#[test]
fn rebuilding_after_a_removal_gives_what_was_left() {
    let keys = Keys::generate().unwrap();
    let (disk, _folder) = filled(&keys);
    let backend = || Arc::clone(&disk) as Arc<dyn Backend>;
    let gone = first_of(&disk, &GONE);
    removing(backend(), &keys, &gone, NOW + 1).unwrap();
    let left = content(&disk);
    let writer = VaultWriter::open(backend(), keys.clone(), NOW + 2).unwrap();
    rebuild(&writer, "test", NOW + 2, &|_, _| {}).unwrap();
    drop(writer);
    assert_eq!(content(&disk), left);
    clean(&disk, true, "rebuilt");
    // A second removal, of what the first left: its manifests were written anew once already.
    let container = first_of(&disk, &["old.log.gz"]);
    let whole = opened(&disk).objects().unwrap().to_vec();
    let zipped = whole.iter().filter(|object| object.trees.is_empty()).cloned();
    let rest: Vec<ObjectInfo> = container.into_iter().chain(zipped).collect();
    assert_eq!(rest.len(), 2);
    removing(backend(), &keys, &rest, NOW + 3).unwrap();
    for object in &rest {
        assert_eq!(traces(&disk, object), Vec::<String>::new());
    }
    clean(&disk, true, "removed again");
    assert_eq!(opened(&disk).removals().unwrap().len(), 2);
}
