use super::*;

#[test]
fn what_is_destroyed_is_gone_and_the_chain_stays() {
    let (backend, keys) = archive();
    let before = backend.copy();
    let writer = write(&backend, &keys).unwrap();
    let object = writer.vault().objects().unwrap()[0].clone();
    let retired = [writer.vault().segments().unwrap()[0].id.clone()];
    let entry = NewEntry::delete(
        &[object.seq],
        &[6],
        &retired,
        Some(json!({ "reason": "retention" })),
    );
    writer.commit(vec![entry], NOW + 20).unwrap();
    assert!(writer.known(&object.blake3).is_none());
    drop(writer);
    let vault = open(&backend);
    assert_eq!(vault.objects().unwrap().len(), 1);
    assert_eq!(vault.segments().unwrap().len(), 0);
    assert_eq!(
        (vault.detail(6).unwrap(), vault.detail(object.seq).unwrap()),
        (None, None)
    );
    let report = check(&backend);
    assert!(report.is_ok(), "{:?}", report.findings);
    assert!(
        !backend
            .files()
            .keys()
            .any(|path| path.contains(&object.blake3.to_string()))
    );
    let all = backend.files();
    let secrets = all.iter().filter(|(path, _)| path.starts_with("secrets/"));
    let commitment = object.trees[0].commitment.to_hex();
    let mentions = secrets
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&commitment))
        .count();
    assert_eq!(mentions, 0);
    // What was not destroyed still opens.
    assert_eq!(vault.detail(5).unwrap().unwrap()["about"]["sources"][0], "srv1");
    // The same bytes may come again, and are taken as new.
    let writer = write(&backend, &keys).unwrap();
    ingest(&writer, TEXTS).unwrap().unwrap();
    drop(writer);
    assert_eq!(open(&backend).objects().unwrap().len(), 2);
    assert!(check(&backend).is_ok(), "{:?}", findings(&check(&backend)));
    // A crash between the entry and the removal: the next writer finishes it.
    finished_by_the_next_writer(&before, &keys);
}

fn finished_by_the_next_writer(backend: &Arc<MemoryBackend>, keys: &Keys) {
    let saved = backend.files();
    let writer = write(backend, keys).unwrap();
    let object = writer.vault().objects().unwrap()[0].clone();
    writer
        .commit(vec![NewEntry::delete(&[object.seq], &[], &[], None)], NOW + 20)
        .unwrap();
    drop(writer);
    for (path, bytes) in saved {
        if ["objects/", "secrets/", "details/"]
            .iter()
            .any(|part| path.starts_with(part))
        {
            backend.overwrite(&path, bytes);
        }
    }
    assert!(check(backend).is_ok(), "{:?}", findings(&check(backend)));
    drop(write(backend, keys).unwrap());
    assert_eq!(open(backend).detail(object.seq).unwrap(), None);
    assert!(
        !backend
            .files()
            .keys()
            .any(|path| path.contains(&object.blake3.to_string()))
    );
    assert!(check(backend).is_ok());
}
