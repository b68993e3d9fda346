//! `letopis retention class | plan | apply` and `letopis hold`: what has expired goes, by a plan that is still true, and
//! nothing else.

use serde_json::json;

use super::*;

/// Records of the first days of a month, one a day, of a host.
fn log(month: &str, host: &str, word: &str) -> String {
    (1..=3)
        .map(|day| format!("{month}-0{day}T10:00:00Z {host} app[7]: {word} of day {day}\n"))
        .collect()
}

/// An archive of two sources with logs of September, taken in on 1 October, and of March, taken in on 2 April.
fn archive() -> Environment {
    let env = Environment::new();
    env.write(
        "sources.csv",
        "id,pattern,since\nweb,web/**,2025-09-01\ndb,db/**,2025-09-01\n",
    );
    env.write("in/web/2025-09.log", log("2025-09", "web1", "chestnut"));
    env.write("in/db/2025-09.log", log("2025-09", "db1", "walnut"));
    let take = |now: &str| {
        let arguments = ["-a", "a", "ingest", "in", "--sources", "sources.csv", "-q"];
        env.run_at(now, &arguments).exits(0);
    };
    take("2025-10-01T06:00:00Z");
    env.write("in/web/2026-03.log", log("2026-03", "web1", "almond"));
    take("2026-04-02T06:00:00Z");
    env
}

/// Paths that the plan of a day removes.
#[track_caller]
fn going(env: &Environment, now: &str) -> Vec<String> {
    let plan = env
        .run_at(now, &["-a", "a", "retention", "plan", "--json"])
        .exits(0)
        .json();
    let paths = plan["remove"].as_array().unwrap().iter();
    paths
        .map(|going| going["path"].as_str().unwrap().to_owned())
        .collect()
}

/// What keeps the expired file of that path.
#[track_caller]
fn kept(env: &Environment, now: &str, path: &str) -> Value {
    let plan = env
        .run_at(now, &["-a", "a", "retention", "plan", "--json"])
        .exits(0)
        .json();
    let mut kept = plan["keep"].as_array().unwrap().iter();
    let kept = kept
        .find(|kept| kept["path"] == path)
        .unwrap_or_else(|| panic!("{plan}"));
    kept["keeps"].clone()
}

fn plan(env: &Environment, file: &str) {
    env.run(&["-a", "a", "retention", "plan", "-o", file]).exits(0);
}

fn apply(env: &Environment, file: &str) -> Output {
    env.run(&[
        "-a",
        "a",
        "retention",
        "apply",
        file,
        "--authority",
        "Order 7 of the head",
    ])
}

fn citation(env: &Environment, word: &str) -> String {
    let query = format!("SELECT event_id FROM events WHERE message LIKE '{word} of day 2'");
    let output = env
        .run(&["-a", "a", "sql", &query, "--format", "ndjson", "-q"])
        .exits(0);
    let row: Value = serde_json::from_str(output.stdout.trim()).unwrap();
    row["event_id"].as_str().unwrap().to_owned()
}

/// Everything that stands in the archive, with what is compressed decompressed.
fn plain(env: &Environment) -> Vec<(String, Vec<u8>)> {
    let open = |(path, bytes): (String, Vec<u8>)| match path.ends_with(".zst") {
        true => (path, zstd::decode_all(&bytes[..]).unwrap()),
        false => (path, bytes),
    };
    files_below(&env.path("a")).into_iter().map(open).collect()
}

fn files_with(files: &[(String, Vec<u8>)], text: &str) -> Vec<String> {
    let has = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let found = files.iter().filter(|(_, bytes)| has(bytes));
    found.map(|(path, _)| path.clone()).collect()
}

