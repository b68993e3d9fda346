//! `letopis comply`, `sufficiency`, `policy`, `review`, `source notice`, and the access report: each check over an archive
//! where it is met, one where it is not, and one that shows nothing; figures are counted again by what the report names.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde_json::Value;

use super::Environment;

/// Every check once, each as a clause of its own.
const PROFILE: &str = r#"
id = "all"
title.en = "Every check"
"#;

const CHECKS: &[(&str, &str)] = &[
    ("access-closed", ""),
    ("access-identified", ""),
    ("access-purpose", ""),
    ("anchored", ""),
    ("attributed", ""),
    ("categories", r#", categories = ["os", "application"]"#),
    ("closed", ""),
    ("conform", r#", clause = "RU-PRIK-4.6""#),
    ("copies-home", ""),
    ("copies-placed", r#", countries = ["EU"]"#),
    ("coverage", ""),
    ("custodian", ""),
    ("failures-reviewed", ""),
    ("findings", ", months = 6"),
    ("floor", ", months = 6"),
    ("floor-past", ", months = 6"),
    ("health", ""),
    ("health-recorded", ", days = 31"),
    ("holds", ""),
    ("incidents", ""),
    ("intake", ""),
    ("intake-recent", ", days = 31"),
    ("kinds", r#", kinds = ["auth.logon", "privilege.*"], months = 6"#),
    ("longer-with-basis", ""),
    ("not-in-future", ""),
    ("notices", ", days = 5"),
    ("originals", ""),
    ("parsed", ", permille = 10"),
    ("policy", ""),
    ("policy-kinds", ", months = 6"),
    ("register", r#", columns = ["owner", "responsible"]"#),
    ("register-complete", ""),
    ("removals", ""),
    ("reviewed", r#", subject = "sufficiency", months = 12"#),
    ("reviews", ""),
    ("setting-months", ", months = 6"),
    ("setting-purpose", ""),
    ("storage", ", days = 1"),
    ("territory", r#", countries = ["SI"]"#),
    ("time-kept", ""),
    ("time-sources", ""),
    ("verified", ", days = 31"),
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn profile() -> String {
    let clauses = CHECKS.iter().map(|(name, parameters)| {
        format!(
            "\n[[clause]]\nid = \"X-{name}\"\ntitle.en = \"{name}\"\nchecks = [{{ check = \"{name}\"{parameters} }}]\n"
        )
    });
    PROFILE.to_owned() + &clauses.collect::<String>()
}

/// Lines of a machine on a day: logons, and the use of privileges.
fn lines(host: &str, on: NaiveDate) -> String {
    format!(
        "{on}T00:10:00Z {host} sshd[100]: Failed password for root from 203.0.113.5 port 4000 ssh2\n\
         {on}T12:00:00Z {host} sshd[100]: Accepted password for anna from 203.0.113.6 port 4001 ssh2\n\
         {on}T12:00:05Z {host} sudo:     anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/id\n"
    )
}

/// Fourteen months of two machines, taken in month by month. `left_out` days have no record of `db`.
fn machines(env: &Environment, register: &str, left_out: &[&str]) {
    env.write("register.csv", register);
    for month in 0..14 {
        let first = day("2025-03-01") + Months::new(month);
        for host in ["web", "db"] {
            let days = first.iter_days().take_while(|on| on.month() == first.month());
            let written = days.filter(|on| host != "db" || !left_out.contains(&on.to_string().as_str()));
            let log: String = written.map(|on| lines(host, on)).collect();
            env.write(&format!("in/{host}/{}.log", first.format("%Y-%m")), log);
        }
        let now = format!("{}T06:00:00Z", first + Months::new(1));
        let arguments = ["-a", "a", "ingest", "in", "--sources", "register.csv", "-q"];
        env.run_at(&now, &arguments).exits(0);
    }
}

/// An archive in which all is as it should be.
fn good() -> Environment {
    let env = Environment::new();
    let init = [
        "-a",
        "a",
        "init",
        "--custodian",
        "B. Novak",
        "--territory",
        "SI, Ljubljana",
        "--require-purpose",
        "yes",
    ];
    env.run_at("2025-03-01T00:00:00Z", &init).exits(0);
    machines(
        &env,
        "id,pattern,category,rhythm,since,owner,responsible,clock,months,basis\n\
         web,web/**,application,daily,2025-03-01,Office,A. Kos,ntp1,,\n\
         db,db/**,os,daily,2025-03-01,Office,A. Kos,ntp1,8,risk analysis 7\n",
        &[],
    );
    let with = |arguments: &[&str]| {
        env.run_at(
            "2026-05-01T07:00:00Z",
            &[&["-a", "a", "--purpose", "review 5"], arguments].concat(),
        )
    };
    with(&[
        "policy",
        "set",
        "--from",
        "2026-01-01",
        "--kinds",
        "auth.logon,privilege.*",
        "--review-days",
        "30",
        "--reason",
        "order 5",
    ])
    .exits(0);
    with(&[
        "review",
        "record",
        "--period",
        "2025-03-01..2026-04-30",
        "--by",
        "A. Kos",
        "--result",
        "nothing",
    ])
    .exits(0);
    with(&[
        "review",
        "record",
        "--period",
        "2026-04-30",
        "--subject",
        "sufficiency",
        "--result",
        "enough",
    ])
    .exits(0);
    with(&["search", "root", "--count"]).exits(0);
    with(&["check", "--record", "-q"]).exits(0);
    let add = |folder: &str, name: &str, country: &str| {
        with(&["copy", "add", folder, "--name", name, "--country", country]).exits(0);
    };
    add("safe", "one", "AT");
    add("other", "two", "HR");
    let hold = [
        "hold",
        "add",
        "--source",
        "web",
        "--authority",
        "Head",
        "--reason",
        "inquiry",
    ];
    with(&[&["--case", "7"], &hold[..]].concat()).exits(0);
    with(&["verify", "--record", "-q"]).exits(0);
    env
}

/// An archive in which much is wrong.
fn bad() -> Environment {
    let env = Environment::new();
    env.run_at(
        "2025-03-01T00:00:00Z",
        &["-a", "a", "init", "--territory", "KZ, Astana"],
    )
    .exits(0);
    machines(
        &env,
        "id,pattern,category,rhythm,since,owner,months,basis\n\
         db,db/**,os,daily,2025-03-01,,24,\n\
         mail,mail/**,application,daily,2025-03-01,Office,,\n",
        &["2026-02-10", "2026-02-11"],
    );
    // A record of a time to come, a log that was cleared, a log in another form, and lines that are none.
    env.write(
        "late/db/2026-05.log",
        "2026-06-20T00:00:00Z db sshd[1]: Accepted password for anna from 203.0.113.6 port 1 ssh2\n",
    );
    env.write(
        "late/db/audit.csv",
        "time,host,action,user\n2026-04-29T10:00:00Z,db,login,anna\n2026-04-29T10:00:01Z,db,login,boris\n2026-04-29T10:00:02Z,db,logout,boris\n",
    );
    env.write(
        "late/db/clear.log",
        "2026-04-30T10:00:00Z db auditd[9]: The audit daemon is exiting.\n",
    );
    let now = "2026-05-01T06:00:00Z";
    env.run_at(
        now,
        &["-a", "a", "ingest", "late", "--sources", "register.csv", "-q"],
    )
    .exits(0);
    let set = [
        "-a",
        "a",
        "policy",
        "set",
        "--source",
        "db",
        "--from",
        "2026-01-01",
        "--kinds",
        "malware.detect",
        "--review-days",
        "30",
        "--reason",
        "order 5",
    ];
    env.run_at(now, &set).exits(0);
    let add = [
        "-a",
        "a",
        "copy",
        "add",
        "safe",
        "--name",
        "one",
        "--country",
        "RS",
    ];
    env.run_at(now, &add).exits(0);
    env.run_at(now, &["-a", "a", "search", "root", "--count"])
        .exits(0);
    env
}

fn complied(env: &Environment, more: &[&str]) -> Value {
    env.write("all.toml", profile());
    let arguments = [
        &["-a", "a", "--purpose", "audit", "comply", "all.toml", "--json"],
        more,
    ]
    .concat();
    env.run(&arguments).json()
}

/// Verdicts by check.
fn verdicts(outcome: &Value) -> BTreeMap<String, String> {
    let clauses = outcome["clauses"].as_array().unwrap().iter();
    clauses
        .map(|clause| {
            let check = &clause["checks"][0];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&check["check"]), text(&check["verdict"]))
        })
        .collect()
}

#[track_caller]
fn expect(outcome: &Value, verdict: &str, checks: &str) {
    let found = verdicts(outcome);
    let wrong: Vec<_> = checks
        .split(' ')
        .filter(|check| found[*check] != verdict)
        .collect();
    let told = |check: &&str| {
        let clauses = outcome["clauses"].as_array().unwrap().iter();
        let clause = clauses
            .clone()
            .find(|clause| clause["checks"][0]["check"] == **check)
            .unwrap();
        format!("{}\n", clause["checks"][0])
    };
    assert!(
        wrong.is_empty(),
        "not {verdict}: {wrong:?}\n{}",
        wrong.iter().map(told).collect::<String>()
    );
}

/// Figures of commands, counted from their outcome: how many are asked, and how many held.
fn counted(check: &str, outcome: &Value) -> (u64, u64) {
    let list = |name: &str| outcome[name].as_array().unwrap().clone();
    let of = |things: Vec<Value>, is: &dyn Fn(&Value) -> bool| {
        (
            things.len() as u64,
            things.iter().filter(|thing| is(thing)).count() as u64,
        )
    };
    match check {
        "floor" => of(list("sources"), &|s| s["today"]["verdict"] == "met"),
        "floor-past" => of(list("sources"), &|s| {
            let past = s["past"].as_array().unwrap();
            !past.is_empty() && past.iter().all(|p| p["verdict"] == "met")
        }),
        "coverage" => of(list("sources"), &|s| {
            s["coverage"]["missing"].as_array().is_some_and(Vec::is_empty)
        }),
        "findings" => {
            let found = list("findings");
            let seen = list("sources").into_iter().filter(|s| s["coverage"].is_object());
            of(seen.collect(), &|s| {
                !found.iter().any(|f| f["source"] == s["source"])
            })
        }
        "health" => {
            let troubles = list("troubles");
            let has = |kind: &str| troubles.iter().any(|t| t["kind"] == kind);
            let never = troubles
                .iter()
                .any(|t| t["kind"] == "no-intake" && t["last"].is_null());
            let kinds = ["silent", "no-intake", "intake-failed", "space", "gap"];
            match never {
                true => (0, 0),
                false => (5, kinds.iter().filter(|kind| !has(kind)).count() as u64),
            }
        }
        "storage" => match outcome["last"].is_null() {
            true => (0, 0),
            false => {
                let lasts = outcome["days_left"].as_u64().is_none_or(|days| days >= 1);
                (2, u64::from(outcome["suffices"] == true) + u64::from(lasts))
            }
        },
        // Member states, each by hand: what the two archives here have.
        "copies-placed" => {
            let used = list("copies").into_iter().filter(|c| c["retired"].is_null());
            of(used.collect(), &|c| c["country"] == "AT" || c["country"] == "HR")
        }
        "holds" => {
            let all = outcome.as_array().unwrap().clone();
            let cases = all.into_iter().filter(|hold| hold["inquiry"].is_object());
            of(cases.collect(), &|hold| {
                hold["inquiry"]["objects"] != 0 && hold["inquiry"]["gone"].as_array().unwrap().is_empty()
            })
        }
        "incidents" => {
            let all = list("incidents");
            (all.len() as u64, all.len() as u64)
        }
        "notices" => match outcome["changes"].as_array().unwrap().len() {
            0 => (
                outcome["sources"].as_u64().unwrap(),
                outcome["sources"].as_u64().unwrap(),
            ),
            _ => of(list("changes"), &|c| c["in_time"] == true),
        },
        "reviews" => of(list("sources"), &|s| {
            s["period_days"].is_u64() && s["overdue"].as_array().unwrap().is_empty()
        }),
        "copies-home" => of(list("copies"), &|c| !c["adopted"].is_null()),
        "policy-kinds" => of(list("entries"), &|_| false),
        other => panic!("no rule for {other}"),
    }
}

/// Runs what every answer names, and compares. Gives the number of figures.
#[track_caller]
fn recounted(env: &Environment, outcome: &Value) -> usize {
    let mut figures = 0;
    for check in outcome["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|clause| clause["checks"].as_array().unwrap())
    {
        let name = check["check"].as_str().unwrap();
        let (mut asked, mut held) = (0, 0);
        for how in check["how"].as_array().unwrap() {
            let text = how["text"].as_str().unwrap();
            if how["by"] == "sql" {
                let output = env
                    .run(&["-a", "a", "--purpose", "audit", "sql", text, "--format", "ndjson"])
                    .exits(0);
                let row: Value = serde_json::from_str(output.stdout.trim()).unwrap();
                asked += row["asked"].as_u64().unwrap();
                held += row["held"].as_u64().unwrap();
            } else if text.starts_with("stat ") {
                let output = std::process::Command::new("stat")
                    .args(["-c", "%a", "a"])
                    .current_dir(env.path("."))
                    .output()
                    .unwrap();
                asked += 1;
                held += u64::from(String::from_utf8(output.stdout).unwrap().trim().ends_with("00"));
            } else if text.starts_with("letopis conform") {
                assert_eq!(check["figure"]["asked"], 0);
            } else {
                let words: Vec<&str> = text.split(' ').skip(1).collect();
                let output = env.run(&[&["-a", "a", "--purpose", "audit"], words.as_slice()].concat());
                let (a, h) = counted(name, &output.json());
                (asked, held) = (asked + a, held + h);
            }
        }
        assert_eq!(check["figure"]["asked"], asked, "{check}");
        assert_eq!(check["figure"]["held"], held, "{check}");
        figures += 1;
    }
    figures
}

#[test]
fn an_archive_in_order_meets_what_is_asked_and_anyone_counts_the_same() {
    let env = good();
    let outcome = complied(&env, &[]);
    expect(
        &outcome,
        "met",
        "access-closed access-identified access-purpose attributed categories closed copies-placed coverage custodian \
         findings floor floor-past health health-recorded holds storage \
         intake intake-recent kinds longer-with-basis not-in-future notices originals parsed policy policy-kinds register \
         register-complete reviewed reviews setting-months setting-purpose territory time-kept time-sources verified",
    );
    expect(
        &outcome,
        "does-not-apply",
        "copies-home failures-reviewed removals",
    );
    expect(&outcome, "not-shown", "anchored incidents");
    assert_eq!(recounted(&env, &outcome), CHECKS.len());
    assert_eq!(outcome["not_met"], 0, "{outcome}");
}

#[test]
fn what_is_broken_is_not_met_and_the_rest_is_not_shown() {
    let env = bad();
    let outcome = complied(&env, &[]);
    expect(
        &outcome,
        "not-met",
        "access-purpose coverage custodian findings floor floor-past health longer-with-basis not-in-future notices register \
         register-complete reviews territory setting-purpose",
    );
    expect(
        &outcome,
        "not-shown",
        "anchored health-recorded holds incidents categories policy policy-kinds time-sources verified reviewed",
    );
    expect(
        &outcome,
        "met",
        "attributed originals closed setting-months storage time-kept",
    );
    expect(&outcome, "does-not-apply", "copies-home");
    expect(&outcome, "not-met", "copies-placed");
    assert_eq!(recounted(&env, &outcome), CHECKS.len());
    let names = |check: &str| {
        let clauses = outcome["clauses"].as_array().unwrap().iter();
        let clause = clauses
            .clone()
            .find(|clause| clause["checks"][0]["check"] == check)
            .unwrap();
        clause["checks"][0]["figure"]["lacking"].to_string()
    };
    // What is broken stands first; of the other source there is no record at all.
    assert_eq!(names("coverage"), "[\"db\",\"mail\"]");
    assert!(
        names("register-complete").contains("web"),
        "{}",
        names("register-complete")
    );
    assert!(names("policy-kinds").contains("db malware.detect"));
    let output = env.run(&["-a", "a", "comply", "all.toml"]);
    assert_eq!(output.code, 1);
}

#[test]
fn an_empty_archive_shows_nothing() {
    let env = Environment::new();
    env.run(&["-a", "a", "init"]).exits(0);
    let outcome = complied(&env, &[]);
    expect(
        &outcome,
        "not-shown",
        "access-closed access-identified access-purpose anchored attributed categories conform coverage findings \
         floor floor-past health health-recorded holds incidents storage intake intake-recent kinds not-in-future notices originals parsed policy policy-kinds register \
         register-complete reviewed reviews territory time-kept time-sources verified",
    );
    expect(&outcome, "not-met", "custodian setting-purpose");
    expect(&outcome, "met", "closed setting-months");
    recounted(&env, &outcome);
}

#[test]
fn every_profile_is_answered_and_every_met_rests_on_a_figure() {
    let env = good();
    for profile in ["fi", "kz195", "kz199", "ru-prik", "si"] {
        let output = env.run(&["-a", "a", "--purpose", "audit", "comply", profile, "--json"]);
        let outcome = output.json();
        let clauses = outcome["clauses"].as_array().unwrap();
        let mut seen = [0u64; 4];
        for clause in clauses {
            let checks = clause["checks"].as_array().unwrap();
            let verdict = clause["verdict"].as_str().unwrap();
            let place = ["met", "not-met", "not-shown", "not-for-a-tool"]
                .iter()
                .position(|v| *v == verdict)
                .unwrap();
            seen[place] += 1;
            assert_eq!(checks.is_empty(), verdict == "not-for-a-tool", "{clause}");
            assert_ne!(
                checks.is_empty(),
                clause["documents"].as_array().unwrap().is_empty(),
                "{clause}"
            );
            for check in checks {
                assert!(!check["how"].as_array().unwrap().is_empty(), "{check}");
                let figure = &check["figure"];
                if check["verdict"] == "met" {
                    let asked = figure["asked"].as_u64().unwrap();
                    let tolerated = check["tolerated"].as_u64().unwrap_or(0);
                    assert!(
                        asked > 0 && figure["held"].as_u64().unwrap() + tolerated >= asked,
                        "{check}"
                    );
                }
            }
        }
        for (place, name) in ["met", "not_met", "not_shown", "not_for_a_tool"]
            .iter()
            .enumerate()
        {
            assert_eq!(outcome[name], seen[place], "{profile}");
        }
        assert_eq!(output.code, i32::from(seen[1] > 0), "{profile}");
        assert!(seen[0] > 0, "{profile}: {outcome}");
    }
}

#[test]
fn the_examples_of_the_documentation_run() {
    let env = good();
    for name in ["nis2", "iso27001", "pci-dss"] {
        let file = format!(
            "{}/../letopis-case/profiles/examples/{name}.toml",
            env!("CARGO_MANIFEST_DIR")
        );
        let output = env.run(&["-a", "a", "--purpose", "audit", "comply", &file, "--json"]);
        assert_eq!(output.json()["profile"], name);
        assert!(output.json()["met"].as_u64().unwrap() > 1, "{}", output.text());
    }
}

#[test]
fn a_profile_with_a_slip_is_refused_with_file_and_line() {
    let env = Environment::with_archive();
    env.write("own.toml", "id = \"own\"\ntitle.en = \"t\"\n\n[[clause]]\nid = \"X\"\ntitle.en = \"t\"\nchecks = [{ check = \"magic\" }]\n");
    env.run(&["-a", "a", "comply", "own.toml"])
        .exits(2)
        .says("own.toml: line 7: unknown variant `magic`");
    env.write("own.toml", "id = \"own\"\ntitle.en = \"t\"\n\n[[clause]]\nid = \"SI-44\"\ntitle.en = \"t\"\ndocuments = [\"act\"]\n");
    env.run(&["-a", "a", "comply", "own.toml"])
        .exits(2)
        .says("own.toml: line 5: no clause is called `SI-44`");
    env.run(&["-a", "a", "comply", "gost"]).exits(2).says(
        "no profile `gost`; expected one of: fi, kz195, kz199, ru-prik, si, or a file that ends in .toml",
    );
    env.run(&["-a", "a", "comply", "si", "--lang", "de"])
        .exits(2)
        .says("no texts in `de`");
    env.run(&["-a", "a", "comply", "si", "--clause", "SI-9"])
        .exits(2)
        .says("no clause begins with `SI-9`");
    env.run(&["comply"])
        .exits(0)
        .says("failures-reviewed")
        .says("ru-prik");
}

#[test]
fn pages_say_everything_in_every_language() {
    let env = good();
    let commands: [&[&str]; 4] = [
        &["comply", "ru-prik"],
        &["sufficiency"],
        &["review", "list"],
        &["source", "learn"],
    ];
    for (command, language) in commands
        .iter()
        .flat_map(|c| ["en", "fi", "kk", "ru", "sl"].map(|l| (c, l)))
    {
        let out = [
            "--html",
            "page.html",
            "--xlsx",
            "page.xlsx",
            "--lang",
            language,
            "-q",
        ];
        env.run(&[&["-a", "a", "--purpose", "audit"], *command, &out].concat());
        let html = std::fs::read_to_string(env.path("page.html")).unwrap();
        assert!(html.contains(&format!("lang=\"{language}\"")));
        // A text that is missing stands as [its-id].
        let holes: Vec<&str> = html
            .split('[')
            .skip(1)
            .filter_map(|rest| rest.split_once(']').map(|(id, _)| id))
            .filter(|id| id.contains('-') && id.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            .collect();
        assert!(holes.is_empty(), "{command:?} {language}: {holes:?}");
        assert!(std::fs::read(env.path("page.xlsx")).unwrap().starts_with(b"PK"));
    }
}

/// What SQL finds in the archive is what the counting of the files themselves finds: every event, every Windows event id
/// and every field, over seven months of samples of all categories.
#[test]
fn sufficiency_agrees_with_the_counting_of_the_files() {
    let env = Environment::new();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples");
    let (logs, list) = (format!("{samples}/logs"), format!("{samples}/sources.csv"));
    env.run(&["-a", "a", "ingest", &logs, "--sources", &list, "-q"]);
    let found = env
        .run(&["-a", "a", "sufficiency", "--months", "36", "--json"])
        .json();
    let conform = env.run(&["conform", &logs, "--sources", &list, "--json"]).json();
    let number = |value: &Value| value.as_u64().unwrap();
    let mut compared = 0;
    for category in conform["categories"].as_array().unwrap() {
        let sources = found["sources"].as_array().unwrap().iter();
        let own: Vec<&Value> = sources
            .filter(|source| source["category"] == category["category"] && source["records"] != 0)
            .collect();
        let clauses = category["clauses"].as_array().unwrap().iter();
        let items: Vec<&Value> = clauses
            .flat_map(|clause| clause["items"].as_array().unwrap())
            .collect();
        for item in &items {
            for event in item["events"].as_array().into_iter().flatten() {
                let name = event["name"].as_str().unwrap();
                let ids = event["windows_ids"].as_array().into_iter().flatten();
                let mut wanted: Vec<(String, u64)> = ids
                    .map(|id| (format!("{name} ({})", id["id"]), number(&id["count"])))
                    .collect();
                if wanted.is_empty() {
                    wanted.push((name.to_owned(), number(&event["count"])));
                }
                for (what, count) in wanted {
                    let events = own.iter().flat_map(|source| source["events"].as_array().unwrap());
                    let of = events.filter(|e| e["clause"] == item["id"] && e["what"] == what.as_str());
                    let sum: u64 = of.map(|e| number(&e["count"])).sum();
                    // Accounts that came from several addresses: here all their records, there each change.
                    if item["id"] == "KZ195-A4-3.1" {
                        assert_eq!(sum == 0, count == 0);
                    } else {
                        assert_eq!(sum, count, "{} {what}", item["id"]);
                    }
                    compared += 1;
                }
            }
        }
        let fields = items.iter().filter(|item| item["field"].is_object());
        for (place, item) in fields.enumerate() {
            let field = &item["field"];
            let held = if field["in_form"].is_u64() {
                &field["in_form"]
            } else {
                &field["present"]
            };
            let sum = |name: &str| -> u64 {
                own.iter()
                    .map(|source| number(&source["fields"][place][name]))
                    .sum()
            };
            assert_eq!(
                (sum("asked"), sum("filled")),
                (number(&field["asked"]), number(held)),
                "{} {}",
                item["id"],
                field["columns"]
            );
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn the_policy_in_force_says_what_is_asked() {
    let env = Environment::with_archive();
    let policy = |arguments: &[&str]| env.run(&[&["-a", "a", "policy"], arguments].concat());
    policy(&[
        "set",
        "--from",
        "2026-01-01",
        "--kinds",
        "auth.wink",
        "--reason",
        "r",
    ])
    .exits(2)
    .says("no kind is called `auth.wink`");
    policy(&[
        "set",
        "--source",
        "web9",
        "--from",
        "2026-01-01",
        "--kinds",
        "auth.logon",
        "--reason",
        "r",
    ])
    .exits(2)
    .says("no source `web9`");
    policy(&[
        "set",
        "--from",
        "2026-02-30",
        "--kinds",
        "auth.logon",
        "--reason",
        "r",
    ])
    .exits(2)
    .says("is no day");
    let sufficient = |code: i32| env.run(&["-a", "a", "sufficiency", "--json"]).exits(code).json();
    sufficient(0);
    policy(&[
        "set",
        "--from",
        "2026-01-01",
        "--kinds",
        "auth.logon",
        "--reason",
        "order 1",
    ])
    .exits(0)
    .says("on record");
    assert_eq!(sufficient(0)["sources"][0]["policy_from"], "2026-01-01");
    policy(&[
        "set",
        "--from",
        "2026-04-01",
        "--kinds",
        "media.write",
        "--reason",
        "order 2",
    ])
    .exits(0);
    let found = sufficient(1);
    assert_eq!(found["sources"][0]["policy_from"], "2026-04-01");
    let events = found["sources"][0]["events"].as_array().unwrap();
    let asked = events.iter().find(|e| e["clause"] == "policy").unwrap();
    assert_eq!(
        (&asked["what"], &asked["state"]),
        (&Value::from("media.write"), &Value::from("cannot"))
    );
    // A version that begins later is not in force yet.
    policy(&[
        "set",
        "--from",
        "2026-06-01",
        "--kinds",
        "auth.logon",
        "--reason",
        "order 3",
    ])
    .exits(0);
    sufficient(1);
    policy(&["list"]).exits(0).says("order 2").says("order 3");
    env.verified();
}

#[test]
fn days_that_nobody_went_through_are_listed_and_overdue_ones_named() {
    let env = Environment::new();
    let log: String = day("2026-03-01")
        .iter_days()
        .take(61)
        .map(|on| lines("web", on))
        .collect();
    env.write("in/web.log", log);
    env.run(&["-a", "a", "ingest", "in"]).exits(0);
    let list = |more: &[&str], code: i32| {
        env.run(&[&["-a", "a", "review", "list", "--json"], more].concat())
            .exits(code)
            .json()
    };
    let source = |outcome: &Value| {
        outcome["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["source"] == "web")
            .unwrap()
            .clone()
    };
    // Nobody set a period: nothing is overdue, and all is open.
    let open = source(&list(&[], 0));
    assert_eq!(
        (&open["period_days"], open["unreviewed"][0]["days"].as_u64()),
        (&Value::Null, Some(61))
    );
    let review = |period: &str| {
        env.run(&[
            "-a", "a", "review", "record", "--source", "web", "--period", period, "--by", "A", "--result",
            "clean",
        ])
    };
    review("2026-03-05..2026-03-01")
        .exits(2)
        .says("2026-03-05 is after 2026-03-01");
    review("2026-03-01..2026-03-31").exits(0);
    let open = source(&list(&["--every", "20"], 1));
    assert_eq!(open["unreviewed"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &open["unreviewed"][0]["from"],
            open["unreviewed"][0]["days"].as_u64()
        ),
        (&Value::from("2026-04-01"), Some(30))
    );
    // Today is 1 May: what was written before 11 April lies back longer than 20 days.
    assert_eq!(open["overdue"][0]["to"], "2026-04-10");
    review("2026-04-01..2026-04-10").exits(0);
    let open = source(&list(&["--every", "20"], 0));
    assert_eq!(open["reviewed_to"], "2026-04-10");
    let until = day("2026-04-30") - Days::new(0);
    assert_eq!(open["unreviewed"][0]["to"], until.to_string());
    env.verified();
}

#[test]
fn a_log_that_changes_its_form_must_have_been_announced() {
    let env = Environment::new();
    let old: String = day("2026-04-01")
        .iter_days()
        .take(9)
        .map(|on| lines("web", on))
        .collect();
    let new = |from: &str| -> String {
        let days = day(from).iter_days().take(5);
        let line = |on: NaiveDate| {
            format!(
                "{} 10:00:00 web sshd[1]: Accepted password for anna from 203.0.113.6 port 1 ssh2\n",
                on.format("%b %e")
            )
        };
        days.map(line).collect()
    };
    env.write("in/web/a.log", old);
    env.run(&["-a", "a", "ingest", "in", "--source", "web"]).exits(0);
    let changes = |code: i32| {
        env.run(&["-a", "a", "source", "changes", "--json"])
            .exits(code)
            .json()
    };
    assert_eq!(changes(0)["changes"].as_array().unwrap().len(), 0);
    env.write("in/web/b.log", new("2026-04-13"));
    env.run(&["-a", "a", "ingest", "in", "--source", "web", "--year", "2026"])
        .exits(0);
    let found = changes(1);
    let change = &found["changes"][0];
    assert_eq!(
        (&change["day"], &change["announced"]),
        (&Value::from("2026-04-13"), &Value::Null)
    );
    let notice = |given: &str, code: i32| {
        let arguments = [
            "-a",
            "a",
            "source",
            "notice",
            "web",
            "--given",
            given,
            "--change",
            "2026-04-13",
            "--what",
            "RFC 3164",
        ];
        env.run(&arguments).exits(code);
    };
    notice("2026-04-31", 2);
    // Tuesday to Monday: four worked days, then Monday to Monday: five.
    notice("2026-04-07", 0);
    assert_eq!(changes(1)["changes"][0]["in_time"], false);
    notice("2026-04-06", 0);
    assert_eq!(changes(0)["changes"][0]["announced"], "2026-04-06");
    env.write("days.csv", "2026-04-10,off\n");
    env.run(&["-a", "a", "source", "changes", "--calendar", "days.csv"])
        .exits(1)
        .says("NOT IN TIME");
    env.run(&["-a", "a", "source", "notices"])
        .exits(0)
        .says("RFC 3164");
    env.verified();
}

#[test]
fn the_access_report_names_what_is_out_of_the_ordinary() {
    let env = Environment::with_archive();
    let search = |now: &str, more: &[&str]| {
        env.run_at(
            now,
            &[&["-a", "a", "search", "source:web1", "--count"], more].concat(),
        )
        .exits(0)
    };
    search("2026-04-30T10:00:00Z", &["--purpose", "case 5"]);
    search("2026-04-30T22:00:00Z", &["--purpose", "case 5"]);
    search("2026-04-25T10:00:00Z", &["--purpose", "case 5"]);
    search("2026-04-30T11:00:00Z", &[]);
    let report = env
        .run(&["-a", "a", "access", "--purpose", "audit", "--json"])
        .exits(0)
        .json();
    let found: Vec<(String, &str)> = report["officer"]["anomalies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            let seconds = a["time"].as_i64().unwrap() / 1_000_000;
            (
                chrono::DateTime::from_timestamp(seconds, 0).unwrap().to_string(),
                a["anomaly"].as_str().unwrap(),
            )
        })
        .collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(time, what)| (&time[..16], *what)).collect();
    assert_eq!(
        found,
        [
            ("2026-04-25 10:00", "outside-hours"),
            ("2026-04-30 11:00", "purpose-missing"),
            ("2026-04-30 22:00", "outside-hours"),
            // 1 May 2026 is a Friday, and the calendar that makes it a holiday was not given.
        ]
    );
    assert_eq!(report["officer"]["persons"][0]["readings"], 5);
    let sources = report["officer"]["sources"].as_array().unwrap();
    assert_eq!(
        (&sources[0]["source"], &sources[0]["readings"]),
        (&Value::from("web1"), &Value::from(4))
    );
    env.write("days.csv", "2026-05-01,off\n");
    let with = env
        .run(&[
            "-a",
            "a",
            "access",
            "--purpose",
            "audit",
            "--calendar",
            "days.csv",
            "--hours",
            "0-24",
            "--json",
        ])
        .json();
    let hours = with["officer"]["anomalies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["anomaly"] == "outside-hours");
    assert_eq!(hours.count(), 3);
    env.run(&["-a", "a", "access", "--hours", "19-8"])
        .exits(2)
        .says("expected FIRST-LAST");
    env.run(&["-a", "a", "access", "--report", "out", "--lang", "kk", "-q"])
        .exits(0);
    let html = std::fs::read_to_string(env.path("out/access.kk.html")).unwrap();
    assert!(html.contains("Әдеттен тыс"), "{html}");
}
