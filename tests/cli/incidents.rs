//! `letopis incident`: the register, the deadlines that run from it, and what `comply` answers of them.

use super::*;

/// The program at a moment of 1 March 2026, or later.
fn at(env: &Environment, now: &str, arguments: &[&str]) -> Output {
    env.run_at(now, &[&["-a", "a"], arguments].concat())
}

/// An archive whose zone is that of Almaty, five hours before UTC.
fn archive() -> Environment {
    let env = Environment::new();
    at(
        &env,
        "2026-01-01T00:00:00Z",
        &["init", "--time-zone", "Asia/Almaty"],
    )
    .exits(0);
    env.write("in/auth.log", AUTH);
    at(&env, "2026-01-06T00:00:00Z", &["ingest", "in", "--year", "2026"]).exits(0);
    env
}

/// Opens an incident that was detected at 10:00 in Almaty on 1 March; gives its ledger entry.
fn opened(env: &Environment, more: &[&str]) -> String {
    let add = [
        "incident",
        "add",
        "--at",
        "2026-03-01 10:00",
        "--text",
        "guessed password",
        "--by",
        "A. Kos",
        "--json",
    ];
    let outcome = at(env, "2026-03-01T05:05:00Z", &[&add[..], more].concat())
        .exits(0)
        .json();
    outcome["entry"].as_u64().unwrap().to_string()
}

fn notify(env: &Environment, incident: &str, to: &str, when: &str, more: &[&str]) -> Output {
    let notify = [
        "incident",
        "notify",
        incident,
        "--to",
        to,
        "--at",
        when,
        "--text",
        "by telephone",
    ];
    at(env, "2026-05-01T00:00:00Z", &[&notify[..], more].concat())
}