#[test]
fn what_has_expired_goes_and_leaves_its_record() {
    let env = archive();
    let (gone, stays) = (citation(&env, "chestnut"), citation(&env, "almond"));
    for (id, file) in [(&gone, "gone.txt"), (&stays, "stays.txt")] {
        env.run(&["-a", "a", "prove", id, "-o", file]).exits(0);
    }
    let told = env
        .run(&["-a", "a", "retention", "plan", "-o", "plan.json"])
        .exits(0)
        .says("May go:")
        .says("web: 6 months from 2025-10-01")
        .says("2 objects may go, with 6 records");
    assert!(!told.stdout.contains("2026-03.log"), "{}", told.stdout);
    for lang in ["en", "ru", "kk", "sl", "fi"] {
        let report = [
            "-a",
            "a",
            "retention",
            "plan",
            "--report",
            "pages",
            "--lang",
            lang,
            "-q",
        ];
        env.run(&report).exits(0);
        let page = fs::read_to_string(env.path(&format!("pages/removal.{lang}.html"))).unwrap();
        assert!(
            page.contains("web/2025-09.log") && page.contains("2025-10-01"),
            "{lang}"
        );
    }
    let rows = env.rows("a");
    assert!(!files_with(&plain(&env), "2025-09.log").is_empty());
    env.run(&["-a", "a", "copy", "b", "--for", "B. Expert"]).exits(0);
    apply(&env, "plan.json").exits(2).says("came after it");
    plan(&env, "plan.json");
    let outcome = apply(&env, "plan.json").exits(0);
    outcome
        .says("on the authority of Order 7 of the head: 2 objects, 6 records")
        .says("Backups and snapshots")
        .says("for B. Expert");
    // Only what expired is gone, and a check tells it from what is missing.
    let left = env.rows("a");
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|row| rows.contains(row)));
    env.verified();
    env.run(&["-a", "a", "verify"])
        .exits(0)
        .says("removed by record: entry")
        .says("2 objects and");
    // Of what went neither name nor content stands anywhere, but in the words of those who asked.
    let files = plain(&env);
    assert_eq!(files_with(&files, "2025-09.log"), Vec::<String>::new());
    assert_eq!(files_with(&files, "walnut"), Vec::<String>::new());
    // Proofs made before still hold, of what went and of what stays; new ones of what stays too.
    for file in ["gone.txt", "stays.txt"] {
        env.run(&["prove", "--check", file]).exits(0);
    }
    env.run(&["-a", "a", "prove", &stays, "-o", "again.txt"]).exits(0);
    env.run(&["prove", "--check", "again.txt"]).exits(0);
    // Who asks for it is told of the removal.
    for arguments in [
        &["-a", "a", "show", &gone][..],
        &["-a", "a", "prove", &gone, "-o", "x.txt"],
    ] {
        env.run(arguments)
            .exits(2)
            .says("Records were removed by record: entry")
            .says("on the authority of Order 7 of the head")
            .says("3 records of web of 2025-09-01 to 2025-09-03");
    }
    env.run(&["-a", "a", "search", "chestnut", "--count"])
        .exits(0)
        .says("Note: removed by record: entry");
    // The readings of it stay on record.
    let access = "SELECT count(*) AS n FROM access WHERE command LIKE 'letopis -a a prove%'";
    env.run(&["-a", "a", "sql", access, "--format", "ndjson"])
        .exits(0)
        .says("{\"n\":4}");
    // A plan is applied once.
    apply(&env, "plan.json").exits(2).says("came after it");
}

#[test]
fn a_proof_of_retention_knows_what_was_held_until_it_was_removed() {
    let env = archive();
    env.run(&["-a", "a", "source", "edit", "web", "rhythm=irregular"])
        .exits(0);
    let prove = |env: &Environment| {
        let arguments = [
            "-a",
            "a",
            "retention",
            "prove",
            "--source",
            "web",
            "--intake-days",
            "300",
            "--json",
        ];
        let source = env.run(&arguments).json()["sources"][0].clone();
        let past: Vec<Value> = source["past"].as_array().unwrap().clone();
        (source["first"].clone(), source["today"]["verdict"].clone(), past)
    };
    let before = prove(&env);
    assert_eq!(before.0, "2025-09-01");
    plan(&env, "plan.json");
    apply(&env, "plan.json").exits(0);
    let after = prove(&env);
    assert_eq!(after.0, "2026-03-01", "what is here now");
    assert_eq!((&before.1, &before.2), (&after.1, &after.2), "how it stood then");
    // Asked for more months than it was kept, it says what is not here.
    let longer = [
        "-a",
        "a",
        "retention",
        "prove",
        "--source",
        "web",
        "--months",
        "12",
        "--intake-days",
        "300",
    ];
    env.run(&longer)
        .exits(1)
        .says("removed by record before its time: 2025-09-01");
}

