//! `letopis source learn`, and registers in workbooks.

use std::io::{Cursor, Read as _, Write as _};

use super::*;

/// Logs of 60 days, 1 March to 29 April 2026, in UTC: `portal` six records an hour from 6 to 22, `batch` one record at two
/// in the night of each working day, `sensor` two records in every hour, silent on 10 and 11 April.
fn history() -> Environment {
    let env = Environment::new();
    env.write(
        "register.csv",
        "id,pattern,rhythm,since\nportal,portal/**,daily,2026-03-01\nbatch,batch/**,,2026-03-01\nsensor,sensor/**,weekly,2026-03-01\n",
    );
    let first: chrono::NaiveDate = "2026-03-01".parse().unwrap();
    let (mut portal, mut batch, mut sensor, mut stray) =
        (String::new(), String::new(), String::new(), String::new());
    for day in first.iter_days().take(60) {
        let line = |log: &mut String, host: &str, hour: u32, minute: u32| {
            log.push_str(&format!(
                "{day}T{hour:02}:{minute:02}:00Z {host} app[7]: one of many\n"
            ));
        };
        for hour in 0..24 {
            for minute in 0..6 {
                if (6..22).contains(&hour) {
                    line(&mut portal, "portal", hour, minute);
                }
            }
            let silent = ("2026-04-10".."2026-04-12").contains(&day.to_string().as_str());
            for minute in 0..2 {
                if !silent {
                    line(&mut sensor, "sensor", hour, minute);
                }
            }
        }
        let weekday = chrono::Datelike::weekday(&day).number_from_monday();
        if weekday <= 5 {
            line(&mut batch, "batch", 2, 0);
        }
        line(&mut stray, "stray", 12, 0);
    }
    env.write("in/portal/app.log", portal);
    env.write("in/batch/app.log", batch);
    env.write("in/sensor/app.log", sensor);
    env.write("in/stray.log", stray);
    env.run(&["-a", "a", "ingest", "in", "--sources", "register.csv", "-q"])
        .exits(0);
    env
}

/// What is proposed, as `source in-force proposed short`.
fn proposals(env: &Environment, more: &[&str]) -> Vec<String> {
    let found = env
        .run(&[&["-a", "a", "source", "learn", "--json"], more].concat())
        .exits(0)
        .json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let all = found["proposals"].as_array().unwrap();
    all.iter()
        .map(|one| {
            format!(
                "{} | {} | {} | {}",
                text(&one["source"]),
                text(&one["in_force"]),
                text(&one["proposed"]),
                one["short"]
            )
        })
        .collect()
}

