//! `letopis conform`: logs whose merits and faults were written by hand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AUTH, Environment, Output, gz};

/// A log in the layout of KZ195 appendix 4 that shows every kind of event of chapter 1 in the fields of its clause 2.
const CONFORMING: &str = "\
05:03:2026 08:00:01;SRV-01;Жүйе іске қосылды
05:03:2026 08:00:05;SRV-01;Сәтсіз авторландыру әрекеті: admin
05:03:2026 08:00:09;SRV-01;\"Файл ашылды: есеп; наурыз\"
05:03:2026 08:00:10;SRV-01;Вход пользователя aigul выполнен успешно
05:03:2026 08:00:11;SRV-01;Создан файл отчет.docx
05:03:2026 08:00:12;SRV-01;Сохранен файл отчет.docx
05:03:2026 08:00:13;SRV-01;Файл отчет.docx переименован
05:03:2026 08:00:14;SRV-01;Скопирован файл отчет.docx
05:03:2026 08:00:15;SRV-01;Удален файл отчет.docx
05:03:2026 08:00:16;SRV-01;Установлено программное обеспечение 7-Zip
05:03:2026 08:00:17;SRV-01;Удалено программное обеспечение 7-Zip
05:03:2026 08:00:18;SRV-01;Изменена конфигурация системы
05:03:2026 08:00:19;SRV-01;Создана учетная запись daniyar
05:03:2026 08:00:20;SRV-01;Изменена учетная запись daniyar
05:03:2026 08:00:21;SRV-01;Удалена учетная запись daniyar
05:03:2026 08:00:22;SRV-01;Антивирус включен
05:03:2026 08:00:23;SRV-01;Антивирус отключен
05:03:2026 08:00:24;SRV-01;Изменены настройки защиты
05:03:2026 08:00:25;SRV-01;Использование привилегированной учетной записи root
05:03:2026 08:00:26;SRV-01;Подключено устройство USB
05:03:2026 08:00:27;SRV-01;Отключено устройство USB
05:03:2026 08:00:28;SRV-01;Отказано в доступе пользователю aigul
05:03:2026 08:00:29;SRV-01;Отказано в доступе к файлу отчет.docx
05:03:2026 08:00:30;SRV-01;Запущен процесс calc.exe
05:03:2026 08:00:31;SRV-01;Завершен процесс calc.exe
05:03:2026 08:00:32;SRV-01;Жүйеден шығу: aigul
05:03:2026 08:00:33;SRV-01;Жүйе тоқтатылды
";

/// What comes out by the id of the clause or, of clauses with items that have ids of their own, of the item.
fn verdicts(output: &Output) -> BTreeMap<String, String> {
    let outcome = output.json();
    let mut found = BTreeMap::new();
    for clause in list(&outcome["categories"])
        .iter()
        .flat_map(|c| list(&c["clauses"]))
    {
        let id = text(&clause["id"]);
        found.insert(id.clone(), text(&clause["verdict"]));
        for item in list(&clause["items"]).iter().filter(|i| text(&i["id"]) != id) {
            // A clause may list two items under one id, of which the first is the one that a log can show.
            found
                .entry(text(&item["id"]))
                .or_insert_with(|| text(&item["verdict"]));
        }
    }
    found
}

