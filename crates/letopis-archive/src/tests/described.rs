//! Formats and mappings of the user's: what they make can be made again from the archive alone.

use letopis_intake::{Mapping, UserFormat};

use super::*;
use crate::descriptions::Descriptions;
use crate::manifest::ParsedRecord;

const DOOR: &str = r#"
name = "door"
title = "Doors of the archive room"
[record]
pattern = '^(?<when>\S+ \S+) door (?<target>\w+) (?<action>opened|closed) by (?<user_name>\w+)$'
[time]
field = "when"
layout = "%d.%m.%Y %H:%M:%S"
[[kind]]
field = "action"
equals = "opened"
kind = "access.obtain"
[[sample]]
text = "01.02.2026 08:00:00 door north opened by anna"
events = [{ target = "north", user_name = "anna", kind = "access.obtain" }]
"#;

const LINES: &str =
    "05.01.2026 10:00:00 door north opened by anna\n05.01.2026 10:00:09 door north closed by anna\n";
const TABLE: &str = "Alpha;Beta;Gamma\n2026-01-05 10:00:00;serik;x\n2026-01-05 10:00:09;anna;y\n";

fn take(
    backend: &Arc<MemoryBackend>,
    keys: &Keys,
    input: &Path,
    now: i64,
    options: IngestOptions,
) -> Result<IngestOutcome> {
    let backend = Arc::clone(backend) as Arc<dyn Backend>;
    let writer = match VaultWriter::open(Arc::clone(&backend), keys.clone(), now) {
        Err(Error::NotAnArchive(_)) => {
            VaultWriter::create(backend, Config::new("test"), keys.clone(), None, now)?
        }
        opened => opened?,
    };
    let options = IngestOptions {
        inputs: vec![input.to_owned()],
        threads: 1,
        now,
        ..options
    };
    ingest(&writer, options, &())
}

fn described() -> IngestOptions {
    IngestOptions {
        user_formats: vec![UserFormat::parse("door.toml", DOOR).unwrap()],
        mapping: Some(Mapping::parse("[fields]\nAlpha = 'time'\nBeta = 'user_name'\n").unwrap()),
        ..IngestOptions::default()
    }
}

#[test]
fn what_a_description_made_is_made_again_from_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::generate().unwrap();
    let backend = Arc::new(MemoryBackend::default());
    std::fs::write(folder.path().join("door.log"), LINES).unwrap();
    std::fs::write(folder.path().join("table.csv"), TABLE).unwrap();
    let outcome = take(&backend, &keys, folder.path(), NOW, described()).unwrap();
    let parsed: Vec<_> = outcome
        .files
        .iter()
        .filter_map(|f| f.objects[0].parsed.as_ref())
        .collect();
    assert_eq!((parsed[0].format.as_str(), parsed[0].unparsed), ("door", 0));
    assert!(parsed[0].user_format.is_some() && parsed[1].user_format.is_none());
    assert!(parsed.iter().all(|p| p.mapping.is_some()));
    let before = content(&backend);
    assert!(
        before.iter().any(|row| row.contains("kind=access.obtain")),
        "{before:?}"
    );
    // The mapping reached the rows.
    assert!(
        before.iter().any(|row| row.contains("user_name=serik")),
        "{before:?}"
    );
    clean(&backend, true, "described");

    // The file goes on; nobody gives the description again.
    let longer = LINES.to_owned() + "05.01.2026 10:00:10 door south opened by serik\n";
    std::fs::write(folder.path().join("door.log"), longer).unwrap();
    let outcome = take(&backend, &keys, folder.path(), NOW + 1, IngestOptions::default()).unwrap();
    let grown = &outcome.files[0];
    assert_eq!(grown.status, FileStatus::Grown);
    assert_eq!(grown.objects[0].parsed.as_ref().unwrap().format, "door");
    clean(&backend, true, "grown");

    let before = content(&backend);
    let writer = VaultWriter::open(Arc::clone(&backend) as Arc<dyn Backend>, keys, NOW + 2).unwrap();
    rebuild(&writer, "test", NOW + 2, &|_, _| {}).unwrap();
    drop(writer);
    assert_eq!(content(&backend), before);
}

#[test]
fn a_description_that_is_gone_is_told() {
    let parsed = ParsedRecord {
        format: "door".to_owned(),
        user_format: Some("00".repeat(32)),
        ..ParsedRecord::default()
    };
    let error = Descriptions::default().reading(&parsed).unwrap_err().to_string();
    assert!(
        error.contains("`door`") && error.contains(&"00".repeat(32)),
        "{error}"
    );
}
