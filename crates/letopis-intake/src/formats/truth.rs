//! Outsiders' logs with their truth, for tests: how far our fields agree with theirs.

use std::path::PathBuf;

use letopis_event::{EventBuf, Number, Outcome, Text};
use serde_json::Value;

use crate::format::Verdict;

/// A folder of the corpus; says so and gives `None` where it is not there.
pub(super) fn corpus(path: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let whole = root.join(path);
    if whole.exists() {
        return Some(whole);
    }
    eprintln!("skipped: {} is not there", whole.display());
    None
}

/// Text of a file of the corpus; bytes that are no UTF-8 become replacement characters.
pub(super) fn text(path: &std::path::Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Agreement field by field.
#[derive(Default)]
pub(super) struct Score {
    fields: std::collections::BTreeMap<&'static str, (usize, usize)>,
    pub(super) disagreements: Vec<String>,
}

impl Score {
    /// Counts one field of one line.
    pub(super) fn field(&mut self, name: &'static str, expected: &str, found: Option<&str>, line: &str) {
        let entry = self.fields.entry(name).or_default();
        entry.1 += 1;
        if found.is_some_and(|f| same(expected, f)) {
            entry.0 += 1;
        } else {
            let line: String = line.chars().take(160).collect();
            self.disagreements.push(format!(
                "{name}: expected `{expected}`, found {found:?} in {line}"
            ));
        }
    }

    /// Agreement of a field in percent; 100 where the truth never has it.
    pub(super) fn share(&self, name: &str) -> usize {
        let (agree, all) = self.fields.get(name).copied().unwrap_or_default();
        if all == 0 { 100 } else { agree * 100 / all }
    }

    /// Prints all shares and the first disagreements.
    pub(super) fn print(&self, title: &str) {
        let shares: Vec<String> = self
            .fields
            .iter()
            .map(|(n, (a, b))| format!("{n} {a}/{b}"))
            .collect();
        println!("{title}: {}", shares.join(", "));
        for line in self.disagreements.iter().take(40) {
            println!("    {line}");
        }
    }
}

/// Equal but for case and the IPv4-in-IPv6 spelling.
fn same(expected: &str, found: &str) -> bool {
    let plain = |t: &str| {
        let t = t.to_lowercase();
        t.strip_prefix("::ffff:").map_or(t.clone(), str::to_owned)
    };
    plain(expected) == plain(found)
}

/// Compares a row with the keys that fail2ban's and CrowdSec's truth have.
pub(super) fn compare_flat(score: &mut Score, expect: &Value, event: &EventBuf, line: &str) {
    let word = |key: &str| expect.get(key).and_then(Value::as_str).filter(|v| !v.is_empty());
    for (key, column) in [
        ("src_ip", Text::SrcIp),
        ("user", Text::UserName),
        ("host", Text::Host),
        ("process", Text::Process),
        ("http_status", Text::Status),
        ("http_path", Text::Target),
    ] {
        let Some(expected) = word(key) else { continue };
        let found = event.get(column);
        // CrowdSec's nginx parser cuts the query off, its Apache parser does not.
        let cut = key == "http_path" && !expected.contains('?');
        let found = found.map(|f| if cut { f.split('?').next().unwrap_or(f) } else { f });
        score.field(key_name(key), expected, found, line);
    }
    if let Some(pid) = word("pid") {
        let found = event.number(Number::Pid).map(|n| n.to_string());
        score.field("pid", pid, found.as_deref(), line);
    }
}

fn key_name(key: &str) -> &'static str {
    match key {
        "src_ip" => "src_ip",
        "user" => "user",
        "host" => "host",
        "process" => "process",
        "http_status" => "status",
        _ => "path",
    }
}

