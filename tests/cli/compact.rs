//! Small segments joined: every answer, citation and proof stays, and readers are not disturbed.

use std::io::{BufRead as _, BufReader, Read as _};

use super::*;

/// Forty days of a small file each, over two months.
fn forty_days() -> Environment {
    let env = Environment::new();
    for day in 0..40 {
        let date = format!("{} {:2}", ["Jan", "Feb"][day / 20], 1 + day % 20);
        let text = AUTH
            .replace("Jan  5", &date)
            .replace("anna", &format!("anna{day}"))
            .replace("web1", &format!("web{}", day % 7));
        env.write(&format!("in/day-{day}.log"), text);
        env.run(&["-a", "a", "ingest", &format!("in/day-{day}.log")])
            .exits(0);
    }
    env
}

fn segments(env: &Environment) -> usize {
    let files = fs::read_dir(env.path("a/segments")).unwrap();
    files
        .filter(|f| {
            f.as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|e| e == "parquet")
        })
        .count()
}

#[test]
fn answers_citations_and_proofs_outlive_a_compaction() {
    let env = forty_days();
    let answers = |env: &Environment| {
        let texts = [
            &["search", "anna7"][..],
            &["search", "Failed password"],
            &["search", "user_name:anna1* src_ip:203.0.113.0/24"],
            &["search", "/anna(1|2)7/", "--no-index"],
            &["search", "time:2026-01-19..2026-02-03", "--count"],
            &[
                "sql",
                "select source, kind, count(*) n, min(time) t from events group by 1, 2 order by 1, 2",
            ],
            &[
                "sql",
                "select count(*) n from events where matches(event_id, 'web3 anna10 OR root')",
            ],
        ];
        texts.map(|arguments| env.run(&[&["-a", "a"], arguments].concat()).exits(0).stdout)
    };
    let (rows, before) = (env.rows("a"), answers(&env));
    let cited: Value = serde_json::from_str(&rows[11]).unwrap();
    let id = cited["event_id"].as_str().unwrap().to_owned();
    env.run(&["-a", "a", "prove", &id, "-o", "before.proof"]).exits(0);
    let told = env
        .run(&["-a", "a", "compact", "--dry-run", "--json"])
        .exits(0)
        .json();
    assert_eq!((&told["segments"], &told["joined"]), (&40.into(), &40.into()));
    assert_eq!(segments(&env), 40);
    let done = env.run(&["-a", "a", "compact", "--json"]).exits(0).json();
    assert_eq!((&done["before"], &done["after"]), (&40.into(), &2.into()));
    assert!(done["checkpoint"]["root"].is_string());
    env.verified();
    assert_eq!(env.rows("a"), rows);
    let after = answers(&env);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(sorted(before), sorted(after));
    }
    env.run(&["-a", "a", "show", &id])
        .exits(0)
        .says(cited["raw"].as_str().unwrap());
    env.run(&["-a", "a", "prove", &id, "-o", "after.proof"]).exits(0);
    for proof in ["before.proof", "after.proof"] {
        env.run(&["prove", "--check", proof]).exits(0);
    }
    // The next writer removes what was retired.
    env.run(&["-a", "a", "ingest", "in"]).exits(0);
    assert_eq!(segments(&env), 2);
    env.run(&["-a", "a", "compact"])
        .exits(0)
        .says("2 segments, none worth joining");
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn who_reads_is_not_disturbed_by_a_compaction_and_the_writers_after_it() {
    let env = Environment::new();
    let days = 12;
    for day in 1..=days {
        let line = AUTH.lines().next().unwrap();
        let text: String = (0..2_000)
            .map(|n| {
                line.replace("Jan  5", &format!("Jan {day:2}"))
                    .replace("4000", &n.to_string())
                    + "\n"
            })
            .collect();
        env.write(&format!("in/day-{day}.log"), text);
        env.run(&["-a", "a", "ingest", "in"]).exits(0);
    }
    assert_eq!(segments(&env), days);
    // A reader that has begun, and is not through: nobody takes what it writes.
    let mut reader = env
        .command(&["-a", "a", "export", "events", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(reader.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    env.run(&["-a", "a", "compact"]).exits(0);
    env.write("in/more.log", AUTH);
    env.run(&["-a", "a", "ingest", "in"]).exits(0);
    env.run(&["-a", "a", "config", "set", "--name", "x"]).exits(0);
    assert!(
        segments(&env) > days,
        "retired segments were removed under a reader"
    );
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let ended = reader.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    assert_eq!(1 + rest.lines().count(), days * 2_000);
    // Nobody reads: the next writer removes them.
    env.run(&["-a", "a", "config", "set", "--name", "y"]).exits(0);
    assert_eq!(segments(&env), 2);
    env.verified();
}

#[test]
fn what_was_joined_is_copied_and_removed_like_anything_else() {
    let env = Environment::new();
    for (month, word) in [("2025-09", "chestnut"), ("2026-03", "almond")] {
        for day in 1..=6 {
            let line = format!("{month}-0{day}T10:00:00Z web1 app[7]: {word} of day {day}\n");
            env.write(&format!("in/{month}-0{day}.log"), line);
            let now = format!("{month}-0{day}T12:00:00Z");
            env.run_at(&now, &["-a", "a", "ingest", "in", "-q"]).exits(0);
        }
    }
    let at = |now: &str, arguments: &[&str]| env.run_at(now, &[&["-a", "a"], arguments].concat()).exits(0);
    at(
        "2026-04-01T06:00:00Z",
        &["copy", "add", "second", "--name", "safe", "--country", "SI"],
    );
    at("2026-04-02T06:00:00Z", &["copy", "sync", "safe"]);
    at("2026-04-03T06:00:00Z", &["compact"]).says("12 segments became 2");
    at("2026-04-04T06:00:00Z", &["copy", "sync", "safe"]);
    at("2026-04-04T07:00:00Z", &["copy", "verify", "safe"]);
    let parquet = |folder: &str| {
        let files = files_below(&env.path(folder)).into_iter();
        files
            .map(|(name, _)| name)
            .filter(|name| name.ends_with(".parquet"))
            .collect::<Vec<_>>()
    };
    assert_eq!((parquet("second"), parquet("a").len()), (parquet("a"), 2));
    // The files of September have expired; their rows stand in a segment of their month.
    at("2026-05-01T06:00:00Z", &["retention", "plan", "-o", "plan.json"]);
    at(
        "2026-05-01T07:00:00Z",
        &["retention", "apply", "plan.json", "--authority", "order 7"],
    );
    assert_eq!((env.count("chestnut"), env.count("almond")), (0, 6));
    env.verified();
}
