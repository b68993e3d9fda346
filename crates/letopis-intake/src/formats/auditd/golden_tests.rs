//! Outsiders' parses of audit records: what they found in each record and in each joined event is in our rows too.
//!
//! Both name some things otherwise (`result`, `unset`) and translate numbers that we keep as written; each such
//! difference stands in [`equal`], so that nothing else may differ.

use letopis_event::{EventBuf, Kind, Number, Text};
use serde_json::Value;

use super::tests::{find, read_all};
use crate::formats::truth::{self, Score};

/// Architectures by the number that `arch=` gives (`linux/audit.h`, `AUDIT_ARCH_*`).
const ARCHITECTURES: &[(&str, &str)] = &[
    ("c000003e", "x86_64"),
    ("40000003", "i386"),
    ("c00000b7", "aarch64"),
    ("40000028", "arm"),
];

/// Error numbers of Linux that stand in the goldens by their names.
const ERRORS: &[(&str, &str)] = &[
    ("-1", "EPERM"),
    ("-2", "ENOENT"),
    ("-13", "EACCES"),
    ("-22", "EINVAL"),
    ("-115", "EINPROGRESS"),
];

/// Whether our text for a field says what theirs does.
fn equal(field: &str, theirs: &str, ours: Option<&str>) -> bool {
    let Some(ours) = ours else {
        // Nothing and "null" are the same absence.
        return matches!(theirs, "" | "null");
    };
    let named = |list: &[(&str, &str)]| {
        list.iter()
            .any(|(number, name)| *number == ours && *name == theirs)
    };
    // Numbers that they mark with their base and write without zeros in front.
    let marked = ["0x", "0o"].iter().find_map(|base| theirs.strip_prefix(base));
    let plain = |t: &str| t.trim_start_matches('0').to_owned();
    let hex = marked.is_some_and(|t| plain(t) == plain(ours));
    ours == theirs
        || hex
        || match field {
            "arch" => named(ARCHITECTURES),
            "exit" => named(ERRORS),
            "key" => ours == "(null)" && theirs == "null",
            "result" => matches!(
                (ours, theirs),
                ("success" | "yes" | "1", "success") | ("failed" | "no" | "0", "fail")
            ),
            "old_auid" | "new_auid" | "auid" | "ses" => ours == "unset" && theirs == "4294967295",
            _ => false,
        }
}

