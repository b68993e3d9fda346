//! What `letopis coverage` finds in the seven months of the samples, in the same months when nothing went wrong, and when
//! files were left out on purpose: each thing once, and nothing else.

use std::collections::BTreeSet;

use letopis_testkit::scenario::{self, COMMITTED_SEED, Options};
use serde_json::Value;

use super::*;

const TRUTH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/truth.json");

/// The days off of Kazakhstan on working days of these months.
const DAYS_OFF: &str = "day,what\n2025-10-27,off\n2025-12-16,off\n2026-01-01,off\n2026-01-02,off\n2026-01-07,off\n\
                        2026-03-09,off\n2026-03-23,off\n2026-03-24,off\n2026-03-25,off\n";

/// The findings over an archive, and the exit code.
fn findings(env: &Environment, archive: &[&str]) -> (Vec<Value>, i32) {
    env.write("off.csv", DAYS_OFF);
    let coverage = [archive, &["coverage", "--calendar", "off.csv", "--json"]].concat();
    let output = env.run(&coverage);
    let report = output.json();
    (report["findings"].as_array().unwrap().clone(), output.code)
}

fn signs(finding: &Value) -> Vec<&str> {
    let signs = finding["signs"].as_array().unwrap();
    signs.iter().map(|sign| sign["sign"].as_str().unwrap()).collect()
}

/// The one finding of a source whose first sign is of that kind.
#[track_caller]
fn one<'f>(findings: &'f [Value], source: &str, sign: &str) -> &'f Value {
    let found: Vec<&Value> = findings
        .iter()
        .filter(|finding| finding["source"] == source && signs(finding)[0] == sign)
        .collect();
    assert_eq!(found.len(), 1, "{source} {sign}: {findings:#?}");
    found[0]
}

#[test]
fn what_went_wrong_in_the_samples_is_found_once_each() {
    let env = Environment::new();
    env.run(&["demo", "demo"]).exits(0);
    let truth: Value = serde_json::from_str(&fs::read_to_string(TRUTH).unwrap()).unwrap();
    let (findings, code) = findings(&env, &["-a", "demo/archive", "--key", "demo/keys"]);
    assert_eq!(code, 1);

    let silence = one(&findings, truth["silence"]["source"].as_str().unwrap(), "silence");
    assert_eq!(silence["from"], truth["silence"]["last_before"]);
    assert_eq!(silence["to"], truth["silence"]["first_after"]);
    // It writes every hour: the same silence, to the hour.
    assert_eq!(signs(silence), ["silence", "silent-hours"]);

    let clock = one(&findings, truth["clock"]["source"].as_str().unwrap(), "clock");
    let behind = -truth["clock"]["offset_seconds"].as_i64().unwrap();
    let clock = &clock["signs"][0];
    // Between the firewall's record and the server's the connection is made and the program is begun.
    assert!(
        (0..5).contains(&(clock["behind_s"].as_i64().unwrap() - behind)),
        "{clock}"
    );
    assert_eq!(clock["is_odd"], true);

    // The query, which anyone can run, compares the same share of connections in SQL and finds the same.
    let ask = |arguments: &[&str]| {
        let all = [
            &["-a", "demo/archive", "--key", "demo/keys"],
            arguments,
            &["--format", "ndjson"],
        ]
        .concat();
        let rows = env.run(&all).exits(0).stdout;
        let rows = rows.lines().map(|row| serde_json::from_str(row).unwrap());
        rows.collect::<Vec<Value>>()
    };
    let ports = ask(&["sql", "SELECT count(src_port) AS n FROM events"])[0]["n"]
        .as_u64()
        .unwrap();
    let sample = format!("sample={}", ports.div_ceil(50_000));
    let rows = ask(&["query", "run", "clock_offsets_by_source", "--param", &sample]);
    let odd: Vec<&Value> = rows.iter().filter(|row| row["verdict"] == "odd").collect();
    let others: Vec<&Value> = odd.iter().map(|row| &row["other"]).collect();
    assert_eq!(
        clock["others"].as_array().unwrap().iter().collect::<Vec<_>>(),
        others
    );
    let connections: u64 = odd.iter().map(|row| row["connections"].as_u64().unwrap()).sum();
    assert_eq!(clock["connections"], connections);
    assert_eq!(clock["behind_s"], odd[0]["behind_s"]);

    // The emptied log and the command that emptied it, which stands in two sources.
    let emptied = one(&findings, "db-os", "between-files");
    assert_eq!(signs(emptied), ["between-files", "cleared", "cleared"]);
    let cleared: BTreeSet<&str> = findings
        .iter()
        .flat_map(|finding| finding["signs"].as_array().unwrap())
        .filter_map(|sign| sign["event_id"].as_str())
        .collect();
    assert_eq!(cleared.len(), 4, "{findings:#?}");
    let windows = one(&findings, "dc01", "cleared");
    let rows = truth["incident"]["rows"].as_array().unwrap();
    let clearing = rows.iter().find(|row| row["class"] == "win.1102").unwrap();
    assert_eq!(windows["from"], clearing["recorded"]);
    let history = one(&findings, "db-os", "cleared");
    assert_eq!(history["signs"][0]["target"], "/home/b.akhmetov/.bash_history");

    let altered = &one(&findings, "edoc", "altered")["signs"][0];
    assert_eq!(altered["sha256"], truth["altered"]["sha256"]);
    assert_eq!(findings.len(), 6, "{findings:#?}");
}

