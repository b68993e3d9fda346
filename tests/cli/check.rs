//! `letopis check`, `forecast` and second copies: what a keeper is told, and when.

use serde_json::Value;

use super::*;

/// A record for each day from the first to the last, of two sources.
fn days(env: &Environment, source: &str, from: &str, days: u64) {
    let from: chrono::NaiveDate = from.parse().unwrap();
    let log: String = from
        .iter_days()
        .take(days as usize)
        .map(|day| format!("{day}T08:00:00Z {source} app[7]: a record of the day\n"))
        .collect();
    let name = format!("in/{source}/{}.log", from.format("%Y-%m-%d"));
    env.write(&name, log);
}

/// Two sources, both daily, taken in on 1 May with all of April.
fn april() -> Environment {
    let env = Environment::new();
    env.write(
        "register.csv",
        "id,pattern,rhythm,since\nweb,web/**,daily,2026-04-01\ndesk,desk/**,working-days,2026-04-01\n",
    );
    days(&env, "web", "2026-04-01", 30);
    days(&env, "desk", "2026-04-01", 30);
    env.run_at(
        "2026-05-01T06:00:00Z",
        &["-a", "a", "ingest", "in", "--sources", "register.csv"],
    )
    .exits(0);
    env
}

/// The troubles at a moment, as `kind` and what they are about.
fn troubles(env: &Environment, now: &str, more: &[&str]) -> Vec<String> {
    let output = env.run_at(
        now,
        &[&["-a", "a", "check", "--json", "--space", "0"], more].concat(),
    );
    let report = output.json();
    let found: Vec<String> = report["troubles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trouble| {
            let about =
                ["source", "name", "path", "state"].map(|key| trouble[key].as_str().unwrap_or_default());
            format!("{} {}", trouble["kind"].as_str().unwrap(), about.join(" "))
                .trim()
                .to_owned()
        })
        .collect();
    assert_eq!(output.code, i32::from(!found.is_empty()), "{report}");
    found
}

#[test]
fn a_keeper_is_told_what_stands_still_and_nothing_else() {
    let env = april();
    assert_eq!(troubles(&env, "2026-05-02T06:00:00Z", &[]), Vec::<String>::new());
    // 1 May is a Friday and was to be here by the evening of the 3rd, a day and two later.
    let late = troubles(&env, "2026-05-04T06:00:00Z", &[]);
    assert_eq!(late, ["silent desk", "silent web", "no-intake"]);
    // On a holiday the desk rests, and then comes the weekend.
    env.write("off.csv", "2026-05-01,off\n");
    let late = troubles(&env, "2026-05-04T06:00:00Z", &["--calendar", "off.csv"]);
    assert_eq!(late, ["silent web", "no-intake"]);
    assert_eq!(
        troubles(&env, "2026-05-04T06:00:00Z", &["--late", "7"]),
        Vec::<String>::new()
    );
    // The web goes on, the desk does not; a file that cannot be read fails.
    days(&env, "web", "2026-05-01", 5);
    env.write(
        "in/web/broken.log.gz",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken",
    );
    env.run_at(
        "2026-05-06T05:00:00Z",
        &["-a", "a", "ingest", "in", "--sources", "register.csv"],
    );
    let late = troubles(&env, "2026-05-06T06:00:00Z", &[]);
    assert!(
        late.contains(&"silent desk".to_owned()) && !late.contains(&"silent web".to_owned()),
        "{late:?}"
    );
    assert!(
        late.contains(&"intake-failed   web/broken.log.gz".to_owned()),
        "{late:?}"
    );
}

/// What did not come stands in the ledger, for later.
#[test]
fn a_check_is_put_on_record() {
    let env = april();
    env.run_at(
        "2026-05-04T06:00:00Z",
        &["-a", "a", "check", "--record", "--space", "0"],
    )
    .exits(1);
    let sql = "SELECT line FROM ledger WHERE kind = 'note'";
    env.run(&["-a", "a", "sql", sql, "--format", "csv"])
        .exits(0)
        .says("\"\"troubles\"\":3");
}

