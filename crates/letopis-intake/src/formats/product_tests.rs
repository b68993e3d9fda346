//! Whole logs of outsiders through detection and reading: failures from the right address, products recognised.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::truth;
use crate::testing::{Row, options, read};

/// Lines that fail2ban counts for what stood before or follows them, though they state no failure themselves: the file,
/// a part of the line, why the record states none.
const SILENT: &[(&str, &str, &str)] = &[
    (
        "sshd",
        "]: Accepted password for ",
        "the log-on succeeded; an earlier line of the conversation tells of the failures that are counted",
    ),
    (
        "sshd",
        "Connection closed by 192.0.2.15 port 35352",
        "the connection ended; whether a log-on was tried is said by an earlier line",
    ),
    (
        "apache-badbots",
        "\" 301 459 ",
        "the request was answered with a redirection; the address that it asked for is what is suspect",
    ),
    (
        "mongodb-auth",
        "] end connection ",
        "the connection ended; an earlier line of it tells of the failure",
    ),
    (
        "exim",
        "no MAIL in SMTP connection from ",
        "a connection ended without a mail; nothing was refused",
    ),
];

/// Lines in which the name of the user itself is `test from 127.0.0.1 port 58946 ssh2:`. sshd writes nothing behind
/// the port of a password attempt (auth.c, auth_log), so the last address is the peer's; the truth takes the first.
const WRONG_TRUTH: &str =
    "for invalid user test from 127.0.0.1 port 58946 ssh2: from 10.10.1.2 port 55555 ssh2";

/// Failures that the record states and fail2ban leaves out, because another record of the attempt is counted or by
/// its settings; each from the address that the program itself wrote.
const STATED: &[&str] = &[
    " res=failed'",
    "rhost=192.168.10.3 user=mailuser",
    "Access denied for user 'root'@'localhost'",
];

fn plain(address: &str) -> &str {
    address.strip_prefix("::ffff:").unwrap_or(address)
}

/// The rows of a log by their text; equal lines in their order.
fn by_text(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut out: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().rev() {
        out.entry(row.text.trim()).or_default().push(row);
    }
    out
}

#[derive(Default)]
struct Count {
    stated: usize,
    right: usize,
    /// Lines of each class of [`SILENT`], by its reason.
    silent: BTreeMap<&'static str, usize>,
    /// Lines of [`WRONG_TRUTH`].
    wrong_truth: usize,
    wrong: Vec<String>,
}

#[test]
fn failures_come_from_the_right_address() {
    let Some(folder) = truth::corpus("fail2ban/plain") else {
        return;
    };
    let mut paths: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "log"))
        .collect();
    paths.sort();
    let mut count = Count::default();
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let out = read(&std::fs::read(path).unwrap(), &options());
        let mut rows = by_text(&out.rows);
        for line in truth::text(&path.with_extension("truth.jsonl")).lines() {
            let expected: Value = serde_json::from_str(line).unwrap();
            let raw = expected["raw"].as_str().unwrap();
            let Some(row) = rows.get_mut(raw.trim()).and_then(Vec::pop) else {
                count.wrong.push(format!("{name}: no row for {raw}"));
                continue;
            };
            line_of(&name, raw, &expected, row, &mut count);
        }
    }
    let silent: usize = count.silent.values().sum();
    println!(
        "{} of {} stated failures are right; {silent} lines state none; of {} the truth is wrong",
        count.right, count.stated, count.wrong_truth
    );
    for (reason, lines) in &count.silent {
        println!("    {lines} lines: {reason}");
    }
    for line in count.wrong.iter().take(60) {
        println!("    {line}");
    }
    assert!(count.wrong.is_empty() && count.right == count.stated);
    let all = count.stated + silent + count.wrong_truth;
    assert!(
        all > 660 && count.right * 100 >= all * 97,
        "{} of {all}",
        count.right
    );
    // Every class is there, and no class is a pretext for many lines.
    let reasons: BTreeSet<&str> = SILENT.iter().map(|(_, _, reason)| *reason).collect();
    assert!(count.silent.keys().copied().eq(reasons) && silent <= 20);
}