fn in_force(env: &Environment, id: &str) -> String {
    let shown = env
        .run(&["-a", "a", "source", "show", id, "--json"])
        .exits(0)
        .json();
    shown["lines"][0]["rhythm"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn rhythms_are_learned_and_only_a_person_puts_them_in_force() {
    let env = history();
    assert_eq!(
        proposals(&env, &[]),
        [
            "batch | - | working-days | 0",
            "portal | daily | 3/hour quiet 22-6 | 0",
            "sensor | weekly | hourly | 2",
            "stray | - | daily | 0",
        ]
    );
    // Twenty days are enough, ten are not asked for, and the silence of the sensor weighs more in them.
    assert_eq!(
        proposals(&env, &["sensor", "--days", "20"]),
        ["sensor | weekly | weekly | 0"]
    );
    env.run(&["-a", "a", "source", "learn", "--days", "10"]).exits(2);
    env.run(&["-a", "a", "source", "learn", "nobody"])
        .exits(2)
        .says("nobody");
    env.run(&["-a", "a", "source", "learn"])
        .exits(0)
        .says("Nothing was changed");
    assert_eq!(in_force(&env, "portal"), "daily");
    env.run(&[
        "-a",
        "a",
        "source",
        "learn",
        "--html",
        "page.html",
        "--xlsx",
        "page.xlsx",
        "--lang",
        "sl",
    ])
    .exits(0);
    let page = fs::read_to_string(env.path("page.html"))
        .unwrap()
        .replace('\u{ad}', "");
    assert!(
        page.contains("3/hour quiet 22-6") && page.contains("Predlagano"),
        "{page}"
    );
    assert!(env.path("page.xlsx").is_file());
    // To confirm takes a name and the sources.
    env.run(&["-a", "a", "source", "learn", "portal", "--confirm"])
        .exits(2);
    env.run(&["-a", "a", "source", "learn", "--confirm", "--by", "A. Kos"])
        .exits(2);
    env.run(&[
        "-a",
        "a",
        "source",
        "learn",
        "stray",
        "--confirm",
        "--by",
        "A. Kos",
    ])
    .exits(2)
    .says("does not stand in the register");
    let confirm = [
        "-a",
        "a",
        "source",
        "learn",
        "portal",
        "sensor",
        "--confirm",
        "--by",
        "A. Kos",
    ];
    env.run_at("2026-05-02T09:00:00Z", &confirm)
        .exits(0)
        .says("Confirmed");
    assert_eq!(in_force(&env, "portal"), "3/hour quiet 22-6");
    assert_eq!(in_force(&env, "sensor"), "hourly");
    assert_eq!(in_force(&env, "batch"), "");
    let shown = env.run(&["-a", "a", "source", "show", "portal"]).exits(0);
    assert!(
        shown.stdout.contains("confirmed by A. Kos") && shown.stdout.contains("2026-05-02"),
        "{}",
        shown.stdout
    );
    // Nothing is left to propose, and coverage judges by what was confirmed: quiet hours are no lack.
    let left = proposals(&env, &["portal", "sensor"]);
    assert_eq!(
        left,
        [
            "portal | 3/hour quiet 22-6 | 3/hour quiet 22-6 | 0",
            "sensor | hourly | hourly | 2"
        ]
    );
    let coverage = env.run(&["-a", "a", "coverage", "--json"]).exits(1).json();
    let of = |id: &str| {
        let mut sources = coverage["sources"].as_array().unwrap().iter();
        sources.find(|source| source["source"] == id).unwrap()["coverage"].clone()
    };
    assert!(
        of("portal")["thin"].as_array().unwrap().is_empty(),
        "{}",
        of("portal")
    );
    assert_eq!(of("sensor")["missing"][0]["from"], "2026-04-10");
    assert_eq!(of("sensor")["missing"][0]["days"], 2);
    env.verified();
}

/// A workbook as another program packs it, from the XML of its parts.
fn workbook(rows: &str) -> Vec<u8> {
    let space = "http://schemas.openxmlformats.org";
    let parts = [
        (
            "[Content_Types].xml".to_owned(),
            format!("<Types xmlns=\"{space}/package/2006/content-types\"/>"),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{space}/package/2006/relationships\"><Relationship Id=\"a\" \
                 Type=\"{space}/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{space}/package/2006/relationships\"><Relationship Id=\"one\" \
                 Type=\"{space}/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/any.xml\"/><Relationship \
                 Id=\"two\" Type=\"{space}/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "<workbook xmlns=\"{space}/spreadsheetml/2006/main\" xmlns:r=\"{space}/officeDocument/2006/relationships\">\
                 <sheets><sheet name=\"Лист1\" sheetId=\"1\" r:id=\"one\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                "<styleSheet xmlns=\"{space}/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>\
                 </cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/any.xml".to_owned(),
            format!(
                "<worksheet xmlns=\"{space}/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
            ),
        ),
    ];
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn row(number: u32, cells: &[&str]) -> String {
    let cell = |text: &&str| match text.strip_prefix('#') {
        Some(value) => format!("<c s=\"1\"><v>{value}</v></c>"),
        None => format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
    };
    let cells: String = cells.iter().map(cell).collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

/// The same register from a workbook and from CSV: the same lines, days that the program keeps as numbers too.
#[test]
fn a_register_comes_in_a_workbook() {
    let (env, other) = (Environment::with_archive(), Environment::with_archive());
    let rows = [
        row(1, &["id", "name", "pattern", "since", "months"]),
        // 46082 is 1 March 2026 in every program of this kind.
        row(2, &["web", "Портал &amp; қор", "web/**", "#46082", "8"]),
        row(4, &["db", "", "db/**", "2026-03-02", ""]),
    ];
    env.write("register.xlsx", workbook(&rows.concat()));
    env.run(&["-a", "a", "source", "import", "register.xlsx"])
        .exits(0)
        .says("2 lines");
    other.write(
        "register.csv",
        "id,name,pattern,since,months\nweb,Портал & қор,web/**,2026-03-01,8\ndb,,db/**,2026-03-02,\n",
    );
    other
        .run(&["-a", "a", "source", "import", "register.csv"])
        .exits(0);
    let list = |env: &Environment| env.run(&["-a", "a", "source", "list", "--json"]).exits(0).json();
    assert_eq!(list(&env), list(&other));
    // The same file names the sources of an intake.
    let known = env.run(&["-a", "b", "ingest", "in", "--sources", "register.xlsx"]);
    known.exits(0);
    assert_eq!(
        env.run(&["-a", "b", "source", "list", "--json"]).exits(0).json(),
        list(&other)
    );
    let refused = |rows: &[String], says: &str| {
        env.write("bad.xlsx", workbook(&rows.concat()));
        env.run(&["-a", "a", "source", "import", "bad.xlsx"])
            .exits(2)
            .says(says)
            .says("bad.xlsx");
    };
    let head = row(1, &["id", "pattern", "zone"]);
    refused(
        &[head.clone(), row(7, &["a", "b", "Mars"])],
        "line 7: `Mars` is no time zone",
    );
    refused(
        &[row(3, &["id", "colour"])],
        "line 3: no column is called `colour`",
    );
    refused(
        &[row(3, &["name", "pattern"])],
        "line 3: no column is called `id`",
    );
    refused(
        &[row(1, &["id", "id"])],
        "line 1: the column `id` stands there twice",
    );
    refused(
        &[head, row(2, &["a", "b", "", "more"])],
        "line 2: `more` stands in a column without a name",
    );
    refused(&[], "the sheet is empty");
    env.write("bad.xlsx", b"PK\x03\x04 and no more");
    env.run(&["-a", "a", "source", "import", "bad.xlsx"])
        .exits(2)
        .says("no workbook (XLSX)");
    assert_eq!(list(&env), list(&other));
}

/// A workbook that another program wrote (see `tests/fixtures/README.md`): a sheet of explanations before the one that counts,
/// days in a format of the program's, a comment, a line break in a cell, an empty row, numbers where names are meant.
#[test]
fn a_workbook_of_another_program_is_read() {
    let (env, other) = (Environment::with_archive(), Environment::with_archive());
    env.write("register.xlsx", include_bytes!("../fixtures/register.xlsx"));
    env.run(&["-a", "a", "source", "import", "register.xlsx"])
        .exits(0)
        .says("3 lines");
    other.write(
        "register.csv",
        "id,name,pattern,zone,rhythm,since,months,hosts,responsible\n\
         web,Портал «Қызмет» & архив,web/**,Asia/Almaty,10/hour quiet 22-6,2026-03-01,8,web1,А. Ахметов\n\
         db,,db/**,,daily,2026-03-02,,db1;db2,Žiga Čeh\n\
         fw,\"line one\nline two\",fw/**,Europe/Ljubljana,hourly,2026-03-03,12,7,\n",
    );
    other
        .run(&["-a", "a", "source", "import", "register.csv"])
        .exits(0);
    let list = |env: &Environment| env.run(&["-a", "a", "source", "list", "--json"]).exits(0).json();
    assert_eq!(list(&env), list(&other));
}

/// What `template` writes is filled by another hand: here by a row put into its XML.
#[test]
fn the_template_is_a_workbook_too() {
    let env = Environment::with_archive();
    env.run(&["source", "template", "--xlsx", "form.xlsx"]).exits(0);
    let csv = env.run(&["source", "template"]).exits(0).stdout;
    let columns: Vec<&str> = csv.trim().split(',').collect();
    env.run(&["-a", "a", "source", "import", "form.xlsx"]).exits(0);
    let mut zip = zip::ZipArchive::new(fs::File::open(env.path("form.xlsx")).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        if name.ends_with("sheet1.xml") {
            let cells = ["web/**", "web", "Portal"]
                .map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"));
            text = text.replace(
                "</sheetData>",
                &format!("<row r=\"2\">{}</row></sheetData>", cells.concat()),
            );
        }
        if name.ends_with("sharedStrings.xml") {
            assert!(
                columns
                    .iter()
                    .all(|column| text.contains(&format!("<t>{column}</t>"))),
                "{text}"
            );
        }
        out.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    env.write("filled.xlsx", out.finish().unwrap().into_inner());
    env.run(&["-a", "a", "source", "import", "filled.xlsx"])
        .exits(0)
        .says("1 lines");
    let shown = env
        .run(&["-a", "a", "source", "show", "web", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&shown["lines"][0]["name"], &shown["lines"][0]["pattern"]),
        (&"Portal".into(), &"web/**".into())
    );
}