/// What comes while the program looks on is taken in; nothing twice.
#[test]
fn a_folder_is_watched() {
    let env = april();
    let register = ["--sources", "register.csv"];
    env.run(&["-a", "a", "ingest", "in", "--watch", "1"])
        .exits(2)
        .says("--now");
    // The clock of a watch is the machine's.
    let mut child = Command::new(env!("CARGO_BIN_EXE_letopis"))
        .current_dir(env.path(""))
        .env_clear()
        .env("HOME", env.path(""))
        .env("LETOPIS_KEY", "keys")
        .args(["-a", "a", "ingest", "in", "--watch", "1", "-q"])
        .args(register)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let count = || {
        let sql = "SELECT count(*) AS n FROM events";
        let rows = env.run(&["-a", "a", "sql", sql, "--format", "csv"]).stdout;
        rows.lines()
            .last()
            .unwrap_or_default()
            .parse::<u64>()
            .unwrap_or_default()
    };
    assert_eq!(count(), 60);
    days(&env, "web", "2026-05-01", 5);
    for _ in 0..120 {
        if count() == 65 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((count(), ended), (65, None));
    env.run(&["-a", "a", "verify"]).exits(0);
    env.run(&[&["-a", "a", "ingest", "in"], &register[..]].concat())
        .exits(0)
        .says("0 records");
}

/// What makes a new archive is said once, and does not stand against the intakes that follow.
#[test]
fn a_watch_may_make_its_archive() {
    let env = april();
    let mut child = Command::new(env!("CARGO_BIN_EXE_letopis"))
        .current_dir(env.path(""))
        .env_clear()
        .env("HOME", env.path(""))
        .env("LETOPIS_KEY", "other-keys")
        .args([
            "-a",
            "b",
            "ingest",
            "in",
            "--watch",
            "1",
            "-q",
            "--time-zone",
            "Asia/Almaty",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let intakes = || {
        let ledger = fs::read_to_string(env.path("b/ledger/entries.jsonl")).unwrap_or_default();
        ledger
            .lines()
            .filter(|line| line.contains("\"kind\":\"ingest\""))
            .count()
    };
    let mut reached = 0;
    for _ in 0..120 {
        if intakes() > reached {
            reached += 1;
            days(&env, "web", "2026-05-01", 5);
        }
        if reached == 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(reached, 2);
}

#[test]
fn units_name_this_program_this_archive_and_these_keys() {
    let env = april();
    env.run(&["-a", "a", "check", "--units", "units"]).exits(0);
    let service = fs::read_to_string(env.path("units/letopis-check.service")).unwrap();
    let archive = env.path("a").display().to_string();
    assert!(service.contains(&format!("--archive \"{archive}\"")), "{service}");
    assert!(!service.contains('{'), "{service}");
    assert_eq!(fs::read_dir(env.path("units")).unwrap().count(), 4);
}

/// Against a sum over the files as they lie there.
#[test]
fn a_forecast_is_what_the_files_say() {
    let env = april();
    let report = env
        .run_at("2026-05-02T06:00:00Z", &["-a", "a", "forecast", "--json"])
        .exits(0)
        .json();
    let number = |value: &Value| value.as_u64().unwrap();
    let originals: usize = files_below(&env.path("in"))
        .iter()
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert_eq!(number(&report["originals"]), originals as u64);
    let stored: usize = files_below(&env.path("a"))
        .iter()
        .filter(|(name, _)| {
            !name.ends_with(".lock") && !["letopis.toml", "ledger/head"].contains(&name.as_str())
        })
        .map(|(_, bytes)| bytes.len())
        .sum();
    // The reading of the forecast itself, the catalogue, and the copy of the head are no part of it.
    let told = number(&report["stored"]) as usize;
    assert!(told <= stored && stored - told < 6_000, "{told} of {stored}");
    for source in report["sources"].as_array().unwrap() {
        let growth = &source["growth"];
        assert_eq!((number(&growth["days"]), number(&growth["records"])), (30, 30));
        assert_eq!(
            number(&source["bytes_a_day"]),
            number(&growth["bytes"]).div_ceil(30)
        );
        assert_eq!(number(&source["months"]), 6);
    }
    assert_eq!(report["suffices"], true);
}

#[test]
fn a_second_copy_is_filled_followed_checked_and_missed() {
    let env = april();
    let add = [
        "-a",
        "a",
        "copy",
        "add",
        "safe",
        "--name",
        "vault room",
        "--country",
        "si",
    ];
    env.run_at("2026-05-01T07:00:00Z", &add)
        .exits(0)
        .says("what came was checked");
    let list = |now: &str| {
        env.run_at(now, &["-a", "a", "copy", "list", "--json"])
            .exits(0)
            .json()["copies"][0]
            .clone()
    };
    let copy = list("2026-05-01T08:00:00Z");
    assert_eq!(
        (&copy["country"], &copy["ended"]),
        (&"SI".into(), &"complete".into())
    );
    // Found by its name from anywhere, by its place as it was given.
    assert_eq!(copy["place"], env.path("safe").display().to_string());
    let at = |now: &str| troubles(&env, now, &["--late", "7"]);
    assert_eq!(at("2026-05-07T06:00:00Z"), Vec::<String>::new());
    assert!(at("2026-05-09T06:00:00Z").contains(&"copy  vault room  behind".to_owned()));
    env.run_at("2026-05-09T07:00:00Z", &["-a", "a", "copy", "sync", "vault room"])
        .exits(0);
    assert!(
        !at("2026-05-09T08:00:00Z")
            .iter()
            .any(|line| line.starts_with("copy"))
    );
    // The copy is an archive that is read with a journal kept elsewhere, and takes no writes.
    env.run(&["-a", "safe", "verify"]).exits(0);
    env.run(&["-a", "safe", "search", "record"])
        .exits(2)
        .says("--journal");
    env.run(&["-a", "safe", "search", "record", "--journal", "j"])
        .exits(0);
    env.run(&["-a", "safe", "ingest", "in"])
        .exits(2)
        .says("second copy");
    // A byte of it rots.
    let object = files_below(&env.path("safe"))
        .into_iter()
        .find(|(name, _)| name.starts_with("objects/") && name.ends_with(".zst"))
        .unwrap();
    let mut bytes = object.1.clone();
    bytes[20] ^= 1;
    env.write(&format!("safe/{}", object.0), bytes);
    let verify = ["-a", "a", "copy", "verify", "vault room"];
    env.run_at("2026-05-09T09:00:00Z", &verify)
        .exits(1)
        .says(&object.0);
    assert!(at("2026-05-09T10:00:00Z").contains(&"copy  vault room  damaged".to_owned()));
    fs::remove_file(env.path(&format!("safe/{}", object.0))).unwrap();
    env.run_at("2026-05-09T11:00:00Z", &["-a", "a", "copy", "sync", "vault room"])
        .exits(0)
        .says("what came was checked");
    env.run_at("2026-05-09T12:00:00Z", &verify).exits(0);
    env.run_at(
        "2026-05-09T13:00:00Z",
        &["-a", "a", "copy", "retire", "vault room"],
    )
    .exits(0);
    assert!(
        !at("2026-05-30T08:00:00Z")
            .iter()
            .any(|line| line.starts_with("copy"))
    );
}

/// Where a copy may lie is asked on the command line, or set once for the archive.
#[test]
fn a_copy_that_lies_elsewhere_is_told() {
    let env = april();
    let now = "2026-05-01T07:00:00Z";
    let copy = |folder: &str, name: &str, country: &[&str]| {
        let add = ["-a", "a", "copy", "add", folder, "--name", name];
        env.run_at(now, &[&add[..], country].concat()).exits(0);
    };
    copy("one", "Graz", &["--country", "at"]);
    copy("two", "Belgrade", &["--country", "RS"]);
    copy("three", "attic", &[]);
    let found = |more: &[&str]| -> Vec<String> {
        let found = troubles(&env, "2026-05-01T08:00:00Z", more);
        found
            .into_iter()
            .filter(|line| line.starts_with("copy"))
            .collect()
    };
    assert_eq!(found(&[]), Vec::<String>::new());
    let wrong = ["copy  Belgrade  elsewhere", "copy  attic  no-country"];
    assert_eq!(found(&["--countries", "SI,EU"]), wrong);
    assert_eq!(found(&["--countries", "SI"]).len(), 3);
    env.run(&["-a", "a", "check", "--countries", "Slovenia"])
        .exits(2)
        .says("no country code");
    env.run(&["-a", "a", "copy", "list"]).exits(0);
    env.run_at(now, &["-a", "a", "config", "set", "--copy-countries", "si,eu"])
        .exits(0)
        .says("SI, EU");
    assert_eq!(found(&[]), wrong);
    assert_eq!(found(&["--countries", "any"]), Vec::<String>::new());
    env.run(&["-a", "a", "copy", "list"])
        .exits(1)
        .says("RS (NOT WHERE IT MAY LIE)");
    for name in ["Belgrade", "attic"] {
        env.run(&["-a", "a", "copy", "retire", name]).exits(0);
    }
    env.run(&["-a", "a", "copy", "list"]).exits(0);
    env.run(&["-a", "a", "config", "set", "--copy-countries", "any"])
        .exits(0);
    let text = fs::read_to_string(env.path("a/letopis.toml")).unwrap();
    assert!(!text.contains("copy_countries"), "{text}");
    env.run(&["-a", "a", "verify"]).exits(0);
}