fn clause(output: &Output, id: &str) -> Value {
    let outcome = output.json();
    let clauses = list(&outcome["categories"])
        .iter()
        .flat_map(|c| list(&c["clauses"]));
    let mut clauses = clauses.filter(|c| c["id"] == id);
    clauses
        .next()
        .unwrap_or_else(|| panic!("no {id}: {}", output.text()))
        .clone()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn conform(env: &Environment, more: &[&str]) -> Output {
    env.run(&[&["conform", "--json"], more].concat())
}

#[test]
fn a_log_in_the_layout_of_the_law_meets_what_it_shows_and_the_rest_is_named() {
    let env = Environment::new();
    env.write("in/os.log", CONFORMING);
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(0);
    let found = verdicts(&output);
    let met: Vec<String> = ["1", "2", "5", "6", "7", "8"]
        .iter()
        .map(|n| format!("KZ195-A4-{n}"))
        .chain((1..=13).map(|n| format!("KZ195-A4-1.{n}")))
        .chain((1..=3).map(|n| format!("KZ195-A4-2.{n}")))
        .collect();
    for id in &met {
        assert_eq!(found[id.as_str()], "met", "{id}: {}", output.text());
    }
    // Nothing in it tells whether a Unix-like system or one of the Windows family wrote it.
    let rest: Vec<_> = found.iter().filter(|(id, _)| !met.contains(id)).collect();
    let not_shown = "not-shown".to_owned();
    assert_eq!(
        rest,
        [
            (&"KZ195-A4-3".to_owned(), &not_shown),
            (&"KZ195-A4-4".to_owned(), &not_shown)
        ]
    );
    // One record without a host name: its clause is broken, and no other.
    env.write(
        "in/os.log",
        format!("{CONFORMING}05:03:2026 08:00:34;;Жүйе іске қосылды\n"),
    );
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(1);
    let found = verdicts(&output);
    let broken: Vec<_> = found
        .iter()
        .filter(|(_, v)| *v == "not-met")
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(broken, ["KZ195-A4-2", "KZ195-A4-2.2"]);
    let host = &clause(&output, "KZ195-A4-2")["items"][1]["field"];
    assert_eq!((&host["asked"], &host["present"]), (&28.into(), &27.into()));
    assert_eq!(host["first_without"]["line"], 28);
    assert_eq!(host["first_without"]["offset"], CONFORMING.len());
}

#[test]
fn titles_are_in_the_language_asked_where_the_law_gives_them() {
    let env = Environment::new();
    env.write("in/os.log", CONFORMING);
    env.run(&["conform", "in", "--category", "os", "--lang", "kk"])
        .says("KZ195-A4-2.2  хост атауы")
        .says("RU-PRIK-4.4.5  remote access attempts")
        .says("titles that their regulation does not give in `kk` are in English");
    env.run(&["conform", "in", "--category", "os", "--lang", "ru"])
        .says("KZ195-A4-2.2  имя хоста")
        .says("KZ195-A4-1.1  system start / stop")
        .says("RU-PRIK-4.4.5  попытки удаленного доступа");
}

#[test]
fn a_file_in_windows_1251_names_the_first_byte_that_is_no_utf_8() {
    let env = Environment::new();
    // "Вход" in Windows-1251: C2 F5 EE E4; the second line begins at byte 42, its text behind 27 more.
    let mut bytes = b"05:03:2026 08:00:01;SRV-01;System started\n05:03:2026 08:00:05;SRV-01;".to_vec();
    bytes.extend([0xc2, 0xf5, 0xee, 0xe4, b'\n']);
    env.write("in/os.log", bytes);
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(1);
    let utf8 = clause(&output, "KZ195-A4-7");
    assert_eq!(utf8["verdict"], "not-met");
    assert_eq!(
        (&utf8["examples"][0]["offset"], &utf8["examples"][0]["line"]),
        (&69.into(), &2.into())
    );
    assert!(text(&utf8["reason"]).contains("0xc2"), "{utf8}");
    assert_eq!(clause(&output, "KZ195-A4-5")["verdict"], "met");
    // Latin letters in UTF-16 are bytes that UTF-8 allows, and no UTF-8 all the same.
    let text: Vec<u8> = CONFORMING
        .replace(|c: char| !c.is_ascii(), "x")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    env.write("in/os.log", text);
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(1);
    assert_eq!(
        clause(&output, "KZ195-A4-7")["verdict"],
        "not-met",
        "{}",
        output.text()
    );
}

#[test]
fn a_second_format_in_a_file_is_named_with_the_place_where_it_begins() {
    let env = Environment::new();
    let json = "{\"time\":\"2026-01-05T10:00:12Z\",\"level\":\"info\",\"user\":\"anna\"}\n";
    env.write("in/auth.log", format!("{AUTH}{AUTH}{json}{AUTH}"));
    env.write("in/whole.log", AUTH);
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(1);
    let one = clause(&output, "KZ195-A4-8");
    assert_eq!(one["verdict"], "not-met");
    assert_eq!(list(&one["examples"]).len(), 1, "{one}");
    let first = &one["examples"][0];
    assert_eq!(
        (&first["file"], &first["line"]),
        (&"in/auth.log".into(), &5.into())
    );
    assert_eq!(first["offset"], 2 * AUTH.len());
    assert!(
        text(&first["text"]).starts_with("syslog-rfc3164, and from here json"),
        "{first}"
    );
    // The same grammar with the time written otherwise, and another list of fields.
    let iso = AUTH
        .replace("Jan  5 10", "2026-01-05T10")
        .replace(" web1", "+05:00 web1");
    env.write("in/auth.log", format!("{AUTH}{iso}"));
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]);
    let first = &clause(&output, "KZ195-A4-8")["examples"][0];
    assert_eq!(
        (&first["line"], &first["offset"]),
        (&3.into(), &AUTH.len().into()),
        "{first}"
    );
    let other = "05:03:2026 09:00:00;RTR-1;netadmin;10.0.0.1;10.0.0.5;198.51.100.7;Линк тоқтады\n";
    env.write("in/auth.log", format!("{CONFORMING}{}", other.repeat(3)));
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]);
    let first = &clause(&output, "KZ195-A4-8")["examples"][0];
    assert_eq!(
        (&first["line"], &first["offset"]),
        (&28.into(), &CONFORMING.len().into()),
        "{first}"
    );
}