/// A field by their name in one of our rows.
fn ours(row: &EventBuf, field: &str) -> Option<String> {
    // `subj_user`, `obj_role` …: parts of a SELinux context `user:role:domain:level:category`.
    for (place, part) in ["user", "role", "domain", "level", "category"].iter().enumerate() {
        for context in ["subj", "obj"] {
            if field.strip_prefix(context).and_then(|f| f.strip_prefix('_')) == Some(*part) {
                let whole = row.find_attr(context)?;
                return whole.splitn(5, ':').nth(place).map(str::to_owned);
            }
        }
    }
    let other = match field {
        "result" => "result",
        "old_auid" => "old-auid",
        "new_auid" => "auid",
        "seresult" => return row.get(Text::Status).map(str::to_owned),
        "seperms" => return row.get(Text::Action).map(str::to_owned),
        "socket_addr" => return row.get(Text::SrcIp).or(row.get(Text::DstIp)).map(str::to_owned),
        "socket_port" => {
            let port = row.number(Number::SrcPort).or(row.number(Number::DstPort));
            return port.map(|p| p.to_string());
        }
        "socket_family" => {
            let address = row.get(Text::SrcIp).or(row.get(Text::DstIp))?;
            return Some(if address.contains(':') { "ipv6" } else { "ipv4" }.to_owned());
        }
        _ => field,
    };
    find(row, other)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn records_equal_those_of_go_libaudit() {
    let mut score = Score::default();
    for name in ["audit-rhel6", "audit-ubuntu14", "audit-ubuntu16", "test2"] {
        let Some(path) = truth::corpus(&format!("go-libaudit/auparse/{name}.log")) else {
            return;
        };
        let golden: Value = serde_json::from_str(&truth::text(&path.with_extension("log.golden"))).unwrap();
        let rows = read_all(&truth::text(&path));
        let golden = golden.as_array().unwrap();
        assert_eq!(rows.len(), golden.len(), "{name}");
        for (row, record) in rows.iter().zip(golden) {
            let kind = record["record_type"].as_str().unwrap();
            let Some(data) = record["data"].as_object() else {
                continue;
            };
            for (field, value) in data {
                let value = text_of(value);
                let found = ours(row, field);
                if !equal(field, &value, found.as_deref()) {
                    score.field(
                        "fields",
                        &value,
                        found.as_deref(),
                        &format!("{name} {kind} {field}"),
                    );
                }
            }
        }
    }
    score.print("go-libaudit records");
    assert!(score.disagreements.is_empty(), "{}", score.disagreements.len());
}

/// `  NAME: |` and then its lines, each four blanks in.
fn tests_of(yaml: &str) -> Vec<(String, String)> {
    let mut tests: Vec<(String, String)> = Vec::new();
    for line in yaml.lines() {
        if let Some(record) = line.strip_prefix("    ") {
            if let Some((_, records)) = tests.last_mut() {
                records.push_str(record);
                records.push('\n');
            }
        } else if let Some(name) = line.trim().strip_suffix(": |") {
            tests.push((name.to_owned(), String::new()));
        }
    }
    tests
}

#[test]
fn joined_events_equal_those_of_go_libaudit() {
    let mut score = Score::default();
    let mut events = 0;
    for name in [
        "random-internet",
        "ubuntu-16.10-linux-4.8.0",
        "ubuntu-20.04.6-linux-5.15.0-1034-gcp",
    ] {
        let Some(path) = truth::corpus(&format!("go-libaudit/aucoalesce/{name}.yaml")) else {
            return;
        };
        let golden: Value = serde_json::from_str(&truth::text(&path.with_extension("json.golden"))).unwrap();
        let golden = golden.as_array().unwrap();
        for (test, records) in tests_of(&truth::text(&path)) {
            let rows = read_all(&records);
            let expected = golden.iter().find(|g| g["test_name"] == test.as_str());
            let expected = expected.unwrap_or_else(|| panic!("{test}"));
            joined(&test, &rows, &expected["event"], &mut score);
            events += 1;
        }
        assert!(events > 0);
    }
    score.print("go-libaudit joined events");
    assert!(score.disagreements.is_empty(), "{}", score.disagreements.len());
}

/// One event: all its rows in one group, one of them its head, and every value of theirs in some row.
fn joined(test: &str, rows: &[EventBuf], expected: &Value, score: &mut Score) {
    let group = rows[0].get(Text::EventGroup);
    assert!(rows.iter().all(|r| r.get(Text::EventGroup) == group), "{test}");
    let heads = rows.iter().filter(|r| r.kind != Kind::PART).count();
    assert!(heads >= 1, "{test}");
    let mut check = |field: &str, value: &Value| {
        let theirs = text_of(value);
        let found = rows
            .iter()
            .find_map(|row| ours(row, field).filter(|ours| equal(field, &theirs, Some(ours))));
        if found.is_none() {
            let near: Vec<_> = rows.iter().filter_map(|r| ours(r, field)).collect();
            score.field(
                "fields",
                &theirs,
                Some(&near.join("|")),
                &format!("{test} {field}"),
            );
        }
    };
    if expected["result"] != "unknown" {
        check("result", &expected["result"]);
    }
    if expected["session"] != "unset" {
        check("ses", &expected["session"]);
    }
    for (place, name) in [("ids", ""), ("selinux", "subj_")] {
        for (id, value) in expected["user"][place].as_object().into_iter().flatten() {
            check(&format!("{name}{id}"), value);
        }
    }
    for (field, value) in expected["process"].as_object().into_iter().flatten() {
        let name = match field.as_str() {
            "title" => "proctitle",
            "name" => "comm",
            "args" => {
                let words: Vec<String> = value.as_array().into_iter().flatten().map(text_of).collect();
                let line = words.join(" ");
                assert!(
                    rows.iter().any(|r| r.get(Text::XCommandLine) == Some(&line)),
                    "{test}: {line}"
                );
                continue;
            }
            other => other,
        };
        check(name, value);
    }
    for (field, value) in expected["data"].as_object().into_iter().flatten() {
        check(field, value);
    }
    for path in expected["paths"].as_array().into_iter().flatten() {
        let whole = rows.iter().any(|row| {
            row.get(Text::Code) == Some("PATH")
                && path
                    .as_object()
                    .into_iter()
                    .flatten()
                    .all(|(field, value)| equal(field, &text_of(value), ours(row, field).as_deref()))
        });
        assert!(whole, "{test}: {path}");
    }
}

#[test]
fn events_equal_those_of_laurel() {
    let Some(root) = truth::corpus("laurel") else {
        return;
    };
    let mut score = Score::default();
    let mut events = 0;
    for name in [
        "adjntpval",
        "avc-apparmor",
        "execve-long",
        "nscd",
        "ptrace",
        "syscall-key",
        "uringop",
    ] {
        let rows = read_all(&truth::text(&root.join(format!("record-{name}.txt"))));
        for event in truth::text(&root.join(format!("record-{name}.json"))).lines() {
            let event: Value = serde_json::from_str(event).unwrap();
            let id = event["ID"].as_str();
            let group: Vec<&EventBuf> = rows
                .iter()
                .filter(|r| {
                    let (group, node) = (r.get(Text::EventGroup).unwrap_or_default(), r.get(Text::Host));
                    id == Some(group)
                        || node.is_some_and(|n| group.strip_prefix(n).and_then(|g| g.strip_prefix(':')) == id)
                })
                .collect();
            assert!(!group.is_empty(), "{id:?}");
            for (kind, records) in event
                .as_object()
                .unwrap()
                .iter()
                .filter(|(k, _)| *k != "ID" && *k != "NODE")
            {
                let records = match records {
                    Value::Array(list) => list.as_slice(),
                    one => std::slice::from_ref(one),
                };
                let of_kind: Vec<_> = group
                    .iter()
                    .filter(|r| r.get(Text::Code) == Some(kind.as_str()))
                    .collect();
                if kind == "EXECVE" {
                    arguments(&of_kind, &records[0]);
                    continue;
                }
                assert_eq!(of_kind.len(), records.len(), "{name} {id:?} {kind}");
                for (row, record) in of_kind.iter().zip(records) {
                    laurel_record(&format!("{name} {kind}"), row, record, &mut score);
                }
            }
            events += 1;
        }
    }
    score.print("laurel");
    assert!(
        events >= 9 && score.disagreements.is_empty(),
        "{}",
        score.disagreements.len()
    );
}

/// The arguments, which may be spread over several records; where one goes on in the next no blank stands between.
fn arguments(rows: &[&&EventBuf], record: &Value) {
    let words: Vec<String> = record["ARGV"].as_array().unwrap().iter().map(text_of).collect();
    let ours: String = rows.iter().filter_map(|r| r.get(Text::XCommandLine)).collect();
    assert_eq!(ours.replace(' ', ""), words.concat().replace(' ', ""));
    assert_eq!(rows[0].find_attr("argc"), Some(text_of(&record["argc"]).as_str()));
}

fn laurel_record(place: &str, row: &EventBuf, record: &Value, score: &mut Score) {
    for (field, value) in record.as_object().unwrap() {
        if field == "ARGV" {
            let words: Vec<String> = value.as_array().unwrap().iter().map(text_of).collect();
            if place.ends_with(" SYSCALL") {
                for (at, word) in words.iter().enumerate() {
                    let found = ours(row, &format!("a{at}"));
                    if !equal("a", word, found.as_deref()) {
                        score.field("fields", word, found.as_deref(), &format!("{place} a{at}"));
                    }
                }
            } else {
                assert_eq!(
                    row.get(Text::XCommandLine),
                    Some(words.join(" ").as_str()),
                    "{place}"
                );
            }
            continue;
        }
        if field == "SADDR" {
            let said = text_of(value);
            let path = said.split("path=").nth(1).map(|p| p.trim_end_matches('}'));
            assert_eq!(row.get(Text::Target), path, "{place}");
            continue;
        }
        let theirs = text_of(value);
        let found = match field.as_str() {
            // They write the bytes of an address as text, we as they came.
            "saddr" => continue,
            "SYSCALL" => row.find_attr("syscall").map(str::to_owned),
            "syscall" => row.find_attr("syscall_number").map(str::to_owned),
            "success" | "res" => row.find_attr("result").map(str::to_owned),
            _ => ours(row, field),
        };
        if !equal(field, &theirs, found.as_deref()) {
            score.field("fields", &theirs, found.as_deref(), &format!("{place} {field}"));
        }
    }
}