#[test]
fn every_reason_to_keep_is_named() {
    let env = archive();
    let now = "2026-05-01T09:00:00Z";
    let all = ["db/2025-09.log", "web/2025-09.log"];
    assert_eq!(going(&env, now), all);
    // A class of five years for one of them.
    let class = [
        "-a",
        "a",
        "retention",
        "class",
        "add",
        "ledger5",
        "--months",
        "60",
        "--ground",
        "law",
    ];
    env.run(&[&class[..], &["--basis", "Act on accounts, 5"]].concat())
        .exits(0);
    env.run(&["-a", "a", "source", "edit", "db", "class=ledger5"])
        .exits(0);
    assert_eq!(going(&env, now), [all[1]]);
    env.run(&["-a", "a", "retention", "prove", "--source", "db", "--json"])
        .says("\"months\":60");
    // A hold of a case for the other.
    let hold = [
        "-a",
        "a",
        "hold",
        "add",
        "--authority",
        "Court 3",
        "--reason",
        "claim 9",
        "--case",
        "C-9",
    ];
    env.run(&[&hold[..], &["--query", "chestnut"]].concat())
        .exits(0)
        .says("1 objects fall under it");
    let holds = env.run(&["-a", "a", "hold", "list", "--json"]).json();
    let number = holds[0]["entry"].as_u64().unwrap();
    assert_eq!(holds[0]["terms"], Value::Null, "{holds}");
    assert_eq!(
        (&holds[0]["authority"], &holds[0]["case"]),
        (&json!("Court 3"), &json!("C-9"))
    );
    assert_eq!(
        kept(&env, now, all[1]),
        json!([{ "because": "hold", "hold": number }])
    );
    // Released, it is material of an inquiry for five years more.
    let release = [
        "-a",
        "a",
        "hold",
        "release",
        &number.to_string(),
        "--authority",
        "Court 3",
        "--reason",
        "decided",
    ];
    env.run(&release).exits(0);
    env.run(&release).exits(2).says("was released by entry");
    let inquiry = json!([{ "because": "inquiry", "hold": number, "removable_from": "2031-05-02" }]);
    assert_eq!(kept(&env, now, all[1]), inquiry);
    // Another hold by the same search also finds what comes later.
    let again = [
        "-a",
        "a",
        "hold",
        "add",
        "--authority",
        "Court 4",
        "--reason",
        "claim 10",
        "--query",
        "chestnut",
    ];
    let second = env.run(&[&again[..], &["--json"]].concat()).exits(0).json()["hold"].clone();
    env.write("in/web/late.log", log("2026-04", "web1", "chestnut"));
    env.ingest(&[]);
    let later = kept(&env, "2026-12-24T09:00:00Z", "web/late.log");
    assert_eq!(later, json!([{ "because": "hold", "hold": second }]));
    let release = [
        "-a",
        "a",
        "hold",
        "release",
        &second.to_string(),
        "--authority",
        "Court 4",
        "--reason",
        "settled",
    ];
    env.run_at("2026-12-24T09:00:00Z", &release).exits(0);
    assert!(!going(&env, "2031-05-01T09:00:00Z").contains(&all[1].to_owned()));
    assert!(going(&env, "2031-05-02T09:00:00Z").contains(&all[1].to_owned()));
    env.run(&["-a", "a", "hold", "list"]).exits(0);
    env.run(&["-a", "a", "hold", "list", "--all"])
        .exits(0)
        .says("decided");
}

#[test]
fn a_container_stays_until_all_its_members_may_go() {
    let env = Environment::new();
    env.write("sources.csv", "id,pattern,months\nweb,web/**,6\ndb,db/**,24\n");
    env.write("in/web/plain.log", log("2025-09", "web1", "chestnut"));
    let now = "2025-10-01T06:00:00Z";
    let take = |now: &str| {
        env.run_at(
            now,
            &["-a", "a", "ingest", "in", "--sources", "sources.csv", "-q"],
        )
        .exits(0);
    };
    take(now);
    // Taken in half a year later, the packed copy has the same bytes: they are there as long as it is.
    env.write(
        "in/web/plain.log.gz",
        gz(log("2025-09", "web1", "chestnut").as_bytes()),
    );
    env.write("in/db/old.log.gz", gz(log("2025-09", "db1", "walnut").as_bytes()));
    take("2026-03-01T06:00:00Z");
    let later = "2026-05-01T09:00:00Z";
    let plan = env
        .run_at(later, &["-a", "a", "retention", "plan", "--json"])
        .exits(0)
        .json();
    assert_eq!(plan["remove"], json!([]), "{plan}");
    let keeps = &plan["keep"][0];
    assert_eq!(
        (&keeps["path"], &keeps["keeps"][0]["because"]),
        (&json!("web/plain.log"), &json!("with"))
    );
    let mut all = going(&env, "2026-09-02T09:00:00Z");
    all.sort();
    assert_eq!(all, ["web/plain.log", "web/plain.log.gz"]);
    assert_eq!(going(&env, "2028-03-01T09:00:00Z").len(), 2);
    assert_eq!(going(&env, "2028-03-02T09:00:00Z").len(), 4);
}