/// An archive `a` of a control scenario in which some files were left out.
fn control(left_out: &[&str]) -> Environment {
    let env = Environment::new();
    let made = scenario::write_control(&Options {
        seed: COMMITTED_SEED,
        scale: 1,
        out: &env.path("made"),
    });
    made.unwrap();
    for file in left_out {
        fs::remove_file(env.path("made/logs").join(file)).unwrap();
    }
    env.run(&["-a", "a", "init", "--time-zone", "Asia/Almaty"])
        .exits(0);
    env.run(&[
        "-a",
        "a",
        "ingest",
        "made/logs",
        "--sources",
        "made/sources.csv",
        "-q",
    ])
    .exits(0);
    env
}

#[test]
fn nothing_is_found_where_nothing_went_wrong() {
    let env = control(&[]);
    let (findings, code) = findings(&env, &["-a", "a"]);
    assert_eq!((findings.as_slice(), code), (&[][..], 0));
}

/// Files of every way to rotate and of most sources, each between two others that came.
#[test]
fn every_file_left_out_is_named_once() {
    const LEFT_OUT: [(&str, &str, &[&str]); 9] = [
        ("srv-app/cron-20251201.gz", "app-os", &["srv-app/cron-20251201"]),
        (
            "srv-app/messages-20260401.gz",
            "app-os",
            &["srv-app/messages-20260401"],
        ),
        (
            "srv-web/nginx/access.log.3.gz",
            "portal-nginx",
            &["srv-web/nginx/access.log.3"],
        ),
        ("edoc/edoc-2025-12.log.gz", "edoc", &["edoc/edoc-2025-12.log"]),
        (
            "srv-mail/mail-2026-02.log.gz",
            "mail-os",
            &["srv-mail/mail-2026-02.log"],
        ),
        (
            "asa-fw1/asa-fw1-2026-01.log.xz",
            "asa-fw1",
            &["asa-fw1/asa-fw1-2026-01.log"],
        ),
        (
            "postgres/postgresql-2025-11.csv.zst",
            "pg-registry",
            &["postgres/postgresql-2025-11.csv"],
        ),
        ("buh/journal-2026-03.txt.bz2", "buh", &["buh/journal-2026-03.txt"]),
        (
            "dc01/Security-2026Q1.zip",
            "dc01",
            &[
                "dc01/Security-2025Q4.zip/Security-2026-01.xml",
                "dc01/Security-2025Q4.zip/Security-2026-02.xml",
                "dc01/Security-2025Q4.zip/Security-2026-03.xml",
            ],
        ),
    ];
    let env = control(&LEFT_OUT.map(|(file, ..)| file));
    let (mut findings, code) = findings(&env, &["-a", "a"]);
    assert_eq!(code, 1);
    for (_, source, names) in LEFT_OUT {
        for name in names {
            let is_it = |finding: &Value| {
                finding["source"] == source
                    && finding["signs"][0]["sign"] == "left-out"
                    && finding["signs"][0]["name"] == *name
            };
            let places: Vec<usize> = (0..findings.len()).filter(|at| is_it(&findings[*at])).collect();
            assert_eq!(places.len(), 1, "{name}: {findings:#?}");
            findings.remove(places[0]);
        }
    }
    assert_eq!(findings, Vec::<Value>::new());
}