/// Deadlines of the first incident at a moment, as `id standing until`.
fn deadlines(env: &Environment, now: &str) -> Vec<String> {
    let output = at(env, now, &["incident", "list", "--all", "--json"]);
    let found = output.json();
    let due = found["incidents"][0]["deadlines"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let bad = due
        .iter()
        .any(|due| due["standing"] == "late" || due["standing"] == "missing");
    assert_eq!(output.code, i32::from(bad), "{found}");
    due.iter()
        .map(|due| {
            format!(
                "{} {} {}",
                text(&due["id"]),
                text(&due["standing"]),
                &text(&due["until"])[..16]
            )
        })
        .collect()
}

/// The verdict of a clause, and its figure.
fn clause(env: &Environment, profile: &str, clause: &str) -> (String, u64, u64) {
    let outcome = at(
        env,
        "2026-05-01T00:00:00Z",
        &["comply", profile, "--clause", clause, "--json"],
    );
    let outcome = outcome.json();
    let found = outcome["clauses"].as_array().unwrap();
    let found = found.iter().find(|one| one["id"] == clause).unwrap();
    let figure = &found["checks"][0]["figure"];
    (
        found["verdict"].as_str().unwrap().to_owned(),
        figure["asked"].as_u64().unwrap(),
        figure["held"].as_u64().unwrap(),
    )
}

#[test]
fn an_owners_deadlines_run_from_the_detection_and_are_judged_by_what_is_on_record() {
    let env = archive();
    let not_shown = |id: &str| assert_eq!(clause(&env, "kz195", id), ("not-shown".to_owned(), 0, 0));
    // Nothing on record: nothing is shown.
    for id in ["KZ195-12.6", "KZ195-12.7", "KZ195-10.1.5", "KZ195-22"] {
        not_shown(id);
    }
    let incident = opened(&env, &["--source", "web1"]);
    assert_eq!(
        deadlines(&env, "2026-03-01T05:15:00Z"),
        ["DL-08 open 2026-03-01T05:15", "DL-09 open 2026-03-02T05:00"]
    );
    assert_eq!(
        deadlines(&env, "2026-03-01T05:15:01Z")[0],
        "DL-08 missing 2026-03-01T05:15"
    );
    assert_eq!(clause(&env, "kz195", "KZ195-12.6"), ("not-met".to_owned(), 1, 0));
    // Told in time, put on record later; the list of data a minute too late, then told again in time.
    notify(&env, &incident, "nkcib", "2026-03-01T05:14:00Z", &[]).exits(0);
    assert_eq!(clause(&env, "kz195", "KZ195-12.6"), ("met".to_owned(), 1, 1));
    assert_eq!(clause(&env, "kz195", "KZ195-12.7"), ("not-met".to_owned(), 1, 0));
    notify(&env, &incident, "nkcib", "2026-03-02T05:01:00Z", &["--list"]).exits(0);
    assert_eq!(
        deadlines(&env, "2026-05-01T00:00:00Z")[1],
        "DL-09 late 2026-03-02T05:00"
    );
    notify(&env, &incident, "nkcib", "2026-03-02T04:59:00Z", &["--list"]).exits(0);
    assert_eq!(clause(&env, "kz195", "KZ195-12.7"), ("met".to_owned(), 1, 1));
    // What binds the centre, or the owner of a critical object, is not asked of an owner.
    not_shown("KZ195-10.1.5");
    not_shown("KZ195-22");
    // A second incident that somebody else found, and of which nobody told the centre.
    let second = opened(&env, &["--found-by-others"]);
    assert_eq!(clause(&env, "kz195", "KZ195-12.6"), ("met".to_owned(), 1, 1));
    assert_eq!(clause(&env, "kz195", "KZ195-12.7"), ("not-met".to_owned(), 2, 1));
    notify(&env, &second, "nkcib", "2026-03-01T06:00:00Z", &["--list"]).exits(0);
    assert_eq!(clause(&env, "kz195", "KZ195-12.7"), ("met".to_owned(), 2, 2));
    env.verified();
}

#[test]
fn the_service_tells_in_minutes_and_hours_and_again_after_two_days() {
    let env = archive();
    let incident = opened(&env, &["--role", "gts"]);
    notify(&env, &incident, "state-body", "2026-03-01T05:30:00Z", &[]).exits(0);
    notify(&env, &incident, "knb", "2026-03-01T08:01:00Z", &[]).exits(0);
    assert_eq!(
        deadlines(&env, "2026-03-05T00:00:00Z"),
        [
            "DL-22 kept 2026-03-01T05:30",
            "DL-23 late 2026-03-01T08:00",
            "DL-24 open 2026-03-03T05:00"
        ]
    );
    assert_eq!(
        clause(&env, "kz199", "KZ199-10.3.7"),
        ("not-met".to_owned(), 2, 1)
    );
    assert_eq!(
        clause(&env, "kz199", "KZ199-10.3.11"),
        ("not-shown".to_owned(), 1, 0)
    );
    notify(&env, &incident, "knb", "2026-03-03T06:00:00Z", &[]).exits(0);
    notify(&env, &incident, "authority", "2026-03-03T06:00:00Z", &[]).exits(0);
    assert_eq!(clause(&env, "kz199", "KZ199-10.3.11"), ("met".to_owned(), 1, 1));
    // Recommendations and measures: on record or not shown.
    assert_eq!(
        clause(&env, "kz199", "KZ199-10.3.8"),
        ("not-shown".to_owned(), 1, 0)
    );
    let record = |what: &str| {
        let record = [
            "incident",
            "record",
            &incident,
            what,
            "--at",
            "2026-03-01 12:00",
            "--text",
            "close the account",
        ];
        at(&env, "2026-05-01T00:00:00Z", &record).exits(0);
    };
    record("recommendation");
    assert_eq!(clause(&env, "kz199", "KZ199-10.3.8"), ("met".to_owned(), 1, 1));
    assert_eq!(
        clause(&env, "ru-prik", "RU-PRIK-4.17"),
        ("not-shown".to_owned(), 1, 0)
    );
    record("measure");
    assert_eq!(clause(&env, "ru-prik", "RU-PRIK-4.17"), ("met".to_owned(), 1, 1));
}

#[test]
fn a_register_refuses_what_cannot_be_and_keeps_all_the_rest() {
    let env = archive();
    let now = "2026-05-01T00:00:00Z";
    at(&env, now, &["incident", "list"])
        .exits(0)
        .says("no incident is open");
    let incident = opened(&env, &[]);
    let close = |incident: &str, when: &str| {
        at(
            &env,
            now,
            &[
                "incident",
                "close",
                incident,
                "--at",
                when,
                "--text",
                "account closed",
            ],
        )
    };
    close("1", "2026-03-02").exits(2).says("opens no incident");
    close(&incident, "2026-02-28")
        .exits(2)
        .says("lies before the detection");
    close(&incident, "2026-07-01")
        .exits(2)
        .says("lies after the present");
    close(&incident, "soon").exits(2).says("is no time");
    notify(&env, &incident, "press", "2026-03-02", &[])
        .exits(2)
        .says("expected one of: responsible");
    at(
        &env,
        now,
        &["incident", "add", "--at", "2026-03-01", "--text", " "],
    )
    .exits(2)
    .says("nothing is said");
    let elsewhere = [
        "incident",
        "add",
        "--at",
        "2026-03-01",
        "--text",
        "x",
        "--source",
        "web9",
    ];
    at(&env, now, &elsewhere).exits(2).says("no source `web9`");
    let materials = |hold: &str| {
        let held = [
            "incident",
            "materials",
            &incident,
            "--hold",
            hold,
            "--at",
            "2026-03-02",
            "--text",
            "logs",
        ];
        at(&env, now, &held)
    };
    materials(&incident).exits(2).says("is no hold");
    let hold = [
        "hold",
        "add",
        "--source",
        "web1",
        "--authority",
        "Head",
        "--reason",
        "inquiry",
        "--json",
    ];
    let hold = at(&env, now, &[&["--case", "7"], &hold[..]].concat())
        .exits(0)
        .json();
    materials(&hold["hold"].to_string()).exits(0);
    close(&incident, "2026-03-02").exits(0);
    close(&incident, "2026-03-03").exits(2).says("was closed");
    // Closed, but its deadlines were not kept: it is still told.
    at(&env, now, &["incident", "list"])
        .exits(1)
        .says("DL-08: MISSING")
        .says("materials held by entry");
    let sql = "SELECT subject, first_day, text FROM notes WHERE topic = 'incident' ORDER BY seq";
    let rows = at(&env, now, &["sql", sql, "--format", "csv"]).exits(0).stdout;
    let rows: Vec<&str> = rows.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "detected,2026-03-01,guessed password",
            "materials,2026-03-02,logs",
            "closed,2026-03-02,account closed"
        ]
    );
    env.verified();
}