#[test]
fn months_end_where_the_calendar_of_the_archive_says() {
    let env = Environment::new();
    env.run_at(
        "2025-08-01T00:00:00Z",
        &["-a", "a", "init", "--time-zone", "Asia/Almaty"],
    )
    .exits(0);
    env.write("in/auth.log", log("2025-08", "web1", "chestnut"));
    // Half past eight in the evening of 31 August in UTC is 1 September in Almaty; an hour and a half earlier is not.
    env.run_at("2025-08-31T18:30:00Z", &["-a", "a", "ingest", "in", "-q"])
        .exits(0);
    env.write("in/auth2.log", log("2025-08", "web2", "walnut"));
    env.run_at("2025-08-31T19:30:00Z", &["-a", "a", "ingest", "in", "-q"])
        .exits(0);
    let check = |now: &str, expected: &[&str]| assert_eq!(going(&env, now), expected, "{now}");
    check("2026-02-28T18:59:59Z", &[]);
    // 1 March in Almaty: of 31 August six months are over, of 1 September they are not.
    check("2026-02-28T19:00:00Z", &["auth.log"]);
    check("2026-03-01T18:59:59Z", &["auth.log"]);
    check("2026-03-01T19:00:00Z", &["auth.log", "auth2.log"]);
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_older() {
    let env = Environment::new();
    env.write("in/a.log", log("2025-08", "web1", "chestnut"));
    env.run_at("2025-10-01T06:00:00Z", &["-a", "a", "ingest", "in", "-q"])
        .exits(0);
    // The clock of the machine went back by two years: the ledger knows that this came later.
    env.write("in/b.log", log("2023-08", "web1", "walnut"));
    env.run_at("2023-10-01T06:00:00Z", &["-a", "a", "ingest", "in", "-q"])
        .exits(0);
    assert_eq!(going(&env, "2026-03-01T09:00:00Z"), Vec::<String>::new());
    assert_eq!(going(&env, "2026-04-02T09:00:00Z"), ["a.log", "b.log"]);
    env.run_at(
        "2026-04-02T09:00:00Z",
        &["-a", "a", "retention", "plan", "-o", "p.json"],
    )
    .exits(0);
    env.run_at(
        "2026-04-02T08:59:59Z",
        &["-a", "a", "retention", "apply", "p.json", "--authority", "x"],
    )
    .exits(2)
    .says("the clock was set back: it is 2026-04-02T08:59:59Z now");
    assert_eq!(env.rows("a").len(), 6);
}

#[test]
fn a_class_counts_from_event_times_only_with_a_reason() {
    let env = Environment::new();
    env.write("sources.csv", "id,pattern\nweb,web/**\n");
    // Stated times, one of them after the intake, and one record without a year.
    env.write("in/web/told.log", log("2025-01", "web1", "chestnut"));
    env.write(
        "in/web/ahead.log",
        format!(
            "{}{}",
            log("2025-01", "web1", "hazel"),
            log("2026-12", "web1", "hazel")
        ),
    );
    env.write("in/web/guess.log", AUTH);
    let arguments = ["-a", "a", "ingest", "in", "--sources", "sources.csv", "-q"];
    env.run_at("2025-10-01T06:00:00Z", &arguments).exits(0);
    let at = "2025-11-01T06:00:00Z";
    assert_eq!(going(&env, at), Vec::<String>::new());
    let add = [
        "-a",
        "a",
        "retention",
        "class",
        "add",
        "early",
        "--months",
        "6",
        "--ground",
        "contract",
        "--basis",
        "c 1",
    ];
    env.run(&[&add[..], &["--from-event-times", " "]].concat())
        .exits(2)
        .says("why it counts from event times must be said");
    env.run_at(
        at,
        &[
            &add[..],
            &["--from-event-times", "moved from an older archive, act 12"],
        ]
        .concat(),
    )
    .exits(0);
    env.run_at(at, &["-a", "a", "source", "edit", "web", "class=early"])
        .exits(0);
    assert_eq!(going(&env, at), ["web/told.log"]);
    env.run_at(
        at,
        &["-a", "a", "retention", "class", "edit", "early", "--from-intake"],
    )
    .exits(0);
    assert_eq!(going(&env, at), Vec::<String>::new());
}

#[test]
fn a_plan_that_is_not_true_is_refused_by_name() {
    let env = archive();
    plan(&env, "plan.json");
    let text = fs::read_to_string(env.path("plan.json")).unwrap();
    let edited = |change: &dyn Fn(&mut Value)| {
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        change(&mut plan);
        env.write("edited.json", plan.to_string());
        apply(&env, "edited.json").exits(2)
    };
    edited(&|plan| plan["remove"] = json!([plan["remove"][0]])).says("is left out");
    let other = env.run(&[
        "-a",
        "a",
        "sql",
        "SELECT seq FROM ledger WHERE kind = 'object' ORDER BY seq",
        "--format",
        "ndjson",
    ]);
    let last: Value = serde_json::from_str(other.stdout.lines().last().unwrap()).unwrap();
    edited(&|plan| {
        let mut more = plan["remove"][0].clone();
        more["entry"] = last["seq"].clone();
        plan["remove"].as_array_mut().unwrap().push(more);
    })
    .says("may not be removed");
    edited(&|plan| plan["remove"][0]["path"] = json!("other.log"))
        .says("names, terms or figures in it are others");
    edited(&|plan| plan["remove"][0]["terms"][0]["counted"] = json!("2025-13-01")).says("is no day");
    edited(&|plan| plan["made"] = json!(plan["made"].as_i64().unwrap() - 86_400_000_000))
        .says("does not say what this archive gives");
    edited(&|plan| plan["made"] = json!(plan["made"].as_i64().unwrap() + 1)).says("the clock was set back");
    edited(&|plan| plan["size"] = json!(3)).says("this one had another root then");
    edited(&|plan| plan["size"] = json!(1_000_000)).says("this one had another root then");
    edited(&|plan| plan["version"] = json!(2)).says("a plan of version 2");
    env.write("edited.json", "{}");
    apply(&env, "edited.json")
        .exits(2)
        .says("this is no plan of removal");
    apply(&env, "absent.json").exits(2);
    env.run(&["-a", "a", "retention", "apply", "plan.json", "--authority", " "])
        .exits(2)
        .says("must be said");
    env.run(&["-a", "a", "retention", "apply", "plan.json"]).exits(2);
    // Another archive, of the same files.
    let arguments = ["ingest", "in", "--sources", "sources.csv", "-q"];
    env.run(&[&["-a", "b"], &arguments[..]].concat()).exits(0);
    env.run(&["-a", "b", "retention", "apply", "plan.json", "--authority", "x"])
        .exits(2)
        .says("the plan was made of archive");
    // Whatever came since and could matter: a record, a hold, a class, a change of the register.
    let stale = |arguments: &[&str], kind: &str| {
        plan(&env, "plan.json");
        env.run(&[&["-a", "a"], arguments].concat()).exits(0);
        apply(&env, "plan.json")
            .exits(2)
            .says(&format!("({kind}) came after it"));
    };
    env.append("in/web/2026-03.log", log("2026-03", "web1", "cedar"));
    stale(&["ingest", "in", "-q"], "object");
    stale(
        &[
            "hold",
            "add",
            "--authority",
            "x",
            "--reason",
            "y",
            "--source",
            "nobody",
        ],
        "hold",
    );
    stale(
        &[
            "retention",
            "class",
            "add",
            "c",
            "--months",
            "6",
            "--ground",
            "law",
            "--basis",
            "z",
        ],
        "source",
    );
    stale(&["config", "set", "--retention-months", "7"], "config");
    stale(&["rebuild"], "rebuild");
    assert_eq!(env.rows("a").len(), 12);
    // Reading and checking between the two is no reason.
    env.run_at(
        "2026-05-02T09:00:00Z",
        &["-a", "a", "retention", "plan", "-o", "plan.json"],
    )
    .exits(0);
    env.count("almond");
    env.verified();
    env.run_at(
        "2026-05-02T09:00:00Z",
        &["-a", "a", "retention", "plan", "-o", "nothing.json"],
    )
    .exits(0);
    env.run_at(
        "2026-05-03T09:00:00Z",
        &["-a", "a", "retention", "apply", "plan.json", "--authority", "x"],
    )
    .exits(0);
    plan(&env, "nothing.json");
    apply(&env, "nothing.json")
        .exits(2)
        .says("the plan removes nothing");
    env.verified();
}

#[test]
fn holds_and_classes_that_make_no_sense_are_refused() {
    let env = archive();
    let size = || {
        env.run(&[
            "-a",
            "a",
            "sql",
            "SELECT count(*) AS n FROM ledger WHERE kind IN ('hold', 'release', 'source')",
            "--format",
            "ndjson",
        ])
        .stdout
    };
    let before = size();
    let hold = |more: &[&str], says: &str| {
        let order = ["-a", "a", "hold", "add", "--authority", "x", "--reason", "y"];
        env.run(&[&order[..], more].concat()).exits(2).says(says);
    };
    hold(&[], "nothing is selected");
    hold(
        &["--from", "2026-01-02", "--to", "2026-01-02"],
        "the stretch of time is empty",
    );
    hold(
        &["--from", "2026-01-02", "--to", "2026-01-01"],
        "the stretch of time is empty",
    );
    hold(&["--from", "yesterday"], "`yesterday` is no time");
    hold(&["--query", "user_name:("], "");
    hold(&["--record", "xyz"], "is not an event id");
    hold(&["--record", "00000000000000000000-0"], "not found");
    env.run(&[
        "-a",
        "a",
        "hold",
        "add",
        "--authority",
        " ",
        "--reason",
        "y",
        "--source",
        "web",
    ])
    .exits(2)
    .says("the authority: who ordered it must be said");
    env.run(&[
        "-a",
        "a",
        "hold",
        "release",
        "1",
        "--authority",
        "x",
        "--reason",
        "y",
    ])
    .exits(2)
    .says("entry 1 of the ledger is no hold");
    let class = |more: &[&str], says: &str| {
        env.run(&[&["-a", "a", "retention", "class"], more].concat())
            .exits(2)
            .says(says);
    };
    let add = |months: &'static str, ground: &'static str| {
        ["add", "c", "--months", months, "--ground", ground, "--basis", "z"]
    };
    class(
        &add("5", "law"),
        "5 months undercut the floor of 6 calendar months",
    );
    class(&add("59", "inquiry"), "undercut the floor of 60 calendar months");
    class(
        &add("6", "wish"),
        "expected risk-analysis, contract, law or inquiry",
    );
    class(&["edit", "none", "--months", "7"], "no retention class `none`");
    class(&["retire", "none"], "no retention class `none`");
    let source = |value: &str, says: &str| {
        env.run(&["-a", "a", "source", "edit", "web", value])
            .exits(2)
            .says(says);
    };
    source("class=none", "there is no such retention class");
    assert_eq!(size(), before, "nothing of it is on record");
    env.run(&[&["-a", "a", "retention", "class"], &add("12", "contract")[..]].concat())
        .exits(0);
    class(&add("12", "contract"), "stands there twice");
    env.run(&["-a", "a", "source", "edit", "web", "months=12"])
        .exits(0);
    source("class=c", "one of them says how long");
    env.run(&["-a", "a", "source", "edit", "web", "months=", "class=c"])
        .exits(0);
    class(&["retire", "c"], "cannot be retired: source `web` names it");
    env.run(&["-a", "a", "source", "edit", "web", "class="]).exits(0);
    env.run(&["-a", "a", "retention", "class", "retire", "c"])
        .exits(0);
    source("class=c", "that retention class is retired");
    env.run(&["-a", "a", "retention", "class", "list"])
        .exits(0)
        .says("retired");
    // A register from a file is held to the same.
    env.write("bad.csv", "id,pattern,class\nweb,web/**,c\n");
    env.run(&["-a", "a", "source", "import", "bad.csv"])
        .exits(2)
        .says("that retention class is retired");
}

/// What a policy wants to stand on second copies first stays until it does, and says how many are missing.
#[test]
fn what_no_second_copy_holds_stays() {
    let env = archive();
    let now = "2026-05-01T09:00:00Z";
    let lacks = |path: &str| {
        let keeps = kept(&env, now, path);
        let reason = &keeps[0];
        assert_eq!(reason["because"], "no-second-copy", "{keeps}");
        (
            reason["demanded"].as_u64().unwrap(),
            reason["held"].as_u64().unwrap(),
        )
    };
    let both = ["web/2025-09.log", "db/2025-09.log"];
    let going = || {
        let mut paths = going(&env, now);
        paths.sort_unstable();
        paths
    };
    assert_eq!(going(), ["db/2025-09.log", "web/2025-09.log"]);
    env.run(&["-a", "a", "config", "set", "--second-copies", "1"])
        .exits(0);
    assert!(going().is_empty());
    assert!(both.iter().all(|path| lacks(path) == (1, 0)));
    env.run(&["-a", "a", "retention", "plan"])
        .exits(0)
        .says("second copies demanded: 1, holding it whole: 0");
    for lang in ["en", "ru", "kk", "sl", "fi"] {
        let report = [
            "-a",
            "a",
            "retention",
            "plan",
            "--report",
            "pages",
            "--lang",
            lang,
            "-q",
        ];
        env.run(&report).exits(0);
    }
    // A copy that holds both; one that was made before the other file came does not hold that.
    env.run(&["-a", "a", "copy", "add", "safe", "--name", "one"])
        .exits(0);
    assert_eq!(going(), ["db/2025-09.log", "web/2025-09.log"]);
    let class = [
        "-a",
        "a",
        "retention",
        "class",
        "add",
        "twice",
        "--months",
        "6",
        "--ground",
        "law",
    ];
    env.run(&[&class[..], &["--basis", "order 9", "--copies", "2"]].concat())
        .exits(0);
    env.run(&["-a", "a", "source", "edit", "db", "class=twice"])
        .exits(0);
    assert_eq!(going(), ["web/2025-09.log"]);
    assert_eq!(lacks("db/2025-09.log"), (2, 1));
    env.run(&["-a", "a", "copy", "add", "other", "--name", "two"])
        .exits(0);
    assert_eq!(going().len(), 2);
    // A plan that was made before the copy was found damaged is stale, and a new one keeps all.
    plan(&env, "plan.json");
    let object = files_below(&env.path("safe"))
        .into_iter()
        .find(|(name, _)| name.starts_with("objects/") && name.ends_with(".zst"))
        .unwrap();
    let mut bytes = object.1.clone();
    bytes[20] ^= 1;
    env.write(&format!("safe/{}", object.0), bytes);
    env.run(&["-a", "a", "copy", "verify", "one"]).exits(1);
    apply(&env, "plan.json").exits(2).says("came after it");
    assert_eq!(lacks("db/2025-09.log"), (2, 1));
    env.run(&["-a", "a", "copy", "retire", "two"]).exits(0);
    assert!(going().is_empty());
    assert_eq!(lacks("web/2025-09.log"), (1, 0));
    fs::remove_file(env.path(&format!("safe/{}", object.0))).unwrap();
    env.run(&["-a", "a", "copy", "sync", "one"]).exits(0);
    assert_eq!(going(), ["web/2025-09.log"]);
    plan(&env, "plan.json");
    apply(&env, "plan.json").exits(0);
    env.run(&["-a", "a", "verify"]).exits(0);
}

/// A file that came after the last sync is on no copy yet.
#[test]
fn a_copy_holds_what_came_before_its_last_sync() {
    let env = archive();
    env.run_at(
        "2026-04-03T06:00:00Z",
        &["-a", "a", "copy", "add", "safe", "--name", "one"],
    )
    .exits(0);
    env.write("in/web/2026-04.log", log("2026-04", "web1", "hazel"));
    let take = ["-a", "a", "ingest", "in", "--sources", "sources.csv", "-q"];
    env.run_at("2026-05-02T06:00:00Z", &take).exits(0);
    env.run_at(
        "2026-05-02T07:00:00Z",
        &["-a", "a", "config", "set", "--second-copies", "1"],
    )
    .exits(0);
    let now = "2026-12-01T06:00:00Z";
    assert_eq!(going(&env, now).len(), 3);
    let keeps = kept(&env, now, "web/2026-04.log");
    assert_eq!(keeps[0]["because"], "no-second-copy", "{keeps}");
    env.run_at("2026-11-30T06:00:00Z", &["-a", "a", "copy", "sync", "one"])
        .exits(0);
    assert_eq!(going(&env, now).len(), 4);
}