#[test]
fn a_field_that_holds_the_separator_and_is_not_enclosed_breaks_its_clause() {
    let env = Environment::new();
    env.write(
        "in/os.log",
        format!("{CONFORMING}05:03:2026 09:00:00;SRV-01;Открыт файл a; b\n"),
    );
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(1);
    let broken = clause(&output, "KZ195-A4-6");
    assert_eq!(broken["verdict"], "not-met");
    assert_eq!(
        (&broken["examples"][0]["line"], &broken["examples"][0]["offset"]),
        (&28.into(), &CONFORMING.len().into())
    );
    assert_eq!(clause(&output, "KZ195-A4-8")["verdict"], "met");
}

/// One event of the Windows log as `wevtutil` prints it.
fn windows(channel: &str, provider: &str, id: u32, data: &[(&str, &str)]) -> String {
    let fields: String = data
        .iter()
        .map(|(n, v)| format!("<Data Name='{n}'>{v}</Data>"))
        .collect();
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}'/>\
         <EventID>{id}</EventID><Level>0</Level><Keywords>0x8020000000000000</Keywords>\
         <TimeCreated SystemTime='2026-03-05T08:00:00.0000000Z'/><EventRecordID>{id}</EventRecordID>\
         <Channel>{channel}</Channel><Computer>fs01.example</Computer></System><EventData>{fields}</EventData></Event>\n"
    )
}

#[test]
fn the_event_ids_of_the_law_are_ticked_off_one_by_one() {
    let security =
        |id, data: &[(&str, &str)]| windows("Security", "Microsoft-Windows-Security-Auditing", id, data);
    let system = |id, data: &[(&str, &str)]| windows("System", "Service Control Manager", id, data);
    let sysmon = |image| {
        windows(
            "Microsoft-Windows-Sysmon/Operational",
            "Microsoft-Windows-Sysmon",
            1,
            &[("Image", image)],
        )
    };
    let log = [
        security(4672, &[("SubjectUserName", "anna")]),
        security(
            4624,
            &[
                ("TargetUserName", "anna"),
                ("LogonType", "3"),
                ("IpAddress", "203.0.113.5"),
            ],
        ),
        security(
            5145,
            &[("ShareName", r"\\*\IPC$"), ("RelativeTargetName", "svcctl")],
        ),
        security(
            4663,
            &[
                ("ObjectType", "File"),
                ("ObjectName", r"C:\a.txt"),
                ("AccessMask", "0x2"),
            ],
        ),
        sysmon(r"C:\Windows\PSEXESVC.exe"),
        system(7045, &[("ServiceName", "x"), ("ImagePath", r"C:\x.exe")]),
        system(7036, &[("param1", "x"), ("param2", "running")]),
        security(4698, &[("TaskName", r"\x")]),
        system(7009, &[("param1", "30000"), ("param2", "x")]),
        system(7000, &[("param1", "x"), ("param2", "%%2")]),
        security(
            4657,
            &[("ObjectName", r"\REGISTRY\MACHINE\x"), ("ObjectValueName", "y")],
        ),
        security(4662, &[("ObjectServer", "WMI"), ("AccessMask", "0x4")]),
    ]
    .concat();
    let env = Environment::new();
    env.write("in/fs01.xml", log);
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]);
    let found = verdicts(&output);
    // Never: an administrative share (5140, or 5145 of another share), a changed task (4702).
    let open = ["KZ195-A4-4.3", "KZ195-A4-4.7"];
    for number in 1..=11 {
        let id = format!("KZ195-A4-4.{number}");
        let expected = if open.contains(&id.as_str()) {
            "not-shown"
        } else {
            "met"
        };
        assert_eq!(found[&id], expected, "{id}: {}", output.text());
    }
    assert_eq!(found["KZ195-A4-3"], "does-not-apply");
    let share = &clause(&output, "KZ195-A4-4")["items"][2]["events"];
    assert_eq!((&share[0]["count"], &share[1]["count"]), (&0.into(), &1.into()));
    let ids = serde_json::json!([{"id": 5140, "count": 0}, {"id": 5145, "count": 1}]);
    assert_eq!(share[1]["windows_ids"], ids);
    // XML is text, and its grammar encloses values.
    assert_eq!(
        (found["KZ195-A4-5"].as_str(), found["KZ195-A4-6"].as_str()),
        ("met", "met")
    );
}

