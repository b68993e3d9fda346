use super::*;

fn judge(backend: &Arc<MemoryBackend>, text: &str) -> Verification {
    let anchor = Anchor::new("minutes.txt", text);
    let options = VerifyOptions {
        anchors: vec![anchor],
        threads: 1,
        ..VerifyOptions::default()
    };
    verify(&(Arc::clone(backend) as Arc<dyn Backend>), &options, &()).unwrap()
}

#[test]
fn held_checkpoints_tell_every_rewriting() {
    let (backend, keys) = archive();
    let early = backend.copy();
    let held = open(&backend).checkpoint().text.clone();
    assert_eq!(judge(&backend, &held).notices[0].kind, "anchor-same");
    let writer = write(&backend, &keys).unwrap();
    ingest(&writer, &["more\n"]).unwrap();
    drop(writer);
    let report = judge(&backend, &held);
    assert_eq!(
        (report.is_ok(), report.notices[0].kind),
        (true, "anchor-extended")
    );
    let later = open(&backend).checkpoint().text.clone();
    assert_eq!(findings(&judge(&early, &later)), ["anchor-rollback minutes.txt"]);
    let writer = write(&early, &keys).unwrap();
    ingest(&writer, &["another history\n"]).unwrap();
    ingest(&writer, &["and longer\n"]).unwrap();
    drop(writer);
    assert!(check(&early).is_ok());
    assert_eq!(findings(&judge(&early, &later)), ["anchor-fork minutes.txt"]);
    let (other, _) = archive();
    assert_eq!(findings(&judge(&other, &later)), ["anchor-foreign minutes.txt"]);
    // Another root under the same signature: its first digit changed.
    let root = held.lines().nth(2).unwrap();
    let other = if root.starts_with('A') { "B" } else { "A" };
    let changed = held.replace(root, &format!("{other}{}", &root[1..]));
    assert_eq!(
        findings(&judge(&backend, &changed)),
        ["anchor-invalid minutes.txt"]
    );
    assert_eq!(findings(&judge(&backend, "")), ["anchor-invalid minutes.txt"]);
}