/// The page says what the list says, in every language, and the workbook holds the same tables.
#[test]
fn the_register_is_a_page_too() {
    let env = archive();
    let id = opened(&env, &[]);
    notify(&env, &id, "nkcib", "2026-03-01 10:12", &[]).exits(0);
    for (language, missing, told) in [
        ("en", "missing", "told: national coordination centre"),
        ("kk", "жоқ", "хабарланды: ұлттық үйлестіру орталығы"),
        ("ru", "нет", "уведомлены: национальный координационный центр"),
        ("sl", "manjka", "obveščeni: nacionalni koordinacijski center"),
        ("fi", "puuttuu", "ilmoitettu: kansallinen koordinointikeskus"),
    ] {
        let list = [
            "incident",
            "list",
            "--html",
            "page.html",
            "--xlsx",
            "page.xlsx",
            "--lang",
            language,
        ];
        at(&env, "2026-03-03T00:00:00Z", &list).exits(1);
        let page = fs::read_to_string(env.path("page.html"))
            .unwrap()
            .replace('\u{ad}', "");
        for part in [
            missing,
            told,
            "guessed password",
            "DL-09",
            "<span>2026-03-02T</span><wbr><span>10:00:00+05:00</span>",
        ] {
            assert!(page.contains(part), "{language} {part}: {page}");
        }
        let workbook = fs::read(env.path("page.xlsx")).unwrap();
        let sheets = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
        let sheets = sheets
            .file_names()
            .filter(|name| name.as_ref().is_ok_and(|name| name.starts_with("xl/worksheets/")))
            .count();
        assert!(sheets >= 3, "{sheets}");
    }
    at(
        &env,
        "2026-03-03T00:00:00Z",
        &["incident", "list", "--html", "x.html", "--lang", "tlh"],
    )
    .exits(2);
}