#[test]
fn a_plain_auth_log_says_what_it_lacks_and_what_it_only_does_not_show() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    let output = env.run(&["conform", "in", "--category", "os"]).exits(1);
    output
        .says("successful logon 1, first in in/auth.log line 2 (byte 89)")
        .says("failed logon 1, first in in/auth.log line 1 (byte 0)")
        .says("0 of 2 are in the form DD:MM:YYYY HH:MM:SS; first otherwise: in/auth.log line 1 (byte 0), `Jan  5 10:00:00`")
        .says("not handed over: messages, audit")
        .says("an event that was never seen may be logged all the same");
    // The same out of a container.
    env.write("in/auth.log.gz", gz(AUTH.as_bytes()));
    let output = conform(&env, &["in/auth.log.gz", "--category", "os"]).exits(1);
    let found = verdicts(&output);
    for (id, expected) in [
        ("KZ195-A4-1.4", "not-shown"),
        ("KZ195-A4-1.1", "not-shown"),
        ("KZ195-A4-2.1", "not-met"),
        ("KZ195-A4-2.2", "met"),
        ("KZ195-A4-3.3", "not-shown"),
        ("KZ195-A4-4", "does-not-apply"),
        ("KZ195-A4-5", "met"),
        ("KZ195-A4-7", "met"),
        ("RU-PRIK-4.4.5", "met"),
        ("RU-PRIK-4.6", "not-shown"),
        ("RU-PRIK-4.11", "met"),
    ] {
        assert_eq!(found[id], expected, "{id}: {}", output.text());
    }
}

/// The documents' log of the samples is written in the layout of chapter 4.
#[test]
fn the_log_of_the_samples_in_the_layout_of_the_law_has_its_fields_and_its_form() {
    let env = Environment::new();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/logs/edoc");
    let output = conform(
        &env,
        &[samples, "--category", "application", "--profile", "KZ195"],
    )
    .exits(0);
    let found = verdicts(&output);
    for number in 23..=27 {
        assert_eq!(found[&format!("KZ195-A4-{number}")], "met", "{}", output.text());
    }
    // The truth of the samples counts its records and logons.
    let truth: Value = serde_json::from_str(include_str!("../../samples/truth.json")).unwrap();
    let source = list(&truth["sources"])
        .iter()
        .find(|s| s["id"] == "edoc")
        .unwrap();
    assert_eq!(output.json()["categories"][0]["records"], source["records"]);
    let months = truth["counts"]["edoc"].as_object().unwrap().values();
    let count = |class: &str| -> u64 { months.clone().filter_map(|m| m[class].as_u64()).sum() };
    let events = &clause(&output, "KZ195-A4-22")["items"][0]["events"];
    assert_eq!(events[0]["count"], count("edoc.logon"));
    assert_eq!(events[1]["count"], count("edoc.logon_failed"));
}

#[test]
fn what_cannot_be_judged_is_named_and_not_counted() {
    let env = Environment::new();
    env.write("in/os.log", CONFORMING);
    env.write("in/empty.log", "");
    env.write(
        "in/picture.bin",
        [0x89, b'P', b'N', b'G', 0, 1, 2, 3, 0xff, 0xfe, 0, 0, 7, 9].repeat(40),
    );
    let output = conform(&env, &["in", "--category", "os", "--profile", "KZ195"]).exits(0);
    let outcome = output.json();
    let files: Vec<_> = list(&outcome["categories"][0]["files"])
        .iter()
        .map(|f| (text(&f["path"]), f["judged"].as_bool().unwrap()))
        .collect();
    let expected = [
        ("in/empty.log", false),
        ("in/os.log", true),
        ("in/picture.bin", false),
    ];
    assert_eq!(files, expected.map(|(path, judged)| (path.to_owned(), judged)));
    // Records of another kind of system are judged as asked, and that is said.
    env.write(
        "in/os.log",
        "192.0.2.1 - - [05/Jan/2026:10:00:00 +0500] \"GET / HTTP/1.1\" 200 12 \"-\" \"x\"\n",
    );
    env.run(&["conform", "in/os.log", "--category", "os"])
        .says("this format is usual for the category application, judged as os");
}