/// Scores one of fail2ban's logs. Returns also the number of lines nobody could read.
pub(super) fn fail2ban(name: &str, read: impl Fn(&str, &mut EventBuf) -> Verdict, score: &mut Score) {
    let Some(path) = corpus(&format!("fail2ban/plain/{name}.truth.jsonl")) else {
        return;
    };
    for row in text(&path).lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let line = row["raw"].as_str().unwrap();
        let mut event = EventBuf::default();
        let verdict = read(line, &mut event);
        score.field(
            "read",
            "yes",
            Some(if verdict == Verdict::Event { "yes" } else { "no" }),
            line,
        );
        compare_flat(score, &row["expect"], &event, line);
        if let Some(failure) = row["failure"].as_bool() {
            let said = event.outcome == Outcome::Failure;
            // Their filter counts whole conversations; ours says only what the record says.
            let name = if failure {
                "failure said"
            } else {
                "no false failure"
            };
            score.field(
                name,
                if failure { "true" } else { "false" },
                Some(if said { "true" } else { "false" }),
                line,
            );
        }
    }
}

/// Scores one of CrowdSec's tests.
pub(super) fn crowdsec(name: &str, read: impl Fn(&str, &mut EventBuf) -> Verdict, score: &mut Score) {
    let Some(path) = corpus(&format!("crowdsecurity-hub/{name}/{name}.truth.jsonl")) else {
        return;
    };
    for row in text(&path).lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let line = row["raw"].as_str().unwrap();
        let mut event = EventBuf::default();
        let verdict = read(line, &mut event);
        score.field(
            "read",
            "yes",
            Some(if verdict == Verdict::Event { "yes" } else { "no" }),
            line,
        );
        compare_flat(score, &row["expect"], &event, line);
    }
}

/// Scores one test of Elastic's packages (ECS documents, one a line of the log).
pub(super) fn elastic(log: &str, read: impl Fn(&str, &mut EventBuf) -> Verdict, score: &mut Score) {
    let Some(path) = corpus(&format!("elastic-package/{log}")) else {
        return;
    };
    let Some(documents) = corpus(&format!("elastic-package/{log}-expected.json")) else {
        return;
    };
    let documents: Value = serde_json::from_str(&text(&documents)).unwrap();
    for (line, document) in text(&path).lines().zip(documents["expected"].as_array().unwrap()) {
        let mut event = EventBuf::default();
        let verdict = read(line, &mut event);
        score.field(
            "read",
            "yes",
            Some(if verdict == Verdict::Event { "yes" } else { "no" }),
            line,
        );
        let texts = [
            ("src_ip", Text::SrcIp, &["/source/ip"][..]),
            ("dst_ip", Text::DstIp, &["/destination/ip"]),
            ("user", Text::UserName, &["/source/user/name", "/user/name"]),
            ("host", Text::Host, &["/host/hostname", "/observer/hostname"]),
            ("process", Text::Process, &["/process/name"]),
            ("method", Text::XMethod, &["/http/request/method"]),
            ("agent", Text::XUserAgent, &["/user_agent/original"]),
        ];
        for (name, column, paths) in texts {
            let expected = paths
                .iter()
                .find_map(|p| document.pointer(p))
                .and_then(Value::as_str);
            if let Some(expected) = expected.filter(|e| *e != "-") {
                // ECS has one user; account changes have theirs as the target here.
                let found = event
                    .get(column)
                    .or_else(|| event.get(Text::TargetUser).filter(|_| name == "user"));
                score.field(name, expected, found, line);
            }
        }
        let numbers = [
            ("src_port", Number::SrcPort, "/source/port"),
            ("dst_port", Number::DstPort, "/destination/port"),
            ("pid", Number::Pid, "/process/pid"),
            ("bytes", Number::XBytes, "/http/response/body/bytes"),
        ];
        for (name, column, path) in numbers {
            if let Some(expected) = document.pointer(path).and_then(Value::as_i64) {
                let found = event.number(column).map(|n| n.to_string());
                score.field(name, &expected.to_string(), found.as_deref(), line);
            }
        }
        if let Some(status) = document
            .pointer("/http/response/status_code")
            .and_then(Value::as_i64)
        {
            score.field("status", &status.to_string(), event.get(Text::Status), line);
        }
    }
}
