//! Fails or kills the making of a bag at every operation, in every way: what is taken for a bag is the whole bag.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::rc::Rc;

use super::*;
use crate::medium::fault::{Effect, Fault, FaultyDisk, Loss};

fn make(disk: &FaultyDisk, root: &Path) -> io::Result<()> {
    let mut bag = BagWriter::create_on(Rc::new(disk.clone()), root)?;
    bag.add("records.jsonl", b"{\"event_id\":\"1\"}\n")?;
    let mut file = bag.payload("extracts/a/auth.log")?;
    for line in 0..2_000 {
        // More than one buffer, so that a file is written in several operations.
        writeln!(file, "line {line} of a file")?;
    }
    file.finish_dated(Some(
        std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_777_536_000),
    ))?;
    bag.add("contents.sha256", bag.sha256_list().as_bytes())?;
    bag.tag("README.txt", b"read me\n")?;
    bag.finish(&[("Source-Organization", "Akimat".to_owned())])
}

/// Payload as it was checked.
fn whole(root: &Path) -> Option<BTreeMap<BagPath, String>> {
    match Bag::check(root) {
        Ok(Ok(bag)) => Some(
            bag.payload
                .into_iter()
                .map(|(path, file)| (path, file.sha256))
                .collect(),
        ),
        _ => None,
    }
}

#[test]
fn what_was_begun_and_not_ended_is_taken_for_no_bag() {
    let folder = tempfile::tempdir().unwrap();
    let counted = FaultyDisk::new(None);
    make(&counted, &folder.path().join("whole")).unwrap();
    let expected = whole(&folder.path().join("whole")).unwrap();
    assert_eq!(expected.len(), 3);
    let operations = counted.operations();
    assert!((40..200).contains(&operations), "{operations}");
    let (mut modes, mut reported) = (0, 0);
    for at in 1..=operations {
        modes = 0;
        for effect in [Effect::Lost, Effect::Torn, Effect::Kept] {
            for (kill, loss) in [
                (false, Loss::Nothing),
                (true, Loss::Nothing),
                (true, Loss::Contents),
                (true, Loss::Names),
                (true, Loss::Both),
            ] {
                let what = format!("operation {at}, {effect:?}, kill {kill}, then {loss:?}");
                let disk = FaultyDisk::new(Some(Fault { at, effect, kill }));
                let root = folder.path().join("bag");
                let outcome = make(&disk, &root);
                disk.crash(loss).unwrap();
                let found = whole(&root);
                match &outcome {
                    // What was reported done is there, whatever was lost.
                    Ok(()) => assert_eq!(found.as_ref(), Some(&expected), "{what}"),
                    Err(error) => assert!(error.to_string().contains("planned fault"), "{what}: {error}"),
                }
                if let Some(found) = found {
                    assert_eq!(found, expected, "{what}");
                    // Only what happens after the declaration was written may fail and leave a bag.
                    assert!(outcome.is_ok() || at + 2 >= operations, "{what}");
                    reported += u64::from(outcome.is_err());
                }
                if root.exists() {
                    fs::remove_dir_all(&root).unwrap();
                }
                modes += 1;
            }
        }
    }
    eprintln!(
        "a bag: {operations} operations x {modes} ways to fail, none left a part that is taken for the whole; {reported} \
         left the whole and said that its end is not sure"
    );
}