#[test]
fn the_register_gives_categories_and_what_it_leaves_out_is_named() {
    let env = Environment::new();
    env.write("in/os/os.log", CONFORMING);
    env.write(
        "in/db/db.log",
        "05:03:2026 08:00:00;postgres;10.0.0.7;SELECT iin FROM citizens;citizens\n".repeat(3),
    );
    env.write("in/other.log", AUTH);
    env.write(
        "sources.csv",
        "pattern,id,category\nos/**,srv,os\ndb/**,reg,dbms\n",
    );
    let output = conform(&env, &["in", "--sources", "sources.csv", "--profile", "KZ195"]);
    let outcome = output.json();
    let categories: Vec<_> = list(&outcome["categories"])
        .iter()
        .map(|c| text(&c["category"]))
        .collect();
    assert_eq!(categories, ["os", "dbms"]);
    assert_eq!(outcome["left_out"][0]["path"], "in/other.log");
    let found = verdicts(&output);
    for number in 1..=5 {
        assert_eq!(
            found[&format!("KZ195-A4-10.{number}")],
            "met",
            "{}",
            output.text()
        );
    }
}

#[test]
fn what_was_typed_wrongly_is_told() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.run(&["conform", "in"])
        .exits(2)
        .says("--category os|dbms|network|application|protection");
    env.run(&["conform", "in", "--category", "router"])
        .exits(2)
        .says("expected one of: os, dbms");
    env.run(&["conform", "in", "--category", "os", "--profile", "XX"])
        .exits(2)
        .says("no profile `XX`");
    env.run(&["conform", "in", "--category", "os", "--format", "nosuch"])
        .exits(2)
        .says("nosuch");
    env.run(&["conform", "absent", "--category", "os"])
        .exits(2)
        .says("absent");
    env.write("own.toml", "id = \"OWN\"\ntitle.en = \"own\"\n[[clause]]\nid = \"OWN-1\"\ntitle.en = \"one\"\nrule = \"kinds\"\n[[clause.check]]\nid = \"OWN-1.1\"\ntitle.en = \"root\"\nparts = [{ name = \"root\", kinds = [\"auth.logon\"], outcome = \"failure\" }]\n");
    env.run(&["conform", "in", "--category", "os", "--profile-file", "own.toml"])
        .exits(0)
        .says("root 1, first in in/auth.log line 1 (byte 0)");
    env.write("own.toml", "id = \"OWN\"\ntitle.en = \"own\"\n[[clause]]\nid = \"OWN-1\"\ntitle.en = \"one\"\nrule = \"text\"\nplatform = \"vms\"\n");
    env.run(&["conform", "in", "--category", "os", "--profile-file", "own.toml"])
        .exits(2)
        .says("no platform `vms`");
}

#[test]
fn hostile_logs_end_in_verdicts() {
    let env = Environment::new();
    env.write("in/nul.log", [0u8; 5000]);
    env.write("in/escape.log", format!("{AUTH}\u{1b}[31mred\u{202e}\n"));
    env.write("in/long.log", "a;".repeat(1 << 20));
    env.write("in/deep.json", "[".repeat(100_000));
    env.write("in/broken.gz", &gz(AUTH.as_bytes())[..20]);
    let output = env.run(&["conform", "in", "--category", "application"]);
    assert!(!output.stdout.contains('\u{1b}') && !output.stdout.contains('\u{202e}'));
}

/// Logs of outsiders, where they are at hand: every one ends in verdicts, and EVTX is what it is.
#[test]
fn logs_of_outsiders_are_judged() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(corpus) = corpus.canonicalize() else {
        eprintln!("skipped: the corpus is not here");
        return;
    };
    let env = Environment::new();
    for (folder, category) in [
        ("loghub", "application"),
        ("audit-userspace", "os"),
        ("elastic-package", "network"),
    ] {
        let path = corpus.join(folder);
        let output = conform(&env, &[path.to_str().unwrap(), "--category", category]).exits(1);
        let outcome = output.json();
        assert!(
            outcome["categories"][0]["records"].as_u64().unwrap() > 100,
            "{folder}"
        );
        assert_eq!(
            list(&outcome["left_out"]).len(),
            0,
            "{folder}: {}",
            outcome["left_out"]
        );
    }
    let evtx = corpus.join("evtx-attack-samples/UACME_59_Sysmon.evtx");
    let output = conform(
        &env,
        &[evtx.to_str().unwrap(), "--category", "os", "--profile", "KZ195"],
    )
    .exits(1);
    let found = verdicts(&output);
    for (id, expected) in [
        ("KZ195-A4-3", "does-not-apply"),
        ("KZ195-A4-5", "not-met"),
        ("KZ195-A4-6", "not-shown"),
        ("KZ195-A4-7", "not-met"),
    ] {
        assert_eq!(found[id], expected, "{id}");
    }
}