fn line_of(name: &str, raw: &str, expected: &Value, row: &Row, count: &mut Count) {
    let failed = row.get("outcome").as_deref() == Some("failure");
    let kind = row.get("kind").unwrap_or_default();
    if expected["failure"] == false {
        // A trap: nobody's log-on failed, or not from an address that a client put into its name.
        let logon = failed && kind.starts_with("auth.");
        let stated = STATED.iter().any(|s| raw.contains(s));
        assert!(!logon || stated, "{name}: {raw}");
        return;
    }
    if raw.contains(WRONG_TRUTH) {
        assert_eq!(row.get("src_ip").as_deref(), Some("10.10.1.2"), "{raw}");
        count.wrong_truth += 1;
        return;
    }
    let silent = SILENT
        .iter()
        .find(|(file, part, _)| name.starts_with(file) && raw.contains(part));
    if let Some((_, _, reason)) = silent {
        *count.silent.entry(reason).or_default() += 1;
        return;
    }
    count.stated += 1;
    let found = row.get("src_ip");
    let wanted = expected["expect"]["src_ip"].as_str();
    let same = wanted.is_none_or(|w| found.as_deref().map(plain) == Some(plain(w)));
    if failed && same {
        count.right += 1;
    } else {
        let outcome = row.get("outcome").unwrap_or_default();
        count.wrong.push(format!(
            "{name}: {kind} {outcome} from {found:?}, wanted {wanted:?}: {}",
            raw.chars().take(140).collect::<String>()
        ));
    }
}

/// Which rows of a decoder's lines are recognised: `(decoder, columns of which one must begin so)`.
const PRODUCTS: &[(&str, &[(&str, &str)])] = &[
    ("sshd", &[("service", "sshd")]),
    ("sudo", &[("service", "sudo")]),
    ("su", &[("service", "su"), ("attrs.pam_module", "pam_")]),
    (
        "pam",
        &[("process", "su"), ("process", "sshd"), ("process", "vsftpd")],
    ),
    ("kernel", &[("process", "kernel"), ("service", "auditd")]),
    ("named", &[("service", "dns"), ("process", "name")]),
    ("NetworkManager", &[("process", "NetworkManager")]),
    ("apache-errorlog", &[("service", "apache")]),
    ("postfix-reject", &[("service", "postfix")]),
    ("smbd", &[("process", "smbd")]),
    ("systemd", &[("service", "systemd")]),
    ("cisco-asa", &[("service", "cisco-asa")]),
    ("cisco-ios", &[("service", "cisco-ios")]),
    ("squid-accesslog", &[("service", "squid")]),
    ("vsftpd", &[("service", "vsftpd")]),
    (
        "windows",
        &[
            ("provider", "Microsoft-Windows-Sysmon"),
            ("provider", "My Script"),
        ],
    ),
];

/// Lines that no device writes: a message number without its colon.
const INVENTED: &[&str] = &["%ASA-4-401004 Shunned packet"];

/// `log N pass = LINE` and, below it, `decoder = NAME`.
fn lines_by_decoder(ini: &str, out: &mut BTreeMap<String, Vec<String>>) {
    let mut waiting = Vec::new();
    for line in ini.lines() {
        if line.starts_with('[') {
            waiting.clear();
        } else if let Some(rest) = line.strip_prefix("log ") {
            waiting.extend(rest.split_once('=').map(|(_, text)| text.trim().to_owned()));
        } else if let Some((_, name)) = line.strip_prefix("decoder").and_then(|l| l.split_once('=')) {
            out.entry(name.trim().to_owned())
                .or_default()
                .append(&mut waiting);
        }
    }
}

#[test]
fn products_are_recognised() {
    let Some(folder) = truth::corpus("wazuh-ruleset") else {
        return;
    };
    let mut lines = BTreeMap::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ini") {
                lines_by_decoder(&truth::text(&path), &mut lines);
            }
        }
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (decoder, columns) in PRODUCTS {
        let of_decoder = &lines[*decoder];
        let log = of_decoder.join("\n") + "\n";
        let out = read(log.as_bytes(), &options());
        for row in &out.rows {
            seen += 1;
            let known = columns
                .iter()
                .any(|(column, start)| row.get(column).is_some_and(|v| v.starts_with(start)));
            if !known && !INVENTED.iter().any(|i| row.text.contains(i)) {
                wrong.push(format!(
                    "{decoder} as {}: {}",
                    out.detection.format.name, row.text
                ));
            }
        }
    }
    println!(
        "{} of {seen} lines of known products are recognised",
        seen - wrong.len()
    );
    assert!(seen >= 170 && wrong.is_empty(), "{wrong:#?}");
}