/// The hours of a day, zoomed in on, add up to the day.
#[test]
fn hours_add_up_to_days() {
    let env = Environment::with_archive();
    let day = ["--from", "2026-01-05", "--to", "2026-01-05", "--hours"];
    let report = env
        .run(&[&["-a", "a", "coverage", "--json"], &day[..]].concat())
        .json();
    let hours = report["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 1);
    assert_eq!(
        (&hours[0]["hour"], &hours[0]["records"]),
        (&"2026-01-05T10".into(), &2.into())
    );
    let sql = "SELECT source, day, records FROM coverage ORDER BY day";
    env.run(&["-a", "a", "sql", sql, "--format", "csv"])
        .exits(0)
        .says(",2026-01-05,2");
    env.run(&["-a", "a", "coverage", "--hours"]).exits(2);
}

/// A line of auditd for each number.
fn audit(numbers: impl Iterator<Item = u64>, begin: u64) -> String {
    numbers
        .map(|number| {
            let second = begin + number;
            format!(
                "type=USER_LOGIN msg=audit({second}.000:{number}): pid=7 uid=0 auid=1000 ses=3 msg='op=login acct=\"anna\" \
                 exe=\"/usr/sbin/sshd\" hostname=? addr=203.0.113.5 terminal=ssh res=success'\n"
            )
        })
        .collect()
}

/// Numbers that are taken out at random are found, each run of them once; a count that begins anew, and one of which only
/// some records are handed on, are no holes.
#[test]
fn numbers_taken_out_are_found() {
    const BEGIN: u64 = 1_767_225_600;
    let env = Environment::new();
    let mut state = 5u64;
    let mut roll = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let taken: BTreeSet<u64> = (0..9)
        .flat_map(|run| {
            let first = 1_500 + run * 300 + roll() % 200;
            first..first + 1 + roll() % 20
        })
        .collect();
    let before = audit((1_000..5_000).filter(|number| !taken.contains(number)), BEGIN);
    // After the restart, an hour later, the count begins anew.
    let after = audit(1..400, BEGIN + 10_000);
    env.write("in/whole/audit.log", before + &after);
    let some = audit((1_000..3_000).filter(|number| number % 7 < 5), BEGIN);
    env.write("in/some/audit.log", some);
    env.write("sources.csv", "id,pattern\nwhole,whole/**\nsome,some/**\n");
    env.run(&["-a", "a", "ingest", "in", "--sources", "sources.csv"])
        .exits(0);
    let query = [
        "-a",
        "a",
        "query",
        "run",
        "sequence_holes_by_source",
        "--format",
        "ndjson",
    ];
    let rows = env.run(&query).exits(0).stdout;
    let mut found = BTreeSet::new();
    let mut runs = 0;
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        assert_eq!(row["source"], "whole");
        let bound = |name: &str| row[name].as_u64().unwrap();
        assert_eq!(row["missing"], bound("last_missing") - bound("first_missing") + 1);
        found.extend(bound("first_missing")..=bound("last_missing"));
        runs += 1;
    }
    assert_eq!(found, taken);
    assert_eq!(
        runs,
        taken
            .iter()
            .filter(|number| !taken.contains(&(*number - 1)))
            .count()
    );
}
