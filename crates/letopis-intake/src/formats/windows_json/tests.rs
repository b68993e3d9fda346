//! Records of others, against what others read of the same records.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::testing::{Row, read_as};

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    eprintln!("skipped: no folder {} with outsiders' logs", folder.display());
    None
}

/// Files below a folder whose names end so, in order.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(value: &Value, path: &str) -> Option<String> {
    let found = value.pointer(path)?;
    Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
}

/// The documents that Elastic's own pipeline makes of the same Winlogbeat events.
#[test]
fn elastic_documents_agree() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("elastic-package/system/security");
    let (mut right, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for path in files(&folder, ".ndjson") {
        let truth = path.with_extension("json-expected.json");
        let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
        let rows = read_as(&std::fs::read(&path).unwrap(), "windows-json").rows;
        let expected = truth["expected"].as_array().unwrap();
        assert_eq!(rows.len(), expected.len(), "{}", path.display());
        for (row, document) in rows.iter().zip(expected) {
            for (column, pointer) in [
                ("host", "/host/name"),
                ("code", "/event/code"),
                ("provider", "/event/provider"),
                ("outcome", "/event/outcome"),
                ("user_name", "/user/name"),
                ("target_user", "/user/target/name"),
                ("session", "/winlog/logon/id"),
                ("x_record_id", "/winlog/record_id"),
                ("src_ip", "/source/ip"),
                ("time", "/@timestamp"),
            ] {
                let Some(theirs) = text(document, pointer) else {
                    continue;
                };
                all += 1;
                let ours = row.get(column).unwrap_or_default();
                let short = |time: &str| time.trim_end_matches('Z').trim_end_matches('0').to_owned();
                if ours == theirs || column == "time" && short(&ours) == short(&theirs) {
                    right += 1;
                } else {
                    wrong.push(format!(
                        "{}: {column} is `{ours}`, expected `{theirs}`",
                        path.display()
                    ));
                }
            }
        }
    }
    eprintln!("elastic-package security: {right} of {all} values agree");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every line of the simulated attacks that is a Windows event is read, and few ids are strange to us.
#[test]
fn lines_of_simulated_attacks_are_read() {
    let Some(corpus) = corpus() else { return };
    let (mut lines, mut other, mut unplaced) = (0usize, 0usize, 0usize);
    let mut strange: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(
        &corpus.join("otrf-security-datasets/datasets/atomic/windows"),
        ".zip",
    ) {
        let file = std::fs::File::open(&path).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        for at in 0..zip.len() {
            let mut member = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
            let expected = bytes
                .split(|b| *b == b'\n')
                .filter(|l| !l.trim_ascii().is_empty())
                .count();
            let read = crate::testing::read(&bytes, &crate::testing::options());
            assert_eq!(
                read.detection.format.name,
                "windows-json",
                "{}: {}",
                path.display(),
                read.detection.reason
            );
            assert_eq!(read.rows.len(), expected, "{}", path.display());
            assert_eq!(
                read.summary.unparsed,
                0,
                "{}: {:?}",
                path.display(),
                read.summary.unparsed_examples
            );
            lines += expected;
            for row in &read.rows {
                unplaced += usize::from(row.micros().is_none());
                if row.get("kind").as_deref() == Some("other") {
                    other += 1;
                    let name = format!("{:?} {:?}", row.get("provider"), row.get("code"));
                    *strange.entry(name).or_default() += 1;
                }
            }
        }
    }
    eprintln!(
        "otrf windows: {lines} events, {other} of kind other {strange:?}, {unplaced} not placed in time"
    );
    assert_eq!(unplaced, 0);
    assert!(
        other * 100 <= lines * 20,
        "{other} of {lines} are of no known kind"
    );
}

fn leaves(value: &Value) -> Vec<(String, String)> {
    let Some(map) = value.as_object() else {
        return Vec::new();
    };
    map.iter()
        .filter(|(_, v)| !v.is_object() && !v.is_array())
        .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
        .collect()
}

/// The authors' tool wrote GUIDs bare and in capitals, and cut blanks at the end; the record has neither.
fn plain(text: &str) -> String {
    text.trim_end().trim_matches(['{', '}']).to_lowercase()
}

/// The event log and the JSON that the rules' authors made of it give the same data fields.
#[test]
fn event_logs_and_their_json_agree() {
    let Some(corpus) = corpus() else { return };
    let (mut compared, mut pairs) = (0usize, 0usize);
    let mut wrong = Vec::new();
    for path in files(&corpus.join("sigma-regression"), ".evtx") {
        let json = path.with_extension("json");
        let Ok(bytes) = std::fs::read(&json) else { continue };
        let ours = read_as(&std::fs::read(&path).unwrap(), "evtx").rows;
        let from_json = read_as(&bytes, "windows-json").rows;
        for value in serde_json::Deserializer::from_slice(&bytes)
            .into_iter::<Value>()
            .flatten()
        {
            let Some(id) = text(&value, "/Event/System/EventRecordID") else {
                continue;
            };
            let same = |row: &&Row| {
                row.get("x_record_id").as_deref() == Some(&id)
                    && row.get("status").as_deref() != Some("recovered")
            };
            let (Some(log), Some(record)) = (ours.iter().find(same), from_json.iter().find(same)) else {
                wrong.push(format!("{}: record {id} is missing", path.display()));
                continue;
            };
            pairs += 1;
            for (name, theirs) in leaves(&value["Event"]["EventData"]) {
                compared += 1;
                let theirs = if theirs == "null" { String::new() } else { theirs };
                for row in [log, record] {
                    let found = row.get(&format!("attrs.{name}")).unwrap_or_default();
                    if plain(&found) != plain(&theirs) {
                        wrong.push(format!(
                            "{} {id}: {name} is `{found}`, expected `{theirs}`",
                            path.display()
                        ));
                    }
                }
            }
            for column in [
                "kind",
                "outcome",
                "user_name",
                "target",
                "process",
                "pid",
                "session",
                "message",
                "code",
                "host",
            ] {
                compared += 1;
                let both = (log.get(column), record.get(column));
                let same = plain(both.0.as_deref().unwrap_or("")) == plain(both.1.as_deref().unwrap_or(""));
                if !same {
                    wrong.push(format!("{} {id}: {column} is {both:?}", path.display()));
                }
            }
        }
    }
    eprintln!(
        "sigma-regression: {pairs} events, {compared} values compared, {} differ",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the vendor's rendered text names, ours names: each event with a rendered text is read again without it, and
/// every name and address in our sentence stands in theirs.
#[test]
fn our_sentences_name_what_the_vendors_texts_name() {
    let Some(corpus) = corpus() else { return };
    let (mut events, mut strange, mut named) = (0usize, 0usize, 0usize);
    let mut wrong = Vec::new();
    let folder = corpus.join("otrf-security-datasets/datasets/atomic/windows");
    for path in files(&folder, ".zip") {
        let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_index(0).unwrap(), &mut bytes).unwrap();
        for line in bytes
            .split(|b| *b == b'\n')
            .filter(|l| !l.trim_ascii().is_empty())
        {
            let mut value: Value = serde_json::from_slice(line).unwrap();
            let fields = value.as_object_mut().unwrap();
            let Some(theirs) = fields
                .remove("Message")
                .and_then(|m| m.as_str().map(str::to_owned))
            else {
                continue;
            };
            fields.remove("message");
            let rows = read_as(value.to_string().as_bytes(), "windows-json").rows;
            let ours = rows[0].get("message").unwrap_or_default();
            assert_eq!(rows[0].get("attrs.message_by").as_deref(), Some("letopis"));
            events += 1;
            let provider = rows[0].get("provider").unwrap_or_default();
            strange += usize::from(ours.starts_with(&format!("{provider} event ")));
            for column in [
                "user_name",
                "target_user",
                "target",
                "process",
                "src_ip",
                "dst_ip",
            ] {
                let Some(name) = rows[0].get(column).filter(|n| ours.contains(n.as_str())) else {
                    continue;
                };
                named += 1;
                // A file of a share is one name with it in ours; theirs has both apart.
                let name = match name.strip_prefix("\\\\*\\") {
                    Some(share) => share.rsplit('\\').next().unwrap_or(share).to_owned(),
                    None => name,
                };
                if !theirs.to_lowercase().contains(&name.to_lowercase()) {
                    wrong.push(format!("{column} `{name}` in `{ours}`, theirs `{theirs}`"));
                }
            }
        }
    }
    eprintln!(
        "otrf windows: {events} events with a rendered text, {strange} of no known id, {named} names compared"
    );
    assert!(strange * 100 <= events, "{strange} of {events}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The event ids that a category of a rule's log source means (Sysmon; audited process creation).
fn ids_of(category: &str) -> &'static [&'static str] {
    match category {
        "process_creation" => &["1", "4688"],
        "image_load" => &["7"],
        "process_access" => &["10"],
        "file_event" => &["11"],
        "registry_set" => &["13"],
        "registry_delete" => &["12"],
        "pipe_created" => &["17", "18"],
        other => panic!("the category {other} is not in the table"),
    }
}

/// Every log of the rules' regression data is told by its content and read whole; it holds at least as many events of
/// the rule's kind as the rule must match, and every event that the authors keep beside it.
#[test]
fn logs_of_the_rules_regression_data_are_read() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("sigma-regression");
    let counts = std::fs::read_to_string(corpus.join("evtx-counts.tsv")).unwrap();
    let cases = std::fs::read_to_string(folder.join("cases.tsv")).unwrap();
    let (mut files, mut records, mut beside) = (0usize, 0usize, 0usize);
    for case in cases.lines().skip(1) {
        let columns: Vec<&str> = case.split('\t').collect();
        let (rule, data, count) = (columns[1], columns[2], columns[4]);
        let bytes = std::fs::read(folder.join(data)).unwrap();
        let read = crate::testing::read(&bytes, &crate::testing::options());
        files += 1;
        assert_eq!(
            read.summary.unparsed, 0,
            "{data}: {:?}",
            read.summary.unparsed_examples
        );
        let live: Vec<&Row> = read
            .rows
            .iter()
            .filter(|row| row.get("status").as_deref() != Some("recovered"))
            .collect();
        records += live.len();
        let rule = std::fs::read_to_string(folder.join(rule)).unwrap();
        if data.ends_with(".raw") {
            assert_eq!(read.detection.format.name, "cisco-ios", "{data}");
            assert_eq!(
                live.len(),
                bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count()
            );
            continue;
        }
        assert_eq!(read.detection.format.name, "evtx", "{data}");
        let stated = counts
            .lines()
            .find(|l| l.contains(data))
            .unwrap()
            .split('\t')
            .nth(3)
            .unwrap();
        assert_eq!(live.len().to_string(), stated, "{data}");
        let category = rule.lines().find_map(|l| l.trim().strip_prefix("category: "));
        if let Some(category) = category {
            let ids = ids_of(category.trim());
            let of_kind = live
                .iter()
                .filter(|row| ids.contains(&row.get("code").unwrap_or_default().as_str()))
                .count();
            let at_least: usize = count.parse().unwrap_or(1);
            assert!(
                of_kind >= at_least,
                "{data}: {of_kind} events of {category}, {at_least} must match"
            );
        }
        let json = folder.join(data).with_extension("json");
        for value in serde_json::Deserializer::from_slice(&std::fs::read(&json).unwrap())
            .into_iter::<Value>()
            .flatten()
        {
            let (Some(record), Some(id)) = (
                text(&value, "/Event/System/EventRecordID"),
                text(&value, "/Event/System/EventID"),
            ) else {
                continue;
            };
            beside += 1;
            assert!(
                live.iter()
                    .any(|row| row.get("x_record_id").as_ref() == Some(&record)
                        && row.get("code").as_ref() == Some(&id)),
                "{data}: event {id} of record {record} is missing"
            );
        }
    }
    eprintln!("sigma-regression: {files} logs, {records} records, {beside} events kept beside them");
    assert!(files >= 50 && beside >= 49, "{files} logs, {beside} events");
}
